//! What may be meant by what somebody is writing in a filter: a field, or a value of the field before it.

use std::ops::Range;

use engine::{
    filter::{Condition, Filter, Operator, Value, print, resolve},
    protocol::Cell,
    reports::{Column, Kind, ReportDefinition},
};

/// Fields offered at once.
pub const FIELDS_MAX: usize = 12;

/// What is being written, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    /// The bytes of the text that a choice takes the place of.
    pub at: Range<usize>,
    /// What is wanted.
    pub wish: Wish,
}

/// What may be offered.
#[derive(Clone, Debug)]
pub enum Wish {
    /// Fields whose names have this in them.
    Field(String),
    /// Values of a field.
    Value {
        /// The field.
        column: &'static Column,
        /// True when the others are meant.
        is_not: bool,
        /// What a value has in it.
        search: String,
    },
}

impl PartialEq for Wish {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Field(name), Self::Field(other)) => name == other,
            (Self::Value { column, is_not, search }, Self::Value { column: other, is_not: not, search: text }) => {
                (column.id, is_not, search) == (other.id, not, text)
            }
            _ => false,
        }
    }
}

/// What is being written in front of the caret; `None` where nothing can be offered.
pub fn completion(report: &ReportDefinition, text: &str, caret: usize) -> Option<Completion> {
    let text = text.get(..caret)?;
    let start = begin(text)?;
    let word = &text[start..];
    let is_negated = word.starts_with(['-', '!']) && word.len() > 1;
    let start = start + usize::from(is_negated);
    let word = &text[start..];
    let Some((name, sign, value)) = divided(word) else {
        let is_keyword = ["and", "or", "not"].iter().any(|keyword| word.eq_ignore_ascii_case(keyword));
        let is_name = word.chars().all(|char| char.is_alphanumeric() || "/[]@._".contains(char));
        return (is_name && !is_keyword).then(|| Completion { at: start..caret, wish: Wish::Field(word.to_owned()) });
    };
    let column = resolve(report, name).ok()?;
    let search = value.trim_matches(['"', '*']).replace("\\\"", "\"").replace("\\\\", "\\");
    Some(Completion { at: start..caret, wish: Wish::Value { column, is_not: sign == "!=", search } })
}

/// Where the word in front of the end begins; `None` within a list of values.
fn begin(text: &str) -> Option<usize> {
    let (mut start, mut lists, mut is_quoted, mut is_escaped) = (0, Vec::new(), false, false);
    for (at, char) in text.char_indices() {
        if is_quoted {
            is_quoted = is_escaped || char != '"';
            is_escaped = !is_escaped && char == '\\';
            continue;
        }
        match char {
            '"' => is_quoted = true,
            '(' => {
                lists.push(text[..at].ends_with([':', '=', '<', '>']));
                start = at + 1;
            }
            ')' => {
                lists.pop();
                start = at + 1;
            }
            _ if char.is_whitespace() => start = at + char.len_utf8(),
            _ => {}
        }
    }
    (!lists.contains(&true)).then_some(start)
}

/// Name, operator and value of a word, if it has an operator that is about equality.
fn divided(word: &str) -> Option<(&str, &str, &str)> {
    let at = word.find([':', '=', '!', '<', '>'])?;
    let rest = &word[at..];
    let sign = ["!=", ":!=", "==", ":=", ":", "="].into_iter().find(|sign| rest.starts_with(sign))?;
    let value = &rest[sign.len()..];
    let sign = if sign.ends_with("!=") { "!=" } else { "=" };
    (!value.starts_with(['<', '>', '='])).then_some((&word[..at], sign, value))
}

/// Fields whose id or heading has `name` in it, those that people look at most before the others. `shown` are the ids of the
/// columns of the table.
pub fn fields(
    report: &'static ReportDefinition,
    shown: &[&str],
    name: &str,
    heading: impl Fn(&Column) -> String,
) -> Vec<&'static Column> {
    let name = name.to_lowercase().replace('.', "/");
    let mut found: Vec<_> = report
        .columns
        .iter()
        .filter_map(|column| {
            let likeness = likeness(&name, &[column.id.to_lowercase(), heading(column).to_lowercase()])?;
            let place = shown.iter().position(|id| *id == column.id).unwrap_or(usize::MAX);
            Some(((column.is_deprecated, likeness, place, !column.is_facet), column))
        })
        .collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, column)| column).take(FIELDS_MAX).collect()
}

/// 0 where the last of a name begins so, 1 where a word in it does, 2 where it stands anywhere.
fn likeness(name: &str, names: &[String]) -> Option<u8> {
    if names.iter().any(|own| own.rsplit('/').next().is_some_and(|last| last.starts_with(name))) {
        return Some(0);
    }
    if names.iter().any(|own| own.starts_with(name) || own.split(['/', ' ']).any(|word| word.starts_with(name))) {
        return Some(1);
    }
    names.iter().any(|own| own.contains(name)).then_some(2)
}

/// The text that asks for a value of a field; for a field without a value where there is none.
pub fn value_text(report: &ReportDefinition, column: &Column, is_not: bool, cell: &Cell) -> String {
    let value = match cell {
        Cell::Absent | Cell::Null | Cell::List(_) => None,
        Cell::Text(text) => Some(Value::Text(text.clone())),
        Cell::Integer(number) => Some(Value::Integer(*number)),
        Cell::Number(number) => Some(Value::Number(*number)),
        Cell::Flag(flag) => Some(Value::Flag(*flag)),
        Cell::Instant(instant) => Some(Value::Instant(*instant)),
    };
    let operator = if is_not { Operator::Ne } else { Operator::Eq };
    let filter = match value {
        Some(value) => Filter::Is(Condition { column: column.id.to_owned(), operator, value }),
        None if is_not => Filter::Exists(column.id.to_owned()),
        None => Filter::Not(Box::new(Filter::Exists(column.id.to_owned()))),
    };
    print(report, &filter)
}

/// Spans of time that are offered for a time: the end of their key in the catalogue, and what stands behind the field.
pub const TIMES: [(&str, &str); 5] = [
    ("hour", ">=now-1h"),
    ("day", ">=now-24h"),
    ("today", ":today"),
    ("yesterday", ":yesterday"),
    ("week", ">=now-7d"),
];

/// True for a field whose values are times, of which hardly two are the same.
pub fn is_time(column: &Column) -> bool {
    column.kind == Kind::DateTime
}

/// The text with a choice in its place, and where the caret stands then.
pub fn completed(text: &str, at: &Range<usize>, choice: &str) -> Option<(String, usize)> {
    let before = text.get(..at.start)?;
    Some((format!("{before}{choice}{}", text.get(at.end..)?), before.len() + choice.len()))
}

#[cfg(test)]
mod tests {
    use engine::{
        filter::{Local, parse},
        reports,
    };

    use super::*;

    fn report() -> &'static ReportDefinition {
        reports::report("signIns").expect("the report is defined")
    }

    #[test]
    fn the_word_in_front_of_the_caret_is_a_field_or_a_value() {
        for (text, expected) in [
            ("", "0 field "),
            ("ada er", "4 field er"),
            ("-cit", "1 field cit"),
            ("(ada OR cit", "8 field cit"),
            ("city:", "0 value location/city "),
            ("ada city:Os", "4 value location/city Os"),
            ("city=\"New Y", "0 value location/city New Y"),
            ("city!=Oslo", "0 not location/city Oslo"),
            ("-city:Os", "1 value location/city Os"),
            ("errorCode:501*", "0 value status/errorCode 501"),
            ("errorCode>5", "-"),
            ("nothing:5", "-"),
            ("city:(Oslo OR Be", "-"),
            ("city:(Oslo OR Be) x", "18 field x"),
            ("ada and", "-"),
            ("a&b", "-"),
        ] {
            let said = match completion(report(), text, text.len()) {
                None => "-".to_owned(),
                Some(Completion { at, wish: Wish::Field(name) }) => format!("{} field {name}", at.start),
                Some(Completion { at, wish: Wish::Value { column, is_not, search } }) => {
                    format!("{} {} {} {search}", at.start, if is_not { "not" } else { "value" }, column.id)
                }
            };
            assert_eq!(said, expected, "{text}");
        }
        let inside = completion(report(), "cit ada", 3).expect("a field");
        assert_eq!(inside, Completion { at: 0..3, wish: Wish::Field("cit".to_owned()) });
    }

    #[test]
    fn fields_are_found_by_id_and_by_heading_the_usual_ones_first() {
        let shown = report().fetches[0].shown;
        let ids = |name: &str| -> Vec<&str> {
            let heading = |column: &Column| crate::text::column_heading(report(), column.id);
            fields(report(), shown, name, heading).into_iter().map(|column| column.id).collect()
        };
        assert_eq!(ids("")[..3], shown[..3]);
        assert_eq!(ids("errorc").first(), Some(&"status/errorCode"));
        assert_eq!(ids("city").first(), Some(&"location/city"));
        assert_eq!(ids("deviceDetail.os").first(), None);
        assert_eq!(ids("devicedetail.operating").first(), Some(&"deviceDetail/operatingSystem"));
        assert!(ids("application").contains(&"appDisplayName"), "{:?}", ids("application"));
        assert!(ids("e").len() <= FIELDS_MAX);
        assert!(ids("xyzzy").is_empty());
    }

    #[test]
    fn a_chosen_value_asks_for_just_that_value() {
        let column = |id: &str| report().column(id).expect("a column");
        for (id, is_not, cell, expected) in [
            (
                "appDisplayName",
                false,
                Cell::Text("Office 365 \"x\"".to_owned()),
                r#"appDisplayName="Office 365 \"x\"""#,
            ),
            ("appDisplayName", true, Cell::Text("Portal".to_owned()), "appDisplayName!=Portal"),
            ("appDisplayName", false, Cell::Text(String::new()), "appDisplayName=\"\""),
            ("appDisplayName", false, Cell::Absent, "NOT appDisplayName:*"),
            ("appDisplayName", true, Cell::Absent, "appDisplayName:*"),
            ("status/errorCode", false, Cell::Integer(50126), "status/errorCode=50126"),
            ("status/errorCode", false, Cell::Text("none".to_owned()), "status/errorCode=\"none\""),
            ("isInteractive", false, Cell::Flag(false), "isInteractive=false"),
        ] {
            let text = value_text(report(), column(id), is_not, &cell);
            assert_eq!(text, expected);
            assert!(parse(report(), &text, Local::default()).is_ok(), "{text}");
        }
        for (_, behind) in TIMES {
            assert!(parse(report(), &format!("createdDateTime{behind}"), Local::default()).is_ok(), "{behind}");
        }
        assert_eq!(
            completed("ada city:Os lin", &(4..11), "location/city=Oslo"),
            Some(("ada location/city=Oslo lin".to_owned(), 22))
        );
    }
}
