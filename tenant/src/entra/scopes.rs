//! What a request asks for: OpenID scopes, and scopes of one Graph origin.

use super::{CLOUDS, fault::Fault};

/// Graph scopes that exist, with whether only an administrator may consent to them.
const GRAPH_SCOPES: &[(&str, bool)] = &[
    ("User.Read", false),
    ("AuditLog.Read.All", true),
    ("Directory.Read.All", true),
    ("CustomSecAttributeAuditLogs.Read.All", true),
    ("ProvisioningLog.Read.All", true),
    ("Policy.Read.All", true),
    ("Policy.Read.ConditionalAccess", true),
    ("Application.Read.All", true),
    ("Group.Read.All", true),
    ("Reports.Read.All", true),
];
const OPENID_SCOPES: [&str; 4] = ["openid", "profile", "offline_access", "email"];
/// Graph's application id, which also qualifies scopes.
const GRAPH_APP_ID: &str = "00000003-0000-0000-c000-000000000000";

/// Scopes as parsed from a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scopes {
    /// Graph origin, which is the token's audience.
    pub audience: String,
    /// Short names of the Graph scopes, in the order asked for.
    pub names: Vec<String>,
    /// True for `<origin>/.default`: whatever was consented to.
    pub is_default: bool,
    /// True when a refresh token is wanted.
    pub is_offline: bool,
}

impl Scopes {
    /// Reads a `scope` parameter sent to this sign-in host.
    pub(super) fn parse(host: &str, text: &str) -> Result<Self, Fault> {
        let origins = CLOUDS.iter().find(|(login, _)| *login == host).map_or(CLOUDS[0].1, |(_, origins)| *origins);
        let mut scopes =
            Self { audience: origins[0].to_owned(), names: Vec::new(), is_default: false, is_offline: false };
        let mut is_empty = true;
        for word in text.split_whitespace() {
            is_empty = false;
            if OPENID_SCOPES.contains(&word.to_ascii_lowercase().as_str()) {
                scopes.is_offline |= word.eq_ignore_ascii_case("offline_access");
                continue;
            }
            let name = match word.rsplit_once('/') {
                None => word,
                Some((resource, name)) => {
                    scopes.audience = graph_origin(origins, resource)?.to_owned();
                    name
                }
            };
            match GRAPH_SCOPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
                _ if name == ".default" => scopes.is_default = true,
                Some((known, _)) if scopes.names.iter().any(|name| name == known) => {}
                Some((known, _)) => scopes.names.push((*known).to_owned()),
                None => {
                    let text = format!("The application asked for scope '{name}' that doesn't exist on the resource.");
                    return Err(Fault::new("invalid_client", 650_053, text));
                }
            }
        }
        if is_empty {
            let text = "The request body must contain the following parameter: 'scope'.";
            return Err(Fault::new("invalid_request", 900_144, text));
        }
        Ok(scopes)
    }
}

fn graph_origin<'a>(origins: &'a [&'a str], resource: &str) -> Result<&'a str, Fault> {
    let resource = resource.trim_end_matches('/');
    if resource == GRAPH_APP_ID {
        return Ok(origins[0]);
    }
    origins.iter().find(|origin| origin.eq_ignore_ascii_case(resource)).copied().ok_or_else(|| {
        let text = format!("The resource principal named {resource} was not found in the tenant.");
        Fault::new("invalid_resource", 500_011, text)
    })
}

/// True when only an administrator may consent to this scope.
pub(super) fn needs_admin(name: &str) -> bool {
    GRAPH_SCOPES.iter().find(|(known, _)| *known == name).is_none_or(|(_, needs_admin)| *needs_admin)
}
