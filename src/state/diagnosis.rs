//! Why a report shows no rows: kind, sentence, what was checked, what to do. One anatomy for every case, as plain data.

mod age;

use engine::{
    ports::{AuthError, Millis},
    protocol::{GraphError, LoadStatus, Phase, QueryError, Scope, TimeRange},
    reports::ReportDefinition,
};

use super::{
    checks::{choice, cloud_check, role_check, scope_check, scope_checks, signed_in_check, where_check},
    notice::{Action, Notice, Tone, consent_request},
    scope,
};
use crate::{
    auth::request::AdminConsent,
    host::SignInBlocked,
    text::{number, report_phrase, t, t_with},
};
use age::{Age, age};

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// In order.
    Fine,
    /// This is where it failed.
    Failed,
    /// This is what it waits for.
    Waiting,
    /// Not known, or not looked at.
    Open,
}

/// Something that was looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// How it came out.
    pub verdict: Verdict,
    /// What was looked at.
    pub name: String,
    /// What was seen; may be empty.
    pub text: String,
}

/// Something the person can do.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Who or what it is for.
    pub title: String,
    /// What it does.
    pub text: String,
    /// The button's words.
    pub label: String,
    /// What the button does.
    pub action: Action,
    /// True for the one that is most likely to help.
    pub is_main: bool,
}

/// An explained absence of rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnosis {
    /// How it looks.
    pub tone: Tone,
    /// What kind of thing it is, in a word or two.
    pub kind: String,
    /// The service's code, for support.
    pub code: Option<String>,
    /// The sentence.
    pub title: String,
    /// What it means.
    pub lead: String,
    /// Until when the service wants to be left alone, where it said so.
    pub until: Option<Millis>,
    /// What the service said; shown as quoted text only.
    pub quoted: Option<String>,
    /// What was checked.
    pub checks: Vec<Check>,
    /// What to do.
    pub choices: Vec<Choice>,
    /// Text with the ids that support will ask for; `None` when there are none.
    pub support: Option<String>,
}

/// What is known about the report that shows no rows.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// The report.
    pub report: &'static ReportDefinition,
    /// What was asked for.
    pub scope: &'a Scope,
    /// Sign-in name; `None` for the sample.
    pub account: Option<&'a str>,
    /// Host of Graph, without scheme.
    pub graph: &'a str,
    /// Id of the cloud.
    pub cloud: &'a str,
    /// Why nobody can sign in here.
    pub blocked: Option<SignInBlocked>,
    /// What to pass to an administrator when consent is missing.
    pub consent: Option<&'a AdminConsent>,
    /// Now.
    pub now: Millis,
    /// True when the settings name an app registration.
    pub is_set_up: bool,
}

/// Nobody is signed in and no sample is open.
pub fn signed_out(at: Circumstances<'_>) -> Diagnosis {
    let report = report_phrase(at.report);
    let way_in = match at.blocked {
        Some(SignInBlocked::Framed) => Some(choice("new-tab", Action::NewTab, true)),
        Some(_) => None,
        None if at.is_set_up => Some(choice("sign-in", Action::SignIn { claims: None }, true)),
        None => Some(choice("set-up", Action::Settings, true)),
    };
    let sample = choice("sample", Action::Sample, way_in.is_none());
    let lead = match at.blocked {
        Some(blocked) => t(&format!("sign-in-blocked-{}", blocked.code())),
        None => t_with("diagnosis-signed-out-lead", &[("report", report.clone().into())]),
    };
    Diagnosis {
        tone: Tone::Pause,
        kind: t("diagnosis-signed-out-kind"),
        code: None,
        title: t_with("diagnosis-signed-out-title", &[("report", report.into())]),
        lead,
        until: None,
        quoted: None,
        checks: scope_checks(at, Verdict::Open).chain([role_check(at, Verdict::Open), where_check(at)]).collect(),
        choices: way_in.into_iter().chain([sample]).collect(),
        support: None,
    }
}

/// A load that ended, or waits, without a row. `None` while rows may still come.
pub fn of_load(at: Circumstances<'_>, status: &LoadStatus) -> Option<Diagnosis> {
    match &status.phase {
        Phase::Loading | Phase::Waiting { .. } => None,
        Phase::NeedsPerson(error) => Some(needs_person(at, error)),
        Phase::Failed(error) => Some(failed(at, error)),
        Phase::Complete => Some(empty(at, status)),
        Phase::Stopped => Some(stopped(at)),
        Phase::MemoryFull => Some(of_notice(at, Notice::of_memory(status.is_memory_only))),
    }
}

/// A load that the worker did not take up.
pub fn of_query(at: Circumstances<'_>, error: &QueryError) -> Diagnosis {
    of_notice(at, Notice::of_query(error))
}

fn needs_person(at: Circumstances<'_>, error: &AuthError) -> Diagnosis {
    let notice = Notice::of_auth(error).at(at.now);
    let mut diagnosis = of_notice(at, notice);
    let report = report_phrase(at.report);
    match error {
        AuthError::ConsentRequired { scopes, .. } | AuthError::AdminConsentRequired { scopes, .. } => {
            let is_admin_only = matches!(error, AuthError::AdminConsentRequired { .. });
            let key = if is_admin_only { "diagnosis-admin-consent-title" } else { "diagnosis-consent-title" };
            diagnosis.kind = t("diagnosis-consent-kind");
            diagnosis.title = t_with(key, &[("report", report.into())]);
            diagnosis.lead = t("diagnosis-consent-lead");
            diagnosis.checks = signed_in_check(at)
                .into_iter()
                .chain(scopes.iter().map(|scope| scope_check(scope, Verdict::Waiting)))
                .chain([role_check(at, Verdict::Open), where_check(at)])
                .collect();
            diagnosis.choices = if is_admin_only {
                let granted = choice("granted", Action::TryAgain, at.consent.is_none());
                admin_choices(at, true).chain([granted]).collect()
            } else {
                let consent = choice("consent", Action::Consent { scopes: scopes.clone() }, true);
                [consent].into_iter().chain(admin_choices(at, false)).collect()
            };
        }
        AuthError::InteractionRequired { claims, .. } => {
            diagnosis.kind = t("diagnosis-sign-in-kind");
            diagnosis.title = t_with("diagnosis-sign-in-title", &[("report", report.into())]);
            diagnosis.checks = signed_in_check(at).into_iter().chain([where_check(at)]).collect();
            diagnosis.choices = vec![choice("continue", Action::SignIn { claims: claims.clone() }, true)];
        }
        _ => {}
    }
    diagnosis
}

/// What to send to an administrator: a text, and the link in it.
fn admin_choices(at: Circumstances<'_>, is_main: bool) -> impl Iterator<Item = Choice> {
    let copies = at.consent.map(|consent| {
        [
            choice("ask-admin", Action::Copy(consent_request(consent)), is_main),
            choice("admin-link", Action::Copy(consent.url.clone()), false),
        ]
    });
    copies.into_iter().flatten()
}

fn failed(at: Circumstances<'_>, error: &GraphError) -> Diagnosis {
    let mut diagnosis = of_notice(at, Notice::of_graph(error));
    let report = report_phrase(at.report);
    match error {
        GraphError::PermissionMissing { scopes, .. } => {
            diagnosis.kind = t("diagnosis-refused-kind");
            diagnosis.title = t_with("diagnosis-permission-title", &[("report", report.into())]);
            diagnosis.checks = signed_in_check(at)
                .into_iter()
                .chain(scopes.iter().map(|scope| scope_check(scope, Verdict::Failed)))
                .chain([role_check(at, Verdict::Open), cloud_check(at, Verdict::Fine)])
                .collect();
            diagnosis.choices = [choice("consent", Action::Consent { scopes: scopes.clone() }, true)]
                .into_iter()
                .chain(admin_choices(at, false))
                .chain([choice("again", Action::TryAgain, false)])
                .collect();
        }
        GraphError::RoleMissing { roles, .. } => {
            diagnosis.kind = t("diagnosis-refused-kind");
            diagnosis.title = t_with("diagnosis-role-title", &[("report", report.clone().into())]);
            let roles = roles.join(", ");
            diagnosis.checks = signed_in_check(at)
                .into_iter()
                .chain(scope_checks(at, Verdict::Fine))
                .chain([
                    Check { verdict: Verdict::Failed, name: t("check-role"), text: roles.clone() },
                    cloud_check(at, Verdict::Fine),
                ])
                .collect();
            let request = t_with(
                "role-request",
                &[
                    ("account", at.account.unwrap_or_default().to_owned().into()),
                    ("roles", roles.into()),
                    ("report", report.into()),
                ],
            );
            diagnosis.choices =
                vec![choice("ask-role", Action::Copy(request), true), choice("activated", Action::TryAgain, false)];
        }
        GraphError::LicenceMissing { .. } => {
            diagnosis.kind = t("diagnosis-refused-kind");
            diagnosis.title = t_with("diagnosis-licence-title", &[("report", report.into())]);
            diagnosis.checks = signed_in_check(at)
                .into_iter()
                .chain(scope_checks(at, Verdict::Fine))
                .chain([
                    Check { verdict: Verdict::Failed, name: t("check-licence"), text: t("licence-premium") },
                    cloud_check(at, Verdict::Fine),
                ])
                .collect();
            diagnosis.choices.push(choice("start", Action::Start, false));
        }
        GraphError::NotInThisCloud(_) => {
            diagnosis.kind = t("diagnosis-refused-kind");
            diagnosis.title = t_with("diagnosis-cloud-title", &[("report", report.into())]);
            diagnosis.checks = signed_in_check(at).into_iter().chain([cloud_check(at, Verdict::Failed)]).collect();
        }
        GraphError::Offline(_) => {
            diagnosis.kind = t("diagnosis-offline-kind");
            diagnosis.checks =
                vec![Check { verdict: Verdict::Failed, name: t("check-connection"), text: t("check-connection-text") }];
        }
        GraphError::Unreachable(_) => {
            let host = at.graph.to_owned();
            diagnosis.kind = t("diagnosis-unreachable-kind");
            diagnosis.checks = vec![
                Check { verdict: Verdict::Fine, name: t("check-connection"), text: t("check-connection-there-text") },
                Check {
                    verdict: Verdict::Failed,
                    name: t("check-answer"),
                    text: t_with("check-answer-text", &[("graph", host.clone().into())]),
                },
            ];
            // The sample asks nobody.
            diagnosis.choices.extend((!host.is_empty()).then(|| choice("unblock", Action::Copy(host), false)));
        }
        GraphError::Rejected(_) if !at.scope.conditions.is_empty() => {
            diagnosis.choices.push(choice("no-conditions", Action::ClearConditions, false));
        }
        GraphError::Throttled { is_by_others, .. } => {
            let own = is_by_others.then(|| choice("own-app", Action::Settings, false));
            diagnosis.kind = t("diagnosis-throttled-kind");
            diagnosis.choices = [choice("again-early", Action::TryAgain, true)].into_iter().chain(own).collect();
        }
        GraphError::Unavailable(_) => diagnosis
            .choices
            .extend(shorter(at.scope.range).map(|range| choice("ask-less", Action::Range(range), false))),
        _ => {}
    }
    diagnosis
}

fn empty(at: Circumstances<'_>, status: &LoadStatus) -> Diagnosis {
    let report = report_phrase(at.report);
    let mut choices = Vec::new();
    let age = age(at, status);
    if let Age::TooOld(_) = age {
        choices.push(choice("kept", Action::Range(scope::preset(Some(scope::USUAL_HOURS))), true));
    }
    if !at.scope.conditions.is_empty() {
        choices.push(choice("no-conditions", Action::ClearConditions, choices.is_empty()));
    }
    if let Some(range) = longer(at.scope.range) {
        choices.push(choice("look-further", Action::Range(range), choices.is_empty()));
    }
    choices.push(choice("again", Action::TryAgain, false));
    let asked = t_with(
        "check-asked-text",
        &[("requests", status.requests.into()), ("pages", status.pages.into()), ("rows", status.rows.into())],
    );
    let mut checks = vec![Check { verdict: Verdict::Fine, name: t("check-asked"), text: asked }];
    if status.rows > 0 {
        let text = t_with("check-outside-text", &[("rows", number(status.rows).into())]);
        checks.push(Check { verdict: Verdict::Waiting, name: t("check-outside"), text });
    }
    if !at.scope.conditions.is_empty() {
        let text = t_with("check-conditions-text", &[("count", at.scope.conditions.len().into())]);
        checks.push(Check { verdict: Verdict::Waiting, name: t("check-conditions"), text });
    }
    if at.account.is_some() {
        checks.push(Check { verdict: Verdict::Fine, name: t("check-access"), text: t("check-access-text") });
        checks.push(match age {
            Age::TooOld(Some(until)) => {
                let text = t_with("check-retention-known-text", &[("until", scope::instant_to_text(until).into())]);
                Check { verdict: Verdict::Failed, name: t("check-retention"), text }
            }
            Age::TooOld(None) | Age::Doubtful => {
                Check { verdict: Verdict::Waiting, name: t("check-retention"), text: t("check-retention-text") }
            }
            Age::Kept => Check { verdict: Verdict::Open, name: t("check-retention"), text: t("check-retention-text") },
        });
        checks.push(Check { verdict: Verdict::Open, name: t("check-late"), text: t("check-late-text") });
    }
    Diagnosis {
        tone: Tone::Plain,
        kind: t("diagnosis-empty-kind"),
        code: None,
        title: match age {
            Age::TooOld(_) => t_with("diagnosis-too-old-title", &[("report", report.into())]),
            Age::Doubtful | Age::Kept => t_with("diagnosis-empty-title", &[("report", report.into())]),
        },
        lead: match age {
            Age::TooOld(_) => t("diagnosis-too-old-lead"),
            Age::Doubtful | Age::Kept => t("diagnosis-empty-lead"),
        },
        until: None,
        quoted: None,
        checks,
        choices,
        support: None,
    }
}

fn stopped(at: Circumstances<'_>) -> Diagnosis {
    Diagnosis {
        tone: Tone::Plain,
        kind: t("diagnosis-stopped-kind"),
        code: None,
        title: t("diagnosis-stopped-title"),
        lead: t("diagnosis-stopped-lead"),
        until: None,
        quoted: None,
        checks: vec![where_check(at)],
        choices: vec![choice("continue", Action::TryAgain, true)],
        support: None,
    }
}

fn of_notice(at: Circumstances<'_>, notice: Notice) -> Diagnosis {
    let support = (!notice.ids.is_empty() || notice.code.is_some()).then(|| notice.support_text());
    let choices = notice.action.clone().map(|action| {
        let key = match &action {
            Action::SignIn { .. } => "sign-in-again",
            Action::Consent { .. } => "consent",
            Action::Settings => "settings",
            Action::Reload => "reload",
            Action::ClearConditions => "no-conditions",
            Action::Start => "start",
            _ => "again",
        };
        choice(key, action, true)
    });
    let kind = match notice.tone {
        Tone::Fail => "diagnosis-failed-kind",
        Tone::Pause => "diagnosis-waiting-kind",
        Tone::Plain => "diagnosis-note-kind",
    };
    Diagnosis {
        tone: notice.tone,
        kind: t(kind),
        code: notice.code,
        title: notice.title,
        lead: notice.detail,
        until: notice.until,
        quoted: notice.quoted,
        checks: signed_in_check(at).into_iter().chain([where_check(at)]).collect(),
        choices: choices.into_iter().collect(),
        support,
    }
}

/// The next longer preset after a range; `None` for the longest and for ranges between instants.
fn longer(range: TimeRange) -> Option<TimeRange> {
    let TimeRange::LastHours(hours) = range else { return None };
    scope::PRESETS_HOURS
        .iter()
        .find(|preset| preset.is_none_or(|preset| preset > hours))
        .map(|preset| scope::preset(*preset))
}

/// The next shorter preset; `None` for the shortest and for ranges between instants.
fn shorter(range: TimeRange) -> Option<TimeRange> {
    let limit = match range {
        TimeRange::Everything => u32::MAX,
        TimeRange::LastHours(hours) => hours,
        TimeRange::Between { .. } => return None,
    };
    scope::PRESETS_HOURS
        .iter()
        .rev()
        .flatten()
        .find(|preset| **preset < limit)
        .map(|preset| scope::preset(Some(*preset)))
}

#[cfg(test)]
mod tests;
