// "Explore with sample data" in the release build: every report, stopping and going on, Graph's pace, and a worker that dies.
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { exploreSample, mounted, until, workerNamed } from "./lib/app.mjs";
import { watch } from "./lib/browser.mjs";
import { served } from "./lib/served.mjs";

const REPORTS = [
  "sign-ins/interactive-user",
  "sign-ins/non-interactive-user",
  "sign-ins/service-principal",
  "sign-ins/managed-identity",
  "directory-audits",
  "attribute-audits",
  "provisioning",
];
/** Long enough to be stopped before its end. */
const LONGEST = "sign-ins/non-interactive-user";

const on = served();

/** A page on which the sample is open, and what it complained about. */
async function openSample(report = "") {
  const page = await on.context.newPage();
  const complaints = await watch(page);
  await page.goto(`${on.site.url}#/${report}`);
  await mounted(page);
  await exploreSample(page);
  return { page, complaints };
}

/** What the page says about the load in view, with plain spaces. */
async function coverage(page) {
  return (await page.locator(".coverage").innerText()).replace(/\s+/g, " ");
}

async function rowsLoaded(page) {
  const number = /^([\d ]+) rows/.exec(await coverage(page))?.[1] ?? "0";
  return Number(number.replaceAll(" ", ""));
}

const firstRow = (page) => page.getByRole("row").and(page.locator("[aria-rowindex='2']"));

test("every report and event type shows rows", async () => {
  const { page, complaints } = await openSample();
  for (const report of REPORTS) {
    await page.evaluate((hash) => void (location.hash = hash), `#/${report}`);
    await until(`${report} has rows`, async () => (await rowsLoaded(page)) > 0);
    await firstRow(page).waitFor();
  }
  assert.deepEqual(complaints, []);
  await page.close();
});

test("a load stops where it is, and goes on from there", async () => {
  const { page, complaints } = await openSample(LONGEST);
  await until("rows come", async () => (await rowsLoaded(page)) > 0);
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await until("it says so", async () => (await coverage(page)).includes("Stopped"));
  const stopped = await rowsLoaded(page);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await until("more rows come", async () => (await rowsLoaded(page)) > stopped);
  assert.deepEqual(complaints, []);
  await page.close();
});

test("at Graph's real pace five requests start, and the sixth waits", async () => {
  const { page, complaints } = await openSample(LONGEST);
  await page.getByLabel("At Graph’s real pace").check();
  const spent = await until("the budget is spent", async () => {
    const text = await coverage(page);
    return text.includes("5 of 5 requests in 10 s") && text;
  });
  assert.match(spent, / 5 requests /, "every request counts, and no more than five were made");
  assert.deepEqual(complaints, []);
  await page.close();
});

test("a data worker that dies is reported, and the sample can be opened again", async () => {
  const { page } = await openSample("provisioning");
  const worker = await workerNamed(page, "worker");
  await worker.evaluate(() => void setTimeout(() => { throw new Error("made to fail"); }));
  await page.getByText("made to fail").waitFor();
  await until("all workers are gone", () => page.workers().length === 0);
  await exploreSample(page);
  await until("rows come", async () => (await rowsLoaded(page)) > 0);
  await page.close();
});

test("a reload opens the sample again where it was; leaving it lasts", async () => {
  const { page, complaints } = await openSample("directory-audits");
  await firstRow(page).waitFor();
  await page.reload();
  await mounted(page);
  await firstRow(page).waitFor();
  assert.equal(new URL(page.url()).hash, "#/directory-audits");
  await page.getByRole("button", { name: "Leave the sample" }).click();
  await page.reload();
  await mounted(page);
  await page.getByRole("button", { name: "Explore with sample data" }).waitFor();
  assert.deepEqual(complaints, []);
});
