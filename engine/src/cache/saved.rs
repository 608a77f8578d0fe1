//! One report's columns as a file, and back; its records are in a log beside it.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::{
    file::{FileReader, FileWriter},
    log::LogEnd,
    slots::{Mark, Saved},
};
use crate::{
    ports::{Clock, StorageError, StoredFile},
    protocol::{DatasetId, KeepError, decode, encode},
    records::Records,
    reports::ReportDefinition,
    segment::{Place, SegmentReader, SegmentWriter},
    store::{ColumnSource, Table},
};

/// What is where in a file.
#[derive(Debug, Serialize, Deserialize)]
struct Contents {
    dataset: DatasetId,
    log: u64,
    /// The end of the entries whose rows are here, as offset and sequence.
    log_end: [u64; 2],
    rows: [u64; 3],
    records: [u64; 3],
    /// What belongs to the rows and is not the store's.
    extra: [u64; 3],
    columns: Vec<[u64; 3]>,
}

fn numbers(place: Place) -> [u64; 3] {
    [place.offset, place.len, place.checksum]
}

fn place([offset, len, checksum]: [u64; 3]) -> Place {
    Place { offset, len, checksum }
}

/// A report's columns being saved. Until that is done nobody may add rows.
#[derive(Debug)]
pub struct Saving {
    file: Rc<dyn StoredFile>,
    writer: FileWriter,
    columns: Vec<Place>,
    /// What the file will say of itself, once all of it is written.
    contents: Option<Contents>,
}

/// The log that has a table's records, and where each of its blocks is.
#[derive(Clone, Copy, Debug)]
pub struct Logged<'p> {
    /// The log.
    pub id: u64,
    /// As far as the table's rows go.
    pub end: LogEnd,
    /// A place for each full block; there is no other.
    pub places: &'p [Place],
}

impl Saving {
    /// Begins with an empty file.
    ///
    /// # Errors
    /// What the storage says.
    pub fn new(file: Rc<dyn StoredFile>) -> Result<Self, StorageError> {
        Ok(Self { writer: FileWriter::new(file.clone())?, file, columns: Vec::new(), contents: None })
    }
    /// Writes the next column. False when there is none.
    ///
    /// # Errors
    /// What the storage says.
    pub fn write_column(&mut self, table: &Table) -> Result<bool, StorageError> {
        let at = self.columns.len();
        if at == table.definition().columns.len() {
            return Ok(false);
        }
        let mut segment = SegmentWriter::default();
        table.write_column(at, &mut segment)?;
        self.columns.push(self.writer.segment(segment.bytes()));
        Ok(true)
    }
    /// Has the file take what was written so far. The thread has turns for others meanwhile.
    ///
    /// # Errors
    /// What the storage says.
    pub async fn settle(&mut self, clock: &dyn Clock) -> Result<(), StorageError> {
        while self.writer.write_some()? {
            clock.yield_now().await;
        }
        Ok(())
    }
    /// Writes what is missing, as it stands at this moment.
    ///
    /// # Errors
    /// What the storage says.
    pub fn write_rest(
        &mut self,
        dataset: &DatasetId,
        table: &Table,
        logged: Logged<'_>,
        extra: &SegmentWriter,
    ) -> Result<(), StorageError> {
        while self.write_column(table)? {}
        let mut segment = SegmentWriter::default();
        table.write_rows(&mut segment);
        let rows = self.writer.segment(segment.bytes());
        segment.clear();
        table.records().write(logged.places, &mut segment);
        let records = self.writer.segment(segment.bytes());
        self.contents = Some(Contents {
            dataset: dataset.clone(),
            log: logged.id,
            log_end: [logged.end.offset, logged.end.sequence],
            rows: numbers(rows),
            records: numbers(records),
            extra: numbers(self.writer.segment(extra.bytes())),
            columns: self.columns.iter().copied().map(numbers).collect(),
        });
        Ok(())
    }
    /// Makes the file valid, once all of it was written.
    ///
    /// # Errors
    /// What the storage says.
    pub fn finish(self, fingerprint: u64, mark: Mark) -> Result<Written, StorageError> {
        let contents = self.contents.ok_or(StorageError::Damaged)?;
        self.writer.finish(&encode(&contents), fingerprint, mark.generation)?;
        Ok(Written { file: self.file, columns: self.columns })
    }
}

/// A report whose columns were saved.
#[derive(Debug)]
pub struct Written {
    file: Rc<dyn StoredFile>,
    columns: Vec<Place>,
}

impl Written {
    /// Lets a table that reads columns from an older file read from this one instead.
    pub fn serve(&self, table: &mut Table) {
        table.set_source(Rc::new(FileColumns { file: self.file.clone(), places: self.columns.clone() }));
    }
}

/// A report that is back.
#[derive(Debug)]
pub struct Reopened {
    /// Its rows; columns and records are still in their files.
    pub table: Table,
    /// What was saved beside them.
    pub extra: Vec<u8>,
    /// As far as the log's rows are among them.
    pub end: LogEnd,
}

/// Has back what a file holds, with the records that are in a log with this number.
///
/// # Errors
/// `NothingSaved` when it belongs to another log, `Damaged`, or what the storage says.
pub fn reopen(
    saved: &Saved,
    log: (u64, &Rc<dyn StoredFile>),
    dataset: &DatasetId,
    definition: &'static ReportDefinition,
) -> Result<Reopened, KeepError> {
    let reader: &FileReader = &saved.reader;
    let file = reader.file();
    let bytes = reader.contents()?;
    let contents: Contents = decode(&bytes).map_err(|_| KeepError::Damaged)?;
    // Two datasets whose names come to the same file name would be a coincidence beyond belief, and not one to act on.
    if contents.dataset != *dataset || contents.columns.len() != definition.columns.len() {
        return Err(KeepError::Damaged);
    }
    if contents.log != log.0 {
        return Err(KeepError::NothingSaved);
    }
    let bytes = place(contents.records).read(&**file)?;
    let mut from = SegmentReader::new(&bytes);
    let records = Records::read(&mut from, log.1).and_then(|records| from.end().map(|()| records));
    let records = records.map_err(StorageError::from)?;
    let columns = FileColumns { file: file.clone(), places: contents.columns.into_iter().map(place).collect() };
    let bytes = place(contents.rows).read(&**file)?;
    let table = Table::read(definition, &mut SegmentReader::new(&bytes), records, Rc::new(columns));
    let table = table.map_err(StorageError::from)?;
    let [offset, sequence] = contents.log_end;
    Ok(Reopened { table, extra: place(contents.extra).read(&**file)?, end: LogEnd { offset, sequence } })
}

/// Columns in a file.
#[derive(Debug)]
struct FileColumns {
    file: Rc<dyn StoredFile>,
    places: Vec<Place>,
}

impl ColumnSource for FileColumns {
    fn column(&self, at: usize) -> Result<Vec<u8>, StorageError> {
        self.places[at].read(&*self.file)
    }
}
