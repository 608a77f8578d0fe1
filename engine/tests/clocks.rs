//! A computer that sleeps in the middle of a load, one that loses its connection, and clocks that are wrong: no row is lost, and
//! nothing is sent beyond the limit.
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

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use engine::{
    limits::{CLOCK_LOOK_PAUSE, OFFLINE_PAUSE_MAX, WAITS_MAX},
    ports::{AccessToken, AuthError, Clock, HttpRequest, Millis, TransportError},
    protocol::{GraphError, LoadStatus, Phase, Scope, WaitReason},
};
use pages::{answer, ok};
use service::{TICKS, ids, key, page};
use world::{NOW, Reply, Tokens, World};

const HOUR: Millis = 3_600_000;
/// A row every ten minutes for ten days, and for some hours to come.
const ROWS: i64 = 10 * 24 * 6;
const ROWS_TO_COME: i64 = 12 * 6;

fn rows() -> Vec<i64> {
    (-ROWS_TO_COME..ROWS).map(|number| (NOW - number * HOUR / 6) * TICKS).collect()
}

/// Pages of a hundred rows, as of an instant by the service's own clock.
fn served(rows: &[i64], now: Millis, request: &HttpRequest) -> Reply {
    let (body, _) = page(rows, 100, now * TICKS, request);
    (Duration::from_millis(300), Ok(ok(&body)))
}

/// A Graph whose answers a test may replace: it is given the number of the request, from 1 on.
fn world(mut fault: impl FnMut(usize, &HttpRequest) -> Option<Reply> + 'static, tokens: Tokens) -> World {
    let (rows, mut number) = (rows(), 0);
    World::new(
        move |request, now| {
            number += 1;
            fault(number, request).unwrap_or_else(|| served(&rows, now, request))
        },
        tokens,
    )
}

fn any_token() -> Tokens {
    Rc::new(|_| Ok(AccessToken("token".to_owned())))
}

fn load(world: &World) {
    world.load(&key(), Scope::default());
}

/// Every row that the service had by this instant is there, once, and the limit was kept.
fn assert_all_there(world: &World, now: Millis) -> LoadStatus {
    world.run();
    let status = world.status(&key());
    assert_eq!((&status.phase, status.duplicates), (&Phase::Complete, 0));
    let expected = rows().iter().filter(|ticks| **ticks <= now * TICKS).count();
    let mut found = ids(world);
    assert_eq!(found.len(), expected);
    found.sort_unstable();
    found.dedup();
    assert_eq!(found.len(), expected);
    let requests = world.graph.requests.borrow();
    assert!(requests.windows(6).all(|six| six[5].0 - six[0].0 > 10_000), "more than the limit");
    status
}

/// Lets the computer sleep for three hours: its timers stand still, or go off when it wakes.
fn ways_to_sleep() -> [fn(&World); 2] {
    [|world| world.clock.turn(3 * HOUR), |world| world.clock.oversleep(3 * HOUR)]
}

#[test]
fn a_request_that_was_slept_through_is_asked_for_again_and_nobody_is_called_slow() {
    for sleep in ways_to_sleep() {
        // The connection is gone when the computer wakes, and says so or does not.
        let no_answer = || (Duration::from_secs(86_400), Ok(ok("")));
        let failed =
            || (Duration::from_secs(60), Err(TransportError::Unreachable { detail: "network changed".to_owned() }));
        for dead in [no_answer as fn() -> Reply, failed as fn() -> Reply] {
            let world = world(move |number, _| (number == 4).then(dead), any_token());
            load(&world);
            while world.graph.requests.borrow().len() < 4 {
                world.run_for(Duration::from_millis(10));
            }
            sleep(&world);
            let status = assert_all_there(&world, NOW);
            assert_eq!(status.requests, status.pages + 1, "nothing was asked for in smaller parts, or twice");
            let waits = world.told(&key()).iter().any(|status| matches!(status.phase, Phase::Waiting { .. }));
            assert!(!waits, "it goes on at once");
        }
    }
}

#[test]
fn a_pause_that_was_slept_through_is_over() {
    for sleep in ways_to_sleep() {
        let world = world(|number, _| (number == 3).then(|| answer(429, &[("retry-after", "500")], "")), any_token());
        load(&world);
        while !matches!(world.status(&key()).phase, Phase::Waiting { .. }) {
            world.run_for(Duration::from_millis(10));
        }
        let before = world.graph.requests.borrow().len();
        world.run_for(Duration::from_secs(20));
        sleep(&world);
        world.run_for(CLOCK_LOOK_PAUSE);
        assert!(world.graph.requests.borrow().len() > before, "it does not wait for another eight minutes");
        assert_all_there(&world, NOW);
    }
}

#[test]
fn whoever_slept_in_the_line_goes_on_within_the_limit() {
    for sleep in ways_to_sleep() {
        let world = world(|_, _| None, any_token());
        load(&world);
        while world.graph.requests.borrow().len() < 5 {
            world.run_for(Duration::from_millis(10));
        }
        world.run_for(Duration::from_secs(4));
        sleep(&world);
        assert_all_there(&world, NOW);
    }
}

#[test]
fn a_token_that_expired_in_sleep_is_renewed() {
    for sleep in ways_to_sleep() {
        let has_slept = Rc::new(Cell::new(false));
        let (switch, given) = (has_slept.clone(), Rc::new(RefCell::new("old".to_owned())));
        let tokens: Tokens = Rc::new(move |need| {
            if need.force {
                given.replace("new".to_owned());
            }
            Ok(AccessToken(given.borrow().clone()))
        });
        let world = world(
            move |_, request| {
                let is_old = request.token.as_ref().is_some_and(|token| token.0 == "old");
                (is_old && switch.get()).then(|| answer(401, &[], ""))
            },
            tokens,
        );
        load(&world);
        while world.graph.requests.borrow().len() < 5 {
            world.run_for(Duration::from_millis(10));
        }
        world.run_for(Duration::from_secs(4));
        has_slept.set(true);
        sleep(&world);
        assert_all_there(&world, NOW);
    }
}

#[test]
fn what_came_while_the_computer_slept_is_new_to_the_next_load() {
    for sleep in ways_to_sleep() {
        let world = world(|number, _| (number == 4).then(|| (Duration::from_secs(86_400), Ok(ok("")))), any_token());
        load(&world);
        while world.graph.requests.borrow().len() < 4 {
            world.run_for(Duration::from_millis(10));
        }
        sleep(&world);
        world.run();
        world.run_for(Duration::from_secs(3_600));
        load(&world);
        let status = assert_all_there(&world, world.clock.now());
        assert!(status.requests <= 3, "{} requests", status.requests);
    }
}

#[test]
fn a_clock_that_is_wrong_by_hours_makes_no_hole() {
    for skew in [-5 * HOUR, -HOUR / 2, HOUR / 2, 5 * HOUR, 30 * HOUR] {
        let rows = rows();
        let graph_now = move |machine: Millis| machine - skew;
        // The world begins at an instant by the machine's clock; the service is as far as its own.
        let world = World::new(move |request, now| served(&rows, graph_now(now), request), any_token());
        world.clock.turn(skew);
        for _ in 0..4 {
            load(&world);
            assert_all_there(&world, graph_now(world.clock.now()));
            world.run_for(Duration::from_secs(3_600));
        }
        let status = world.status(&key());
        assert!(status.requests <= 4, "{skew}: {} requests for what is new", status.requests);
    }
}

#[test]
fn a_pause_until_an_instant_is_read_by_the_clock_that_wrote_it() {
    // The machine is five hours behind.
    let headers = [("date", "Wed, 25 Nov 2026 14:46:40 GMT"), ("retry-after", "Wed, 25 Nov 2026 14:47:00 GMT")];
    let world = world(move |number, _| (number == 2).then(|| answer(429, &headers, "")), any_token());
    load(&world);
    world.run_for(Duration::from_secs(15));
    assert!(matches!(world.status(&key()).phase, Phase::Waiting { .. }), "{:?}", world.status(&key()).phase);
    world.run_for(Duration::from_secs(10));
    assert_eq!(world.status(&key()).phase, Phase::Loading);
    assert_all_there(&world, NOW);
}

#[test]
fn minutes_without_a_connection_are_sat_out() {
    let is_offline = Rc::new(Cell::new(true));
    let switch = is_offline.clone();
    let offline = move || switch.get().then_some((Duration::ZERO, Err(TransportError::Offline)));
    let world = world(move |number, _| if number > 3 { offline() } else { None }, any_token());
    load(&world);
    world.run_for(WAITS_MAX / 2);
    let status = world.status(&key());
    assert!(matches!(status.phase, Phase::Waiting { reason: WaitReason::Offline, .. }), "{:?}", status.phase);
    is_offline.set(false);
    let before = world.graph.requests.borrow().len();
    world.run_for(OFFLINE_PAUSE_MAX + Duration::from_secs(10));
    assert!(world.graph.requests.borrow().len() > before, "whoever is back need not wait");
    assert_all_there(&world, NOW);
}

#[test]
fn a_sign_in_service_that_cannot_be_reached_at_once_is_asked_again() {
    let refusals = Rc::new(Cell::new(3));
    let left = refusals.clone();
    let tokens: Tokens = Rc::new(move |_| match left.get() {
        0 => Ok(AccessToken("token".to_owned())),
        count => {
            left.set(count - 1);
            Err(AuthError::Unreachable { code: "network".to_owned() })
        }
    });
    let world = world(|_, _| None, tokens);
    load(&world);
    assert_all_there(&world, NOW);
    refusals.set(usize::MAX);
    load(&world);
    world.run();
    let phase = world.status(&key()).phase;
    assert!(matches!(phase, Phase::NeedsPerson(AuthError::Unreachable { .. })), "{phase:?}");
}

#[test]
fn a_connection_that_does_not_come_back_ends_the_load_and_what_is_loaded_stays() {
    let world = world(|number, _| (number > 3).then_some((Duration::ZERO, Err(TransportError::Offline))), any_token());
    load(&world);
    world.run();
    let status = world.status(&key());
    assert!(matches!(status.phase, Phase::Failed(GraphError::Offline(_))), "{:?}", status.phase);
    assert_eq!(status.rows, 200);
}
