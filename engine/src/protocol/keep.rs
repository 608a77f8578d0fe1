//! Keeping rows outside memory.

use serde::{Deserialize, Serialize};

use crate::ports::Millis;

/// Why rows cannot be kept outside memory or had back, told apart by what can be done about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum KeepError {
    /// The browser keeps nothing for this page: everything works in memory, and is gone with the tab.
    #[error("the browser keeps nothing for this page")]
    MemoryOnly,
    /// There is no room left; what was kept before is still there.
    #[error("there is no room left")]
    Full,
    /// Another tab has the saved rows open.
    #[error("another tab uses the saved rows")]
    InUse,
    /// Nothing was saved, or saving broke off.
    #[error("nothing is saved")]
    NothingSaved,
    /// Another version wrote the log of records, or it is of another report: it can only be deleted, and loaded again.
    #[error("another version saved these rows")]
    OtherVersion,
    /// What is read from the files is not what was written: they can only be deleted, and the rows loaded again. A log that was
    /// cut is read as far as it goes instead, and columns are made again of the log.
    #[error("the saved rows are damaged")]
    Damaged,
    /// Another tab has deleted what was kept, or its key, while this one kept more.
    #[error("another tab deleted the saved rows")]
    Forgotten,
    /// Anything else.
    #[error("keeping rows failed: {detail}")]
    Failed {
        /// What the platform called it.
        detail: String,
    },
}

/// What of a dataset outlasts the tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptStatus {
    /// Bytes of its files.
    pub bytes: u64,
    /// Rows in them, of all reports.
    pub rows: u64,
    /// When it is deleted unless it is opened again or rows are added.
    pub until: Millis,
    /// Why nothing more is kept until [`Keep`](super::RequestBody::Keep) comes again. What was kept stays.
    pub trouble: Option<KeepError>,
}
