//! The tenant behind a socket: HTTPS on loopback, with hyper and rustls, one certificate made at the start.
//!
//! [`World`] answers; this file only carries requests and answers.

mod app;
mod control;
mod options;
mod world;

use std::{
    convert::Infallible,
    io,
    net::{Ipv4Addr, SocketAddr},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use http_body_util::{BodyExt, Limited};
use hyper::{
    body::{Body, Bytes, Frame, Incoming, SizeHint},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::pki_types::PrivateKeyDer;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

pub use app::Mount;
pub use options::{ServerOptions, USAGE};
pub use world::{Entry, World};

use crate::{entra::parameter, http};

/// Largest request body that is read; forms and control messages are far smaller.
const BODY_BYTES_MAX: usize = 1 << 20;

/// A server that holds its port and has not begun to answer.
pub struct Server {
    listener: TcpListener,
    acceptor: TlsAcceptor,
    world: Arc<Mutex<World>>,
}

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port cannot be had.
    #[error("port {port}: {source}")]
    Port {
        /// Which.
        port: u16,
        /// Why.
        source: io::Error,
    },
    /// The certificate cannot be made.
    #[error("certificate: {0}")]
    Certificate(String),
    /// The recorded responses cannot be served.
    #[error(transparent)]
    Records(#[from] crate::records::RecordsError),
}

impl Server {
    /// Makes the tenant and takes the port.
    ///
    /// # Errors
    /// What was in the way.
    pub async fn bind(options: ServerOptions) -> Result<Self, StartError> {
        let port = options.port;
        let world = World::new(options, real_now())?;
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|source| StartError::Port { port, source })?;
        let acceptor = acceptor().map_err(StartError::Certificate)?;
        Ok(Self { listener, acceptor, world: Arc::new(Mutex::new(world)) })
    }

    /// One line of JSON for whoever started the server: the port, and what is needed to sign in.
    ///
    /// # Errors
    /// When the system does not tell the port.
    pub fn ready_line(&self) -> io::Result<String> {
        let mut about = lock(&self.world).about();
        about["port"] = self.listener.local_addr()?.port().into();
        Ok(about.to_string())
    }

    /// The known answers to the nine questions, as JSON.
    pub fn answers(&self) -> String {
        serde_json::to_string_pretty(&lock(&self.world).graph.history().answers())
            .expect("answers are plain data, which JSON can always write")
    }

    /// The address it listens on.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers until the future is dropped.
    pub async fn run(self) {
        loop {
            let Ok((stream, _)) = self.listener.accept().await else {
                // Out of file descriptors, most likely; connections that end will free some.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let (acceptor, world) = (self.acceptor.clone(), self.world.clone());
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let service = service_fn(move |request| serve(request, world.clone()));
                // A connection that breaks is the browser's business, or was meant to break.
                let _ = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    }
}

async fn serve(
    request: hyper::Request<Incoming>,
    world: Arc<Mutex<World>>,
) -> Result<hyper::Response<AnswerBody>, Infallible> {
    let arrived_at = real_now();
    let (parts, body) = request.into_parts();
    let host = parts.headers.get("host").and_then(|host| host.to_str().ok()).or(parts.uri.host()).unwrap_or_default();
    let body = Limited::new(body, BODY_BYTES_MAX).collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let request = http::Request {
        method: parts.method.to_string(),
        host: host.split(':').next().unwrap_or_default().to_ascii_lowercase(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect(),
        body: body.to_vec(),
    };
    // A page of a thousand generated records takes a while, so it must not hold up other connections' reads and writes.
    let answer = tokio::task::spawn_blocking(move || lock(&world).answer(&request, arrived_at)).await;
    let answer = answer.unwrap_or_else(|_| http::Response { status: 500, ..http::Response::default() });
    if answer.delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(answer.delay_ms)).await;
    }
    let mut response = hyper::Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    let body = AnswerBody { bytes: Some(answer.body.into()), is_cut: answer.is_cut };
    let broken = |_| {
        let mut response = hyper::Response::new(AnswerBody { bytes: None, is_cut: false });
        *response.status_mut() = hyper::StatusCode::INTERNAL_SERVER_ERROR;
        response
    };
    Ok(response.body(body).unwrap_or_else(broken))
}

/// A body of known bytes, after which the connection may be made to break.
struct AnswerBody {
    bytes: Option<Bytes>,
    is_cut: bool,
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        Poll::Ready(match self.bytes.take() {
            Some(bytes) if !bytes.is_empty() => Some(Ok(Frame::data(bytes))),
            _ if self.is_cut => Some(Err(io::ErrorKind::ConnectionReset.into())),
            _ => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        !self.is_cut && self.bytes.as_ref().is_none_or(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        match (&self.bytes, self.is_cut) {
            (Some(bytes), false) => SizeHint::with_exact(bytes.len() as u64),
            _ => SizeHint::default(),
        }
    }
}

fn acceptor() -> Result<TlsAcceptor, String> {
    let names = vec!["localhost".to_owned(), "*.microsoftonline.com".to_owned(), "*.microsoft.com".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).map_err(|error| error.to_string())?;
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der())?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .map_err(|error| error.to_string())?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn lock(world: &Mutex<World>) -> std::sync::MutexGuard<'_, World> {
    // A panic in one answer must not take the others down.
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

fn real_now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
