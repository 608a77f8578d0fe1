//! Requests to Graph: the only place of the app that sends an access token anywhere.

use engine::{
    graph::is_on_origin,
    ports::{HttpRequest, HttpResponse, Transport, TransportError},
};
use futures_util::future::{FutureExt, LocalBoxFuture};
use gloo_net::http::{Request, RequestBuilder};
use js_sys::Reflect;
use web_sys::{AbortController, ReferrerPolicy, RequestCache, RequestCredentials, RequestMode, RequestRedirect};

/// Sends requests to one origin and refuses every other, whoever asks: the last check before a token leaves the worker.
/// Waiting too long is the engine's business; it drops the future, and that aborts the request.
#[derive(Clone, Debug)]
pub struct BrowserTransport {
    origin: String,
}

impl BrowserTransport {
    /// A transport for one origin, written without a trailing slash.
    pub fn pinned_to(origin: &str) -> Self {
        Self { origin: origin.to_owned() }
    }
}

impl Transport for BrowserTransport {
    fn send(&self, request: HttpRequest) -> LocalBoxFuture<'_, Result<HttpResponse, TransportError>> {
        async move {
            if !is_on_origin(&request.url, &self.origin) {
                return Err(unreachable("the address is outside the dataset's Graph origin"));
            }
            let abort = AbortOnDrop::new()?;
            let builder = authorized(builder(&request, &abort), &request)?;
            let response = builder.send().await.map_err(failure)?;
            let body = response.binary().await.map_err(failure)?;
            let headers = response.headers().entries().collect();
            Ok(HttpResponse { status: response.status(), headers, body })
        }
        .boxed_local()
    }
}

fn builder(request: &HttpRequest, abort: &AbortOnDrop) -> RequestBuilder {
    let builder = Request::get(&request.url)
        .mode(RequestMode::Cors)
        .credentials(RequestCredentials::Omit)
        .cache(RequestCache::NoStore)
        .redirect(RequestRedirect::Error)
        .referrer_policy(ReferrerPolicy::NoReferrer)
        .abort_signal(Some(&abort.0.signal()));
    request.headers.iter().fold(builder, |builder, (name, value)| builder.header(name, value))
}

fn authorized(builder: RequestBuilder, request: &HttpRequest) -> Result<RequestBuilder, TransportError> {
    match &request.token {
        None => Ok(builder),
        // `fetch` throws on other characters, and its message would quote the token.
        Some(token) if !token.0.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Err(unreachable("the access token cannot be sent in a header"))
        }
        Some(token) => Ok(builder.header("authorization", &format!("Bearer {}", token.0))),
    }
}

/// Aborts its request when dropped, which does nothing to a request that is over.
struct AbortOnDrop(AbortController);

impl AbortOnDrop {
    fn new() -> Result<Self, TransportError> {
        AbortController::new().map(Self).map_err(|_| unreachable("requests cannot be made abortable here"))
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What the browser said. Some browsers quote the address; its query may name a person, so such a text is not passed on.
fn failure(error: gloo_net::Error) -> TransportError {
    if is_offline() {
        return TransportError::Offline;
    }
    let text = error.to_string();
    unreachable(if text.contains("://") { "the browser did not let the request through" } else { &text })
}

/// True when the browser is sure that there is no connection; it is never sure that there is one.
fn is_offline() -> bool {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into());
    let is_online = navigator.and_then(|navigator| Reflect::get(&navigator, &"onLine".into()));
    is_online.is_ok_and(|is_online| is_online == false)
}

fn unreachable(detail: &str) -> TransportError {
    TransportError::Unreachable { detail: detail.to_owned() }
}
