//! Several engines in front of one made-up tenant, on a virtual clock: tabs that share the limit on requests, and somebody
//! else who uses the same app registration.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs)]

#[path = "support/tenant.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the tenant")]
mod made_up;
#[path = "support/world.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the world")]
mod world;

use std::{rc::Rc, time::Duration};

use engine::{
    ports::{AccessToken, Clock, Millis},
    protocol::{Phase, Scope, TimeRange},
};
use made_up::{assert_all_there, audits, world};
use tenant::{Caller, Scale, Tenant, TenantOptions, http::Request};
use world::{NOW, World};

/// More than ten thousand directory audits.
const MANY: TenantOptions = TenantOptions { seed: 7, days: 30, scale: Scale::Factor(1.6), now: NOW };

fn month() -> Scope {
    Scope { range: TimeRange::LastHours(30 * 24), conditions: Vec::new() }
}

/// Half a second of jitter either way.
const TRAVEL: Millis = 1_000;

fn arrivals(world: &World) -> Vec<Millis> {
    world.graph.requests.borrow().iter().map(|(at, _)| *at).collect()
}

#[test]
fn two_tabs_together_use_the_limit_to_the_full_and_are_never_refused() {
    let (one, _) = world(MANY, |_| {});
    let other = one.another_tab(Rc::new(|_| Ok(AccessToken("plain".to_owned()))));
    one.graph.travel.set(TRAVEL);
    one.load(&audits(), month());
    other.load(&audits(), month());
    one.run();
    for tab in [&one, &other] {
        let status = tab.status(&audits());
        assert_eq!((&status.phase, status.requests), (&Phase::Complete, status.pages), "nothing was refused");
        assert_all_there(MANY, tab, &audits());
    }
    let arrivals = arrivals(&one);
    assert!(arrivals.windows(6).all(|six| six[5] - six[0] >= 10_000));
    // Five at once, and five more whenever ten seconds have passed, is the most that the service takes.
    let took = arrivals[arrivals.len() - 1] - arrivals[0];
    let most = 5 * (took / 10_000 + 1);
    assert!(arrivals.len() >= 30 && arrivals.len() as f64 >= 0.9 * most as f64, "{} of {most}", arrivals.len());
}

#[test]
fn somebody_else_who_takes_half_of_the_limit_is_named_and_costs_no_row() {
    let (world, graph) = world(MANY, |_| {});
    world.graph.travel.set(TRAVEL);
    world.load(&audits(), month());
    world.spawn({
        let (clock, caller) = (world.clock.clone(), Caller::with_all_rights(Tenant::new(MANY).organisation()));
        async move {
            let url = "https://graph.microsoft.com/beta/auditLogs/directoryAudits?$top=1";
            let request = Request::get(url, &[]).expect("the address is absolute");
            for _ in 0..60 {
                clock.sleep(Duration::from_secs(4)).await;
                let _ = graph.borrow_mut().answer(&request, Some(&caller), clock.now());
            }
        }
    });
    world.run_for(Duration::from_secs(60));
    let status = world.status(&audits());
    let others = status.budget.and_then(|budget| budget.others);
    assert!(others.is_some_and(|others| (1..=3).contains(&others.left)), "{others:?}");
    world.run();
    let status = world.status(&audits());
    assert_eq!(status.phase, Phase::Complete);
    assert_all_there(MANY, &world, &audits());
    let refused = status.requests - status.pages;
    assert!((1..=8).contains(&refused), "{refused} of {} requests were refused", status.requests);
}
