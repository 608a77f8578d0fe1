//! Loops over the codes of all rows, sixty-four rows at a time: which rows have one of some codes, and how many have each.

use super::bits::{Bits, ones};
use crate::store::{ABSENT, CHUNK_ROWS, Chunk, Codes};

const CHUNK_WORDS: usize = CHUNK_ROWS / 64;
/// Of so few rows in a word each is looked at by itself.
const FEW: u32 = 8;

/// The rows whose code has a flag of 1. Flags are 0 or 1, by code. Rows past the end of the codes are absent.
/// Of rows that are not `within`, none.
pub(super) fn pick(codes: &Codes, flags: &[u8], rows: usize, within: Option<&Bits>) -> Bits {
    let wanted = flags.iter().filter(|flag| **flag != 0).count();
    if wanted == 0 {
        return Bits::none(rows);
    }
    if wanted == flags.len() {
        return within.cloned().unwrap_or_else(|| Bits::all(rows));
    }
    // One code alone is compared with, and not looked up.
    let only = (wanted == 1).then(|| flags.iter().position(|flag| *flag != 0)).flatten().map(|code| code as u32);
    let mut narrow = [0; 256];
    narrow.iter_mut().zip(flags).for_each(|(copy, flag)| *copy = *flag);
    let mut bits = Bits::none(rows);
    for (chunk, at) in codes.chunks().zip((0..).step_by(CHUNK_WORDS)) {
        let words = at..at + chunk.rows().div_ceil(64);
        let mut part =
            Part { words: &mut bits.words_mut()[words.clone()], within: within.map(|within| &within.words()[words]) };
        match (chunk, only) {
            (Chunk::Same { code, rows }, _) if flags[code as usize] != 0 => part.fill(rows),
            (Chunk::Same { .. }, _) => {}
            (Chunk::Run { first, rows }, _) => part.pack(&flags[first as usize..][..rows], |flag| flag),
            // A code that is too large for the chunk's width is not in it.
            (Chunk::Narrow(codes), Some(only)) => {
                let only = u8::try_from(only);
                only.into_iter().for_each(|only| part.pack(codes, |code| u8::from(code == only)));
            }
            (Chunk::Middle(codes), Some(only)) => {
                let only = u16::try_from(only);
                only.into_iter().for_each(|only| part.pack(codes, |code| u8::from(code == only)));
            }
            (Chunk::Wide(codes), Some(only)) => part.pack(codes, |code| u8::from(code == only)),
            (Chunk::Narrow(codes), None) => part.pack(codes, |code| narrow[usize::from(code)]),
            (Chunk::Middle(codes), None) => part.pack(codes, |code| flags[usize::from(code)]),
            (Chunk::Wide(codes), None) => part.pack(codes, |code| flags[code as usize]),
        }
    }
    if flags[ABSENT as usize] != 0 {
        bits.set_range(codes.len()..rows);
        within.into_iter().for_each(|within| bits.and(within));
    }
    bits
}

/// The rows whose number in `chunks` passes a test. Of rows past the end of them, and of rows that are not `within`, none.
pub(super) fn pick_numbers<'c>(
    chunks: impl Iterator<Item = &'c [i64]>,
    rows: usize,
    within: Option<&Bits>,
    test: impl Fn(i64) -> bool,
) -> Bits {
    let mut bits = Bits::none(rows);
    for (chunk, at) in chunks.zip((0..).step_by(CHUNK_WORDS)) {
        let words = at..at + chunk.len().div_ceil(64);
        let mut part =
            Part { words: &mut bits.words_mut()[words.clone()], within: within.map(|within| &within.words()[words]) };
        part.pack(chunk, |number| u8::from(test(number)));
    }
    bits
}

/// The words of one chunk, all of them zero at first.
struct Part<'b> {
    words: &'b mut [u64],
    within: Option<&'b [u64]>,
}

impl Part<'_> {
    fn mask(&self, at: usize) -> u64 {
        self.within.map_or(u64::MAX, |within| within[at])
    }
    fn fill(&mut self, rows: usize) {
        for at in 0..self.words.len() {
            let rest = rows - at * 64;
            self.words[at] = self.mask(at) & if rest < 64 { u64::MAX >> (64 - rest) } else { u64::MAX };
        }
    }
    fn pack<T: Copy>(&mut self, items: &[T], flag: impl Fn(T) -> u8) {
        let (blocks, rest) = items.as_chunks::<64>();
        for (at, block) in blocks.iter().enumerate() {
            let mask = self.mask(at);
            if mask.count_ones() <= FEW {
                self.words[at] = ones(mask).fold(0, |word, bit| word | u64::from(flag(block[bit])) << bit);
                continue;
            }
            let mut flags = [0; 64];
            for (to, item) in flags.iter_mut().zip(block) {
                *to = flag(*item);
            }
            self.words[at] = bits_of(&flags) & mask;
        }
        if !rest.is_empty() {
            let at = blocks.len();
            let word = rest.iter().enumerate().fold(0, |word, (bit, item)| word | u64::from(flag(*item)) << bit);
            self.words[at] = word & self.mask(at);
        }
    }
}

/// Sixty-four flags of 0 or 1 as bits. The product moves the eight flags of a word next to each other.
fn bits_of(flags: &[u8; 64]) -> u64 {
    let (words, _) = flags.as_chunks::<8>();
    words.iter().enumerate().fold(0, |bits, (at, word)| {
        let eight = u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        bits | eight << (8 * at)
    })
}

/// For each code the rows that have it, of those that are meant: `count` rows, which are all or those of `bits`.
pub(super) fn count<'c>(
    chunks: impl Iterator<Item = Chunk<'c>>,
    codes: usize,
    bits: Option<&Bits>,
    count: u32,
) -> Vec<u32> {
    let mut counts = vec![0; codes];
    match bits {
        None => chunks.for_each(|chunk| count_all(chunk, &mut counts)),
        Some(bits) => {
            for (chunk, at) in chunks.zip((0..).step_by(CHUNK_WORDS)) {
                count_some(chunk, &bits.words()[at..at + chunk.rows().div_ceil(64)], &mut counts);
            }
        }
    }
    // Rows past the end of the codes are absent.
    let counted: u32 = counts.iter().sum();
    counts[ABSENT as usize] += count - counted;
    counts
}

fn count_all(chunk: Chunk<'_>, counts: &mut [u32]) {
    match chunk {
        Chunk::Same { code, rows } => counts[code as usize] += rows as u32,
        Chunk::Run { first, rows } => counts[first as usize..][..rows].iter_mut().for_each(|count| *count += 1),
        Chunk::Narrow(codes) => {
            // Four at a time, so that equal codes in a row do not wait for each other.
            let mut lanes = [[0_u32; 256]; 4];
            let (fours, rest) = codes.as_chunks::<4>();
            for four in fours {
                for (lane, code) in lanes.iter_mut().zip(four) {
                    lane[usize::from(*code)] += 1;
                }
            }
            rest.iter().for_each(|code| lanes[0][usize::from(*code)] += 1);
            for (code, count) in counts.iter_mut().enumerate().take(256) {
                *count += lanes.iter().map(|lane| lane[code]).sum::<u32>();
            }
        }
        Chunk::Middle(codes) => codes.iter().for_each(|code| counts[usize::from(*code)] += 1),
        Chunk::Wide(codes) => codes.iter().for_each(|code| counts[*code as usize] += 1),
    }
}

fn count_some(chunk: Chunk<'_>, words: &[u64], counts: &mut [u32]) {
    match chunk {
        Chunk::Same { code, rows } => {
            let whole = rows / 64;
            let count: u32 = words[..whole].iter().map(|word| word.count_ones()).sum();
            let rest = if rows % 64 == 0 { 0 } else { words[whole] & (u64::MAX >> (64 - rows % 64)) };
            counts[code as usize] += count + rest.count_ones();
        }
        Chunk::Run { first, rows } => each_one(words, rows, |at| counts[first as usize + at] += 1),
        Chunk::Narrow(codes) => each_one(words, codes.len(), |at| counts[usize::from(codes[at])] += 1),
        Chunk::Middle(codes) => each_one(words, codes.len(), |at| counts[usize::from(codes[at])] += 1),
        Chunk::Wide(codes) => each_one(words, codes.len(), |at| counts[codes[at] as usize] += 1),
    }
}

/// Every bit that is true below `rows`.
fn each_one(words: &[u64], rows: usize, mut visit: impl FnMut(usize)) {
    for (start, word) in (0..rows).step_by(64).zip(words) {
        for bit in ones(*word) {
            if start + bit < rows {
                visit(start + bit);
            }
        }
    }
}
