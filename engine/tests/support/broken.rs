//! What holds for any bytes that come as a page: used by the tests with their mutations and by the fuzz targets.

use engine::{
    fetch::Shelf,
    filter::{Condition, Filter, Operator, Value},
    graph::{Bounds, Page},
    protocol::{LoadKey, RowId, Sort, WindowQuery, encode},
    query::{Results, window},
    reports::{ALL, ReportDefinition},
    store::Arrival,
};

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
    assert_answers(&shelf, rows.len());
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

/// Every column can be read, and some of them, others for each number of rows, can be filtered and sorted by.
fn assert_answers(shelf: &Shelf, rows: usize) {
    let report = shelf.table().definition();
    for column in report.columns.iter().skip(rows % 16).step_by(16) {
        let condition = |operator| {
            Filter::Is(Condition { column: column.id.to_owned(), operator, value: Value::Text("a".to_owned()) })
        };
        let query = WindowQuery {
            key: LoadKey { report: report.id, fetch: report.fetches[0].id.to_owned() },
            filter: Filter::Or(vec![condition(Operator::Contains), Filter::Not(Box::new(condition(Operator::Le)))]),
            sort: vec![Sort { column: column.id.to_owned(), is_descending: true }],
            columns: report.columns.iter().map(|column| column.id.to_owned()).collect(),
            first: 0,
            count: 500,
        };
        let found = window(shelf.table(), &mut Results::default(), &query).expect("the columns exist");
        assert!(found.total as usize <= rows);
    }
}
