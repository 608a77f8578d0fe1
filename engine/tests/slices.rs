//! Whatever goes wrong for a while, a load in slices ends with every row, and with none twice.
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

use std::{collections::BTreeSet, time::Duration};

use engine::{
    ports::{HttpRequest, Millis},
    protocol::{Phase, RequestBody, Scope, TimeRange},
};
use pages::{answer, ok, world};
use proptest::{collection::vec, option, prelude::*, sample::select};
use service::{TICKS, ids, key, page};
use world::{NOW, Reply};

const HOUR: Millis = 3_600_000;

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
        let length = if matches!(trouble, Some(Trouble::Empty)) { 0 } else { self.page_rows };
        let (body, _) = page(&self.rows, length, i64::MAX, request);
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

/// Rows in clusters over 30 days but for an hour, some of them in one tick.
fn rows() -> impl Strategy<Value = Vec<i64>> {
    let cluster = (0..719 * HOUR, 1..500_usize, select(vec![0, 1, 7_919, 600_000_000]));
    vec(cluster, 1..10).prop_map(|clusters| {
        let of = |(hour, count, step): (Millis, usize, i64)| {
            (0..count as i64).map(move |number| (NOW - hour) * TICKS - number * step)
        };
        let mut rows: Vec<i64> =
            clusters.into_iter().flat_map(of).filter(|ticks| *ticks > (NOW - 719 * HOUR) * TICKS).collect();
        rows.sort_unstable_by(|left, right| right.cmp(left));
        rows
    })
}

fn range() -> impl Strategy<Value = TimeRange> {
    select(vec![TimeRange::Everything, TimeRange::LastHours(720)])
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
    fn every_row_is_there_once(
        service in service(),
        range in range(),
        // Another range may have been asked for before, for so many milliseconds.
        before in option::of((range(), 0..60_000_u64)),
    ) {
        let expected: BTreeSet<String> = (0..service.rows.len()).map(|number| number.to_string()).collect();
        let mut graph = service.clone();
        let world = world(move |request| graph.answer(request));
        if let Some((range, millis)) = before {
            world.load(&key(), Scope { range, conditions: Vec::new() });
            world.run_for(Duration::from_millis(millis));
            world.ask(RequestBody::Stop { key: key() }).expect("a load can be stopped");
        }
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
