//! Hearing what happens to the window. Nobody hears anything any more once the listener is dropped.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::Event;

/// Hears one kind of event; dropping it stops that.
pub struct WindowListener {
    event: &'static str,
    hear: Closure<dyn Fn(Event)>,
}

impl WindowListener {
    pub(super) fn new(event: &'static str, hear: impl Fn() + 'static) -> Self {
        let hear = Closure::<dyn Fn(Event)>::new(move |_| hear());
        if let Some(window) = web_sys::window() {
            let _ = window.add_event_listener_with_callback(event, hear.as_ref().unchecked_ref());
        }
        Self { event, hear }
    }
}

impl Drop for WindowListener {
    fn drop(&mut self) {
        if let Some(window) = web_sys::window() {
            let _ = window.remove_event_listener_with_callback(self.event, self.hear.as_ref().unchecked_ref());
        }
    }
}
