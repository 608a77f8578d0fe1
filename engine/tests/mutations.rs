//! Pages that something broke on the way: whatever comes, nothing panics, and every record that is taken can be had back.
#![allow(missing_docs)]

#[path = "support/broken.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod broken;

use broken::{Again, check_page};
use engine::reports::ALL;

/// What may be put into a page.
const PIECES: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b":",
    b",",
    b"\\",
    b"\\u",
    b"\\ud83d",
    b"null",
    b"true",
    b"-",
    b"1e999",
    b"0.5",
    b"{}",
    b"[]",
    b"\"\"",
    b"[[",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\r\n",
    b"\0",
    b"\"id\":",
    b"\"value\":[",
    b"9223372036854775808",
];
const ROUNDS: u32 = 80;

#[test]
fn no_broken_page_makes_it_panic_or_lose_a_record() {
    let mut dice = Dice(7);
    for report in ALL {
        for _ in 0..ROUNDS {
            let mut bytes = report.sample.as_bytes().to_vec();
            for _ in 0..=dice.below(6) {
                mutate(&mut dice, &mut bytes);
            }
            check_page(report, &bytes, Again::ALL[dice.below(Again::ALL.len())]);
        }
    }
}

#[test]
fn an_object_as_large_as_a_page_is_read_in_good_time() {
    let keys: Vec<String> = (0..30_000).map(|n| format!("\"k{n}\":1")).collect();
    let page = format!("{{\"value\":[{{\"id\":\"1\",{}}}]}}", keys.join(","));
    for report in ALL {
        check_page(report, page.as_bytes(), Again::Load);
    }
}

fn mutate(dice: &mut Dice, bytes: &mut Vec<u8>) {
    let at = dice.below(bytes.len() + 1);
    let length = dice.below(40).min(bytes.len() - at);
    match dice.below(6) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(at..at + length)),
        2 => drop(bytes.splice(at..at, PIECES[dice.below(PIECES.len())].iter().copied())),
        3 => drop(bytes.splice(at..at + length, PIECES[dice.below(PIECES.len())].iter().copied())),
        4 => bytes.extend_from_within(at..at + length),
        _ if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
        _ => {}
    }
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((word ^ (word >> 31)) % count as u64) as usize
    }
}
