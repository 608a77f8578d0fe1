
// Start code of the page. `cargo xtask build` appends it to the glue that wasm-bindgen writes for the interface, so that one
// digest in index.html covers both, and fills in BUILD: the cloud, and each file's hashed name with its digest.
(() => {
  const BUILD = "@BUILD@";
  const base = new URL("./", import.meta.url).href;
  const form = /^(chrome|moz)-extension:$/.test(location.protocol) ? "extension" : "page";
  const urlOf = (file) => new URL(file, base).href;

  // Exact script addresses that may be turned into code: MSAL's, a blob for the moment it starts, and where the manifest's policy
  // binds them, the workers' files.
  const scripts = new Set([urlOf(BUILD.msal.script)]);
  if (form === "extension") for (const part of Object.values(BUILD.workers)) scripts.add(urlOf(part.script));
  const trustedScriptUrl = trustedTypesPolicies();

  function trustedTypesPolicies() {
    if (!globalThis.trustedTypes) return (url) => url;
    // The interface writes its static markup through innerHTML as plain strings, which only a policy of this name can pass.
    // A portal that embeds us may own it already.
    if (!trustedTypes.defaultPolicy) trustedTypes.createPolicy("default", { createHTML: plainMarkup });
    const policy = trustedTypes.createPolicy("gatebook", {
      createScriptURL(url) {
        if (!scripts.has(url)) throw new TypeError(`not a script of this page: ${url}`);
        return url;
      },
    });
    return (url) => policy.createScriptURL(url);
  }

  /** Gives markup back unless it could load, run or redirect anything. Where in doubt (a text like ` once=1`), it refuses. */
  function plainMarkup(markup) {
    const refused =
      /<(?:script|iframe|object|embed|base|meta|link|style)\b/i.exec(markup) ??
      /[\s"'/](?:on[a-z]+|srcdoc)\s*=/i.exec(markup) ??
      // A character reference could spell any of the above; ours need none but these.
      /&(?!(?:amp|lt|gt|quot|apos|nbsp);)[#a-z]/i.exec(markup) ??
      /javascript:/i.exec(markup.replace(/[\0-\x20]+/g, ""));
    if (refused) throw new TypeError(`markup refused: ${refused[0].trim()}`);
    return markup;
  }

  function missingFeatures() {
    const missing = [];
    // (func (result v128) i32.const 0 i8x16.splat i8x16.popcnt)
    const simd = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
    if (!globalThis.WebAssembly?.validate(new Uint8Array(simd))) missing.push("simd");
    if (!hasModuleWorkers()) missing.push("module-worker");
    if (!CSS.supports("color", "light-dark(#000, #fff)")) missing.push("light-dark");
    return missing;
  }

  function hasModuleWorkers() {
    let isRead = false;
    try {
      // A browser that knows module workers reads `type`; the exception then stops it before anything is fetched.
      new Worker(trustedScriptUrl(urlOf(BUILD.msal.script)), {
        get type() {
          isRead = true;
          throw new TypeError("only asking");
        },
      }).terminate();
    } catch {
      // Said by isRead.
    }
    return isRead;
  }

  /** Fetches one of our scripts; the browser refuses it unless it has exactly the digest of the build. */
  async function verifiedText(part) {
    const answer = await fetch(urlOf(part.script), { integrity: part.integrity });
    if (!answer.ok) throw new Error(`${part.script}: ${answer.status}`);
    return answer.text();
  }

  async function startWorker(name) {
    const part = BUILD.workers[name];
    if (!part) throw new Error(`no worker is called ${name}`);
    if (form === "extension") return readyWorker(newWorker(urlOf(part.script), name), part);
    // A worker from a file does not inherit a policy in <meta>, and has no integrity attribute; one from a blob has both.
    // In an extension the manifest's policy binds workers from files, and refuses blobs.
    const url = URL.createObjectURL(new Blob([await verifiedText(part)], { type: "text/javascript" }));
    scripts.add(url);
    try {
      return await readyWorker(newWorker(url, name), part);
    } finally {
      scripts.delete(url);
      URL.revokeObjectURL(url);
    }
  }

  function newWorker(url, name) {
    return new Worker(trustedScriptUrl(url), { type: "module", name });
  }

  /** Waits for web/worker-boot.js to say "ready". What the worker says before that is delivered afterwards. */
  function readyWorker(worker, part) {
    return new Promise((resolve, reject) => {
      const early = [];
      const listening = new AbortController();
      const refuse = (reason) => {
        listening.abort();
        worker.terminate();
        reject(new Error(reason));
      };
      worker.addEventListener(
        "message",
        (event) => {
          if (event.data?.gatebookFailed) return refuse(event.data.gatebookFailed);
          if (event.data !== "ready") return early.push(event);
          listening.abort();
          // The caller's continuation runs before the next task, so its handler is in place by then.
          setTimeout(() => early.forEach(({ data, ports }) => worker.dispatchEvent(new MessageEvent("message", { data, ports: [...ports] }))));
          resolve(worker);
        },
        { signal: listening.signal },
      );
      worker.addEventListener("error", (event) => refuse(event.message || "the worker's script was refused"), { signal: listening.signal });
      worker.postMessage({ wasm: urlOf(part.wasm), integrity: part.wasmIntegrity });
    });
  }

  let msal;
  function loadMsal() {
    msal ??= afterPaint().then(
      () =>
        new Promise((resolve, reject) => {
          const script = document.createElement("script");
          script.src = trustedScriptUrl(urlOf(BUILD.msal.script));
          script.integrity = BUILD.msal.integrity;
          script.crossOrigin = "anonymous";
          script.onload = () => resolve();
          script.onerror = () => {
            msal = undefined;
            script.remove();
            reject(new Error(`${BUILD.msal.script} did not arrive, or not unchanged`));
          };
          document.head.append(script);
        }),
    );
    return msal;
  }

  function afterPaint() {
    // A tab in the background paints nothing; half a second is then as good.
    return Promise.race([
      new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
      new Promise((resolve) => setTimeout(resolve, 500)),
    ]);
  }

  function showMissing(features) {
    for (const feature of features) document.querySelector(`[data-feature="${feature}"]`).hidden = false;
    showInstead("boot-missing");
  }

  function showFailure(error) {
    document.getElementById("boot-failed-detail").textContent = String(error?.message ?? error);
    document.getElementById("boot-reload").onclick = () => location.reload();
    showInstead("boot-failed");
  }

  function showInstead(id) {
    document.getElementById("app").hidden = true;
    document.getElementById(id).hidden = false;
  }

  async function start() {
    const missing = missingFeatures();
    if (missing.length > 0) return showMissing(missing);
    await __wbg_init({ module_or_path: fetch(urlOf(BUILD.ui.wasm), { integrity: BUILD.ui.wasmIntegrity }) });
    const element = document.getElementById("app");
    element.replaceChildren();
    mount(element, { form, cloud: BUILD.cloud, baseUrl: base, isFramed: window.top !== window, startWorker, loadMsal });
    performance.mark("gatebook-mounted");
  }

  start().catch(showFailure);
})();
