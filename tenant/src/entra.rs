//! Entra's side of the tenant: sign-in pages, authorization codes, tokens, consent, sign-out.
//!
//! It behaves as the real service was measured to behave towards a single-page app, so it shares no code with the client.
//! Pure: a request and an instant go in, an answer comes out. Graph's side asks [`Entra::check`] who a token belongs to.

mod authorize;
mod consent;
mod directory;
mod discovery;
mod fault;
mod forms;
mod logout;
mod pages;
mod scopes;
mod secrets;
mod token;

use std::collections::{BTreeMap, BTreeSet};

pub use directory::{App, Person};
pub use token::{AccessClaims, TokenRejection};

use crate::http::{Request, Response};
use fault::Fault;
use forms::Flow;
use secrets::Secrets;

/// What the made-up tenant's Entra side starts with.
#[derive(Clone, Debug)]
pub struct EntraOptions {
    /// Seed of every identifier it hands out.
    pub seed: u64,
    /// Tenant id.
    pub tenant_id: String,
    /// Domains that name the tenant in the authority's path.
    pub domains: Vec<String>,
    /// Registered apps.
    pub apps: Vec<App>,
    /// People who can sign in.
    pub people: Vec<Person>,
    /// Everybody's password.
    pub password: String,
    /// Life of an access token in seconds.
    pub access_token_secs: i64,
    /// Life of a refresh token issued to a single-page app, in seconds; it is fixed, renewal does not extend it.
    pub refresh_token_secs: i64,
}

/// Faults and policies that a test can switch on.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EntraScenario {
    /// Every interactive sign-in asks for a second step.
    pub is_mfa_required: bool,
    /// Renewal is refused until somebody completes a second step (AADSTS50076).
    pub is_mfa_required_on_renewal: bool,
    /// Every refresh token counts as expired (AADSTS700084).
    pub is_refresh_expired: bool,
    /// The token endpoint answers 503 `temporarily_unavailable`.
    pub is_unavailable: bool,
    /// Milliseconds before the token endpoint answers.
    pub token_delay_ms: u64,
}

/// Entra's side of one tenant.
pub struct Entra {
    options: EntraOptions,
    scenario: EntraScenario,
    secrets: Secrets,
    /// Authorization codes by value; used ones stay, so that a second use is told apart from an unknown code.
    codes: BTreeMap<String, authorize::Code>,
    refresh_tokens: BTreeMap<String, token::Grant>,
    /// Sign-ins under way, by the number in their forms.
    flows: BTreeMap<String, Flow>,
    /// Browser sessions by cookie value.
    sessions: BTreeMap<String, Session>,
    consents: BTreeSet<consent::Consent>,
    /// Tokens of clients with `cp1` that were issued before this second are challenged.
    challenge_from: Option<i64>,
    /// Sign-ins and refresh tokens older than this instant are worth nothing any more.
    revoked_at: Option<i64>,
}

/// What one browser is signed in as.
#[derive(Clone, Debug, Default)]
struct Session {
    /// `session_state` of its answers.
    id: String,
    /// People in the order of their sign-in.
    people: Vec<SignedIn>,
}

/// One person in a browser session.
#[derive(Clone, Copy, Debug)]
struct SignedIn {
    person: usize,
    /// When the password was typed.
    at: i64,
    has_mfa: bool,
}

/// Hosts of the sign-in service and the Graph origins whose scopes each of them knows.
const CLOUDS: [(&str, &[&str]); 5] = [
    ("login.microsoftonline.com", &["https://graph.microsoft.com"]),
    ("login.microsoftonline.us", &["https://graph.microsoft.us", "https://dod-graph.microsoft.us"]),
    ("login.partner.microsoftonline.cn", &["https://microsoftgraph.chinacloudapi.cn"]),
    ("login.sovcloud-identity.fr", &["https://graph.svc.sovcloud.fr"]),
    // A cloud that nobody has heard of.
    ("login.cloud.example", &["https://graph.cloud.example"]),
];

impl Entra {
    /// Entra's side of a tenant.
    pub fn new(options: EntraOptions) -> Self {
        let consents = consent::granted_at_first(&options);
        Self {
            secrets: Secrets::new(options.seed),
            scenario: EntraScenario::default(),
            codes: BTreeMap::new(),
            refresh_tokens: BTreeMap::new(),
            flows: BTreeMap::new(),
            sessions: BTreeMap::new(),
            consents,
            challenge_from: None,
            revoked_at: None,
            options,
        }
    }

    /// True for a host of the sign-in service of any cloud.
    pub fn is_host(host: &str) -> bool {
        CLOUDS.iter().any(|(login, _)| *login == host)
    }

    /// The answer to one request at this instant (milliseconds since 1970).
    pub fn answer(&mut self, request: &Request, now: i64) -> Response {
        let path = request.path.trim_start_matches('/');
        let (tenant, rest) = path.split_once('/').unwrap_or((path, ""));
        if tenant == "favicon.ico" {
            return Response { status: 204, ..Response::default() };
        }
        if let Err(fault) = self.check_tenant(tenant) {
            return match rest {
                "oauth2/v2.0/token" => self.token_error(&fault, request, now),
                _ => self.fault_page(&fault, request, now),
            };
        }
        match (request.method.as_str(), rest) {
            ("GET", "oauth2/v2.0/authorize") => self.authorize(request, now),
            ("POST", "oauth2/v2.0/token") => self.token(request, now),
            ("OPTIONS", "oauth2/v2.0/token") => token::preflight(),
            ("GET", "oauth2/v2.0/logout") => self.logout(request),
            ("GET", "v2.0/.well-known/openid-configuration") => self.openid_configuration(tenant, request),
            ("GET", "adminconsent" | "v2.0/adminconsent") => self.admin_consent(request, now),
            ("POST", "login" | "select" | "mfa" | "consent") => self.form(rest, request, now),
            _ => pages::respond(404, &pages::message("Page not found", "Nothing is served under this address."), true),
        }
    }

    /// Switches faults and policies.
    pub fn set_scenario(&mut self, scenario: EntraScenario) {
        self.scenario = scenario;
    }

    /// Faults and policies in force.
    pub fn scenario(&self) -> &EntraScenario {
        &self.scenario
    }

    /// From now on Graph challenges tokens that were not acquired with this challenge's claims. Renewal without
    /// a person is enough to meet it.
    pub fn challenge(&mut self, now: i64) {
        // Seconds are all that the claim can say, so a second challenge within one of them needs the next.
        let next = self.challenge_from.map_or(i64::MIN, |from| from + 1);
        self.challenge_from = Some(now.div_euclid(1000).max(next));
    }

    /// An administrator revokes every sign-in: tokens are challenged, refresh tokens and browser sessions are void.
    pub fn revoke(&mut self, now: i64) {
        self.challenge(now);
        self.revoked_at = Some(now);
    }

    /// Takes back every consent that was given since the start.
    pub fn forget_consents(&mut self) {
        self.consents = consent::granted_at_first(&self.options);
    }

    /// Takes back every consent, also what was granted at the start.
    pub fn withdraw_consents(&mut self) {
        self.consents.clear();
    }

    fn check_tenant(&self, tenant: &str) -> Result<(), Fault> {
        let tenant = tenant.to_ascii_lowercase();
        if tenant == self.options.tenant_id
            || tenant == "organizations"
            || self.options.domains.iter().any(|domain| domain.eq_ignore_ascii_case(&tenant))
        {
            return Ok(());
        }
        if tenant == "common" || tenant == "consumers" {
            return Err(Fault::new(
                "invalid_request",
                50194,
                "The application is not configured as a multi-tenant application.",
            ));
        }
        Err(Fault::new(
            "invalid_request",
            90002,
            format!("Tenant '{tenant}' not found. Check the tenant id or domain."),
        ))
    }

    fn app(&self, client_id: &str) -> Result<usize, Fault> {
        self.options.apps.iter().position(|app| app.client_id.eq_ignore_ascii_case(client_id)).ok_or_else(|| {
            let text = format!("Application with identifier '{client_id}' was not found in the directory.");
            Fault::new("unauthorized_client", 700_016, text)
        })
    }

    fn session(&self, request: &Request) -> Option<&Session> {
        self.sessions.get(&cookie(request)?)
    }

    /// People whose sign-in in this browser still counts.
    fn signed_in(&self, request: &Request) -> Vec<SignedIn> {
        let people = self.session(request).map(|session| session.people.clone()).unwrap_or_default();
        people.into_iter().filter(|entry| self.revoked_at.is_none_or(|at| entry.at > at)).collect()
    }

    fn fault_page(&mut self, fault: &Fault, request: &Request, now: i64) -> Response {
        let text = fault.describe(&self.secrets.guid(), &correlation_id(request), now);
        pages::respond(400, &pages::fault(&text), true)
    }
}

/// Name of the session cookie.
const COOKIE: &str = "ESTSAUTH";

fn cookie(request: &Request) -> Option<String> {
    request.headers.iter().filter(|(name, _)| name == "cookie").find_map(|(_, value)| {
        value.split(';').find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('=')).map(str::to_owned)
    })
}

/// The caller's own id for this request, where it sent one.
fn correlation_id(request: &Request) -> String {
    parameter(&request.query, "client-request-id").unwrap_or_else(|| "00000000-0000-0000-0000-000000000000".to_owned())
}

/// One parameter of a query or a form.
pub(crate) fn parameter(encoded: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(encoded.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests;
