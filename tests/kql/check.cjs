// Asks Microsoft's Kusto language service about queries. Standard input: a JSON list of them. Standard output: for each its
// complaints and the values of its text literals, and how many columns come out.
const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

const root = path.join(__dirname, "../..");
const service = path.dirname(require.resolve("@kusto/language-service-next/package.json", { paths: [root] }));
// Two scripts for a browser, which put their names into the global scope.
for (const file of ["bridge.min.js", "Kusto.Language.Bridge.min.js"]) {
  vm.runInThisContext(fs.readFileSync(path.join(service, file), "utf8"), { filename: file });
}
const { Kusto, Bridge } = globalThis;
const { GlobalState, KustoCode, Symbols, Syntax } = Kusto.Language;

const tables = JSON.parse(fs.readFileSync(path.join(root, "tests/fixtures/log-analytics/tables.json"), "utf8"));
// Names of overloads as the translation to JavaScript numbers them; they hold for the pinned version.
const symbols = Object.entries(tables).map(([name, columns]) => {
  const schema = Object.entries(columns).map(([column, type]) => `${column}: ${type}`);
  return new Symbols.TableSymbol.$ctor7(name, `(${schema.join(", ")})`, null);
});
const globals = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.ctor("LogAnalytics", symbols));

function check(query) {
  const code = KustoCode.ParseAndAnalyze(query, globals);
  const complaints = Bridge.toArray(code.GetDiagnostics()).map(
    ({ Code, Message, Start, Length }) => `${Code} ${JSON.stringify(query.substr(Start, Length))} ${Message}`,
  );
  const literals = [];
  const visit = (node) => {
    if (node.Kind === Syntax.SyntaxKind.StringLiteralExpression) {
      literals.push(node.LiteralValue);
      return;
    }
    for (let at = 0; at < node.ChildCount; at += 1) {
      const child = node.GetChild(at);
      if (child) visit(child);
    }
  };
  visit(code.Syntax);
  const columns = code.ResultType?.Columns;
  return { complaints, literals, columns: columns ? Bridge.toArray(columns).length : 0 };
}

process.stdout.write(JSON.stringify(JSON.parse(fs.readFileSync(0, "utf8")).map(check)));
