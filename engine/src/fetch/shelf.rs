//! A report's table with what fills it.

use std::{ops::Range, rc::Rc};

use futures_util::lock::Mutex;

use super::{Arrivals, KeptLoad, oddities::Oddities};
use crate::{
    filter::{Condition, Filter, matches},
    graph::Bounds,
    ingest::{Ingest, Oddity},
    ports::{Millis, Packer},
    protocol::{IngestWarning, Record, RowId, Sizes, WarningCode, decode, encode},
    reports::{ReportDefinition, TimeOperators},
    segment::{Damaged, SegmentReader, SegmentWriter},
    store::{Arrival, NO_TIME, Placed, Table},
};

/// A report's rows in one dataset.
#[derive(Debug)]
pub struct Shelf {
    table: Table,
    ingest: Ingest,
    oddities: Oddities,
    arrivals: Arrivals,
    /// Whoever adds rows holds it, and so does whoever needs that none are added.
    filling: Rc<Mutex<()>>,
}

/// What records brought.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Taken {
    /// Rows that the fetch did not have before.
    pub new_rows: u32,
    /// Records that came twice although they were asked for once.
    pub duplicates: u32,
    /// Time of the oldest row.
    pub oldest: Option<Millis>,
    /// Time of the last row that has one: where to go on after a break.
    pub last: Option<Millis>,
    /// True when a record has a property that Graph leaves out without an optional scope.
    pub has_optional_detail: bool,
    /// What was odd.
    pub warnings: Vec<IngestWarning>,
}

impl Shelf {
    /// An empty shelf.
    pub fn new(definition: &'static ReportDefinition) -> Self {
        Self::of(Table::new(definition), Oddities::default(), Arrivals::default())
    }
    fn of(table: Table, oddities: Oddities, arrivals: Arrivals) -> Self {
        let ingest = Ingest::new(table.definition());
        Self { table, ingest, oddities, arrivals, filling: Rc::default() }
    }
    /// Has records compressed by this packer from now on.
    pub fn pack_with(&mut self, packer: Rc<dyn Packer>) {
        self.table.pack_with(packer);
    }
    /// A table that is back, with what [`Shelf::write`] wrote beside it and the loads that filled it.
    ///
    /// # Errors
    /// When that is not what was written.
    pub fn read(table: Table, extra: &[u8]) -> Result<(Self, Vec<KeptLoad>), Damaged> {
        let mut from = SegmentReader::new(extra);
        let (oddities, arrivals) = (Oddities::read(&mut from)?, Arrivals::read(&mut from)?);
        let loads = decode(&from.list::<u8, 1>()?).map_err(|_| Damaged)?;
        from.end()?;
        Ok((Self::of(table, oddities, arrivals), loads))
    }
    /// What is beside the table.
    pub fn write(&self, loads: &[KeptLoad], out: &mut SegmentWriter) {
        self.oddities.write(out);
        self.arrivals.write(out);
        out.list(&encode(&loads));
    }
    /// The rows, to be moved between memory and files.
    pub fn table_mut(&mut self) -> &mut Table {
        &mut self.table
    }
    /// The rows.
    pub fn table(&self) -> &Table {
        &self.table
    }
    /// Bytes of memory held.
    pub fn memory_bytes(&self) -> usize {
        self.table.memory_bytes() + self.besides_bytes()
    }
    fn besides_bytes(&self) -> usize {
        self.oddities.memory_bytes() + self.arrivals.memory_bytes()
    }
    /// In which order records came.
    pub fn arrivals(&self) -> &Arrivals {
        &self.arrivals
    }
    /// Whoever adds rows holds it, and so does whoever needs that none are added.
    pub fn filling(&self) -> Rc<Mutex<()>> {
        self.filling.clone()
    }
    /// What the rows take in memory.
    pub fn sizes(&self) -> Sizes {
        Sizes {
            rows: self.table.len(),
            columns_bytes: (self.table.columns_bytes() + self.besides_bytes()) as u64,
            records_bytes: self.table.records_bytes() as u64,
            waiting_bytes: self.table.backlog().raw_bytes() as u64,
        }
    }
    /// One row with all its properties.
    pub fn record(&mut self, row: RowId) -> Option<Record> {
        let bytes = self.table.record(row.0)?;
        Some(Record {
            row,
            groups: self.ingest.groups(&bytes),
            json: String::from_utf8_lossy(&bytes).into_owned(),
            warnings: self.oddities.of(row.0).collect(),
            older: self.table.older(row.0).map(RowId),
            bytes,
        })
    }
    /// A number for a new part of a load.
    pub fn next_serial(&mut self) -> u32 {
        self.table.next_serial()
    }
    /// The time of the newest row that a fetch shows.
    pub(super) fn newest(&self, fetch: usize) -> Option<Millis> {
        let times = self.table.order(fetch).iter().map(|row| self.table.time(*row));
        times.filter(|time| *time != NO_TIME).max()
    }
    /// Shows what a fetch has for a new scope.
    pub fn show_only(&mut self, fetch: usize, bounds: Bounds, conditions: &[Condition]) {
        let rows: Vec<u32> = (0..self.table.len()).collect();
        let is_inside = inside(&self.table, bounds, conditions, &rows);
        self.table.show_only(fetch, |_, row| is_inside[row as usize]);
    }
    /// What is odd about the rows that a fetch shows.
    pub(super) fn warnings(&self, fetch: usize) -> impl Iterator<Item = IngestWarning> {
        let mut is_shown = vec![false; self.table.len() as usize];
        self.table.order(fetch).iter().for_each(|row| is_shown[*row as usize] = true);
        self.oddities.among(move |row| is_shown[row as usize])
    }
    /// Takes in some of a page's records, given by where they are, and shows those that are inside what was asked for.
    pub fn take(
        &mut self,
        bytes: &[u8],
        records: &[Range<usize>],
        arrival: Arrival,
        bounds: Bounds,
        conditions: &[Condition],
    ) -> Taken {
        let mut taken = Taken::default();
        let mut arrived = Vec::with_capacity(records.len());
        let mut oddities = Vec::new();
        for range in records {
            let (placed, warning) = self.place(&bytes[range.clone()], arrival, &mut oddities);
            taken.warnings.extend(warning);
            let (row, is_new_here, is_new_in_load) = match placed {
                Placed::New { row, .. } => (row, true, true),
                Placed::Known { row, is_new_here, is_new_in_load, .. } => (row, is_new_here, is_new_in_load),
                Placed::Duplicate(row) => {
                    taken.duplicates += 1;
                    (row, false, false)
                }
            };
            if is_new_here {
                arrived.push(row);
            }
            // A load that brings an odd row again shows it again, and so it counts it again.
            if is_new_in_load {
                taken.warnings.extend(self.oddities.of(row));
            }
            taken.has_optional_detail = taken.has_optional_detail || self.has_optional_detail(row);
            let time = self.table.time(row);
            if time != NO_TIME {
                taken.last = Some(time);
                taken.oldest = Some(taken.oldest.map_or(time, |oldest| oldest.min(time)));
            }
        }
        let is_inside = inside(&self.table, bounds, conditions, &arrived);
        let mut shown = Vec::with_capacity(arrived.len());
        for (row, is_inside) in arrived.into_iter().zip(is_inside) {
            if is_inside {
                shown.push(row);
            } else {
                let warning =
                    IngestWarning { code: WarningCode::OutsideScope, path: String::new(), row: Some(RowId(row)) };
                taken.warnings.push(warning);
            }
        }
        taken.new_rows = shown.len() as u32;
        self.table.show(arrival.fetch, shown);
        taken
    }

    /// Takes in a record, and notes that it came and what is odd about it; `oddities` is room to work in. With a warning
    /// about another row, where this one makes it one.
    fn place(&mut self, bytes: &[u8], arrival: Arrival, oddities: &mut Vec<Oddity>) -> (Placed, Option<IngestWarning>) {
        let placed = self.ingest.record(&mut self.table, bytes, arrival, oddities);
        let (row, is_new, conflict) = match placed {
            Placed::New { row, conflict } => (row, true, conflict),
            Placed::Known { row, conflict, .. } => (row, false, conflict),
            Placed::Duplicate(row) => (row, false, None),
        };
        self.arrivals.add(row, is_new, arrival);
        let mut warning = None;
        if let Some(other) = conflict {
            // Both are marked: neither is more right than the other.
            let oddity = Oddity { code: WarningCode::Conflict, path: String::new() };
            warning = self.oddities.add(other, &oddity);
            oddities.push(oddity);
        }
        for oddity in oddities.drain(..) {
            self.oddities.add(row, &oddity);
        }
        (placed, warning)
    }
    /// Takes in a record that came before, as it came then. Nothing of it is shown before [`Shelf::show_loads`].
    ///
    /// # Errors
    /// When it is not the row that it was.
    pub fn replay(&mut self, bytes: &[u8], row: u32, is_new: bool, arrival: Arrival) -> Result<(), Damaged> {
        if arrival.fetch >= self.table.definition().fetches.len() || is_new != (row == self.table.len()) {
            return Err(Damaged);
        }
        let (placed, _) = self.place(bytes, arrival, &mut Vec::new());
        let is_same = match placed {
            Placed::New { row: new, .. } => is_new && new == row,
            Placed::Known { row: known, .. } | Placed::Duplicate(known) => !is_new && known == row,
        };
        if is_same { Ok(()) } else { Err(Damaged) }
    }
    /// Shows what these loads brought, and nothing else.
    pub fn show_loads(&mut self, loads: &[KeptLoad]) {
        for (fetch, definition) in self.table.definition().fetches.iter().enumerate() {
            if let Some(load) = loads.iter().find(|load| load.fetch() == definition.id) {
                self.show_only(fetch, load.bounds(), load.conditions());
            }
        }
    }

    fn has_optional_detail(&self, row: u32) -> bool {
        let definitions = self.table.definition().columns.iter().enumerate();
        definitions
            .filter(|(_, definition)| definition.is_optional_detail)
            .any(|(at, _)| !self.table.columns()[at].is_absent(row))
    }
}

/// For each of these rows, whether it is what was asked for. A row without a readable time is.
fn inside(table: &Table, bounds: Bounds, conditions: &[Condition], rows: &[u32]) -> Vec<bool> {
    // Where Graph only takes `gt` and `lt`, the neighbouring instants were asked for as well.
    let slack = match table.definition().time_operators {
        TimeOperators::GeLe => 0,
        TimeOperators::GtLt => 1,
    };
    let filter = Filter::And(conditions.iter().cloned().map(Filter::Is).collect());
    let is_match = matches(table, &filter, rows).expect("the load checked its conditions against the report's columns");
    let is_in_time = |time: Millis| {
        time == NO_TIME
            || bounds.from.is_none_or(|from| time >= from.saturating_sub(slack))
                && bounds.to.is_none_or(|to| time <= to.saturating_add(slack))
    };
    rows.iter().zip(is_match).map(|(row, is_match)| is_match && is_in_time(table.time(*row))).collect()
}
