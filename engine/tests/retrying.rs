//! Parts of a load that failed are asked for again one by one, while the rest goes on or after everything has ended.
#![allow(missing_docs)]

#[path = "support/pages.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the pages")]
mod pages;
#[path = "support/service.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the service")]
mod service;
#[path = "../../tests/support/world.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the world")]
mod world;

use std::{cell::RefCell, ops::Range, rc::Rc, time::Duration};

use engine::{
    limits::{REQUEST_TIMEOUT, TRIES_MAX},
    ports::Millis,
    protocol::{Answer, GraphError, LoadStatus, Phase, RequestBody, Scope, SliceState, SliceStatus, TimeRange},
};
use pages::{answer, ok, world};
use service::{TICKS, ids, key, page};
use world::{NOW, World};

const HOUR: Millis = 3_600_000;
const ROWS: usize = 30 * 24 * 6;

/// A row every ten minutes for 30 days.
fn rows() -> Vec<i64> {
    (0..ROWS as i64).map(|number| (NOW - number * HOUR / 6) * TICKS).collect()
}

/// So many days ago, for an hour.
fn hour_of(days: i64) -> Range<i64> {
    (NOW - days * 24 * HOUR) * TICKS..(NOW - days * 24 * HOUR + HOUR) * TICKS
}

/// A service that fails on pages with rows of these times.
fn failing_at(bad: &Rc<RefCell<Vec<Range<i64>>>>) -> World {
    let (rows, bad) = (rows(), bad.clone());
    world(move |request| {
        let (body, ticks) = page(&rows, 100, i64::MAX, request);
        let is_bad = ticks.iter().any(|ticks| bad.borrow().iter().any(|bad| bad.contains(ticks)));
        if is_bad { answer(500, &[], "") } else { (Duration::from_millis(300), Ok(ok(&body))) }
    })
}

fn month() -> Scope {
    Scope { range: TimeRange::LastHours(720), conditions: Vec::new() }
}

fn failed(status: &LoadStatus) -> Vec<SliceStatus> {
    status.slices.iter().filter(|slice| matches!(slice.state, SliceState::Failed(_))).cloned().collect()
}

fn retry(world: &World, part: &SliceStatus) {
    let body = RequestBody::Retry { key: key(), from: part.from, to: part.to };
    assert_eq!(world.ask(body), Ok(Answer::Done));
}

#[test]
fn one_part_is_asked_for_again_after_the_end_and_the_other_is_left_alone() {
    let bad = Rc::new(RefCell::new(vec![hour_of(6), hour_of(21)]));
    let world = failing_at(&bad);
    world.load(&key(), month());
    world.run();
    let status = world.status(&key());
    assert!(matches!(status.phase, Phase::Failed(GraphError::Unavailable(_))), "{:?}", status.phase);
    let parts = failed(&status);
    assert_eq!(parts.len(), 2, "{:?}", status.slices);
    bad.take();
    retry(&world, &parts[1]);
    world.run();
    let status = world.status(&key());
    assert!(matches!(status.phase, Phase::Failed(_)), "{:?}", status.phase);
    assert_eq!(failed(&status), parts[..1]);
    retry(&world, &parts[0]);
    world.run();
    let status = world.status(&key());
    assert_eq!((status.phase, status.duplicates, ids(&world).len()), (Phase::Complete, 0, ROWS));
    // Nothing is left to be retried.
    let requests = world.graph.requests.borrow().len();
    retry(&world, &parts[0]);
    world.run();
    assert_eq!(world.graph.requests.borrow().len(), requests);
}

#[test]
fn a_part_is_asked_for_again_while_the_others_go_on() {
    let bad = Rc::new(RefCell::new(vec![hour_of(6)]));
    let world = failing_at(&bad);
    world.load(&key(), month());
    while failed(&world.status(&key())).is_empty() {
        world.run_for(Duration::from_millis(100));
    }
    let status = world.status(&key());
    assert!(status.phase.is_under_way(), "{:?}", status.phase);
    bad.take();
    retry(&world, &failed(&status)[0]);
    world.run_for(Duration::from_millis(200));
    assert_eq!(failed(&world.status(&key())), []);
    world.run();
    let status = world.status(&key());
    assert_eq!((status.phase, status.duplicates, ids(&world).len()), (Phase::Complete, 0, ROWS));
}

#[test]
fn a_part_is_asked_for_again_while_the_others_wait_for_an_answer() {
    let (rows, bad) = (rows(), Rc::new(RefCell::new(vec![hour_of(3)])));
    let is_bad = bad.clone();
    let world = world(move |request| {
        let (body, ticks) = page(&rows, 100, i64::MAX, request);
        let has = |range: Range<i64>| ticks.iter().any(|ticks| range.contains(ticks));
        match is_bad.borrow().iter().cloned().any(has) {
            true => answer(500, &[], ""),
            // The older half takes long.
            false if has(0..hour_of(7).start) => (REQUEST_TIMEOUT * 8 / 9, Ok(ok(&body))),
            false => (Duration::from_millis(300), Ok(ok(&body))),
        }
    });
    world.load(&key(), Scope { range: TimeRange::LastHours(240), conditions: Vec::new() });
    while failed(&world.status(&key())).is_empty() {
        world.run_for(Duration::from_millis(100));
    }
    let parts = failed(&world.status(&key()));
    bad.take();
    world.run_for(Duration::from_secs(10));
    let before = world.status(&key());
    retry(&world, &parts[0]);
    world.run_for(Duration::from_secs(20));
    let after = world.status(&key());
    assert!(after.rows > before.rows && failed(&after).is_empty(), "{:?}", after.slices);
    assert!(after.slices.iter().any(|slice| slice.state == SliceState::Loading), "{:?}", after.slices);
    world.run();
    assert_eq!(world.status(&key()).phase, Phase::Complete);
}

#[test]
fn a_part_that_fails_again_says_so_again() {
    let bad = Rc::new(RefCell::new(vec![hour_of(6)]));
    let world = failing_at(&bad);
    world.load(&key(), month());
    world.run();
    let (parts, requests) = (failed(&world.status(&key())), world.graph.requests.borrow().len());
    retry(&world, &parts[0]);
    world.run();
    let status = world.status(&key());
    assert!(matches!(status.phase, Phase::Failed(_)) && !failed(&status).is_empty(), "{:?}", status.slices);
    let more = (world.graph.requests.borrow().len() - requests) as u32;
    assert!((TRIES_MAX..4 * TRIES_MAX).contains(&more), "{more} more requests");
}

#[test]
fn continuing_asks_for_every_part_again() {
    let bad = Rc::new(RefCell::new(vec![hour_of(6), hour_of(21)]));
    let world = failing_at(&bad);
    world.load(&key(), month());
    world.run();
    bad.take();
    world.load(&key(), month());
    world.run();
    assert_eq!((world.status(&key()).phase, ids(&world).len()), (Phase::Complete, ROWS));
}
