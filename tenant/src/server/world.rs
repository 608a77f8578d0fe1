//! Everything behind the socket: which host answers, on which clock, and what was asked so far.

use serde::Serialize;

use super::{app::Mount, options::ServerOptions, parameter};
use crate::{
    Caller, Graph, Tenant, TenantOptions,
    entra::{AccessClaims, App, Entra, EntraOptions, Person, TokenRejection},
    graph::Limit,
    http::{Request, Response},
    organisation::{Organisation, UserKind},
    records::{self, RecordsError},
};

/// Hosts of Microsoft Graph in all clouds.
const GRAPH_HOSTS: [&str; 6] = [
    "graph.microsoft.com",
    "graph.microsoft.us",
    "dod-graph.microsoft.us",
    "microsoftgraph.chinacloudapi.cn",
    "graph.svc.sovcloud.fr",
    "graph.cloud.example",
];
/// Host of the control plane.
pub(super) const CONTROL_HOST: &str = "control.tenant.example";
/// The password of everybody.
pub(super) const PASSWORD: &str = "Made-up-1";
/// Requests kept in the log.
const LOG_MAX: usize = 100_000;

/// One request, as tests may see it: no token, no body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// When it arrived, in real milliseconds since 1970.
    pub at_ms: i64,
    /// Method.
    pub method: String,
    /// Host.
    pub host: String,
    /// Path.
    pub path: String,
    /// Query.
    pub query: String,
    /// Status of the answer.
    pub status: u16,
    /// True when it carried a token.
    pub has_authorization: bool,
    /// `grant_type` of a token request.
    pub grant_type: Option<String>,
}

/// The tenant with its two services, the app's files and the control plane.
pub struct World {
    pub(super) options: ServerOptions,
    pub(super) organisation: Organisation,
    pub(super) entra: Entra,
    pub(super) graph: Graph,
    pub(super) log: Vec<Entry>,
    /// Real time of the start, in milliseconds since 1970.
    pub(super) started_at: i64,
    /// How far the clock was moved, in milliseconds.
    pub(super) advanced_ms: i64,
}

impl World {
    /// Makes the tenant.
    ///
    /// # Errors
    /// When the recorded responses cannot be served.
    pub fn new(options: ServerOptions, real_now: i64) -> Result<Self, RecordsError> {
        let now = options.now.unwrap_or(real_now);
        let tenant_options = TenantOptions { seed: options.seed, days: options.days, scale: options.scale, now };
        let mut organisation = Organisation::new(options.seed);
        if let Some(id) = &options.tenant_id {
            organisation.tenant_id = id.clone();
        }
        let mut graph = match &options.records {
            Some(folder) => Graph::new(records::load(folder, organisation.clone())?),
            None => Graph::new(Tenant::new(tenant_options)),
        };
        graph.set_limit(options.is_limited.then(Limit::default));
        let entra = Entra::new(entra_options(&options, &organisation));
        Ok(Self { options, organisation, entra, graph, log: Vec::new(), started_at: real_now, advanced_ms: 0 })
    }

    /// The tenant's clock.
    pub fn now(&self, real_now: i64) -> i64 {
        self.options.now.map_or(real_now, |start| start + real_now - self.started_at) + self.advanced_ms
    }

    /// The answer to one request that arrived at this real instant.
    pub fn answer(&mut self, request: &Request, real_now: i64) -> Response {
        if request.host == CONTROL_HOST {
            return self.control(request, real_now);
        }
        let now = self.now(real_now);
        let response = if Entra::is_host(&request.host) {
            self.entra.answer(request, now)
        } else if GRAPH_HOSTS.contains(&request.host.as_str()) {
            self.graph(request, now)
        } else {
            let mut mounts: Vec<&Mount> = self.options.mounts.iter().collect();
            mounts.sort_by_key(|mount| std::cmp::Reverse(mount.path.len()));
            let not_found = Response { status: 404, body: b"Not found".to_vec(), ..Response::default() };
            mounts.iter().find_map(|mount| mount.answer(request)).unwrap_or(not_found)
        };
        if self.log.len() < LOG_MAX {
            self.log.push(entry(request, response.status, real_now));
        }
        response
    }

    fn graph(&mut self, request: &Request, now: i64) -> Response {
        match self.entra.check(request, now) {
            Ok(claims) => {
                let caller = caller(claims, self.options.has_premium);
                self.graph.answer(request, Some(&caller), now)
            }
            Err(TokenRejection::ClaimsChallenge { claims }) => {
                let mut response = self.graph.answer(request, None, now);
                let challenge = format!(
                    "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", \
                     client_id=\"00000003-0000-0000-c000-000000000000\", error=\"insufficient_claims\", claims=\"{claims}\""
                );
                for (name, value) in &mut response.headers {
                    if name == "www-authenticate" {
                        value.clone_from(&challenge);
                    }
                }
                response
            }
            Err(_) => self.graph.answer(request, None, now),
        }
    }

    /// Everything back to the start, and the log emptied.
    pub(super) fn reset(&mut self) {
        self.entra = Entra::new(entra_options(&self.options, &self.organisation));
        self.graph.clear_scenarios();
        self.graph.set_limit(self.options.is_limited.then(Limit::default));
        self.log.clear();
        self.advanced_ms = 0;
    }
}

fn entry(request: &Request, status: u16, at_ms: i64) -> Entry {
    let is_token_call = Entra::is_host(&request.host) && request.path.ends_with("/token");
    Entry {
        at_ms,
        method: request.method.clone(),
        host: request.host.clone(),
        path: request.path.clone(),
        query: request.query.clone(),
        status,
        has_authorization: request.header("authorization").is_some(),
        grant_type: is_token_call.then(|| parameter(&String::from_utf8_lossy(&request.body), "grant_type")).flatten(),
    }
}

fn caller(claims: AccessClaims, has_premium: bool) -> Caller {
    Caller {
        app_id: claims.app_id,
        tenant_id: claims.tenant_id,
        user_id: claims.user_id,
        scopes: claims.scopes,
        roles: claims.roles,
        has_premium,
        has_claims: claims.challenge_met.is_some(),
    }
}

fn entra_options(options: &ServerOptions, organisation: &Organisation) -> EntraOptions {
    let mut redirect_uris = options.redirect_uris.clone();
    redirect_uris.extend(options.mounts.iter().flat_map(Mount::redirect_uris));
    let scopes = [
        "AuditLog.Read.All",
        "CustomSecAttributeAuditLogs.Read.All",
        "Directory.Read.All",
        "Policy.Read.ConditionalAccess",
        "ProvisioningLog.Read.All",
        "User.Read",
    ];
    EntraOptions {
        seed: options.seed,
        tenant_id: organisation.tenant_id.clone(),
        domains: vec![organisation.domain.clone()],
        apps: vec![App {
            client_id: options.client_id.clone(),
            display_name: "Gatebook".to_owned(),
            redirect_uris,
            configured_scopes: scopes.map(str::to_owned).into(),
            granted_scopes: options.granted_scopes.clone(),
        }],
        people: people(organisation),
        password: PASSWORD.to_owned(),
        access_token_secs: options.access_token_secs,
        refresh_token_secs: 24 * 3600,
    }
}

/// Everybody with a directory role, and one ordinary employee.
pub(super) fn people(organisation: &Organisation) -> Vec<Person> {
    let members = || organisation.users.iter().filter(|user| user.kind == UserKind::Member);
    let ordinary = members().find(|user| user.roles.is_empty());
    members()
        .filter(|user| !user.roles.is_empty())
        .chain(ordinary)
        .map(|user| Person {
            object_id: user.id.clone(),
            user_principal_name: user.user_principal_name.clone(),
            display_name: user.display_name.clone(),
            roles: user.roles.iter().map(|role| (*role).to_owned()).collect(),
            is_consent_admin: ["Global Administrator", "Privileged Role Administrator"]
                .iter()
                .any(|role| user.roles.contains(role)),
            is_mfa_required: false,
        })
        .collect()
}
