//! The one catalogue of every text a person sees. Messages live in `text/en.ftl`; this file looks them up and
//! writes numbers, labels and bytes the way the catalogue's language does.

use std::{borrow::Cow, fmt::Write as _};

use engine::{
    protocol::TimeRange,
    reports::{Fetch, ReportDefinition},
};
use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// Parts thousands; too narrow to break a line.
const THOUSANDS: char = '\u{202f}';

thread_local! {
    /// Constant after its first use. Per thread, because fluent keeps plural rules beside the messages.
    static CATALOGUE: FluentBundle<FluentResource> = {
        let mut bundle = FluentBundle::new(vec!["en".parse::<LanguageIdentifier>().expect("a constant language tag")]);
        // Marks around every value would end up in what people copy.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(|value, _| match value {
            FluentValue::Number(number) => Some(decimal(number.value)),
            _ => None,
        }));
        // A broken line costs that message alone; the test below keeps the file whole.
        let resource = FluentResource::try_new(include_str!("../text/en.ftl").to_owned()).unwrap_or_else(|(resource, _)| resource);
        bundle.add_resource_overriding(resource);
        bundle
    };
}

/// A value for a message's placeholder. Give codes and ids as text, so that they are not written as quantities.
pub type Value<'a> = FluentValue<'a>;

/// The message with this key; the key itself when there is none.
pub fn t(key: &str) -> String {
    t_with(key, &[])
}

/// The message with this key, with values for its placeholders.
pub fn t_with(key: &str, values: &[(&str, Value<'_>)]) -> String {
    find(key, values).unwrap_or_else(|| key.to_owned())
}

/// The message with this key, if the catalogue has it.
pub fn find(key: &str, values: &[(&str, Value<'_>)]) -> Option<String> {
    CATALOGUE.with(|catalogue| {
        let pattern = catalogue.get_message(key)?.value()?;
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            args.set(*name, value.clone());
        }
        Some(catalogue.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned())
    })
}

/// A whole number with its thousands parted.
pub fn number(value: impl Into<i64>) -> String {
    let value = value.into();
    let digits = value.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 4);
    if value < 0 {
        text.push('−');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(THOUSANDS);
        }
        text.push(digit);
    }
    text
}

/// A number with its thousands parted and its decimals kept.
pub fn decimal(value: f64) -> String {
    if !value.is_finite() || value.abs() >= 9e15 {
        return value.to_string();
    }
    let whole = number(value.trunc() as i64);
    let text = value.abs().to_string();
    match text.split_once('.') {
        Some((_, fraction)) if value < 0.0 && value > -1.0 => format!("−{whole}.{fraction}"),
        Some((_, fraction)) => format!("{whole}.{fraction}"),
        None => whole,
    }
}

/// An amount of bytes in its largest sensible unit.
pub fn bytes(count: u64) -> String {
    match count {
        0..1_000 => t_with("bytes", &[("count", count.into())]),
        1_000..1_000_000 => t_with("kilobytes", &[("count", (count / 1_000).into())]),
        _ => t_with("megabytes", &[("count", ((count / 100_000) as f64 / 10.0).into())]),
    }
}

/// A report's name.
pub fn report_name(report: &ReportDefinition) -> String {
    named(&format!("report-{}", report.id.as_str()), report.id.as_str())
}

/// A report's name inside a sentence.
pub fn report_phrase(report: &ReportDefinition) -> String {
    find(&format!("report-{}-phrase", report.id.as_str()), &[]).unwrap_or_else(|| report_name(report).to_lowercase())
}

/// The name of one of a report's fetches, as on its tab.
pub fn fetch_name(report: &ReportDefinition, fetch: &Fetch) -> String {
    named(&format!("fetch-{}-{}", report.id.as_str(), fetch.id), fetch.id)
}

/// What a fetch brings, inside a sentence: the report, or one of its event types.
pub fn fetch_phrase(report: &ReportDefinition, fetch: &str) -> String {
    find(&format!("fetch-{}-{fetch}-phrase", report.id.as_str()), &[]).unwrap_or_else(|| report_phrase(report))
}

/// A column's label: the report's own, the shared one, or its id in words.
pub fn column_label(report: &ReportDefinition, id: &str) -> String {
    let key = message_id(id);
    find(&format!("column-{}-{key}", report.id.as_str()), &[])
        .or_else(|| find(&format!("column-{key}"), &[]))
        .unwrap_or_else(|| humanised(id))
}

/// A column's label where nothing around it says what it is about: the heading of a table, a condition.
pub fn column_heading(report: &ReportDefinition, id: &str) -> String {
    find(&format!("heading-{}", message_id(id)), &[]).unwrap_or_else(|| column_label(report, id))
}

/// The name of a cloud; one that is not in the list has its id only.
pub fn cloud_name(id: &str) -> String {
    find(&format!("cloud-{id}"), &[]).unwrap_or_else(|| t_with("cloud-described", &[("id", id.into())]))
}

/// The name of a group of the detail pane.
pub fn group_name(id: &str) -> String {
    named(&format!("group-{id}"), id)
}

/// The words for a time range; `None` for a range between instants, which needs a clock face to be written.
pub fn range_name(range: TimeRange) -> Option<String> {
    match range {
        TimeRange::Everything => Some(t("range-everything")),
        TimeRange::LastHours(hours) if hours.is_multiple_of(24) && hours > 24 => {
            Some(t_with("range-days", &[("count", (hours / 24).into())]))
        }
        TimeRange::LastHours(hours) => Some(t_with("range-hours", &[("count", hours.into())])),
        TimeRange::Between { .. } => None,
    }
}

/// The last name of a slash path in words: `status/errorCode` becomes "Error code".
pub fn humanised(id: &str) -> String {
    let last = id.trim_end_matches("[]").rsplit('/').next().unwrap_or(id);
    let mut words = String::with_capacity(last.len() + 4);
    let mut before: Option<char> = None;
    let mut letters = last.chars().peekable();
    while let Some(letter) = letters.next() {
        let next_is_lower = letters.peek().is_some_and(|next| next.is_lowercase());
        let begins_word = letter.is_uppercase() && before.is_some_and(|before| !before.is_uppercase() || next_is_lower);
        if words.is_empty() {
            words.extend(letter.to_uppercase());
        } else if letter == '_' || letter == '-' || letter == ' ' {
            words.push(' ');
        } else {
            if begins_word && !words.ends_with(' ') {
                words.push(' ');
            }
            if letter.is_uppercase() && (next_is_lower || begins_word && letters.peek().is_none()) {
                words.extend(letter.to_lowercase());
            } else {
                words.push(letter);
            }
        }
        before = Some(letter);
    }
    let spaced = words.replace(" id", " ID");
    if spaced.eq_ignore_ascii_case("id") { "ID".to_owned() } else { spaced }
}

/// The first letters of up to two words of a name, for the account's seal.
pub fn initials(name: &str) -> String {
    let mut letters = String::new();
    for word in name.split([' ', '.', '@', '-']).filter(|word| !word.is_empty()).take(2) {
        if let Some(letter) = word.chars().find(|letter| letter.is_alphanumeric()) {
            letters.extend(letter.to_uppercase());
        }
    }
    letters
}

/// The same text with its first letter large.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Several texts as one line.
pub fn joined(parts: &[String]) -> String {
    let mut line = String::new();
    for part in parts {
        let _ = write!(line, "{}{part}", if line.is_empty() { "" } else { " · " });
    }
    line
}

fn named(key: &str, fallback: &str) -> String {
    find(key, &[]).unwrap_or_else(|| humanised(fallback))
}

/// A column id as part of a message key: what a key cannot hold becomes one hyphen.
fn message_id(id: &str) -> Cow<'_, str> {
    if id.chars().all(|letter| letter.is_ascii_alphanumeric()) {
        return Cow::Borrowed(id);
    }
    let mut key = String::with_capacity(id.len());
    for letter in id.chars() {
        if letter.is_ascii_alphanumeric() {
            key.push(letter);
        } else if !key.ends_with('-') {
            key.push('-');
        }
    }
    Cow::Owned(key.trim_end_matches('-').to_owned())
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    #[test]
    fn numbers_part_their_thousands() {
        let cases = [
            (0, "0"),
            (999, "999"),
            (1_849, "1\u{202f}849"),
            (1_169_921, "1\u{202f}169\u{202f}921"),
            (-12_000, "−12\u{202f}000"),
        ];
        for (value, expected) in cases {
            assert_eq!(number(value), expected);
        }
        assert_eq!(decimal(1234.5), "1\u{202f}234.5");
        assert_eq!(decimal(-0.25), "−0.25");
        assert_eq!(bytes(1_540_000), "1.5 MB");
    }

    #[test]
    fn ids_become_words() {
        let cases = [
            ("status/errorCode", "Error code"),
            ("createdDateTime", "Created date time"),
            ("ipAddress", "Ip address"),
            ("appliedConditionalAccessPolicies[]/displayName", "Display name"),
            ("authenticationMethodsUsed[]", "Authentication methods used"),
            ("id", "ID"),
            ("userId", "User ID"),
            ("isMFARequired", "Is MFA required"),
            ("interactiveUser", "Interactive user"),
        ];
        for (id, expected) in cases {
            assert_eq!(humanised(id), expected, "{id}");
        }
    }

    #[test]
    fn plurals_and_values_are_filled_in() {
        assert_eq!(t_with("rows", &[("count", 1.into())]), "1 row");
        assert_eq!(t_with("rows", &[("count", 48_210.into())]), "48\u{202f}210 rows");
        assert_eq!(range_name(TimeRange::LastHours(168)).as_deref(), Some("Last 7 days"));
        assert_eq!(range_name(TimeRange::LastHours(24)).as_deref(), Some("Last 24 hours"));
    }

    #[test]
    fn the_catalogue_has_no_broken_line_and_no_message_twice() {
        let source = include_str!("../text/en.ftl");
        if let Err((_, errors)) = FluentResource::try_new(source.to_owned()) {
            panic!("{errors:?}");
        }
        let mut seen = BTreeSet::new();
        for line in source.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_alphabetic())) {
            let key = line.split([' ', '=']).next().unwrap_or_default();
            assert!(seen.insert(key), "{key} is in the catalogue twice");
        }
    }

    #[test]
    fn every_key_in_the_sources_is_in_the_catalogue() {
        let mut missing = BTreeSet::new();
        visit(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut |source| {
            let choices = source.match_indices("choice(\"").map(|(at, opening)| &source[at + opening.len()..]);
            for key in choices.filter_map(|rest| rest.split('"').next()) {
                for part in ["title", "text", "label"] {
                    let key = format!("choice-{key}-{part}");
                    if find(&key, &[]).is_none() {
                        missing.insert(key);
                    }
                }
            }
            for opening in ["t(\"", "t_with(\"", "t_with(\n"] {
                for (at, _) in source.match_indices(opening) {
                    let is_call = !source[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_');
                    let rest = source[at + opening.len()..].trim_start().trim_start_matches('"');
                    let key = rest.split('"').next().unwrap_or_default();
                    let is_key =
                        !key.is_empty() && key.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
                    if is_call && is_key && find(key, &[]).is_none() {
                        missing.insert(key.to_owned());
                    }
                }
            }
        });
        assert!(missing.is_empty(), "not in text/en.ftl: {missing:?}");
    }

    fn visit(folder: &Path, read: &mut impl FnMut(&str)) {
        for entry in fs::read_dir(folder).expect("the sources are there").flatten() {
            let path = entry.path();
            if path.is_dir() {
                visit(&path, read);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("src/text.rs") {
                read(&fs::read_to_string(&path).expect("sources are text"));
            }
        }
    }
}
