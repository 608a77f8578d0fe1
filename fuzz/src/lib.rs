//! Mutations that know what a page of records and the text of a filter look like, so that most of them get far.

mod json;
mod text;

pub use json::{NAMES, VALUES, mutate_page};
pub use text::{FIELDS, WORDS, mutate_filter};

/// A small generator that gives the same numbers for the same seed; the fuzzer chooses the seed.
pub struct Dice(u64);

impl Dice {
    /// Begins at this seed.
    pub fn new(seed: u32) -> Self {
        Self(u64::from(seed))
    }
    /// A number below the count, which is not zero.
    pub fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((word ^ (word >> 31)) % count as u64) as usize
    }
    /// One of these.
    pub fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.below(items.len())]
    }
}
