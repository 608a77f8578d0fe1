//! The route behind the `#` of the page's address: any static host and any sub-path keep it, and no server sees it.

use super::{Host, listener::WindowListener};

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
    pub fn on_route(&self, callback: impl Fn(String) + 'static) -> WindowListener {
        let host = self.clone();
        WindowListener::new("hashchange", move || callback(host.route()))
    }
    /// Loads the page anew.
    pub fn reload(&self) {
        let _ = web_sys::window().map(|window| window.location().reload());
    }
}
