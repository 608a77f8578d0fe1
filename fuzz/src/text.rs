//! Filters with one word more, less or exchanged for another.

use std::sync::LazyLock;

use engine::reports::ALL;

use crate::Dice;

/// What a filter is made of besides names.
pub const WORDS: &[&str] = &[
    " ",
    "  ",
    "\n",
    "\t",
    " AND ",
    " OR ",
    " NOT ",
    "and",
    "Or",
    "not",
    "-",
    "(",
    ")",
    "((",
    ")))",
    ":",
    "=",
    "!=",
    ">",
    ">=",
    "<",
    "<=",
    "*",
    "?",
    ":*",
    "exists:",
    "\"",
    "\"\"",
    "\\",
    "\\\"",
    "\"a b\"",
    "\"a b\"*",
    "a",
    "é",
    "\u{1f600}",
    "\u{130}",
    "ß",
    "0",
    "-1",
    "50126",
    "0.5",
    "1e999",
    "true",
    "FALSE",
    "success",
    "failed",
    "null",
    "now",
    "now-24h",
    "now+1w",
    "now-999999w",
    "today",
    "yesterday",
    "2026-11-24",
    "2026-11-24T10:30",
    "2026-11-24 10:30:05.5Z",
    "2026-10-25T02:30",
    "9999-12-31T23:59:60+14:00",
    "0000-01-01",
    "203.0.113.7",
    "203.0.113.0/24",
    "203.0.113.7/33",
    "2001:db8::7",
    "2001:db8::/32",
    "::ffff:203.0.113.7",
    "::/0",
    "00000000-0000-0000-0000-000000000000",
    "<null>",
    "{}",
    "[]",
    ",",
    ";",
    "'",
    "|",
    "&&",
    "==",
    "~",
    "%",
];

const SIGNS: &[&str] = &[":", "=", "!=", ">", ">=", "<", "<="];

/// Names of columns: ids, their last segments, and those of Log Analytics.
pub static FIELDS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let columns = || ALL.iter().flat_map(|report| report.columns);
    let mut names: Vec<_> = columns().map(|column| column.id).collect();
    names.extend(columns().filter_map(|column| column.id.rsplit('/').next()));
    names.extend(columns().filter_map(|column| column.kql));
    names.sort_unstable();
    names.dedup();
    names
});

/// Puts something in at some place, in place of nothing or of what stands there, and returns the new length.
pub fn mutate_filter(data: &mut [u8], size: usize, size_max: usize, dice: &mut Dice) -> usize {
    let start = boundary(&data[..size], dice.below(size + 1));
    let end =
        if dice.below(2) == 0 { start } else { boundary(&data[..size], (start + dice.below(12)).min(size)).max(start) };
    let new = match dice.below(6) {
        0 | 1 => dice.pick(WORDS).as_bytes().to_vec(),
        2 => FIELDS[dice.below(FIELDS.len())].as_bytes().to_vec(),
        3 => format!("{}{}{}", FIELDS[dice.below(FIELDS.len())], dice.pick(SIGNS), dice.pick(WORDS)).into_bytes(),
        4 => [b"(", &data[start..end], b")"].concat(),
        _ => [&data[start..end], dice.pick(WORDS).as_bytes(), &data[start..end]].concat(),
    };
    let length = size - (end - start) + new.len();
    if length > size_max {
        return size;
    }
    data.copy_within(end..size, start + new.len());
    data[start..start + new.len()].copy_from_slice(&new);
    length
}

/// The first place from here on that is in no character's middle.
fn boundary(bytes: &[u8], from: usize) -> usize {
    (from..bytes.len()).find(|at| bytes[*at] & 0xc0 != 0x80).unwrap_or(bytes.len())
}
