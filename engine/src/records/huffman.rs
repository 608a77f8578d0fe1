//! Bytes in fewer bits where some are more frequent than others: Huffman's code, per block.
//!
//! Coded bytes are their number, doubled and one more where a code is worth it. Without one they follow as they are. With one, each
//! byte's number of bits follows, two to a byte, then how long the bits are, then the bits, lowest first.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::packing::{Input, put_number};

/// Most bits of one byte: the table for reading has as many entries as these can say.
const BITS_MAX: u32 = 11;
/// Bytes that can be read after one look at the input, which gives 56 bits.
const GROUP: usize = 5;
/// What a look at the input takes.
const LOOK: usize = size_of::<u64>();
/// What a look may take behind the last bit, because the one before may have read all bits.
const SPARE: usize = 2 * LOOK;
/// Numbers of bits of all bytes, in front of the coded ones.
const LENGTHS: usize = 128;

/// Appends coded bytes.
pub(super) fn put(coded: &mut Vec<u8>, bytes: &[u8]) {
    let mut counts = [0_u32; 256];
    for byte in bytes {
        counts[usize::from(*byte)] += 1;
    }
    let lengths = lengths(&counts);
    let bits: u64 = counts.iter().zip(&lengths).map(|(count, length)| u64::from(*count) * u64::from(*length)).sum();
    let size = bits.div_ceil(8) as usize + SPARE;
    if size + LENGTHS >= bytes.len() {
        put_number(coded, bytes.len() << 1);
        coded.extend_from_slice(bytes);
        return;
    }
    put_number(coded, bytes.len() << 1 | 1);
    coded.extend(lengths.as_chunks::<2>().0.iter().map(|[low, high]| low | high << 4));
    put_number(coded, size);
    let start = coded.len();
    coded.reserve(size);
    let codes = codes(&lengths);
    let (mut waiting, mut filled) = (0_u64, 0);
    for byte in bytes {
        let (code, length) = codes[usize::from(*byte)];
        waiting |= u64::from(code) << filled;
        filled += u32::from(length);
        if filled >= u32::BITS {
            coded.extend_from_slice(&(waiting as u32).to_le_bytes());
            waiting >>= u32::BITS;
            filled -= u32::BITS;
        }
    }
    coded.extend_from_slice(&waiting.to_le_bytes());
    coded.resize(start + size, 0);
}

/// Reads coded bytes, or `None` for what [`put`] did not write. There are at most `most`.
pub(super) fn take(input: &mut Input<'_>, most: usize) -> Option<Vec<u8>> {
    let number = input.number()?;
    let count = number >> 1;
    if number & 1 == 0 {
        return input.take(count).map(<[u8]>::to_vec);
    }
    let mut lengths = [0; 256];
    for (pair, packed) in lengths.as_chunks_mut::<2>().0.iter_mut().zip(input.take(LENGTHS)?) {
        *pair = [packed & 0xf, packed >> 4];
    }
    let size = input.number()?;
    let mut rest = input.take(size)?;
    if count > most {
        return None;
    }
    let table = table(&lengths)?;
    let mut bytes = vec![0; count];
    let (mut waiting, mut filled) = (0_u64, 0);
    for group in bytes.chunks_mut(GROUP) {
        waiting |= u64::from_le_bytes(*rest.first_chunk::<LOOK>()?) << filled;
        let read = (u64::BITS - 1 - filled) / 8;
        rest = &rest[read as usize..];
        filled += read * 8;
        for byte in group {
            let (value, length) = table[waiting as usize % table.len()];
            *byte = value;
            waiting >>= length;
            filled -= u32::from(length);
        }
    }
    Some(bytes)
}

/// How many bits each byte gets; none for those that do not occur.
fn lengths(counts: &[u32; 256]) -> [u8; 256] {
    let mut counts = *counts;
    loop {
        let lengths = unlimited_lengths(&counts);
        if lengths.iter().all(|length| u32::from(*length) <= BITS_MAX) {
            return lengths;
        }
        // The rarer bytes get fewer bits when they are less rare.
        for count in counts.iter_mut().filter(|count| **count > 0) {
            *count = *count / 2 + 1;
        }
    }
}

/// The two rarest become one, again and again; each time that costs all that they stand for one bit more.
fn unlimited_lengths(counts: &[u32; 256]) -> [u8; 256] {
    let mut heap: BinaryHeap<Reverse<(u64, usize)>> =
        (0..256).filter(|byte| counts[*byte] > 0).map(|byte| Reverse((u64::from(counts[byte]), byte))).collect();
    let mut lengths = [0; 256];
    if heap.len() == 1 {
        // A code of no bits could not be told from one for a byte that does not occur.
        heap.iter().for_each(|Reverse((_, byte))| lengths[*byte] = 1);
        return lengths;
    }
    // What became of each byte and of each pair: pairs come behind the bytes.
    let mut parents = vec![0; 256];
    while let (Some(Reverse((left_count, left))), Some(Reverse((right_count, right)))) = (heap.pop(), heap.pop()) {
        let pair = parents.len();
        (parents[left], parents[right]) = (pair, pair);
        parents.push(0);
        if heap.is_empty() {
            break;
        }
        heap.push(Reverse((left_count + right_count, pair)));
    }
    let mut depths = vec![0; parents.len()];
    for at in (0..parents.len() - 1).rev() {
        if parents[at] > 0 {
            depths[at] = depths[parents[at]] + 1;
        }
        if let Some(length) = lengths.get_mut(at) {
            *length = depths[at];
        }
    }
    lengths
}

/// The code of each byte, its first bit lowest, with its number of bits. Shorter codes come first, then lower bytes.
fn codes(lengths: &[u8; 256]) -> [(u16, u8); 256] {
    let mut codes = [(0, 0); 256];
    let mut code = 0_u16;
    for length in 1..=BITS_MAX as u8 {
        for byte in (0..256).filter(|byte| lengths[*byte] == length) {
            codes[byte] = (code.reverse_bits() >> (u16::BITS - u32::from(length)), length);
            code += 1;
        }
        code <<= 1;
    }
    codes
}

/// Which byte begins with which bits, and its number of bits. `None` where two codes would begin alike.
fn table(lengths: &[u8; 256]) -> Option<Box<[(u8, u8); 1 << BITS_MAX]>> {
    let space =
        |length: &u8| if *length == 0 { Some(0) } else { Some(1_u32 << BITS_MAX.checked_sub((*length).into())?) };
    let used = lengths.iter().try_fold(0, |sum, length| Some(sum + space(length)?))?;
    if used > 1 << BITS_MAX {
        return None;
    }
    let mut table = Box::new([(0, 0); 1 << BITS_MAX]);
    for (byte, (code, length)) in (0..=u8::MAX).zip(codes(lengths)) {
        if length > 0 {
            table.iter_mut().skip(code.into()).step_by(1 << length).for_each(|entry| *entry = (byte, length));
        }
    }
    Some(table)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(bytes: &[u8]) -> usize {
        let mut coded = vec![1, 2, 3];
        put(&mut coded, bytes);
        let mut input = Input(&coded[3..]);
        assert!(take(&mut input, bytes.len()).as_deref() == Some(bytes), "{bytes:?}");
        assert!(input.0.is_empty());
        coded.len() - 3
    }

    #[test]
    fn what_is_frequent_takes_few_bits() {
        assert_eq!(check(b""), 1);
        assert_eq!(check(b"abc"), 4);
        assert_eq!(check(&[7; 8_000]), 2 + LENGTHS + 2 + 1_000 + SPARE);
        let digits: Vec<u8> = (0..8_000_u32).map(|at| b"0123456789abcdef"[(at * 7 % 16) as usize]).collect();
        assert_eq!(check(&digits), 2 + LENGTHS + 2 + 4_000 + SPARE);
    }

    #[test]
    fn no_byte_takes_more_bits_than_the_table_has() {
        // Fibonacci's numbers make the longest codes.
        let (mut one, mut two) = (1, 1);
        let mut bytes = Vec::new();
        for byte in 0..22_u8 {
            bytes.resize(bytes.len() + one, byte);
            (one, two) = (two, one + two);
        }
        assert!(check(&bytes) < bytes.len() / 3);
    }

    proptest! {
        #[test]
        fn all_bytes_come_back(bytes in prop::collection::vec(any::<u8>(), 0..2_000), bits in 0_u32..8) {
            let bytes: Vec<u8> = bytes.iter().map(|byte| byte >> bits).collect();
            check(&bytes);
        }

        #[test]
        fn nonsense_is_no_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            take(&mut Input(&bytes), 1_000);
            bytes.splice(0..0, [0x81, 1]);
            take(&mut Input(&bytes), 1_000);
        }
    }
}
