//! The worker that compresses records. It packs the blocks that the window hands it, one after the other, and sends them back.

use engine::records;
use js_sys::{Array, Object, Uint8Array};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::MessageEvent;

use super::wire::{self, Incoming};

/// Answers the window's messages for as long as the worker lives.
pub fn run() {
    wire::report_panics();
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let Incoming::Block(block) = wire::read(event.data()) else { return };
        let (message, moved) = answer(&block);
        if wire::worker_scope().post_message_with_transfer(&message, &moved).is_err() {
            wire::report_failure("a packed block cannot be posted");
        }
    });
    // From here on the worker's global scope owns the listener.
    wire::worker_scope().set_onmessage(Some(on_message.into_js_value().unchecked_ref()));
}

/// The answer to a block, and the list of what moves with it. A block that does not come back the same has an empty answer.
pub fn answer(block: &Uint8Array) -> (Object, Array) {
    let packed = records::pack_small(&block.to_vec()).unwrap_or_default();
    wire::packed_message(&Uint8Array::from(packed.as_slice()), block)
}
