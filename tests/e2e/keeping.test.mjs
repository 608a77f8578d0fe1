// Keeping loaded rows on the device, through the release build in a real browser, with its own files and keys.
import assert from "node:assert/strict";
import { until } from "./lib/app.mjs";
import { watch } from "./lib/browser.mjs";
import { APP, assertPromises, journey, loadedRows, originals, signIn } from "./lib/journey.mjs";

// A few rows of every kind, so that each load is one request and the service's limit costs little time.
const SMALL = ["--days", "2", "--rows", "600"];
// More rows than the service's limit lets through at once.
const LARGE = ["--days", "30", "--rows", "60000"];
const SIGN_INS = `${APP}#/sign-ins/interactive-user?range=all`;
const AUDITS = `${APP}#/directory-audits?range=all`;
const PHRASE = "directory audits";
// The browser reports answers above 399 in the console whoever asked for them; nothing can be done about it.
const REFUSED_RENEWAL = /status of 400/;

journey("kept rows are back before Graph answers, and nothing is left after sign-out", SMALL, async (begun) => {
  const { tenant, browser, page } = begun;
  const reader = tenant.holder("Security Administrator");
  const answers = [];
  browser.on("response", (response) => answers.push(response.url()));
  const audits = (urls) => urls.filter((url) => url.includes("/directoryAudits"));

  await page.goto(AUDITS);
  await page.getByRole("button", { name: "Sign in with Microsoft" }).click();
  await signIn(page, tenant, reader);
  const rows = await loadedRows(page, PHRASE);
  assert.ok(rows > 0);
  const before = (await originals(page)).sort();
  const name = /[\w.]+@[\w.]+\.example/.exec(before.join())?.[0];
  assert.ok(name, "somebody is named in the rows");
  assert.deepEqual(await left(page), { files: 0, bytes: 0, records: 0, databases: 1 }, "without the choice nothing is kept");

  await page.goto(`${APP}#/settings`);
  await page.getByRole("switch", { name: "Keep loaded rows" }).click();
  await page.getByText(/^Kept until/).or(page.getByText(/on this device: .* Kept until/)).first().waitFor();
  const kept = await left(page, [name, "userPrincipalName", "activityDateTime"]);
  assert.ok(kept.files > 0 && kept.bytes > 1_000 && kept.records === 1, JSON.stringify(kept));
  assert.deepEqual(kept.found, [], "nothing in a file can be read");
  await plant(page, `plain ${name}`);
  assert.deepEqual((await left(page, [name])).found, [name], "it would have been found");
  await plant(page, undefined);

  const other = await browser.newPage();
  await other.goto(AUDITS);
  await other.getByText("Another tab keeps rows of this account", { exact: true }).waitFor();
  assert.equal(await loadedRows(other, PHRASE), rows, "it works in memory");
  await other.close();

  // The tab starts anew, and Graph takes its time.
  await page.goto(AUDITS);
  await loadedRows(page, PHRASE);
  const asked = (await tenant.graphRequests()).length;
  await tenant.scenario({ graph: [{ fault: "slow", report: "directoryAudits", count: 1 }] });
  answers.length = 0;
  await page.reload();
  const grid = page.getByRole("grid", { name: `${PHRASE}, newest first`, exact: true });
  await grid.waitFor();
  await until("the kept rows are shown", async () => Number(await grid.getAttribute("aria-rowcount")) - 1 === rows, 15);
  await page.getByRole("gridcell").first().waitFor();
  assert.deepEqual(audits(answers), [], "no answer has come yet");
  await page.getByText("Complete", { exact: true }).waitFor({ timeout: 60_000 });
  assert.equal(audits(answers).length, 1, "it would have been seen");
  const since = (await tenant.graphRequests()).slice(asked).filter(({ path }) => path.endsWith("/directoryAudits"));
  assert.equal(since.length, 1, "only what is new was asked for");
  assert.match(decodeURIComponent(since[0].query), /activityDateTime ge /);
  assert.deepEqual((await originals(page)).sort(), before, "every record is what it was");

  await page.getByRole("button", { name: `Account: ${reader.displayName}` }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await until("the sign-out page was there", async () => (await tenant.log()).some(({ path }) => path.endsWith("/logout")));
  await until("the page is back", () => page.url() === `${APP}#/` || page.url() === APP);
  await page.getByRole("button", { name: "Sign in with Microsoft" }).waitFor();
  const { files, records } = await left(page);
  assert.deepEqual({ files, records }, { files: 0, records: 0 });
  await assertPromises(begun, [REFUSED_RENEWAL]);
}, { isOwnOrigin: true });

journey("a tab that crashes in the middle of a load loses nothing", LARGE, async (begun) => {
  const { tenant, browser, page } = begun;
  const reader = tenant.holder("Security Administrator");
  const total = (await tenant.ids("signIns", "interactiveUser")).length;
  assert.ok(total > 12_000, `${total} rows are more than the limit lets through at once`);
  const requests = async () => (await tenant.graphRequests()).filter(({ path }) => path.endsWith("/signIns")).length;

  await page.goto(APP);
  await page.getByRole("button", { name: "Sign in with Microsoft" }).click();
  await signIn(page, tenant, reader);
  await page.goto(`${APP}#/settings`);
  await page.getByRole("switch", { name: "Keep loaded rows" }).click();
  await page.goto(SIGN_INS);
  await page.getByRole("button", { name: "What is loaded" }).click();
  const line = page.getByText(/^Kept on this device: /);
  const rowsIn = (text) => Number(/: ([\d\u202f]+) rows/.exec(text)[1].replaceAll("\u202f", ""));
  const kept = await until("rows are kept", async () => (await line.count()) > 0 && rowsIn(await line.innerText()), 60);
  assert.ok(kept < total, "the load is not over");
  const session = await browser.newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  session.send("Page.crash").catch(() => {});
  await crashed;

  const before = await requests();
  const next = await browser.newPage();
  const complaints = await watch(next);
  await next.goto(SIGN_INS);
  assert.equal(await loadedRows(next, "interactive sign-ins", 120_000), total, "none is lost, and none is there twice");
  const again = (await requests()) - before;
  const pages = Math.ceil((total - kept) / 1_000);
  assert.ok(again <= pages + 4, `${again} requests for ${total - kept} rows`);
  await assertPromises({ ...begun, complaints });
}, { isOwnOrigin: true });

journey("below a path that others may share nothing is kept, and the page says why", SMALL, async (begun) => {
  const { page } = begun;
  await page.goto(`${APP}#/settings`);
  await page.getByText("Not below a path.").waitFor();
  assert.equal(await page.getByRole("switch", { name: "Keep loaded rows" }).count(), 0);
  await assertPromises(begun);
});

/** Puts a text into a file of this origin, or takes that file away. */
function plant(page, text) {
  return page.evaluate(async (text) => {
    const root = await navigator.storage.getDirectory();
    if (text === undefined) return root.removeEntry("planted");
    const writing = await (await root.getFileHandle("planted", { create: true })).createWritable();
    await writing.write(text);
    await writing.close();
  }, text);
}

/** What the browser has of this origin, in files and in databases, and which of these texts stand in a file. */
function left(page, texts = []) {
  return page.evaluate(async (texts) => {
    const wanted = texts.map((text) => new TextEncoder().encode(text));
    const contains = (bytes, part) => {
      for (let at = bytes.indexOf(part[0]); at >= 0; at = bytes.indexOf(part[0], at + 1)) {
        if (part.every((byte, index) => bytes[at + index] === byte)) return true;
      }
      return false;
    };
    const found = new Set();
    let [files, bytes] = [0, 0];
    const walk = async (folder) => {
      for await (const entry of folder.values()) {
        if (entry.kind === "directory") await walk(entry);
        else {
          const content = new Uint8Array(await (await entry.getFile()).arrayBuffer());
          files += 1;
          bytes += content.length;
          wanted.forEach((part, index) => contains(content, part) && found.add(texts[index]));
        }
      }
    };
    await walk(await navigator.storage.getDirectory());
    const databases = (await indexedDB.databases()).filter(({ name }) => name.startsWith("gatebook"));
    let records = 0;
    for (const { name } of databases.filter(({ name }) => name === "gatebook-kept")) {
      records += await new Promise((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const count = opening.result.transaction("keys").objectStore("keys").count();
          count.onerror = () => reject(count.error);
          count.onsuccess = () => resolve(count.result);
          opening.result.close();
        };
      });
    }
    return { files, bytes, records, databases: databases.length, ...(texts.length > 0 && { found: [...found] }) };
  }, texts);
}
