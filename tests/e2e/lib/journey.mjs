// What every journey through the app needs: a deployed build, a tenant, a browser, and the promises checked at the end.
import assert from "node:assert/strict";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch, watch } from "./browser.mjs";
import { distFolder } from "./site.mjs";
import { startTenant } from "./tenant.mjs";

export const APP = "https://gatebook.example/reports/";
const GRAPH_LIMIT = { requests: 5, windowMs: 10_000 };
// The limit is measured when a request arrives, and a busy machine delays one request more than the next. The app leaves half
// a second for that (one request every 2.1 s), so a window that is shorter by as much must hold no sixth request.
const JITTER_MS = 500;

/**
 * Deploys the release build in a sub-path as somebody would who has registered it, and opens it with the production addresses
 * leading to a made-up tenant.
 * @param {import("node:test").TestContext} test cleans up after itself
 * @param {object} [options]
 * @param {string[]} [options.tenant] options of the tenant's server
 */
export async function begin(test, options = {}) {
  const folder = await mkdtemp(join(tmpdir(), "gatebook-dist-"));
  test.after(() => rm(folder, { recursive: true, force: true }));
  await cp(distFolder(), folder, { recursive: true });
  const { host, pathname } = new URL(APP);
  const tenant = await startTenant(["--app", `${folder}=${host}${pathname}`, ...(options.tenant ?? [])]);
  test.after(() => tenant.stop());
  await writeFile(join(folder, "config.json"), JSON.stringify({ clientId: tenant.clientId, tenant: tenant.tenantId }));

  const browser = await launch({ hosts: tenant.hosts(host) });
  test.after(() => browser.close());
  const asked = new Set();
  browser.on("request", (request) => asked.add(new URL(request.url()).host));
  const page = await browser.newPage();
  const complaints = await watch(page);
  return { tenant, browser, page, complaints, asked };
}

/**
 * The promises of every journey: no violation of the content policy, nothing in the console, no other host, the service's limit.
 * @param {RegExp[]} [expected] complaints that belong to the journey, such as the browser's own line for a 401 that was provoked
 */
export async function assertPromises({ tenant, complaints, asked }, expected = []) {
  const surprising = complaints.filter((complaint) => !expected.some((pattern) => pattern.test(complaint)));
  assert.deepEqual(surprising, []);
  const known = new Set(["login.microsoftonline.com", "graph.microsoft.com", new URL(APP).host, ""]);
  assert.deepEqual([...asked].filter((host) => !known.has(host)), []);
  assertPace(await tenant.graphRequests());
}

/** No more requests reached Graph than the service allows. */
export function assertPace(requests) {
  assert.deepEqual(requests.filter(({ status }) => status === 429), [], "Graph never had to refuse a request");
  const { requests: limit, windowMs } = GRAPH_LIMIT;
  requests.slice(limit).forEach(({ at_ms }, index) => {
    const span = at_ms - requests[index].at_ms;
    assert.ok(span >= windowMs - JITTER_MS, `${limit + 1} requests reached Graph within ${span} ms`);
  });
}

/** Fills in the sign-in page as this person. */
export async function typePassword(page, tenant, person) {
  await page.getByLabel("User name").fill(person.userPrincipalName);
  await page.getByLabel("Password").fill(tenant.password);
  await page.getByRole("button", { name: "Sign in" }).click();
}
