//! The columns of a table: in memory, or still in a file and read when they are first asked for.

use std::{
    cell::{OnceCell, RefCell},
    fmt,
    ops::Index,
    rc::Rc,
};

use super::Column;
use crate::{
    ports::StorageError,
    reports::ReportDefinition,
    segment::{SegmentReader, SegmentWriter},
};

/// Where the columns of a table are that are not in memory.
pub trait ColumnSource: fmt::Debug {
    /// The segment that the column at this position of the definition was written into.
    fn column(&self, at: usize) -> Result<Vec<u8>, StorageError>;
}

/// All columns of a report's definition, in its order.
#[derive(Debug)]
pub struct Columns {
    definition: &'static ReportDefinition,
    held: Held,
    /// Why a column could not be read, the first time that happened. It is empty then, and nobody may believe that.
    trouble: RefCell<Option<StorageError>>,
}

#[derive(Debug)]
enum Held {
    /// In memory.
    All(Vec<Column>),
    /// Those that were asked for; the others are at the source. No row can be added.
    Read(Vec<OnceCell<Column>>, Rc<dyn ColumnSource>),
}

impl Columns {
    /// Empty ones.
    pub(super) fn new(definition: &'static ReportDefinition) -> Self {
        let columns = definition.columns.iter().map(|column| Column::new(column.kind, column.is_multi)).collect();
        Self { definition, held: Held::All(columns), trouble: RefCell::default() }
    }
    /// Those that were written somewhere.
    pub(super) fn at(definition: &'static ReportDefinition, source: Rc<dyn ColumnSource>) -> Self {
        let columns = definition.columns.iter().map(|_| OnceCell::new()).collect();
        Self { definition, held: Held::Read(columns, source), trouble: RefCell::default() }
    }
    /// How many there are.
    pub fn len(&self) -> usize {
        self.definition.columns.len()
    }
    /// True for a report without columns.
    pub fn is_empty(&self) -> bool {
        self.definition.columns.is_empty()
    }
    /// Each of them, read when its turn comes.
    pub fn iter(&self) -> impl Iterator<Item = &Column> {
        (0..self.len()).map(|at| &self[at])
    }
    /// All of them, ready to be filled.
    pub(super) fn all_mut(&mut self) -> &mut [Column] {
        if let Held::Read(columns, source) = &mut self.held {
            let (columns, source) = (std::mem::take(columns), source.clone());
            let read = columns.into_iter().enumerate().map(|(at, column)| {
                let mut column = column.into_inner().unwrap_or_else(|| self.read(at, &*source));
                column.place();
                column
            });
            self.held = Held::All(read.collect());
        }
        match &mut self.held {
            Held::All(columns) => columns,
            Held::Read(..) => unreachable!("all were just read"),
        }
    }
    /// Writes the column at this position; one that nobody asked for as it was read.
    pub(super) fn write(&self, at: usize, out: &mut SegmentWriter) -> Result<(), StorageError> {
        match &self.held {
            Held::Read(columns, source) if columns[at].get().is_none() => out.append(&source.column(at)?),
            _ => self[at].write(out),
        }
        Ok(())
    }
    /// What is not in memory is there from now on.
    pub(super) fn set_source(&mut self, new: Rc<dyn ColumnSource>) {
        if let Held::Read(_, source) = &mut self.held {
            *source = new;
        }
    }
    /// Why a column could not be read.
    pub(super) fn trouble(&self) -> Option<StorageError> {
        self.trouble.borrow().clone()
    }
    /// Bytes of memory held.
    pub(super) fn memory_bytes(&self) -> usize {
        match &self.held {
            Held::All(columns) => columns.iter().map(Column::memory_bytes).sum(),
            Held::Read(columns, _) => columns.iter().filter_map(OnceCell::get).map(Column::memory_bytes).sum(),
        }
    }

    fn read(&self, at: usize, source: &dyn ColumnSource) -> Column {
        let column = &self.definition.columns[at];
        let read = source
            .column(at)
            .and_then(|bytes| Ok(Column::read(column.kind, column.is_multi, &mut SegmentReader::new(&bytes))?));
        read.unwrap_or_else(|error| {
            self.trouble.borrow_mut().get_or_insert(error);
            Column::new(column.kind, column.is_multi)
        })
    }
}

impl Index<usize> for Columns {
    type Output = Column;
    /// The column at this position of the definition, read now if nobody asked for it before.
    fn index(&self, at: usize) -> &Column {
        match &self.held {
            Held::All(columns) => &columns[at],
            Held::Read(columns, source) => columns[at].get_or_init(|| self.read(at, &**source)),
        }
    }
}
