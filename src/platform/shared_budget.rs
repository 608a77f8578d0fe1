//! The books of the service's limit, shared by everything of this origin: other tabs, and the page that stood here before a
//! reload or a redirect. What was spent lately stands in IndexedDB, whose transactions take turns; it is a few instants under a
//! name that nobody can read, and goes when it no longer matters. Where the browser keeps nothing, a worker counts for itself.

use std::{cell::RefCell, rc::Rc};

use engine::{
    bytes::hash,
    fetch::{Books, Spent},
    ports::Clock,
};
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{IdbDatabase, IdbObjectStore};

use super::database::{self, settled};

const DATABASE: &str = "gatebook-budget";
const STORE: &str = "spent";

/// The books of one limit. Clones share what they know.
#[derive(Clone)]
pub struct SharedBooks(Rc<Inner>);

struct Inner {
    key: JsValue,
    clock: Rc<dyn Clock>,
    /// As of the last look; what is shown, and what counts where nothing is kept.
    known: RefCell<Spent>,
    database: RefCell<Option<IdbDatabase>>,
}

impl SharedBooks {
    /// The books of the limit with this name, of which only a hash is kept.
    pub fn new(name: &str, clock: Rc<dyn Clock>) -> Self {
        let key = JsValue::from_str(&format!("{:016x}", hash(name.as_bytes())));
        Self(Rc::new(Inner { key, clock, known: RefCell::default(), database: RefCell::new(None) }))
    }

    /// Changes what is spent, for everybody; `None` where that cannot be done.
    async fn write<T>(&self, change: &impl Fn(&mut Spent) -> T) -> Option<T> {
        let inner = &self.0;
        match inner.change_kept(change).await {
            Ok((spent, outcome)) => {
                inner.known.replace(spent);
                Some(outcome)
            }
            Err(_) => {
                // The person may have cleared the site's data, which closes the database; the next change opens it again.
                inner.database.replace(None);
                None
            }
        }
    }
}

impl Books for SharedBooks {
    async fn change<T>(&self, change: impl Fn(&mut Spent) -> T) -> T {
        match self.write(&change).await {
            Some(outcome) => outcome,
            None => change(&mut self.0.known.borrow_mut()),
        }
    }
    fn note(&self, change: impl Fn(&mut Spent) + 'static) {
        change(&mut self.0.known.borrow_mut());
        let books = self.clone();
        spawn_local(async move {
            // What cannot be written is noted here already.
            let _ = books.write(&change).await;
        });
    }
    fn known(&self) -> Spent {
        self.0.known.borrow().clone()
    }
}

impl Inner {
    /// Reads, changes and writes in one transaction, so that nobody else comes between.
    async fn change_kept<T>(self: &Rc<Self>, change: &impl Fn(&mut Spent) -> T) -> Result<(Spent, T), JsValue> {
        let database = self.database().await?;
        let (_, store) = database::change(&database, STORE)?;
        // What cannot be read was written by another version, and matters for a few seconds at most.
        let mut spent = read(&store, &self.key).await?.unwrap_or_default();
        let outcome = change(&mut spent);
        let text = serde_json::to_string(&spent).map_err(|error| JsValue::from_str(&error.to_string()))?;
        settled(&store.put_with_key(&JsValue::from_str(&text), &self.key)?).await?;
        Ok((spent, outcome))
    }

    /// Deletes what no longer matters, of whatever app and tenant.
    async fn sweep(&self, database: &IdbDatabase) -> Result<(), JsValue> {
        let (_, store) = database::change(database, STORE)?;
        let keys: Array = settled(&store.get_all_keys()?).await?.unchecked_into();
        for key in keys.iter() {
            let spent = read(&store, &key).await?;
            if spent.is_none_or(|spent| spent.is_over(self.clock.now())) {
                settled(&store.delete(&key)?).await?;
            }
        }
        Ok(())
    }

    async fn database(self: &Rc<Self>) -> Result<IdbDatabase, JsValue> {
        if let Some(database) = self.database.borrow().clone() {
            return Ok(database);
        }
        let database = database::open(DATABASE, STORE).await?;
        self.database.replace(Some(database.clone()));
        let (inner, swept) = (self.clone(), database.clone());
        // No request waits for it. What cannot be deleted now is tried again by the next worker.
        spawn_local(async move { drop(inner.sweep(&swept).await) });
        Ok(database)
    }
}

/// What is kept under a key; `None` for nothing, or nothing that can be read.
async fn read(store: &IdbObjectStore, key: &JsValue) -> Result<Option<Spent>, JsValue> {
    let kept = settled(&store.get(key)?).await?;
    Ok(kept.as_string().and_then(|text| serde_json::from_str(&text).ok()))
}
