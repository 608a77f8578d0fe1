//! The worker in which the made-up tenant lives. It answers requests that come through a port, and only those.

use std::{rc::Rc, time::Duration};

use engine::ports::Clock;
use js_sys::{Array, Reflect, Uint8Array};
use tenant::http;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{MessageEvent, MessagePort};

use super::{
    clock::BrowserClock,
    sample_transport::{SampleRequest, SampleResponse},
};

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
