//! The browser half's parts that live in a worker, tested in a real one.
#![cfg(target_arch = "wasm32")]

#[path = "support/host.rs"]
#[allow(dead_code, reason = "another test file needs the rest of it")]
mod support;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use engine::{
    filter::Filter,
    ports::{AccessToken, Clock, HttpRequest, Packer, Random, TokenNeed, Transport, TransportError},
    protocol::{
        self, Answer, DatasetId, Event, EventBody, FromWorker, LoadKey, Phase, QueryError, Request, RequestBody,
        Response, RowId, Scope, Source, WindowQuery,
    },
    records::{InPlace, unpack},
    reports,
};
use futures_util::future::{Either, select};
use gatebook::{
    host::Host,
    platform::{
        clock::BrowserClock,
        pack,
        packer::PackLink,
        random::BrowserRandom,
        sample,
        sample_transport::{SampleLink, SampleRequest},
        transport::BrowserTransport,
        wire::{self, Incoming},
        worker,
    },
    worker_client::WorkerClient,
};
use js_sys::{Array, Function, Uint8Array};
use support::host_of;
use tenant::http;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{MessageChannel, MessageEvent};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
async fn the_clock_waits_as_long_as_it_says() {
    let before = BrowserClock.now();
    BrowserClock.sleep(Duration::from_millis(20)).await;
    let waited = BrowserClock.now() - before;
    assert!((15..5_000).contains(&waited), "waited {waited} ms");
}

#[wasm_bindgen_test]
async fn yielding_lets_a_waiting_message_through_and_costs_no_timer() {
    let channel = MessageChannel::new().expect("workers have channels");
    let heard = Function::new_no_args("this.isHeard = true");
    channel.port1().set_onmessage(Some(&heard));
    channel.port2().post_message(&JsValue::NULL).expect("null can be posted");
    BrowserClock.yield_now().await;
    let is_heard = js_sys::Reflect::get(&channel.port1(), &"isHeard".into());
    assert!(is_heard.is_ok_and(|value| value.is_truthy()));
    // Timers in a row are made four milliseconds long each.
    let before = BrowserClock.now();
    for _ in 0..200 {
        BrowserClock.yield_now().await;
    }
    let took = BrowserClock.now() - before;
    assert!(took < 400, "200 turns took {took} ms");
}

#[wasm_bindgen_test]
fn random_numbers_differ() {
    assert_ne!(BrowserRandom.next_u64(), BrowserRandom.next_u64());
}

#[wasm_bindgen_test]
async fn the_transport_reads_status_headers_and_bytes() {
    let body = "{\"value\":[\"\u{540d}\u{524d}\"]}";
    let (url, origin) = blob_url(body);
    let response = BrowserTransport::pinned_to(&origin).send(get(&url)).await.expect("a blob can be fetched");
    assert_eq!(response.status, 200);
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert_eq!(response.body, body.as_bytes());
}

#[wasm_bindgen_test]
async fn the_transport_says_when_the_computer_is_offline() {
    let transport = BrowserTransport::pinned_to("blob:nowhere");
    let failed = transport.send(get("blob:nowhere/")).await;
    assert!(matches!(failed, Err(TransportError::Unreachable { .. })), "{failed:?}");
    js("Object.defineProperty(self.navigator, 'onLine', { configurable: true, value: false })");
    let failed = transport.send(get("blob:nowhere/")).await;
    js("delete self.navigator.onLine");
    assert_eq!(failed.map(|_| ()), Err(TransportError::Offline));
}

#[wasm_bindgen_test]
async fn the_transport_refuses_every_other_origin() {
    let transport = BrowserTransport::pinned_to("https://graph.example");
    for url in [
        "https://graph.example.test/",
        "https://graph.example@test.example/",
        "http://graph.example/",
        "https://graph.example",
    ] {
        let mut request = get(url);
        request.token = Some(AccessToken("abc".to_owned()));
        let error = transport.send(request).await.expect_err("the address is not on the pinned origin");
        let TransportError::Unreachable { detail } = error else { panic!("{error}") };
        assert!(detail.contains("outside"), "{url}: {detail}");
    }
}

#[wasm_bindgen_test]
async fn a_token_that_is_no_header_value_is_refused_without_being_quoted() {
    let (url, origin) = blob_url("{}");
    let mut request = get(&url);
    request.token = Some(AccessToken("se\ncret".to_owned()));
    let error = BrowserTransport::pinned_to(&origin).send(request).await.expect_err("a line break cannot be sent");
    assert!(!error.to_string().contains("cret"), "{error}");
}

#[wasm_bindgen_test]
async fn dropping_a_request_aborts_it() {
    let real = js("self.aborted = 0; const real = self.fetch; self.fetch = request => {
        request.signal.addEventListener('abort', () => self.aborted += 1);
        return new Promise(() => {});
    }; return real;");
    let transport = BrowserTransport::pinned_to("https://graph.example");
    {
        let sent = transport.send(get("https://graph.example/beta"));
        let Either::Right(_) = select(sent, BrowserClock.sleep(Duration::from_millis(1))).await else {
            panic!("nothing ever answers here");
        };
    }
    js_sys::Reflect::set(&js_sys::global(), &"fetch".into(), &real).expect("fetch can be put back");
    assert_eq!(js("return self.aborted").as_f64(), Some(1.0));
}

#[wasm_bindgen_test]
fn bytes_survive_the_wire() {
    let request = Request { id: 7, dataset: dataset(), body: RequestBody::Close };
    let (message, moved) = wire::bytes_message(&protocol::encode(&request));
    assert_eq!(moved.length(), 1);
    let Incoming::Bytes(bytes, attachments) = wire::read(message.into()) else { panic!("bytes stay bytes") };
    assert_eq!(protocol::decode::<Request>(&bytes).expect("both ends are the same version"), request);
    assert!(attachments.is_empty());
}

#[wasm_bindgen_test]
async fn attachments_move_to_the_other_side() {
    let channel = MessageChannel::new().expect("workers have channels");
    let page = Uint8Array::from(&b"{\"value\":[]}"[..]);
    let (message, moved) = wire::attached_message(&[1, 2, 3], &[page.clone(), Uint8Array::from(&[7][..])]);
    let arrived = js_sys::Promise::new(&mut |resolve, _| channel.port1().set_onmessage(Some(&resolve)));
    channel.port2().post_message_with_transferable(&message, &moved).expect("bytes can be posted");
    assert_eq!(page.length(), 0, "a moved buffer is gone");
    let event: MessageEvent = JsFuture::from(arrived).await.expect("it arrives").unchecked_into();
    let Incoming::Bytes(bytes, attachments) = wire::read(event.data()) else { panic!("bytes stay bytes") };
    let attachments: Vec<Vec<u8>> = attachments.iter().map(Uint8Array::to_vec).collect();
    assert_eq!((bytes, attachments), (vec![1, 2, 3], vec![b"{\"value\":[]}".to_vec(), vec![7]]));
}

#[wasm_bindgen_test]
fn what_nobody_of_ours_sent_is_left_alone() {
    for text in [
        "'ready'",
        "null",
        "({})",
        "({kind: 'sample'})",
        "({kind: 'sample', port: 1})",
        "({kind: 'block'})",
        "({kind: 'packed', bytes: 1})",
        "[1, 2]",
    ] {
        assert!(matches!(wire::read(js(&format!("return {text}"))), Incoming::Other), "{text}");
    }
}

#[wasm_bindgen_test]
async fn without_a_sample_worker_its_transport_says_so() {
    let error = SampleLink::default().transport(false).send(get("https://graph.example/")).await;
    let error = error.expect_err("nobody is connected");
    assert_eq!(error.to_string(), "no readable answer: the sample worker is not connected");
}

#[wasm_bindgen_test]
async fn the_sample_tenant_is_asked_through_a_port() {
    let link = connected_to(|asked, request| http::Response {
        status: 429,
        headers: vec![("retry-after".to_owned(), "7".to_owned())],
        body: format!("{} {} {:?} {}", asked.path, asked.query, asked.header("prefer"), request.is_real_pace)
            .into_bytes(),
        ..Default::default()
    });
    let mut request = get("https://graph.example/beta/x?$top=1");
    request.headers = vec![("prefer", "all".to_owned())];
    let response = link.transport(true).send(request).await.expect("it answers");
    assert_eq!((response.status, response.header("retry-after")), (429, Some("7")));
    assert_eq!(String::from_utf8_lossy(&response.body), "/beta/x $top=1 Some(\"all\") true");
}

#[wasm_bindgen_test]
async fn a_slow_sample_answer_does_not_hold_up_a_quick_one() {
    let link = connected_to(|asked, _| {
        let delay_ms = if asked.path == "/slow" { 50 } else { 0 };
        http::Response { status: 200, body: asked.path.clone().into_bytes(), delay_ms, ..Default::default() }
    });
    let transport = link.transport(false);
    let slow = transport.send(get("https://graph.example/slow"));
    let quick = transport.send(get("https://graph.example/quick"));
    let Either::Right((quick, slow)) = select(slow, quick).await else { panic!("the slow one came first") };
    assert_eq!(quick.expect("it answers").body, b"/quick");
    assert_eq!(slow.await.expect("it answers").body, b"/slow");
}

#[wasm_bindgen_test]
async fn a_cut_sample_answer_is_no_answer() {
    let link = connected_to(|_, _| http::Response { status: 200, is_cut: true, ..Default::default() });
    let error = link.transport(false).send(get("https://graph.example/")).await.expect_err("it was cut");
    assert_eq!(error.to_string(), "no readable answer: the connection broke");
}

#[wasm_bindgen_test]
async fn the_engine_loads_the_sample_and_gives_a_record_back_unchanged() {
    let report = reports::ALL[0];
    let page: &'static str = report.sample;
    let messages = Rc::new(RefCell::new(Vec::new()));
    let sink = messages.clone();
    let link = connected_to(move |_, _| http::Response { status: 200, body: page.into(), ..Default::default() });
    let engine = worker::engine(Rc::new(move |message| sink.borrow_mut().push(message)), link, Rc::new(InPlace));
    let key = LoadKey { report: report.id, fetch: report.fetches[0].id.to_owned() };
    let ask = |body| {
        engine.handle(Request { id: 1, dataset: dataset(), body });
        let Some(FromWorker::Response(response)) = messages.borrow_mut().pop() else { panic!("it answers at once") };
        response.result.expect("the dataset is open")
    };
    ask(RequestBody::Open(Source::Sample { is_real_pace: false }));
    ask(RequestBody::Load { key: key.clone(), scope: Scope::default() });
    while !messages.borrow().iter().any(is_complete) {
        BrowserClock.sleep(Duration::from_millis(5)).await;
    }
    let query = WindowQuery { key, filter: Filter::default(), sort: vec![], columns: vec![], first: 0, count: 9 };
    let Answer::Window(window) = ask(RequestBody::Window(query)) else { panic!("a window was asked for") };
    let expected = serde_json::from_str::<serde_json::Value>(page).expect("a sample is JSON");
    assert_eq!(Some(window.rows.len()), expected["value"].as_array().map(Vec::len));
    let ask_record = RequestBody::Record { report: report.id, row: window.rows[0].id };
    let Answer::Record(record) = ask(ask_record) else { panic!("a record was asked for") };
    assert!(page.contains(&record.json), "{}", record.json);
}

/// A link to a packer that answers a moment later, in place of a worker.
fn packing_link(answer: impl Fn(&PackLink, Uint8Array) + 'static) -> PackLink {
    let slot = Rc::new(RefCell::new(None::<PackLink>));
    let answer = Rc::new(answer);
    let link = PackLink::new({
        let slot = slot.clone();
        move |block| {
            let link = slot.borrow().clone().expect("nothing is packed before the link is there");
            // What is sent is gone for the sender.
            let (answer, block) = (answer.clone(), moved(block));
            wasm_bindgen_futures::spawn_local(async move {
                BrowserClock.sleep(Duration::from_millis(1)).await;
                answer(&link, block);
            });
            true
        }
    });
    *slot.borrow_mut() = Some(link.clone());
    link
}

/// The same bytes in the same memory, which whoever had them before has no longer.
fn moved(block: &Uint8Array) -> Uint8Array {
    let make = Function::new_with_args("block", "return structuredClone(block, {transfer: [block.buffer]})");
    make.call1(&JsValue::NULL, block).expect("memory can be moved").unchecked_into()
}

fn give_back(link: &PackLink, block: &Uint8Array) {
    let (message, _) = pack::answer(block);
    let Incoming::Packed(packed, spent) = wire::read(message.into()) else {
        panic!("a block is answered by a packed one")
    };
    link.receive(&packed, &spent);
}

#[wasm_bindgen_test]
async fn blocks_come_back_packed_and_their_memory_is_used_again() {
    let packed = Rc::new(RefCell::new(Vec::new()));
    let link = packing_link(|link, block| give_back(link, &block));
    // The second round is shorter, and one is larger than any block should be.
    let block = |number: u8| vec![number; if number == 3 { 3 << 20 } else { 900_000 - usize::from(number) }];
    for round in [[0, 1, 2, 3], [4, 5, 6, 7]] {
        for number in round {
            let packed = packed.clone();
            link.pack(&block(number), Box::new(move |bytes| packed.borrow_mut().push((number, unpack(&bytes)))));
        }
        BrowserClock.sleep(Duration::from_millis(100)).await;
    }
    assert!(*packed.borrow() == (0..8).map(|number| (number, Some(block(number)))).collect::<Vec<_>>());
}

#[wasm_bindgen_test]
async fn every_record_can_be_read_whatever_becomes_of_the_pack_worker() {
    let answers = Cell::new(0);
    for link in [
        packing_link(|link, block| give_back(link, &block)),
        packing_link(|link, block| link.receive(&Uint8Array::new_with_length(0), &block)),
        packing_link(|link, _| link.lose()),
        packing_link(|_, _| ()),
        packing_link(move |link, block| {
            answers.set(answers.get() + 1);
            if answers.get() == 1 { give_back(link, &block) } else { link.lose() }
        }),
        PackLink::new(|_| false),
    ] {
        read_every_record_back(Rc::new(link)).await;
    }
}

/// Loads more records than fit in a few blocks, and reads them while some may still be raw.
async fn read_every_record_back(packer: Rc<dyn Packer>) {
    const ROWS: u32 = 1_000;
    let record = |number: u32| {
        let note = format!("{number:>7} ").repeat(600);
        format!(r#"{{"id":"{number}","activityDateTime":"2026-10-14T12:00:00Z","note":"{note}"}}"#)
    };
    let page = format!("{{\"value\":[{}]}}", (0..ROWS).map(record).collect::<Vec<_>>().join(","));
    let messages = Rc::new(RefCell::new(Vec::new()));
    let sink = messages.clone();
    let link =
        connected_to(move |_, _| http::Response { status: 200, body: page.clone().into(), ..Default::default() });
    let engine = worker::engine(Rc::new(move |message| sink.borrow_mut().push(message)), link, packer);
    let report = reports::report("directoryAudits").expect("the report is defined");
    let key = LoadKey { report: report.id, fetch: report.fetches[0].id.to_owned() };
    let ask = |body| {
        engine.handle(Request { id: 1, dataset: dataset(), body });
        let Some(FromWorker::Response(response)) = messages.borrow_mut().pop() else { panic!("it answers at once") };
        response.result.expect("the dataset is open")
    };
    ask(RequestBody::Open(Source::Sample { is_real_pace: false }));
    ask(RequestBody::Load { key, scope: Scope::default() });
    while !messages.borrow().iter().any(is_complete) {
        BrowserClock.sleep(Duration::from_millis(5)).await;
    }
    for _ in 0..2 {
        for number in 0..ROWS {
            let Answer::Record(read) = ask(RequestBody::Record { report: report.id, row: RowId(number) }) else {
                panic!("a record was asked for")
            };
            assert!(read.json == record(number), "{}", read.json);
        }
        // By now what can be packed is.
        BrowserClock.sleep(Duration::from_millis(50)).await;
    }
}

#[wasm_bindgen_test]
async fn a_pack_worker_is_started_and_its_end_is_told() {
    let heard = |need| {
        let token = TokenNeed { scopes: vec![], claims: None, force: false };
        Event { dataset: dataset(), body: EventBody::TokenNeeded { need, token } }
    };
    // Says 1 for each block that comes back packed, and 2 when there is no pack worker.
    let data = format!(
        "for (const number of [7, 8]) {{
             const bytes = new Uint8Array([number]);
             self.postMessage({{kind: 'block', bytes}}, [bytes.buffer]);
         }}
         self.onmessage = ({{ data }}) => {{
             if (data.kind === 'packed' && data.spent.length === 1) {{ {} }}
             if (data.kind === 'no-pack') {{ {} }}
         }};",
        post(&FromWorker::Event(heard(1))),
        post(&FromWorker::Event(heard(2))),
    );
    for (pack, expected) in [
        (
            Some(
                "self.onmessage = ({ data }) => self.postMessage({kind: 'packed', bytes: new Uint8Array(2), spent: data.bytes});",
            ),
            vec![heard(1), heard(1)],
        ),
        (Some("self.onmessage = () => { throw new Error('out of memory'); };"), vec![heard(2)]),
        (Some("self.onmessage = () => self.postMessage({kind: 'failure', detail: 'here'});"), vec![heard(2)]),
        (None, vec![heard(2)]),
    ] {
        let pack = pack.map_or(JsValue::UNDEFINED, worker_that);
        let host = host_with(&worker_that(&data), &pack);
        let told = Rc::new(RefCell::new(Vec::new()));
        let listener = told.clone();
        let client =
            WorkerClient::start(&host, move |event| listener.borrow_mut().push(event), |_| ()).await.expect("starts");
        while told.borrow().len() < expected.len() {
            BrowserClock.sleep(Duration::from_millis(5)).await;
        }
        BrowserClock.sleep(Duration::from_millis(20)).await;
        assert_eq!(*told.borrow(), expected);
        client.end();
        let is_ended =
            pack.is_undefined() || js_sys::Reflect::get(&pack, &"isEnded".into()).is_ok_and(|value| value.is_truthy());
        assert!(is_ended, "the pack worker outlived its data worker");
    }
}

fn is_complete(message: &FromWorker) -> bool {
    matches!(message, FromWorker::Event(Event { body: EventBody::Load(status), .. }) if status.phase == Phase::Complete)
}

#[wasm_bindgen_test]
async fn answers_find_their_question_and_events_their_listener() {
    let event = Event {
        dataset: dataset(),
        body: EventBody::TokenNeeded { need: 3, token: TokenNeed { scopes: vec![], claims: None, force: false } },
    };
    let second = Response { id: 2, dataset: dataset(), result: Ok(Answer::Done) };
    let first = Response { id: 1, dataset: dataset(), result: Err(QueryError::UnknownRow) };
    // Answers the second question first.
    let worker = worker_that(&format!(
        "let count = 0; self.onmessage = () => {{ if (++count === 2) {{ {} {} {} }} }};",
        post(&FromWorker::Event(event.clone())),
        post(&FromWorker::Response(second)),
        post(&FromWorker::Response(first)),
    ));
    let heard = Rc::new(RefCell::new(Vec::new()));
    let listener = heard.clone();
    let client = WorkerClient::start(&host(&worker), move |event| listener.borrow_mut().push(event), |_| ())
        .await
        .expect("starts");
    let dataset = dataset();
    let answers =
        futures_util::future::join(client.ask(&dataset, RequestBody::Close), client.ask(&dataset, RequestBody::Close));
    assert_eq!(answers.await, (Err(QueryError::UnknownRow), Ok(Answer::Done)));
    assert_eq!(*heard.borrow(), [event]);
}

#[wasm_bindgen_test]
async fn a_worker_that_dies_is_reported_once_and_nothing_hangs() {
    for dying in [
        "self.onmessage = () => self.postMessage({kind: 'failure', detail: 'here'});",
        "self.onmessage = () => { self.postMessage({kind: 'failure', detail: 'here'}); throw new Error('again'); };",
        "self.onmessage = () => { throw new Error('here'); };",
    ] {
        let failures = Rc::new(RefCell::new(Vec::new()));
        let heard = failures.clone();
        let hear = move |detail| heard.borrow_mut().push(detail);
        let client = WorkerClient::start(&host(&worker_that(dying)), |_| (), hear).await.expect("starts");
        for _ in 0..2 {
            assert_eq!(client.ask(&dataset(), RequestBody::Close).await, Err(QueryError::UnknownDataset));
        }
        BrowserClock.sleep(Duration::from_millis(20)).await;
        let failures = failures.borrow();
        assert!(failures.len() == 1 && failures[0].contains("here"), "{failures:?}");
    }
}

#[wasm_bindgen_test]
async fn an_ended_worker_answers_unknown_dataset() {
    let client =
        WorkerClient::start(&host(&worker_that("self.onmessage = () => {};")), |_| (), |_| ()).await.expect("starts");
    let ending = client.clone();
    let dataset = dataset();
    let (answer, ()) =
        futures_util::future::join(client.ask(&dataset, RequestBody::Close), async { ending.end() }).await;
    assert_eq!(answer, Err(QueryError::UnknownDataset));
}

#[wasm_bindgen_test]
async fn dropping_the_last_client_ends_its_worker() {
    let worker = worker_that("setInterval(() => self.postMessage('tick'), 1);");
    let client = WorkerClient::start(&host(&worker), |_| (), |_| ()).await.expect("starts");
    drop(client.clone());
    let is_ended = || js_sys::Reflect::get(&worker, &"isEnded".into()).is_ok_and(|value| value.is_truthy());
    assert!(!is_ended());
    drop(client);
    assert!(is_ended());
}

fn dataset() -> DatasetId {
    DatasetId("contoso".to_owned())
}

fn get(url: &str) -> HttpRequest {
    HttpRequest { url: url.to_owned(), token: None, headers: Vec::new() }
}

fn connected_to(answer: impl Fn(&http::Request, &SampleRequest) -> http::Response + 'static) -> SampleLink {
    let channel = MessageChannel::new().expect("workers have channels");
    sample::serve(channel.port2(), answer);
    let link = SampleLink::default();
    link.connect(channel.port1());
    link
}

/// A host that starts this data worker, and no other.
fn host(worker: &JsValue) -> Host {
    host_with(worker, &JsValue::UNDEFINED)
}

/// A host that starts this data worker, and this pack worker if there is one.
fn host_with(data: &JsValue, pack: &JsValue) -> Host {
    let make = Function::new_with_args(
        "data, pack",
        "return {startWorker: async (name) => {
             if (name === 'worker') return data;
             if (name === 'pack' && pack) return pack;
             throw new Error(`${name} was refused`);
         }}",
    );
    let options = make.call2(&JsValue::NULL, data, pack).expect("plain code");
    host_of(options)
}

/// A worker that runs this script, and remembers in `isEnded` that it was ended.
fn worker_that(script: &str) -> JsValue {
    let make = Function::new_with_args(
        "script",
        "const worker = new Worker(URL.createObjectURL(new Blob([script])));
         worker.terminate = () => { worker.isEnded = true; Worker.prototype.terminate.call(worker); };
         return worker;",
    );
    make.call1(&JsValue::NULL, &script.into()).expect("a worker can start workers")
}

/// Script that posts a message as the real worker does.
fn post(message: &FromWorker) -> String {
    format!("self.postMessage(new Uint8Array({:?}));", protocol::encode(message))
}

/// A URL whose content is this, and its origin as the transport sees it.
fn blob_url(content: &str) -> (String, String) {
    let bytes = Array::of1(&Uint8Array::from(content.as_bytes()));
    let make =
        Function::new_with_args("bytes", "return URL.createObjectURL(new Blob(bytes, {type: 'application/json'}))");
    let url =
        make.call1(&JsValue::NULL, &bytes).expect("blobs have addresses").as_string().expect("an address is text");
    let origin = url.rsplit_once('/').expect("an id follows the origin").0.to_owned();
    (url, origin)
}

fn js(code: &str) -> JsValue {
    Function::new_no_args(code).call0(&JsValue::NULL).expect("plain code")
}
