//! A table to be kept, and back from there. The columns are segments of their own; this is everything beside them.

use std::rc::Rc;

use super::{ColumnSource, Identity, Table, chunked::Chunked, columns::Columns};
use crate::{
    ports::StorageError,
    records::Records,
    reports::ReportDefinition,
    segment::{Damaged, SegmentReader, SegmentWriter},
};

impl Table {
    /// Everything beside columns and records.
    pub(crate) fn write_rows(&self, out: &mut SegmentWriter) {
        out.item(self.rows);
        self.fetches.write(out);
        self.segments.write(out);
        out.item(self.orders.len() as u64);
        self.orders.iter().for_each(|order| out.list(order));
        self.by_id.write(out);
        let by_bytes = sorted(self.by_bytes.iter().map(|(hash, row)| (*hash, *row)));
        out.list(&by_bytes.iter().map(|(hash, _)| *hash).collect::<Vec<_>>());
        out.list(&by_bytes.iter().map(|(_, row)| *row).collect::<Vec<_>>());
        let by_identity =
            sorted(self.by_identity.iter().map(|((id, fetch), row)| (id.id, id.time, *fetch as u64, *row)));
        out.item(by_identity.len() as u64);
        for (id, time, fetch, row) in by_identity {
            out.item(id);
            out.item(time);
            out.item(fetch);
            out.item(row);
        }
        let older = sorted(self.older.iter().map(|(newer, older)| (*newer, *older)));
        out.list(&older.iter().map(|(newer, _)| *newer).collect::<Vec<_>>());
        out.list(&older.iter().map(|(_, older)| *older).collect::<Vec<_>>());
        out.item(self.replaced);
        out.item(self.last_serial);
        out.item(self.revision);
        out.list(&self.order_revisions);
    }
    /// A table whose columns are still elsewhere.
    pub(crate) fn read(
        definition: &'static ReportDefinition,
        from: &mut SegmentReader<'_>,
        records: Records,
        source: Rc<dyn ColumnSource>,
    ) -> Result<Self, Damaged> {
        let mut table = Self::new(definition);
        table.columns = Columns::at(definition, source);
        table.records = records;
        table.rows = from.item()?;
        table.fetches = Chunked::read(from)?;
        table.segments = Chunked::read(from)?;
        table.orders = (0..from.count()?).map(|_| from.list()).collect::<Result<_, _>>()?;
        table.by_id = Chunked::read(from)?;
        let hashes = from.list::<u64, 8>()?;
        table.by_bytes = hashes.into_iter().zip(from.list()?).collect();
        for _ in 0..from.count()? {
            let identity = Identity { id: from.item()?, time: from.item()? };
            table.by_identity.insert((identity, from.count()?), from.item()?);
        }
        let newer = from.list::<u32, 4>()?;
        table.older = newer.into_iter().zip(from.list()?).collect();
        table.replaced = from.item()?;
        table.last_serial = from.item()?;
        table.revision = from.item()?;
        table.order_revisions = from.list()?;
        from.end()?;
        let rows = table.rows as usize;
        let fetches = definition.fetches.len();
        let is_whole = table.fetches.len() == rows
            && table.segments.len() == rows
            && table.records.len() == rows
            && table.orders.len() == fetches
            && table.order_revisions.len() == fetches;
        if is_whole { Ok(table) } else { Err(Damaged) }
    }
    /// The column at this position of the definition.
    pub(crate) fn write_column(&self, at: usize, out: &mut SegmentWriter) -> Result<(), StorageError> {
        self.columns.write(at, out)
    }
    /// What is not in memory is there from now on.
    pub(crate) fn set_source(&mut self, source: Rc<dyn ColumnSource>) {
        self.columns.set_source(source);
    }
    /// Makes one more column ready to be filled, reading it where it is still elsewhere; false when all of them are.
    pub fn make_ready(&mut self) -> bool {
        self.columns.make_ready()
    }
    /// The original bytes.
    pub(crate) fn records(&self) -> &Records {
        &self.records
    }
    /// The original bytes, to be moved.
    pub(crate) fn records_mut(&mut self) -> &mut Records {
        &mut self.records
    }
    /// Bytes of records that are in files instead of in memory.
    pub fn records_filed_bytes(&self) -> u64 {
        self.records.filed_bytes()
    }
    /// Counts on from this revision, for whoever saw it of the rows that stood here before.
    pub fn follow(&mut self, revision: u64) {
        self.revision = self.revision.max(revision) + 1;
        self.order_revisions.fill(self.revision);
    }
    /// Numbers of parts of loads go on above this one.
    pub(crate) fn follow_serial(&mut self, serial: u32) {
        self.last_serial = self.last_serial.max(serial);
    }
    /// The last number that a part of a load was given.
    pub(crate) fn last_serial(&self) -> u32 {
        self.last_serial
    }
    /// Why something that is not in memory could not be read. What was answered since may be wrong.
    pub fn trouble(&self) -> Option<StorageError> {
        self.columns.trouble().or_else(|| self.records.trouble())
    }
}

/// In the same order whenever the same things are written.
fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort_unstable();
    items
}
