//! Each text of a column once, numbered in the order of arrival.

use std::ops::Range;

/// A growing dictionary. Codes are dense and never change.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    /// All of them, one after the other.
    joined: String,
    ends: Vec<u32>,
    /// Open addressing; 0 is free, otherwise code + 1. The length is a power of two, at most three quarters full.
    slots: Vec<u32>,
}

impl Dictionary {
    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }
    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
    /// The text with this code.
    pub fn text(&self, code: u32) -> &str {
        &self.joined[self.place(code)]
    }
    /// The text's code, if it is here.
    pub fn code(&self, text: &str) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let slot = self.slots[self.slot(text)];
        (slot != 0).then(|| slot - 1)
    }
    /// The text's code; adds the text when it is new.
    pub fn intern(&mut self, text: &str) -> u32 {
        if self.ends.len() * 4 >= self.slots.len() * 3 {
            self.grow();
        }
        let at = self.slot(text);
        if self.slots[at] != 0 {
            return self.slots[at] - 1;
        }
        let code = self.ends.len() as u32;
        self.joined.push_str(text);
        self.ends.push(
            u32::try_from(self.joined.len()).expect("a dataset ends at MEMORY_BYTES_MAX, far below 4 GiB of text"),
        );
        self.slots[at] = code + 1;
        code
    }
    /// Every text, by code.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len() as u32).map(|code| self.text(code))
    }
    /// Bytes of memory held.
    pub fn memory_bytes(&self) -> usize {
        self.joined.capacity() + (self.ends.capacity() + self.slots.capacity()) * 4
    }

    fn place(&self, code: u32) -> Range<usize> {
        let code = code as usize;
        let start = if code == 0 { 0 } else { self.ends[code - 1] as usize };
        start..self.ends[code] as usize
    }
    /// Where the text is, or the free slot where it belongs.
    fn slot(&self, text: &str) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = hash(text.as_bytes()) as usize & mask;
        let is_other = |code: u32| self.joined.as_bytes()[self.place(code)] != *text.as_bytes();
        while self.slots[at] != 0 && is_other(self.slots[at] - 1) {
            at = (at + 1) & mask;
        }
        at
    }
    fn grow(&mut self) {
        self.slots = vec![0; (self.slots.len() * 2).max(8)];
        for code in 0..self.ends.len() as u32 {
            let at = self.slot(self.text(code));
            self.slots[at] = code + 1;
        }
    }
}

/// A quick hash, eight bytes at a time. Whoever looks something up by it compares the bytes too,
/// so that a collision made on purpose costs time and never a row.
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
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    hash = step(hash, u64::from_le_bytes(last));
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(MULTIPLIER);
    hash ^ (hash >> 29)
}

/// Bytes from which four words at a time are worth their beginning and end.
const LONG: usize = 128;
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

fn step(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(23) ^ word).wrapping_mul(MULTIPLIER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_has_one_code() {
        let mut dictionary = Dictionary::default();
        assert_eq!(dictionary.code("x"), None);
        let texts: Vec<String> = (0..5_000).map(|number| format!("text {number}")).collect();
        for round in 0..2 {
            for (number, text) in texts.iter().enumerate() {
                assert_eq!(dictionary.intern(text), number as u32, "round {round}");
            }
        }
        assert_eq!(dictionary.intern(""), 5_000);
        assert_eq!(dictionary.text(4_999), "text 4999");
        assert_eq!(dictionary.code("text 77"), Some(77));
        assert_eq!(dictionary.code("text 5000"), None);
        assert!(dictionary.texts().take(5_000).eq(&texts));
    }

    #[test]
    fn every_byte_counts_in_a_hash() {
        for length in [1, 8, 36, 127, 128, 129, 1_000] {
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
