//! What is wrong with a filter's text, in words, and the place where.

use engine::{
    filter::{FilterError, FilterErrorCode},
    reports::Kind,
};

use crate::text::t_with;

/// Characters of the text that are shown on either side of the place.
const AROUND: usize = 40;

/// The text around the place that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Before it.
    pub before: String,
    /// What is wrong; empty where something is missing.
    pub wrong: String,
    /// Behind it.
    pub after: String,
}

/// The place that an error names, with as much of the text around it as fits on a line.
pub fn place(text: &str, error: &FilterError) -> Place {
    let part = |from, to| text.get(from..to).unwrap_or_default();
    let (start, end) = (error.at.start.min(text.len()), error.at.end.min(text.len()));
    let before: Vec<char> = part(0, start).chars().collect();
    let cut = before.len().saturating_sub(AROUND);
    let sign = |is_cut: bool| if is_cut { "…" } else { "" };
    Place {
        before: format!("{}{}", sign(cut > 0), before[cut..].iter().collect::<String>()),
        wrong: short(part(start, end)),
        after: short(part(end, text.len())),
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(AROUND) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// What is wrong, in a sentence.
pub fn words(text: &str, error: &FilterError) -> String {
    let wrong = place(text, error).wrong;
    t_with(&format!("filter-error-{}", key(error.code)), &[("text", wrong.into())])
}

fn key(code: FilterErrorCode) -> &'static str {
    match code {
        FilterErrorCode::UnknownField => "unknown-field",
        FilterErrorCode::AmbiguousField => "ambiguous-field",
        FilterErrorCode::MissingField => "missing-field",
        FilterErrorCode::MissingValue => "missing-value",
        FilterErrorCode::MissingTerm => "missing-term",
        FilterErrorCode::Value(Kind::DateTime) => "time",
        FilterErrorCode::Value(Kind::Integer | Kind::Number) => "number",
        FilterErrorCode::Value(Kind::Flag) => "flag",
        FilterErrorCode::Value(Kind::Keyword | Kind::Outcome | Kind::Bag) => "value",
        FilterErrorCode::Wildcard => "wildcard",
        FilterErrorCode::UnclosedQuote => "unclosed-quote",
        FilterErrorCode::UnclosedParenthesis => "unclosed-parenthesis",
        FilterErrorCode::UnexpectedParenthesis => "unexpected-parenthesis",
        FilterErrorCode::TooDeep => "too-deep",
        FilterErrorCode::TooLong => "too-long",
    }
}

#[cfg(test)]
mod tests {
    use engine::{
        filter::{Local, parse},
        limits::FILTER_DEPTH_MAX,
        reports,
    };

    use super::*;

    fn error(text: &str) -> FilterError {
        let report = reports::report("signIns").expect("the report is defined");
        parse(report, text, Local::default()).expect_err("the test writes it wrong")
    }

    #[test]
    fn every_error_is_said_in_words_that_name_what_is_wrong() {
        let deep = "(".repeat(FILTER_DEPTH_MAX + 1);
        for (text, words_in_it) in [
            ("erorCode:5", "“erorCode”"),
            (":5", "“:”"),
            ("city:", "value"),
            ("a and", "missing"),
            ("createdDateTime:soon", "“soon”"),
            ("errorCode:many", "“many”"),
            ("latitude:north", "“north”"),
            ("isInteractive:maybe", "“maybe”"),
            ("a*b", "“a*b”"),
            ("city:\"Oslo", "quotation mark"),
            ("(a", "parenthesis"),
            ("a)", "parenthesis"),
            (deep.as_str(), "parentheses"),
        ] {
            let error = error(text);
            let said = words(text, &error);
            assert!(!said.starts_with("filter-error-"), "{:?} has no words", error.code);
            assert!(said.contains(words_in_it), "{text}: {said}");
        }
        for code in [FilterErrorCode::TooLong, FilterErrorCode::AmbiguousField, FilterErrorCode::Value(Kind::Keyword)] {
            let said = words("", &FilterError { at: 0..0, code, suggestion: None });
            assert!(!said.starts_with("filter-error-"), "{code:?} has no words");
        }
    }

    #[test]
    fn the_place_is_shown_with_what_stands_around_it() {
        let text = format!("{} erorCode:5 {}", "å".repeat(90), "b".repeat(90));
        let place = place(&text, &error(&text));
        assert_eq!(place.wrong, "erorCode");
        assert_eq!((place.before.chars().count(), place.after.chars().count()), (41, 41));
        assert!(place.before.starts_with("…å") && place.after.ends_with("b…"), "{place:?}");
    }
}
