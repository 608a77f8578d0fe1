//! Is every query for Log Analytics one that Microsoft's own Kusto language service takes? It runs in Node and comes from npm, so
//! that `cargo xtask test` runs this file by itself, after it has fetched what is pinned in `package.json`.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs)]

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use engine::{
    filter::{Condition, Filter, Network, Operator, UnsaidReason, Value, kql},
    reports::{ALL, Column, Fetch, From, Kind, Link, ReportDefinition},
};
use serde::Deserialize;

/// What the language service says of one query.
#[derive(Deserialize)]
struct Answer {
    complaints: Vec<String>,
    literals: Vec<String>,
    columns: usize,
}

#[test]
fn every_query_is_one_that_the_language_service_takes() {
    let tables = tables();
    let mut queries = vec!["SigninLogs | where Idd == 1".to_owned()];
    let mut widths = vec![0];
    let (mut said, mut steps) = (BTreeSet::new(), BTreeSet::new());
    for (report, fetch) in fetches() {
        let mut add = |filter: &Filter| {
            let query = kql(report, fetch, filter).map(|query| query.text);
            if let Ok(text) = &query {
                queries.push(text.clone());
                widths.push(tables[fetch.table].len());
            }
            query.is_ok()
        };
        for column in report.columns {
            // All that can be asked of a column at once, and the opposite of what can be null.
            let asked: Vec<Filter> = questions(column).filter(|one| kql(report, fetch, one).is_ok()).collect();
            if asked.is_empty() {
                continue;
            }
            let typed = |filter: &&Filter| !matches!(filter, Filter::Is(Condition { value: Value::Text(_), .. }));
            let opposite = Filter::Not(Box::new(Filter::Or(asked.iter().filter(typed).cloned().collect())));
            let all = Filter::And(vec![Filter::Or(asked), opposite]);
            let Ok(query) = kql(report, fetch, &all) else { continue };
            // Another table that is asked in the same words may not have the column, but takes the words.
            let is_new = steps.insert(query.text.split_once('\n').map(|(_, steps)| steps.to_owned()));
            let is_there = Filter::Exists(column.id.to_owned());
            if add(if is_new { &all } else { &is_there }) {
                said.insert((report.id, column.id));
            }
        }
        let dice = Dice::new(7);
        for _ in 0..8 {
            add(&tree(&dice, report, fetch, 2));
        }
        assert!(add(&Filter::Not(Box::new(Filter::Text("a\"b\\ \n".to_owned())))));
        assert!(add(&Filter::All));
    }
    for report in ALL {
        for column in report.columns.iter().filter(|column| column.kql.is_some()) {
            assert!(
                said.contains(&(report.id, column.id)),
                "no table of {} is asked for {}",
                report.id.as_str(),
                column.id
            );
        }
    }
    let answers = ask(&queries);
    assert!(!answers[0].complaints.is_empty(), "the language service finds nothing wrong with a query that is");
    for ((query, answer), width) in queries.iter().zip(&answers).zip(widths).skip(1) {
        assert!(answer.complaints.is_empty(), "{}\n{query}", answer.complaints.join("\n"));
        assert_eq!(answer.columns, width, "a query leaves the table's columns as they are\n{query}");
    }
}

#[test]
fn the_language_service_reads_every_text_as_it_was_given() {
    let report = ALL[0];
    let dice = Dice::new(11);
    let marks = [
        "\"", "\\", "\n", "\r\n", "\t", "\0", "\u{7f}", "\u{85}", "\u{2028}", "'", "|", "//", "`", "😀", "\\u0022",
        "@\"", "h'", "a", "ß", ";",
    ];
    let texts: Vec<String> = (0..300).map(|_| (0..1 + dice.below(8)).map(|_| *dice.pick(&marks)).collect()).collect();
    let queries: Vec<String> = texts
        .iter()
        .map(|text| {
            let condition =
                Condition { column: "userAgent".to_owned(), operator: Operator::Eq, value: Value::Text(text.clone()) };
            kql(report, &report.fetches[0], &Filter::Is(condition)).expect("any text can be said").text
        })
        .collect();
    for (text, answer) in texts.iter().zip(ask(&queries)) {
        assert!(answer.complaints.is_empty(), "{text:?}: {:?}", answer.complaints);
        assert_eq!(answer.literals, std::slice::from_ref(text));
    }
}

#[test]
fn what_is_not_said_is_not_in_the_table() {
    let tables = tables();
    for (report, fetch) in fetches() {
        for column in report.columns {
            let Err(unsaid) = kql(report, fetch, &Filter::Exists(column.id.to_owned())) else { continue };
            let reasons: Vec<UnsaidReason> = unsaid.iter().map(|unsaid| unsaid.reason).collect();
            let is_ours = !matches!(column.from, From::Paths(_));
            let expected = if is_ours { UnsaidReason::Derived } else { UnsaidReason::NotInTable };
            assert_eq!(reasons, [expected], "{} in {}", column.id, fetch.table);
            let name = column.kql.and_then(|path| path.split(['.', '[']).next()).unwrap_or_default();
            assert!(!tables[fetch.table].contains_key(name), "{} has {name} for {}", fetch.table, column.id);
        }
    }
}

/// The same dice in every run.
struct Dice(Cell<u64>);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }
    fn below(&self, count: usize) -> usize {
        let word = self.0.get().wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        self.0.set(word);
        (word >> 33) as usize % count
    }
    fn pick<'p, T>(&self, choices: &'p [T]) -> &'p T {
        &choices[self.below(choices.len())]
    }
}

fn fetches() -> impl Iterator<Item = (&'static ReportDefinition, &'static Fetch)> {
    ALL.iter().flat_map(|report| report.fetches.iter().map(|fetch| (*report, fetch)))
}

/// What can be asked about one column: every operator, every kind of value that it can be compared with, and whether it is there.
fn questions(column: &'static Column) -> impl Iterator<Item = Filter> {
    let text = || Value::Text("O'Neil*\"x?\" \\".to_owned());
    let networks = || ["203.0.113.0/24", "2001:db8::/32"].into_iter().filter_map(Network::parse).map(Value::Network);
    let values: Vec<Value> = match column.kind {
        Kind::DateTime => vec![Value::Instant(1_795_176_000_123)],
        Kind::Integer | Kind::Number => {
            let numbers = [-5, i64::MAX, i64::MIN].map(Value::Integer).into_iter();
            numbers.chain([-0.5, 1e300].map(Value::Number)).chain([text()]).collect()
        }
        Kind::Flag => [true, false].map(Value::Flag).to_vec(),
        Kind::Keyword if column.link == Some(Link::Address) => networks().chain([text()]).collect(),
        Kind::Keyword | Kind::Outcome | Kind::Bag => vec![text()],
    };
    let is = |operator, value| Filter::Is(Condition { column: column.id.to_owned(), operator, value });
    let mut asked = vec![Filter::Exists(column.id.to_owned())];
    asked.extend(values.iter().skip(1).map(|value| is(Operator::Eq, value.clone())));
    asked.extend(
        Operator::ALL
            .iter()
            .map(|operator| is(*operator, if operator.is_textual() { text() } else { values[0].clone() })),
    );
    asked.into_iter()
}

/// A filter of several columns that the table has.
fn tree(dice: &Dice, report: &'static ReportDefinition, fetch: &Fetch, depth: usize) -> Filter {
    let parts = || (0..2 + dice.below(2)).map(|_| tree(dice, report, fetch, depth - 1)).collect();
    match if depth == 0 { 9 } else { dice.below(10) } {
        0..=2 => Filter::And(parts()),
        3..=5 => Filter::Or(parts()),
        6 => Filter::Not(Box::new(tree(dice, report, fetch, depth - 1))),
        _ => loop {
            let asked: Vec<Filter> = questions(&report.columns[dice.below(report.columns.len())]).collect();
            let one = dice.pick(&asked);
            if kql(report, fetch, one).is_ok() {
                break one.clone();
            }
        },
    }
}

/// Columns of each table with their types, by the documentation.
fn tables() -> BTreeMap<String, BTreeMap<String, String>> {
    serde_json::from_str(include_str!("fixtures/log-analytics/tables.json")).expect("the fixture is JSON")
}

fn ask(queries: &[String]) -> Vec<Answer> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kql/check.cjs");
    let mut node = Command::new("node")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Node runs the Kusto language service; `cargo xtask test native` says what is missing");
    let text = serde_json::to_vec(queries).expect("texts are JSON");
    node.stdin.take().expect("it was piped").write_all(&text).expect("the script reads to the end");
    let output = node.wait_with_output().expect("the script ends");
    assert!(output.status.success(), "the script failed; `cargo xtask test native` fetches what it needs");
    serde_json::from_slice(&output.stdout).expect("the script answers with JSON")
}
