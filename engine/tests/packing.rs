//! Loads whose records are compressed elsewhere: what waits is bounded, and no record is lost to a packer that is slow or dies.
#![allow(missing_docs)]

#[path = "support/pages.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the pages")]
mod pages;
#[path = "../../tests/support/world.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the world")]
mod world;

use std::time::Duration;

use engine::{
    limits::{INGEST_RECORDS, PACK_WAIT_MAX, RAW_RECORD_BYTES_MAX},
    protocol::{Phase, RowId, Scope},
};
use pages::{audits, list, page_number, world};
use world::{NOW, Packing};

const PAGES: u32 = 5;
const PAGE_RECORDS: u32 = 40;
/// Four fill a block, and all of them are more than may wait.
const RECORD_BYTES: usize = 262_000;

fn large(number: u32) -> String {
    let filling = format!("{number:>8}").repeat(RECORD_BYTES / 8);
    format!(r#"{{"id":"{number}","activityDateTime":"2026-10-14T12:00:00Z","note":"{filling}"}}"#)
}

/// Loads everything, reads it back, and gives the most that ever waited and when the last page was asked for, in seconds.
fn load(packing: Packing) -> (usize, i64) {
    let world = world(|request| {
        let page = page_number(request);
        let records: Vec<_> = (page * PAGE_RECORDS..(page + 1) * PAGE_RECORDS).map(large).collect();
        list(&records, (page + 1 < PAGES).then_some(page + 1))
    });
    world.packer.packing.set(packing);
    world.load(&audits(), Scope::default());
    world.run();
    let (last_request, _) = world.graph.requests.borrow()[PAGES as usize - 1];
    let seconds = (last_request - NOW) / 1_000;
    let status = world.status(&audits());
    assert_eq!((status.phase, status.rows), (Phase::Complete, PAGES * PAGE_RECORDS));
    for number in 0..PAGES * PAGE_RECORDS {
        let record = world.record(&audits(), RowId(number)).expect("the row is there");
        assert!(record.bytes == large(number).as_bytes(), "record {number}");
    }
    let (_, most) = world.packer.waiting.get();
    assert!(most < RAW_RECORD_BYTES_MAX + INGEST_RECORDS * RECORD_BYTES, "{most} bytes waited");
    (most, seconds)
}

#[test]
fn without_a_packer_nothing_waits() {
    assert_eq!(load(Packing::InPlace), (0, 0));
}

#[test]
fn a_load_waits_for_a_slow_packer() {
    let (most, seconds) = load(Packing::Slowly(Duration::from_secs(4)));
    assert!(most > RAW_RECORD_BYTES_MAX / 10 * 9, "{most} bytes waited");
    assert!(seconds >= 20, "the last page was asked for after {seconds} s");
}

#[test]
fn a_packer_that_never_answers_holds_a_load_up_once() {
    let (most, seconds) = load(Packing::Never);
    assert!(most > RAW_RECORD_BYTES_MAX / 10 * 9, "{most} bytes waited");
    assert_eq!(seconds, PACK_WAIT_MAX.as_secs() as i64);
}

#[test]
fn a_packer_that_dies_holds_nothing_up() {
    let (_, seconds) = load(Packing::DiesAt(20));
    assert_eq!(seconds, 0);
}
