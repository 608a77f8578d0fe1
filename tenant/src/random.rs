//! A small seeded generator, so that the same seed gives the same bytes natively and in WASM (integers only).

/// A stream of numbers made from a seed and the name of a place; equal inputs give equal streams.
#[derive(Clone, Debug)]
pub(crate) struct Random {
    state: u64,
}

impl Random {
    /// A stream for this place, such as seed, stream, slice and row.
    pub fn at(place: &[u64]) -> Self {
        Self { state: place.iter().fold(0x9e37_79b9_7f4a_7c15, |state, part| mix(state ^ mix(*part))) }
    }
    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }
    /// A number from 0 to `limit` exclusive; 0 when `limit` is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.next()) * limit as u128) >> 64) as usize
    }
    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(1) as usize) as i64
    }
    /// True in so many of a thousand cases.
    pub fn chance(&mut self, per_mille: usize) -> bool {
        self.below(1000) < per_mille
    }
    /// One of several.
    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
    /// A reference to one of several.
    pub fn pick_ref<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }
    /// One of several by weight.
    pub fn weighted<T: Copy>(&mut self, choices: &[(u32, T)]) -> T {
        let total: u32 = choices.iter().map(|choice| choice.0).sum();
        let mut left = self.below(total as usize) as u32;
        for (weight, choice) in choices {
            if left < *weight {
                return *choice;
            }
            left -= weight;
        }
        choices[0].1
    }
    /// A random identifier in the usual spelling.
    pub fn guid(&mut self) -> String {
        guid(self.next(), self.next())
    }
    /// So many lower-case hexadecimal digits.
    pub fn hex(&mut self, digits: usize) -> String {
        (0..digits).map(|_| char::from(b"0123456789abcdef"[self.below(16)])).collect()
    }
}

/// An identifier made of 128 bits, in the spelling of a version 4 GUID without claiming its version.
pub(crate) fn guid(high: u64, low: u64) -> String {
    let bits = u128::from(high) << 64 | u128::from(low);
    let mut text = String::with_capacity(36);
    for digit in 0..32 {
        if matches!(digit, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(char::from(b"0123456789abcdef"[(bits >> (124 - 4 * digit)) as usize & 15]));
    }
    text
}

/// The identifier of a named place: equal inputs give equal identifiers.
pub(crate) fn guid_at(place: &[u64]) -> String {
    Random::at(place).guid()
}

/// Mixes all bits; a permutation of the 64-bit numbers.
pub(crate) fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// Popularity after Zipf: the first of `count` items is the most popular, in integers so that it is the same everywhere.
#[derive(Clone, Debug)]
pub(crate) struct Popularity {
    cumulative: Vec<u64>,
}

impl Popularity {
    /// For so many items. `flatness` pulls the most popular ones down; 0 is Zipf's law.
    pub fn of(count: usize, flatness: u64) -> Self {
        Self::scaled(count, flatness, |_| 100)
    }
    /// As [`Self::of`], with so many percent of the weight for each item.
    pub fn scaled(count: usize, flatness: u64, percent: impl Fn(usize) -> u64) -> Self {
        let mut total = 0;
        let cumulative = (0..count)
            .map(|rank| {
                total += percent(rank) * 10_000 / (rank as u64 + 1 + flatness);
                total
            })
            .collect();
        Self { cumulative }
    }
    /// The index of an item.
    pub fn pick(&self, random: &mut Random) -> usize {
        let total = self.cumulative.last().copied().unwrap_or(0);
        let at = random.below(total as usize) as u64;
        self.cumulative.partition_point(|sum| *sum <= at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_places_give_equal_streams() {
        let mut first = Random::at(&[1, 2, 3]);
        let mut second = Random::at(&[1, 2, 3]);
        assert_eq!(first.guid(), second.guid());
        assert_ne!(Random::at(&[1, 2, 3]).next(), Random::at(&[1, 3, 2]).next());
    }

    #[test]
    fn a_guid_has_all_its_bits() {
        assert_eq!(guid(0x0123_4567_89ab_cdef, 0x0f1e_2d3c_4b5a_6978), "01234567-89ab-cdef-0f1e-2d3c4b5a6978");
    }

    #[test]
    fn the_first_item_is_the_most_popular_and_the_last_occurs() {
        let popularity = Popularity::of(50, 0);
        let mut random = Random::at(&[7]);
        let mut counts = [0; 50];
        for _ in 0..20_000 {
            counts[popularity.pick(&mut random)] += 1;
        }
        assert!(counts[0] > 2 * counts[4], "{counts:?}");
        assert!(counts[49] > 0);
    }
}
