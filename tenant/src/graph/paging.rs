//! Skip tokens: opaque, bound to their query, and good for a short time only.

use crate::random::mix;

/// How long a token is good for by default: pages of one chain follow each other within seconds or minutes.
pub(super) const LIFETIME_MS: i64 = 10 * 60_000;

/// Where the next page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    /// Slice.
    pub slice: i64,
    /// Index among the slice's rows in the order of the query.
    pub index: usize,
    /// Number of the page within its chain, from 0.
    pub page: u32,
}

/// The token for a position of a query, made at `now`.
pub(super) fn token(position: Position, query: u64, now: i64) -> String {
    let words =
        [now as u64, position.slice as u64, (position.index as u64) << 24 | u64::from(position.page & 0xff_ffff)];
    let check = check(&words, query);
    let hidden = hide(words, check);
    format!("{check:016x}{:016x}{:016x}{:016x}", hidden[0], hidden[1], hidden[2])
}

/// The position of a token; `None` when it is not of this query, or not fresh.
pub(super) fn position(token: &str, query: u64, now: i64, lifetime_ms: i64) -> Option<Position> {
    if token.len() != 64 || !token.is_ascii() {
        return None;
    }
    let word = |index: usize| u64::from_str_radix(&token[index * 16..(index + 1) * 16], 16).ok();
    let stated = word(0)?;
    let words = hide([word(1)?, word(2)?, word(3)?], stated);
    if check(&words, query) != stated || now - words[0] as i64 > lifetime_ms {
        return None;
    }
    Some(Position { slice: words[1] as i64, index: (words[2] >> 24) as usize, page: (words[2] & 0xff_ffff) as u32 })
}

fn check(words: &[u64; 3], query: u64) -> u64 {
    words.iter().fold(mix(query ^ 0x6a7e_b00c), |state, word| mix(state ^ word))
}

/// Hides the words, and shows hidden ones again.
fn hide(words: [u64; 3], key: u64) -> [u64; 3] {
    [words[0] ^ mix(key ^ 1), words[1] ^ mix(key ^ 2), words[2] ^ mix(key ^ 3)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_back_to_its_position_for_its_query_and_while_it_is_fresh() {
        let place = Position { slice: -3, index: 70_000, page: 4 };
        let text = token(place, 7, 1_000);
        assert_eq!(position(&text, 7, 1_000 + LIFETIME_MS, LIFETIME_MS), Some(place));
        assert_eq!(position(&text, 8, 1_000, LIFETIME_MS), None, "another query");
        assert_eq!(position(&text, 7, 1_001 + LIFETIME_MS, LIFETIME_MS), None, "too old");
        assert_eq!(position("null", 7, 0, LIFETIME_MS), None);
    }
}
