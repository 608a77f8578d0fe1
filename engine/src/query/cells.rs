//! A row's values as they cross to the interface.

use crate::{
    protocol::Cell,
    reports::Kind,
    store::{Column, List},
};

/// The cell of a row in a column of this kind.
pub fn cells(column: &Column, kind: Kind, row: u32) -> Cell {
    if !column.is_multi() {
        return column.cell(column.value(row), kind);
    }
    match column.list(row) {
        List::Absent => Cell::Absent,
        List::Null => Cell::Null,
        List::Values(range) => Cell::List(range.map(|at| column.cell(column.at(at), kind)).collect()),
    }
}
