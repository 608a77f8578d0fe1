//! Loads against a scripted Graph: what is asked, at what pace, and how each answer ends.
#![allow(missing_docs)]

#[path = "support/pages.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the pages")]
mod pages;
#[path = "../../tests/support/world.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the world")]
mod world;

use std::{cell::RefCell, rc::Rc, time::Duration};

use engine::{
    clouds::CLOUDS,
    fetch::{Load, Run, Shelf},
    ports::{AccessToken, AuthError, Clock, TransportError},
    protocol::{Answer, GraphError, Phase, RequestBody, Scope, WaitReason, WarningCode},
};
use pages::{ORIGIN, answer, audit, audits, everything, ids, list, list_text, ok, page_number, world, world_with};
use world::{Reply, Tokens};

#[test]
fn pages_are_followed_to_the_end_and_shown_newest_first() {
    let world = world(|request| match page_number(request) {
        0 => list(&[audit("a", "2026-10-14T12:00:03Z"), audit("b", "2026-10-14T12:00:01Z")], Some(1)),
        1 => list(&[], Some(2)),
        2 => list(&[audit("c", "2026-10-14T12:00:02Z")], Some(3)),
        _ => list(&[audit("d", "2026-10-14T12:00:00Z")], None),
    });
    world.load(&audits(), Scope::default());
    world.run();
    let status = world.status(&audits());
    assert_eq!((status.phase, status.rows, status.pages, status.requests), (Phase::Complete, 4, 4, 4));
    assert_eq!(status.reached, Some(1_791_979_200_000));
    assert_eq!(ids(&world), ["a", "c", "b", "d"]);
    let requests = world.graph.requests.borrow();
    assert_eq!(
        requests[0].1.url,
        format!("{ORIGIN}/beta/auditLogs/directoryAudits?$orderby=activityDateTime%20desc&$top=1000")
    );
    assert_eq!(requests[0].1.token, Some(AccessToken("token".to_owned())));
    assert_eq!(requests[0].1.headers[0], ("prefer", "include-unknown-enum-members".to_owned()));
    assert_eq!(requests[0].1.headers[1].1.len(), 36);
}

#[test]
fn five_requests_start_at_once_and_the_sixth_waits() {
    let world = world(|request| {
        let page = page_number(request);
        list(&[audit(&format!("{page}"), "2026-10-14T12:00:00Z")], (page < 11).then_some(page + 1))
    });
    world.load(&audits(), Scope::default());
    world.run();
    let requests = world.graph.requests.borrow();
    let starts: Vec<i64> = requests.iter().map(|(at, _)| at - requests[0].0).collect();
    assert_eq!(starts.len(), 12);
    for window in starts.windows(6) {
        assert!(window[5] - window[0] > 10_000, "{starts:?}");
    }
    assert!(starts[11] < 22_000, "the budget is used to the full: {starts:?}");
}

#[test]
fn a_claims_challenge_is_passed_on_and_answered() {
    let world = world_with(
        |request| match request.token.as_ref().map(|token| token.0.as_str()) {
            Some("with claims") => list(&[audit("a", "2026-10-14T12:00:00Z")], None),
            // {"access_token":{"nbf":{"essential":true}}} as base64url without padding.
            _ => answer(
                401,
                &[(
                    "www-authenticate",
                    "Bearer realm=\"\", error=\"insufficient_claims\", claims=\"eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZX19fQ\"",
                )],
                "",
            ),
        },
        Rc::new(|need| Ok(AccessToken(if need.claims.is_some() { "with claims" } else { "old" }.to_owned()))),
    );
    world.load(&audits(), Scope::default());
    world.run();
    assert_eq!(world.status(&audits()).phase, Phase::Complete);
    assert_eq!(world.needs.borrow()[1].claims.as_deref(), Some("{\"access_token\":{\"nbf\":{\"essential\":true}}}"));
}

#[test]
fn a_plain_401_forces_a_fresh_token_once() {
    let world = world(|_| answer(401, &[], r#"{"error":{"code":"InvalidAuthenticationToken","message":"expired"}}"#));
    world.load(&audits(), Scope::default());
    world.run();
    assert!(
        matches!(world.status(&audits()).phase, Phase::Failed(GraphError::Unauthorized(detail)) if detail.code == "InvalidAuthenticationToken")
    );
    assert_eq!(world.needs.borrow().iter().map(|need| need.force).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn a_refusal_names_who_can_help() {
    let phase = |status: u16, body: &'static str| {
        let world = world(move |_| answer(status, &[("request-id", "r-1")], body));
        world.load(&audits(), Scope::default());
        world.run();
        assert_eq!(world.graph.requests.borrow().len(), 1, "nothing is gained by asking again: {body}");
        match world.status(&audits()).phase {
            Phase::Failed(error) => error,
            other => panic!("{body}: {other:?}"),
        }
    };
    let missing = phase(
        403,
        r#"{"error":{"code":"Authentication_MSGraphPermissionMissing","message":"The principal does not have required Microsoft Graph permission(s): AuditLog.Read.All to call this API.","innerError":{}}}"#,
    );
    assert!(
        matches!(&missing, GraphError::PermissionMissing { scopes, .. } if *scopes == ["Directory.Read.All"]),
        "{missing:?}"
    );
    let named = phase(
        403,
        r#"{"error":{"code":"UnknownError","message":"{\"error\":{\"code\":\"Authentication_MSGraphPermissionMissing\",\"message\":\"Needs Policy.Read.All.\"}}"}}"#,
    );
    assert!(
        matches!(&named, GraphError::PermissionMissing { scopes, detail } if *scopes == ["Policy.Read.All"] && detail.request_id.as_deref() == Some("r-1")),
        "{named:?}"
    );
    let role = phase(
        403,
        r#"{"error":{"code":"Authentication_RequestFromUnsupportedUserRole","message":"User is not in the allowed roles"}}"#,
    );
    assert!(matches!(&role, GraphError::RoleMissing { roles, .. } if roles[0] == "Reports Reader"), "{role:?}");
    let denied = phase(
        403,
        r#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation."}}"#,
    );
    assert!(matches!(denied, GraphError::RoleMissing { .. }), "{denied:?}");
    let licence = phase(
        403,
        r#"{"error":{"code":"Authentication_RequestFromNonPremiumTenantOrB2CTenant","message":"Neither tenant is B2C or tenant doesn't have premium license"}}"#,
    );
    assert!(matches!(licence, GraphError::LicenceMissing { .. }), "{licence:?}");
    let segment = phase(
        400,
        r#"{"error":{"code":"BadRequest","message":"Resource not found for the segment 'directoryAudits'."}}"#,
    );
    assert!(matches!(segment, GraphError::NotInThisCloud(_)), "{segment:?}");
    assert!(matches!(phase(404, ""), GraphError::NotInThisCloud(_)));
    assert!(matches!(phase(501, "<html>Not Implemented</html>"), GraphError::NotInThisCloud(_)));
    let clause = phase(
        400,
        r#"{"error":{"code":"BadRequest","message":"Invalid filter clause","innererror":{"request-id":"r-2","date":"2026-09-12T08:26:31"}}}"#,
    );
    assert!(matches!(&clause, GraphError::Rejected(detail) if detail.message == "Invalid filter clause"), "{clause:?}");
    assert!(matches!(phase(403, "<html>blocked by a proxy</html>"), GraphError::Rejected(_)));
}

#[test]
fn throttling_is_sat_out_and_the_page_asked_for_again() {
    let mut count = 0;
    let world = world(move |_| {
        count += 1;
        match count {
            1 => answer(429, &[("retry-after", "30")], r#"{"error":{"code":"TooManyRequests","message":"throttled"}}"#),
            2 => answer(503, &[("retry-after", "Mon, 23 Nov 2026 21:47:40 GMT")], ""),
            3 => answer(429, &[], r#"{"error":{"code":"UnknownError","message":""}}"#),
            _ => list(&[audit("a", "2026-10-14T12:00:00Z")], None),
        }
    });
    world.load(&audits(), Scope::default());
    world.run();
    assert_eq!(world.status(&audits()).phase, Phase::Complete);
    let requests = world.graph.requests.borrow();
    let pauses: Vec<i64> = requests.windows(2).map(|pair| (pair[1].0 - pair[0].0) / 1_000).collect();
    assert_eq!(pauses[0], 30);
    let http_date = 1_795_470_460_000_i64;
    assert!(pauses[1] <= (http_date - requests[1].0).max(0) / 1_000 + 1, "{pauses:?}");
    assert!((15..=25).contains(&pauses[2]), "the third pause is doubled twice: {pauses:?}");
    let waits = world.told(&audits()).into_iter().filter_map(|status| match status.phase {
        Phase::Waiting { reason, .. } => Some(reason),
        _ => None,
    });
    assert_eq!(waits.collect::<Vec<_>>(), [WaitReason::Throttled, WaitReason::Retrying, WaitReason::Throttled]);
}

#[test]
fn what_does_not_heal_ends_in_an_error() {
    let check = |reply: fn() -> Reply, requests: usize, is_expected: fn(&GraphError) -> bool| {
        let world = world(move |_| reply());
        world.load(&audits(), Scope::default());
        world.run();
        let phase = world.status(&audits()).phase;
        assert!(matches!(&phase, Phase::Failed(error) if is_expected(error)), "{phase:?}");
        assert_eq!(world.graph.requests.borrow().len(), requests, "{phase:?}");
    };
    check(|| answer(500, &[], ""), 5, |error| matches!(error, GraphError::Unavailable(detail) if detail.status == 500));
    check(
        || answer(200, &[], "<html>sign in to the hotel's network</html>"),
        5,
        |error| matches!(error, GraphError::Unavailable(_)),
    );
    check(|| answer(429, &[("retry-after", "86400")], ""), 1, |error| matches!(error, GraphError::Throttled { .. }));
    check(
        || (Duration::ZERO, Err(TransportError::Unreachable { detail: "Failed to fetch".to_owned() })),
        3,
        |error| matches!(error, GraphError::Unreachable(_)),
    );
    check(
        || (Duration::from_secs(300), Ok(ok("{\"value\":[]}"))),
        5,
        |error| matches!(error, GraphError::Unavailable(_)),
    );
    check(
        || (Duration::ZERO, Ok(ok("{\"@odata.nextLink\":\"https://evil.example/beta\",\"value\":[]}"))),
        1,
        |error| matches!(error, GraphError::ForeignLink(_)),
    );
}

#[test]
fn pages_that_lead_in_a_circle_end_the_load() {
    let world = world(|request| match page_number(request) {
        0 => list(&[audit("a", "2026-10-14T12:00:02Z")], Some(1)),
        1 => list(&[audit("b", "2026-10-14T12:00:01Z")], Some(2)),
        _ => list(&[audit("c", "2026-10-14T12:00:00Z")], Some(1)),
    });
    world.load(&audits(), Scope::default());
    world.run();
    let status = world.status(&audits());
    assert!(matches!(status.phase, Phase::Failed(GraphError::Unavailable(_))), "{:?}", status.phase);
    assert_eq!((status.rows, status.duplicates), (3, 0));
}

#[test]
fn nothing_is_asked_for_once_the_memory_of_the_dataset_is_full() {
    let world = world(|_| list(&[audit("a", "2026-10-14T12:00:00Z")], None));
    let definition = audits().report.definition();
    let shelf = Rc::new(RefCell::new(Shelf::new(definition)));
    let load = Load::new(audits(), 0, Scope::default(), None, &mut shelf.borrow_mut(), ORIGIN, world.clock.now());
    let load = Rc::new(RefCell::new(load.expect("the scope has no conditions")));
    let run = Run {
        ports: world.ports(),
        cloud: &CLOUDS[0],
        shelf: shelf.clone(),
        load: load.clone(),
        make_room: Rc::new(|| Box::pin(async { false })),
        on_change: Rc::new(|| {}),
        on_milestone: Rc::new(|_| {}),
    };
    futures_executor::block_on(run.finish());
    assert_eq!((load.borrow().phase(), world.graph.requests.borrow().len()), (&Phase::MemoryFull, 0));
}

#[test]
fn a_broken_skip_token_goes_on_at_the_last_row_and_loses_nothing() {
    let mut is_broken = false;
    let world = world(move |request| {
        let all: Vec<String> =
            (0..10).map(|n| audit(&format!("{n}"), &format!("2026-10-14T12:00:{:02}.5000001Z", 59 - n))).collect();
        if request.url.contains("skiptoken=1") && !std::mem::replace(&mut is_broken, true) {
            return answer(
                400,
                &[],
                r#"{"error":{"code":"UnknownError","message":"Invalid Skip Token, skip token is null"}}"#,
            );
        }
        if request.url.contains("$filter") {
            assert!(request.url.contains("activityDateTime%20le%202026-10-14T12:00:55.501Z"), "{}", request.url);
            return list(&all[4..], None);
        }
        list(&all[..5], Some(1))
    });
    world.load(&audits(), Scope::default());
    world.run();
    let status = world.status(&audits());
    assert_eq!((status.phase, status.rows, status.duplicates), (Phase::Complete, 10, 0));
    assert_eq!(ids(&world), (0..10).map(|n| n.to_string()).collect::<Vec<_>>());
}

#[test]
fn a_skip_token_that_never_works_ends_the_load() {
    let world = world(|request| match page_number(request) {
        0 => list(&[audit("a", "2026-10-14T12:00:00Z")], Some(1)),
        _ => answer(400, &[], ""),
    });
    world.load(&audits(), Scope::default());
    world.run();
    let status = world.status(&audits());
    assert!(matches!(status.phase, Phase::Failed(GraphError::Rejected(_))), "{:?}", status.phase);
    assert_eq!((status.rows, status.requests), (1, 8));
}

#[test]
fn a_cut_page_keeps_its_whole_records_and_is_asked_for_again() {
    let mut count = 0;
    let world = world(move |_| {
        count += 1;
        let whole = list_text(&[audit("a", "2026-10-14T12:00:02Z"), audit("b", "2026-10-14T12:00:01Z")], None);
        (Duration::ZERO, Ok(ok(if count == 1 { &whole[..whole.len() - 20] } else { &whole })))
    });
    world.load(&audits(), Scope::default());
    world.run();
    let status = world.status(&audits());
    assert_eq!((status.phase, status.rows, status.duplicates), (Phase::Complete, 2, 0));
    assert_eq!(status.warnings, [(WarningCode::TruncatedPage, 1)]);
}

#[test]
fn stopping_drops_the_request_and_loading_again_goes_on() {
    let world = world(|request| {
        let page = page_number(request);
        let (_, answer) = list(
            &[audit(&format!("{page}"), &format!("2026-10-14T12:00:{:02}Z", 59 - page))],
            (page < 3).then_some(page + 1),
        );
        (Duration::from_secs(1), answer)
    });
    world.load(&audits(), Scope::default());
    world.run_for(Duration::from_millis(1_500));
    assert!(world.ask(RequestBody::Stop { key: audits() }).is_ok());
    assert_eq!(world.status(&audits()).phase, Phase::Stopped);
    world.run();
    assert_eq!(world.graph.dropped.get(), 1);
    assert_eq!((world.status(&audits()).phase, ids(&world)), (Phase::Stopped, vec!["0".to_owned()]));
    world.load(&audits(), Scope::default());
    world.run();
    assert_eq!((world.status(&audits()).phase, ids(&world).len()), (Phase::Complete, 4));
    assert_eq!(world.graph.requests.borrow().iter().filter(|(_, request)| page_number(request) == 0).count(), 1);
}

#[test]
fn a_long_page_is_read_in_turns_and_can_be_stopped_between_them() {
    let records: Vec<String> = (0..400).map(|n| audit(&n.to_string(), "2026-10-14T12:00:00Z")).collect();
    let world = world(move |_| list(&records, None));
    world.load(&audits(), Scope::default());
    world.clock.pace.set(10);
    while ids(&world).is_empty() {
        world.run_for(Duration::from_millis(1));
    }
    let some = ids(&world).len();
    assert!((1..400).contains(&some), "a window shows what is there so far: {some} rows");
    assert_eq!(world.ask(RequestBody::Stop { key: audits() }), Ok(Answer::Done));
    world.run();
    assert_eq!((world.status(&audits()).phase, ids(&world).len()), (Phase::Stopped, some));
    world.load(&audits(), Scope::default());
    world.run();
    let status = world.status(&audits());
    assert_eq!((status.phase, status.rows, status.pages), (Phase::Complete, 400, 1));
    assert_eq!(status.duplicates, 0, "what was asked for twice may come twice");
    assert_eq!(ids(&world), (0..400).map(|n| n.to_string()).collect::<Vec<_>>());
}

#[test]
fn a_person_is_asked_for_and_the_load_goes_on_afterwards() {
    let is_signed_in = Rc::new(std::cell::Cell::new(false));
    let error =
        AuthError::InteractionRequired { code: "AADSTS700084".to_owned(), claims: None, correlation_id: String::new() };
    let tokens: Tokens = {
        let (is_signed_in, error) = (is_signed_in.clone(), error.clone());
        Rc::new(move |_| if is_signed_in.get() { Ok(AccessToken("token".to_owned())) } else { Err(error.clone()) })
    };
    let world = world_with(|_| list(&[audit("a", "2026-10-14T12:00:00Z")], None), tokens);
    world.load(&audits(), Scope::default());
    world.run();
    assert_eq!(world.status(&audits()).phase, Phase::NeedsPerson(error));
    is_signed_in.set(true);
    world.load(&audits(), Scope::default());
    world.run();
    assert_eq!((world.status(&audits()).phase, world.status(&audits()).rows), (Phase::Complete, 1));
}

#[test]
fn events_are_few_and_the_last_one_is_true() {
    let world = world(|request| {
        let page = page_number(request);
        let (_, answer) = list(&[audit(&format!("{page}"), "2026-10-14T12:00:00Z")], (page < 4).then_some(page + 1));
        (Duration::from_millis(10), answer)
    });
    world.load(&audits(), Scope::default());
    world.run();
    let told = world.told(&audits());
    assert!(told.len() <= 3, "{} events in 50 ms", told.len());
    assert_eq!(told.last().map(|status| (status.phase.clone(), status.rows)), Some((Phase::Complete, 5)));
    assert_eq!(
        told.last().map(|status| status.revision),
        Some(world.window(everything(&[])).expect("no column is asked for").revision)
    );
}
