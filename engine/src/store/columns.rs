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
    Read {
        columns: Vec<OnceCell<Column>>,
        source: Rc<dyn ColumnSource>,
        /// So many of them, from the first one on, could take rows.
        ready: usize,
    },
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
        Self { definition, held: Held::Read { columns, source, ready: 0 }, trouble: RefCell::default() }
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
    /// Makes one more column ready to be filled; false when all of them are.
    pub(super) fn make_ready(&mut self) -> bool {
        let Self { definition, held, trouble } = self;
        let Held::Read { columns, source, ready } = held else { return false };
        if *ready < columns.len() {
            let column = columns[*ready].take();
            let mut column = column.unwrap_or_else(|| read(definition, *ready, &**source, trouble));
            column.place();
            columns[*ready] = OnceCell::from(column);
            *ready += 1;
            return true;
        }
        let columns = std::mem::take(columns);
        *held = Held::All(columns.into_iter().filter_map(OnceCell::into_inner).collect());
        false
    }
    /// All of them, ready to be filled.
    pub(super) fn all_mut(&mut self) -> &mut [Column] {
        while self.make_ready() {}
        match &mut self.held {
            Held::All(columns) => columns,
            Held::Read { .. } => unreachable!("all were just made ready"),
        }
    }
    /// Writes the column at this position; one that nobody asked for as it was read.
    pub(super) fn write(&self, at: usize, out: &mut SegmentWriter) -> Result<(), StorageError> {
        match &self.held {
            Held::Read { columns, source, .. } if columns[at].get().is_none() => out.append(&source.column(at)?),
            _ => self[at].write(out),
        }
        Ok(())
    }
    /// What is not in memory is there from now on.
    pub(super) fn set_source(&mut self, new: Rc<dyn ColumnSource>) {
        if let Held::Read { source, .. } = &mut self.held {
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
            Held::Read { columns, .. } => columns.iter().filter_map(OnceCell::get).map(Column::memory_bytes).sum(),
        }
    }
}

impl Index<usize> for Columns {
    type Output = Column;
    /// The column at this position of the definition, read now if nobody asked for it before.
    fn index(&self, at: usize) -> &Column {
        match &self.held {
            Held::All(columns) => &columns[at],
            Held::Read { columns, source, .. } => {
                columns[at].get_or_init(|| read(self.definition, at, &**source, &self.trouble))
            }
        }
    }
}

/// The column at this position; an empty one with the reason in `trouble` when it cannot be read.
fn read(
    definition: &ReportDefinition,
    at: usize,
    source: &dyn ColumnSource,
    trouble: &RefCell<Option<StorageError>>,
) -> Column {
    let column = &definition.columns[at];
    let read = source
        .column(at)
        .and_then(|bytes| Ok(Column::read(column.kind, column.is_multi, &mut SegmentReader::new(&bytes))?));
    read.unwrap_or_else(|error| {
        trouble.borrow_mut().get_or_insert(error);
        Column::new(column.kind, column.is_multi)
    })
}
