//! The analyst questions as data: which report, what to ask Graph for, and what to show. Wording is the catalogue's.
//! A new question is one more entry in [`all`].

use crate::{
    filter::{Condition, Operator, Value},
    protocol::{Scope, TimeRange},
    reports::{ReportId, report},
};

/// One question.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Key in routes and in the catalogue, such as `password-resets`.
    pub id: &'static str,
    /// Report that answers it.
    pub report: ReportId,
    /// Fetch that answers it.
    pub fetch: &'static str,
    /// Time range to ask Graph for.
    pub range: TimeRange,
    /// Conditions to ask Graph for; all must be ones that Graph takes.
    pub conditions: Vec<Condition>,
    /// What to ask the person for; `None` when the question is complete. Without an answer the scope is wider.
    pub parameter: Option<Parameter>,
    /// Columns to show, in order; empty for the fetch's own.
    pub columns: &'static [&'static str],
}

/// Something only the person knows: which app, which user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Column that the answer narrows; also its key in the catalogue.
    pub column: &'static str,
    /// How the answer is compared.
    pub operator: Operator,
    /// True where Graph compares with regard to case and keeps the values in lower case.
    pub is_lower_case: bool,
}

impl Question {
    /// What to ask Graph for, given the person's answer to the parameter; a blank answer is none.
    pub fn scope(&self, answer: &str) -> Scope {
        let mut conditions = self.conditions.clone();
        let answer = answer.trim();
        if let Some(parameter) = self.parameter.filter(|_| !answer.is_empty()) {
            let answer = if parameter.is_lower_case { answer.to_lowercase() } else { answer.to_owned() };
            conditions.push(is(parameter.column, parameter.operator, &answer));
        }
        Scope { range: self.range, conditions }
    }
}

/// The question with this id.
pub fn question(id: &str) -> Option<Question> {
    all().into_iter().find(|question| question.id == id)
}

/// Every question, in the order of the start page.
pub fn all() -> Vec<Question> {
    vec![
        Question {
            id: "admin-group-access",
            report: named("directoryAudits"),
            fetch: "all",
            range: MONTH,
            // Groups, roles and administrative units; the group's name is often only in the modified properties.
            conditions: vec![is("activityDisplayName", Operator::StartsWith, "Add member to")],
            parameter: Some(Parameter { column: "targetResources[]/id", operator: Operator::Eq, is_lower_case: false }),
            columns: &[
                "activityDateTime",
                "initiator",
                "activityDisplayName",
                "target",
                "targetResources[]/modifiedProperties[]/newValue",
                "outcome",
                "initiatedBy/user/ipAddress",
            ],
        },
        Question {
            id: "app-users",
            report: named("signIns"),
            fetch: "interactiveUser",
            range: MONTH,
            conditions: vec![],
            parameter: Some(Parameter {
                column: "appDisplayName",
                operator: Operator::StartsWith,
                is_lower_case: false,
            }),
            columns: &[
                "createdDateTime",
                "userDisplayName",
                "userPrincipalName",
                "appDisplayName",
                "resourceDisplayName",
                "outcome",
                "locationText",
            ],
        },
        Question {
            id: "password-resets",
            report: named("directoryAudits"),
            fetch: "all",
            range: MONTH,
            // The directory writes a twin of each under another correlation id; one service alone counts each once.
            conditions: vec![
                is("loggedByService", Operator::Eq, "Self-service Password Management"),
                is("activityDisplayName", Operator::StartsWith, "Reset password"),
            ],
            parameter: None,
            columns: &["activityDateTime", "activityDisplayName", "outcome", "initiator", "target", "resultReason"],
        },
        Question {
            id: "user-pattern",
            report: named("signIns"),
            fetch: "interactiveUser",
            range: MONTH,
            conditions: vec![],
            parameter: Some(Parameter {
                column: "userPrincipalName",
                operator: Operator::StartsWith,
                is_lower_case: true,
            }),
            columns: &[
                "createdDateTime",
                "userDisplayName",
                "appDisplayName",
                "outcome",
                "locationText",
                "ipAddress",
                "deviceDetail/operatingSystem",
                "deviceDetail/browser",
                "clientAppUsed",
                "authenticationRequirement",
            ],
        },
        Question {
            id: "users-last-week",
            report: named("signIns"),
            fetch: "interactiveUser",
            range: WEEK,
            conditions: vec![Condition {
                column: "status/errorCode".to_owned(),
                operator: Operator::Eq,
                value: Value::Integer(0),
            }],
            parameter: None,
            columns: &[
                "createdDateTime",
                "userDisplayName",
                "userPrincipalName",
                "userId",
                "appDisplayName",
                "outcome",
            ],
        },
        Question {
            id: "sign-in-status",
            report: named("signIns"),
            fetch: "interactiveUser",
            range: DAY,
            conditions: vec![],
            parameter: None,
            columns: &[
                "createdDateTime",
                "userDisplayName",
                "appDisplayName",
                "outcome",
                "status/errorCode",
                "status/failureReason",
                "status/additionalDetails",
                "conditionalAccessStatus",
                "authenticationDetails[]/authenticationStepResultDetail",
            ],
        },
        Question {
            id: "servicenow-groups",
            report: named("provisioning"),
            fetch: "all",
            range: MONTH,
            // The target's type is spelled in the target's own way, the source's is always a directory type.
            conditions: vec![
                is("provisioningAction", Operator::Eq, "create"),
                is("provisioningStatusInfo/status", Operator::Eq, "success"),
                is("targetSystem/displayName", Operator::Contains, "ServiceNow"),
                is("sourceIdentity/identityType", Operator::Eq, "Group"),
            ],
            parameter: None,
            columns: &[
                "activityDateTime",
                "sourceIdentity/displayName",
                "targetIdentity/displayName",
                "targetIdentity/id",
                "targetSystem/displayName",
                "servicePrincipal/displayName",
                "outcome",
            ],
        },
        Question {
            id: "aws-roles",
            report: named("provisioning"),
            fetch: "all",
            range: MONTH,
            conditions: vec![
                is("sourceSystem/displayName", Operator::Contains, "Amazon"),
                is("sourceIdentity/identityType", Operator::Eq, "RolesCompound"),
            ],
            parameter: None,
            columns: &[
                "activityDateTime",
                "modifiedProperties[]/displayName",
                "modifiedProperties[]/newValue",
                "sourceSystem/displayName",
                "targetSystem/displayName",
                "servicePrincipal/displayName",
                "outcome",
            ],
        },
        Question {
            id: "workday-failures",
            report: named("provisioning"),
            fetch: "all",
            range: MONTH,
            conditions: vec![
                is("provisioningAction", Operator::Eq, "create"),
                is("provisioningStatusInfo/status", Operator::Eq, "failure"),
                is("sourceSystem/displayName", Operator::Contains, "Workday"),
            ],
            parameter: None,
            columns: &[
                "activityDateTime",
                "identity",
                "sourceIdentity/id",
                "provisioningStatusInfo/errorInformation/errorCode",
                "provisioningStatusInfo/errorInformation/reason",
                "provisioningStatusInfo/errorInformation/recommendedAction",
                "outcome",
            ],
        },
    ]
}

const DAY: TimeRange = TimeRange::LastHours(24);
const WEEK: TimeRange = TimeRange::LastHours(7 * 24);
/// The longest that Graph keeps these records.
const MONTH: TimeRange = TimeRange::LastHours(30 * 24);

fn named(id: &str) -> ReportId {
    report(id).expect("the tests ask every question once").id
}

fn is(column: &str, operator: Operator, text: &str) -> Condition {
    Condition { column: column.to_owned(), operator, value: Value::Text(text.to_owned()) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{all, question};
    use crate::filter::{Value, odata};

    #[test]
    fn the_nine_questions_of_the_start_page_are_there() {
        let ids: Vec<_> = all().iter().map(|question| question.id).collect();
        assert_eq!(ids.len(), 9);
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 9, "an id occurs twice");
    }

    #[test]
    fn graph_takes_every_condition_and_every_column_exists() {
        for question in all() {
            let report = question.report.definition();
            assert!(report.fetch(question.fetch).is_some(), "{}: no fetch {}", question.id, question.fetch);
            // Asked with an answer, so that the parameter's condition is checked too.
            for condition in question.scope("somebody").conditions {
                let printed = odata(report, &condition);
                assert!(printed.is_ok(), "{}: {printed:?}", question.id);
            }
            assert_eq!(question.columns.first(), Some(&report.time), "{}: the time comes first", question.id);
            for id in question.columns {
                assert!(report.column(id).is_some(), "{}: no column {id}", question.id);
            }
        }
    }

    #[test]
    fn a_question_can_be_asked_without_an_answer_to_its_parameter() {
        let pattern = question("user-pattern").expect("a question of the start page");
        assert_eq!(pattern.scope(" ").conditions, []);
        let narrowed = pattern.scope(" Amara.Osei@contoso.example ").conditions;
        assert_eq!(narrowed.len(), 1);
        assert_eq!(narrowed[0].value, Value::Text("amara.osei@contoso.example".to_owned()));
        let resets = question("password-resets").expect("a question of the start page");
        assert_eq!(resets.scope("ignored").conditions, resets.conditions);
    }
}
