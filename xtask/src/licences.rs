//! The licences of what is shipped: MSAL's, and those of every crate compiled into the WebAssembly.

use std::{
    collections::BTreeMap,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::shell::Shell;

const NPM: [&str; 2] = ["msal-browser", "msal-common"];

pub fn write(shell: &Shell, folder: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(folder).map_err(failed)?;
    for package in NPM {
        let licence = shell.root.join("node_modules/@azure").join(package).join("LICENSE");
        fs::copy(&licence, folder.join(format!("{package}.txt")))
            .map_err(|error| format!("{}: {error}", licence.display()))?;
    }
    fs::write(folder.join("rust-crates.txt"), rust_crates(shell)?).map_err(failed)
}

/// Every crate that is linked into one of the binaries, then each licence text that their packages carry.
fn rust_crates(shell: &Shell) -> Result<String, String> {
    let tree = shell.captured(shell.command("cargo").args([
        "tree",
        "--package=gatebook",
        "--target=wasm32-unknown-unknown",
        "--edges=normal,no-proc-macro",
        "--prefix=none",
        "--no-dedupe",
        "--format={p}\t{l}",
        "--locked",
        "--offline",
    ]))?;
    let folders = package_folders(shell)?;
    let mut list = String::new();
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut lines: Vec<_> = tree.lines().filter(|line| !line.contains(" (/") && !line.contains(" (\\")).collect();
    lines.sort_unstable();
    lines.dedup();
    for line in lines {
        let (package, licence) = line.split_once('\t').unwrap_or((line, ""));
        let package = package.trim_end_matches(" (proc-macro)").replace(" v", " ");
        let _ = writeln!(list, "{package}: {licence}");
        for text in folders.get(&package).map(|folder| licence_texts(folder)).unwrap_or_default() {
            texts.entry(text).or_default().push(package.clone());
        }
    }
    let mut page = format!(
        "Gatebook's WebAssembly files contain code of these crates, and of the Rust standard library\n\
         (MIT OR Apache-2.0, copyright The Rust Project Developers).\n\n{list}"
    );
    for (text, packages) in texts {
        let _ = write!(page, "\n\n==== {}\n\n{}\n", packages.join(", "), text.trim_end());
    }
    Ok(page)
}

/// Folder of each package, by "name version".
fn package_folders(shell: &Shell) -> Result<BTreeMap<String, PathBuf>, String> {
    let metadata =
        shell.captured(shell.command("cargo").args(["metadata", "--format-version=1", "--locked", "--offline"]))?;
    let metadata: Value = serde_json::from_str(&metadata).map_err(|error| format!("cargo metadata: {error}"))?;
    let packages = metadata["packages"].as_array().ok_or("cargo metadata: no packages")?;
    Ok(packages
        .iter()
        .filter_map(|package| {
            let name = format!("{} {}", package["name"].as_str()?, package["version"].as_str()?);
            Some((name, Path::new(package["manifest_path"].as_str()?).parent()?.to_path_buf()))
        })
        .collect())
}

fn licence_texts(folder: &Path) -> Vec<String> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .map(|entries| entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect())
        .unwrap_or_default();
    files.retain(|path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_uppercase();
        path.is_file()
            && ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"].iter().any(|start| name.starts_with(start))
    });
    files.sort();
    files.iter().filter_map(|path| fs::read_to_string(path).ok()).collect()
}
