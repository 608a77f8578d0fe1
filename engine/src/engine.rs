//! Owns the datasets and answers requests. The browser enters through the ports, a spawner and a sink for messages.

mod dataset;
mod desk;
mod keeping;
mod rehearsal;
mod reporter;
mod tokens;

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use futures_util::future::LocalBoxFuture;

use crate::{
    clouds::CLOUDS,
    graph::Bounds,
    ports::{Attachment, Ports},
    protocol::{Answer, DatasetId, FromWorker, QueryError, Request, RequestBody, Response, Source},
};
use dataset::{Dataset, Later};
use desk::Question;
pub use rehearsal::rehearse;
pub use tokens::{BridgedTokens, NoTokens};

/// Takes the engine's answers and events.
pub type Sink = Rc<dyn Fn(FromWorker)>;
/// Runs a future to its end, on the same thread.
pub type Spawn = Rc<dyn Fn(LocalBoxFuture<'static, ()>)>;

/// When an answer comes.
enum Reply {
    Now(Answer),
    Later(Later),
}

/// Gives a dataset its outside world, or `None` when there is none for it.
type PortsFor = dyn Fn(&DatasetId, &Source) -> Option<Ports>;

/// The engine. It keeps data, never a cursor of some view.
pub struct Engine {
    sink: Sink,
    spawn: Spawn,
    tokens: Rc<BridgedTokens>,
    ports_for: Box<PortsFor>,
    datasets: Rc<RefCell<HashMap<DatasetId, Dataset>>>,
}

impl Engine {
    /// An engine without datasets. `ports_for` gives a dataset its outside world, or `None` when there is none for it;
    /// `tokens` is the bridge that it takes token providers from.
    pub fn new(
        sink: Sink,
        spawn: Spawn,
        tokens: Rc<BridgedTokens>,
        ports_for: impl Fn(&DatasetId, &Source) -> Option<Ports> + 'static,
    ) -> Self {
        Self { sink, spawn, tokens, ports_for: Box::new(ports_for), datasets: Rc::default() }
    }
    /// Answers a request through the sink: at once, unless it takes longer than a turn; what takes its time, when it is done.
    pub fn handle(&self, request: Request) {
        self.handle_with(request, Vec::new());
    }
    /// Answers a request that came with attachments.
    pub fn handle_with(&self, request: Request, attachments: Vec<Attachment>) {
        let Request { id, dataset, body } = request;
        let sink = self.sink.clone();
        let respond = {
            let dataset = dataset.clone();
            move |result| sink(FromWorker::Response(Response { id, dataset, result }))
        };
        let question = match body {
            RequestBody::Window(query) => Question::Window(query),
            RequestBody::Facets(query) => Question::Facets(query),
            RequestBody::Histogram(query) => Question::Histogram(query),
            RequestBody::Groups(query) => Question::Groups(query),
            RequestBody::Distinct(query) => Question::Distinct(query),
            body => {
                return match self.answer(&dataset, body, attachments) {
                    Ok(Reply::Now(answer)) => respond(Ok(answer)),
                    Ok(Reply::Later(answer)) => (self.spawn)(Box::pin(async move { respond(answer.await) })),
                    Err(error) => respond(Err(error)),
                };
            }
        };
        match self.datasets.borrow().get(&dataset) {
            Some(dataset) => dataset.ask(id, question, Box::new(respond)),
            None => respond(Err(QueryError::UnknownDataset)),
        }
    }

    fn answer(&self, id: &DatasetId, body: RequestBody, attachments: Vec<Attachment>) -> Result<Reply, QueryError> {
        let is_about_rows = !matches!(
            body,
            RequestBody::Open(_)
                | RequestBody::Token { .. }
                | RequestBody::Look { .. }
                | RequestBody::Retry { .. }
                | RequestBody::Stop { .. }
                | RequestBody::Close
        );
        let answer = match body {
            RequestBody::Open(source) => self.open(id, source),
            RequestBody::Token { need, result } => {
                self.tokens.resolve(need, result);
                Ok(Answer::Done)
            }
            RequestBody::Close => {
                let dataset = self.datasets.borrow_mut().remove(id);
                dataset.map(|_| Answer::Done).ok_or(QueryError::UnknownDataset)
            }
            RequestBody::Load { key, scope } => {
                self.datasets.borrow_mut().get_mut(id).ok_or(QueryError::UnknownDataset)?.load(key, scope)
            }
            RequestBody::Look { key } => {
                Ok(self.datasets.borrow_mut().get_mut(id).ok_or(QueryError::UnknownDataset)?.look(key))
            }
            RequestBody::Retry { key, from, to } => {
                let mut datasets = self.datasets.borrow_mut();
                Ok(datasets.get_mut(id).ok_or(QueryError::UnknownDataset)?.retry(&key, Bounds { from, to }))
            }
            RequestBody::Stop { key } => {
                self.datasets.borrow_mut().get_mut(id).ok_or(QueryError::UnknownDataset)?.stop(&key)
            }
            RequestBody::Cancel { question } => {
                self.datasets.borrow().get(id).ok_or(QueryError::UnknownDataset)?.cancel(question);
                Ok(Answer::Done)
            }
            RequestBody::Forget => {
                self.datasets.borrow().get(id).ok_or(QueryError::UnknownDataset)?.forget();
                Ok(Answer::Done)
            }
            RequestBody::Window(_)
            | RequestBody::Facets(_)
            | RequestBody::Histogram(_)
            | RequestBody::Groups(_)
            | RequestBody::Distinct(_) => unreachable!("questions about rows were taken out by the caller"),
            RequestBody::Save => {
                return Ok(Reply::Later(self.datasets.borrow().get(id).ok_or(QueryError::UnknownDataset)?.save()));
            }
            RequestBody::ReopenFull => {
                return Ok(Reply::Later(
                    self.datasets.borrow().get(id).ok_or(QueryError::UnknownDataset)?.reopen_full(),
                ));
            }
            RequestBody::Keep { is_on } => {
                return Ok(Reply::Later(self.datasets.borrow().get(id).ok_or(QueryError::UnknownDataset)?.keep(is_on)));
            }
            RequestBody::Reopen => return self.reopen(id).map(Reply::Later),
            RequestBody::Record { report, row } => {
                self.datasets.borrow().get(id).ok_or(QueryError::UnknownDataset)?.record(report, row)
            }
            RequestBody::Sizes { report } => {
                self.datasets.borrow().get(id).ok_or(QueryError::UnknownDataset)?.sizes(report)
            }
            RequestBody::Import { key, is_continued } => {
                let mut datasets = self.datasets.borrow_mut();
                let dataset = datasets.get_mut(id).ok_or(QueryError::UnknownDataset)?;
                return dataset.import(key, is_continued, attachments).map(Reply::Later);
            }
        };
        // What could not be read from a file is missing in the answer.
        match self.datasets.borrow().get(id).and_then(Dataset::trouble) {
            Some(error) if is_about_rows => Err(error.into()),
            _ => answer.map(Reply::Now),
        }
    }

    fn reopen(&self, id: &DatasetId) -> Result<Later, QueryError> {
        let finding = self.datasets.borrow().get(id).ok_or(QueryError::UnknownDataset)?.find_saved();
        let (datasets, id) = (self.datasets.clone(), id.clone());
        Ok(Box::pin(async move {
            let found = finding.await?;
            let mut datasets = datasets.borrow_mut();
            Ok(datasets.get_mut(&id).ok_or(QueryError::UnknownDataset)?.reopen(found))
        }))
    }

    fn open(&self, id: &DatasetId, source: Source) -> Result<Answer, QueryError> {
        if self.datasets.borrow().get(id).is_some_and(|dataset| *dataset.source() == source) {
            return Ok(Answer::Done);
        }
        let cloud = match &source {
            Source::Graph { cloud, .. } => *cloud,
            // The made-up tenant answers under the addresses of the first cloud; files are asked for nothing.
            Source::Sample { .. } | Source::Files => &CLOUDS[0],
        };
        let ports = (self.ports_for)(id, &source).ok_or(QueryError::UnknownDataset)?;
        let dataset = Dataset::new(id.clone(), source, ports, cloud, self.sink.clone(), self.spawn.clone());
        self.datasets.borrow_mut().insert(id.clone(), dataset);
        Ok(Answer::Done)
    }
}
