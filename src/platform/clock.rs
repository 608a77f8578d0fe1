//! Wall time and waiting.

use std::time::Duration;

use engine::ports::{Clock, Millis};
use futures_util::future::{FutureExt, LocalBoxFuture};
use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::MessageChannel;

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
    fn yield_now(&self) -> LocalBoxFuture<'_, ()> {
        async {
            // A message to ourselves comes after those that wait, and no browser delays it as it does a timer.
            // `scheduler.yield` would come back before them.
            let Ok(channel) = MessageChannel::new() else { return self.sleep(Duration::ZERO).await };
            let port = channel.port1();
            let arrived = Promise::new(&mut |resolve, _| port.set_onmessage(Some(&resolve)));
            if channel.port2().post_message(&JsValue::NULL).is_ok() {
                // It only resolves.
                let _ = JsFuture::from(arrived).await;
            }
            port.close();
        }
        .boxed_local()
    }
}
