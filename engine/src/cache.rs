//! What the store holds, written to files and read back.
//!
//! Two kinds of files, both with rows of people in them. A *spill* file makes room for a dataset while it is open and goes with
//! it. A *saved* file has everything of one report of a dataset, because somebody asked for that, until somebody asks for the
//! opposite. A report is saved into one of two files in turn, so that the older one stays whole until the newer one is.

mod file;
mod memory;
mod saved;
mod sealed;
mod slots;
mod spill;
mod vault;

pub use memory::{MemoryStorage, NoStorage};
pub use saved::{Reopened, Saving, Written, reopen};
pub use sealed::SealedStorage;
pub use slots::{Mark, Saved, Slots, kept_prefix};
pub use spill::{Spawn, Spill, is_spill_file};
pub use vault::{MemoryVault, NoVault};
