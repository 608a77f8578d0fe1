//! Faults on demand.

use crate::history::Report;

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
    /// One row in ten is not there yet.
    LateRows,
    /// A page begins with the last row of the page before.
    DuplicateRows,
    /// A page without rows, with a next link.
    EmptyPage,
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
    ];
    /// The fault with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMED.iter().find(|(known, _)| *known == name).map(|(_, fault)| *fault)
    }
}
