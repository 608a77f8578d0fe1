// Narrowing by the histogram in the release build: dragging, keys, Back, a link, and folding that lasts.
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { digits, exploreSample, mounted, until } from "./lib/app.mjs";
import { watch } from "./lib/browser.mjs";
import { served } from "./lib/served.mjs";

const on = served();

test("a range is dragged, narrowed by keys and left again, and the rows follow", async () => {
  const page = await on.context.newPage();
  const complaints = await watch(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(on.site.url);
  await mounted(page);
  await exploreSample(page);
  await page.evaluate(() => void (location.hash = "#/directory-audits"));
  await until("everything is loaded", async () => /Complete/.test(await page.locator(".coverage").innerText()));
  const slider = page.getByRole("slider", { name: "Range of time" });
  const rows = async () => Number(await page.getByRole("grid").getAttribute("aria-rowcount")) - 1;
  const counted = async () => {
    const figures = await page.locator(".timeline-legend b").allInnerTexts();
    return figures.map(digits).reduce((sum, figure) => sum + figure, 0);
  };
  const agreed = async (what) => {
    await until(what, async () => (await rows()) === (await counted()));
    return rows();
  };
  const all = await agreed("the bars count all rows");
  assert(all > 1000);

  const { x, y, width } = await slider.boundingBox();
  await page.mouse.move(x + width * 0.5, y + 40);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.75, y + 40, { steps: 4 });
  await page.mouse.up();
  await until("the range is in the address", () => page.evaluate(() => location.hash.includes("activityDateTime")));
  await until("fewer rows are shown", async () => (await rows()) < all);
  await page.mouse.move(x, y + 300);
  const dragged = await agreed("the bars count the rows of the range");

  await slider.focus();
  for (const key of ["End", "Shift+ArrowLeft", "Shift+ArrowLeft", "Enter"]) await page.keyboard.press(key);
  await until("still fewer rows are shown", async () => (await rows()) < dragged);
  await page.goBack();
  await until("Back shows the range that was dragged", async () => (await rows()) === dragged);
  await page.reload();
  await mounted(page);
  await until("the address brings the range back", async () => (await page.getByRole("grid").count()) === 1 && (await rows()) === dragged);
  await page.getByRole("button", { name: "Show all times" }).click();
  // The sample goes on with the clock.
  await until("all rows are shown", async () => (await rows()) >= all);

  await page.locator("[aria-rowindex='2']").click();
  await page.keyboard.press("h");
  assert(await slider.evaluate((element) => element === document.activeElement), "H leads to the histogram");
  await page.getByRole("button", { name: /^Directory audits per / }).click();
  await page.reload();
  await mounted(page);
  await page.getByRole("button", { name: /^Directory audits/ }).and(page.locator("[aria-expanded=false]")).waitFor();
  assert.equal(await slider.count(), 0, "it stays folded");
  assert.deepEqual(complaints, []);
  await page.close();
});
