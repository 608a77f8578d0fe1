//! Settings: `config.json` beside `index.html`, and what the person changes in the settings dialog. Pure data, tested natively.

use serde::{Deserialize, Serialize};

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
