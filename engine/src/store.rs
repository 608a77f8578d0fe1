//! Rows in columns: one [`Table`] per dataset and report. Knows column kinds; knows no JSON, no HTTP, no text for people.
//! Original bytes are `records`' business, reading them into columns is `ingest`'s.

mod chunked;
mod codes;
mod column;
mod columns;
mod guid;
mod instants;
mod kept;
mod lists;
mod slots;
mod table;
mod texts;
mod values;

pub use chunked::Chunked;
pub use codes::{Chunk, Codes};
pub use column::{ABSENT, Column, FIRST, Item, NULL, Rows};
pub use columns::{ColumnSource, Columns};
pub use instants::{ABSENT_INSTANT, FIRST_INSTANT, Instants, NULL_INSTANT};
pub use table::{Arrival, Identity, NO_TIME, Placed, Table};
pub use texts::Texts;
pub use values::Value;

/// Rows that are kept together: large enough that a piece costs next to nothing, small enough that growing does too.
pub const CHUNK_ROWS: usize = 1 << 16;
