//! Reading made-up records and asking about them before anybody waits. A browser runs WebAssembly slowly until it has
//! translated what runs often in earnest; after this the first page that arrives is read at full speed.

use std::time::Duration;

use crate::{
    fetch::Shelf,
    filter::{Condition, Filter, Operator, Value},
    graph::{Bounds, Page},
    ingest::specimen,
    limits::{INGEST_RECORDS, REHEARSAL_RECORDS},
    ports::Clock,
    protocol::{FacetQuery, FacetsQuery, LoadKey, Sort, WindowQuery},
    query::{Results, facets, window},
    reports::{ALL, Kind, ReportDefinition},
    store::Arrival,
};

/// Rehearses with the widest report, in turns so short that whoever asks something meanwhile hardly waits. Keeps nothing.
pub async fn rehearse(clock: &dyn Clock) {
    let Some(report) = ALL.iter().copied().max_by_key(|report| report.columns.len()) else { return };
    let mut shelf = Shelf::new(report);
    let serial = shelf.next_serial();
    let arrival = Arrival { fetch: 0, segment: serial, load: serial };
    // Memory that was used once is at hand for the first page, which is about as large as these together.
    let mut pages = Vec::new();
    for first in (0..REHEARSAL_RECORDS).step_by(INGEST_RECORDS) {
        let page = page(report, first as u64).into_bytes();
        shelf.take(&page, &Page::read(&page).records, arrival, Bounds::default(), &[]);
        // The pause leaves time for translating.
        clock.sleep(Duration::from_millis(1)).await;
        if first < report.page_size as usize {
            pages.push(page);
        }
    }
    for query in windows(report) {
        // There is no column and no fetch that the report does not have.
        let _ = window(shelf.table(), &mut Results::default(), &query);
        clock.yield_now().await;
    }
    let columns = texts(report).map(|column| FacetQuery { column, search: None, limit: 10 }).collect();
    let query = FacetsQuery { key: key(report), filter: Filter::All, columns };
    let _ = facets(shelf.table(), &mut Results::default(), &query);
}

/// A page of made-up records.
fn page(report: &'static ReportDefinition, first: u64) -> String {
    let records: Vec<String> = specimen(report, first..first + INGEST_RECORDS as u64).collect();
    format!("[{}]", records.join(","))
}

fn windows(report: &ReportDefinition) -> impl Iterator<Item = WindowQuery> {
    let condition = |column, operator| Condition { column, operator, value: Value::Text("value 1".to_owned()) };
    let filters = texts(report).flat_map(move |column| {
        [Operator::Eq, Operator::Contains].map(|operator| Filter::Is(condition(column.clone(), operator)))
    });
    let sorts = texts(report).map(|column| vec![Sort { column, is_descending: false }]);
    filters.zip(sorts).map(|(filter, sort)| WindowQuery {
        key: key(report),
        filter: Filter::And(vec![filter]),
        sort,
        columns: report.columns.iter().map(|column| column.id.to_owned()).collect(),
        first: 0,
        count: 50,
    })
}

/// A few columns of text.
fn texts(report: &ReportDefinition) -> impl Iterator<Item = String> {
    let texts = report.columns.iter().filter(|column| column.kind == Kind::Keyword);
    texts.take(6).map(|column| column.id.to_owned())
}

fn key(report: &ReportDefinition) -> LoadKey {
    LoadKey { report: report.id, fetch: report.fetches[0].id.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_up_records_are_read_without_anything_odd() {
        for report in ALL {
            let page = page(report, 0).into_bytes();
            let mut shelf = Shelf::new(report);
            let arrival = Arrival { fetch: 0, segment: 1, load: 1 };
            let taken = shelf.take(&page, &Page::read(&page).records, arrival, Bounds::default(), &[]);
            assert_eq!((taken.new_rows as usize, taken.duplicates), (INGEST_RECORDS, 0), "{}", report.slug);
            // An outcome is one of a few words of Graph's, which made-up ones are not.
            let odd: Vec<_> = taken.warnings.iter().filter(|warning| warning.path != "outcome").collect();
            assert!(odd.is_empty(), "{}: {:?}", report.slug, odd.first());
            for query in windows(report) {
                assert!(window(shelf.table(), &mut Results::default(), &query).is_ok());
            }
        }
    }
}
