// What end-to-end tests ask of a page that runs Gatebook.
import { strict as assert } from "node:assert";

/** Asks again until the answer is truthy; a policy that forbids eval forbids Playwright's own way of waiting for it. */
export async function until(what, ask, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    assert(Date.now() < end, `${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The number that a text on screen shows, whatever stands between and around its digits. */
export const digits = (text) => Number(text.replace(/\D/g, ""));

/** Waits until the interface stands in a page or frame. */
export async function mounted(frame) {
  await until("the interface is mounted", () => frame.evaluate(() => performance.getEntriesByName("gatebook-mounted").length === 1));
}

/** The page's worker with this name (`worker`, `pack` or `sample`), once it runs. */
export async function workerNamed(page, name) {
  return until(`the worker ${name} runs`, async () => {
    for (const worker of page.workers()) {
      if ((await worker.evaluate(() => self.name).catch(() => "")) === name) return worker;
    }
    return undefined;
  });
}

/** Presses the button that starts the made-up tenant; it and the data worker run afterwards. */
export async function exploreSample(page, frame = page) {
  await frame.getByRole("button", { name: "Explore with sample data" }).click();
  await workerNamed(page, "sample");
}

/** Opens a report with more records than fit into one block, which are then compressed in a worker of their own. */
export async function openLargeReport(frame) {
  await frame.evaluate(() => void (location.hash = "#/sign-ins/interactive-user"));
}
