//! A file that makes room for a dataset while it is open. It goes with the last row that is in it.

use std::{fmt, rc::Rc};

use futures_util::future::LocalBoxFuture;

use crate::{
    ports::{Random, Storage, StorageError, StoredFile},
    store::Table,
};

/// Runs a future to its end, on the same thread.
pub type Spawn = Rc<dyn Fn(LocalBoxFuture<'static, ()>)>;

/// How the names of such files begin.
const PREFIX: &str = "spill-";

/// True for a file that is of no use once the worker that made it is gone.
pub fn is_spill_file(name: &str) -> bool {
    name.starts_with(PREFIX)
}

/// A spill file and how far it is filled.
#[derive(Clone, Debug)]
pub struct Spill {
    file: Rc<dyn StoredFile>,
    end: u64,
}

impl Spill {
    /// A new one.
    ///
    /// # Errors
    /// What the storage says.
    pub async fn new(storage: Rc<dyn Storage>, random: &dyn Random, spawn: Spawn) -> Result<Self, StorageError> {
        let name = format!("{PREFIX}{:016x}", random.next_u64());
        let file = Some(storage.open(&name).await?);
        Ok(Self { file: Rc::new(Temporary { file, name, storage, spawn }), end: 0 })
    }
    /// Moves records of a table here, the oldest first, until at least so many bytes are free or none is left.
    ///
    /// # Errors
    /// What the storage says; what is not here stayed where it was.
    pub fn take(&mut self, table: &mut Table, bytes: usize) -> Result<(), StorageError> {
        self.end = table.records_mut().spill(&self.file, self.end, bytes)?;
        Ok(())
    }
}

/// A file that is deleted when nobody needs it any longer.
struct Temporary {
    /// Always there until it is dropped.
    file: Option<Rc<dyn StoredFile>>,
    name: String,
    storage: Rc<dyn Storage>,
    spawn: Spawn,
}

impl Temporary {
    fn file(&self) -> Result<&dyn StoredFile, StorageError> {
        self.file.as_deref().ok_or(StorageError::InUse)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        self.file = None;
        let (storage, name) = (self.storage.clone(), std::mem::take(&mut self.name));
        // A file that cannot be deleted now is deleted at the next start.
        (self.spawn)(Box::pin(async move { drop(storage.delete(&name).await) }));
    }
}

impl fmt::Debug for Temporary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Temporary").finish_non_exhaustive()
    }
}

impl StoredFile for Temporary {
    fn read(&self, offset: u64, into: &mut [u8]) -> Result<(), StorageError> {
        self.file()?.read(offset, into)
    }
    fn write(&self, offset: u64, bytes: &[u8]) -> Result<(), StorageError> {
        self.file()?.write(offset, bytes)
    }
    fn len(&self) -> Result<u64, StorageError> {
        self.file()?.len()
    }
    fn truncate(&self, len: u64) -> Result<(), StorageError> {
        self.file()?.truncate(len)
    }
    fn flush(&self) -> Result<(), StorageError> {
        self.file()?.flush()
    }
}
