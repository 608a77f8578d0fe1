//! How a block is compressed, and the only place that knows.
//!
//! Bytes that came before in the block are named by distance and length, as LZ4 does it, with two differences that make records of
//! a report a third smaller: the distance reaches over the whole block, where LZ4's ends after a dozen sign-ins, and the distance used
//! last costs nothing, because the next property is most often repeated from the same earlier record. What is left, identifiers and
//! times mostly, then takes as many bits as it needs.
//!
//! A block is its length, then three lists of bytes, each in Huffman's code where that is shorter: tokens, literal bytes, and what
//! does not fit into a token. A token has the width of the distance in its two highest bits, then three bits each of the repeat's and
//! of the literals' length; a length that fills its bits goes on as a number among the third list, and so does the distance between
//! both. The last token may stand for literals only.

use super::huffman;

/// Shortest repeat: one costs up to four bytes.
const REPEAT_MIN: usize = 5;
/// A repeat at the recent distance that is at least so long is taken without looking for a longer one.
const RECENT_ENOUGH: usize = 8;
/// Where three bytes of distance end.
const DISTANCE_MAX: usize = (1 << 24) - 1;
/// Slots for places that may be repeated, as a power of two: half a megabyte would not stay in a core's cache.
const SLOT_BITS: u32 = 15;
/// Bytes that must be alike for a place to be found.
const WORD: usize = 8;
/// After so many places without a repeat, as a power of two, the steps grow by one: such bytes are hardly worth looking at.
const PATIENCE_BITS: u32 = 6;
/// The largest length that a token holds, and the sign that there is more of it.
const TOKEN_LENGTH_MAX: usize = 7;

/// Compresses a block.
pub fn pack(block: &[u8]) -> Vec<u8> {
    let mut sequences = Sequences::default();
    let mut slots = vec![0_u32; 1 << SLOT_BITS];
    let (mut at, mut written, mut recent, mut misses) = (1, 0, 1, 0_usize);
    while at + WORD <= block.len() {
        let word = word(block, at);
        // The recent distance led to a place in the block, and has led further from its beginning ever since.
        let mut from = at - recent;
        let mut length = common(&block[at..], &block[from..]);
        if length < RECENT_ENOUGH {
            let slot = &mut slots[slot(word)];
            let place = *slot as usize;
            // A block is a page at most, so that every place fits.
            *slot = at as u32;
            // The slot of a place that nobody has filled says 0, which is as good as any other.
            if at - place <= DISTANCE_MAX {
                let other = common(&block[at..], &block[place..]);
                if other > length {
                    (from, length) = (place, other);
                }
            }
        }
        if length < REPEAT_MIN {
            misses += 1;
            at += 1 + (misses >> PATIENCE_BITS);
            continue;
        }
        misses = 0;
        let earlier = block[written..at].iter().rev().zip(block[..from].iter().rev());
        let earlier = earlier.take_while(|(left, right)| left == right).count();
        (at, from, length) = (at - earlier, from - earlier, length + earlier);
        let distance = at - from;
        sequences.put(&block[written..at], (distance != recent).then_some(distance), length);
        recent = distance;
        at += length;
        written = at;
        if at + WORD <= block.len() {
            slots[slot(self::word(block, at - 2))] = at as u32 - 2;
        }
    }
    if written < block.len() {
        sequences.put_literals(0, 0, &block[written..]);
    }
    let mut packed = Vec::with_capacity(sequences.literals.len() + sequences.rest.len());
    put_number(&mut packed, block.len());
    for list in [&sequences.tokens, &sequences.literals, &sequences.rest] {
        huffman::put(&mut packed, list);
    }
    packed
}

/// Gives back what was packed, or `None` for bytes that [`pack`] did not write.
pub fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    let mut input = Input(packed);
    let length = input.number()?;
    let mut block = Vec::new();
    block.try_reserve_exact(length).ok()?;
    let (tokens, literals) = (huffman::take(&mut input, length)?, huffman::take(&mut input, length)?);
    let rest = huffman::take(&mut input, length.checked_mul(2)?)?;
    let (mut literals, mut rest, mut recent) = (Input(&literals), Input(&rest), 1);
    for token in tokens.iter().map(|token| usize::from(*token)) {
        let count = rest.length(token & TOKEN_LENGTH_MAX)?;
        block.extend_from_slice(literals.take(count)?);
        if block.len() == length {
            break;
        }
        recent = match token >> 6 {
            0 => recent,
            width => rest.distance(width + 1)?,
        };
        let repeat = rest.length(token >> 3 & TOKEN_LENGTH_MAX)?.checked_add(REPEAT_MIN)?;
        if recent == 0 || repeat > length.checked_sub(block.len())? {
            return None;
        }
        let from = block.len().checked_sub(recent)?;
        let end = block.len() + repeat;
        // A repeat may overlap itself: what was repeated is repeated.
        while block.len() < end {
            let part = (end - block.len()).min(block.len() - from);
            block.extend_from_within(from..from + part);
        }
    }
    (block.len() == length && input.0.is_empty()).then_some(block)
}

fn word(block: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(*block[at..].first_chunk().expect("the caller stays clear of the end"))
}
fn slot(word: u64) -> usize {
    (word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - SLOT_BITS)) as usize
}
/// Number of equal bytes at the beginning of both; `right` is the longer one.
fn common(left: &[u8], right: &[u8]) -> usize {
    let mut same = 0;
    for (left, right) in left.as_chunks::<WORD>().0.iter().zip(right.as_chunks::<WORD>().0) {
        let difference = u64::from_le_bytes(*left) ^ u64::from_le_bytes(*right);
        if difference != 0 {
            return same + (difference.trailing_zeros() / 8) as usize;
        }
        same += WORD;
    }
    same + left[same..].iter().zip(&right[same..]).take_while(|(left, right)| left == right).count()
}

/// A block as repeats and what is between them.
#[derive(Default)]
struct Sequences {
    tokens: Vec<u8>,
    literals: Vec<u8>,
    /// Lengths that do not fit into a token, and distances.
    rest: Vec<u8>,
}

impl Sequences {
    /// `distance` is `None` for the one used last.
    fn put(&mut self, literals: &[u8], distance: Option<usize>, repeat: usize) {
        let repeat = repeat - REPEAT_MIN;
        let width = match distance {
            None => 0,
            Some(..=0xffff) => 1,
            Some(_) => 2,
        };
        self.put_literals(width, repeat, literals);
        if let Some(distance) = distance {
            self.rest.extend_from_slice(&distance.to_le_bytes()[..width + 1]);
        }
        if repeat >= TOKEN_LENGTH_MAX {
            put_number(&mut self.rest, repeat - TOKEN_LENGTH_MAX);
        }
    }
    fn put_literals(&mut self, width: usize, repeat: usize, literals: &[u8]) {
        let token = width << 6 | repeat.min(TOKEN_LENGTH_MAX) << 3 | literals.len().min(TOKEN_LENGTH_MAX);
        self.tokens.push(token as u8);
        if literals.len() >= TOKEN_LENGTH_MAX {
            put_number(&mut self.rest, literals.len() - TOKEN_LENGTH_MAX);
        }
        self.literals.extend_from_slice(literals);
    }
}

/// Seven bits a byte, lowest first; the highest bit says that there is more.
pub(super) fn put_number(packed: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        packed.push(number as u8 | 0x80);
        number >>= 7;
    }
    packed.push(number as u8);
}

/// What is left to be read.
pub(super) struct Input<'p>(pub &'p [u8]);

impl<'p> Input<'p> {
    pub fn take(&mut self, count: usize) -> Option<&'p [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }
    pub fn number(&mut self) -> Option<usize> {
        let mut number = 0;
        for shift in (0..usize::BITS).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f).checked_shl(shift)?;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }
    fn length(&mut self, in_token: usize) -> Option<usize> {
        if in_token < TOKEN_LENGTH_MAX { Some(in_token) } else { self.number()?.checked_add(TOKEN_LENGTH_MAX) }
    }
    fn distance(&mut self, bytes: usize) -> Option<usize> {
        let mut distance = [0; size_of::<u32>()];
        distance.get_mut(..bytes)?.copy_from_slice(self.take(bytes)?);
        Some(u32::from_le_bytes(distance) as usize)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(block: &[u8]) -> usize {
        let packed = pack(block);
        assert!(unpack(&packed).as_deref() == Some(block), "{} bytes", block.len());
        packed.len()
    }

    #[test]
    fn short_and_uniform_blocks_come_back() {
        for length in (0..40).chain([1_000, 100_000]) {
            assert!(check(&vec![7; length]) <= 8 + length.min(12), "{length}");
        }
    }

    #[test]
    fn what_repeats_far_away_is_found() {
        let mut random = 1_u64;
        let mut noise = |length: usize| -> Vec<u8> {
            let next = |_| {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (random >> 56) as u8
            };
            (0..length).map(next).collect()
        };
        let far = noise(1_000);
        for between in [10, 70_000, 900_000] {
            let block = [&far[..], &noise(between), &far].concat();
            assert!(check(&block) < block.len() - 900, "{between} bytes between");
        }
        let incompressible = noise(1 << 20);
        assert!(check(&incompressible) < incompressible.len() + 20);
    }

    #[test]
    fn distances_of_every_width_come_back() {
        let mut block: Vec<u8> = (0..17_u32 << 20).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        block.extend_from_within(..1_000);
        check(&block);
    }

    proptest! {
        #[test]
        fn every_block_comes_back(parts in prop::collection::vec(("[a-c]{1,30}", 1_usize..40), 0..60)) {
            let block: String = parts.iter().map(|(text, times)| text.repeat(*times)).collect();
            check(block.as_bytes());
        }

        #[test]
        fn what_pack_did_not_write_is_refused_without_a_panic(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            block in prop::collection::vec(0_u8..4, 0..300),
            at in any::<prop::sample::Index>(),
        ) {
            unpack(&bytes);
            let mut packed = pack(&block);
            prop_assert_eq!(unpack(&packed[..packed.len() - 1]), None);
            let at = at.index(packed.len());
            packed[at] ^= 1 << (bytes.len() % 8);
            unpack(&packed);
        }
    }
}
