//! One binary that is `wasm-bindgen` or `wasm-bindgen-test-runner`, by the name it is started under.
//! wasm-bindgen-cli is used as a library because its own lock file names versions that are not always to be had.

use std::{ffi::OsString, path::Path};

fn main() -> anyhow::Result<()> {
    let mut args: Vec<OsString> = std::env::args_os().collect();
    let started_as = args
        .first()
        .map(|name| Path::new(name).file_stem().unwrap_or_default().to_string_lossy().into_owned())
        .unwrap_or_default();
    let tool = if started_as.starts_with("wasm-bindgen") {
        started_as
    } else if args.len() > 1 {
        args.remove(1).to_string_lossy().into_owned()
    } else {
        anyhow::bail!("usage: tools wasm-bindgen|wasm-bindgen-test-runner …");
    };
    match tool.as_str() {
        "wasm-bindgen" => wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(args),
        "wasm-bindgen-test-runner" => wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(args),
        other => anyhow::bail!("unknown tool {other}: use wasm-bindgen or wasm-bindgen-test-runner"),
    }
}
