//! Keys in memory, for tests and for machines without a browser.

use std::{cell::RefCell, collections::BTreeMap, fmt, rc::Rc};

use futures_util::future::{FutureExt, LocalBoxFuture, ready};

use crate::ports::{Clock, FileKey, Millis, Random, StorageError, Vault};

/// Keys in memory. Clones share them.
#[derive(Clone)]
pub struct MemoryVault(Rc<Inner>);

struct Inner {
    clock: Rc<dyn Clock>,
    random: Rc<dyn Random>,
    /// With the instant until which each is of use.
    keys: RefCell<BTreeMap<String, (FileKey, Option<Millis>)>>,
}

impl MemoryVault {
    /// One without keys.
    pub fn new(clock: Rc<dyn Clock>, random: Rc<dyn Random>) -> Self {
        Self(Rc::new(Inner { clock, random, keys: RefCell::default() }))
    }
    /// Until when the key of this name is of use, where that was said.
    pub fn until(&self, name: &str) -> Option<Millis> {
        self.0.keys.borrow().get(name)?.1
    }
}

/// Has no keys and makes none.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoVault;

impl Vault for NoVault {
    fn key<'v>(&'v self, _name: &'v str) -> LocalBoxFuture<'v, Result<Option<FileKey>, StorageError>> {
        ready(Err(StorageError::Refused)).boxed_local()
    }
    fn make<'v>(&'v self, _name: &'v str) -> LocalBoxFuture<'v, Result<FileKey, StorageError>> {
        ready(Err(StorageError::Refused)).boxed_local()
    }
    fn extend<'v>(
        &'v self,
        _name: &'v str,
        _key: &'v FileKey,
        _until: Millis,
    ) -> LocalBoxFuture<'v, Result<(), StorageError>> {
        ready(Err(StorageError::Refused)).boxed_local()
    }
    fn forget<'v>(&'v self, _name: &'v str) -> LocalBoxFuture<'v, Result<(), StorageError>> {
        ready(Err(StorageError::Refused)).boxed_local()
    }
}

impl fmt::Debug for MemoryVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryVault({} keys)", self.0.keys.borrow().len())
    }
}

impl Vault for MemoryVault {
    fn key<'v>(&'v self, name: &'v str) -> LocalBoxFuture<'v, Result<Option<FileKey>, StorageError>> {
        let now = self.0.clock.now();
        self.0.keys.borrow_mut().retain(|_, (_, until)| until.is_none_or(|until| until > now));
        ready(Ok(self.0.keys.borrow().get(name).map(|(key, _)| key.clone()))).boxed_local()
    }
    fn make<'v>(&'v self, name: &'v str) -> LocalBoxFuture<'v, Result<FileKey, StorageError>> {
        let mut keys = self.0.keys.borrow_mut();
        let (key, _) = keys.entry(name.to_owned()).or_insert_with(|| (FileKey::random(&*self.0.random), None));
        ready(Ok(key.clone())).boxed_local()
    }
    fn extend<'v>(
        &'v self,
        name: &'v str,
        key: &'v FileKey,
        until: Millis,
    ) -> LocalBoxFuture<'v, Result<(), StorageError>> {
        let mut keys = self.0.keys.borrow_mut();
        let kept = keys.get_mut(name).filter(|(kept, _)| kept == key).ok_or(StorageError::Forgotten);
        ready(kept.map(|kept| kept.1 = Some(until))).boxed_local()
    }
    fn forget<'v>(&'v self, name: &'v str) -> LocalBoxFuture<'v, Result<(), StorageError>> {
        self.0.keys.borrow_mut().remove(name);
        ready(Ok(())).boxed_local()
    }
}
