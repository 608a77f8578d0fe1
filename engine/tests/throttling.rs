//! Being told to wait is no failure: how long a load sits it out, what others learn of it, and when a person decides.
#![allow(missing_docs)]

#[path = "support/pages.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the pages")]
mod pages;
#[path = "../../tests/support/world.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the world")]
mod world;

use std::{cell::Cell, rc::Rc, time::Duration};

use engine::{
    limits::{RETRY_AFTER_MAX, TRIES_MAX, WAITS_MAX},
    ports::{AccessToken, Clock, Millis},
    protocol::{GraphError, LoadKey, LoadStatus, Phase, Scope},
    reports,
};
use pages::{answer, audit, audits, ids, list, page_number, world};
use world::{NOW, Reply, World};

const DAY: Millis = 86_400_000;

fn provisioning() -> LoadKey {
    LoadKey { report: reports::report("provisioning").expect("the report is defined").id, fetch: "all".to_owned() }
}

/// Two pages.
fn pages_of_two(page: u32) -> Reply {
    match page {
        0 => list(&[audit("a", "2026-10-14T12:00:03Z")], Some(1)),
        _ => list(&[audit("b", "2026-10-14T12:00:01Z")], None),
    }
}

/// A Graph that throttles after the first page as long as the switch is on.
fn throttling(headers: &'static [(&'static str, &'static str)]) -> (World, Rc<Cell<bool>>) {
    let is_on = Rc::new(Cell::new(true));
    let switch = is_on.clone();
    let world = world(move |request| match page_number(request) {
        1 if switch.get() => answer(429, headers, ""),
        page => pages_of_two(page),
    });
    (world, is_on)
}

fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

/// Until when Graph wanted a pause, of a load that ended because of that.
fn until(status: &LoadStatus) -> Option<Millis> {
    match &status.phase {
        Phase::Failed(GraphError::Throttled { until, .. }) => *until,
        other => panic!("{other:?}"),
    }
}

#[test]
fn minutes_of_refusals_are_survived() {
    for headers in [&[][..], &[("retry-after", "9")][..]] {
        let (world, is_on) = throttling(headers);
        world.load(&audits(), Scope::default());
        world.run_for(minutes(20));
        let refused = world.graph.requests.borrow().len() as u32 - 1;
        assert!(refused > TRIES_MAX, "{refused} refusals");
        assert!(matches!(world.status(&audits()).phase, Phase::Waiting { .. }), "{:?}", world.status(&audits()).phase);
        is_on.set(false);
        world.run();
        assert_eq!(
            (world.status(&audits()).phase, ids(&world)),
            (Phase::Complete, vec!["a".to_owned(), "b".to_owned()])
        );
    }
}

#[test]
fn refusals_without_end_end_a_load_that_keeps_what_it_has() {
    // After a second the limit is not free again, which takes longer than the pause itself.
    for (headers, is_told) in
        [(&[][..], false), (&[("retry-after", "9")][..], true), (&[("retry-after", "1")][..], true)]
    {
        let (world, is_on) = throttling(headers);
        world.load(&audits(), Scope::default());
        world.run_for(WAITS_MAX / 2);
        assert!(world.status(&audits()).phase.is_under_way());
        world.run_for(WAITS_MAX);
        let status = world.status(&audits());
        assert_eq!((until(&status).is_some(), status.rows), (is_told, 1));
        is_on.set(false);
        world.load(&audits(), Scope::default());
        world.run();
        assert_eq!(world.status(&audits()).phase, Phase::Complete);
    }
}

#[test]
fn pages_in_between_begin_the_patience_anew() {
    let mut requests = 0;
    let world = world(move |request| {
        requests += 1;
        let page = page_number(request);
        match requests % 3 {
            0 => list(&[audit(&format!("{page}"), "2026-10-14T12:00:00Z")], (page < 9).then_some(page + 1)),
            _ => answer(429, &[("retry-after", "500")], ""),
        }
    });
    world.load(&audits(), Scope::default());
    world.run();
    let status = world.status(&audits());
    assert_eq!((status.phase, status.rows), (Phase::Complete, 10));
}

#[test]
fn failures_are_counted_apart_from_refusals() {
    let mut requests = 0;
    let world = world(move |_| {
        requests += 1;
        if requests % 2 == 1 { answer(429, &[("retry-after", "1")], "") } else { answer(500, &[], "") }
    });
    world.load(&audits(), Scope::default());
    world.run();
    assert!(matches!(world.status(&audits()).phase, Phase::Failed(GraphError::Unavailable(_))));
    assert_eq!(world.graph.requests.borrow().len() as u32, 2 * TRIES_MAX);
}

/// A Graph that wants a pause of a day from whoever asks.
fn closed() -> World {
    world(|_| answer(429, &[("retry-after", "86400"), ("request-id", "r-1")], ""))
}

#[test]
fn a_pause_that_is_too_long_is_told_to_other_loads_and_tabs() {
    let world = closed();
    let other = world.another_tab(Rc::new(|_| Ok(AccessToken("token".to_owned()))));
    world.load(&audits(), Scope::default());
    world.run();
    assert_eq!(until(&world.status(&audits())), Some(NOW + DAY));
    world.load(&provisioning(), Scope::default());
    other.load(&audits(), Scope::default());
    world.run();
    for status in [world.status(&provisioning()), other.status(&audits())] {
        let told = until(&status).expect("somebody was told");
        assert!((NOW + DAY..NOW + DAY + 1_000).contains(&told), "{told}");
        assert_eq!(status.requests, 0);
    }
    assert_eq!(world.graph.requests.borrow().len(), 1, "one refusal is enough for all");
}

#[test]
fn the_longest_pause_that_is_sat_out_is_sat_out_by_all() {
    let mut requests = 0;
    let world = world(move |request| {
        requests += 1;
        let after = RETRY_AFTER_MAX.as_secs().to_string();
        if requests == 1 { answer(429, &[("retry-after", &after)], "") } else { pages_of_two(page_number(request)) }
    });
    let other = world.another_tab(Rc::new(|_| Ok(AccessToken("token".to_owned()))));
    world.load(&audits(), Scope::default());
    world.run_for(minutes(1));
    world.load(&provisioning(), Scope::default());
    other.load(&audits(), Scope::default());
    world.run_for(minutes(8));
    assert_eq!(world.graph.requests.borrow().len(), 1);
    world.run();
    for status in [world.status(&audits()), world.status(&provisioning()), other.status(&audits())] {
        assert_eq!(status.phase, Phase::Complete);
    }
}

#[test]
fn who_waits_in_the_line_is_told_too() {
    let world = world(|request| match page_number(request) {
        5 => answer(429, &[("retry-after", "86400")], ""),
        page => list(&[audit(&format!("{page}"), "2026-10-14T12:00:00Z")], Some(page + 1)),
    });
    let other = world.another_tab(Rc::new(|_| Ok(AccessToken("token".to_owned()))));
    world.load(&audits(), Scope::default());
    world.run_for(Duration::from_millis(1));
    other.load(&audits(), Scope::default());
    world.load(&provisioning(), Scope::default());
    world.run_for(minutes(1));
    for status in [world.status(&audits()), world.status(&provisioning()), other.status(&audits())] {
        assert!(until(&status).is_some());
    }
}

#[test]
fn a_person_may_ask_before_the_pause_is_over() {
    let is_open = Rc::new(Cell::new(false));
    let switch = is_open.clone();
    let world = world(move |request| match switch.get() {
        true => pages_of_two(page_number(request)),
        false => answer(429, &[("retry-after", "86400")], ""),
    });
    world.load(&audits(), Scope::default());
    world.run();
    world.run_for(minutes(5));
    // Graph means it, and the pause begins anew.
    let again = world.clock.now();
    world.load(&audits(), Scope::default());
    world.run();
    assert_eq!(until(&world.status(&audits())), Some(again + DAY));
    assert_eq!(world.graph.requests.borrow().len(), 2);
    is_open.set(true);
    world.load(&audits(), Scope::default());
    world.run();
    assert_eq!(world.status(&audits()).phase, Phase::Complete);
    // What one person decided holds for the rest.
    world.load(&provisioning(), Scope::default());
    world.run();
    assert_eq!(world.status(&provisioning()).phase, Phase::Complete);
}

#[test]
fn when_the_pause_is_over_nobody_needs_to_insist() {
    let mut requests = 0;
    let world = world(move |request| {
        requests += 1;
        if requests == 1 { answer(429, &[("retry-after", "3600")], "") } else { pages_of_two(page_number(request)) }
    });
    world.load(&audits(), Scope::default());
    world.run();
    assert_eq!(until(&world.status(&audits())), Some(NOW + 3_600_000));
    world.run_for(minutes(61));
    world.load(&provisioning(), Scope::default());
    world.run();
    assert_eq!(world.status(&provisioning()).phase, Phase::Complete);
}
