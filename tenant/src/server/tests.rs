use serde_json::{Value, json};

use super::*;
use crate::http::{Request, Response};

const NOW: i64 = 1_795_000_000_000;
const GRAPH: &str = "https://graph.microsoft.com";
const LOGIN: &str = "https://login.microsoftonline.com/organizations";
const BACK: &str = "https://portal.example/reports/redirect.html";
const CONTROL: &str = "https://control.tenant.example";

fn world() -> World {
    let options = ServerOptions {
        mounts: vec![Mount::parse("dist=portal.example/reports")],
        days: 1,
        now: Some(NOW),
        ..ServerOptions::default()
    };
    World::new(options, 0).expect("nothing is read from a disk")
}

fn post(world: &mut World, url: &str, body: &str) -> Response {
    let headers = [("Origin", "https://portal.example")];
    let mut request = Request::get(url, &headers).expect("an absolute URL");
    request.method = "POST".to_owned();
    request.body = body.as_bytes().to_vec();
    world.answer(&request, 0)
}

fn get(world: &mut World, url: &str, token: Option<&str>) -> Response {
    let header = token.map(|token| format!("Bearer {token}"));
    let headers: Vec<_> = header.iter().map(|header| ("authorization", header.as_str())).collect();
    world.answer(&Request::get(url, &headers).expect("an absolute URL"), 0)
}

fn control(world: &mut World, path: &str, body: &Value) -> Value {
    let response = post(world, &format!("{CONTROL}{path}"), &body.to_string());
    assert_eq!(response.status, 200, "{}", String::from_utf8_lossy(&response.body));
    serde_json::from_slice(&response.body).expect("the control plane speaks JSON")
}

/// Signs the administrator in, as the pages let a person do it.
fn sign_in(world: &mut World) -> String {
    let verifier = "verifier";
    let encode = |pairs: &[(&str, &str)]| form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let client_id = world.options.client_id.clone();
    let name = world.organisation.administrator().user_principal_name.clone();
    let query = encode(&[
        ("client_id", &client_id),
        ("response_type", "code"),
        ("response_mode", "fragment"),
        ("redirect_uri", BACK),
        ("scope", "AuditLog.Read.All"),
        // The S256 challenge of "verifier".
        ("code_challenge", "iMnq5o6zALKXGivsnlom_0F5_WYda32GHkxlV7mq7hQ"),
        ("code_challenge_method", "S256"),
        ("claims", r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#),
    ]);
    let page = get(world, &format!("{LOGIN}/oauth2/v2.0/authorize?{query}"), None);
    let html = String::from_utf8_lossy(&page.body).into_owned();
    let (_, rest) = html.split_once("name=flow value=\"").expect("the sign-in form");
    let (flow, _) = rest.split_once('"').expect("a closing quote");
    let form = encode(&[("flow", flow), ("username", &name), ("password", "Made-up-1")]);
    let back = post(world, &format!("{LOGIN}/login"), &form);
    let location = back.header("location").expect("back to the app");
    let (_, fragment) = location.split_once('#').expect("the answer is in the fragment");
    let code = parameter(fragment, "code").expect("a code");
    let form = encode(&[
        ("client_id", &client_id),
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", BACK),
        ("code_verifier", verifier),
    ]);
    let answer = post(world, &format!("{LOGIN}/oauth2/v2.0/token"), &form);
    let answer: Value = serde_json::from_slice(&answer.body).expect("the token endpoint speaks JSON");
    answer["access_token"].as_str().unwrap_or_else(|| panic!("no token but {answer}")).to_owned()
}

#[test]
fn a_token_lives_until_the_tenants_clock_says_otherwise() {
    let mut world = world();
    let token = sign_in(&mut world);
    let url = format!("{GRAPH}/beta/auditLogs/directoryAudits");
    assert_ne!(get(&mut world, &url, Some(&token)).status, 401);
    assert_eq!(get(&mut world, &url, None).status, 401);
    let now = control(&mut world, "/clock", &json!({ "advance_secs": 3601 }));
    assert_eq!(now["now_ms"], NOW + 3_601_000);
    assert_eq!(get(&mut world, &url, Some(&token)).status, 401);
    control(&mut world, "/reset", &json!({}));
    assert_ne!(get(&mut world, &url, Some(&token)).status, 401);
}

#[test]
fn a_challenge_names_its_claims() {
    let mut world = world();
    let token = sign_in(&mut world);
    control(&mut world, "/scenario", &json!({ "is_challenged": true }));
    let response = get(&mut world, &format!("{GRAPH}/beta/auditLogs/signIns"), Some(&token));
    let header = response.header("www-authenticate").expect("a challenge");
    assert_eq!(response.status, 401);
    assert!(header.contains("error=\"insufficient_claims\"") && header.contains("claims=\"ey"), "{header}");
}

#[test]
fn the_log_has_every_request_and_no_secret() {
    let mut world = world();
    let token = sign_in(&mut world);
    get(&mut world, &format!("{GRAPH}/beta/auditLogs/provisioning?$top=1"), Some(&token));
    get(&mut world, "https://portal.example/reports/no-such-file.js", None);
    let log = get(&mut world, &format!("{CONTROL}/log"), None);
    let text = String::from_utf8_lossy(&log.body).into_owned();
    assert!(!text.contains(&token) && !text.contains("verifier") && !text.contains("Made-up-1"), "{text}");
    let log: Vec<Value> = serde_json::from_str(&text).expect("the log is JSON");
    let lines: Vec<_> = log
        .iter()
        .map(|entry| {
            let part = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
            format!("{} {} {}", part("method"), part("host"), entry["has_authorization"])
        })
        .collect();
    assert_eq!(
        lines,
        [
            "GET login.microsoftonline.com false",
            "POST login.microsoftonline.com false",
            "POST login.microsoftonline.com false",
            "GET graph.microsoft.com true",
            "GET portal.example false",
        ]
    );
    assert_eq!(log[2]["grant_type"], "authorization_code");
    assert_eq!(log[4]["status"], 404);
}

#[test]
fn the_control_plane_says_what_it_does_not_understand() {
    let mut world = world();
    for body in [json!({ "graph": [{ "fault": "boredom" }] }), json!({ "grph": [] }), json!([])] {
        let response = post(&mut world, &format!("{CONTROL}/scenario"), &body.to_string());
        assert_eq!(response.status, 400);
    }
    control(&mut world, "/scenario", &json!({ "graph": [{ "fault": "throttled", "report": "signIns", "count": 1 }] }));
}

#[test]
fn the_control_plane_tells_every_record_by_its_id() {
    let mut world = world();
    let ids = |world: &mut World, query: &str| -> Vec<Value> {
        let response = get(world, &format!("{CONTROL}/ids?{query}"), None);
        assert_eq!(response.status, 200, "{}", String::from_utf8_lossy(&response.body));
        serde_json::from_slice(&response.body).expect("a list of ids")
    };
    let token = sign_in(&mut world);
    let page = get(&mut world, &format!("{GRAPH}/beta/auditLogs/directoryAudits?$top=999"), Some(&token));
    let page: Value = serde_json::from_slice(&page.body).expect("Graph speaks JSON");
    let served: Vec<Value> = page["value"].as_array().expect("a list").iter().map(|row| row["id"].clone()).collect();
    assert!(served.len() > 100 && page["@odata.nextLink"].is_null(), "a day fits into one page");
    assert_eq!(ids(&mut world, "report=directoryAudits"), served);
    let kinds = ["interactiveUser", "nonInteractiveUser", "servicePrincipal", "managedIdentity"];
    let by_kind: usize = kinds.iter().map(|kind| ids(&mut world, &format!("report=signIns&type={kind}")).len()).sum();
    assert_eq!(ids(&mut world, "report=signIns").len(), by_kind);
    for query in ["report=weather", ""] {
        assert_eq!(get(&mut world, &format!("{CONTROL}/ids?{query}"), None).status, 400, "{query}");
    }
}
