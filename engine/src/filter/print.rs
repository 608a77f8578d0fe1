//! Writes a filter as the text that [`super::parse`] reads as the same filter.

use super::{Condition, Filter, Operator, Pattern, Value, normal, parse, pattern::Part, times};
use crate::reports::{Column, Kind, ReportDefinition};

/// The filter's canonical text: columns by their full ids, joined by AND, OR and NOT; blank for every row.
pub fn print(report: &ReportDefinition, filter: &Filter) -> String {
    match normal(report, filter) {
        Filter::All => String::new(),
        filter => whole(report, &filter),
    }
}

fn whole(report: &ReportDefinition, filter: &Filter) -> String {
    match filter {
        Filter::All => "*".to_owned(),
        Filter::And(parts) => joined(report, parts, " AND "),
        Filter::Or(parts) => list(report, parts).unwrap_or_else(|| joined(report, parts, " OR ")),
        Filter::Not(inner) => format!("NOT {}", part(report, inner)),
        Filter::Is(condition) => format!("{}{}", condition.column, comparison(report, condition, true)),
        Filter::Exists(column) => format!("{column}:*"),
        Filter::Text(text) => literal(text, is_free_word),
    }
}

fn joined(report: &ReportDefinition, parts: &[Filter], joint: &str) -> String {
    let parts: Vec<String> = parts.iter().map(|filter| part(report, filter)).collect();
    parts.join(joint)
}

/// In parentheses where it would not hold together without.
fn part(report: &ReportDefinition, filter: &Filter) -> String {
    let text = whole(report, filter);
    let is_loose = match filter {
        Filter::And(_) => true,
        Filter::Or(parts) => list(report, parts).is_none(),
        _ => false,
    };
    if is_loose { format!("({text})") } else { text }
}

/// `field=(a OR b)` where all parts compare one column in one way.
fn list(report: &ReportDefinition, parts: &[Filter]) -> Option<String> {
    let mut found: Option<(&str, char)> = None;
    let mut values = Vec::new();
    for part in parts {
        let Filter::Is(condition) = part else { return None };
        // Of the others `>` would be read in front of each value, and `!=` in front of the whole.
        if !matches!(condition.operator, Operator::Eq) && !condition.operator.is_textual() {
            return None;
        }
        let text = comparison(report, condition, false);
        let sign = text.chars().next()?;
        if *found.get_or_insert((condition.column.as_str(), sign)) != (condition.column.as_str(), sign) {
            return None;
        }
        values.push(text[1..].to_owned());
    }
    let (column, sign) = found?;
    Some(format!("{column}{sign}({})", values.join(" OR ")))
}

/// Operator and value. Directly behind its operator a value may begin with a minus; in a list that would be a NOT.
fn comparison(report: &ReportDefinition, condition: &Condition, is_behind_sign: bool) -> String {
    let Some(column) = report.column(&condition.column) else {
        return format!("={}", quoted(&condition.value.to_string()));
    };
    let text = condition.value.to_string();
    let sign = match condition.operator {
        Operator::Eq => "=",
        Operator::Ne => "!=",
        Operator::Gt => ">",
        Operator::Ge => ">=",
        Operator::Lt => "<",
        Operator::Le => "<=",
        Operator::Contains if parse::contains(column, &text) => return format!(":{}", literal(&text, is_bare)),
        Operator::Contains => return format!(":*{}*", literal(&text, is_bare)),
        Operator::StartsWith => return format!(":{}*", literal(&text, is_bare)),
        Operator::EndsWith => return format!(":*{}", literal(&text, is_bare)),
        Operator::Matches => return format!(":{}", pattern(&text)),
    };
    let value = match &condition.value {
        Value::Instant(instant) => times::exact(*instant, matches!(condition.operator, Operator::Ge | Operator::Lt)),
        Value::Text(text) if is_typed(column) => quoted(text),
        Value::Integer(_) | Value::Number(_) if !is_behind_sign && text.starts_with('-') => quoted(&text),
        Value::Integer(_) | Value::Number(_) => text,
        _ => literal(&text, is_bare),
    };
    format!("{sign}{value}")
}

fn pattern(text: &str) -> String {
    let parts = Pattern::new(text).parts();
    parts
        .iter()
        .map(|part| match part {
            Part::Text(text) => literal(text, is_bare),
            Part::Wildcard(char) => char.to_string(),
        })
        .collect()
}

/// Only text in quotes is compared as text there.
fn is_typed(column: &Column) -> bool {
    matches!(column.kind, Kind::DateTime | Kind::Integer | Kind::Number | Kind::Flag)
}

fn literal(text: &str, is_plain: fn(&str) -> bool) -> String {
    if is_plain(text) { text.to_owned() } else { quoted(text) }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Plain enough to stand behind an operator without quotes.
fn is_bare(text: &str) -> bool {
    text.starts_with(|char: char| char.is_alphanumeric() || "_/@.#".contains(char))
        && text.chars().all(|char| char.is_alphanumeric() || "_/@.#-+:,;&%$~'|".contains(char))
        && !parse::is_keyword(text)
}

/// Plain enough to stand without quotes and without a field: nothing in it can be taken for an operator.
fn is_free_word(text: &str) -> bool {
    is_bare(text) && !text.contains(':')
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;
    use crate::{
        filter::{Local, Network, parse::parse},
        reports,
    };

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            "\\PC{0,6}|[ab*?\\\\\"() =:<>!\n-]{0,8}".prop_map(Value::Text),
            select(&["and", "OR", "203.0.113.7", "203.0.113.9/24", "2001:db8::/32", "50126", "-5.50", "now-24h", "true"][..])
                .prop_map(|text| Value::Text(text.to_owned())),
            select(&["2026-11-24", "2026-11-24 10:30", "2026-11-24T10:30:00.5Z", "today", "1e400", "NaN", ""][..])
                .prop_map(|text| Value::Text(text.to_owned())),
            any::<i64>().prop_map(Value::Integer),
            (-1_000_i64..1_000).prop_map(Value::Integer),
            any::<f64>().prop_map(Value::Number),
            any::<bool>().prop_map(Value::Flag),
            (-62_000_000_000_000_i64..253_000_000_000_000).prop_map(Value::Instant),
            any::<(u32, u8)>().prop_map(|(bits, prefix)| {
                Value::Network(Network::new(std::net::Ipv4Addr::from_bits(bits).into(), prefix % 33).expect("a network"))
            }),
        ]
    }

    fn filter() -> impl Strategy<Value = (usize, Filter)> {
        (0..reports::ALL.len()).prop_flat_map(|at| {
            let report = reports::ALL[at];
            let column = || select(report.columns).prop_map(|column| column.id.to_owned());
            let leaf = prop_oneof![
                8 => (column(), select(Operator::ALL), value())
                    .prop_map(|(column, operator, value)| Filter::Is(Condition { column, operator, value })),
                1 => column().prop_map(Filter::Exists),
                1 => "\\PC{0,6}|[ab*?\\\\\"() =:-]{0,6}|and".prop_map(Filter::Text),
                1 => Just(Filter::All),
            ];
            let tree = leaf.prop_recursive(4, 24, 4, |inner| {
                prop_oneof![
                    proptest::collection::vec(inner.clone(), 0..4).prop_map(Filter::And),
                    proptest::collection::vec(inner.clone(), 0..4).prop_map(Filter::Or),
                    inner.prop_map(|filter| Filter::Not(Box::new(filter))),
                ]
            });
            (Just(at), tree)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn what_is_printed_is_read_as_the_same_filter((at, filter) in filter()) {
            let report = reports::ALL[at];
            let text = print(report, &filter);
            let local = Local { now: 0, zone: &[(0, 7_200)] };
            let read = parse(report, &text, local);
            let expected = normal(report, &filter);
            prop_assert!(read.as_ref() == Ok(&expected), "{text} is read as {read:?} and not as {expected:?}");
            prop_assert!(normal(report, &expected) == expected, "{text}");
            prop_assert_eq!(print(report, &expected), text);
        }

        #[test]
        fn any_text_is_read_or_refused_at_a_place_in_it(
            text in "[ab:=<>!()*?\"\\\\ -]{0,20}|((id|errorCode|ipAddress|createdDateTime|outcome|and|or|not|now-1h|[:=<>!()*?\" -]|5|a/b|é){1,2}){0,12}",
        ) {
            let report = reports::report("signIns").expect("the report is defined");
            match parse(report, &text, Local::default()) {
                Ok(filter) => {
                    let printed = print(report, &filter);
                    prop_assert!(parse(report, &printed, Local::default()) == Ok(filter), "{printed}");
                }
                Err(error) => prop_assert!(text.get(error.at.clone()).is_some(), "{error:?} of {text}"),
            }
        }
    }

    #[test]
    fn what_every_single_column_is_asked_is_read_again() {
        for report in reports::ALL {
            for column in report.columns {
                for operator in Operator::ALL {
                    for text in ["a", "", "-1", "true", "2026-11-24T00:00:00Z", "x y*"] {
                        let condition = Condition {
                            column: column.id.to_owned(),
                            operator: *operator,
                            value: Value::Text(text.to_owned()),
                        };
                        let filter = normal(report, &Filter::Is(condition));
                        let text = print(report, &filter);
                        assert_eq!(parse(report, &text, Local::default()).as_ref(), Ok(&filter), "{text}");
                    }
                }
            }
        }
    }
}
