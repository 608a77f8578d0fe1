//! Records come back byte for byte, whatever state their block is in.

use std::{cell::Cell, time::Duration};

use futures_util::future::{FutureExt, LocalBoxFuture, pending, ready};

use super::*;
use crate::{
    limits::RAW_RECORD_BYTES_MAX,
    ports::{Clock, Millis, PackDone},
};

type Owed = (Vec<u8>, PackDone);

/// Packs when the test says so.
#[derive(Default)]
struct Later(RefCell<Vec<Owed>>);

impl Packer for Later {
    fn pack(&self, block: &[u8], done: PackDone) {
        self.0.borrow_mut().push((block.to_vec(), done));
    }
}

impl Later {
    fn finish(&self, at: usize) {
        let (block, done) = self.0.borrow_mut().remove(at);
        done(pack_small(&block).expect("the encoder makes no mistake"));
    }
}

/// A clock on which either no time passes or all of it.
struct Fixed {
    is_over: Cell<bool>,
}

impl Clock for Fixed {
    fn now(&self) -> Millis {
        0
    }
    fn sleep(&self, _: Duration) -> LocalBoxFuture<'_, ()> {
        if self.is_over.get() { ready(()).boxed_local() } else { pending().boxed_local() }
    }
}

fn record(row: u32) -> Vec<u8> {
    let mut bytes = format!("{{\"id\":\"{row}\",\"x\":\"").into_bytes();
    bytes.resize(bytes.len() + (row as usize * 7_919) % 9_000, 0x80 | row as u8);
    bytes
}

fn records(packer: Rc<dyn Packer>, rows: u32) -> Records {
    let mut records = Records::default();
    records.pack_with(packer);
    for row in 0..rows {
        records.push(&record(row));
    }
    records
}

fn check(records: &Records, rows: u32) {
    for row in (0..rows).rev().chain([5, rows - 1, 0]) {
        assert_eq!(records.get(row).as_deref(), Some(&record(row)[..]), "row {row}");
    }
    assert_eq!(records.get(rows), None);
}

#[test]
fn every_record_comes_back_byte_for_byte() {
    for packer in [Rc::new(InPlace) as Rc<dyn Packer>, Rc::new(SmallInPlace)] {
        let mut records = records(packer, 300);
        check(&records, 300);
        assert_eq!(records.backlog().raw_bytes(), 0);
        records.push(&vec![7; RECORD_BLOCK_BYTES * 2]);
        records.push(b"");
        assert_eq!(records.get(300).map(|bytes| bytes.len()), Some(RECORD_BLOCK_BYTES * 2));
        assert_eq!(records.get(301).as_deref(), Some(&b""[..]));
        assert_eq!(records.get(302), None);
    }
}

#[test]
fn records_can_be_read_while_they_wait_and_in_whatever_order_they_are_packed() {
    let packer = Rc::new(Later::default());
    let records = records(packer.clone(), 1_200);
    let blocks = packer.0.borrow().len();
    assert!(blocks >= 4, "{blocks} blocks");
    check(&records, 1_200);
    let (waiting, memory) = (records.backlog().raw_bytes(), records.memory_bytes());
    assert!(waiting >= blocks * RECORD_BLOCK_BYTES && memory > waiting, "{waiting} of {memory} wait");
    for at in [blocks - 1, 1, 0] {
        packer.finish(at);
        check(&records, 1_200);
    }
    while !packer.0.borrow().is_empty() {
        packer.finish(0);
    }
    check(&records, 1_200);
    assert_eq!(records.backlog().raw_bytes(), 0);
    let saved = memory - records.memory_bytes();
    assert!(saved > waiting / 2, "{saved} of {waiting} bytes were saved");
}

#[test]
fn a_packer_that_gives_up_loses_nothing() {
    let packer = Rc::new(Later::default());
    let records = records(packer.clone(), 1_200);
    packer.finish(1);
    packer.0.borrow_mut().clear();
    assert_eq!(records.backlog().raw_bytes(), 0);
    check(&records, 1_200);
}

#[test]
fn what_is_packed_after_its_table_ended_is_let_go() {
    let packer = Rc::new(Later::default());
    drop(records(packer.clone(), 1_200));
    packer.finish(0);
    packer.0.borrow_mut().clear();
}

#[test]
fn whoever_adds_rows_waits_while_too_much_is_raw() {
    let packer = Rc::new(Later::default());
    let mut records = records(packer.clone(), 0);
    let clock = Fixed { is_over: Cell::new(false) };
    let backlog = records.backlog();
    assert_eq!(backlog.room(&clock).now_or_never(), Some(()));
    let large = vec![1; RECORD_BLOCK_BYTES];
    while !backlog.is_full() {
        records.push(&large);
    }
    assert!(backlog.raw_bytes() < RAW_RECORD_BYTES_MAX + RECORD_BLOCK_BYTES);
    let mut room = backlog.room(&clock).boxed_local();
    assert_eq!((&mut room).now_or_never(), None);
    packer.finish(0);
    assert_eq!((&mut room).now_or_never(), Some(()));
}

#[test]
fn a_packer_that_answers_nothing_is_not_asked_again() {
    let packer = Rc::new(Later::default());
    let mut records = records(packer.clone(), 0);
    let backlog = records.backlog();
    let large = vec![1; RECORD_BLOCK_BYTES];
    while !backlog.is_full() {
        records.push(&large);
    }
    let clock = Fixed { is_over: Cell::new(true) };
    assert_eq!(backlog.room(&clock).now_or_never(), Some(()));
    assert_eq!(backlog.raw_bytes(), 0);
    let asked = packer.0.borrow().len();
    records.push(&large);
    records.push(&large);
    // An answer that comes after all changes nothing.
    packer.finish(0);
    assert_eq!((packer.0.borrow().len(), backlog.raw_bytes()), (asked - 1, 0));
    assert_eq!(records.get(3).as_ref(), Some(&large));
}
