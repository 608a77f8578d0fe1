//! Turns any error into words and the one thing that helps. The only place where errors become text.

use engine::{
    ports::{AuthError, Millis},
    protocol::{GraphError, GraphErrorDetail, QueryError, TimeRange},
};

use crate::text::{joined, t, t_with};

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
    /// Start or continue the load.
    TryAgain,
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
    /// The one thing that helps, if there is one.
    pub action: Option<Action>,
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
            AuthError::Busy => Self::new("auth-busy", Tone::Pause),
            AuthError::Unreachable { code } => {
                Self::new("auth-unreachable", Tone::Fail).code(code).action(Action::SignIn { claims: None })
            }
            AuthError::AdminConsentRequired { scopes, code, correlation_id } => {
                let mut notice = Self::new("auth-admin-consent", Tone::Pause).code(code).correlation(correlation_id);
                notice.detail = t_with("auth-admin-consent-detail", &[("scopes", scopes.join(", ").into())]);
                notice.action(Action::Consent { scopes: scopes.clone() })
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
            GraphError::NotInThisCloud(detail) => Self::of_detail("graph-cloud", detail),
            GraphError::Rejected(detail) => Self::of_detail("graph-rejected", detail).action(Action::TryAgain),
            GraphError::Throttled(detail) => Self::of_detail("graph-throttled", detail).action(Action::TryAgain),
            GraphError::Unavailable(detail) => Self::of_detail("graph-unavailable", detail).action(Action::TryAgain),
            GraphError::Unreachable(detail) => Self::of_detail("graph-unreachable", detail).action(Action::TryAgain),
            GraphError::ForeignLink(detail) => Self::of_detail("graph-foreign-link", detail),
        }
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
        }
    }

    /// From a worker that did not start; `detail` is what the browser said.
    pub fn of_worker(detail: &str) -> Self {
        Self::new("worker", Tone::Fail).quote(detail).action(Action::Reload)
    }

    /// From a load that used up the memory for rows.
    pub fn of_memory() -> Self {
        Self::new("memory", Tone::Pause)
    }

    /// From a worker that ended on its own; `detail` is what it said last.
    pub fn of_dead_worker(detail: &str) -> Self {
        Self::new("worker-died", Tone::Fail).quote(detail).action(Action::Reload)
    }

    /// From a browser that keeps nothing for this page.
    pub fn of_storage() -> Self {
        Self::new("storage", Tone::Plain)
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
            action: None,
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
mod tests {
    use super::*;

    fn detail() -> GraphErrorDetail {
        GraphErrorDetail {
            status: 403,
            code: "Authorization_RequestDenied".to_owned(),
            message: "Insufficient privileges".to_owned(),
            request_id: Some("6f1d2c0a".to_owned()),
            client_request_id: Some("0d9e7b3f".to_owned()),
            at: 1_793_491_200_000,
        }
    }

    #[test]
    fn a_refusal_names_the_roles_and_what_support_asks_for() {
        let roles = vec!["Attribute Log Reader".to_owned(), "Attribute Log Administrator".to_owned()];
        let notice = Notice::of_graph(&GraphError::RoleMissing { roles, detail: detail() });
        assert!(notice.detail.contains("Attribute Log Reader, Attribute Log Administrator"), "{}", notice.detail);
        assert_eq!(notice.code.as_deref(), Some("403, Authorization_RequestDenied"));
        assert_eq!(
            notice.support_text(),
            "You lack the role for this · 403, Authorization_RequestDenied · request-id 6f1d2c0a · \
             client-request-id 0d9e7b3f · 2026-11-01T00:00:00Z"
        );
    }

    #[test]
    fn every_error_has_words() {
        let text = String::new;
        let scopes = || vec!["AuditLog.Read.All".to_owned()];
        let auth = [
            AuthError::InteractionRequired { code: text(), claims: None, correlation_id: text() },
            AuthError::ConsentRequired { scopes: scopes(), code: text(), correlation_id: text() },
            AuthError::PopupBlocked,
            AuthError::UserCancelled,
            AuthError::Busy,
            AuthError::Unreachable { code: text() },
            AuthError::AdminConsentRequired { scopes: scopes(), code: text(), correlation_id: text() },
            AuthError::Other { code: text(), detail: text(), correlation_id: text() },
        ];
        let others = ["", "client_id_missing", "AADSTS700016", "AADSTS50011", "AADSTS90002", "AADSTS50194"]
            .map(|code| AuthError::Misconfigured { code: code.to_owned(), detail: text(), correlation_id: text() });
        let graph = [
            GraphError::Unauthorized(detail()),
            GraphError::PermissionMissing { scopes: scopes(), detail: detail() },
            GraphError::RoleMissing { roles: scopes(), detail: detail() },
            GraphError::LicenceMissing { licence: engine::reports::Licence::Premium, detail: detail() },
            GraphError::NotInThisCloud(detail()),
            GraphError::Rejected(detail()),
            GraphError::Throttled(detail()),
            GraphError::Unavailable(detail()),
            GraphError::Unreachable(detail()),
            GraphError::ForeignLink(detail()),
        ];
        let query = [
            QueryError::UnknownDataset,
            QueryError::UnknownColumn { column: text() },
            QueryError::InvalidScope { detail: text() },
            QueryError::UnknownRow,
        ];
        let notices = auth.iter().chain(&others).map(Notice::of_auth);
        let notices = notices.chain(graph.iter().map(Notice::of_graph)).chain(query.iter().map(Notice::of_query));
        for notice in notices.chain([
            Notice::of_worker("x"),
            Notice::of_dead_worker("x"),
            Notice::of_storage(),
            Notice::of_memory(),
        ]) {
            for words in [&notice.title, &notice.detail] {
                assert!(words.contains(' '), "a key without its message: {words}");
            }
        }
    }

    #[test]
    fn a_missing_permission_offers_consent_to_just_that() {
        let scopes = vec!["Directory.Read.All".to_owned()];
        let notice = Notice::of_graph(&GraphError::PermissionMissing { scopes: scopes.clone(), detail: detail() });
        assert_eq!(notice.action, Some(Action::Consent { scopes }));
    }
}
