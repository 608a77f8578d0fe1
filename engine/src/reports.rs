//! What a report is: path, scopes, fetches, columns, sample. A report is named only in its own file and in [`ALL`].

mod audits;
mod column;
mod custom_security_attribute_audits;
mod directory_audits;
mod provisioning;
mod sign_ins;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::filter::Operator;

pub use column::{Any, Column, From, Kind, Link};

/// Names a report in URLs of Graph, messages and saved views. Not an enum, so that no code can match on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReportId(&'static str);

impl ReportId {
    /// For report definitions only.
    pub(crate) const fn new(id: &'static str) -> Self {
        Self(id)
    }
    /// The Graph entity set's name, such as `signIns`.
    pub fn as_str(self) -> &'static str {
        self.0
    }
    /// The report's definition.
    pub fn definition(self) -> &'static ReportDefinition {
        report(self.0).expect("a ReportId is only made by a definition")
    }
}

impl Serialize for ReportId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for ReportId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        report(&text).map(|report| report.id).ok_or_else(|| serde::de::Error::custom(format!("unknown report {text}")))
    }
}

/// One activity report of Graph beta.
#[derive(Debug)]
pub struct ReportDefinition {
    /// Its name, equal to Graph's entity set.
    pub id: ReportId,
    /// Its name in routes, such as `sign-ins`.
    pub slug: &'static str,
    /// Path after `/beta/`.
    pub path: &'static str,
    /// Graph entity type in the CSDL, without namespace, such as `signIn`.
    pub entity: &'static str,
    /// Column id of the time that Graph filters and orders by.
    pub time: &'static str,
    /// `$orderby` to send, such as `createdDateTime desc`.
    pub order_by: &'static str,
    /// `$top` to send; at most what Graph allows for this report.
    pub page_size: u32,
    /// Which comparison operators Graph takes for the time.
    pub time_operators: TimeOperators,
    /// The separate requests that make up the report, in the order of their tabs.
    pub fetches: &'static [Fetch],
    /// Who may read it.
    pub access: Access,
    /// Every property that is known, top level and nested, in the order of the detail pane.
    pub columns: &'static [Column],
    /// Groups of the detail pane, in order. A property belongs to the group that names its first path segment.
    pub groups: &'static [Group],
    /// A Graph list response with at least one value for every column.
    #[cfg(feature = "samples")]
    pub sample: &'static str,
}

impl ReportDefinition {
    /// The column with this id.
    pub fn column(&self, id: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.id == id)
    }
    /// The column that tells the outcome of a row.
    pub fn outcome(&self) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.kind == Kind::Outcome)
    }
    /// The fetch with this id.
    pub fn fetch(&self, id: &str) -> Option<&'static Fetch> {
        self.fetches.iter().find(|fetch| fetch.id == id)
    }
}

/// How Graph spells a time range for a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeOperators {
    /// `ge` and `le`.
    GeLe,
    /// `gt` and `lt` only (provisioning).
    GtLt,
}

/// One kind of request of a report; sign-ins have four, the others one.
#[derive(Debug)]
pub struct Fetch {
    /// Its name in routes and messages: the event type, or `all`.
    pub id: &'static str,
    /// A fixed `$filter` term, or `None`.
    pub filter: Option<&'static str>,
    /// Its table in Log Analytics.
    pub table: &'static str,
    /// Ids of the columns shown at first, in order; the admin center's defaults.
    pub shown: &'static [&'static str],
    /// Ids of the columns that name a row where there is room for a few words, most telling first.
    pub named_by: &'static [&'static str],
    /// How Graph counts its rows without listing them; `None` where it does not.
    pub summary: Option<Summary>,
}

/// A function of Graph that counts a fetch's rows per window of time.
#[derive(Debug)]
pub struct Summary {
    /// Its name beside the report's own path.
    pub function: &'static str,
    /// Conditions that it takes: a column and each operator with it.
    pub takes: &'static [(&'static str, &'static [Operator])],
}

/// Permissions, roles and licence a report needs (delegated).
#[derive(Debug)]
pub struct Access {
    /// Scopes to ask for at first in the public cloud; see [`Access::scopes_in`].
    pub scopes: &'static [&'static str],
    /// The same in every other cloud, which may not know newer ones; empty where they are the same.
    pub scopes_elsewhere: &'static [&'static str],
    /// Scopes to offer after a 403 that says a permission is missing.
    pub scopes_after_403: &'static [&'static str],
    /// Scopes that add detail but are not needed (Conditional Access details).
    pub scopes_optional: &'static [&'static str],
    /// Directory roles that may read it, least privileged first.
    pub roles: &'static [&'static str],
    /// Licence.
    pub licence: Licence,
    /// Ids of clouds where the report exists.
    pub clouds: &'static [&'static str],
}

impl Access {
    /// Scopes to ask for at first in a cloud, by its id.
    pub fn scopes_in(&self, cloud: &str) -> &'static [&'static str] {
        let is_public = ALL_CLOUDS.first() == Some(&cloud);
        if is_public || self.scopes_elsewhere.is_empty() { self.scopes } else { self.scopes_elsewhere }
    }
}

/// Licence a report needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Licence {
    /// Any tenant.
    Free,
    /// Entra ID P1 or P2.
    Premium,
}

/// A group of properties in the detail pane.
#[derive(Debug)]
pub struct Group {
    /// Catalogue key suffix, such as `location`.
    pub id: &'static str,
    /// First path segments that belong here.
    pub properties: &'static [&'static str],
}

/// The outcome of a row, in words that all reports share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Outcome {
    /// It worked.
    Success,
    /// Part of a normal flow that waits for the person.
    Interrupted,
    /// It did not work.
    Failure,
    /// It took too long.
    Timeout,
    /// Nothing was to be done.
    Skipped,
    /// It worked with a remark.
    Warning,
    /// The record says something new; one that says nothing has no outcome.
    Unknown,
}

impl Outcome {
    /// Catalogue key suffix and column value, such as `success`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Interrupted => "interrupted",
            Self::Failure => "failure",
            Self::Timeout => "timeout",
            Self::Skipped => "skipped",
            Self::Warning => "warning",
            Self::Unknown => "unknown",
        }
    }
    /// The outcome with this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Success, Self::Interrupted, Self::Failure, Self::Timeout, Self::Skipped, Self::Warning, Self::Unknown]
            .into_iter()
            .find(|outcome| outcome.as_str() == text)
    }
}

/// Every report, in the order of the tabs.
pub static ALL: &[&ReportDefinition] = &[
    &sign_ins::SIGN_INS,
    &directory_audits::DIRECTORY_AUDITS,
    &custom_security_attribute_audits::CUSTOM_SECURITY_ATTRIBUTE_AUDITS,
    &provisioning::PROVISIONING,
];

/// The report with this id or route name.
pub fn report(name: &str) -> Option<&'static ReportDefinition> {
    ALL.iter().copied().find(|report| report.id.0 == name || report.slug == name)
}

/// Every cloud id.
const ALL_CLOUDS: &[&str] = &["global", "us-gov", "us-dod", "china"];

/// The value at a slash path through objects; `None` when anything on the way is missing or of another type.
fn value_at<'a>(record: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let mut names = path.split('/');
    let first = record.get(names.next()?)?;
    names.try_fold(first, |value, name| value.as_object()?.get(name))
}

/// The text at a slash path; blank text is as good as none.
fn text_at<'a>(record: &'a Map<String, Value>, path: &str) -> Option<&'a str> {
    value_at(record, path)?.as_str().filter(|text| !text.trim().is_empty())
}

/// The name of the outcome that a record spells at this path, in any case; `None` when it says nothing there.
fn outcome_at(record: &Map<String, Value>, path: &str) -> Option<String> {
    let value = value_at(record, path).filter(|value| !value.is_null())?;
    let outcome = value.as_str().and_then(|text| match text.trim().to_ascii_lowercase().as_str() {
        // Some services write it so.
        "failed" => Some(Outcome::Failure),
        name => Outcome::parse(name),
    });
    Some(outcome.unwrap_or(Outcome::Unknown).as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{ALL, From, Kind, report};

    fn derive(report_id: &str, column: &str, record: Value) -> Option<String> {
        let column = report(report_id).and_then(|report| report.column(column)).expect("the test names real columns");
        let From::Derived(derive) = column.from else { panic!("{} is not derived", column.id) };
        derive(record.as_object().expect("the test gives records"))
    }

    fn check(report: &str, column: &str, record: Value, expected: &str) {
        assert_eq!(derive(report, column, record.clone()).as_deref().unwrap_or("-"), expected, "{column} of {record}");
    }

    #[test]
    fn every_report_has_one_column_that_tells_the_outcome() {
        for report in ALL {
            let outcomes = report.columns.iter().filter(|column| column.kind == Kind::Outcome);
            assert_eq!((outcomes.count(), report.outcome().is_some()), (1, true), "{}", report.slug);
        }
    }

    #[test]
    fn other_clouds_are_asked_for_scopes_that_they_know() {
        let scopes = |report_id, cloud| report(report_id).expect("the report is defined").access.scopes_in(cloud);
        assert_eq!(scopes("provisioning", "global"), ["ProvisioningLog.Read.All"]);
        assert_eq!(scopes("provisioning", "us-gov"), ["AuditLog.Read.All"]);
        assert_eq!(scopes("signIns", "china"), scopes("signIns", "global"));
    }

    #[test]
    fn a_sign_in_succeeds_is_interrupted_or_fails_by_its_error_code() {
        for (code, expected) in [
            (json!(0), "success"),
            (json!(50074), "interrupted"),
            (json!("50140"), "interrupted"),
            (json!(50126), "failure"),
            (json!("0"), "success"),
            (json!(-1), "failure"),
            (json!(null), "-"),
            (json!("none"), "unknown"),
            (json!([0]), "unknown"),
        ] {
            check("signIns", "outcome", json!({ "status": { "errorCode": code } }), expected);
        }
        check("signIns", "outcome", json!({}), "-");
        check("signIns", "outcome", json!({ "status": "50126" }), "-");
    }

    #[test]
    fn a_place_is_written_as_far_as_it_is_known() {
        let place = |location| json!({ "location": location });
        let whole = json!({ "city": "Bergen", "state": "Vestland", "countryOrRegion": "NO" });
        check("signIns", "locationText", place(whole), "Bergen, Vestland, NO");
        check("signIns", "locationText", place(json!({ "city": "", "state": null, "countryOrRegion": "SG" })), "SG");
        check("signIns", "locationText", place(json!({ "city": 7 })), "-");
        check("signIns", "locationText", place(json!("Bergen")), "-");
    }

    #[test]
    fn an_audit_ends_as_its_result_says() {
        for report in ["directoryAudits", "customSecurityAttributeAudits"] {
            for (result, expected) in [
                (json!("success"), "success"),
                (json!("Failure"), "failure"),
                (json!("failed"), "failure"),
                (json!("timeout"), "timeout"),
                (json!("unknownFutureValue"), "unknown"),
                (json!(1), "unknown"),
                (json!(null), "-"),
            ] {
                check(report, "outcome", json!({ "result": result }), expected);
            }
        }
    }

    #[test]
    fn the_initiator_is_the_person_else_the_app() {
        let by = |initiated_by| json!({ "initiatedBy": initiated_by });
        let app = json!({ "displayName": "Personnel agent", "appId": "a-1" });
        let user = json!({ "id": "u-1", "displayName": "Amara", "userPrincipalName": "amara@contoso.example" });
        check("directoryAudits", "initiator", by(json!({ "user": user, "app": app })), "amara@contoso.example");
        check("directoryAudits", "initiator", by(json!({ "user": null, "app": app })), "Personnel agent");
        check("directoryAudits", "initiator", by(json!({ "user": { "id": "u-1", "displayName": "" } })), "u-1");
        check("directoryAudits", "initiator", by(json!({ "app": { "appId": "a-1" } })), "a-1");
        check("directoryAudits", "initiator", by(json!([])), "-");
        check("directoryAudits", "initiator", json!({}), "-");
    }

    #[test]
    fn the_target_is_the_first_that_can_be_named() {
        let on = |targets| json!({ "targetResources": targets });
        check("directoryAudits", "target", on(json!([{ "id": "g-1" }, { "displayName": "Pilots" }])), "g-1");
        check(
            "directoryAudits",
            "target",
            on(json!([{ "userPrincipalName": "a@b.example", "id": "1" }])),
            "a@b.example",
        );
        check("directoryAudits", "target", on(json!([null, { "id": "" }, { "displayName": "Pilots" }])), "Pilots");
        check("directoryAudits", "target", on(json!([])), "-");
        check("directoryAudits", "target", on(json!({ "displayName": "Pilots" })), "-");
    }

    #[test]
    fn provisioning_reads_the_new_status_and_then_the_old_one() {
        let new = json!({ "provisioningStatusInfo": { "status": "skipped" }, "statusInfo": { "status": "success" } });
        check("provisioning", "outcome", new, "skipped");
        let old = json!({ "provisioningStatusInfo": null, "statusInfo": { "status": "Failure" } });
        check("provisioning", "outcome", old, "failure");
        check("provisioning", "outcome", json!({ "provisioningStatusInfo": "warning" }), "-");
        check("provisioning", "outcome", json!({ "statusInfo": { "status": "warning" } }), "warning");
    }

    #[test]
    fn an_identity_is_named_by_source_then_target_then_id() {
        let identity = |source, target| json!({ "sourceIdentity": source, "targetIdentity": target });
        let (ada, lin) = (json!({ "id": "1", "displayName": "Ada" }), json!({ "id": "2", "displayName": "Lin" }));
        check("provisioning", "identity", identity(ada, lin.clone()), "Ada");
        check("provisioning", "identity", identity(json!({ "id": "1", "displayName": "" }), lin), "Lin");
        check("provisioning", "identity", identity(json!({ "id": "1" }), json!({ "id": "2" })), "1");
        check("provisioning", "identity", identity(json!(3), json!(null)), "-");
    }

    #[test]
    fn every_report_is_found_by_its_id_and_by_its_route() {
        for definition in ALL {
            for name in [definition.id.as_str(), definition.slug] {
                assert_eq!(report(name).map(|found| found.id), Some(definition.id));
            }
        }
        assert!(report("signins").is_none());
    }
}
