//! Files in the browser: the origin private file system, which no other site and no file dialog reaches.
//! An open file is locked by the browser itself, and so is its deletion: that is how a tab knows what others still use.
//! A browser that keeps nothing (private window, blocked site data) says so with `Refused`, and memory is all there is.

use std::{fmt, rc::Rc, time::Duration};

use engine::{
    cache,
    ports::{Clock, Storage, StorageError, StoredFile},
};
use futures_util::future::{FutureExt, LocalBoxFuture};
use js_sys::{Array, AsyncIterator, Function, IteratorNext, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{FileSystemReadWriteOptions, FileSystemSyncAccessHandle};

use super::{clock::BrowserClock, js_error::name_of};

/// The folder that all of our files are in.
const FOLDER: &str = "gatebook";
/// A worker that was ended lets go of its files a moment later.
const OPEN_TRIES: u32 = 20;
const OPEN_PAUSE: Duration = Duration::from_millis(25);

/// The browser's files. Works in dedicated workers only, because only they read and write at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct BrowserStorage;

impl Storage for BrowserStorage {
    fn open<'s>(&'s self, name: &'s str) -> LocalBoxFuture<'s, Result<Rc<dyn StoredFile>, StorageError>> {
        async move {
            let folder = folder().await?;
            let mut tries = 0;
            loop {
                tries += 1;
                match open_file(&folder, name).await {
                    Ok(handle) => return Ok(Rc::new(BrowserFile(handle)) as Rc<dyn StoredFile>),
                    // Not found: another tab took the new file for one that nobody uses, before it was open.
                    Err(error) if tries < OPEN_TRIES && (is_in_use(&error) || name_of(&error) == "NotFoundError") => {
                        BrowserClock.sleep(OPEN_PAUSE).await;
                    }
                    Err(error) => return Err(storage_error(&error)),
                }
            }
        }
        .boxed_local()
    }
    fn names(&self) -> LocalBoxFuture<'_, Result<Vec<String>, StorageError>> {
        async move {
            let keys: AsyncIterator =
                call(&folder().await?, "keys", &[]).map_err(|error| storage_error(&error))?.unchecked_into();
            let mut names = Vec::new();
            loop {
                let next = keys.next().map_err(|error| storage_error(&error))?;
                let next: IteratorNext =
                    settled(next.into()).await.map_err(|error| storage_error(&error))?.unchecked_into();
                if next.done() {
                    break;
                }
                names.extend(next.value().as_string());
            }
            names.sort();
            Ok(names)
        }
        .boxed_local()
    }
    fn delete<'s>(&'s self, name: &'s str) -> LocalBoxFuture<'s, Result<(), StorageError>> {
        async move {
            let removed = match call(&folder().await?, "removeEntry", &[JsValue::from_str(name)]) {
                Ok(removing) => settled(removing).await,
                Err(error) => Err(error),
            };
            match removed {
                Ok(_) => Ok(()),
                Err(error) if name_of(&error) == "NotFoundError" => Ok(()),
                Err(error) => Err(storage_error(&error)),
            }
        }
        .boxed_local()
    }
}

/// Asks the browser not to delete this page's files when a disk gets full. It may refuse, and asks the person where it cannot
/// tell; what is kept is kept as long as there is room either way. Works in a window.
pub async fn ask_to_stay() {
    let ask = async {
        let navigator = Reflect::get(&js_sys::global(), &"navigator".into())?;
        let storage = Reflect::get(&navigator, &"storage".into())?;
        settled(call(&storage, "persist", &[])?).await
    };
    // A browser without it decides by itself.
    let _: Result<JsValue, JsValue> = ask.await;
}

/// Removes every file, of every dataset. Works in a window too. What a worker of another tab still uses stays.
pub async fn wipe() {
    remove(|_| true).await;
}

/// Removes the files that only made room for a dataset while it was open, and whose worker is gone. Works in a window too.
pub async fn remove_orphans() {
    remove(cache::is_spill_file).await;
}

/// Removes some files. False when another tab uses some of them, which stay.
pub(super) async fn remove(is_wanted: impl Fn(&str) -> bool) -> bool {
    for _ in 0..OPEN_TRIES {
        // A browser that lists nothing has nothing.
        let Ok(mut names) = BrowserStorage.names().await else { return true };
        names.retain(|name| is_wanted(name));
        let mut is_in_use = false;
        for name in names {
            is_in_use |= BrowserStorage.delete(&name).await == Err(StorageError::InUse);
        }
        if !is_in_use {
            return true;
        }
        // A worker that was just ended is about to let go of it.
        BrowserClock.sleep(OPEN_PAUSE).await;
    }
    false
}

/// How many bytes some files have, in use or not.
pub(super) async fn bytes(is_wanted: impl Fn(&str) -> bool) -> u64 {
    let Ok(folder) = folder().await else { return 0 };
    let names = BrowserStorage.names().await.unwrap_or_default();
    let mut bytes = 0.0;
    for name in names.iter().filter(|name| is_wanted(name)) {
        let size = async {
            let handle = settled(call(&folder, "getFileHandle", &[JsValue::from_str(name)])?).await?;
            Reflect::get(&settled(call(&handle, "getFile", &[])?).await?, &"size".into())
        };
        // One that is gone by now has none.
        bytes += size.await.ok().and_then(|size| size.as_f64()).unwrap_or_default();
    }
    bytes as u64
}

/// An open file. The browser closes it with the worker, if nobody does before.
struct BrowserFile(FileSystemSyncAccessHandle);

impl fmt::Debug for BrowserFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BrowserFile")
    }
}

impl Drop for BrowserFile {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl StoredFile for BrowserFile {
    fn read(&self, offset: u64, into: &mut [u8]) -> Result<(), StorageError> {
        let wanted = into.len() as f64;
        let read = self.0.read_with_u8_array_and_options(into, &at(offset)).map_err(|error| storage_error(&error))?;
        if read == wanted { Ok(()) } else { Err(StorageError::Failed { detail: "end of file".to_owned() }) }
    }
    fn write(&self, offset: u64, bytes: &[u8]) -> Result<(), StorageError> {
        let written =
            self.0.write_with_u8_array_and_options(bytes, &at(offset)).map_err(|error| storage_error(&error))?;
        if written == bytes.len() as f64 { Ok(()) } else { Err(StorageError::Full) }
    }
    fn len(&self) -> Result<u64, StorageError> {
        self.0.get_size().map(|size| size as u64).map_err(|error| storage_error(&error))
    }
    fn truncate(&self, len: u64) -> Result<(), StorageError> {
        self.0.truncate_with_f64(len as f64).map_err(|error| storage_error(&error))
    }
    fn flush(&self) -> Result<(), StorageError> {
        self.0.flush().map_err(|error| storage_error(&error))
    }
}

fn at(offset: u64) -> FileSystemReadWriteOptions {
    let options = FileSystemReadWriteOptions::new();
    options.set_at_f64(offset as f64);
    options
}

async fn open_file(folder: &JsValue, name: &str) -> Result<FileSystemSyncAccessHandle, JsValue> {
    let handle = settled(call(folder, "getFileHandle", &[JsValue::from_str(name), create()])?).await?;
    Ok(settled(call(&handle, "createSyncAccessHandle", &[])?).await?.unchecked_into())
}

/// Our folder. Whatever goes wrong on the way there means that this page can keep no files.
async fn folder() -> Result<JsValue, StorageError> {
    let open = async {
        let navigator = Reflect::get(&js_sys::global(), &"navigator".into())?;
        let storage = Reflect::get(&navigator, &"storage".into())?;
        let root = settled(call(&storage, "getDirectory", &[])?).await?;
        settled(call(&root, "getDirectoryHandle", &[JsValue::from_str(FOLDER), create()])?).await
    };
    open.await.map_err(|_: JsValue| StorageError::Refused)
}

fn create() -> JsValue {
    let options = js_sys::Object::new();
    Reflect::set(&options, &"create".into(), &JsValue::TRUE).expect("a fresh object takes any property");
    options.into()
}

/// Calls a method that a browser may not have.
fn call(object: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let function: Function = Reflect::get(object, &method.into())?.dyn_into()?;
    function.apply(object, &arguments.iter().collect::<Array>())
}

async fn settled(promise: JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(promise.unchecked_into::<Promise>()).await
}

fn is_in_use(error: &JsValue) -> bool {
    // The older name is what browsers said before the standard settled.
    matches!(name_of(error).as_str(), "NoModificationAllowedError" | "InvalidStateError")
}

/// Only the name of an error is kept: its message may hold the name of a file.
fn storage_error(error: &JsValue) -> StorageError {
    match name_of(error).as_str() {
        _ if is_in_use(error) => StorageError::InUse,
        "QuotaExceededError" => StorageError::Full,
        "SecurityError" | "NotAllowedError" => StorageError::Refused,
        // What has no such method at all.
        "" => StorageError::Refused,
        name => StorageError::Failed { detail: name.to_owned() },
    }
}
