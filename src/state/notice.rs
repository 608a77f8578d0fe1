//! Turns any error into words and the one thing that helps. The only place where errors become text.

use engine::{
    ports::{AuthError, Millis, TokenNeed},
    protocol::{GraphError, GraphErrorDetail, KeepError, QueryError, TimeRange},
};

use crate::{
    auth::request::{AdminConsent, TenantMismatch},
    host::SignInBlocked,
    text::{find, joined, t, t_with},
};

/// How a notice looks: something failed, something waits for a person, or something is merely so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It failed.
    Fail,
    /// It waits.
    Pause,
    /// For information.
    Plain,
}

/// What a button does. Whoever shows it carries it out.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Sign in, with claims if the service asked for them.
    SignIn {
        /// Claims to pass on unchanged.
        claims: Option<String>,
    },
    /// Consent to scopes.
    Consent {
        /// Scopes by short name.
        scopes: Vec<String>,
    },
    /// Ask the sign-in page for just this.
    Ask(TokenNeed),
    /// Choose another account.
    SwitchAccount,
    /// Start or continue the load, or set up sign-in anew.
    TryAgain,
    /// Go to the start page.
    Start,
    /// Go to the settings.
    Settings,
    /// Start the page anew.
    Reload,
    /// Ask Graph for another range.
    Range(TimeRange),
    /// Ask Graph without conditions.
    ClearConditions,
    /// Open the sample.
    Sample,
    /// Open the app in a tab of its own.
    NewTab,
    /// Copy a text.
    Copy(String),
}

/// An error in plain words.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// How it looks.
    pub tone: Tone,
    /// What is the matter, in a few words.
    pub title: String,
    /// What it means and what to do, in a sentence or two.
    pub detail: String,
    /// The service's code, for support.
    pub code: Option<String>,
    /// What the service said; shown as quoted text only.
    pub quoted: Option<String>,
    /// Ids that support will ask for, with their names.
    pub ids: Vec<(&'static str, String)>,
    /// When it happened; `None` when nobody noted it.
    pub at: Option<Millis>,
    /// Until when the service wants to be left alone, where it said so.
    pub until: Option<Millis>,
    /// The one thing that helps, if there is one.
    pub action: Option<Action>,
    /// Texts to pass on to somebody else, with the words on their buttons.
    pub copies: Vec<(String, String)>,
}

impl Notice {
    /// From a failed sign-in or token.
    pub fn of_auth(error: &AuthError) -> Self {
        match error {
            AuthError::InteractionRequired { code, claims, correlation_id } => {
                let action = Action::SignIn { claims: claims.clone() };
                Self::new("auth-interaction", Tone::Pause).code(code).correlation(correlation_id).action(action)
            }
            AuthError::ConsentRequired { scopes, code, correlation_id } => {
                let mut notice = Self::new("auth-consent", Tone::Pause).code(code).correlation(correlation_id);
                notice.detail = t_with("auth-consent-detail", &[("scopes", scopes.join(", ").into())]);
                notice.action(Action::Consent { scopes: scopes.clone() })
            }
            AuthError::PopupBlocked => {
                Self::new("auth-popup-blocked", Tone::Fail).action(Action::SignIn { claims: None })
            }
            AuthError::UserCancelled => {
                Self::new("auth-cancelled", Tone::Plain).action(Action::SignIn { claims: None })
            }
            // A page that starts anew takes in, or gives up, what this tab had begun.
            AuthError::Busy => Self::new("auth-busy", Tone::Pause).action(Action::Reload),
            AuthError::Unreachable { code } => {
                Self::new("auth-unreachable", Tone::Fail).code(code).action(Action::TryAgain)
            }
            AuthError::AdminConsentRequired { scopes, code, correlation_id } => {
                let mut notice = Self::new("auth-admin-consent", Tone::Pause).code(code).correlation(correlation_id);
                notice.detail = t_with("auth-admin-consent-detail", &[("scopes", scopes.join(", ").into())]);
                notice.action(Action::TryAgain)
            }
            AuthError::Misconfigured { code, detail, correlation_id } => Self::new(misconfigured_key(code), Tone::Fail)
                .code(code)
                .quote(detail)
                .correlation(correlation_id)
                .action(Action::Settings),
            AuthError::Other { code, detail, correlation_id } => Self::new("auth-other", Tone::Fail)
                .code(code)
                .quote(detail)
                .correlation(correlation_id)
                .action(Action::SignIn { claims: None }),
        }
    }

    /// From a failed Graph request.
    pub fn of_graph(error: &GraphError) -> Self {
        match error {
            GraphError::Unauthorized(detail) => {
                Self::of_detail("graph-unauthorized", detail).action(Action::SignIn { claims: None })
            }
            GraphError::PermissionMissing { scopes, detail } => {
                let mut notice = Self::of_detail("graph-permission", detail);
                notice.detail = t_with("graph-permission-detail", &[("scopes", scopes.join(", ").into())]);
                notice.action(Action::Consent { scopes: scopes.clone() })
            }
            GraphError::RoleMissing { roles, detail } => {
                let mut notice = Self::of_detail("graph-role", detail);
                notice.detail = t_with("graph-role-detail", &[("roles", roles.join(", ").into())]);
                notice.action(Action::TryAgain)
            }
            GraphError::LicenceMissing { detail, .. } => {
                Self::of_detail("graph-licence", detail).action(Action::TryAgain)
            }
            GraphError::NotInThisCloud(detail) => Self::of_detail("graph-cloud", detail).action(Action::Start),
            GraphError::Rejected(detail) => Self::of_detail("graph-rejected", detail).action(Action::TryAgain),
            GraphError::Throttled { until, is_by_others, detail } => {
                let key = if *is_by_others { "graph-throttled-others" } else { "graph-throttled" };
                let notice = Self { until: *until, ..Self::of_detail(key, detail) };
                notice.action(Action::TryAgain)
            }
            GraphError::Unavailable(detail) => Self::of_detail("graph-unavailable", detail).action(Action::TryAgain),
            GraphError::Unreachable(detail) => Self::of_detail("graph-unreachable", detail).action(Action::TryAgain),
            GraphError::Offline(detail) => Self::of_detail("graph-offline", detail).action(Action::TryAgain),
            GraphError::ForeignLink(detail) => Self::of_detail("graph-foreign-link", detail).action(Action::TryAgain),
        }
    }

    /// From a page on which nobody can sign in.
    pub fn of_blocked(blocked: SignInBlocked) -> Self {
        let mut notice = Self::new("sign-in-blocked", Tone::Plain);
        notice.detail = t(&format!("sign-in-blocked-{}", blocked.code()));
        notice.action(Action::Sample)
    }

    /// From an account of another tenant than the settings name.
    pub fn of_mismatch(mismatch: &TenantMismatch, username: &str) -> Self {
        let values = [
            ("expected", mismatch.expected.clone().into()),
            ("found", mismatch.found.clone().into()),
            ("account", username.to_owned().into()),
        ];
        let mut notice = Self::new("tenant-mismatch", Tone::Pause);
        notice.detail = t_with("tenant-mismatch-detail", &values);
        notice.action(Action::SwitchAccount)
    }

    /// From a request that the worker cannot answer.
    pub fn of_query(error: &QueryError) -> Self {
        match error {
            QueryError::UnknownDataset => Self::new("query-dataset", Tone::Fail).action(Action::Reload),
            QueryError::UnknownColumn { column } => Self::new("query-column", Tone::Fail).code(column),
            QueryError::InvalidScope { detail } => {
                Self::new("query-scope", Tone::Fail).code(detail).action(Action::ClearConditions)
            }
            QueryError::UnknownRow => Self::new("query-row", Tone::Plain),
            QueryError::Cancelled => Self::new("query-cancelled", Tone::Plain),
            QueryError::InvalidQuestion { detail } => Self::new("query-question", Tone::Fail).code(detail),
            QueryError::Keep(error) => Self::of_keep(error),
        }
    }

    /// From rows that cannot be kept in this browser or had back.
    pub fn of_keep(error: &KeepError) -> Self {
        match error {
            KeepError::MemoryOnly => Self::new("keep-memory-only", Tone::Plain),
            KeepError::Full => Self::new("keep-full", Tone::Pause).action(Action::Settings),
            KeepError::InUse => Self::new("keep-in-use", Tone::Pause).action(Action::Reload),
            KeepError::NothingSaved => Self::new("keep-nothing", Tone::Plain),
            KeepError::OtherVersion => Self::new("keep-version", Tone::Plain),
            KeepError::Damaged => Self::new("keep-damaged", Tone::Fail),
            KeepError::Forgotten => Self::new("keep-forgotten", Tone::Plain).action(Action::Settings),
            KeepError::Failed { detail } => Self::new("keep-failed", Tone::Fail).code(detail).action(Action::Settings),
        }
    }

    /// From a worker that did not start; `detail` is what the browser said.
    pub fn of_worker(detail: &str) -> Self {
        Self::new("worker", Tone::Fail).quote(detail).action(Action::Reload)
    }

    /// From a worker that ended while it read what was kept; deleting that helps where it happens again.
    pub fn of_kept_rows(detail: &str) -> Self {
        Self::new("worker-kept", Tone::Fail).quote(detail).action(Action::Settings)
    }

    /// From a load that used up the memory for rows; it ends sooner where the browser takes no records off it.
    pub fn of_memory(is_memory_only: bool) -> Self {
        Self::new(if is_memory_only { "memory-only" } else { "memory" }, Tone::Pause)
    }

    /// From a worker that ended on its own; `detail` is what it said last.
    pub fn of_dead_worker(detail: &str) -> Self {
        Self::new("worker-died", Tone::Fail).quote(detail).action(Action::Reload)
    }

    /// From a browser that keeps nothing for this page.
    pub fn of_storage() -> Self {
        Self::new("storage", Tone::Plain)
    }

    /// The same with when it happened.
    #[must_use]
    pub fn at(mut self, at: Millis) -> Self {
        self.at = Some(at);
        self
    }

    /// The same with what to pass to an administrator.
    #[must_use]
    pub fn for_administrator(mut self, consent: &AdminConsent) -> Self {
        self.copies = vec![
            (t("choice-ask-admin-label"), consent_request(consent)),
            (t("choice-admin-link-label"), consent.url.clone()),
        ];
        self
    }

    /// Code and ids as one line of text, to be copied for support.
    pub fn support_text(&self) -> String {
        let mut parts = vec![self.title.clone()];
        parts.extend(self.code.clone());
        parts.extend(self.ids.iter().map(|(name, id)| format!("{name} {id}")));
        parts.extend(self.at.map(super::scope::instant_to_text));
        joined(&parts)
    }

    fn of_detail(key: &str, detail: &GraphErrorDetail) -> Self {
        let mut notice = Self::new(key, Tone::Fail).quote(&detail.message);
        let status = (detail.status > 0).then(|| detail.status.to_string());
        let code = (!detail.code.is_empty()).then(|| detail.code.clone());
        let parts: Vec<String> = status.into_iter().chain(code).collect();
        notice.code = (!parts.is_empty()).then(|| parts.join(", "));
        notice.ids.extend(detail.request_id.clone().map(|id| ("request-id", id)));
        notice.ids.extend(detail.client_request_id.clone().map(|id| ("client-request-id", id)));
        notice.at = (detail.at != 0).then_some(detail.at);
        notice
    }
    fn new(key: &str, tone: Tone) -> Self {
        Self {
            tone,
            title: t(&format!("{key}-title")),
            detail: t(&format!("{key}-detail")),
            code: None,
            quoted: None,
            ids: Vec::new(),
            at: None,
            until: None,
            action: None,
            copies: Vec::new(),
        }
    }
    fn code(mut self, code: &str) -> Self {
        self.code = (!code.is_empty()).then(|| code.to_owned());
        self
    }
    fn quote(mut self, text: &str) -> Self {
        self.quoted = (!text.is_empty()).then(|| text.to_owned());
        self
    }
    fn correlation(mut self, id: &str) -> Self {
        if !id.is_empty() {
            self.ids.push(("correlation-id", id.to_owned()));
        }
        self
    }
    fn action(mut self, action: Action) -> Self {
        self.action = Some(action);
        self
    }
}

/// The text for an administrator: what is asked for, by which app, and the link that grants it.
pub fn consent_request(consent: &AdminConsent) -> String {
    let purpose = |scope: &String| match find(&format!("scope-{}", scope.replace('.', "-")), &[]) {
        Some(purpose) => format!("{scope} ({purpose})"),
        None => scope.clone(),
    };
    let scopes: Vec<String> = consent.scopes.iter().map(purpose).collect();
    let values = [
        ("scopes", scopes.join(", ").into()),
        ("client", consent.client_id.clone().into()),
        ("tenant", consent.tenant.clone().into()),
        ("url", consent.url.clone().into()),
    ];
    t_with("consent-request", &values)
}

/// Faults of a set-up that are told apart because other people mend them, by Entra's number.
fn misconfigured_key(code: &str) -> &'static str {
    match code {
        "client_id_missing" => "auth-client-missing",
        "AADSTS700016" => "auth-app-unknown",
        "AADSTS50011" | "AADSTS9002326" | "AADSTS900971" => "auth-redirect-uri",
        "AADSTS90002" | "AADSTS900023" => "auth-tenant-unknown",
        "AADSTS50194" | "AADSTS50020" => "auth-other-tenant",
        _ => "auth-misconfigured",
    }
}

#[cfg(test)]
mod tests;
