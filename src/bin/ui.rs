//! The interface: `web/boot.js` calls `mount` with the element to fill.

#[cfg(target_arch = "wasm32")]
use {gatebook::host::BootOptions, wasm_bindgen::prelude::*, web_sys::HtmlElement};

/// Shows the app inside `element`.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen]
pub fn mount(element: HtmlElement, options: BootOptions) -> gatebook::app::MountHandle {
    gatebook::app::mount(element, options)
}

fn main() {}
