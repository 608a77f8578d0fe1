//! What the store holds, written to files and read back.
//!
//! All files have rows of people in them, and all are sealed. A *spill* file makes room for a dataset while it is open and goes
//! with it, as its key does. What somebody asked to keep is in two kinds of files for each report: a *log*, to which records are
//! added as they come, and now and then the *columns* that were made of them, so that having the rows back takes no reading of
//! JSON. Columns are saved into one of two files in turn, so that the older one stays whole until the newer one is; without
//! any, or with those of another version, rows are made of the log alone.

mod file;
mod log;
mod memory;
mod saved;
mod sealed;
mod slots;
mod spill;
mod vault;

pub use file::VERSION;
pub use log::{Entry, Log, LogEnd};
pub use memory::{MemoryStorage, NoStorage};
pub use saved::{Logged, Reopened, Saving, Written, reopen};
pub use sealed::SealedStorage;
pub use slots::{Mark, Saved, Slots, is_kept_file, kept_owner, kept_prefix};
pub use spill::{Spawn, Spill, is_spill_file};
pub use vault::{MemoryVault, NoVault};
