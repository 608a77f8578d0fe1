//! The place of each value of a column among all, remembered until there are new values.

use std::rc::Rc;

use super::values::compare;
use crate::{
    filter::fold,
    limits::RANKS_KEPT,
    store::{Column, FIRST, Value},
};

/// The places of columns that were sorted by, the latest first.
#[derive(Debug, Default)]
pub(super) struct Ranks(Vec<(usize, Rc<[u32]>)>);

/// Place of what is absent or null.
pub(super) const MISSING: u32 = u32::MAX;

impl Ranks {
    /// For each code of a value its place among the column's values; none for a column of instants.
    pub(super) fn of(&mut self, column_at: usize, column: &Column) -> Rc<[u32]> {
        let known = self.0.iter().position(|(at, _)| *at == column_at).map(|at| self.0.remove(at).1);
        let ranks =
            known.filter(|ranks| ranks.len() == column.value_codes()).unwrap_or_else(|| value_ranks(column).into());
        self.0.truncate(RANKS_KEPT - 1);
        self.0.insert(0, (column_at, ranks.clone()));
        ranks
    }
    /// For each code of a row its place: that of its first value which is not null.
    pub(super) fn of_rows(&mut self, column_at: usize, column: &Column) -> Rc<[u32]> {
        let ranks = self.of(column_at, column);
        if !column.is_multi() {
            return ranks;
        }
        let first = |code: usize| column.members(code as u32).find(|member| *member >= FIRST);
        (0..column.cells()).map(|code| first(code).map_or(MISSING, |member| ranks[member as usize])).collect()
    }
}

fn value_ranks(column: &Column) -> Vec<u32> {
    // Most texts are told apart by their beginning, which is quicker to compare.
    let mut numbers: Vec<(u64, u32)> = Vec::new();
    let mut texts: Vec<(u64, u64, u32)> = Vec::new();
    column.each_value(FIRST, true, |code, value| match value {
        Value::Text(text) | Value::Odd(text) => {
            let [high, low] = beginning(&text);
            texts.push((high, low, code));
        }
        Value::Integer(number) => numbers.push((number as u64 ^ SIGN, code)),
        Value::Flag(flag) => numbers.push((u64::from(flag), code)),
        Value::Number(number) => {
            let bits = number.to_bits();
            numbers.push((if bits & SIGN == 0 { bits ^ SIGN } else { !bits }, code));
        }
        Value::Absent | Value::Null => {}
    });
    numbers.sort_unstable();
    texts.sort_unstable_by(|left, right| {
        let by_beginning = (left.0, left.1).cmp(&(right.0, right.1));
        by_beginning.then_with(|| compare(&column.value(left.2), &column.value(right.2)))
    });
    let mut ranks = vec![MISSING; column.value_codes()];
    let codes = numbers.iter().map(|(_, code)| code).chain(texts.iter().map(|(.., code)| code));
    for (rank, code) in codes.enumerate() {
        ranks[*code as usize] = rank as u32;
    }
    ranks
}

const SIGN: u64 = 1 << 63;

/// The first sixteen bytes of a folded text as numbers that are in the order of the texts.
fn beginning(text: &str) -> [u64; 2] {
    let mut bytes = [0; 16];
    if text.is_ascii() {
        bytes.iter_mut().zip(text.bytes()).for_each(|(to, byte)| *to = byte.to_ascii_lowercase());
    } else {
        bytes.iter_mut().zip(fold(text).bytes()).for_each(|(to, byte)| *to = byte);
    }
    let (words, _) = bytes.as_chunks::<8>();
    [u64::from_be_bytes(words[0]), u64::from_be_bytes(words[1])]
}
