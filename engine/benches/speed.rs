//! How fast the engine takes pages in and answers, asked through its messages, so that the figures of two commits compare.
#![allow(missing_docs, reason = "criterion's macros make functions without")]

#[path = "support/pages.rs"]
mod pages;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use engine::{
    cache::{NoStorage, NoVault},
    engine::{BridgedTokens, Engine, NoTokens, Sink},
    fetch::{NoTransport, Unlimited},
    filter::{Condition, Filter, Operator, Value},
    limits::{NEEDLES_KEPT, RANKS_KEPT, RECORD_BLOCK_BYTES, RESULTS_KEPT},
    ports::{Attachment, Clock, Millis, PackDone, Packer, Ports, Random},
    protocol::{
        self, Answer, Buckets, DatasetId, DistinctQuery, FacetQuery, FacetsQuery, FromWorker, HistogramQuery, LoadKey,
        Phase, Request, RequestBody, RowId, Sort, Source, Window, WindowQuery,
    },
    records::{InPlace, pack},
    reports,
};
use futures_executor::LocalPool;
use futures_util::{
    future::{FutureExt, LocalBoxFuture, pending},
    task::LocalSpawnExt,
};

/// Columns of few values, which cost little to ask about and are not measured.
const OTHERS: [&str; 6] = [
    "conditionalAccessStatus",
    "riskState",
    "riskLevelAggregated",
    "clientAppUsed",
    "userType",
    "authenticationRequirement",
];
/// Pages that are read, and asked about.
const PAGES: usize = 20;
pub const NOW: Millis = 1_795_600_000_000;
const DAYS: Millis = 30;

criterion_group!(speed, measure);
criterion_main!(speed);

fn measure(criterion: &mut Criterion) {
    let pages = pages::pages(PAGES);
    let mut group = criterion.benchmark_group("ingest");
    group.sample_size(10).measurement_time(Duration::from_secs(5));
    group.throughput(Throughput::Bytes(pages.iter().map(Vec::len).sum::<usize>() as u64));
    group.bench_function("pages", |bencher| {
        bencher.iter_batched(
            || pages.clone(),
            |pages| Store::new(Rc::new(Elsewhere)).import(pages),
            BatchSize::PerIteration,
        );
    });
    let block: Vec<u8> = pages.iter().flatten().copied().take(RECORD_BLOCK_BYTES).collect();
    group.throughput(Throughput::Bytes(block.len() as u64));
    group.bench_function("packing", |bencher| bencher.iter(|| pack(&block)));
    group.finish();

    let store = Store::new(Rc::new(InPlace));
    store.import(pages);
    let row = store.window(Filter::All, None, 1).rows.remove(0).cells;
    let [protocol::Cell::Text(user), protocol::Cell::Text(app), _] = &row[..] else {
        panic!("the newest sign-in has no names: {row:?}")
    };
    let eq = |column: &str, text: &str| is(column, Operator::Eq, Value::Text(text.to_owned()));
    let compound = Filter::And(vec![
        eq("appDisplayName", app),
        is("status/errorCode", Operator::Ne, Value::Integer(0)),
        is("createdDateTime", Operator::Ge, Value::Instant(NOW - 20 * 86_400_000)),
        is("createdDateTime", Operator::Lt, Value::Instant(NOW - 86_400_000)),
    ]);
    let searched = [
        "userDisplayName",
        "userPrincipalName",
        "appDisplayName",
        "ipAddress",
        "location/city",
        "status/failureReason",
    ];
    let contains = |column: &&str| is(column, Operator::Contains, Value::Text("smith".to_owned()));
    let search = Filter::Or(searched.iter().map(contains).collect());
    let counted = [
        "appDisplayName",
        "clientAppUsed",
        "conditionalAccessStatus",
        "status/errorCode",
        "location/countryOrRegion",
        "deviceDetail/operatingSystem",
    ];

    let mut group = criterion.benchmark_group("query");
    group.sample_size(20).measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(500));
    let rows = store.window(Filter::All, None, 0).total;
    group.throughput(Throughput::Elements(rows.into()));
    let mut windows = |name: &str, filter: Filter, sort: Option<(&str, bool)>| {
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || store.forget(sort.is_some()),
                |()| store.window(filter.clone(), sort, 50),
                BatchSize::PerIteration,
            );
        });
    };
    windows("filter, equal", eq("userPrincipalName", user), None);
    windows("filter, compound", compound, None);
    windows("search, six columns", search, None);
    windows("search, every column", Filter::Text("smith".to_owned()), None);
    windows("sort, time", Filter::All, Some(("createdDateTime", false)));
    windows("sort, text", Filter::All, Some(("userPrincipalName", false)));
    let facets = counted.map(|column| FacetQuery { column: column.to_owned(), search: None, limit: 1_000 });
    let questions = [
        (
            "facets, six columns",
            RequestBody::Facets(FacetsQuery { key: key(), filter: Filter::All, columns: facets.to_vec() }),
        ),
        (
            "histogram",
            RequestBody::Histogram(HistogramQuery {
                key: key(),
                filter: Filter::All,
                from: NOW - DAYS * 86_400_000,
                to: NOW,
                buckets: Buckets::Equal(100),
                stack: None,
                stack_limit: 0,
            }),
        ),
        (
            "distinct",
            RequestBody::Distinct(DistinctQuery { key: key(), filter: Filter::All, column: "userId".to_owned() }),
        ),
    ];
    for (name, question) in questions {
        group.bench_function(name, |bencher| bencher.iter(|| store.ask(question.clone())));
    }
    group.throughput(Throughput::Elements(1));
    let mut row = 0;
    group.bench_function("record", |bencher| {
        bencher.iter(|| {
            // Rows far apart, so that each comes out of another block.
            row = (row + 7_919) % rows;
            store.ask(RequestBody::Record { report: key().report, row: RowId(row) })
        });
    });
    group.finish();
}

fn key() -> LoadKey {
    let report = reports::report("signIns").expect("the report is defined");
    LoadKey { report: report.id, fetch: report.fetches[0].id.to_owned() }
}

fn is(column: &str, operator: Operator, value: Value) -> Filter {
    Filter::Is(Condition { column: column.to_owned(), operator, value })
}

/// An engine with a dataset of files.
struct Store {
    engine: Engine,
    pool: RefCell<LocalPool>,
    sent: Rc<RefCell<Vec<FromWorker>>>,
    last_id: Cell<u32>,
}

impl Store {
    fn new(packer: Rc<dyn Packer>) -> Self {
        let pool = LocalPool::new();
        let (spawner, sent) = (pool.spawner(), Rc::<RefCell<Vec<FromWorker>>>::default());
        let sink: Sink = {
            let sent = sent.clone();
            Rc::new(move |message| sent.borrow_mut().push(message))
        };
        let spawn = Rc::new(move |future| spawner.spawn_local(future).expect("the pool outlives the engine"));
        let ports = Ports {
            transport: Rc::new(NoTransport),
            tokens: Rc::new(NoTokens),
            clock: Rc::new(Still),
            budget: Rc::new(Unlimited),
            random: Rc::new(Still),
            packer,
            storage: Rc::new(NoStorage),
            vault: Rc::new(NoVault),
        };
        let engine = Engine::new(sink.clone(), spawn, BridgedTokens::new(sink), move |_, _| Some(ports.clone()));
        let store = Self { engine, pool: RefCell::new(pool), sent, last_id: Cell::default() };
        assert_eq!(store.ask(RequestBody::Open(Source::Files)), Answer::Done);
        store
    }

    fn import(&self, pages: Vec<Vec<u8>>) {
        let files = pages.into_iter().map(|page| Box::new(move || page) as Attachment).collect();
        let answer = self.ask_with(RequestBody::Import { key: key(), is_continued: false }, files);
        assert!(matches!(&answer, Answer::Imported(status) if status.phase == Phase::Complete), "{answer:?}");
    }
    fn window(&self, filter: Filter, sort: Option<(&str, bool)>, count: u32) -> Window {
        let sort = sort.map(|(column, is_descending)| Sort { column: column.to_owned(), is_descending });
        let columns = ["userPrincipalName", "appDisplayName", "createdDateTime"].map(str::to_owned).to_vec();
        let query = WindowQuery { key: key(), filter, sort: sort.into_iter().collect(), columns, first: 0, count };
        match self.ask(RequestBody::Window(query)) {
            Answer::Window(window) => window,
            other => panic!("a window is answered by a window, not {other:?}"),
        }
    }
    /// Makes the engine forget what it remembers of the latest questions, by asking as many others: what filters came to and
    /// where texts were found; after questions that sort, also orders of rows and of values.
    fn forget(&self, with_orders: bool) {
        assert!(OTHERS.len() >= RESULTS_KEPT.max(NEEDLES_KEPT).max(RANKS_KEPT));
        for (number, other) in OTHERS.iter().enumerate() {
            let text = is(other, Operator::Contains, Value::Text(format!("forget {number}")));
            self.window(text, None, 0);
            if with_orders {
                self.window(Filter::All, Some((other, true)), 0);
            }
        }
    }
    fn ask(&self, body: RequestBody) -> Answer {
        self.ask_with(body, Vec::new())
    }
    fn ask_with(&self, body: RequestBody, files: Vec<Attachment>) -> Answer {
        self.last_id.set(self.last_id.get() + 1);
        self.engine
            .handle_with(Request { id: self.last_id.get(), dataset: DatasetId("bench".to_owned()), body }, files);
        self.pool.borrow_mut().run_until_stalled();
        let mut answers =
            self.sent.borrow_mut().drain(..).collect::<Vec<_>>().into_iter().filter_map(|message| match message {
                FromWorker::Response(response) => Some(response.result),
                FromWorker::Event(_) => None,
            });
        answers.next().expect("the engine answers").expect("the question makes sense")
    }
}

/// What packing costs another thread does not count here; the records are lost.
struct Elsewhere;

impl Packer for Elsewhere {
    fn pack(&self, _block: &[u8], done: PackDone) {
        done(Vec::new());
    }
}

/// Time that stands still, so that reading takes no turns.
struct Still;

impl Clock for Still {
    fn now(&self) -> Millis {
        NOW
    }
    fn sleep(&self, _duration: Duration) -> LocalBoxFuture<'_, ()> {
        pending().boxed_local()
    }
}

impl Random for Still {
    fn next_u64(&self) -> u64 {
        7
    }
}
