//! The engine in front of the made-up tenant, on a virtual clock: what the tenant has is loaded, whatever goes wrong on
//! the way, and what cannot be loaded says why.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs)]

#[path = "support/tenant.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the tenant")]
mod made_up;
#[path = "support/world.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the world")]
mod world;

use std::time::Duration;

use engine::{
    filter::{Condition, Operator, Value},
    protocol::{GraphError, LoadKey, LoadStatus, Phase, RequestBody, Scope, TimeRange, WarningCode},
    reports::ALL,
};
use made_up::{ANSWER_TIME, assert_all_there, audits, key, originals, sign_ins, summaries, truth, world, world_as};
use tenant::{
    Scale, TenantOptions,
    graph::{Fault, Scenario},
};
use world::NOW;

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
            let asked = status.pages as usize + summaries(&world);
            assert_eq!((status.duplicates, status.requests as usize), (0, asked), "{key:?} was never throttled");
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
    let sum = |read: fn(&LoadStatus) -> u32| keys.iter().map(|key| read(&world.status(key)) as usize).sum::<usize>();
    assert_eq!(sum(|status| status.requests), sum(|status| status.pages) + summaries(&world));
    for key in &keys {
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
    assert!(matches!(end(Fault::ThrottledUnknown), GraphError::Throttled { .. }));
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
