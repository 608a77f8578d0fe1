//! Deciding which rows a filter lets through.
//!
//! Text is compared letter by letter. Two exceptions: identifiers (GUIDs) and the status of a provisioning row
//! are compared without regard to case.

use std::ops::RangeInclusive;

use serde_json::Value;

use crate::{
    graph::{
        filters::Operator,
        odata::{Comparison, Filter, Literal},
    },
    history::{EventType, Report, Row, Stream},
    json::members,
};

/// A filter, taken apart for the rows it is for.
pub(super) struct Selection {
    /// Streams to read.
    pub streams: Vec<Stream>,
    /// Instants to read, in ticks.
    pub times: RangeInclusive<i64>,
    /// Conditions on the record; empty when time and stream decide.
    conditions: Vec<Filter>,
}

/// Why a filter cannot be served although the grammar takes it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mixed;

impl Selection {
    /// Takes a filter apart. Sign-ins without an event type are the interactive ones.
    ///
    /// # Errors
    /// When user and service principal sign-ins are asked for at once.
    pub fn new(report: Report, filter: Option<Filter>) -> Result<Self, Mixed> {
        let parts = match filter {
            None => Vec::new(),
            Some(Filter::All(parts)) => parts,
            Some(other) => vec![other],
        };
        let mut selection =
            Self { streams: report.streams().to_vec(), times: i64::MIN..=i64::MAX, conditions: Vec::new() };
        let mut kinds: Option<Vec<EventType>> = None;
        for part in parts {
            if let Some(asked) = event_types(&part) {
                let asked = asked?;
                let before = kinds.unwrap_or(EventType::ALL.to_vec());
                kinds = Some(before.into_iter().filter(|kind| asked.contains(kind)).collect());
            } else if !selection.narrow(&part, report) {
                selection.conditions.push(part);
            }
        }
        if report == Report::SignIns {
            let kinds = kinds.unwrap_or(vec![EventType::InteractiveUser]);
            selection.streams = kinds.into_iter().map(Stream::SignIns).collect();
        }
        Ok(selection)
    }

    /// Uses a comparison of the time to narrow the range; false when it is none.
    fn narrow(&mut self, part: &Filter, report: Report) -> bool {
        let Filter::Comparison(Comparison { path, operator, literal: Literal::Time(ticks) }) = part else {
            return false;
        };
        if path != report.time() {
            return false;
        }
        let (mut from, mut to) = (*self.times.start(), *self.times.end());
        match operator {
            Operator::Eq => (from, to) = (from.max(*ticks), to.min(*ticks)),
            Operator::Ge => from = from.max(*ticks),
            Operator::Gt => from = from.max(ticks + 1),
            Operator::Le => to = to.min(*ticks),
            Operator::Lt => to = to.min(ticks - 1),
            _ => return false,
        }
        self.times = from..=to;
        true
    }

    /// True when the record itself has to be looked at.
    pub fn needs_record(&self) -> bool {
        !self.conditions.is_empty()
    }

    /// False when what is known of a row without its record rules it out.
    pub fn may_pass(&self, peek: impl Fn(&str) -> Option<Value>) -> bool {
        self.conditions.iter().all(|condition| match condition {
            Filter::Comparison(comparison) => {
                peek(&comparison.path).is_none_or(|value| value_passes(&value, comparison))
            }
            _ => true,
        })
    }

    /// True when the record, given as JSON text, passes.
    pub fn passes(&self, row: &Row, record: &str) -> bool {
        self.conditions.iter().all(|condition| holds(condition, row, record))
    }
}

/// The event types that a part of a filter asks for; `None` when it is about something else.
fn event_types(part: &Filter) -> Option<Result<Vec<EventType>, Mixed>> {
    const PATH: &str = "signInEventTypes[]";
    let choices = match part {
        Filter::Any(choices) => choices.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut asked = Vec::new();
    let mut is_by_name = true;
    for choice in choices {
        let Filter::Comparison(Comparison { path, operator, literal: Literal::Text(name) }) = choice else {
            return None;
        };
        if path != PATH {
            return None;
        }
        is_by_name &= *operator == Operator::Eq;
        asked.extend(EventType::ALL.into_iter().filter(|kind| (kind.name() == name) == (*operator == Operator::Eq)));
    }
    let is_of_people = |kind: &EventType| matches!(kind, EventType::InteractiveUser | EventType::NonInteractiveUser);
    if is_by_name && asked.iter().any(is_of_people) && !asked.iter().all(is_of_people) {
        return Some(Err(Mixed));
    }
    Some(Ok(asked))
}

fn holds(filter: &Filter, row: &Row, record: &str) -> bool {
    match filter {
        Filter::All(parts) => parts.iter().all(|part| holds(part, row, record)),
        Filter::Any(parts) => parts.iter().any(|part| holds(part, row, record)),
        Filter::Comparison(comparison) => match comparison.literal {
            Literal::Time(ticks) => compare(row.ticks, ticks, comparison.operator),
            _ => values(record, &comparison.path).iter().any(|value| value_passes(value, comparison)),
        },
    }
}

fn value_passes(value: &Value, comparison: &Comparison) -> bool {
    match &comparison.literal {
        Literal::Time(_) => false,
        Literal::Number(number) => value.as_i64().is_some_and(|value| compare(value, *number, comparison.operator)),
        Literal::Text(text) => value.as_str().is_some_and(|value| compare_text(value, text, comparison)),
    }
}

fn compare(value: i64, literal: i64, operator: Operator) -> bool {
    match operator {
        Operator::Eq => value == literal,
        Operator::Ne => value != literal,
        Operator::Ge => value >= literal,
        Operator::Gt => value > literal,
        Operator::Le => value <= literal,
        Operator::Lt => value < literal,
        Operator::StartsWith | Operator::Contains => false,
    }
}

fn compare_text(value: &str, literal: &str, comparison: &Comparison) -> bool {
    let is_case_blind = matches!(comparison.path.as_str(), "provisioningStatusInfo/status" | "statusInfo/status")
        || value.len() == 36 && value.split('-').count() == 5;
    let (value, literal) = if is_case_blind {
        (value.to_lowercase(), literal.to_lowercase())
    } else {
        (value.to_owned(), literal.to_owned())
    };
    match comparison.operator {
        Operator::Eq => value == literal,
        Operator::Ne => value != literal,
        Operator::StartsWith => value.starts_with(&literal),
        Operator::Contains => value.contains(&literal),
        _ => false,
    }
}

/// The values at a path; every item of a collection counts. Only the member that the path begins with is read.
fn values(record: &str, path: &str) -> Vec<Value> {
    let mut names = path.split('/').map(|name| name.trim_end_matches("[]"));
    let first = names.next().unwrap_or("");
    let text = members(record).find(|(name, _)| *name == first).map_or("null", |(_, text)| text);
    // A recorded value with half a surrogate is no text that anything could equal.
    let mut found = items(serde_json::from_str(text).unwrap_or_default());
    for name in names {
        found = found
            .into_iter()
            .flat_map(|mut value| value.get_mut(name).map_or(Vec::new(), |inner| items(inner.take())))
            .collect();
    }
    found
}

fn items(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        one => vec![one],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::odata::parse;

    fn passes(report: Report, filter: &str, record: &str) -> bool {
        let selection = Selection::new(report, parse(report, filter)).expect("not mixed");
        let row = Row { ticks: 0, stream: report.streams()[0], slice: 0, number: 0 };
        selection.passes(&row, record)
    }

    #[test]
    fn compares_as_the_service_does() {
        let sign_in = r#"{"userPrincipalName":"a@contoso.example","status":{"errorCode":50126},"riskEventTypes_v2":["unlikelyTravel"],
            "appId":"C44B4083-3bb0-49c1-b47d-974e53cbdf3c","conditionalAccessAudiences":["x","y"]}"#;
        for (filter, wanted) in [
            ("userPrincipalName eq 'a@contoso.example'", true),
            ("userPrincipalName eq 'A@contoso.example'", false),
            ("startswith(userPrincipalName,'a@')", true),
            ("status/errorCode eq 50126", true),
            ("appId eq 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c'", true),
            ("riskEventTypes_v2/any(t: startswith(t,'unlikely'))", true),
            ("conditionalAccessAudiences eq 'y'", true),
            ("userId eq ''", false),
        ] {
            assert_eq!(passes(Report::SignIns, filter, sign_in), wanted, "{filter}");
        }
        let change = r#"{"provisioningStatusInfo":{"status":"success"},"targetSystem":{"displayName":"ServiceNow"}}"#;
        for (filter, wanted) in [
            ("provisioningStatusInfo/status eq 'Success'", true),
            ("targetSystem/displayName eq 'servicenow'", false),
            ("contains(targetSystem/displayName,'Now')", true),
        ] {
            assert_eq!(passes(Report::Provisioning, filter, change), wanted, "{filter}");
        }
    }

    #[test]
    fn event_types_choose_streams() {
        let streams = |filter: &str| {
            Selection::new(Report::SignIns, parse(Report::SignIns, filter)).map(|selection| selection.streams)
        };
        let of = |kinds: &[EventType]| Ok(kinds.iter().copied().map(Stream::SignIns).collect::<Vec<_>>());
        use EventType::{InteractiveUser, ManagedIdentity, NonInteractiveUser, ServicePrincipal};
        assert_eq!(streams("userId eq 'a'"), of(&[InteractiveUser]));
        assert_eq!(streams("signInEventTypes/any(t: t eq 'managedIdentity')"), of(&[ManagedIdentity]));
        assert_eq!(
            streams("signInEventTypes/any(t: t eq 'interactiveUser' or t eq 'nonInteractiveUser')"),
            of(&[InteractiveUser, NonInteractiveUser])
        );
        assert_eq!(
            streams("signInEventTypes/any(t: t eq 'servicePrincipal' or t eq 'managedIdentity')"),
            of(&[ServicePrincipal, ManagedIdentity])
        );
        assert!(streams("signInEventTypes/any(t: t eq 'interactiveUser' or t eq 'servicePrincipal')").is_err());
        assert_eq!(streams("signInEventTypes/any(t: t eq 'none of these')"), of(&[]));
    }
}
