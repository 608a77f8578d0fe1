//! Reads the settings when the app starts, and keeps what the person changes.

use gloo_net::http::Request;
use web_sys::RequestCache;

use super::{Config, Settings, SettingsError, overrides::Overrides};
use crate::host::{Host, storage::Area};

const CONFIG: &str = "config.json";
const KEPT: &str = "settings";

/// Settings as they were found. There are always some.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// In force: the organisation's, changed by the person's.
    pub settings: Settings,
    /// The organisation's, from `config.json`.
    pub deployed: Settings,
    /// The deployer's word that nobody else puts pages on this origin.
    pub is_own_origin: bool,
    /// What is wrong, to be shown where settings are changed.
    pub problems: Vec<SettingsError>,
}

/// Reads `config.json` and what the person changed in this browser.
pub async fn load(host: &Host) -> Loaded {
    let Config { settings: deployed, is_own_origin, mut problems } = fetch_config(host).await;
    let overrides = read_overrides(host).unwrap_or_else(|problem| {
        problems.push(problem);
        Overrides::default()
    });
    let mut settings = overrides.apply(&deployed);
    if let Err(wrong) = settings.validate() {
        problems.extend(wrong);
        settings = deployed.clone();
    }
    Loaded { settings, deployed, is_own_origin, problems }
}

/// Settings after a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// Now in force.
    pub settings: Settings,
    /// False when the browser keeps nothing: they last until the page is closed.
    pub is_remembered: bool,
}

/// Keeps the differences from the organisation's settings in this browser.
///
/// # Errors
/// Everything that is wrong with the values; nothing is kept then.
pub fn save(host: &Host, deployed: &Settings, wanted: &Settings) -> Result<Saved, Vec<SettingsError>> {
    let settings = wanted.normalized();
    settings.validate()?;
    let overrides = Overrides::between(deployed, &settings);
    let storage = host.storage(Area::Local);
    let kept = if overrides == Overrides::default() {
        storage.remove(KEPT)
    } else {
        storage.write(KEPT, &overrides.to_kept())
    };
    Ok(Saved { settings, is_remembered: kept.is_ok() })
}

/// No file is no problem: whoever hosts the page may leave the settings to the people who use it.
async fn fetch_config(host: &Host) -> Config {
    let answer = Request::get(&host.url(CONFIG)).cache(RequestCache::NoCache).send().await;
    let unreadable = |status| Config { problems: vec![SettingsError::Unreadable { status }], ..Config::default() };
    match answer {
        Ok(response) if response.ok() => match response.text().await {
            Ok(text) => Config::parse(&text),
            Err(_) => unreadable(response.status()),
        },
        Ok(response) if response.status() == 404 => Config::default(),
        Ok(response) => unreadable(response.status()),
        Err(_) => unreadable(0),
    }
}

fn read_overrides(host: &Host) -> Result<Overrides, SettingsError> {
    let kept = host.storage(Area::Local).read(KEPT).map_err(|_| SettingsError::StorageUnavailable)?;
    kept.map_or_else(|| Ok(Overrides::default()), |text| Overrides::from_kept(&text))
}
