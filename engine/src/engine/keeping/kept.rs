//! What of one report outlasts the tab: a log of its records as they came, and the columns that were made of them up to a point.

use std::{cell::RefCell, rc::Rc};

use crate::{
    cache::{Entry, Log, LogEnd, Logged, Reopened, Saved, Saving, Slots, VERSION, reopen},
    fetch::{ArrivalMark, ArrivalRun, KeptLoad, Shelf, read_runs, write_runs},
    limits::{INGEST_RECORDS, KEPT_ROWS_WITHOUT_COLUMNS, LOG_BLOCKS_MAX},
    ports::{Clock, Storage, StorageError, StoredFile},
    protocol::{DatasetId, KeepError, decode, encode},
    records::unpack,
    reports::ReportId,
    segment::{Damaged, Place, SegmentReader, SegmentWriter},
};

/// The files of one report, open. As long as this is there no other tab has them.
#[derive(Debug)]
pub(in crate::engine) struct Kept {
    dataset: DatasetId,
    slots: Slots,
    log: Log,
    /// Where each full block of records is.
    places: Vec<Place>,
    /// What came up to here is in the log.
    mark: ArrivalMark,
    /// Rows that are in the log.
    rows: u32,
    /// The loads as they were written last.
    loads: Vec<u8>,
    /// The latest columns.
    saved: Option<Saved>,
    /// Rows that those have.
    saved_rows: u32,
    /// Records that came since, new or not.
    came: u64,
}

/// A report that is back.
pub(in crate::engine) struct Found {
    pub(super) kept: Kept,
    pub(super) shelf: Shelf,
    pub(super) loads: Vec<KeptLoad>,
}

/// An entry with its blocks as they were before they were packed.
type Unpacked = (Says, Vec<Vec<u8>>);

/// What an entry says of the rows that it adds.
struct Says {
    /// First row of each block.
    firsts: Vec<u32>,
    /// Each block, counted from where the data begins.
    places: Vec<Place>,
    /// Where each row's bytes end within its block.
    ends: Vec<u32>,
    runs: Vec<ArrivalRun>,
    last_serial: u32,
    /// The loads as they stood then; `None` in an entry that others follow at once.
    loads: Option<Vec<u8>>,
}

impl Kept {
    /// Files without rows, in place of whatever there was.
    pub(super) async fn new(
        dataset: DatasetId,
        report: ReportId,
        storage: &dyn Storage,
        id: u64,
        clock: &dyn Clock,
    ) -> Result<Self, KeepError> {
        let slots = Slots::new(&dataset, report.definition());
        let file = storage.open(slots.log()).await?;
        let log = Log::begin(file, id, &whose(&dataset, report), clock).await?;
        slots.delete_columns(storage).await?;
        Ok(Self::of(dataset, slots, log))
    }
    /// What the files have. `open` are those that are open already.
    pub(super) async fn find(
        dataset: DatasetId,
        report: ReportId,
        storage: &dyn Storage,
        open: Option<(Rc<dyn StoredFile>, Option<Saved>)>,
        clock: &dyn Clock,
    ) -> Result<Found, KeepError> {
        let slots = Slots::new(&dataset, report.definition());
        let (file, saved) = match open {
            Some(open) => open,
            None if !storage.names().await?.iter().any(|name| name == slots.log()) => {
                return Err(KeepError::NothingSaved);
            }
            None => (storage.open(slots.log()).await?, slots.newest(storage).await.map(Some).or_else(unusable)?),
        };
        let Some((log, found)) = Log::open(file)? else { return Err(KeepError::NothingSaved) };
        if found != whose(&dataset, report) {
            return Err(KeepError::OtherVersion);
        }
        let back = match &saved {
            Some(saved) => read_columns(saved, &log, &dataset, report).map(Some).or_else(unusable)?,
            None => None,
        };
        let mut kept = Self { saved, ..Self::of(dataset, slots, log) };
        let (shelf, loads) = match back {
            Some((shelf, loads, end)) => {
                kept.log.skip_to(end);
                kept.places = shelf.table().records().filed_places();
                (kept.rows, kept.saved_rows) = (shelf.table().len(), shelf.table().len());
                (kept.mark, kept.loads) = (shelf.arrivals().end(), encode(&loads));
                (shelf, loads)
            }
            None => (Shelf::new(report.definition()), Vec::new()),
        };
        let mut found = Found { kept, shelf, loads };
        found.replay(clock).await?;
        Ok(found)
    }
    fn of(dataset: DatasetId, slots: Slots, log: Log) -> Self {
        Self {
            dataset,
            slots,
            log,
            places: Vec::new(),
            mark: ArrivalMark::default(),
            rows: 0,
            loads: Vec::new(),
            saved: None,
            saved_rows: 0,
            came: 0,
        }
    }

    /// Bytes of the files.
    pub(super) fn bytes(&self) -> u64 {
        let saved = self.saved.as_ref().and_then(|saved| saved.file().len().ok());
        self.log.end().offset + saved.unwrap_or(0)
    }
    /// Rows in them.
    pub(super) fn rows(&self) -> u32 {
        self.rows
    }
    /// The files that are open, to be read again.
    pub(super) fn files(&self) -> (Rc<dyn StoredFile>, Option<Saved>) {
        (self.log.file().clone(), self.saved.clone())
    }
    /// The file that has the records, and where each block is in it.
    pub(super) fn records(&self) -> (&Rc<dyn StoredFile>, &[Place]) {
        (self.log.file(), &self.places)
    }
    /// True when reading all again that came after the columns were written would take long.
    pub(super) fn wants_columns(&self, is_loading: bool) -> bool {
        // While more comes, columns are written for twice as many rows each time, so that all of that stays in proportion.
        let limit =
            if is_loading { self.saved_rows.max(KEPT_ROWS_WITHOUT_COLUMNS * 4) } else { KEPT_ROWS_WITHOUT_COLUMNS };
        self.came >= u64::from(limit)
    }

    /// Adds to the log what came since the last time.
    pub(super) async fn add(
        &mut self,
        shelf: &RefCell<Shelf>,
        loads: &[KeptLoad],
        clock: &dyn Clock,
    ) -> Result<(), KeepError> {
        let (blocks, end, backlog, last_serial) = {
            let mut shelf = shelf.borrow_mut();
            shelf.table_mut().records_mut().close();
            let table = shelf.table();
            (table.records().full_blocks(), shelf.arrivals().end(), table.backlog(), table.last_serial())
        };
        let loads = encode(&loads);
        if self.mark == end && self.loads == loads {
            return Ok(());
        }
        loop {
            let first = self.places.len();
            let last = blocks.min(first + LOG_BLOCKS_MAX);
            backlog.packed(last, clock).await;
            let (says, data, mark, rows) = {
                let shelf = shelf.borrow();
                let records = shelf.table().records();
                let rows = records.rows_before(first)..records.rows_before(last);
                let limit = if last == blocks { u32::MAX } else { rows.end };
                let (runs, mark) = shelf.arrivals().between(self.mark, end, limit);
                let (mut places, mut data, mut offset) = (Vec::new(), Vec::new(), 0);
                for block in first..last {
                    let packed = records.keep_block(block, |packed| Ok(packed.to_vec()))?;
                    places.push(Place::of(offset, &packed));
                    offset += packed.len() as u64;
                    data.push(packed);
                }
                let firsts = (first..last).map(|block| records.rows_before(block)).collect();
                let ends = records.ends(rows.clone()).to_vec();
                let loads = (last == blocks).then(|| loads.clone());
                (Says { firsts, places, ends, runs, last_serial, loads }, data, mark, rows.end)
            };
            let begins = self.log.append(&says.bytes(), &data, clock).await?;
            self.places.extend(says.places.iter().map(|place| Place { offset: begins + place.offset, ..*place }));
            self.came += says.came();
            (self.mark, self.rows) = (mark, rows);
            if last == blocks {
                self.loads = loads;
                return Ok(());
            }
        }
    }
    /// Writes the columns of all rows. `loads` says how the loads stand.
    pub(super) async fn add_columns(
        &mut self,
        shelf: &RefCell<Shelf>,
        loads: impl Fn() -> Vec<KeptLoad>,
        storage: &dyn Storage,
        clock: &dyn Clock,
    ) -> Result<(), KeepError> {
        let filling = shelf.borrow().filling();
        let _filling = filling.lock().await;
        self.add(shelf, &loads(), clock).await?;
        let (file, mark) = self.slots.next(storage, self.saved.as_ref().map(Saved::mark)).await?;
        let written = async {
            let mut saving = Saving::new(file.clone())?;
            while saving.write_column(shelf.borrow().table())? {
                saving.settle(clock).await?;
            }
            {
                let shelf = shelf.borrow();
                if let Some(error) = shelf.table().trouble() {
                    return Err(error.into());
                }
                let mut extra = SegmentWriter::default();
                shelf.write(&loads(), &mut extra);
                let logged = Logged { id: self.log.id(), end: self.log.end(), places: &self.places };
                saving.write_rest(&self.dataset, shelf.table(), logged, &extra)?;
            }
            saving.settle(clock).await?;
            let written = saving.finish(self.slots.fingerprint(), mark)?;
            written.serve(shelf.borrow_mut().table_mut());
            Ok::<_, KeepError>(shelf.borrow().table().len())
        };
        match written.await {
            Ok(rows) => {
                self.saved = Some(self.slots.saved(file, mark)?);
                (self.saved_rows, self.came) = (rows, 0);
                self.slots.delete_other(storage, mark).await;
                Ok(())
            }
            Err(error) => {
                drop(file);
                self.slots.delete_failed(storage, mark).await;
                Err(error)
            }
        }
    }
}

impl Found {
    /// Adds what came after the columns were written, or all of it where there are none of use.
    async fn replay(&mut self, clock: &dyn Clock) -> Result<(), KeepError> {
        let mut is_changed = false;
        loop {
            let end = self.kept.log.end();
            let Some(entry) = self.kept.log.next_entry()? else { break };
            // One that cannot be read all the way is as if it had not been written, and so is what follows it.
            let Some((says, blocks)) = self.read(&entry)? else {
                self.kept.log.skip_to(end);
                break;
            };
            while self.shelf.table_mut().make_ready() {
                clock.yield_now().await;
            }
            self.shelf.table_mut().records_mut().set_replaying(true);
            self.replay_entry(&says, entry.data, &blocks, clock).await?;
            self.shelf.table_mut().records_mut().set_replaying(false);
            self.shelf.table_mut().follow_serial(says.last_serial);
            if let Some(loads) = says.loads.clone() {
                self.loads = decode(&loads).map_err(|_| KeepError::Damaged)?;
                self.kept.loads = loads;
            }
            self.kept.came += says.came();
            (self.kept.rows, self.kept.mark) = (self.shelf.table().len(), self.shelf.arrivals().end());
            is_changed = true;
        }
        if is_changed {
            self.shelf.show_loads(&self.loads);
        }
        Ok(())
    }
    /// What an entry has, unpacked.
    fn read(&self, entry: &Entry) -> Result<Option<Unpacked>, StorageError> {
        let Ok(says) = Says::read(&entry.says) else { return Ok(None) };
        let mut blocks = Vec::new();
        for place in &says.places {
            let place = Place { offset: entry.data.saturating_add(place.offset), ..*place };
            match place.read(&**self.kept.log.file()) {
                Ok(packed) => blocks.extend(unpack(&packed)),
                Err(StorageError::Damaged) => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        let is_whole = blocks.len() == says.places.len() && says.is_about(&blocks, self.shelf.table().len());
        Ok(is_whole.then_some((says, blocks)))
    }
    async fn replay_entry(
        &mut self,
        says: &Says,
        data: u64,
        blocks: &[Vec<u8>],
        clock: &dyn Clock,
    ) -> Result<(), StorageError> {
        let file = self.kept.log.file().clone();
        let first_row = self.shelf.table().len();
        let mut block = 0;
        for run in &says.runs {
            for row in run.first..run.first.saturating_add(run.rows) {
                if !run.is_new {
                    let bytes = self.shelf.table().record(row).ok_or(StorageError::Damaged)?;
                    self.shelf.replay(&bytes, row, false, run.arrival)?;
                    if row.is_multiple_of(INGEST_RECORDS as u32) {
                        clock.yield_now().await;
                    }
                    continue;
                }
                let at = row.checked_sub(first_row).ok_or(StorageError::Damaged)? as usize;
                let end = *says.ends.get(at).ok_or(StorageError::Damaged)? as usize;
                let start = if row == says.firsts[block] { 0 } else { says.ends[at - 1] as usize };
                let bytes = blocks[block].get(start..end).ok_or(StorageError::Damaged)?;
                self.shelf.replay(bytes, row, true, run.arrival)?;
                let next = says.firsts.get(block + 1).copied().unwrap_or(first_row + says.ends.len() as u32);
                if row + 1 == next {
                    let place = says.places[block];
                    let place = Place { offset: data + place.offset, ..place };
                    self.shelf.table_mut().records_mut().end_block(&file, place);
                    self.kept.places.push(place);
                    block += 1;
                    clock.yield_now().await;
                }
            }
        }
        if block == blocks.len() { Ok(()) } else { Err(StorageError::Damaged) }
    }
}

impl Says {
    fn bytes(&self) -> Vec<u8> {
        let mut out = SegmentWriter::default();
        out.list(&self.firsts);
        self.places.iter().for_each(|place| place.write_to(&mut out));
        out.list(&self.ends);
        write_runs(&self.runs, &mut out);
        out.item(self.last_serial);
        out.item(if self.loads.is_some() { VERSION } else { 0 });
        out.list(self.loads.as_deref().unwrap_or_default());
        out.bytes().to_vec()
    }
    fn read(bytes: &[u8]) -> Result<Self, Damaged> {
        let mut from = SegmentReader::new(bytes);
        let firsts = from.list()?;
        let places = firsts.iter().map(|_| Place::read_from(&mut from)).collect::<Result<_, _>>()?;
        let (ends, runs, last_serial) = (from.list()?, read_runs(&mut from)?, from.item()?);
        let version: u32 = from.item()?;
        let loads = from.list()?;
        from.end()?;
        // Loads of another version cannot be read. Their rows can, and are known when they come again.
        let loads = if version == VERSION { Some(loads) } else { None };
        Ok(Self { firsts, places, ends, runs, last_serial, loads })
    }
    /// Records that came, new or not.
    fn came(&self) -> u64 {
        self.runs.iter().map(|run| u64::from(run.rows)).sum()
    }
    /// True when the blocks have the rows that follow so many.
    fn is_about(&self, blocks: &[Vec<u8>], rows: u32) -> bool {
        let end = rows as usize + self.ends.len();
        let is_in_order = self.firsts.windows(2).all(|pair| pair[0] < pair[1]);
        let is_within = self.firsts.last().is_none_or(|last| (*last as usize) < end);
        self.firsts.first().is_none_or(|first| *first == rows)
            && is_in_order
            && is_within
            && blocks.is_empty() == self.ends.is_empty()
    }
}

/// What the first entry of a report's log says: whose rows these are, which fetches the positions in it mean, and how entries
/// are written.
fn whose(dataset: &DatasetId, report: ReportId) -> Vec<u8> {
    let fetches: Vec<&str> = report.definition().fetches.iter().map(|fetch| fetch.id).collect();
    format!("{}\n{}\n{}\n1", dataset.0, report.as_str(), fetches.join(" ")).into_bytes()
}

/// Columns that cannot be used are made again from the log.
fn unusable<T>(error: KeepError) -> Result<Option<T>, KeepError> {
    match error {
        KeepError::NothingSaved | KeepError::OtherVersion | KeepError::Damaged => Ok(None),
        error => Err(error),
    }
}

fn read_columns(
    saved: &Saved,
    log: &Log,
    dataset: &DatasetId,
    report: ReportId,
) -> Result<(Shelf, Vec<KeptLoad>, LogEnd), KeepError> {
    let Reopened { table, extra, end } = reopen(saved, (log.id(), log.file()), dataset, report.definition())?;
    let (shelf, loads) = Shelf::read(table, &extra).map_err(StorageError::from)?;
    Ok((shelf, loads, end))
}
