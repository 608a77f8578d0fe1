//! Requests to the made-up tenant, which answers in a worker of its own.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use engine::ports::{HttpRequest, HttpResponse, Transport, TransportError};
use futures_channel::oneshot;
use futures_util::future::{FutureExt, LocalBoxFuture};
use js_sys::{Reflect, Uint8Array};
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{MessageEvent, MessagePort};

/// A request as it crosses the port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleRequest {
    /// Comes back in the answer.
    pub id: u32,
    /// Absolute URL.
    pub url: String,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// True when the tenant is to throttle as Graph does.
    pub is_real_pace: bool,
}

/// An answer as it crosses the port; the body travels beside it in `body`, moved instead of copied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleResponse {
    /// `id` of the request.
    pub id: u32,
    /// HTTP status, 0 when the connection broke.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
}

/// The engine's end of the connection to the sample worker. Clones share it.
#[derive(Clone, Default)]
pub struct SampleLink(Rc<Inner>);

#[derive(Default)]
struct Inner {
    port: RefCell<Option<OwnPort>>,
    last_id: Cell<u32>,
    pending: RefCell<BTreeMap<u32, oneshot::Sender<HttpResponse>>>,
}

/// A port with its listener; both end together.
struct OwnPort {
    port: MessagePort,
    _on_message: Closure<dyn Fn(MessageEvent)>,
}

impl Drop for OwnPort {
    fn drop(&mut self) {
        self.port.close();
    }
}

impl SampleLink {
    /// Uses this port from now on; requests that an earlier port still owes an answer fail.
    pub fn connect(&self, port: MessagePort) {
        let inner = Rc::downgrade(&self.0);
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            if let (Some(inner), Some((id, response))) = (inner.upgrade(), response_from_message(event.data()))
                && let Some(sender) = inner.pending.borrow_mut().remove(&id)
            {
                // A receiver that is gone was a request that the engine gave up.
                let _ = sender.send(response);
            }
        });
        port.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        self.0.pending.borrow_mut().clear();
        *self.0.port.borrow_mut() = Some(OwnPort { port, _on_message: on_message });
    }

    /// A transport that asks the tenant at the other end.
    pub fn transport(&self, is_real_pace: bool) -> SampleTransport {
        SampleTransport { link: self.clone(), is_real_pace }
    }

    async fn ask(&self, request: HttpRequest, is_real_pace: bool) -> Result<HttpResponse, TransportError> {
        let id = self.0.last_id.get().wrapping_add(1);
        self.0.last_id.set(id);
        let (sender, receiver) = oneshot::channel();
        let _forget = ForgetOnDrop { inner: &self.0, id };
        self.0.pending.borrow_mut().insert(id, sender);
        let headers = request.headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        self.post(&SampleRequest { id, url: request.url, headers, is_real_pace })?;
        match receiver.await {
            Ok(response) if response.status != 0 => Ok(response),
            Ok(_) => Err(unreachable("the connection broke")),
            Err(_) => Err(unreachable("the sample worker was replaced")),
        }
    }

    fn post(&self, request: &SampleRequest) -> Result<(), TransportError> {
        let message = serde_wasm_bindgen::to_value(request).map_err(|_| unreachable("the request cannot be posted"))?;
        match &*self.0.port.borrow() {
            Some(own) => own.port.post_message(&message).map_err(|_| unreachable("the request cannot be posted")),
            None => Err(unreachable("the sample worker is not connected")),
        }
    }
}

/// Nobody waits any longer for this answer.
struct ForgetOnDrop<'a> {
    inner: &'a Inner,
    id: u32,
}

impl Drop for ForgetOnDrop<'_> {
    fn drop(&mut self) {
        self.inner.pending.borrow_mut().remove(&self.id);
    }
}

/// Asks the made-up tenant. No token ever goes this way.
pub struct SampleTransport {
    link: SampleLink,
    is_real_pace: bool,
}

impl Transport for SampleTransport {
    fn send(&self, request: HttpRequest) -> LocalBoxFuture<'_, Result<HttpResponse, TransportError>> {
        self.link.ask(request, self.is_real_pace).boxed_local()
    }
}

fn response_from_message(data: JsValue) -> Option<(u32, HttpResponse)> {
    let body = Reflect::get(&data, &JsValue::from_str("body")).ok()?.dyn_into::<Uint8Array>().ok()?.to_vec();
    let head: SampleResponse = serde_wasm_bindgen::from_value(data).ok()?;
    Some((head.id, HttpResponse { status: head.status, headers: head.headers, body }))
}

fn unreachable(detail: &str) -> TransportError {
    TransportError::Unreachable { detail: detail.to_owned() }
}
