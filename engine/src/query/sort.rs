//! Rows in another order than newest first.

use std::cmp::Ordering;

use crate::{
    filter::fold,
    protocol::{QueryError, Sort},
    store::{Column, Rows, Table, Value},
};

/// Sorts rows that stand newest first. Rows that are equal in every sort column stay so. What is absent comes last,
/// whichever way a column is sorted.
///
/// # Errors
/// When a sort column does not exist.
pub(super) fn sort(table: &Table, rows: &mut [u32], sorts: &[Sort]) -> Result<(), QueryError> {
    // Stable sorts, the least significant first.
    for sort in sorts.iter().rev() {
        let unknown = || QueryError::UnknownColumn { column: sort.column.clone() };
        let keys = Keys::new(table.column(&sort.column).ok_or_else(unknown)?);
        // Of keys that are turned around the largest comes first; the keys are below the largest number of all.
        let turned = if sort.is_descending { u128::MAX >> 1 } else { 0 };
        let key = |row: &u32| keys.key(*row).map_or(u128::MAX, |key| key ^ turned);
        // With its place in the key a row keeps it among equals.
        let mut keyed: Vec<(u128, u32, u32)> =
            rows.iter().enumerate().map(|(place, row)| (key(row), place as u32, *row)).collect();
        keyed.sort_unstable();
        for (row, (.., sorted)) in rows.iter_mut().zip(keyed) {
            *row = sorted;
        }
    }
    Ok(())
}

/// A column's values as numbers in the order of the values. Several values of a row sort by the first.
struct Keys<'t> {
    column: &'t Column,
    /// For each code of a row, its place among all.
    ranks: Vec<Option<u32>>,
}

impl<'t> Keys<'t> {
    fn new(column: &'t Column) -> Self {
        let mut cells: Vec<(Order, usize)> = (0..column.cells())
            .filter_map(|code| {
                let mut members = column.members(code as u32).map(|code| column.value(code));
                Some((order(members.find(|value| *value != Value::Null)?)?, code))
            })
            .collect();
        cells.sort_by(|(left, _), (right, _)| left.partial_cmp(right).unwrap_or(Ordering::Equal));
        let mut ranks = vec![None; column.cells()];
        let mut rank = 0;
        for (at, (order, code)) in cells.iter().enumerate() {
            if at > 0 && cells[at - 1].0 != *order {
                rank = at as u32;
            }
            ranks[*code] = Some(rank);
        }
        Self { column, ranks }
    }
    /// `None` for a row without a value.
    fn key(&self, row: u32) -> Option<u128> {
        match self.column.rows() {
            Rows::Codes(_) => self.ranks[self.column.code(row) as usize].map(u128::from),
            Rows::Instants(instants) => match instants.value(instants.get(row as usize)) {
                Value::Integer(instant) => Some(u128::from(instant as u64 ^ 1 << 63)),
                Value::Odd(text) => {
                    Some(1 << 64 | fold(&text).bytes().take(7).fold(0, |key, byte| key << 8 | u128::from(byte)))
                }
                _ => None,
            },
        }
    }
}

/// The order of values: numbers, then texts without regard to case first.
type Order = (u8, f64, i64, String, String);

fn order(value: Value<'_>) -> Option<Order> {
    Some(match value {
        Value::Absent | Value::Null => return None,
        Value::Integer(number) => (0, 0.0, number, String::new(), String::new()),
        Value::Flag(flag) => (0, 0.0, i64::from(flag), String::new(), String::new()),
        Value::Number(number) => (0, number, 0, String::new(), String::new()),
        Value::Text(text) | Value::Odd(text) => (1, 0.0, 0, fold(&text).into_owned(), text.into_owned()),
    })
}
