//! Passing over nested JSON 64 bytes at a time: only brackets outside of strings count.

/// The length of the object or array that the bytes begin with; `None` when it does not end.
pub(super) fn nested_length(bytes: &[u8]) -> Option<usize> {
    let mut scan = Scan { depth: 0, is_in_string: false, is_escaped: false };
    let (blocks, tail) = bytes.as_chunks::<64>();
    for (at, block) in blocks.iter().enumerate() {
        if let Some(end) = scan.block(block) {
            return Some(at * 64 + end + 1);
        }
    }
    // Zeros mean nothing to the scan.
    let mut last = [0; 64];
    last[..tail.len()].copy_from_slice(tail);
    scan.block(&last).map(|end| blocks.len() * 64 + end + 1)
}

struct Scan {
    depth: u32,
    is_in_string: bool,
    /// True when the next byte follows a backslash that counts.
    is_escaped: bool,
}

impl Scan {
    /// Where the last bracket closes in this block, if it does.
    #[inline]
    fn block(&mut self, block: &[u8; 64]) -> Option<usize> {
        let found = Found::of(block);
        let mut escaped = u64::from(self.is_escaped);
        self.is_escaped = false;
        let mut backslashes = found.backslashes & !escaped;
        while backslashes != 0 {
            let at = backslashes.trailing_zeros();
            if at == 63 {
                self.is_escaped = true;
                break;
            }
            escaped |= 2 << at;
            backslashes &= !(3 << at);
        }
        let quotes = found.quotes & !escaped;
        // Bit by bit: whether an odd number of quotes stands up to here.
        let mut in_string = quotes;
        for shift in [1, 2, 4, 8, 16, 32] {
            in_string ^= in_string << shift;
        }
        if self.is_in_string {
            in_string = !in_string;
        }
        self.is_in_string = in_string >> 63 != 0;
        let (opening, closing) = (found.opening & !in_string, found.closing & !in_string);
        if closing.count_ones() < self.depth {
            self.depth = self.depth + opening.count_ones() - closing.count_ones();
            return None;
        }
        let mut both = opening | closing;
        while both != 0 {
            let at = both.trailing_zeros();
            if opening >> at & 1 != 0 {
                self.depth += 1;
            } else {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    return Some(at as usize);
                }
            }
            both &= both - 1;
        }
        None
    }
}

/// One bit for each byte of a block.
struct Found {
    quotes: u64,
    backslashes: u64,
    opening: u64,
    closing: u64,
}

impl Found {
    #[inline]
    fn of(block: &[u8; 64]) -> Self {
        let mut found = Self { quotes: 0, backslashes: 0, opening: 0, closing: 0 };
        for (at, part) in block.as_chunks::<16>().0.iter().enumerate() {
            let [quotes, backslashes, opening, closing] = sixteen(part);
            let shift = at * 16;
            found.quotes |= u64::from(quotes) << shift;
            found.backslashes |= u64::from(backslashes) << shift;
            found.opening |= u64::from(opening) << shift;
            found.closing |= u64::from(closing) << shift;
        }
        found
    }
}

/// Where quotes, backslashes, opening and closing brackets are; with the sixth bit set, both kinds of brackets are braces.
#[cfg(target_arch = "wasm32")]
#[inline]
fn sixteen(bytes: &[u8; 16]) -> [u16; 4] {
    use std::arch::wasm32::{i8x16_bitmask, i8x16_eq, i8x16_splat, u64x2, v128_or};
    let word = u128::from_le_bytes(*bytes);
    let bytes = u64x2(word as u64, (word >> 64) as u64);
    let braces = v128_or(bytes, i8x16_splat(0x20));
    let equal = |bytes, byte: u8| i8x16_bitmask(i8x16_eq(bytes, i8x16_splat(byte as i8)));
    [equal(bytes, b'"'), equal(bytes, b'\\'), equal(braces, b'{'), equal(braces, b'}')]
}

#[cfg(not(target_arch = "wasm32"))]
#[inline]
fn sixteen(bytes: &[u8; 16]) -> [u16; 4] {
    let word = u128::from_le_bytes(*bytes);
    let words = [word as u64, (word >> 64) as u64];
    let braces = words.map(|word| word | (ONES * 0x20));
    [equal(words, b'"'), equal(words, b'\\'), equal(braces, b'{'), equal(braces, b'}')]
}

#[cfg(not(target_arch = "wasm32"))]
const ONES: u64 = 0x0101_0101_0101_0101;

/// One bit for each byte that equals this one.
#[cfg(not(target_arch = "wasm32"))]
#[inline]
fn equal(words: [u64; 2], byte: u8) -> u16 {
    let [low, high] = words.map(|word| {
        let different = word ^ (ONES * u64::from(byte));
        // The highest bit of a byte stays clear where all its bits are.
        let is_different = ((different & (ONES * 0x7f)) + ONES * 0x7f) | different;
        // The product gathers the highest bits in its highest byte.
        ((!is_different >> 7 & ONES).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u16
    });
    low | high << 8
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// One byte after the other.
    fn naive(bytes: &[u8]) -> Option<usize> {
        let (mut depth, mut at) = (0_usize, 0);
        while at < bytes.len() {
            match bytes[at] {
                b'{' | b'[' => depth += 1,
                b'}' | b']' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Some(at + 1);
                    }
                }
                b'"' => {
                    at += 1;
                    while at < bytes.len() && bytes[at] != b'"' {
                        at += if bytes[at] == b'\\' { 2 } else { 1 };
                    }
                }
                _ => {}
            }
            at += 1;
        }
        None
    }

    proptest! {
        #[test]
        fn blocks_find_the_end_that_bytes_find(inside in proptest::collection::vec(prop_oneof![Just(b'{'), Just(b'}'),
            Just(b'['), Just(b']'), Just(b'"'), Just(b'\\'), Just(b'a'), Just(b','), any::<u8>()], 0..400)) {
            // Outside of a string a backslash is not JSON, and no end has to be found then.
            let bytes = [b"{", &inside[..], b"\"\"}"].concat();
            let mut quoted = false;
            let mut is_json = true;
            let mut at = 0;
            while at < bytes.len() {
                match bytes[at] {
                    b'"' => quoted = !quoted,
                    b'\\' if quoted => at += 1,
                    b'\\' => is_json = false,
                    _ => {}
                }
                at += 1;
            }
            if is_json {
                prop_assert_eq!(nested_length(&bytes), naive(&bytes));
            } else {
                let _ = nested_length(&bytes);
            }
        }
    }
}
