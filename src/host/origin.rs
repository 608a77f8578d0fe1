//! Whether rows may be kept on the device. A browser keeps files and keys by origin, for everything that is served from there:
//! what shares the origin with strangers' pages would keep rows for those too.

use super::Form;

/// Why nothing is kept on this device, told apart by what somebody can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepingRefused {
    /// In a frame: the page around it may have handed in a token, and whose rows these are is not ours to say.
    Framed,
    /// Not served over https (or from this machine): browsers offer no cryptography there.
    Insecure,
    /// Many people put pages on this host, and all of them share one origin.
    SharedHost,
    /// Below a path, beside which others may have pages; whoever deploys can say that they do not.
    SubPath,
}

impl KeepingRefused {
    /// Catalogue key suffix.
    pub fn code(self) -> &'static str {
        match self {
            Self::Framed => "framed",
            Self::Insecure => "insecure",
            Self::SharedHost => "shared-host",
            Self::SubPath => "sub-path",
        }
    }
}

/// Whether rows may be kept by a page at this address. `is_own_origin` is the deployer's word that nobody else puts pages there;
/// it does not count on hosts that are known to be shared.
///
/// # Errors
/// Why not.
pub fn can_keep(form: Form, is_framed: bool, base_url: &str, is_own_origin: bool) -> Result<(), KeepingRefused> {
    match form {
        Form::Embed => return Err(KeepingRefused::Framed),
        _ if is_framed => return Err(KeepingRefused::Framed),
        // An extension has its origin to itself.
        Form::Extension => return Ok(()),
        Form::Page => {}
    }
    let (scheme, rest) = base_url.split_once("://").ok_or(KeepingRefused::Insecure)?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = host_of(authority);
    if is_this_machine(&host) {
        return Ok(());
    }
    match scheme {
        "https" if is_shared(&host) => Err(KeepingRefused::SharedHost),
        "https" if is_own_origin || matches!(path, "" | "/") => Ok(()),
        "https" => Err(KeepingRefused::SubPath),
        _ => Err(KeepingRefused::Insecure),
    }
}

/// Hosts where many have pages on one origin, by their name and every name below it.
const SHARED: &[&str] = &[
    // Pages of repositories: those of one owner share a host, whoever can push to any of them.
    "github.io",
    "gitlab.io",
    "codeberg.page",
    "bitbucket.io",
    // Sites and libraries of an organisation, and whatever its people upload.
    "sharepoint.com",
    "sharepoint.us",
    "sharepoint-mil.us",
    "sharepoint.cn",
    // Containers of a storage account; its static website has a host of its own.
    "blob.core.windows.net",
    "blob.core.usgovcloudapi.net",
    "blob.core.chinacloudapi.cn",
    // Files of anybody.
    "githubusercontent.com",
    "githack.com",
    "jsdelivr.net",
    "unpkg.com",
    "dropboxusercontent.com",
];

/// Hosts where the first part of a path names whose files these are. Below them, each bucket has a host of its own.
const SHARED_BY_PATH: &[&str] = &["storage.googleapis.com", "storage.cloud.google.com"];

fn is_shared(host: &str) -> bool {
    let is_below = |name: &str| host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    SHARED.iter().any(|name| is_below(name)) || SHARED_BY_PATH.contains(&host) || is_bucket_path(host)
}

/// `s3.amazonaws.com`, `s3.eu-west-1.amazonaws.com`, `s3-eu-west-1.amazonaws.com`: the bucket is in the path.
fn is_bucket_path(host: &str) -> bool {
    let first = host.split('.').next().unwrap_or_default();
    let is_amazon = host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn");
    is_amazon && (first == "s3" || first.starts_with("s3-"))
}

/// Pages of this machine are not strangers', wherever they are.
fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost") || host == "127.0.0.1" || host == "[::1]"
}

/// The name without port, and without the dot that may end it.
fn host_of(authority: &str) -> String {
    let name = match authority.rsplit_once(':') {
        // The colons inside brackets belong to an address.
        Some((name, port)) if !port.ends_with(']') => name,
        _ => authority,
    };
    name.trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(base_url: &str, expected: Result<(), KeepingRefused>) {
        assert_eq!(can_keep(Form::Page, false, base_url, false), expected, "{base_url}");
    }

    #[test]
    fn a_page_that_has_its_origin_to_itself_keeps_rows() {
        check("https://gatebook.contoso.example/", Ok(()));
        check("https://gatebook.contoso.example:8443/", Ok(()));
        check("https://green-hill-1234.azurestaticapps.example/", Ok(()));
        check("https://contoso.z6.web.core.windows.net/", Ok(()));
        check("https://reports.storage.googleapis.com/", Ok(()));
        check("https://reports.s3.eu-west-1.amazonaws.com/", Ok(()));
        check("http://localhost:8080/", Ok(()));
        check("http://localhost:8080/gatebook/", Ok(()));
        check("http://127.0.0.1/", Ok(()));
        check("http://[::1]:8080/", Ok(()));
    }

    #[test]
    fn below_a_path_the_deployer_must_say_that_nobody_else_is_there() {
        check("https://intranet.contoso.example/gatebook/", Err(KeepingRefused::SubPath));
        assert_eq!(can_keep(Form::Page, false, "https://intranet.contoso.example/gatebook/", true), Ok(()));
    }

    #[test]
    fn on_a_host_that_strangers_share_nothing_is_kept_whatever_the_deployer_says() {
        for base_url in [
            "https://contoso.github.io/",
            "https://contoso.github.io/gatebook/",
            "https://CONTOSO.GitHub.IO./",
            "https://contoso.gitlab.io/",
            "https://contoso.sharepoint.com/sites/gatebook/",
            "https://contoso.blob.core.windows.net/$web/",
            "https://storage.googleapis.com/gatebook/",
            "https://s3.amazonaws.com/gatebook/",
            "https://s3.eu-west-1.amazonaws.com/gatebook/",
            "https://s3-eu-west-1.amazonaws.com/gatebook/",
            "https://s3.cn-north-1.amazonaws.com.cn/gatebook/",
        ] {
            check(base_url, Err(KeepingRefused::SharedHost));
            let refused = Err(KeepingRefused::SharedHost);
            assert_eq!(can_keep(Form::Page, false, base_url, true), refused, "{base_url}");
        }
        check("https://notgithub.io/", Ok(()));
    }

    #[test]
    fn without_https_there_is_nothing_to_seal_with() {
        check("http://gatebook.contoso.example/", Err(KeepingRefused::Insecure));
        check("http://localhost.contoso.example/", Err(KeepingRefused::Insecure));
        check("file:///gatebook/", Err(KeepingRefused::Insecure));
        check("", Err(KeepingRefused::Insecure));
    }

    #[test]
    fn a_frame_keeps_nothing_and_an_extension_always() {
        let own = "https://gatebook.contoso.example/";
        for form in [Form::Page, Form::Extension, Form::Embed] {
            assert_eq!(can_keep(form, true, own, true), Err(KeepingRefused::Framed), "{form:?}");
        }
        assert_eq!(can_keep(Form::Embed, false, own, true), Err(KeepingRefused::Framed));
        assert_eq!(can_keep(Form::Extension, false, "chrome-extension://abcdefgh/", false), Ok(()));
    }
}
