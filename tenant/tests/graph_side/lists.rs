//! Lists, filters, paging, single records and what is beside the reports.

use std::collections::BTreeSet;

use serde_json::Value;
use tenant::{
    Graph,
    graph::{Fault, Scenario},
    history::{RecordedHistory, Report},
    http::Request,
    organisation::Organisation,
};

use crate::{NOW, ROOT, administrator, all, ask, ask_with, encoded, graph, json, options, refusal};

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
        let wanted = sign_ins.iter().filter(|row| test(row)).count();
        assert!(wanted > 0, "nothing to find by {filter}");
        assert_eq!(all(&mut graph, &format!("{ROOT}/signIns?$filter={}", encoded(filter))).len(), wanted, "{filter}");
    }
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
fn summaries_come_in_full_pages_or_are_refused_while_lists_go_on() {
    let (mut graph, caller) = (graph(), administrator());
    graph.set_short_pages(false);
    let url = format!("{ROOT}/getSummarizedServicePrincipalSignIns(aggregationWindow='h1')?$top=50");
    let page = json(&ask(&mut graph, &url, Some(&caller)));
    assert!(page["@odata.nextLink"].is_string());
    assert_eq!(page["value"].as_array().map(Vec::len), Some(50));
    graph.set_scenario(Scenario { fault: Fault::NoSummary, report: None, count: None });
    let refused = ask(&mut graph, &url, Some(&caller));
    assert_eq!(refusal(&refused), "400 BadRequest");
    assert!(json(&refused)["error"]["message"].as_str().is_some_and(|message| message.contains("segment 'getSumm")));
    assert_eq!(ask(&mut graph, &format!("{ROOT}/signIns?$top=1"), Some(&caller)).status, 200);
}

#[test]
fn the_sample_needs_no_token() {
    let mut graph = Graph::for_sample(options());
    for report in Report::ALL {
        let response = ask(&mut graph, &format!("{ROOT}/{}?$top=10", report.name()), None);
        assert_eq!(json(&response)["value"].as_array().map(Vec::len), Some(10));
    }
}
