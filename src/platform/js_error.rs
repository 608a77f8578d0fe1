//! What a browser throws.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// What kind of error it is, such as `QuotaExceededError`; empty for what has no name. It holds nothing of anybody's, unlike the
/// message.
pub(super) fn name_of(error: &JsValue) -> String {
    Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default()
}
