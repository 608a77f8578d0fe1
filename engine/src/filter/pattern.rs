//! Wildcards over a whole text: `*` for any run of characters, `?` for one.

use std::fmt;

use super::Operator;

/// A wildcard pattern, ready to be compared with folded text. Before `*`, `?` or itself a `\` takes away their meaning.
#[derive(Clone, PartialEq)]
pub struct Pattern(Vec<Piece>);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Piece {
    Char(char),
    One,
    Run,
}

impl Pattern {
    /// Reads a pattern. To compare with folded text, fold the pattern first: wildcards and `\` fold to themselves.
    pub fn new(text: &str) -> Self {
        Self(sorted(pieces(text)))
    }
    /// True when the whole text matches. Time is at most the product of both lengths.
    pub fn is_match(&self, text: &str) -> bool {
        let (mut rest, mut at) = (text.chars(), 0);
        // Where to go on when what follows the last run does not match: the run takes one character more.
        let mut retry = None;
        loop {
            let before = rest.clone();
            match (self.0.get(at), rest.next()) {
                (Some(Piece::Run), _) => {
                    (rest, at) = (before, at + 1);
                    retry = Some((rest.clone(), at));
                }
                (Some(Piece::One), Some(_)) => at += 1,
                (Some(Piece::Char(piece)), Some(char)) if *piece == char => at += 1,
                (None, None) => return true,
                _ => {
                    let Some((longer, after)) = &mut retry else { return false };
                    if longer.next().is_none() {
                        return false;
                    }
                    (rest, at) = (longer.clone(), *after);
                }
            }
        }
    }
    /// The operator and the text that say the same; `None` when only wildcards do.
    pub(super) fn plain(&self) -> Option<(Operator, String)> {
        let text = |pieces: &[Piece]| -> Option<String> {
            pieces.iter().map(|piece| if let Piece::Char(char) = piece { Some(*char) } else { None }).collect()
        };
        match &self.0[..] {
            [Piece::Run, middle @ .., Piece::Run] => Some((Operator::Contains, text(middle)?)),
            [Piece::Run, end @ ..] => Some((Operator::EndsWith, text(end)?)),
            [start @ .., Piece::Run] => Some((Operator::StartsWith, text(start)?)),
            whole => Some((Operator::Eq, text(whole)?)),
        }
    }
    /// The pattern as texts and wildcards in turns, each wildcard by itself.
    pub(super) fn parts(&self) -> Vec<Part> {
        let mut parts = Vec::new();
        for piece in &self.0 {
            match (piece, parts.last_mut()) {
                (Piece::Char(char), Some(Part::Text(text))) => text.push(*char),
                (Piece::Char(char), _) => parts.push(Part::Text(char.to_string())),
                (Piece::One, _) => parts.push(Part::Wildcard('?')),
                (Piece::Run, _) => parts.push(Part::Wildcard('*')),
            }
        }
        parts
    }
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        pieces.push(match char {
            '*' => Piece::Run,
            '?' => Piece::One,
            '\\' => Piece::Char(chars.next_if(|next| matches!(next, '*' | '?' | '\\')).unwrap_or('\\')),
            char => Piece::Char(char),
        });
    }
    pieces
}

/// Between two texts any wildcards mean a number of characters, or that and more: single ones first, then one run.
fn sorted(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut sorted: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match (piece, sorted.last()) {
            (Piece::Run, Some(Piece::Run)) => {}
            (Piece::One, Some(Piece::Run)) => sorted.insert(sorted.len() - 1, piece),
            _ => sorted.push(piece),
        }
    }
    sorted
}

/// A part of a pattern.
#[derive(Debug, PartialEq)]
pub(super) enum Part {
    Text(String),
    Wildcard(char),
}

impl fmt::Display for Pattern {
    /// The pattern, so that [`Pattern::new`] reads it again.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in self.parts() {
            match part {
                Part::Text(text) => formatter.write_str(&escape(&text))?,
                Part::Wildcard(char) => write!(formatter, "{char}")?,
            }
        }
        Ok(())
    }
}

/// Text as a pattern that matches just this text.
pub fn escape(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for char in text.chars() {
        if matches!(char, '*' | '?' | '\\') {
            pattern.push('\\');
        }
        pattern.push(char);
    }
    pattern
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn naive(pieces: &[Piece], text: &[char]) -> bool {
        match pieces {
            [] => text.is_empty(),
            [Piece::Run, rest @ ..] => (0..=text.len()).any(|skipped| naive(rest, &text[skipped..])),
            [Piece::One, rest @ ..] => !text.is_empty() && naive(rest, &text[1..]),
            [Piece::Char(char), rest @ ..] => text.first() == Some(char) && naive(rest, &text[1..]),
        }
    }

    proptest! {
        #[test]
        fn a_pattern_matches_what_a_naive_search_matches(pattern in "[ab*?\\\\]{0,8}", text in "[ab*?\\\\]{0,10}") {
            let chars: Vec<char> = text.chars().collect();
            prop_assert_eq!(Pattern::new(&pattern).is_match(&text), naive(&pieces(&pattern), &chars));
        }

        #[test]
        fn a_pattern_is_written_as_it_is_read(pattern in "[ab*?\\\\]{0,8}") {
            let pattern = Pattern::new(&pattern);
            prop_assert!(Pattern::new(&pattern.to_string()) == pattern);
        }

        #[test]
        fn an_escaped_text_matches_itself_alone(text in "[a*?\\\\]{0,6}", other in "[a*?\\\\]{0,6}") {
            prop_assert_eq!(Pattern::new(&escape(&text)).is_match(&other), text == other);
        }
    }

    #[test]
    fn many_runs_take_no_more_than_the_product_of_the_lengths() {
        let (pattern, text) = ("*a".repeat(500), "a".repeat(2_000));
        assert!(!Pattern::new(&format!("{pattern}b")).is_match(&text));
    }
}
