//! What can go wrong between a person and Graph, one fault at a time in front of the made-up tenant: what the person sees
//! meanwhile and in the end, and that no row is lost or comes twice, also when it is over and the person tries again. The table is `tests/golden/faults.txt`; run with
//! `UPDATE_EXPECT=1` to write it anew, then read every line.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs)]

#[path = "support/tenant.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the tenant")]
mod made_up;
#[path = "support/world.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the world")]
mod world;

use std::{
    cell::{Cell, RefCell},
    collections::HashSet,
    rc::Rc,
    time::Duration,
};

use engine::{
    instant::format_instant,
    ports::{AccessToken, AuthError, HttpRequest, HttpResponse, Millis, TransportError},
    protocol::{KeepError, LoadStatus, Phase, Scope},
};
use expect_test::expect_file;
use gatebook::{state::notice::Notice, text::t};
use made_up::{ANSWER_TIME, assert_all_there, audits, originals, truth};
use tenant::{
    Caller, Graph, Scale, Tenant, TenantOptions,
    graph::{Fault, Scenario},
};
use world::{NOW, Reply, Tokens, World};

/// Two pages of directory audits.
const OPTIONS: TenantOptions = TenantOptions { seed: 7, days: 12, scale: Scale::Factor(0.4), now: NOW };

const HOUR: Millis = 3_600_000;

/// Where a fault is.
#[derive(Clone)]
enum Place {
    /// In Graph, for so many requests after the first page; from the beginning until it is over without a number.
    Graph(Fault, Option<u32>),
    /// Requests from this one on, so many of them, reach nobody.
    Network(usize, usize, TransportError),
    /// The second page's link leads elsewhere.
    Link,
    /// There is no token, after so many.
    Token(usize, AuthError),
    /// Rows of the last hour and a half are not there yet; they are at the next load.
    Late,
    /// The machine's clock is ahead by so much, and a load later asks for what is new.
    Clock(Millis),
    /// The machine sleeps for three hours while this answer is on its way, and then says that.
    Sleep(Reply),
    /// The tab is closed after the first page and opened again, where nothing is kept.
    Reopened,
    /// What is shown of it; other tests make it happen.
    Shown(String),
}

/// Every fault by name, under the words that it is asked for with.
fn faults() -> Vec<(&'static str, Vec<(&'static str, Place)>)> {
    let once = |fault| Place::Graph(fault, Some(1));
    let ever = |fault| Place::Graph(fault, None);
    let throttled = |retry_after_secs| Fault::Throttled { retry_after_secs };
    let scopes = || vec!["AuditLog.Read.All".to_owned()];
    let correlation_id = || "0f0f0f0f-89ef-4000-a000-0123456789ab".to_owned();
    let consent = |code: &str| (scopes(), code.to_owned(), correlation_id());
    let needed = |(scopes, code, correlation_id)| AuthError::ConsentRequired { scopes, code, correlation_id };
    let admin_needed =
        |(scopes, code, correlation_id)| AuthError::AdminConsentRequired { scopes, code, correlation_id };
    let interaction = |code: &str| AuthError::InteractionRequired {
        code: code.to_owned(),
        claims: None,
        correlation_id: correlation_id(),
    };
    let blocked = || TransportError::Unreachable { detail: "Failed to fetch".to_owned() };
    let kept = |error: &KeepError| Place::Shown(words(&Notice::of_keep(error)));
    vec![
        (
            "each error body",
            vec![
                ("insufficient privileges", ever(Fault::RequestDenied)),
                ("not in this cloud", ever(Fault::NotInCloud)),
                ("an error without a name", once(Fault::UnknownError)),
            ],
        ),
        (
            "429 with and without Retry-After",
            vec![
                ("429 with Retry-After", once(throttled(Some(7)))),
                ("429 without Retry-After", once(throttled(None))),
                ("429 that calls itself UnknownError", once(Fault::ThrottledUnknown)),
                ("429 for ten minutes", Place::Graph(throttled(Some(8)), Some(72))),
                ("429 for ever", ever(throttled(None))),
                ("429 with a Retry-After of a day", ever(throttled(Some(86_400)))),
            ],
        ),
        (
            "5xx",
            vec![
                ("500, once", once(Fault::InternalError)),
                ("500 for ever", ever(Fault::InternalError)),
                ("503 with Retry-After", once(Fault::Unavailable { retry_after_secs: 5 })),
                ("504 from Graph", once(Fault::GatewayTimeout)),
                ("an answer that takes too long, once", once(Fault::Slow { delay_ms: 200_000 })),
                ("answers that always take too long", ever(Fault::Slow { delay_ms: 600_000 })),
            ],
        ),
        (
            "TypeError",
            vec![
                ("a gateway's page without CORS headers", once(Fault::Gateway)),
                ("a request that is blocked, twice", Place::Network(1, 2, blocked())),
                ("everything is blocked", Place::Network(0, usize::MAX, blocked())),
                ("everything is blocked from mid-run on", Place::Network(1, usize::MAX, blocked())),
            ],
        ),
        (
            "cut body",
            vec![
                ("a body that breaks off", once(Fault::Truncated)),
                ("bodies that always break off", ever(Fault::Truncated)),
            ],
        ),
        ("malformed JSON", vec![("a body that is no JSON", once(Fault::MalformedJson))]),
        ("expired skip token", vec![("an expired skip token", once(Fault::StaleSkipToken))]),
        ("empty page mid-run", vec![("an empty page in mid-run", once(Fault::EmptyPage))]),
        (
            "duplicate and late rows",
            vec![("rows that come twice", once(Fault::DuplicateRows)), ("rows that come late", Place::Late)],
        ),
        (
            "clock skew of the machine",
            vec![
                ("a clock that is five hours ahead", Place::Clock(5 * HOUR)),
                ("a clock that is five hours behind", Place::Clock(-5 * HOUR)),
            ],
        ),
        (
            "token expired mid-run",
            vec![
                ("an expired token, once", once(Fault::InvalidToken)),
                ("a token that is never accepted", ever(Fault::InvalidToken)),
                ("the sign-in ends in mid-run", Place::Token(1, interaction("AADSTS700084"))),
                (
                    "the sign-in service cannot be reached",
                    Place::Token(0, AuthError::Unreachable { code: "network".to_owned() }),
                ),
            ],
        ),
        (
            "claims challenge mid-run",
            vec![
                ("a claims challenge", once(Fault::ClaimsChallenge)),
                ("a claims challenge that needs the person", Place::Token(1, interaction("AADSTS50076"))),
            ],
        ),
        (
            "consent refused",
            vec![
                ("consent is needed", Place::Token(0, needed(consent("AADSTS65001")))),
                ("an administrator's consent is needed", Place::Token(0, admin_needed(consent("AADSTS90094")))),
                ("the person declines", Place::Token(0, AuthError::UserCancelled)),
                ("a permission is missing", ever(Fault::MissingPermission)),
            ],
        ),
        (
            "licence and role missing",
            vec![("no premium licence", ever(Fault::NoPremium)), ("a role is missing", ever(Fault::MissingRole))],
        ),
        (
            "offline and back",
            vec![
                ("offline for minutes", Place::Network(1, 12, TransportError::Offline)),
                ("offline", Place::Network(0, usize::MAX, TransportError::Offline)),
                ("offline from mid-run on", Place::Network(1, usize::MAX, TransportError::Offline)),
            ],
        ),
        (
            "tab closed and reopened",
            vec![
                ("where nothing is kept", Place::Reopened),
                (
                    "where rows are kept",
                    Place::Shown(format!("    shows the rows: {}, then {:?}\n", t("load-stopped"), t("load-continue"))),
                ),
            ],
        ),
        (
            "laptop asleep",
            vec![
                (
                    "while a request is under way, whose answer never comes",
                    Place::Sleep((Duration::from_secs(86_400), Ok(nothing()))),
                ),
                (
                    "while a request is under way, which fails on waking",
                    Place::Sleep((Duration::from_secs(60), Err(blocked()))),
                ),
                ("while Graph's pause is under way", Place::Sleep((ANSWER_TIME, Ok(pause())))),
            ],
        ),
        (
            "quota exceeded",
            vec![
                ("no room to keep rows", kept(&KeepError::Full)),
                ("nothing is kept here", kept(&KeepError::MemoryOnly)),
            ],
        ),
        (
            "corrupt cache",
            vec![
                ("kept rows that are damaged", kept(&KeepError::Damaged)),
                ("kept rows of another version", kept(&KeepError::OtherVersion)),
            ],
        ),
        (
            "worker crash",
            vec![
                ("the worker ends", Place::Shown(words(&Notice::of_dead_worker("unreachable executed")))),
                ("the worker does not start", Place::Shown(words(&Notice::of_worker("failed to load")))),
                ("the worker has no memory left", Place::Shown(words(&Notice::of_memory(false)))),
            ],
        ),
        ("next link to another host", vec![("a link to another host", Place::Link)]),
    ]
}

fn nothing() -> HttpResponse {
    HttpResponse { status: 200, headers: Vec::new(), body: Vec::new() }
}

fn pause() -> HttpResponse {
    HttpResponse { status: 429, headers: vec![("retry-after".to_owned(), "500".to_owned())], body: Vec::new() }
}

#[test]
fn every_fault_is_survived_or_explained() {
    let mut table = String::new();
    for (asked, faults) in faults() {
        table.push_str(&format!("# {asked}\n\n"));
        for (name, place) in faults {
            table.push_str(&format!("{name}\n{}\n", outcome(&place)));
        }
    }
    expect_file!["golden/faults.txt"].assert_eq(&table);
}

/// What a person sees of a fault.
fn outcome(place: &Place) -> String {
    if let Place::Shown(text) = place {
        return text.clone();
    }
    let is_over = Rc::new(Cell::new(false));
    let mut world = world_with(place, &is_over);
    if let Place::Clock(skew) = place {
        world.clock.turn(*skew);
    }
    world.load(&audits(), Scope::default());
    match place {
        Place::Graph(..) => world.run_for(ANSWER_TIME / 2),
        Place::Sleep(_) => {
            while world.graph.requests.borrow().len() < 2 {
                world.run_for(ANSWER_TIME / 10);
            }
            world.run_for(2 * ANSWER_TIME);
            world.clock.turn(3 * HOUR);
        }
        Place::Reopened => {
            world.run_for(2 * ANSWER_TIME);
            world = world.another_tab(tokens(place, &is_over));
            world.load(&audits(), Scope::default());
        }
        _ => {}
    }
    world.run();
    let (told, status) = (world.told(&audits()), world.status(&audits()));
    let mut text = seen(&told, &status);
    let all: HashSet<String> = truth(OPTIONS, &audits()).into_iter().collect();
    let found = originals(&world, &audits());
    let different: HashSet<&String> = found.iter().filter(|row| all.contains(*row)).collect();
    assert_eq!(different.len(), found.len(), "{} rows are the tenant's, and none is there twice", found.len());
    let is_complete = status.phase == Phase::Complete;
    if let Place::Late = place {
        assert!(is_complete && found.len() < all.len(), "{} rows are late", all.len() - found.len());
        text = text.replace("every row is there", "every row that has come is there");
    } else if is_complete {
        assert_eq!(found.len(), all.len());
    }
    if !is_complete || matches!(place, Place::Late | Place::Clock(_)) {
        is_over.set(true);
        world.load(&audits(), Scope::default());
        world.run();
        assert_eq!(world.status(&audits()).phase, Phase::Complete);
        assert_all_there(OPTIONS, &world, &audits());
        let when = if is_complete { "the next load" } else { "tried again when it is over" };
        text.push_str(&format!("    {when}: every row is there\n"));
    }
    text
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
    match &end.phase {
        Phase::Complete => text.push_str("    ends: every row is there\n"),
        Phase::NeedsPerson(error) => text.push_str(&ends(end.rows, &Notice::of_auth(error))),
        Phase::Failed(error) => text.push_str(&ends(end.rows, &Notice::of_graph(error))),
        other => panic!("a load does not end as {other:?}"),
    }
    for (code, count) in &end.warnings {
        text.push_str(&format!("    warns: {count} x {code:?}\n"));
    }
    if end.duplicates > 0 {
        text.push_str(&format!("    drops {} duplicates\n", end.duplicates));
    }
    text
}

fn ends(rows: u32, notice: &Notice) -> String {
    words(notice).replacen("    says", &format!("    ends with {rows} rows"), 1)
}

/// A notice.
fn words(notice: &Notice) -> String {
    let mut text = format!("    says: {}. {}\n", notice.title, notice.detail);
    if let Some(until) = notice.until {
        text.push_str(&format!("    not before {}\n", format_instant(until)));
    }
    match (&notice.code, &notice.action) {
        (None, None) => {}
        (code, action) => {
            let code = code.as_deref().unwrap_or_default();
            text.push_str(&format!("    code {code:?}, then {action:?}\n"));
        }
    }
    text
}

fn world_with(place: &Place, is_over: &Rc<Cell<bool>>) -> World {
    let tenant = Tenant::new(OPTIONS);
    let caller = Caller { has_claims: false, ..Caller::with_all_rights(tenant.organisation()) };
    let mut graph = Graph::new(tenant);
    let tokens = tokens(place, is_over);
    let (place, is_over, mut requests) = (place.clone(), is_over.clone(), 0_usize);
    let answer = move |request: &HttpRequest, now: Millis| -> Reply {
        requests += 1;
        // The service goes by its own clock.
        let now = if let Place::Clock(skew) = place { now - skew } else { now };
        if is_over.get() {
            graph.clear_scenarios();
            return made_up::answer(&mut graph, &caller, request, now);
        }
        match &place {
            Place::Graph(fault, Some(count)) if requests == 2 => {
                graph.set_scenario(Scenario { fault: *fault, report: None, count: Some(*count) });
            }
            Place::Graph(fault, None) if requests == 1 => {
                graph.set_scenario(Scenario { fault: *fault, report: None, count: None });
            }
            Place::Late if requests == 1 => {
                graph.set_scenario(Scenario { fault: Fault::LateRows, report: None, count: None });
            }
            Place::Network(first, count, error) if (*first..first.saturating_add(*count)).contains(&(requests - 1)) => {
                return (Duration::ZERO, Err(error.clone()));
            }
            Place::Sleep(reply) if requests == 2 => return reply.clone(),
            _ => {}
        }
        let (delay, mut answer) = made_up::answer(&mut graph, &caller, request, now);
        if let (Place::Link, Ok(response)) = (&place, &mut answer) {
            let body = String::from_utf8_lossy(&response.body);
            let link = "\"@odata.nextLink\":\"https://graph.microsoft.com";
            response.body = body.replace(link, "\"@odata.nextLink\":\"https://elsewhere.example").into_bytes();
        }
        (delay, answer)
    };
    World::new(answer, tokens)
}

fn tokens(place: &Place, is_over: &Rc<Cell<bool>>) -> Tokens {
    let (place, is_over) = (place.clone(), is_over.clone());
    let given = RefCell::new(0_usize);
    Rc::new(move |need| {
        let number = given.replace_with(|given| *given + 1);
        match &place {
            Place::Token(after, error) if number >= *after && !is_over.get() => Err(error.clone()),
            _ => Ok(AccessToken(if need.claims.is_some() { "with claims" } else { "plain" }.to_owned())),
        }
    })
}
