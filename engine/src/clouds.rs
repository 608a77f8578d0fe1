//! The clouds: which login and Graph hosts belong together.
//! Facts from the Graph page "National cloud deployments". This file has no dependencies, so that the build
//! chores can include it and write the same hosts into the content policy.

/// One cloud. Tokens, registrations and next links never cross from one to another. Outside of this crate it comes from
/// the list or through [`checked`] only.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cloud {
    /// The key in settings and dataset ids.
    pub id: &'static str,
    /// Origin of the sign-in authority, without a trailing slash.
    pub login: &'static str,
    /// Origin of Microsoft Graph, without a trailing slash; also the prefix of every scope.
    pub graph: &'static str,
    /// Origin of the admin center, for links.
    pub portal: &'static str,
    /// Its name in Microsoft's PowerShell modules for Graph.
    pub environment: &'static str,
}

/// Every cloud that a page can be built for by its id; the first is the default.
pub static CLOUDS: &[Cloud] = &[
    Cloud {
        id: "global",
        login: "https://login.microsoftonline.com",
        graph: "https://graph.microsoft.com",
        portal: "https://entra.microsoft.com",
        environment: "Global",
    },
    Cloud {
        id: "us-gov",
        login: "https://login.microsoftonline.us",
        graph: "https://graph.microsoft.us",
        portal: "https://entra.microsoft.us",
        environment: "USGov",
    },
    Cloud {
        id: "us-dod",
        login: "https://login.microsoftonline.us",
        graph: "https://dod-graph.microsoft.us",
        portal: "https://portal.azure.us",
        environment: "USGovDoD",
    },
    Cloud {
        id: "china",
        login: "https://login.partner.microsoftonline.cn",
        graph: "https://microsoftgraph.chinacloudapi.cn",
        portal: "https://portal.azure.cn",
        environment: "China",
    },
];

/// The cloud of the list with this id, or `None`.
pub fn cloud(id: &str) -> Option<&'static Cloud> {
    CLOUDS.iter().find(|cloud| cloud.id == id)
}

/// What describes a cloud, in the order of [`Cloud`]'s fields; also their names where a cloud is written down.
pub const FIELDS: [&str; 5] = ["id", "login", "graph", "portal", "environment"];

impl Cloud {
    /// False for a cloud that somebody described: nobody here knows what exists in it.
    pub fn is_listed(&self) -> bool {
        cloud(self.id) == Some(self)
    }
    /// Its description, in the order of [`FIELDS`].
    pub fn described(&self) -> [&'static str; 5] {
        [self.id, self.login, self.graph, self.portal, self.environment]
    }
}

/// What is wrong with the description of a cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The id is not made of small letters, digits and hyphens, or is too long for a key.
    Id,
    /// The id is that of a listed cloud with other hosts.
    IdTaken,
    /// Graph's host is that of this listed cloud.
    GraphTaken(&'static Cloud),
    /// The environment is not made of letters, digits, hyphens and underscores: it stands in scripts.
    Environment,
    /// A field is not an origin.
    Origin {
        /// `login`, `graph` or `portal`.
        field: &'static str,
        /// Why not.
        reason: NoOrigin,
    },
}

/// Why a text is no origin that requests can be pinned to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoOrigin {
    /// It does not begin with `https://`.
    NotHttps,
    /// A user name stands before the host.
    UserInfo,
    /// It stands for several hosts.
    Wildcard,
    /// Something follows the host: a path, a query, or only a slash.
    Path,
    /// A port follows the host: sign-in and Graph answer at the usual one.
    Port,
    /// The host is not a domain name of at least two parts in small letters.
    Host,
}

/// The cloud that this describes. It stays as long as the program: a page, its worker and a build know one.
///
/// # Errors
/// The first thing that is wrong. Nothing but plain origins comes through, because they become part of a content policy.
pub fn checked(description: [&str; 5]) -> Result<&'static Cloud, Wrong> {
    let [id, login, graph, portal, environment] = description;
    if let Some(listed) = cloud(id) {
        return if listed.described() == description { Ok(listed) } else { Err(Wrong::IdTaken) };
    }
    if !is_word(id, |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-')) {
        return Err(Wrong::Id);
    }
    for (field, text) in [("login", login), ("graph", graph), ("portal", portal)] {
        check_origin(text).map_err(|reason| Wrong::Origin { field, reason })?;
    }
    if let Some(listed) = CLOUDS.iter().find(|listed| listed.graph == graph) {
        return Err(Wrong::GraphTaken(listed));
    }
    if !is_word(environment, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
        return Err(Wrong::Environment);
    }
    let [id, login, graph, portal, environment] = description.map(|text| &*text.to_owned().leak());
    Ok(Box::leak(Box::new(Cloud { id, login, graph, portal, environment })))
}

/// Longest id or name of an environment.
const WORD_BYTES_MAX: usize = 40;
/// Longest host (RFC 1035).
const HOST_BYTES_MAX: usize = 253;

fn is_word(text: &str, is_taken: impl Fn(u8) -> bool) -> bool {
    (1..=WORD_BYTES_MAX).contains(&text.len()) && text.bytes().all(is_taken)
}

fn check_origin(text: &str) -> Result<(), NoOrigin> {
    let host = text.strip_prefix("https://").ok_or(NoOrigin::NotHttps)?;
    for (sign, reason) in [
        ("@", NoOrigin::UserInfo),
        ("*", NoOrigin::Wildcard),
        ("/", NoOrigin::Path),
        ("?", NoOrigin::Path),
        ("#", NoOrigin::Path),
        (":", NoOrigin::Port),
    ] {
        if host.contains(sign) {
            return Err(reason);
        }
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = host.rsplit_once('.').map(|(_, last)| last);
    // A last part that begins with a digit makes an address in numbers.
    let is_name = last.is_some_and(|last| last.starts_with(|first: char| first.is_ascii_lowercase()));
    let is_host = host.len() <= HOST_BYTES_MAX && is_name && host.split('.').all(is_label);
    if is_host { Ok(()) } else { Err(NoOrigin::Host) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLEU: [&str; 5] = [
        "bleu",
        "https://login.sovcloud-identity.fr",
        "https://graph.svc.sovcloud.fr",
        "https://entra.sovcloud.fr",
        "BleuCloud",
    ];

    fn with(at: usize, text: &str) -> Result<&'static Cloud, Wrong> {
        let mut description = BLEU;
        description[at] = text;
        checked(description)
    }

    #[test]
    fn a_described_cloud_is_what_was_described() {
        let bleu = checked(BLEU).expect("a cloud with everything");
        assert_eq!((bleu.described(), bleu.is_listed()), (BLEU, false));
        assert_eq!(bleu.graph, "https://graph.svc.sovcloud.fr");
    }

    #[test]
    fn listed_clouds_are_well_formed_and_found_by_their_description() {
        for listed in CLOUDS {
            assert!(std::ptr::eq(checked(listed.described()).expect("a listed cloud"), listed));
            assert!(listed.is_listed());
            for origin in [listed.login, listed.graph, listed.portal] {
                assert_eq!(check_origin(origin), Ok(()), "{origin}");
            }
        }
    }

    #[test]
    fn nobody_takes_the_place_of_a_listed_cloud() {
        assert_eq!(with(0, "global"), Err(Wrong::IdTaken));
        assert_eq!(with(2, "https://graph.microsoft.us"), Err(Wrong::GraphTaken(&CLOUDS[1])));
        assert_eq!(
            with(1, "https://login.microsoftonline.us").map(|cloud| cloud.id),
            Ok("bleu"),
            "two share it already"
        );
    }

    #[test]
    fn only_plain_https_origins_pass() {
        for (text, reason) in [
            ("http://graph.cloud.example", NoOrigin::NotHttps),
            ("graph.cloud.example", NoOrigin::NotHttps),
            ("HTTPS://graph.cloud.example", NoOrigin::NotHttps),
            ("", NoOrigin::NotHttps),
            ("https://graph.cloud.example@elsewhere.example", NoOrigin::UserInfo),
            ("https://*.cloud.example", NoOrigin::Wildcard),
            ("https://graph.cloud.example/", NoOrigin::Path),
            ("https://graph.cloud.example/v1.0", NoOrigin::Path),
            ("https://graph.cloud.example?x", NoOrigin::Path),
            ("https://graph.cloud.example#x", NoOrigin::Path),
            ("https://graph.cloud.example:443", NoOrigin::Port),
            ("https://[2001:db8::1]", NoOrigin::Port),
            ("https://", NoOrigin::Host),
            ("https://localhost", NoOrigin::Host),
            ("https://192.0.2.1", NoOrigin::Host),
            ("https://192.0.2.0x1", NoOrigin::Host),
            ("https://Graph.cloud.example", NoOrigin::Host),
            ("https://graph.cloud.example.", NoOrigin::Host),
            ("https://graph..example", NoOrigin::Host),
            ("https://-graph.example", NoOrigin::Host),
            ("https://gräph.example", NoOrigin::Host),
            ("https://graph.cloud.example https://elsewhere.example", NoOrigin::Path),
            ("https://graph.example; script-src", NoOrigin::Host),
            ("https://graph.example'none'", NoOrigin::Host),
            ("https://graph.example\n", NoOrigin::Host),
            ("https://graph\\.example", NoOrigin::Host),
        ] {
            for (at, field) in [(1, "login"), (2, "graph"), (3, "portal")] {
                assert_eq!(with(at, text), Err(Wrong::Origin { field, reason }), "{text:?}");
            }
        }
        let long = format!("https://{}.example", "a.".repeat(130));
        assert_eq!(with(2, &long), Err(Wrong::Origin { field: "graph", reason: NoOrigin::Host }));
    }

    #[test]
    fn ids_and_environments_are_words() {
        for id in ["", "Bleu", "a:b", "a b", "é", &"x".repeat(41)] {
            assert_eq!(with(0, id), Err(Wrong::Id), "{id:?}");
        }
        for environment in ["", "Bleu; Remove-Item", "$(x)", "a b", "é"] {
            assert_eq!(with(4, environment), Err(Wrong::Environment), "{environment:?}");
        }
    }
}
