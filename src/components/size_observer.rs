//! Tells when an element's size changes.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, ResizeObserver};

/// Calls `on_change` whenever the element's size changes, and at first, for as long as the current reactive owner lives.
pub fn on_size(element: &Element, on_change: impl Fn() + 'static) {
    let kept = StoredValue::new_local(SizeObserver::new(element, on_change));
    on_cleanup(move || drop(kept.try_update_value(Option::take)));
}

/// Dropping it stops the calls.
struct SizeObserver {
    observer: ResizeObserver,
    _callback: Closure<dyn Fn()>,
}

impl SizeObserver {
    fn new(element: &Element, on_change: impl Fn() + 'static) -> Option<Self> {
        let callback = Closure::<dyn Fn()>::new(on_change);
        let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self { observer, _callback: callback })
    }
}

impl Drop for SizeObserver {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
