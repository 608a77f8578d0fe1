// The filter of the release build over the sample: what it finds among what is loaded is what Graph sends when it is asked for it.
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { digits, exploreSample, mounted, until } from "./lib/app.mjs";
import { watch } from "./lib/browser.mjs";
import { served } from "./lib/served.mjs";

const on = served();

test("a mistake is mended, the filter narrows, and Graph sends just the same rows", async () => {
  const page = await on.context.newPage();
  const complaints = await watch(page);
  await page.goto(on.site.url);
  await mounted(page);
  await exploreSample(page);
  await page.evaluate(() => void (location.hash = "#/directory-audits"));
  const complete = () => until("everything is loaded", async () => /Complete/.test(await page.locator(".coverage").innerText()));
  await complete();
  const loaded = digits(await page.locator(".coverage b").first().innerText());

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
  const [name, rows] = [await service.innerText(), digits(await count.innerText())];
  assert(rows > 0 && rows < loaded, `${rows} of ${loaded}`);
  await page.getByRole("option").first().click();
  await until("the rows are counted", async () => (await page.locator(".filter-count").textContent()) !== "");
  assert.equal(digits(await page.locator(".filter-count").innerText()), rows, "as many as the suggestion said");
  assert.match(await page.locator(".chip-text").innerText(), new RegExp(name));
  await filter.press("Escape");
  assert(await table.evaluate((grid) => grid === document.activeElement));

  // As a part of the scope it brings the same rows.
  await page.getByRole("button", { name: "Ask Graph for only these" }).click();
  await page.getByRole("button", { name: /^Ask (Graph for these|for just this spelling)/ }).first().click();
  await until("Graph is asked", () => page.evaluate(() => /where=/.test(location.hash) && !/filter=/.test(location.hash)));
  await complete();
  assert.equal(digits(await page.locator(".coverage b").first().innerText()), rows);

  await page.goBack();
  await until("the filter is back", () => page.evaluate(() => /filter=/.test(location.hash) && !/where=/.test(location.hash)));
  await complete();
  await until("its rows are back", async () => digits(await page.locator(".filter-count").innerText()) === rows);
  assert.deepEqual(complaints, []);
  await page.close();
});
