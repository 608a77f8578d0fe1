//! How many rows Graph counts in a load's time, on the ruler's axis and in round numbers.

use engine::{
    ports::Millis,
    protocol::{LoadStatus, Volume},
};

use super::ruler::Ruler;

/// What Graph counts inside a ruler's time.
#[derive(Clone, Debug, PartialEq)]
pub struct Overview {
    /// A bar for each window of time, oldest first.
    pub bars: Vec<Bar>,
    /// First instant that was counted.
    pub from: Millis,
    /// Last instant that was counted.
    pub to: Millis,
    /// Rows in all of them.
    pub rows: u64,
    /// Length of a window in hours.
    pub window_hours: u32,
    /// The middle of the window with the most rows.
    pub busiest: Millis,
    /// Its rows.
    pub most: u64,
}

/// A bar on the axis, in thousandths of its length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// Where it begins.
    pub start: f64,
    /// How wide it is.
    pub length: f64,
    /// How high it is, from 0 for no rows to 1 for the most.
    pub height: f64,
}

const HOUR: Millis = 3_600_000;

impl Overview {
    /// The overview on this ruler, which ends now if it has no end; `None` when less than a quarter of its time was counted: a day
    /// or two of a month say nothing about it.
    pub fn of(volume: &Volume, ruler: &Ruler, now: Millis) -> Option<Self> {
        let (from, to) = (ruler.from, ruler.to.unwrap_or(now));
        let windows = volume.counts.iter().enumerate().filter_map(|(index, rows)| {
            let start = volume.from + index as Millis * volume.window_millis;
            // The last one may not have been over.
            let end = (start + volume.window_millis).min(volume.at);
            let (low, high) = (start.max(from), end.min(to));
            let share = (high - low) as f64 / (end - start).max(1) as f64;
            (low < high).then_some((low, high, (*rows as f64 * share) as u64, *rows))
        });
        let windows: Vec<(Millis, Millis, u64, u64)> = windows.collect();
        let (first, last) = (windows.first()?, windows.last()?);
        if (last.1 - first.0) * 4 < to - from {
            return None;
        }
        let busiest = windows.iter().max_by_key(|(_, _, _, rows)| *rows)?;
        let most = busiest.3;
        // Half a thousandth is less than anybody sees; without it, every bar would move whenever the axis ends a moment later.
        let place = |at: Millis| ((at - from) as f64 / (to - from).max(1) as f64 * 2_000.0).round() / 2.0;
        let bars = windows.iter().map(|(low, high, _, rows)| Bar {
            start: place(*low),
            length: place(*high) - place(*low),
            height: *rows as f64 / most.max(1) as f64,
        });
        Some(Self {
            bars: bars.collect(),
            from: first.0,
            to: last.1,
            rows: windows.iter().map(|(_, _, rows, _)| rows).sum(),
            window_hours: (volume.window_millis / HOUR) as u32,
            busiest: busiest.0 + (busiest.1 - busiest.0) / 2,
            most,
        })
    }
}

/// How many rows a load will have in the end, roughly, while Graph's count says so and that is more than are here.
pub fn rows_expected(status: &LoadStatus) -> Option<u64> {
    let left = status.left.filter(|left| left.is_counted)?;
    let expected = rounded(u64::from(status.rows) + u64::from(left.rows));
    (expected > u64::from(status.rows)).then_some(expected)
}

/// A number that says no more than is known: two digits, and zeros.
pub fn rounded(number: u64) -> u64 {
    let mut step = 1;
    while number / step >= 100 {
        step *= 10;
    }
    (number + step / 2) / step * step
}

#[cfg(test)]
mod tests {
    use engine::{
        protocol::{Left, LoadKey, Scope},
        reports,
    };

    use super::*;

    const DAY: Millis = 24 * HOUR;
    /// At noon of day 20,000.
    const NOW: Millis = 20_000 * DAY + 12 * HOUR;

    fn ruler(days: i64, to: Option<Millis>) -> Ruler {
        Ruler { from: NOW - days * DAY, to, parts: Vec::new() }
    }

    /// So many rows a day up to today.
    fn volume(counts: &[u64]) -> Volume {
        let from = (20_001 - counts.len() as i64) * DAY;
        Volume { from, window_millis: DAY, counts: counts.to_vec(), at: NOW }
    }

    #[test]
    fn bars_stand_where_their_days_are() {
        let overview = Overview::of(&volume(&[100, 0, 400, 200]), &ruler(4, None), NOW).expect("it was counted");
        let bars: Vec<_> = overview.bars.iter().map(|bar| (bar.start, bar.length, bar.height)).collect();
        let expected = [(125.0, 250.0, 0.25), (375.0, 250.0, 0.0), (625.0, 250.0, 1.0), (875.0, 125.0, 0.5)];
        assert_eq!(bars, expected);
        assert_eq!((overview.from, overview.to), (NOW - 3 * DAY - 12 * HOUR, NOW));
        assert_eq!((overview.rows, overview.most, overview.window_hours), (700, 400, 24));
        assert_eq!(overview.busiest, 19_999 * DAY + 12 * HOUR);
    }

    #[test]
    fn only_the_rulers_time_counts() {
        let counted = volume(&[100, 0, 400, 200]);
        let overview = Overview::of(&counted, &ruler(2, Some(NOW - DAY)), NOW).expect("it was counted");
        assert_eq!((overview.rows, overview.most), (200, 400), "half of a day with 400, and half of one without");
        assert_eq!((overview.from, overview.to), (NOW - 2 * DAY, NOW - DAY));
        assert_eq!(Overview::of(&counted, &ruler(9, Some(NOW - 5 * DAY)), NOW), None);
        assert_eq!(Overview::of(&volume(&[]), &ruler(9, None), NOW), None);
        assert_eq!(Overview::of(&counted, &ruler(15, None), NOW), None, "three days and a half are too few of fifteen");
        let none = Overview::of(&volume(&[0, 0]), &ruler(4, None), NOW).expect("it was counted");
        assert!(none.rows == 0 && none.bars.iter().all(|bar| bar.height == 0.0));
    }

    #[test]
    fn numbers_are_no_finer_than_what_is_known() {
        let cases = [(0, 0), (7, 7), (99, 99), (123, 120), (995, 1_000), (48_213, 48_000), (1_250_000, 1_300_000)];
        for (number, expected) in cases {
            assert_eq!(rounded(number), expected);
        }
    }

    #[test]
    fn how_many_rows_are_expected_is_said_only_by_graphs_count() {
        let report = reports::ALL[0];
        let key = LoadKey { report: report.id, fetch: report.fetches[0].id.to_owned() };
        let left = Left { rows: 47_213, requests: 48, is_counted: true, is_range_known: true };
        let status = LoadStatus { rows: 1_000, left: Some(left), ..LoadStatus::new(key, Scope::default()) };
        assert_eq!(rows_expected(&status), Some(48_000));
        let near_the_end = LoadStatus { rows: 48_400, left: Some(Left { rows: 90, ..left }), ..status.clone() };
        assert_eq!(rows_expected(&near_the_end), None, "48,000 would be fewer than are here");
        let seen = LoadStatus { left: Some(Left { is_counted: false, ..left }), ..status.clone() };
        assert_eq!(rows_expected(&seen), None);
        assert_eq!(rows_expected(&LoadStatus { left: None, ..status }), None, "all of them are there");
    }
}
