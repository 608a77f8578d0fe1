//! Who is refused what, and what goes wrong on demand.

use std::collections::BTreeSet;

use serde_json::Value;
use tenant::{
    Caller,
    graph::{Fault, Limit, Scenario},
    history::Report,
    http::Request,
    organisation::Organisation,
};

use crate::{NOW, ROOT, administrator, all, ask, ask_with, encoded, graph, json, refusal};

#[test]
fn a_sign_in_filter_reaches_back_ninety_days_at_most() {
    let (mut graph, caller) = (graph(), administrator());
    let mut from = |day: &str| {
        let filter = encoded(&format!("createdDateTime ge {day}T00:00:00Z"));
        ask(&mut graph, &format!("{ROOT}/signIns?$filter={filter}"), Some(&caller)).status
    };
    assert_eq!(from("2026-08-28"), 200);
    assert_eq!(from("2026-08-26"), 400);
}

#[test]
fn errors_come_in_graphs_envelope() {
    let (mut graph, caller) = (graph(), administrator());
    let response = ask_with(
        &mut graph,
        &format!("{ROOT}/signIns?$filter=nonsense"),
        &[("client-request-id", "c1")],
        Some(&caller),
    );
    let error = &json(&response)["error"];
    assert_eq!(error["code"], "BadRequest");
    assert_eq!(error["message"], "Invalid filter clause");
    assert_eq!(error["innerError"]["client-request-id"], "c1");
    assert_eq!(error["innerError"]["date"], "2026-11-25T08:00:00");
    assert_eq!(error["innerError"]["request-id"].as_str(), response.header("request-id"));
    let exposed = response.header("access-control-expose-headers").expect("exposed headers");
    assert!(exposed.contains("Retry-After") && exposed.contains("WWW-Authenticate") && !exposed.contains("Date"));
    assert_eq!(response.header("access-control-allow-origin"), Some("*"));
}

#[test]
fn a_preflight_needs_no_token_and_allows_what_is_asked() {
    let mut request =
        Request::get(&format!("{ROOT}/signIns"), &[("access-control-request-headers", "authorization,prefer")])
            .expect("an absolute URL");
    request.method = "OPTIONS".to_owned();
    let response = graph().answer(&request, None, NOW);
    assert_eq!(response.status, 200);
    assert_eq!(response.header("access-control-allow-headers"), Some("authorization,prefer"));
}

#[test]
fn rights_decide_who_reads_what() {
    let mut graph = graph();
    let mut check = |report: &str, scopes: &[&str], roles: &[&str], has_premium: bool| -> String {
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let caller = Caller { scopes: own(scopes), roles: own(roles), has_premium, ..administrator() };
        let response = ask(&mut graph, &format!("{ROOT}/{report}?$top=1"), Some(&caller));
        if response.status == 200 { "200".to_owned() } else { refusal(&response) }
    };
    let audit = &["AuditLog.Read.All"][..];
    let reader = &["Reports Reader"][..];
    assert_eq!(check("signIns", audit, reader, true), "200");
    assert_eq!(check("signIns", audit, reader, false), "403 Authentication_RequestFromNonPremiumTenantOrB2CTenant");
    assert_eq!(check("directoryAudits", audit, reader, false), "200");
    assert_eq!(check("signIns", &["User.Read"], reader, true), "403 Authentication_MSGraphPermissionMissing");
    assert_eq!(check("signIns", audit, &[], true), "403 Authentication_RequestFromUnsupportedUserRole");
    assert_eq!(check("provisioning", &["ProvisioningLog.Read.All"], &["Application Administrator"], true), "200");
    let attributes = &["CustomSecAttributeAuditLogs.Read.All"][..];
    assert_eq!(check("customSecurityAttributeAudits", attributes, &["Attribute Log Reader"], true), "200");
    assert_eq!(
        check("customSecurityAttributeAudits", attributes, &["Global Administrator"], true),
        "403 Authorization_RequestDenied"
    );
    assert_eq!(
        check("customSecurityAttributeAudits", audit, &["Attribute Log Reader"], true),
        "403 Authentication_MSGraphPermissionMissing"
    );
    assert_eq!(refusal(&ask(&mut graph, &format!("{ROOT}/signIns"), None)), "401 InvalidAuthenticationToken");
}

#[test]
fn everybody_reads_their_own_sign_ins() {
    let mut graph = graph();
    let user = Organisation::new(42).users[3].clone();
    let caller = Caller { user_id: user.id.clone(), roles: Vec::new(), ..administrator() };
    let filter = encoded(&format!("userId eq '{}'", user.id));
    let own = ask(&mut graph, &format!("{ROOT}/signIns?$filter={filter}"), Some(&caller));
    assert_eq!(own.status, 200);
    assert!(json(&own)["value"].as_array().is_some_and(|rows| !rows.is_empty()));
}

#[test]
fn conditional_access_details_need_their_own_rights() {
    let mut graph = graph();
    let mut is_shown = |scopes: &[&str], roles: &[&str]| {
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let caller = Caller { scopes: own(scopes), roles: own(roles), ..administrator() };
        let page = json(&ask(&mut graph, &format!("{ROOT}/signIns?$top=1"), Some(&caller)));
        page["value"][0].get("appliedConditionalAccessPolicies").is_some()
    };
    assert!(is_shown(&["AuditLog.Read.All", "Policy.Read.ConditionalAccess"], &["Security Reader"]));
    assert!(!is_shown(&["AuditLog.Read.All"], &["Security Reader"]));
    assert!(!is_shown(&["AuditLog.Read.All", "Policy.Read.All"], &["Reports Reader"]));
}

#[test]
fn the_sixth_request_is_refused_with_the_time_to_wait() {
    let caller = administrator();
    for has_retry_after in [true, false] {
        let mut graph = graph();
        graph.set_limit(Some(Limit { has_retry_after, ..Limit::default() }));
        for _ in 0..5 {
            assert_eq!(ask(&mut graph, &format!("{ROOT}/signIns?$top=1"), Some(&caller)).status, 200);
        }
        let refused = ask(&mut graph, &format!("{ROOT}/directoryAudits?$top=1"), Some(&caller));
        assert_eq!(refusal(&refused), "429 TooManyRequests");
        assert_eq!(refused.header("retry-after").is_some(), has_retry_after);
        assert_eq!(ask(&mut graph, "https://graph.microsoft.com/v1.0/me", Some(&caller)).status, 200, "not a report");
    }
}

#[test]
fn every_fault_happens_for_the_next_requests_of_its_report() {
    let caller = Caller { has_claims: false, ..administrator() };
    for (name, wanted) in [
        ("invalid-token", "401 InvalidAuthenticationToken"),
        ("claims-challenge", "401 InvalidAuthenticationToken"),
        ("missing-permission", "403 Authentication_MSGraphPermissionMissing"),
        ("missing-role", "403 Authentication_RequestFromUnsupportedUserRole"),
        ("request-denied", "403 Authorization_RequestDenied"),
        ("no-premium", "403 Authentication_RequestFromNonPremiumTenantOrB2CTenant"),
        ("not-in-cloud", "400 BadRequest"),
        ("stale-skip-token", "400 UnknownError"),
        ("not-found", "404 ResourceNotFound"),
        ("throttled", "429 TooManyRequests"),
        ("throttled-without-retry-after", "429 TooManyRequests"),
        ("throttled-unknown", "429 UnknownError"),
        ("internal-error", "500 InternalServerError"),
        ("unknown-error", "500 UnknownError"),
        ("unavailable", "503 serviceNotAvailable"),
        ("gateway-timeout", "504 GatewayTimeout"),
    ] {
        let mut graph = graph();
        let fault = Fault::parse(name).unwrap_or_else(|| panic!("{name} is no fault"));
        graph.set_scenario(Scenario { fault, report: Some(Report::SignIns), count: Some(1) });
        let url = format!("{ROOT}/signIns?$top=1");
        let audits = format!("{ROOT}/directoryAudits?$top=1");
        assert_eq!(ask(&mut graph, &audits, Some(&caller)).status, 200, "{name} is about another report");
        assert_eq!(refusal(&ask(&mut graph, &url, Some(&caller))), wanted, "{name}");
        assert_eq!(ask(&mut graph, &url, Some(&caller)).status, 200, "{name} happens once");
    }
}

#[test]
fn faults_spoil_answers() {
    let caller = administrator();
    let url = format!("{ROOT}/signIns?$top=100");
    let spoiled = |fault: Fault| {
        let mut graph = graph();
        graph.set_short_pages(false);
        graph.set_scenario(Scenario { fault, report: None, count: None });
        ask(&mut graph, &url, Some(&caller))
    };
    let gateway = spoiled(Fault::Gateway);
    assert_eq!((gateway.status, gateway.header("access-control-allow-origin")), (502, None));
    assert_eq!(spoiled(Fault::Slow { delay_ms: 90 }).delay_ms, 90);
    let cut = spoiled(Fault::Truncated);
    assert!(cut.is_cut && serde_json::from_slice::<Value>(&cut.body).is_err());
    let malformed = spoiled(Fault::MalformedJson);
    assert!(!malformed.is_cut && serde_json::from_slice::<Value>(&malformed.body).is_err());
    let empty = json(&spoiled(Fault::EmptyPage));
    assert_eq!(empty["value"], Value::Array(Vec::new()));
    assert!(empty["@odata.nextLink"].is_string());
    let challenge = {
        let mut graph = graph();
        graph.set_scenario(Scenario { fault: Fault::ClaimsChallenge, report: None, count: None });
        ask(&mut graph, &url, Some(&Caller { has_claims: false, ..caller.clone() }))
    };
    let header = challenge.header("www-authenticate").expect("a challenge");
    assert!(header.contains("error=\"insufficient_claims\", claims=\"eyJ"), "{header}");
}

#[test]
fn late_and_duplicate_rows_change_what_a_run_sees() {
    let url = format!("{ROOT}/signIns?$top=100");
    let ids = |rows: &[Value]| -> BTreeSet<String> { rows.iter().map(|row| row["id"].to_string()).collect() };
    let mut graph = graph();
    let complete = all(&mut graph, &url);
    graph.set_scenario(Scenario { fault: Fault::LateRows, report: None, count: None });
    let early = all(&mut graph, &url);
    assert!(early.len() < complete.len() && ids(&early).is_subset(&ids(&complete)));
    graph.clear_scenarios();
    graph.set_scenario(Scenario { fault: Fault::DuplicateRows, report: None, count: None });
    let repeated = all(&mut graph, &url);
    assert!(repeated.len() > complete.len());
    assert_eq!(ids(&repeated), ids(&complete));
}
