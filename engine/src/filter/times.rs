//! Times as people type them: `2026-11-24`, `2026-11-24 13:05`, `now-24h`, `today`. Each stands for all that it may mean: a day for its
//! 24 hours, a minute for its 60 seconds.

use std::ops::Range;

use crate::instant::{format_instant, parse_instant};

/// Where and when a filter's text is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Local<'z> {
    /// The present, in milliseconds since 1970, UTC; what `now` and `today` mean.
    pub now: i64,
    /// From which instant on (milliseconds) which offset from UTC (seconds) is in force, ascending; the first is in force
    /// before as well. Empty for UTC. Times without a zone of their own are read so.
    pub zone: &'z [(i64, i32)],
}

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// The instants that a text means, the end not among them; `None` when it is no time.
pub(super) fn absolute(text: &str, local: Local<'_>) -> Option<Range<i64>> {
    let text = text.trim();
    let instant = parse_instant(text)?;
    let Some((_, clock)) = text.split_once(['T', 't', ' ']) else {
        return Some(local.utc(instant)..local.utc(instant + DAY));
    };
    // Only a text without a zone can be given one.
    let is_local = parse_instant(&format!("{text}Z")).is_some();
    let clock = clock.split(['Z', 'z', '+', '-']).next().unwrap_or_default();
    let length = match clock.matches(':').count() {
        1 => MINUTE,
        _ if clock.contains(['.', ',']) => 1,
        _ => 1_000,
    };
    let start = if is_local { local.utc(instant) } else { instant };
    Some(start..start + length)
}

/// The instants that `now`, `now-24h`, `today` or `yesterday` means; `None` for anything else.
pub(super) fn relative(text: &str, local: Local<'_>) -> Option<Range<i64>> {
    let text = text.trim().to_ascii_lowercase();
    let midnight = || (local.now + local.offset(local.now)).div_euclid(DAY) * DAY;
    match text.as_str() {
        "now" => return Some(local.now..local.now + 1),
        "today" => return Some(local.utc(midnight())..local.utc(midnight() + DAY)),
        "yesterday" => return Some(local.utc(midnight() - DAY)..local.utc(midnight())),
        _ => {}
    }
    let distance = text.strip_prefix("now")?;
    let (sign, distance) = match distance.split_at_checked(1)? {
        ("-", distance) => (-1, distance),
        ("+", distance) => (1, distance),
        _ => return None,
    };
    let (count, unit) = distance.split_at_checked(distance.len().checked_sub(1)?)?;
    let unit = match unit {
        "s" => 1_000,
        "m" => MINUTE,
        "h" => 60 * MINUTE,
        "d" => DAY,
        "w" => 7 * DAY,
        _ => return None,
    };
    let is_plain = !count.is_empty() && count.len() <= 6 && count.bytes().all(|byte| byte.is_ascii_digit());
    let instant = local.now + sign * count.parse::<i64>().ok().filter(|_| is_plain)? * unit;
    Some(instant..instant + 1)
}

/// An instant that [`absolute`] reads as itself and no longer span; shorter where only its start matters.
pub(super) fn exact(instant: i64, is_start: bool) -> String {
    let text = format_instant(instant);
    if is_start || text.contains('.') { text } else { text.replace('Z', ".000Z") }
}

impl Local<'_> {
    fn offset(self, instant: i64) -> i64 {
        let later = self.zone.partition_point(|(from, _)| *from <= instant);
        self.zone.get(later.saturating_sub(1)).map_or(0, |(_, seconds)| i64::from(*seconds) * 1_000)
    }
    /// The instant at which a clock on the wall shows this time. Where it does so twice, the first; where it skips the
    /// time, as long after the change as the time would have been.
    fn utc(self, wall: i64) -> i64 {
        let mut instants = self.zone.iter().map(|(_, seconds)| wall - i64::from(*seconds) * 1_000);
        let shows = |instant: &i64| instant + self.offset(*instant) == wall;
        instants
            .clone()
            .filter(shows)
            .min()
            .or_else(|| {
                // The time is skipped: by the clock before the change, of two that disagree the one that is behind.
                let before = |instant: &i64| self.offset(*instant - DAY) == wall - *instant;
                instants.find(before)
            })
            .unwrap_or(wall - self.offset(wall))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Berlin, 2026: summer time from 29 March to 25 October, each time at 01:00 UTC.
    const BERLIN: &[(i64, i32)] = &[(0, 3_600), (1_774_746_000_000, 7_200), (1_792_890_000_000, 3_600)];

    fn check(zone: &[(i64, i32)], table: &str) {
        let now = parse_instant("2026-11-25T12:34:56.789Z").expect("a time");
        let local = Local { now, zone };
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (text, expected) = line.split_once("->").expect("text -> span");
            let found = absolute(text, local)
                .or_else(|| relative(text, local))
                .map_or("none".to_owned(), |span| format!("{} +{}", format_instant(span.start), span.end - span.start));
            assert_eq!(found, expected.trim(), "{text}");
        }
    }

    #[test]
    fn a_time_stands_for_all_that_it_leaves_open() {
        check(
            &[],
            "2026-11-24                 -> 2026-11-24T00:00:00Z +86400000
             2026-11-24T13:05           -> 2026-11-24T13:05:00Z +60000
             2026-11-24 13:05:07        -> 2026-11-24T13:05:07Z +1000
             2026-11-24T13:05:07.5Z     -> 2026-11-24T13:05:07.500Z +1
             2026-11-24T13:05+02:00     -> 2026-11-24T11:05:00Z +60000
             now                        -> 2026-11-25T12:34:56.789Z +1
             NOW-24h                    -> 2026-11-24T12:34:56.789Z +1
             now+1w                     -> 2026-12-02T12:34:56.789Z +1
             now-90s                    -> 2026-11-25T12:33:26.789Z +1
             today                      -> 2026-11-25T00:00:00Z +86400000
             yesterday                  -> 2026-11-24T00:00:00Z +86400000
             now-                       -> none
             now-h                      -> none
             now-9999999d               -> none
             now-é                      -> none
             2026-02-30                 -> none
             tomorrow                   -> none",
        );
    }

    #[test]
    fn a_time_without_a_zone_is_the_clock_s_on_the_wall() {
        check(
            BERLIN,
            "2026-11-24             -> 2026-11-23T23:00:00Z +86400000
             2026-07-01 12:00       -> 2026-07-01T10:00:00Z +60000
             2026-07-01T12:00Z      -> 2026-07-01T12:00:00Z +60000
             2026-03-29             -> 2026-03-28T23:00:00Z +82800000
             2026-03-29 02:30       -> 2026-03-29T01:30:00Z +60000
             2026-10-25             -> 2026-10-24T22:00:00Z +90000000
             2026-10-25 02:30       -> 2026-10-25T00:30:00Z +60000
             today                  -> 2026-11-24T23:00:00Z +86400000",
        );
    }
}
