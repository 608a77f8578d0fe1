//! A table of places that are found by a hash.

/// Where things are that are numbered in the order of arrival: open addressing. The things themselves are elsewhere.
/// The number of a thing, plus one, takes as many bits of its slot as slots need; the bits above have a part of its hash,
/// so that hardly anything is compared in vain.
#[derive(Clone, Debug, Default)]
pub struct Slots {
    /// 0 is free. The length is a power of two; at most three quarters are taken.
    slots: Vec<u32>,
    taken: usize,
    /// Things that have no place yet, the first ones: they came out of a file, where places are not kept.
    unplaced: u32,
}

impl Slots {
    /// The number of the thing with this hash that `is_it`.
    #[inline]
    pub fn find(&self, hash: u64, mut is_it: impl FnMut(u32) -> bool) -> Option<u32> {
        let Some(mask) = self.slots.len().checked_sub(1) else {
            return (0..self.unplaced).find(|number| is_it(*number));
        };
        let tag = tag(hash, mask);
        let mut at = hash as usize & mask;
        while self.slots[at] != 0 {
            let slot = self.slots[at];
            if slot & !(mask as u32) == tag {
                let number = (slot & mask as u32) - 1;
                if is_it(number) {
                    return Some(number);
                }
            }
            at = (at + 1) & mask;
        }
        None
    }
    /// Adds a thing that is not here yet; `hash_of` tells the hash of those that are.
    pub fn add(&mut self, hash: u64, number: u32, hash_of: impl Fn(u32) -> u64) {
        debug_assert_eq!(self.unplaced, 0, "a table places everything before it takes rows");
        if (self.taken + 1) * 4 > self.slots.len() * 3 {
            let count = (self.slots.len() * 2).max(8);
            assert!(u32::try_from(count).is_ok(), "a dataset ends at its memory limit, far below 2^32 things");
            self.slots = vec![0; count];
            for number in 0..number {
                self.put(hash_of(number), number);
            }
        }
        self.put(hash, number);
        self.taken += 1;
    }
    /// For so many things that have no place. Each search looks through all of them, which is quicker than placing them for
    /// a question or two; before things are added, [`Slots::place`] must be called.
    pub(super) fn unplaced(count: usize) -> Self {
        Self { unplaced: count as u32, ..Self::default() }
    }
    /// Gives a place to each thing that has none.
    pub(super) fn place(&mut self, hash_of: impl Fn(u32) -> u64) {
        if self.unplaced > 0 {
            self.taken = std::mem::take(&mut self.unplaced) as usize;
            self.slots = vec![0; (self.taken + self.taken / 2).next_power_of_two().max(8)];
            (0..self.taken as u32).for_each(|number| self.put(hash_of(number), number));
        }
    }
    /// Bytes of memory held.
    pub fn memory_bytes(&self) -> usize {
        self.slots.capacity() * size_of::<u32>()
    }

    fn put(&mut self, hash: u64, number: u32) {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at] != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = tag(hash, mask) | (number + 1);
    }
}

/// The part of a hash that stands above a number.
fn tag(hash: u64, mask: usize) -> u32 {
    (hash >> 32) as u32 & !(mask as u32)
}
