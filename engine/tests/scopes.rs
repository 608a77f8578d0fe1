//! What a load shows of what it brings: its scope, what was there before, and what is odd or left out.
#![allow(missing_docs)]

#[path = "support/pages.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the pages")]
mod pages;
#[path = "../../tests/support/world.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the world")]
mod world;

use std::time::Duration;

use engine::{
    filter::{Condition, Operator, Value},
    graph::{Bounds, PREFER, list_url},
    protocol::{LoadKey, RequestBody, RowId, Scope, TimeRange, WarningCode},
    reports,
};
use pages::{ORIGIN, audit, audits, everything, ids, list, list_text, ok, page_number, world};

#[test]
fn another_scope_starts_again_and_shows_only_what_belongs_to_it() {
    let world = world(|request| {
        let all = [audit("new", "2026-11-25T12:00:00Z"), audit("old", "2026-10-14T12:00:00Z")];
        // A service that ignores the filter, which has been seen.
        assert!(!request.url.contains("skiptoken"));
        list(&all, None)
    });
    world.load(&audits(), Scope::default());
    world.run();
    assert_eq!(ids(&world), ["new", "old"]);
    let range = TimeRange::Between { from: Some(1_795_000_000_000), to: None };
    world.load(&audits(), Scope { range, conditions: Vec::new() });
    assert_eq!(ids(&world), ["new"], "what is there already is shown before the first answer");
    world.run();
    assert_eq!((world.status(&audits()).rows, ids(&world)), (1, vec!["new".to_owned()]));
    let world_of_bob = Condition {
        column: "initiatedBy/user/id".to_owned(),
        operator: Operator::Eq,
        value: Value::Text("bob".to_owned()),
    };
    world.load(&audits(), Scope { range: TimeRange::Everything, conditions: vec![world_of_bob] });
    world.run();
    assert_eq!(ids(&world), [""; 0]);
    let refused =
        Condition { column: "category".to_owned(), operator: Operator::Contains, value: Value::Text("x".to_owned()) };
    assert!(
        world
            .ask(RequestBody::Load {
                key: audits(),
                scope: Scope { range: TimeRange::Everything, conditions: vec![refused] }
            })
            .is_err()
    );
}

#[test]
fn the_first_request_is_the_one_that_people_can_read() {
    for (report, fetch) in reports::ALL.iter().flat_map(|report| report.fetches.iter().map(|fetch| (*report, fetch))) {
        let world = world(|_| list(&[], None));
        world.load(&LoadKey { report: report.id, fetch: fetch.id.to_owned() }, Scope::default());
        world.run();
        let requests = world.graph.requests.borrow();
        let url = list_url(ORIGIN, report, fetch, Bounds::default(), &[]).expect("there is no condition");
        assert_eq!(requests[0].1.url, url);
        assert!(requests[0].1.headers.contains(&("prefer", PREFER.to_owned())), "{:?}", requests[0].1.headers);
    }
}

#[test]
fn rows_outside_what_was_asked_for_are_counted_and_not_shown() {
    let world = world(|_| list(&[audit("new", "2026-11-25T12:00:00Z"), audit("old", "2026-10-14T12:00:00Z")], None));
    let range = TimeRange::Between { from: Some(1_795_000_000_000), to: None };
    world.load(&audits(), Scope { range, conditions: Vec::new() });
    world.run();
    let status = world.status(&audits());
    assert_eq!((status.rows, status.warnings), (1, vec![(WarningCode::OutsideScope, 1)]));
    assert_eq!(status.warning_examples[0].row, Some(RowId(1)));
}

#[test]
fn a_later_load_brings_new_versions_and_one_load_keeps_both() {
    let mut count = 0;
    let world = world(move |_| {
        count += 1;
        let versions =
            [audit("a", "2026-10-14T12:00:00Z"), audit("a", "2026-10-14T12:00:00Z").replace("update", "delete")];
        match count {
            1 => list(&versions[..1], None),
            2 => list(&versions[1..], None),
            3 => list(&versions[..1], None),
            _ => list(&[&versions[..], &versions[1..]].concat(), None),
        }
    });
    let mut shown = Vec::new();
    for _ in 0..4 {
        world.load(&audits(), Scope::default());
        world.run();
        let window = world.window(everything(&["activityDisplayName"])).expect("the column exists");
        let older = |row: RowId| world.record(&audits(), row).expect("the row exists").older;
        shown.push(window.rows.iter().map(|row| (row.id.0, older(row.id).map(|row| row.0))).collect::<Vec<_>>());
    }
    assert_eq!(shown, [vec![(0, None)], vec![(1, Some(0))], vec![(0, Some(1))], vec![(0, None), (1, None)]]);
    assert_eq!(world.status(&audits()).duplicates, 1);
}

#[test]
fn a_later_load_counts_what_is_odd_again() {
    let mut count = 0;
    let world = world(move |_| {
        count += 1;
        let odd = r#"{"id":"b","activityDateTime":"2026-10-14T12:00:00Z","result":7}"#.to_owned();
        let other = audit("a", "2026-10-14T12:00:00Z").replace("update", "delete");
        let both = [audit("a", "2026-10-14T12:00:00Z"), other, odd];
        // The second page is cut, and what it had comes again.
        match list_text(&both, None) {
            whole if count == 2 => (Duration::ZERO, Ok(ok(&whole[..whole.len() - 1]))),
            whole => (Duration::ZERO, Ok(ok(&whole))),
        }
    });
    let mut told = Vec::new();
    for _ in 0..2 {
        world.load(&audits(), Scope::default());
        world.run();
        let mut warnings = world.status(&audits()).warnings;
        warnings.retain(|(code, _)| *code != WarningCode::TruncatedPage);
        told.push(warnings);
    }
    assert_eq!(told[0], told[1]);
    assert!(
        told[0].contains(&(WarningCode::UnexpectedType, 1)) && told[0].contains(&(WarningCode::Conflict, 2)),
        "{told:?}"
    );
    let window = world.window(everything(&[])).expect("no column is asked for");
    let codes =
        |row| world.record(&audits(), row).expect("the row exists").warnings.into_iter().map(|warning| warning.code);
    let marked: Vec<usize> =
        window.rows.iter().map(|row| codes(row.id).filter(|code| *code == WarningCode::Conflict).count()).collect();
    assert_eq!(marked, [1, 1, 0], "each of the two says that there is another");
}

#[test]
fn details_left_out_for_want_of_a_permission_are_noticed() {
    let sign_ins =
        LoadKey { report: reports::report("signIns").expect("defined").id, fetch: "interactiveUser".to_owned() };
    let check = |details: &'static str, is_missing: bool| {
        let world = world(move |_| {
            list(
                &[format!(
                    r#"{{"id":"1","createdDateTime":"2026-10-14T12:00:00Z","status":{{"errorCode":0}}{details}}}"#
                )],
                None,
            )
        });
        world.load(&sign_ins, Scope::default());
        world.run();
        assert_eq!(world.status(&sign_ins).is_policy_detail_missing, is_missing, "{details}");
    };
    let empty_first = world(|request| match page_number(request) {
        0 => list(&[], Some(1)),
        _ => {
            list(&[r#"{"id":"1","createdDateTime":"2026-10-14T12:00:00Z","status":{"errorCode":0}}"#.to_owned()], None)
        }
    });
    empty_first.load(&sign_ins, Scope::default());
    empty_first.run();
    assert!(empty_first.status(&sign_ins).is_policy_detail_missing, "an empty page says nothing about details");
    check("", true);
    check(r#","appliedConditionalAccessPolicies":[]"#, false);
    check(r#","appliedConditionalAccessPolicies":[{"id":"p"}]"#, false);
}
