//! How busy each hour of a week is, and which cycles machines keep.

use crate::{
    history::{EventType, Stream},
    names::OFFICES,
    random::Random,
    time::{DAY, HOUR, MINUTE},
};

/// How busy people are at each local hour of a working day; the peak is 100.
const WORKDAY: [u64; 24] = [2, 1, 1, 1, 1, 3, 14, 52, 96, 100, 94, 88, 58, 82, 95, 92, 80, 54, 24, 14, 10, 8, 5, 3];
/// How busy a weekend hour is, out of a hundred of the same hour of a working day.
const WEEKEND: u64 = 11;
const HOURS_OF_A_WEEK: usize = 168;

/// Rows a day of each stream in the default sample, in [`Stream::ALL`]'s order; 3,000 in all.
const ROWS_PER_DAY: [u64; 7] = [270, 14, 710, 1_160, 390, 230, 226];

/// How many rows each slice of one hour has.
pub(crate) struct Schedule {
    /// Thousandths of a row per week and stream.
    per_week: [u128; 7],
    people: [u64; HOURS_OF_A_WEEK],
    seed: u64,
}

impl Schedule {
    /// For a scale given as a factor of the default sample.
    pub fn new(seed: u64, factor: f64) -> Self {
        let per_week = ROWS_PER_DAY.map(|rows| ((rows * 7_000) as f64 * factor.max(0.0)) as u128);
        let people = std::array::from_fn(|hour| {
            OFFICES
                .iter()
                .map(|office| u64::from(office.share) * activity(hour as i64 * 60, office.utc_offset_minutes))
                .sum()
        });
        Self { per_week, people, seed }
    }
    /// Rows a day of the default sample.
    pub fn rows_per_day() -> u64 {
        ROWS_PER_DAY.iter().sum()
    }
    /// Number of rows of a slice, planted ones aside.
    pub fn rows(&self, stream: Stream, slice: i64) -> usize {
        let hour_of_week = hour_of_week(slice);
        let (weight, total) = match stream {
            Stream::SignIns(EventType::InteractiveUser | EventType::NonInteractiveUser)
            | Stream::DirectoryAudits
            | Stream::CustomSecurityAttributeAudits => (self.people[hour_of_week], self.people.iter().sum()),
            // Machines work at all hours, a little more on the even ones, when the long jobs start.
            _ => (if slice % 2 == 0 { 4 } else { 3 }, 7 * HOURS_OF_A_WEEK as u64 / 2),
        };
        let thousandths = self.per_week[stream.number()] * u128::from(weight) / u128::from(total);
        let chance = Random::at(&[self.seed, 0x5c, stream.number() as u64, slice as u64]).below(1000) as u128;
        ((thousandths + chance) / 1000) as usize
    }
}

/// Hours since Monday, 00:00 UTC.
fn hour_of_week(slice: i64) -> usize {
    // 1970-01-01 was a Thursday.
    (slice + 3 * 24).rem_euclid(HOURS_OF_A_WEEK as i64) as usize
}

/// How busy people are, given minutes since Monday 00:00 UTC; at most 100.
fn activity(minute_of_week: i64, utc_offset_minutes: i64) -> u64 {
    let local = (minute_of_week + utc_offset_minutes).rem_euclid(HOURS_OF_A_WEEK as i64 * 60);
    let (day, hour) = (local / 1440, (local / 60 % 24) as usize);
    if day >= 5 { (WORKDAY[hour] * WEEKEND / 100).max(1) } else { WORKDAY[hour] }
}

/// How busy people with this offset from UTC are at an instant; at most 100.
pub(crate) fn activity_at(ticks: i64, utc_offset_minutes: i64) -> u64 {
    activity((ticks + 3 * DAY).rem_euclid(7 * DAY) / MINUTE, utc_offset_minutes)
}

/// Start of the provisioning cycle that an instant falls into; a new one begins every forty minutes.
pub(crate) fn cycle_start(ticks: i64) -> i64 {
    ticks - ticks.rem_euclid(40 * MINUTE)
}

/// An instant in a slice shortly after a provisioning cycle began.
pub(crate) fn instant_in_cycle(slice: i64, random: &mut Random) -> i64 {
    let start = slice * HOUR;
    let first = cycle_start(start + 40 * MINUTE - 1);
    let cycles: i64 = if first + 40 * MINUTE < start + HOUR { 2 } else { 1 };
    first + random.below(cycles as usize) as i64 * 40 * MINUTE + random.between(0, 4 * MINUTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn working_hours_are_busier_than_nights_and_weekends() {
        let schedule = Schedule::new(42, 1.0);
        let interactive = Stream::SignIns(EventType::InteractiveUser);
        let monday = 495_936 + 24; // 2026-07-30T00:00Z is a Thursday; move to a Monday below.
        let monday = monday - hour_of_week(monday) as i64 + 168;
        let rows = |hour: i64| schedule.rows(interactive, monday + hour);
        assert!(rows(8) > 4 * rows(22), "{} {}", rows(8), rows(22));
        assert!(rows(8) > 4 * rows(5 * 24 + 8));
    }

    #[test]
    fn a_week_has_the_rows_it_should() {
        let schedule = Schedule::new(42, 1.0);
        let sum: usize =
            Stream::ALL.iter().map(|stream| (0..168).map(|slice| schedule.rows(*stream, slice)).sum::<usize>()).sum();
        assert!((20_500..21_500).contains(&sum), "{sum}");
    }

    #[test]
    fn an_instant_in_a_cycle_stays_in_its_slice() {
        let mut random = Random::at(&[1]);
        for slice in 0..200 {
            let instant = instant_in_cycle(slice, &mut random);
            assert_eq!(instant.div_euclid(HOUR), slice);
            assert!(instant - cycle_start(instant) <= 4 * MINUTE);
        }
    }
}
