//! The page of the bench; `web/boot.js` calls `mount`, and `window.bench` is there. See `gatebook::bench`.

#[cfg(target_arch = "wasm32")]
use {
    gatebook::host::{BootOptions, Host},
    wasm_bindgen::prelude::*,
    web_sys::HtmlElement,
};

/// Defines `window.bench`; there is nothing to show.
///
/// # Errors
/// When the boot code passed no host.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen]
pub fn mount(_element: HtmlElement, options: BootOptions) -> Result<(), JsError> {
    let host = Host::new(options).map_err(|reason| JsError::new(&reason))?;
    let bench = gatebook::bench::object(host);
    js_sys::Reflect::set(&js_sys::global(), &"bench".into(), &bench).expect("a window takes any property");
    Ok(())
}

fn main() {}
