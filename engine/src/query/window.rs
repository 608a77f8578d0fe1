//! A window of rows.

use super::Results;
use crate::{
    limits::WINDOW_ROWS_MAX,
    protocol::{QueryError, Row, RowId, Window, WindowQuery},
    store::Table,
};

/// The rows of a window with their cells.
///
/// # Errors
/// When the query names a fetch or a column that does not exist.
pub fn window(table: &Table, results: &mut Results, query: &WindowQuery) -> Result<Window, QueryError> {
    let columns = query.columns.iter().map(|id| super::column(table, id)).collect::<Result<Vec<_>, QueryError>>()?;
    let columns: Vec<_> = columns.into_iter().map(|at| &table.columns()[at]).collect();
    let kept = results.of(table);
    let selection = kept.select(table, &query.key, &query.filter)?;
    let order = table.order(super::fetch(table, &query.key)?);
    let first = query.first.min(selection.count);
    let count = query.count.min(WINDOW_ROWS_MAX).min(selection.count - first) as usize;
    let start = first as usize;
    let rows: Vec<u32> = if !query.sort.is_empty() {
        kept.sort(table, &query.key, &query.filter, &query.sort)?[start..start + count].to_vec()
    } else if selection.count as usize == order.len() {
        order[start..start + count].to_vec()
    } else {
        // Newest first, so that the window that is looked at first is found first.
        order.iter().copied().filter(|row| selection.has(*row)).skip(start).take(count).collect()
    };
    let cells = |row: u32| columns.iter().map(|column| column.row_cell(row)).collect();
    Ok(Window {
        revision: table.revision(),
        loaded: order.len() as u32,
        total: selection.count,
        first,
        rows: rows.into_iter().map(|row| Row { id: RowId(row), cells: cells(row) }).collect(),
    })
}
