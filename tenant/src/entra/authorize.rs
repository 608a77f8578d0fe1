//! The authorize endpoint: what an app may ask, and how it gets its answer.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    Entra, SignedIn, correlation_id,
    fault::Fault,
    forms::{Flow, Purpose},
    parameter,
    scopes::Scopes,
};
use crate::http::{Request, Response};

/// How long an authorization code can be redeemed, in milliseconds.
pub(super) const CODE_LIFE_MS: i64 = 10 * 60 * 1000;

/// Where and how an answer goes back to the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    pub redirect_uri: String,
    /// In the fragment, or else in the query.
    pub is_fragment: bool,
    pub state: Option<String>,
}

/// An accepted authorize request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Authorize {
    pub app: usize,
    pub reply: Reply,
    pub nonce: Option<String>,
    /// S256 challenge.
    pub challenge: String,
    pub scopes: Scopes,
    pub prompt: Prompt,
    pub login_hint: Option<String>,
    pub claims: ClaimsRequest,
    /// `client_info=1`.
    pub is_client_info_wanted: bool,
    /// `pocd=1`: the popup's pages must stay reachable for the window that opened them.
    pub is_opener_kept: bool,
}

/// The `prompt` parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prompt {
    Unset,
    None,
    Login,
    SelectAccount,
    Consent,
}

/// What the `claims` parameter asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ClaimsRequest {
    /// The client can handle claims challenges (`xms_cc` with `CP1`).
    pub is_cp1: bool,
    /// `access_token.nbf`: the challenge that the token is to meet, in seconds since 1970.
    pub not_before: Option<i64>,
}

impl ClaimsRequest {
    pub(super) fn parse(text: Option<&str>) -> Result<Self, Fault> {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(Self::default()) };
        let json: serde_json::Value = serde_json::from_str(text)
            .map_err(|_| Fault::new("invalid_request", 90013, "Invalid input received from the user: claims."))?;
        let wanted = &json["access_token"];
        let capabilities = wanted["xms_cc"]["values"].as_array().cloned().unwrap_or_default();
        let nbf = &wanted["nbf"]["value"];
        Ok(Self {
            is_cp1: capabilities
                .iter()
                .any(|value| value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("cp1"))),
            not_before: nbf.as_i64().or_else(|| nbf.as_str()?.parse().ok()),
        })
    }
}

/// A code that was handed out.
#[derive(Clone, Debug)]
pub(super) struct Code {
    pub request: Authorize,
    pub signed_in: SignedIn,
    pub issued_at: i64,
    pub is_used: bool,
}

impl Entra {
    pub(super) fn authorize(&mut self, request: &Request, now: i64) -> Response {
        let get = |name: &str| parameter(&request.query, name);
        let target = self.app(&get("client_id").unwrap_or_default()).and_then(|app| {
            let uri = get("redirect_uri").unwrap_or_default();
            self.check_redirect_uri(app, &uri).map(|()| (app, uri))
        });
        let (app, redirect_uri) = match target {
            Ok(target) => target,
            Err(fault) => return self.fault_page(&fault, request, now),
        };
        let is_fragment = get("response_mode").as_deref() == Some("fragment");
        let reply = Reply { redirect_uri, is_fragment, state: get("state") };
        match read(app, reply.clone(), request) {
            Err(fault) => self.refuse(&reply, &fault, request, now),
            Ok(wanted) if wanted.prompt == Prompt::None => self.authorize_silently(wanted, request, now),
            Ok(wanted) => self.proceed(Flow::new(Purpose::Authorize(wanted)), request, now),
        }
    }

    pub(super) fn check_redirect_uri(&self, app: usize, uri: &str) -> Result<(), Fault> {
        let app = &self.options.apps[app];
        if app.redirect_uris.iter().any(|registered| registered == uri) {
            return Ok(());
        }
        let text = format!(
            "The redirect URI '{uri}' specified in the request does not match the redirect URIs configured for the \
             application '{}'.",
            app.client_id
        );
        Err(Fault::new("invalid_request", 50011, text))
    }

    fn authorize_silently(&mut self, wanted: Authorize, request: &Request, now: i64) -> Response {
        match self.silent_account(&wanted, request) {
            Err(fault) => self.refuse(&wanted.reply, &fault, request, now),
            Ok(signed_in) => {
                let session_state = self.session(request).map(|session| session.id.clone()).unwrap_or_default();
                self.answer_with_code(wanted, signed_in, session_state, now)
            }
        }
    }

    fn silent_account(&self, wanted: &Authorize, request: &Request) -> Result<SignedIn, Fault> {
        let people = self.signed_in(request);
        let is_meant = |entry: &&SignedIn| {
            wanted.login_hint.as_ref().is_none_or(|hint| self.options.people[entry.person].is_meant_by(hint))
        };
        let mut fitting = people.iter().filter(is_meant);
        let Some(signed_in) = fitting.next() else {
            let text = "A silent sign-in request was sent but no user is signed in.";
            return Err(Fault::new("login_required", 50058, text));
        };
        if fitting.next().is_some() {
            let text = "Either multiple user identities are available for the current request or selected account is \
                        not supported for the scenario.";
            return Err(Fault::new("interaction_required", 16000, text));
        }
        if self.is_mfa_missing(*signed_in) {
            return Err(Fault::new("interaction_required", 50076, MFA_TEXT).with_suberror("basic_action"));
        }
        if !self.missing_scopes(wanted.app, signed_in.person, &wanted.scopes.names).is_empty() {
            return Err(self.consent_fault("consent_required", wanted.app));
        }
        Ok(*signed_in)
    }

    /// True when policy wants a second step that this sign-in did not have.
    pub(super) fn is_mfa_missing(&self, signed_in: SignedIn) -> bool {
        let policy = self.scenario.is_mfa_required || self.scenario.is_mfa_required_on_renewal;
        (policy || self.options.people[signed_in.person].is_mfa_required) && !signed_in.has_mfa
    }

    pub(super) fn consent_fault(&self, error: &'static str, app: usize) -> Fault {
        let app = &self.options.apps[app];
        let text = format!(
            "The user or administrator has not consented to use the application with ID '{}' named '{}'. Send an \
             interactive authorization request for this user and resource.",
            app.client_id, app.display_name
        );
        Fault::new(error, 65001, text).with_suberror("consent_required")
    }

    /// Sends the app its code.
    pub(super) fn answer_with_code(
        &mut self,
        wanted: Authorize,
        signed_in: SignedIn,
        session_state: String,
        now: i64,
    ) -> Response {
        let code = self.secrets.value("1.code-");
        let mut answer = vec![("code", code.clone())];
        if wanted.is_client_info_wanted {
            answer.push(("client_info", self.client_info(signed_in.person)));
        }
        answer.extend(wanted.reply.state.clone().map(|state| ("state", state)));
        answer.push(("session_state", session_state));
        let response = redirect(&wanted.reply, &answer);
        self.codes.insert(code, Code { request: wanted, signed_in, issued_at: now, is_used: false });
        response
    }

    /// Sends the app a refusal.
    pub(super) fn refuse(&mut self, reply: &Reply, fault: &Fault, request: &Request, now: i64) -> Response {
        let text = fault.describe(&self.secrets.guid(), &correlation_id(request), now);
        let mut answer = vec![("error", fault.error.to_owned()), ("error_description", text)];
        answer.push(("error_codes", fault.number.to_string()));
        answer.extend(fault.suberror.map(|suberror| ("suberror", suberror.to_owned())));
        answer.extend(reply.state.clone().map(|state| ("state", state)));
        redirect(reply, &answer)
    }

    /// The `client_info` value that names a person across apps.
    pub(super) fn client_info(&self, person: usize) -> String {
        let json = serde_json::json!({ "uid": self.options.people[person].object_id, "utid": self.options.tenant_id });
        URL_SAFE_NO_PAD.encode(json.to_string())
    }
}

/// Text of AADSTS50076.
pub(super) const MFA_TEXT: &str = "Due to a configuration change made by your administrator, or because you moved to a \
                                   new location, you must use multi-factor authentication to access the resource.";

fn read(app: usize, reply: Reply, request: &Request) -> Result<Authorize, Fault> {
    let get = |name: &str| parameter(&request.query, name);
    let is_one = |name: &str| get(name).as_deref() == Some("1");
    if get("response_type").as_deref() != Some("code") {
        let text = "The provided value for the input parameter 'response_type' is not allowed for this client.";
        return Err(Fault::new("unsupported_response_type", 700_051, text));
    }
    let Some(challenge) = get("code_challenge") else {
        let text = "Proof Key for Code Exchange is required for cross-origin authorization code redemption.";
        return Err(Fault::new("invalid_request", 9_002_325, text));
    };
    if get("code_challenge_method").as_deref() != Some("S256") {
        return Err(Fault::new("invalid_request", 501_491, "The 'code_challenge_method' must be S256."));
    }
    let prompt = match get("prompt").as_deref() {
        None | Some("") => Prompt::Unset,
        Some("none") => Prompt::None,
        Some("login") => Prompt::Login,
        Some("select_account") => Prompt::SelectAccount,
        Some("consent") => Prompt::Consent,
        Some(_) => return Err(Fault::new("invalid_request", 90023, "Unsupported 'prompt' value.")),
    };
    Ok(Authorize {
        app,
        reply,
        nonce: get("nonce"),
        challenge,
        scopes: Scopes::parse(&request.host, &get("scope").unwrap_or_default())?,
        prompt,
        login_hint: get("login_hint").filter(|hint| !hint.is_empty()),
        claims: ClaimsRequest::parse(get("claims").as_deref())?,
        is_client_info_wanted: is_one("client_info"),
        is_opener_kept: is_one("pocd"),
    })
}

/// A redirect to the app with these parameters.
fn redirect(reply: &Reply, answer: &[(&str, String)]) -> Response {
    let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(answer).finish();
    let mark = match reply.is_fragment {
        true => '#',
        false if reply.redirect_uri.contains('?') => '&',
        false => '?',
    };
    found(format!("{}{mark}{text}", reply.redirect_uri))
}

/// A redirect to this address.
pub(super) fn found(location: String) -> Response {
    let headers = [("location", location), ("cache-control", "no-store".to_owned())];
    Response {
        status: 302,
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        ..Response::default()
    }
}
