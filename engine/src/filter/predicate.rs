//! One comparison as a test of one value. Which rows match a whole tree is worked out by `query`, code by code, and here for
//! a few rows that have just arrived.

use std::{borrow::Cow, cmp::Ordering};

use memchr::memchr2_iter;

use super::{Condition, Filter, Network, Operator, Pattern, Value, parse_address, settle};
use crate::{
    instant::format_instant,
    reports::{self, Kind},
    store::{Table, Value as Cell},
};

/// A filter names a column that the report does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown column {0}")]
pub struct UnknownColumn(pub String);

/// For each of these rows, whether it matches. Meant for few rows: values are compared row by row.
///
/// # Errors
/// When the filter names a column that the report does not have.
pub fn matches(table: &Table, filter: &Filter, rows: &[u32]) -> Result<Vec<bool>, UnknownColumn> {
    Ok(match filter {
        Filter::All => vec![true; rows.len()],
        Filter::And(filters) => {
            let mut all = vec![true; rows.len()];
            for filter in filters {
                combine(&mut all, &matches(table, filter, rows)?, |left, right| left && right);
            }
            all
        }
        Filter::Or(filters) => {
            let mut any = vec![false; rows.len()];
            for filter in filters {
                combine(&mut any, &matches(table, filter, rows)?, |left, right| left || right);
            }
            any
        }
        Filter::Not(filter) => matches(table, filter, rows)?.into_iter().map(|is_match| !is_match).collect(),
        Filter::Is(condition) if condition.operator == Operator::Ne => {
            let equal = Condition { operator: Operator::Eq, ..condition.clone() };
            matches(table, &Filter::Not(Box::new(Filter::Is(equal))), rows)?
        }
        Filter::Is(condition) => {
            let unknown = || UnknownColumn(condition.column.clone());
            let definition = table.definition().column(&condition.column).ok_or_else(unknown)?;
            let column = table.column(&condition.column).ok_or_else(unknown)?;
            let test = Test::new(definition, condition.operator, &condition.value);
            rows.iter().map(|row| column.row_values(*row).any(|value| test.is_match(&value))).collect()
        }
        Filter::Exists(id) => {
            let column = table.column(id).ok_or_else(|| UnknownColumn(id.clone()))?;
            rows.iter().map(|row| column.row_values(*row).any(|value| value != Cell::Null)).collect()
        }
        Filter::Text(text) if text.is_empty() => vec![true; rows.len()],
        Filter::Text(text) => {
            let mut any = vec![false; rows.len()];
            for (definition, column) in table.definition().columns.iter().zip(table.columns().iter()) {
                let test = Test::new(definition, Operator::Contains, &Value::Text(text.clone()));
                let has_it = |row: &u32| column.row_values(*row).any(|value| test.is_match(&value));
                combine(&mut any, &rows.iter().map(has_it).collect::<Vec<_>>(), |left, right| left || right);
            }
            any
        }
    })
}

fn combine(left: &mut [bool], right: &[bool], how: impl Fn(bool, bool) -> bool) {
    for (left, right) in left.iter_mut().zip(right) {
        *left = how(*left, *right);
    }
}

/// A comparison with its operand read for the column's kind. [`Operator::Ne`] is the opposite of [`Operator::Eq`] in every
/// row, so that it is no test of a value.
#[derive(Clone)]
pub struct Test {
    operator: Operator,
    operand: Operand,
    /// The operand as folded text.
    folded: String,
    is_instant: bool,
}

/// What a value is compared with.
#[derive(Clone)]
enum Operand {
    Integer(i64),
    Number(f64),
    Flag(bool),
    Network(Network),
    Pattern(Pattern),
    Text,
}

impl Test {
    /// A comparison with the values of this column.
    pub fn new(column: &reports::Column, operator: Operator, value: &Value) -> Self {
        let (operator, value) = settle(column, operator, value);
        let folded = fold(&value.to_string()).into_owned();
        let operand = match value {
            Value::Instant(number) | Value::Integer(number) => Operand::Integer(number),
            Value::Number(number) => Operand::Number(number),
            Value::Flag(flag) => Operand::Flag(flag),
            Value::Network(network) => Operand::Network(network),
            Value::Text(_) if operator == Operator::Matches => Operand::Pattern(Pattern::new(&folded)),
            Value::Text(_) => Operand::Text,
        };
        Self { operator, operand, folded, is_instant: column.kind == Kind::DateTime }
    }
    /// True when the comparison holds for a value; it never does for one that is absent or null.
    pub fn is_match(&self, value: &Cell<'_>) -> bool {
        match (value, &self.operand) {
            (Cell::Absent | Cell::Null, _) => false,
            (Cell::Text(text) | Cell::Odd(text), _) => self.is_text_match(text),
            (Cell::Integer(number), Operand::Integer(operand)) => self.holds(number.cmp(operand)),
            (Cell::Integer(number), Operand::Number(operand)) => self.numbers(*number as f64, *operand),
            (Cell::Number(number), Operand::Number(operand)) => self.numbers(*number, *operand),
            (Cell::Flag(flag), Operand::Flag(operand)) => self.holds(flag.cmp(operand)),
            (Cell::Integer(instant), _) if self.is_instant => self.is_text_match(&format_instant(*instant)),
            (Cell::Integer(number), _) => self.is_text_match(&number.to_string()),
            (Cell::Number(number), _) => self.is_text_match(&number.to_string()),
            (Cell::Flag(flag), _) => self.is_text_match(if *flag { "true" } else { "false" }),
        }
    }
    /// True when the comparison holds for a value that is this text.
    pub fn is_text_match(&self, text: &str) -> bool {
        match &self.operand {
            Operand::Network(network) => return parse_address(text).is_some_and(|address| network.contains(address)),
            Operand::Pattern(pattern) => return pattern.is_match(&fold(text)),
            _ => {}
        }
        if !text.is_ascii() {
            let text = fold(text);
            return match self.operator {
                Operator::StartsWith => text.starts_with(&self.folded),
                Operator::EndsWith => text.ends_with(&self.folded),
                Operator::Contains => text.contains(&self.folded),
                _ => self.holds((*text).cmp(&self.folded)),
            };
        }
        let (text, operand) = (text.as_bytes(), self.folded.as_bytes());
        let is_it = |text: Option<&[u8]>| text.is_some_and(|text| text.eq_ignore_ascii_case(operand));
        match self.operator {
            Operator::Eq => is_it(Some(text)),
            Operator::StartsWith => is_it(text.get(..operand.len())),
            Operator::EndsWith => is_it(text.len().checked_sub(operand.len()).map(|start| &text[start..])),
            Operator::Contains => contains_ascii(text, operand),
            _ => self.holds(text.iter().map(u8::to_ascii_lowercase).cmp(operand.iter().copied())),
        }
    }
    /// The instants from the first of these on that are before the second are those that match; `None` where the operand
    /// is text.
    pub fn instants(&self) -> Option<(i64, i64)> {
        let Operand::Integer(instant) = self.operand else { return None };
        let after = instant.saturating_add(1);
        match self.operator {
            Operator::Eq => Some((instant, after)),
            Operator::Gt => Some((after, i64::MAX)),
            Operator::Ge => Some((instant, i64::MAX)),
            Operator::Lt => Some((i64::MIN, instant)),
            Operator::Le => Some((i64::MIN, after)),
            _ => None,
        }
    }
    /// The folded text that values are to contain, where that is the question.
    pub fn needle(&self) -> Option<&str> {
        (self.operator == Operator::Contains).then_some(&self.folded)
    }
    /// The folded text that values are to be equal to, where it is a GUID in its canonical spelling.
    pub fn equal_guid(&self) -> Option<&str> {
        let is_guid = matches!(self.operand, Operand::Text) && self.operator == Operator::Eq && self.may_match_guid();
        is_guid.then_some(&self.folded)
    }
    /// False when no GUID in its canonical spelling can match.
    pub fn may_match_guid(&self) -> bool {
        let is_part = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-');
        match (&self.operand, self.operator) {
            (Operand::Text, Operator::Eq) => self.folded.len() == GUID_LENGTH && self.folded.bytes().all(is_part),
            (Operand::Text, Operator::StartsWith | Operator::EndsWith | Operator::Contains) => {
                self.folded.len() <= GUID_LENGTH && self.folded.bytes().all(is_part)
            }
            _ => true,
        }
    }

    fn numbers(&self, number: f64, operand: f64) -> bool {
        number.partial_cmp(&operand).is_some_and(|ordering| self.holds(ordering))
    }
    fn holds(&self, ordering: Ordering) -> bool {
        match self.operator {
            Operator::Eq => ordering.is_eq(),
            Operator::Gt => ordering.is_gt(),
            Operator::Ge => ordering.is_ge(),
            Operator::Lt => ordering.is_lt(),
            Operator::Le => ordering.is_le(),
            // Their operands are text.
            Operator::Ne | Operator::StartsWith | Operator::EndsWith | Operator::Contains | Operator::Matches => false,
        }
    }
}

/// Characters of a GUID.
const GUID_LENGTH: usize = 36;

/// Whether an ASCII text contains a folded one, without regard to case.
fn contains_ascii(text: &[u8], folded: &[u8]) -> bool {
    let Some((first, rest)) = folded.split_first() else { return true };
    let Some(last) = text.len().checked_sub(folded.len()) else { return false };
    let is_here = |at: usize| text[at + 1..at + folded.len()].eq_ignore_ascii_case(rest);
    memchr2_iter(*first, first.to_ascii_uppercase(), &text[..=last]).any(is_here)
}

/// Text for comparison without regard to case. Each character by itself, so that a part of a text folds as it does in
/// the whole: the sigma that ends a word is the one within it.
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        return Cow::Borrowed(text);
    }
    if text.is_ascii() {
        return Cow::Owned(text.to_ascii_lowercase());
    }
    let folded = text.chars().flat_map(char::to_lowercase);
    Cow::Owned(folded.map(|char| if char == 'ς' { 'σ' } else { char }).collect())
}

/// The order of texts: without regard to case, and then as they are.
pub fn compare_texts(left: &str, right: &str) -> Ordering {
    let folded = if left.is_ascii() && right.is_ascii() {
        left.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(right.bytes().map(|byte| byte.to_ascii_lowercase()))
    } else {
        fold(left).cmp(&fold(right))
    };
    folded.then_with(|| left.cmp(right))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_part_of_a_text_folds_as_it_does_in_the_whole() {
        for (whole, part) in [("ΟΔΥΣΣΕΑΣ Α.", "οδυσσεας"), ("Οδυσσέας", "σέας"), ("ŁUKASZ", "Łuk"), ("Ada", "DA")]
        {
            assert!(fold(whole).contains(&*fold(part)), "{part} in {whole}");
        }
    }

    proptest! {
        #[test]
        fn the_short_way_for_ascii_finds_what_folding_finds(text in "[aAbBkK ]{0,9}", part in "[aAbBk\u{212a}é]{0,3}") {
            let part = fold(&part).into_owned();
            prop_assert_eq!(contains_ascii(text.as_bytes(), part.as_bytes()), fold(&text).contains(&part));
        }

        #[test]
        fn texts_are_in_the_order_of_their_folded_forms(left in "[aAbBéÉ]{0,4}", right in "[aAbBéÉ]{0,4}") {
            let long_way = (fold(&left), &left).cmp(&(fold(&right), &right));
            prop_assert_eq!(compare_texts(&left, &right), long_way);
        }
    }
}
