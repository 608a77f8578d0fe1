//! Conditions on rows: one syntax tree with three targets. A predicate over columns takes all of it, OData `$filter` the
//! part that Graph takes, and KQL what a Log Analytics table can be asked.

mod error;
mod fields;
mod kql;
mod network;
mod normal;
mod odata;
mod operand;
mod parse;
mod pattern;
mod predicate;
mod print;
mod split;
mod times;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use error::{FilterError, FilterErrorCode};
pub use fields::resolve;
pub use kql::{Kql, KqlDifference, Unsaid, UnsaidReason, kql};
pub use network::{Network, parse_address};
pub use normal::{normal, settle};
pub use odata::{NotTaken, odata};
pub use operand::fit;
pub use parse::parse;
pub use pattern::{Pattern, escape};
pub use predicate::{Test, UnknownColumn, compare_texts, fold, matches};
pub use print::print;
pub use split::{Exactness, Split, service_condition, service_part};
pub use times::Local;

/// A filter over one report's rows.
///
/// What a row holds in a column are its values: one, several for a multi-valued column, or none where the property is
/// absent, is an empty list, or was never sent. A value may be null. Comparisons see values that are not null.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum Filter {
    /// Every row.
    #[default]
    All,
    /// Every one of these; every row when there is none.
    And(Vec<Filter>),
    /// At least one of these; no row when there is none.
    Or(Vec<Filter>),
    /// Not this: exactly the other rows, among them those that have no value to compare.
    Not(Box<Filter>),
    /// One comparison.
    Is(Condition),
    /// The column of this id has at least one value that is not null. An empty text is a value.
    Exists(String),
    /// The text of at least one value, in any column or in a property that nobody defined, contains this, without regard
    /// to case. A value's text is what the text operators see (see [`Condition`]). An empty text is in every row.
    Text(String),
}

/// One comparison of a column with a value.
///
/// True when it holds for at least one of the row's values that is not null; [`Operator::Ne`] alone is true when
/// [`Operator::Eq`] is not, so that it holds for rows without a value, and for no list that has the value among others.
///
/// The operand is first made to fit the column, as [`fit`] says; then numbers compare as numbers, instants as instants,
/// flags as flags with false before true. An operand that does not fit, and a value that its typed column could not read,
/// are compared as text. Text is compared without regard to case, as [`fold`] says, and ordered by code point. The text
/// operators see each value's text: an instant as [`crate::instant::format_instant`] writes it, `true`, `false`, a number in decimal.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    /// Column id, such as `status/errorCode`.
    pub column: String,
    /// How to compare.
    pub operator: Operator,
    /// What to compare with.
    pub value: Value,
}

/// Comparison operators; which of them Graph takes is the column's `odata` list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Operator {
    /// Equal, or inside the network.
    Eq,
    /// No value is equal: the opposite of [`Operator::Eq`] in every row.
    Ne,
    /// Text begins with.
    StartsWith,
    /// Text ends with.
    EndsWith,
    /// Text contains.
    Contains,
    /// The whole text matches a [`Pattern`]; one without wildcards is [`Operator::Eq`], as [`settle`] says.
    Matches,
    /// Greater than.
    Gt,
    /// Greater than or equal.
    Ge,
    /// Less than.
    Lt,
    /// Less than or equal.
    Le,
}

impl Operator {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Eq,
        Self::Ne,
        Self::StartsWith,
        Self::EndsWith,
        Self::Contains,
        Self::Matches,
        Self::Gt,
        Self::Ge,
        Self::Lt,
        Self::Le,
    ];
    /// True for the operators that compare a value's text, whatever the column's kind.
    pub fn is_textual(self) -> bool {
        matches!(self, Self::StartsWith | Self::EndsWith | Self::Contains | Self::Matches)
    }
}

/// A value in a condition.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A decimal number, finite.
    Number(f64),
    /// True or false.
    Flag(bool),
    /// An instant in milliseconds since 1970, UTC.
    Instant(i64),
    /// A network of internet addresses. A value is equal to it when it is an address inside.
    Network(Network),
}

impl fmt::Display for Value {
    /// The value's text, as the text operators see it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => formatter.write_str(text),
            Self::Integer(number) => number.fmt(formatter),
            Self::Number(number) => number.fmt(formatter),
            Self::Flag(flag) => flag.fmt(formatter),
            Self::Instant(instant) => formatter.write_str(&crate::instant::format_instant(*instant)),
            Self::Network(network) => network.fmt(formatter),
        }
    }
}

// What a person looks for is as personal as what is found, so that debugging shows the shape and not the words.
impl fmt::Debug for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(formatter, "Text({} bytes)", text.len()),
            Self::Integer(_) => formatter.write_str("Integer"),
            Self::Number(_) => formatter.write_str("Number"),
            Self::Flag(flag) => write!(formatter, "Flag({flag})"),
            Self::Instant(instant) => write!(formatter, "Instant({instant})"),
            Self::Network(network) => write!(formatter, "Network(/{})", network.prefix()),
        }
    }
}

impl fmt::Debug for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {:?} {:?}", self.column, self.operator, self.value)
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => formatter.write_str("All"),
            Self::And(filters) => formatter.debug_tuple("And").field(filters).finish(),
            Self::Or(filters) => formatter.debug_tuple("Or").field(filters).finish(),
            Self::Not(filter) => formatter.debug_tuple("Not").field(filter).finish(),
            Self::Is(condition) => condition.fmt(formatter),
            Self::Exists(column) => write!(formatter, "Exists({column})"),
            Self::Text(text) => write!(formatter, "Text({} bytes)", text.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debugging_shows_no_word_of_a_condition() {
        let is = |value| Filter::Is(Condition { column: "userId".to_owned(), operator: Operator::Eq, value });
        let filter = Filter::And(vec![
            is(Value::Text("amara@contoso.example".to_owned())),
            is(Value::Network(Network::parse("203.0.113.0/24").expect("a network"))),
            is(Value::Integer(7_312)),
            Filter::Not(Box::new(Filter::Text("amara".to_owned()))),
        ]);
        assert_eq!(
            format!("{filter:?}"),
            "And([userId Eq Text(21 bytes), userId Eq Network(/24), userId Eq Integer, Not(Text(5 bytes))])"
        );
    }
}
