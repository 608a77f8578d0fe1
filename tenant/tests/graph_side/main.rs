//! Graph's side, seen from outside: lists, filters, paging, permissions, throttling and faults.

use serde_json::Value;
use tenant::{
    Caller, Graph, Scale, Tenant, TenantOptions,
    http::{Request, Response},
    organisation::Organisation,
};

mod lists;
mod refusals;

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
