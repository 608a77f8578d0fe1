//! `window.bench`: what a bench for browser engines asks of a page that takes part, answered by the product's own worker
//! through the product's own door. It names the bench's columns and the report's, and makes plain objects of the answers.

use std::{
    cell::{Cell as Once, RefCell},
    future::Future,
    rc::Rc,
    time::Duration,
};

use engine::{
    filter::{Condition, Filter, Operator, Value},
    ports::Clock,
    protocol::{
        Answer, Buckets, Cell, DatasetId, DistinctQuery, FacetQuery, FacetsQuery, HistogramQuery, LoadKey, LoadStatus,
        Phase, RequestBody, RowId, Sizes, Sort, Source, Window, WindowQuery,
    },
    reports::{self, ReportDefinition},
};
use futures_util::future::try_join;
use js_sys::{Array, JSON, Object, Promise, Reflect, Uint8Array};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value as Json, json};
use wasm_bindgen::{JsCast, JsError, JsValue, closure::Closure};
use wasm_bindgen_futures::future_to_promise;

use crate::{host::Host, platform::clock::BrowserClock, worker_client::WorkerClient};

/// The bench's names for what it asks about, and ours.
const COLUMNS: [(&str, &str); 25] = [
    ("id", "id"),
    ("createdDateTime", "createdDateTime"),
    ("userDisplayName", "userDisplayName"),
    ("userPrincipalName", "userPrincipalName"),
    ("userId", "userId"),
    ("appId", "appId"),
    ("appDisplayName", "appDisplayName"),
    ("ipAddress", "ipAddress"),
    ("clientAppUsed", "clientAppUsed"),
    ("correlationId", "correlationId"),
    ("conditionalAccessStatus", "conditionalAccessStatus"),
    ("isInteractive", "isInteractive"),
    ("riskLevelAggregated", "riskLevelAggregated"),
    ("riskState", "riskState"),
    ("errorCode", "status/errorCode"),
    ("failureReason", "status/failureReason"),
    ("resourceDisplayName", "resourceDisplayName"),
    ("operatingSystem", "deviceDetail/operatingSystem"),
    ("browser", "deviceDetail/browser"),
    ("city", "location/city"),
    ("countryOrRegion", "location/countryOrRegion"),
    ("authenticationRequirement", "authenticationRequirement"),
    ("userAgent", "userAgent"),
    ("autonomousSystemNumber", "autonomousSystemNumber"),
    ("signInEventType", "signInEventTypes[]"),
];

/// Rows of one screen.
const SCREEN: u32 = 50;

/// What the bench asks about; each question uses a part of it.
#[derive(Deserialize)]
struct Asked {
    user: String,
    app: String,
    from: f64,
    to: f64,
    needle: String,
    t0: f64,
    t1: f64,
    buckets: u32,
}

/// A result, or why there is none.
type Told<T> = Result<T, String>;

struct Bench {
    host: Host,
    client: RefCell<Option<WorkerClient>>,
    dataset: DatasetId,
    key: LoadKey,
    has_begun: Once<bool>,
}

/// The object to call `window.bench`.
pub fn object(host: Host) -> Object {
    let object = Object::new();
    set(&object, "name", &"Gatebook".into());
    set(&object, "where", &"worker".into());
    let report = reports::ALL.iter().find(|report| has_every_column(report)).expect("one report has these columns");
    let bench = Rc::new(Bench {
        host,
        client: RefCell::default(),
        dataset: DatasetId("bench".to_owned()),
        key: LoadKey { report: report.id, fetch: report.fetches[0].id.to_owned() },
        has_begun: Once::new(false),
    });
    let method = |name| Method { object: &object, bench: &bench, name };
    method("init").calls(|bench, _, _| async move { bench.start().await });
    method("ingest").calls(|bench, pages, _| async move { bench.ingest(pages).await });
    method("filterEq").calls(|bench, asked, _| async move { bench.filter_eq(read(asked)?).await });
    method("filterCompound").calls(|bench, asked, _| async move { bench.filter_compound(read(asked)?).await });
    method("search").calls(|bench, asked, columns| async move { bench.search(read(asked)?, read(columns)?).await });
    method("sortTime").calls(|bench, _, _| async move { bench.sort("createdDateTime", true).await });
    method("sortString").calls(|bench, _, _| async move { bench.sort("userPrincipalName", false).await });
    method("facets").calls(|bench, _, columns| async move { bench.facets(read(columns)?).await });
    method("histogram").calls(|bench, asked, _| async move { bench.histogram(read(asked)?).await });
    method("distinct").calls(|bench, _, _| async move { bench.distinct().await });
    method("rows").calls(|bench, _, _| async move { Ok(bench.sizes().await?.rows.into()) });
    method("sizes").calls(|bench, _, _| async move {
        let sizes = bench.sizes().await?;
        object_of(&json!({"columns": sizes.columns_bytes, "records": sizes.records_bytes}))
    });
    method("save").calls(|bench, _, _| async move { bench.save().await });
    method("reopen").calls(|bench, _, _| async move { bench.reopen().await });
    method("reopenFull").calls(|bench, _, _| async move { bench.reopen_full().await });
    method("reset").calls(|bench, _, _| async move { bench.forget().await });
    method("record").calls(|bench, row, _| async move { bench.record(read(row)?).await });
    let shown = object.clone();
    method("finish").calls(move |bench, _, _| {
        let shown = shown.clone();
        async move {
            let sizes = bench.settled().await?;
            set(&shown, "resident", &((sizes.columns_bytes + sizes.records_bytes) as f64).into());
            Ok(JsValue::UNDEFINED)
        }
    });
    object
}

impl Bench {
    async fn start(&self) -> Told<JsValue> {
        let say = |detail: String| web_sys::console::error_1(&detail.into());
        let client = WorkerClient::start(&self.host, |_| (), say).await?;
        *self.client.borrow_mut() = Some(client);
        match self.ask(RequestBody::Open(Source::Files), &[]).await? {
            Answer::Done => Ok(JsValue::UNDEFINED),
            other => Err(unexpected(&other)),
        }
    }
    /// The pages' buffers move to the worker, and it has read them when this is over.
    async fn ingest(&self, pages: JsValue) -> Told<JsValue> {
        let pages = pages.dyn_into::<Array>().map_err(|_| "no list of pages".to_owned())?;
        let pages: Vec<Uint8Array> = pages.iter().map(JsCast::unchecked_into).collect();
        let import = RequestBody::Import { key: self.key.clone(), is_continued: self.has_begun.replace(true) };
        match self.ask(import, &pages).await? {
            Answer::Imported(status) if is_whole(&status) => Ok(JsValue::UNDEFINED),
            other => Err(unexpected(&other)),
        }
    }

    async fn filter_eq(&self, asked: Asked) -> Told<JsValue> {
        self.found(is("userPrincipalName", Operator::Eq, Value::Text(asked.user))).await
    }
    async fn filter_compound(&self, asked: Asked) -> Told<JsValue> {
        let all = vec![
            is("appDisplayName", Operator::Eq, Value::Text(asked.app)),
            is("errorCode", Operator::Ne, Value::Integer(0)),
            is("createdDateTime", Operator::Ge, Value::Instant(asked.from as i64)),
            is("createdDateTime", Operator::Lt, Value::Instant(asked.to as i64)),
        ];
        self.found(Filter::And(all)).await
    }
    async fn search(&self, asked: Asked, columns: Vec<String>) -> Told<JsValue> {
        let any = columns.iter().map(|column| is(column, Operator::Contains, Value::Text(asked.needle.clone())));
        self.found(Filter::Or(any.collect())).await
    }
    async fn found(&self, filter: Filter) -> Told<JsValue> {
        let window = self.window(filter, None, 0).await?;
        object_of(&json!({"n": window.total, "rows": screen(&window)}))
    }
    /// Three screens: the first, from the middle on, and the last.
    async fn sort(&self, column: &str, is_descending: bool) -> Told<JsValue> {
        let sort = Sort { column: ours(column).to_owned(), is_descending };
        let first = self.window(Filter::All, Some(sort.clone()), 0).await?;
        let (middle, last) = try_join(
            self.window(Filter::All, Some(sort.clone()), first.total / 2),
            self.window(Filter::All, Some(sort), first.total.saturating_sub(SCREEN)),
        )
        .await?;
        let screens = [&first, &middle, &last].map(screen);
        let keys = [screens[0].first(), screens[1].first(), screens[2].last()].map(|row| row.map(|row| &row[column]));
        object_of(&json!({"keys": keys, "windows": screens}))
    }
    async fn window(&self, filter: Filter, sort: Option<Sort>, first: u32) -> Told<Window> {
        let query = WindowQuery {
            key: self.key.clone(),
            filter,
            sort: sort.into_iter().collect(),
            columns: COLUMNS.iter().map(|(_, ours)| (*ours).to_owned()).collect(),
            first,
            count: SCREEN,
        };
        match self.ask(RequestBody::Window(query), &[]).await? {
            Answer::Window(window) => Ok(window),
            other => Err(unexpected(&other)),
        }
    }

    async fn facets(&self, columns: Vec<String>) -> Told<JsValue> {
        let facet = |column: &String| FacetQuery { column: ours(column).to_owned(), search: None, limit: 100_000 };
        let query =
            FacetsQuery { key: self.key.clone(), filter: Filter::All, columns: columns.iter().map(facet).collect() };
        let Answer::Facets(facets) = self.ask(RequestBody::Facets(query), &[]).await? else {
            return Err(unexpected(&"no facets"));
        };
        let counts = facets.columns.into_iter().map(|counts| {
            let values = counts.values.into_iter().map(|(value, rows)| json!([json_of(&value), rows]));
            // What is missing is a value like others to the bench.
            let missing = (counts.missing > 0).then(|| json!([null, counts.missing]));
            Json::Array(values.chain(missing).collect())
        });
        object_of(&Json::Object(columns.into_iter().zip(counts).collect()))
    }
    async fn histogram(&self, asked: Asked) -> Told<JsValue> {
        let query = HistogramQuery {
            key: self.key.clone(),
            filter: Filter::All,
            from: asked.t0 as i64,
            to: asked.t1 as i64,
            buckets: Buckets::Equal(asked.buckets),
            stack: None,
            stack_limit: 0,
        };
        match self.ask(RequestBody::Histogram(query), &[]).await? {
            Answer::Histogram(histogram) => object_of(&json!(histogram.counts)),
            other => Err(unexpected(&other)),
        }
    }
    async fn distinct(&self) -> Told<JsValue> {
        let query = DistinctQuery { key: self.key.clone(), filter: Filter::All, column: "userId".to_owned() };
        match self.ask(RequestBody::Distinct(query), &[]).await? {
            Answer::Distinct(distinct) => Ok(distinct.distinct.into()),
            other => Err(unexpected(&other)),
        }
    }
    /// What everything takes once all records are compressed: only then is all work done.
    async fn settled(&self) -> Told<Sizes> {
        loop {
            let sizes = self.sizes().await?;
            if sizes.waiting_bytes == 0 {
                return Ok(sizes);
            }
            BrowserClock.sleep(Duration::from_millis(1)).await;
        }
    }
    async fn sizes(&self) -> Told<Sizes> {
        match self.ask(RequestBody::Sizes { report: self.key.report }, &[]).await? {
            Answer::Sizes(sizes) => Ok(sizes),
            other => Err(unexpected(&other)),
        }
    }
    /// Rows have the numbers of the order in which they came.
    async fn record(&self, row: u32) -> Told<JsValue> {
        match self.ask(RequestBody::Record { report: self.key.report, row: RowId(row) }, &[]).await? {
            Answer::Record(record) => Ok(Uint8Array::from(&record.bytes[..]).into()),
            other => Err(unexpected(&other)),
        }
    }

    async fn save(&self) -> Told<JsValue> {
        match self.ask(RequestBody::Save, &[]).await? {
            Answer::Saved { bytes } => Ok((bytes as f64).into()),
            other => Err(unexpected(&other)),
        }
    }
    async fn reopen(&self) -> Told<JsValue> {
        match self.ask(RequestBody::Reopen, &[]).await? {
            Answer::Reopened { failed, .. } if failed.is_empty() => Ok(JsValue::UNDEFINED),
            other => Err(unexpected(&other)),
        }
    }
    async fn reopen_full(&self) -> Told<JsValue> {
        match self.ask(RequestBody::ReopenFull, &[]).await? {
            Answer::Done => Ok(JsValue::UNDEFINED),
            other => Err(unexpected(&other)),
        }
    }

    /// Makes every question one that nobody has asked before.
    async fn forget(&self) -> Told<JsValue> {
        match self.ask(RequestBody::Forget, &[]).await? {
            Answer::Done => Ok(JsValue::UNDEFINED),
            other => Err(unexpected(&other)),
        }
    }

    async fn ask(&self, body: RequestBody, attachments: &[Uint8Array]) -> Told<Answer> {
        let client = self.client.borrow().clone().ok_or("init() comes first")?;
        client.ask_with(&self.dataset, body, attachments).await.map_err(|error| error.to_string())
    }
}

fn has_every_column(report: &ReportDefinition) -> bool {
    COLUMNS.iter().all(|(_, ours)| report.column(ours).is_some())
}

/// Our id of one of the bench's columns.
fn ours(column: &str) -> &str {
    COLUMNS.iter().find(|(theirs, _)| *theirs == column).map_or(column, |(_, ours)| ours)
}

fn is(column: &str, operator: Operator, value: Value) -> Filter {
    Filter::Is(Condition { column: ours(column).to_owned(), operator, value })
}

fn is_whole(status: &LoadStatus) -> bool {
    status.phase == Phase::Complete && status.warnings.is_empty() && status.duplicates == 0
}

fn unexpected(answer: &impl std::fmt::Debug) -> String {
    format!("unexpected answer: {answer:?}")
}

fn screen(window: &Window) -> Vec<Json> {
    let names = || COLUMNS.iter().map(|(theirs, _)| (*theirs).to_owned());
    let row = |cells: &[Cell]| Json::Object(names().zip(cells.iter().map(json_of)).collect::<Map<_, _>>());
    window.rows.iter().map(|found| row(&found.cells)).collect()
}

/// A cell as the bench's plain objects have it: times in milliseconds, the first of several values.
fn json_of(cell: &Cell) -> Json {
    match cell {
        Cell::Absent | Cell::Null => Json::Null,
        Cell::Text(text) => json!(text),
        Cell::Integer(number) | Cell::Instant(number) => json!(number),
        Cell::Number(number) => json!(number),
        Cell::Flag(flag) => json!(flag),
        Cell::List(cells) => cells.first().map_or(Json::Null, json_of),
    }
}

/// As one text: it crosses from WebAssembly at once, where a thousand properties would cross one by one.
fn object_of(json: &Json) -> Told<JsValue> {
    JSON::parse(&json.to_string()).map_err(|error| format!("{error:?}"))
}

fn read<T: DeserializeOwned>(value: JsValue) -> Told<T> {
    serde_wasm_bindgen::from_value(value).map_err(|error| error.to_string())
}

fn set(object: &Object, name: &str, value: &JsValue) {
    Reflect::set(object, &name.into(), value).expect("a plain object takes any property");
}

/// A method of the object, in the making.
struct Method<'o> {
    object: &'o Object,
    bench: &'o Rc<Bench>,
    name: &'static str,
}

impl Method<'_> {
    fn calls<F>(self, call: impl Fn(Rc<Bench>, JsValue, JsValue) -> F + 'static)
    where
        F: Future<Output = Told<JsValue>> + 'static,
    {
        let bench = self.bench.clone();
        let method = Closure::<dyn Fn(JsValue, JsValue) -> Promise>::new(move |one, other| {
            let told = call(bench.clone(), one, other);
            future_to_promise(async move { told.await.map_err(|error| JsError::new(&error).into()) })
        });
        // From here on the object owns it.
        set(self.object, self.name, &method.into_js_value());
    }
}
