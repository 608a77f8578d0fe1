//! The worker that compresses records. It packs the blocks that come through a port, one after the other, and sends them back.

use engine::records;
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{MessageEvent, MessagePort};

use super::wire::{self, Incoming, Peer};

/// Serves every port that the window hands over.
pub fn run() {
    wire::report_panics();
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        if let Incoming::Port(Peer::Pack, port) = wire::read(event.data()) {
            serve(port);
        }
    });
    // From here on the worker's global scope owns the listener.
    wire::worker_scope().set_onmessage(Some(on_message.into_js_value().unchecked_ref()));
}

/// Packs whatever comes through this port. The connection lasts as long as its worker.
pub fn serve(port: MessagePort) {
    let sender = port.clone();
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let Ok(block) = event.data().dyn_into::<Uint8Array>() else { return };
        // The block's buffer goes back, to be filled again.
        let (packed, moved) = wire::attached_message(&records::pack(&block.to_vec()), &[block]);
        if sender.post_message_with_transferable(&packed, &moved).is_err() {
            wire::report_failure("a packed block cannot be posted");
        }
    });
    port.set_onmessage(Some(on_message.into_js_value().unchecked_ref()));
}
