//! Graph's side, seen from outside: lists, filters, paging, permissions, throttling and faults.

use std::collections::BTreeSet;

use serde_json::Value;
use tenant::{
    Caller, Graph, Scale, Tenant, TenantOptions,
    graph::{Fault, Limit, Scenario},
    history::{RecordedHistory, Report},
    http::{Request, Response},
    organisation::Organisation,
};

/// 2026-11-25T08:00:00Z.
const NOW: i64 = 1_795_593_600_000;
const ROOT: &str = "https://graph.microsoft.com/beta/auditLogs";

fn options() -> TenantOptions {
    TenantOptions { seed: 42, days: 30, scale: Scale::Factor(0.1), now: NOW }
}

fn graph() -> Graph {
    let mut graph = Graph::new(Tenant::new(options()));
    graph.set_limit(None);
    graph
}

fn administrator() -> Caller {
    Caller::with_all_rights(&Organisation::new(42))
}

fn ask(graph: &mut Graph, url: &str, caller: Option<&Caller>) -> Response {
    ask_with(graph, url, &[("prefer", "include-unknown-enum-members")], caller)
}

fn ask_with(graph: &mut Graph, url: &str, headers: &[(&str, &str)], caller: Option<&Caller>) -> Response {
    let request = Request::get(url, headers).expect("an absolute URL");
    graph.answer(&request, caller, NOW)
}

fn json(response: &Response) -> Value {
    serde_json::from_slice(&response.body).expect("a JSON body")
}

/// Status and code of an error, such as `400 BadRequest`.
fn refusal(response: &Response) -> String {
    format!("{} {}", response.status, json(response)["error"]["code"].as_str().unwrap_or("no code"))
}

/// Every row of a list, page by page.
fn all(graph: &mut Graph, url: &str) -> Vec<Value> {
    let caller = administrator();
    let (mut rows, mut next) = (Vec::new(), Some(url.to_owned()));
    while let Some(url) = next {
        let response = ask(graph, &url, Some(&caller));
        assert_eq!(response.status, 200, "{url}: {}", String::from_utf8_lossy(&response.body));
        let mut page = json(&response);
        next = page["@odata.nextLink"].as_str().map(str::to_owned);
        rows.append(page["value"].as_array_mut().expect("a list"));
    }
    rows
}

fn encoded(filter: &str) -> String {
    filter.replace('%', "%25").replace('&', "%26").replace('+', "%2B").replace(' ', "%20").replace('\'', "%27")
}

fn count_matching<'a>(rows: &'a [Value], test: impl Fn(&&'a Value) -> bool) -> usize {
    rows.iter().filter(test).count()
}

#[test]
fn sign_ins_are_interactive_unless_asked_otherwise() {
    let mut graph = graph();
    let plain = all(&mut graph, &format!("{ROOT}/signIns?$top=1000"));
    assert!(plain.len() > 1_000);
    assert!(plain.iter().all(|row| row["signInEventTypes"][0] == "interactiveUser" && row["isInteractive"] == true));
    let filter = encoded("signInEventTypes/any(t: t eq 'servicePrincipal')");
    let workloads = all(&mut graph, &format!("{ROOT}/signIns?$filter={filter}"));
    assert!(workloads.iter().all(|row| row["userId"] == "" && row["servicePrincipalId"] != ""));
    let both = encoded("signInEventTypes/any(t: t eq 'interactiveUser' or t eq 'nonInteractiveUser')");
    let times: Vec<String> = all(&mut graph, &format!("{ROOT}/signIns?$filter={both}"))
        .iter()
        .map(|row| row["createdDateTime"].as_str().expect("a time").to_owned())
        .collect();
    assert!(times.len() > plain.len() && times.is_sorted_by(|a, b| a >= b));
    let mixed = encoded("signInEventTypes/any(t: t eq 'interactiveUser' or t eq 'managedIdentity')");
    let response = ask(&mut graph, &format!("{ROOT}/signIns?$filter={mixed}"), Some(&administrator()));
    assert_eq!(refusal(&response), "400 BadRequest");
}

#[test]
fn pages_of_any_size_give_every_row_once_and_in_order() {
    let mut graph = graph();
    let ids = |rows: Vec<Value>| -> Vec<String> { rows.iter().map(|row| row["id"].to_string()).collect() };
    let filter = encoded("createdDateTime ge 2026-11-10T00:00:00Z and createdDateTime le 2026-11-20T00:00:00Z");
    let large = ids(all(&mut graph, &format!("{ROOT}/signIns?$filter={filter}&$top=1000")));
    let small = ids(all(&mut graph, &format!("{ROOT}/signIns?$filter={filter}&$top=37")));
    assert_eq!(large, small);
    assert_eq!(large.iter().collect::<BTreeSet<_>>().len(), large.len());
    let mut ascending =
        ids(all(&mut graph, &format!("{ROOT}/signIns?$filter={filter}&$top=50&$orderby=createdDateTime%20asc")));
    ascending.reverse();
    assert_eq!(ascending, large);
}

#[test]
fn some_pages_are_short_or_empty_in_mid_run_unless_switched_off() {
    let caller = administrator();
    let sizes = |has_short_pages: bool| -> Vec<usize> {
        let mut graph = graph();
        graph.set_short_pages(has_short_pages);
        let (mut sizes, mut next) = (Vec::new(), Some(format!("{ROOT}/signIns?$top=20")));
        while let Some(url) = next {
            let page = json(&ask(&mut graph, &url, Some(&caller)));
            next = page["@odata.nextLink"].as_str().map(str::to_owned);
            sizes.push(page["value"].as_array().expect("a list").len());
        }
        sizes.pop();
        sizes
    };
    let short = sizes(true);
    assert!(short.contains(&0) && short.contains(&12) && short.contains(&20), "{short:?}");
    assert!(sizes(false).iter().all(|size| *size == 20));
}

#[test]
fn a_next_link_is_good_for_its_query_its_host_and_a_while() {
    let (mut graph, caller) = (graph(), administrator());
    let first = json(&ask(&mut graph, "https://graph.microsoft.us/beta/auditlogs/signins?$top=10&x=1", Some(&caller)));
    let next = first["@odata.nextLink"].as_str().expect("more pages").to_owned();
    assert!(next.starts_with("https://graph.microsoft.us/beta/auditlogs/signins?$top=10&x=1&$skiptoken="), "{next}");
    assert_eq!(ask(&mut graph, &next, Some(&caller)).status, 200);
    let other_query = next.replace("$top=10", "$top=11");
    assert_eq!(refusal(&ask(&mut graph, &other_query, Some(&caller))), "400 UnknownError");
    let request = Request::get(&next, &[]).expect("an absolute URL");
    let late = graph.answer(&request, Some(&caller), NOW + 11 * 60_000);
    assert_eq!(refusal(&late), "400 UnknownError");
}

#[test]
fn provisioning_gives_no_next_link_without_top() {
    let (mut graph, caller) = (graph(), administrator());
    let has_next = |graph: &mut Graph, query: &str| {
        json(&ask(graph, &format!("{ROOT}/provisioning{query}"), Some(&caller))).get("@odata.nextLink").is_some()
    };
    assert!(has_next(&mut graph, "?$top=100"));
    let filter = encoded("activityDateTime gt 2026-11-01T00:00:00Z");
    assert!(!has_next(&mut graph, &format!("?$filter={filter}")));
}

#[test]
fn a_filter_gives_what_a_loop_over_all_rows_gives() {
    let mut graph = graph();
    let sign_ins = all(&mut graph, &format!("{ROOT}/signIns"));
    let text = |row: &Value, path: &str| path.split('/').fold(row.clone(), |value, name| value[name].clone());
    for (filter, test) in [
        (
            "status/errorCode eq 50126",
            &(|row: &Value| text(row, "status/errorCode") == 50126) as &dyn Fn(&Value) -> bool,
        ),
        ("startswith(appDisplayName,'Microsoft')", &|row| {
            row["appDisplayName"].as_str().is_some_and(|name| name.starts_with("Microsoft"))
        }),
        ("location/city eq 'Tokyo' and clientAppUsed eq 'Browser'", &|row| {
            text(row, "location/city") == "Tokyo" && row["clientAppUsed"] == "Browser"
        }),
        ("riskState eq 'atRisk' or riskState eq 'dismissed'", &|row| {
            row["riskState"] == "atRisk" || row["riskState"] == "dismissed"
        }),
        ("riskEventTypes_v2/any(t: t eq 'unlikelyTravel')", &|row| {
            row["riskEventTypes_v2"].as_array().is_some_and(|all| all.iter().any(|one| one == "unlikelyTravel"))
        }),
        ("createdDateTime ge 2026-11-24T00:00:00Z", &|row| {
            row["createdDateTime"].as_str().is_some_and(|at| at >= "2026-11-24T00:00:00Z")
        }),
    ] {
        let wanted = count_matching(&sign_ins, |row| test(row));
        assert!(wanted > 0, "nothing to find by {filter}");
        assert_eq!(all(&mut graph, &format!("{ROOT}/signIns?$filter={}", encoded(filter))).len(), wanted, "{filter}");
    }
}

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
fn new_enum_members_are_told_to_those_who_prefer_them() {
    let (mut graph, caller) = (graph(), administrator());
    let mut text = |headers: &[(&str, &str)]| {
        String::from_utf8(ask_with(&mut graph, &format!("{ROOT}/signIns"), headers, Some(&caller)).body).expect("UTF-8")
    };
    let (plain, preferred) = (text(&[]), text(&[("prefer", "include-unknown-enum-members")]));
    assert!(plain.contains("unknownFutureValue") && !plain.contains("reportOnlySuccess"));
    assert!(preferred.contains("reportOnlySuccess") && !preferred.contains("unknownFutureValue"));
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

#[test]
fn a_single_record_is_found_by_its_id() {
    let (mut graph, caller) = (graph(), administrator());
    for report in Report::ALL {
        let list = json(&ask(&mut graph, &format!("{ROOT}/{}?$top=3", report.name()), Some(&caller)));
        let row = &list["value"][2];
        let url = format!("{ROOT}/{}/{}", report.name(), row["id"].as_str().expect("a text id"));
        let mut single = json(&ask(&mut graph, &url, Some(&caller)));
        let context = single.as_object_mut().and_then(|members| members.shift_remove("@odata.context"));
        assert_eq!(
            context,
            Some(Value::String(format!(
                "https://graph.microsoft.com/beta/$metadata#auditLogs/{}/$entity",
                report.name()
            )))
        );
        assert_eq!(&single, row);
        assert_eq!(refusal(&ask(&mut graph, &format!("{url}?$select=id"), Some(&caller))), "400 BadRequest");
    }
    let missing = ask(&mut graph, &format!("{ROOT}/signIns/66ea54eb-6301-4ee5-be62-ff5a759b0100"), Some(&caller));
    assert_eq!(refusal(&missing), "404 ResourceNotFound");
}

#[test]
fn select_keeps_the_named_properties() {
    let (mut graph, caller) = (graph(), administrator());
    let page = json(&ask(&mut graph, &format!("{ROOT}/signIns?$top=1&$select=id,status"), Some(&caller)));
    let names: Vec<&String> = page["value"][0].as_object().expect("a record").keys().collect();
    assert_eq!(names, ["id", "status"]);
    assert!(page["@odata.context"].as_str().is_some_and(|context| context.ends_with("#auditLogs/signIns(id,status)")));
}

#[test]
fn recorded_rows_are_served_by_the_same_rules_and_unchanged() {
    let newer = r#"{ "id": "b", "createdDateTime": "2018-11-06T18:48:33.8527147Z", "userId": "u1",  "extra": 1.50 }"#;
    let older =
        r#"{"id":"a","createdDateTime":"2018-11-05T18:48:33Z","userId":"u2","signInEventTypes":["interactiveUser"]}"#;
    let robot = r#"{"id":"c","createdDateTime":"2018-11-07T00:00:00Z","signInEventTypes":["servicePrincipal"]}"#;
    let mut history = RecordedHistory::new(Organisation::new(42));
    for text in [older, robot, newer] {
        history.add(Report::SignIns, text).expect("a readable record");
    }
    let mut graph = Graph::new(history);
    let caller = administrator();
    let mut body = |query: &str| {
        String::from_utf8(ask(&mut graph, &format!("{ROOT}/signIns?{query}"), Some(&caller)).body).expect("UTF-8")
    };
    let context = "{\"@odata.context\":\"https://graph.microsoft.com/beta/$metadata#auditLogs/signIns\",\"value\":";
    assert_eq!(body(""), format!("{context}[{newer},{older}]}}"));
    assert_eq!(body("$filter=createdDateTime%20le%202018-11-06"), format!("{context}[{older}]}}"), "no lower bound");
    assert_eq!(body("$filter=userId%20eq%20'u1'"), format!("{context}[{newer}]}}"));
}

#[test]
fn things_beside_the_reports_are_there() {
    let (mut graph, caller) = (graph(), administrator());
    let organisation = Organisation::new(42);
    let mut get =
        |path: &str| json(&ask(&mut graph, &format!("https://graph.microsoft.com/v1.0{path}"), Some(&caller)));
    assert_eq!(get("/me")["userPrincipalName"], organisation.users[0].user_principal_name.as_str());
    assert_eq!(get("/organization")["value"][0]["displayName"], "Contoso Maritime");
    let group = &organisation.groups[0];
    assert_eq!(
        get(&format!("/groups/{}?$select=isAssignableToRole,displayName", group.id))["isAssignableToRole"],
        true
    );
    assert_eq!(
        get("/servicePrincipals?$filter=displayName%20eq%20'ServiceNow'")["value"][0]["displayName"],
        "ServiceNow"
    );
    assert_eq!(get("/groups/unknown")["error"]["code"], "Request_ResourceNotFound");
    let types = json(&ask(&mut graph, &format!("{ROOT}/auditActivityTypes"), Some(&caller)));
    assert!(types["value"].as_array().is_some_and(|types| types.len() == 286));
    let unknown = ask(&mut graph, &format!("{ROOT}/nothing"), Some(&caller));
    assert_eq!(refusal(&unknown), "400 BadRequest");
}

#[test]
fn summaries_count_what_the_list_has() {
    let mut graph = graph();
    for (function, kind) in [
        ("getSummarizedNonInteractiveSignIns", "nonInteractiveUser"),
        ("getSummarizedServicePrincipalSignIns", "servicePrincipal"),
        ("getSummarizedMSISignIns", "managedIdentity"),
    ] {
        let groups = all(&mut graph, &format!("{ROOT}/{function}(aggregationWindow='d1')?$top=100"));
        let sum: i64 = groups.iter().filter_map(|group| group["signInCount"].as_i64()).sum();
        let filter = encoded(&format!("signInEventTypes/any(t: t eq '{kind}')"));
        assert_eq!(sum as usize, all(&mut graph, &format!("{ROOT}/signIns?$filter={filter}")).len(), "{kind}");
        assert!(groups.len() < sum as usize);
    }
}

#[test]
fn the_sample_needs_no_token() {
    let mut graph = Graph::for_sample(options());
    for report in Report::ALL {
        let response = ask(&mut graph, &format!("{ROOT}/{}?$top=10", report.name()), None);
        assert_eq!(json(&response)["value"].as_array().map(Vec::len), Some(10));
    }
}
