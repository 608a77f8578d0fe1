//! The interface: `web/boot.js` calls `mount` with the element to fill.

#[cfg(target_arch = "wasm32")]
use {gatebook::host::BootOptions, wasm_bindgen::prelude::*, web_sys::HtmlElement};

/// Shows the app inside `element`.
///
/// # Errors
/// When the boot code passed no host.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen]
pub fn mount(element: HtmlElement, options: BootOptions) -> Result<gatebook::app::MountHandle, JsError> {
    gatebook::app::mount(element, options)
}

fn main() {}
