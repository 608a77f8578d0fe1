// Starts the installed Chromium and watches what a page complains about.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const FLAGS = [
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-default-apps",
];

/**
 * @param {object} [options]
 * @param {Record<string, number>} [options.hosts] host names and the loopback ports that answer for them (TLS is not checked);
 *   every other name is unknown to this browser, so that no test can reach the network
 * @param {string} [options.extension] folder of an unpacked extension
 * @param {string[]} [options.flags] more command line flags
 * @returns {Promise<import("playwright-core").BrowserContext & { extensionUrl?: string }>} a fresh profile; `close()` removes it
 */
export async function launch({ hosts = {}, extension, flags = [] } = {}) {
  const executablePath = process.env.CHROME;
  if (!executablePath) throw new Error("CHROME names no browser: run `cargo xtask test e2e`");
  const rules = Object.entries(hosts).map(([host, port]) => `MAP ${host} 127.0.0.1:${port}`);
  rules.push("MAP * ~NOTFOUND", "EXCLUDE localhost", "EXCLUDE 127.0.0.1");
  const args = [...FLAGS, `--host-resolver-rules=${rules.join(", ")}`, "--ignore-certificate-errors", ...flags];
  if (process.getuid?.() === 0) args.push("--no-sandbox");
  if (extension) args.push(`--disable-extensions-except=${extension}`, `--load-extension=${extension}`);

  const profile = await mkdtemp(join(tmpdir(), "gatebook-e2e-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args,
    ignoreDefaultArgs: extension ? ["--disable-extensions"] : [],
  });
  context.on("close", () => rm(profile, { recursive: true, force: true, maxRetries: 5 }));
  if (extension) {
    const [background] = context.serviceWorkers();
    const worker = background ?? (await context.waitForEvent("serviceworker"));
    context.extensionUrl = new URL("./", worker.url()).href;
  }
  return context;
}

/**
 * Collects everything that a page, its frames and its workers complain about: errors and warnings in the console, uncaught
 * exceptions, failed requests, and violations of the content policy. Call it before the page goes anywhere.
 */
export async function watch(page) {
  const complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText;
    // The pack worker ends with the data worker, also while its file or, as a blob, its script is still on the way.
    if (why === "net::ERR_ABORTED" && /^blob:|\/pack-/.test(request.url())) return;
    complaints.push(`failed: ${request.url()} ${why}`);
  });
  await page.exposeFunction("gatebookViolation", (text) => complaints.push(`policy: ${text}`));
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sample }) => {
      globalThis.gatebookViolation(`${effectiveDirective} ${blockedURI} ${sample}`);
    });
  });
  return complaints;
}
