//! MSAL's errors, told apart by who must act. MSAL 5 carries no texts of its own, only codes; texts in an error are the server's.

use engine::ports::AuthError;

/// Longest quotation of a server text, in characters: two lines on a screen.
const DETAIL_CHARS_MAX: usize = 300;
/// Longest word in a quotation. Ids have 36 characters; anything longer may be part of a token or code.
const WORD_CHARS_MAX: usize = 60;

/// What MSAL threw, as plain data. No `Debug`: a server text may name a person.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct MsalError {
    /// JavaScript class, such as `InteractionRequiredAuthError`.
    pub class: String,
    /// MSAL's `errorCode`, or OAuth's `error`.
    pub code: String,
    /// OAuth's `suberror`.
    pub sub_error: String,
    /// AADSTS number (`errorNo`), when MSAL had one.
    pub number: Option<u32>,
    /// HTTP status of the server's answer, when there was one.
    pub status: Option<u16>,
    /// Claims to send along with an interactive request.
    pub claims: String,
    /// Correlation id.
    pub correlation_id: String,
    /// Message.
    pub message: String,
}

/// Who must act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    SignIn,
    Consent,
    AdminConsent,
    Misconfigured,
    PopupBlocked,
    Cancelled,
    Busy,
    Unreachable,
    Other,
}

/// AADSTS numbers that decide alone, whatever OAuth error carries them. All other numbers leave it to the code.
const NUMBERS: &[(u32, Kind)] = &[
    (65001, Kind::Consent),
    (65004, Kind::Cancelled),
    // Consent that only an administrator can give.
    (90093, Kind::AdminConsent),
    (90094, Kind::AdminConsent),
    (90095, Kind::AdminConsent),
    (900941, Kind::AdminConsent),
    (900981, Kind::AdminConsent),
    // Registration: redirect URI missing or not of type SPA, no such app, app switched off, single tenant only.
    (50011, Kind::Misconfigured),
    (500113, Kind::Misconfigured),
    (900971, Kind::Misconfigured),
    (9002326, Kind::Misconfigured),
    (9002327, Kind::Misconfigured),
    (7000218, Kind::Misconfigured),
    (700016, Kind::Misconfigured),
    (7000112, Kind::Misconfigured),
    (700054, Kind::Misconfigured),
    (50194, Kind::Misconfigured),
    // Registration: a permission that does not exist or is not listed.
    (65005, Kind::Misconfigured),
    (650053, Kind::Misconfigured),
    (650056, Kind::Misconfigured),
    (70011, Kind::Misconfigured),
    // Settings: no such tenant.
    (90002, Kind::Misconfigured),
    (900023, Kind::Misconfigured),
    // The service has a bad moment.
    (90033, Kind::Unreachable),
];

/// Codes of MSAL and OAuth, for what the numbers leave open.
const CODES: &[(Kind, &[&str])] = &[
    (Kind::Consent, &["consent_required"]),
    (Kind::Busy, &["interaction_in_progress"]),
    (Kind::PopupBlocked, &["popup_window_error", "empty_window_error"]),
    (Kind::Cancelled, &["user_cancelled", "user_canceled", "access_denied", "interaction_in_progress_cancelled"]),
    (
        Kind::Misconfigured,
        &[
            "unauthorized_client",
            "invalid_client",
            "invalid_scope",
            "invalid_resource",
            "block_nested_popups",
            "untrusted_authority",
            "authority_uri_insecure",
            "invalid_authority_metadata",
            "url_parse_error",
            "redirect_uri_empty",
        ],
    ),
    (
        Kind::Unreachable,
        &[
            "no_network_connectivity",
            "network_error",
            "post_request_failed",
            "get_request_failed",
            "failed_to_parse_response",
            "endpoints_resolution_error",
            "openid_config_error",
            "server_error",
            "temporarily_unavailable",
        ],
    ),
    (
        Kind::SignIn,
        &[
            "invalid_grant",
            "interaction_required",
            "login_required",
            "timed_out",
            "no_account_error",
            "no_account_found",
            "no_account_in_silent_request",
            "no_tokens_found",
            "refresh_token_expired",
            "token_refresh_required",
            "authority_mismatch",
            "no_token_request_cache_error",
        ],
    ),
];

/// The error in the app's terms. `scopes` are those of the request, by short name.
pub fn auth_error(error: &MsalError, scopes: &[String]) -> AuthError {
    let number = error.number.or_else(|| number_in(&error.message));
    let code = match (number, error.code.as_str()) {
        (Some(number), _) => format!("AADSTS{number}"),
        (None, "") => "unknown".to_owned(),
        (None, code) => code.to_owned(),
    };
    let correlation_id = error.correlation_id.clone();
    match kind(error, number) {
        Kind::SignIn => {
            let claims = Some(error.claims.clone()).filter(|claims| !claims.is_empty());
            AuthError::InteractionRequired { code, claims, correlation_id }
        }
        Kind::Consent => AuthError::ConsentRequired { scopes: scopes.to_vec(), code, correlation_id },
        Kind::AdminConsent => AuthError::AdminConsentRequired { scopes: scopes.to_vec(), code, correlation_id },
        Kind::Misconfigured => AuthError::Misconfigured { code, detail: detail(&error.message), correlation_id },
        Kind::PopupBlocked => AuthError::PopupBlocked,
        Kind::Cancelled => AuthError::UserCancelled,
        Kind::Busy => AuthError::Busy,
        Kind::Unreachable => AuthError::Unreachable { code },
        Kind::Other => AuthError::Other { code, detail: detail(&error.message), correlation_id },
    }
}

fn kind(error: &MsalError, number: Option<u32>) -> Kind {
    let by_number = NUMBERS.iter().find(|(known, _)| Some(*known) == number).map(|(_, kind)| *kind);
    let by_code = |code: &str| CODES.iter().find(|(_, codes)| codes.contains(&code)).map(|(kind, _)| *kind);
    by_number
        .or_else(|| by_code(&error.sub_error).filter(|kind| *kind == Kind::Consent))
        .or_else(|| error.status.filter(|status| *status >= 500).map(|_| Kind::Unreachable))
        .or_else(|| by_code(&error.code))
        .or_else(|| (error.class == "InteractionRequiredAuthError").then_some(Kind::SignIn))
        .unwrap_or(Kind::Other)
}

/// The number in `AADSTS65001: …`.
fn number_in(message: &str) -> Option<u32> {
    let (_, rest) = message.split_once("AADSTS")?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    rest[..digits].parse().ok()
}

/// The server's own sentence: without MSAL's frame around it, its trace lines, and anything that may be a secret.
fn detail(message: &str) -> String {
    let text = message.split_once("Description: ").map_or(message, |(_, text)| text);
    let text = text.split_once(" - Correlation ID: ").map_or(text, |(text, _)| text);
    let text = text.find("AADSTS").map_or(text, |at| &text[at..]);
    let line = text.lines().next().unwrap_or_default();
    let line = line.split(" Trace ID: ").next().unwrap_or_default();
    if line.contains("https://aka.ms/msal.js.errors") {
        return String::new();
    }
    let words: Vec<&str> =
        line.split_whitespace().map(|word| if word.chars().count() > WORD_CHARS_MAX { "…" } else { word }).collect();
    words.join(" ").chars().take(DETAIL_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An error in few words: `code sub_error number`, with `-` for nothing.
    fn thrown(text: &str) -> MsalError {
        let mut words = text.split_whitespace().map(|word| if word == "-" { "" } else { word });
        let mut next = || words.next().unwrap_or_default().to_owned();
        let (code, sub_error, number) = (next(), next(), next());
        MsalError {
            code,
            sub_error,
            number: number.parse().ok(),
            correlation_id: "c-1".to_owned(),
            ..MsalError::default()
        }
    }

    fn name(error: &AuthError) -> &'static str {
        match error {
            AuthError::InteractionRequired { .. } => "sign in",
            AuthError::ConsentRequired { .. } => "consent",
            AuthError::AdminConsentRequired { .. } => "ask an administrator",
            AuthError::Misconfigured { .. } => "fix the registration",
            AuthError::PopupBlocked => "allow pop-ups",
            AuthError::UserCancelled => "nothing",
            AuthError::Busy => "wait",
            AuthError::Unreachable { .. } => "try again",
            AuthError::Other { .. } => "report",
        }
    }

    #[test]
    fn each_error_names_who_must_act() {
        let table = "
            interaction_required              consent_required 65001   | consent
            invalid_grant                     -                65001   | consent
            consent_required                  -                -       | consent
            invalid_grant                     consent_required -       | consent
            access_denied                     -                65004   | nothing
            access_denied                     -                -       | nothing
            user_cancelled                    -                -       | nothing
            user_canceled                     -                -       | nothing
            interaction_in_progress_cancelled -                -       | nothing
            access_denied                     -                90094   | ask an administrator
            interaction_required              -                90095   | ask an administrator
            invalid_client                    -                90093   | ask an administrator
            access_denied                     -                900941  | ask an administrator
            invalid_grant                     -                700084  | sign in
            invalid_grant                     basic_action     50076   | sign in
            interaction_required              basic_action     50079   | sign in
            login_required                    -                50058   | sign in
            invalid_grant                     bad_token        50173   | sign in
            interaction_required              message_only     53003   | sign in
            timed_out                         -                -       | sign in
            no_account_error                  -                -       | sign in
            no_tokens_found                   -                -       | sign in
            refresh_token_expired             -                -       | sign in
            popup_window_error                -                -       | allow pop-ups
            empty_window_error                -                -       | allow pop-ups
            interaction_in_progress           -                -       | wait
            no_network_connectivity           -                -       | try again
            network_error                     -                -       | try again
            post_request_failed               -                -       | try again
            get_request_failed                -                -       | try again
            endpoints_resolution_error        -                -       | try again
            temporarily_unavailable           -                -       | try again
            invalid_request                   -                9002326 | fix the registration
            invalid_request                   -                50011   | fix the registration
            unauthorized_client               -                700016  | fix the registration
            invalid_client                    -                7000218 | fix the registration
            invalid_request                   -                90002   | fix the registration
            invalid_client                    -                650053  | fix the registration
            block_nested_popups               -                -       | fix the registration
            nonce_mismatch                    -                -       | report
            invalid_request                   -                9000411 | report
            unheard_of                        -                -       | report
            -                                 -                -       | report";
        for line in table.lines().filter(|line| !line.trim().is_empty()) {
            let (error, expected) = line.split_once('|').expect("two columns");
            assert_eq!(name(&auth_error(&thrown(error), &[])), expected.trim(), "{}", error.trim());
        }
    }

    #[test]
    fn codes_scopes_and_ids_are_kept_for_support() {
        let scopes = ["AuditLog.Read.All".to_owned()];
        assert_eq!(
            auth_error(&thrown("invalid_grant - 65001"), &scopes),
            AuthError::ConsentRequired {
                scopes: scopes.to_vec(),
                code: "AADSTS65001".to_owned(),
                correlation_id: "c-1".to_owned()
            }
        );
        let challenged = MsalError {
            class: "InteractionRequiredAuthError".to_owned(),
            claims: r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#.to_owned(),
            ..thrown("something_new")
        };
        assert_eq!(
            auth_error(&challenged, &[]),
            AuthError::InteractionRequired {
                code: "something_new".to_owned(),
                claims: Some(challenged.claims.clone()),
                correlation_id: "c-1".to_owned()
            }
        );
    }

    #[test]
    fn the_number_is_found_in_the_server_text_too() {
        let error = MsalError {
            message: "access_denied: AADSTS65004: User declined to consent to access the app.".to_owned(),
            ..thrown("access_denied")
        };
        assert_eq!(auth_error(&error, &[]), AuthError::UserCancelled);
        let error = MsalError {
            message: "AADSTS90094: The grant requires admin permission.".to_owned(),
            ..thrown("access_denied")
        };
        assert_eq!(name(&auth_error(&error, &[])), "ask an administrator");
        assert_eq!(number_in("AADSTS"), None);
    }

    #[test]
    fn a_server_failure_is_no_reason_to_sign_in_again() {
        let error = MsalError { status: Some(503), ..thrown("invalid_grant") };
        assert_eq!(auth_error(&error, &[]), AuthError::Unreachable { code: "invalid_grant".to_owned() });
    }

    #[test]
    fn server_text_is_quoted_without_frame_and_secrets() {
        let frame = |text: &str| {
            format!(
                "invalid_request: Error(s): 1 - Timestamp: t - Description: {text} - Correlation ID: c - Trace ID: d"
            )
        };
        assert_eq!(
            detail(&frame("AADSTS50011: The redirect URI does not match.\r\nTrace ID: 1\r\nTimestamp: 2")),
            "AADSTS50011: The redirect URI does not match."
        );
        assert_eq!(detail(&frame("AADSTS1: one. Trace ID: 1 Correlation ID: 2")), "AADSTS1: one.");
        assert_eq!(detail("nonce_mismatch: See https://aka.ms/msal.js.errors#nonce_mismatch for details"), "");
        let token = "eyJ0eXAi".repeat(12);
        assert_eq!(detail(&format!("bad token {token} here")), "bad token … here");
        assert!(detail(&"word ".repeat(200)).chars().count() <= DETAIL_CHARS_MAX);
    }
}
