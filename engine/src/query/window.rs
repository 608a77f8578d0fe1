//! A window of rows.

use super::Results;
use crate::{
    filter::Filter,
    limits::WINDOW_ROWS_MAX,
    protocol::{QueryError, Row, RowId, Window, WindowQuery},
    store::Table,
};

/// The rows of a window with their cells.
///
/// # Errors
/// When the query names a fetch or a column that does not exist.
pub fn window(table: &Table, results: &mut Results, query: &WindowQuery) -> Result<Window, QueryError> {
    let fetch = super::fetch(table, &query.key)?;
    let columns = query
        .columns
        .iter()
        .map(|id| {
            let unknown = || QueryError::UnknownColumn { column: id.clone() };
            table.column(id).ok_or_else(unknown)
        })
        .collect::<Result<Vec<_>, QueryError>>()?;
    let order = table.order(fetch);
    let kept;
    let rows = if query.filter == Filter::All && query.sort.is_empty() {
        order
    } else {
        kept = results.rows(table, fetch, query)?;
        &kept[..]
    };
    let first = (query.first as usize).min(rows.len());
    let count = query.count.min(WINDOW_ROWS_MAX) as usize;
    let shown = rows[first..].iter().take(count);
    Ok(Window {
        revision: table.revision(),
        loaded: order.len() as u32,
        total: rows.len() as u32,
        first: first as u32,
        rows: shown
            .map(|row| Row { id: RowId(*row), cells: columns.iter().map(|column| column.row_cell(*row)).collect() })
            .collect(),
    })
}
