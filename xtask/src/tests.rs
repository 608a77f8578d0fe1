//! `cargo xtask test`: every kind of test, one after the other, to the end.

use std::{fs, path::PathBuf, process::Command};

use crate::{
    arguments::{Arguments, Part},
    cloud_file,
    setup::{self, Need},
    shell::Shell,
    site,
    tally::Tally,
};

const WASM: &str = "--target=wasm32-unknown-unknown";
/// What the random inputs of a full run grow from, so that a commit passes every time or never; `cargo test` by itself tries
/// others each time, and `PROPTEST_RNG_SEED` names one.
const SEED: (&str, &str) = ("PROPTEST_RNG_SEED", "20261125");

/// A cloud that is not in the list, and where the page for it goes.
const OTHER_CLOUD: &str = "tests/e2e/own-cloud.json";
const OTHER_DIST: &str = "out/dist-own-cloud";

pub fn run(shell: &Shell, arguments: &Arguments) -> Result<(), String> {
    let mut tally = Tally::default();
    let is_set_up = tally.part("set-up", |_| setup::ensure(shell, &needs(&arguments.parts)));
    for part in arguments.parts.iter().filter(|_| is_set_up) {
        match part {
            Part::Lint => lint(shell, &mut tally),
            Part::Native => native(shell, &mut tally),
            Part::Browser => browser(shell, &mut tally),
            Part::EndToEnd => end_to_end(shell, arguments, &mut tally),
        }
    }
    println!("{}", tally.report());
    // The counts stay the last line.
    std::process::exit(if tally.failed == 0 { 0 } else { 1 })
}

fn needs(parts: &[Part]) -> Vec<Need> {
    let mut needs = vec![Need::Crates];
    for part in parts {
        needs.extend(match part {
            Part::Lint => &[Need::WasmTarget][..],
            Part::Native => &[Need::NpmPackages],
            Part::Browser => &[Need::WasmTarget, Need::WasmBindgen, Need::Browser],
            Part::EndToEnd => &[Need::WasmTarget, Need::WasmBindgen, Need::Trunk, Need::NpmPackages, Need::Browser],
        });
    }
    needs.dedup();
    needs
}

fn lint(shell: &Shell, tally: &mut Tally) {
    let cargo = |arguments: &[&str]| shell.run(shell.command("cargo").args(arguments));
    tally.check("formatting", || {
        cargo(&["fmt", "--all", "--check"])?;
        cargo(&["fmt", "--manifest-path=tools/Cargo.toml", "--check"])?;
        cargo(&["fmt", "--manifest-path=fuzz/Cargo.toml", "--check"])
    });
    tally.check("lints, native", || {
        cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--keep-going", "--", "--deny=warnings"])
    });
    tally.check("lints, WebAssembly", || {
        let mut arguments = vec![
            "clippy".to_owned(),
            WASM.to_owned(),
            "--lib".to_owned(),
            "--bins".to_owned(),
            "--locked".to_owned(),
            "--keep-going".to_owned(),
        ];
        arguments.extend(browser_tests(shell)?.iter().map(|name| format!("--test={name}")));
        arguments.extend(["--", "--deny=warnings"].map(str::to_owned));
        shell.run(shell.command("cargo").args(arguments))
    });
}

fn native(shell: &Shell, tally: &mut Tally) {
    tally.part("native tests", |tally| {
        let mut command = cargo_test(shell);
        command.args(["--workspace", "--locked", "--no-fail-fast"]);
        shell.run_heard(&mut command, |line| tally.hear_harness(line))
    });
    // By itself, because `cargo test` alone gets by without Node.
    tally.part("queries for Log Analytics, by Microsoft's Kusto language service", |tally| {
        shell.run_heard(cargo_test(shell).args(["--test=kql", "--locked"]), |line| tally.hear_harness(line))
    });
}

fn cargo_test(shell: &Shell) -> Command {
    let mut command = shell.command("cargo");
    command.arg("test");
    if std::env::var_os(SEED.0).is_none() {
        command.env(SEED.0, SEED.1);
    }
    command
}

fn browser(shell: &Shell, tally: &mut Tally) {
    tally.part("browser tests", |tally| {
        let mut command = shell.command("cargo");
        command.args(["test", WASM, "--locked", "--no-fail-fast"]);
        // The default of 20 s is short for a loaded machine's first start of a browser.
        command.env("WASM_BINDGEN_TEST_TIMEOUT", "120");
        command.args(browser_tests(shell)?.iter().map(|name| format!("--test={name}")));
        shell.run_heard(&mut command, |line| tally.hear_harness(line))
    });
}

/// The test files that run in a browser.
fn browser_tests(shell: &Shell) -> Result<Vec<String>, String> {
    let folder = shell.root.join("tests");
    let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut names: Vec<_> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .filter(|path| fs::read_to_string(path).is_ok_and(|text| text.contains("use wasm_bindgen_test::")))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    if names.is_empty() { Err("tests/ has no file with browser tests".to_owned()) } else { Ok(names) }
}

fn end_to_end(shell: &Shell, arguments: &Arguments, tally: &mut Tally) {
    let release = Arguments {
        is_release: true,
        parts: Vec::new(),
        rest: Vec::new(),
        fuzzing: arguments.fuzzing.clone(),
        ..*arguments
    };
    if !tally.check("release build", || site::build(shell, &release)) {
        return;
    }
    let is_other_built = tally.check("release build for a cloud that a file describes", || {
        let cloud = cloud_file::read(&shell.root.join(OTHER_CLOUD))?;
        site::build_into(shell, &Arguments { cloud, ..release }, OTHER_DIST)
    });
    if !is_other_built {
        return;
    }
    let mut server = PathBuf::new();
    tally.check("tenant server", || {
        server = tenant_server(shell)?;
        Ok(())
    });
    tally.part("end-to-end tests", |tally| {
        let summary = shell.root.join("out/e2e.tap");
        fs::create_dir_all(shell.root.join("out")).map_err(|error| format!("out: {error}"))?;
        let files = end_to_end_tests(shell)?;
        let mut command = shell.command("node");
        command
            .args([
                "--test",
                "--test-concurrency=1",
                "--test-timeout=300000",
                "--test-reporter=spec",
                "--test-reporter-destination=stdout",
            ])
            .arg("--test-reporter=tap")
            .arg(format!("--test-reporter-destination={}", summary.display()))
            .args(files)
            .env("GATEBOOK_DIST", shell.root.join("dist"))
            .env("GATEBOOK_DIST_OWN_CLOUD", shell.root.join(OTHER_DIST))
            .env("GATEBOOK_TENANT_SERVER", &server);
        if let Some(browser) = setup::browser(shell) {
            command.env("CHROME", browser);
        }
        let outcome = shell.run(&mut command);
        let text = fs::read_to_string(&summary).map_err(|error| format!("{}: {error}", summary.display()))?;
        text.lines().for_each(|line| tally.hear_tap(line));
        outcome
    });
}

fn end_to_end_tests(shell: &Shell) -> Result<Vec<PathBuf>, String> {
    let folder = shell.root.join("tests/e2e");
    let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<_> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.to_string_lossy().ends_with(".test.mjs"))
        .collect();
    files.sort();
    if files.is_empty() { Err("tests/e2e has no test".to_owned()) } else { Ok(files) }
}

/// Builds the made-up tenant's server and finds its program.
fn tenant_server(shell: &Shell) -> Result<PathBuf, String> {
    let mut command = shell.command("cargo");
    command.args(["build", "--package=tenant", "--bin=tenant", "--locked", "--message-format=json-render-diagnostics"]);
    let messages = shell.captured(&mut command)?;
    let mut programs = messages.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(PathBuf::from(message["executable"].as_str()?))
    });
    programs.next_back().ok_or("cargo named no program for --bin tenant".to_owned())
}
