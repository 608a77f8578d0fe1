//! How a block is compressed, and the only place that knows. Libraries do the work; what is ours is which of them, and that nothing
//! is lost to one.
//!
//! Compressed with [`pack_small`], sign-ins take 43% of what [`pack`] makes of them, in about the same time, and nearly as much again for
//! the check. But that encoder weighs fifteen times as much as the other's, which is why only the pack worker carries it, and whoever
//! has no pack worker does without.
//! In WebAssembly, compared with Zstandard at its fastest (`structured-zstd`) on a page of sign-ins: LZ4 makes it 2.3 times as large
//! at about the same speed; Deflate (`zlib-rs`) twice as large at a third of the speed, Brotli a fifth larger at an eighth, and another
//! Zstandard (`ruzstd`) twice as large at a ninth. One of our own was as small and,
//! with the check counted, 1.6 times as fast, but 400 lines to keep right.
//!
//! A packed block is a byte that says how, four with its length when unpacked, lowest first, and what the library made of it.

use structured_zstd::{
    decoding::FrameDecoder,
    encoding::{CompressionLevel, compress_slice_to_vec},
};

use crate::limits::UNPACKED_BYTES_MAX;

/// Not compressed.
const PLAIN: u8 = 0;
/// A block of LZ4.
const LZ4: u8 = 1;
/// A frame of Zstandard.
const ZSTANDARD: u8 = 2;

/// Compresses a block with little code.
pub fn pack(block: &[u8]) -> Vec<u8> {
    put(LZ4, block, lz4_flex::block::compress)
}

/// Compresses a block with much code, and looks whether it comes back. `None` says that it does not, which is then the encoder's fault.
pub fn pack_small(block: &[u8]) -> Option<Vec<u8>> {
    checked(block, |block| compress_slice_to_vec(block, CompressionLevel::Fastest))
}

/// Gives back what was packed, or `None` for bytes that neither [`pack`] nor [`pack_small`] made.
pub fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    let (how, rest) = packed.split_first()?;
    let (length, rest) = rest.split_first_chunk()?;
    let length = u32::from_le_bytes(*length) as usize;
    if *how == PLAIN {
        return (rest.len() == length).then(|| rest.to_vec());
    }
    // The length may be anything, but what was compressed is bounded.
    if length > UNPACKED_BYTES_MAX {
        return None;
    }
    let mut block = Vec::new();
    block.try_reserve_exact(length).ok()?;
    block.resize(length, 0);
    let filled = match *how {
        LZ4 => lz4_flex::block::decompress_into(rest, &mut block).ok()?,
        ZSTANDARD => FrameDecoder::new().decode_all(rest, &mut block).ok()?,
        _ => return None,
    };
    (filled == length).then_some(block)
}

fn checked(block: &[u8], compress: impl FnOnce(&[u8]) -> Vec<u8>) -> Option<Vec<u8>> {
    let packed = put(ZSTANDARD, block, compress);
    (unpack(&packed).as_deref() == Some(block)).then_some(packed)
}

fn put(how: u8, block: &[u8], compress: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let length =
        u32::try_from(block.len()).expect("a block comes from one page, which is far below 4 GiB").to_le_bytes();
    if block.len() > UNPACKED_BYTES_MAX {
        return [&[PLAIN][..], &length, block].concat();
    }
    [&[how][..], &length, &compress(block)].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The bytes that each way makes of a block.
    fn check(block: &[u8]) -> [usize; 2] {
        [pack(block), pack_small(block).expect("the encoder makes no mistake")].map(|packed| {
            assert!(unpack(&packed).as_deref() == Some(block), "{} bytes", block.len());
            packed.len()
        })
    }

    fn noise(length: usize) -> Vec<u8> {
        let mut random = 1_u64;
        let next = |_| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (random >> 56) as u8
        };
        (0..length).map(next).collect()
    }

    #[test]
    fn blocks_of_every_length_come_back() {
        for length in (0..300).chain([(1 << 17) - 1, 1 << 17, (1 << 17) + 1, 1 << 20]) {
            let uniform = check(&vec![7; length]);
            assert!(uniform.into_iter().max() <= Some(25 + length.min(12) + length / 200), "{uniform:?} of {length}");
            let random = check(&noise(length));
            assert!(random.into_iter().max() <= Some(25 + length + length / 200), "{random:?} of {length}");
        }
    }

    #[test]
    fn what_repeats_far_away_is_found_by_the_larger_one() {
        // More than LZ4 looks back.
        let block = noise(100_000).repeat(5);
        let [large, small] = check(&block);
        assert!(large > 499_000 && small < 150_000, "{large} and {small}");
    }

    #[test]
    fn a_block_above_the_bound_is_kept_as_it_is() {
        let block = vec![7; UNPACKED_BYTES_MAX + 1];
        let packed = pack(&block);
        assert!(packed.len() > block.len());
        assert!(unpack(&packed).as_ref() == Some(&block) && pack_small(&block) == Some(packed));
        check(&block[1..]);
    }

    #[test]
    fn an_encoder_that_errs_is_found_out() {
        let block = "{\"id\":\"4711\"}".repeat(9);
        let right = |block: &[u8]| compress_slice_to_vec(block, CompressionLevel::Fastest);
        let other = block.replace("4711", "4712");
        assert!(checked(block.as_bytes(), right).is_some());
        assert_eq!(checked(block.as_bytes(), |_| right(other.as_bytes())), None);
        assert_eq!(checked(block.as_bytes(), |block| right(&block[1..])), None);
        assert_eq!(checked(block.as_bytes(), |block| [right(block), right(b"more")].concat()), None);
        assert_eq!(checked(block.as_bytes(), |_| Vec::new()), None);
        assert_eq!(checked(block.as_bytes(), |block| block.to_vec()), None);
    }

    #[test]
    fn an_unknown_way_and_a_length_that_cannot_be_are_refused() {
        let block = [1; 100];
        for packed in [pack(&block), pack_small(&block).expect("the encoder makes no mistake")] {
            for how in 0..=u8::MAX {
                let other = [&[how], &packed[1..]].concat();
                assert_eq!(unpack(&other).is_some(), how == packed[0], "{how}");
            }
            for length in [0, 99, 101, UNPACKED_BYTES_MAX as u32, u32::MAX] {
                let other = [&packed[..1], &length.to_le_bytes(), &packed[5..]].concat();
                assert_eq!(unpack(&other), None, "{length}");
            }
        }
        assert_eq!(unpack(&[]), None);
    }

    proptest! {
        #[test]
        fn every_block_comes_back(parts in prop::collection::vec(("[a-c]{1,30}", 1_usize..40), 0..60)) {
            let block: String = parts.iter().map(|(text, times)| text.repeat(*times)).collect();
            check(block.as_bytes());
        }

        #[test]
        fn random_bytes_between_repeats_come_back(
            parts in prop::collection::vec((prop::collection::vec(any::<u8>(), 1..200), 1_usize..200), 0..30),
        ) {
            let block: Vec<u8> = parts.iter().flat_map(|(bytes, times)| bytes.repeat(*times)).collect();
            check(&block);
        }

        #[test]
        fn damaged_bytes_are_refused_or_other_ones_without_a_panic(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            block in prop::collection::vec(0_u8..4, 1..3_000),
            places in prop::collection::vec((any::<prop::sample::Index>(), 0..8), 1..4),
        ) {
            unpack(&bytes);
            for mut packed in [pack(&block), pack_small(&block).expect("the encoder makes no mistake")] {
                for how in [PLAIN, LZ4, ZSTANDARD] {
                    unpack(&[&[how], &packed[1..5], &bytes].concat());
                }
                prop_assert_eq!(unpack(&packed[..packed.len() - 1]), None);
                for (at, bit) in &places {
                    let at = at.index(packed.len());
                    packed[at] ^= 1_u8 << bit;
                }
                // Whether it is what was written, checksums tell; see `segment::Place`.
                let length = u32::from_le_bytes(*packed[1..].first_chunk().expect("it has a length")) as usize;
                prop_assert!(unpack(&packed).is_none_or(|other| other.len() == length));
            }
        }
    }
}
