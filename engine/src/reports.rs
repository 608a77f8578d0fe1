//! What a report is: path, scopes, fetches, columns, sample. A report is named only in its own file and in [`ALL`].

mod audits;
mod column;
mod custom_security_attribute_audits;
mod directory_audits;
mod provisioning;
mod sign_ins;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

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
    pub sample: &'static str,
}

impl ReportDefinition {
    /// The column with this id.
    pub fn column(&self, id: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.id == id)
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
    /// Ids of the columns shown at first, in order; the admin center's defaults.
    pub shown: &'static [&'static str],
}

/// Permissions, roles and licence a report needs (delegated).
#[derive(Debug)]
pub struct Access {
    /// Scopes to ask for at first.
    pub scopes: &'static [&'static str],
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
    /// The record does not say, or says something new.
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

/// The name of the outcome that Graph spells like this, in any case.
fn outcome_named(text: Option<&str>) -> String {
    let outcome = text.and_then(|text| Outcome::parse(&text.trim().to_ascii_lowercase())).unwrap_or(Outcome::Unknown);
    outcome.as_str().to_owned()
}
