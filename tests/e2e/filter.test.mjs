// The filter of the release build over the sample: what it finds among what is loaded is what Graph sends when it is asked for it.
import { strict as assert } from "node:assert";
import { after, before, test } from "node:test";
import { exploreSample, mounted, until } from "./lib/app.mjs";
import { launch, watch } from "./lib/browser.mjs";
import { serveDist } from "./lib/site.mjs";

let site;
let context;
before(async () => {
  site = await serveDist();
  context = await launch();
});
after(async () => {
  await context.close();
  await site.close();
});

const figures = (text) => Number(text.replace(/\D/g, ""));

test("a mistake is mended, the filter narrows, and Graph sends just the same rows", async () => {
  const page = await context.newPage();
  const complaints = await watch(page);
  await page.goto(site.url);
  await mounted(page);
  await exploreSample(page);
  await page.evaluate(() => void (location.hash = "#/directory-audits"));
  const complete = () => until("everything is loaded", async () => /Complete/.test(await page.locator(".coverage").innerText()));
  await complete();
  const loaded = figures(await page.locator(".coverage b").first().innerText());

  // From the table one key leads to the filter, and Esc leads back.
  const table = page.getByRole("grid");
  const filter = page.getByRole("combobox", { name: "Filter what is loaded" });
  await table.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("/");
  await page.keyboard.type("loggedBService:x");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Use loggedByService" }).click();
  assert.equal(await filter.inputValue(), "loggedByService:x");
  await filter.fill("loggedByService:");
  await page.getByRole("option").first().waitFor();
  const [service, count] = [page.locator(".combo-words").first(), page.locator(".combo-count").first()];
  const [name, rows] = [await service.innerText(), figures(await count.innerText())];
  assert(rows > 0 && rows < loaded, `${rows} of ${loaded}`);
  await page.getByRole("option").first().click();
  await until("the rows are counted", async () => (await page.locator(".filter-count").textContent()) !== "");
  assert.equal(figures(await page.locator(".filter-count").innerText()), rows, "as many as the suggestion said");
  assert.match(await page.locator(".chip-text").innerText(), new RegExp(name));
  await filter.press("Escape");
  assert(await table.evaluate((grid) => grid === document.activeElement));

  // As a part of the scope it brings the same rows.
  await page.getByRole("button", { name: "Ask Graph for only these" }).click();
  await page.getByRole("button", { name: /^Ask (Graph for these|for just this spelling)/ }).first().click();
  await until("Graph is asked", () => page.evaluate(() => /where=/.test(location.hash) && !/filter=/.test(location.hash)));
  await complete();
  assert.equal(figures(await page.locator(".coverage b").first().innerText()), rows);

  await page.goBack();
  await until("the filter is back", () => page.evaluate(() => /filter=/.test(location.hash) && !/where=/.test(location.hash)));
  await complete();
  await until("its rows are back", async () => figures(await page.locator(".filter-count").innerText()) === rows);
  assert.deepEqual(complaints, []);
  await page.close();
});
