//! What travels between the threads besides the engine's own messages, and how the bytes of those are handed over.
//! The bytes themselves are `engine::protocol`'s.

use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, MessagePort};

/// A message as it came in.
#[derive(Debug)]
pub enum Incoming {
    /// Bytes of an engine message, and what came beside them. Attachments stay outside WebAssembly's memory until somebody
    /// copies them.
    Bytes(Vec<u8>, Vec<Uint8Array>),
    /// A port to the other end of the sample connection.
    SamplePort(MessagePort),
    /// A block of records to be packed.
    Block(Uint8Array),
    /// A packed block, and the bytes that it was packed from, whose memory serves again.
    Packed(Uint8Array, Uint8Array),
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
    let bytes = |name: &str| field(name).and_then(|bytes| bytes.dyn_into::<Uint8Array>().ok());
    let incoming = match field("kind").and_then(|kind| kind.as_string()).as_deref() {
        Some("sample") => field("port").and_then(|port| port.dyn_into().ok()).map(Incoming::SamplePort),
        Some("block") => bytes("bytes").map(Incoming::Block),
        Some("packed") => bytes("bytes").zip(bytes("spent")).map(|(packed, spent)| Incoming::Packed(packed, spent)),
        Some("no-pack") => Some(Incoming::NoPackWorker),
        Some("attached") => {
            bytes("bytes").map(|bytes| Incoming::Bytes(bytes.to_vec(), attachments(field("attachments"))))
        }
        Some("failure") => {
            Some(Incoming::Failure(field("detail").and_then(|detail| detail.as_string()).unwrap_or_default()))
        }
        _ => None,
    };
    incoming.unwrap_or(Incoming::Other)
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
    let message = message("attached", &[("bytes", &bytes)]);
    let list: Array = attachments.iter().collect();
    Reflect::set(&message, &JsValue::from_str("attachments"), &list).expect("a fresh object takes any property");
    moved.extend(attachments.iter().map(Uint8Array::buffer));
    (message, moved)
}

/// A port as a message, and the list of what moves with it.
pub fn port_message(port: &MessagePort) -> (Object, Array) {
    (message("sample", &[("port", port)]), Array::of1(port))
}

/// A block to be packed, as a message, and the list of what moves with it. It must have its memory to itself.
pub fn block_message(block: &Uint8Array) -> (Object, Array) {
    (message("block", &[("bytes", block)]), Array::of1(&block.buffer()))
}

/// A packed block and what it was packed from, as a message, and the list of what moves with it.
pub fn packed_message(packed: &Uint8Array, spent: &Uint8Array) -> (Object, Array) {
    (message("packed", &[("bytes", packed), ("spent", spent)]), Array::of2(&packed.buffer(), &spent.buffer()))
}

/// Says that there is no worker that compresses records, or none any longer.
pub fn no_pack_worker() -> Object {
    message("no-pack", &[])
}

/// Says that this worker stops, to the console and to the window that started it. `detail` holds no data of the tenant's.
pub fn report_failure(detail: &str) {
    web_sys::console::error_1(&JsValue::from_str(&format!("Gatebook worker stopped: {detail}")));
    // Two strings can always be posted, and a worker in a panic could do nothing about it anyway.
    let _ = worker_scope().post_message(&message("failure", &[("detail", &JsValue::from_str(detail))]));
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

fn message(kind: &str, fields: &[(&str, &JsValue)]) -> Object {
    let object = Object::new();
    for (key, value) in [("kind", &JsValue::from_str(kind))].iter().chain(fields) {
        Reflect::set(&object, &JsValue::from_str(key), value).expect("a fresh object takes any property");
    }
    object
}
