//! The part of a filter that the service takes, as OData.

use super::{Condition, Operator, Value};
use crate::{
    instant::format_instant,
    reports::{Column, Kind, ReportDefinition},
};

/// Graph does not take a condition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// The report has no such column.
    #[error("column {column}")]
    Column {
        /// The name.
        column: String,
    },
    /// Not with this operator.
    #[error("operator {operator:?} {column}")]
    Operator {
        /// Column id.
        column: String,
        /// The operator.
        operator: Operator,
    },
    /// Not with a value of this kind.
    #[error("value {column}")]
    Value {
        /// Column id.
        column: String,
    },
}

/// One condition as an OData term.
///
/// # Errors
/// When the column's definition does not allow the operator, or the value does not fit the column.
pub fn odata(report: &ReportDefinition, condition: &Condition) -> Result<String, NotTaken> {
    let Condition { column: id, operator, value } = condition;
    let column = report.column(id).ok_or_else(|| NotTaken::Column { column: id.clone() })?;
    let not_taken = || NotTaken::Operator { column: id.clone(), operator: *operator };
    if !column.odata.contains(operator) {
        return Err(not_taken());
    }
    let literal = literal(column, value).ok_or_else(|| NotTaken::Value { column: id.clone() })?;
    let term = match column.odata_any {
        Some(any) => comparison(any.operand, *operator, &literal)
            .map(|comparison| format!("{}/any(t: {comparison})", any.collection)),
        None => comparison(&id.replace("[]", ""), *operator, &literal),
    };
    term.ok_or_else(not_taken)
}

/// `None` for an operator that Graph takes nowhere in these reports.
fn comparison(operand: &str, operator: Operator, literal: &str) -> Option<String> {
    let word = match operator {
        Operator::StartsWith => return Some(format!("startswith({operand},{literal})")),
        Operator::Contains => return Some(format!("contains({operand},{literal})")),
        Operator::Eq => "eq",
        Operator::Ne => "ne",
        Operator::Gt => "gt",
        Operator::Ge => "ge",
        Operator::Lt => "lt",
        Operator::Le => "le",
        Operator::EndsWith | Operator::Matches => return None,
    };
    Some(format!("{operand} {word} {literal}"))
}

fn literal(column: &Column, value: &Value) -> Option<String> {
    let text = match (value, column.kind) {
        (Value::Instant(instant), Kind::DateTime) => format_instant(*instant),
        (Value::Text(text), Kind::DateTime) => format_instant(crate::instant::parse_instant(text)?),
        (Value::Integer(number), _) => number.to_string(),
        (Value::Text(text), Kind::Integer) => text.trim().parse::<i64>().ok()?.to_string(),
        (Value::Flag(flag), Kind::Flag) => flag.to_string(),
        (Value::Text(text), Kind::Keyword | Kind::Outcome) => text.clone(),
        _ => return None,
    };
    if !column.is_odata_bare {
        return Some(format!("'{}'", text.replace('\'', "''")));
    }
    // Without quotes anything else could end the comparison and begin another.
    let is_safe = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.:".contains(&byte));
    (is_safe && !text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::reports;

    fn check(report: &str, column: &str, operator: Operator, value: Value, expected: Result<&str, &str>) {
        let report = reports::report(report).expect("the report is defined");
        let printed = odata(report, &Condition { column: column.to_owned(), operator, value });
        assert_eq!(
            printed.map_err(|error| error.to_string()).as_deref(),
            expected.map_err(str::to_owned).as_ref().map(|text| *text)
        );
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn conditions_that_graph_takes_are_printed() {
        check("signIns", "userId", Operator::Eq, text("d7cc"), Ok("userId eq 'd7cc'"));
        check("signIns", "status/errorCode", Operator::Eq, Value::Integer(50126), Ok("status/errorCode eq 50126"));
        check("signIns", "status/errorCode", Operator::Eq, text("50126"), Ok("status/errorCode eq 50126"));
        check(
            "signIns",
            "signInEventTypes[]",
            Operator::Ne,
            text("managedIdentity"),
            Ok("signInEventTypes/any(t: t ne 'managedIdentity')"),
        );
        check(
            "signIns",
            "createdDateTime",
            Operator::Ge,
            Value::Instant(0),
            Ok("createdDateTime ge 1970-01-01T00:00:00Z"),
        );
        check(
            "directoryAudits",
            "targetResources[]/id",
            Operator::Eq,
            text("g"),
            Ok("targetResources/any(t: t/id eq 'g')"),
        );
        check(
            "directoryAudits",
            "targetResources[]/displayName",
            Operator::StartsWith,
            text("O'Neil"),
            Ok("targetResources/any(t: startswith(t/displayName,'O''Neil'))"),
        );
        check(
            "provisioning",
            "targetSystem/displayName",
            Operator::Contains,
            text("Now"),
            Ok("contains(targetSystem/displayName,'Now')"),
        );
    }

    #[test]
    fn conditions_that_graph_does_not_take_are_refused() {
        check("signIns", "userId", Operator::Contains, text("d7"), Err("operator Contains userId"));
        check("signIns", "nothing", Operator::Eq, text(""), Err("column nothing"));
        check("signIns", "status/errorCode", Operator::Eq, text("0 or true"), Err("value status/errorCode"));
        check("signIns", "createdDateTime", Operator::Ge, text("yesterday"), Err("value createdDateTime"));
    }

    proptest! {
        /// Reads a quoted literal the way a service does, and finds the value again with nothing behind it.
        #[test]
        fn a_quoted_value_never_leaves_its_quotes(value in "\\PC{0,20}|['a ]{0,8}") {
            let report = reports::report("signIns").expect("the report is defined");
            let condition = Condition { column: "appDisplayName".to_owned(), operator: Operator::Eq, value: text(&value) };
            let printed = odata(report, &condition).expect("Graph takes this");
            let mut rest = printed.strip_prefix("appDisplayName eq '").expect("a quote opens the value").chars().peekable();
            let mut read = String::new();
            while let Some(char) = rest.next() {
                if char == '\'' && rest.next_if_eq(&'\'').is_none() {
                    break;
                }
                read.push(char);
            }
            prop_assert_eq!((read, rest.next()), (value, None));
        }
    }
}
