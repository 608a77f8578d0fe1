//! IndexedDB, for what is small, in a window as in a worker. Transactions take turns among all tabs of the origin.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    IdbDatabase, IdbFactory, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction, IdbTransactionMode,
};

/// Opens a database, which is made with its one store if it is not there yet.
pub(super) async fn open(database: &str, store: &'static str) -> Result<IdbDatabase, JsValue> {
    let request = factory()?.open(database)?;
    let making = request.clone();
    let make = Closure::<dyn FnMut()>::new(move || make_store(&making, store));
    request.set_onupgradeneeded(Some(make.as_ref().unchecked_ref()));
    Ok(settled(&request).await?.unchecked_into())
}

/// Whether there is such a database: looking into one that is not there would make it.
pub(super) async fn exists(database: &str) -> Result<bool, JsValue> {
    let list: Function = Reflect::get(&factory()?.into(), &"databases".into())?.dyn_into()?;
    let found: Array =
        JsFuture::from(list.call0(&factory()?.into())?.unchecked_into::<Promise>()).await?.unchecked_into();
    let name_of = |found: JsValue| Reflect::get(&found, &"name".into()).ok().and_then(|name| name.as_string());
    Ok(found.iter().any(|found| name_of(found).as_deref() == Some(database)))
}

fn factory() -> Result<IdbFactory, JsValue> {
    Reflect::get(&js_sys::global(), &"indexedDB".into())?.dyn_into()
}

fn make_store(request: &IdbOpenDbRequest, store: &str) {
    if let Ok(database) = request.result().map(|result| result.unchecked_into::<IdbDatabase>()) {
        // Without its store the database is of no use, which the first transaction says.
        let _ = database.create_object_store(store);
    }
}

/// A transaction that may change what is in the store, and the store within it.
pub(super) fn change(database: &IdbDatabase, store: &str) -> Result<(IdbTransaction, IdbObjectStore), JsValue> {
    let transaction = database.transaction_with_str_and_mode(store, IdbTransactionMode::Readwrite)?;
    let store = transaction.object_store(store)?;
    Ok((transaction, store))
}

/// The result of a request. The transaction stays open for whoever awaits it, because promises are settled within the
/// event that ends a request.
pub(super) async fn settled(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let done = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    match JsFuture::from(done).await {
        Ok(_) => request.result(),
        // The event says less than the request does.
        Err(event) => Err(Reflect::get(request, &"error".into()).unwrap_or(event)),
    }
}

/// Returns when what a transaction changed is written: a quota may be found used up only then.
pub(super) async fn committed(transaction: &IdbTransaction) -> Result<(), JsValue> {
    let done = Promise::new(&mut |resolve, reject| {
        transaction.set_oncomplete(Some(&resolve));
        transaction.set_onabort(Some(&reject));
    });
    match JsFuture::from(done).await {
        Ok(_) => Ok(()),
        Err(event) => Err(Reflect::get(transaction, &"error".into()).unwrap_or(event)),
    }
}
