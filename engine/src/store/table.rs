//! The rows of one report in one dataset, and which of them each fetch shows.

use std::{collections::HashMap, rc::Rc};

use super::{
    Chunked, Column, FIRST, Rows,
    columns::Columns,
    instants::{FIRST_INSTANT, Instants},
};
use crate::{
    bytes::hash,
    ports::Packer,
    records::{Backlog, Records},
    reports::ReportDefinition,
};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The code of the id in its column; below [`FIRST`] for a record without one.
    pub id: u32,
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
        /// Another record of this identity that the same part of a load has; both are kept.
        conflict: Option<u32>,
    },
    /// The same bytes are there from an earlier load or another fetch.
    Known {
        /// The row.
        row: u32,
        /// True when the fetch did not have the row before.
        is_new_here: bool,
        /// True when the load did not bring the row before.
        is_new_in_load: bool,
        /// Another record of this identity that the same part of a load has; both are kept.
        conflict: Option<u32>,
    },
    /// The same bytes came twice in one part of a load.
    Duplicate(u32),
}

/// Rows in columns. A row's number is never reused.
#[derive(Debug)]
pub struct Table {
    definition: &'static ReportDefinition,
    pub(super) columns: Columns,
    pub(super) records: Records,
    pub(super) rows: u32,
    /// Bit n: the row belongs to the definition's fetch n.
    pub(super) fetches: Chunked<u8>,
    /// The part of a load that brought the row last.
    pub(super) segments: Chunked<u32>,
    /// Rows in the order in which each fetch shows them, newest first.
    pub(super) orders: Vec<Vec<u32>>,
    /// For each code of the id's column: the row that has the id, or [`SEVERAL`].
    pub(super) by_id: Chunked<u32>,
    /// Rows that have no id, or share one, by a hash of their bytes.
    pub(super) by_bytes: HashMap<u64, u32>,
    /// The row that each fetch shows of an identity, where several rows share an id.
    pub(super) by_identity: HashMap<(Identity, usize), u32>,
    /// The version that a row replaced.
    pub(super) older: HashMap<u32, u32>,
    /// Bit n: the order of fetch n has rows that were replaced.
    pub(super) replaced: u8,
    time_column: Option<usize>,
    pub(super) last_serial: u32,
    pub(super) revision: u64,
    /// The revision at which each fetch's order changed last.
    pub(super) order_revisions: Vec<u64>,
}

/// Marks in [`Table::by_id`].
const NO_ROW: u32 = u32::MAX;
const SEVERAL: u32 = u32::MAX - 1;

impl Table {
    /// An empty table.
    pub fn new(definition: &'static ReportDefinition) -> Self {
        assert!(definition.fetches.len() <= 8, "a row has eight bits for its fetches");
        let position = |id: &str| definition.columns.iter().position(|column| column.id == id);
        Self {
            definition,
            columns: Columns::new(definition),
            records: Records::default(),
            rows: 0,
            fetches: Chunked::default(),
            segments: Chunked::default(),
            orders: vec![Vec::new(); definition.fetches.len()],
            by_id: Chunked::default(),
            by_bytes: HashMap::default(),
            by_identity: HashMap::default(),
            older: HashMap::default(),
            replaced: 0,
            time_column: position(definition.time),
            last_serial: 0,
            revision: 0,
            order_revisions: vec![0; definition.fetches.len()],
        }
    }
    /// The report.
    pub fn definition(&self) -> &'static ReportDefinition {
        self.definition
    }
    /// The columns, in the order of the definition, to be filled.
    pub fn columns_mut(&mut self) -> &mut [Column] {
        self.columns.all_mut()
    }
    /// The columns, in the order of the definition.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }
    /// The column with this id.
    pub fn column(&self, id: &str) -> Option<&Column> {
        let at = self.definition.columns.iter().position(|column| column.id == id)?;
        Some(&self.columns[at])
    }
    /// Number of rows, shown or not.
    pub fn len(&self) -> u32 {
        self.rows
    }
    /// True when there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }
    /// Grows with every change of what a fetch shows.
    pub fn revision(&self) -> u64 {
        self.revision
    }
    /// The revision at which what this fetch shows changed last.
    pub fn order_revision(&self, fetch: usize) -> u64 {
        self.order_revisions[fetch]
    }
    /// The rows that a fetch shows, newest first.
    pub fn order(&self, fetch: usize) -> &[u32] {
        &self.orders[fetch]
    }
    /// The times of all rows; `None` for a report whose time is none.
    pub fn times(&self) -> Option<&Instants> {
        match self.columns[self.time_column?].rows() {
            Rows::Instants(instants) => Some(instants),
            Rows::Codes(_) => None,
        }
    }
    /// A row's time, or [`NO_TIME`].
    pub fn time(&self, row: u32) -> i64 {
        let time = self.times().map(|times| times.get(row as usize));
        time.filter(|time| *time >= FIRST_INSTANT).unwrap_or(NO_TIME)
    }
    /// A row's original bytes.
    pub fn record(&self, row: u32) -> Option<Vec<u8>> {
        self.records.get(row)
    }
    /// Has records compressed by this packer from now on.
    pub fn pack_with(&mut self, packer: Rc<dyn Packer>) {
        self.records.pack_with(packer);
    }
    /// The records that wait to be compressed.
    pub fn backlog(&self) -> Backlog {
        self.records.backlog()
    }
    /// The version of the same record that a row replaced.
    pub fn older(&self, row: u32) -> Option<u32> {
        self.older.get(&row).copied()
    }
    /// A number for a new part of a load.
    pub fn next_serial(&mut self) -> u32 {
        self.last_serial += 1;
        self.last_serial
    }
    /// Bytes of memory held.
    pub fn memory_bytes(&self) -> usize {
        self.columns_bytes() + self.records.memory_bytes()
    }
    /// Bytes of memory held for everything but the records' original bytes.
    pub fn columns_bytes(&self) -> usize {
        // A map holds one byte beside each place, and leaves an eighth of them free.
        let maps = self.by_bytes.capacity() * 17 + self.by_identity.capacity() * 37 + self.older.capacity() * 9;
        let plain = self.fetches.memory_bytes() + self.segments.memory_bytes() + self.by_id.memory_bytes();
        let orders: usize = self.orders.iter().map(|order| order.capacity() * size_of::<u32>()).sum();
        let columns = self.columns.memory_bytes();
        maps * 8 / 7 + plain + orders + columns
    }
    /// Bytes of memory held for the records' original bytes.
    pub fn records_bytes(&self) -> usize {
        self.records.memory_bytes()
    }

    /// Places a record: notes that one which is here came again, or makes a row, whose columns the caller fills.
    pub fn place(&mut self, bytes: &[u8], identity: Identity, arrival: Arrival) -> Placed {
        match self.find(bytes, identity) {
            Some(row) => self.again(row, identity, arrival),
            None => self.insert(bytes, identity, arrival),
        }
    }
    /// The row with these bytes.
    fn find(&mut self, bytes: &[u8], identity: Identity) -> Option<u32> {
        let row = match self.row_of_id(identity.id) {
            NO_ROW if identity.id >= FIRST => return None,
            NO_ROW | SEVERAL => *self.by_bytes.get(&hash(bytes))?,
            row => row,
        };
        (self.records.get(row)? == bytes).then_some(row)
    }
    fn row_of_id(&self, id: u32) -> u32 {
        match id.checked_sub(FIRST) {
            Some(at) if (at as usize) < self.by_id.len() => self.by_id.get(at as usize),
            _ => NO_ROW,
        }
    }
    fn again(&mut self, row: u32, identity: Identity, arrival: Arrival) -> Placed {
        let at = row as usize;
        let bit = 1 << arrival.fetch;
        let (fetches, segment) = (self.fetches.get(at), self.segments.get(at));
        let is_new_here = fetches & bit == 0;
        let is_duplicate = !is_new_here && segment == arrival.segment;
        let is_new_in_load = is_new_here || segment < arrival.load;
        let mut conflict = None;
        if is_new_here {
            // An older version that came back is the latest now, unless this very load has the other one too.
            if let Some(latest) = self.latest(row, identity, arrival.fetch) {
                if self.segments.get(latest as usize) < arrival.segment {
                    self.replace(latest, row, arrival.fetch);
                } else {
                    conflict = Some(latest);
                    self.unlink(row, latest);
                }
            }
            self.fetches.set(at, self.fetches.get(at) | bit);
        }
        self.segments.set(at, arrival.segment);
        match is_duplicate {
            true => Placed::Duplicate(row),
            false => Placed::Known { row, is_new_here, is_new_in_load, conflict },
        }
    }
    fn insert(&mut self, bytes: &[u8], identity: Identity, arrival: Arrival) -> Placed {
        let row = self.rows;
        let mut conflict = None;
        self.records.push(bytes);
        self.rows += 1;
        self.fetches.push(1 << arrival.fetch);
        self.segments.push(arrival.segment);
        if self.share_id(row, bytes, identity)
            && let Some(latest) = self.latest(row, identity, arrival.fetch)
        {
            if self.segments.get(latest as usize) >= arrival.segment {
                conflict = Some(latest);
            } else {
                self.replace(latest, row, arrival.fetch);
            }
        }
        Placed::New { row, conflict }
    }
    /// Notes who has an id; true when the row is not the only one.
    fn share_id(&mut self, row: u32, bytes: &[u8], identity: Identity) -> bool {
        let Some(at) = identity.id.checked_sub(FIRST) else {
            self.by_bytes.entry(hash(bytes)).or_insert(row);
            return false;
        };
        self.by_id.pad(at as usize + 1, NO_ROW);
        match self.by_id.get(at as usize) {
            NO_ROW => {
                self.by_id.set(at as usize, row);
                return false;
            }
            SEVERAL => {}
            first => {
                self.by_id.set(at as usize, SEVERAL);
                let record = self.records.get(first).expect("every row has its bytes");
                self.by_bytes.entry(hash(&record)).or_insert(first);
                let identity = Identity { id: identity.id, time: self.time(first) };
                for fetch in 0..self.orders.len() {
                    if self.fetches.get(first as usize) & 1 << fetch != 0 {
                        self.by_identity.insert((identity, fetch), first);
                    }
                }
            }
        }
        self.by_bytes.entry(hash(bytes)).or_insert(row);
        true
    }
    /// Shows more rows under a fetch, and no longer those that were replaced.
    /// Rows that it shows already must not be among them.
    pub fn show(&mut self, fetch: usize, mut rows: Vec<u32>) {
        let bit = 1 << fetch;
        if self.replaced & bit != 0 {
            let fetches = &self.fetches;
            // A row that was replaced and came back within one page is still in the order, and is about to be shown.
            rows.sort_unstable();
            let is_kept = |row: &u32| fetches.get(*row as usize) & bit != 0 && rows.binary_search(row).is_err();
            self.orders[fetch].retain(is_kept);
            self.replaced &= !bit;
            self.changed(fetch);
        }
        let mut order = std::mem::take(&mut self.orders[fetch]);
        let newest_first = |row: &u32| std::cmp::Reverse(self.time(*row));
        rows.sort_by_key(newest_first);
        // Loads come newest first, so that this is mostly an append.
        if let Some(first) = rows.first() {
            let kept = order.partition_point(|row| newest_first(row) <= newest_first(first));
            let tail = order.split_off(kept);
            let (mut old, mut new) = (tail.into_iter().peekable(), rows.into_iter().peekable());
            while let (Some(left), Some(right)) = (old.peek(), new.peek()) {
                let next = if newest_first(left) <= newest_first(right) { old.next() } else { new.next() };
                order.extend(next);
            }
            order.extend(old);
            order.extend(new);
            self.changed(fetch);
        }
        self.orders[fetch] = order;
    }
    /// Shows those of a fetch's rows that are wanted, and no others.
    pub fn show_only(&mut self, fetch: usize, is_wanted: impl Fn(&Self, u32) -> bool) {
        let is_member = |row: &u32| self.fetches.get(*row as usize) & (1 << fetch) != 0;
        let rows: Vec<u32> = (0..self.len()).filter(is_member).filter(|row| is_wanted(self, *row)).collect();
        self.orders[fetch].clear();
        self.changed(fetch);
        self.show(fetch, rows);
    }

    fn changed(&mut self, fetch: usize) {
        self.revision += 1;
        self.order_revisions[fetch] = self.revision;
    }
    fn replace(&mut self, older: u32, newer: u32, fetch: usize) {
        self.fetches.set(older as usize, self.fetches.get(older as usize) & !(1 << fetch));
        self.replaced |= 1 << fetch;
        self.unlink(newer, older);
        self.older.insert(newer, older);
    }
    /// Takes a row out of the chain of versions that begins at `latest`; what it replaced stays in the chain.
    fn unlink(&mut self, row: u32, latest: u32) {
        let mut above = latest;
        while let Some(older) = self.older(above) {
            if older == row {
                match self.older.remove(&row) {
                    Some(oldest) => self.older.insert(above, oldest),
                    None => self.older.remove(&above),
                };
                return;
            }
            above = older;
        }
    }
    /// The row that a fetch shows under the identity of this one, where it is another. From now on it is this one.
    /// Fetches have identities of their own: what one of them has seen of a record says nothing about another.
    fn latest(&mut self, row: u32, identity: Identity, fetch: usize) -> Option<u32> {
        // Without a time nothing tells a version from another record.
        if self.row_of_id(identity.id) != SEVERAL || identity.time == NO_TIME {
            return None;
        }
        let latest = self.by_identity.insert((identity, fetch), row)?;
        (latest != row && self.fetches.get(latest as usize) & 1 << fetch != 0).then_some(latest)
    }
}
