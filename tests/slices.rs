//! A long load in front of the made-up tenant, on a virtual clock: in how many slices and requests it comes, and what becomes
//! of a slice that the service is too slow for, refuses or fails on.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs)]

#[path = "support/tenant.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the tenant")]
mod made_up;
#[path = "support/world.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the world")]
mod world;

use std::{collections::HashSet, time::Duration};

use engine::{
    filter::{Condition, Operator, Value},
    instant::parse_instant,
    limits::{LATE_ROWS, SLICES_FAILED_MAX},
    ports::Millis,
    protocol::{GraphError, LoadStatus, Phase, Scope, SliceState, TimeRange},
};
use made_up::{assert_all_there, audits, originals, sign_ins, summaries, truth, world};
use tenant::{
    Scale, TenantOptions,
    graph::{Fault, Scenario},
};
use world::NOW;

const HOUR: Millis = 3_600_000;
/// About 60,000 directory audits.
const MANY: TenantOptions = TenantOptions { seed: 7, days: 30, scale: Scale::Factor(7.3), now: NOW };
/// Two weeks of a smaller tenant.
const FEW: TenantOptions = TenantOptions { days: 14, scale: Scale::Factor(0.4), ..MANY };

fn month() -> Scope {
    Scope { range: TimeRange::LastHours(30 * 24), conditions: Vec::new() }
}

#[test]
fn a_month_of_many_rows_takes_few_requests_and_the_whole_budget() {
    let (world, _) = world(MANY, |graph| graph.set_short_pages(false));
    // Half a second of jitter either way.
    world.graph.travel.set(1_000);
    world.load(&audits(), month());
    world.run();
    let status = world.status(&audits());
    assert_eq!(status.phase, Phase::Complete);
    let rows = truth(MANY, &audits()).len();
    assert_eq!((status.rows as usize, status.duplicates), (rows, 0));
    assert!(rows > 50_000, "{rows}");
    let requests = world.graph.requests.borrow();
    let slices = requests.iter().filter(|(_, request)| !request.url.contains("skiptoken")).count();
    assert!(slices <= rows.div_ceil(8_000) + 1, "{slices} slices for {rows} rows");
    assert!(requests.len() <= rows / 1_000 + slices + 4, "{} requests for {rows} rows", requests.len());
    assert_eq!(status.requests, status.pages, "nothing was throttled");
    let took = requests.last().map_or(0, |(at, _)| at - requests[0].0) as f64 / 1_000.0;
    let used = requests.len() as f64 / (5.0 + took / 2.0);
    assert!(used >= 0.9, "{:.0}% of the budget in {took} s", used * 100.0);
}

#[test]
fn rows_that_the_service_counts_come_in_as_few_requests() {
    // About 12,000 sign-ins of managed identities.
    let options = TenantOptions { scale: Scale::Factor(1.7), ..MANY };
    for is_refused in [false, true] {
        let (world, _) = world(options, |graph| {
            graph.set_short_pages(false);
            if is_refused {
                graph.set_scenario(Scenario { fault: Fault::NoSummary, report: None, count: None });
            }
        });
        let key = sign_ins("managedIdentity");
        world.load(&key, month());
        world.run();
        let status = world.status(&key);
        assert_eq!(status.phase, Phase::Complete);
        let rows = truth(options, &key).len();
        assert_eq!((status.rows as usize, status.duplicates), (rows, 0));
        let requests = world.graph.requests.borrow();
        let is_fresh = |url: &str| !url.contains("skiptoken") && !url.contains("getSummarized");
        let slices = requests.iter().filter(|(_, request)| is_fresh(&request.url)).count();
        assert!(slices <= rows.div_ceil(8_000) + 1, "{slices} slices for {rows} rows");
        assert!(requests.len() <= rows / 1_000 + slices + 4, "{} requests for {rows} rows", requests.len());
        assert!(summaries(&world) > 0, "it was asked for counts");
        let told = world.told(&key);
        assert!(told.iter().all(|status| status.pages > 0 || status.requests <= 1), "rows come first");
        match status.volume {
            None => assert!(is_refused),
            Some(volume) => {
                let counted: u64 = volume.counts.iter().sum();
                assert_eq!((is_refused, counted), (false, rows as u64));
                let known = told.iter().find(|status| status.volume.is_some()).expect("it was told");
                assert!(known.rows < rows as u32 / 2, "the overview came after {} of {rows} rows", known.rows);
            }
        }
    }
}

#[test]
fn the_first_rows_are_there_after_one_request_and_what_is_left_is_told() {
    let (world, _) = world(FEW, |_| {});
    world.load(&audits(), month());
    while world.status(&audits()).pages == 0 {
        world.run_for(Duration::from_millis(10));
    }
    let status = world.status(&audits());
    assert_eq!(status.rows, 1_000);
    assert!(status.requests <= 2, "the next page may be under way");
    assert_eq!(status.slices[0].state, SliceState::Loaded);
    assert_eq!((status.slices[0].from, status.slices[0].to), (status.reached, None));
    let left = status.left.expect("rows have been seen");
    assert!(left.is_range_known && left.requests > 0, "{left:?}");
    world.run();
    let status = world.status(&audits());
    assert_eq!((status.slices.len(), status.left), (1, None), "{:?}", status.slices);
    assert_all_there(FEW, &world, &audits());
}

#[test]
fn a_later_load_asks_only_for_what_may_be_new() {
    let (world, _) = world(FEW, |_| {});
    world.load(&audits(), month());
    world.run();
    let before = world.graph.requests.borrow().len();
    world.run_for(Duration::from_secs(3_600));
    world.load(&audits(), month());
    world.run();
    let requests = world.graph.requests.borrow();
    assert_eq!(requests.len(), before + 1);
    // Two hours before the newest row, which is some minutes old.
    let from = requests[before].1.url.split("ge%20").nth(1).and_then(|rest| rest.split('&').next());
    let from = from.and_then(parse_instant).expect("there is a first instant");
    let latest = NOW - LATE_ROWS.as_millis() as Millis;
    assert!((latest - HOUR / 2..=latest).contains(&from), "{}", latest - from);
    let status = world.status(&audits());
    assert_eq!((status.phase, status.duplicates), (Phase::Complete, 0));
    drop(requests);
    // Another range asks for what it has more.
    let week = Scope { range: TimeRange::LastHours(48), ..month() };
    world.load(&audits(), week);
    world.run();
    let few = world.status(&audits()).rows;
    world.load(&audits(), month());
    world.run();
    let status = world.status(&audits());
    assert!(few < status.rows);
    assert_all_there(FEW, &world, &audits());
}

#[test]
fn a_slice_that_takes_too_long_is_halved() {
    let (world, graph) = world(FEW, |_| {});
    graph.borrow_mut().set_scenario(Scenario {
        fault: Fault::Slow { delay_ms: 200_000 },
        report: None,
        count: Some(2),
    });
    world.load(&audits(), month());
    world.run();
    let requests = world.graph.requests.borrow();
    let from: Vec<Option<&str>> =
        requests.iter().take(3).map(|(_, request)| request.url.split("ge%20").nth(1)).collect();
    let different: HashSet<_> = from.iter().collect();
    assert_eq!(different.len(), 3, "each asks for a shorter time: {from:?}");
    drop(requests);
    assert_eq!(world.status(&audits()).phase, Phase::Complete);
    assert_all_there(FEW, &world, &audits());
}

#[test]
fn conditions_that_are_too_slow_are_looked_at_here() {
    let key = sign_ins("interactiveUser");
    let (world, graph) = world(FEW, |_| {});
    graph.borrow_mut().set_scenario(Scenario { fault: Fault::GatewayTimeout, report: None, count: Some(2) });
    let failed =
        Condition { column: "status/errorCode".to_owned(), operator: Operator::Eq, value: Value::Integer(50_126) };
    world.load(&key, Scope { conditions: vec![failed], ..month() });
    world.run();
    let status = world.status(&key);
    assert!(status.is_filtered_here);
    assert_eq!((&status.phase, &status.warnings[..]), (&Phase::Complete, &[][..]));
    let requests = world.graph.requests.borrow();
    let with_condition = requests.iter().filter(|(_, request)| request.url.contains("errorCode")).count();
    assert_eq!(with_condition, 2, "only those that took too long");
    let is_failed = |record: &String| record.contains("\"errorCode\":50126");
    let mut expected: Vec<String> = truth(FEW, &key).into_iter().filter(is_failed).collect();
    let mut found = originals(&world, &key);
    expected.sort_unstable();
    found.sort_unstable();
    assert!(!expected.is_empty() && found == expected, "{} of {}", found.len(), expected.len());
}

#[test]
fn a_range_that_is_too_long_for_the_service_is_cut_to_what_it_keeps() {
    let key = sign_ins("interactiveUser");
    let (world, _) = world(FEW, |_| {});
    world.load(&key, Scope { range: TimeRange::LastHours(400 * 24), conditions: Vec::new() });
    world.run();
    let status = world.status(&key);
    assert_eq!(status.phase, Phase::Complete, "{:?}", status.slices);
    let states: Vec<&SliceState> = status.slices.iter().map(|slice| &slice.state).collect();
    assert_eq!(states, [&SliceState::Loaded, &SliceState::OutsideRetention]);
    assert!(status.slices[1].to.is_some_and(|to| (NOW - to) % (24 * HOUR) == 0));
    assert_all_there(FEW, &world, &key);
}

#[test]
fn one_slice_that_fails_leaves_the_others_and_is_tried_again_alone() {
    let (world, graph) = world(MANY, |graph| graph.set_short_pages(false));
    world.load(&audits(), month());
    while world.status(&audits()).pages < 3 {
        world.run_for(Duration::from_millis(10));
    }
    // The chain that asks next fails for good, and then all is well again.
    graph.borrow_mut().set_scenario(Scenario { fault: Fault::InternalError, report: None, count: Some(5 + 4) });
    world.run();
    let status = world.status(&audits());
    let is_failed =
        |status: &LoadStatus| status.slices.iter().any(|slice| matches!(slice.state, SliceState::Failed(_)));
    assert!(matches!(status.phase, Phase::Failed(GraphError::Unavailable(_))), "{:?}", status.phase);
    assert!(is_failed(&status), "{:?}", status.slices);
    let failed = status.slices.iter().filter(|slice| matches!(slice.state, SliceState::Failed(_))).count();
    assert!(failed < SLICES_FAILED_MAX && status.rows > 20_000, "{failed} failed, {} rows", status.rows);
    let before = status.requests;
    world.load(&audits(), month());
    world.run();
    let status = world.status(&audits());
    assert_eq!(status.phase, Phase::Complete);
    assert!(status.requests - before < 40, "{} more requests", status.requests - before);
    assert_eq!(status.rows as usize, truth(MANY, &audits()).len());
}
