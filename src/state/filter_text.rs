//! A filter as a person writes it: one text, or its parts side by side. Both are the same, and what depends on the clock or the
//! time zone stays as it was written, so that `now-24h` is the last day tomorrow, too.

use std::ops::Range;

use engine::{
    filter::{Filter, FilterError, Local, normal, parse, print},
    reports::ReportDefinition,
};

/// One of the parts that all must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Its text.
    pub text: String,
    /// What it means now.
    pub filter: Filter,
}

/// The parts of a filter's text; none when every row matches.
///
/// # Errors
/// When the text cannot be read.
pub fn parts(report: &ReportDefinition, text: &str, local: Local<'_>) -> Result<Vec<Part>, FilterError> {
    let whole = parse(report, text, local)?;
    if whole == Filter::All {
        return Ok(Vec::new());
    }
    Ok(typed(report, text, &whole, local).unwrap_or_else(|| {
        let parts = match whole {
            Filter::And(parts) => parts,
            one => vec![one],
        };
        parts.into_iter().map(|filter| Part { text: print(report, &filter), filter }).collect()
    }))
}

/// The parts as they were typed, if together they mean the whole.
fn typed(report: &ReportDefinition, text: &str, whole: &Filter, local: Local<'_>) -> Option<Vec<Part>> {
    let mut found = Vec::new();
    for at in pieces(text)? {
        let text = &text[at];
        let filter = parse(report, text, local).ok()?;
        if filter != Filter::All {
            found.push(Part { text: settled(report, text, &filter, local), filter });
        }
    }
    let together = Filter::And(found.iter().map(|part| part.filter.clone()).collect());
    (normal(report, &together) == *whole).then_some(found)
}

/// The canonical text, or the text as it is where another moment or zone would make something else of it.
fn settled(report: &ReportDefinition, text: &str, filter: &Filter, local: Local<'_>) -> String {
    const ELSEWHERE: &[(i64, i32)] = &[(0, 20_700)];
    let later = Local { now: local.now + 7_777_777_777, zone: ELSEWHERE };
    if parse(report, text, later).as_ref() == Ok(filter) { print(report, filter) } else { text.trim().to_owned() }
}

/// Parts as one text.
pub fn joined(parts: &[Part]) -> String {
    let is_alone = parts.len() == 1;
    let texts = parts.iter().map(|part| {
        // What has an OR of its own would take its neighbours in.
        let is_loose = !is_alone && pieces(&part.text).is_none();
        if is_loose { format!("({})", part.text) } else { part.text.clone() }
    });
    texts.collect::<Vec<_>>().join(" AND ")
}

/// A filter's text with the parts of another text behind it; a part that is there already is not added again.
///
/// # Errors
/// When the added text cannot be read. A filter that cannot be read is replaced.
pub fn with(report: &ReportDefinition, text: &str, added: &str, local: Local<'_>) -> Result<String, FilterError> {
    let mut found = parts(report, text, local).unwrap_or_default();
    for part in parts(report, added, local)? {
        if !found.iter().any(|known| known.filter == part.filter) {
            found.push(part);
        }
    }
    Ok(joined(&found))
}

/// The text with another text in the place of one of its parts.
///
/// # Errors
/// When the new text cannot be read.
pub fn replaced(
    report: &ReportDefinition,
    text: &str,
    index: usize,
    new: &str,
    local: Local<'_>,
) -> Result<String, FilterError> {
    let new = parts(report, new, local)?;
    let mut found = parts(report, text, local).unwrap_or_default();
    let at = index.min(found.len());
    found.splice(at..(at + 1).min(found.len()), new);
    Ok(joined(&found))
}

/// The text with what an error suggests in the place that is wrong; `None` when it suggests nothing.
pub fn mended(text: &str, error: &FilterError) -> Option<String> {
    let suggestion = error.suggestion.as_deref()?;
    Some(format!("{}{suggestion}{}", text.get(..error.at.start)?, text.get(error.at.end..)?))
}

/// Where the parts of a text stand that all must hold; `None` when an OR joins them, so that there is one part only.
fn pieces(text: &str) -> Option<Vec<Range<usize>>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut is_open = false;
    for at in words(text) {
        match text[at.clone()].to_ascii_lowercase().as_str() {
            "or" => return None,
            "and" => is_open = false,
            word => {
                let is_behind_operator = |before: &Range<usize>| text[before.clone()].ends_with([':', '=', '<', '>']);
                let goes_on = word.starts_with([':', '=', '<', '>']) || word.starts_with("!=");
                match found.last_mut() {
                    Some(before) if is_open || goes_on || is_behind_operator(before) => before.end = at.end,
                    _ => found.push(at),
                }
                is_open = word == "not";
            }
        }
    }
    Some(found)
}

/// Where words stand: up to a blank that is in no quotes and no parentheses.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut start, mut depth, mut is_quoted, mut is_escaped) = (None, 0_usize, false, false);
    for (at, char) in text.char_indices() {
        if char.is_whitespace() && depth == 0 && !is_quoted {
            found.extend(start.take().map(|start| start..at));
            continue;
        }
        start.get_or_insert(at);
        if is_quoted {
            is_quoted = is_escaped || char != '"';
            is_escaped = !is_escaped && char == '\\';
            continue;
        }
        match char {
            '"' => is_quoted = true,
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    found.extend(start.map(|start| start..text.len()));
    found
}

#[cfg(test)]
mod tests {
    use engine::reports;

    use super::*;

    /// 2026-11-25T12:00:00Z.
    const NOON: Local<'static> = Local { now: 1_795_608_000_000, zone: &[(0, 3_600)] };

    fn report() -> &'static ReportDefinition {
        reports::report("signIns").expect("the report is defined")
    }

    fn texts(text: &str) -> Vec<String> {
        let parts = parts(report(), text, NOON).expect("the test writes filters");
        parts.into_iter().map(|part| part.text).collect()
    }

    #[test]
    fn a_filter_falls_into_the_parts_that_all_must_hold() {
        for (text, expected) in [
            ("", &[] as &[&str]),
            (" * ", &[]),
            ("ada", &["ada"]),
            ("ada outcome:failure", &["ada", "outcome=failure"]),
            ("ada AND NOT city:Oslo and -50126", &["ada", "NOT location/city:Oslo", "NOT 50126"]),
            ("a OR b", &["a OR b"]),
            ("(a OR b) c", &["a OR b", "c"]),
            ("city:(Oslo OR Bergen) \"a b\"", &["location/city:(Oslo OR Bergen)", "\"a b\""]),
            ("city : Oslo x", &["location/city:Oslo", "x"]),
            ("appDisplayName:\"say \\\" OR\" y", &["appDisplayName:\"say \\\" OR\"", "y"]),
            ("NOT (a b)", &["NOT (a AND b)"]),
            ("(a b) c", &["a AND b", "c"]),
            ("(a (b c)) OR d", &["(a AND b AND c) OR d"]),
        ] {
            assert_eq!(texts(text), expected, "{text}");
        }
    }

    #[test]
    fn what_depends_on_the_moment_or_the_zone_stays_as_it_was_written() {
        assert_eq!(
            texts(
                "createdDateTime>now-24h errorCode:0 createdDateTime:2026-11-24 createdDateTime>=2026-11-24T00:00:00Z"
            ),
            [
                "createdDateTime>now-24h",
                "status/errorCode=0",
                "createdDateTime:2026-11-24",
                "createdDateTime>=2026-11-24T00:00:00Z"
            ]
        );
    }

    #[test]
    fn the_parts_together_are_the_filter() {
        for text in [
            "a OR b",
            "(a OR b) c",
            "(a OR b) city:(x OR y) NOT z",
            "a b OR c",
            "createdDateTime:yesterday -a",
            "a and",
        ] {
            let Ok(found) = parts(report(), text, NOON) else {
                assert_eq!(text, "a and");
                continue;
            };
            let again = joined(&found);
            assert_eq!(parse(report(), &again, NOON), parse(report(), text, NOON), "{text} as {again}");
            assert_eq!(parts(report(), &again, NOON).as_ref(), Ok(&found), "{again}");
        }
    }

    #[test]
    fn parts_are_added_once_replaced_and_taken_away() {
        let added = |text: &str, more: &str| with(report(), text, more, NOON).expect("both can be read");
        assert_eq!(added("", "a b"), "a AND b");
        assert_eq!(added("a", "b OR c"), "a AND (b OR c)");
        assert_eq!(added("a OR b", "c"), "(a OR b) AND c");
        assert_eq!(added("outcome:failure", "OUTCOME=failure"), "outcome=failure");
        let replaced = |text: &str, at, new: &str| replaced(report(), text, at, new, NOON).expect("both can be read");
        assert_eq!(replaced("a b c", 1, "x y"), "a AND x AND y AND c");
        assert_eq!(replaced("a b c", 0, ""), "b AND c");
        assert_eq!(replaced("a", 0, " "), "");
        assert!(with(report(), "a", "city:", NOON).is_err());
    }

    #[test]
    fn a_suggestion_takes_the_place_of_what_is_wrong() {
        for (text, expected) in [
            ("ada erorCode:5", "ada status/errorCode:5"),
            ("(ada OR lin", "(ada OR lin)"),
            ("city:\"Oslo", "city:\"Oslo\""),
            ("isInteractive:yep x", "isInteractive:true x"),
        ] {
            let error = parse(report(), text, NOON).expect_err("the test writes it wrong");
            assert_eq!(mended(text, &error).as_deref(), Some(expected), "{text}: {error:?}");
        }
    }
}
