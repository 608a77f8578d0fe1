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
        let mut part = Part::new(&mut bits, within, at, chunk.rows());
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
        let mut part = Part::new(&mut bits, within, at, chunk.len());
        part.pack(chunk, |number| u8::from(test(number)));
    }
    bits
}

/// The words of one chunk, all of them zero at first.
struct Part<'b> {
    words: &'b mut [u64],
    within: Option<&'b [u64]>,
}

impl<'b> Part<'b> {
    /// The words of so many rows, from this word on.
    fn new(bits: &'b mut Bits, within: Option<&'b Bits>, at: usize, rows: usize) -> Self {
        let words = at..at + rows.div_ceil(64);
        let within = within.map(|within| &within.words()[words.clone()]);
        Self { words: &mut bits.words_mut()[words], within }
    }
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
pub(super) fn count(chunks: &[Chunk<'_>], codes: usize, bits: Option<&Bits>, count: u32) -> Vec<u32> {
    let mut counts = vec![0; codes];
    let Some(bits) = bits else {
        chunks.iter().for_each(|chunk| count_all(*chunk, &mut counts));
        return with_absent(counts, count);
    };
    let words = |at: usize| &bits.words()[(at * CHUNK_WORDS).min(bits.words().len())..];
    let rows: usize = chunks.iter().map(Chunk::rows).sum();
    if (count as usize) < rows / 2 {
        let visit = |(at, chunk): (usize, &Chunk<'_>)| {
            count_some(*chunk, words(at).iter().copied(), |code| counts[code as usize] += 1)
        };
        chunks.iter().enumerate().for_each(visit);
    } else {
        // Of many rows the few others are taken away.
        chunks.iter().for_each(|chunk| count_all(*chunk, &mut counts));
        let others = |at: usize| words(at).iter().map(|word| !word);
        let visit =
            |(at, chunk): (usize, &Chunk<'_>)| count_some(*chunk, others(at), |code| counts[code as usize] -= 1);
        chunks.iter().enumerate().for_each(visit);
    }
    with_absent(counts, count)
}

/// Rows past the end of the codes are absent.
fn with_absent(mut counts: Vec<u32>, count: u32) -> Vec<u32> {
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

/// The code of every row of a chunk whose bit is true; there is a word for every sixty-four rows.
fn count_some(chunk: Chunk<'_>, words: impl Iterator<Item = u64>, mut visit: impl FnMut(u32)) {
    let rows = chunk.rows();
    match chunk {
        Chunk::Same { code, .. } => each_one(words, rows, |_| visit(code)),
        Chunk::Run { first, .. } => each_one(words, rows, |at| visit(first + at as u32)),
        Chunk::Narrow(codes) => each_one(words, rows, |at| visit(u32::from(codes[at]))),
        Chunk::Middle(codes) => each_one(words, rows, |at| visit(u32::from(codes[at]))),
        Chunk::Wide(codes) => each_one(words, rows, |at| visit(codes[at])),
    }
}

/// Every bit that is true below `rows`.
fn each_one(words: impl Iterator<Item = u64>, rows: usize, mut visit: impl FnMut(usize)) {
    for (start, word) in (0..rows).step_by(64).zip(words) {
        let word = if rows - start < 64 { word & ((1 << (rows - start)) - 1) } else { word };
        ones(word).for_each(|bit| visit(start + bit));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Codes of a column in which each chunk is of another kind.
    fn codes(kinds: &[u32], last: usize) -> Codes {
        let mut codes = Codes::default();
        for (at, kind) in kinds.iter().enumerate() {
            let rows = if at + 1 == kinds.len() { last } else { CHUNK_ROWS };
            for row in 0..rows as u32 {
                codes.push(match kind {
                    0 => 7,
                    1 => 100 + row,
                    2 => row * row % 200,
                    3 => row * row % 40_000,
                    _ => row.wrapping_mul(2_654_435_761) % 70_000,
                });
            }
        }
        codes
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn loops_over_chunks_do_what_a_loop_over_rows_does(
            kinds in proptest::collection::vec(0..5_u32, 1..3),
            last in 1..3_000_usize,
            more in 0..200_usize,
            share in prop_oneof![Just(0_u32), Just(1), Just(30), Just(98), Just(100)],
            wanted in prop_oneof![Just(vec![7]), Just(vec![0]), Just(vec![300]), Just(vec![69_999]), proptest::collection::vec(0..70_000_u32, 0..400)],
        ) {
            let codes = codes(&kinds, last);
            let rows = codes.len() + more;
            let code = |row: usize| if row < codes.len() { codes.get(row) } else { ABSENT };
            let mut within = Bits::none(rows);
            (0..rows).filter(|row| (row * 37 % 100) < share as usize).for_each(|row| within.set(row));
            let mut flags = vec![0; CHUNK_ROWS + 10_000];
            wanted.iter().for_each(|code| flags[*code as usize] = 1);
            for within in [None, Some(&within)] {
                let is_meant = |row: usize| within.is_none_or(|within| within.get(row));
                let mut picked = Bits::none(rows);
                (0..rows).filter(|row| is_meant(*row) && flags[code(*row) as usize] == 1).for_each(|row| picked.set(row));
                prop_assert!(pick(&codes, &flags, rows, within) == picked);
                let mut counts = vec![0; flags.len()];
                (0..rows).filter(|row| is_meant(*row)).for_each(|row| counts[code(row) as usize] += 1);
                let chunks: Vec<Chunk<'_>> = codes.chunks().collect();
                let meant = within.map_or(rows, Bits::count) as u32;
                prop_assert!(count(&chunks, flags.len(), within, meant) == counts);
            }
        }
    }
}
