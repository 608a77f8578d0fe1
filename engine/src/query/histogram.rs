//! Rows over time, and over time and value.

use super::{
    bits::ones,
    column as column_at,
    facets::{Counts, top},
    rank::Ranks,
    results::{Results, Selection},
    time::Timeline,
    values::{Reader, Values},
};
use crate::{
    limits::LAYERS_MAX,
    protocol::{Histogram, HistogramQuery, Layer, LayerOf, QueryError},
    store::{CHUNK_ROWS, Instants, Table},
};

/// Rows over time.
///
/// # Errors
/// When the question names a fetch or a column that does not exist, or too many buckets.
pub fn histogram(table: &Table, results: &mut Results, query: &HistogramQuery) -> Result<Histogram, QueryError> {
    let timeline = Timeline::new(query)?;
    let kept = results.of(table);
    let selection = kept.select(table, &query.key, &query.filter)?;
    let stack = query.stack.as_deref().map(|id| column_at(table, id)).transpose()?;
    let unknown = || QueryError::UnknownColumn { column: table.definition().time.to_owned() };
    let instants = table.times().ok_or_else(unknown)?;
    let mut counts = vec![0; timeline.len()];
    let layers = match stack {
        None => {
            each_bucket(&timeline, instants, &selection, |_, bucket| counts[bucket] += 1);
            Vec::new()
        }
        Some(stack) => {
            let mut values = Values::new(table, stack, &selection);
            let mut by_cell = vec![0; values.cells()];
            let codes = Reader::new(values.chunks());
            each_bucket(&timeline, instants, &selection, |row, bucket| {
                counts[bucket] += 1;
                by_cell[codes.get(row) as usize] += 1;
            });
            drop(codes);
            layers(&timeline, instants, &selection, &mut values, by_cell, &mut kept.ranks, query.stack_limit)
        }
    };
    Ok(Histogram { revision: table.revision(), total: selection.count, counts, layers, starts: timeline.starts() })
}

fn layers(
    timeline: &Timeline,
    instants: &Instants,
    selection: &Selection,
    values: &mut Values<'_>,
    by_cell: Vec<u32>,
    ranks: &mut Ranks,
    limit: u32,
) -> Vec<Layer> {
    let is_here: Vec<bool> = by_cell.iter().map(|rows| *rows > 0).collect();
    let by_value = Counts::of_cells(values, by_cell).by_value;
    let (shown, _) = top(values, ranks, &by_value, limit.min(LAYERS_MAX));
    let codes = Reader::new(values.chunks());
    let (other, missing) = (shown.len(), shown.len() + 1);
    let mut layer_of_value = vec![other; values.value_codes()];
    shown.iter().enumerate().for_each(|(layer, (code, _))| layer_of_value[*code as usize] = layer);
    // The layers of each code of a row, one after the other: mostly one.
    let mut layers_of_cell: Vec<(u32, u32)> = Vec::with_capacity(values.cells());
    let mut lists = Vec::new();
    for (cell, is_here) in (0..).zip(is_here) {
        let start = lists.len();
        if is_here {
            lists.extend(values.members(cell).iter().map(|member| layer_of_value[*member as usize]));
            lists[start..].sort_unstable();
            let mut last = None;
            let mut kept = start;
            for at in start..lists.len() {
                if last != Some(lists[at]) {
                    last = Some(lists[at]);
                    lists[kept] = lists[at];
                    kept += 1;
                }
            }
            lists.truncate(kept);
            if kept == start {
                lists.push(missing);
            }
        }
        layers_of_cell.push((start as u32, lists.len() as u32));
    }
    let buckets = timeline.len();
    let mut counts = vec![0; (missing + 1) * buckets];
    each_bucket(timeline, instants, selection, |row, bucket| {
        let (start, end) = layers_of_cell[codes.get(row) as usize];
        for layer in &lists[start as usize..end as usize] {
            counts[layer * buckets + bucket] += 1;
        }
    });
    let of = |layer: usize| match shown.get(layer) {
        Some((code, _)) => LayerOf::Value(values.cell(*code)),
        None if layer == other => LayerOf::Other,
        None => LayerOf::Missing,
    };
    let layers = counts.chunks(buckets).enumerate();
    layers
        .map(|(layer, counts)| Layer { of: of(layer), counts: counts.to_vec() })
        .filter(|layer| layer.counts.iter().any(|rows| *rows > 0))
        .collect()
}

/// Every row that is meant and that has a time in one of the buckets, with its bucket.
fn each_bucket(timeline: &Timeline, instants: &Instants, selection: &Selection, mut visit: impl FnMut(u32, usize)) {
    let from = timeline.from();
    if let Some((count, length)) = timeline.ratio() {
        return each_instant(instants, selection, |row, instant| {
            // Marks and what was before the range are too large without a sign.
            let passed = instant.wrapping_sub(from) as u64;
            if passed < length {
                visit(row, ((passed * count) as f64 / length as f64) as usize);
            }
        });
    }
    // Neighbours are mostly of one bucket.
    let (mut bucket, mut around) = (0, from..from);
    each_instant(instants, selection, |row, instant| {
        if !around.contains(&instant) {
            let Some((next, range)) = timeline.bucket(instant) else { return };
            (bucket, around) = (next as usize, range);
        }
        visit(row, bucket);
    });
}

/// Every row that is meant, with its instant or mark.
fn each_instant(instants: &Instants, selection: &Selection, mut visit: impl FnMut(u32, i64)) {
    let Some(bits) = &selection.bits else {
        let rows = instants.chunks().flatten();
        return (0..).zip(rows).for_each(|(row, instant)| visit(row, *instant));
    };
    for (chunk, at) in instants.chunks().zip((0..).step_by(CHUNK_ROWS / 64)) {
        for (word, start) in bits.words()[at..].iter().zip((0..chunk.len()).step_by(64)) {
            for bit in ones(*word) {
                // Rows past the end have no time.
                if let Some(instant) = chunk.get(start + bit) {
                    visit((at * 64 + start + bit) as u32, *instant);
                }
            }
        }
    }
}
