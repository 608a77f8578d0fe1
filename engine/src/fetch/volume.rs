//! How many rows there are when: what the service counts, and what that says about a time.

use std::collections::BTreeMap;

use crate::{
    graph::{Bounds, Window},
    limits::{COUNT_MAX, RETENTIONS, WINDOWS_MAX},
    ports::Millis,
    protocol::Volume,
};

/// Counts as their pages come. The service says neither how far back they go nor in which order they are.
#[derive(Debug)]
pub(super) struct Tally {
    window: Window,
    /// When the service was asked.
    at: Millis,
    /// Rows by number of the window since 1970.
    rows: BTreeMap<Millis, u64>,
    last: Option<Millis>,
    is_falling: bool,
    is_rising: bool,
}

impl Tally {
    pub(super) fn new(window: Window, at: Millis) -> Self {
        Self { window, at, rows: BTreeMap::new(), last: None, is_falling: true, is_rising: true }
    }
    /// Takes a page of counts. What cannot be is left out: rows to come, and rows older than any that are kept.
    pub(super) fn add(&mut self, counts: impl IntoIterator<Item = (Millis, u64)>) {
        let oldest = self.at.saturating_sub(RETENTIONS[0].as_millis() as Millis);
        for (at, rows) in counts {
            if at > self.at || at < oldest || rows > COUNT_MAX {
                continue;
            }
            let number = at.div_euclid(self.window.millis());
            let sum = self.rows.entry(number).or_default();
            *sum = (*sum + rows).min(COUNT_MAX);
            self.is_falling &= self.last.is_none_or(|last| number <= last);
            self.is_rising &= self.last.is_none_or(|last| number >= last);
            self.last = Some(number);
        }
    }
    /// How far back the windows go that have all their rows, when there are more pages; `None` when that cannot be told.
    pub(super) fn reaches(&self) -> Option<Millis> {
        self.complete(false).min().map(|number| number * self.window.millis())
    }
    /// Windows that have all their rows. While pages are missing, only the order tells: then the last one may miss some.
    fn complete(&self, is_whole: bool) -> impl Iterator<Item = Millis> {
        let is_known = is_whole || self.is_falling || self.is_rising;
        let open = self.last.filter(|_| !is_whole);
        self.rows.keys().copied().filter(move |number| is_known && Some(*number) != open)
    }
    /// What was counted inside these bounds; `None` when that is nothing.
    pub(super) fn volume(&self, bounds: Bounds, is_whole: bool) -> Option<Volume> {
        let millis = self.window.millis();
        let is_inside = |number: &Millis| {
            let start = *number * millis;
            bounds.from.is_none_or(|from| start + millis > from) && bounds.to.is_none_or(|to| start < to)
        };
        let inside = || self.complete(is_whole).filter(is_inside);
        let last = inside().max()?;
        let first = inside().min()?.max(last - WINDOWS_MAX as Millis + 1);
        // Where nothing is counted in between, there is nothing.
        let counts = (first..=last).map(|number| self.rows.get(&number).copied().unwrap_or(0)).collect();
        Some(Volume { from: first * millis, window_millis: millis, counts, at: self.at })
    }
}

/// The part of a volume that is inside these bounds; `None` when that is nothing.
pub(super) fn within(volume: &Volume, bounds: Bounds) -> Option<Volume> {
    let millis = volume.window_millis.max(1);
    let start = |index: usize| volume.from.saturating_add(millis.saturating_mul(index as Millis));
    let is_inside = |index: &usize| {
        bounds.from.is_none_or(|from| start(*index + 1) > from) && bounds.to.is_none_or(|to| start(*index) < to)
    };
    let first = (0..volume.counts.len()).find(is_inside)?;
    let counts: Vec<u64> = (first..volume.counts.len()).filter(is_inside).map(|index| volume.counts[index]).collect();
    Some(Volume { from: start(first), counts, ..volume.clone() })
}

/// How many rows there may be when: as counted, and elsewhere as dense as those that were seen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Estimate<'v> {
    /// Rows in a millisecond, as far as they were seen.
    pub density: f64,
    pub volume: Option<&'v Volume>,
}

impl Estimate<'_> {
    /// Rows between two instants.
    pub(super) fn rows(self, from: Millis, to: Millis) -> f64 {
        self.parts(from, to).map(|part| part.rows).sum()
    }
    /// The instant from which on there are so many rows up to `to`; not before `from`.
    pub(super) fn back(self, from: Millis, to: Millis, rows: f64) -> Millis {
        let mut left = rows;
        for part in self.parts(from, to) {
            if part.rows >= left {
                let share = if part.rows > 0.0 { left / part.rows } else { 0.0 };
                return part.to - ((part.to - part.from) as f64 * share) as Millis;
            }
            left -= part.rows;
        }
        from
    }
    /// Milliseconds between two instants whose rows were counted.
    pub(super) fn counted_millis(self, from: Millis, to: Millis) -> Millis {
        self.parts(from, to).filter(|part| part.is_counted).map(|part| part.to - part.from).sum()
    }

    /// The time between two instants in pieces, newest first and without gaps.
    fn parts(self, from: Millis, to: Millis) -> impl Iterator<Item = Part> {
        let windows = self.volume.into_iter().flat_map(|volume| {
            let starts = (0..volume.counts.len()).map(|index| volume.from + index as Millis * volume.window_millis);
            // The last window may not be over.
            let ends = |start: Millis| (start + volume.window_millis).min(volume.at);
            let windows = starts.zip(&volume.counts).map(move |(start, rows)| (start, ends(start), *rows as f64));
            windows.rev().filter(|(start, end, _)| start < end)
        });
        // One more without length, after which comes what is older than all of them.
        let mut open = to;
        let pieces = windows.chain([(from, from, 0.0)]).flat_map(move |(start, end, rows)| {
            let (low, high) = (start.clamp(from, open.max(from)), end.clamp(from, open.max(from)));
            let density = if end > start { rows / (end - start) as f64 } else { 0.0 };
            let newer = Part { from: high, to: open, rows: (open - high) as f64 * self.density, is_counted: false };
            let counted = Part { from: low, to: high, rows: (high - low) as f64 * density, is_counted: true };
            open = low;
            [newer, counted]
        });
        pieces.filter(|part| part.from < part.to)
    }
}

/// A piece of time with about as many rows everywhere.
#[derive(Clone, Copy, Debug)]
struct Part {
    from: Millis,
    to: Millis,
    rows: f64,
    is_counted: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Millis = 3_600_000;
    const DAY: Millis = 24 * HOUR;
    /// Six hours into a day.
    const NOW: Millis = 20_000 * DAY + 6 * HOUR;
    const ALL: Bounds = Bounds { from: None, to: None };

    /// What is counted of groups, given as days before today and rows.
    fn counted(groups: &[(i64, u64)], bounds: Bounds, is_whole: bool) -> Option<(i64, Vec<u64>)> {
        let mut tally = Tally::new(Window::Day, NOW);
        for (days, rows) in groups {
            // At any time of the day.
            tally.add([(20_000 * DAY - days * DAY + (*rows as Millis % 5) * HOUR, *rows)]);
        }
        tally.volume(bounds, is_whole).map(|volume| (20_000 - volume.from / DAY, volume.counts))
    }

    #[test]
    fn groups_are_added_up_per_window() {
        let groups = [(0, 5), (1, 7), (1, 1), (4, 2)];
        assert_eq!(counted(&groups, ALL, true), Some((4, vec![2, 0, 0, 8, 5])));
        assert_eq!(counted(&groups[..2], ALL, true), Some((1, vec![7, 5])));
        assert_eq!(counted(&[], ALL, true), None);
        assert_eq!(counted(&[(3, 0)], ALL, true), Some((3, vec![0])));
        let mixed = [(4, 2), (0, 4), (1, 8), (0, 1)];
        assert_eq!(counted(&mixed, ALL, true), counted(&groups, ALL, true), "in any order");
    }

    #[test]
    fn while_pages_are_missing_only_windows_that_are_over_count() {
        assert_eq!(counted(&[(0, 5), (1, 7), (2, 3)], ALL, false), Some((1, vec![7, 5])));
        assert_eq!(counted(&[(9, 5), (8, 7), (7, 3)], ALL, false), Some((9, vec![5, 7])));
        assert_eq!(counted(&[(0, 5), (2, 7), (1, 3)], ALL, false), None, "in no order, any may miss some");
        assert_eq!(counted(&[(0, 5), (0, 7)], ALL, false), None);
    }

    #[test]
    fn only_the_time_that_is_asked_for_counts() {
        let groups = [(0, 5), (1, 7), (2, 3), (3, 4)];
        let bounds = Bounds { from: Some(NOW - 2 * DAY), to: Some(NOW - DAY) };
        assert_eq!(counted(&groups, bounds, true), Some((2, vec![3, 7])));
        let volume = Volume { from: 20_000 * DAY - 3 * DAY, window_millis: DAY, counts: vec![4, 3, 7, 5], at: NOW };
        let part = within(&volume, bounds).expect("two of its days are inside");
        assert_eq!((20_000 - part.from / DAY, part.counts), (2, vec![3, 7]));
        assert_eq!(within(&volume, ALL).as_ref(), Some(&volume));
        assert_eq!(within(&volume, Bounds { from: Some(NOW + DAY), to: None }), None);
    }

    #[test]
    fn counts_that_cannot_be_are_left_out() {
        for odd in [(-1, 5), (400, 5), (1, u64::MAX), (1, COUNT_MAX + 1)] {
            assert_eq!(counted(&[odd, (0, 2)], ALL, true), Some((0, vec![2])), "{odd:?}");
        }
        assert_eq!(counted(&[(0, COUNT_MAX), (0, COUNT_MAX)], ALL, true), Some((0, vec![COUNT_MAX])));
    }

    #[test]
    fn rows_are_as_counted_and_elsewhere_as_dense_as_seen() {
        // Until six in the morning, today has 60 rows; yesterday had 240, and the day before none.
        let volume = Volume { from: 20_000 * DAY - 2 * DAY, window_millis: DAY, counts: vec![0, 240, 60], at: NOW };
        let estimate = Estimate { density: 5.0 / HOUR as f64, volume: Some(&volume) };
        let midnight = 20_000 * DAY;
        let rows = |from: Millis, to: Millis| estimate.rows(from, to).round();
        assert_eq!(rows(midnight, NOW), 60.0);
        assert_eq!(rows(midnight - 12 * HOUR, midnight + 3 * HOUR), 150.0);
        assert_eq!(rows(midnight - 2 * DAY, midnight - DAY), 0.0);
        assert_eq!(rows(midnight - 4 * DAY, midnight - DAY), 240.0, "two days at five an hour");
        assert_eq!(rows(NOW, NOW + 2 * HOUR), 10.0, "since it was counted");
        assert_eq!(rows(NOW, midnight), 0.0);
        let back = |rows: f64| (NOW - estimate.back(midnight - 4 * DAY, NOW, rows)) / HOUR;
        assert_eq!((back(30.0), back(60.0), back(180.0)), (3, 6, 18));
        assert_eq!((back(310.0), back(1e12), back(f64::INFINITY)), (6 + 48 + 2, 6 + 96, 6 + 96));
        assert_eq!(estimate.counted_millis(midnight - 4 * DAY, NOW + HOUR), 54 * HOUR);
        let unknown = Estimate { volume: None, ..estimate };
        assert_eq!(unknown.rows(midnight, NOW).round(), 30.0);
        assert_eq!(unknown.back(midnight, NOW, 10.0), NOW - 2 * HOUR);
    }
}
