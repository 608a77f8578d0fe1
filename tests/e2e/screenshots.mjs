// Takes the README's pictures from the built page: `cargo xtask build --release`, then `node tests/e2e/screenshots.mjs`.
// CHROME names the browser, /usr/bin/chromium without it. The picture of consent needs the made-up tenant's server, whose program
// GATEBOOK_TENANT_SERVER names (`cargo build --package tenant` leaves it in target/debug/tenant); without it that one is left out.
import { cp, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { exploreSample, mounted, until } from "./lib/app.mjs";
import { launch } from "./lib/browser.mjs";
import { APP, openReport, signIn } from "./lib/journey.mjs";
import { serveDist } from "./lib/site.mjs";
import { startTenant } from "./lib/tenant.mjs";

const ROOT = new URL("../../", import.meta.url);
const IMAGES = new URL("docs/images/", ROOT);
const BYTES_MAX = 150_000;

process.env.CHROME ??= "/usr/bin/chromium";

const PICTURES = [
  { name: "overview", hash: "#/", size: [1280, 800] },
  { name: "sign-ins", hash: "#/sign-ins/interactive-user", size: [1280, 800], row: 3 },
  { name: "directory-audits", hash: "#/directory-audits", size: [1280, 800], row: 2 },
  { name: "small-screen-dark", hash: "#/provisioning", size: [400, 800], theme: "dark" },
];

const DIST = fileURLToPath(new URL("dist/", ROOT));
const site = await serveDist({ folder: DIST });
const context = await launch();
await mkdir(IMAGES, { recursive: true });
try {
  for (const picture of PICTURES) await take(picture);
  if (process.env.GATEBOOK_TENANT_SERVER) await takeConsent();
} finally {
  await context.close();
  await site.close();
}

async function take({ name, hash, size: [width, height], theme = "light", row }) {
  const page = await context.newPage();
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
  await page.goto(site.url + hash);
  await mounted(page);
  await exploreSample(page);
  if (hash === "#/") {
    await page.getByRole("button", { name: "Leave the sample" }).waitFor();
  } else {
    const coverage = page.locator(".coverage");
    await until(`${name} is loaded`, async () => (await coverage.innerText()).includes("Complete"), 120);
  }
  if (row) {
    await page.locator(`[aria-rowindex="${row + 1}"]`).click();
    await page.getByRole("tablist", { name: "Details" }).waitFor();
    await page.getByText("Reading").waitFor({ state: "detached" });
  }
  await page.mouse.move(0, 0);
  await save(name, await page.screenshot());
  await page.close();
}

/** What somebody signed in sees who has not consented to a report's permission yet. */
async function takeConsent() {
  const folder = await mkdtemp(join(tmpdir(), "gatebook-dist-"));
  await cp(DIST, folder, { recursive: true });
  const { host, pathname } = new URL(APP);
  const tenant = await startTenant(["--app", `${folder}=${host}${pathname}`, "--days", "2", "--rows", "600"]);
  const browser = await launch({ hosts: tenant.hosts(host) });
  try {
    await writeFile(join(folder, "config.json"), JSON.stringify({ clientId: tenant.clientId, tenant: tenant.tenantId }));
    const page = await browser.newPage();
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(`${APP}#/directory-audits`);
    await page.getByRole("button", { name: "Sign in with Microsoft" }).click();
    await signIn(page, tenant, tenant.holder("Global Administrator", "Attribute Log Administrator"));
    await openReport(page, "Attribute audits");
    await page.getByRole("button", { name: "Continue to consent" }).waitFor();
    await page.mouse.move(0, 0);
    await save("consent", await page.screenshot());
  } finally {
    await browser.close();
    await tenant.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** As WebP, which the browser itself can write. */
async function save(name, png) {
  const page = await context.newPage();
  const webp = await page.evaluate(async (source) => {
    const image = new Image();
    image.src = `data:image/png;base64,${source}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: image.width, height: image.height });
    canvas.getContext("2d").drawImage(image, 0, 0);
    return canvas.toDataURL("image/webp", 0.85).split(",")[1];
  }, png.toString("base64"));
  await page.close();
  const file = new URL(`${name}.webp`, IMAGES);
  await writeFile(file, Buffer.from(webp, "base64"));
  const { size } = await stat(file);
  console.log(`docs/images/${name}.webp  ${Math.round(size / 1000)} KB`);
  if (size > BYTES_MAX) throw new Error(`${name}.webp is larger than ${BYTES_MAX} bytes`);
}
