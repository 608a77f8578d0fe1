//! Files in the browser, tested in a real worker.
#![cfg(target_arch = "wasm32")]

use engine::ports::{Random, Storage, StorageError};
use gatebook::platform::{
    random::BrowserRandom,
    storage::{self, BrowserStorage},
};
use js_sys::Function;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

fn new_name() -> String {
    format!("test-{:x}", BrowserRandom.next_u64())
}

#[wasm_bindgen_test]
async fn what_was_written_is_read_back_by_whoever_opens_the_file_next() {
    let name = new_name();
    let file = BrowserStorage.open(&name).await.expect("a browser under test keeps files");
    assert_eq!(file.len(), Ok(0));
    file.write(3, b"four").expect("there is room");
    file.write(0, b"abc").expect("there is room");
    file.truncate(6).expect("it can be cut");
    file.flush().expect("it can be flushed");
    drop(file);

    let file = BrowserStorage.open(&name).await.expect("nobody else has it open");
    let mut bytes = [0; 4];
    assert_eq!((file.read(2, &mut bytes), &bytes), (Ok(()), b"cfou"));
    assert!(file.read(3, &mut bytes).is_err(), "there are only three bytes from here on");
    assert!(BrowserStorage.names().await.expect("they can be listed").contains(&name));
    drop(file);
    BrowserStorage.delete(&name).await.expect("nobody uses it");
    BrowserStorage.delete(&name).await.expect("gone is gone");
    assert!(!BrowserStorage.names().await.expect("they can be listed").contains(&name));
}

#[wasm_bindgen_test]
async fn a_file_beyond_four_gibibytes_has_places_for_all_its_bytes() {
    let name = new_name();
    let file = BrowserStorage.open(&name).await.expect("a browser under test keeps files");
    let offset = (4 << 30) + 5;
    // A browser counts the gap as well; where the disk is too small for that, there is nothing to see here.
    match file.write(offset, b"far") {
        Ok(()) => {
            let mut bytes = [0; 3];
            assert_eq!((file.read(offset, &mut bytes), &bytes, file.len()), (Ok(()), b"far", Ok(offset + 3)));
        }
        Err(error) => assert_eq!(error, StorageError::Full),
    }
    drop(file);
    BrowserStorage.delete(&name).await.expect("nobody uses it");
}

#[wasm_bindgen_test]
async fn a_file_in_use_is_neither_opened_nor_removed() {
    let name = format!("spill-{}", new_name());
    let file = BrowserStorage.open(&name).await.expect("a browser under test keeps files");
    assert_eq!(BrowserStorage.open(&name).await.err(), Some(StorageError::InUse));
    assert_eq!(BrowserStorage.delete(&name).await, Err(StorageError::InUse));
    storage::remove_orphans().await;
    assert!(BrowserStorage.names().await.expect("they can be listed").contains(&name));
    drop(file);

    let saved = new_name();
    drop(BrowserStorage.open(&saved).await.expect("a browser under test keeps files"));
    storage::remove_orphans().await;
    let names = BrowserStorage.names().await.expect("they can be listed");
    assert_eq!((names.contains(&name), names.contains(&saved)), (false, true));
    storage::wipe().await;
    assert_eq!(BrowserStorage.names().await, Ok(vec![]));
}

#[wasm_bindgen_test]
async fn a_browser_that_keeps_nothing_refuses() {
    for refusing in [
        "async () => { throw new DOMException('The user denied it', 'SecurityError') }",
        "() => { throw new TypeError('not here') }",
        "undefined",
    ] {
        let replace = format!(
            "const real = StorageManager.prototype.getDirectory; \
             StorageManager.prototype.getDirectory = {refusing}; return real;"
        );
        let real = Function::new_no_args(&replace).call0(&JsValue::NULL).expect("plain code");
        let (opened, names) = (BrowserStorage.open("any").await.err(), BrowserStorage.names().await);
        storage::wipe().await;
        let restore = Function::new_with_args("real", "StorageManager.prototype.getDirectory = real");
        restore.call1(&JsValue::NULL, &real).expect("plain code");
        assert_eq!((opened, names), (Some(StorageError::Refused), Err(StorageError::Refused)), "{refusing}");
    }
}
