
// Start code of a worker. `cargo xtask build` appends it to the glue of the bins `worker`, `pack` and `sample`.
// The first message names the WebAssembly file and its digest; a worker made from a blob cannot find it by itself.
(() => {
  const waiting = [];
  let isStarted = false;

  addEventListener("message", (event) => {
    if (isStarted) return;
    event.stopImmediatePropagation();
    waiting.push(event);
    if (waiting.length === 1) void start(event.data);
  });

  async function start({ wasm, integrity }) {
    try {
      await __wbg_init({ module_or_path: fetch(wasm, { integrity }) });
    } catch (error) {
      postMessage({ gatebookFailed: String(error?.message ?? error) });
      close();
      return;
    }
    isStarted = true;
    postMessage("ready");
    for (const { data, ports } of waiting.splice(0).slice(1)) {
      dispatchEvent(new MessageEvent("message", { data, ports: [...ports] }));
    }
  }
})();
