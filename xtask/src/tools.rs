//! Build tools in a per-user cache keyed by version, so that a second clone does not build them again.
//! A tool of the right version on PATH is used as it is.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::shell::{Shell, say};

/// Equal to the version in Cargo.toml, Trunk.toml and tools/Cargo.toml; a test compares them.
const WASM_BINDGEN: &str = "0.2.130";
/// The newest stable one that Rust 1.95 builds.
const TRUNK: &str = "0.21.14";

/// The newest.
const CARGO_FUZZ: &str = "0.13.2";

/// The cache's folders of programs, whether they are there yet or not.
pub fn folders() -> Result<Vec<PathBuf>, String> {
    Ok(vec![folder("wasm-bindgen", WASM_BINDGEN)?, folder("trunk", TRUNK)?, folder("cargo-fuzz", CARGO_FUZZ)?])
}

/// wasm-bindgen and its browser test runner.
pub fn ensure_wasm_bindgen(shell: &Shell) -> Result<(), String> {
    let names = ["wasm-bindgen", "wasm-bindgen-test-runner"];
    if names.iter().all(|name| is_version(shell, name, &format!("{name} {WASM_BINDGEN}"))) {
        return Ok(());
    }
    say("building wasm-bindgen and its test runner, once per user: 1 to 3 minutes on two cores");
    let build = build_folder("tools")?;
    let mut command = shell.command("cargo");
    command.args(["build", "--locked", "--manifest-path"]).arg(shell.root.join("tools/Cargo.toml"));
    shell.run(plain(&mut command).env("CARGO_TARGET_DIR", &build))?;
    let built = build.join("debug").join(format!("tools{}", env::consts::EXE_SUFFIX));
    for name in names {
        install(&built, &folder("wasm-bindgen", WASM_BINDGEN)?, name)?;
    }
    remove(&build)
}

/// Trunk, which drives cargo and wasm-bindgen and serves the result.
pub fn ensure_trunk(shell: &Shell) -> Result<(), String> {
    if is_version(shell, "trunk", &format!("trunk {TRUNK}")) {
        return Ok(());
    }
    say("installing Trunk from source, once per user: 3 to 10 minutes on two cores");
    install_crate(shell, "trunk", TRUNK)
}

/// cargo-fuzz, which builds the fuzz targets.
pub fn ensure_cargo_fuzz(shell: &Shell) -> Result<(), String> {
    if is_version(shell, "cargo-fuzz", &format!("cargo-fuzz {CARGO_FUZZ}")) {
        return Ok(());
    }
    if ["c++", "g++", "clang++"].iter().all(|compiler| shell.find(compiler).is_none()) {
        return Err(
            "libFuzzer is C++: install a C++ compiler first, on Debian with sudo apt-get install g++".to_owned()
        );
    }
    say("installing cargo-fuzz from source, once per user: a minute on two cores");
    install_crate(shell, "cargo-fuzz", CARGO_FUZZ)
}

fn install_crate(shell: &Shell, name: &str, version: &str) -> Result<(), String> {
    let build = build_folder(name)?;
    let staging = build.join("root");
    let mut command = shell.command("cargo");
    command.args(["install", name, "--version", version, "--locked", "--no-default-features", "--root"]).arg(&staging);
    // Trunk's own release profile is fat LTO, which costs minutes and which a development tool does not need.
    plain(&mut command)
        .env("CARGO_TARGET_DIR", &build)
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
    shell.run(&mut command)?;
    let built = staging.join("bin").join(format!("{name}{}", env::consts::EXE_SUFFIX));
    install(&built, &folder(name, version)?, name)?;
    remove(&build)
}

fn is_version(shell: &Shell, program: &str, expected: &str) -> bool {
    shell.output(shell.command(program).arg("--version")).as_deref() == Some(expected)
}

/// These builds have nothing to do with the flags and wrappers meant for our own.
fn plain(command: &mut Command) -> &mut Command {
    command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS").env_remove("CARGO_BUILD_TARGET")
}

/// Copies under a temporary name first, so that a half-written program is never taken for a whole one.
fn install(built: &Path, folder: &Path, name: &str) -> Result<(), String> {
    let put = || {
        fs::create_dir_all(folder)?;
        let half = folder.join(format!("{name}.{}", std::process::id()));
        fs::copy(built, &half)?;
        fs::rename(&half, folder.join(format!("{name}{}", env::consts::EXE_SUFFIX)))
    };
    put().map_err(|error| format!("{name} into {}: {error}", folder.display()))
}

fn remove(build: &Path) -> Result<(), String> {
    fs::remove_dir_all(build).map_err(|error| format!("{}: {error}", build.display()))
}

fn folder(tool: &str, version: &str) -> Result<PathBuf, String> {
    Ok(cache()?.join(format!("{tool}-{version}")).join("bin"))
}

fn build_folder(tool: &str) -> Result<PathBuf, String> {
    Ok(cache()?.join("build").join(tool))
}

fn cache() -> Result<PathBuf, String> {
    let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = if let Some(cache) = variable("XDG_CACHE_HOME") {
        cache
    } else if cfg!(windows) {
        variable("LOCALAPPDATA").ok_or("LOCALAPPDATA is not set")?
    } else {
        let home = variable("HOME").ok_or("HOME is not set")?;
        home.join(if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" })
    };
    Ok(base.join("gatebook"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_version_of_wasm_bindgen_is_named_everywhere() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for (file, line) in [
            ("Cargo.toml", format!("wasm-bindgen = \"={WASM_BINDGEN}\"")),
            ("tools/Cargo.toml", format!("wasm-bindgen-cli = \"={WASM_BINDGEN}\"")),
            ("Trunk.toml", format!("wasm_bindgen = \"{WASM_BINDGEN}\"")),
        ] {
            let text = fs::read_to_string(root.join(file)).expect("the file is part of the repository");
            assert!(text.contains(&line), "{file} should say {line}");
        }
    }
}
