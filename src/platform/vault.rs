//! The keys of files that are kept. Beside each stands a key of WebCrypto's that no script can read, and the file's key is
//! sealed with that one: a copy of the files alone, or of what stands here as bytes, opens nothing. Whoever has the whole browser
//! profile has both, and so has every script of this origin. When a record is deleted, what was sealed with its key is noise as
//! soon as the browser has let go of the record too.

use engine::{
    limits::KEPT_FOR,
    ports::{Clock, FileKey, Millis, StorageError, Vault},
};
use futures_util::future::{FutureExt, LocalBoxFuture};
use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Crypto, CryptoKey, IdbDatabase, SubtleCrypto};

use super::{
    clock::BrowserClock,
    database::{self, committed, settled},
    js_error::name_of,
};

const DATABASE: &str = "gatebook-kept";
const STORE: &str = "keys";
const ALGORITHM: &str = "AES-GCM";
/// Bits of the key that seals the file's key.
const KEY_BITS: u32 = 256;
/// As AES-GCM wants it. Each sealing key seals one thing, once.
const NONCE_BYTES: usize = 12;

/// The browser's keys. Works in a worker and in a window.
#[derive(Clone, Copy, Debug, Default)]
pub struct BrowserVault;

impl Vault for BrowserVault {
    fn key<'v>(&'v self, name: &'v str) -> LocalBoxFuture<'v, Result<Option<FileKey>, StorageError>> {
        async move {
            let keys = Keys::open().await?;
            let Some(record) = keys.read(name).await? else { return Ok(None) };
            let record = Record::of(&record)?;
            if record.is_over() {
                keys.forget(name).await?;
                return Ok(None);
            }
            record.file_key(name).await.map(Some)
        }
        .boxed_local()
    }
    fn make<'v>(&'v self, name: &'v str) -> LocalBoxFuture<'v, Result<FileKey, StorageError>> {
        async move {
            let mut bytes = [0; 32];
            random(&mut bytes)?;
            let key = FileKey::new(bytes);
            let until = BrowserClock.now() + KEPT_FOR.as_millis() as Millis;
            let record = Record::seal(name, &key, until).await?;
            let keys = Keys::open().await?;
            while let Some(other) = keys.add(name, &record).await? {
                match Record::of(&other) {
                    // Another tab was first, and has sealed with it.
                    Ok(other) if let Ok(key) = other.file_key(name).await => return Ok(key),
                    // One that opens nothing is in nobody's use.
                    _ => keys.forget(name).await?,
                }
            }
            Ok(key)
        }
        .boxed_local()
    }
    fn extend<'v>(
        &'v self,
        name: &'v str,
        key: &'v FileKey,
        until: Millis,
    ) -> LocalBoxFuture<'v, Result<(), StorageError>> {
        async move {
            let keys = Keys::open().await?;
            let record = keys.read(name).await?.ok_or(StorageError::Forgotten)?;
            let record = Record::of(&record)?;
            let is_extended = record.file_key(name).await? == *key && keys.extend(name, &record, until).await?;
            if is_extended { Ok(()) } else { Err(StorageError::Forgotten) }
        }
        .boxed_local()
    }
    fn forget<'v>(&'v self, name: &'v str) -> LocalBoxFuture<'v, Result<(), StorageError>> {
        async move { Keys::open().await?.forget(name).await }.boxed_local()
    }
}

/// The names of all keys, sorted, and until when each is of use; the beginning of time for one that cannot be read.
///
/// # Errors
/// `Refused` where the browser keeps nothing.
pub async fn list() -> Result<Vec<(String, Millis)>, StorageError> {
    match Keys::if_any().await? {
        Some(keys) => keys.list().await,
        None => Ok(Vec::new()),
    }
}

/// Forgets some keys, by their names and until when they are of use, whoever's they are.
///
/// # Errors
/// `Refused` where the browser keeps nothing.
pub async fn forget_all(is_unwanted: impl Fn(&str, Millis) -> bool) -> Result<(), StorageError> {
    let Some(keys) = Keys::if_any().await? else { return Ok(()) };
    for (name, until) in keys.list().await? {
        if is_unwanted(&name, until) {
            keys.forget(&name).await?;
        }
    }
    Ok(())
}

/// The database of keys. Others may delete it only while nobody has it open, so it is opened anew for each purpose.
struct Keys(IdbDatabase);

impl Drop for Keys {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Keys {
    async fn open() -> Result<Self, StorageError> {
        database::open(DATABASE, STORE).await.map(Self).map_err(|error| storage_error(&error))
    }
    /// Makes no database where there is none.
    async fn if_any() -> Result<Option<Self>, StorageError> {
        match database::exists(DATABASE).await {
            Ok(true) => Self::open().await.map(Some),
            Ok(false) => Ok(None),
            Err(error) => Err(storage_error(&error)),
        }
    }
    /// The record of this name.
    async fn read(&self, name: &str) -> Result<Option<JsValue>, StorageError> {
        let read = async {
            let (_, store) = database::change(&self.0, STORE)?;
            settled(&store.get(&JsValue::from_str(name))?).await
        };
        let found = read.await.map_err(|error| storage_error(&error))?;
        Ok((!found.is_undefined()).then_some(found))
    }
    /// Writes a record where there is none of this name, and gives back the one that is there. In one transaction, so that
    /// two tabs cannot both be first.
    async fn add(&self, name: &str, record: &Record) -> Result<Option<JsValue>, StorageError> {
        let name = JsValue::from_str(name);
        let add = async {
            let (transaction, store) = database::change(&self.0, STORE)?;
            let found = settled(&store.get(&name)?).await?;
            if found.is_undefined() {
                store.put_with_key(&record.to_object()?, &name)?;
            }
            committed(&transaction).await.map(|()| (!found.is_undefined()).then_some(found))
        };
        add.await.map_err(|error| storage_error(&error))
    }
    /// False when this record is not there any more. In one transaction, so that what another tab forgets meanwhile does not come
    /// back.
    async fn extend(&self, name: &str, record: &Record, until: Millis) -> Result<bool, StorageError> {
        let name = JsValue::from_str(name);
        let extend = async {
            let (transaction, store) = database::change(&self.0, STORE)?;
            let found = settled(&store.get(&name)?).await?;
            let is_same = Record::of(&found).is_ok_and(|found| found.sealed.to_vec() == record.sealed.to_vec());
            if is_same {
                Reflect::set(&found, &UNTIL.into(), &JsValue::from_f64(until as f64))?;
                store.put_with_key(&found, &name)?;
            }
            committed(&transaction).await.map(|()| is_same)
        };
        extend.await.map_err(|error| storage_error(&error))
    }
    async fn forget(&self, name: &str) -> Result<(), StorageError> {
        let forget = async {
            let (transaction, store) = database::change(&self.0, STORE)?;
            store.delete(&JsValue::from_str(name))?;
            committed(&transaction).await
        };
        forget.await.map_err(|error| storage_error(&error))
    }
    async fn list(&self) -> Result<Vec<(String, Millis)>, StorageError> {
        let list = async {
            let (_, store) = database::change(&self.0, STORE)?;
            // Asked for together, so that they are of one moment.
            let (names, records) = (store.get_all_keys()?, store.get_all()?);
            let names: Array = settled(&names).await?.unchecked_into();
            let records: Array = settled(&records).await?.unchecked_into();
            Ok::<_, JsValue>(names.iter().zip(records.iter()).collect::<Vec<_>>())
        };
        let listed = list.await.map_err(|error| storage_error(&error))?;
        let until = |record: &JsValue| Record::of(record).map_or(0, |record| record.until);
        let mut list: Vec<_> =
            listed.iter().filter_map(|(name, record)| Some((name.as_string()?, until(record)))).collect();
        list.sort();
        Ok(list)
    }
}

const SEALING: &str = "sealing";
const NONCE: &str = "nonce";
const SEALED: &str = "sealed";
const UNTIL: &str = "until";

/// What stands in the database under a name.
struct Record {
    /// Cannot be exported.
    sealing: CryptoKey,
    nonce: Uint8Array,
    /// The file's key, sealed.
    sealed: Uint8Array,
    until: Millis,
}

impl Record {
    async fn seal(name: &str, key: &FileKey, until: Millis) -> Result<Self, StorageError> {
        let mut nonce = [0; NONCE_BYTES];
        random(&mut nonce)?;
        let nonce = Uint8Array::from(nonce.as_slice());
        let seal = async {
            let subtle = subtle()?;
            let (is_extractable, usages) = (false, Array::of2(&"encrypt".into(), &"decrypt".into()));
            let wanted = object(&[("name", ALGORITHM.into()), ("length", KEY_BITS.into())])?;
            let sealing: CryptoKey =
                JsFuture::from(subtle.generate_key_with_object(&wanted, is_extractable, &usages)?)
                    .await?
                    .unchecked_into();
            let algorithm = algorithm(name, &nonce)?;
            let sealed = subtle.encrypt_with_object_and_u8_array(&algorithm, &sealing, key.bytes())?;
            Ok::<_, JsValue>((sealing, Uint8Array::new(&JsFuture::from(sealed).await?)))
        };
        let (sealing, sealed) = seal.await.map_err(|error| storage_error(&error))?;
        Ok(Self { sealing, nonce, sealed, until })
    }
    /// The file's key, if the record is the one that was written under this name.
    async fn file_key(&self, name: &str) -> Result<FileKey, StorageError> {
        let open = async {
            let algorithm = algorithm(name, &self.nonce)?;
            let opened = subtle()?.decrypt_with_object_and_js_u8_array(&algorithm, &self.sealing, &self.sealed)?;
            Ok::<_, JsValue>(Uint8Array::new(&JsFuture::from(opened).await?))
        };
        let bytes = open.await.map_err(|error| match name_of(&error).as_str() {
            // A seal that does not fit, or a key for something else.
            "OperationError" | "InvalidAccessError" => StorageError::Damaged,
            _ => storage_error(&error),
        })?;
        bytes.to_vec().try_into().map(FileKey::new).map_err(|_| StorageError::Damaged)
    }
    fn is_over(&self) -> bool {
        self.until <= BrowserClock.now()
    }
    fn of(record: &JsValue) -> Result<Self, StorageError> {
        let field = |name: &str| Reflect::get(record, &name.into()).map_err(|_| StorageError::Damaged);
        let bytes = |name: &str| field(name)?.dyn_into::<Uint8Array>().map_err(|_| StorageError::Damaged);
        Ok(Self {
            sealing: field(SEALING)?.dyn_into().map_err(|_| StorageError::Damaged)?,
            nonce: bytes(NONCE)?,
            sealed: bytes(SEALED)?,
            until: field(UNTIL)?.as_f64().ok_or(StorageError::Damaged)? as Millis,
        })
    }
    fn to_object(&self) -> Result<JsValue, JsValue> {
        let until = JsValue::from_f64(self.until as f64);
        let fields = [
            (SEALING, self.sealing.clone().into()),
            (NONCE, self.nonce.clone().into()),
            (SEALED, self.sealed.clone().into()),
            (UNTIL, until),
        ];
        object(&fields).map(JsValue::from)
    }
}

/// Sealing binds the name too, so that a record is of no use under another one.
fn algorithm(name: &str, nonce: &Uint8Array) -> Result<Object, JsValue> {
    let bound = Uint8Array::from(name.as_bytes());
    object(&[("name", ALGORITHM.into()), ("iv", nonce.into()), ("additionalData", bound.into())])
}

fn object(fields: &[(&str, JsValue)]) -> Result<Object, JsValue> {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &JsValue::from_str(name), value)?;
    }
    Ok(object)
}

/// Of a window or a worker.
fn crypto() -> Result<Crypto, JsValue> {
    Reflect::get(&js_sys::global(), &"crypto".into())?.dyn_into()
}

/// Browsers have it on pages that came over https, or from this machine.
fn subtle() -> Result<SubtleCrypto, JsValue> {
    Reflect::get(&crypto()?.into(), &"subtle".into())?.dyn_into()
}

fn random(bytes: &mut [u8]) -> Result<(), StorageError> {
    let filled = crypto().and_then(|crypto| crypto.get_random_values_with_u8_array(bytes));
    filled.map(|_| ()).map_err(|error| storage_error(&error))
}

/// Only the name of an error is kept.
fn storage_error(error: &JsValue) -> StorageError {
    match name_of(error).as_str() {
        "QuotaExceededError" => StorageError::Full,
        // Private windows of some browsers open the database and refuse keys.
        "SecurityError" | "NotAllowedError" | "InvalidStateError" | "DataCloneError" => StorageError::Refused,
        // What has no such thing at all.
        "" => StorageError::Refused,
        name => StorageError::Failed { detail: name.to_owned() },
    }
}
