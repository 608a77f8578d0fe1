//! Graph's error envelope, and the headers that every answer has.

use crate::{
    history::Report,
    http::{Request, Response},
    json,
    organisation::text_number,
    random::guid_at,
    time,
};

/// Headers that scripts may read; as captured from the live service.
pub const EXPOSED: &str = "ETag, Location, Preference-Applied, Content-Range, request-id, client-request-id, \
     ReadWriteConsistencyToken, Retry-After, SdkVersion, WWW-Authenticate, x-ms-client-gcc-tenant, X-Planner-Operationid, \
     x-ms-permissions-recommendations";

/// An error answer before it is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct GraphFault {
    pub status: u16,
    pub code: &'static str,
    pub message: String,
    pub headers: Vec<(&'static str, String)>,
}

impl GraphFault {
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), headers: Vec::new() }
    }
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
    pub fn invalid_filter() -> Self {
        Self::new(400, "BadRequest", "Invalid filter clause")
    }
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", message)
    }
    pub fn invalid_token() -> Self {
        let challenge = "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", \
             client_id=\"00000003-0000-0000-c000-000000000000\"";
        Self::new(401, "InvalidAuthenticationToken", "Access token is empty or has expired.")
            .with("www-authenticate", challenge)
    }
    pub fn no_segment(segment: &str) -> Self {
        Self::bad_request(format!("Resource not found for the segment '{segment}'."))
    }
    pub fn not_found(id: &str) -> Self {
        Self::new(
            404,
            "ResourceNotFound",
            format!("Resource '{id}' does not exist or one of its queried reference-property objects are not present."),
        )
    }
}

/// A request's id: equal requests at the same instant have equal ones.
fn request_id(request: &Request, now: i64) -> String {
    guid_at(&[0x12e9, text_number(&request.path), text_number(&request.query), now as u64])
}

/// The headers of every answer that Graph itself gives.
pub(super) fn common_headers(request: &Request, now: i64) -> Vec<(String, String)> {
    let request_id = request_id(request, now);
    let client_request_id = request.header("client-request-id").unwrap_or(&request_id).to_owned();
    [
        ("request-id", request_id),
        ("client-request-id", client_request_id),
        ("access-control-allow-origin", "*".to_owned()),
        ("access-control-expose-headers", EXPOSED.to_owned()),
        ("cache-control", "no-cache".to_owned()),
        (
            "x-ms-ags-diagnostic",
            "{\"ServerInfo\":{\"DataCenter\":\"Contoso Harbour\",\"Slice\":\"E\",\"Ring\":\"1\"}}".to_owned(),
        ),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

/// An error answer in Graph's envelope.
pub(super) fn response(fault: &GraphFault, request: &Request, now: i64) -> Response {
    let mut headers = common_headers(request, now);
    let id = |name: &str| headers.iter().find(|(known, _)| known == name).map_or(String::new(), |(_, id)| id.clone());
    let body = json::object(true, |o| {
        o.object("error", |error| {
            error.text("code", fault.code);
            error.text("message", &fault.message);
            error.object("innerError", |inner| {
                inner.text("date", time::print_seconds(time::ticks_from_millis(now)).trim_end_matches('Z'));
                inner.text("request-id", &id("request-id"));
                inner.text("client-request-id", &id("client-request-id"));
            });
        });
    });
    headers.push(("content-type".to_owned(), "application/json".to_owned()));
    headers.extend(fault.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    Response { status: fault.status, headers, body: body.into_bytes(), ..Response::default() }
}

/// A successful answer.
pub(super) fn success(body: String, request: &Request, now: i64) -> Response {
    let mut headers = common_headers(request, now);
    let content_type =
        "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";
    headers.push(("content-type".to_owned(), content_type.to_owned()));
    let prefer = request.header("prefer").unwrap_or("");
    if prefer.contains("include-unknown-enum-members") {
        headers.push(("preference-applied".to_owned(), "include-unknown-enum-members".to_owned()));
    }
    Response { status: 200, headers, body: body.into_bytes(), ..Response::default() }
}

/// The answer to a preflight: what was asked for is allowed.
pub(super) fn preflight(request: &Request) -> Response {
    let asked = request.header("access-control-request-headers").unwrap_or("authorization").to_owned();
    let headers = [
        ("access-control-allow-origin", "*".to_owned()),
        ("access-control-allow-methods", "GET, POST, PATCH, PUT, DELETE, OPTIONS".to_owned()),
        ("access-control-allow-headers", asked),
        ("access-control-expose-headers", EXPOSED.to_owned()),
        ("access-control-max-age", "3600".to_owned()),
    ];
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Response { status: 200, headers, ..Response::default() }
}

/// Refuses a report that the cloud of the request's host does not have.
///
/// # Errors
/// The refusal.
pub(super) fn in_cloud(report: Report, request: &Request) -> Result<(), GraphFault> {
    let is_china = request.host.ends_with(".chinacloudapi.cn");
    if is_china && report == Report::Provisioning { Err(GraphFault::no_segment(report.name())) } else { Ok(()) }
}
