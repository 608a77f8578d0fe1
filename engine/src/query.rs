//! Answers about rows: which of them match, in which order, and what stands in their cells.
//! Reads the store and never changes it. Each distinct value of a column is looked at once, and rows by their codes.

mod bits;
mod facets;
mod groups;
mod histogram;
mod rank;
mod results;
mod scan;
mod select;
mod sort;
mod steps;
mod text;
mod time;
mod values;
mod window;

use std::cmp::Ordering;

use crate::{
    filter::UnknownColumn,
    protocol::{LoadKey, QueryError},
    store::Table,
};
pub use facets::{distinct, facets};
pub use groups::groups;
pub use histogram::histogram;
pub use results::Results;
pub use steps::{Step, steps};
pub use window::window;

/// The position of a fetch in the report's definition.
fn fetch(table: &Table, key: &LoadKey) -> Result<usize, QueryError> {
    let position = table.definition().fetches.iter().position(|fetch| fetch.id == key.fetch);
    position.ok_or_else(|| QueryError::InvalidScope { detail: format!("fetch {}", key.fetch) })
}

/// The position of a column in the report's definition.
fn column(table: &Table, id: &str) -> Result<usize, QueryError> {
    let position = table.definition().columns.iter().position(|column| column.id == id);
    position.ok_or_else(|| QueryError::UnknownColumn { column: id.to_owned() })
}

/// The first so many in this order, and no others.
fn keep_first<T>(items: &mut Vec<T>, limit: usize, order: impl Fn(&T, &T) -> Ordering) {
    if limit < items.len() {
        if limit > 0 {
            items.select_nth_unstable_by(limit, &order);
        }
        items.truncate(limit);
    }
    items.sort_unstable_by(order);
}

impl From<UnknownColumn> for QueryError {
    fn from(UnknownColumn(column): UnknownColumn) -> Self {
        Self::UnknownColumn { column }
    }
}
