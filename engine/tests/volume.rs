//! The service is asked how many rows there are when. Whatever it says, or says not, the load brings every row.
#![allow(missing_docs)]

#[path = "support/pages.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the pages")]
mod pages;
#[path = "../../tests/support/world.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the world")]
mod world;

use std::{cell::Cell as Flag, collections::BTreeMap, rc::Rc, time::Duration};

use engine::{
    filter::{Condition, Operator, Value},
    instant::{format_instant, parse_instant},
    limits::{CHAINS_MAX, REQUEST_TIMEOUT, SUMMARY_PAGES_MAX},
    ports::{HttpRequest, Millis},
    protocol::{Answer, LoadKey, LoadStatus, Phase, RequestBody, Scope, TimeRange, WarningCode},
    reports,
};
use pages::{ORIGIN, answer, ok, world};
use world::{NOW, Reply, World};

const HOUR: Millis = 3_600_000;
const DAY: Millis = 24 * HOUR;
const MINUTE: Millis = 60_000;
/// A row every three minutes of the last 30 days.
const ROWS: i64 = 30 * 24 * 20;

/// How the service counts.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Counts {
    /// As it lists, in pages of so many groups.
    Truly(usize),
    /// It refuses with this status.
    Refused(u16),
    Throttled,
    Hangs,
    Garbage,
    /// Each day has so many.
    Lies(u64),
    /// All in a time to come.
    Future,
    /// Always one more page with the same.
    Endless,
    /// The next page is elsewhere.
    Elsewhere,
    Empty,
}

fn time(number: i64) -> Millis {
    NOW - MINUTE - number * 3 * MINUTE
}

/// A service that counts in a way which a test may change.
fn service(counts: Rc<Flag<Counts>>) -> World {
    world(
        move |request| {
            if request.url.contains("getSummarized") { summary(counts.get(), request) } else { list(request) }
        },
    )
}

fn list(request: &HttpRequest) -> Reply {
    let (from, to, offset) = match request.url.split("$skiptoken=").nth(1) {
        Some(token) => {
            let mut parts = token.split('_').map(|part| part.parse::<i64>().expect("the service's own number"));
            let mut next = || parts.next().expect("there are three");
            (next(), next(), next())
        }
        None => {
            let bound = |operator: &str| {
                let text = request.url.split(&format!("createdDateTime%20{operator}%20")).nth(1)?;
                parse_instant(text.split(['%', '&']).next()?)
            };
            (bound("ge").unwrap_or(0), bound("le").unwrap_or(Millis::MAX), 0)
        }
    };
    let rows: Vec<i64> = (0..ROWS).filter(|number| (from..=to).contains(&time(*number))).collect();
    let end = (offset as usize + 1_000).min(rows.len());
    let records: Vec<String> = rows[offset as usize..end]
        .iter()
        .map(|number| {
            let at = format_instant(time(*number));
            format!(r#"{{"id":"{number}","createdDateTime":"{at}","status":{{"errorCode":0}}}}"#)
        })
        .collect();
    let link = (end < rows.len())
        .then(|| format!("\"@odata.nextLink\":\"{ORIGIN}/beta/auditLogs/signIns?$skiptoken={from}_{to}_{end}\","));
    let body = format!("{{{}\"value\":[{}]}}", link.unwrap_or_default(), records.join(","));
    (Duration::from_millis(300), Ok(ok(&body)))
}

fn summary(counts: Counts, request: &HttpRequest) -> Reply {
    let mut days: BTreeMap<Millis, u64> = BTreeMap::new();
    (0..ROWS).for_each(|number| *days.entry(time(number).div_euclid(DAY)).or_default() += 1);
    let group = |day: Millis, rows: u64| {
        let at = format_instant(day * DAY);
        format!(r#"{{"signInCount":{rows},"aggregationDateTime":"{at}","userPrincipalName":""}}"#)
    };
    // Two groups a day, newest first.
    let truth = days.iter().rev().flat_map(|(day, rows)| [group(*day, rows / 2), group(*day, rows - rows / 2)]);
    let truth: Vec<String> = truth.collect();
    let offset: usize =
        request.url.split("$skiptoken=").nth(1).map_or(0, |token| token.parse().expect("the service's own number"));
    let page = |groups: &[String], next: Option<String>| {
        let link = next.map(|next| format!("\"@odata.nextLink\":\"{next}\","));
        let body = format!("{{{}\"value\":[{}]}}", link.unwrap_or_default(), groups.join(","));
        (Duration::from_millis(300), Ok(ok(&body)))
    };
    let next = |origin: &str, offset: usize| {
        Some(format!("{origin}/beta/auditLogs/getSummarizedMSISignIns()?$skiptoken={offset}"))
    };
    match counts {
        Counts::Truly(length) => {
            let end = (offset + length).min(truth.len());
            page(&truth[offset..end], next(ORIGIN, end).filter(|_| end < truth.len()))
        }
        Counts::Refused(status) => answer(status, &[], r#"{"error":{"code":"x","message":"no"}}"#),
        Counts::Throttled => answer(429, &[("retry-after", "3")], ""),
        Counts::Hangs => (REQUEST_TIMEOUT * 10, Ok(ok(""))),
        Counts::Garbage => (Duration::ZERO, Ok(ok("{\"value\":[{\"signInCount\":"))),
        Counts::Lies(rows) => page(&days.keys().rev().map(|day| group(*day, rows)).collect::<Vec<_>>(), None),
        Counts::Future => page(&[group(NOW.div_euclid(DAY) + 2, 500)], None),
        Counts::Endless => page(&truth, next(ORIGIN, 0)),
        Counts::Elsewhere => page(&truth[..40], next("https://graph.microsoft.com.evil.example", 40)),
        Counts::Empty => page(&[], None),
    }
}

fn key() -> LoadKey {
    LoadKey { report: reports::ALL[0].id, fetch: "managedIdentity".to_owned() }
}

fn month() -> Scope {
    Scope { range: TimeRange::LastHours(30 * 24), conditions: Vec::new() }
}

fn summaries(world: &World) -> usize {
    world.graph.requests.borrow().iter().filter(|(_, request)| request.url.contains("getSummarized")).count()
}

/// Loads a month to its end and looks whether all of it is there, in few requests.
fn check_load(world: &World) -> LoadStatus {
    world.load(&key(), month());
    world.run();
    let status = world.status(&key());
    assert_eq!((&status.phase, status.duplicates), (&Phase::Complete, 0), "{:?}", status.slices);
    assert_eq!(i64::from(status.rows), ROWS);
    assert_eq!((status.slices.len(), status.left), (1, None), "{:?}", status.slices);
    status
}

fn check(counts: Counts, summaries_expected: usize) -> LoadStatus {
    let world = service(Rc::new(Flag::new(counts)));
    let status = check_load(&world);
    assert_eq!(summaries(&world), summaries_expected, "{counts:?}");
    let requests = world.graph.requests.borrow();
    // What was asked for anew began a slice; one may have been restarted, but nothing went wrong here.
    let is_fresh = |url: &str| !url.contains("skiptoken") && !url.contains("getSummarized");
    let slices = requests.iter().filter(|(_, request)| is_fresh(&request.url)).count();
    let allowed = ROWS as usize / 1_000 + slices + 4;
    assert!(requests.len() <= allowed, "{counts:?}: {} requests, {allowed} allowed", requests.len());
    assert_eq!(status.requests as usize, requests.len(), "each request is counted");
    assert!(requests.iter().all(|(_, request)| request.url.starts_with("https://graph.microsoft.com/")));
    status
}

#[test]
fn a_service_that_counts_gives_an_overview_of_the_whole_range() {
    let status = check(Counts::Truly(1_000), 1);
    let volume = status.volume.expect("the service counts");
    assert_eq!((volume.window_millis, volume.counts.len()), (DAY, 31));
    assert_eq!(volume.counts.iter().sum::<u64>(), ROWS as u64);
    // In three pages.
    let volume = check(Counts::Truly(25), SUMMARY_PAGES_MAX as usize).volume.expect("the service counts");
    assert_eq!(volume.counts.iter().sum::<u64>(), ROWS as u64);
}

#[test]
fn the_overview_is_there_long_before_the_rows() {
    let world = service(Rc::new(Flag::new(Counts::Truly(1_000))));
    world.load(&key(), month());
    world.run();
    let told = world.told(&key());
    let first = told.iter().position(|status| status.rows > 0).expect("rows came");
    assert_eq!((told[first].requests, &told[first].volume), (1, &None), "the first rows take one request");
    let counted = told.iter().find(|status| status.volume.is_some()).expect("the service counts");
    assert!(counted.pages <= 1 + CHAINS_MAX as u32, "{} pages came before", counted.pages);
    let left = counted.left.expect("there is much left");
    assert!(left.is_counted && (10..=15).contains(&left.requests), "{left:?}");
    let requests = world.graph.requests.borrow();
    let at = requests.iter().position(|(_, request)| request.url.contains("getSummarized")).expect("it was asked");
    assert!((1..=CHAINS_MAX).contains(&at), "asked as request {at}");
}

#[test]
fn a_service_that_lies_loses_no_row() {
    for rows in [0, 1, 100, 1_000_000, 1_000_000_000, u64::MAX] {
        check(Counts::Lies(rows), 1);
    }
    assert_eq!(check(Counts::Future, 1).volume, None);
    assert_eq!(check(Counts::Empty, 1).volume, None);
    // A page that comes again is out of order, and nothing can be known any more.
    check(Counts::Endless, 2);
}

#[test]
fn a_service_that_refuses_costs_one_request_and_is_not_asked_again() {
    for counts in [400, 403, 404, 500, 501, 504].map(Counts::Refused).into_iter().chain([Counts::Garbage]) {
        let service_counts = Rc::new(Flag::new(counts));
        let world = service(service_counts.clone());
        assert_eq!(check_load(&world).volume, None, "{counts:?}");
        assert_eq!(summaries(&world), 1, "{counts:?}");
        // Another range, which has more left than the service would be asked about.
        world.load(&key(), Scope { range: TimeRange::LastHours(1), ..month() });
        world.run();
        service_counts.set(Counts::Truly(1_000));
        check_load(&world);
        assert_eq!(summaries(&world), 1, "{counts:?}");
    }
}

#[test]
fn a_refusal_that_may_pass_is_not_remembered() {
    for counts in [Counts::Refused(401), Counts::Throttled] {
        let service_counts = Rc::new(Flag::new(counts));
        let world = service(service_counts.clone());
        assert_eq!(check_load(&world).volume, None, "{counts:?}");
        world.load(&key(), Scope { range: TimeRange::LastHours(1), ..month() });
        world.run();
        service_counts.set(Counts::Truly(1_000));
        assert!(check_load(&world).volume.is_some(), "{counts:?}");
        assert_eq!(summaries(&world), 2, "{counts:?}");
    }
}

#[test]
fn nobody_waits_for_a_service_that_counts_slowly() {
    let world = service(Rc::new(Flag::new(Counts::Hangs)));
    world.load(&key(), month());
    world.run_for(Duration::from_secs(60));
    assert_eq!(world.status(&key()).phase, Phase::Complete);
    assert_eq!(world.graph.dropped.get(), 1, "the question is withdrawn");
}

#[test]
fn whoever_goes_on_asks_again_for_counts_that_did_not_come() {
    for counts in [Counts::Hangs, Counts::Throttled, Counts::Truly(1_000)] {
        let service_counts = Rc::new(Flag::new(counts));
        let world = service(service_counts.clone());
        world.load(&key(), month());
        world.run_for(Duration::from_secs(4));
        assert_eq!(summaries(&world), 1);
        assert_eq!(world.ask(RequestBody::Stop { key: key() }), Ok(Answer::Done));
        let is_counted = world.status(&key()).volume.is_some();
        service_counts.set(Counts::Truly(1_000));
        assert!(check_load(&world).volume.is_some(), "{counts:?}");
        assert_eq!(summaries(&world), if is_counted { 1 } else { 2 }, "{counts:?}");
    }
}

#[test]
fn a_link_to_more_counts_is_followed_only_to_graph() {
    let status = check(Counts::Elsewhere, 1);
    assert_eq!(status.warnings, [(WarningCode::ForeignLink, 1)]);
    let volume = status.volume.expect("what came before the link counts");
    assert_eq!(volume.counts.len(), 19, "but for the day that may have more");
}

#[test]
fn where_a_page_says_little_no_more_are_asked_for() {
    // Two groups a day: a page has four days, of which the last may have more.
    let volume = check(Counts::Truly(8), 1).volume.expect("the service counts");
    assert_eq!(volume.counts.len(), 3);
}

#[test]
fn conditions_that_cannot_be_counted_by_are_not() {
    let world = service(Rc::new(Flag::new(Counts::Truly(1_000))));
    let is = |column: &str| Condition {
        column: column.to_owned(),
        operator: Operator::Eq,
        value: Value::Text("x".to_owned()),
    };
    world.load(&key(), Scope { conditions: vec![is("appId"), is("deviceDetail/browser")], ..month() });
    world.run();
    assert_eq!(summaries(&world), 0);
    world.load(&key(), Scope { conditions: vec![is("appId")], ..month() });
    world.run();
    let requests = world.graph.requests.borrow();
    let asked = requests.iter().find(|(_, request)| request.url.contains("getSummarized")).expect("it was asked");
    assert!(asked.1.url.contains("d1%27)?$filter=appId%20eq%20%27x%27&"), "{}", asked.1.url);
}

#[test]
fn a_short_load_is_not_counted() {
    let world = service(Rc::new(Flag::new(Counts::Truly(1_000))));
    world.load(&key(), Scope { range: TimeRange::LastHours(7 * 24), ..month() });
    world.run();
    assert_eq!((world.status(&key()).phase, summaries(&world)), (Phase::Complete, 0));
}

#[test]
fn what_was_counted_stays_with_the_rows() {
    let world = service(Rc::new(Flag::new(Counts::Truly(1_000))));
    let volume = check_load(&world).volume.expect("the service counts");
    // A refresh, an hour later, keeps what is known.
    world.run_for(Duration::from_secs(3_600));
    world.load(&key(), month());
    world.run();
    let refreshed = world.status(&key()).volume.expect("it was known");
    assert_eq!((refreshed.at, refreshed.counts.len()), (volume.at, 31));
    // So does what is saved and comes back.
    for body in [RequestBody::Save, RequestBody::Reopen] {
        let id = world.post(body, Vec::new());
        world.run();
        assert!(matches!(world.answer(id), Some(Ok(_))));
    }
    assert_eq!(world.status(&key()).volume, Some(refreshed));
    assert_eq!(summaries(&world), 1);
}
