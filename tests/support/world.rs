//! An engine with everything around it made up: time that jumps, seeded randomness, a scripted Graph, a sink that remembers.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use engine::{
    cache::{MemoryStorage, MemoryVault},
    clouds::CLOUDS,
    engine::{BridgedTokens, Engine, NoTokens},
    fetch::{OwnBooks, SlidingBudget, Unlimited},
    ports::{
        AccessToken, Attachment, AuthError, Clock, HttpRequest, HttpResponse, Millis, PackDone, Packer, Ports, Random,
        TokenNeed, Transport, TransportError,
    },
    protocol::{
        Answer, DatasetId, EventBody, FromWorker, LoadKey, LoadStatus, QueryError, Record, Request, RequestBody, RowId,
        Scope, Source, Window, WindowQuery,
    },
    records::{InPlace, pack},
};
use futures_executor::{LocalPool, LocalSpawner};
use futures_util::{
    future::{FutureExt, LocalBoxFuture},
    task::LocalSpawnExt,
};

/// Time that jumps to the next sleeper when nothing else is left to do.
#[derive(Default)]
pub struct VirtualClock {
    now: Cell<Millis>,
    /// How much of what it shows timers know nothing of.
    unnoticed: Cell<Millis>,
    /// How long it takes until somebody looks at the clock again.
    pub pace: Cell<Millis>,
    sleepers: RefCell<BTreeMap<(Millis, u64), Waker>>,
    last_id: Cell<u64>,
}

impl VirtualClock {
    /// A clock that shows this instant.
    pub fn at(now: Millis) -> Rc<Self> {
        Rc::new(Self { now: Cell::new(now), ..Self::default() })
    }
    /// Lets everything happen that happens within this time.
    pub fn run_for(&self, pool: &mut LocalPool, duration: Duration) {
        let end = self.now() + duration.as_millis() as Millis;
        loop {
            pool.run_until_stalled();
            let next = self.sleepers.borrow().keys().next().copied();
            match next {
                Some((at, _)) if at + self.unnoticed.get() <= end => self.jump(),
                _ => break,
            };
        }
        self.now.set(end);
    }
    /// The clock is set, or the machine sleeps: timers stand still meanwhile, and have left what they had left.
    pub fn turn(&self, by: Millis) {
        self.now.set(self.now.get() + by);
        self.unnoticed.set(self.unnoticed.get() + by);
    }
    /// The machine sleeps, and its timers go off when it wakes, late.
    pub fn oversleep(&self, by: Millis) {
        self.now.set(self.now.get() + by);
    }
    /// Wakes the next sleeper; false when nobody sleeps.
    fn jump(&self) -> bool {
        let Some(((at, _), waker)) = self.sleepers.borrow_mut().pop_first() else { return false };
        self.now.set(self.now.get().max(at + self.unnoticed.get()));
        waker.wake();
        true
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Millis {
        self.now.set(self.now.get() + self.pace.get());
        self.now.get()
    }
    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'_, ()> {
        self.last_id.set(self.last_id.get() + 1);
        let key = (self.now() + duration.as_millis() as Millis - self.unnoticed.get(), self.last_id.get());
        Sleep { clock: self, key, is_asleep: false }.boxed_local()
    }
}

struct Sleep<'c> {
    clock: &'c VirtualClock,
    key: (Millis, u64),
    /// Even the shortest sleep lets others have their turn.
    is_asleep: bool,
}

impl Future for Sleep<'_> {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<()> {
        if self.clock.now() - self.clock.unnoticed.get() >= self.key.0 && std::mem::replace(&mut self.is_asleep, true) {
            return Poll::Ready(());
        }
        self.clock.sleepers.borrow_mut().insert(self.key, ctx.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep<'_> {
    fn drop(&mut self) {
        self.clock.sleepers.borrow_mut().remove(&self.key);
    }
}

/// A small generator that gives the same numbers each time.
pub struct Seeded(Cell<u64>);

impl Seeded {
    /// Begins at this seed.
    pub fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }
}

impl Random for Seeded {
    fn next_u64(&self) -> u64 {
        self.0.set(self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
        let mut word = self.0.get();
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }
}

/// An answer and how long it takes.
pub type Reply = (Duration, Result<HttpResponse, TransportError>);

/// Answers a request that arrives at an instant.
type Script = dyn FnMut(&HttpRequest, Millis) -> Reply;

/// A Graph that a test writes.
pub struct Scripted {
    clock: Rc<VirtualClock>,
    answer: RefCell<Box<Script>>,
    /// The longest that a request is on its way; how long each is, the randomness says.
    pub travel: Cell<Millis>,
    random: Seeded,
    /// When each request arrived, and the request.
    pub requests: RefCell<Vec<(Millis, HttpRequest)>>,
    /// Requests that were dropped before they were answered.
    pub dropped: Rc<Cell<u32>>,
}

struct CountDrop {
    dropped: Rc<Cell<u32>>,
    is_answered: Cell<bool>,
}

impl Drop for CountDrop {
    fn drop(&mut self) {
        if !self.is_answered.get() {
            self.dropped.set(self.dropped.get() + 1);
        }
    }
}

impl Transport for Scripted {
    fn send(&self, request: HttpRequest) -> LocalBoxFuture<'_, Result<HttpResponse, TransportError>> {
        let count = CountDrop { dropped: self.dropped.clone(), is_answered: Cell::new(false) };
        async move {
            if self.travel.get() > 0 {
                let travel = self.random.next_u64() % (self.travel.get() as u64 + 1);
                self.clock.sleep(Duration::from_millis(travel)).await;
            }
            let (delay, result) = (self.answer.borrow_mut())(&request, self.clock.now());
            self.requests.borrow_mut().push((self.clock.now(), request));
            self.clock.sleep(delay).await;
            count.is_answered.set(true);
            result
        }
        .boxed_local()
    }
}

/// How a packer does its work.
#[derive(Clone, Copy)]
pub enum Packing {
    /// It leaves it to the engine.
    InPlace,
    /// Each block takes so long, one after the other.
    Slowly(Duration),
    /// It takes blocks and never gives one back.
    Never,
    /// It takes blocks until there are so many, and then dies.
    DiesAt(usize),
}

/// A packer that a test writes.
pub struct ScriptedPacker {
    clock: Rc<VirtualClock>,
    spawner: LocalSpawner,
    /// How it works.
    pub packing: Cell<Packing>,
    /// When it is done with what it has.
    busy_until: Cell<Millis>,
    kept: RefCell<Vec<PackDone>>,
    /// Bytes that it was given and has not given back, and the most that these ever were.
    pub waiting: Rc<Cell<(usize, usize)>>,
}

impl Packer for ScriptedPacker {
    fn pack(&self, block: &[u8], done: PackDone) {
        let (waiting, most) = self.waiting.get();
        let now = waiting + block.len();
        self.waiting.set((now, most.max(now)));
        match self.packing.get() {
            Packing::InPlace => {
                self.waiting.set((waiting, most));
                InPlace.pack(block, done);
            }
            Packing::Slowly(pause) => {
                let until = self.busy_until.get().max(self.clock.now()) + pause.as_millis() as Millis;
                self.busy_until.set(until);
                let (clock, waiting, block) = (self.clock.clone(), self.waiting.clone(), block.to_vec());
                let work = async move {
                    clock.sleep(Duration::from_millis((until - clock.now()) as u64)).await;
                    done(pack(&block));
                    waiting.update(|(now, most)| (now - block.len(), most));
                };
                self.spawner.spawn_local(work).expect("the pool outlives the packer");
            }
            Packing::Never => self.kept.borrow_mut().push(done),
            Packing::DiesAt(blocks) => {
                self.kept.borrow_mut().push(done);
                if self.kept.borrow().len() == blocks {
                    self.packing.set(Packing::InPlace);
                    self.kept.take();
                }
            }
        }
    }
}

/// How the UI thread would answer a need for a token.
pub type Tokens = Rc<dyn Fn(&TokenNeed) -> Result<AccessToken, AuthError>>;

/// The engine and its surroundings.
pub struct World {
    engine: Rc<Engine>,
    pool: Rc<RefCell<LocalPool>>,
    /// What was spent of the limit on requests.
    books: OwnBooks,
    /// Tabs that share the limit on requests, this one included.
    tabs: Rc<Cell<u64>>,
    /// Time.
    pub clock: Rc<VirtualClock>,
    /// Graph.
    pub graph: Rc<Scripted>,
    /// Everything the engine sent, oldest first, without needs for tokens.
    pub sent: Rc<RefCell<Vec<FromWorker>>>,
    /// Needs for tokens, answered at once.
    pub needs: Rc<RefCell<Vec<TokenNeed>>>,
    /// Compresses records; in place, unless told otherwise.
    pub packer: Rc<ScriptedPacker>,
    /// Files.
    pub storage: MemoryStorage,
    /// The keys of its files.
    pub vault: MemoryVault,
    last_id: Cell<u32>,
}

/// When a world begins: 2026-11-25T09:46:40Z.
pub const NOW: Millis = 1_795_600_000_000;

/// The dataset that a world opens.
pub fn dataset() -> DatasetId {
    DatasetId("contoso".to_owned())
}

impl World {
    /// An engine with an open dataset, in front of this Graph.
    pub fn new(answer: impl FnMut(&HttpRequest, Millis) -> Reply + 'static, tokens: Tokens) -> Self {
        let clock = VirtualClock::at(NOW);
        let graph = Rc::new(Scripted {
            clock: clock.clone(),
            answer: RefCell::new(Box::new(answer)),
            travel: Cell::default(),
            random: Seeded::new(5),
            requests: RefCell::default(),
            dropped: Rc::default(),
        });
        Self::around(clock, graph, Rc::default(), OwnBooks::default(), Rc::default(), tokens)
    }
    /// Another tab: an engine of its own, in front of the same Graph, that shares the limit on requests.
    pub fn another_tab(&self, tokens: Tokens) -> Self {
        let (pool, books, tabs) = (self.pool.clone(), self.books.clone(), self.tabs.clone());
        Self::around(self.clock.clone(), self.graph.clone(), pool, books, tabs, tokens)
    }
    /// This tab crashes in the middle of whatever it does, and another one finds its files and keys.
    pub fn crash(self, tokens: Tokens) -> Self {
        let Self { clock, graph, books, tabs, storage, vault, engine, pool, .. } = self;
        // What was under way is never gone on with, and nothing is put in order at the end.
        std::mem::forget((engine, pool));
        storage.abandon();
        Self::with_files(clock, graph, Rc::default(), books, tabs, tokens, storage, vault)
    }
    fn around(
        clock: Rc<VirtualClock>,
        graph: Rc<Scripted>,
        pool: Rc<RefCell<LocalPool>>,
        books: OwnBooks,
        tabs: Rc<Cell<u64>>,
        tokens: Tokens,
    ) -> Self {
        let vault = MemoryVault::new(clock.clone(), Rc::new(Seeded::new(8)));
        Self::with_files(clock, graph, pool, books, tabs, tokens, MemoryStorage::default(), vault)
    }
    #[allow(clippy::too_many_arguments, reason = "a world is made of so many things")]
    fn with_files(
        clock: Rc<VirtualClock>,
        graph: Rc<Scripted>,
        pool: Rc<RefCell<LocalPool>>,
        books: OwnBooks,
        tabs: Rc<Cell<u64>>,
        tokens: Tokens,
        storage: MemoryStorage,
        vault: MemoryVault,
    ) -> Self {
        let member = tabs.replace(tabs.get() + 1);
        let spawner = pool.borrow().spawner();
        let packer = Rc::new(ScriptedPacker {
            clock: clock.clone(),
            spawner: spawner.clone(),
            packing: Cell::new(Packing::InPlace),
            busy_until: Cell::default(),
            kept: RefCell::default(),
            waiting: Rc::default(),
        });
        let (sent, needs) = (Rc::<RefCell<Vec<FromWorker>>>::default(), Rc::<RefCell<Vec<TokenNeed>>>::default());
        let handle: Rc<RefCell<Option<Rc<Engine>>>> = Rc::default();
        let sink = sink(sent.clone(), needs.clone(), tokens, handle.clone(), spawner.clone());
        let bridge = BridgedTokens::new(sink.clone());
        let spawn = Rc::new(move |future| spawner.spawn_local(future).expect("the pool outlives the engine"));
        let ports_for = {
            let (clock, graph, bridge, packer) = (clock.clone(), graph.clone(), bridge.clone(), packer.clone());
            let (storage, vault, books) = (Rc::new(storage.clone()), Rc::new(vault.clone()), books.clone());
            move |dataset: &DatasetId, _: &Source| {
                Some(Ports {
                    transport: graph.clone(),
                    tokens: bridge.for_dataset(dataset.clone()),
                    clock: clock.clone(),
                    budget: Rc::new(SlidingBudget::with_books(clock.clone(), books.clone(), member)),
                    random: Rc::new(Seeded::new(7)),
                    packer: packer.clone(),
                    storage: storage.clone(),
                    vault: vault.clone(),
                })
            }
        };
        let engine = Rc::new(Engine::new(sink, spawn, bridge, ports_for));
        *handle.borrow_mut() = Some(engine.clone());
        let world = Self {
            engine,
            pool,
            books,
            tabs,
            clock,
            graph,
            sent,
            needs,
            packer,
            storage,
            vault,
            last_id: Cell::new(0),
        };
        let source = Source::Graph { cloud: &CLOUDS[0], app: "gatebook".to_owned(), tenant: "contoso".to_owned() };
        assert_eq!(world.ask(RequestBody::Open(source)), Ok(Answer::Done));
        world
    }
    /// The outside world for a load of its own, without limit and without tokens.
    pub fn ports(&self) -> Ports {
        Ports {
            transport: self.graph.clone(),
            tokens: Rc::new(NoTokens),
            clock: self.clock.clone(),
            budget: Rc::new(Unlimited),
            random: Rc::new(Seeded::new(7)),
            packer: self.packer.clone(),
            storage: Rc::new(self.storage.clone()),
            vault: Rc::new(self.vault.clone()),
        }
    }
    /// Asks the engine, which answers at once.
    pub fn ask(&self, body: RequestBody) -> Result<Answer, QueryError> {
        let id = self.post(body, Vec::new());
        self.answer(id).expect("the engine answers nearly every request at once")
    }
    /// Asks the engine, with attachments; the number is the question's.
    pub fn post(&self, body: RequestBody, attachments: Vec<Attachment>) -> u32 {
        let id = self.last_id.get() + 1;
        self.last_id.set(id);
        self.engine.handle_with(Request { id, dataset: dataset(), body }, attachments);
        id
    }
    /// The answer to a question, if it has come.
    pub fn answer(&self, id: u32) -> Option<Result<Answer, QueryError>> {
        self.sent.borrow().iter().rev().find_map(|message| match message {
            FromWorker::Response(response) if response.id == id => Some(response.result.clone()),
            _ => None,
        })
    }
    /// Starts or continues a load.
    pub fn load(&self, key: &LoadKey, scope: Scope) {
        assert_eq!(self.ask(RequestBody::Load { key: key.clone(), scope }), Ok(Answer::Done));
    }
    /// Lets something else happen beside the engine.
    pub fn spawn(&self, work: impl Future<Output = ()> + 'static) {
        self.pool.borrow().spawner().spawn_local(work).expect("the pool outlives the engine");
    }
    /// Lets everything happen that happens within this time.
    pub fn run_for(&self, duration: Duration) {
        self.clock.run_for(&mut self.pool.borrow_mut(), duration);
    }
    /// Lets everything happen that will ever happen.
    pub fn run(&self) {
        self.pool.borrow_mut().run_until_stalled();
        while self.clock.jump() {
            self.pool.borrow_mut().run_until_stalled();
        }
    }
    /// Lets the next so many things happen.
    pub fn run_some(&self, count: usize) {
        self.pool.borrow_mut().run_until_stalled();
        for _ in 0..count {
            if self.clock.jump() {
                self.pool.borrow_mut().run_until_stalled();
            }
        }
    }
    /// Every state of a load that was told, oldest first.
    pub fn told(&self, key: &LoadKey) -> Vec<LoadStatus> {
        let sent = self.sent.borrow();
        let told = sent.iter().filter_map(|message| match message {
            FromWorker::Event(event) => match &event.body {
                EventBody::Load(status) if status.key == *key => Some(status.clone()),
                _ => None,
            },
            FromWorker::Response(_) => None,
        });
        told.collect()
    }
    /// The last state of a load that was told.
    pub fn status(&self, key: &LoadKey) -> LoadStatus {
        self.told(key).pop().expect("a load tells its state when it starts")
    }
    /// A window of rows.
    pub fn window(&self, query: WindowQuery) -> Result<Window, QueryError> {
        match self.ask(RequestBody::Window(query))? {
            Answer::Window(window) => Ok(window),
            other => panic!("a window is answered by a window, not {other:?}"),
        }
    }
    /// One record.
    pub fn record(&self, key: &LoadKey, row: RowId) -> Result<Record, QueryError> {
        match self.ask(RequestBody::Record { report: key.report, row })? {
            Answer::Record(record) => Ok(*record),
            other => panic!("a record is answered by a record, not {other:?}"),
        }
    }
}

/// Remembers what is sent, and answers needs for tokens as the UI thread would, a moment later.
fn sink(
    sent: Rc<RefCell<Vec<FromWorker>>>,
    needs: Rc<RefCell<Vec<TokenNeed>>>,
    tokens: Tokens,
    engine: Rc<RefCell<Option<Rc<Engine>>>>,
    spawner: LocalSpawner,
) -> engine::engine::Sink {
    Rc::new(move |message| {
        let FromWorker::Event(event) = &message else { return sent.borrow_mut().push(message) };
        let EventBody::TokenNeeded { need, token } = &event.body else { return sent.borrow_mut().push(message) };
        needs.borrow_mut().push(token.clone());
        let body = RequestBody::Token { need: *need, result: tokens(token) };
        let request = Request { id: 0, dataset: event.dataset.clone(), body };
        let engine = engine.borrow().clone().expect("tokens are needed only after the engine was made");
        spawner.spawn_local(async move { engine.handle(request) }).expect("the pool outlives the engine");
    })
}
