//! Everything that is kept on this device beyond the end of a tab, whoever's it is: keys in the vault, and files sealed with them.
//! Works in a window. The key always goes first: a file that stays because another tab has it open is noise from then on.

use engine::{
    cache::{is_kept_file, kept_owner, kept_prefix},
    ports::{Clock, Millis, Storage},
    protocol::DatasetId,
};

use super::{
    clock::BrowserClock,
    storage::{self, BrowserStorage},
    vault,
};

/// What there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Of all files.
    pub bytes: u64,
    /// When the last of it is deleted.
    pub until: Millis,
}

/// What is kept; `None` for nothing.
pub async fn find() -> Option<Kept> {
    // A browser that keeps no key keeps nothing that could be read.
    let keys = vault::list().await.unwrap_or_default();
    let until = keys.iter().map(|(_, until)| *until).max()?;
    Some(Kept { bytes: storage::bytes(is_kept_file).await, until })
}

/// Deletes everything. False when another tab has files open, which nobody can read any more and which go with that tab.
pub async fn delete() -> bool {
    forget_keys().await;
    delete_files().await
}

/// Forgets every key: from then on nobody reads what was kept, whatever becomes of the files.
pub async fn forget_keys() {
    // Where keys cannot be reached there are none.
    let _ = vault::forget_all(|_, _| true).await;
}

/// Deletes every file; false when another tab has some of them open. It waits for a worker that was just ended.
pub async fn delete_files() -> bool {
    storage::remove(is_kept_file).await
}

/// Deletes everything but what is kept of this dataset.
pub async fn delete_all_but(dataset: &DatasetId) {
    let own = kept_prefix(dataset);
    let _ = vault::forget_all(|name, _| name != own).await;
    storage::remove(|file| is_kept_file(file) && kept_owner(file) != Some(own.as_str())).await;
}

/// Deletes what is of no use any more: keys whose time is over, and files without a key.
pub async fn sweep() {
    let now = BrowserClock.now();
    let _ = vault::forget_all(|_, until| until <= now).await;
    // Whoever keeps something makes a key first: a file that is listed before the keys has one of these, or none.
    let Ok(files) = BrowserStorage.names().await else { return };
    let Ok(keys) = vault::list().await else { return };
    let has_key = |file: &String| keys.iter().any(|(name, _)| kept_owner(file) == Some(name.as_str()));
    let lost: Vec<String> = files.into_iter().filter(|file| is_kept_file(file) && !has_key(file)).collect();
    if !lost.is_empty() {
        storage::remove(|file| lost.iter().any(|lost| lost == file)).await;
    }
}
