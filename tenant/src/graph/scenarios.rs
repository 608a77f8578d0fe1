//! Faults on demand.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    graph::{Caller, access, errors::GraphFault},
    history::Report,
    http::Response,
};

/// A fault for some requests to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// What goes wrong.
    pub fault: Fault,
    /// Only for requests about this report; `None` for any request to Graph.
    pub report: Option<Report>,
    /// For the next so many requests; `None` until the faults are taken back.
    pub count: Option<u32>,
}

/// What can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 401, the token is not accepted.
    InvalidToken,
    /// 401 with `insufficient_claims`, unless the token came through a claims challenge.
    ClaimsChallenge,
    /// 403, the token lacks the permission.
    MissingPermission,
    /// 403, the user lacks the role.
    MissingRole,
    /// 403, insufficient privileges without saying which.
    RequestDenied,
    /// 403, no premium licence.
    NoPremium,
    /// 400, the service does not know the segment (another cloud).
    NotInCloud,
    /// 400, the skip token has gone stale.
    StaleSkipToken,
    /// 404, no such record.
    NotFound,
    /// 429; `None` leaves `Retry-After` out.
    Throttled {
        /// Seconds of `Retry-After`.
        retry_after_secs: Option<u32>,
    },
    /// 429 with code `UnknownError` and an empty message, without `Retry-After`.
    ThrottledUnknown,
    /// 500 `InternalServerError`.
    InternalError,
    /// 500 `UnknownError` with an empty message.
    UnknownError,
    /// 503 `serviceNotAvailable` with `Retry-After`.
    Unavailable {
        /// Seconds of `Retry-After`.
        retry_after_secs: u32,
    },
    /// 504 `GatewayTimeout` in Graph's envelope.
    GatewayTimeout,
    /// 502 from a gateway: HTML, and no CORS headers.
    Gateway,
    /// The right answer, but late.
    Slow {
        /// Milliseconds until it comes.
        delay_ms: u64,
    },
    /// The connection breaks within the body.
    Truncated,
    /// The body is no JSON.
    MalformedJson,
    /// Of the last hour and a half, one row in two is not there yet.
    LateRows,
    /// A page begins with the last row of the page before.
    DuplicateRows,
    /// A page without rows, with a next link.
    EmptyPage,
    /// 400 for the functions that count sign-ins per window of time: the service does not know them.
    NoSummary,
}

impl Fault {
    /// Every fault by name, with usual numbers.
    pub const NAMED: &[(&str, Self)] = &[
        ("invalid-token", Self::InvalidToken),
        ("claims-challenge", Self::ClaimsChallenge),
        ("missing-permission", Self::MissingPermission),
        ("missing-role", Self::MissingRole),
        ("request-denied", Self::RequestDenied),
        ("no-premium", Self::NoPremium),
        ("not-in-cloud", Self::NotInCloud),
        ("stale-skip-token", Self::StaleSkipToken),
        ("not-found", Self::NotFound),
        ("throttled", Self::Throttled { retry_after_secs: Some(7) }),
        ("throttled-without-retry-after", Self::Throttled { retry_after_secs: None }),
        ("throttled-unknown", Self::ThrottledUnknown),
        ("internal-error", Self::InternalError),
        ("unknown-error", Self::UnknownError),
        ("unavailable", Self::Unavailable { retry_after_secs: 5 }),
        ("gateway-timeout", Self::GatewayTimeout),
        ("gateway", Self::Gateway),
        ("slow", Self::Slow { delay_ms: 20_000 }),
        ("truncated", Self::Truncated),
        ("malformed-json", Self::MalformedJson),
        ("late-rows", Self::LateRows),
        ("duplicate-rows", Self::DuplicateRows),
        ("empty-page", Self::EmptyPage),
        ("no-summary", Self::NoSummary),
    ];
    /// The fault with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMED.iter().find(|(known, _)| *known == name).map(|(_, fault)| *fault)
    }
}

/// The faults that are due for a request, each counted down.
pub(super) fn due(scenarios: &mut Vec<Scenario>, report: Option<Report>) -> Vec<Fault> {
    let mut due = Vec::new();
    for scenario in scenarios.iter_mut() {
        let is_about = scenario.report.is_none() || scenario.report == report;
        if !is_about {
            continue;
        }
        due.push(scenario.fault);
        if let Some(count) = &mut scenario.count {
            *count = count.saturating_sub(1);
        }
    }
    scenarios.retain(|scenario| scenario.count != Some(0));
    due
}

/// The refusal that a fault means; `None` for faults that spoil an answer instead.
pub(super) fn refusal(fault: Fault, report: Option<Report>, caller: &Caller) -> Option<GraphFault> {
    let segment = report.map_or("resource", Report::name);
    Some(match fault {
        Fault::InvalidToken => GraphFault::invalid_token(),
        Fault::ClaimsChallenge if caller.has_claims => return None,
        Fault::ClaimsChallenge => claims_challenge(),
        Fault::MissingPermission => access::missing_permission(report.unwrap_or(Report::DirectoryAudits)),
        Fault::MissingRole => access::missing_role(),
        Fault::RequestDenied => access::request_denied(),
        Fault::NoPremium => access::no_premium(),
        Fault::NotInCloud => GraphFault::no_segment(segment),
        Fault::StaleSkipToken => GraphFault::new(400, "UnknownError", "Invalid Skip Token, skip token is null"),
        Fault::NotFound => GraphFault::not_found(segment),
        Fault::Throttled { retry_after_secs } => throttled(retry_after_secs),
        Fault::ThrottledUnknown => GraphFault::new(429, "UnknownError", ""),
        Fault::InternalError => GraphFault::new(500, "InternalServerError", "An error has occurred."),
        Fault::UnknownError => GraphFault::new(500, "UnknownError", ""),
        Fault::Unavailable { retry_after_secs } => {
            GraphFault::new(503, "serviceNotAvailable", "The service is temporarily unavailable.")
                .with("retry-after", retry_after_secs.to_string())
        }
        Fault::GatewayTimeout => GraphFault::new(504, "GatewayTimeout", "The operation timed out."),
        Fault::Gateway
        | Fault::Slow { .. }
        | Fault::Truncated
        | Fault::MalformedJson
        | Fault::LateRows
        | Fault::DuplicateRows
        | Fault::EmptyPage
        | Fault::NoSummary => return None,
    })
}

/// The refusal of one request too many.
pub(super) fn throttled(retry_after_secs: Option<u32>) -> GraphFault {
    let message = "This request is throttled. Please try again after some time.";
    let fault = GraphFault::new(429, "TooManyRequests", message);
    match retry_after_secs {
        Some(seconds) => fault.with("retry-after", seconds.to_string()),
        None => fault,
    }
}

fn claims_challenge() -> GraphFault {
    let claims = r#"{"access_token":{"nbf":{"essential":true,"value":"1700000000"}}}"#;
    let challenge = format!(
        "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", \
         client_id=\"00000003-0000-0000-c000-000000000000\", error=\"insufficient_claims\", claims=\"{}\"",
        STANDARD.encode(claims)
    );
    let message = "Continuous access evaluation resulted in challenge with result: InteractionRequired";
    GraphFault::new(401, "InvalidAuthenticationToken", message).with("www-authenticate", challenge)
}

/// Spoils an answer that was right so far.
pub(super) fn spoil(fault: Fault, response: &mut Response) {
    match fault {
        Fault::Slow { delay_ms } => response.delay_ms += delay_ms,
        Fault::Truncated => {
            response.body.truncate(response.body.len() * 2 / 3);
            response.is_cut = true;
        }
        Fault::MalformedJson => {
            // Before the first record: within one it might pass for an odd record, and within a text for another text.
            let start = b"\"value\":[";
            let value = response.body.windows(start.len()).position(|bytes| bytes == start);
            let at = value.map_or(0, |value| value + start.len());
            response.body.splice(at..at, *b"<<");
        }
        Fault::Gateway => {
            let body = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";
            *response = Response {
                status: 502,
                headers: vec![("content-type".to_owned(), "text/html".to_owned())],
                body: body.as_bytes().to_vec(),
                ..Response::default()
            };
        }
        _ => {}
    }
}
