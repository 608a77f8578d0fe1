//! The bars of the histogram: rows in each bucket by outcome, the exceptional below, and a scale that seldom changes.

use engine::{
    ports::Millis,
    protocol::{Cell, Histogram, LayerOf, Volume},
    reports::Outcome,
};

use super::timeline::{Part, Span, folded};

/// Rows with one outcome, or with none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Whose rows these are; `None` for rows that say nothing of it.
    pub outcome: Option<Outcome>,
    /// Rows in each bucket.
    pub counts: Vec<u32>,
}

/// Outcomes from the baseline up.
const ORDER: [Option<Outcome>; 8] = [
    Some(Outcome::Failure),
    Some(Outcome::Timeout),
    Some(Outcome::Interrupted),
    Some(Outcome::Warning),
    Some(Outcome::Success),
    Some(Outcome::Skipped),
    Some(Outcome::Unknown),
    None,
];

/// The layers of an answer, from the baseline up, with a count for each edge. What occurs nowhere has none.
pub fn layers(edges: &[Millis], answer: &Histogram) -> Vec<Layer> {
    let mut layers: Vec<Layer> = ORDER.map(|outcome| Layer { outcome, counts: vec![0; edges.len()] }).into();
    for layer in &answer.layers {
        let outcome = match &layer.of {
            LayerOf::Value(Cell::Text(text)) => Some(Outcome::parse(text).unwrap_or(Outcome::Unknown)),
            LayerOf::Value(_) | LayerOf::Other => Some(Outcome::Unknown),
            LayerOf::Missing => None,
        };
        let counts = folded(edges, &answer.starts, &layer.counts);
        if let Some(sums) = layers.iter_mut().find(|layer| layer.outcome == outcome) {
            sums.counts.iter_mut().zip(counts).for_each(|(sum, rows)| *sum += rows);
        }
    }
    layers.retain(|layer| layer.counts.iter().any(|rows| *rows > 0));
    layers
}

/// Rows in each bucket, whatever their outcome.
pub fn totals(layers: &[Layer], buckets: usize) -> Vec<u32> {
    (0..buckets).map(|bucket| layers.iter().map(|layer| layer.counts[bucket]).sum()).collect()
}

/// How high the axis goes, and where its two lines are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// What stands at the top.
    pub top: u64,
    /// Distance of the lines.
    pub line: u64,
}

impl Scale {
    /// The scale for bars of which the highest has so many rows. It is a round number, so that it seldom changes while rows come.
    pub fn of(most: u32) -> Self {
        // Top and line, of which the second one is not above the top.
        const SMALL: [(u64, u64); 6] = [(2, 1), (3, 1), (4, 2), (5, 2), (6, 3), (8, 4)];
        const NICE: [(u64, u64); 10] =
            [(10, 5), (12, 5), (15, 5), (20, 10), (25, 10), (30, 10), (40, 20), (50, 20), (60, 30), (80, 40)];
        let most = u64::from(most);
        if let Some((top, line)) = SMALL.into_iter().find(|(top, _)| *top >= most) {
            return Self { top, line };
        }
        let mut unit = 1;
        loop {
            match NICE.into_iter().find(|(top, _)| top * unit >= most) {
                Some((top, line)) => return Self { top: top * unit, line: line * unit },
                None => unit *= 10,
            }
        }
    }
}

/// Rows that are still to come in each bucket, as far as the service counts them. There are `totals` already, which may be
/// newer than the parts.
pub fn to_come(frame: (&[Millis], Millis), totals: &[u32], parts: &[Part], volume: &Volume) -> Vec<u32> {
    let (edges, end) = frame;
    let missing: Vec<Span> = parts.iter().filter(|part| part.state.is_to_come()).map(|part| part.span).collect();
    let rows = edges.iter().zip(totals).enumerate().map(|(at, (from, here))| {
        let until = edges.get(at + 1).copied().unwrap_or(end);
        let overlaps = missing.iter().map(|span| (span.from.max(*from), span.to.min(until)));
        let coming: f64 = overlaps.filter(|(low, high)| low < high).map(|(low, high)| counted(volume, low, high)).sum();
        coming.min((counted(volume, *from, until) - f64::from(*here)).max(0.0)).round() as u32
    });
    rows.collect()
}

/// Rows between two instants, with those of a window spread evenly over it.
fn counted(volume: &Volume, from: Millis, to: Millis) -> f64 {
    let length = volume.window_millis.max(1);
    let first = (from - volume.from).div_euclid(length).max(0) as usize;
    let windows = volume.counts.iter().enumerate().skip(first);
    let rows = windows.map_while(|(index, rows)| {
        let start = volume.from + index as Millis * length;
        // The last one may not have been over.
        let end = (start + length).min(volume.at.max(start + 1));
        let overlap = to.min(end) - from.max(start);
        (start < to).then(|| *rows as f64 * overlap.max(0) as f64 / (end - start) as f64)
    });
    rows.sum()
}

/// A number for an axis, shortened: `400`, `1k`, `2.5k`, `3M`.
pub fn shortened(number: u64) -> String {
    let (unit, sign) = match number {
        0..1_000 => return number.to_string(),
        1_000..1_000_000 => (1_000, 'k'),
        _ => (1_000_000, 'M'),
    };
    let tenths = number / (unit / 10);
    if tenths.is_multiple_of(10) {
        format!("{}{sign}", tenths / 10)
    } else {
        format!("{}.{}{sign}", tenths / 10, tenths % 10)
    }
}

/// Buckets that are marked: from one to another, either of which may be the earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brush {
    /// Where it began.
    pub anchor: usize,
    /// Where it is now.
    pub head: usize,
}

impl Brush {
    /// One bucket.
    pub fn at(bucket: usize) -> Self {
        Self { anchor: bucket, head: bucket }
    }
    /// First and last bucket.
    pub fn ends(self) -> (usize, usize) {
        (self.anchor.min(self.head), self.anchor.max(self.head))
    }
    /// After a step to another bucket, which takes the mark along or extends it. There are `count` buckets.
    #[must_use]
    pub fn moved(self, to: usize, count: usize, is_extending: bool) -> Self {
        let head = to.min(count.saturating_sub(1));
        Self { anchor: if is_extending { self.anchor } else { head }, head }
    }
}

#[cfg(test)]
mod tests {
    use engine::protocol;

    use super::{super::timeline::PartState, *};

    #[test]
    fn failures_stand_at_the_bottom_and_what_does_not_occur_is_left_out() {
        let layer = |of, counts: &[u32]| protocol::Layer { of, counts: counts.to_vec() };
        let text = |text: &str| LayerOf::Value(Cell::Text(text.to_owned()));
        let answer = Histogram {
            revision: 1,
            total: 20,
            starts: vec![0, 10, 20],
            counts: vec![6, 7, 7],
            layers: vec![
                layer(text("success"), &[3, 3, 3]),
                layer(text("failure"), &[1, 0, 2]),
                layer(text("something new"), &[1, 1, 1]),
                layer(LayerOf::Other, &[1, 2, 0]),
                layer(LayerOf::Missing, &[0, 1, 1]),
                layer(text("skipped"), &[0, 0, 0]),
            ],
        };
        let found = layers(&[0, 20], &answer);
        let shown: Vec<_> = found.iter().map(|layer| (layer.outcome, layer.counts.as_slice())).collect();
        let expected: [(Option<Outcome>, &[u32]); 4] = [
            (Some(Outcome::Failure), &[1, 2]),
            (Some(Outcome::Success), &[6, 3]),
            (Some(Outcome::Unknown), &[5, 1]),
            (None, &[1, 1]),
        ];
        assert_eq!(shown, expected);
        assert_eq!(totals(&found, 2), [13, 7]);
    }

    #[test]
    fn what_is_still_to_come_is_told_by_the_count_of_its_time() {
        let part = |from, to, state| Part { span: Span { from, to }, state };
        let parts = [part(30, 40, PartState::Loaded), part(15, 30, PartState::Loading), part(0, 15, PartState::Failed)];
        let volume = Volume { from: 10, window_millis: 20, counts: vec![40, 10], at: 40 };
        // Of the first window's 40 rows, half a bucket's, a bucket's, and none where all is loaded or has failed.
        let edges: &[Millis] = &[0, 10, 20, 30];
        assert_eq!(to_come((edges, 40), &[0, 5, 0, 9], &parts, &volume), [0, 10, 20, 0]);
        assert_eq!(to_come((edges, 40), &[0, 5, 18, 9], &parts, &volume), [0, 10, 2, 0], "most of them are here");
    }

    #[test]
    fn the_scale_is_round_and_never_too_low() {
        let cases = [
            (0, 2, 1),
            (2, 2, 1),
            (3, 3, 1),
            (5, 5, 2),
            (7, 8, 4),
            (437, 500, 200),
            (501, 600, 300),
            (901, 1_000, 500),
        ];
        for (most, top, line) in cases {
            assert_eq!(Scale::of(most), Scale { top, line }, "{most}");
        }
        for most in (1..5_000).chain([999_999, u32::MAX]) {
            let Scale { top, line } = Scale::of(most);
            assert!(top >= u64::from(most) && line * 2 <= top, "{most}: {top} and {line}");
        }
    }

    #[test]
    fn numbers_of_an_axis_are_short() {
        for (number, text) in
            [(0, "0"), (500, "500"), (1_000, "1k"), (2_500, "2.5k"), (20_000, "20k"), (3_000_000, "3M")]
        {
            assert_eq!(shortened(number), text);
        }
    }

    #[test]
    fn a_mark_is_moved_and_extended_and_stays_on_the_axis() {
        let brush = Brush::at(3).moved(4, 6, false);
        assert_eq!(brush, Brush::at(4));
        let wider = brush.moved(1, 6, true);
        assert_eq!(wider.ends(), (1, 4));
        assert_eq!(wider.moved(9, 6, true).ends(), (4, 5));
        assert_eq!(wider.moved(2, 6, false), Brush::at(2));
    }
}
