//! What the person changed: only the differences from `config.json`, so that a later change there still arrives.
//! Kept as `{"version":1,"settings":{…}}`, with one upgrader per version step.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{CacheLocation, Interaction, Settings, SettingsError};

/// Version of the kept form. Raise it together with a new last entry in [`UPGRADERS`].
pub const VERSION: u64 = UPGRADERS.len() as u64 + 1;

/// Step from version n + 1 to n + 2, by position.
const UPGRADERS: &[Upgrader] = &[];
type Upgrader = fn(Map<String, Value>) -> Map<String, Value>;

/// Settings that differ from the organisation's; `None` follows `config.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Overrides {
    /// Application (client) id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Tenant id or domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Redirect or popup.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interaction: Option<Interaction>,
    /// Where MSAL keeps its cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache: Option<CacheLocation>,
}

#[derive(Serialize)]
struct Kept<'a> {
    version: u64,
    settings: &'a Overrides,
}

impl Overrides {
    /// What turns `deployed` into `wanted`.
    pub fn between(deployed: &Settings, wanted: &Settings) -> Self {
        fn changed<T: PartialEq + Clone>(deployed: &T, wanted: &T) -> Option<T> {
            (deployed != wanted).then(|| wanted.clone())
        }
        Self {
            client_id: changed(&deployed.client_id, &wanted.client_id),
            tenant: changed(&deployed.tenant, &wanted.tenant),
            interaction: changed(&deployed.interaction, &wanted.interaction),
            cache: changed(&deployed.cache, &wanted.cache),
        }
    }
    /// The settings in force.
    pub fn apply(&self, deployed: &Settings) -> Settings {
        Settings {
            client_id: self.client_id.clone().unwrap_or_else(|| deployed.client_id.clone()),
            tenant: self.tenant.clone().unwrap_or_else(|| deployed.tenant.clone()),
            interaction: self.interaction.unwrap_or(deployed.interaction),
            cache: self.cache.unwrap_or(deployed.cache),
        }
    }
    /// The form to keep.
    pub fn to_kept(&self) -> String {
        serde_json::to_string(&Kept { version: VERSION, settings: self }).expect("texts and numbers are always JSON")
    }
    /// Reads the kept form, of this or an earlier version.
    ///
    /// # Errors
    /// `NewerVersion` or `Damaged`.
    pub fn from_kept(text: &str) -> Result<Self, SettingsError> {
        upgrade(text, UPGRADERS).map(|object| Self::read(object).0)
    }
    /// Reads the keys one by one, so that one wrong value does not lose the others.
    pub(super) fn read(mut object: Map<String, Value>) -> (Self, Vec<SettingsError>) {
        let mut problems = Vec::new();
        let overrides = Self {
            client_id: take(&mut object, "clientId", "a text", &mut problems),
            tenant: take(&mut object, "tenant", "a text", &mut problems),
            interaction: take(&mut object, "interaction", r#""redirect" or "popup""#, &mut problems),
            cache: take(&mut object, "cache", r#""localStorage" or "sessionStorage""#, &mut problems),
        };
        let mut unknown: Vec<String> = object.into_iter().map(|(key, _)| key).collect();
        unknown.sort();
        problems.extend(unknown.into_iter().map(|key| SettingsError::UnknownKey { key }));
        (overrides, problems)
    }
}

pub(super) fn take<T: DeserializeOwned>(
    object: &mut Map<String, Value>,
    key: &'static str,
    expected: &'static str,
    problems: &mut Vec<SettingsError>,
) -> Option<T> {
    let value = object.remove(key)?;
    serde_json::from_value(value).map_err(|_| problems.push(SettingsError::WrongValue { key, expected })).ok()
}

fn upgrade(text: &str, upgraders: &[Upgrader]) -> Result<Map<String, Value>, SettingsError> {
    let kept = super::parse_object(text).map_err(|_| SettingsError::Damaged)?;
    let version = kept.get("version").and_then(Value::as_u64).ok_or(SettingsError::Damaged)?;
    let settings = kept.get("settings").and_then(Value::as_object).ok_or(SettingsError::Damaged)?;
    let steps_done =
        usize::try_from(version).ok().and_then(|version| version.checked_sub(1)).ok_or(SettingsError::Damaged)?;
    let steps = upgraders.get(steps_done..).ok_or(SettingsError::NewerVersion { version })?;
    Ok(steps.iter().fold(settings.clone(), |settings, step| step(settings)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deployed() -> Settings {
        Settings { tenant: "contoso.example".to_owned(), ..Settings::default() }
    }

    #[test]
    fn only_differences_are_kept() {
        let wanted = Settings { interaction: Interaction::Popup, ..deployed() };
        let overrides = Overrides::between(&deployed(), &wanted);
        assert_eq!(overrides.to_kept(), r#"{"version":1,"settings":{"interaction":"popup"}}"#);
        let later = Settings { tenant: "fabrikam.example".to_owned(), ..Settings::default() };
        assert_eq!(overrides.apply(&later), Settings { interaction: Interaction::Popup, ..later });
    }

    #[test]
    fn what_is_kept_comes_back() {
        let wanted = Settings {
            client_id: "3f2b9c1e-5a7d-4e8f-9b60-1c2d3e4f5a6b".to_owned(),
            tenant: String::new(),
            interaction: Interaction::Popup,
            cache: CacheLocation::SessionStorage,
        };
        let kept = Overrides::between(&deployed(), &wanted).to_kept();
        let read = Overrides::from_kept(&kept).expect("this version's own form");
        assert_eq!(read.apply(&deployed()), wanted);
    }

    #[test]
    fn damaged_and_newer_forms_are_told_apart() {
        for damaged in
            ["", "{}", "[]", r#"{"version":0,"settings":{}}"#, r#"{"version":1}"#, r#"{"version":"1","settings":{}}"#]
        {
            assert_eq!(Overrides::from_kept(damaged), Err(SettingsError::Damaged), "{damaged}");
        }
        let newer = r#"{"version":9,"settings":{}}"#;
        assert_eq!(Overrides::from_kept(newer), Err(SettingsError::NewerVersion { version: 9 }));
    }

    #[test]
    fn each_version_is_upgraded_step_by_step() {
        fn rename(mut settings: Map<String, Value>) -> Map<String, Value> {
            settings.remove("client").map(|client| settings.insert("clientId".to_owned(), client));
            settings
        }
        fn append(mut settings: Map<String, Value>) -> Map<String, Value> {
            let longer = format!("{}.example", settings["clientId"].as_str().unwrap_or_default());
            settings.insert("clientId".to_owned(), longer.into());
            settings
        }
        let steps: &[Upgrader] = &[rename, append];
        let check = |kept: &str, expected: &str| {
            let settings = upgrade(kept, steps).expect("a known version");
            assert_eq!(settings["clientId"], expected);
        };
        check(r#"{"version":1,"settings":{"client":"a"}}"#, "a.example");
        check(r#"{"version":2,"settings":{"clientId":"b"}}"#, "b.example");
        check(r#"{"version":3,"settings":{"clientId":"c"}}"#, "c");
    }
}
