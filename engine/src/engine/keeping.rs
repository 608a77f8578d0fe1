//! Rows outside memory: saved because somebody asked, or moved to a file because memory was needed.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures_util::lock::Mutex;

use super::Spawn;
use crate::{
    cache::{Mark, Reopened, Saved, Saving, SealedStorage, Slots, Spill, Written, kept_prefix, reopen},
    fetch::{KeptLoad, Load, Shelf},
    limits::{KEPT_FOR, MEMORY_BYTES_MAX, SPILL_BYTES, SPILL_SLACK_BYTES},
    ports::{FileKey, Millis, Ports, StorageError, StoredFile},
    protocol::{DatasetId, KeepError, KeptStatus},
    reports::{self, ReportDefinition, ReportId},
    segment::SegmentWriter,
};

/// A handful, so that lists do. Loads share them to know how much memory is left.
pub(super) type Shelves = Rc<RefCell<Vec<(ReportId, Rc<RefCell<Shelf>>)>>>;

/// Keeps the rows of one dataset.
pub(super) struct Keeper {
    dataset: DatasetId,
    ports: Ports,
    spawn: Spawn,
    shelves: Shelves,
    /// The files that shelves still read from.
    sources: RefCell<Vec<(ReportId, Saved)>>,
    spill: RefCell<Option<Spill>>,
    /// True once the browser refused to take records.
    is_refused: Cell<bool>,
    limits: MemoryLimits,
    /// What outlasts the tab is sealed; `None` until the key was asked for.
    sealed: RefCell<Option<SealedStorage>>,
    tell: Tell,
    /// Whoever changes which files there are holds it.
    turn: Mutex<()>,
}

/// Hears how keeping rows goes.
pub(super) type Tell = Rc<dyn Fn(KeptStatus)>;

/// Bytes of memory of one dataset.
#[derive(Clone, Copy, Debug)]
pub(super) struct MemoryLimits {
    /// Above this, records leave memory.
    pub(super) spill: usize,
    /// So many more leave than must.
    pub(super) slack: usize,
    /// Above this, nothing more is read.
    pub(super) max: usize,
}

impl Default for MemoryLimits {
    fn default() -> Self {
        Self { spill: SPILL_BYTES, slack: SPILL_SLACK_BYTES, max: MEMORY_BYTES_MAX }
    }
}

/// A report that is back, not shown yet.
pub(super) struct Back {
    pub(super) report: ReportId,
    saved: Saved,
    shelf: Shelf,
    loads: Vec<KeptLoad>,
}

/// What was found: reports that are back, and those that were saved and cannot be had back.
pub(super) type Found = (Vec<Back>, Vec<(ReportId, KeepError)>);

impl Keeper {
    pub(super) fn new(
        dataset: DatasetId,
        ports: Ports,
        spawn: Spawn,
        shelves: Shelves,
        limits: MemoryLimits,
        tell: Tell,
    ) -> Self {
        Self {
            dataset,
            ports,
            spawn,
            shelves,
            sources: RefCell::default(),
            spill: RefCell::default(),
            is_refused: Cell::new(false),
            limits,
            sealed: RefCell::default(),
            tell,
            turn: Mutex::default(),
        }
    }
    /// True once records should have left memory and could not.
    pub(super) fn is_memory_only(&self) -> bool {
        self.is_refused.get()
    }
    /// Why something that is in a file could not be read.
    pub(super) fn trouble(&self) -> Option<KeepError> {
        let shelves = self.shelves.borrow();
        shelves.iter().find_map(|(_, shelf)| shelf.borrow().table().trouble()).map(KeepError::from)
    }

    /// Gets everything ready for more rows of a report. False when there is no room for them.
    pub(super) async fn make_ready(&self, report: ReportId) -> bool {
        let shelf = self.shelves.borrow().iter().find(|(other, _)| *other == report).map(|(_, shelf)| shelf.clone());
        if let Some(shelf) = shelf {
            self.read_columns(&shelf).await;
        }
        // Rows among others that are not right would make it worse.
        self.trouble().is_none() && self.make_room().await
    }
    /// Reads what is still in a file and finds a place for everything, one column in each turn.
    async fn read_columns(&self, shelf: &RefCell<Shelf>) {
        while shelf.borrow_mut().table_mut().make_ready() {
            self.ports.clock.yield_now().await;
        }
    }
    /// Moves records to a file where memory needs that. False when there is no room all the same.
    async fn make_room(&self) -> bool {
        let limits = self.limits;
        let too_much = self.memory_bytes().saturating_sub(limits.spill);
        if too_much > 0 && !self.is_refused.get() {
            let _turn = self.turn.lock().await;
            // A browser that takes nothing now will hardly do so later, and asking costs time.
            self.is_refused.set(self.spill(too_much + limits.slack).await.is_err());
        }
        self.memory_bytes() <= limits.max
    }
    fn memory_bytes(&self) -> usize {
        self.shelves.borrow().iter().map(|(_, shelf)| shelf.borrow().memory_bytes()).sum()
    }
    async fn spill(&self, bytes: usize) -> Result<(), StorageError> {
        if self.spill.borrow().is_none() {
            // The key is gone with the worker, as the rows are.
            let random = self.ports.random.clone();
            let key = FileKey::random(&*random);
            let sealed = Rc::new(SealedStorage::new(self.ports.storage.clone(), random, key));
            let spill = Spill::new(sealed, &*self.ports.random, self.spawn.clone()).await?;
            self.spill.replace(Some(spill));
        }
        if let Some(spill) = self.spill.borrow_mut().as_mut() {
            let before = self.memory_bytes();
            for (_, shelf) in self.shelves.borrow().iter() {
                let freed = before.saturating_sub(self.memory_bytes());
                spill.take(shelf.borrow_mut().table_mut(), bytes.saturating_sub(freed))?;
            }
        }
        Ok(())
    }

    /// Keeps what is in memory from now on, or nothing, not even what was kept.
    pub(super) async fn keep(&self, is_on: bool, loads: &[Rc<RefCell<Load>>]) -> Result<(), KeepError> {
        if !is_on {
            return self.delete().await;
        }
        let saved = self.save(loads).await;
        let until = self.ports.clock.now() + KEPT_FOR.as_millis() as Millis;
        self.ports.vault.extend(&kept_prefix(&self.dataset), until).await?;
        let rows = self.shelves.borrow().iter().map(|(_, shelf)| u64::from(shelf.borrow().table().len())).sum();
        (self.tell)(match saved {
            Ok(bytes) => KeptStatus { bytes, rows, until, trouble: None },
            Err(error) => KeptStatus { bytes: 0, rows: 0, until, trouble: Some(error) },
        });
        Ok(())
    }
    /// The files that outlast the tab, for those who have the key.
    async fn sealed(&self, is_new: bool) -> Result<SealedStorage, KeepError> {
        if let Some(sealed) = &*self.sealed.borrow() {
            return Ok(sealed.clone());
        }
        let name = kept_prefix(&self.dataset);
        let key = match self.ports.vault.key(&name).await? {
            Some(key) => key,
            None => {
                // What may still be there is noise.
                self.delete_files().await?;
                if !is_new {
                    return Err(KeepError::NothingSaved);
                }
                self.ports.vault.make(&name).await?
            }
        };
        let sealed = SealedStorage::new(self.ports.storage.clone(), self.ports.random.clone(), key);
        self.sealed.replace(Some(sealed.clone()));
        Ok(sealed)
    }
    async fn delete_files(&self) -> Result<(), KeepError> {
        let prefix = kept_prefix(&self.dataset);
        for name in self.ports.storage.names().await?.iter().filter(|name| name.starts_with(&prefix)) {
            self.ports.storage.delete(name).await?;
        }
        Ok(())
    }

    /// Saves every report that has rows; says how many bytes that took. What was saved of other reports stays.
    pub(super) async fn save(&self, loads: &[Rc<RefCell<Load>>]) -> Result<u64, KeepError> {
        let _turn = self.turn.lock().await;
        let shelves: Vec<_> = self.shelves.borrow().clone();
        let mut bytes = 0;
        for (report, shelf) in shelves.into_iter().filter(|(_, shelf)| !shelf.borrow().table().is_empty()) {
            bytes += self.save_report(report, &shelf, loads).await?;
        }
        Ok(bytes)
    }
    async fn save_report(
        &self,
        report: ReportId,
        shelf: &RefCell<Shelf>,
        loads: &[Rc<RefCell<Load>>],
    ) -> Result<u64, KeepError> {
        let storage = &self.sealed(true).await?;
        let slots = Slots::new(&self.dataset, report.definition());
        let source = self.source(report);
        let before = match &source {
            Some(source) => Some(source.clone()),
            None => match slots.newest(storage).await {
                Ok(saved) => Some(saved),
                // There is nothing that anybody could miss.
                Err(KeepError::NothingSaved | KeepError::OtherVersion | KeepError::Damaged) => None,
                Err(error) => return Err(error),
            },
        };
        let (file, mark) = slots.next(storage, before.as_ref().map(Saved::mark)).await?;
        match self.write(&slots, shelf, loads, file.clone(), mark).await {
            Ok(written) => {
                if let Some(source) = source {
                    written.move_from(source.file(), shelf.borrow_mut().table_mut());
                    let saved = slots.saved(file, mark)?;
                    self.sources.borrow_mut().retain(|(other, _)| *other != report);
                    self.sources.borrow_mut().push((report, saved));
                }
                drop(before);
                slots.delete_other(storage, mark).await;
                Ok(written.bytes)
            }
            Err(error) => {
                drop(file);
                slots.delete_failed(storage, mark).await;
                Err(error)
            }
        }
    }
    async fn write(
        &self,
        slots: &Slots,
        shelf: &RefCell<Shelf>,
        loads: &[Rc<RefCell<Load>>],
        file: Rc<dyn StoredFile>,
        mark: Mark,
    ) -> Result<Written, KeepError> {
        let mut saving = Saving::new(file)?;
        while saving.write_records(shelf.borrow().table())? {
            self.ports.clock.yield_now().await;
        }
        let shelf = shelf.borrow();
        if let Some(error) = shelf.table().trouble() {
            return Err(error.into());
        }
        let report = shelf.table().definition().id;
        let loads = loads.iter().map(|load| load.borrow().kept()).filter(|load| load.report() == report);
        let mut extra = SegmentWriter::default();
        shelf.write(&loads.collect::<Vec<_>>(), &mut extra);
        Ok(saving.finish(&self.dataset, shelf.table(), &extra, slots.fingerprint(), mark)?)
    }

    /// Looks for everything that was saved.
    pub(super) async fn find(&self) -> Result<Found, KeepError> {
        let _turn = self.turn.lock().await;
        let (mut back, mut failed) = (Vec::new(), Vec::new());
        for definition in reports::ALL {
            match self.find_report(definition).await {
                Ok(found) => back.push(found),
                Err(KeepError::NothingSaved) => {}
                Err(error) => failed.push((definition.id, error)),
            }
        }
        match failed.first() {
            Some((_, error)) if back.is_empty() => Err(error.clone()),
            None if back.is_empty() => Err(KeepError::NothingSaved),
            _ => Ok((back, failed)),
        }
    }
    async fn find_report(&self, definition: &'static ReportDefinition) -> Result<Back, KeepError> {
        let saved = match self.source(definition.id) {
            Some(source) => source,
            None => Slots::new(&self.dataset, definition).newest(&self.sealed(false).await?).await?,
        };
        let Reopened { table, extra } = reopen(&saved, &self.dataset, definition)?;
        let (mut shelf, loads) = Shelf::read(table, &extra).map_err(StorageError::from)?;
        shelf.pack_with(self.ports.packer.clone());
        Ok(Back { report: definition.id, saved, shelf, loads })
    }
    /// Shows what was found in place of what is in memory. Gives the loads that brought it.
    pub(super) fn show(&self, back: Vec<Back>) -> Vec<Load> {
        let before = self.shelves.take();
        let mut sources = self.sources.borrow_mut();
        sources.clear();
        let mut loads = Vec::new();
        for Back { report, saved, mut shelf, loads: kept } in back {
            let old = before.iter().find(|(other, _)| *other == report);
            shelf.table_mut().follow(old.map_or(0, |(_, shelf)| shelf.borrow().table().revision()));
            self.shelves.borrow_mut().push((report, Rc::new(RefCell::new(shelf))));
            sources.push((report, saved));
            loads.extend(kept.into_iter().filter_map(|load| Load::of_kept(load, report.definition())));
        }
        self.spill.replace(None);
        loads
    }
    /// Reads every column that is still in a file, one in each turn.
    pub(super) async fn read_all(&self) -> Result<(), KeepError> {
        let shelves: Vec<_> = self.shelves.borrow().clone();
        for (report, shelf) in shelves {
            for at in 0..report.definition().columns.len() {
                let _ = &shelf.borrow().table().columns()[at];
                self.ports.clock.yield_now().await;
            }
        }
        self.trouble().map_or(Ok(()), Err)
    }
    /// Deletes what was saved. What is open is taken into memory first.
    pub(super) async fn delete(&self) -> Result<(), KeepError> {
        {
            let _turn = self.turn.lock().await;
            let shelves: Vec<_> = self.shelves.borrow().clone();
            for (report, shelf) in shelves {
                if let Some(source) = self.source(report) {
                    self.read_columns(&shelf).await;
                    let mut shelf = shelf.borrow_mut();
                    shelf.table_mut().records_mut().take_from(source.file())?;
                    if let Some(error) = shelf.table().trouble() {
                        return Err(error.into());
                    }
                }
            }
            self.sources.borrow_mut().clear();
            // Without its key it is noise, whatever becomes of the files.
            self.sealed.take();
            self.ports.vault.forget(&kept_prefix(&self.dataset)).await?;
            self.delete_files().await?;
        }
        self.make_room().await;
        Ok(())
    }

    fn source(&self, report: ReportId) -> Option<Saved> {
        let sources = self.sources.borrow();
        sources.iter().find(|(other, _)| *other == report).map(|(_, saved)| saved.clone())
    }
}

#[cfg(test)]
mod tests;
