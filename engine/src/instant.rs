//! Instants (milliseconds since 1970, UTC) as text: the spellings that occur in records, the one Graph's `$filter` takes, and HTTP's.
//! Twenty lines of calendar instead of a date library, because this runs for every record.

/// Reads an instant as leniently as records need: 0 to 9 fraction digits, `T` or a blank, seconds or none,
/// `Z`, an offset or no zone (then UTC), and a date alone.
pub fn parse_instant(text: &str) -> Option<i64> {
    let mut rest = Digits(text.trim().as_bytes());
    let year = rest.number(4)?;
    rest.take(b'-')?;
    let month = rest.number(2)?;
    rest.take(b'-')?;
    let day = rest.number(2)?;
    let midnight = days_from_civil(year, month, day)? * MILLIS_PER_DAY;
    if rest.0.is_empty() {
        return Some(midnight);
    }
    rest.take(b'T').or_else(|| rest.take(b't')).or_else(|| rest.take(b' '))?;
    let hour = rest.number(2).filter(|hour| *hour < 24)?;
    rest.take(b':')?;
    let minute = rest.number(2).filter(|minute| *minute < 60)?;
    let mut millis = 0;
    if rest.take(b':').is_some() {
        // A leap second counts as the first instant of the next minute.
        let second = rest.number(2).filter(|second| *second <= 60)?;
        millis = second * 1_000;
        if rest.take(b'.').or_else(|| rest.take(b',')).is_some() {
            millis += rest.fraction()?;
        }
    }
    Some(midnight + (hour * 60 + minute) * 60_000 + millis - rest.offset()?)
}

/// The spelling for `$filter`: UTC, three fraction digits only where they say something.
pub fn format_instant(instant: i64) -> String {
    let (year, month, day) = civil_from_days(instant.div_euclid(MILLIS_PER_DAY));
    let millis = instant.rem_euclid(MILLIS_PER_DAY);
    let (hour, minute, second) = (millis / 3_600_000, millis / 60_000 % 60, millis / 1_000 % 60);
    let date = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    match millis % 1_000 {
        0 => format!("{date}Z"),
        fraction => format!("{date}.{fraction:03}Z"),
    }
}

/// Writes one instant after the other as [`format_instant`] does. Neighbours are mostly of one day, whose date stays.
#[derive(Clone, Debug, Default)]
pub struct InstantText {
    text: String,
    /// The day of the text's date, and how long the date is.
    date: Option<(i64, usize)>,
}

impl InstantText {
    /// The text of an instant.
    pub fn of(&mut self, instant: i64) -> &str {
        let day = instant.div_euclid(MILLIS_PER_DAY);
        let millis = instant.rem_euclid(MILLIS_PER_DAY);
        match self.date {
            Some((known, length)) if known == day => self.text.truncate(length),
            _ => {
                self.text = format_instant(day * MILLIS_PER_DAY);
                let length = self.text.find('T').unwrap_or_default() + 1;
                self.text.truncate(length);
                self.date = Some((day, length));
            }
        }
        let digit = |number: i64| char::from(b'0' + (number % 10) as u8);
        let (minutes, seconds) = (millis / 60_000 % 60, millis / 1_000 % 60);
        self.text.extend([digit(millis / 36_000_000), digit(millis / 3_600_000), ':']);
        self.text.extend([digit(minutes / 10), digit(minutes), ':', digit(seconds / 10), digit(seconds)]);
        if millis % 1_000 != 0 {
            self.text.extend(['.', digit(millis / 100), digit(millis / 10), digit(millis)]);
        }
        self.text.push('Z');
        &self.text
    }
}

/// Reads HTTP's date, `Wed, 21 Oct 2026 07:28:00 GMT`.
pub fn parse_http_date(text: &str) -> Option<i64> {
    let mut words = text.split_once(',')?.1.split_ascii_whitespace();
    let day = words.next()?.parse().ok()?;
    let name = words.next()?;
    let month = MONTHS.iter().position(|month| month.eq_ignore_ascii_case(name))? as i64 + 1;
    let year = words.next()?.parse().ok()?;
    let mut clock = words.next()?.split(':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    Some(days_from_civil(year, month, day)? * MILLIS_PER_DAY + ((hour * 60 + minute) * 60 + second) * 1_000)
}

const MILLIS_PER_DAY: i64 = 86_400_000;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Days since 1970-01-01 in the proleptic Gregorian calendar. Years begin in March here, so that leap days come last.
fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(0..=9_999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let march_year = if month <= 2 { year - 1 } else { year };
    let era = march_year.div_euclid(400);
    let year_of_era = march_year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468;
    // The 31st of a shorter month would quietly become the next month.
    (civil_from_days(days) == (year, month, day)).then_some(days)
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, next_year) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year_of_era + next_year, month, day)
}

struct Digits<'a>(&'a [u8]);

impl Digits<'_> {
    fn take(&mut self, byte: u8) -> Option<()> {
        self.0 = self.0.strip_prefix(&[byte])?;
        Some(())
    }
    fn number(&mut self, length: usize) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        digits.iter().try_fold(0, |number, digit| Some(number * 10 + i64::from(char::from(*digit).to_digit(10)?)))
    }
    /// The fraction of a second, cut to milliseconds.
    fn fraction(&mut self) -> Option<i64> {
        let length = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at(length);
        self.0 = rest;
        let digit = |at: usize| digits.get(at).map_or(0, |digit| i64::from(digit - b'0'));
        (length <= 9).then(|| digit(0) * 100 + digit(1) * 10 + digit(2))
    }
    /// Milliseconds that local time is ahead of UTC; everything must be read after it.
    fn offset(&mut self) -> Option<i64> {
        while self.take(b' ').is_some() {}
        let sign = match self.0 {
            [] => return Some(0),
            [b'Z' | b'z'] => return Some(0),
            [b'+', ..] => 1,
            [b'-', ..] => -1,
            _ => return None,
        };
        self.0 = &self.0[1..];
        let hours = self.number(2)?;
        if !self.0.is_empty() {
            let _ = self.take(b':');
        }
        let minutes = if self.0.is_empty() { 0 } else { self.number(2)? };
        self.0.is_empty().then_some(sign * (hours * 60 + minutes) * 60_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_time_in_a_record_is_read() {
        let noon = 1_791_979_200_000;
        assert_eq!(format_instant(noon), "2026-10-14T12:00:00Z");
        for text in [
            "2026-10-14T12:00:00Z",
            "2026-10-14T12:00:00.0000000Z",
            "2026-10-14T12:00:00.0Z",
            "2026-10-14T12:00:00.000999999Z",
            "2026-10-14 12:00:00",
            "2026-10-14T12:00Z",
            "2026-10-14T14:00:00+02:00",
            "2026-10-14T06:30:00.000-0530",
            " 2026-10-14t12:00:00z ",
            "2026-10-14T13:00:00 +01",
        ] {
            assert_eq!(parse_instant(text), Some(noon), "{text}");
        }
        assert_eq!(parse_instant("2026-10-14"), Some(noon - 43_200_000));
        assert_eq!(parse_instant("0001-01-01T00:00:00Z").map(format_instant).as_deref(), Some("0001-01-01T00:00:00Z"));
    }

    #[test]
    fn what_is_not_a_time_is_not_read() {
        for text in [
            "",
            "yesterday",
            "2026-02-30T00:00:00Z",
            "2026-13-01",
            "2026-10-14T25:00:00Z",
            "2026-10-14T12:00:00 PM",
            "1791979200",
        ] {
            assert_eq!(parse_instant(text), None, "{text}");
        }
    }

    #[test]
    fn instants_are_written_and_read_back() {
        for instant in [0, -1, 951_782_400_000, 1_709_164_800_123, 4_102_444_799_999, -62_135_596_800_000] {
            assert_eq!(parse_instant(&format_instant(instant)), Some(instant));
        }
    }

    #[test]
    fn instants_one_after_the_other_are_written_like_one_alone() {
        let mut text = InstantText::default();
        let end = 4_102_444_799_999;
        let somewhere = (0..2_000).map(|number| end - number * number * 9_999_991 % 100_000_000_000_000);
        for instant in [0, 1, 86_399_999, -1, 360_000_000_000_000, end, 86_400_000].into_iter().chain(somewhere) {
            assert_eq!(text.of(instant), format_instant(instant));
        }
    }

    #[test]
    fn http_dates_are_read() {
        assert_eq!(parse_http_date("Wed, 14 Oct 2026 12:00:00 GMT"), Some(1_791_979_200_000));
        assert_eq!(parse_http_date("120"), None);
    }
}
