//! One tree for all that mean the same in the same words: what the text form reads and writes.

use super::{Condition, Filter, Operator, Pattern, Value, fit};
use crate::reports::{Column, ReportDefinition};

/// The same filter in its shortest form: no AND within AND, no OR within OR, none of a single part, no double NOT, NOT of an
/// equality as `Ne`, values fitted to their columns, wildcard patterns as plain operators where one says the same.
pub fn normal(report: &ReportDefinition, filter: &Filter) -> Filter {
    match filter {
        Filter::All => Filter::All,
        Filter::Text(text) if text.is_empty() => Filter::All,
        Filter::Text(_) | Filter::Exists(_) => filter.clone(),
        Filter::And(filters) => {
            let mut parts = Vec::new();
            for filter in filters {
                match normal(report, filter) {
                    Filter::All => {}
                    Filter::And(inner) => parts.extend(inner),
                    nothing if is_nothing(&nothing) => return nothing,
                    part => parts.push(part),
                }
            }
            one_or(parts, Filter::All, Filter::And)
        }
        Filter::Or(filters) => {
            let mut parts = Vec::new();
            for filter in filters {
                match normal(report, filter) {
                    Filter::All => return Filter::All,
                    Filter::Or(inner) => parts.extend(inner),
                    nothing if is_nothing(&nothing) => {}
                    part => parts.push(part),
                }
            }
            one_or(parts, Filter::Not(Box::new(Filter::All)), Filter::Or)
        }
        Filter::Not(filter) => match normal(report, filter) {
            Filter::Not(inner) => *inner,
            Filter::Is(Condition { column, operator: Operator::Eq, value }) => {
                Filter::Is(Condition { column, operator: Operator::Ne, value })
            }
            Filter::Is(Condition { column, operator: Operator::Ne, value }) => {
                Filter::Is(Condition { column, operator: Operator::Eq, value })
            }
            part => Filter::Not(Box::new(part)),
        },
        Filter::Is(condition) => {
            let Some(column) = report.column(&condition.column) else { return filter.clone() };
            let (operator, value) = settle(column, condition.operator, &condition.value);
            // Every text begins with nothing.
            if operator.is_textual() && value == Value::Text(String::new()) {
                return Filter::Exists(condition.column.clone());
            }
            Filter::Is(Condition { column: condition.column.clone(), operator, value })
        }
    }
}

/// The comparison with its value fitted to the column, and a wildcard pattern as a plain operator where one says the same.
pub fn settle(column: &Column, operator: Operator, value: &Value) -> (Operator, Value) {
    let value = fit(column, operator, value);
    match (operator, value) {
        (Operator::Matches, Value::Text(text)) => {
            let pattern = Pattern::new(&text);
            let (operator, text) = pattern.plain().unwrap_or_else(|| (Operator::Matches, pattern.to_string()));
            (operator, fit(column, operator, &Value::Text(text)))
        }
        (operator, value) => (operator, value),
    }
}

fn is_nothing(filter: &Filter) -> bool {
    matches!(filter, Filter::Not(inner) if **inner == Filter::All)
}

fn one_or(mut parts: Vec<Filter>, none: Filter, several: fn(Vec<Filter>) -> Filter) -> Filter {
    match parts.len() {
        0 => none,
        1 => parts.remove(0),
        _ => several(parts),
    }
}
