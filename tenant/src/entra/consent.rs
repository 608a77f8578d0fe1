//! Who agreed to which scopes of which app, and the administrator's consent page.

use std::collections::BTreeSet;

use super::{
    Entra, EntraOptions,
    fault::Fault,
    forms::{Flow, Purpose},
    parameter, scopes,
};
use crate::http::{Request, Response};

/// One agreement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Consent {
    app: usize,
    scope: String,
    /// `None` for everybody in the tenant.
    person: Option<usize>,
}

/// What an administrator granted when the app was registered.
pub(super) fn granted_at_first(options: &EntraOptions) -> BTreeSet<Consent> {
    let mut consents = BTreeSet::new();
    for (app, registration) in options.apps.iter().enumerate() {
        for scope in &registration.granted_scopes {
            consents.insert(Consent { app, scope: scope.clone(), person: None });
        }
    }
    consents
}

impl Entra {
    /// Scopes out of `wanted` that this person cannot get from this app yet.
    pub(super) fn missing_scopes(&self, app: usize, person: usize, wanted: &[String]) -> Vec<String> {
        let granted = self.granted_scopes(app, person);
        wanted.iter().filter(|scope| !granted.contains(scope)).cloned().collect()
    }

    /// Every scope that was consented to, which is what a token carries, in alphabetical order.
    pub(super) fn granted_scopes(&self, app: usize, person: usize) -> Vec<String> {
        let of_person = |consent: &&Consent| consent.app == app && consent.person.is_none_or(|who| who == person);
        let scopes: BTreeSet<_> = self.consents.iter().filter(of_person).map(|consent| consent.scope.clone()).collect();
        scopes.into_iter().collect()
    }

    /// True when this person may agree to all of these scopes.
    pub(super) fn may_consent(&self, person: usize, wanted: &[String]) -> bool {
        self.options.people[person].is_consent_admin || !wanted.iter().any(|scope| scopes::needs_admin(scope))
    }

    /// Records an agreement.
    pub(super) fn grant(&mut self, app: usize, person: Option<usize>, wanted: &[String]) {
        for scope in wanted {
            self.consents.insert(Consent { app, scope: scope.clone(), person });
        }
    }

    /// The page where an administrator agrees for the whole tenant.
    pub(super) fn admin_consent(&mut self, request: &Request, now: i64) -> Response {
        match self.admin_consent_purpose(request) {
            Err(fault) => self.fault_page(&fault, request, now),
            Ok(purpose) => self.proceed(Flow::new(purpose), request, now),
        }
    }

    fn admin_consent_purpose(&self, request: &Request) -> Result<Purpose, Fault> {
        let app = self.app(&parameter(&request.query, "client_id").unwrap_or_default())?;
        let redirect_uri = parameter(&request.query, "redirect_uri");
        if let Some(uri) = &redirect_uri {
            self.check_redirect_uri(app, uri)?;
        }
        let scopes = match parameter(&request.query, "scope") {
            Some(text) => {
                let asked = scopes::Scopes::parse(&request.host, &text)?;
                if asked.is_default { self.options.apps[app].configured_scopes.clone() } else { asked.names }
            }
            None => self.options.apps[app].configured_scopes.clone(),
        };
        Ok(Purpose::AdminConsent { app, scopes, redirect_uri, state: parameter(&request.query, "state") })
    }
}
