//! Rows in columns: one [`Table`] per dataset and report. Knows column kinds; knows no JSON, no HTTP, no text for people.
//! Original bytes are `records`' business, reading them into columns is `ingest`'s.

mod codes;
mod column;
mod dictionary;
mod table;

pub(crate) use column::is_storable;
pub use column::{Column, List, Value};
pub use dictionary::{Dictionary, hash};
pub use table::{Arrival, Identity, NO_TIME, Placed, Table};
