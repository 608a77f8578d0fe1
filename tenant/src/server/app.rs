//! The app's own host: folders of files, as a plain web host without any special header would serve them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::http::{Request, Response};

/// A folder served under a host and a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// The folder.
    pub folder: PathBuf,
    /// Host without port.
    pub host: String,
    /// Path with a slash at both ends.
    pub path: String,
}

/// Host of a mount that names none.
const HOST: &str = "gatebook.example";

impl Mount {
    /// Reads `FOLDER`, `FOLDER=HOST` or `FOLDER=HOST/PATH`.
    pub fn parse(text: &str) -> Self {
        let (folder, place) = text.rsplit_once('=').unwrap_or((text, HOST));
        let (host, path) = place.split_once('/').unwrap_or((place, ""));
        let path = path.trim_matches('/');
        Self {
            folder: folder.into(),
            host: host.to_ascii_lowercase(),
            path: if path.is_empty() { "/".to_owned() } else { format!("/{path}/") },
        }
    }

    /// The address of its `index.html`, and of the page that MSAL comes back to: what a registration lists.
    pub fn redirect_uris(&self) -> [String; 2] {
        let base = format!("https://{}{}", self.host, self.path);
        [format!("{base}redirect.html"), base]
    }

    /// The answer, or `None` when the request is not for this mount.
    pub fn answer(&self, request: &Request) -> Option<Response> {
        if request.host != self.host {
            return None;
        }
        if format!("{}/", request.path) == self.path {
            let headers = vec![("location".to_owned(), self.path.clone())];
            return Some(Response { status: 301, headers, ..Response::default() });
        }
        let file = request.path.strip_prefix(&self.path)?;
        let file = percent_decode(file)?;
        let file = if file.is_empty() || file.ends_with('/') { format!("{file}index.html") } else { file };
        let is_inside = file.split(['/', '\\']).all(|part| !part.is_empty() && part != "." && part != "..");
        let body = is_inside.then(|| fs::read(self.folder.join(&file)).ok()).flatten();
        let Some(body) = body else {
            return Some(Response { status: 404, body: b"Not found".to_vec(), ..Response::default() });
        };
        let headers = vec![("content-type".to_owned(), content_type(Path::new(&file)).to_owned())];
        Some(Response { status: 200, headers, body, ..Response::default() })
    }
}

fn percent_decode(text: &str) -> Option<String> {
    // A file name has no plus that means a space, unlike a query.
    let query = format!("f={}", text.replace('+', "%2B").replace('&', "%26"));
    super::parameter(&query, "f")
}

fn content_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(mount: &Mount, url: &str) -> Option<String> {
        let response = mount.answer(&Request::get(url, &[]).expect("an absolute URL"))?;
        Some(format!("{} {}", response.status, response.header("content-type").unwrap_or("-")))
    }

    #[test]
    fn serves_its_own_folder_and_nothing_else() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        let mount = Mount::parse(&format!("{folder}=portal.example/reports"));
        let text = Some("200 application/octet-stream".to_owned());
        let missing = Some("404 -".to_owned());
        assert_eq!(get(&mount, "https://portal.example/reports/lib.rs?x=1"), text);
        assert_eq!(get(&mount, "https://portal.example/reports/server/%61pp.rs"), text);
        assert_eq!(get(&mount, "https://portal.example/reports/../Cargo.toml"), missing);
        assert_eq!(get(&mount, "https://portal.example/reports/%2e%2e/Cargo.toml"), missing);
        assert_eq!(get(&mount, "https://portal.example/reports//etc/passwd"), missing);
        assert_eq!(get(&mount, "https://portal.example/reports/"), missing, "no index.html here");
        assert_eq!(get(&mount, "https://portal.example/reports"), Some("301 -".to_owned()));
        assert_eq!(get(&mount, "https://portal.example/other"), None);
        assert_eq!(get(&mount, "https://graph.microsoft.com/reports/lib.rs"), None);
    }

    #[test]
    fn a_mount_is_at_the_root_unless_told() {
        let mount = Mount::parse("dist");
        assert_eq!(mount.redirect_uris(), ["https://gatebook.example/redirect.html", "https://gatebook.example/"]);
        assert_eq!(Mount::parse("dist=A.example/x/y/").path, "/x/y/");
    }
}
