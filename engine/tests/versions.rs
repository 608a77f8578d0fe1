//! Which records are rows of their own, which are versions of others, and what is left of those that were replaced.
#![allow(missing_docs)]

use engine::{
    fetch::Shelf,
    graph::{Bounds, Page},
    protocol::{RowId, WarningCode},
    reports,
    store::Arrival,
};
use proptest::prelude::*;

/// A record: its id, and what tells its versions apart.
type Version = (u8, u8);

#[test]
fn a_version_that_was_replaced_and_comes_with_the_other_is_shown_once() {
    let mut shelf = shelf();
    check(&mut shelf, &[&[(1, 0)]], &["1.0"]);
    check(&mut shelf, &[&[(1, 1), (1, 0)]], &["1.0", "1.1"]);
    assert_eq!(chain(&mut shelf, 1), [(1, 1)], "neither replaced the other");
}

#[test]
fn every_older_version_stays_in_reach() {
    let mut shelf = shelf();
    check(&mut shelf, &[&[(1, 0)]], &["1.0"]);
    check(&mut shelf, &[&[(1, 1)]], &["1.1"]);
    check(&mut shelf, &[&[(1, 2)]], &["1.2"]);
    assert_eq!(chain(&mut shelf, 2), [(1, 2), (1, 1), (1, 0)]);
    check(&mut shelf, &[&[(1, 1)]], &["1.1"]);
    assert_eq!(chain(&mut shelf, 1), [(1, 1), (1, 2), (1, 0)]);
}

#[test]
fn a_version_that_another_fetch_knows_replaces_here_as_well() {
    let mut shelf = shelf();
    load(&mut shelf, 0, &[&[(1, 0)]]);
    load(&mut shelf, 1, &[&[(1, 1)]]);
    assert_eq!((shown(&mut shelf, 0), shown(&mut shelf, 1)), (vec![(1, 0)], vec![(1, 1)]));
    load(&mut shelf, 0, &[&[(1, 1)]]);
    assert_eq!((shown(&mut shelf, 0), shown(&mut shelf, 1)), (vec![(1, 1)], vec![(1, 1)]));
    load(&mut shelf, 1, &[&[(1, 2)]]);
    assert_eq!((shown(&mut shelf, 0), shown(&mut shelf, 1)), (vec![(1, 1)], vec![(1, 2)]));
}

#[test]
fn one_id_at_two_times_is_two_records_and_no_version() {
    let mut shelf = shelf();
    let at = |second: u8| {
        format!(r#"{{"id":"1","createdDateTime":"2026-10-14T12:00:0{second}Z","status":{{"errorCode":0}}}}"#)
    };
    for (load, records) in [[at(0), at(1)].as_slice(), &[at(2)]].into_iter().enumerate() {
        let bytes = format!("[{}]", records.join(",")).into_bytes();
        let segment = shelf.next_serial();
        let arrival = Arrival { fetch: 0, segment, load: segment };
        let taken = shelf.take(&bytes, &Page::read(&bytes).records, arrival, Bounds::default(), &[]);
        assert_eq!(
            (taken.new_rows as usize, taken.duplicates, &taken.warnings[..]),
            (records.len(), 0, &[][..]),
            "{load}"
        );
    }
    let found: Vec<_> =
        rows(&shelf, 0).into_iter().map(|row| shelf.record(RowId(row)).expect("the row exists")).collect();
    assert_eq!(found.iter().map(|record| record.json.clone()).collect::<Vec<_>>(), [at(2), at(1), at(0)]);
    assert!(found.iter().all(|record| record.older.is_none()));
}

#[test]
fn two_that_come_from_one_load_are_counted_and_marked_and_the_same_bytes_are_one() {
    let mut shelf = shelf();
    let bytes = format!("[{},{},{}]", record((1, 0)), record((1, 1)), record((1, 0))).into_bytes();
    let segment = shelf.next_serial();
    let arrival = Arrival { fetch: 0, segment, load: segment };
    let taken = shelf.take(&bytes, &Page::read(&bytes).records, arrival, Bounds::default(), &[]);
    assert_eq!((taken.new_rows, taken.duplicates), (2, 1));
    let codes: Vec<_> = taken.warnings.iter().map(|warning| (warning.code, warning.row)).collect();
    assert_eq!(codes, [0, 1].map(|row| (WarningCode::Conflict, Some(RowId(row)))));
    for (row, warning) in taken.warnings.iter().enumerate() {
        let record = shelf.record(RowId(row as u32)).expect("the row exists");
        assert_eq!(record.warnings, std::slice::from_ref(warning));
    }
}

proptest! {
    /// Whatever comes in whatever order: a load's rows are all there afterwards, none is there twice,
    /// and of everything that ever came the original can be had.
    #[test]
    fn nothing_that_came_is_lost_or_shown_twice(
        loads in proptest::collection::vec(
            proptest::collection::vec(proptest::collection::vec((0..3_u8, 0..3_u8), 0..5), 0..4), 0..6),
    ) {
        let mut shelf = shelf();
        let mut seen: Vec<Version> = Vec::new();
        for pages in &loads {
            let pages: Vec<&[Version]> = pages.iter().map(Vec::as_slice).collect();
            load(&mut shelf, 0, &pages);
            let last = pages.concat();
            seen.extend(&last);
            let shown = shown(&mut shelf, 0);
            let mut once = shown.clone();
            once.sort_unstable();
            once.dedup();
            prop_assert_eq!(once.len(), shown.len(), "twice in {:?}", shown);
            prop_assert!(last.iter().all(|version| shown.contains(version)), "{:?} are not all in {:?}", last, shown);
            let reached: Vec<Version> =
                rows(&shelf, 0).into_iter().flat_map(|row| chain(&mut shelf, row)).collect();
            prop_assert!(seen.iter().all(|version| reached.contains(version)), "{:?} are not all in {:?}", seen, reached);
        }
    }
}

/// Loads pages under one serial number and compares what is shown then.
fn check(shelf: &mut Shelf, pages: &[&[Version]], expected: &[&str]) {
    load(shelf, 0, pages);
    let shown: Vec<String> = shown(shelf, 0).iter().map(|(id, version)| format!("{id}.{version}")).collect();
    assert_eq!(shown, expected);
}

fn shelf() -> Shelf {
    Shelf::new(reports::report("signIns").expect("the report is defined"))
}

fn load(shelf: &mut Shelf, fetch: usize, pages: &[&[Version]]) {
    let segment = shelf.next_serial();
    for page in pages {
        let records: Vec<String> = page.iter().map(|version| record(*version)).collect();
        let bytes = format!("{{\"value\":[{}]}}", records.join(",")).into_bytes();
        shelf.take(
            &bytes,
            &Page::read(&bytes).records,
            Arrival { fetch, segment, load: segment },
            Bounds::default(),
            &[],
        );
    }
}

fn record((id, version): Version) -> String {
    format!(r#"{{"id":"{id}","createdDateTime":"2026-10-14T12:00:00Z","status":{{"errorCode":{version}}}}}"#)
}

fn rows(shelf: &Shelf, fetch: usize) -> Vec<u32> {
    shelf.table().order(fetch).to_vec()
}

fn shown(shelf: &mut Shelf, fetch: usize) -> Vec<Version> {
    rows(shelf, fetch).into_iter().map(|row| version_of(shelf, row).0).collect()
}

/// A row's version, and the row that it replaced.
fn version_of(shelf: &mut Shelf, row: u32) -> (Version, Option<u32>) {
    let found = shelf.record(RowId(row)).expect("the row exists");
    let versions = (0..3).flat_map(|id| (0..3).map(move |version| (id, version)));
    let version = versions.into_iter().find(|version| record(*version) == found.json);
    (version.expect("every record comes back as it came"), found.older.map(|older| older.0))
}

/// A row's version and all that it replaced, latest first.
fn chain(shelf: &mut Shelf, row: u32) -> Vec<Version> {
    let mut chain = Vec::new();
    let mut next = Some(row);
    while let Some(row) = next {
        let (version, older) = version_of(shelf, row);
        chain.push(version);
        assert!(chain.len() < 100, "the versions lead in a circle");
        next = older;
    }
    chain
}
