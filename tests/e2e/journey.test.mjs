// Journeys of a person through the release build in a real browser. It believes that it speaks to login.microsoftonline.com and
// graph.microsoft.com; a made-up tenant on loopback answers.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { until } from "./lib/app.mjs";
import {
  APP,
  assertPromises,
  journey,
  loadedRows,
  openEventType,
  openReport,
  originals,
  signIn,
  typePassword,
} from "./lib/journey.mjs";
import { slices } from "./lib/slices.mjs";

const EXAMPLES = new URL("../fixtures/graph/examples/", import.meta.url);
// A few rows of every kind, so that each load is one request and the service's limit costs little time.
const SMALL = ["--days", "2", "--rows", "600"];
const EVERYTHING_GRANTED = [
  "--granted",
  "User.Read,AuditLog.Read.All,ProvisioningLog.Read.All,CustomSecAttributeAuditLogs.Read.All",
];
const EVENT_TYPES = ["Interactive", "Non-interactive", "Service principal", "Managed identity"];
// The browser reports answers above 399 in the console whoever asked for them; nothing can be done about it.
const REFUSED_TOKEN = /status of 401/;
const REFUSED_RENEWAL = /status of 400/;

journey("sign-in by redirect, four reports, consent for one more, sign-out", SMALL, async (begun) => {
  const { tenant, page } = begun;
  const admin = tenant.holder("Global Administrator", "Attribute Log Administrator");

  await page.goto(`${APP}#/directory-audits`);
  await page.getByRole("button", { name: "Sign in with Microsoft" }).click();
  await signIn(page, tenant, admin);
  assert.equal(new URL(page.url()).hash, "#/directory-audits", "back where the person was");
  assert.ok((await loadedRows(page, "directory audits")) > 0);

  await openReport(page, "Sign-ins");
  for (const type of EVENT_TYPES) {
    await openEventType(page, type);
    assert.ok((await loadedRows(page, `${type.toLowerCase()} sign-ins`)) > 0, type);
  }
  for (const [report, phrase, scope] of [
    ["Provisioning", "provisioning records", "ProvisioningLog.Read.All"],
    ["Attribute audits", "attribute audits", "CustomSecAttributeAuditLogs.Read.All"],
  ]) {
    await openReport(page, report);
    await page.getByRole("heading", { name: `Allow Gatebook to read ${phrase}` }).waitFor();
    await page.getByRole("button", { name: "Continue to consent" }).click();
    await page.getByRole("listitem").getByText(scope, { exact: true }).waitFor();
    await page.getByRole("button", { name: "Accept" }).click();
    assert.ok((await loadedRows(page, phrase)) > 0);
  }

  await page.getByRole("button", { name: `Account: ${admin.displayName}` }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await until("nothing of the sign-out stays in the address", () => page.url() === `${APP}#/` || page.url() === APP);
  await page.getByRole("button", { name: "Sign in with Microsoft" }).click();
  await page.getByLabel("Password").waitFor();

  await assertPromises(begun, [REFUSED_RENEWAL]);
});

journey("sign-in in a window, renewal, a claims challenge, and a revoked sign-in", [...SMALL, ...EVERYTHING_GRANTED], async (begun) => {
  const { tenant, page } = begun;
  const reader = tenant.holder("Security Administrator");
  await tenant.scenario({ entra: { is_mfa_required: true } });

  await page.goto(`${APP}#/settings`);
  await page.getByRole("button", { name: "In a window" }).click();
  await page.goto(`${APP}#/directory-audits`);
  let window = await popup(page, page.getByRole("button", { name: "Sign in with Microsoft" }));
  await typePassword(window, tenant, reader);
  await window.getByRole("button", { name: "Approve" }).click();
  await page.getByRole("button", { name: `Account: ${reader.displayName}` }).waitFor();
  assert.ok((await loadedRows(page, "directory audits")) > 0);

  await tenant.advance(3700);
  await openReport(page, "Provisioning");
  assert.ok((await loadedRows(page, "provisioning records")) > 0);
  assert.deepEqual(await renewals(tenant), [200], "the token past its life was renewed without a person");

  await tenant.scenario({ is_challenged: true });
  await openReport(page, "Sign-ins");
  assert.ok((await loadedRows(page, "interactive sign-ins")) > 0);
  assert.deepEqual(await renewals(tenant), [200, 200], "the challenge was answered without a person");

  await tenant.scenario({ is_revoked: true });
  await openEventType(page, "Service principal");
  await page.getByRole("heading", { name: "Sign in again to read" }).waitFor();
  window = await popup(page, page.getByRole("main").getByRole("button", { name: "Continue", exact: true }));
  await typePassword(window, tenant, reader);
  await window.getByRole("button", { name: "Approve" }).click();
  assert.ok((await loadedRows(page, "service principal sign-ins")) > 0);

  await assertPromises(begun, [REFUSED_TOKEN, REFUSED_RENEWAL]);
});

journey("the documented examples are shown, each with its original JSON byte for byte", [...EVERYTHING_GRANTED, "--records", fileURLToPath(EXAMPLES)], async (begun) => {
  const { tenant, page } = begun;
  const reader = tenant.holder("Global Administrator", "Attribute Log Administrator");

  await page.goto(APP);
  await page.getByRole("button", { name: "Sign in with Microsoft" }).click();
  await signIn(page, tenant, reader);
  for (const [report, slug, phrase] of [
    ["directoryAudits", "directory-audits", "directory audits"],
    ["provisioning", "provisioning", "provisioning records"],
    ["signIns", "sign-ins", "interactive sign-ins"],
    ["customSecurityAttributeAudits", "attribute-audits", "attribute audits"],
  ]) {
    await page.goto(`${APP}#/${slug}?range=all`);
    const records = await documented(report);
    // The documentation repeats one record byte for byte; the second is dropped and counted, as Graph may deliver rows twice.
    const expected = [...new Set(records)];
    assert.equal(await loadedRows(page, phrase), expected.length, report);
    if (expected.length < records.length) {
      await page.getByText(`${records.length - expected.length} duplicate dropped`, { exact: true }).waitFor();
    }
    assert.deepEqual((await originals(page)).sort(), expected.sort(), report);
  }
  await assertPromises(begun, [REFUSED_RENEWAL]);
});

/** The window that a press of this button opens. */
async function popup(page, button) {
  const [window] = await Promise.all([page.waitForEvent("popup"), button.click()]);
  return window;
}

/** The text of every record in the documented responses of a report. */
async function documented(report) {
  const folder = new URL(`${report}/`, EXAMPLES);
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json"));
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, folder), "utf8")));
  return texts.flatMap(slices);
}

/** Status of each renewal so far. */
async function renewals(tenant) {
  const log = await tenant.log();
  return log.filter(({ grant_type }) => grant_type === "refresh_token").map(({ status }) => status);
}
