//! Pages that something broke on the way: whatever comes, nothing panics, and every record that is taken can be had back.
#![allow(missing_docs)]

use engine::{
    fetch::Shelf,
    filter::{Condition, Filter, Operator, Value},
    graph::{Bounds, Page},
    protocol::{LoadKey, RowId, Sort, WindowQuery, encode},
    query::{Results, window},
    reports::{ALL, ReportDefinition},
    store::Arrival,
};

/// What may be put into a page.
const PIECES: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b":",
    b",",
    b"\\",
    b"\\u",
    b"\\ud83d",
    b"null",
    b"true",
    b"-",
    b"1e999",
    b"0.5",
    b"{}",
    b"[]",
    b"\"\"",
    b"[[",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\r\n",
    b"\0",
    b"\"id\":",
    b"\"value\":[",
    b"9223372036854775808",
];
const ROUNDS: u32 = 200;

#[test]
fn no_broken_page_makes_it_panic_or_lose_a_record() {
    let mut dice = Dice(7);
    for report in ALL {
        for _ in 0..ROUNDS {
            let mut bytes = report.sample.as_bytes().to_vec();
            for _ in 0..=dice.below(6) {
                mutate(&mut dice, &mut bytes);
            }
            check(report, &bytes);
        }
    }
}

#[test]
fn an_object_as_large_as_a_page_is_read_in_good_time() {
    let keys: Vec<String> = (0..100_000).map(|n| format!("\"k{n}\":1")).collect();
    let page = format!("{{\"value\":[{{\"id\":\"1\",{}}}]}}", keys.join(","));
    for report in ALL {
        check(report, page.as_bytes());
    }
}

/// Reads the page twice, asks for all of it in several orders, and for every record.
fn check(report: &'static ReportDefinition, bytes: &[u8]) {
    let page = Page::read(bytes);
    let mut shelf = Shelf::new(report);
    for _ in 0..2 {
        let segment = shelf.next_serial();
        shelf.take(bytes, &page.records, Arrival { fetch: 0, segment, load: segment }, Bounds::default(), &[]);
    }
    let rows = shelf.table().order(0).to_vec();
    let mut originals: Vec<Vec<u8>> = Vec::new();
    for row in &rows {
        let record = shelf.record(RowId(*row)).expect("a row that is shown has its record");
        assert!(encode(&record).len() >= record.bytes.len());
        originals.push(record.bytes);
    }
    let mut expected: Vec<&[u8]> = page.records.iter().map(|range| &bytes[range.clone()]).collect();
    expected.sort_unstable();
    expected.dedup();
    originals.sort_unstable();
    assert_eq!(originals, expected, "{}: {}", report.id.as_str(), String::from_utf8_lossy(bytes));
    // Some of the columns, others for each page.
    for column in report.columns.iter().skip(bytes.len() % 16).step_by(16) {
        let condition = |operator| {
            Filter::Is(Condition { column: column.id.to_owned(), operator, value: Value::Text("a".to_owned()) })
        };
        let query = WindowQuery {
            key: LoadKey { report: report.id, fetch: report.fetches[0].id.to_owned() },
            filter: Filter::Or(vec![condition(Operator::Contains), Filter::Not(Box::new(condition(Operator::Le)))]),
            sort: vec![Sort { column: column.id.to_owned(), is_descending: true }],
            columns: report.columns.iter().map(|column| column.id.to_owned()).collect(),
            first: 0,
            count: 500,
        };
        let found = window(shelf.table(), &mut Results::default(), &query).expect("the columns exist");
        assert!(found.total as usize <= rows.len());
    }
}

fn mutate(dice: &mut Dice, bytes: &mut Vec<u8>) {
    let at = dice.below(bytes.len() + 1);
    let length = dice.below(40).min(bytes.len() - at);
    match dice.below(6) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(at..at + length)),
        2 => drop(bytes.splice(at..at, PIECES[dice.below(PIECES.len())].iter().copied())),
        3 => drop(bytes.splice(at..at + length, PIECES[dice.below(PIECES.len())].iter().copied())),
        4 => bytes.extend_from_within(at..at + length),
        _ if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
        _ => {}
    }
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((word ^ (word >> 31)) % count as u64) as usize
    }
}
