//! Time ranges and conditions as text, for routes and for fields in which a person writes.

use engine::{
    filter::{Condition, Operator, Value},
    instant::{format_instant, parse_instant},
    ports::Millis,
    protocol::TimeRange,
    reports::ReportDefinition,
};

/// Ranges offered by name, shortest first; `None` is everything the service has.
pub const PRESETS_HOURS: [Option<u32>; 5] = [Some(24), Some(72), Some(168), Some(720), None];
/// What a tenant's report is asked for at first. A week answers most questions and stays within a few minutes.
pub const USUAL_HOURS: u32 = 168;
/// Longest relative range that a route may ask for: ten years.
const HOURS_MAX: u32 = 87_600;

/// The range of a preset.
pub fn preset(hours: Option<u32>) -> TimeRange {
    hours.map_or(TimeRange::Everything, TimeRange::LastHours)
}

/// A range in a route: `24h`, `7d`, `all`, or two instants with `..` between them, either of which may be left out.
pub fn range_to_text(range: TimeRange) -> String {
    match range {
        TimeRange::Everything => "all".to_owned(),
        TimeRange::LastHours(hours) if hours > 24 && hours.is_multiple_of(24) => format!("{}d", hours / 24),
        TimeRange::LastHours(hours) => format!("{hours}h"),
        TimeRange::Between { from, to } => {
            format!(
                "{}..{}",
                from.map(instant_to_text).unwrap_or_default(),
                to.map(instant_to_text).unwrap_or_default()
            )
        }
    }
}

/// Reads what [`range_to_text`] writes.
pub fn range_from_text(text: &str) -> Option<TimeRange> {
    if text == "all" {
        return Some(TimeRange::Everything);
    }
    if let Some((from, to)) = text.split_once("..") {
        let end = |text: &str| if text.is_empty() { Some(None) } else { instant_from_text(text).map(Some) };
        return between(end(from)?, end(to)?);
    }
    let hours = match text.strip_suffix('d') {
        Some(days) => days.parse::<u32>().ok()?.checked_mul(24)?,
        None => text.strip_suffix('h')?.parse().ok()?,
    };
    (1..=HOURS_MAX).contains(&hours).then_some(TimeRange::LastHours(hours))
}

/// A range between instants; `None` when it would hold nothing or says nothing.
pub fn between(from: Option<Millis>, to: Option<Millis>) -> Option<TimeRange> {
    match (from, to) {
        (None, None) => None,
        (Some(from), Some(to)) if from >= to => None,
        _ => Some(TimeRange::Between { from, to }),
    }
}

/// An instant in ISO 8601, UTC; to the second where that says it all.
pub fn instant_to_text(instant: Millis) -> String {
    format_instant(instant)
}

/// Reads an instant in ISO 8601 with its offset.
pub fn instant_from_text(text: &str) -> Option<Millis> {
    parse_instant(text)
}

/// A condition in a route: column, operator, value; text in single quotes, doubled inside.
pub fn condition_to_text(condition: &Condition) -> String {
    let value = match &condition.value {
        Value::Text(_) | Value::Network(_) => format!("'{}'", condition.value.to_string().replace('\'', "''")),
        Value::Integer(_) | Value::Number(_) | Value::Flag(_) | Value::Instant(_) => condition.value.to_string(),
    };
    format!("{} {} {value}", condition.column, operator_name(condition.operator))
}

/// Reads what [`condition_to_text`] writes, if the report has the column and Graph takes the operator for it.
pub fn condition_from_text(report: &ReportDefinition, text: &str) -> Option<Condition> {
    let mut parts = text.splitn(3, ' ');
    let (column, name, value) = (parts.next()?, parts.next()?, parts.next()?);
    let column = report.column(column)?;
    let operator = OPERATORS.iter().find(|(_, known)| *known == name)?.0;
    if !column.odata.contains(&operator) {
        return None;
    }
    let value = if let Some(quoted) = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        Value::Text(quoted.replace("''", "'"))
    } else if let Ok(flag) = value.parse::<bool>() {
        Value::Flag(flag)
    } else if let Ok(number) = value.parse::<i64>() {
        Value::Integer(number)
    } else {
        Value::Instant(instant_from_text(value)?)
    };
    Some(Condition { column: column.id.to_owned(), operator, value })
}

const OPERATORS: [(Operator, &str); 10] = [
    (Operator::Eq, "eq"),
    (Operator::Ne, "ne"),
    (Operator::StartsWith, "startswith"),
    (Operator::EndsWith, "endswith"),
    (Operator::Contains, "contains"),
    (Operator::Matches, "matches"),
    (Operator::Gt, "gt"),
    (Operator::Ge, "ge"),
    (Operator::Lt, "lt"),
    (Operator::Le, "le"),
];

/// The operator's name in routes, and the end of its key in the catalogue.
pub fn operator_name(operator: Operator) -> &'static str {
    OPERATORS.iter().find(|(known, _)| *known == operator).map_or("eq", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_written_as_people_say_them() {
        let cases = [
            ("all", TimeRange::Everything),
            ("24h", TimeRange::LastHours(24)),
            ("7d", TimeRange::LastHours(168)),
            ("36h", TimeRange::LastHours(36)),
            (
                "2026-11-01T00:00:00Z..2026-11-08T12:30:00Z",
                TimeRange::Between { from: Some(1_793_491_200_000), to: Some(1_794_141_000_000) },
            ),
            ("2026-11-01T00:00:00Z..", TimeRange::Between { from: Some(1_793_491_200_000), to: None }),
        ];
        for (text, range) in cases {
            assert_eq!(range_from_text(text), Some(range), "{text}");
            assert_eq!(range_to_text(range), text);
        }
    }

    #[test]
    fn ranges_that_hold_nothing_are_refused() {
        for text in ["", "0h", "-3d", "7w", "..", "99999999d", "2026-11-08T00:00:00Z..2026-11-01T00:00:00Z"] {
            assert_eq!(range_from_text(text), None, "{text}");
        }
    }
}
