// What reaches the browser is what was built: a changed file is refused, and the page says so. And what the page's own code may
// turn into markup or scripts is fenced by Trusted Types.
import { strict as assert } from "node:assert";
import { after, before, describe, test } from "node:test";
import { exploreSample, mounted, openLargeReport, until } from "./lib/app.mjs";
import { launch, watch } from "./lib/browser.mjs";
import { serveDist } from "./lib/site.mjs";

let context;
before(async () => (context = await launch()));
after(() => context.close());

/** Changes every file whose name matches, without breaking it: code that would show itself, or an empty section in WebAssembly. */
function tamper(pattern) {
  return (name, content) => {
    if (!pattern.test(name)) return content;
    const addition = name.endsWith(".wasm") ? Buffer.from([0, 2, 1, 65]) : Buffer.from(`\n;console.error("tampered with");\n`);
    return Buffer.concat([content, addition]);
  };
}

async function open(change) {
  const site = await serveDist({ change });
  const page = await context.newPage();
  const complaints = await watch(page);
  await page.goto(site.url);
  return { site, page, complaints };
}

const namesOf = async (workers) => (await Promise.all(workers.map((worker) => worker.evaluate(() => self.name).catch(() => "")))).sort();

const refusals = (complaints) => complaints.filter((text) => /integrity/i.test(text));

describe("a changed file", () => {
  test("runs where no digest guards it, so that a refusal below means something", async () => {
    const change = tamper(/^(ui|worker|pack|sample)-/);
    const { site, page, complaints } = await open((name, content) => {
      const text = /^(index\.html|ui-.*\.js)$/.test(name) ? content.toString() : undefined;
      return change(name, text ? Buffer.from(text.replaceAll(/sha384-[\w+/=]+/g, "")) : content);
    });
    await mounted(page);
    await exploreSample(page);
    await openLargeReport(page);
    await until("each script shows its change", () => complaints.length === 4);
    assert.deepEqual([...new Set(complaints)], ["error: tampered with"]);
    await site.close();
  });

  test("the start script: refused, and the page says that something is wrong", async () => {
    const { site, page, complaints } = await open(tamper(/^ui-.*\.js$/));
    await until("a refusal", () => refusals(complaints).length === 1);
    const late = page.getByText("This takes longer than it should");
    assert.equal(await late.isVisible(), false);
    // Ten seconds later.
    await page.evaluate(() => document.getAnimations().forEach((animation) => animation.finish()));
    await late.waitFor({ state: "visible" });
    assert(!complaints.includes("error: tampered with"));
    await site.close();
  });

  test("the style sheet: refused", async () => {
    const { site, page, complaints } = await open((name, content) => (/^style-.*\.css$/.test(name) ? Buffer.concat([content, content]) : content));
    await mounted(page);
    assert.equal(refusals(complaints).length, 1);
    await site.close();
  });

  test("the interface's WebAssembly: refused, and the page says so", async () => {
    const { site, page, complaints } = await open(tamper(/^ui-.*\.wasm$/));
    await page.getByRole("heading", { name: "Gatebook could not start" }).waitFor();
    assert(refusals(complaints).length > 0, complaints.join("\n"));
    await page.getByRole("button", { name: "Reload" }).click();
    await page.getByRole("heading", { name: "Gatebook could not start" }).waitFor();
    assert.equal(site.requests.filter((path) => path === "/").length, 2);
    await site.close();
  });

  for (const [what, pattern] of [
    ["the pack worker's script", /^pack-.*\.js$/],
    ["the pack worker's WebAssembly", /^pack-.*\.wasm$/],
  ]) {
    test(`${what}: refused, and records are compressed without it`, async () => {
      const { site, page, complaints } = await open(tamper(pattern));
      await mounted(page);
      await exploreSample(page);
      await openLargeReport(page);
      await until("it is fetched", () => site.requests.some((path) => pattern.test(path.slice(1))));
      await page.locator(".coverage", { hasText: "Complete" }).waitFor();
      await until("no pack worker is left", async () => (await namesOf(page.workers())).join() === "sample,worker");
      assert(!complaints.includes("error: tampered with"));
      await site.close();
    });
  }

  for (const [what, pattern] of [
    ["the worker's script", /^worker-.*\.js$/],
    ["the worker's WebAssembly", /^worker-.*\.wasm$/],
  ]) {
    test(`${what}: refused, and no worker stays`, async () => {
      const { site, page, complaints } = await open(tamper(pattern));
      await mounted(page);
      await page.getByRole("button", { name: "Explore with sample data" }).click();
      await until("it is fetched", () => site.requests.some((path) => pattern.test(path.slice(1))));
      await until("no worker is left", () => page.workers().length === 0);
      assert(!complaints.includes("error: tampered with"));
      await site.close();
    });
  }
});

describe("Trusted Types", () => {
  let site, page;
  before(async () => {
    ({ site, page } = await open());
    await mounted(page);
  });
  after(() => site.close());

  const write = (markup) =>
    page.evaluate((text) => {
      const element = document.createElement("div");
      try {
        element.innerHTML = text;
        return element.innerHTML;
      } catch (error) {
        return error.name;
      }
    }, markup);

  test("plain markup passes", async () => {
    for (const markup of ['<p class="a" title="a b">Tom &amp; Ann, on or off, x &lt; y</p>', '<svg viewBox="0 0 1 1"><path d="M0 0"></path></svg>']) {
      assert.equal(await write(markup), markup);
    }
  });

  test("markup that loads, runs or redirects is refused", async () => {
    for (const markup of [
      "<script>x</script>",
      "<SCRIPT src=x>",
      "<iframe>",
      "<object data=x>",
      "<embed src=x>",
      "<base href=x>",
      "<meta http-equiv=refresh>",
      "<link rel=stylesheet href=x>",
      "<style>p{}</style>",
      "<img src=x onerror=alert(1)>",
      "<img/onerror=alert(1) src=x>",
      "<a href='javascript:alert(1)'>x</a>",
      "<a href='java\nscript:alert(1)'>x</a>",
      "<a href='&#106;avascript:alert(1)'>x</a>",
      "<a href='javascript&colon;alert(1)'>x</a>",
      "<p srcdoc=x>",
    ]) {
      assert.equal(await write(markup), "TypeError", markup);
    }
  });

  test("no other script can be named, and no text becomes code", async () => {
    const outcome = await page.evaluate(() => {
      const attempt = (action) => {
        try {
          action();
          return "passed";
        } catch (error) {
          return error.name;
        }
      };
      return {
        worker: attempt(() => new Worker("./background.js")),
        blob: attempt(() => new Worker(URL.createObjectURL(new Blob(["1"], { type: "text/javascript" })))),
        script: attempt(() => (document.createElement("script").src = "./background.js")),
        policy: attempt(() => trustedTypes.createPolicy("other", { createHTML: (text) => text })),
        second: attempt(() => trustedTypes.createPolicy("gatebook", { createScriptURL: (text) => text })),
        timer: attempt(() => setTimeout("1")),
        code: attempt(() => document.createElement("script").append("1") ?? document.head.append(Object.assign(document.createElement("script"), { text: "1" }))),
      };
    });
    assert.deepEqual([...new Set(Object.values(outcome))], ["TypeError"], JSON.stringify(outcome));
  });
});
