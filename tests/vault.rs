//! Keys of kept files, and what is left of them, tested in a real worker.
#![cfg(target_arch = "wasm32")]

use engine::{
    cache::kept_prefix,
    limits::KEPT_FOR,
    ports::{Clock, Millis, Random, Storage, StorageError, Vault},
    protocol::DatasetId,
};
use futures_util::future::join;
use gatebook::platform::{
    clock::BrowserClock,
    kept::{self, Kept},
    random::BrowserRandom,
    storage::BrowserStorage,
    vault::{self, BrowserVault},
};
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

async fn extend(name: &str, until: Millis) -> Result<(), StorageError> {
    let key = BrowserVault.key(name).await?.ok_or(StorageError::Forgotten)?;
    BrowserVault.extend(name, &key, until).await
}

fn new_name() -> String {
    kept_prefix(&DatasetId(format!("test {:x}", BrowserRandom.next_u64())))
}

/// Reads the record of this name, past the vault; `change`, the body of a function of `record` and `name`, may put another one
/// in its place by returning it.
async fn record(name: &str, change: &str) -> JsValue {
    let body = format!(
        "return new Promise((resolve, reject) => {{
           const change = (record, name) => {{ {change} }};
           const opening = indexedDB.open('gatebook-kept');
           opening.onerror = () => reject(opening.error);
           opening.onsuccess = () => {{
             const database = opening.result;
             const transaction = database.transaction('keys', 'readwrite');
             const store = transaction.objectStore('keys');
             const reading = store.get(name);
             reading.onsuccess = () => {{
               const changed = change(reading.result, name);
               if (changed !== undefined) store.put(changed, name);
             }};
             transaction.oncomplete = () => {{ database.close(); resolve(reading.result); }};
             transaction.onabort = () => reject(transaction.error);
           }};
         }})"
    );
    let reading = Function::new_with_args("name", &body).call1(&JsValue::NULL, &name.into()).expect("plain code");
    JsFuture::from(reading.unchecked_into::<Promise>()).await.expect("a browser under test keeps records")
}

fn field(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).expect("objects can be asked")
}

async fn make_file(name: &str, bytes: &[u8]) {
    let file = BrowserStorage.open(name).await.expect("a browser under test keeps files");
    file.write(0, bytes).expect("there is room");
}

async fn names() -> Vec<String> {
    BrowserStorage.names().await.expect("they can be listed")
}

fn soon() -> Millis {
    BrowserClock.now() + 60_000
}

#[wasm_bindgen_test]
async fn a_key_comes_back_under_its_name_only() {
    let name = new_name();
    assert_eq!(BrowserVault.key(&name).await, Ok(None));
    let made = BrowserVault.make(&name).await.expect("a browser under test keeps keys");
    assert_eq!(BrowserVault.key(&name).await, Ok(Some(made.clone())));
    assert_eq!(BrowserVault.key(&new_name()).await, Ok(None));
    let other = BrowserVault.make(&new_name()).await.expect("a browser under test keeps keys");
    assert!(made != other && made.bytes() != &[0; 32], "each is made by chance");
}

#[wasm_bindgen_test]
async fn what_stands_in_the_database_opens_nothing_as_bytes() {
    let name = new_name();
    let made = BrowserVault.make(&name).await.expect("a browser under test keeps keys");
    let record = record(&name, "").await;
    let sealing = field(&record, "sealing");
    assert_eq!(field(&sealing, "extractable"), JsValue::FALSE);
    assert_eq!(field(&field(&sealing, "algorithm"), "length"), JsValue::from(256));
    let exported = Function::new_with_args("key", "return crypto.subtle.exportKey('raw', key)")
        .call1(&JsValue::NULL, &sealing)
        .expect("it gives a promise");
    assert!(JsFuture::from(exported.unchecked_into::<Promise>()).await.is_err(), "no script can read it");
    let sealed = js_sys::Uint8Array::new(&field(&record, "sealed")).to_vec();
    assert_eq!(sealed.len(), 32 + 16, "a key and its seal");
    assert!(!sealed.windows(8).any(|part| made.bytes().windows(8).any(|other| other == part)));
}

#[wasm_bindgen_test]
async fn a_forgotten_key_is_gone_and_another_one_takes_its_place() {
    let (name, vault) = (new_name(), BrowserVault);
    let first = vault.make(&name).await.expect("a browser under test keeps keys");
    assert_eq!(vault.forget(&name).await, Ok(()));
    assert_eq!(vault.forget(&name).await, Ok(()), "gone is gone");
    assert_eq!(vault.key(&name).await, Ok(None));
    assert_eq!(vault.extend(&name, &first, soon()).await, Err(StorageError::Forgotten));
    let second = vault.make(&name).await.expect("a browser under test keeps keys");
    assert!(first != second);
    assert_eq!(vault.extend(&name, &first, soon()).await, Err(StorageError::Forgotten), "it is another one");
    assert_eq!(vault.extend(&name, &second, soon()).await, Ok(()));
}

#[wasm_bindgen_test]
async fn a_key_that_another_tab_forgot_is_missed_and_does_not_come_back() {
    let name = new_name();
    let key = BrowserVault.make(&name).await.expect("a browser under test keeps keys");
    // Another tab does this.
    assert_eq!(BrowserVault.forget(&name).await, Ok(()));
    assert_eq!(BrowserVault.extend(&name, &key, soon()).await, Err(StorageError::Forgotten), "it wrote for nothing");
    assert!(record(&name, "").await.is_undefined());
}

#[wasm_bindgen_test]
async fn a_key_is_of_use_for_its_time_only() {
    let name = new_name();
    let before = BrowserClock.now();
    let made = BrowserVault.make(&name).await.expect("a browser under test keeps keys");
    let until = field(&record(&name, "").await, "until").as_f64().expect("a number") as Millis;
    let week = KEPT_FOR.as_millis() as Millis;
    assert!((before + week..=BrowserClock.now() + week).contains(&until), "nobody has to say so at first");

    let soon = soon();
    assert_eq!(BrowserVault.extend(&name, &made, soon).await, Ok(()));
    assert_eq!(BrowserVault.key(&name).await, Ok(Some(made.clone())));
    assert!(vault::list().await.expect("they can be listed").contains(&(name.clone(), soon)));

    assert_eq!(BrowserVault.extend(&name, &made, BrowserClock.now() - 1).await, Ok(()));
    assert_eq!(BrowserVault.key(&name).await, Ok(None));
    assert!(record(&name, "").await.is_undefined(), "whoever asks for it removes it");
}

#[wasm_bindgen_test]
async fn two_tabs_that_make_a_key_at_once_have_the_same() {
    let name = new_name();
    let (first, second) = join(BrowserVault.make(&name), BrowserVault.make(&name)).await;
    let kept = BrowserVault.key(&name).await.expect("it can be read").expect("it is there");
    assert_eq!([first, second], [Ok(kept.clone()), Ok(kept)]);
}

#[wasm_bindgen_test]
async fn a_damaged_record_is_an_error_and_goes_at_the_next_start() {
    for damage in [
        "return 'text'",
        "return {}",
        "return { ...record, sealing: 1 }",
        "return { ...record, until: 'later' }",
        "return { ...record, sealed: record.sealed.slice(1) }",
        "record.sealed[3] ^= 1; return record",
        "record.nonce[0] ^= 1; return record",
        "return { ...record, nonce: new Uint8Array() }",
    ] {
        let name = new_name();
        BrowserVault.make(&name).await.expect("a browser under test keeps keys");
        record(&name, damage).await;
        assert_eq!(BrowserVault.key(&name).await, Err(StorageError::Damaged), "{damage}");
        let again = BrowserVault.make(&name).await.expect("another one takes its place");
        assert_eq!(BrowserVault.key(&name).await, Ok(Some(again)), "{damage}");
    }
    let (name, other) = (new_name(), new_name());
    BrowserVault.make(&name).await.expect("a browser under test keeps keys");
    let moved = record(&name, "").await;
    Reflect::set(&js_sys::global(), &"moved".into(), &moved).expect("a scope takes any property");
    record(&other, "return globalThis.moved").await;
    assert_eq!(BrowserVault.key(&other).await, Err(StorageError::Damaged), "it is bound to its name");

    record(&name, "return 'text'").await;
    kept::sweep().await;
    assert!(record(&name, "").await.is_undefined());
}

#[wasm_bindgen_test]
async fn a_start_removes_what_is_of_no_use_any_more() {
    let (live, over, lost, open) = (new_name(), new_name(), new_name(), new_name());
    for name in [&live, &over, &lost, &open] {
        make_file(&format!("{name}-0123456789abcdef-log"), b"sealed").await;
    }
    make_file("of-something-else", b"plain").await;
    for name in [&live, &over] {
        BrowserVault.make(name).await.expect("a browser under test keeps keys");
    }
    extend(&over, BrowserClock.now() - 1).await.expect("it is there");
    let held = BrowserStorage.open(&format!("{open}-0123456789abcdef-log")).await.expect("nobody else has it open");

    kept::sweep().await;
    let left = names().await;
    let has = |name: &str| left.iter().any(|file| file.starts_with(name));
    assert_eq!([&live, &over, &lost, &open].map(|name| has(name)), [true, false, false, true], "{left:?}");
    assert!(has("of-something-else"));
    assert!(BrowserVault.key(&live).await.is_ok_and(|key| key.is_some()));
    drop(held);

    kept::sweep().await;
    assert!(!names().await.iter().any(|file| file.starts_with(&open)));
}

#[wasm_bindgen_test]
async fn what_is_kept_of_others_goes_first_and_then_everything() {
    kept::delete().await;
    assert_eq!(kept::find().await, None);
    let (own, other) = (DatasetId("own".to_owned()), DatasetId("other".to_owned()));
    for dataset in [&own, &other] {
        BrowserVault.make(&kept_prefix(dataset)).await.expect("a browser under test keeps keys");
        make_file(&format!("{}-0123456789abcdef-a", kept_prefix(dataset)), &[7; 500]).await;
    }
    let soon = soon();
    extend(&kept_prefix(&other), soon).await.expect("it is there");
    let kept = kept::find().await.expect("something is kept");
    assert!(kept.bytes == 1_000 && kept.until > soon, "{kept:?}");

    kept::delete_all_but(&own).await;
    assert_eq!(BrowserVault.key(&kept_prefix(&other)).await, Ok(None));
    assert!(BrowserVault.key(&kept_prefix(&own)).await.is_ok_and(|key| key.is_some()));
    extend(&kept_prefix(&own), soon).await.expect("it is there");
    assert_eq!(kept::find().await, Some(Kept { bytes: 500, until: soon }));

    let held = BrowserStorage.open(&format!("{}-0123456789abcdef-a", kept_prefix(&own))).await.expect("it is free");
    assert!(!kept::delete().await, "another tab may have a file open");
    assert_eq!(kept::find().await, None, "which is of no use to it any more");
    drop(held);
    assert!(kept::delete().await);
    assert!(!names().await.iter().any(|name| name.starts_with("kept-")));
}

#[wasm_bindgen_test]
async fn a_browser_that_keeps_no_keys_refuses() {
    for (place, method, refusing) in [
        ("IDBFactory.prototype", "open", "() => { throw new DOMException('The user denied it', 'SecurityError') }"),
        ("IDBObjectStore.prototype", "put", "() => { throw new DOMException('Not such a thing', 'DataCloneError') }"),
        ("Crypto.prototype", "subtle", "undefined"),
        ("globalThis", "indexedDB", "undefined"),
    ] {
        let replace = format!(
            "const real = Object.getOwnPropertyDescriptor({place}, '{method}') \
               ?? Object.getOwnPropertyDescriptor(WorkerGlobalScope.prototype, '{method}'); \
             Object.defineProperty({place}, '{method}', {{ value: {refusing}, configurable: true, writable: true }}); \
             return real;"
        );
        let real = Function::new_no_args(&replace).call0(&JsValue::NULL).expect("plain code");
        let name = new_name();
        let made = BrowserVault.make(&name).await;
        // None of these stops the page.
        kept::sweep().await;
        let restore = format!("Object.defineProperty({place}, '{method}', real)");
        Function::new_with_args("real", &restore).call1(&JsValue::NULL, &real).expect("plain code");
        assert_eq!(made.err(), Some(StorageError::Refused), "{place}.{method}");
        assert_eq!(BrowserVault.key(&name).await, Ok(None), "{place}.{method}");
    }
}
