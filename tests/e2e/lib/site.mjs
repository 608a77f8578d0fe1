// Serves a folder over HTTP on loopback as a plain static host would: content types, and no policy or other header.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";

const TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
};

/** The folder of a release build that `cargo xtask test` made; by itself the one for the global cloud. */
export function distFolder(variable = "GATEBOOK_DIST") {
  const folder = process.env[variable];
  if (!folder) throw new Error(`${variable} names no folder: run \`cargo xtask test e2e\``);
  return folder;
}

/**
 * @param {object} [options]
 * @param {string} [options.folder] what to serve
 * @param {string} [options.prefix] path that stands for the folder, with a slash at both ends
 * @param {Record<string, string>} [options.pages] more pages by absolute path
 * @param {(name: string, content: Buffer) => Buffer} [options.change] changes files on their way
 * @returns {Promise<{ url: string, port: number, requests: string[], close: () => Promise<void> }>} `url` ends with the prefix
 */
export async function serveDist({ folder = distFolder(), prefix = "/", pages = {}, change = (_, content) => content } = {}) {
  const requests = [];
  return listen(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    requests.push(path);
    if (path in pages) return answer(response, 200, TYPES[".html"], pages[path]);
    if (!path.startsWith(prefix)) return answer(response, 404, "text/plain", "not here");
    const name = normalize(`/${path.slice(prefix.length) || "index.html"}`);
    try {
      const content = await readFile(join(folder, name));
      answer(response, 200, TYPES[extname(name)] ?? "application/octet-stream", change(name.slice(1), content));
    } catch {
      answer(response, 404, "text/plain", "not here");
    }
  }).then((server) => ({ ...server, url: `${server.url}${prefix}`, requests }));
}

/** A host that anyone may read from, and that remembers what reached it. */
export async function serveForeign() {
  const requests = [];
  const server = await listen((request, response) => {
    requests.push(request.url);
    response.setHeader("access-control-allow-origin", "*");
    answer(response, 200, "text/plain", "read by a stranger");
  });
  return { ...server, requests };
}

function answer(response, status, type, content) {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
  response.end(content);
}

function listen(handler) {
  // A test that fails leaves its server open, which must not keep the process.
  const server = createServer(handler).unref();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      const close = () => new Promise((done) => (server.closeAllConnections(), server.close(done)));
      resolve({ url: `http://localhost:${port}`, port, close });
    });
  });
}
