//! `window.bench` in front of a real engine: does it answer what the bench asks?
#![cfg(target_arch = "wasm32")]

#[path = "support/host.rs"]
#[allow(dead_code, reason = "another test file needs the rest of it")]
mod support;

use std::{collections::BTreeSet, rc::Rc};

use engine::{protocol, records::InPlace};
use gatebook::{
    bench,
    host::Host,
    platform::{packer::PackLink, sample_transport::SampleLink, wire, worker},
};
use js_sys::{Array, Function, JSON, Object, Promise, Reflect, Uint8Array};
use serde_json::{Value, json};
use support::host_of;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{MessageEvent, MessagePort};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

const ROWS: usize = 130;
const PAGE_ROWS: usize = 60;
/// 2026-03-31T00:00:00Z.
const END: i64 = 1_774_915_200_000;

/// The record in this place, newest first.
fn record(row: usize) -> String {
    let minute = row % 60;
    let hour = 23 - row / 60;
    json!({
        "id": format!("00000000-0000-4000-8000-{row:012}"),
        "createdDateTime": format!("2026-03-30T{hour:02}:{:02}:00Z", 59 - minute),
        "userDisplayName": format!("Ada Smith{row}"),
        "userPrincipalName": user(row),
        "userId": format!("10000000-0000-4000-8000-{:012}", row % 7),
        "appDisplayName": app(row),
        "ipAddress": "192.0.2.7",
        "conditionalAccessStatus": "success",
        "isInteractive": true,
        "signInEventTypes": ["interactiveUser", "other"],
        "status": {"errorCode": error(row), "failureReason": "Other."},
        "deviceDetail": {"operatingSystem": if row.is_multiple_of(3) { "" } else { "Linux" }},
        "location": {"city": if row == 9 { "Köln" } else { "Bern" }},
    })
    .to_string()
}

fn time(row: usize) -> i64 {
    END - 60_000 * (row as i64 + 1)
}

fn user(row: usize) -> String {
    format!("user{:02}@contoso.example", row * 37 % 50)
}

fn app(row: usize) -> &'static str {
    ["Portal", "Wiki", "Mail"][row % 3]
}

fn error(row: usize) -> i64 {
    if row.is_multiple_of(4) { 50_126 } else { 0 }
}

fn rows(is_wanted: impl Fn(usize) -> bool) -> usize {
    (0..ROWS).filter(|row| is_wanted(*row)).count()
}

#[wasm_bindgen_test]
async fn every_method_answers_what_the_bench_asks() {
    let bench = bench::object(host());
    call(&bench, "init", &[]).await;
    let records: Vec<_> = (0..ROWS).map(record).collect();
    for part in records.chunks(PAGE_ROWS).collect::<Vec<_>>().chunks(2) {
        let pages: Array = part
            .iter()
            .map(|records| Uint8Array::from(format!("{{\"value\":[{}]}}", records.join(",")).as_bytes()))
            .collect();
        call(&bench, "ingest", &[&pages]).await;
        let left: Vec<u32> = pages.iter().map(|page| page.unchecked_into::<Uint8Array>().length()).collect();
        assert!(left.iter().all(|length| *length == 0), "pages are moved, not copied: {left:?}");
    }
    call(&bench, "finish", &[]).await;
    assert_eq!(asked(&bench, "rows").await, ROWS);
    let sizes = asked(&bench, "sizes").await;
    let resident = Reflect::get(&bench, &"resident".into()).expect("an object").as_f64();
    let total = ["columns", "records"].iter().filter_map(|part| sizes[part].as_f64()).sum();
    assert!(resident == Some(total) && total > 0.0, "{resident:?} {sizes}");
    for row in [0, 61, ROWS - 1] {
        let bytes = call(&bench, "record", &[&(row as f64).into()]).await.unchecked_into::<Uint8Array>().to_vec();
        assert_eq!(String::from_utf8_lossy(&bytes), records[row]);
    }

    let found = asked(&bench, "filterEq").await;
    assert_eq!(found["n"], rows(|row| user(row) == user(5)));
    let first = &found["rows"][0];
    assert_eq!(first.as_object().map(serde_json::Map::len), Some(25));
    assert_eq!((&first["createdDateTime"], &first["errorCode"]), (&json!(time(5)), &json!(0)));
    assert_eq!((&first["signInEventType"], &first["browser"]), (&json!("interactiveUser"), &Value::Null));
    let found = asked(&bench, "filterCompound").await;
    let is_found = |row| app(row) == "Wiki" && error(row) != 0 && (time(100)..time(20)).contains(&time(row));
    assert_eq!(found["n"], rows(is_found));
    let found = asked(&bench, "search").await;
    assert_eq!(found["n"], 1, "the one from Köln, whatever case");

    let sorted = asked(&bench, "sortTime").await;
    assert_eq!(sorted["keys"], json!([time(0), time(ROWS / 2), time(ROWS - 1)]));
    assert_eq!(sorted["windows"].as_array().map(Vec::len), Some(3));
    let mut users: Vec<_> = (0..ROWS).map(user).collect();
    users.sort();
    assert_eq!(asked(&bench, "sortString").await["keys"], json!([users[0], users[ROWS / 2], users[ROWS - 1]]));

    let facets = asked(&bench, "facets").await;
    let failed = rows(|row| error(row) != 0);
    assert_eq!(facets["errorCode"], json!([[0, ROWS - failed], [50_126, failed]]));
    let empty = rows(|row| row.is_multiple_of(3));
    assert_eq!(facets["operatingSystem"], json!([["Linux", ROWS - empty], ["", empty]]));
    assert_eq!(facets["clientAppUsed"], json!([[null, ROWS]]));
    let histogram = asked(&bench, "histogram").await;
    assert_eq!(histogram, json!([ROWS - 65, 65]));
    let ids: BTreeSet<_> = (0..ROWS).map(|row| row % 7).collect();
    assert_eq!(asked(&bench, "distinct").await, ids.len());

    let found = asked(&bench, "filterEq").await;
    assert!(call(&bench, "save", &[]).await.as_f64().is_some_and(|bytes| bytes > 0.0));
    call(&bench, "reopen", &[]).await;
    assert_eq!(asked(&bench, "filterEq").await, found);
    call(&bench, "reopenFull", &[]).await;
    assert_eq!(asked(&bench, "rows").await, ROWS);
    let bytes = call(&bench, "record", &[&7.into()]).await.unchecked_into::<Uint8Array>().to_vec();
    assert_eq!(String::from_utf8_lossy(&bytes), records[7]);
}

#[wasm_bindgen_test]
async fn what_cannot_be_taken_in_whole_is_an_error() {
    let bench = bench::object(host());
    call(&bench, "init", &[]).await;
    let pages = Array::of1(&Uint8Array::from(&b"{\"value\":[{\"id\":\"1\""[..]));
    let ingest: Function = Reflect::get(&bench, &"ingest".into()).expect("an object").unchecked_into();
    let told = ingest.call1(&JsValue::NULL, &pages).expect("it promises").unchecked_into::<Promise>();
    let error: js_sys::Error = JsFuture::from(told).await.expect_err("the page breaks off").unchecked_into();
    assert!(String::from(error.message()).contains("TruncatedPage"), "{:?}", error.message());
}

/// Asks a question as the bench's driver does.
async fn asked(bench: &Object, name: &str) -> Value {
    let asked = json!({
        "user": user(5), "app": "Wiki", "from": time(100), "to": time(20), "needle": "köln",
        "t0": time(ROWS - 1), "t1": time(0) + 60_000, "buckets": 2,
    });
    let columns = match name {
        "search" => {
            json!(["userDisplayName", "userPrincipalName", "appDisplayName", "ipAddress", "city", "failureReason"])
        }
        _ => json!(["errorCode", "operatingSystem", "clientAppUsed"]),
    };
    let of = |json: &Value| JSON::parse(&json.to_string()).expect("it was just written");
    let told = call(bench, name, &[&of(&asked), &of(&columns)]).await;
    let text = JSON::stringify(&told).expect("plain data");
    serde_json::from_str(&String::from(text)).expect("plain data")
}

async fn call(bench: &Object, name: &str, arguments: &[&JsValue]) -> JsValue {
    let method: Function = Reflect::get(bench, &name.into()).expect("an object").dyn_into().expect("a method");
    let arguments: Array = arguments.iter().collect();
    let told = method.apply(bench, &arguments).expect("it promises").unchecked_into::<Promise>();
    JsFuture::from(told).await.unwrap_or_else(|error| panic!("{name}: {error:?}"))
}

/// A host whose data worker is an engine in this thread, at the other end of a channel.
fn host() -> Host {
    let make = Function::new_no_args(
        "const {port1, port2} = new MessageChannel();
         port1.terminate = () => port1.close();
         return {port2, startWorker: async (name) => {
             if (name === 'worker') return port1;
             throw new Error(`${name} was refused`);
         }};",
    );
    let options = make.call0(&JsValue::NULL).expect("plain code");
    let port: MessagePort = Reflect::get(&options, &"port2".into()).expect("an object").unchecked_into();
    let sender = port.clone();
    let sample = SampleLink::default();
    let engine = worker::engine(
        Rc::new(move |message| {
            let (message, moved) = wire::bytes_message(&protocol::encode(&message));
            sender.post_message_with_transferable(&message, &moved).expect("bytes can be posted");
        }),
        sample.clone(),
        Rc::new(InPlace),
    );
    let packer = PackLink::new(|_| false);
    let on_message =
        Closure::<dyn Fn(MessageEvent)>::new(move |event| worker::receive(&engine, &sample, &packer, event));
    port.set_onmessage(Some(on_message.into_js_value().unchecked_ref()));
    host_of(options)
}
