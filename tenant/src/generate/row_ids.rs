//! Ids that look random and yet say where their row is, so that a record is found without an index.

use crate::{
    history::{Row, Stream},
    random::{guid, mix},
};

/// The id of a row.
pub(crate) fn id(seed: u64, row: &Row) -> String {
    let packed =
        (row.stream.number() as u64) << 60 | (row.slice as u64 & 0xff_ffff) << 36 | (row.number & 0xf_ffff_ffff);
    let low = scramble(packed, seed);
    guid(mix(low ^ seed.rotate_left(17)), low)
}

/// The row that an id belongs to, without its time; `None` when no row of this seed can have it.
pub(crate) fn row(seed: u64, id: &str) -> Option<Row> {
    let digits: String = id.chars().filter(|letter| *letter != '-').collect();
    if digits.len() != 32 {
        return None;
    }
    let high = u64::from_str_radix(digits.get(..16)?, 16).ok()?;
    let low = u64::from_str_radix(digits.get(16..)?, 16).ok()?;
    if mix(low ^ seed.rotate_left(17)) != high {
        return None;
    }
    let packed = unscramble(low, seed);
    let stream = *Stream::ALL.get((packed >> 60) as usize)?;
    Some(Row { ticks: 0, stream, slice: (packed >> 36 & 0xff_ffff) as i64, number: packed & 0xf_ffff_ffff })
}

/// Four rounds of a Feistel network: any round function makes a permutation.
fn scramble(value: u64, key: u64) -> u64 {
    let (mut left, mut right) = ((value >> 32) as u32, value as u32);
    for round in 0..4 {
        (left, right) = (right, left ^ round_value(right, key, round));
    }
    u64::from(left) << 32 | u64::from(right)
}

fn unscramble(value: u64, key: u64) -> u64 {
    let (mut left, mut right) = ((value >> 32) as u32, value as u32);
    for round in (0..4).rev() {
        (left, right) = (right ^ round_value(left, key, round), left);
    }
    u64::from(left) << 32 | u64::from(right)
}

fn round_value(half: u32, key: u64, round: u64) -> u32 {
    mix(u64::from(half) ^ key.rotate_left(round as u32 * 13) ^ round << 40) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_leads_back_to_its_row_and_a_foreign_one_to_none() {
        for (number, slice) in [(0, 0), (77, 498_000), (0xf_ffff_ffff, 0xff_ffff)] {
            for stream in Stream::ALL {
                let wanted = Row { ticks: 0, stream, slice, number };
                assert_eq!(row(42, &id(42, &wanted)), Some(wanted));
            }
        }
        assert_eq!(row(42, "66ea54eb-6301-4ee5-be62-ff5a759b0100"), None);
        assert_eq!(row(42, "no id"), None);
    }
}
