//! One report's rows as a file, and back.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::{
    file::{FileReader, FileWriter},
    slots::{Mark, Saved},
};
use crate::{
    limits::FILE_WRITE_BYTES,
    ports::{StorageError, StoredFile},
    protocol::{DatasetId, KeepError, decode, encode},
    records::Records,
    reports::ReportDefinition,
    segment::{Place, SegmentReader, SegmentWriter},
    store::{ColumnSource, Table},
};

/// What is where in a file.
#[derive(Serialize, Deserialize)]
struct Contents {
    dataset: DatasetId,
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

/// A report being saved. Records first, in turns, because they are most of it and those that are there never change;
/// everything else in one go.
#[derive(Debug)]
pub struct Saving {
    file: Rc<dyn StoredFile>,
    writer: FileWriter,
    blocks: Vec<Place>,
}

impl Saving {
    /// Begins with an empty file.
    ///
    /// # Errors
    /// What the storage says.
    pub fn new(file: Rc<dyn StoredFile>) -> Result<Self, StorageError> {
        Ok(Self { writer: FileWriter::new(file.clone())?, file, blocks: Vec::new() })
    }
    /// Writes some megabytes of records. True when there are more.
    ///
    /// # Errors
    /// What the storage says.
    pub fn write_records(&mut self, table: &Table) -> Result<bool, StorageError> {
        let records = table.records();
        let mut buffer = Vec::new();
        let start = self.writer.end();
        while self.blocks.len() < records.full_blocks() && buffer.len() < FILE_WRITE_BYTES {
            self.blocks.push(records.keep_block(self.blocks.len(), |packed| {
                let place = Place::of(start + buffer.len() as u64, packed);
                buffer.extend_from_slice(packed);
                Ok(place)
            })?);
        }
        self.writer.append(&buffer)?;
        Ok(self.blocks.len() < records.full_blocks())
    }
    /// Writes what is missing, and makes the file valid.
    ///
    /// # Errors
    /// What the storage says.
    pub fn finish(
        mut self,
        dataset: &DatasetId,
        table: &Table,
        extra: &SegmentWriter,
        fingerprint: u64,
        mark: Mark,
    ) -> Result<Written, StorageError> {
        while self.write_records(table)? {}
        let mut segment = SegmentWriter::default();
        let mut columns = Vec::new();
        for at in 0..table.definition().columns.len() {
            segment.clear();
            table.write_column(at, &mut segment)?;
            columns.push(self.writer.segment(segment.bytes())?);
        }
        segment.clear();
        table.write_rows(&mut segment);
        let rows = self.writer.segment(segment.bytes())?;
        segment.clear();
        table.records().write(&self.blocks, &mut segment);
        let records = self.writer.segment(segment.bytes())?;
        let contents = Contents {
            dataset: dataset.clone(),
            rows: numbers(rows),
            records: numbers(records),
            extra: numbers(self.writer.segment(extra.bytes())?),
            columns: columns.iter().copied().map(numbers).collect(),
        };
        let bytes = self.writer.finish(&encode(&contents), fingerprint, mark.generation)?;
        Ok(Written { bytes, file: self.file, columns, blocks: self.blocks })
    }
}

/// A report that was saved.
#[derive(Debug)]
pub struct Written {
    /// Bytes of the file.
    pub bytes: u64,
    file: Rc<dyn StoredFile>,
    columns: Vec<Place>,
    blocks: Vec<Place>,
}

impl Written {
    /// Lets a table that reads from an older file read from this one instead.
    pub fn move_from(&self, old: &Rc<dyn StoredFile>, table: &mut Table) {
        table.set_source(Rc::new(FileColumns { file: self.file.clone(), places: self.columns.clone() }));
        table.records_mut().move_file(old, &self.file, &self.blocks);
    }
}

/// A report that is back.
#[derive(Debug)]
pub struct Reopened {
    /// Its rows; columns and records are still in the file.
    pub table: Table,
    /// What was saved beside them.
    pub extra: Vec<u8>,
}

/// Has back what a file holds.
///
/// # Errors
/// `Damaged`, or what the storage says.
pub fn reopen(
    saved: &Saved,
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
    let bytes = place(contents.records).read(&**file)?;
    let mut from = SegmentReader::new(&bytes);
    let records = Records::read(&mut from, file).and_then(|records| from.end().map(|()| records));
    let records = records.map_err(StorageError::from)?;
    let columns = FileColumns { file: file.clone(), places: contents.columns.into_iter().map(place).collect() };
    let bytes = place(contents.rows).read(&**file)?;
    let table = Table::read(definition, &mut SegmentReader::new(&bytes), records, Rc::new(columns));
    let table = table.map_err(StorageError::from)?;
    Ok(Reopened { table, extra: place(contents.extra).read(&**file)? })
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
