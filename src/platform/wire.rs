//! What travels between the threads besides the engine's own messages, and how the bytes of those are handed over.
//! The bytes themselves are `engine::protocol`'s.

use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, MessagePort};

/// What the other end of a port is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// The made-up tenant.
    Sample,
    /// Compressing records.
    Pack,
}

/// A message as it came in.
#[derive(Debug)]
pub enum Incoming {
    /// Bytes of an engine message, and what came beside them. Attachments stay outside WebAssembly's memory until somebody
    /// copies them.
    Bytes(Vec<u8>, Vec<Uint8Array>),
    /// A port to another worker.
    Port(Peer, MessagePort),
    /// The data worker has records to compress.
    PackWorkerWanted,
    /// There is no worker that compresses records.
    NoPackWorker,
    /// The sender is about to die, and says where.
    Failure(String),
    /// The boot script's `ready`, or something nobody of ours sent.
    Other,
}

/// Reads what `postMessage` delivered.
pub fn read(data: JsValue) -> Incoming {
    let data = match data.dyn_into::<Uint8Array>() {
        Ok(bytes) => return Incoming::Bytes(bytes.to_vec(), Vec::new()),
        Err(data) => data,
    };
    let field = |name: &str| Reflect::get(&data, &JsValue::from_str(name)).ok();
    let port = |peer| match field("port").and_then(|port| port.dyn_into().ok()) {
        Some(port) => Incoming::Port(peer, port),
        None => Incoming::Other,
    };
    match field("kind").and_then(|kind| kind.as_string()).as_deref() {
        Some("sample") => port(Peer::Sample),
        Some("pack") => port(Peer::Pack),
        Some("pack-wanted") => Incoming::PackWorkerWanted,
        Some("no-pack") => Incoming::NoPackWorker,
        Some("attached") => match field("bytes").and_then(|bytes| bytes.dyn_into::<Uint8Array>().ok()) {
            Some(bytes) => Incoming::Bytes(bytes.to_vec(), attachments(field("attachments"))),
            None => Incoming::Other,
        },
        Some("failure") => Incoming::Failure(field("detail").and_then(|detail| detail.as_string()).unwrap_or_default()),
        _ => Incoming::Other,
    }
}

/// Bytes as a message, and the list of what moves with it instead of being copied.
pub fn bytes_message(bytes: &[u8]) -> (Uint8Array, Array) {
    let array = Uint8Array::from(bytes);
    let moved = Array::of1(&array.buffer());
    (array, moved)
}

/// Bytes with attachments as a message, and the list of what moves with it: the attachments too are moved, and gone afterwards.
pub fn attached_message(bytes: &[u8], attachments: &[Uint8Array]) -> (Object, Array) {
    let (bytes, mut moved) = bytes_message(bytes);
    let message = message("attached", Some(("bytes", &bytes)));
    let list: Array = attachments.iter().collect();
    Reflect::set(&message, &JsValue::from_str("attachments"), &list).expect("a fresh object takes any property");
    moved.extend(attachments.iter().map(Uint8Array::buffer));
    (message, moved)
}

/// A port as a message, and the list of what moves with it.
pub fn port_message(peer: Peer, port: &MessagePort) -> (Object, Array) {
    let kind = match peer {
        Peer::Sample => "sample",
        Peer::Pack => "pack",
    };
    (message(kind, Some(("port", port))), Array::of1(port))
}

/// Asks the window for a worker that compresses records.
pub fn pack_worker_wanted() -> Object {
    message("pack-wanted", None)
}

/// Says that there is no worker that compresses records, or none any longer.
pub fn no_pack_worker() -> Object {
    message("no-pack", None)
}

/// Says that this worker stops, to the console and to the window that started it. `detail` holds no data of the tenant's.
pub fn report_failure(detail: &str) {
    web_sys::console::error_1(&JsValue::from_str(&format!("Gatebook worker stopped: {detail}")));
    // Two strings can always be posted, and a worker in a panic could do nothing about it anyway.
    let _ = worker_scope().post_message(&message("failure", Some(("detail", &JsValue::from_str(detail)))));
}

/// Makes a panic known to the window before the worker dies of it. Only the place and a text from the source are told:
/// a formatted text may quote a row.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let text = info.payload().downcast_ref::<&'static str>().copied().unwrap_or("details withheld");
        report_failure(&format!("{place}: {text}"));
    }));
}

/// The worker this code runs in.
pub fn worker_scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn attachments(list: Option<JsValue>) -> Vec<Uint8Array> {
    let list = list.and_then(|list| list.dyn_into::<Array>().ok()).unwrap_or_default();
    list.iter().filter_map(|item| item.dyn_into().ok()).collect()
}

fn message(kind: &str, field: Option<(&str, &JsValue)>) -> Object {
    let object = Object::new();
    for (key, value) in [("kind", &JsValue::from_str(kind))].into_iter().chain(field) {
        Reflect::set(&object, &JsValue::from_str(key), value).expect("a fresh object takes any property");
    }
    object
}
