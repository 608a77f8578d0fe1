//! Files in memory, for tests and for machines without a browser, and the storage of a place that keeps nothing.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    fmt,
    rc::Rc,
};

use futures_util::future::{FutureExt, LocalBoxFuture, ready};

use crate::ports::{Storage, StorageError, StoredFile};

/// Files in memory. Clones share them.
#[derive(Clone, Default)]
pub struct MemoryStorage(Rc<Inner>);

#[derive(Default)]
struct Inner {
    files: RefCell<BTreeMap<String, Rc<RefCell<Vec<u8>>>>>,
    /// Names of open files.
    open: RefCell<Vec<String>>,
    /// Bytes of all files together; `None` for no limit.
    quota: Cell<Option<u64>>,
    is_refusing: Cell<bool>,
}

impl MemoryStorage {
    /// Lets all files together grow to so many bytes, and no further; `None` for no limit.
    pub fn set_quota(&self, quota: Option<u64>) {
        self.0.quota.set(quota);
    }
    /// Refuses everything from now on, as a private window does, or no longer.
    pub fn set_refusing(&self, is_refusing: bool) {
        self.0.is_refusing.set(is_refusing);
    }
    /// Nobody has a file open any longer, because whoever had is gone without a word.
    pub fn abandon(&self) {
        self.0.open.borrow_mut().clear();
    }
    /// Bytes of all files together.
    pub fn used(&self) -> u64 {
        self.0.used()
    }
    /// Changes a file's bytes, as a broken disk would.
    pub fn damage(&self, name: &str, damage: impl FnOnce(&mut Vec<u8>)) {
        if let Some(bytes) = self.0.files.borrow().get(name) {
            damage(&mut bytes.borrow_mut());
        }
    }
}

impl Inner {
    fn used(&self) -> u64 {
        self.files.borrow().values().map(|bytes| bytes.borrow().len() as u64).sum()
    }
}

impl Storage for MemoryStorage {
    fn open<'s>(&'s self, name: &'s str) -> LocalBoxFuture<'s, Result<Rc<dyn StoredFile>, StorageError>> {
        let inner = self.0.clone();
        if inner.is_refusing.get() {
            return ready(Err(StorageError::Refused)).boxed_local();
        }
        if inner.open.borrow().iter().any(|other| other == name) {
            return ready(Err(StorageError::InUse)).boxed_local();
        }
        inner.open.borrow_mut().push(name.to_owned());
        let bytes = inner.files.borrow_mut().entry(name.to_owned()).or_default().clone();
        let file: Rc<dyn StoredFile> = Rc::new(MemoryFile { inner, name: name.to_owned(), bytes });
        ready(Ok(file)).boxed_local()
    }
    fn names(&self) -> LocalBoxFuture<'_, Result<Vec<String>, StorageError>> {
        let names = || self.0.files.borrow().keys().cloned().collect();
        ready(if self.0.is_refusing.get() { Err(StorageError::Refused) } else { Ok(names()) }).boxed_local()
    }
    fn delete<'s>(&'s self, name: &'s str) -> LocalBoxFuture<'s, Result<(), StorageError>> {
        if self.0.is_refusing.get() {
            return ready(Err(StorageError::Refused)).boxed_local();
        }
        if self.0.open.borrow().iter().any(|other| other == name) {
            return ready(Err(StorageError::InUse)).boxed_local();
        }
        self.0.files.borrow_mut().remove(name);
        ready(Ok(())).boxed_local()
    }
}

struct MemoryFile {
    inner: Rc<Inner>,
    name: String,
    bytes: Rc<RefCell<Vec<u8>>>,
}

impl fmt::Debug for MemoryFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryFile({} bytes)", self.bytes.borrow().len())
    }
}

impl Drop for MemoryFile {
    fn drop(&mut self) {
        self.inner.open.borrow_mut().retain(|other| *other != self.name);
    }
}

impl MemoryFile {
    fn grow(&self, len: usize) -> Result<(), StorageError> {
        let old = self.bytes.borrow().len();
        let more = len.saturating_sub(old) as u64;
        if more > 0 && self.inner.quota.get().is_some_and(|quota| self.inner.used() + more > quota) {
            return Err(StorageError::Full);
        }
        if more > 0 {
            self.bytes.borrow_mut().resize(len, 0);
        }
        Ok(())
    }
}

impl StoredFile for MemoryFile {
    fn read(&self, offset: u64, into: &mut [u8]) -> Result<(), StorageError> {
        let bytes = self.bytes.borrow();
        let found = usize::try_from(offset).ok().and_then(|start| bytes.get(start..start.checked_add(into.len())?));
        into.copy_from_slice(found.ok_or_else(|| StorageError::Failed { detail: "end of file".to_owned() })?);
        Ok(())
    }
    fn write(&self, offset: u64, bytes: &[u8]) -> Result<(), StorageError> {
        let start = usize::try_from(offset).map_err(|_| StorageError::Full)?;
        let end = start.checked_add(bytes.len()).ok_or(StorageError::Full)?;
        self.grow(end)?;
        self.bytes.borrow_mut()[start..end].copy_from_slice(bytes);
        Ok(())
    }
    fn len(&self) -> Result<u64, StorageError> {
        Ok(self.bytes.borrow().len() as u64)
    }
    fn truncate(&self, len: u64) -> Result<(), StorageError> {
        let len = usize::try_from(len).map_err(|_| StorageError::Full)?;
        self.grow(len)?;
        self.bytes.borrow_mut().truncate(len);
        Ok(())
    }
    fn flush(&self) -> Result<(), StorageError> {
        Ok(())
    }
}

/// Keeps nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoStorage;

impl Storage for NoStorage {
    fn open<'s>(&'s self, _name: &'s str) -> LocalBoxFuture<'s, Result<Rc<dyn StoredFile>, StorageError>> {
        ready(Err(StorageError::Refused)).boxed_local()
    }
    fn names(&self) -> LocalBoxFuture<'_, Result<Vec<String>, StorageError>> {
        ready(Err(StorageError::Refused)).boxed_local()
    }
    fn delete<'s>(&'s self, _name: &'s str) -> LocalBoxFuture<'s, Result<(), StorageError>> {
        ready(Err(StorageError::Refused)).boxed_local()
    }
}
