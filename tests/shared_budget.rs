//! The books of the limit on requests, in a real browser's database.
#![cfg(target_arch = "wasm32")]

use std::{cell::Cell, rc::Rc, time::Duration};

use engine::{
    fetch::SlidingBudget,
    ports::{Budget, Clock, Millis, Random, Urgency},
};
use futures_util::future::{FutureExt, LocalBoxFuture, ready};
use gatebook::platform::{random::BrowserRandom, shared_budget::SharedBooks, wire};
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{IdbDatabase, IdbFactory, IdbRequest};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// A clock on which waiting takes no time.
#[derive(Default)]
struct StepClock(Cell<Millis>);

impl Clock for StepClock {
    fn now(&self) -> Millis {
        self.0.get()
    }
    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'_, ()> {
        self.0.set(self.0.get() + duration.as_millis() as Millis);
        ready(()).boxed_local()
    }
}

#[wasm_bindgen_test]
async fn the_limit_is_shared_by_tabs_and_survives_a_reload() {
    let clock = Rc::new(StepClock::default());
    let name = format!("test {}", BrowserRandom.next_u64());
    let budget = |name: &str| {
        SlidingBudget::with_books(clock.clone(), SharedBooks::new(name, clock.clone()), BrowserRandom.next_u64())
    };
    let (one, other, any) = (budget(&name), budget(&name), Urgency::default());
    for _ in 0..2 {
        one.permit(&any).await.expect("no pause is that long");
        other.permit(&any).await.expect("no pause is that long");
    }
    let reloaded = budget(&name);
    reloaded.permit(&any).await.expect("no pause is that long");
    assert_eq!((clock.now(), reloaded.state().map(|state| state.used)), (0, Some(5)), "five start at once");
    one.permit(&any).await.expect("no pause is that long");
    assert_eq!(clock.now(), 11_001, "the sixth waits for the window, whoever asks");

    let foreign = budget(&format!("{name} of another tenant"));
    foreign.permit(&any).await.expect("no pause is that long");
    assert_eq!(clock.now(), 11_001);
}

#[wasm_bindgen_test]
async fn limits_that_nobody_uses_any_more_are_forgotten() {
    let clock = Rc::new(StepClock::default());
    let budget = || {
        let books = SharedBooks::new(&format!("test {}", BrowserRandom.next_u64()), clock.clone());
        SlidingBudget::with_books(clock.clone(), books, BrowserRandom.next_u64())
    };
    let any = Urgency::default();
    budget().permit(&any).await.expect("no pause is that long");
    clock.sleep(Duration::from_secs(60)).await;
    budget().permit(&any).await.expect("no pause is that long");
    budget().permit(&any).await.expect("no pause is that long");
    assert_eq!(limits_kept().await, 2);
}

async fn limits_kept() -> u32 {
    async fn result(request: IdbRequest) -> JsValue {
        let done = js_sys::Promise::new(&mut |resolve, _| request.set_onsuccess(Some(&resolve)));
        JsFuture::from(done).await.expect("it is never rejected");
        request.result().expect("the request succeeded")
    }
    let factory: IdbFactory = wire::worker_scope().indexed_db().ok().flatten().expect("a worker has a database");
    let opening = factory.open("gatebook-budget").expect("a name is no error");
    let database: IdbDatabase = result(opening.unchecked_into()).await.unchecked_into();
    let transaction = database.transaction_with_str("spent").expect("the store is there");
    let keys = transaction.object_store("spent").and_then(|store| store.get_all_keys()).expect("stores have keys");
    let keys: Array = result(keys).await.unchecked_into();
    database.close();
    keys.length()
}
