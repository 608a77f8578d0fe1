//! Refusals in Entra's words: an OAuth error code, an AADSTS number and a text.

use jiff::Timestamp;

/// Why Entra refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// OAuth error code.
    pub error: &'static str,
    /// AADSTS number.
    pub number: u32,
    /// Text without number and trailer.
    pub text: String,
    /// Tells the client what kind of interaction would help.
    pub suberror: Option<&'static str>,
    /// Claims to send along with the interactive request.
    pub claims: Option<String>,
}

impl Fault {
    pub(super) fn new(error: &'static str, number: u32, text: impl Into<String>) -> Self {
        Self { error, number, text: text.into(), suberror: None, claims: None }
    }

    pub(super) fn with_suberror(self, suberror: &'static str) -> Self {
        Self { suberror: Some(suberror), ..self }
    }

    /// The `error_description`.
    pub(super) fn describe(&self, trace_id: &str, correlation_id: &str, now: i64) -> String {
        format!(
            "AADSTS{}: {} Trace ID: {trace_id} Correlation ID: {correlation_id} Timestamp: {}",
            self.number,
            self.text,
            timestamp(now)
        )
    }

    /// The token endpoint's error body.
    pub(super) fn body(&self, trace_id: &str, correlation_id: &str, now: i64) -> serde_json::Value {
        let mut body = serde_json::json!({
            "error": self.error,
            "error_description": self.describe(trace_id, correlation_id, now),
            "error_codes": [self.number],
            "timestamp": timestamp(now),
            "trace_id": trace_id,
            "correlation_id": correlation_id,
            "error_uri": format!("https://login.microsoftonline.com/error?code={}", self.number),
        });
        if let Some(suberror) = self.suberror {
            body["suberror"] = suberror.into();
        }
        if let Some(claims) = &self.claims {
            body["claims"] = claims.as_str().into();
        }
        body
    }
}

/// An instant as Entra's messages spell it.
pub(super) fn timestamp(now: i64) -> String {
    Timestamp::from_millisecond(now).map(|at| at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()).unwrap_or_default()
}
