//! A filter as a predicate over columns: the whole tree, whatever the service takes of it.

use std::{borrow::Cow, cmp::Ordering};

use super::{Condition, Filter, Network, Operator, Pattern, Value, fit, parse_address};
use crate::{
    instant::format_instant,
    reports::{self, Kind},
    store::{Column, Table, Value as Cell},
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
        Filter::Is(condition) if condition.operator == Operator::Ne => {
            let equal = Condition { operator: Operator::Eq, ..condition.clone() };
            condition_matches(table, &equal, rows)?.into_iter().map(|is_equal| !is_equal).collect()
        }
        Filter::Is(condition) => condition_matches(table, condition, rows)?,
        Filter::Exists(id) => {
            let column = table.column(id).ok_or_else(|| UnknownColumn(id.clone()))?;
            rows.iter().map(|row| column.row_values(*row).any(|value| is_there(&value))).collect()
        }
        Filter::Text(text) if text.is_empty() => vec![true; rows.len()],
        Filter::Text(text) => {
            let mut any = vec![false; rows.len()];
            for (definition, column) in table.definition().columns.iter().zip(table.columns()) {
                let test = Test::new(definition, Operator::Contains, &Value::Text(text.clone()));
                combine(&mut any, &column_matches(column, &test, rows), |left, right| left || right);
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

fn condition_matches(table: &Table, condition: &Condition, rows: &[u32]) -> Result<Vec<bool>, UnknownColumn> {
    let unknown = || UnknownColumn(condition.column.clone());
    let definition = table.definition().column(&condition.column).ok_or_else(unknown)?;
    let column = table.column(&condition.column).ok_or_else(unknown)?;
    Ok(column_matches(column, &Test::new(definition, condition.operator, &condition.value), rows))
}

fn column_matches(column: &Column, test: &Test, rows: &[u32]) -> Vec<bool> {
    rows.iter().map(|row| column.row_values(*row).any(|value| test.value(&value))).collect()
}

fn is_there(value: &Cell<'_>) -> bool {
    !matches!(value, Cell::Absent | Cell::Null)
}

/// A comparison with its operand read for the column's kind. `Ne` is the opposite of `Eq` and never comes here.
struct Test {
    operator: Operator,
    operand: Operand,
    /// The operand as folded text.
    folded: String,
    is_instant: bool,
}

enum Operand {
    Integer(i64),
    Number(f64),
    Flag(bool),
    Network(Network),
    Pattern(Pattern),
    Text,
}

impl Test {
    fn new(column: &reports::Column, operator: Operator, value: &Value) -> Self {
        let value = fit(column, operator, value);
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
    fn value(&self, value: &Cell<'_>) -> bool {
        match (value, &self.operand) {
            (Cell::Absent | Cell::Null, _) => false,
            (Cell::Text(text) | Cell::Odd(text), _) => self.text(text),
            (Cell::Integer(number), Operand::Integer(operand)) => self.ordering(number.cmp(operand)),
            (Cell::Integer(number), Operand::Number(operand)) => self.numbers(*number as f64, *operand),
            (Cell::Number(number), Operand::Number(operand)) => self.numbers(*number, *operand),
            (Cell::Flag(flag), Operand::Flag(operand)) => self.ordering(flag.cmp(operand)),
            (Cell::Integer(instant), _) if self.is_instant => self.text(&format_instant(*instant)),
            (Cell::Integer(number), _) => self.text(&number.to_string()),
            (Cell::Number(number), _) => self.text(&number.to_string()),
            (Cell::Flag(flag), _) => self.text(&flag.to_string()),
        }
    }
    fn numbers(&self, number: f64, operand: f64) -> bool {
        number.partial_cmp(&operand).is_some_and(|ordering| self.ordering(ordering))
    }
    fn text(&self, text: &str) -> bool {
        if let Operand::Network(network) = self.operand {
            return parse_address(text).is_some_and(|address| network.contains(address));
        }
        let text = fold(text);
        match (self.operator, &self.operand) {
            (Operator::StartsWith, _) => text.starts_with(&self.folded),
            (Operator::EndsWith, _) => text.ends_with(&self.folded),
            (Operator::Contains, _) => text.contains(&self.folded),
            (Operator::Matches, Operand::Pattern(pattern)) => pattern.is_match(&text),
            _ => self.ordering((*text).cmp(&self.folded)),
        }
    }
    fn ordering(&self, ordering: Ordering) -> bool {
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
