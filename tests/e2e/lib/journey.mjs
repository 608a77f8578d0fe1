// What every journey through the app needs: a deployed build, a tenant, a browser, and the promises checked at the end.
import assert from "node:assert/strict";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { until } from "./app.mjs";
import { launch, watch } from "./browser.mjs";
import { distFolder } from "./site.mjs";
import { startTenant } from "./tenant.mjs";

export const APP = "https://gatebook.example/reports/";
/** Hosts of the cloud that a build is for unless it is told. */
const GLOBAL = { login: "login.microsoftonline.com", graph: "graph.microsoft.com" };
const GRAPH_LIMIT = { requests: 5, windowMs: 10_000 };

/**
 * A test that deploys the release build in a sub-path, as somebody would who has registered it, and opens it with the production
 * addresses leading to a made-up tenant. What the page showed is told when the test fails.
 * @param {string} name
 * @param {string[]} options command line options of the tenant's server
 * @param {(journey: Journey) => Promise<void>} walk
 * @param {object} [config] what the deployer sets besides client id and tenant
 * @param {{ cloud: { login: string, graph: string }, folder: string }} [build] hosts and folder of a build for another cloud
 */
export function journey(name, options, walk, config = {}, { cloud = GLOBAL, folder = distFolder() } = {}) {
  test(name, { timeout: 180_000 }, async (context) => {
    const begun = await begin(context, options, { config, cloud, dist: folder });
    try {
      await walk(begun);
    } catch (error) {
      for (const page of begun.browser.pages()) {
        context.diagnostic(`${page.url()}\n${await page.locator("body").innerText().catch(() => "")}`);
      }
      context.diagnostic(begun.complaints.join("\n"));
      for (const { at_ms, method, host, path, query, status } of await begun.tenant.log()) {
        if (host !== new URL(APP).host) context.diagnostic(`${at_ms} ${status} ${method} ${host}${path} ${query.slice(0, 200)}`);
      }
      throw error;
    }
  });
}

async function begin(context, options, { config, cloud, dist }) {
  const folder = await mkdtemp(join(tmpdir(), "gatebook-dist-"));
  context.after(() => rm(folder, { recursive: true, force: true }));
  await cp(dist, folder, { recursive: true });
  const { host, pathname } = new URL(APP);
  const tenant = await startTenant(["--app", `${folder}=${host}${pathname}`, ...options]);
  context.after(() => tenant.stop());
  await writeFile(join(folder, "config.json"), JSON.stringify({ clientId: tenant.clientId, tenant: tenant.tenantId, ...config }));

  const browser = await launch({ hosts: tenant.hosts(host, cloud.login, cloud.graph) });
  context.after(() => browser.close());
  const asked = new Set();
  browser.on("request", (request) => asked.add(new URL(request.url()).host));
  const page = await browser.newPage();
  const complaints = await watch(page);
  return { tenant, browser, page, complaints, asked, cloud };
}

/**
 * The promises of every journey: no violation of the content policy, nothing in the console, no other host, the service's limit.
 * @param {RegExp[]} [expected] complaints that belong to the journey, such as the browser's own line for a 401 that was provoked
 */
export async function assertPromises({ tenant, complaints, asked, cloud }, expected = []) {
  const surprising = complaints.filter((complaint) => !expected.some((pattern) => pattern.test(complaint)));
  assert.deepEqual(surprising, []);
  const known = new Set([cloud.login, cloud.graph, new URL(APP).host, ""]);
  assert.deepEqual([...asked].filter((host) => !known.has(host)), []);
  assertPace(await tenant.graphRequests(cloud.graph));
}

/**
 * No more requests reached Graph than the service allows, measured in real time when they arrive. No tolerance: the app leaves
 * half a second for those that are longer on their way than others.
 */
export function assertPace(requests) {
  assert.deepEqual(requests.filter(({ status }) => status === 429), [], "Graph never had to refuse a request");
  const { requests: limit, windowMs } = GRAPH_LIMIT;
  requests.slice(limit).forEach(({ at_ms }, index) => {
    const span = at_ms - requests[index].at_ms;
    assert.ok(span >= windowMs, `${limit + 1} requests reached Graph within ${span} ms`);
  });
}

/** Fills in the sign-in page as this person. */
export async function typePassword(page, tenant, person) {
  await page.getByLabel("User name").fill(person.userPrincipalName);
  await page.getByLabel("Password").fill(tenant.password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Signs in from the start page; `window` is where Microsoft's page shows, this tab or a window of its own. */
export async function signIn(page, tenant, person, window = page) {
  await typePassword(window, tenant, person);
  await page.getByRole("button", { name: `Account: ${person.displayName}` }).waitFor();
}

/** A report's tab in the masthead. */
export async function openReport(page, name) {
  await page.getByRole("navigation", { name: "Reports" }).getByRole("link", { name, exact: true }).click();
}

/** An event type of the sign-ins, whose tab ends with the number of rows. */
export async function openEventType(page, name) {
  const types = page.getByRole("tablist", { name: "Event type" });
  await types.getByRole("tab", { name: new RegExp(`^${name}\\b`) }).click();
}

/** Waits until everything that was asked for is there; the number of rows in the table. */
export async function loadedRows(page, phrase, timeout = 30_000) {
  const grid = page.getByRole("grid", { name: `${phrase}, newest first`, exact: true });
  await grid.waitFor();
  await page.getByText("Complete", { exact: true }).waitFor({ timeout });
  return Number(await grid.getAttribute("aria-rowcount")) - 1;
}

/** Original JSON of every row in the table, read as a person would: one record's details after the other. No two are equal. */
export async function originals(page) {
  await page.getByRole("grid").getByRole("row").nth(1).click();
  await page.getByRole("button", { name: "Original JSON", exact: true }).click();
  const details = page.getByRole("complementary", { name: /^Details of row/ });
  const text = details.locator("pre");
  const next = details.getByRole("button", { name: "Next row" });
  const total = Number(await page.getByRole("grid").getAttribute("aria-rowcount")) - 1;
  const records = [];
  for (let row = 1; row <= total; row += 1) {
    await details.getByText(`Row ${row} of ${total}`, { exact: true }).waitFor();
    // The record follows a moment after its number.
    await until(`row ${row} is read`, async () => (await text.textContent()) !== records.at(-1));
    records.push(await text.textContent());
    if (row < total) await next.click();
  }
  return records;
}
