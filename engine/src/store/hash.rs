//! A quick hash, and a table of places that is found by it.

/// A quick hash, eight bytes at a time. Whoever looks something up by it compares the bytes too,
/// so that a collision made on purpose costs time and never a row.
#[inline]
pub fn hash(bytes: &[u8]) -> u64 {
    let (mut hash, mut rest) = (bytes.len() as u64, bytes);
    if bytes.len() >= LONG {
        // Four words at a time, because each step has to wait for the one before.
        let (blocks, tail) = bytes.as_chunks::<32>();
        let mut lanes = [hash, 1, 2, 3];
        for block in blocks {
            for (lane, word) in lanes.iter_mut().zip(block.as_chunks::<8>().0) {
                *lane = step(*lane, u64::from_le_bytes(*word));
            }
        }
        (hash, rest) = (lanes.into_iter().fold(0, step), tail);
    }
    let (words, rest) = rest.as_chunks::<8>();
    hash = words.iter().fold(hash, |hash, word| step(hash, u64::from_le_bytes(*word)));
    finish(step(hash, last_word(rest)))
}

/// The hash of a few numbers.
#[inline]
pub fn hash_words(words: impl Iterator<Item = u64>) -> u64 {
    finish(words.fold(0, step))
}

/// Up to seven bytes as a number.
#[inline]
fn last_word(bytes: &[u8]) -> u64 {
    let mut word = 0;
    let mut rest = bytes;
    if let Some((four, more)) = rest.split_first_chunk::<4>() {
        word = u64::from(u32::from_le_bytes(*four));
        rest = more;
    }
    rest.iter().fold(word, |word, byte| word << 8 | u64::from(*byte))
}

/// Bytes from which four words at a time are worth their beginning and end.
const LONG: usize = 128;
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

#[inline]
fn step(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(23) ^ word).wrapping_mul(MULTIPLIER)
}

#[inline]
fn finish(mut hash: u64) -> u64 {
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(MULTIPLIER);
    hash ^ (hash >> 29)
}

/// Where things are that are numbered in the order of arrival: open addressing; 0 is free, otherwise number + 1.
/// The things themselves are elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Slots {
    /// The length is a power of two; at most three quarters are taken.
    slots: Vec<u32>,
    taken: usize,
}

impl Slots {
    /// The number of the thing with this hash that `is_it`.
    #[inline]
    pub fn find(&self, hash: u64, mut is_it: impl FnMut(u32) -> bool) -> Option<u32> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = hash as usize & mask;
        while self.slots[at] != 0 {
            if is_it(self.slots[at] - 1) {
                return Some(self.slots[at] - 1);
            }
            at = (at + 1) & mask;
        }
        None
    }
    /// Adds a thing that is not here yet; `hash_of` tells the hash of those that are.
    pub fn add(&mut self, hash: u64, number: u32, hash_of: impl Fn(u32) -> u64) {
        if (self.taken + 1) * 4 > self.slots.len() * 3 {
            let slots = std::mem::take(&mut self.slots);
            self.slots = vec![0; (slots.len() * 2).max(8)];
            for slot in slots.into_iter().filter(|slot| *slot != 0) {
                self.put(hash_of(slot - 1), slot);
            }
        }
        self.put(hash, number + 1);
        self.taken += 1;
    }
    /// Bytes of memory held.
    pub fn memory_bytes(&self) -> usize {
        self.slots.capacity() * size_of::<u32>()
    }

    fn put(&mut self, hash: u64, slot: u32) {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at] != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = slot;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_counts_in_a_hash() {
        for length in [1, 3, 4, 7, 8, 36, 127, 128, 129, 1_000] {
            let plain = vec![b'a'; length];
            let mut hashes = vec![hash(&plain)];
            for at in 0..length {
                let mut other = plain.clone();
                other[at] = b'b';
                hashes.push(hash(&other));
            }
            hashes.sort_unstable();
            hashes.dedup();
            assert_eq!(hashes.len(), length + 1, "of {length} bytes");
        }
    }
}
