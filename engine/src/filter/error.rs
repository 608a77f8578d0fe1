//! What is wrong with a filter's text, and where.

use std::{fmt, ops::Range};

use serde::{Deserialize, Serialize};

use crate::reports::Kind;

/// The text of a filter cannot be read.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code:?} at {}..{}", at.start, at.end)]
pub struct FilterError {
    /// The bytes of the text that are wrong; empty where something is missing.
    pub at: Range<usize>,
    /// What is wrong.
    pub code: FilterErrorCode,
    /// What could stand there instead; `None` where nothing is likely.
    pub suggestion: Option<String>,
}

/// What can be wrong with a filter's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FilterErrorCode {
    /// No column has this name.
    UnknownField,
    /// Several columns have this name.
    AmbiguousField,
    /// An operator without a field before it.
    MissingField,
    /// A field and an operator without a value behind them.
    MissingValue,
    /// `AND`, `OR`, `NOT` or a parenthesis without a term behind it.
    MissingTerm,
    /// The value is none of the column's kind. In quotes it would be compared as text.
    Value(Kind),
    /// A wildcard where none has a meaning: behind `<` and the like, and within a word that no field stands before.
    Wildcard,
    /// A quote without its end.
    UnclosedQuote,
    /// An opening parenthesis without its end.
    UnclosedParenthesis,
    /// A closing parenthesis without its beginning.
    UnexpectedParenthesis,
    /// More parentheses within each other than [`crate::limits::FILTER_DEPTH_MAX`].
    TooDeep,
    /// More bytes than [`crate::limits::FILTER_BYTES_MAX`].
    TooLong,
}

// A suggestion can repeat what a person looked for.
impl fmt::Debug for FilterError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
