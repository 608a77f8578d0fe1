//! Rows outside memory: kept because somebody asked, or moved to a file because memory was needed.

mod kept;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures_util::lock::Mutex;

use self::kept::Kept;
use super::Spawn;
use crate::{
    cache::{SealedStorage, Spill, kept_prefix},
    fetch::{KeptLoad, Load, Milestone, Shelf},
    limits::{KEPT_FOR, KEPT_PAGES, MEMORY_BYTES_MAX, SPILL_BYTES, SPILL_SLACK_BYTES},
    ports::{FileKey, Millis, Ports, StorageError},
    protocol::{DatasetId, KeepError, KeptStatus, LoadKey},
    reports::{self, ReportId},
};

/// A handful, so that lists do. Loads share them to know how much memory is left.
pub(super) type Shelves = Rc<RefCell<Vec<(ReportId, Rc<RefCell<Shelf>>)>>>;

/// Keeps the rows of one dataset.
pub(super) struct Keeper {
    dataset: DatasetId,
    ports: Ports,
    spawn: Spawn,
    shelves: Shelves,
    loads: RefCell<Vec<(LoadKey, Rc<RefCell<Load>>)>>,
    /// The files of reports that are kept, or were had back.
    kept: RefCell<Vec<(ReportId, Rc<Mutex<Kept>>)>>,
    /// Reports whose files could not be read, for a reason that may pass.
    unread: RefCell<Vec<(ReportId, KeepError)>>,
    /// True while what comes is kept.
    is_on: Cell<bool>,
    /// Pages since something was kept.
    pages: Cell<u32>,
    /// Until when what is kept is of use, as far as that was said.
    until: Cell<Millis>,
    /// Something came that is to be kept.
    is_due: Cell<bool>,
    is_writing: Cell<bool>,
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

/// Reports that are back, not shown yet, and those that were kept and cannot be had back.
pub(super) type Found = (Vec<(ReportId, kept::Found)>, Vec<(ReportId, KeepError)>);

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
            loads: RefCell::default(),
            kept: RefCell::default(),
            unread: RefCell::default(),
            is_on: Cell::new(false),
            pages: Cell::new(0),
            until: Cell::new(0),
            is_due: Cell::new(false),
            is_writing: Cell::new(false),
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
        if self.memory_bytes() > limits.spill {
            let _turn = self.turn.lock().await;
            self.release(self.too_much() + limits.slack);
            let too_much = self.too_much();
            if too_much > 0 && !self.is_refused.get() {
                // A browser that takes nothing now will hardly do so later, and asking costs time.
                self.is_refused.set(self.spill(too_much + limits.slack).await.is_err());
            }
        }
        self.memory_bytes() <= limits.max
    }
    fn memory_bytes(&self) -> usize {
        self.shelves.borrow().iter().map(|(_, shelf)| shelf.borrow().memory_bytes()).sum()
    }
    /// Bytes of memory above the limit.
    fn too_much(&self) -> usize {
        self.memory_bytes().saturating_sub(self.limits.spill)
    }
    /// Lets go of so many bytes of records that are kept: they need no other file, and no more room. Whoever writes to the
    /// files of a report has the turn.
    fn release(&self, bytes: usize) {
        let before = self.memory_bytes();
        for (report, shelf) in self.shelves.borrow().iter() {
            if let Some(kept) = self.kept(*report).as_ref().and_then(|kept| kept.try_lock()) {
                let (file, places) = kept.records();
                let freed = before.saturating_sub(self.memory_bytes());
                shelf.borrow_mut().table_mut().records_mut().release(file, places, bytes.saturating_sub(freed));
            }
        }
    }
    /// Moves so many bytes of records to a file that goes with the worker.
    async fn spill(&self, bytes: usize) -> Result<(), StorageError> {
        if self.spill.borrow().is_none() {
            // The key is gone with the worker, as the rows are.
            let random = self.ports.random.clone();
            let key = FileKey::random(&*random);
            let sealed = Rc::new(SealedStorage::new(self.ports.storage.clone(), random, key));
            let spill = Spill::new(sealed, &*self.ports.random, self.spawn.clone()).await?;
            self.spill.replace(Some(spill));
        }
        let before = self.memory_bytes();
        if let Some(spill) = self.spill.borrow_mut().as_mut() {
            for (_, shelf) in self.shelves.borrow().iter() {
                let freed = before.saturating_sub(self.memory_bytes());
                spill.take(shelf.borrow_mut().table_mut(), bytes.saturating_sub(freed))?;
            }
        }
        Ok(())
    }

    /// Has the rows of a load kept with how the load stands, in place of the load that the key had.
    pub(super) fn watch(&self, load: Rc<RefCell<Load>>) {
        let key = load.borrow().key().clone();
        let mut loads = self.loads.borrow_mut();
        loads.retain(|(other, _)| *other != key);
        loads.push((key, load));
    }
    /// Keeps what is in memory and what comes from now on; or nothing, not even what was kept.
    pub(super) async fn keep(&self, is_on: bool) -> Result<(), KeepError> {
        self.is_on.set(is_on);
        if !is_on {
            return self.delete().await;
        }
        let written = self.write(false).await;
        self.tell(written).await;
        Ok(())
    }
    /// Call when a load has come further.
    pub(super) fn came(self: &Rc<Self>, milestone: Milestone) {
        let pages = self.pages.get() + 1;
        self.pages.set(pages);
        if !self.is_on.get() || milestone == Milestone::Page && pages < KEPT_PAGES {
            return;
        }
        self.pages.set(0);
        self.is_due.set(true);
        if !self.is_writing.replace(true) {
            let keeper = self.clone();
            (self.spawn)(Box::pin(async move { keeper.keep_up().await }));
        }
    }
    async fn keep_up(&self) {
        while self.is_on.get() && self.is_due.replace(false) {
            let written = self.write(false).await;
            self.tell(written).await;
        }
        self.is_writing.set(false);
    }
    /// Tells how keeping goes. With trouble it is over until somebody asks for it again.
    async fn tell(&self, written: Result<(), KeepError>) {
        let outcome = match written {
            Ok(()) => self.extend().await,
            Err(error) => Err(error),
        };
        // Nobody has to know about what was deleted meanwhile.
        if !self.is_on.get() {
            return;
        }
        let trouble = outcome.err();
        if trouble == Some(KeepError::Forgotten) {
            // Nobody will be able to read these files. What is only there is still of use here.
            let _turn = self.turn.lock().await;
            drop(self.let_go().await);
        }
        self.is_on.set(trouble.is_none());
        let (bytes, rows) = self.size();
        (self.tell)(KeptStatus { bytes, rows, until: self.until.get(), trouble });
    }
    /// What is kept is of use for its time from now on.
    async fn extend(&self) -> Result<(), KeepError> {
        let sealed = self.sealed.borrow().clone();
        if let Some(sealed) = sealed {
            let until = self.ports.clock.now() + KEPT_FOR.as_millis() as Millis;
            self.ports.vault.extend(&kept_prefix(&self.dataset), sealed.key(), until).await?;
            self.until.set(until);
        }
        Ok(())
    }
    /// Bytes and rows that are kept. Whoever writes has the turn.
    fn size(&self) -> (u64, u64) {
        self.kept
            .borrow()
            .iter()
            .filter_map(|(_, kept)| kept.try_lock())
            .fold((0, 0), |(bytes, rows), kept| (bytes + kept.bytes(), rows + u64::from(kept.rows())))
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

    /// Keeps every report that has rows, with all its columns; says how many bytes that takes. What was kept of other reports
    /// stays.
    pub(super) async fn save(&self) -> Result<u64, KeepError> {
        self.write(true).await?;
        Ok(self.size().0)
    }
    /// Writes what came since the last time, and columns where that is worth it, or in any case.
    /// A report that cannot be kept keeps no other from it.
    async fn write(&self, has_columns: bool) -> Result<(), KeepError> {
        let _turn = self.turn.lock().await;
        if !has_columns && !self.is_on.get() {
            // Somebody decided otherwise while others had the turn.
            return Ok(());
        }
        let shelves: Vec<_> = self.shelves.borrow().clone();
        let mut outcome = Ok(());
        for (report, shelf) in shelves.into_iter().filter(|(_, shelf)| !shelf.borrow().table().is_empty()) {
            let written = self.write_report(report, &shelf, has_columns).await;
            outcome = outcome.and(written);
        }
        outcome
    }
    async fn write_report(&self, report: ReportId, shelf: &RefCell<Shelf>, has_columns: bool) -> Result<(), KeepError> {
        if let Some(error) = shelf.borrow().table().trouble() {
            return Err(error.into());
        }
        let clock = &*self.ports.clock;
        let storage = self.sealed(true).await?;
        let kept = match self.kept(report) {
            Some(kept) => kept,
            None => {
                // What is there may be of use yet: only for a moment it could not be read.
                if let Some((_, error)) = self.unread.borrow().iter().find(|(other, _)| *other == report) {
                    return Err(error.clone());
                }
                let id = self.ports.random.next_u64();
                let kept = Kept::new(self.dataset.clone(), report, &storage, id, clock).await?;
                let kept = Rc::new(Mutex::new(kept));
                self.kept.borrow_mut().push((report, kept.clone()));
                kept
            }
        };
        let mut kept = kept.lock().await;
        kept.add(shelf, &self.loads_of(report), clock).await?;
        if has_columns || kept.wants_columns(self.is_loading(report)) {
            match kept.add_columns(shelf, || self.loads_of(report), &storage, clock).await {
                // Without columns it takes longer to have the rows back, and no more.
                Err(KeepError::Full) if !has_columns => {}
                added => added?,
            }
        }
        Ok(())
    }
    fn loads_of(&self, report: ReportId) -> Vec<KeptLoad> {
        let loads = self.loads.borrow();
        loads.iter().filter(|(key, _)| key.report == report).map(|(_, load)| load.borrow().kept()).collect()
    }
    fn is_loading(&self, report: ReportId) -> bool {
        let loads = self.loads.borrow();
        loads.iter().any(|(key, load)| key.report == report && load.borrow().phase().is_under_way())
    }

    /// Looks for everything that was kept.
    pub(super) async fn find(&self) -> Result<Found, KeepError> {
        let _turn = self.turn.lock().await;
        self.unread.borrow_mut().clear();
        let storage = match self.sealed(false).await {
            Ok(storage) => storage,
            Err(error) => {
                reports::ALL.iter().for_each(|definition| self.note_unread(definition.id, &error));
                return Err(error);
            }
        };
        let (mut back, mut failed) = (Vec::new(), Vec::new());
        for definition in reports::ALL {
            let open = match self.kept(definition.id) {
                Some(kept) => Some(kept.lock().await.files()),
                None => None,
            };
            let (report, clock) = (definition.id, &*self.ports.clock);
            match Kept::find(self.dataset.clone(), report, &storage, open, clock).await {
                Ok(mut found) => {
                    found.shelf.pack_with(self.ports.packer.clone());
                    back.push((report, found));
                }
                Err(KeepError::NothingSaved) => {}
                Err(error) => {
                    self.note_unread(report, &error);
                    failed.push((report, error));
                }
            }
        }
        match failed.first() {
            Some((_, error)) if back.is_empty() => Err(error.clone()),
            None if back.is_empty() => Err(KeepError::NothingSaved),
            _ => Ok((back, failed)),
        }
    }
    /// What could not be read, and may be another time, must not be written over.
    fn note_unread(&self, report: ReportId, error: &KeepError) {
        let is_lost = matches!(error, KeepError::NothingSaved | KeepError::OtherVersion | KeepError::Damaged);
        if !is_lost {
            self.unread.borrow_mut().push((report, error.clone()));
        }
    }
    /// Shows what was found in place of what is in memory. Gives the loads that brought it.
    pub(super) fn show(&self, back: Vec<(ReportId, kept::Found)>) -> Vec<Load> {
        let before = self.shelves.take();
        self.loads.borrow_mut().clear();
        self.kept.borrow_mut().clear();
        let mut loads = Vec::new();
        for (report, kept::Found { kept, mut shelf, loads: kept_loads }) in back {
            let old = before.iter().find(|(other, _)| *other == report);
            shelf.table_mut().follow(old.map_or(0, |(_, shelf)| shelf.borrow().table().revision()));
            self.shelves.borrow_mut().push((report, Rc::new(RefCell::new(shelf))));
            self.kept.borrow_mut().push((report, Rc::new(Mutex::new(kept))));
            loads.extend(kept_loads.into_iter().filter_map(|load| Load::of_kept(load, report.definition())));
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
    /// Deletes what was kept. What is open is taken into memory first.
    pub(super) async fn delete(&self) -> Result<(), KeepError> {
        {
            let _turn = self.turn.lock().await;
            self.let_go().await?;
            self.unread.borrow_mut().clear();
            // Without its key it is noise, whatever becomes of the files.
            self.ports.vault.forget(&kept_prefix(&self.dataset)).await?;
            self.delete_files().await?;
        }
        self.make_room().await;
        Ok(())
    }
    /// Has nothing to do with the kept files any longer: what is only there is taken into memory, or to a file that goes with
    /// the worker. Whoever calls has the turn.
    async fn let_go(&self) -> Result<(), KeepError> {
        let kept = self.kept.take();
        self.sealed.take();
        for (report, kept) in kept {
            let shelf =
                self.shelves.borrow().iter().find(|(other, _)| *other == report).map(|(_, shelf)| shelf.clone());
            let Some(shelf) = shelf else { continue };
            self.read_columns(&shelf).await;
            let (file, _) = kept.lock().await.files();
            while shelf.borrow_mut().table_mut().records_mut().take_from(&file, SPILL_SLACK_BYTES)? {
                if self.too_much() > 0 {
                    self.spill(self.too_much()).await?;
                }
                self.ports.clock.yield_now().await;
            }
            if let Some(error) = shelf.borrow().table().trouble() {
                return Err(error.into());
            }
        }
        Ok(())
    }

    fn kept(&self, report: ReportId) -> Option<Rc<Mutex<Kept>>> {
        let kept = self.kept.borrow();
        kept.iter().find(|(other, _)| *other == report).map(|(_, kept)| kept.clone())
    }
}

#[cfg(test)]
mod tests;
