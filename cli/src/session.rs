//! A conversation with the engine about one report in one dataset of files.

use std::{
    cell::{Cell, RefCell},
    fs, io,
    path::{Path, PathBuf},
    rc::Rc,
};

use engine::{
    engine::{BridgedTokens, Engine, Sink},
    filter::Filter,
    limits::WINDOW_ROWS_MAX,
    ports::Attachment,
    protocol::{
        Answer, DatasetId, FromWorker, LoadKey, LoadStatus, Phase, QueryError, Record, Request, RequestBody, RowId,
        Sort, Source, Window, WindowQuery,
    },
    reports::{ALL, ReportDefinition},
};
use futures_executor::LocalPool;
use futures_util::task::LocalSpawnExt;

use crate::outside;

/// A report of which everything is read.
pub struct Session {
    pub report: &'static ReportDefinition,
    pub files: usize,
    /// What was read, and what was odd about it.
    pub status: LoadStatus,
    talk: Talk,
}

impl Session {
    /// Reads the report's files in a folder, in the order of their names.
    pub fn open(report: &'static ReportDefinition, folder: &Path) -> Result<Self, String> {
        let paths = recordings(report, folder)?;
        let talk = Talk::new();
        talk.ask(RequestBody::Open(Source::Files), Vec::new())?;
        let unread = Rc::new(RefCell::new(None));
        let files = paths.iter().map(|path| attachment(path.clone(), unread.clone())).collect();
        let answer = talk.ask(RequestBody::Import { key: key(report), is_continued: false }, files)?;
        if let Some(message) = unread.take() {
            return Err(message);
        }
        let Answer::Imported(status) = answer else { return Err(unexpected()) };
        if status.phase == Phase::MemoryFull {
            return Err(format!("only {} records fit into memory: ask fewer files", status.rows));
        }
        Ok(Self { report, files: paths.len(), status: *status, talk })
    }
    pub fn key(&self) -> LoadKey {
        key(self.report)
    }
    pub fn ask(&self, body: RequestBody) -> Result<Answer, String> {
        self.talk.ask(body, Vec::new())
    }
    pub fn record(&self, row: RowId) -> Result<Record, String> {
        match self.ask(RequestBody::Record { report: self.report.id, row })? {
            Answer::Record(record) => Ok(*record),
            _ => Err(unexpected()),
        }
    }
    pub fn window(
        &self,
        filter: &Filter,
        sort: Vec<Sort>,
        columns: &[&str],
        first: u32,
        count: u32,
    ) -> Result<Window, String> {
        let columns = columns.iter().map(|column| (*column).to_owned()).collect();
        let query = WindowQuery { key: self.key(), filter: filter.clone(), sort, columns, first, count };
        match self.ask(RequestBody::Window(query))? {
            Answer::Window(window) => Ok(window),
            _ => Err(unexpected()),
        }
    }
    /// Writes so many of the original records that match as one JSON array.
    pub fn records(
        &self,
        filter: &Filter,
        count: u32,
        mut write: impl FnMut(&[u8]) -> Result<(), String>,
    ) -> Result<(), String> {
        write(b"[")?;
        let mut written = 0;
        while written < count {
            let window = self.window(filter, Vec::new(), &[], written, WINDOW_ROWS_MAX.min(count - written))?;
            if window.rows.is_empty() {
                break;
            }
            for row in window.rows {
                write(if written == 0 { b"\n" } else { b",\n" })?;
                write(&self.record(row.id)?.bytes)?;
                written += 1;
            }
        }
        write(b"\n]\n")
    }
}

pub fn unexpected() -> String {
    "the engine gave an answer to another question".to_owned()
}

/// All records of a report are read as its first fetch: they differ in a property, which can be asked for.
fn key(report: &ReportDefinition) -> LoadKey {
    LoadKey { report: report.id, fetch: report.fetches[0].id.to_owned() }
}

/// Reads a file when its turn comes.
fn attachment(path: PathBuf, unread: Rc<RefCell<Option<String>>>) -> Attachment {
    Box::new(move || {
        fs::read(&path).unwrap_or_else(|error| {
            unread.borrow_mut().get_or_insert(unreadable(&path, &error));
            Vec::new()
        })
    })
}

fn recordings(report: &ReportDefinition, folder: &Path) -> Result<Vec<PathBuf>, String> {
    let inside = folder.join(report.id.as_str());
    let entries = fs::read_dir(&inside).map_err(|error| {
        let others: Vec<&str> =
            ALL.iter().map(|report| report.id.as_str()).filter(|name| folder.join(name).is_dir()).collect();
        let hint = if others.is_empty() { String::new() } else { format!("; it has {}", others.join(", ")) };
        format!("{}{hint}", unreadable(&inside, &error))
    })?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unreadable(&inside, &error))?.path();
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
            paths.push(path);
        }
    }
    paths.sort();
    if paths.is_empty() { Err(format!("{}: no file ends in .json", inside.display())) } else { Ok(paths) }
}

fn unreadable(path: &Path, error: &io::Error) -> String {
    format!("{}: {error}", path.display())
}

/// Requests to the engine and their answers, one after the other.
struct Talk {
    engine: Engine,
    pool: RefCell<LocalPool>,
    answered: Rc<RefCell<Option<Result<Answer, QueryError>>>>,
    last_id: Cell<u32>,
}

impl Talk {
    fn new() -> Self {
        let (pool, answered) = (LocalPool::new(), Rc::<RefCell<Option<Result<Answer, QueryError>>>>::default());
        let sink: Sink = {
            let answered = answered.clone();
            Rc::new(move |message| {
                if let FromWorker::Response(response) = message {
                    *answered.borrow_mut() = Some(response.result);
                }
            })
        };
        let spawner = pool.spawner();
        let spawn = Rc::new(move |future| spawner.spawn_local(future).expect("the pool outlives the engine"));
        let engine = Engine::new(sink.clone(), spawn, BridgedTokens::new(sink), |_, _| Some(outside::ports()));
        Self { engine, pool: RefCell::new(pool), answered, last_id: Cell::new(0) }
    }
    fn ask(&self, body: RequestBody, attachments: Vec<Attachment>) -> Result<Answer, String> {
        self.last_id.set(self.last_id.get() + 1);
        let request = Request { id: self.last_id.get(), dataset: DatasetId("files".to_owned()), body };
        self.engine.handle_with(request, attachments);
        self.pool.borrow_mut().run_until_stalled();
        let answer = self.answered.take().ok_or("the engine gave no answer")?;
        answer.map_err(|error| error.to_string())
    }
}
