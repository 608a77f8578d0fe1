//! Wildcards over a whole text: `*` for any run of characters, `?` for one.

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
        Self(pieces)
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
    #[cfg(test)]
    fn pieces(&self) -> &[Piece] {
        &self.0
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
            let pattern = Pattern::new(&pattern);
            let chars: Vec<char> = text.chars().collect();
            prop_assert_eq!(pattern.is_match(&text), naive(pattern.pieces(), &chars));
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
