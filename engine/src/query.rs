//! Answers about rows: which of them match, in which order, and what stands in their cells.
//! Reads the store and never changes it.

mod count;
mod results;
mod sort;
mod time;
mod window;

use crate::{
    protocol::{LoadKey, QueryError},
    store::Table,
};
pub use count::{distinct, facets, groups, histogram};
pub use results::Results;
pub use window::window;

/// The position of a fetch in the report's definition.
fn fetch(table: &Table, key: &LoadKey) -> Result<usize, QueryError> {
    let position = table.definition().fetches.iter().position(|fetch| fetch.id == key.fetch);
    position.ok_or_else(|| QueryError::InvalidScope { detail: format!("fetch {}", key.fetch) })
}
