//! The engine in front of the made-up tenant.

use std::{cell::RefCell, rc::Rc, time::Duration};

use engine::{
    filter::Filter,
    ports::{AccessToken, HttpRequest, HttpResponse, Millis, TransportError},
    protocol::{LoadKey, WindowQuery},
    reports,
};
use tenant::{
    Caller, Graph, Tenant, TenantOptions,
    history::{History, Rendering, Stream},
    http::Request,
};

use crate::world::{Reply, World};

/// How long the tenant takes for an answer at least.
pub const ANSWER_TIME: Duration = Duration::from_millis(100);

/// Every record of the fetch is shown, byte for byte, and newest first.
pub fn assert_all_there(options: TenantOptions, world: &World, key: &LoadKey) {
    let (mut found, mut expected) = (originals(world, key), truth(options, key));
    assert_eq!(found.len(), expected.len(), "{key:?}");
    found.sort_unstable();
    expected.sort_unstable();
    assert!(found == expected, "{key:?} has other records than the tenant");
}

/// How often the service was asked to count instead of to list.
pub fn summaries(world: &World) -> usize {
    let requests = world.graph.requests.borrow();
    requests.iter().filter(|(_, request)| request.url.contains("getSummarized")).count()
}

/// The original of every row that is shown, in the order shown.
pub fn originals(world: &World, key: &LoadKey) -> Vec<String> {
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
pub fn truth(options: TenantOptions, key: &LoadKey) -> Vec<String> {
    let tenant = Tenant::new(options);
    let is_meant = |stream: &&Stream| match stream {
        Stream::SignIns(kind) => key.report.as_str() == "signIns" && kind.name() == key.fetch,
        other => other.report().name() == key.report.as_str(),
    };
    let stream = *Stream::ALL.iter().find(is_meant).expect("every fetch has a stream");
    let rows = tenant.slices().rev().flat_map(|slice| tenant.rows(stream, slice));
    rows.map(|row| tenant.record(row, Rendering::FULL)).collect()
}

pub fn world(options: TenantOptions, prepare: impl FnOnce(&mut Graph)) -> (World, Rc<RefCell<Graph>>) {
    world_as(options, prepare, |_| {})
}

pub fn world_as(
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
pub fn answer(graph: &mut Graph, caller: &Caller, request: &HttpRequest, now: Millis) -> Reply {
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

pub fn sign_ins(fetch: &str) -> LoadKey {
    key("signIns", fetch)
}

pub fn audits() -> LoadKey {
    key("directoryAudits", "all")
}

pub fn key(report: &str, fetch: &str) -> LoadKey {
    LoadKey { report: reports::report(report).expect("the report is defined").id, fetch: fetch.to_owned() }
}
