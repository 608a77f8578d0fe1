//! A filter as a predicate over columns: the whole tree, whatever the service takes of it.

use std::{borrow::Cow, cmp::Ordering};

use super::{Condition, Filter, Operator, Value};
use crate::{
    instant::{format_instant, parse_instant},
    reports::Kind,
    store::{Table, Value as Cell},
};

/// A filter names a column that the report does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown column {0}")]
pub struct UnknownColumn(pub String);

/// For each of these rows, whether it matches.
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
        Filter::Is(condition) => condition_matches(table, condition, rows)?,
    })
}

fn combine(left: &mut [bool], right: &[bool], how: impl Fn(bool, bool) -> bool) {
    for (left, right) in left.iter_mut().zip(right) {
        *left = how(*left, *right);
    }
}

fn condition_matches(table: &Table, condition: &Condition, rows: &[u32]) -> Result<Vec<bool>, UnknownColumn> {
    let unknown = || UnknownColumn(condition.column.clone());
    let definition = table.definition().column(&condition.column).ok_or_else(unknown)?;
    let column = table.column(&condition.column).ok_or_else(unknown)?;
    let test = Test::new(definition.kind, condition);
    let is_negative = condition.operator == Operator::Ne;
    Ok(rows
        .iter()
        .map(|row| {
            let mut values = column.row_values(*row).peekable();
            // What is not there differs from everything.
            if values.peek().is_none() { is_negative } else { values.any(|value| test.value(&value)) }
        })
        .collect())
}

/// A condition with its operand read for the column's kind.
struct Test {
    operator: Operator,
    /// The operand as folded text.
    folded: String,
    typed: Typed,
    is_instant: bool,
}

enum Typed {
    Integer(i64),
    Number(f64),
    Flag(bool),
    None,
}

impl Test {
    fn new(kind: Kind, condition: &Condition) -> Self {
        let text = match &condition.value {
            Value::Text(text) => text.clone(),
            Value::Integer(number) => number.to_string(),
            Value::Flag(flag) => flag.to_string(),
            Value::Instant(instant) => format_instant(*instant),
        };
        let is_textual = matches!(condition.operator, Operator::StartsWith | Operator::Contains);
        let typed = match (kind, &condition.value) {
            _ if is_textual => Typed::None,
            (Kind::DateTime, Value::Instant(instant) | Value::Integer(instant)) => Typed::Integer(*instant),
            (Kind::DateTime, _) => parse_instant(&text).map_or(Typed::None, Typed::Integer),
            (Kind::Integer, _) => text.trim().parse().map_or(Typed::None, Typed::Integer),
            (Kind::Number, _) => text.trim().parse().map_or(Typed::None, Typed::Number),
            (Kind::Flag, _) => text.trim().to_ascii_lowercase().parse().map_or(Typed::None, Typed::Flag),
            (Kind::Keyword | Kind::Outcome | Kind::Bag, _) => Typed::None,
        };
        Self {
            operator: condition.operator,
            folded: fold(&text).into_owned(),
            typed,
            is_instant: kind == Kind::DateTime,
        }
    }
    fn value(&self, value: &Cell<'_>) -> bool {
        match (value, &self.typed) {
            (Cell::Absent, _) => false,
            (Cell::Null, _) => self.operator == Operator::Ne,
            (Cell::Text(text) | Cell::Odd(text), _) => self.text(text),
            (Cell::Integer(number), Typed::Integer(operand)) => self.ordering(number.cmp(operand)),
            (Cell::Number(number), Typed::Number(operand)) => {
                number.partial_cmp(operand).is_some_and(|ordering| self.ordering(ordering))
            }
            (Cell::Flag(flag), Typed::Flag(operand)) => self.ordering(flag.cmp(operand)),
            (Cell::Integer(instant), _) if self.is_instant => self.text(&format_instant(*instant)),
            (Cell::Integer(number), _) => self.text(&number.to_string()),
            (Cell::Number(number), _) => self.text(&number.to_string()),
            (Cell::Flag(flag), _) => self.text(&flag.to_string()),
        }
    }
    fn text(&self, text: &str) -> bool {
        let text = fold(text);
        match self.operator {
            Operator::StartsWith => text.starts_with(&self.folded),
            Operator::Contains => text.contains(&self.folded),
            _ => self.ordering((*text).cmp(&self.folded)),
        }
    }
    fn ordering(&self, ordering: Ordering) -> bool {
        match self.operator {
            Operator::Eq => ordering.is_eq(),
            Operator::Ne => ordering.is_ne(),
            Operator::Gt => ordering.is_gt(),
            Operator::Ge => ordering.is_ge(),
            Operator::Lt => ordering.is_lt(),
            Operator::Le => ordering.is_le(),
            Operator::StartsWith | Operator::Contains => false,
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_text_folds_as_it_does_in_the_whole() {
        for (whole, part) in [("ΟΔΥΣΣΕΑΣ Α.", "οδυσσεας"), ("Οδυσσέας", "σέας"), ("ŁUKASZ", "Łuk"), ("Ada", "DA")]
        {
            assert!(fold(whole).contains(&*fold(part)), "{part} in {whole}");
        }
    }
}
