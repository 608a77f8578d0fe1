//! Values as KQL literals. Whatever the text, nothing of it gets out of its quotes.

use std::fmt::Write;

use crate::filter::{Pattern, pattern::Part};

/// A text literal. What is no letter, digit, sign or blank on the screen is written by its number.
pub(super) fn text(value: &str) -> String {
    let mut literal = String::with_capacity(value.len() + 2);
    literal.push('"');
    for char in value.chars() {
        match char {
            '"' | '\\' => {
                literal.push('\\');
                literal.push(char);
            }
            char if char.is_control() || matches!(char, '\u{2028}' | '\u{2029}') => {
                let _ = write!(literal, "\\u{:04x}", u32::from(char));
            }
            char => literal.push(char),
        }
    }
    literal.push('"');
    literal
}

/// A regular expression for a whole text that matches a pattern, as a literal.
pub(super) fn regex(pattern: &str) -> String {
    let mut regex = "^(?is:".to_owned();
    for part in Pattern::new(pattern).parts() {
        match part {
            Part::Wildcard('*') => regex.push_str(".*"),
            Part::Wildcard(_) => regex.push('.'),
            Part::Text(text) => {
                for char in text.chars() {
                    if char.is_ascii_punctuation() {
                        regex.push('\\');
                    }
                    regex.push(char);
                }
            }
        }
    }
    regex.push_str(")$");
    text(&regex)
}

/// A whole number.
pub(super) fn whole(number: i64) -> String {
    if i32::try_from(number).is_ok() { number.to_string() } else { format!("long({number})") }
}

/// A path member. Names that KQL keeps for itself are written as text, as are those that are no names there.
pub(super) fn member(name: &str) -> String {
    let is_name = name.starts_with(|char: char| char.is_ascii_alphabetic())
        && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_')
        && ![
            "and",
            "or",
            "by",
            "in",
            "has",
            "contains",
            "between",
            "startswith",
            "endswith",
            "matches",
            "of",
            "to",
            "on",
        ]
        .contains(&name);
    if is_name { format!(".{name}") } else { format!("[{}]", text(name)) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads a text literal the way Kusto does: a backslash takes one character with it, a quote ends the literal.
    fn read(literal: &str) -> Option<(String, &str)> {
        let mut chars = literal.strip_prefix('"')?.char_indices();
        let mut value = String::new();
        while let Some((at, char)) = chars.next() {
            match char {
                '"' => return Some((value, &literal[at + 2..])),
                '\n' | '\r' => return None,
                '\\' => match chars.next()?.1 {
                    'u' => {
                        let digits: String = chars.by_ref().take(4).map(|(_, char)| char).collect();
                        value.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?);
                    }
                    char @ ('"' | '\\') => value.push(char),
                    _ => return None,
                },
                char => value.push(char),
            }
        }
        None
    }

    proptest! {
        #[test]
        fn a_text_never_leaves_its_quotes(value in "\\PC{0,20}|[\"\\\\\n\r\t\0 |u0a';/*-]{0,12}|.{0,10}") {
            let literal = text(&value);
            prop_assert_eq!(read(&literal), Some((value, "")), "{}", literal);
        }

        #[test]
        fn a_pattern_never_leaves_its_quotes(value in "\\PC{0,20}|[\"\\\\\n*?.()^$| ]{0,12}") {
            let literal = regex(&value);
            prop_assert!(read(&literal).is_some_and(|(_, rest)| rest.is_empty()), "{}", literal);
        }
    }

    #[test]
    fn a_pattern_is_a_regular_expression_for_the_whole_text() {
        assert_eq!(regex("a.b*c?\\*"), r#""^(?is:a\\.b.*c.\\*)$""#);
        assert_eq!(member("displayName"), ".displayName");
        assert_eq!(member("@odata.type"), r#"["@odata.type"]"#);
        assert_eq!([whole(-5), whole(1 << 40)], ["-5", "long(1099511627776)"]);
    }
}
