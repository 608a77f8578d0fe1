//! Graph's side: answers requests about a history as the service would.

use crate::{
    history::{History, Rendering, Report},
    http::{Request, Response},
    organisation::Organisation,
    tenant::{Tenant, TenantOptions},
    time,
};

mod access;
mod errors;
mod evaluate;
pub mod filters;
mod list;
mod odata;
mod paging;
mod query;
mod related;
mod scenarios;
mod summaries;
mod throttle;

pub use errors::EXPOSED;
use errors::GraphFault;
use list::Manner;
pub use scenarios::{Fault, Scenario};
use throttle::Arrivals;
pub use throttle::Limit;

/// How late rows come, where a fault says that they are late: an hour and a half.
const LATE_MS: i64 = 90 * 60_000;

/// Who asks, as the bearer token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Application (client) id.
    pub app_id: String,
    /// Tenant id.
    pub tenant_id: String,
    /// Object id of the signed-in user.
    pub user_id: String,
    /// Delegated permissions in the token.
    pub scopes: Vec<String>,
    /// Directory roles of the user, by display name.
    pub roles: Vec<String>,
    /// True when the tenant has Entra ID P1 or P2.
    pub has_premium: bool,
    /// True when the token came through a claims challenge, so that it needs no second one.
    pub has_claims: bool,
}

impl Caller {
    /// The main administrator with every permission.
    pub fn with_all_rights(organisation: &Organisation) -> Self {
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            app_id: "00000000-0000-0000-0000-00000000feed".to_owned(),
            tenant_id: organisation.tenant_id.clone(),
            user_id: organisation.administrator().id.clone(),
            scopes: own(&[
                "User.Read",
                "AuditLog.Read.All",
                "Directory.Read.All",
                "CustomSecAttributeAuditLogs.Read.All",
                "ProvisioningLog.Read.All",
                "Policy.Read.ConditionalAccess",
            ]),
            roles: own(&["Global Administrator", "Global Reader", "Attribute Log Reader"]),
            has_premium: true,
            has_claims: true,
        }
    }
}

/// Graph for one tenant: its history, paging tokens, throttling and faults on demand.
pub struct Graph {
    history: Box<dyn History>,
    limit: Option<Limit>,
    arrivals: Arrivals,
    scenarios: Vec<Scenario>,
    has_short_pages: bool,
    token_lifetime_ms: i64,
    /// Set when everybody counts as a caller with all rights, as for the sample.
    sample_caller: Option<Caller>,
}

impl Graph {
    /// Graph over a history, with the service's limit and its short pages.
    pub fn new(history: impl History + 'static) -> Self {
        Self {
            history: Box::new(history),
            limit: Some(Limit::default()),
            arrivals: Arrivals::default(),
            scenarios: Vec::new(),
            has_short_pages: true,
            token_lifetime_ms: paging::LIFETIME_MS,
            sample_caller: None,
        }
    }
    /// Graph for sample data: no token is needed, there is no limit, and pages are full.
    pub fn for_sample(options: TenantOptions) -> Self {
        let tenant = Tenant::new(options);
        let caller = Caller::with_all_rights(tenant.organisation());
        Self { sample_caller: Some(caller), limit: None, has_short_pages: false, ..Self::new(tenant) }
    }
    /// Sets or lifts the service's limit.
    pub fn set_limit(&mut self, limit: Option<Limit>) {
        self.limit = limit;
    }
    /// Switches short and empty pages in mid-run.
    pub fn set_short_pages(&mut self, has_short_pages: bool) {
        self.has_short_pages = has_short_pages;
    }
    /// Sets how long a skip token is good for.
    pub fn set_token_lifetime_ms(&mut self, lifetime_ms: i64) {
        self.token_lifetime_ms = lifetime_ms;
    }
    /// Adds a fault for requests to come.
    pub fn set_scenario(&mut self, scenario: Scenario) {
        self.scenarios.push(scenario);
    }
    /// Takes all faults back.
    pub fn clear_scenarios(&mut self) {
        self.scenarios.clear();
    }
    /// The history that is served.
    pub fn history(&self) -> &dyn History {
        &*self.history
    }
    /// Answers one request. `caller` is `None` without a valid token; `now` is in milliseconds since 1970, UTC.
    pub fn answer(&mut self, request: &Request, caller: Option<&Caller>, now: i64) -> Response {
        if request.method == "OPTIONS" {
            return errors::preflight(request);
        }
        let path = Path::parse(&request.path);
        let faults = scenarios::due(&mut self.scenarios, path.report());
        let result = self.body(request, &path, caller, &faults, now);
        let mut response = match result {
            Ok(body) => errors::success(body, request, now),
            Err(fault) => errors::response(&fault, request, now),
        };
        for fault in faults {
            scenarios::spoil(fault, &mut response);
        }
        response
    }

    fn body(
        &mut self,
        request: &Request,
        path: &Path,
        caller: Option<&Caller>,
        faults: &[Fault],
        now: i64,
    ) -> Result<String, GraphFault> {
        let caller = caller.or(self.sample_caller.as_ref()).ok_or_else(GraphFault::invalid_token)?;
        if request.method != "GET" {
            return Err(GraphFault::new(405, "Request_BadRequest", "The OData request is not supported."));
        }
        if path.is_audit_log()
            && let Some(limit) = &self.limit
            && let Err(wait_secs) = self.arrivals.admit(&caller.app_id, &caller.tenant_id, limit, now)
        {
            return Err(scenarios::throttled(limit.has_retry_after.then_some(wait_secs)));
        }
        for fault in faults {
            if let Some(refusal) = scenarios::refusal(*fault, path.report(), caller) {
                return Err(refusal);
            }
        }
        let manner = Manner {
            rendering: Rendering {
                has_new_members: request
                    .headers
                    .iter()
                    .any(|(name, value)| name == "prefer" && value.contains("include-unknown-enum-members")),
                has_conditional_access: access::has_conditional_access(caller),
            },
            has_short_pages: self.has_short_pages,
            late_since: faults.contains(&Fault::LateRows).then(|| time::ticks_from_millis(now - LATE_MS)),
            is_duplicating: faults.contains(&Fault::DuplicateRows),
            is_empty_page: faults.contains(&Fault::EmptyPage),
            token_lifetime_ms: self.token_lifetime_ms,
        };
        let history = &*self.history;
        match path {
            Path::List(report) => {
                let is_own = list::is_about(*report, request, &caller.user_id);
                errors::in_cloud(*report, request)?;
                access::check(*report, caller, is_own)?;
                list::list(history, *report, request, &manner, now)
            }
            Path::Single(report, id) => {
                errors::in_cloud(*report, request)?;
                access::check(*report, caller, false)?;
                list::single(history, *report, id, request, &manner)
            }
            Path::Summary(kind, window) => {
                access::check(Report::SignIns, caller, false)?;
                if faults.contains(&Fault::NoSummary) {
                    let segment = request.path.rsplit('/').next().and_then(|segment| segment.split('(').next());
                    return Err(GraphFault::no_segment(segment.unwrap_or_default()));
                }
                summaries::list(history, *kind, window, request, &manner, now)
            }
            Path::Other(segments) => related::answer(history.organisation(), segments, request, caller),
        }
    }
}

/// What a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Path {
    List(Report),
    Single(Report, String),
    /// One of the functions that summarise sign-ins, with its window.
    Summary(crate::history::EventType, String),
    /// Anything else: the segments after the version, decoded.
    Other(Vec<String>),
}

impl Path {
    fn parse(path: &str) -> Self {
        let segments: Vec<String> = path.split('/').filter(|segment| !segment.is_empty()).map(query::decode).collect();
        let [version, rest @ ..] = segments.as_slice() else { return Self::Other(Vec::new()) };
        let is_beta = version.eq_ignore_ascii_case("beta");
        match rest {
            [root, name] if is_beta && root.eq_ignore_ascii_case("auditLogs") => match Report::parse(name) {
                Some(report) => Self::List(report),
                None => summaries::parse(name)
                    .map_or_else(|| Self::Other(rest.to_vec()), |(kind, window)| Self::Summary(kind, window)),
            },
            [root, name, id] if is_beta && root.eq_ignore_ascii_case("auditLogs") => match Report::parse(name) {
                Some(report) => Self::Single(report, id.clone()),
                None => Self::Other(rest.to_vec()),
            },
            _ => Self::Other(rest.to_vec()),
        }
    }
    fn report(&self) -> Option<Report> {
        match self {
            Self::List(report) | Self::Single(report, _) => Some(*report),
            Self::Summary(..) => Some(Report::SignIns),
            Self::Other(_) => None,
        }
    }
    /// True when the service's limit for the reports applies.
    fn is_audit_log(&self) -> bool {
        match self {
            Self::Other(segments) => segments.first().is_some_and(|root| root.eq_ignore_ascii_case("auditLogs")),
            _ => true,
        }
    }
}
