//! How the person likes to read: kept in this browser, with a version.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::host::{Host, HostError, storage::Area};

const KEPT: &str = "preferences";
const VERSION: u32 = 1;

/// Colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Value of `data-theme`; `None` follows the system.
    pub fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
    /// The next one, in a circle.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }
}

/// Height of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Density {
    /// As many rows as can be read.
    #[default]
    Compact,
    /// More room.
    Comfortable,
}

/// All of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Preferences {
    /// Colours.
    pub theme: Theme,
    /// Height of a row.
    pub density: Density,
    /// The sample answers no faster than Graph would.
    pub is_sample_real_pace: bool,
    /// The histogram above the rows is folded.
    pub is_histogram_folded: bool,
    /// The account and tenant, by a hash, whose rows are kept on this device; whoever else signs in is asked anew.
    pub keeping_for: Option<u64>,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    version: u32,
    preferences: Preferences,
}

impl Preferences {
    /// What is kept, whichever tab wrote it last; the usual ones where nothing is, or where a newer version wrote it. `None` in
    /// a browser that keeps nothing.
    pub fn read(host: &Host) -> Option<Self> {
        let text = host.storage(Area::Local).read(KEPT).ok()?;
        let kept = text.and_then(|text| serde_json::from_str::<Kept>(&text).ok());
        Some(kept.filter(|kept| kept.version == VERSION).map(|kept| kept.preferences).unwrap_or_default())
    }
    /// Keeps them.
    ///
    /// # Errors
    /// When the browser keeps nothing.
    pub fn write(self, host: &Host) -> Result<(), HostError> {
        let kept = Kept { version: VERSION, preferences: self };
        let text = serde_json::to_string(&kept).expect("words and flags are always JSON");
        host.storage(Area::Local).write(KEPT, &text)
    }
    /// Sets the attributes that the style sheet reads, on the page's root element.
    pub fn apply(self) {
        let Some(root) = document().document_element() else { return };
        let density = (self.density == Density::Comfortable).then_some("comfortable");
        for (name, value) in [("data-theme", self.theme.attribute()), ("data-density", density)] {
            // The names are constants that any document takes.
            let _ = match value {
                Some(value) => root.set_attribute(name, value),
                None => root.remove_attribute(name),
            };
        }
    }
}
