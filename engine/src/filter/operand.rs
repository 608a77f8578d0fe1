//! A condition's value, made to fit its column, so that every target reads the same condition in the same way.

use super::{Network, Operator, Value};
use crate::{
    instant::parse_instant,
    reports::{Column, Kind, Link},
};

/// The value as the column's kind has it.
///
/// Text operators compare text. A network is one only where an address column is asked for equality. Else text that reads
/// as the column's kind, and a number where the column counts milliseconds, is taken as that kind; for whole numbers a
/// decimal operand stays one unless it is whole. What does not fit becomes its text, as [`Value`] writes it.
pub fn fit(column: &Column, operator: Operator, value: &Value) -> Value {
    let text = || Value::Text(value.to_string());
    if operator.is_textual() {
        return text();
    }
    let fitted = match (column.kind, value) {
        (Kind::DateTime, Value::Instant(instant) | Value::Integer(instant)) => {
            INSTANTS.contains(instant).then_some(Value::Instant(*instant))
        }
        (Kind::DateTime, Value::Text(text)) => parse_instant(text).map(Value::Instant),
        (Kind::Integer, Value::Integer(number)) => Some(Value::Integer(*number)),
        (Kind::Integer, Value::Number(number)) => number_of(*number).map(whole),
        (Kind::Integer, Value::Text(text)) => match text.trim().parse() {
            Ok(number) => Some(Value::Integer(number)),
            Err(_) => parse_number(text).map(whole),
        },
        (Kind::Number, Value::Integer(number)) => Some(Value::Number(*number as f64)),
        (Kind::Number, Value::Number(number)) => number_of(*number).map(Value::Number),
        (Kind::Number, Value::Text(text)) => parse_number(text).map(Value::Number),
        (Kind::Flag, Value::Flag(flag)) => Some(Value::Flag(*flag)),
        (Kind::Flag, Value::Text(text)) => text.trim().to_ascii_lowercase().parse().ok().map(Value::Flag),
        (Kind::Keyword, value) if column.link == Some(Link::Address) => match (operator, value) {
            (Operator::Eq | Operator::Ne, Value::Network(network)) => Some(Value::Network(*network)),
            (Operator::Eq | Operator::Ne, Value::Text(text)) => Network::parse(text).map(Value::Network),
            _ => None,
        },
        _ => None,
    };
    fitted.unwrap_or_else(text)
}

/// The years 0 to 9999, which have a spelling.
const INSTANTS: std::ops::Range<i64> = -62_167_219_200_000..253_402_300_800_000;

/// Reads a decimal number; unlike Rust's own parser, nothing that is not a number and nothing without end.
pub(super) fn parse_number(text: &str) -> Option<f64> {
    text.trim().parse().ok().and_then(number_of)
}

/// Zero has one sign only, so that what is equal is written in one way.
fn number_of(number: f64) -> Option<f64> {
    number.is_finite().then_some(if number == 0.0 { 0.0 } else { number })
}

fn whole(number: f64) -> Value {
    let is_whole = number.fract() == 0.0 && number >= i64::MIN as f64 && number < i64::MAX as f64;
    if is_whole { Value::Integer(number as i64) } else { Value::Number(number) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports;

    #[test]
    fn a_value_becomes_what_its_column_holds() {
        let check = |column: &str, operator, value: Value, expected: Value| {
            let report = reports::report("signIns").expect("the report is defined");
            let column = report.column(column).expect("the test names real columns");
            let fitted = fit(column, operator, &value);
            assert!(fitted == expected, "{} {operator:?} {value} is {fitted}", column.id);
            assert!(fit(column, operator, &fitted) == fitted, "a fitted value fits");
        };
        let text = |text: &str| Value::Text(text.to_owned());
        let network = |text| Value::Network(Network::parse(text).expect("a network"));
        check("status/errorCode", Operator::Eq, text(" 50126 "), Value::Integer(50_126));
        check("status/errorCode", Operator::Gt, text("5e3"), Value::Integer(5_000));
        check("status/errorCode", Operator::Gt, Value::Number(0.5), Value::Number(0.5));
        check("status/errorCode", Operator::Eq, text("none"), text("none"));
        check("status/errorCode", Operator::Eq, text("inf"), text("inf"));
        check("status/errorCode", Operator::Contains, Value::Integer(50), text("50"));
        check("location/geoCoordinates/latitude", Operator::Lt, text("-33.25"), Value::Number(-33.25));
        check("location/geoCoordinates/latitude", Operator::Lt, Value::Integer(5), Value::Number(5.0));
        check("isInteractive", Operator::Eq, text("True"), Value::Flag(true));
        check("isInteractive", Operator::Eq, Value::Integer(1), text("1"));
        check("createdDateTime", Operator::Ge, text("1970-01-01 00:00:01"), Value::Instant(1_000));
        check("createdDateTime", Operator::Ge, Value::Integer(7), Value::Instant(7));
        check("createdDateTime", Operator::StartsWith, Value::Instant(0), text("1970-01-01T00:00:00Z"));
        check("userId", Operator::Eq, Value::Flag(true), text("true"));
        check("userId", Operator::Eq, network("203.0.113.0/24"), text("203.0.113.0/24"));
        check("ipAddress", Operator::Ne, text("203.0.113.9/24"), network("203.0.113.0/24"));
        check("ipAddress", Operator::Eq, text("203.0.113.9"), text("203.0.113.9"));
        check("ipAddress", Operator::Gt, network("203.0.113.0/24"), text("203.0.113.0/24"));
    }
}
