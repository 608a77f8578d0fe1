//! The engine in front of the made-up tenant, on a virtual clock: what the tenant has is loaded, whatever goes wrong on
//! the way, and what cannot be loaded says why.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs)]

#[path = "support/world.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the world")]
mod world;

use std::{cell::RefCell, rc::Rc, time::Duration};

use engine::{
    filter::{Condition, Filter, Operator, Value},
    ports::{AccessToken, HttpRequest, HttpResponse, Millis, TransportError},
    protocol::{GraphError, LoadKey, Phase, RequestBody, Scope, TimeRange, WarningCode, WindowQuery},
    reports::{self, ALL},
};
use tenant::{
    Caller, Graph, Scale, Tenant, TenantOptions,
    graph::{Fault, Scenario},
    history::{History, Rendering, Stream},
    http::Request,
};
use world::{NOW, Reply, World};

/// How long the tenant takes for an answer at least.
const ANSWER_TIME: Duration = Duration::from_millis(100);
/// Two pages of non-interactive sign-ins.
const OPTIONS: TenantOptions = TenantOptions { seed: 7, days: 2, scale: Scale::Factor(0.4), now: NOW };
/// Three pages of directory audits, whose records are small.
const LONG: TenantOptions = TenantOptions { days: 12, ..OPTIONS };

#[test]
fn every_fetch_of_every_report_loads_completely() {
    for report in ALL {
        for fetch in report.fetches {
            let key = LoadKey { report: report.id, fetch: fetch.id.to_owned() };
            let (world, _) = world(OPTIONS, |_| {});
            world.load(&key, Scope::default());
            world.run();
            let status = world.status(&key);
            assert_eq!((&status.phase, &status.warnings[..]), (&Phase::Complete, &[][..]), "{key:?}");
            assert_eq!((status.duplicates, status.requests), (0, status.pages), "{key:?} was never throttled");
            assert!(!status.is_policy_detail_missing, "{key:?}");
            assert_all_there(OPTIONS, &world, &key);
        }
    }
}

#[test]
fn loads_share_the_budget_and_are_not_throttled() {
    let (world, _) = world(LONG, |_| {});
    let keys = [audits(), sign_ins("servicePrincipal"), sign_ins("managedIdentity"), key("provisioning", "all")];
    for key in &keys {
        world.load(key, Scope::default());
    }
    world.run();
    for key in &keys {
        assert_eq!(world.status(key).requests, world.status(key).pages, "{key:?}");
        assert_all_there(LONG, &world, key);
    }
}

#[test]
fn nothing_is_lost_whatever_goes_wrong_for_a_while() {
    for fault in [
        Fault::InvalidToken,
        Fault::StaleSkipToken,
        Fault::Throttled { retry_after_secs: Some(7) },
        Fault::Throttled { retry_after_secs: None },
        Fault::ThrottledUnknown,
        Fault::InternalError,
        Fault::UnknownError,
        Fault::Unavailable { retry_after_secs: 5 },
        Fault::GatewayTimeout,
        Fault::Gateway,
        Fault::Slow { delay_ms: 200_000 },
        Fault::Truncated,
        Fault::MalformedJson,
        Fault::EmptyPage,
        Fault::DuplicateRows,
    ] {
        let key = audits();
        let (world, graph) = world(LONG, |_| {});
        // The first page comes, then things go wrong for one request.
        world.load(&key, Scope::default());
        world.run_for(ANSWER_TIME / 2);
        graph.borrow_mut().set_scenario(Scenario { fault, report: None, count: Some(1) });
        world.run();
        let status = world.status(&key);
        assert_eq!(status.phase, Phase::Complete, "{fault:?}");
        assert_all_there(LONG, &world, &key);
        let expected = match fault {
            Fault::Truncated => Some(WarningCode::TruncatedPage),
            Fault::MalformedJson => Some(WarningCode::TruncatedPage),
            _ => None,
        };
        let codes: Vec<WarningCode> = status.warnings.iter().map(|(code, _)| *code).collect();
        assert!(expected.is_none_or(|code| codes.contains(&code)), "{fault:?}: {codes:?}");
        assert_eq!(status.duplicates > 0, fault == Fault::DuplicateRows, "{fault:?}: {}", status.duplicates);
    }
}

#[test]
fn what_does_not_heal_says_who_can_help() {
    let end = |fault: Fault| {
        let key = audits();
        let (world, _) = world(OPTIONS, |graph| graph.set_scenario(Scenario { fault, report: None, count: None }));
        world.load(&key, Scope::default());
        world.run();
        match world.status(&key).phase {
            Phase::Failed(error) => error,
            other => panic!("{fault:?} ends in {other:?}"),
        }
    };
    assert!(matches!(end(Fault::InvalidToken), GraphError::Unauthorized(_)));
    assert!(
        matches!(end(Fault::MissingPermission), GraphError::PermissionMissing { scopes, .. } if scopes == ["Directory.Read.All"])
    );
    assert!(
        matches!(end(Fault::MissingRole), GraphError::RoleMissing { roles, .. } if roles.contains(&"Reports Reader".to_owned()))
    );
    assert!(matches!(end(Fault::RequestDenied), GraphError::RoleMissing { .. }));
    assert!(matches!(end(Fault::NoPremium), GraphError::LicenceMissing { .. }));
    assert!(matches!(end(Fault::NotInCloud), GraphError::NotInThisCloud(_)));
    assert!(matches!(end(Fault::ThrottledUnknown), GraphError::Throttled(_)));
    assert!(matches!(end(Fault::InternalError), GraphError::Unavailable(detail) if detail.request_id.is_some()));
    assert!(matches!(end(Fault::MalformedJson), GraphError::Unavailable(_)));
    assert!(matches!(end(Fault::Truncated), GraphError::Unavailable(_)));
    assert!(matches!(end(Fault::Slow { delay_ms: 600_000 }), GraphError::Unavailable(_)));
}

#[test]
fn a_claims_challenge_is_answered_with_the_claims_it_named() {
    let key = sign_ins("managedIdentity");
    let (world, _) = world(OPTIONS, |graph| {
        graph.set_scenario(Scenario { fault: Fault::ClaimsChallenge, report: None, count: None });
    });
    world.load(&key, Scope::default());
    world.run();
    assert_eq!(world.status(&key).phase, Phase::Complete);
    assert_all_there(OPTIONS, &world, &key);
    assert_eq!(
        world.needs.borrow()[1].claims.as_deref(),
        Some(r#"{"access_token":{"nbf":{"essential":true,"value":"1700000000"}}}"#)
    );
}

#[test]
fn skip_tokens_that_expire_all_the_time_lose_nothing() {
    let key = audits();
    let (world, _) = world(LONG, |graph| graph.set_token_lifetime_ms(5_000));
    world.load(&key, Scope::default());
    // Every pause outlives the token.
    for _ in 0..30 {
        world.run_for(ANSWER_TIME * 5 / 2);
        if world.status(&key).phase == Phase::Complete {
            break;
        }
        world.ask(RequestBody::Stop { key: key.clone() }).expect("a load can be stopped");
        world.run_for(Duration::from_secs(60));
        world.load(&key, Scope::default());
    }
    world.run();
    assert_eq!(world.status(&key).phase, Phase::Complete);
    assert_all_there(LONG, &world, &key);
}

#[test]
fn a_later_load_brings_what_was_late() {
    let key = audits();
    let (world, graph) =
        world(LONG, |graph| graph.set_scenario(Scenario { fault: Fault::LateRows, report: None, count: None }));
    world.load(&key, Scope::default());
    world.run();
    let early = world.status(&key).rows;
    graph.borrow_mut().clear_scenarios();
    world.load(&key, Scope::default());
    world.run();
    let status = world.status(&key);
    assert!(early < status.rows, "{early} of {}", status.rows);
    assert_eq!(status.duplicates, 0, "rows of an earlier load are no duplicates");
    assert_all_there(LONG, &world, &key);
}

#[test]
fn a_scope_is_asked_of_the_service_and_its_answer_believed() {
    let key = sign_ins("interactiveUser");
    let (world, _) = world(OPTIONS, |_| {});
    let failed =
        Condition { column: "status/errorCode".to_owned(), operator: Operator::Eq, value: Value::Integer(50_126) };
    let scope = Scope { range: TimeRange::LastHours(24), conditions: vec![failed] };
    world.load(&key, scope);
    world.run();
    let status = world.status(&key);
    assert_eq!((status.phase, status.warnings), (Phase::Complete, vec![]));
    let expected = truth(OPTIONS, &key).into_iter().filter(|record| {
        let record: serde_json::Value = serde_json::from_str(record).expect("a history's records are JSON");
        let time = record["createdDateTime"].as_str().and_then(engine::instant::parse_instant);
        record["status"]["errorCode"] == 50_126 && time.is_some_and(|time| time >= NOW - 24 * 3_600_000)
    });
    let expected: Vec<String> = expected.collect();
    assert!(!expected.is_empty());
    assert_eq!(originals(&world, &key), expected);
}

#[test]
fn conditional_access_details_that_are_left_out_are_noticed() {
    let key = sign_ins("interactiveUser");
    let (world, _) = world_as(OPTIONS, |_| {}, |caller| caller.scopes.retain(|scope| !scope.starts_with("Policy.")));
    world.load(&key, Scope::default());
    world.run();
    assert_eq!(world.status(&key).phase, Phase::Complete);
    assert!(world.status(&key).is_policy_detail_missing);
}

/// Every record of the fetch is shown, byte for byte, and newest first.
fn assert_all_there(options: TenantOptions, world: &World, key: &LoadKey) {
    let (mut found, mut expected) = (originals(world, key), truth(options, key));
    assert_eq!(found.len(), expected.len(), "{key:?}");
    found.sort_unstable();
    expected.sort_unstable();
    assert!(found == expected, "{key:?} has other records than the tenant");
}

/// The original of every row that is shown, in the order shown.
fn originals(world: &World, key: &LoadKey) -> Vec<String> {
    let mut originals = Vec::new();
    loop {
        let query = WindowQuery {
            key: key.clone(),
            filter: Filter::All,
            sort: Vec::new(),
            columns: Vec::new(),
            first: originals.len() as u32,
            count: 500,
        };
        let window = world.window(query).expect("the fetch exists");
        if window.rows.is_empty() {
            return originals;
        }
        let records = window.rows.iter().map(|row| world.record(key, row.id).expect("the row exists"));
        originals.extend(records.map(|record| record.json));
    }
}

/// What the tenant has for a fetch, newest first.
fn truth(options: TenantOptions, key: &LoadKey) -> Vec<String> {
    let tenant = Tenant::new(options);
    let is_meant = |stream: &&Stream| match stream {
        Stream::SignIns(kind) => key.report.as_str() == "signIns" && kind.name() == key.fetch,
        other => other.report().name() == key.report.as_str(),
    };
    let stream = *Stream::ALL.iter().find(is_meant).expect("every fetch has a stream");
    let rows = tenant.slices().rev().flat_map(|slice| tenant.rows(stream, slice));
    rows.map(|row| tenant.record(row, Rendering::FULL)).collect()
}

fn world(options: TenantOptions, prepare: impl FnOnce(&mut Graph)) -> (World, Rc<RefCell<Graph>>) {
    world_as(options, prepare, |_| {})
}

fn world_as(
    options: TenantOptions,
    prepare: impl FnOnce(&mut Graph),
    who: impl FnOnce(&mut Caller),
) -> (World, Rc<RefCell<Graph>>) {
    let tenant = Tenant::new(options);
    let mut caller = Caller::with_all_rights(tenant.organisation());
    caller.has_claims = false;
    who(&mut caller);
    let mut graph = Graph::new(tenant);
    prepare(&mut graph);
    let graph = Rc::new(RefCell::new(graph));
    let answer = {
        let graph = graph.clone();
        move |request: &HttpRequest, now| answer(&mut graph.borrow_mut(), &caller, request, now)
    };
    let tokens = Rc::new(|need: &engine::ports::TokenNeed| {
        Ok(AccessToken(if need.claims.is_some() { "with claims" } else { "plain" }.to_owned()))
    });
    (World::new(answer, tokens), graph)
}

/// Carries a request to the tenant and its answer back, as a browser would.
fn answer(graph: &mut Graph, caller: &Caller, request: &HttpRequest, now: Millis) -> Reply {
    let headers: Vec<(&str, &str)> = request.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let arriving = Request::get(&request.url, &headers).expect("the engine asks absolute addresses");
    let has_claims = request.token.as_ref().is_some_and(|token| token.0 == "with claims");
    let caller = Caller { has_claims, ..caller.clone() };
    let response = graph.answer(&arriving, Some(&caller), now);
    let delay = ANSWER_TIME + Duration::from_millis(response.delay_ms);
    if response.header("access-control-allow-origin").is_none() {
        return (delay, Err(TransportError::Unreachable { detail: "Failed to fetch".to_owned() }));
    }
    (delay, Ok(HttpResponse { status: response.status, headers: response.headers, body: response.body }))
}

fn sign_ins(fetch: &str) -> LoadKey {
    key("signIns", fetch)
}

fn audits() -> LoadKey {
    key("directoryAudits", "all")
}

fn key(report: &str, fetch: &str) -> LoadKey {
    LoadKey { report: reports::report(report).expect("the report is defined").id, fetch: fetch.to_owned() }
}
