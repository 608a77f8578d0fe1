//! One property of a report: where its values come from, how they are kept, and what Graph can be asked about them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::filter::Operator;

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
    /// Directory object: the target of a change, or a service principal.
    Target,
    /// Provisioning change, cycle or job.
    Change,
    /// Device id.
    Device,
}

/// Where a column's values come from.
#[derive(Clone, Copy, Debug)]
pub enum From {
    /// JSON paths, slash between names, `[]` after a collection; the first that is present wins.
    Paths(&'static [&'static str]),
    /// A named function over the decoded record, of which it sees what [`Column::reads`] names.
    Derived(fn(&Map<String, Value>) -> Option<String>),
    /// Every property that no column of the report names: its slash path, a colon and its JSON.
    Undefined,
}

/// A comparison inside a collection, `targetResources/any(t: startswith(t/displayName,'…'))`. The range variable is `t`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Any {
    /// The collection, such as `targetResources`.
    pub collection: &'static str,
    /// What is compared: `t`, or a path that begins with it, such as `t/displayName`.
    pub operand: &'static str,
}

/// One property of a report, or one value derived from several.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Key in URLs and saved views; never changes. A slash path; `[]` marks collections.
    pub id: &'static str,
    /// Where its values come from; an empty path list means the id itself.
    pub from: From,
    /// Top-level properties that a derived column reads; it is given no others.
    pub reads: &'static [&'static str],
    /// Kind of one value.
    pub kind: Kind,
    /// True when a row can have several values.
    pub is_multi: bool,
    /// Operators that Graph takes in `$filter`.
    pub odata: &'static [Operator],
    /// Set where `$filter` compares inside a collection, spelled `collection/any(t: …)`.
    /// `None` compares the id itself, without `[]`.
    pub odata_any: Option<Any>,
    /// True when the value is written without quotes in `$filter`.
    pub is_odata_bare: bool,
    /// Offered as a facet at first.
    pub is_facet: bool,
    /// What its values lead to.
    pub link: Option<Link>,
    /// Column in the Log Analytics table, where the name is known; a dotted path where the value is nested in it,
    /// with `[]` after a list.
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
            reads: &[],
            kind,
            is_multi,
            odata: &[],
            odata_any: None,
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
        reads: &'static [&'static str],
        derive: fn(&Map<String, Value>) -> Option<String>,
    ) -> Self {
        let mut column = Self::of(id, Kind::Outcome, false);
        column.from = From::Derived(derive);
        column.reads = reads;
        column
    }
    /// A derived column of text.
    pub const fn derived(
        id: &'static str,
        reads: &'static [&'static str],
        derive: fn(&Map<String, Value>) -> Option<String>,
    ) -> Self {
        let mut column = Self::of(id, Kind::Keyword, false);
        column.from = From::Derived(derive);
        column.reads = reads;
        column
    }
    /// The column of what Graph sends and nobody defined, so that it can be found. Every report has it.
    pub const fn undefined() -> Self {
        let mut column = Self::of("undefined[]", Kind::Keyword, true);
        column.from = From::Undefined;
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
    /// Operators that Graph takes inside `collection/any(t: …)`; `operand` is `t` or a path that begins with it.
    pub const fn odata_any(
        mut self,
        collection: &'static str,
        operand: &'static str,
        operators: &'static [Operator],
    ) -> Self {
        self.odata_any = Some(Any { collection, operand });
        self.odata = operators;
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
    /// Left out without an optional scope.
    pub const fn optional_detail(mut self) -> Self {
        self.is_optional_detail = true;
        self
    }
    /// JSON paths in order of preference; empty for a column that is computed from more than one value.
    pub fn json_paths(&self) -> Vec<&'static str> {
        match self.from {
            From::Paths([]) => vec![self.id],
            From::Paths(paths) => paths.to_vec(),
            From::Derived(_) | From::Undefined => Vec::new(),
        }
    }
}

// Sets of operators that Graph documents for a property.
pub(super) const EQ: &[Operator] = &[Operator::Eq];
pub(super) const EQ_NE: &[Operator] = &[Operator::Eq, Operator::Ne];
pub(super) const EQ_CONTAINS: &[Operator] = &[Operator::Eq, Operator::Contains];
pub(super) const EQ_STARTS_WITH: &[Operator] = &[Operator::Eq, Operator::StartsWith];
pub(super) const EQ_GE_LE: &[Operator] = &[Operator::Eq, Operator::Ge, Operator::Le];
pub(super) const EQ_GT_LT: &[Operator] = &[Operator::Eq, Operator::Gt, Operator::Lt];

/// Number of columns in several lists.
pub(super) const fn length(lists: &[&[Column]]) -> usize {
    let mut length = 0;
    let mut list = 0;
    while list < lists.len() {
        length += lists[list].len();
        list += 1;
    }
    length
}

/// Several lists of columns as one, for reports that share some; `N` is their [`length`].
pub(super) const fn join<const N: usize>(lists: &[&[Column]]) -> [Column; N] {
    let mut columns = [Column::keyword(""); N];
    let (mut list, mut at) = (0, 0);
    while list < lists.len() {
        let mut index = 0;
        while index < lists[list].len() {
            columns[at] = lists[list][index];
            index += 1;
            at += 1;
        }
        list += 1;
    }
    columns
}
