//! Where questions about rows wait for their answer. One that takes longer than a turn is left in between, so that others are
//! answered and it can be withdrawn.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use super::Spawn;
use crate::{
    fetch::Shelf,
    filter::Filter,
    limits::QUERY_TURN,
    ports::{Clock, Millis},
    protocol::{
        Answer, DistinctQuery, FacetQuery, FacetsQuery, GroupsQuery, HistogramQuery, KeepError, LoadKey, QueryError,
        Sort, WindowQuery,
    },
    query::{Results, Step, distinct, facets, groups, histogram, steps, window},
    store::Table,
};

/// A question about the rows of one report.
pub(super) enum Question {
    Window(WindowQuery),
    Facets(FacetsQuery),
    Histogram(HistogramQuery),
    Groups(GroupsQuery),
    Distinct(DistinctQuery),
}

/// Takes an answer.
pub(super) type Respond = Box<dyn FnOnce(Result<Answer, QueryError>)>;

/// The questions of one dataset, and what was remembered to answer them.
pub(super) struct Desk {
    clock: Rc<dyn Clock>,
    spawn: Spawn,
    results: RefCell<Results>,
    waiting: RefCell<VecDeque<Asked>>,
    is_running: Cell<bool>,
}

struct Asked {
    id: u32,
    question: Question,
    shelf: Rc<RefCell<Shelf>>,
    steps: std::vec::IntoIter<Step>,
    respond: Respond,
}

impl Desk {
    pub(super) fn new(clock: Rc<dyn Clock>, spawn: Spawn) -> Self {
        Self { clock, spawn, results: RefCell::default(), waiting: RefCell::default(), is_running: Cell::default() }
    }
    /// Answers a question: at once when nobody waits and a turn is enough.
    pub(super) fn ask(self: &Rc<Self>, id: u32, question: Question, shelf: Rc<RefCell<Shelf>>, respond: Respond) {
        let steps = question.steps(shelf.borrow().table()).into_iter();
        let mut asked = Asked { id, question, shelf, steps, respond };
        if !self.is_running.get()
            && let Some(result) = self.turn(&mut asked)
        {
            return (asked.respond)(result);
        }
        self.waiting.borrow_mut().push_back(asked);
        if !self.is_running.replace(true) {
            let desk = self.clone();
            (self.spawn)(Box::pin(async move { desk.run().await }));
        }
    }
    /// Withdraws a question that waits, or is left in between.
    pub(super) fn cancel(&self, id: u32) {
        let at = self.waiting.borrow().iter().position(|asked| asked.id == id);
        let asked = at.and_then(|at| self.waiting.borrow_mut().remove(at));
        asked.into_iter().for_each(|asked| (asked.respond)(Err(QueryError::Cancelled)));
    }
    /// Forgets what answered questions left behind.
    pub(super) fn forget(&self) {
        self.results.take();
    }
    /// Withdraws all questions, because their dataset ends.
    pub(super) fn close(&self) {
        let waiting = self.waiting.take();
        waiting.into_iter().for_each(|asked| (asked.respond)(Err(QueryError::UnknownDataset)));
    }

    async fn run(&self) {
        loop {
            self.clock.yield_now().await;
            let next = self.waiting.borrow_mut().pop_front();
            let Some(mut asked) = next else { break };
            match self.turn(&mut asked) {
                Some(result) => (asked.respond)(result),
                // The others first: theirs may be short.
                None => self.waiting.borrow_mut().push_back(asked),
            }
        }
        self.is_running.set(false);
    }
    /// Works on a question for one turn; the answer, if that was enough.
    fn turn(&self, asked: &mut Asked) -> Option<Result<Answer, QueryError>> {
        let end = self.clock.now() + QUERY_TURN.as_millis() as Millis;
        let shelf = asked.shelf.borrow();
        let mut results = self.results.borrow_mut();
        for step in asked.steps.by_ref() {
            results.take(shelf.table(), &step);
            if self.clock.now() >= end {
                return None;
            }
        }
        let answer = asked.question.answer(shelf.table(), &mut results);
        // What could not be read from a file is missing in the answer.
        Some(shelf.table().trouble().map_or(answer, |error| Err(KeepError::from(error).into())))
    }
}

impl Question {
    /// The rows it is about.
    pub(super) fn key(&self) -> &LoadKey {
        match self {
            Self::Window(query) => &query.key,
            Self::Facets(query) => &query.key,
            Self::Histogram(query) => &query.key,
            Self::Groups(query) => &query.key,
            Self::Distinct(query) => &query.key,
        }
    }
    fn filter(&self) -> &Filter {
        match self {
            Self::Window(query) => &query.filter,
            Self::Facets(query) => &query.filter,
            Self::Histogram(query) => &query.filter,
            Self::Groups(query) => &query.filter,
            Self::Distinct(query) => &query.filter,
        }
    }
    fn steps(&self, table: &Table) -> Vec<Step> {
        let (sorts, searches): (&[Sort], &[FacetQuery]) = match self {
            Self::Window(query) => (&query.sort, &[]),
            Self::Facets(query) => (&[], &query.columns),
            Self::Histogram(_) | Self::Groups(_) | Self::Distinct(_) => (&[], &[]),
        };
        steps(table, self.filter(), sorts, searches)
    }
    fn answer(&self, table: &Table, results: &mut Results) -> Result<Answer, QueryError> {
        match self {
            Self::Window(query) => window(table, results, query).map(Answer::Window),
            Self::Facets(query) => facets(table, results, query).map(Answer::Facets),
            Self::Histogram(query) => histogram(table, results, query).map(Answer::Histogram),
            Self::Groups(query) => groups(table, results, query).map(Answer::Groups),
            Self::Distinct(query) => distinct(table, results, query).map(Answer::Distinct),
        }
    }
}
