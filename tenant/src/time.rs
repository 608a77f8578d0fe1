//! Instants as ticks of 100 nanoseconds since 1970-01-01T00:00:00Z, because Graph prints seven fractional digits.

/// Ticks in a second.
pub const SECOND: i64 = 10_000_000;
/// Ticks in a minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Ticks in an hour.
pub const HOUR: i64 = 60 * MINUTE;
/// Ticks in a day.
pub const DAY: i64 = 24 * HOUR;

/// Ticks of an instant in milliseconds.
pub fn ticks_from_millis(millis: i64) -> i64 {
    millis * 10_000
}

/// `2026-11-25T08:09:10Z`, or with seven fractional digits when there is a fraction.
pub fn print(ticks: i64) -> String {
    let mut text = print_seconds(ticks);
    let fraction = ticks.rem_euclid(SECOND);
    if fraction != 0 {
        text.truncate(text.len() - 1);
        let digits = format!("{fraction:07}");
        text.push('.');
        text.push_str(digits.trim_end_matches('0'));
        text.push('Z');
    }
    text
}

/// `2026-11-25T08:09:10Z`; the fraction is dropped.
pub fn print_seconds(ticks: i64) -> String {
    let (year, month, day) = date(ticks.div_euclid(DAY));
    let seconds = ticks.rem_euclid(DAY) / SECOND;
    let mut text = String::with_capacity(28);
    let parts = [
        (year, 4, '-'),
        (month, 2, '-'),
        (day, 2, 'T'),
        (seconds / 3600, 2, ':'),
        (seconds / 60 % 60, 2, ':'),
        (seconds % 60, 2, 'Z'),
    ];
    for (number, digits, mark) in parts {
        for place in (0..digits).rev() {
            text.push(char::from(b'0' + (number / 10_i64.pow(place) % 10) as u8));
        }
        text.push(mark);
    }
    text
}

/// Reads an ISO 8601 instant: a date, or a date and a time with `Z` or an offset, up to seven fractional digits.
pub fn parse(text: &str) -> Option<i64> {
    let digits = |range: std::ops::Range<usize>| -> Option<i64> {
        let part = text.get(range)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?
    };
    let mark = |at: usize, wanted: u8| text.as_bytes().get(at).is_some_and(|byte| byte.eq_ignore_ascii_case(&wanted));
    let (year, month, day) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
    if !mark(4, b'-') || !mark(7, b'-') || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let days = days_from_date(year, month, day);
    if date(days) != (year, month, day) {
        return None;
    }
    let midnight = days * DAY;
    if text.len() == 10 {
        return Some(midnight);
    }
    let (hour, minute, second) = (digits(11..13)?, digits(14..16)?, digits(17..19)?);
    if !mark(10, b'T') || !mark(13, b':') || !mark(16, b':') || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut rest = &text[19..];
    let mut fraction = 0;
    if let Some(tail) = rest.strip_prefix('.') {
        let length = tail.bytes().take_while(u8::is_ascii_digit).count();
        if length == 0 {
            return None;
        }
        // Documentation has eight digits in one place; what is finer than a tick is cut off.
        fraction = format!("{:0<7}", &tail[..length]).get(..7)?.parse().ok()?;
        rest = &tail[length..];
    }
    let offset = match rest {
        "Z" | "z" => 0,
        _ if rest.len() == 6 && rest.is_ascii() && &rest[3..4] == ":" => {
            let minutes = rest[1..3].parse::<i64>().ok()? * 60 + rest[4..6].parse::<i64>().ok()?;
            match &rest[..1] {
                "+" => minutes,
                "-" => -minutes,
                _ => return None,
            }
        }
        _ => return None,
    };
    Some(midnight + hour * HOUR + (minute - offset) * MINUTE + second * SECOND + fraction)
}

/// Days since 1970 to year, month and day (after Howard Hinnant's published algorithm).
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn days_from_date(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_what_it_reads() {
        for text in ["2018-01-09T21:20:02.7215374Z", "2024-02-29T00:00:00Z", "2026-12-31T23:59:59.5Z"] {
            assert_eq!(print(parse(text).expect("a valid instant")), text);
        }
        assert_eq!(parse("2026-11-25"), parse("2026-11-25T00:00:00Z"));
        assert_eq!(parse("2026-11-25T02:00:00+02:00"), parse("2026-11-25"));
        assert_eq!(parse("1970-01-01T00:00:01.00000019Z"), Some(SECOND + 1), "finer digits are cut off");
    }

    #[test]
    fn refuses_what_is_no_instant() {
        for text in ["", "2026", "2026-13-01", "2026-02-30", "2026-11-25T25:00:00Z", "2026-11-25T00:00:00", "next week"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
