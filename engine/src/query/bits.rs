//! One bit per row, or per value: which of them are meant.

/// A fixed number of bits, all false at first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Bits {
    /// Sixty-four bits a word, lowest first; those past the end are false.
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    /// So many that are false.
    pub(super) fn none(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(64)], len }
    }
    /// So many that are true.
    pub(super) fn all(len: usize) -> Self {
        let mut bits = Self { words: vec![u64::MAX; len.div_ceil(64)], len };
        bits.trim();
        bits
    }
    /// How many there are, true or false.
    pub(super) fn len(&self) -> usize {
        self.len
    }
    /// Sixty-four bits a word, lowest first.
    pub(super) fn words(&self) -> &[u64] {
        &self.words
    }
    /// The same, to be changed; those past the end must stay false.
    pub(super) fn words_mut(&mut self) -> &mut [u64] {
        &mut self.words
    }
    /// One bit; past the end it is false.
    pub(super) fn get(&self, at: usize) -> bool {
        self.words.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 != 0)
    }
    /// Makes one bit true.
    pub(super) fn set(&mut self, at: usize) {
        self.words[at / 64] |= 1 << (at % 64);
    }
    /// Makes the bits of a range true.
    pub(super) fn set_range(&mut self, range: std::ops::Range<usize>) {
        let mut at = range.start;
        while at < range.end {
            if at.is_multiple_of(64) && at + 64 <= range.end {
                self.words[at / 64] = u64::MAX;
                at += 64;
            } else {
                self.set(at);
                at += 1;
            }
        }
    }
    /// Adds bits that are false, until there are so many.
    pub(super) fn grow(&mut self, len: usize) {
        self.words.resize(len.div_ceil(64), 0);
        self.len = len;
    }
    /// How many are true.
    pub(super) fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }
    /// True when none is.
    pub(super) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }
    /// Keeps those that are true in both.
    pub(super) fn and(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(left, right)| *left &= right);
    }
    /// Adds those of another.
    pub(super) fn or(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(left, right)| *left |= right);
    }
    /// Takes away those of another.
    pub(super) fn without(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(left, right)| *left &= !right);
    }
    /// Where the true ones are, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        self.words.iter().enumerate().flat_map(|(at, word)| ones(*word).map(move |bit| at * 64 + bit))
    }

    fn trim(&mut self) {
        if let (Some(last), rest @ 1..) = (self.words.last_mut(), self.len % 64) {
            *last &= u64::MAX >> (64 - rest);
        }
    }
}

/// Where the true bits of a word are, ascending.
pub(super) fn ones(word: u64) -> impl Iterator<Item = usize> {
    let mut rest = word;
    std::iter::from_fn(move || {
        (rest != 0).then(|| {
            let bit = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            bit
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bits_are_like_a_list_of_flags(left in proptest::collection::vec(any::<bool>(), 0..200), range in (0..200_usize, 0..200_usize)) {
            let len = left.len();
            let bits = |flags: &[bool]| {
                let mut bits = Bits::none(len);
                flags.iter().enumerate().filter(|(_, flag)| **flag).for_each(|(at, _)| bits.set(at));
                bits
            };
            let range = range.0.min(range.1).min(len)..range.0.max(range.1).min(len);
            let right: Vec<bool> = (0..len).map(|at| range.contains(&at)).collect();
            let mut ranged = Bits::none(len);
            ranged.set_range(range);
            prop_assert_eq!(&ranged, &bits(&right));
            let both = |how: fn(bool, bool) -> bool| bits(&left.iter().zip(&right).map(|(left, right)| how(*left, *right)).collect::<Vec<_>>());
            let combined = |how: fn(&mut Bits, &Bits)| {
                let mut combined = bits(&left);
                how(&mut combined, &ranged);
                combined
            };
            prop_assert_eq!(combined(Bits::and), both(|left, right| left && right));
            prop_assert_eq!(combined(Bits::or), both(|left, right| left || right));
            prop_assert_eq!(combined(Bits::without), both(|left, right| left && !right));
            let bits = bits(&left);
            prop_assert_eq!(bits.count(), left.iter().filter(|flag| **flag).count());
            prop_assert_eq!(bits.is_empty(), !left.contains(&true));
            prop_assert!(bits.iter().eq((0..len).filter(|at| left[*at])));
            prop_assert!((0..len + 70).all(|at| bits.get(at) == left.get(at).copied().unwrap_or_default()));
            prop_assert_eq!(Bits::all(len).count(), len);
        }
    }
}
