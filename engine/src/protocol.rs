//! Messages between the UI thread and the worker, and their encoding. Plain data, no logic.
//! Both halves ship together, so messages may change freely. Events carry absolute values, never differences.

mod analysis;
mod cloud;
mod keep;
mod load;

use serde::{Deserialize, Serialize};

use crate::{
    clouds::Cloud,
    filter::{Condition, Filter},
    ports::{AccessToken, AuthError, Millis, TokenNeed},
    reports::{Kind, Link, ReportId},
};
pub use analysis::{
    Buckets, Distinct, DistinctQuery, FacetCounts, FacetQuery, Facets, FacetsQuery, Group, Groups, GroupsQuery,
    Histogram, HistogramQuery, Layer, LayerOf, LocalUnit, OffsetChange,
};
pub use keep::{KeepError, KeptStatus};
pub use load::{GraphError, GraphErrorDetail, Left, LoadStatus, Phase, SliceState, SliceStatus, Volume, WaitReason};

/// What rows belong to: a tenant with its account and cloud, the sample, or imported files. Datasets never mix.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DatasetId(pub String);

/// Where a dataset's rows come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// Graph of one cloud, with tokens from the UI thread.
    Graph {
        /// The cloud that the page was built for. Described whole, because the list may not have it.
        #[serde(with = "cloud")]
        cloud: &'static Cloud,
        /// Application (client) id. Graph limits requests for each app in each tenant.
        app: String,
        /// Tenant id.
        tenant: String,
    },
    /// The made-up tenant in its own worker.
    Sample {
        /// True to keep Graph's limit of 5 requests per 10 seconds.
        is_real_pace: bool,
    },
    /// Recorded responses that somebody brings, by [`RequestBody::Import`]. Nothing is asked of anybody.
    Files,
}

/// Names one request of one report: `signIns` with `interactiveUser`, or a report with `all`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LoadKey {
    /// Report.
    pub report: ReportId,
    /// Fetch id.
    pub fetch: String,
}

/// What is asked of Graph. Rows that do not match it are not shown while it is in force.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scope {
    /// Time range.
    pub range: TimeRange,
    /// Conditions that all must hold; each must be one that Graph takes for its column.
    pub conditions: Vec<Condition>,
}

/// A time range, relative to the moment a load starts or absolute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TimeRange {
    /// Everything the service has: no time bound is sent.
    #[default]
    Everything,
    /// The last so many hours.
    LastHours(u32),
    /// From and to, either end open.
    Between {
        /// First instant, or `None`.
        from: Option<Millis>,
        /// Last instant, or `None`.
        to: Option<Millis>,
    },
}

/// A message to the worker. `id` comes back in the [`Response`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Number chosen by the UI thread, unique per worker.
    pub id: u32,
    /// The dataset it is about.
    pub dataset: DatasetId,
    /// What is asked.
    pub body: RequestBody,
}

/// What can be asked of the worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum RequestBody {
    /// Makes the dataset known. Answer: `Done`.
    Open(Source),
    /// Starts loading from the newest row; restarts when the scope differs from the one in force, continues when it was
    /// stopped or failed with the same scope. Answer: `Done` at once; progress comes as events.
    Load {
        /// What to load.
        key: LoadKey,
        /// What to ask Graph for.
        scope: Scope,
    },
    /// Takes in recorded responses of a report: pages, bare arrays or single records, as the message's attachments. Only a
    /// `Source::Files` dataset takes them. Answer: `Imported`, when all of them are read; progress comes as events.
    /// Imports of one key are read one after the other.
    Import {
        /// Where the rows belong.
        key: LoadKey,
        /// True when this goes on with the import before, whose files do not fit into one message: what comes twice in one import
        /// is no later version.
        is_continued: bool,
    },
    /// The person looks at this load now, under way or not: its requests go before the others'. Answer: `Done`.
    Look {
        /// What is looked at.
        key: LoadKey,
    },
    /// Asks again for what failed of a load between two instants, as its status names them, while the rest goes on; a load that
    /// has ended goes on with it. What failed elsewhere is left alone. Answer: `Done`.
    Retry {
        /// The load.
        key: LoadKey,
        /// First instant; `None` for as far back as there are rows.
        from: Option<Millis>,
        /// Last instant; `None` for the present.
        to: Option<Millis>,
    },
    /// Stops at once; what is loaded stays. Answer: `Done`.
    Stop {
        /// What to stop.
        key: LoadKey,
    },
    /// A window of rows. Answer: `Window`.
    Window(WindowQuery),
    /// Values of columns with counts. Answer: `Facets`.
    Facets(FacetsQuery),
    /// Rows over time. Answer: `Histogram`.
    Histogram(HistogramQuery),
    /// Rows that agree in some columns. Answer: `Groups`.
    Groups(GroupsQuery),
    /// Number of different values. Answer: `Distinct`.
    Distinct(DistinctQuery),
    /// Withdraws a question about rows, of this dataset. Answer: `Done`; the question's own answer is then `Cancelled`, unless
    /// it was answered already.
    Cancel {
        /// `id` of the question's request.
        question: u32,
    },
    /// Forgets what answered questions left behind to make the next ones quicker. Answer: `Done`.
    Forget,
    /// One record with all its properties and its original bytes. Answer: `Record`.
    Record {
        /// Report of the row.
        report: ReportId,
        /// The row.
        row: RowId,
    },
    /// What the rows of a report take in memory. Answer: `Sizes`.
    Sizes {
        /// Report.
        report: ReportId,
    },
    /// The answer to an [`EventBody::TokenNeeded`]. Answer: `Done`.
    Token {
        /// `need` of the event.
        need: u32,
        /// The token, or why there is none.
        result: Result<AccessToken, AuthError>,
    },
    /// Forgets the dataset and everything in it; what was saved stays. Answer: `Done`.
    Close,
    /// Writes every row of the dataset to the browser's own files, in place of what was saved before. Answer: `Saved`.
    Save,
    /// Forgets what is in memory and has back what was saved, so that it can be asked about; columns and records are read
    /// when they are first needed. Answer: `Reopened`.
    Reopen,
    /// Reads every column and lookup that `Reopen` left in the files. Answer: `Done`.
    ReopenFull,
    /// From now on what is loaded is kept beyond the end of the tab, and what is in memory is kept at once; or nothing more
    /// is, and what was is deleted, readable or not; what is in memory stays. [`EventBody::Kept`] tells how that goes.
    /// Answer: `Done`.
    Keep {
        /// Kept or not.
        is_on: bool,
    },
}

/// Rows wanted: a complete question, newest first unless sorted otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowQuery {
    /// Report and fetch.
    pub key: LoadKey,
    /// Which of the loaded rows.
    pub filter: Filter,
    /// Sort columns, most significant first; the time, newest first, always comes last.
    pub sort: Vec<Sort>,
    /// Column ids wanted in each row, in order.
    pub columns: Vec<String>,
    /// Index of the first row wanted.
    pub first: u32,
    /// Number of rows wanted; at most `limits::WINDOW_ROWS_MAX`.
    pub count: u32,
}

/// One sort column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    /// Column id.
    pub column: String,
    /// Largest first.
    pub is_descending: bool,
}

/// Names a row for as long as its dataset is open; never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RowId(pub u32);

/// The worker's answer to a [`Request`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Response {
    /// `id` of the request.
    pub id: u32,
    /// The dataset it is about.
    pub dataset: DatasetId,
    /// The answer.
    pub result: Result<Answer, QueryError>,
}

/// Answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// Done, or under way.
    Done,
    /// The state of an import, with everything it brought so far.
    Imported(Box<LoadStatus>),
    /// Rows.
    Window(Window),
    /// Values of columns with counts.
    Facets(Facets),
    /// Rows over time.
    Histogram(Histogram),
    /// Rows that agree in some columns.
    Groups(Groups),
    /// Number of different values.
    Distinct(Distinct),
    /// One record.
    Record(Box<Record>),
    /// Everything is kept.
    Saved {
        /// Bytes of the files.
        bytes: u64,
    },
    /// Rows are back.
    Reopened {
        /// How many, by report.
        rows: Vec<(ReportId, u32)>,
        /// Reports that were saved and cannot be had back.
        failed: Vec<(ReportId, KeepError)>,
    },
    /// Memory.
    Sizes(Sizes),
}

/// A request that cannot be answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum QueryError {
    /// The dataset is not open.
    #[error("dataset is not open")]
    UnknownDataset,
    /// No column of that name.
    #[error("unknown column {column}")]
    UnknownColumn {
        /// The name.
        column: String,
    },
    /// No fetch of that name, a condition that Graph does not take, or a dataset that is filled in another way.
    #[error("cannot ask Graph for this: {detail}")]
    InvalidScope {
        /// What is wrong, as code and value.
        detail: String,
    },
    /// The row is gone or never was.
    #[error("unknown row")]
    UnknownRow,
    /// The question was withdrawn.
    #[error("withdrawn")]
    Cancelled,
    /// Too many or too few columns or buckets, or a range that ends before it begins.
    #[error("cannot be answered: {detail}")]
    InvalidQuestion {
        /// What is wrong, as code and value.
        detail: String,
    },
    /// Rows cannot be kept, or had back.
    #[error("{0}")]
    Keep(#[from] KeepError),
}

/// What the rows of a report take in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sizes {
    /// Rows, shown or not.
    pub rows: u32,
    /// Bytes for columns, and for everything else that is kept to find and to order rows.
    pub columns_bytes: u64,
    /// Bytes for original records.
    pub records_bytes: u64,
    /// Bytes among them that still wait to be compressed.
    pub waiting_bytes: u64,
}

/// A window of rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// Store revision the window was read at; the receiver drops older ones.
    pub revision: u64,
    /// Rows loaded for this report and fetch.
    pub loaded: u32,
    /// Rows that match the filter.
    pub total: u32,
    /// Index of the first row below.
    pub first: u32,
    /// The rows.
    pub rows: Vec<Row>,
}

/// One row of a window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Its id.
    pub id: RowId,
    /// Its cells, in the order of the query's columns.
    pub cells: Vec<Cell>,
}

/// One cell. Text is attacker-controlled and must only ever become a text node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Cell {
    /// The property is absent.
    Absent,
    /// The property is `null`.
    Null,
    /// Text, or text that a typed column could not read.
    Text(String),
    /// Whole number.
    Integer(i64),
    /// Decimal number.
    Number(f64),
    /// True or false.
    Flag(bool),
    /// Instant.
    Instant(Millis),
    /// Several values.
    List(Vec<Cell>),
}

/// One record, for the detail pane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The row.
    pub row: RowId,
    /// Its groups, in the order of the report's definition; properties nobody defined come last under `other`.
    pub groups: Vec<RecordGroup>,
    /// The record's original bytes as text; bytes that are not UTF-8 are replaced, which is among the warnings.
    pub json: String,
    /// The original bytes, exactly.
    pub bytes: Vec<u8>,
    /// What was odd about the record.
    pub warnings: Vec<IngestWarning>,
    /// The version of the same record (same id and time) that this one replaced; ask for it like any row.
    pub older: Option<RowId>,
}

/// A group of properties.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordGroup {
    /// Catalogue key suffix.
    pub id: String,
    /// Its properties, in the order of the report's definition, then of the record.
    pub fields: Vec<RecordField>,
}

/// One property of a record; a collection's members are told apart by `indices`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordField {
    /// Column id, or the slash path of a property nobody defined.
    pub path: String,
    /// Position in each collection along the path, outermost first.
    pub indices: Vec<u32>,
    /// Kind by definition; `None` for a property nobody defined.
    pub kind: Option<Kind>,
    /// What it leads to.
    pub link: Option<Link>,
    /// The value.
    pub value: Cell,
}

/// Something odd in a record; loading goes on, and the record is kept whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IngestWarning {
    /// What kind of oddity.
    pub code: WarningCode,
    /// Property path, or empty.
    pub path: String,
    /// The row, where there is one.
    pub row: Option<RowId>,
}

/// Kinds of oddity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum WarningCode {
    /// A value of another type than the definition's; kept as text.
    UnexpectedType,
    /// Id, time or status is missing.
    MissingProperty,
    /// A time that cannot be read; kept as text.
    UnreadableTime,
    /// The page ended in the middle; whole records before that are kept.
    TruncatedPage,
    /// Something in `value` that is not an object; kept as a record.
    NotAnObject,
    /// The page was not JSON; nothing could be kept.
    MalformedPage,
    /// A row outside what was asked for; kept, not shown under this scope.
    OutsideScope,
    /// A property name in another spelling, such as `Type` for `type`; read as the known one.
    OddName,
    /// The same property twice in one object; the first is shown, the original has both.
    DuplicateKey,
    /// Text that is not Unicode (bytes that are not UTF-8, lone surrogates); shown with replacement characters.
    UnreadableText,
    /// Nested deeper than is read; the original has it all.
    TooDeep,
    /// A record that is not well-formed JSON; read as far as possible.
    MalformedRecord,
    /// Two records of one load have the same id and time but differ; both are kept, shown and marked.
    Conflict,
    /// A link to more counts pointed away from the pinned Graph origin and was not followed.
    ForeignLink,
}

/// Something that happened in the worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The dataset it is about.
    pub dataset: DatasetId,
    /// What happened.
    pub body: EventBody,
}

/// Events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(clippy::large_enum_variant, reason = "a message is written and read once, never kept in numbers")]
pub enum EventBody {
    /// A token is needed; answer with [`RequestBody::Token`].
    TokenNeeded {
        /// Number of the need.
        need: u32,
        /// What for.
        token: TokenNeed,
    },
    /// The state of one load; sent on every change, at most a few times a second.
    Load(LoadStatus),
    /// How keeping rows goes, after [`RequestBody::Keep`]; sent whenever something was kept, or could not be.
    Kept(KeptStatus),
}

/// Bytes of a message. Nothing else encodes messages.
pub fn encode<T: Serialize>(message: &T) -> Vec<u8> {
    postcard::to_allocvec(message).expect("messages are plain data, which postcard can always write")
}

/// A message from its bytes.
///
/// # Errors
/// When the bytes were written by another version.
pub fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, postcard::Error> {
    postcard::from_bytes(bytes)
}

/// What the worker sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(clippy::large_enum_variant, reason = "a message is written and read once, never kept in numbers")]
pub enum FromWorker {
    /// An answer.
    Response(Response),
    /// An event.
    Event(Event),
}
