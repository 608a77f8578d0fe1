//! Rows in another order than newest first. Values are compared once each; rows are then counted into place.

use super::{
    column as column_at,
    rank::{MISSING, Ranks},
    results::Selection,
    values::{Reader, compare},
};
use crate::{
    protocol::{QueryError, Sort},
    store::{FIRST_INSTANT, Instants, NULL_INSTANT, Rows, Table},
};

/// The rows of a fetch that are meant, sorted. Rows that are equal in every sort column stay newest first. What is absent
/// comes last, whichever way a column is sorted.
///
/// # Errors
/// When a sort column does not exist.
pub(super) fn sort(
    table: &Table,
    fetch: usize,
    selection: &Selection,
    sorts: &[Sort],
    ranks: &mut Ranks,
) -> Result<Vec<u32>, QueryError> {
    let columns = sorts.iter().map(|sort| column_at(table, &sort.column)).collect::<Result<Vec<_>, _>>()?;
    let order = table.order(fetch);
    let mut rows = match &selection.bits {
        None => order.to_vec(),
        Some(_) if selection.count as usize == order.len() => order.to_vec(),
        Some(_) => order.iter().copied().filter(|row| selection.has(*row)).collect(),
    };
    // Stable sorts, the least significant first.
    for (at, (sort, column_at)) in sorts.iter().zip(columns).enumerate().rev() {
        let is_in_order_of_time = at + 1 == sorts.len();
        let column = &table.columns()[column_at];
        match column.rows() {
            Rows::Instants(instants)
                if is_in_order_of_time && sort.column == table.definition().time && instants.odd().is_empty() =>
            {
                if !sort.is_descending {
                    turn(instants, &mut rows);
                }
            }
            Rows::Instants(instants) => sort_by_instant(instants, sort.is_descending, &mut rows),
            Rows::Codes(codes) => {
                let ranks = ranks.of_rows(column_at, column);
                let count = column.value_codes() as u32;
                let place = |rank: u32| match rank {
                    MISSING => count,
                    rank if sort.is_descending => count - 1 - rank,
                    rank => rank,
                };
                let places: Vec<u32> = ranks.iter().map(|rank| place(*rank)).collect();
                let codes = Reader::new(codes.chunks().collect());
                place_by(&mut rows, u64::from(count), |row| u64::from(places[codes.get(row) as usize]));
            }
        }
    }
    Ok(rows)
}

/// Turns rows that stand newest first around, so that they stand oldest first and those without a time last. Rows of one
/// instant stay as they are.
fn turn(instants: &Instants, rows: &mut [u32]) {
    let dated = rows.partition_point(|row| instants.get(*row as usize) >= FIRST_INSTANT);
    let rows = &mut rows[..dated];
    rows.reverse();
    let (mut start, mut instant) = (0, None);
    for at in 0..rows.len() {
        let next = Some(instants.get(rows[at] as usize));
        if next != instant {
            rows[start..at].reverse();
            (start, instant) = (at, next);
        }
    }
    rows[start..].reverse();
}

fn sort_by_instant(instants: &Instants, is_descending: bool, rows: &mut [u32]) {
    let times = || rows.iter().map(|row| instants.get(*row as usize)).filter(|instant| *instant >= FIRST_INSTANT);
    let (least, most) = (times().min().unwrap_or_default(), times().max().unwrap_or_default());
    // Text that is no time comes after the times.
    let mut odd: Vec<u32> = (0..instants.odd().len() as u32).collect();
    odd.sort_unstable_by(|left, right| {
        compare(&instants.value(Instants::odd_mark(*left)), &instants.value(Instants::odd_mark(*right)))
    });
    let mut odd_places = vec![0; odd.len()];
    odd.iter().enumerate().for_each(|(place, number)| odd_places[*number as usize] = place as u64);
    let range = most.abs_diff(least) + 1;
    let last = range + odd.len() as u64;
    place_by(rows, last, |row| {
        let place = match instants.get(row as usize) {
            ..=NULL_INSTANT => return last,
            instant @ FIRST_INSTANT.. => instant.abs_diff(least),
            mark => range + odd_places[mark.abs_diff(Instants::odd_mark(0)) as usize],
        };
        if is_descending { last - 1 - place } else { place }
    });
}

/// Sorts rows by their places, from 0 to the last, without changing the order of rows in the same place.
fn place_by(rows: &mut [u32], last: u64, place: impl Fn(u32) -> u64) {
    if u32::try_from(last).is_ok() {
        let placed = rows.iter().map(|row| place(*row) << 32 | u64::from(*row)).collect();
        place_in_passes(rows, last, placed, |placed| (placed >> 32, placed as u32));
    } else {
        let placed = rows.iter().map(|row| (place(*row), *row)).collect();
        place_in_passes(rows, last, placed, |placed| placed);
    }
}

/// Bits of a place that are sorted by at a time: so many counters, and the rows they lead to, stay in the fastest memory.
const DIGIT_BITS: u32 = 11;

fn place_in_passes<P: Copy + Default>(rows: &mut [u32], last: u64, mut from: Vec<P>, read: impl Fn(P) -> (u64, u32)) {
    let bits = u64::BITS - last.leading_zeros();
    let passes = bits.div_ceil(DIGIT_BITS).max(1);
    let digit_bits = bits.div_ceil(passes);
    let mut to = vec![P::default(); if passes > 1 { rows.len() } else { 0 }];
    for pass in 0..passes {
        let digit = |placed: P| (read(placed).0 >> (pass * digit_bits)) as usize & ((1 << digit_bits) - 1);
        let mut starts = vec![0_u32; (1 << digit_bits) + 1];
        from.iter().for_each(|placed| starts[digit(*placed) + 1] += 1);
        (1..starts.len()).for_each(|at| starts[at] += starts[at - 1]);
        let mut next = |placed: P| {
            let start = &mut starts[digit(placed)];
            *start += 1;
            *start as usize - 1
        };
        if pass + 1 == passes {
            from.iter().for_each(|placed| rows[next(*placed)] = read(*placed).1);
        } else {
            from.iter().for_each(|placed| to[next(*placed)] = *placed);
            std::mem::swap(&mut from, &mut to);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rows_are_placed_like_a_stable_sort_would(places in proptest::collection::vec(prop_oneof![0..4_u64, 0..3_000_u64, any::<u64>()], 0..300)) {
            let mut rows: Vec<u32> = (0..places.len() as u32).rev().collect();
            let mut wanted = rows.clone();
            wanted.sort_by_key(|row| places[*row as usize]);
            place_by(&mut rows, places.iter().copied().max().unwrap_or_default(), |row| places[row as usize]);
            prop_assert_eq!(rows, wanted);
        }
    }
}
