// A page that was built for a cloud which nobody has heard of, described in a file. MSAL does not know its sign-in host either.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { APP, assertPromises, journey, loadedRows, openReport, signIn } from "./lib/journey.mjs";
import { distFolder } from "./lib/site.mjs";

const { login, graph } = JSON.parse(readFileSync(new URL("own-cloud.json", import.meta.url), "utf8"));
const BUILD = {
  cloud: { login: new URL(login).host, graph: new URL(graph).host },
  folder: distFolder("GATEBOOK_DIST_OWN_CLOUD"),
};
const GRANTED = ["--granted", "User.Read,AuditLog.Read.All,ProvisioningLog.Read.All"];
// The browser's own line for the report that does not exist here, and what the policy says when the page is made to go elsewhere.
const EXPECTED = [/status of 400/, /graph\.microsoft\.com/];

journey("a page built for a cloud of one's own signs in there, asks that Graph only, and is not led elsewhere", ["--days", "2", "--rows", "600", ...GRANTED], async (begun) => {
  const { tenant, page } = begun;
  await page.goto(`${APP}#/directory-audits`);
  await page.getByRole("button", { name: "Sign in with Microsoft" }).click();
  await signIn(page, tenant, tenant.holder("Global Administrator"));
  assert.ok((await loadedRows(page, "directory audits")) > 0);

  const policy = await page.locator("meta[http-equiv='Content-Security-Policy']").getAttribute("content");
  assert.match(policy, new RegExp(`connect-src 'self' ${graph} ${login};`));
  const log = await tenant.log();
  const asked = log.find(({ path }) => path.endsWith("/authorize"));
  const scopes = new URLSearchParams(asked.query).get("scope").split(" ");
  assert.ok(scopes.includes(`${graph}/AuditLog.Read.All`), scopes.join(" "));
  assert.ok(log.some(({ host, path }) => host === BUILD.cloud.login && path.endsWith("/openid-configuration")), "it was asked itself");

  // Neither the address nor a script in the page chooses another cloud.
  await page.goto(`${APP}?cloud=global&graph=https://graph.microsoft.com#/settings`);
  await page.getByText(`the cloud own-cloud, ${BUILD.cloud.graph}`).waitFor();
  const refused = await page.evaluate(() => fetch("https://graph.microsoft.com/beta/auditLogs/signIns").then(() => "", String));
  assert.match(refused, /TypeError/);

  await tenant.scenario({ graph: [{ fault: "not-in-cloud", report: "provisioning" }] });
  await openReport(page, "Provisioning");
  await page.getByRole("heading", { name: "This cloud has no provisioning records" }).waitFor();
  await openReport(page, "Sign-ins");
  assert.ok((await loadedRows(page, "interactive sign-ins")) > 0);

  const reached = new Set((await tenant.log()).map(({ host }) => host));
  assert.deepEqual([...reached].sort(), [new URL(APP).host, BUILD.cloud.graph, BUILD.cloud.login].sort());
  begun.asked.delete("graph.microsoft.com"); // asked by this test, stopped by the policy
  await assertPromises(begun, EXPECTED);
}, {}, BUILD);
