//! Graph's side: answers requests about a history as the service would.

use crate::{
    history::History,
    http::{Request, Response},
    organisation::Organisation,
    tenant::{Tenant, TenantOptions},
};

mod errors;
mod scenarios;
mod throttle;

use errors::GraphFault;
pub use scenarios::{Fault, Scenario};
pub use throttle::Limit;

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
    scenarios: Vec<Scenario>,
    /// Set when everybody counts as a caller with all rights, as for the sample.
    sample_caller: Option<Caller>,
}

impl Graph {
    /// Graph over a history, with the service's limit.
    pub fn new(history: impl History + 'static) -> Self {
        Self { history: Box::new(history), limit: Some(Limit::default()), scenarios: Vec::new(), sample_caller: None }
    }
    /// Graph for sample data: no token is needed and there is no limit.
    pub fn for_sample(options: TenantOptions) -> Self {
        let tenant = Tenant::new(options);
        let caller = Caller::with_all_rights(tenant.organisation());
        Self { sample_caller: Some(caller), limit: None, ..Self::new(tenant) }
    }
    /// Sets or lifts the service's limit.
    pub fn set_limit(&mut self, limit: Option<Limit>) {
        self.limit = limit;
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
        let caller = caller.or(self.sample_caller.as_ref());
        let fault = match caller {
            None => GraphFault::invalid_token(),
            Some(_) => GraphFault::no_segment(&request.path),
        };
        errors::response(&fault, request, now)
    }
}
