//! Randomness.

use engine::ports::Random;
use wasm_bindgen::JsCast;
use web_sys::WorkerGlobalScope;

/// The browser's random numbers, for request ids and jitter. Works in a worker.
#[derive(Clone, Copy, Debug, Default)]
pub struct BrowserRandom;

impl Random for BrowserRandom {
    fn next_u64(&self) -> u64 {
        let mut bytes = [0; 8];
        js_sys::global()
            .unchecked_into::<WorkerGlobalScope>()
            .crypto()
            .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes))
            .expect("every browser with WebAssembly gives eight random bytes");
        u64::from_le_bytes(bytes)
    }
}
