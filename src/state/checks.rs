//! The single lines of a diagnosis: what was looked at, and what can be done.

use engine::reports::Licence;

use super::diagnosis::{Check, Choice, Circumstances, Verdict};
use crate::{
    state::notice::Action,
    text::{cloud_name, find, t, t_with},
};

/// A choice whose words have this key.
pub(super) fn choice(key: &str, action: Action, is_main: bool) -> Choice {
    Choice {
        title: t(&format!("choice-{key}-title")),
        text: t(&format!("choice-{key}-text")),
        label: t(&format!("choice-{key}-label")),
        action,
        is_main,
    }
}

/// Who is signed in.
pub(super) fn signed_in_check(at: Circumstances<'_>) -> Option<Check> {
    let account = at.account?;
    let text = t_with("check-signed-in-text", &[("account", account.to_owned().into())]);
    Some(Check { verdict: Verdict::Fine, name: t("check-signed-in"), text })
}

/// The permissions a report asks for at first.
pub(super) fn scope_checks(at: Circumstances<'_>, verdict: Verdict) -> impl Iterator<Item = Check> {
    at.report.access.scopes_in(at.cloud).iter().map(move |scope| scope_check(scope, verdict))
}

/// One permission.
pub(super) fn scope_check(scope: &str, verdict: Verdict) -> Check {
    Check { verdict, name: scope.to_owned(), text: scope_purpose(scope) }
}

/// What a permission is for; empty for one that nobody described.
fn scope_purpose(scope: &str) -> String {
    find(&format!("scope-{}", scope.replace('.', "-")), &[]).unwrap_or_default()
}

/// The roles and the licence a report needs.
pub(super) fn role_check(at: Circumstances<'_>, verdict: Verdict) -> Check {
    let roles = at.report.access.roles.join(", ");
    let key = match at.report.access.licence {
        Licence::Free => "check-role-free-text",
        Licence::Premium => "check-role-premium-text",
    };
    Check { verdict, name: t("check-role-licence"), text: t_with(key, &[("roles", roles.into())]) }
}

/// Whether the report exists in this cloud; as long as the service has not said that it does not, our list may not know.
pub(super) fn cloud_check(at: Circumstances<'_>, verdict: Verdict) -> Check {
    let (verdict, key) = match verdict {
        Verdict::Failed => (verdict, "check-cloud-missing-text"),
        _ if at.report.access.clouds.contains(&at.cloud) => (verdict, "check-cloud-text"),
        _ => (Verdict::Open, "check-cloud-unknown-text"),
    };
    Check { verdict, name: t("check-cloud"), text: t_with(key, &[("cloud", cloud_name(at.cloud).into())]) }
}

/// Where rows come from and go to.
pub(super) fn where_check(at: Circumstances<'_>) -> Check {
    let text = match at.account {
        None if at.graph.is_empty() => t("check-where-sample-text"),
        _ => t_with("check-where-text", &[("graph", at.graph.to_owned().into())]),
    };
    Check { verdict: Verdict::Fine, name: t("check-where"), text }
}
