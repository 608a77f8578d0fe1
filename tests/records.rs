//! The documented examples, loaded like a report: every record is shown and its original comes back byte for byte.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs)]

#[path = "support/world.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the world")]
mod world;

use std::{path::Path, rc::Rc, time::Duration};

use engine::{
    filter::Filter,
    ports::{AccessToken, HttpResponse},
    protocol::{LoadKey, Phase, Scope, WindowQuery},
    reports::ALL,
};
use serde_json::Value;
use world::World;

#[test]
fn every_documented_record_comes_back_byte_for_byte() {
    let mut count = 0;
    for report in ALL {
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/graph/examples").join(report.id.as_str());
        for file in std::fs::read_dir(folder).expect("each report has examples") {
            let text =
                std::fs::read_to_string(file.expect("the folder can be read").path()).expect("examples are text");
            let page = as_list(&text);
            let key = LoadKey { report: report.id, fetch: report.fetches[0].id.to_owned() };
            let world = world_with(&page);
            world.load(&key, Scope::default());
            world.run();
            assert_eq!(world.status(&key).phase, Phase::Complete);
            let records = records_of(&text);
            let mut found: Vec<String> = originals(&world, &key);
            found.sort();
            let mut expected = records.clone();
            expected.sort();
            assert_eq!(found, expected);
            count += records.len();
        }
    }
    assert!(count >= 15, "only {count} records were read");
}

/// The original of every row that is shown.
fn originals(world: &World, key: &LoadKey) -> Vec<String> {
    let query = WindowQuery {
        key: key.clone(),
        filter: Filter::All,
        sort: Vec::new(),
        columns: Vec::new(),
        first: 0,
        count: 500,
    };
    let window = world.window(query).expect("the fetch exists");
    let records = window.rows.iter().map(|row| world.record(key, row.id).expect("the row exists"));
    records
        .map(|record| {
            assert_eq!(record.json.as_bytes(), record.bytes);
            record.json
        })
        .collect()
}

/// Cuts records out of a page without our reader: a strict parser must read exactly one value from each start.
fn records_of(text: &str) -> Vec<String> {
    let whole: Value = serde_json::from_str(text).expect("the examples are JSON");
    let Some(values) = whole.get("value").and_then(Value::as_array) else { return vec![text.trim().to_owned()] };
    let mut rest = &text[text.find("\"value\"").expect("the envelope has it")..];
    let mut records = Vec::new();
    for value in values {
        rest = &rest[rest.find('{').expect("each record is an object")..];
        let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        let read = stream.next().expect("a record comes").expect("it is JSON");
        assert_eq!(read, *value);
        let length = stream.byte_offset();
        records.push(rest[..length].to_owned());
        rest = &rest[length..];
    }
    records
}

/// Some examples are a single record; Graph's list would wrap it.
fn as_list(text: &str) -> String {
    let whole: Value = serde_json::from_str(text).expect("the examples are JSON");
    if whole.get("value").is_some() {
        // Their links lead nowhere.
        text.replace("@odata.nextLink", "@odata.wasNextLink")
    } else {
        format!("{{\"value\":[{}]}}", text.trim())
    }
}

fn world_with(page: &str) -> World {
    let body = page.as_bytes().to_vec();
    let answer =
        move |_: &_, _| (Duration::ZERO, Ok(HttpResponse { status: 200, headers: Vec::new(), body: body.clone() }));
    World::new(answer, Rc::new(|_| Ok(AccessToken("token".to_owned()))))
}
