//! What Trunk leaves undone, as its `post_build` hook: hashed names and digests for every script and WebAssembly file, the start
//! code, one style sheet, the content policy for the chosen cloud, the extension's files and the licences.
//! It fails on anything that the policy would refuse.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sha2::{Digest, Sha384};

use crate::{
    cloud_file,
    clouds::{self, Cloud},
    html, licences, policy,
    shell::Shell,
    site,
};

const MSAL: &str = "node_modules/@azure/msal-browser/lib/msal-browser.min.js";
/// Where a page in `web/` finds a script that it names: our own files, then MSAL's helpers.
const SCRIPT_FOLDERS: [&str; 3] =
    ["web", "node_modules/@azure/msal-browser/lib/redirect-bridge", "node_modules/@azure/msal-browser/lib/popup-relay"];
/// Copied as they are.
const PLAIN_FILES: [&str; 3] = ["config.json", "background.js", "icon.svg"];

pub fn run(shell: &Shell) -> Result<(), String> {
    let dist = env::var_os("TRUNK_STAGING_DIR").ok_or("TRUNK_STAGING_DIR is not set: Trunk starts this chore")?;
    let cloud = match env::var(site::CLOUD_VARIABLE) {
        Ok(described) => {
            cloud_file::parse(&described).map_err(|problem| format!("{}: {problem}", site::CLOUD_VARIABLE))?
        }
        Err(_) => &clouds::CLOUDS[0],
    };
    let page = env::var_os("TRUNK_HTML_FILE").ok_or("TRUNK_HTML_FILE is not set: Trunk starts this chore")?;
    let page = Path::new(&page).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let site = Site { root: &shell.root, dist: PathBuf::from(dist), page, cloud };
    site.refuse_unhashed_snippets()?;

    let workers = json!({
        "worker": site.worker("worker")?, "pack": site.worker("pack")?, "sample": site.worker("sample")?,
    });
    let start = site.start_script(&workers)?;
    let style = site.style_sheet()?;
    site.start_page(&start, &style)?;
    site.other_pages()?;
    for file in PLAIN_FILES {
        site.write(file, &site.read(&format!("web/{file}"))?)?;
    }
    site.manifest()?;
    if env::var("TRUNK_PROFILE").as_deref() == Ok("release") {
        licences::write(shell, &site.dist.join("licenses"))?;
    }
    Ok(())
}

/// A file with a hash in its name.
struct Hashed {
    name: String,
    integrity: String,
}

struct Site<'a> {
    root: &'a Path,
    dist: PathBuf,
    /// The start page's file name.
    page: String,
    cloud: &'static Cloud,
}

impl Site<'_> {
    /// Scripts that a crate brings along are imported by the glue, where no digest reaches them.
    fn refuse_unhashed_snippets(&self) -> Result<(), String> {
        if self.dist.join("snippets").exists() {
            return Err(
                "a crate brings JavaScript snippets, which no digest covers: use web-sys or web/boot.js instead"
                    .to_owned(),
            );
        }
        Ok(())
    }

    /// The glue of a worker's binary with the start code behind it, and the WebAssembly it will ask for.
    fn worker(&self, bin: &str) -> Result<Value, String> {
        let wasm = self.hashed_from(&format!("{bin}_bg.wasm"), bin, "wasm")?;
        let glue = self.taken(&format!("{bin}.js"))?;
        let script = self.hashed(bin, "js", &joined(&glue, &self.read("web/worker-boot.js")?))?;
        Ok(json!({
            "script": script.name, "integrity": script.integrity, "wasm": wasm.name, "wasmIntegrity": wasm.integrity,
        }))
    }

    /// The binary behind the start page.
    fn bin(&self) -> &str {
        if self.page == "index.html" { "ui" } else { self.page.trim_end_matches(".html") }
    }

    /// The glue of the interface with the start code behind it.
    fn start_script(&self, workers: &Value) -> Result<Start, String> {
        let bin = self.bin();
        let wasm = self.hashed_from(&self.find(&format!("{bin}-"), "_bg.wasm")?, bin, "wasm")?;
        let msal = self.hashed("msal-browser", "js", &self.read(MSAL)?)?;
        let build = json!({
            "cloud": cloud_file::described(self.cloud),
            "ui": { "wasm": wasm.name, "wasmIntegrity": wasm.integrity },
            "workers": workers,
            "msal": { "script": msal.name, "integrity": msal.integrity },
        });
        let boot = text(self.read("web/boot.js")?)?;
        let place = "\"@BUILD@\"";
        if boot.matches(place).count() != 1 {
            return Err(format!("web/boot.js should contain {place} once"));
        }
        let glue = self.taken(&self.find(&format!("{bin}-"), ".js")?)?;
        let script = self.hashed(bin, "js", &joined(&glue, boot.replace(place, &build.to_string()).as_bytes()))?;
        Ok(Start { script, wasm })
    }

    /// One sheet: what is seen before the interface, then tokens, base, and the components by name.
    fn style_sheet(&self) -> Result<Hashed, String> {
        let first = ["boot.css", "tokens.css", "base.css"];
        let mut parts = self.files("style", "css")?;
        // Stable, so the rest stays in the order of its names.
        parts.sort_by_key(|path| {
            first.iter().position(|name| path.file_name().is_some_and(|other| other == *name)).unwrap_or(first.len())
        });
        let mut sheet = Vec::new();
        for part in parts {
            sheet.extend(fs::read(&part).map_err(|error| format!("{}: {error}", part.display()))?);
            sheet.push(b'\n');
        }
        self.hashed("style", "css", &sheet)
    }

    fn start_page(&self, start: &Start, style: &Hashed) -> Result<(), String> {
        let page = text(self.taken(&self.page)?)?;
        let place = html::tags(&page)
            .into_iter()
            .find(|tag| tag.attribute("name") == Some("gatebook-build"))
            .ok_or(format!("{} should contain <meta name=\"gatebook-build\">", self.page))?;
        let head = format!(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n  <link rel=\"stylesheet\" href=\"./{}\" integrity=\"{}\">\
             \n  <link rel=\"preload\" as=\"fetch\" type=\"application/wasm\" crossorigin=\"anonymous\" href=\"./{}\">\
             \n  <script type=\"module\" src=\"./{}\" integrity=\"{}\"></script>",
            style.name,
            style.integrity,
            start.wasm.name,
            start.script.name,
            start.script.integrity,
            policy = policy::page(self.cloud),
        );
        self.write_page(&self.page, &format!("{}{head}{}", &page[..place.start], &page[place.end..]))
    }

    /// The redirect page and its like. Each brings its own policy; its scripts get hashed names and digests.
    fn other_pages(&self) -> Result<(), String> {
        for path in self.files("web", "html")? {
            let mut page = text(fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?)?;
            for tag in html::tags(&page).into_iter().rev().filter(|tag| tag.name == "script") {
                let Some(source) = tag.attribute("src") else { continue };
                let file = source.trim_start_matches("./");
                let content = SCRIPT_FOLDERS
                    .iter()
                    .find_map(|folder| self.read(&format!("{folder}/{file}")).ok())
                    .ok_or(format!("{}: no script is called {file}", path.display()))?;
                let script = self.hashed(file.trim_end_matches(".js").trim_end_matches(".min"), "js", &content)?;
                let new = page[tag.start..tag.end].replace(source, &format!("./{}", script.name));
                let new = new.replace('>', &format!(" integrity=\"{}\">", script.integrity));
                page.replace_range(tag.start..tag.end, &new);
            }
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            self.write_page(&name, &page)?;
        }
        Ok(())
    }

    fn manifest(&self) -> Result<(), String> {
        let file = "manifest.json";
        let mut manifest: Value =
            serde_json::from_slice(&self.read(file)?).map_err(|error| format!("{file}: {error}"))?;
        if manifest["version"] != env!("CARGO_PKG_VERSION") {
            return Err(format!("{file} should say version {}, as Cargo.toml does", env!("CARGO_PKG_VERSION")));
        }
        manifest["content_security_policy"]["extension_pages"] = policy::extension(self.cloud).into();
        let manifest = serde_json::to_vec_pretty(&manifest).map_err(|error| format!("{file}: {error}"))?;
        self.write(file, &manifest)
    }

    fn write_page(&self, name: &str, page: &str) -> Result<(), String> {
        let problems = policy::problems(page);
        if !problems.is_empty() {
            return Err(format!("{name} breaks its content policy:\n  {}", problems.join("\n  ")));
        }
        self.write(name, page.as_bytes())
    }

    /// Moves a file of Trunk's under a hashed name.
    fn hashed_from(&self, name: &str, stem: &str, ending: &str) -> Result<Hashed, String> {
        let content = self.taken(name)?;
        self.hashed(stem, ending, &content)
    }

    fn hashed(&self, stem: &str, ending: &str, content: &[u8]) -> Result<Hashed, String> {
        let digest = Sha384::digest(content);
        let short: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let name = format!("{stem}-{short}.{ending}");
        self.write(&name, content)?;
        Ok(Hashed { name, integrity: format!("sha384-{}", STANDARD.encode(digest)) })
    }

    /// Reads a file of Trunk's and removes it; it comes back under another name.
    fn taken(&self, name: &str) -> Result<Vec<u8>, String> {
        let path = self.dist.join(name);
        let content = fs::read(&path).and_then(|content| fs::remove_file(&path).map(|()| content));
        content.map_err(|error| format!("{}: {error}", path.display()))
    }

    fn read(&self, file: &str) -> Result<Vec<u8>, String> {
        fs::read(self.root.join(file)).map_err(|error| format!("{file}: {error}"))
    }

    fn write(&self, name: &str, content: &[u8]) -> Result<(), String> {
        fs::write(self.dist.join(name), content).map_err(|error| format!("{name}: {error}"))
    }

    /// The one file that Trunk wrote with this beginning and end.
    fn find(&self, beginning: &str, end: &str) -> Result<String, String> {
        let entries = fs::read_dir(&self.dist).map_err(|error| format!("{}: {error}", self.dist.display()))?;
        entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .find(|name| name.starts_with(beginning) && name.ends_with(end))
            .ok_or(format!("Trunk wrote no {beginning}*{end}"))
    }

    /// Files of a folder with this ending, by name.
    fn files(&self, folder: &str, ending: &str) -> Result<Vec<PathBuf>, String> {
        let entries = fs::read_dir(self.root.join(folder)).map_err(|error| format!("{folder}: {error}"))?;
        let mut files: Vec<_> = entries
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| path.extension().is_some_and(|other| other == ending))
            .collect();
        files.sort();
        Ok(files)
    }
}

struct Start {
    script: Hashed,
    wasm: Hashed,
}

fn joined(first: &[u8], second: &[u8]) -> Vec<u8> {
    [first, b"\n", second].concat()
}

fn text(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|error| format!("not UTF-8: {error}"))
}
