//! The rows of one report in one dataset, and which of them each fetch shows.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

use super::{Column, Value, dictionary::hash};
use crate::{records::Records, reports::ReportDefinition};

/// The time of a row without a readable one: such rows come last.
pub const NO_TIME: i64 = i64::MIN;

/// Whose rows are arriving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Position of the fetch in the report's definition.
    pub fetch: usize,
    /// Serial number of the part of a load in which nothing is asked for twice: a restart begins a new one.
    pub segment: u32,
    /// Serial number of the load's first part.
    pub load: u32,
}

/// What tells a record from others: its id and its time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Identity {
    /// The id, as it stands in the id's column; `None` for a record without one.
    pub id: Option<Value>,
    /// The time in milliseconds since 1970, or [`NO_TIME`].
    pub time: i64,
}

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    /// A new row, to be filled.
    New {
        /// The row.
        row: u32,
        /// True when the same part of a load has another record of this identity; both are kept.
        is_conflict: bool,
    },
    /// The same bytes are there from an earlier load or another fetch.
    Known {
        /// The row.
        row: u32,
        /// True when the fetch did not have the row before.
        is_new_here: bool,
        /// True when the load did not bring the row before.
        is_new_in_load: bool,
        /// True when the same part of a load has another record of this identity; both are kept.
        is_conflict: bool,
    },
    /// The same bytes came twice in one part of a load.
    Duplicate(u32),
}

/// Rows in columns. A row's number is never reused.
#[derive(Debug)]
pub struct Table {
    definition: &'static ReportDefinition,
    columns: Vec<Column>,
    records: Records,
    times: Vec<i64>,
    /// Bit n: the row belongs to the definition's fetch n.
    fetches: Vec<u8>,
    /// The part of a load that brought the row last.
    segments: Vec<u32>,
    /// Rows in the order in which each fetch shows them, newest first.
    orders: Vec<Vec<u32>>,
    by_bytes: HashMap<u64, u32, BuildHasherDefault<Hashed>>,
    by_identity: HashMap<u64, u32, BuildHasherDefault<Hashed>>,
    /// The version that a row replaced.
    older: HashMap<u64, u32, BuildHasherDefault<Hashed>>,
    /// Bit n: the order of fetch n has rows that were replaced.
    replaced: u8,
    id_column: Option<usize>,
    last_serial: u32,
    revision: u64,
}

impl Table {
    /// An empty table.
    pub fn new(definition: &'static ReportDefinition) -> Self {
        assert!(definition.fetches.len() <= 8, "a row has eight bits for its fetches");
        Self {
            definition,
            columns: definition.columns.iter().map(|column| Column::new(column.kind, column.is_multi)).collect(),
            records: Records::default(),
            times: Vec::new(),
            fetches: Vec::new(),
            segments: Vec::new(),
            orders: vec![Vec::new(); definition.fetches.len()],
            by_bytes: HashMap::default(),
            by_identity: HashMap::default(),
            older: HashMap::default(),
            replaced: 0,
            id_column: definition.columns.iter().position(|column| column.id == "id"),
            last_serial: 0,
            revision: 0,
        }
    }
    /// The report.
    pub fn definition(&self) -> &'static ReportDefinition {
        self.definition
    }
    /// The columns, in the order of the definition.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }
    /// The columns, to be filled.
    pub fn columns_mut(&mut self) -> &mut [Column] {
        &mut self.columns
    }
    /// The column with this id.
    pub fn column(&self, id: &str) -> Option<&Column> {
        let at = self.definition.columns.iter().position(|column| column.id == id)?;
        Some(&self.columns[at])
    }
    /// Number of rows, shown or not.
    pub fn len(&self) -> u32 {
        self.times.len() as u32
    }
    /// True when there is no row.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }
    /// Grows with every change of what a fetch shows.
    pub fn revision(&self) -> u64 {
        self.revision
    }
    /// The rows that a fetch shows, newest first.
    pub fn order(&self, fetch: usize) -> &[u32] {
        &self.orders[fetch]
    }
    /// A row's time, or [`NO_TIME`].
    pub fn time(&self, row: u32) -> i64 {
        self.times[row as usize]
    }
    /// A row's original bytes.
    pub fn record(&self, row: u32) -> Option<Vec<u8>> {
        self.records.get(row)
    }
    /// The version of the same record that a row replaced.
    pub fn older(&self, row: u32) -> Option<u32> {
        self.older.get(&spread(row)).copied()
    }
    /// A number for a new part of a load.
    pub fn next_serial(&mut self) -> u32 {
        self.last_serial += 1;
        self.last_serial
    }
    /// Bytes of memory held.
    pub fn memory_bytes(&self) -> usize {
        let hashed = (self.by_bytes.capacity() + self.by_identity.capacity() + self.older.capacity()) * 17;
        let plain = self.times.capacity() * 8 + self.fetches.capacity() + self.segments.capacity() * 4;
        let orders: usize = self.orders.iter().map(|order| order.capacity() * 4).sum();
        let columns: usize = self.columns.iter().map(Column::memory_bytes).sum();
        hashed + plain + orders + columns + self.records.memory_bytes()
    }

    /// Looks for a row with these bytes and notes that it came again.
    pub fn again(&mut self, bytes: &[u8], arrival: Arrival) -> Option<Placed> {
        let row = *self.by_bytes.get(&hash(bytes))?;
        if self.records.get(row)? != bytes {
            return None;
        }
        let at = row as usize;
        let bit = 1 << arrival.fetch;
        let is_new_here = self.fetches[at] & bit == 0;
        let is_duplicate = !is_new_here && self.segments[at] == arrival.segment;
        let is_new_in_load = is_new_here || self.segments[at] < arrival.load;
        let mut is_conflict = false;
        if is_new_here {
            // An older version that came back is the latest now, unless this very load has the other one too.
            if let Some(latest) = self.latest(row, arrival.fetch) {
                if self.segments[latest as usize] < arrival.segment {
                    self.replace(latest, row, arrival.fetch);
                } else {
                    is_conflict = true;
                    self.unlink(row, latest);
                }
            }
            self.fetches[at] |= bit;
        }
        self.segments[at] = arrival.segment;
        Some(match is_duplicate {
            true => Placed::Duplicate(row),
            false => Placed::Known { row, is_new_here, is_new_in_load, is_conflict },
        })
    }
    /// Makes a row for a record that is not here yet. The caller fills its columns.
    pub fn insert(&mut self, bytes: &[u8], identity: Identity, arrival: Arrival) -> Placed {
        let row = self.len();
        let mut is_conflict = false;
        self.records.push(bytes);
        self.times.push(identity.time);
        self.fetches.push(1 << arrival.fetch);
        self.segments.push(arrival.segment);
        self.by_bytes.entry(hash(bytes)).or_insert(row);
        if let Some(key) = self.identity_key(identity, arrival.fetch)
            && let Some(latest) = self.by_identity.insert(key, row)
            && self.is_shown_as(latest, identity, arrival.fetch)
        {
            is_conflict = self.segments[latest as usize] >= arrival.segment;
            if !is_conflict {
                self.replace(latest, row, arrival.fetch);
            }
        }
        Placed::New { row, is_conflict }
    }
    /// Shows more rows under a fetch, and no longer those that were replaced.
    /// Rows that it shows already must not be among them.
    pub fn show(&mut self, fetch: usize, mut rows: Vec<u32>) {
        let bit = 1 << fetch;
        if self.replaced & bit != 0 {
            let fetches = &self.fetches;
            // A row that was replaced and came back within one page is still in the order, and is about to be shown.
            rows.sort_unstable();
            self.orders[fetch].retain(|row| fetches[*row as usize] & bit != 0 && rows.binary_search(row).is_err());
            self.replaced &= !bit;
            self.revision += 1;
        }
        let times = &self.times;
        let newest_first = |row: &u32| std::cmp::Reverse(times[*row as usize]);
        rows.sort_by_key(newest_first);
        let order = &mut self.orders[fetch];
        // Loads come newest first, so that this is mostly an append.
        let Some(first) = rows.first() else { return };
        let kept = order.partition_point(|row| newest_first(row) <= newest_first(first));
        let tail = order.split_off(kept);
        let (mut old, mut new) = (tail.into_iter().peekable(), rows.into_iter().peekable());
        while let (Some(left), Some(right)) = (old.peek(), new.peek()) {
            let next = if newest_first(left) <= newest_first(right) { old.next() } else { new.next() };
            order.extend(next);
        }
        order.extend(old);
        order.extend(new);
        self.revision += 1;
    }
    /// Shows those of a fetch's rows that are wanted, and no others.
    pub fn show_only(&mut self, fetch: usize, is_wanted: impl Fn(&Self, u32) -> bool) {
        let is_member = |row: &u32| self.fetches[*row as usize] & (1 << fetch) != 0;
        let rows: Vec<u32> = (0..self.len()).filter(is_member).filter(|row| is_wanted(self, *row)).collect();
        self.orders[fetch].clear();
        self.revision += 1;
        self.show(fetch, rows);
    }

    fn replace(&mut self, older: u32, newer: u32, fetch: usize) {
        self.fetches[older as usize] &= !(1 << fetch);
        self.replaced |= 1 << fetch;
        self.unlink(newer, older);
        self.older.insert(spread(newer), older);
    }
    /// Takes a row out of the chain of versions that begins at `latest`; what it replaced stays in the chain.
    fn unlink(&mut self, row: u32, latest: u32) {
        let mut above = latest;
        while let Some(older) = self.older(above) {
            if older == row {
                match self.older.remove(&spread(row)) {
                    Some(oldest) => self.older.insert(spread(above), oldest),
                    None => self.older.remove(&spread(above)),
                };
                return;
            }
            above = older;
        }
    }
    /// The row that a fetch shows under the identity of this one, where it is another. From now on it is this one.
    fn latest(&mut self, row: u32, fetch: usize) -> Option<u32> {
        let id = self.id_column.map(|column| self.columns[column].value(row));
        let identity = Identity { id, time: self.time(row) };
        let latest = self.by_identity.insert(self.identity_key(identity, fetch)?, row)?;
        (latest != row && self.is_shown_as(latest, identity, fetch)).then_some(latest)
    }
    /// Fetches have keys of their own: what one of them has seen of a record says nothing about another.
    fn identity_key(&self, identity: Identity, fetch: usize) -> Option<u64> {
        match identity.id {
            Some(Value::Text(code)) if identity.time != NO_TIME => {
                let mut key = [0; 13];
                key[..4].copy_from_slice(&code.to_le_bytes());
                key[4..12].copy_from_slice(&identity.time.to_le_bytes());
                key[12] = fetch as u8;
                Some(hash(&key))
            }
            _ => None,
        }
    }
    fn is_shown_as(&self, row: u32, identity: Identity, fetch: usize) -> bool {
        let id = self.id_column.map(|column| self.columns[column].value(row));
        id == identity.id && self.time(row) == identity.time && self.fetches[row as usize] & (1 << fetch) != 0
    }
}

/// A row's number as a hash: a map takes its slot from the low bits and its tag from the high ones.
fn spread(row: u32) -> u64 {
    u64::from(row).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Keys are hashes already.
#[derive(Debug, Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash(bytes);
    }
    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}
