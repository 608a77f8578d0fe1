//! Rows in another order than newest first.

use crate::{
    filter::fold,
    protocol::{QueryError, Sort},
    store::{Column, Table, Value},
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
    /// Place of each text among the column's texts, without regard to case first.
    ranks: Vec<u32>,
}

impl<'t> Keys<'t> {
    fn new(column: &'t Column) -> Self {
        let mut texts: Vec<(String, &str, usize)> =
            column.dictionary().texts().enumerate().map(|(code, text)| (fold(text).into_owned(), text, code)).collect();
        texts.sort_unstable();
        let mut ranks = vec![0; texts.len()];
        for (rank, (_, _, code)) in texts.into_iter().enumerate() {
            ranks[code] = rank as u32;
        }
        Self { column, ranks }
    }
    /// `None` for a row without a value.
    fn key(&self, row: u32) -> Option<u128> {
        // Odd values come after the numbers they stand among.
        const ODD: u128 = 1 << 64;
        const SIGN: u64 = 1 << 63;
        let key = match self.column.values(row).find(|value| *value != Value::Null)? {
            Value::Absent | Value::Null => return None,
            Value::Text(code) => u128::from(self.ranks[code as usize]),
            Value::Odd(code) => ODD + u128::from(self.ranks[code as usize]),
            Value::Integer(number) => u128::from(number as u64 ^ SIGN),
            Value::Flag(flag) => u128::from(flag),
            Value::Number(number) => {
                let bits = number.to_bits();
                u128::from(if bits & SIGN == 0 { bits ^ SIGN } else { !bits })
            }
        };
        Some(key)
    }
}
