//! Comparing and hashing bytes quickly, also where the compiler has no quick way of its own.

/// True when the bytes are the same. In WebAssembly the compiler's own comparison takes one byte after the other.
#[inline]
pub fn same(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let ((left, left_rest), (right, right_rest)) = (left.as_chunks::<16>(), right.as_chunks::<16>());
    for (left, right) in left.iter().zip(right) {
        if u128::from_le_bytes(*left) != u128::from_le_bytes(*right) {
            return false;
        }
    }
    let ((left, left_rest), (right, right_rest)) = (left_rest.as_chunks::<4>(), right_rest.as_chunks::<4>());
    for (left, right) in left.iter().zip(right) {
        if u32::from_le_bytes(*left) != u32::from_le_bytes(*right) {
            return false;
        }
    }
    left_rest.iter().zip(right_rest).all(|(left, right)| left == right)
}

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
    spread(hash.rotate_left(23) ^ word)
}

/// A number whose highest bits depend on all bits of this one.
#[inline]
pub fn spread(word: u64) -> u64 {
    word.wrapping_mul(MULTIPLIER)
}

#[inline]
fn finish(mut hash: u64) -> u64 {
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(MULTIPLIER);
    hash ^ (hash >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_counts_in_a_comparison() {
        for length in 0..70 {
            let plain = vec![b'a'; length];
            assert!(same(&plain, &plain.clone()));
            assert!(!same(&plain, &vec![b'a'; length + 1]));
            for at in 0..length {
                let mut other = plain.clone();
                other[at] = b'b';
                assert!(!same(&plain, &other), "{at} of {length}");
            }
        }
    }

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
