//! Every limit in one place, with its reason.

use std::time::Duration;

/// Graph allows 5 requests in 10 seconds per app and tenant for reports (Graph "service-specific throttling limits").
pub const BUDGET_REQUESTS: u32 = 5;
/// The window of [`BUDGET_REQUESTS`].
pub const BUDGET_WINDOW: Duration = Duration::from_secs(10);
/// Graph has been seen to hang for minutes on a slow query; a shorter range is better than a longer wait.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(90);
/// Tries of one page before the load fails. Being told to wait is no failure, see [`WAITS_MAX`].
pub const TRIES_MAX: u32 = 5;
/// First pause after a failure or a throttling without `Retry-After`; doubles each time, with jitter.
pub const BACKOFF_FIRST: Duration = Duration::from_secs(5);
/// Longest pause between tries.
pub const BACKOFF_MAX: Duration = Duration::from_secs(120);
/// Rows in one window: a tall screen at the densest row height needs about 100, plus overscan.
pub const WINDOW_ROWS_MAX: u32 = 500;
/// Warnings kept as examples per load; all are counted.
pub const WARNINGS_KEPT: usize = 100;
/// Columns and records of one dataset. A 32-bit WASM memory ends at 4 GiB; growing vectors need room for a copy.
pub const MEMORY_BYTES_MAX: usize = 2 << 30;
/// Packed records leave memory for a file above this: half of [`MEMORY_BYTES_MAX`], so that columns have the other half, and
/// a tab that a computer with 8 GB carries beside others. 1M sign-ins stay below it.
pub const SPILL_BYTES: usize = 1 << 30;
/// Bytes of records that leave memory at once beyond what must: a load makes room every few pages, not for each record.
pub const SPILL_SLACK_BYTES: usize = 32 << 20;
/// Bytes that are sealed together in a file: reading a record opens two or three such chunks, at about a millisecond each in
/// WebAssembly, and what each has besides is less than a thousandth of it.
pub const SEALED_CHUNK_BYTES: usize = 64 << 10;
/// Bytes that are sealed and written in one turn, in which the worker answers nothing: about fifteen milliseconds in
/// WebAssembly.
pub const LOG_WRITE_BYTES: usize = 1 << 20;
/// Blocks of records in one entry of what is kept: twenty megabytes, packed two or three, which are in memory at once.
pub const LOG_BLOCKS_MAX: usize = 20;
/// Pages of a load after which what came is kept although its slice is not done yet: eight seconds' work, and fewer pages than
/// come at once before the service's limit makes a load wait.
pub const KEPT_PAGES: u32 = 4;
/// Rows that are read again as JSON when kept rows are had back, because their columns were not kept yet: half a second's work.
/// Below this, keeping columns costs more than it saves.
pub const KEPT_ROWS_WITHOUT_COLUMNS: u32 = 25_000;
/// How long rows that somebody keeps on a device stay there after they were last opened or added to: a week's work can be gone on
/// with, and what nobody comes back to does not lie about.
pub const KEPT_FOR: Duration = Duration::from_hours(7 * 24);
/// Bytes of one write: small blocks are put together, because each call costs as much as copying a hundred kilobytes.
pub const FILE_WRITE_BYTES: usize = 4 << 20;
/// Longest `Retry-After` that a load sits out by itself; past it a person decides.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(600);
/// Tries of one page when no answer reaches the page at all: offline and blocked do not heal by waiting.
pub const UNREACHABLE_TRIES_MAX: u32 = 3;
/// Time without a page that a load sits out by itself, in one pause after the other, because Graph throttles or the computer is
/// offline. Somebody else who takes the whole limit is done within minutes, and a connection comes back or needs a person; what
/// is so for half an hour has another reason.
pub const WAITS_MAX: Duration = Duration::from_secs(1_800);
/// Longest pause between tries while the computer is offline: a try costs nothing then, and whoever is back should not wait.
pub const OFFLINE_PAUSE_MAX: Duration = Duration::from_secs(30);
/// A request that ends so long after it began was slept through: timers of a computer that sleeps go off when it wakes.
pub const SLEPT_AFTER: Duration = Duration::from_secs(180);
/// Longest wait without a look at the clock: a computer that slept meanwhile has waited long enough, and its timers do not know.
pub const CLOCK_LOOK_PAUSE: Duration = Duration::from_secs(30);
/// Slices of one load that are loaded at a time: with three, answers may take six seconds each before a request that could start
/// has nothing to ask for.
pub const CHAINS_MAX: usize = 3;
/// Pages of a slice at least, on average: each slice ends with a page that is not full.
pub const SLICE_PAGES_MIN: u32 = 8;
/// Pages that a slice which is cut ahead of has left at most.
pub const SLICE_PAGES_MAX: u32 = 16;
/// Pages left from which on the service is asked how many rows there are when: below, the rows are there nearly as soon.
pub const VOLUME_PAGES_MIN: u32 = 4;
/// Pages of these counts at most. A count is for one user, application and address, so that there may be as many as rows; with
/// three pages a load keeps to its rows by the thousand, its slices, and four requests more.
pub const SUMMARY_PAGES_MAX: u32 = 3;
/// Rows that are believed to be in one window of time; no tenant has so many in a day.
pub const COUNT_MAX: u64 = 1_000_000_000;
/// Windows of time with a count: a month of quarters of a day, and one that has just begun.
pub const WINDOWS_MAX: usize = 121;
/// How many times as many rows as were counted, or as few, make the counts worthless.
pub const COUNT_ERROR_MAX: f64 = 4.0;
/// Shortest time that a slice which the service is too slow for is halved to.
pub const SLICE_MIN: Duration = Duration::from_secs(15 * 60);
/// Slices that fail before the load does.
pub const SLICES_FAILED_MAX: usize = 3;
/// Links followed one after the other before a fresh request goes on from the last row: they have been seen to expire in long
/// runs.
pub const CHAIN_PAGES_MAX: usize = 16;
/// How far back rows are supposed to go where no bound was asked for (Entra "data retention": 30 days with a premium licence).
pub const RETENTION: Duration = Duration::from_secs(30 * 86_400);
/// How far back a service that refuses a time bound may go (Entra "data retention"; a bound past 90 days has been seen refused).
pub const RETENTIONS: [Duration; 3] = [Duration::from_secs(90 * 86_400), RETENTION, Duration::from_secs(7 * 86_400)];
/// Rows may come so late: what was loaded of the time before is not asked for again. Entra says minutes, "up to hours" where it is busy.
pub const LATE_ROWS: Duration = Duration::from_secs(2 * 3_600);
/// Restarts of a slice that bring no new row before the load fails.
pub const RESTARTS_MAX: u32 = 3;
/// Load events of one load are at least this far apart, except the last one of a phase that ends it.
pub const EVENT_PAUSE: Duration = Duration::from_millis(100);
/// Longest time that a request takes to arrive, where no answer has shown otherwise: Graph measures the budget's window at
/// arrival. Half a second of jitter either way is covered, and a full budget every 11 s is still 91% of what the service gives.
pub const BUDGET_MARGIN: Duration = Duration::from_secs(1);
/// How late a tab may come for the permit that is kept for it: a timer and a look into the shared books take a few milliseconds,
/// on a busy machine some dozens. After that others take it.
pub const TURN_GRACE: Duration = Duration::from_millis(150);
/// How long a smaller share of the budget is kept after a refusal, at first and at most; it doubles with each refusal. Half of
/// the budget being used by others then costs a refused request every two minutes.
pub const SHARE_HOLD_FIRST: Duration = Duration::from_secs(20);
/// See [`SHARE_HOLD_FIRST`].
pub const SHARE_HOLD_MAX: Duration = Duration::from_secs(120);
/// Pause between two steps back to the whole budget: two windows, so that a step that is too many shows before the next.
pub const SHARE_STEP_PAUSE: Duration = Duration::from_secs(20);
/// Tabs may read the clock differently by this much; what is later was noted before the clock was set back.
pub const CLOCK_SLACK: Duration = Duration::from_secs(1);
/// Deepest nesting that is read into columns; the definitions need 6.
pub const NESTING_MAX: usize = 32;
/// Properties of one object among which one that comes twice is noticed; each is compared with all before it, and an
/// object as large as a page would take minutes.
pub const KEYS_COMPARED_MAX: usize = 1_000;
/// Bytes remembered of one nested property that is the same in many records, with what it came to. Enough for a thousand
/// combinations of Conditional Access policies.
pub const REMEMBERED_BYTES_MAX: usize = 2 << 20;
/// Bytes of records in one compressed block: larger compresses better, smaller is read back faster. One of a mebibyte is packed
/// and checked in two milliseconds, and read back in a third of one; blocks of a quarter would take a quarter more memory.
pub const RECORD_BLOCK_BYTES: usize = 1 << 20;
/// Longest block that is compressed. Longer is only a single record that nobody has seen; it is kept as it is, so that bytes of a file
/// that claim to be a longer block are not believed, and cost no memory.
pub const UNPACKED_BYTES_MAX: usize = 64 << 20;
/// Bytes of full blocks that may wait to be compressed, per report: more than one [`INGEST_TURN`] brings at a gigabyte a second,
/// because between turns no packed block comes in.
pub const RAW_RECORD_BYTES_MAX: usize = 32 << 20;
/// A packer that has compressed nothing for so long, of what takes it milliseconds, is taken for dead.
pub const PACK_WAIT_MAX: Duration = Duration::from_secs(10);
/// Results of filters and sorts kept per dataset, so that scrolling costs no more than the window.
pub const RESULTS_KEPT: usize = 4;
/// Characters kept of a server's error message.
pub const MESSAGE_CHARS_MAX: usize = 1_000;
/// Records read between two looks at the clock; a record takes a fraction of a millisecond.
pub const INGEST_RECORDS: usize = 32;
/// Made-up records that a worker reads before the first page comes: about as many as a browser needs to see to translate
/// everything that matters. With a third of them it reads the first page a third more slowly.
pub const REHEARSAL_RECORDS: usize = 3_072;
/// Longest time for which reading a page keeps the worker from answering: half a frame, so that no click and no scrolling
/// notices that rows arrive.
pub const INGEST_TURN: Duration = Duration::from_millis(8);
/// Columns of one question about groups: with more, nearly every row is a group of its own.
pub const GROUP_COLUMNS_MAX: usize = 3;
/// Columns whose values one question counts; the widest report has fewer.
pub const FACET_COLUMNS_MAX: usize = 200;
/// Values, groups or layers in one answer: more than anybody scrolls through, and a message of a few megabytes.
pub const VALUES_MAX: u32 = 100_000;
/// Groups of one question, shown or not: a hundred megabytes of them. Lists in several columns can make many of few rows.
pub const GROUPS_MAX: usize = 2_000_000;
/// Layers of one histogram that have a value of their own: more colours than anybody can tell apart.
pub const LAYERS_MAX: u32 = 100;
/// Buckets of one histogram: more than a screen has pixels, and ten years of hours.
pub const BUCKETS_MAX: u32 = 100_000;
/// Texts whose finds are remembered: what was typed last, and what stands in saved conditions. One takes a bit a value.
pub const NEEDLES_KEPT: usize = 6;
/// Columns of a table whose order of values is remembered; one takes four bytes a value.
pub const RANKS_KEPT: usize = 6;
/// Parentheses within each other in a filter's text. Nobody reads more than a few; each costs stack, of which WebAssembly
/// has a megabyte.
pub const FILTER_DEPTH_MAX: usize = 64;
/// Bytes of a filter's text. A thousand pasted ids are 40 KB.
pub const FILTER_BYTES_MAX: usize = 256 << 10;
/// Longest time for which one question keeps the worker from hearing of another, or that nobody waits for it any more,
/// as far as its work comes in pieces: the values of one column are looked through in one go.
pub const QUERY_TURN: Duration = Duration::from_millis(30);
