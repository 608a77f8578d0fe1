//! Requests and answers as plain data, so that the same tenant answers in a test, in WASM and behind a socket.

/// A request as it arrives. Names of headers are in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST`, `OPTIONS`, …
    pub method: String,
    /// Host without scheme, such as `graph.microsoft.com`.
    pub host: String,
    /// Path with a leading slash, still percent-encoded.
    pub path: String,
    /// Query without the question mark, still percent-encoded; empty for none.
    pub query: String,
    /// Headers in order.
    pub headers: Vec<(String, String)>,
    /// Body bytes.
    pub body: Vec<u8>,
}

impl Request {
    /// A GET request for an absolute URL with these headers.
    ///
    /// # Errors
    /// When the URL has no scheme and host.
    pub fn get(url: &str, headers: &[(&str, &str)]) -> Result<Self, String> {
        let (_, rest) = url.split_once("://").ok_or_else(|| format!("not an absolute URL: {url}"))?;
        let (host, tail) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (path, query) = tail.split_once('?').unwrap_or((tail, ""));
        Ok(Self {
            method: "GET".to_owned(),
            host: host.to_owned(),
            path: if path.is_empty() { "/".to_owned() } else { path.to_owned() },
            query: query.to_owned(),
            headers: headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), (*value).to_owned())).collect(),
            body: Vec::new(),
        })
    }
    /// The first value of a header; `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// An answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body bytes.
    pub body: Vec<u8>,
    /// How long the service takes before it answers, in milliseconds; whoever carries the answer waits (or, in tests, does not).
    pub delay_ms: u64,
    /// True when the connection is to break after the body as given, whatever length the headers promise.
    pub is_cut: bool,
}

impl Response {
    /// The first value of a header; `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}
