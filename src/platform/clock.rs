//! Wall time and waiting.

use std::time::Duration;

use engine::ports::{Clock, Millis};
use futures_util::future::{FutureExt, LocalBoxFuture};

/// The browser's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct BrowserClock;

impl Clock for BrowserClock {
    fn now(&self) -> Millis {
        js_sys::Date::now() as Millis
    }

    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'_, ()> {
        // A timer takes a signed 32-bit number of milliseconds (24 days); a longer wait would end at once.
        let duration = duration.min(Duration::from_millis(i32::MAX as u64));
        gloo_timers::future::sleep(duration).boxed_local()
    }
}
