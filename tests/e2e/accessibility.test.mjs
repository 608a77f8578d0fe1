// Every view of the release build under axe: light and dark, wide and narrow, with the sample open and before.
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import { exploreSample, mounted } from "./lib/app.mjs";
import { watch } from "./lib/browser.mjs";
import { served } from "./lib/served.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SIZES = [
  { width: 1440, height: 900 },
  { width: 400, height: 800 },
];
/** Routes, each with what is there when it can be looked at. */
const VIEWS = {
  "": ".questions",
  "questions": ".questions",
  "settings": ".settings",
  "sign-ins/interactive-user": "[aria-rowindex='2'], .entry",
  "directory-audits": "[aria-rowindex='2'], .entry",
  "provisioning": "[aria-rowindex='2'], .entry",
  "nowhere": "main",
};

const on = served();

/** What axe finds, one line a finding: rule, element, reason. */
async function findings(page) {
  // Axe is given to the page by the driver, so that the page's own policy stays as it is.
  if (!(await page.evaluate(() => Boolean(globalThis.axe)))) await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`));
}

async function show(page, route) {
  await page.evaluate((hash) => void (location.hash = hash), `#/${route}`);
  await page.locator(VIEWS[route]).first().waitFor();
}

describe("accessibility", () => {
  for (const viewport of SIZES) {
    for (const colorScheme of ["light", "dark"]) {
      test(`${viewport.width} pixels wide, ${colorScheme}`, async () => {
        const page = await on.context.newPage();
        const complaints = await watch(page);
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme });
        await page.goto(on.site.url);
        await mounted(page);
        await page.getByRole("button", { name: "Explore with sample data" }).waitFor();
        assert.deepEqual(await findings(page), [], "the start page");
        await exploreSample(page);
        for (const route of Object.keys(VIEWS)) {
          await show(page, route);
          assert.deepEqual(await findings(page), [], `#/${route}`);
        }
        await show(page, "sign-ins/interactive-user");
        await page.getByRole("slider", { name: "Range of time" }).focus();
        for (const key of ["ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft"]) await page.keyboard.press(key);
        assert.deepEqual(await findings(page), [], "a range that is marked");
        await page.getByRole("button", { name: "As a table" }).click();
        await page.getByRole("dialog", { name: "Rows over time" }).getByRole("row").nth(1).waitFor();
        assert.deepEqual(await findings(page), [], "the histogram as a table");
        await page.keyboard.press("Escape");
        await page.getByRole("button", { name: "Show the request" }).click();
        const request = page.getByRole("dialog", { name: "What Graph is asked for" });
        for (const name of ["Request", "PowerShell", "KQL"]) {
          await request.getByRole("tab", { name, exact: true }).click();
          await request.getByRole("tabpanel", { name, exact: true }).locator("pre").waitFor();
          assert.deepEqual(await findings(page), [], `the request: ${name}`);
        }
        await page.keyboard.press("Escape");
        const filter = page.getByRole("combobox", { name: "Filter what is loaded" });
        await filter.pressSequentially("appDisplayName:");
        await page.getByRole("option").first().waitFor();
        await filter.press("ArrowDown");
        assert.deepEqual(await findings(page), [], "values of a field");
        await filter.press("Escape");
        await filter.fill("NOT outcome:failure errorCode:0 appDisplayName:*");
        await filter.press("Enter");
        await page.getByRole("button", { name: "Ask Graph for only these" }).click();
        await page.getByRole("button", { name: "Ask Graph for these" }).waitFor();
        assert.deepEqual(await findings(page), [], "what Graph can be asked for");
        await page.keyboard.press("Escape");
        await filter.fill("erorCode:5");
        await filter.press("Enter");
        await page.getByRole("alert").filter({ hasText: "No field is called" }).waitFor();
        assert.deepEqual(await findings(page), [], "a filter with a mistake");
        await page.getByRole("button", { name: "Edit the filter as text" }).click();
        await page.getByRole("combobox", { name: "The whole filter as text" }).waitFor();
        assert.deepEqual(await findings(page), [], "the filter as text");
        await page.getByRole("button", { name: "Clear the filter" }).click();
        await filter.waitFor();
        await page.locator("[aria-rowindex='2'], .entry").first().click();
        const details = page.getByRole("complementary", { name: /^Details of row/ });
        await details.getByRole("tabpanel").locator("dd").first().waitFor();
        assert.deepEqual(await findings(page), [], "details");
        await details.getByRole("button", { name: "Original JSON", exact: true }).click();
        await details.locator("pre").waitFor();
        assert.deepEqual(await findings(page), [], "original JSON");
        assert.deepEqual(complaints, []);
        await page.close();
      });
    }
  }
});
