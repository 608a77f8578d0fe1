//! The route behind the `#` of the page's address: any static host and any sub-path keep it, and no server sees it.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::Event;

use super::Host;

/// Hears when the route changes; dropping it stops that.
pub struct RouteListener {
    on_change: Closure<dyn Fn(Event)>,
}

impl Host {
    /// The route as it stands in the address, with its `#`; empty for none.
    pub fn route(&self) -> String {
        web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default()
    }
    /// Goes to another route, so that Back leads here again.
    pub fn go(&self, hash: &str) {
        // A browser that refuses leaves the page where it is, which is what the person sees.
        let _ = web_sys::window().map(|window| window.location().set_hash(hash));
    }
    /// `callback` hears each route that the person goes to, by link, by Back or by hand.
    pub fn on_route(&self, callback: impl Fn(String) + 'static) -> RouteListener {
        let host = self.clone();
        let on_change = Closure::<dyn Fn(Event)>::new(move |_| callback(host.route()));
        if let Some(window) = web_sys::window() {
            let _ = window.add_event_listener_with_callback("hashchange", on_change.as_ref().unchecked_ref());
        }
        RouteListener { on_change }
    }
    /// Loads the page anew.
    pub fn reload(&self) {
        let _ = web_sys::window().map(|window| window.location().reload());
    }
}

impl Drop for RouteListener {
    fn drop(&mut self) {
        if let Some(window) = web_sys::window() {
            let _ = window.remove_event_listener_with_callback("hashchange", self.on_change.as_ref().unchecked_ref());
        }
    }
}
