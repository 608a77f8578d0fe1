//! Do the invariants hold that no compiler guards? Each failure says what to change.
#![cfg(not(target_arch = "wasm32"))]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use engine::reports;
use regex::Regex;

/// What each room of the engine may use. A new arrow is a design change: add it here and to ARCHITECTURE.md in one commit.
const ENGINE_ARROWS: &[(&str, &[&str])] = &[
    ("cache", &["limits", "ports", "protocol", "records", "reports", "segment", "store"]),
    ("bytes", &[]),
    ("clouds", &[]),
    ("limits", &[]),
    ("ports", &["limits"]),
    ("instant", &[]),
    ("segment", &["bytes", "ports"]),
    ("json", &["bytes", "limits"]),
    ("filter", &["instant", "limits", "reports", "store"]),
    ("reports", &["filter"]),
    ("protocol", &["clouds", "filter", "ports", "reports"]),
    ("questions", &["filter", "protocol", "reports"]),
    ("store", &["bytes", "instant", "limits", "ports", "protocol", "records", "reports", "segment"]),
    ("records", &["limits", "ports", "segment"]),
    ("ingest", &["bytes", "instant", "json", "limits", "protocol", "records", "reports", "store"]),
    ("query", &["filter", "instant", "limits", "protocol", "records", "reports", "store"]),
    ("graph", &["clouds", "filter", "instant", "json", "limits", "ports", "protocol", "reports"]),
    (
        "fetch",
        &[
            "bytes", "clouds", "filter", "graph", "ingest", "instant", "json", "limits", "ports", "protocol",
            "reports", "segment", "store",
        ],
    ),
    (
        "engine",
        &[
            "cache",
            "clouds",
            "fetch",
            "filter",
            "graph",
            "ingest",
            "instant",
            "json",
            "limits",
            "ports",
            "protocol",
            "query",
            "questions",
            "records",
            "reports",
            "segment",
            "store",
        ],
    ),
];

/// What each room of the app never uses.
const APP_FENCES: &[(&str, &[&str])] = &[
    ("platform", &["auth", "state", "views", "components"]),
    ("host", &["auth", "state", "views", "components", "worker_client"]),
    ("auth", &["state", "views", "components", "worker_client"]),
    ("bench", &["auth", "state", "views", "components"]),
    ("worker_client", &["auth", "state", "views", "components"]),
    ("state", &["views", "components"]),
    ("views", &["auth", "worker_client", "platform"]),
    ("components", &["auth", "state", "views", "worker_client", "platform"]),
    ("text", &["auth", "state", "views", "components", "worker_client", "platform", "host"]),
    ("settings", &["auth", "state", "views", "components", "worker_client", "platform"]),
];

/// Where a fence has a gate: plain data and arithmetic of the other room, no signal and no verb of it.
const APP_GATES: &[(&str, &str)] = &[
    ("src/components/checks.rs", "state"),
    ("src/components/notice_box.rs", "state"),
    ("src/components/virtual_list.rs", "state"),
    ("src/views/visit.rs", "auth"),
];

/// A file fits in a head; beyond this it does not.
const LINES_MAX: usize = 600;

#[test]
fn rooms_of_the_engine_use_only_what_their_arrows_allow() {
    let allowed: BTreeMap<_, _> = ENGINE_ARROWS.iter().copied().collect();
    let mut wrong = Vec::new();
    for (room, file, used) in rooms("engine/src") {
        match allowed.get(room.as_str()) {
            None => wrong.push(format!("{file}: the room {room} has no line in ENGINE_ARROWS")),
            Some(arrows) => wrong.extend(
                used.iter()
                    .filter(|other| **other != room && !arrows.contains(&other.as_str()))
                    .map(|other| format!("{file}: {room} uses {other}, which ENGINE_ARROWS does not allow")),
            ),
        }
    }
    assert_none(wrong);
}

#[test]
fn rooms_of_the_app_stay_behind_their_fences() {
    let mut wrong = Vec::new();
    for (room, file, used) in rooms("src") {
        let Some((_, fences)) = APP_FENCES.iter().find(|(name, _)| *name == room) else { continue };
        wrong.extend(
            fences
                .iter()
                .filter(|other| used.contains(**other) && !APP_GATES.contains(&(file.as_str(), **other)))
                .map(|other| format!("{file}: {room} must not use {other}")),
        );
    }
    assert_none(wrong);
}

#[test]
fn the_engine_knows_no_browser() {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--package=engine",
            "--edges=normal,build",
            "--prefix=none",
            "--format={p}",
            "--offline",
            "--locked",
        ])
        .args(["--target=wasm32-unknown-unknown"])
        .current_dir(root())
        .output()
        .expect("cargo runs this test, so it can be run");
    assert!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8_lossy(&output.stdout);
    assert!(tree.starts_with("engine "), "cargo tree should begin with the engine: {tree}");
    let browser = ["leptos", "web-sys", "js-sys", "wasm-bindgen", "gloo-net", "gloo-timers"];
    assert_none(tree.lines().filter_map(|line| {
        let name = line.split(' ').next()?;
        browser
            .contains(&name)
            .then(|| format!("engine depends on {name}: what needs a browser belongs to src/platform"))
    }));
}

#[test]
fn every_report_has_a_sample() {
    let mut wrong = Vec::new();
    for report in reports::ALL {
        let id = report.id.as_str();
        match serde_json::from_str::<serde_json::Value>(report.sample) {
            Err(error) => wrong.push(format!("the sample of {id} is not JSON: {error}")),
            Ok(page) if page["value"].as_array().is_none_or(Vec::is_empty) => {
                wrong.push(format!("the sample of {id} has no rows under `value`"));
            }
            Ok(_) => {}
        }
    }
    assert_none(wrong);
}

#[test]
fn a_report_is_named_in_its_own_file_and_in_questions_only() {
    let mut wrong = Vec::new();
    for path in files(&["engine/src", "src"], &["rs"]) {
        let file = shown(&path);
        if file.starts_with("engine/src/reports") || file.starts_with("engine/src/questions") {
            continue;
        }
        let code = product_code(&read(&path));
        for report in reports::ALL {
            for name in [report.id.as_str(), report.slug, report.path] {
                if code.contains(&format!("\"{name}\"")) {
                    wrong.push(format!(
                        "{file} names the report \"{name}\": put what differs into its ReportDefinition"
                    ));
                }
            }
        }
    }
    assert_none(wrong);
}

#[test]
fn markup_is_never_written_as_text() {
    let sink = Regex::new(
        r"inner_html|innerHTML|outerHTML|outer_html|insertAdjacentHTML|insert_adjacent_html|document\.write",
    )
    .expect("a constant pattern");
    assert_none(files(&["src", "web"], &["rs", "js", "html"]).iter().flat_map(|path| {
        let code = without_comments(&read(path));
        let found: Vec<_> = sink.find_iter(&code).map(|found| found.as_str().to_owned()).collect();
        let file = shown(path);
        found.into_iter().map(move |word| format!("{file} uses {word}: build elements, or write text"))
    }));
}

#[test]
fn the_manifest_has_the_version_of_the_packages() {
    let manifest: serde_json::Value =
        serde_json::from_str(&read(&root().join("manifest.json"))).expect("manifest.json should be JSON");
    assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"), "manifest.json and Cargo.toml should name one version");
}

#[test]
fn files_fit_in_a_head() {
    let folders = ["src", "cli", "engine", "tenant", "xtask", "tools", "fuzz", "tests", "web", "style"];
    assert_none(files(&folders, &["rs", "js", "mjs", "css"]).iter().filter_map(|path| {
        let lines = read(path).lines().count();
        (lines > LINES_MAX)
            .then(|| format!("{} has {lines} lines, {LINES_MAX} are the limit: split it by noun", shown(path)))
    }));
}

#[test]
fn lock_files_name_no_registry_address() {
    let lock = read(&root().join("package-lock.json"));
    assert_none(
        lock.lines().enumerate().filter(|(_, line)| line.contains("://") || line.contains("\"resolved\"")).map(
            |(index, line)| {
                format!(
                    "package-lock.json line {}: {}: run npm with the .npmrc of this repository",
                    index + 1,
                    line.trim()
                )
            },
        ),
    );
    // Cargo's names the public index whatever mirror was used.
    let public = "registry+https://github.com/rust-lang/crates.io-index";
    for file in ["Cargo.lock", "fuzz/Cargo.lock", "tools/Cargo.lock"] {
        let lock = read(&root().join(file));
        assert_none(
            lock.lines()
                .filter(|line| line.starts_with("source = ") && !line.contains(public))
                .map(|line| format!("{file}: {line}: use crates from crates.io")),
        );
    }
}

#[test]
fn nothing_reads_outside_the_repository() {
    // Put together here, so that this file does not contain them.
    let outside = [concat!("..", "/shared"), concat!("/", "work/"), concat!("/", "root/"), concat!("/", "home/")];
    let folders = ["src", "cli", "engine", "tenant", "xtask", "tools", "fuzz", "tests", "web"];
    assert_none(files(&folders, &["rs", "js", "mjs", "html", "toml"]).iter().flat_map(|path| {
        let content = read(path);
        let file = shown(path);
        let found: Vec<_> = outside.iter().filter(|word| content.contains(**word)).collect();
        found.into_iter().map(move |word| format!("{file} names {word}: copy what a test needs to tests/fixtures"))
    }));
}

#[test]
fn every_text_of_the_app_is_in_the_catalogue() {
    let catalogue = read(&root().join("text/en.ftl"));
    let message = Regex::new(r"(?m)^([a-zA-Z][a-zA-Z0-9_-]*)\s*=").expect("a constant pattern");
    let keys: BTreeSet<_> = message.captures_iter(&catalogue).map(|found| found[1].to_owned()).collect();
    assert!(!keys.is_empty(), "text/en.ftl should hold messages");
    let call = Regex::new(r#"\b(?:t|t_with)\(\s*"([^"]+)""#).expect("a constant pattern");
    assert_none(files(&["src"], &["rs"]).iter().flat_map(|path| {
        let file = shown(path);
        let code = product_code(&read(path));
        let missing: Vec<_> =
            call.captures_iter(&code).map(|found| found[1].to_owned()).filter(|key| !keys.contains(key)).collect();
        missing.into_iter().map(move |key| format!("{file} shows the text {key}, which text/en.ftl does not have"))
    }));
}

/// Each file of a package with its room and the rooms it uses outside tests and comments.
fn rooms(folder: &str) -> Vec<(String, String, BTreeSet<String>)> {
    let base = root().join(folder);
    files(&[folder], &["rs"])
        .into_iter()
        .filter_map(|path| {
            let inside = path.strip_prefix(&base).ok()?.to_owned();
            let room = inside.components().next()?.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned();
            let used = uses(&product_code(&read(&path)));
            (room != "lib" && room != "bin").then(|| (room, shown(&path), used))
        })
        .collect()
}

/// The first names behind `crate::`, also inside braces.
fn uses(code: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, word) in code.match_indices("crate::") {
        let rest = &code[at + word.len()..];
        match rest.strip_prefix('{') {
            None => {
                names.extend(identifier(rest));
            }
            Some(list) => {
                let mut depth = 0;
                let mut is_first = true;
                for (index, character) in list.char_indices() {
                    match character {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => is_first = true,
                        _ if is_first && depth == 0 && !character.is_whitespace() => {
                            names.extend(identifier(&list[index..]));
                            is_first = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    names
}

fn identifier(text: &str) -> Option<String> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    let name = &text[..end];
    // A type or constant of the package's root is no room.
    name.starts_with(|c: char| c.is_ascii_lowercase()).then(|| name.to_owned())
}

/// Without comments, and without the tests at the end of the file.
fn product_code(source: &str) -> String {
    let code = without_comments(source);
    let end = code.find("#[cfg(test)]\nmod ").unwrap_or(code.len());
    code[..end].to_owned()
}

/// Lines that are comments are left out; the rest stays as it is, so a URL in a string survives.
fn without_comments(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut is_inside = false;
    for line in source.lines() {
        let start = line.trim_start();
        let is_comment = is_inside || start.starts_with("//") || start.starts_with("/*") || start.starts_with("<!--");
        if start.starts_with("/*") || start.starts_with("<!--") {
            is_inside = true;
        }
        if line.contains("*/") || line.contains("-->") {
            is_inside = false;
        }
        if !is_comment {
            code.push_str(line);
            code.push('\n');
        }
    }
    code
}

#[test]
fn uses_are_read_from_nested_lists() {
    let code = "use crate::{\n    filter::{Condition, Filter},\n    ports,\n};\nfn f(a: crate::query::Window) -> crate::Revision {}\n";
    assert_eq!(uses(code), ["filter", "ports", "query"].map(str::to_owned).into());
}

#[test]
fn comments_and_tests_are_no_product_code() {
    let source = "/// See [`crate::store`].\nlet a = \"https://x\"; // a note\n/* crate::graph\n crate::fetch */\n#[cfg(test)]\nmod tests {\n";
    assert_eq!(product_code(source), "let a = \"https://x\"; // a note\n");
}

fn files(folders: &[&str], endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting: Vec<_> = folders.iter().map(|folder| root().join(folder)).collect();
    while let Some(folder) = waiting.pop() {
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for path in entries.filter_map(|entry| entry.ok().map(|entry| entry.path())) {
            if path.is_dir() && !path.ends_with("target") {
                waiting.push(path);
            } else if path.extension().is_some_and(|ending| endings.iter().any(|wanted| ending == *wanted)) {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "{folders:?} should hold files ending in {endings:?}");
    found
}

fn assert_none(wrong: impl IntoIterator<Item = String>) {
    let wrong: Vec<_> = wrong.into_iter().collect();
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
