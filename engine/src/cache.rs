//! What the store holds, written to files and read back.

mod memory;
mod spill;

pub use memory::{MemoryStorage, NoStorage};
pub use spill::is_spill_file;
