//! One dataset: its tables, its loads, and the results of its latest queries.

mod import;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures_util::{
    future::{AbortHandle, FutureExt, LocalBoxFuture, abortable},
    lock::Mutex,
};

pub(super) use import::Later;

use super::{
    Sink, Spawn,
    desk::{Desk, Question, Respond},
    keeping::{Found, Keeper, MemoryLimits, Shelves, Tell},
    reporter::Reporter,
};
use crate::{
    clouds::Cloud,
    fetch::{Load, Milestone, Run, Shelf},
    graph::Bounds,
    ports::Ports,
    protocol::{
        Answer, DatasetId, Event, EventBody, FromWorker, GraphError, KeepError, LoadKey, Phase, QueryError, RowId,
        Scope, Source,
    },
    reports::ReportId,
};

/// A dataset. Dropping it ends its loads.
pub(super) struct Dataset {
    id: DatasetId,
    source: Source,
    ports: Ports,
    cloud: &'static Cloud,
    sink: Sink,
    spawn: Spawn,
    /// A handful, so that lists do. Loads share them to know how much memory is left.
    shelves: Shelves,
    keeper: Rc<Keeper>,
    loads: Vec<(LoadKey, Running)>,
    /// What somebody looks at, loading or not.
    in_view: Option<LoadKey>,
    desk: Rc<Desk>,
}

struct Running {
    load: Rc<RefCell<Load>>,
    reporter: Rc<Reporter>,
    /// One for a load, one for each part of an import.
    aborts: Vec<AbortHandle>,
    /// Whoever fills the load holds it: parts of an import take turns.
    turn: Rc<Mutex<()>>,
}

impl Running {
    fn abort(&self) {
        self.aborts.iter().for_each(AbortHandle::abort);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.abort();
    }
}

impl Drop for Dataset {
    fn drop(&mut self) {
        self.desk.close();
    }
}

impl Dataset {
    pub(super) fn new(
        id: DatasetId,
        source: Source,
        ports: Ports,
        cloud: &'static Cloud,
        sink: Sink,
        spawn: Spawn,
    ) -> Self {
        let desk = Rc::new(Desk::new(ports.clock.clone(), spawn.clone()));
        let shelves = Shelves::default();
        let limits = MemoryLimits::default();
        let tell: Tell = {
            let (sink, dataset) = (sink.clone(), id.clone());
            Rc::new(move |status| {
                sink(FromWorker::Event(Event { dataset: dataset.clone(), body: EventBody::Kept(status) }));
            })
        };
        let keeper = Rc::new(Keeper::new(id.clone(), ports.clone(), spawn.clone(), shelves.clone(), limits, tell));
        Self { id, source, ports, cloud, sink, spawn, shelves, keeper, loads: Vec::new(), in_view: None, desk }
    }
    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    pub(super) fn load(&mut self, key: LoadKey, scope: Scope) -> Result<Answer, QueryError> {
        if self.source == Source::Files {
            return Err(QueryError::InvalidScope { detail: "files".to_owned() });
        }
        if let Some(running) = self.running(&key)
            && *running.load.borrow().scope() == scope
        {
            let phase = running.load.borrow().phase().clone();
            match phase {
                Phase::Loading | Phase::Waiting { .. } => return Ok(Answer::Done),
                Phase::Stopped | Phase::Failed(_) | Phase::NeedsPerson(_) | Phase::MemoryFull => {
                    running.load.borrow_mut().retry(Bounds::ALL);
                    let load = running.load.clone();
                    self.go_on(key, load);
                    return Ok(Answer::Done);
                }
                Phase::Complete => {}
            }
        }
        let load = self.new_load(&key, scope)?;
        self.start(key, load);
        Ok(Answer::Done)
    }

    /// Asks again for what failed within these bounds.
    pub(super) fn retry(&mut self, key: &LoadKey, bounds: Bounds) -> Answer {
        if let Some(running) = self.running(key)
            && running.load.borrow_mut().retry(bounds)
        {
            let load = running.load.clone();
            let is_under_way = load.borrow().phase().is_under_way();
            if is_under_way {
                running.reporter.changed();
            } else {
                self.go_on(key.clone(), load);
            }
        }
        Answer::Done
    }

    /// A person wants a load that has ended to go on.
    fn go_on(&mut self, key: LoadKey, load: Rc<RefCell<Load>>) {
        if let Phase::Failed(GraphError::Throttled { .. }) = load.borrow().phase() {
            self.ports.budget.insist();
        }
        load.borrow_mut().set_phase(Phase::Loading);
        self.start(key, load);
    }

    /// Somebody looks at this load from now on.
    pub(super) fn look(&mut self, key: LoadKey) -> Answer {
        for (other, running) in &self.loads {
            running.load.borrow().urgency().set(*other == key);
        }
        self.in_view = Some(key);
        Answer::Done
    }

    pub(super) fn stop(&mut self, key: &LoadKey) -> Result<Answer, QueryError> {
        if let Some(running) = self.running(key) {
            running.abort();
            let is_under_way = running.load.borrow().phase().is_under_way();
            if is_under_way {
                running.load.borrow_mut().set_phase(Phase::Stopped);
                running.reporter.changed();
                self.keeper.came(Milestone::End);
            }
        }
        Ok(Answer::Done)
    }

    /// Answers a question about rows.
    pub(super) fn ask(&self, id: u32, question: Question, respond: Respond) {
        let shelf = self.shelf(question.key().report);
        self.desk.ask(id, question, shelf, respond);
    }

    /// Forgets what answered questions left behind.
    pub(super) fn forget(&self) {
        self.desk.forget();
    }
    /// Withdraws a question about rows.
    pub(super) fn cancel(&self, question: u32) {
        self.desk.cancel(question);
    }

    pub(super) fn record(&self, report: ReportId, row: RowId) -> Result<Answer, QueryError> {
        let shelves = self.shelves.borrow();
        let shelf = shelves.iter().find(|(id, _)| *id == report);
        let record = shelf.and_then(|(_, shelf)| shelf.borrow_mut().record(row));
        record.map(|record| Answer::Record(Box::new(record))).ok_or(QueryError::UnknownRow)
    }

    pub(super) fn sizes(&self, report: ReportId) -> Result<Answer, QueryError> {
        let shelf = self.shelf(report);
        let sizes = shelf.borrow().sizes();
        Ok(Answer::Sizes(sizes))
    }

    /// Why what was answered may be wrong.
    pub(super) fn trouble(&self) -> Option<KeepError> {
        self.keeper.trouble()
    }
    pub(super) fn save(&self) -> Later {
        let keeper = self.keeper.clone();
        async move { Ok(Answer::Saved { bytes: keeper.save().await? }) }.boxed_local()
    }
    pub(super) fn keep(&self, is_on: bool) -> Later {
        let keeper = self.keeper.clone();
        async move { Ok(keeper.keep(is_on).await.map(|()| Answer::Done)?) }.boxed_local()
    }
    pub(super) fn find_saved(&self) -> LocalBoxFuture<'static, Result<Found, KeepError>> {
        let keeper = self.keeper.clone();
        async move { keeper.find().await }.boxed_local()
    }
    pub(super) fn reopen(&mut self, (back, failed): Found) -> Answer {
        self.loads.clear();
        // What waits for an answer still gets one about the rows that it was asked about.
        self.desk = Rc::new(Desk::new(self.ports.clock.clone(), self.spawn.clone()));
        let loads = self.keeper.show(back);
        for load in loads {
            let key = load.key().clone();
            let running = self.running_load(&key, Rc::new(RefCell::new(load)));
            running.reporter.changed();
            self.loads.push((key, running));
        }
        let shelves = self.shelves.borrow();
        let rows = shelves.iter().map(|(report, shelf)| (*report, shelf.borrow().table().len())).collect();
        Answer::Reopened { rows, failed }
    }
    pub(super) fn reopen_full(&self) -> Later {
        let keeper = self.keeper.clone();
        async move { Ok(keeper.read_all().await.map(|()| Answer::Done)?) }.boxed_local()
    }

    fn shelf(&self, report: ReportId) -> Rc<RefCell<Shelf>> {
        let mut shelves = self.shelves.borrow_mut();
        if let Some((_, shelf)) = shelves.iter().find(|(id, _)| *id == report) {
            return shelf.clone();
        }
        let mut shelf = Shelf::new(report.definition());
        shelf.pack_with(self.ports.packer.clone());
        let shelf = Rc::new(RefCell::new(shelf));
        shelves.push((report, shelf.clone()));
        shelf
    }
    fn running(&self, key: &LoadKey) -> Option<&Running> {
        self.loads.iter().find(|(other, _)| other == key).map(|(_, running)| running)
    }
    fn new_load(&self, key: &LoadKey, scope: Scope) -> Result<Rc<RefCell<Load>>, QueryError> {
        let invalid = |detail: String| QueryError::InvalidScope { detail };
        let fetch = key.report.definition().fetches.iter().position(|fetch| fetch.id == key.fetch);
        let fetch = fetch.ok_or_else(|| invalid(format!("fetch {}", key.fetch)))?;
        let shelf = self.shelf(key.report);
        let now = self.ports.clock.now();
        let before = self.running(key).map(|running| running.load.borrow());
        let load =
            Load::new(key.clone(), fetch, scope, before.as_deref(), &mut shelf.borrow_mut(), self.cloud.graph, now)
                .map_err(|error| invalid(error.to_string()))?;
        drop(before);
        Ok(Rc::new(RefCell::new(load)))
    }
    /// Runs a load, in place of the one that the key had.
    fn start(&mut self, key: LoadKey, load: Rc<RefCell<Load>>) {
        load.borrow().urgency().set(self.in_view.as_ref() == Some(&key));
        let mut running = self.running_load(&key, load);
        let (future, abort) = abortable(self.run(&key, &running).finish());
        running.aborts.push(abort);
        running.reporter.changed();
        self.loads.retain(|(other, _)| *other != key);
        self.loads.push((key, running));
        (self.spawn)(future.map(|_| ()).boxed_local());
    }
    fn running_load(&self, key: &LoadKey, load: Rc<RefCell<Load>>) -> Running {
        self.keeper.watch(load.clone());
        let reporter = Rc::new(Reporter {
            dataset: self.id.clone(),
            ports: self.ports.clone(),
            sink: self.sink.clone(),
            spawn: self.spawn.clone(),
            load: load.clone(),
            shelf: self.shelf(key.report),
            keeper: self.keeper.clone(),
            last_sent: Cell::new(None),
            is_due: Cell::new(false),
        });
        Running { load, reporter, aborts: Vec::new(), turn: Rc::default() }
    }
    fn run(&self, key: &LoadKey, running: &Running) -> Run {
        let on_change = {
            let reporter = running.reporter.clone();
            Rc::new(move || reporter.changed())
        };
        let make_room = {
            let (keeper, report) = (self.keeper.clone(), key.report);
            Rc::new(move || {
                let keeper = keeper.clone();
                async move { keeper.make_ready(report).await }.boxed_local()
            })
        };
        Run {
            ports: self.ports.clone(),
            cloud: self.cloud,
            shelf: self.shelf(key.report),
            load: running.load.clone(),
            make_room,
            on_change,
            on_milestone: {
                let keeper = self.keeper.clone();
                Rc::new(move |milestone| keeper.came(milestone))
            },
        }
    }
}
