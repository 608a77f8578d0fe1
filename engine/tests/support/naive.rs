//! The same questions answered one record at a time, from the records as `serde_json` reads them.

use std::cmp::Ordering;

use engine::{
    filter::{Condition, Filter, Operator, Value, fold, parse_address},
    instant::{format_instant, parse_instant},
};
use serde_json::Value as Json;

/// What a record has in a column; null is not among it.
#[derive(Clone, Debug, PartialEq)]
pub enum Known {
    /// A number.
    Number(f64),
    /// True or false.
    Flag(bool),
    /// An instant.
    Time(i64),
    /// Text, also where something else is expected.
    Text(String),
}

impl Known {
    /// What the text operators see.
    pub fn text(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Time(time) => format_instant(*time),
            Self::Text(text) => text.clone(),
        }
    }
    /// The order of a column's values: text that stands among numbers comes after them.
    pub fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(left), Self::Number(right)) => {
                left.partial_cmp(right).expect("JSON has no number that is none")
            }
            (Self::Flag(left), Self::Flag(right)) => left.cmp(right),
            (Self::Time(left), Self::Time(right)) => left.cmp(right),
            (Self::Text(left), Self::Text(right)) => (fold(left), left).cmp(&(fold(right), right)),
            (Self::Text(_), _) => Ordering::Greater,
            (_, Self::Text(_)) => Ordering::Less,
            _ => panic!("a column has values of one kind: {self:?} and {other:?}"),
        }
    }
}

/// How a column reads what it finds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reading {
    /// As text.
    Text,
    /// As numbers, whole or not.
    Number,
    /// As true or false.
    Flag,
    /// As times.
    Time,
}

/// Columns of every kind, single and multi-valued.
pub const COLUMNS: &[(&str, Reading)] = &[
    ("id", Reading::Text),
    ("createdDateTime", Reading::Time),
    ("correlationId", Reading::Text),
    ("userPrincipalName", Reading::Text),
    ("ipAddress", Reading::Text),
    ("status/errorCode", Reading::Number),
    ("isInteractive", Reading::Flag),
    ("location/geoCoordinates/latitude", Reading::Number),
    ("riskEventTypes_v2[]", Reading::Text),
    ("appliedEventListeners[]/handlerResult/httpStatus", Reading::Number),
    ("authenticationDetails[]/authenticationStepDateTime", Reading::Time),
    ("authenticationDetails[]/succeeded", Reading::Flag),
];

/// What a record has in a column, in its order.
pub fn values(record: &Json, column: &str) -> Vec<Known> {
    let reading = COLUMNS.iter().find(|(id, _)| *id == column).expect("the tests ask for these columns").1;
    at_path(record, column).into_iter().filter(|value| !value.is_null()).map(|value| read(value, reading)).collect()
}

/// The different values among these.
pub fn different(values: Vec<Known>) -> Vec<Known> {
    let mut different: Vec<Known> = Vec::new();
    for value in values {
        if !different.contains(&value) {
            different.push(value);
        }
    }
    different
}

/// The time by which a record is ordered.
pub fn time(record: &Json) -> Option<i64> {
    values(record, "createdDateTime").into_iter().find_map(|value| match value {
        Known::Time(time) => Some(time),
        _ => None,
    })
}

fn at_path<'r>(record: &'r Json, path: &str) -> Vec<&'r Json> {
    path.split('/').fold(vec![record], |found, name| {
        let (name, is_list) = (name.trim_end_matches("[]"), name.ends_with("[]"));
        let found = found.into_iter().filter_map(|value| value.get(name));
        if is_list { found.filter_map(Json::as_array).flatten().collect() } else { found.collect() }
    })
}

fn read(value: &Json, reading: Reading) -> Known {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let known = match reading {
        Reading::Text => None,
        Reading::Number => text.parse().ok().map(Known::Number),
        Reading::Flag => text.parse().ok().map(Known::Flag),
        Reading::Time => parse_instant(&text).map(Known::Time),
    };
    known.unwrap_or(Known::Text(text))
}

/// Whether a record matches a filter.
pub fn is_match(record: &Json, filter: &Filter) -> bool {
    match filter {
        Filter::All => true,
        Filter::And(filters) => filters.iter().all(|filter| is_match(record, filter)),
        Filter::Or(filters) => filters.iter().any(|filter| is_match(record, filter)),
        Filter::Not(filter) => !is_match(record, filter),
        Filter::Exists(column) => !values(record, column).is_empty(),
        Filter::Is(condition) if condition.operator == Operator::Ne => {
            !is_match(record, &Filter::Is(Condition { operator: Operator::Eq, ..condition.clone() }))
        }
        Filter::Is(condition) => values(record, &condition.column).iter().any(|value| compares(value, condition)),
        Filter::Text(text) => {
            let has_it = |found: &str| fold(found).contains(&*fold(text));
            let known = COLUMNS.iter().flat_map(|(column, _)| values(record, column));
            // Nobody defined this one.
            let other = record.get("inventedLater").map(|value| format!("inventedLater: {value}"));
            text.is_empty()
                || known.into_iter().any(|value| has_it(&value.text()))
                || other.is_some_and(|other| has_it(&other))
        }
    }
}

fn compares(value: &Known, condition: &Condition) -> bool {
    let operand = condition.value.to_string();
    if condition.operator == Operator::Matches && !operand.contains('*') {
        let equality =
            Condition { column: condition.column.clone(), operator: Operator::Eq, value: Value::Text(operand) };
        return compares(value, &equality);
    }
    let (text, folded) = (fold(&value.text()).into_owned(), fold(&operand).into_owned());
    match condition.operator {
        Operator::StartsWith => return text.starts_with(&folded),
        Operator::EndsWith => return text.ends_with(&folded),
        Operator::Contains => return text.contains(&folded),
        Operator::Matches => return is_like(&folded, &text),
        _ => {}
    }
    if let Value::Network(network) = condition.value {
        return parse_address(&value.text()).is_some_and(|address| network.contains(address));
    }
    let typed = match (value, &condition.value) {
        (Known::Number(number), _) => operand.trim().parse().ok().and_then(|operand: f64| number.partial_cmp(&operand)),
        (Known::Flag(flag), _) => operand.trim().parse().ok().map(|operand| flag.cmp(&operand)),
        (Known::Time(time), Value::Integer(operand)) => Some(time.cmp(operand)),
        (Known::Time(time), _) => parse_instant(&operand).map(|operand| time.cmp(&operand)),
        (Known::Text(_), _) => None,
    };
    let ordering = typed.unwrap_or_else(|| text.cmp(&folded));
    match condition.operator {
        Operator::Eq => ordering.is_eq(),
        Operator::Gt => ordering.is_gt(),
        Operator::Ge => ordering.is_ge(),
        Operator::Lt => ordering.is_lt(),
        Operator::Le => ordering.is_le(),
        other => panic!("{other:?} was looked at above"),
    }
}

/// Whether a text is like a pattern, whose `*` stands for anything.
fn is_like(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((first, rest)) => text.strip_prefix(first).is_some_and(|text| {
            let mut ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.any(|at| is_like(rest, &text[at..]))
        }),
    }
}
