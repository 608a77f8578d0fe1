// The same folder as a page, below a sub-path, in a frame and as an unpacked extension, served without any header: it works
// without a complaint, and neither the page nor its workers can reach a stranger.
import { strict as assert } from "node:assert";
import { after, before, describe, test } from "node:test";
import { exploreSample, mounted, openLargeReport, until, workerNamed } from "./lib/app.mjs";
import { launch, watch } from "./lib/browser.mjs";
import { distFolder, serveDist, serveForeign } from "./lib/site.mjs";

const STRANGER = "http://stranger.example";

let stranger;
before(async () => (stranger = await serveForeign()));
after(() => stranger.close());

/** Tries to reach the stranger in a page or worker; says who refused. */
function attempts({ url, only }) {
  const refusal = (name, attempt) =>
    new Promise((resolve) => {
      const listening = new AbortController();
      const settle = (text) => {
        listening.abort();
        resolve(text);
      };
      // An extension's page has two policies, its own and the manifest's, so one attempt is refused twice.
      // Of a frame only the origin is told.
      const refused = ({ blockedURI, effectiveDirective }) => {
        if (blockedURI.includes(`/${name}`) || (name === "frame" && blockedURI === url)) settle(effectiveDirective);
      };
      addEventListener("securitypolicyviolation", refused, { signal: listening.signal });
      setTimeout(() => settle("nobody refused within 2 s"), 2000);
      Promise.resolve()
        .then(attempt)
        .then((answer) => answer && settle(`reached: ${answer}`), () => {});
    });
  const tries = {
    fetch: () => fetch(`${url}/fetch`).then((answer) => answer.text()),
    import: () => import(`${url}/import.js`).then(() => "imported"),
    socket: () => void new WebSocket(`${url.replace("http", "ws")}/socket`),
  };
  if (globalThis.document) {
    tries.image = () => void (new Image().src = `${url}/image`);
    tries.beacon = () => void navigator.sendBeacon(`${url}/beacon`, "x");
    tries.frame = () => {
      const frame = document.createElement("iframe");
      frame.src = `${url}/frame`;
      document.body.append(frame);
    };
    tries.style = () => {
      const link = document.createElement("link");
      Object.assign(link, { rel: "stylesheet", href: `${url}/style.css` });
      document.head.append(link);
    };
  }
  return (async () => {
    const outcome = {};
    for (const [name, attempt] of Object.entries(tries)) {
      if (!only || only.includes(name)) outcome[name] = await refusal(name, attempt);
    }
    return outcome;
  })();
}

const IN_WORKER = { fetch: "connect-src", import: "script-src-elem", socket: "connect-src" };
const IN_PAGE = { ...IN_WORKER, image: "img-src", beacon: "connect-src", frame: "frame-src", style: "style-src-elem" };

/** Opens the app in one form, uses it, and tries to break out of it. */
async function checkForm({ context, url, frameOf = (page) => page }) {
  const page = await context.newPage();
  const complaints = await watch(page);
  await page.goto(url);
  const frame = await frameOf(page);
  await mounted(frame);
  await exploreSample(page, frame);
  const worker = await workerNamed(page, "worker");
  const sample = await workerNamed(page, "sample");
  await openLargeReport(frame);
  const pack = await workerNamed(page, "pack");
  assert.deepEqual(complaints, []);

  stranger.requests.length = 0;
  assert.deepEqual(await frame.evaluate(attempts, { url: STRANGER }), IN_PAGE);
  assert.deepEqual(await worker.evaluate(attempts, { url: STRANGER }), IN_WORKER);
  assert.deepEqual(await sample.evaluate(attempts, { url: STRANGER }), IN_WORKER);
  assert.deepEqual(await pack.evaluate(attempts, { url: STRANGER }), IN_WORKER);
  assert.deepEqual(stranger.requests, []);
  return page;
}

describe("without a policy", () => {
  test("the stranger can be reached, so that a refusal below means something", async () => {
    const site = await serveDist({ pages: { "/open.html": "<!doctype html><title>open</title>" } });
    const context = await launch({ hosts: { "stranger.example": stranger.port } });
    try {
      const page = await context.newPage();
      await page.goto(`${site.url}open.html`);
      const { fetch, image } = await page.evaluate(attempts, { url: STRANGER, only: ["fetch", "image"] });
      assert.equal(fetch, "reached: read by a stranger");
      assert.equal(image, "nobody refused within 2 s");
      assert.deepEqual(stranger.requests.filter((path) => path === "/fetch" || path === "/image"), ["/fetch", "/image"]);
    } finally {
      await context.close();
      await site.close();
    }
  });
});

describe("as a page", () => {
  let context;
  before(async () => (context = await launch({ hosts: { "stranger.example": stranger.port } })));
  after(() => context.close());

  test("at the root of a host", async () => {
    const site = await serveDist();
    await checkForm({ context, url: site.url });
    await site.close();
  });

  test("below a sub-path", async () => {
    const site = await serveDist({ prefix: "/some/sub/path/" });
    await checkForm({ context, url: site.url });
    assert(site.requests.every((path) => path.startsWith("/some/sub/path/")), site.requests.join(" "));
    await site.close();
  });

  test("in a frame of another site", async () => {
    const site = await serveDist();
    const portal = await serveDist({ pages: { "/portal.html": `<!doctype html><title>portal</title><link rel="icon" href="data:,"><iframe src="${site.url}" width="1100" height="650"></iframe>` } });
    const page = await checkForm({
      context,
      // Another site than localhost, as far as a browser is concerned.
      url: `${portal.url}portal.html`.replace("localhost", "127.0.0.1"),
      frameOf: async (page) => (await page.waitForSelector("iframe")).contentFrame(),
    });
    const frame = page.frames().find((candidate) => candidate.url().startsWith(site.url));
    await frame.getByRole("link", { name: "Open in a new tab" }).waitFor();
    await portal.close();
    await site.close();
  });

  test("MSAL comes after the first paint, and only once there is an app registration", async () => {
    const registered = JSON.stringify({ clientId: "6a7e0b00-c0de-4000-8000-000000000001", tenant: "" });
    const site = await serveDist({ change: (name, content) => (name === "config.json" ? Buffer.from(registered) : content) });
    const page = await context.newPage();
    await page.goto(site.url);
    await mounted(page);
    await until("MSAL is loaded", () => page.evaluate(() => Boolean(globalThis.msal)));
    const times = await page.evaluate(() => ({
      paint: performance.getEntriesByName("first-paint")[0].startTime,
      msal: performance.getEntriesByType("resource").find((entry) => entry.name.includes("/msal-browser-")).startTime,
    }));
    assert(times.msal > times.paint, JSON.stringify(times));

    const plain = await serveDist();
    await page.goto(plain.url);
    await mounted(page);
    await exploreSample(page);
    assert(!plain.requests.some((path) => path.includes("msal-browser-")), plain.requests.join(" "));
    await plain.close();
    await site.close();
  });
});

describe("as an unpacked extension", () => {
  let context;
  before(async () => (context = await launch({ hosts: { "stranger.example": stranger.port }, extension: distFolder() })));
  after(() => context.close());

  test("in a tab", async () => {
    await checkForm({ context, url: `${context.extensionUrl}index.html` });
  });

  test("the toolbar button opens the viewer once, and shows that tab again", async () => {
    for (const page of context.pages()) if (page.url().startsWith(context.extensionUrl)) await page.close();
    const [background] = context.serviceWorkers();
    const viewers = () => context.pages().filter((page) => page.url() === `${context.extensionUrl}index.html`);
    const opened = context.waitForEvent("page");
    await background.evaluate(() => chrome.action.onClicked.dispatch({}));
    await mounted(await opened);
    const other = await context.newPage();
    await other.bringToFront();
    await background.evaluate(() => chrome.action.onClicked.dispatch({}));
    const [viewer] = viewers();
    const isShown = () => viewer.evaluate(() => document.visibilityState === "visible");
    for (let tries = 0; tries < 50 && !(await isShown()); tries += 1) await new Promise((resolve) => setTimeout(resolve, 100));
    assert(await isShown());
    assert.equal(viewers().length, 1);
  });
});
