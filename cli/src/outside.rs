//! The engine's world without a browser: nothing is asked of anybody, and time only passes.

use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use engine::{
    cache::{NoStorage, NoVault},
    engine::NoTokens,
    fetch::{NoTransport, Unlimited},
    ports::{Clock, Millis, Ports, Random},
    records::SmallInPlace,
};
use futures_util::future::{FutureExt, LocalBoxFuture, ready};

pub fn now() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as Millis)
}

pub fn ports() -> Ports {
    Ports {
        transport: Rc::new(NoTransport),
        tokens: Rc::new(NoTokens),
        clock: Rc::new(Wall),
        budget: Rc::new(Unlimited),
        random: Rc::new(Counted(Cell::new(0))),
        packer: Rc::new(SmallInPlace),
        storage: Rc::new(NoStorage),
        vault: Rc::new(NoVault),
    }
}

struct Wall;

impl Clock for Wall {
    fn now(&self) -> Millis {
        now()
    }
    /// Nobody is waiting for anything else, so that there is nothing to wait for.
    fn sleep(&self, _duration: Duration) -> LocalBoxFuture<'_, ()> {
        ready(()).boxed_local()
    }
}

/// Numbers that are as good as any where nothing is sent.
struct Counted(Cell<u64>);

impl Random for Counted {
    fn next_u64(&self) -> u64 {
        self.0.set(self.0.get() + 1);
        self.0.get()
    }
}
