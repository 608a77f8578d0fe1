//! Rows that agree in some columns.

use std::{cmp::Ordering, collections::HashMap, hash::BuildHasherDefault};

use super::{
    column as column_at, keep_first,
    results::{Results, Selection},
    values::{Mixed, Reader, Values},
};
use crate::{
    limits::{GROUP_COLUMNS_MAX, GROUPS_MAX, VALUES_MAX},
    protocol::{Group, Groups, GroupsQuery, QueryError},
    store::{ABSENT, FIRST, NO_TIME, Table},
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
/// When the question names a fetch or a column that does not exist, or no column, or too many, or when there are too many
/// groups.
pub fn groups(table: &Table, results: &mut Results, query: &GroupsQuery) -> Result<Groups, QueryError> {
    if query.by.is_empty() || query.by.len() > GROUP_COLUMNS_MAX {
        return Err(QueryError::InvalidQuestion { detail: "columns".to_owned() });
    }
    let kept = results.of(table);
    let selection = kept.select(table, &query.key, &query.filter)?;
    let columns = query.by.iter().map(|id| column_at(table, id)).collect::<Result<Vec<_>, _>>()?;
    let mut columns: Vec<Values<'_>> = columns.into_iter().map(|at| Values::new(table, at, &selection)).collect();
    let cells = cells(table, &columns, &selection);
    let is_multi = columns.iter().any(Values::is_multi);
    let mut largest = if is_multi { by_values(&columns, cells)? } else { cells };
    let distinct = largest.len() as u32;
    let limit = query.limit.min(VALUES_MAX) as usize;
    columns.iter_mut().for_each(|values| values.prepare_order(largest.len(), &mut kept.ranks));
    let largest_first = |(left, left_tally): &(Key, Tally), (right, right_tally): &(Key, Tally)| {
        let by_value =
            || columns.iter().zip(left.iter().zip(right)).map(|(values, (left, right))| values.compare(*left, *right));
        let is_decided = |ordering: &Ordering| ordering.is_ne();
        right_tally.rows.cmp(&left_tally.rows).then_with(|| by_value().find(is_decided).unwrap_or(Ordering::Equal))
    };
    keep_first(&mut largest, limit, largest_first);
    let group = |(key, tally): (Key, Tally)| Group {
        values: columns.iter().zip(key).map(|(values, code)| values.cell(code)).collect(),
        rows: tally.rows,
        first: (tally.last != NO_TIME).then_some(tally.first),
        last: (tally.last != NO_TIME).then_some(tally.last),
    };
    let groups = largest.into_iter().map(group).collect();
    Ok(Groups { revision: table.revision(), total: selection.count, distinct, groups })
}

/// The rows that are meant by what they hold.
fn cells(table: &Table, columns: &[Values<'_>], selection: &Selection) -> Vec<(Key, Tally)> {
    let codes: Vec<Reader<'_>> = columns.iter().map(|values| Reader::new(values.chunks())).collect();
    let tally = |row: u32| match table.time(row) {
        NO_TIME => Tally { rows: 1, ..NOTHING },
        time => Tally { rows: 1, first: time, last: time },
    };
    // What is null has no value either.
    let code = |codes: &Reader<'_>, row: u32| Some(codes.get(row)).filter(|code| *code >= FIRST).unwrap_or(ABSENT);
    let places = columns.iter().try_fold(1, |places: usize, values| places.checked_mul(values.cells()));
    if let Some(places) = places.filter(|places| *places <= PLACES_MAX) {
        let mut tallies = vec![NOTHING; places];
        selection.for_each(|row| {
            let at = columns
                .iter()
                .zip(&codes)
                .fold(0, |at, (values, codes)| at * values.cells() + code(codes, row) as usize);
            tallies[at].add(tally(row));
        });
        let key = |mut at: usize| {
            let mut key = [ABSENT; GROUP_COLUMNS_MAX];
            for (code, values) in key.iter_mut().zip(columns).rev() {
                *code = (at % values.cells()) as u32;
                at /= values.cells();
            }
            key
        };
        let met = tallies.into_iter().enumerate().filter(|(_, tally)| tally.rows > 0);
        return met.map(|(at, tally)| (key(at), tally)).collect();
    }
    let mut tallies = Tallies::default();
    selection.for_each(|row| {
        let mut key = [ABSENT; GROUP_COLUMNS_MAX];
        key.iter_mut().zip(&codes).for_each(|(to, codes)| *to = code(codes, row));
        tallies.add(key, tally(row));
    });
    tallies.0
}

/// Of so many combinations of codes each has a place of its own; of more, those that occur are looked up.
const PLACES_MAX: usize = 1 << 18;

/// From what rows hold to their values: a row with several is in the group of each.
fn by_values(columns: &[Values<'_>], cells: Vec<(Key, Tally)>) -> Result<Vec<(Key, Tally)>, QueryError> {
    let mut tallies = Tallies::default();
    for (cell, tally) in cells {
        let members = |(values, code): (&Values<'_>, u32)| {
            let members = values.members(code);
            if members.is_empty() { vec![ABSENT] } else { members }
        };
        let members: Vec<Vec<u32>> = columns.iter().zip(cell).map(members).collect();
        let count: usize = members.iter().map(Vec::len).product();
        if count.max(tallies.0.len()) > GROUPS_MAX {
            return Err(QueryError::InvalidQuestion { detail: "groups".to_owned() });
        }
        for mut at in 0..count {
            let mut key = [ABSENT; GROUP_COLUMNS_MAX];
            for (code, members) in key.iter_mut().zip(&members) {
                *code = members[at % members.len()];
                at /= members.len();
            }
            tallies.add(key, tally);
        }
    }
    Ok(tallies.0)
}

/// Groups in the order in which they were met.
#[derive(Default)]
struct Tallies(Vec<(Key, Tally)>, HashMap<Key, u32, BuildHasherDefault<Mixed>>);

impl Tallies {
    fn add(&mut self, key: Key, tally: Tally) {
        let Self(groups, places) = self;
        let place = *places.entry(key).or_insert_with(|| {
            groups.push((key, NOTHING));
            groups.len() as u32 - 1
        });
        groups[place as usize].1.add(tally);
    }
}
