//! Settings: `config.json` beside `index.html`, and what the person changes in the settings dialog.
//! Pure data, tested natively; only `load` touches the browser. Client id, tenant and cloud come from nowhere else:
//! never from a URL, a message or an imported file.

#[cfg(target_arch = "wasm32")]
pub mod load;
pub mod overrides;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How MSAL shows the sign-in page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Interaction {
    /// This tab goes to the sign-in page and comes back.
    #[default]
    Redirect,
    /// A window of its own.
    Popup,
}

/// Where MSAL keeps its cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CacheLocation {
    /// Shared by all tabs until the browser closes.
    #[default]
    LocalStorage,
    /// This tab only; for shared machines.
    SessionStorage,
}

/// The settings in force.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// Application (client) id of the organisation's registration; empty until somebody sets it.
    pub client_id: String,
    /// Tenant id or domain; empty means the person's home tenant (`organizations`).
    pub tenant: String,
    /// Redirect or popup.
    pub interaction: Interaction,
    /// Where MSAL keeps its cache.
    pub cache: CacheLocation,
}

/// What is wrong with settings, told apart by what to change. None of them stops the app: what is wrong is left at its
/// default, and sample data and files need no settings at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// `config.json` is there but could not be fetched; `status` is 0 when there was no answer.
    #[error("config.json could not be read (status {status})")]
    Unreadable {
        /// HTTP status.
        status: u16,
    },
    /// The text is no JSON; often a host that answers every address with its start page.
    #[error("not JSON at line {line}, column {column}")]
    NotJson {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// The JSON is not an object.
    #[error("not a JSON object")]
    NotAnObject,
    /// A key that means nothing here; probably a misspelt one.
    #[error("unknown key {key:?}")]
    UnknownKey {
        /// The key as written.
        key: String,
    },
    /// A value of the wrong type, or one that is not in the list.
    #[error("{key} must be {expected}")]
    WrongValue {
        /// The key.
        key: &'static str,
        /// What may stand there, such as `"redirect" or "popup"`.
        expected: &'static str,
    },
    /// The application (client) id is not a GUID.
    #[error("the client id must be a GUID")]
    ClientIdNotGuid,
    /// The tenant is neither a domain nor a GUID.
    #[error("the tenant must be a domain or a GUID")]
    TenantNotDomainOrGuid,
    /// `common` and `consumers` let personal accounts in, and those have no audit logs.
    #[error("personal accounts have no audit logs: name a tenant or leave it empty")]
    TenantForPersonalAccounts,
    /// What is kept in the browser was written by a newer Gatebook; it is not used and not overwritten until somebody saves.
    #[error("the kept settings are of version {version}")]
    NewerVersion {
        /// Its version.
        version: u64,
    },
    /// What is kept in the browser cannot be read as settings; it is not used.
    #[error("the kept settings are damaged")]
    Damaged,
    /// The browser keeps nothing; changes last until the page is closed.
    #[error("the browser keeps no settings")]
    StorageUnavailable,
}

/// `config.json`, read as far as it can be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// What it says; a wrong value is left at its default.
    pub settings: Settings,
    /// The deployer's word that nobody else puts pages on this origin (`isOwnOrigin`). No person can say that instead.
    pub is_own_origin: bool,
    /// What is wrong with it: values of the wrong type, unknown keys, then values that cannot be right.
    pub problems: Vec<SettingsError>,
}

impl Config {
    /// Reads the text of `config.json`.
    pub fn parse(text: &str) -> Self {
        match parse_object(text) {
            Ok(object) => Self::from_object(object),
            Err(problem) => Self { problems: vec![problem], ..Self::default() },
        }
    }
    fn from_object(mut object: Map<String, Value>) -> Self {
        let mut problems = Vec::new();
        let is_own_origin = overrides::take(&mut object, "isOwnOrigin", "true or false", &mut problems);
        let (overrides, wrong) = overrides::Overrides::read(object);
        problems.extend(wrong);
        let mut settings = overrides.apply(&Settings::default()).normalized();
        let (client_id, tenant) = (settings.check_client_id(), settings.check_tenant());
        if client_id.is_err() {
            settings.client_id.clear();
        }
        if tenant.is_err() {
            settings.tenant.clear();
        }
        problems.extend(client_id.err());
        problems.extend(tenant.err());
        Self { settings, is_own_origin: is_own_origin.unwrap_or_default(), problems }
    }
}

impl Settings {
    /// Whether every value can be used. An empty client id is fine until somebody wants to sign in.
    ///
    /// # Errors
    /// Everything that is wrong, so that a form can mark all of it at once.
    pub fn validate(&self) -> Result<(), Vec<SettingsError>> {
        let problems: Vec<_> =
            [self.check_client_id(), self.check_tenant()].into_iter().filter_map(Result::err).collect();
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }
    /// True when somebody can sign in with these settings.
    pub fn is_ready(&self) -> bool {
        !self.client_id.is_empty() && self.validate().is_ok()
    }
    /// The same settings as people mean them: without stray spaces and capitals, and without the default spelled out.
    #[must_use]
    pub fn normalized(&self) -> Self {
        let tidy = |text: &str| text.trim().to_ascii_lowercase();
        let tenant = tidy(&self.tenant);
        Self {
            client_id: tidy(&self.client_id),
            tenant: if tenant == "organizations" { String::new() } else { tenant },
            ..self.clone()
        }
    }
    fn check_client_id(&self) -> Result<(), SettingsError> {
        if self.client_id.is_empty() || is_guid(&self.client_id) { Ok(()) } else { Err(SettingsError::ClientIdNotGuid) }
    }
    fn check_tenant(&self) -> Result<(), SettingsError> {
        match self.tenant.as_str() {
            "" => Ok(()),
            "common" | "consumers" => Err(SettingsError::TenantForPersonalAccounts),
            tenant if is_guid(tenant) || is_domain(tenant) => Ok(()),
            _ => Err(SettingsError::TenantNotDomainOrGuid),
        }
    }
}

/// True for `8-4-4-4-12` hexadecimal digits that are not all zero.
pub fn is_guid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
        && text.bytes().any(|byte| byte != b'0' && byte != b'-')
}

fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.contains('.') && text.split('.').all(is_label)
}

fn parse_object(text: &str) -> Result<Map<String, Value>, SettingsError> {
    match serde_json::from_str(text.trim_start_matches('\u{feff}')) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(SettingsError::NotAnObject),
        Err(error) => Err(SettingsError::NotJson { line: error.line(), column: error.column() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: &str = "3f2b9c1e-5a7d-4e8f-9b60-1c2d3e4f5a6b";

    fn problems(client_id: &str, tenant: &str) -> Vec<SettingsError> {
        let settings = Settings { client_id: client_id.to_owned(), tenant: tenant.to_owned(), ..Settings::default() };
        settings.validate().err().unwrap_or_default()
    }

    #[test]
    fn client_id_is_a_guid_or_empty() {
        assert_eq!(problems(CLIENT, ""), []);
        assert_eq!(problems("", ""), []);
        for wrong in ["gatebook", "3f2b9c1e5a7d4e8f9b601c2d3e4f5a6b", "{3f2b9c1e-5a7d-4e8f-9b60-1c2d3e4f5a6b}"] {
            assert_eq!(problems(wrong, ""), [SettingsError::ClientIdNotGuid], "{wrong}");
        }
        assert_eq!(problems("00000000-0000-0000-0000-000000000000", ""), [SettingsError::ClientIdNotGuid]);
        assert_eq!(problems("3f2b9c1e-5a7d-4e8f-9b60-1c2d3e4f5a6g", ""), [SettingsError::ClientIdNotGuid]);
    }

    #[test]
    fn tenant_is_a_domain_a_guid_or_empty() {
        for right in ["", CLIENT, "contoso.example", "xn--bcher-kva.example", "a-b.onmicrosoft.com"] {
            assert_eq!(problems("", right), [], "{right}");
        }
        for wrong in
            ["contoso", "https://contoso.example", "contoso.example/x", "contoso..example", "-a.example", "a b.example"]
        {
            assert_eq!(problems("", wrong), [SettingsError::TenantNotDomainOrGuid], "{wrong}");
        }
        assert_eq!(problems("", "common"), [SettingsError::TenantForPersonalAccounts]);
        assert_eq!(problems("", "consumers"), [SettingsError::TenantForPersonalAccounts]);
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        assert_eq!(problems("x", "y"), [SettingsError::ClientIdNotGuid, SettingsError::TenantNotDomainOrGuid]);
    }

    #[test]
    fn settings_without_client_id_are_valid_but_not_ready() {
        assert!(!Settings::default().is_ready());
        assert!(Settings { client_id: CLIENT.to_owned(), ..Settings::default() }.is_ready());
        let wrong = Settings { client_id: CLIENT.to_owned(), tenant: "x".to_owned(), ..Settings::default() };
        assert!(!wrong.is_ready());
    }

    #[test]
    fn pasted_values_are_tidied() {
        let pasted = Settings {
            client_id: format!(" {}\n", CLIENT.to_uppercase()),
            tenant: "Contoso.Example ".to_owned(),
            ..Settings::default()
        };
        let tidy = pasted.normalized();
        assert_eq!((tidy.client_id.as_str(), tidy.tenant.as_str()), (CLIENT, "contoso.example"));
        let spelled_out = Settings { tenant: "organizations".to_owned(), ..Settings::default() };
        assert_eq!(spelled_out.normalized(), Settings::default());
    }

    #[test]
    fn config_gives_every_setting() {
        let config = Config::parse(&format!(
            r#"{{"clientId":"{CLIENT}","tenant":"contoso.example","interaction":"popup","cache":"sessionStorage","isOwnOrigin":true}}"#
        ));
        let expected = Settings {
            client_id: CLIENT.to_owned(),
            tenant: "contoso.example".to_owned(),
            interaction: Interaction::Popup,
            cache: CacheLocation::SessionStorage,
        };
        assert_eq!(config, Config { settings: expected, is_own_origin: true, problems: Vec::new() });
        assert_eq!(Config::parse("\u{feff}{}"), Config::default());
    }

    #[test]
    fn one_wrong_value_does_not_lose_the_others() {
        let config = Config::parse(
            r#"{"clientID":"x","tenant":"contoso.example","interaction":"iframe","cache":7,"isOwnOrigin":"yes","clientId":"not a guid"}"#,
        );
        assert_eq!(config.settings, Settings { tenant: "contoso.example".to_owned(), ..Settings::default() });
        assert_eq!(
            config.problems,
            [
                SettingsError::WrongValue { key: "isOwnOrigin", expected: "true or false" },
                SettingsError::WrongValue { key: "interaction", expected: r#""redirect" or "popup""# },
                SettingsError::WrongValue { key: "cache", expected: r#""localStorage" or "sessionStorage""# },
                SettingsError::UnknownKey { key: "clientID".to_owned() },
                SettingsError::ClientIdNotGuid,
            ]
        );
    }

    #[test]
    fn a_start_page_in_place_of_config_is_explained() {
        let config = Config::parse("<!doctype html>");
        assert_eq!(config.problems, [SettingsError::NotJson { line: 1, column: 1 }]);
        assert_eq!(Config::parse("[]").problems, [SettingsError::NotAnObject]);
        assert_eq!(Config::parse("{\n  \"tenant\": oops }").problems, [SettingsError::NotJson { line: 2, column: 13 }]);
    }
}
