//! What can go wrong between a person and Graph, one fault at a time in front of the made-up tenant: what the person sees
//! meanwhile and in the end, and that no row is lost or comes twice. The table is `tests/golden/faults.txt`; run with
//! `UPDATE_EXPECT=1` to write it anew, then read every line.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs)]

#[path = "support/tenant.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the tenant")]
mod made_up;
#[path = "support/world.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the world")]
mod world;

use std::{cell::RefCell, rc::Rc, time::Duration};

use engine::{
    instant::format_instant,
    ports::{AccessToken, AuthError, HttpRequest, TransportError},
    protocol::{LoadStatus, Phase, Scope},
};
use expect_test::expect_file;
use gatebook::state::notice::Notice;
use made_up::{ANSWER_TIME, assert_all_there, audits};
use tenant::{
    Caller, Graph, Scale, Tenant, TenantOptions,
    graph::{Fault, Scenario},
};
use world::{NOW, Reply, Tokens, World};

/// Two pages of directory audits.
const OPTIONS: TenantOptions = TenantOptions { seed: 7, days: 12, scale: Scale::Factor(0.4), now: NOW };

/// Where a fault is.
#[derive(Clone)]
enum Place {
    /// In Graph, for so many requests after the first page; for ever from the beginning without a number.
    Graph(Fault, Option<u32>),
    /// Requests from this one on, so many of them, reach nobody.
    Network(usize, usize),
    /// The second page's link leads elsewhere.
    Link,
    /// There is no token, after so many.
    Token(usize, AuthError),
}

/// Every fault by name, in the order of the table.
fn faults() -> Vec<(&'static str, Place)> {
    let once = |fault| Place::Graph(fault, Some(1));
    let ever = |fault| Place::Graph(fault, None);
    let ids = || ("AADSTS65001".to_owned(), "0f0f0f0f-89ef-4000-a000-0123456789ab".to_owned());
    let scopes = || vec!["AuditLog.Read.All".to_owned()];
    let (code, correlation_id) = ids();
    vec![
        ("an expired token, once", once(Fault::InvalidToken)),
        ("a token that is never accepted", ever(Fault::InvalidToken)),
        ("a claims challenge", Place::Graph(Fault::ClaimsChallenge, Some(1))),
        ("a permission is missing", ever(Fault::MissingPermission)),
        ("a role is missing", ever(Fault::MissingRole)),
        ("insufficient privileges", ever(Fault::RequestDenied)),
        ("no premium licence", ever(Fault::NoPremium)),
        ("not in this cloud", ever(Fault::NotInCloud)),
        ("an expired skip token", once(Fault::StaleSkipToken)),
        ("429 with Retry-After", once(Fault::Throttled { retry_after_secs: Some(7) })),
        ("429 without Retry-After", once(Fault::Throttled { retry_after_secs: None })),
        ("429 that calls itself UnknownError", once(Fault::ThrottledUnknown)),
        ("429 for ten minutes", Place::Graph(Fault::Throttled { retry_after_secs: Some(8) }, Some(72))),
        ("429 for ever", ever(Fault::Throttled { retry_after_secs: None })),
        ("429 with a Retry-After of a day", ever(Fault::Throttled { retry_after_secs: Some(86_400) })),
        ("500, once", once(Fault::InternalError)),
        ("500 for ever", ever(Fault::InternalError)),
        ("an error without a name", once(Fault::UnknownError)),
        ("503 with Retry-After", once(Fault::Unavailable { retry_after_secs: 5 })),
        ("504 from Graph", once(Fault::GatewayTimeout)),
        ("a gateway's page without CORS headers", once(Fault::Gateway)),
        ("an answer that takes too long, once", once(Fault::Slow { delay_ms: 200_000 })),
        ("answers that always take too long", ever(Fault::Slow { delay_ms: 600_000 })),
        ("a body that breaks off", once(Fault::Truncated)),
        ("bodies that always break off", ever(Fault::Truncated)),
        ("a body that is no JSON", once(Fault::MalformedJson)),
        ("an empty page in mid-run", once(Fault::EmptyPage)),
        ("rows that come twice", once(Fault::DuplicateRows)),
        ("offline for a moment", Place::Network(1, 2)),
        ("offline", Place::Network(0, usize::MAX)),
        ("offline in mid-run", Place::Network(1, usize::MAX)),
        ("a link to another host", Place::Link),
        ("consent is needed", Place::Token(0, AuthError::ConsentRequired { scopes: scopes(), code, correlation_id })),
        (
            "the sign-in ends in mid-run",
            Place::Token(
                1,
                AuthError::InteractionRequired {
                    code: "AADSTS700084".to_owned(),
                    claims: None,
                    correlation_id: ids().1,
                },
            ),
        ),
        (
            "the sign-in service cannot be reached",
            Place::Token(0, AuthError::Unreachable { code: "network".to_owned() }),
        ),
    ]
}

#[test]
fn every_fault_is_survived_or_explained() {
    let mut table = String::new();
    for (name, place) in faults() {
        let world = world_with(&place);
        world.load(&audits(), Scope::default());
        if let Place::Graph(..) = place {
            world.run_for(ANSWER_TIME / 2);
        }
        world.run();
        let status = world.status(&audits());
        if status.phase == Phase::Complete {
            assert_all_there(OPTIONS, &world, &audits());
        }
        table.push_str(&format!("{name}\n{}\n", seen(&world.told(&audits()), &status)));
    }
    expect_file!["golden/faults.txt"].assert_eq(&table);
}

/// What a person sees of a load with a fault.
fn seen(told: &[LoadStatus], end: &LoadStatus) -> String {
    let mut text = String::new();
    let mut waits: Vec<String> = told
        .iter()
        .filter_map(|status| match status.phase {
            Phase::Waiting { reason, .. } => Some(format!("    waits: {reason:?}\n")),
            _ => None,
        })
        .collect();
    waits.dedup();
    text.extend(waits);
    let notice = match &end.phase {
        Phase::Complete => None,
        Phase::NeedsPerson(error) => Some(Notice::of_auth(error)),
        Phase::Failed(error) => Some(Notice::of_graph(error)),
        other => panic!("a load does not end as {other:?}"),
    };
    match notice {
        None => text.push_str("    ends: every row is there\n"),
        Some(notice) => {
            text.push_str(&format!("    ends with {} rows: {}. {}\n", end.rows, notice.title, notice.detail));
            if let Some(until) = notice.until {
                text.push_str(&format!("    not before {}\n", format_instant(until)));
            }
            let code = notice.code.unwrap_or_default();
            text.push_str(&format!("    code {code:?}, then {:?}\n", notice.action));
        }
    }
    for (code, count) in &end.warnings {
        text.push_str(&format!("    warns: {count} x {code:?}\n"));
    }
    if end.duplicates > 0 {
        text.push_str(&format!("    drops {} duplicates\n", end.duplicates));
    }
    text
}

fn world_with(place: &Place) -> World {
    let tenant = Tenant::new(OPTIONS);
    let caller = Caller { has_claims: false, ..Caller::with_all_rights(tenant.organisation()) };
    let graph = Rc::new(RefCell::new(Graph::new(tenant)));
    let (place, mut requests) = (place.clone(), 0_usize);
    let tokens = tokens(&place);
    let answer = move |request: &HttpRequest, now| -> Reply {
        requests += 1;
        match place {
            Place::Graph(fault, Some(count)) if requests == 2 => {
                graph.borrow_mut().set_scenario(Scenario { fault, report: None, count: Some(count) });
            }
            Place::Graph(fault, None) if requests == 1 => {
                graph.borrow_mut().set_scenario(Scenario { fault, report: None, count: None });
            }
            Place::Network(first, count) if (first..first.saturating_add(count)).contains(&(requests - 1)) => {
                return (Duration::ZERO, Err(TransportError::Unreachable { detail: "Failed to fetch".to_owned() }));
            }
            _ => {}
        }
        let (delay, mut answer) = made_up::answer(&mut graph.borrow_mut(), &caller, request, now);
        if let (Place::Link, Ok(response)) = (&place, &mut answer) {
            let body = String::from_utf8_lossy(&response.body);
            let link = "\"@odata.nextLink\":\"https://graph.microsoft.com";
            response.body = body.replace(link, "\"@odata.nextLink\":\"https://elsewhere.example").into_bytes();
        }
        (delay, answer)
    };
    World::new(answer, tokens)
}

fn tokens(place: &Place) -> Tokens {
    let place = place.clone();
    let given = RefCell::new(0_usize);
    Rc::new(move |need| {
        let number = given.replace_with(|given| *given + 1);
        match &place {
            Place::Token(after, error) if number >= *after => Err(error.clone()),
            _ => Ok(AccessToken(if need.claims.is_some() { "with claims" } else { "plain" }.to_owned())),
        }
    })
}
