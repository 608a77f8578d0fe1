//! Rows that agree in some columns.

use std::{
    cmp::Ordering,
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

use super::{
    column as column_at,
    results::Results,
    values::{Reader, Values},
};
use crate::{
    limits::{GROUP_COLUMNS_MAX, VALUES_MAX},
    protocol::{Group, Groups, GroupsQuery, QueryError},
    store::{ABSENT, NO_TIME, Table},
};

/// The codes of a group, one for each column; columns that are not asked for are absent.
type Key = [u32; GROUP_COLUMNS_MAX];

/// Rows of a group.
#[derive(Clone, Copy, Debug)]
struct Tally {
    rows: u32,
    first: i64,
    last: i64,
}

/// Before the first row.
const NOTHING: Tally = Tally { rows: 0, first: i64::MAX, last: NO_TIME };

impl Tally {
    fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }
}

/// Rows that agree in some columns.
///
/// # Errors
/// When the question names a fetch or a column that does not exist, or no column, or too many.
pub fn groups(table: &Table, results: &mut Results, query: &GroupsQuery) -> Result<Groups, QueryError> {
    if query.by.is_empty() || query.by.len() > GROUP_COLUMNS_MAX {
        return Err(QueryError::InvalidQuestion { detail: "columns".to_owned() });
    }
    let selection = results.of(table).select(table, &query.key, &query.filter)?;
    let columns = query.by.iter().map(|id| column_at(table, id)).collect::<Result<Vec<_>, _>>()?;
    let columns: Vec<Values<'_>> =
        columns.into_iter().map(|at| Values::new(&table.columns()[at], &selection)).collect();
    let codes: Vec<Reader<'_>> = columns.iter().map(|values| Reader::new(values.chunks())).collect();
    let mut cells = Tallies::default();
    selection.for_each(|row| {
        let mut key = [ABSENT; GROUP_COLUMNS_MAX];
        key.iter_mut().zip(&codes).for_each(|(code, codes)| *code = codes.get(row));
        let time = table.time(row);
        let first = if time == NO_TIME { i64::MAX } else { time };
        cells.add(key, Tally { rows: 1, first, last: time });
    });
    let tallies = by_values(&columns, cells);
    let distinct = tallies.0.len() as u32;
    let limit = query.limit.min(VALUES_MAX) as usize;
    let mut largest: Vec<(Key, Tally)> = tallies.0.into_iter().collect();
    let largest_first = |(left, left_tally): &(Key, Tally), (right, right_tally): &(Key, Tally)| {
        let by_value =
            || columns.iter().zip(left.iter().zip(right)).map(|(values, (left, right))| values.compare(*left, *right));
        let is_decided = |ordering: &Ordering| ordering.is_ne();
        right_tally.rows.cmp(&left_tally.rows).then_with(|| by_value().find(is_decided).unwrap_or(Ordering::Equal))
    };
    if limit < largest.len() {
        if limit > 0 {
            largest.select_nth_unstable_by(limit, largest_first);
        }
        largest.truncate(limit);
    }
    largest.sort_unstable_by(largest_first);
    let group = |(key, tally): (Key, Tally)| Group {
        values: columns.iter().zip(key).map(|(values, code)| values.cell(code)).collect(),
        rows: tally.rows,
        first: (tally.last != NO_TIME).then_some(tally.first),
        last: (tally.last != NO_TIME).then_some(tally.last),
    };
    let groups = largest.into_iter().map(group).collect();
    Ok(Groups { revision: table.revision(), total: selection.count, distinct, groups })
}

/// From what rows hold to their values: a row with several is in the group of each.
fn by_values(columns: &[Values<'_>], cells: Tallies) -> Tallies {
    let mut tallies = Tallies::default();
    for (cell, tally) in cells.0 {
        let mut keys = vec![[ABSENT; GROUP_COLUMNS_MAX]];
        for (at, values) in columns.iter().enumerate() {
            let mut members = values.members(cell[at]);
            if members.is_empty() {
                members.push(ABSENT);
            }
            let with = |key: &Key, member: u32| {
                let mut key = *key;
                key[at] = member;
                key
            };
            keys = keys.iter().flat_map(|key| members.iter().map(move |member| with(key, *member))).collect();
        }
        keys.into_iter().for_each(|key| tallies.add(key, tally));
    }
    tallies
}

#[derive(Default)]
struct Tallies(HashMap<Key, Tally, BuildHasherDefault<Mixed>>);

impl Tallies {
    fn add(&mut self, key: Key, tally: Tally) {
        self.0.entry(key).or_insert(NOTHING).add(tally);
    }
}

/// Codes are small numbers that nobody outside chooses, so that a quick mix of their bits does.
#[derive(Debug, Default)]
struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 29
    }
    fn write(&mut self, bytes: &[u8]) {
        for eight in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..eight.len()].copy_from_slice(eight);
            self.write_u64(u64::from_le_bytes(word));
        }
    }
    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(23) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    fn write_usize(&mut self, _: usize) {
        // The length of a key, which is the same for all.
    }
}
