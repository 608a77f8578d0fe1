//! The service's limit, shared by everything of this origin: other tabs, and the page that stood here before a reload or a
//! redirect. What was spent lately stands in IndexedDB, whose transactions take turns; it is a few instants, nothing else.
//! Where the browser keeps nothing, a worker counts for itself.

use std::{cell::RefCell, rc::Rc, time::Duration};

use engine::{
    fetch::Spent,
    ports::{Budget, BudgetState, Clock, Millis},
};
use futures_util::future::{FutureExt, LocalBoxFuture};
use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{IdbDatabase, IdbFactory, IdbOpenDbRequest, IdbRequest, IdbTransactionMode};

use super::wire;

const DATABASE: &str = "gatebook-budget";
const STORE: &str = "spent";

/// One limit, by name. Clones share what they know.
#[derive(Clone)]
pub struct SharedBudget {
    inner: Rc<Inner>,
}

struct Inner {
    name: String,
    clock: Rc<dyn Clock>,
    /// As of the last look; what is shown, and what counts where nothing is kept.
    known: RefCell<Spent>,
    database: RefCell<Option<IdbDatabase>>,
}

impl SharedBudget {
    /// The limit with this name.
    pub fn new(name: &str, clock: Rc<dyn Clock>) -> Self {
        let inner = Inner { name: name.to_owned(), clock, known: RefCell::default(), database: RefCell::new(None) };
        Self { inner: Rc::new(inner) }
    }

    /// Changes what is spent, for everybody; alone where that cannot be done.
    async fn change<T>(&self, change: impl Fn(&mut Spent) -> T) -> T {
        let inner = &self.inner;
        match inner.change_kept(&change).await {
            Ok((spent, outcome)) => {
                inner.known.replace(spent);
                outcome
            }
            Err(_) => {
                // The person may have cleared the site's data, which closes the database; the next change opens it again.
                inner.database.replace(None);
                change(&mut inner.known.borrow_mut())
            }
        }
    }
}

impl Budget for SharedBudget {
    fn permit(&self) -> LocalBoxFuture<'_, ()> {
        async move {
            while let Err(pause) = self.change(|spent| spent.take(self.inner.clock.now())).await {
                self.inner.clock.sleep(pause).await;
            }
        }
        .boxed_local()
    }
    fn throttled(&self, pause: Duration) {
        let until = self.inner.clock.now() + pause.as_millis() as Millis;
        self.inner.known.borrow_mut().pause(until);
        let shared = self.clone();
        spawn_local(async move { shared.change(|spent| spent.pause(until)).await });
    }
    fn state(&self) -> Option<BudgetState> {
        Some(self.inner.known.borrow().state(self.inner.clock.now()))
    }
}

impl Inner {
    /// Reads, changes and writes in one transaction, so that nobody else comes between.
    async fn change_kept<T>(&self, change: impl Fn(&mut Spent) -> T) -> Result<(Spent, T), JsValue> {
        let database = self.database().await?;
        let transaction = database.transaction_with_str_and_mode(STORE, IdbTransactionMode::Readwrite)?;
        let store = transaction.object_store(STORE)?;
        let key = JsValue::from_str(&self.name);
        let kept = settled(&store.get(&key)?).await?;
        // What cannot be read was written by another version, and is a few seconds old at most when it matters.
        let mut spent = kept.as_string().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let outcome = change(&mut spent);
        let text = serde_json::to_string(&spent).map_err(|error| JsValue::from_str(&error.to_string()))?;
        settled(&store.put_with_key(&JsValue::from_str(&text), &key)?).await?;
        Ok((spent, outcome))
    }

    async fn database(&self) -> Result<IdbDatabase, JsValue> {
        if let Some(database) = self.database.borrow().clone() {
            return Ok(database);
        }
        let factory: IdbFactory = wire::worker_scope().indexed_db()?.ok_or(JsValue::UNDEFINED)?;
        let request = factory.open(DATABASE)?;
        let making = request.clone();
        let make = Closure::<dyn FnMut()>::new(move || make_store(&making));
        request.set_onupgradeneeded(Some(make.as_ref().unchecked_ref()));
        let database: IdbDatabase = settled(&request).await?.unchecked_into();
        self.database.replace(Some(database.clone()));
        Ok(database)
    }
}

fn make_store(request: &IdbOpenDbRequest) {
    if let Ok(database) = request.result().map(|result| result.unchecked_into::<IdbDatabase>()) {
        // Without its store the database is of no use; the transaction says so, and the worker counts for itself.
        let _ = database.create_object_store(STORE);
    }
}

/// The result of a request. The transaction stays open for whoever awaits it, because promises are settled within the
/// event that ends a request.
async fn settled(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let done = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    JsFuture::from(done).await?;
    request.result()
}
