//! Conditions on rows, with two targets today: OData `$filter` for what the service takes, and a predicate over columns.
//! A later version adds the text form, OR, NOT and KQL; the tree below is made for that.

mod odata;
mod predicate;

use serde::{Deserialize, Serialize};

pub use odata::{NotTaken, odata};
pub use predicate::{UnknownColumn, fold, matches};

/// A filter over one report's rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Filter {
    /// Every row.
    #[default]
    All,
    /// Every one of these.
    And(Vec<Filter>),
    /// At least one of these.
    Or(Vec<Filter>),
    /// Not this.
    Not(Box<Filter>),
    /// One comparison.
    Is(Condition),
}

/// One comparison of a column with a value. A multi-valued column matches when any of its values does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    /// Column id, such as `status/errorCode`.
    pub column: String,
    /// How to compare. Text is compared without regard to case.
    pub operator: Operator,
    /// What to compare with.
    pub value: Value,
}

/// Comparison operators; which of them Graph takes is the column's `odata` list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Operator {
    /// Equal.
    Eq,
    /// Not equal, or absent.
    Ne,
    /// Text begins with.
    StartsWith,
    /// Text contains.
    Contains,
    /// Greater than.
    Gt,
    /// Greater than or equal.
    Ge,
    /// Less than.
    Lt,
    /// Less than or equal.
    Le,
}

/// A value in a condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// True or false.
    Flag(bool),
    /// An instant in milliseconds since 1970, UTC.
    Instant(i64),
}
