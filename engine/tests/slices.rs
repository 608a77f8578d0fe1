//! Whatever goes wrong for a while, a load in slices ends with every row, and with none twice.
#![allow(missing_docs)]

#[path = "support/pages.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the pages")]
mod pages;
#[path = "../../tests/support/world.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the world")]
mod world;

use std::{collections::BTreeSet, time::Duration};

use engine::{
    filter::Filter,
    instant::{format_instant, parse_instant},
    ports::{HttpRequest, Millis},
    protocol::{Cell, LoadKey, Phase, Scope, TimeRange, WindowQuery},
    reports,
};
use pages::{ORIGIN, answer, ok, world};
use proptest::{collection::vec, prelude::*, sample::select};
use world::{NOW, Reply, World};

const HOUR: Millis = 3_600_000;
/// Graph's times are ten thousand times as fine as ours.
const TICKS: i64 = 10_000;

/// What can go wrong with one request.
#[derive(Clone, Copy, Debug)]
enum Trouble {
    Hangs,
    GatewayTimeout,
    InternalError,
    StaleToken,
    BreaksOff,
    Empty,
}

/// A service with rows at these ticks, newest first.
#[derive(Clone, Debug)]
struct Service {
    rows: Vec<i64>,
    page_rows: usize,
    troubles: Vec<(usize, Trouble)>,
    answered: usize,
}

impl Service {
    fn answer(&mut self, request: &HttpRequest) -> Reply {
        let trouble = self.troubles.iter().find(|(at, _)| *at == self.answered).map(|(_, trouble)| *trouble);
        self.answered += 1;
        let (from, to, offset) = asked(&request.url);
        let meant: Vec<(usize, i64)> =
            self.rows.iter().copied().enumerate().filter(|(_, ticks)| (from..=to).contains(ticks)).collect();
        let length = if matches!(trouble, Some(Trouble::Empty)) { 0 } else { self.page_rows };
        let end = (offset + length).min(meant.len());
        let records: Vec<String> = meant[offset..end].iter().map(|(number, ticks)| record(*number, *ticks)).collect();
        let link = (end < meant.len())
            .then(|| format!("\"@odata.nextLink\":\"{ORIGIN}/beta/auditLogs/x?$skiptoken={from}_{to}_{end}\","));
        let body = format!("{{{}\"value\":[{}]}}", link.unwrap_or_default(), records.join(","));
        match trouble {
            Some(Trouble::Hangs) => (Duration::from_secs(300), Ok(ok(&body))),
            Some(Trouble::GatewayTimeout) => answer(504, &[], "<html>"),
            Some(Trouble::InternalError) => answer(500, &[], ""),
            Some(Trouble::StaleToken) if request.url.contains("skiptoken") => answer(400, &[], ""),
            Some(Trouble::BreaksOff) => (Duration::from_millis(200), Ok(ok(&body[..body.len() / 2]))),
            Some(Trouble::StaleToken | Trouble::Empty) | None => (Duration::from_millis(200), Ok(ok(&body))),
        }
    }
}

/// First and last tick and the offset that a request is about.
fn asked(url: &str) -> (i64, i64, usize) {
    if let Some(token) = url.split("$skiptoken=").nth(1) {
        let mut parts = token.split('_').map(|part| part.parse::<i64>().expect("the service's own number"));
        let mut next = || parts.next().expect("there are three");
        return (next(), next(), next() as usize);
    }
    let bound = |operator: &str| {
        let text = url.split(&format!("activityDateTime%20{operator}%20")).nth(1)?.split(['%', '&']).next()?;
        Some(parse_instant(text).expect("the engine writes times") * TICKS)
    };
    (bound("ge").unwrap_or(i64::MIN), bound("le").unwrap_or(i64::MAX), 0)
}

fn record(number: usize, ticks: i64) -> String {
    let second = format_instant(ticks.div_euclid(1_000 * TICKS) * 1_000);
    let time = format!("{}.{:07}Z", second.trim_end_matches('Z'), ticks.rem_euclid(1_000 * TICKS));
    format!(r#"{{"id":"{number}","activityDateTime":"{time}"}}"#)
}

/// Rows in clusters over 30 days, some of them in one tick.
fn rows() -> impl Strategy<Value = Vec<i64>> {
    let cluster = (0..720 * HOUR, 1..500_usize, select(vec![0, 1, 7_919, 600_000_000]));
    vec(cluster, 1..10).prop_map(|clusters| {
        let of = |(hour, count, step): (Millis, usize, i64)| {
            (0..count as i64).map(move |number| (NOW - hour) * TICKS - number * step)
        };
        let mut rows: Vec<i64> =
            clusters.into_iter().flat_map(of).filter(|ticks| *ticks > (NOW - 720 * HOUR) * TICKS).collect();
        rows.sort_unstable_by(|left, right| right.cmp(left));
        rows
    })
}

fn service() -> impl Strategy<Value = Service> {
    let trouble = select(vec![
        Trouble::Hangs,
        Trouble::GatewayTimeout,
        Trouble::InternalError,
        Trouble::StaleToken,
        Trouble::BreaksOff,
        Trouble::Empty,
    ]);
    (rows(), 60..=100_usize, vec((0..60_usize, trouble), 0..14)).prop_map(|(rows, page_rows, troubles)| Service {
        rows,
        page_rows,
        troubles,
        answered: 0,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_row_is_there_once(service in service(), range in select(vec![TimeRange::Everything, TimeRange::LastHours(720)])) {
        let expected: BTreeSet<String> = (0..service.rows.len()).map(|number| number.to_string()).collect();
        let mut graph = service.clone();
        let world = world(move |request| graph.answer(request));
        let scope = Scope { range, conditions: Vec::new() };
        for _ in 0..6 {
            world.load(&key(), scope.clone());
            world.run();
            if world.status(&key()).phase == Phase::Complete {
                break;
            }
        }
        let status = world.status(&key());
        prop_assert_eq!((&status.phase, status.duplicates), (&Phase::Complete, 0), "{:?}", status.slices);
        let ids = ids(&world);
        prop_assert_eq!(ids.len(), expected.len());
        prop_assert_eq!(ids.into_iter().collect::<BTreeSet<_>>(), expected);
        prop_assert_eq!(status.slices.len(), 1, "{:?}", status.slices);
        prop_assert!(status.left.is_none());
    }
}

/// The report with the smallest pages: slices are counted in pages.
fn key() -> LoadKey {
    let report = reports::report("customSecurityAttributeAudits").expect("the report is defined");
    LoadKey { report: report.id, fetch: report.fetches[0].id.to_owned() }
}

fn ids(world: &World) -> Vec<String> {
    let mut ids = Vec::new();
    loop {
        let query = WindowQuery {
            key: key(),
            filter: Filter::All,
            sort: Vec::new(),
            columns: vec!["id".to_owned()],
            first: ids.len() as u32,
            count: 500,
        };
        let window = world.window(query).expect("the column exists");
        if window.rows.is_empty() {
            return ids;
        }
        ids.extend(window.rows.iter().map(|row| match &row.cells[0] {
            Cell::Text(id) => id.clone(),
            other => panic!("an id is text, not {other:?}"),
        }));
    }
}
