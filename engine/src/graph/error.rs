//! Reading the body of an error answer: Graph's envelope in its spellings, or something else entirely.

use serde_json::{Map, Value};

use crate::{
    json::map,
    limits::MESSAGE_CHARS_MAX,
    ports::{HttpResponse, Millis},
    protocol::GraphErrorDetail,
};

/// What support will ask for, from an answer. A body that is not JSON (a gateway's page) leaves code and message empty.
pub fn detail_from_answer(response: &HttpResponse, client_request_id: &str, at: Millis) -> GraphErrorDetail {
    let body = map(&response.body);
    let error = object(&body, "error").unwrap_or(&body);
    let inner = object(error, "innerError").or_else(|| object(error, "innererror"));
    let mut code = text(error, "code").unwrap_or_default();
    let mut message = text(error, "message").unwrap_or_default();
    // The reporting service puts its own error as JSON text into the message.
    if message.trim_start().starts_with('{') {
        let nested = map(message.as_bytes());
        let nested = object(&nested, "error").unwrap_or(&nested);
        if let Some(text) = text(nested, "message").or_else(|| text(nested, "Message")) {
            message = text;
        }
        code = text(nested, "code").or_else(|| text(nested, "errorCode")).unwrap_or(code);
    }
    if is_vague(&code)
        && let Some(nested) = inner.and_then(|inner| text(inner, "code"))
    {
        code = nested;
    }
    let header = |name: &str| response.header(name).map(str::to_owned);
    let of_inner = |name: &str| inner.and_then(|inner| text(inner, name));
    GraphErrorDetail {
        status: response.status,
        code,
        message: message.chars().take(MESSAGE_CHARS_MAX).collect(),
        request_id: header("request-id").or_else(|| of_inner("request-id")),
        client_request_id: header("client-request-id")
            .or_else(|| of_inner("client-request-id"))
            .or_else(|| Some(client_request_id.to_owned())),
        at,
    }
}

fn is_vague(code: &str) -> bool {
    code.is_empty() || code == "UnknownError"
}

fn object<'m>(map: &'m Map<String, Value>, name: &str) -> Option<&'m Map<String, Value>> {
    map.get(name)?.as_object()
}

/// A text, or a number as text; not an empty one.
fn text(map: &Map<String, Value>, name: &str) -> Option<String> {
    match map.get(name)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
