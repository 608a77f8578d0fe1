//! What holds for any bytes that come as a page: used by the tests with their mutations and by the fuzz targets.

use std::collections::BTreeMap;

use engine::{
    cache::{LogEnd, Logged, MemoryStorage, Saving, Slots, reopen},
    fetch::Shelf,
    filter::{Condition, Filter, Operator, Value},
    graph::{Bounds, Page},
    protocol::{
        Buckets, Cell, DatasetId, DistinctQuery, FacetQuery, FacetsQuery, GroupsQuery, HistogramQuery, LoadKey, RowId,
        Sort, WarningCode, WindowQuery, encode,
    },
    query::{Results, distinct, facets, groups, histogram, window},
    reports::{ALL, ReportDefinition},
    segment::SegmentWriter,
    store::{Arrival, Table},
};
use futures_util::future::FutureExt;

/// How the same page arrives for the second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// In a later load of the same fetch.
    Load,
    /// After a restart in the same load.
    Restart,
    /// In the same part of the same load, as a page that repeats the one before.
    Page,
    /// In a load of another fetch, where the report has several.
    Fetch,
}

impl Again {
    /// Every way.
    pub const ALL: [Self; 4] = [Self::Load, Self::Restart, Self::Page, Self::Fetch];
}

/// An input of a fuzz target or a find: the first byte's lowest bits say which report and which way, the rest is the page.
/// A digit is as good a first byte as any.
pub fn check_input(input: &[u8]) {
    let Some((first, page)) = input.split_first() else { return };
    let first = usize::from(*first);
    check_page(ALL[first % ALL.len()], page, Again::ALL[first / ALL.len() % Again::ALL.len()]);
}

/// Reads the page twice, asks for all of it in several orders, and for every record.
pub fn check_page(report: &'static ReportDefinition, bytes: &[u8], again: Again) {
    let page = Page::read(bytes);
    let mut shelf = Shelf::new(report);
    let first = shelf.next_serial();
    let arrival = Arrival { fetch: 0, segment: first, load: first };
    take_whole(&mut shelf, bytes, &page, arrival);
    let rows = shelf.table().order(0).to_vec();
    let second = match again {
        Again::Load => {
            let serial = shelf.next_serial();
            Arrival { fetch: 0, segment: serial, load: serial }
        }
        Again::Restart => Arrival { segment: shelf.next_serial(), ..arrival },
        Again::Page => arrival,
        Again::Fetch => {
            let serial = shelf.next_serial();
            Arrival { fetch: report.fetches.len() - 1, segment: serial, load: serial }
        }
    };
    let taken = shelf.take(bytes, &page.records, second, Bounds::default(), &[]);
    if second.fetch == 0 {
        assert_eq!(taken.new_rows, 0, "{again:?}: the rows are there already");
    } else {
        assert_eq!(taken.new_rows as usize, rows.len(), "{again:?}: the other fetch has the rows too");
    }
    if again == Again::Page {
        assert_eq!(taken.duplicates as usize, page.records.len(), "the page came before");
    }
    assert_eq!(shelf.table().order(0), rows, "{again:?}: what is shown stays");
    assert_records(&mut shelf, &rows, bytes, &page);
    assert_independent(report, &mut shelf, bytes, &page);
    assert_answers(&shelf, rows.len());
    // Not each time: it takes as long as everything else.
    if bytes.len().is_multiple_of(4) {
        assert_saved(&shelf);
    }
}

/// Every record of a page that is new becomes a row or a duplicate of one.
fn take_whole(shelf: &mut Shelf, bytes: &[u8], page: &Page, arrival: Arrival) {
    let taken = shelf.take(bytes, &page.records, arrival, Bounds::default(), &[]);
    assert_eq!((taken.new_rows + taken.duplicates) as usize, page.records.len(), "each record is counted once");
    assert_eq!(shelf.table().order(arrival.fetch).len(), taken.new_rows as usize, "each new row is shown");
}

/// The rows' records are those of the page, byte for byte, each once.
fn assert_records(shelf: &mut Shelf, rows: &[u32], bytes: &[u8], page: &Page) {
    let mut originals: Vec<Vec<u8>> = Vec::new();
    for row in rows {
        let record = shelf.record(RowId(*row)).expect("a row that is shown has its record");
        assert!(encode(&record).len() >= record.bytes.len());
        originals.push(record.bytes);
    }
    let mut expected: Vec<&[u8]> = page.records.iter().map(|range| &bytes[range.clone()]).collect();
    expected.sort_unstable();
    expected.dedup();
    originals.sort_unstable();
    assert_eq!(originals, expected, "{}", String::from_utf8_lossy(bytes));
}

/// What a record came to: its cells and what was odd about it. That two records of one page have one identity says
/// something about the page.
type Read = (Vec<Cell>, Vec<(WarningCode, String)>);

/// A record is read the same whatever was read before it: nothing that is remembered to be quick shows.
fn assert_independent(report: &'static ReportDefinition, shelf: &mut Shelf, bytes: &[u8], page: &Page) {
    let mut other = Shelf::new(report);
    for (bytes, page) in [(report.sample.as_bytes(), &Page::read(report.sample.as_bytes())), (bytes, page)] {
        let serial = other.next_serial();
        let arrival = Arrival { fetch: 0, segment: serial, load: serial };
        other.take(bytes, &page.records, arrival, Bounds::default(), &[]);
    }
    let after_others = reads(&mut other);
    for (record, read) in reads(shelf) {
        assert_eq!(after_others.get(&record), Some(&read), "{}", String::from_utf8_lossy(&record));
    }
}

fn reads(shelf: &mut Shelf) -> BTreeMap<Vec<u8>, Read> {
    let rows = shelf.table().order(0).to_vec();
    let one = |row: u32| {
        let record = shelf.record(RowId(row)).expect("a row that is shown has its record");
        let warnings = record.warnings.into_iter().filter(|warning| warning.code != WarningCode::Conflict);
        let cells = shelf.table().columns().iter().map(|column| column.row_cell(row));
        (record.bytes, (cells.collect(), warnings.map(|warning| (warning.code, warning.path)).collect()))
    };
    rows.into_iter().map(one).collect()
}

/// Every question about every column is answered, and the answers agree with each other.
fn assert_answers(shelf: &Shelf, rows: usize) {
    let (table, report, results) = (shelf.table(), shelf.table().definition(), &mut Results::default());
    let key = LoadKey { report: report.id, fetch: report.fetches[0].id.to_owned() };
    let ids = || report.columns.iter().map(|column| column.id.to_owned());
    let facet = |column| FacetQuery { column, search: None, limit: u32::MAX };
    let query = FacetsQuery { key: key.clone(), filter: Filter::All, columns: ids().map(facet).collect() };
    let counts = facets(table, results, &query).expect("the columns exist");
    assert_eq!(counts.total as usize, rows);
    for (column, counts) in report.columns.iter().zip(&counts.columns) {
        let counted: u32 = counts.values.iter().map(|(_, rows)| rows).sum();
        let is_whole = (counted + counts.missing) as usize == rows;
        assert!(is_whole || column.is_multi, "{}: {counted} + {} of {rows} rows", column.id, counts.missing);
        assert_eq!(counts.values.len(), counts.distinct as usize, "{}", column.id);
    }
    // Some of the columns, others for each number of rows, so that an input takes a millisecond.
    for (column, counts) in report.columns.iter().zip(&counts.columns).skip(rows % 16).step_by(16) {
        let condition = |operator| {
            Filter::Is(Condition { column: column.id.to_owned(), operator, value: Value::Text("a".to_owned()) })
        };
        let query = WindowQuery {
            key: key.clone(),
            filter: Filter::Or(vec![condition(Operator::Contains), Filter::Not(Box::new(condition(Operator::Le)))]),
            sort: vec![Sort { column: column.id.to_owned(), is_descending: true }],
            columns: vec![column.id.to_owned()],
            first: 0,
            count: 500,
        };
        let found = window(table, results, &query).expect("the columns exist");
        assert!(found.total as usize <= rows);
        let everything = WindowQuery { filter: Filter::All, ..query };
        let found = window(table, results, &everything).expect("the columns exist");
        assert_eq!((found.total as usize, found.rows.len()), (rows, rows.min(500)));
        let (key, filter) = (key.clone(), Filter::All);
        let query = DistinctQuery { key: key.clone(), filter: filter.clone(), column: column.id.to_owned() };
        let number = distinct(table, results, &query).expect("the column exists");
        assert_eq!((number.distinct, number.missing), (counts.distinct, counts.missing), "{}", column.id);
        let by = vec![column.id.to_owned(), report.time.to_owned()];
        let found =
            groups(table, results, &GroupsQuery { key: key.clone(), filter: filter.clone(), by, limit: u32::MAX });
        let grouped: u32 = found.expect("the columns exist").groups.iter().map(|group| group.rows).sum();
        assert!(grouped as usize == rows || column.is_multi && grouped as usize >= rows, "{}: {grouped}", column.id);
        // From the year 0 to the year 9999.
        let (from, to) = (-62_167_219_200_000, 253_402_300_800_000);
        let (buckets, stack) = (Buckets::Equal(3), Some(column.id.to_owned()));
        let query = HistogramQuery { key, filter, from, to, buckets, stack, stack_limit: 2 };
        let found = histogram(table, results, &query).expect("the column exists");
        assert!(found.counts.iter().sum::<u32>() as usize <= rows);
    }
}

/// Rows that are saved are the same when they are back.
fn assert_saved(shelf: &Shelf) {
    let (table, storage, dataset) = (shelf.table(), MemoryStorage::default(), DatasetId("saved".to_owned()));
    let report = table.definition();
    let slots = Slots::new(&dataset, report);
    let next = slots.next(&storage, None).now_or_never().expect("memory is at once");
    let (file, mark) = next.expect("memory has room");
    let mut saving = Saving::new(file.clone()).expect("memory has room");
    let extra = SegmentWriter::default();
    // Records of pages as small as these fill no block, so that the log has nothing.
    let logged = Logged { id: 7, end: LogEnd { offset: 0, sequence: 0 }, places: &[] };
    saving.write_rest(&dataset, table, logged, &extra).expect("memory has room");
    let written = saving.finish(slots.fingerprint(), mark);
    let saved = written.map(|_| slots.saved(file.clone(), mark)).expect("memory has room").expect("it was just saved");
    let back = reopen(&saved, (7, &file), &dataset, report).expect("nothing is damaged").table;
    for fetch in 0..report.fetches.len() {
        assert_eq!(back.order(fetch), table.order(fetch));
    }
    for row in 0..table.len() {
        let cells = |table: &Table| table.columns().iter().map(|column| column.row_cell(row)).collect::<Vec<_>>();
        assert_eq!((back.record(row), back.older(row)), (table.record(row), table.older(row)));
        assert_eq!(cells(&back), cells(table));
    }
}
