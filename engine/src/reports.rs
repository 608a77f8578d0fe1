//! What a report is: path, scopes, fetches, columns, sample. A report is named only in its own file and in [`ALL`].

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::filter::Operator;

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

/// How a column's values are kept and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// An instant.
    DateTime,
    /// Text from a limited vocabulary or an identifier.
    Keyword,
    /// A whole number.
    Integer,
    /// A decimal number.
    Number,
    /// True or false.
    Flag,
    /// Success, failure and the like; derived; see [`Outcome`].
    Outcome,
    /// A free-form bag of properties, kept as JSON text.
    Bag,
}

/// What a value leads to in other rows and reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Link {
    /// Sign-in session id.
    Session,
    /// Unique token identifier.
    Token,
    /// Correlation id.
    Correlation,
    /// User object id or principal name.
    User,
    /// Application id.
    App,
    /// Internet address.
    Address,
    /// Directory object that was changed.
    Target,
    /// Provisioning change, cycle or job.
    Change,
    /// Device id.
    Device,
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

/// Where a column's values come from.
#[derive(Clone, Copy, Debug)]
pub enum From {
    /// JSON paths, slash between names, `[]` after a collection; the first that is present wins.
    Paths(&'static [&'static str]),
    /// A named function over the decoded record.
    Derived(fn(&serde_json::Map<String, serde_json::Value>) -> Option<String>),
}

/// One property of a report, or one value derived from several.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Key in URLs and saved views; never changes. A slash path; `[]` marks collections.
    pub id: &'static str,
    /// Where its values come from; an empty path list means the id itself.
    pub from: From,
    /// Kind of one value.
    pub kind: Kind,
    /// True when a row can have several values.
    pub is_multi: bool,
    /// Operators that Graph takes in `$filter`.
    pub odata: &'static [Operator],
    /// How `$filter` spells the operand when it is not the id, with `{}` for the comparison's left side,
    /// such as `targetResources/any(t: t/id {})`; `None` for the id.
    pub odata_form: Option<&'static str>,
    /// True when the value is written without quotes in `$filter`.
    pub is_odata_bare: bool,
    /// Offered as a facet at first.
    pub is_facet: bool,
    /// What its values lead to.
    pub link: Option<Link>,
    /// Column in the Log Analytics table, where the name is known.
    pub kql: Option<&'static str>,
    /// Set where Graph marks the property as deprecated.
    pub is_deprecated: bool,
    /// Left out of every record unless the token has one of the report's optional scopes.
    pub is_optional_detail: bool,
}

impl Column {
    const fn of(id: &'static str, kind: Kind, is_multi: bool) -> Self {
        Self {
            id,
            from: From::Paths(&[]),
            kind,
            is_multi,
            odata: &[],
            odata_form: None,
            is_odata_bare: false,
            is_facet: false,
            link: None,
            kql: None,
            is_deprecated: false,
            is_optional_detail: false,
        }
    }
    /// A column of text values.
    pub const fn keyword(id: &'static str) -> Self {
        Self::of(id, Kind::Keyword, false)
    }
    /// A column of several text values per row.
    pub const fn keywords(id: &'static str) -> Self {
        Self::of(id, Kind::Keyword, true)
    }
    /// A column of instants.
    pub const fn date_time(id: &'static str) -> Self {
        Self::of(id, Kind::DateTime, false)
    }
    /// A column of several instants per row.
    pub const fn date_times(id: &'static str) -> Self {
        Self::of(id, Kind::DateTime, true)
    }
    /// A column of whole numbers.
    pub const fn integer(id: &'static str) -> Self {
        Self::of(id, Kind::Integer, false)
    }
    /// A column of several whole numbers per row.
    pub const fn integers(id: &'static str) -> Self {
        Self::of(id, Kind::Integer, true)
    }
    /// A column of decimal numbers.
    pub const fn number(id: &'static str) -> Self {
        Self::of(id, Kind::Number, false)
    }
    /// A column of true or false.
    pub const fn flag(id: &'static str) -> Self {
        Self::of(id, Kind::Flag, false)
    }
    /// A column of several true or false values per row.
    pub const fn flags(id: &'static str) -> Self {
        Self::of(id, Kind::Flag, true)
    }
    /// A column of free-form property bags, kept as JSON text.
    pub const fn bag(id: &'static str) -> Self {
        Self::of(id, Kind::Bag, false)
    }
    /// A column of several free-form property bags per row.
    pub const fn bags(id: &'static str) -> Self {
        Self::of(id, Kind::Bag, true)
    }
    /// The derived outcome of a row; the function returns an [`Outcome`]'s name.
    pub const fn outcome(
        id: &'static str,
        derive: fn(&serde_json::Map<String, serde_json::Value>) -> Option<String>,
    ) -> Self {
        let mut column = Self::of(id, Kind::Outcome, false);
        column.from = From::Derived(derive);
        column
    }
    /// A derived column of text.
    pub const fn derived(
        id: &'static str,
        derive: fn(&serde_json::Map<String, serde_json::Value>) -> Option<String>,
    ) -> Self {
        let mut column = Self::of(id, Kind::Keyword, false);
        column.from = From::Derived(derive);
        column
    }
    /// Reads other JSON paths than the id; the first that is present wins.
    pub const fn paths(mut self, paths: &'static [&'static str]) -> Self {
        self.from = From::Paths(paths);
        self
    }
    /// Operators that Graph takes.
    pub const fn odata(mut self, operators: &'static [Operator]) -> Self {
        self.odata = operators;
        self
    }
    /// How Graph spells the filter.
    pub const fn odata_form(mut self, form: &'static str) -> Self {
        self.odata_form = Some(form);
        self
    }
    /// Graph takes the value without quotes.
    pub const fn bare(mut self) -> Self {
        self.is_odata_bare = true;
        self
    }
    /// Offered as a facet at first.
    pub const fn facet(mut self) -> Self {
        self.is_facet = true;
        self
    }
    /// What its values lead to.
    pub const fn link(mut self, link: Link) -> Self {
        self.link = Some(link);
        self
    }
    /// Name in Log Analytics.
    pub const fn kql(mut self, name: &'static str) -> Self {
        self.kql = Some(name);
        self
    }
    /// Deprecated by Graph.
    pub const fn deprecated(mut self) -> Self {
        self.is_deprecated = true;
        self
    }
    /// Graph leaves it out without one of the report's optional scopes.
    pub const fn optional_detail(mut self) -> Self {
        self.is_optional_detail = true;
        self
    }
    /// JSON paths in order of preference; empty for a derived column.
    pub fn json_paths(&self) -> Vec<&'static str> {
        match self.from {
            From::Paths([]) => vec![self.id],
            From::Paths(paths) => paths.to_vec(),
            From::Derived(_) => Vec::new(),
        }
    }
}

/// Every report, in the order of the tabs.
pub static ALL: &[&ReportDefinition] = &[];

/// The report with this id or route name.
pub fn report(name: &str) -> Option<&'static ReportDefinition> {
    ALL.iter().copied().find(|report| report.id.0 == name || report.slug == name)
}
