//! Pages with one JSON value or name exchanged for another.

use std::{ops::Range, sync::LazyLock};

use engine::{json::Reader, reports::ALL};

use crate::Dice;

/// Values that real logs have where others are expected, and some that nobody ever had.
pub const VALUES: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1",
    "-1",
    "50126",
    "0.5",
    "1e999",
    "-1e-999",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "99999999999999999999999999",
    "1.0",
    "1E2",
    "NaN",
    "tru",
    "{}",
    "[]",
    "[[]]",
    "[{}]",
    "[null]",
    "{\"\":{}}",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
    "\"\"",
    "\" \"",
    "\"<null>\"",
    "\"0\"",
    "\"1\"",
    "\"True\"",
    "\"success\"",
    "\"SUCCESS\"",
    "\" failed\\u0000\"",
    "\"\\ud83d\"",
    "\"\\ud83d\\ude00\"",
    "\"\\udead\\u0041\"",
    "\"\\u12\"",
    "\"\\x\"",
    "\"\\\"",
    "\"\u{2013} \"",
    "\"\\r\\n\"",
    "\"[\\\"x\\\"]\"",
    "\"{\\\"a\\\":[1,{}]}\"",
    "\"2026-10-14T12:00:00Z\"",
    "\"2026-10-14 12:00:00\"",
    "\"2026-10-14T12:00:00.123456789+02:00\"",
    "\"2026-10-14T12:00:00.1234567890Z\"",
    "\"0001-01-01T00:00:00Z\"",
    "\"9999-12-31T23:59:60Z\"",
    "\"2026-02-30T00:00:00Z\"",
    "\"2026-10-14T12:00:00-99:99\"",
    "1791979200",
    "\"00000000-0000-0000-0000-000000000000\"",
    "\"D7CC485D-2C1B-422D-BDC4-49A4E5B3F1A0\"",
    "\"d7cc485d-2c1b-422d-bdc4-49a4e5b3f1a0\"",
    "\"203.0.113.7\"",
    "\"2001:db8::7\"",
    "\"\u{130}\u{df}\u{3c2}\"",
];

/// Property names of every report: each segment of each path.
pub static NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let columns = ALL.iter().flat_map(|report| report.columns);
    let paths = columns.flat_map(|column| column.json_paths());
    let mut names: Vec<_> = paths.flat_map(|path| path.split('/')).map(|name| name.trim_end_matches("[]")).collect();
    names.extend(["value", "@odata.nextLink"]);
    names.sort_unstable();
    names.dedup();
    names
});

/// Exchanges, repeats, wraps or drops one value, and returns the new length. What does not fit stays as it was.
pub fn mutate_page(data: &mut [u8], size: usize, size_max: usize, dice: &mut Dice) -> usize {
    let Some(at) = some_value(&data[..size], dice) else { return size };
    let old = data[at.clone()].to_vec();
    let new = match dice.below(8) {
        0 | 1 => dice.pick(VALUES).as_bytes().to_vec(),
        2 => match some_value(&data[..size], dice) {
            Some(other) => data[other].to_vec(),
            None => return size,
        },
        3 => {
            let sample = ALL[dice.below(ALL.len())].sample.as_bytes();
            some_value(sample, dice).map_or_else(Vec::new, |at| sample[at].to_vec())
        }
        4 => format!("\"{}\"", NAMES[dice.below(NAMES.len())]).into_bytes(),
        5 => [b"[", &old[..], b",", &old[..], b"]"].concat(),
        6 => {
            let name = NAMES[dice.below(NAMES.len())];
            let value = if dice.below(2) == 0 { old } else { dice.pick(VALUES).as_bytes().to_vec() };
            [format!("{{\"{name}\":").as_bytes(), &value, b"}"].concat()
        }
        // One more property before a name, or one more member before a value.
        _ => {
            let name = NAMES[dice.below(NAMES.len())];
            let added = if dice.below(4) == 0 { String::new() } else { format!("\"{name}\":") };
            [added.as_bytes(), dice.pick(VALUES).as_bytes(), b",", &old].concat()
        }
    };
    let length = size - at.len() + new.len();
    if length > size_max {
        return size;
    }
    data.copy_within(at.end..size, at.start + new.len());
    data[at.start..at.start + new.len()].copy_from_slice(&new);
    length
}

/// Where some value or name is: the first that begins after some place.
fn some_value(bytes: &[u8], dice: &mut Dice) -> Option<Range<usize>> {
    if bytes.is_empty() {
        return None;
    }
    let from = dice.below(bytes.len());
    let is_start = |byte: &u8| matches!(byte, b'"' | b'{' | b'[' | b'0'..=b'9' | b't' | b'f' | b'n' | b'-');
    let start = from + bytes[from..].iter().position(is_start)?;
    let range = Reader::new(&bytes[start..]).skip().ok()?;
    Some(start + range.start..start + range.end)
}
