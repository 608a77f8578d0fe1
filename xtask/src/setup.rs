//! What the chores need, and how to get it on a machine that has only Rust and Node.js.

use std::{fs, path::Path};

use crate::{
    shell::{Shell, say},
    tools,
};

const TARGET: &str = "wasm32-unknown-unknown";
const NODE_MAJOR_MIN: u32 = 20;

/// One thing to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The sources of all crates; Trunk then works offline.
    Crates,
    /// The standard library for WebAssembly.
    WasmTarget,
    WasmBindgen,
    Trunk,
    /// MSAL, binaryen, playwright-core, …
    NpmPackages,
    /// Chromium or Chrome, and its ChromeDriver.
    Browser,
    /// What builds the fuzz targets.
    CargoFuzz,
}

impl Need {
    pub const BUILD: &[Self] = &[Self::Crates, Self::WasmTarget, Self::WasmBindgen, Self::Trunk, Self::NpmPackages];
}

/// Finds or installs each need, in order.
pub fn ensure(shell: &Shell, needs: &[Need]) -> Result<(), String> {
    for need in needs {
        match need {
            Need::Crates => ensure_crates(shell)?,
            Need::WasmTarget => ensure_wasm_target(shell)?,
            Need::WasmBindgen => tools::ensure_wasm_bindgen(shell)?,
            Need::Trunk => tools::ensure_trunk(shell)?,
            Need::NpmPackages => ensure_npm_packages(shell)?,
            Need::Browser => ensure_browser(shell)?,
            Need::CargoFuzz => tools::ensure_cargo_fuzz(shell)?,
        }
    }
    Ok(())
}

fn ensure_crates(shell: &Shell) -> Result<(), String> {
    let fetch = |extra: &[&str]| {
        let mut command = shell.command("cargo");
        command.args(["fetch", "--locked", "--quiet"]).args(extra);
        command
    };
    // Quick when they are there.
    if shell.output(&mut fetch(&["--offline"])).is_some() {
        return Ok(());
    }
    say("fetching the crates that Cargo.lock names: less than a minute");
    shell.run(&mut fetch(&[]))
}

fn ensure_wasm_target(shell: &Shell) -> Result<(), String> {
    let sysroot = shell
        .output(shell.command("rustc").args(["--print", "sysroot"]))
        .ok_or("rustc was not found: install Rust from https://rustup.rs first")?;
    if Path::new(&sysroot).join("lib/rustlib").join(TARGET).is_dir() {
        return Ok(());
    }
    say("adding the Rust target wasm32-unknown-unknown: less than a minute");
    shell.run(shell.command("rustup").args(["target", "add", TARGET])).map_err(|error| {
        format!("{error}\nthe Rust target {TARGET} is needed; without rustup, install the package that brings it")
    })
}

fn ensure_npm_packages(shell: &Shell) -> Result<(), String> {
    let lock = read(&shell.root.join("package-lock.json"))?;
    let stamp = shell.root.join("node_modules/.gatebook-lock");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let version = shell
        .output(shell.command("node").arg("--version"))
        .ok_or(format!("node was not found: install Node.js {NODE_MAJOR_MIN} or newer, with npm, first"))?;
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0);
    if major < NODE_MAJOR_MIN {
        return Err(format!("Node.js {version} is too old: {NODE_MAJOR_MIN} or newer is needed"));
    }
    if shell.find("npm").is_none() {
        return Err("npm was not found: install the npm that belongs to Node.js".to_owned());
    }
    say("installing the npm packages that package-lock.json names: less than a minute");
    shell.run(shell.command("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))?;
    fs::write(&stamp, lock).map_err(|error| format!("{}: {error}", stamp.display()))
}

fn ensure_browser(shell: &Shell) -> Result<(), String> {
    if browser(shell).is_some() && has_driver(shell) {
        return Ok(());
    }
    let is_root = shell.output(shell.command("id").arg("-u")).as_deref() == Some("0");
    if !is_root || shell.find("apt-get").is_none() {
        return Err("the browser tests need Chromium or Chrome (on PATH, or named by CHROME) and the ChromeDriver of the same \
                    version (on PATH, or named by CHROMEDRIVER); on Debian: sudo apt-get install chromium chromium-driver"
            .to_owned());
    }
    say("installing chromium and chromium-driver with apt-get: 1 to 3 minutes");
    shell.run(shell.command("apt-get").args(["update", "-qq"]))?;
    shell.run(
        shell
            .command("apt-get")
            .args(["install", "-y", "-qq", "--no-install-recommends", "chromium", "chromium-driver"])
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

/// The program of a Chromium browser: `CHROME`, or one of the usual names and places.
pub fn browser(shell: &Shell) -> Option<std::path::PathBuf> {
    if let Ok(named) = std::env::var("CHROME") {
        return shell.find(&named);
    }
    [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "chrome",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "C:/Program Files/Google/Chrome/Application/chrome.exe",
    ]
    .iter()
    .find_map(|name| shell.find(name))
}

fn has_driver(shell: &Shell) -> bool {
    std::env::var_os("CHROMEDRIVER").is_some() || shell.find("chromedriver").is_some()
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
