//! Pages of audits as Graph sends them, and the questions that tests ask about them.

use std::{rc::Rc, time::Duration};

use engine::{
    filter::Filter,
    ports::{AccessToken, HttpRequest, HttpResponse},
    protocol::{Cell, LoadKey, WindowQuery},
    reports,
};

use crate::world::{Reply, Tokens, World};

/// Where Graph is.
pub const ORIGIN: &str = "https://graph.microsoft.com";

pub fn audits() -> LoadKey {
    LoadKey { report: reports::report("directoryAudits").expect("the report is defined").id, fetch: "all".to_owned() }
}

pub fn audit(id: &str, time: &str) -> String {
    format!(r#"{{"id":"{id}","activityDateTime":"{time}","activityDisplayName":"update","result":"success"}}"#)
}

pub fn world(answer: impl FnMut(&HttpRequest) -> Reply + 'static) -> World {
    world_with(answer, Rc::new(|_| Ok(AccessToken("token".to_owned()))))
}

pub fn world_with(mut answer: impl FnMut(&HttpRequest) -> Reply + 'static, tokens: Tokens) -> World {
    World::new(move |request, _| answer(request), tokens)
}

pub fn page_number(request: &HttpRequest) -> u32 {
    request
        .url
        .split("$skiptoken=")
        .nth(1)
        .map_or(0, |number| number.parse().expect("the tests' links end in a number"))
}

pub fn list_text(records: &[String], next: Option<u32>) -> String {
    let link = next.map_or(String::new(), |next| {
        format!("\"@odata.nextLink\":\"{ORIGIN}/beta/auditLogs/directoryaudits?$skiptoken={next}\",")
    });
    format!("{{{link}\"value\":[{}]}}", records.join(","))
}

pub fn list(records: &[String], next: Option<u32>) -> Reply {
    (Duration::ZERO, Ok(ok(&list_text(records, next))))
}

pub fn ok(body: &str) -> HttpResponse {
    HttpResponse { status: 200, headers: Vec::new(), body: body.as_bytes().to_vec() }
}

pub fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    (Duration::ZERO, Ok(HttpResponse { status, headers, body: body.as_bytes().to_vec() }))
}

pub fn everything(columns: &[&str]) -> WindowQuery {
    WindowQuery {
        key: audits(),
        filter: Filter::All,
        sort: Vec::new(),
        columns: columns.iter().map(|column| (*column).to_owned()).collect(),
        first: 0,
        count: 500,
    }
}

pub fn ids(world: &World) -> Vec<String> {
    let window = world.window(everything(&["id"])).expect("the column exists");
    let text = |cell: &Cell| match cell {
        Cell::Text(text) => text.clone(),
        other => panic!("an id is text, not {other:?}"),
    };
    window.rows.iter().map(|row| text(&row.cells[0])).collect()
}
