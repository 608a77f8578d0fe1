//! The buckets of a histogram: which one an instant is in.

use crate::{
    limits::BUCKETS_MAX,
    protocol::{Buckets, HistogramQuery, LocalUnit, OffsetChange, QueryError},
};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// The latest instant that JavaScript knows, in the year 275760; there is nothing to ask for beyond it.
const INSTANT_MAX: i64 = 8_640_000_000_000_000;

/// The buckets of one histogram. Time from the first instant to the last falls into spans; several spans may be one bucket.
pub(super) struct Timeline {
    from: i64,
    to: i64,
    /// First instant of each span, ascending; never empty.
    starts: Vec<i64>,
    /// The bucket of each span where buckets return; empty where each span is a bucket of its own.
    buckets: Vec<u32>,
    count: u32,
    /// Set where all spans have the same length.
    is_equal: bool,
}

impl Timeline {
    /// The buckets that a question asks for.
    ///
    /// # Errors
    /// When there would be too many of them, or none.
    pub(super) fn new(query: &HistogramQuery) -> Result<Self, QueryError> {
        let (from, to) = (query.from, query.to);
        let invalid = |detail: &str| QueryError::InvalidQuestion { detail: detail.to_owned() };
        if to <= from || from < -INSTANT_MAX || to > INSTANT_MAX {
            return Err(invalid("range"));
        }
        let length = to - from;
        let too_many = || invalid("buckets");
        match &query.buckets {
            Buckets::Equal(count) => {
                if *count == 0 || *count > BUCKETS_MAX {
                    return Err(too_many());
                }
                let at = |bucket: u32| {
                    // The first whole millisecond inside.
                    let passed =
                        (i128::from(length) * i128::from(bucket) + i128::from(*count) - 1) / i128::from(*count);
                    from + passed as i64
                };
                let starts = (0..*count).map(at).collect();
                Ok(Self { from, to, starts, buckets: Vec::new(), count: *count, is_equal: true })
            }
            Buckets::Local { unit, zone } => {
                let step = if matches!(unit, LocalUnit::Day | LocalUnit::Weekday) { DAY } else { HOUR };
                if length / step + zone.len() as i64 >= i64::from(BUCKETS_MAX) {
                    return Err(too_many());
                }
                let starts = local_starts(from, to, step, zone);
                let hour = |start: &i64| (start + offset(zone, *start)).div_euclid(HOUR);
                // 1970 began on a Thursday.
                let hour_of_week = |start: &i64| (hour(start) + 3 * 24).rem_euclid(7 * 24) as u32;
                let (buckets, count): (Vec<u32>, u32) = match unit {
                    LocalUnit::Hour | LocalUnit::Day => (Vec::new(), starts.len() as u32),
                    LocalUnit::Weekday => (starts.iter().map(|start| hour_of_week(start) / 24).collect(), 7),
                    LocalUnit::HourOfDay => {
                        (starts.iter().map(|start| hour(start).rem_euclid(24) as u32).collect(), 24)
                    }
                    LocalUnit::HourOfWeek => (starts.iter().map(hour_of_week).collect(), 7 * 24),
                };
                Ok(Self { from, to, starts, buckets, count, is_equal: false })
            }
        }
    }
    /// How many buckets there are.
    pub(super) fn len(&self) -> usize {
        self.count as usize
    }
    /// First instant of each bucket; empty where buckets return.
    pub(super) fn starts(self) -> Vec<i64> {
        if self.buckets.is_empty() { self.starts } else { Vec::new() }
    }
    /// The bucket of an instant, and until when it and its neighbours are in it; `None` for an instant outside.
    pub(super) fn bucket(&self, instant: i64) -> Option<(u32, std::ops::Range<i64>)> {
        if instant < self.from || instant >= self.to {
            return None;
        }
        let span = self.starts.partition_point(|start| *start <= instant) - 1;
        let end = self.starts.get(span + 1).copied().unwrap_or(self.to);
        let bucket = self.buckets.get(span).copied().unwrap_or(span as u32);
        Some((bucket, self.starts[span]..end))
    }
    /// What to multiply the milliseconds since the first instant with, and what to divide them by, to have the bucket;
    /// `None` where that is not exact.
    pub(super) fn ratio(&self) -> Option<(u64, u64)> {
        let (count, length) = (u64::from(self.count), self.to.abs_diff(self.from));
        // Whole numbers up to 2^53 are exact in a float, and a quotient of two such is never rounded up to a whole number.
        (self.is_equal && length.checked_mul(count).is_some_and(|product| product < 1 << 53)).then_some((count, length))
    }
    /// First instant.
    pub(super) fn from(&self) -> i64 {
        self.from
    }
}

/// How far local time is ahead of UTC at an instant, in milliseconds.
fn offset(zone: &[OffsetChange], instant: i64) -> i64 {
    let after = zone.partition_point(|change| change.from <= instant);
    zone.get(after.saturating_sub(1)).map_or(0, |change| i64::from(change.offset_secs) * 1_000)
}

/// Where local hours or days begin between two instants. The first one is cut off at `from`.
fn local_starts(from: i64, to: i64, step: i64, zone: &[OffsetChange]) -> Vec<i64> {
    let mut starts = vec![from];
    let mut begin = from;
    while begin < to {
        let ahead = offset(zone, begin);
        let mut changes = zone.iter().map(|change| change.from);
        let change = changes.find(|change| *change > begin && offset(zone, *change) != ahead);
        let next = change.unwrap_or(to).min(to);
        let first = ((begin + ahead).div_euclid(step) + 1) * step - ahead;
        starts.extend((first..next).step_by(step as usize));
        // A day goes on when the clock changes within it; an hour that the clock changes into is another one.
        let day = |instant: i64, ahead: i64| (instant + ahead).div_euclid(DAY);
        let is_same_day = step == DAY && day(next - 1, ahead) == day(next, offset(zone, next));
        if next < to && !is_same_day {
            starts.push(next);
        }
        begin = next;
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{filter::Filter, instant::parse_instant, protocol::LoadKey, reports::ALL};

    /// Central Europe in 2026: summer time from 29 March to 25 October, 01:00 UTC.
    fn zone() -> Vec<OffsetChange> {
        let change = |from: &str, hours| OffsetChange { from: at(from), offset_secs: hours * 3_600 };
        vec![change("2025-10-26T01:00Z", 1), change("2026-03-29T01:00Z", 2), change("2026-10-25T01:00Z", 1)]
    }

    fn at(text: &str) -> i64 {
        parse_instant(text).expect("the tests' times can be read")
    }

    fn timeline(from: &str, to: &str, buckets: Buckets) -> Result<Timeline, QueryError> {
        let key = LoadKey { report: ALL[0].id, fetch: String::new() };
        let (from, to) = (at(from), at(to));
        Timeline::new(&HistogramQuery { key, filter: Filter::All, from, to, buckets, stack: None, stack_limit: 0 })
    }

    fn hours(from: &str, to: &str, unit: LocalUnit) -> Vec<i64> {
        let starts = timeline(from, to, Buckets::Local { unit, zone: zone() }).expect("few buckets").starts();
        starts.windows(2).map(|pair| (pair[1] - pair[0]) / HOUR).collect()
    }

    #[test]
    fn days_are_as_long_as_they_are_where_the_clock_changes() {
        assert_eq!(hours("2026-03-27T23:00Z", "2026-03-31T00:00Z", LocalUnit::Day), [24, 23, 24]);
        assert_eq!(hours("2026-10-23T22:00Z", "2026-10-27T00:00Z", LocalUnit::Day), [24, 25, 24]);
    }

    #[test]
    fn an_hour_that_comes_twice_is_two_buckets() {
        assert_eq!(hours("2026-10-24T23:00Z", "2026-10-25T03:30Z", LocalUnit::Hour), [1, 1, 1, 1]);
        let local = Buckets::Local { unit: LocalUnit::HourOfDay, zone: zone() };
        let timeline = timeline("2026-10-24T00:00Z", "2026-10-26T00:00Z", local).expect("few buckets");
        let hour = |text: &str| timeline.bucket(at(text)).map(|(bucket, _)| bucket);
        assert_eq!((hour("2026-10-25T00:30Z"), hour("2026-10-25T01:30Z")), (Some(2), Some(2)));
        assert_eq!((hour("2026-10-25T02:00Z"), hour("2026-10-26T00:00Z")), (Some(3), None));
    }

    #[test]
    fn weeks_begin_on_monday() {
        let local = |unit| Buckets::Local { unit, zone: zone() };
        let day = timeline("2026-11-01T00:00Z", "2026-12-01T00:00Z", local(LocalUnit::Weekday)).expect("few buckets");
        // 23 November 2026 is a Monday.
        assert_eq!(day.bucket(at("2026-11-22T23:00Z")).map(|(bucket, _)| bucket), Some(0));
        assert_eq!(day.bucket(at("2026-11-22T22:59Z")).map(|(bucket, _)| bucket), Some(6));
        let hour =
            timeline("2026-11-01T00:00Z", "2026-12-01T00:00Z", local(LocalUnit::HourOfWeek)).expect("few buckets");
        assert_eq!(hour.bucket(at("2026-11-24T08:10Z")).map(|(bucket, _)| bucket), Some(24 + 9));
    }

    #[test]
    fn equal_buckets_begin_at_whole_milliseconds() {
        let seven = timeline("2026-11-01T00:00Z", "2026-11-01T00:01Z", Buckets::Equal(7)).expect("few buckets");
        let (count, length) = seven.ratio().expect("the range is short");
        for instant in seven.from..seven.to {
            let quick = (instant.abs_diff(seven.from) * count) as f64 / length as f64;
            assert_eq!(seven.bucket(instant).map(|(bucket, _)| bucket), Some(quick as u32));
        }
    }

    #[test]
    fn too_many_buckets_are_refused() {
        let refused = |from, to, buckets| timeline(from, to, buckets).is_err();
        assert!(refused("2026-11-01", "2026-11-02", Buckets::Equal(0)));
        assert!(refused("2026-11-01", "2026-11-02", Buckets::Equal(BUCKETS_MAX + 1)));
        assert!(refused("2026-11-02", "2026-11-01", Buckets::Equal(1)));
        assert!(refused("2026-11-01", "2026-11-01", Buckets::Equal(1)));
        let hours = Buckets::Local { unit: LocalUnit::HourOfDay, zone: Vec::new() };
        assert!(refused("0001-01-01", "2026-11-01", hours));
    }
}
