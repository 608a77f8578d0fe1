//! The worker in which the made-up tenant lives. It answers requests that come through a port, and only those.

use std::{cell::RefCell, rc::Rc, time::Duration};

use engine::ports::{Clock, Millis};
use js_sys::{Array, Reflect, Uint8Array};
use tenant::{Graph, Scale, TenantOptions, graph::Limit, http};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{MessageEvent, MessagePort};

use super::{
    clock::BrowserClock,
    sample_transport::{SampleRequest, SampleResponse},
    wire::{self, Incoming},
};

const HOUR: Millis = 3_600_000;
/// Any number will do, as long as it stays: everybody sees the same people and the same incidents.
const SEED: u64 = 2_026;
/// What the service itself keeps with a premium licence.
const DAYS: u32 = 30;

/// Makes the tenant and serves it to every port that the window hands over.
pub fn run() {
    wire::report_panics();
    // History ends at the full hour, so that "the last 24 hours" has rows and a reload within the hour shows the same ones.
    let now = BrowserClock.now();
    let end = now - now.rem_euclid(HOUR);
    let graph = Graph::for_sample(TenantOptions { seed: SEED, days: DAYS, scale: Scale::Factor(1.0), now: end });
    let graph = Rc::new(RefCell::new(graph));
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        if let Incoming::SamplePort(port) = wire::read(event.data()) {
            let graph = graph.clone();
            serve(port, move |asked, request| {
                let mut graph = graph.borrow_mut();
                graph.set_limit(request.is_real_pace.then(Limit::default));
                graph.answer(asked, None, BrowserClock.now())
            });
        }
    });
    // From here on the worker's global scope owns the listener.
    wire::worker_scope().set_onmessage(Some(on_message.into_js_value().unchecked_ref()));
}

/// Answers whatever comes through this port, in the order of the tenant's delays. The connection lasts as long as its worker.
pub fn serve(port: MessagePort, answer: impl Fn(&http::Request, &SampleRequest) -> http::Response + 'static) {
    let sender = Rc::new(port.clone());
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let request: SampleRequest = match serde_wasm_bindgen::from_value(event.data()) {
            Ok(request) => request,
            Err(_) => return web_sys::console::error_1(&"Gatebook sample: a request cannot be read".into()),
        };
        let response = match request_to_tenant(&request) {
            Ok(asked) => answer(&asked, &request),
            Err(_) => http::Response { status: 400, ..Default::default() },
        };
        let sender = sender.clone();
        wasm_bindgen_futures::spawn_local(async move {
            if response.delay_ms > 0 {
                BrowserClock.sleep(Duration::from_millis(response.delay_ms)).await;
            }
            post(&sender, request.id, response);
        });
    });
    port.set_onmessage(Some(on_message.into_js_value().unchecked_ref()));
}

fn request_to_tenant(request: &SampleRequest) -> Result<http::Request, String> {
    let headers: Vec<_> = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    http::Request::get(&request.url, &headers)
}

fn post(port: &MessagePort, id: u32, response: http::Response) {
    // A connection that breaks in mid-body leaves a browser's `fetch` with no answer at all.
    let status = if response.is_cut { 0 } else { response.status };
    let head = SampleResponse { id, status, headers: response.headers };
    let body = Uint8Array::from(response.body.as_slice());
    let posted = serde_wasm_bindgen::to_value(&head).map_err(JsValue::from).and_then(|message| {
        Reflect::set(&message, &"body".into(), &body)?;
        port.post_message_with_transferable(&message, &Array::of1(&body.buffer()))
    });
    if posted.is_err() {
        web_sys::console::error_1(&"Gatebook sample: an answer cannot be posted".into());
    }
}
