//! The token endpoint, and what Graph finds in an access token.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Entra, SignedIn,
    authorize::{CODE_LIFE_MS, ClaimsRequest, MFA_TEXT},
    correlation_id,
    fault::{Fault, timestamp},
    parameter,
    scopes::Scopes,
    secrets,
};
use crate::http::{Request, Response};

/// What an access token says. The client cannot read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    /// Graph origin it is for.
    pub audience: String,
    /// Application id.
    pub app_id: String,
    /// Tenant id.
    pub tenant_id: String,
    /// Object id of the person.
    pub user_id: String,
    /// Short names of the scopes it carries.
    pub scopes: Vec<String>,
    /// Names of the person's directory roles.
    pub roles: Vec<String>,
    /// Issued at, in milliseconds since 1970.
    pub issued_at: i64,
    /// Good until, in milliseconds since 1970.
    pub expires_at: i64,
    /// The client can handle claims challenges.
    pub is_cp1: bool,
    /// The challenge it was acquired for, in seconds since 1970.
    pub challenge_met: Option<i64>,
}

/// Why Graph does not take a request's token; all are answered with 401.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenRejection {
    /// No bearer token at all.
    Missing,
    /// Not a token of this tenant.
    Malformed,
    /// For another cloud's Graph.
    WrongAudience,
    /// Past its life.
    Expired,
    /// It must be renewed with these claims first.
    ClaimsChallenge {
        /// The claims, in base64 as they stand in `WWW-Authenticate`.
        claims: String,
    },
}

/// A refresh token's meaning.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    app: usize,
    signed_in: SignedIn,
    /// Claims of the session it began with.
    is_cp1: bool,
    /// When the first token of the chain was issued.
    issued_at: i64,
    expires_at: i64,
}

impl Entra {
    /// Who a Graph request speaks for.
    ///
    /// # Errors
    /// Why its token is not good enough.
    pub fn check(&self, request: &Request, now: i64) -> Result<AccessClaims, TokenRejection> {
        let header = request.header("authorization").ok_or(TokenRejection::Missing)?;
        let (scheme, token) = header.split_once(' ').ok_or(TokenRejection::Malformed)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(TokenRejection::Missing);
        }
        let payload = self.secrets.unseal(token.trim()).ok_or(TokenRejection::Malformed)?;
        let claims: AccessClaims = serde_json::from_slice(&payload).map_err(|_| TokenRejection::Malformed)?;
        if claims.audience != format!("https://{}", request.host) {
            return Err(TokenRejection::WrongAudience);
        }
        if now >= claims.expires_at {
            return Err(TokenRejection::Expired);
        }
        match self.challenge_from {
            Some(from) if claims.is_cp1 && claims.challenge_met.is_none_or(|met| met < from) => {
                let claims = json!({ "access_token": { "nbf": { "essential": true, "value": from.to_string() } } });
                Err(TokenRejection::ClaimsChallenge { claims: STANDARD.encode(claims.to_string()) })
            }
            _ => Ok(claims),
        }
    }

    pub(super) fn token(&mut self, request: &Request, now: i64) -> Response {
        let outcome = self.redeem(request, now);
        let delay_ms = self.scenario.token_delay_ms;
        let response = match outcome {
            Ok(body) => respond(200, &body),
            Err(fault) => self.token_error(&fault, request, now),
        };
        Response { delay_ms, ..response }
    }

    pub(super) fn token_error(&mut self, fault: &Fault, request: &Request, now: i64) -> Response {
        let status = if fault.error == "temporarily_unavailable" { 503 } else { 400 };
        respond(status, &fault.body(&self.secrets.guid(), &correlation_id(request), now))
    }

    fn redeem(&mut self, request: &Request, now: i64) -> Result<Value, Fault> {
        if self.scenario.is_unavailable {
            return Err(Fault::new(
                "temporarily_unavailable",
                90033,
                "A transient error has occurred. Please try again.",
            ));
        }
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let field = |name: &str| parameter(&body, name).unwrap_or_default();
        let app = self.app(&field("client_id"))?;
        if request.header("origin").is_none_or(|origin| origin == "null") {
            let text = "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via \
                        cross-origin requests.";
            return Err(Fault::new("invalid_request", 9_002_327, text));
        }
        let claims = ClaimsRequest::parse(parameter(&body, "claims").as_deref())?;
        match field("grant_type").as_str() {
            "authorization_code" => self.redeem_code(app, &body, claims, &request.host, now),
            "refresh_token" => self.renew(app, &body, claims, &request.host, now),
            other => {
                let text = format!("The app requested an unsupported grant type '{other}'.");
                Err(Fault::new("unsupported_grant_type", 70003, text))
            }
        }
    }

    fn redeem_code(
        &mut self,
        app: usize,
        body: &str,
        claims: ClaimsRequest,
        host: &str,
        now: i64,
    ) -> Result<Value, Fault> {
        let field = |name: &str| parameter(body, name).unwrap_or_default();
        let Some(code) = self.codes.get_mut(&field("code")) else {
            return Err(Fault::new("invalid_grant", 9_002_313, "Invalid request. Request is malformed or invalid."));
        };
        if std::mem::replace(&mut code.is_used, true) {
            let text = "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an \
                        existing refresh token.";
            return Err(Fault::new("invalid_grant", 54005, text));
        }
        let code = code.clone();
        if now - code.issued_at > CODE_LIFE_MS {
            let text = "The provided authorization code or refresh token has expired due to inactivity.";
            return Err(Fault::new("invalid_grant", 70008, text));
        }
        if code.request.app != app {
            return Err(Fault::new("invalid_grant", 70000, "The code was issued to another client."));
        }
        if code.request.reply.redirect_uri != field("redirect_uri") {
            let text =
                "The reply address does not match the reply address provided when requesting Authorization code.";
            return Err(Fault::new("invalid_client", 500_112, text));
        }
        if secrets::challenge(&field("code_verifier")) != code.request.challenge {
            let text = "The Code_Verifier does not match the code_challenge supplied in the authorization request.";
            return Err(Fault::new("invalid_grant", 501_481, text));
        }
        let scopes = match parameter(body, "scope") {
            Some(text) => Scopes::parse(host, &text)?,
            None => code.request.scopes.clone(),
        };
        let life = self.options.refresh_token_secs * 1000;
        let wanted = ClaimsRequest {
            is_cp1: claims.is_cp1 || code.request.claims.is_cp1,
            not_before: claims.not_before.or(code.request.claims.not_before),
        };
        let grant =
            Grant { app, signed_in: code.signed_in, is_cp1: wanted.is_cp1, issued_at: now, expires_at: now + life };
        self.issue(grant, &scopes, &wanted, code.request.nonce.as_deref(), host, now)
    }

    fn renew(&mut self, app: usize, body: &str, claims: ClaimsRequest, host: &str, now: i64) -> Result<Value, Fault> {
        let token = parameter(body, "refresh_token").unwrap_or_default();
        let grant = self.refresh_tokens.get(&token).filter(|grant| grant.app == app).cloned();
        let Some(grant) = grant else {
            return Err(Fault::new("invalid_grant", 70000, "Provided grant is invalid or malformed."));
        };
        if self.scenario.is_refresh_expired || now >= grant.expires_at {
            let text = format!(
                "The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime of \
                 1.00:00:00, which cannot be extended. It is now expired and a new sign in request must be sent by the \
                 SPA to the sign in page. The token was issued on {}.",
                timestamp(grant.issued_at)
            );
            return Err(Fault::new("invalid_grant", 700_084, text));
        }
        if self.revoked_at.is_some_and(|at| grant.signed_in.at <= at) {
            let text = "The provided grant has expired due to it being revoked, a fresh auth token is needed.";
            return Err(Fault::new("invalid_grant", 50173, text).with_suberror("bad_token"));
        }
        if self.scenario.is_mfa_required_on_renewal && !grant.signed_in.has_mfa {
            return Err(Fault::new("interaction_required", 50076, MFA_TEXT).with_suberror("basic_action"));
        }
        let scopes = Scopes::parse(host, &parameter(body, "scope").unwrap_or_default())?;
        let wanted = ClaimsRequest { is_cp1: claims.is_cp1 || grant.is_cp1, ..claims };
        self.issue(grant, &scopes, &wanted, None, host, now)
    }

    fn issue(
        &mut self,
        grant: Grant,
        scopes: &Scopes,
        claims: &ClaimsRequest,
        nonce: Option<&str>,
        host: &str,
        now: i64,
    ) -> Result<Value, Fault> {
        let person = grant.signed_in.person;
        if !self.missing_scopes(grant.app, person, &scopes.names).is_empty() {
            return Err(self.consent_fault("invalid_grant", grant.app));
        }
        let granted = self.granted_scopes(grant.app, person);
        let access = AccessClaims {
            audience: scopes.audience.clone(),
            app_id: self.options.apps[grant.app].client_id.clone(),
            tenant_id: self.options.tenant_id.clone(),
            user_id: self.options.people[person].object_id.clone(),
            scopes: granted.clone(),
            roles: self.options.people[person].roles.clone(),
            issued_at: now,
            expires_at: now + self.options.access_token_secs * 1000,
            is_cp1: claims.is_cp1,
            challenge_met: claims.not_before,
        };
        let payload = serde_json::to_vec(&access).expect("claims are plain data, which JSON can always write");
        let mut scope: Vec<_> = ["openid", "profile", "email"].map(str::to_owned).into();
        scope.extend(granted.iter().map(|name| format!("{}/{name}", scopes.audience)));
        let mut answer = json!({
            "token_type": "Bearer",
            "scope": scope.join(" "),
            "expires_in": self.options.access_token_secs,
            "ext_expires_in": self.options.access_token_secs,
            "access_token": self.secrets.seal(&payload),
            "id_token": self.id_token(&grant, nonce, host, now),
            "client_info": self.client_info(person),
        });
        if scopes.is_offline {
            let token = self.secrets.value("1.refresh-");
            answer["refresh_token"] = token.as_str().into();
            answer["refresh_token_expires_in"] = ((grant.expires_at - now) / 1000).into();
            self.refresh_tokens.insert(token, grant);
        }
        Ok(answer)
    }

    fn id_token(&self, grant: &Grant, nonce: Option<&str>, host: &str, now: i64) -> String {
        let person = &self.options.people[grant.signed_in.person];
        let app = &self.options.apps[grant.app];
        let mut claims = json!({
            "aud": app.client_id,
            "iss": format!("https://{host}/{}/v2.0", self.options.tenant_id),
            "iat": now / 1000,
            "nbf": now / 1000,
            "exp": now / 1000 + self.options.access_token_secs,
            "auth_time": grant.signed_in.at / 1000,
            "name": person.display_name,
            "oid": person.object_id,
            "preferred_username": person.user_principal_name,
            "login_hint": person.login_hint(),
            "sub": secrets::challenge(&format!("{} {}", app.client_id, person.object_id)),
            "tid": self.options.tenant_id,
            "ver": "2.0",
        });
        if let Some(nonce) = nonce {
            claims["nonce"] = nonce.into();
        }
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        // Single-page apps take it from the token endpoint over TLS and do not check a signature.
        format!("{}.{}.", part(&json!({ "typ": "JWT", "alg": "none" })), part(&claims))
    }
}

pub(super) fn respond(status: u16, body: &Value) -> Response {
    let headers = [
        ("content-type", "application/json; charset=utf-8"),
        ("cache-control", "no-store, no-cache"),
        ("access-control-allow-origin", "*"),
        ("access-control-expose-headers", "Content-Length,Content-Encoding,x-ms-request-id,x-ms-srs"),
        ("access-control-allow-methods", "POST, OPTIONS"),
    ];
    Response {
        status,
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        body: body.to_string().into_bytes(),
        ..Response::default()
    }
}

/// The answer to a preflight, which a client that sets headers of its own sends.
pub(super) fn preflight() -> Response {
    let headers = [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-methods", "POST, OPTIONS"),
        ("access-control-allow-headers", "content-type, client-request-id, x-client-sku, x-client-ver"),
    ];
    Response {
        status: 200,
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        ..Response::default()
    }
}
