//! What holds for any text as a filter: used by the tests and by the fuzz target.

use std::cell::RefCell;

use engine::{
    fetch::Shelf,
    filter::{Exactness, Filter, Local, kql, normal, parse, print, service_part},
    graph::{Bounds, Page},
    protocol::{LoadKey, WindowQuery},
    query::{Results, window},
    reports::{ALL, ReportDefinition},
    store::Arrival,
};

/// Summer time in the north, and a zone that is half an hour off.
const ZONES: [&[(i64, i32)]; 4] =
    [&[], &[(0, 3_600), (1_774_746_000_000, 7_200), (1_792_890_000_000, 3_600)], &[(0, -12_600)], &[(0, 0)]];
const NOW: i64 = 1_795_600_000_000;

thread_local! {
    /// A shelf with the sample of each report.
    static SHELVES: RefCell<Vec<Shelf>> = RefCell::new(ALL.iter().map(|report| shelf(report)).collect());
}

/// An input of the fuzz target or a find: the first byte's lowest bits say which report and which zone, the rest is the text.
pub fn check_input(input: &[u8]) {
    let Some((first, text)) = input.split_first() else { return };
    let first = usize::from(*first);
    check_text(first % ALL.len(), &String::from_utf8_lossy(text), ZONES[first / ALL.len() % ZONES.len()]);
}

/// Reads the text, prints what was read, reads that, and asks for it.
fn check_text(at: usize, text: &str, zone: &[(i64, i32)]) {
    let (report, local) = (ALL[at], Local { now: NOW, zone });
    match parse(report, text, local) {
        Err(error) => {
            assert!(text.get(error.at.clone()).is_some(), "{error} is no place in {text:?}");
            // What stands in for it may itself be wrong, but not so that it cannot be shown.
            assert!(error.suggestion.is_none_or(|suggestion| !suggestion.is_empty()), "{text:?}");
        }
        Ok(filter) => {
            let printed = print(report, &filter);
            // Nobody can type a text that is longer when it is written out.
            let again = parse(report, &printed, Local::default());
            assert!(again.as_ref() == Ok(&filter), "{text:?} is printed as {printed:?}, which is read as {again:?}");
            assert!(normal(report, &filter) == filter, "{text:?} is not read in its normal form");
            assert_said(report, text, &filter);
            assert_asked(at, text, filter);
        }
    }
}

/// The other targets say it, or why they cannot.
fn assert_said(report: &'static ReportDefinition, text: &str, filter: &Filter) {
    for exactness in [Exactness::Strict, Exactness::Loose] {
        let split = service_part(report, filter, exactness);
        let whole = Filter::And(vec![split.taken_filter, split.rest]);
        // Where Graph is asked for more than matches, the rest has it again; nothing may be asked of nobody.
        let is_whole = normal(report, &whole) == *filter || split.taken.is_some();
        assert!(is_whole, "{text:?} is divided into less than it is");
    }
    for fetch in report.fetches {
        match kql(report, fetch, filter) {
            Ok(said) => assert!(said.text.starts_with(fetch.table), "{text:?}"),
            Err(unsaid) => assert!(!unsaid.is_empty(), "{text:?}"),
        }
    }
}

/// A row matches a filter or its opposite.
fn assert_asked(at: usize, text: &str, filter: Filter) {
    SHELVES.with_borrow(|shelves| {
        let shelf = &shelves[at];
        let count = |filter: Filter| {
            let definition = shelf.table().definition();
            let key = LoadKey { report: definition.id, fetch: definition.fetches[0].id.to_owned() };
            let query = WindowQuery { key, filter, sort: Vec::new(), columns: Vec::new(), first: 0, count: 0 };
            window(shelf.table(), &mut Results::default(), &query).expect("only columns that exist are read").total
        };
        let (with, without) = (count(filter.clone()), count(Filter::Not(Box::new(filter))));
        assert_eq!(with + without, shelf.table().len(), "{text:?}");
    });
}

fn shelf(report: &'static ReportDefinition) -> Shelf {
    let mut shelf = Shelf::new(report);
    let (bytes, serial) = (report.sample.as_bytes(), shelf.next_serial());
    let arrival = Arrival { fetch: 0, segment: serial, load: serial };
    shelf.take(bytes, &Page::read(bytes).records, arrival, Bounds::default(), &[]);
    shelf
}
