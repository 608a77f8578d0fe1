//! Small texts kept in the browser, each under a key of this mount: several folders of one origin, and several
//! mounts of one page, never read each other's. What is kept carries its own version number.

use super::{Host, HostError, key_prefix, listener::WindowListener};

/// How long something is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// Until somebody clears it; shared by all tabs.
    Local,
    /// Until this tab closes.
    Session,
}

/// What one mount keeps.
#[derive(Clone, Debug)]
pub struct MountStorage {
    prefix: String,
    area: Area,
}

impl Host {
    /// `callback` hears that another tab has changed something of what is kept.
    pub fn on_storage(&self, callback: impl Fn() + 'static) -> WindowListener {
        WindowListener::new("storage", callback)
    }
}

impl MountStorage {
    pub(super) fn new(base_url: &str, mount_id: Option<&str>, area: Area) -> Self {
        Self { prefix: key_prefix(base_url, mount_id), area }
    }
    /// The text kept under this name.
    ///
    /// # Errors
    /// `StorageUnavailable`; carry on as if nothing had been kept.
    pub fn read(&self, name: &str) -> Result<Option<String>, HostError> {
        self.area()?.get_item(&self.key(name)).map_err(|_| HostError::StorageUnavailable)
    }
    /// Keeps a text.
    ///
    /// # Errors
    /// `StorageUnavailable`, also when the browser's quota is used up.
    pub fn write(&self, name: &str, text: &str) -> Result<(), HostError> {
        self.area()?.set_item(&self.key(name), text).map_err(|_| HostError::StorageUnavailable)
    }
    /// Forgets a text.
    ///
    /// # Errors
    /// `StorageUnavailable`.
    pub fn remove(&self, name: &str) -> Result<(), HostError> {
        self.area()?.remove_item(&self.key(name)).map_err(|_| HostError::StorageUnavailable)
    }
    /// Forgets everything of this mount, and what MSAL keeps for this origin.
    pub(super) fn clear(&self) -> Result<(), HostError> {
        let area = self.area()?;
        let keys = (0..area.length().unwrap_or(0)).filter_map(|index| area.key(index).ok().flatten());
        let ours: Vec<String> = keys.filter(|key| key.starts_with(&self.prefix) || key.starts_with("msal.")).collect();
        for key in ours {
            area.remove_item(&key).map_err(|_| HostError::StorageUnavailable)?;
        }
        Ok(())
    }
    fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
    /// Browsers that block storage throw already when it is asked for.
    fn area(&self) -> Result<web_sys::Storage, HostError> {
        let window = web_sys::window().ok_or(HostError::StorageUnavailable)?;
        match self.area {
            Area::Local => window.local_storage(),
            Area::Session => window.session_storage(),
        }
        .ok()
        .flatten()
        .ok_or(HostError::StorageUnavailable)
    }
}
