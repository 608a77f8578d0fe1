// Takes the README's pictures from the built page: `cargo xtask build --release`, then `node tests/e2e/screenshots.mjs`.
// CHROME names the browser; chromium on PATH without it.
import { mkdir, stat, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { exploreSample, mounted, until } from "./lib/app.mjs";
import { launch } from "./lib/browser.mjs";
import { serveDist } from "./lib/site.mjs";

const ROOT = new URL("../../", import.meta.url);
const IMAGES = new URL("docs/images/", ROOT);
const BYTES_MAX = 150_000;

process.env.CHROME ??= "/usr/bin/chromium";

const PICTURES = [
  { name: "overview", hash: "#/", size: [1280, 800] },
  { name: "sign-ins", hash: "#/sign-ins/interactive-user", size: [1280, 800], row: 3 },
  { name: "directory-audits-dark", hash: "#/directory-audits", size: [1280, 800], theme: "dark", row: 2 },
  { name: "small-screen", hash: "#/provisioning", size: [400, 800] },
];

const site = await serveDist({ folder: fileURLToPath(new URL("dist/", ROOT)) });
const context = await launch();
await mkdir(IMAGES, { recursive: true });
try {
  for (const picture of PICTURES) await take(picture);
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
    await page.getByRole("tablist").waitFor();
    await page.getByText("Reading").waitFor({ state: "detached" });
  }
  await page.mouse.move(0, 0);
  await save(name, await page.screenshot());
  await page.close();
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
