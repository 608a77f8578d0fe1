//! What an answer means for the load that asked.

use std::time::Duration;

use base64::{Engine as _, alphabet, engine};

use super::{Page, PageShape, detail_from_answer};
use crate::{
    instant::parse_http_date,
    ports::{HttpResponse, Millis},
    protocol::{GraphError, GraphErrorDetail, WaitReason},
    reports::{Access, Licence},
};

/// What to do now.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// A page, whole or cut.
    Page(Page),
    /// Ask again after a pause.
    Retry(Retry),
    /// Get a token that satisfies these claims, and ask again.
    Claims(String, GraphError),
    /// Get a fresh token, and ask again.
    FreshToken(GraphError),
    /// The link to the next page is broken or expired: begin again where it was.
    Restart(GraphError),
    /// Give up.
    Fail(GraphError),
}

/// Why and when to ask again.
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    /// The pause that Graph wants; `None` when it does not say.
    pub after: Option<Duration>,
    /// Why.
    pub reason: WaitReason,
    /// What to say when there are no tries left.
    pub error: GraphError,
}

/// Judges an answer. `is_next_page` is true when the request followed a link.
pub fn verdict(
    response: &HttpResponse,
    access: &Access,
    client_request_id: &str,
    is_next_page: bool,
    now: Millis,
) -> Verdict {
    if (200..300).contains(&response.status) {
        let page = Page::read(&response.body);
        if page.shape == PageShape::List {
            return Verdict::Page(page);
        }
    }
    let detail = detail_from_answer(response, client_request_id, now);
    let after = retry_after(response, now);
    let retry = |reason, error| Verdict::Retry(Retry { after, reason, error });
    match detail.status {
        401 => match response.header("www-authenticate").and_then(challenge_claims) {
            Some(claims) => Verdict::Claims(claims, GraphError::Unauthorized(detail)),
            None => Verdict::FreshToken(GraphError::Unauthorized(detail)),
        },
        403 => Verdict::Fail(forbidden(access, detail)),
        429 => {
            let until = after.map(|after| now.saturating_add(after.as_millis().try_into().unwrap_or(Millis::MAX)));
            retry(WaitReason::Throttled, GraphError::Throttled { until, is_by_others: false, detail })
        }
        400 if mentions(&detail, &["resource not found for the segment"]) => {
            Verdict::Fail(GraphError::NotInThisCloud(detail))
        }
        400 if is_next_page || mentions(&detail, &["skip token", "skiptoken"]) => {
            Verdict::Restart(GraphError::Rejected(detail))
        }
        404 | 410 if is_next_page => Verdict::Restart(GraphError::Rejected(detail)),
        404 | 501 => Verdict::Fail(GraphError::NotInThisCloud(detail)),
        // An answer that says yes and is no list of records is as unusable as an error page.
        200..300 | 408 | 500..600 => retry(WaitReason::Retrying, GraphError::Unavailable(detail)),
        _ => Verdict::Fail(GraphError::Rejected(detail)),
    }
}

/// The claims of a claims challenge, decoded.
pub fn challenge_claims(header: &str) -> Option<String> {
    // Any base64: with or without padding, with the alphabet of URLs or the other.
    let config = engine::GeneralPurposeConfig::new()
        .with_decode_padding_mode(engine::DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let encoded: String = parameter(header, "claims")?
        .chars()
        .map(|char| match char {
            '-' => '+',
            '_' => '/',
            other => other,
        })
        .collect();
    let bytes = engine::GeneralPurpose::new(&alphabet::STANDARD, config).decode(encoded).ok()?;
    String::from_utf8(bytes).ok().filter(|claims| claims.trim_start().starts_with('{'))
}

/// A parameter of a `WWW-Authenticate` header, quoted or not.
fn parameter<'h>(header: &'h str, name: &str) -> Option<&'h str> {
    let lower = header.to_ascii_lowercase();
    let mut from = 0;
    loop {
        let at = from + lower[from..].find(name)?;
        from = at + name.len();
        let is_start = at == 0 || matches!(header.as_bytes()[at - 1], b' ' | b',' | b'\t');
        if let Some(value) = header[from..].trim_start().strip_prefix('=').filter(|_| is_start) {
            let value = value.trim_start();
            return match value.strip_prefix('"') {
                Some(quoted) => quoted.split('"').next(),
                None => value.split([',', ' ']).next(),
            };
        }
    }
}

fn forbidden(access: &Access, detail: GraphErrorDetail) -> GraphError {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>();
    let named = scopes_named(&detail.message);
    if mentions(&detail, &["nonpremium", "premium license", "premium licence"]) {
        // Whatever the report needs by its definition, this tenant was told that it lacks it.
        return GraphError::LicenceMissing { licence: Licence::Premium, detail };
    }
    if mentions(&detail, &["unsupporteduserrole", "not in the allowed roles"]) {
        return GraphError::RoleMissing { roles: owned(access.roles), detail };
    }
    if !named.is_empty() || mentions(&detail, &["permissionmissing"]) {
        // A scope that was asked for all along is not what helps.
        let is_new = |scope: &&String| !access.scopes.contains(&scope.as_str());
        let mut scopes: Vec<String> = named.iter().filter(is_new).cloned().collect();
        if scopes.is_empty() {
            scopes = owned(access.scopes_after_403);
        }
        if scopes.is_empty() {
            scopes = owned(access.scopes);
        }
        return GraphError::PermissionMissing { scopes, detail };
    }
    if mentions(&detail, &["authorization_requestdenied", "insufficient privileges"]) {
        return GraphError::RoleMissing { roles: owned(access.roles), detail };
    }
    GraphError::Rejected(detail)
}

/// Scopes that a message names, such as `Directory.Read.All`.
fn scopes_named(message: &str) -> Vec<String> {
    let mut scopes: Vec<String> = Vec::new();
    for word in message.split(|char: char| !char.is_ascii_alphanumeric() && !matches!(char, '.' | '-')) {
        let word = word.trim_matches('.');
        let is_scope = word.split('.').skip(1).any(|part| part == "Read" || part == "ReadWrite");
        if is_scope && !scopes.iter().any(|scope| scope == word) {
            scopes.push(word.to_owned());
        }
    }
    scopes
}

fn mentions(detail: &GraphErrorDetail, texts: &[&str]) -> bool {
    let (code, message) = (detail.code.to_ascii_lowercase(), detail.message.to_ascii_lowercase());
    texts.iter().any(|text| code.contains(text) || message.contains(text))
}

fn retry_after(response: &HttpResponse, now: Millis) -> Option<Duration> {
    let text = response.header("retry-after")?.trim();
    match text.parse::<f64>() {
        Ok(secs) => Duration::try_from_secs_f64(secs).ok(),
        Err(_) => {
            // The machine's clock may be wrong by hours.
            let now = response.header("date").and_then(parse_http_date).unwrap_or(now);
            Some(Duration::from_millis(parse_http_date(text)?.saturating_sub(now).max(0) as u64))
        }
    }
}
