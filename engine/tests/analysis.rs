//! Do the answers over columns agree with a naive loop over the records? Random records of two fetches that arrive page by
//! page, random filters, and every question after some of the pages.

#[path = "support/naive.rs"]
mod naive;
#[path = "support/random.rs"]
mod random;

use engine::{
    fetch::Shelf,
    filter::{Filter, fold},
    graph::{Bounds, Page},
    limits::{FACET_COLUMNS_MAX, GROUP_COLUMNS_MAX},
    protocol::{
        Buckets, Cell, DistinctQuery, FacetCounts, FacetQuery, FacetsQuery, Group, GroupsQuery, Histogram,
        HistogramQuery, Layer, LayerOf, LoadKey, LocalUnit, OffsetChange, QueryError, Sort, WindowQuery,
    },
    query::{Results, distinct, facets, groups, histogram, window},
    reports::{self, ReportDefinition},
    store::{Arrival, Table},
};
use naive::{COLUMNS, Known, different, is_match, time, values};
use proptest::{collection::vec, prelude::*};
use random::{HOUR, START, buckets, column, filter, needle, record};
use serde_json::{Value as Json, json};

/// A row with its record.
type Row<'r> = (u32, &'r Json);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn answers_agree_with_a_naive_loop_while_rows_arrive(
        pages in vec((0..2_usize, vec(record(), 0..16)), 1..6),
        questions in vec(question(), 1..8),
    ) {
        let mut shelf = Shelf::new(report());
        let mut results = Results::default();
        let (mut records, mut shown): (Vec<Json>, [Vec<u32>; 2]) = (Vec::new(), [Vec::new(), Vec::new()]);
        for (fetch, page) in pages {
            let page: Vec<Json> = (records.len()..).zip(page).map(|(number, mut record)| {
                // Many GUIDs are kept in another way than other texts.
                record["id"] = json!(format!("{number:08x}-89ef-4000-a000-0123456789ab"));
                record
            }).collect();
            let bytes = json!({"value": page}).to_string().into_bytes();
            let arrival = Arrival { fetch, segment: 1, load: 1 };
            shelf.take(&bytes, &Page::read(&bytes).records, arrival, Bounds::default(), &[]);
            shown[fetch].extend(records.len() as u32..(records.len() + page.len()) as u32);
            records.extend(page);
            for question in &questions {
                let rows = newest_first(&records, &shown[question.fetch]);
                question.check(shelf.table(), &mut results, &rows)?;
            }
        }
    }
}

#[test]
fn what_cannot_be_answered_is_refused() {
    let shelf = Shelf::new(report());
    let (table, mut results) = (shelf.table(), Results::default());
    let key = LoadKey { report: report().id, fetch: report().fetches[0].id.to_owned() };
    let elsewhere = LoadKey { fetch: "elsewhere".to_owned(), ..key.clone() };
    let unknown = || QueryError::UnknownColumn { column: "colour".to_owned() };
    let invalid = |detail: &str| QueryError::InvalidQuestion { detail: detail.to_owned() };
    let mut count = |key: &LoadKey, filter: Filter, columns: usize| {
        let column = FacetQuery { column: "id".to_owned(), search: None, limit: 1 };
        facets(table, &mut results, &FacetsQuery { key: key.clone(), filter, columns: vec![column; columns] }).err()
    };
    assert_eq!(count(&key, Filter::All, FACET_COLUMNS_MAX), None);
    assert_eq!(count(&key, Filter::All, FACET_COLUMNS_MAX + 1), Some(invalid("columns")));
    assert_eq!(
        count(&elsewhere, Filter::All, 1),
        Some(QueryError::InvalidScope { detail: "fetch elsewhere".to_owned() })
    );
    // Also behind a condition that no row meets.
    let filter = Filter::And(vec![Filter::Or(vec![]), Filter::Exists("colour".to_owned())]);
    assert_eq!(count(&key, filter, 1), Some(unknown()));
    let mut group = |by: &[&str]| {
        let by = by.iter().map(|column| (*column).to_owned()).collect();
        groups(table, &mut results, &GroupsQuery { key: key.clone(), filter: Filter::All, by, limit: 1 }).err()
    };
    assert_eq!(group(&[]), Some(invalid("columns")));
    assert_eq!(group(&["id"; GROUP_COLUMNS_MAX]), None);
    assert_eq!(group(&["id"; GROUP_COLUMNS_MAX + 1]), Some(invalid("columns")));
    assert_eq!(group(&["id", "colour"]), Some(unknown()));
}

#[test]
fn long_lists_do_not_make_groups_without_end() {
    let list = |name: &str| (0..130).map(|number| json!(format!("{name} {number}"))).collect::<Json>();
    let record = json!({"riskEventTypes_v2": list("risk"), "authenticationMethodsUsed": list("method"),
        "conditionalAccessAudiences": list("audience")});
    let bytes = json!({"value": [record]}).to_string().into_bytes();
    let mut shelf = Shelf::new(report());
    let arrival = Arrival { fetch: 0, segment: 1, load: 1 };
    shelf.take(&bytes, &Page::read(&bytes).records, arrival, Bounds::default(), &[]);
    let mut results = Results::default();
    let mut count = |by: &[&str]| {
        let key = LoadKey { report: report().id, fetch: report().fetches[0].id.to_owned() };
        let by = by.iter().map(|column| (*column).to_owned()).collect();
        let query = GroupsQuery { key, filter: Filter::All, by, limit: 1 };
        groups(shelf.table(), &mut results, &query).map(|groups| groups.distinct)
    };
    assert_eq!(count(&["riskEventTypes_v2[]", "authenticationMethodsUsed[]"]), Ok(130 * 130));
    let three = ["riskEventTypes_v2[]", "authenticationMethodsUsed[]", "conditionalAccessAudiences[]"];
    assert_eq!(count(&three), Err(QueryError::InvalidQuestion { detail: "groups".to_owned() }));
}

fn report() -> &'static ReportDefinition {
    reports::report("signIns").expect("the report is defined")
}

fn newest_first<'r>(records: &'r [Json], shown: &[u32]) -> Vec<Row<'r>> {
    let mut rows: Vec<Row<'_>> = shown.iter().map(|row| (*row, &records[*row as usize])).collect();
    // What has no time comes last.
    rows.sort_by_key(|(_, record)| std::cmp::Reverse(time(record)));
    rows
}

/// One question of every kind about the same rows.
#[derive(Clone, Debug)]
struct Question {
    fetch: usize,
    filter: Filter,
    sort: Vec<Sort>,
    first: u32,
    count: u32,
    column: String,
    by: Vec<String>,
    search: Option<String>,
    limit: u32,
    hours: (i64, i64),
    buckets: Buckets,
}

impl Question {
    fn check(&self, table: &Table, results: &mut Results, rows: &[Row<'_>]) -> Result<(), TestCaseError> {
        let rows: Vec<Row<'_>> = rows.iter().copied().filter(|(_, record)| is_match(record, &self.filter)).collect();
        self.check_window(table, results, &rows)?;
        self.check_counts(table, results, &rows)?;
        self.check_groups(table, results, &rows)?;
        self.check_histogram(table, results, &rows)
    }

    fn check_window(&self, table: &Table, results: &mut Results, rows: &[Row<'_>]) -> Result<(), TestCaseError> {
        let mut sorted = rows.to_vec();
        sorted.sort_by(|(_, left), (_, right)| {
            let by = |sort: &Sort| {
                let first = |record: &Json| values(record, &sort.column).into_iter().next();
                match (first(left), first(right)) {
                    (Some(left), Some(right)) if sort.is_descending => right.order(&left),
                    (Some(left), Some(right)) => left.order(&right),
                    (left, right) => right.is_some().cmp(&left.is_some()),
                }
            };
            self.sort.iter().map(by).find(|ordering| ordering.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
        });
        let wanted: Vec<u32> =
            sorted.iter().skip(self.first as usize).take(self.count as usize).map(|(row, _)| *row).collect();
        let query = WindowQuery {
            key: self.key(),
            filter: self.filter.clone(),
            sort: self.sort.clone(),
            columns: vec!["id".to_owned()],
            first: self.first,
            count: self.count,
        };
        let found = window(table, results, &query).expect("the columns exist");
        prop_assert_eq!(found.revision, table.revision());
        prop_assert_eq!(found.total as usize, rows.len());
        prop_assert_eq!(found.rows.iter().map(|row| row.id.0).collect::<Vec<_>>(), wanted);
        Ok(())
    }

    fn check_counts(&self, table: &Table, results: &mut Results, rows: &[Row<'_>]) -> Result<(), TestCaseError> {
        let facet = |column: &str, search: Option<&String>| FacetQuery {
            column: column.to_owned(),
            search: search.cloned(),
            limit: self.limit,
        };
        let mut columns: Vec<FacetQuery> = COLUMNS.iter().map(|(column, _)| facet(column, None)).collect();
        columns.push(facet(&self.column, self.search.as_ref()));
        let query = FacetsQuery { key: self.key(), filter: self.filter.clone(), columns };
        let found = facets(table, results, &query).expect("the columns exist");
        prop_assert_eq!(found.total as usize, rows.len());
        for (query, found) in query.columns.iter().zip(&found.columns) {
            prop_assert_eq!(found, &counts(rows, query), "{}", query.column);
        }
        let query = DistinctQuery { key: self.key(), filter: self.filter.clone(), column: self.column.clone() };
        let found = distinct(table, results, &query).expect("the column exists");
        let wanted = counts(rows, &facet(&self.column, None));
        prop_assert_eq!(
            (found.total as usize, found.distinct, found.missing),
            (rows.len(), wanted.distinct, wanted.missing)
        );
        Ok(())
    }

    fn check_groups(&self, table: &Table, results: &mut Results, rows: &[Row<'_>]) -> Result<(), TestCaseError> {
        let mut wanted: Vec<(Vec<Option<Known>>, Group)> = Vec::new();
        for (_, record) in rows {
            let mut keys = vec![Vec::new()];
            for column in &self.by {
                let mut members: Vec<Option<Known>> = different(values(record, column)).into_iter().map(Some).collect();
                if members.is_empty() {
                    members.push(None);
                }
                let longer =
                    |key: Vec<Option<Known>>| members.iter().cloned().map(move |member| [&key[..], &[member]].concat());
                keys = keys.into_iter().flat_map(longer).collect();
            }
            for key in keys {
                let at = wanted.iter().position(|(other, _)| *other == key).unwrap_or_else(|| {
                    let values = key
                        .iter()
                        .map(|value| value.as_ref().map_or(Cell::Absent, |value| cell(value.clone())))
                        .collect();
                    wanted.push((key, Group { values, rows: 0, first: None, last: None }));
                    wanted.len() - 1
                });
                let group = &mut wanted[at].1;
                group.rows += 1;
                group.first = group.first.into_iter().chain(time(record)).min();
                group.last = group.last.into_iter().chain(time(record)).max();
            }
        }
        wanted.sort_by(|(left, left_group), (right, right_group)| {
            let by = |(left, right): (&Option<Known>, &Option<Known>)| match (left, right) {
                (Some(left), Some(right)) => left.order(right),
                (left, right) => right.is_some().cmp(&left.is_some()),
            };
            let by_value = left.iter().zip(right).map(by).find(|ordering| ordering.is_ne());
            right_group.rows.cmp(&left_group.rows).then(by_value.unwrap_or(std::cmp::Ordering::Equal))
        });
        let query =
            GroupsQuery { key: self.key(), filter: self.filter.clone(), by: self.by.clone(), limit: self.limit };
        let found = groups(table, results, &query).expect("the columns exist");
        prop_assert_eq!((found.total as usize, found.distinct as usize), (rows.len(), wanted.len()));
        let wanted: Vec<Group> = wanted.into_iter().map(|(_, group)| plain(group)).take(self.limit as usize).collect();
        prop_assert_eq!(found.groups.into_iter().map(plain).collect::<Vec<_>>(), wanted);
        Ok(())
    }

    fn check_histogram(&self, table: &Table, results: &mut Results, rows: &[Row<'_>]) -> Result<(), TestCaseError> {
        let (from, to) = (START + self.hours.0 * HOUR / 3, START + (self.hours.0 + self.hours.1) * HOUR / 3);
        let query = HistogramQuery {
            key: self.key(),
            filter: self.filter.clone(),
            from,
            to,
            buckets: self.buckets.clone(),
            stack: Some(self.column.clone()),
            stack_limit: self.limit,
        };
        let found = histogram(table, results, &query).expect("the columns exist");
        let inside: Vec<(usize, &Json)> = rows
            .iter()
            .filter_map(|(_, record)| Some((time(record)?, *record)))
            .filter(|(time, _)| (from..to).contains(time))
            .map(|(time, record)| (bucket(time, &query, &found.starts), record))
            .collect();
        let buckets = found.counts.len();
        let tally = |is_meant: &dyn Fn(&Json) -> bool| {
            let mut counts = vec![0_u32; buckets];
            inside.iter().filter(|(_, record)| is_meant(record)).for_each(|(bucket, _)| counts[*bucket] += 1);
            counts
        };
        check_starts(&query, &found)?;
        prop_assert_eq!(found.total as usize, rows.len());
        prop_assert_eq!(&found.counts, &tally(&|_| true));
        let stacked: Vec<Row<'_>> = inside.iter().map(|(_, record)| (0, *record)).collect();
        let facet = FacetQuery { column: self.column.clone(), search: None, limit: self.limit };
        let shown = counts(&stacked, &facet).values;
        let members = |record: &Json| -> Vec<Cell> {
            values(record, &self.column).into_iter().map(cell).map(plain_cell).collect()
        };
        let is_shown = |member: &Cell| shown.iter().any(|(value, _)| plain_cell(value.clone()) == *member);
        let mut layers: Vec<Layer> = shown
            .iter()
            .map(|(value, _)| Layer {
                of: LayerOf::Value(plain_cell(value.clone())),
                counts: tally(&|record| members(record).contains(&plain_cell(value.clone()))),
            })
            .collect();
        let rest = |record: &Json| members(record).iter().any(|member| !is_shown(member));
        layers.push(Layer { of: LayerOf::Other, counts: tally(&rest) });
        layers.push(Layer { of: LayerOf::Missing, counts: tally(&|record| members(record).is_empty()) });
        layers.retain(|layer| layer.counts.iter().any(|rows| *rows > 0));
        let of = |layer: Layer| Layer {
            of: match layer.of {
                LayerOf::Value(value) => LayerOf::Value(plain_cell(value)),
                other => other,
            },
            ..layer
        };
        prop_assert_eq!(found.layers.into_iter().map(of).collect::<Vec<_>>(), layers);
        let unstacked = histogram(table, results, &HistogramQuery { stack: None, ..query }).expect("the columns exist");
        prop_assert_eq!((unstacked.counts, unstacked.layers), (found.counts, Vec::new()));
        Ok(())
    }

    fn key(&self) -> LoadKey {
        LoadKey { report: report().id, fetch: report().fetches[self.fetch].id.to_owned() }
    }
}

/// Counts of one column, one row at a time.
fn counts(rows: &[Row<'_>], query: &FacetQuery) -> FacetCounts {
    let mut counted: Vec<(Known, u32)> = Vec::new();
    let mut missing = 0;
    for (_, record) in rows {
        let members = different(values(record, &query.column));
        missing += u32::from(members.is_empty());
        for member in members {
            match counted.iter_mut().find(|(value, _)| *value == member) {
                Some((_, rows)) => *rows += 1,
                None => counted.push((member, 1)),
            }
        }
    }
    let search = fold(query.search.as_deref().unwrap_or_default()).into_owned();
    counted.retain(|(value, _)| fold(&value.text()).contains(&search));
    counted.sort_by(|(left, left_rows), (right, right_rows)| right_rows.cmp(left_rows).then_with(|| left.order(right)));
    let distinct = counted.len() as u32;
    let is_whole = !query.column.contains("latitude");
    let typed = |value: Known| match value {
        Known::Number(number) if is_whole => Cell::Integer(number as i64),
        value => cell(value),
    };
    let values = counted.into_iter().take(query.limit as usize).map(|(value, rows)| (typed(value), rows)).collect();
    FacetCounts { values, distinct, missing }
}

fn cell(value: Known) -> Cell {
    match value {
        Known::Number(number) => Cell::Number(number),
        Known::Flag(flag) => Cell::Flag(flag),
        Known::Time(time) => Cell::Instant(time),
        Known::Text(text) => Cell::Text(text),
    }
}

/// Without the difference between whole and other numbers.
fn plain_cell(cell: Cell) -> Cell {
    match cell {
        Cell::Integer(number) => Cell::Number(number as f64),
        other => other,
    }
}

fn plain(group: Group) -> Group {
    Group { values: group.values.into_iter().map(plain_cell).collect(), ..group }
}

/// The bucket of an instant between the two ends.
fn bucket(time: i64, query: &HistogramQuery, starts: &[i64]) -> usize {
    match &query.buckets {
        Buckets::Equal(count) => {
            ((i128::from(time - query.from) * i128::from(*count)) / i128::from(query.to - query.from)) as usize
        }
        Buckets::Local { unit: LocalUnit::Hour | LocalUnit::Day, .. } => {
            starts.iter().rposition(|start| *start <= time).expect("the first bucket begins the range")
        }
        Buckets::Local { unit, zone } => {
            // The first of 1970 was a Thursday; weeks begin on Monday.
            let hour = (local(time, zone) + 3 * 24 * HOUR).div_euclid(HOUR);
            let hour = match unit {
                LocalUnit::HourOfDay => hour.rem_euclid(24),
                LocalUnit::Weekday => hour.rem_euclid(168) / 24,
                _ => hour.rem_euclid(168),
            };
            hour as usize
        }
    }
}

/// Every instant must be of the same local hour or day as the first one of its bucket, and of another than the one before.
fn check_starts(query: &HistogramQuery, found: &Histogram) -> Result<(), TestCaseError> {
    let Buckets::Local { unit: unit @ (LocalUnit::Hour | LocalUnit::Day), zone } = &query.buckets else {
        return Ok(());
    };
    let starts = &found.starts;
    prop_assert_eq!(starts[0], query.from);
    prop_assert!(starts.iter().all(|start| (query.from..query.to).contains(start)));
    let length = if *unit == LocalUnit::Hour { HOUR } else { 24 * HOUR };
    let name = |time: i64| local(time, zone).div_euclid(length);
    for at in (query.from..query.to).step_by(60_000) {
        let bucket = starts.iter().rposition(|start| *start <= at).expect("the first bucket begins the range");
        prop_assert_eq!(name(at), name(starts[bucket]));
    }
    for pair in starts.windows(2) {
        let is_another_offset = local(pair[0], zone) - pair[0] != local(pair[1], zone) - pair[1];
        prop_assert!(name(pair[0]) != name(pair[1]) || *unit == LocalUnit::Hour && is_another_offset);
    }
    Ok(())
}

fn local(time: i64, zone: &[OffsetChange]) -> i64 {
    let in_force = zone.iter().rev().find(|change| change.from <= time).or(zone.first());
    time + in_force.map_or(0, |change| i64::from(change.offset_secs) * 1_000)
}

fn question() -> impl Strategy<Value = Question> {
    let sort = (column(), any::<bool>()).prop_map(|(column, is_descending)| Sort { column, is_descending });
    (
        (0..2_usize, filter(), vec(sort, 0..4), 0..10_u32, 0..60_u32),
        (column(), vec(column(), 1..4), proptest::option::of(needle()), 0..8_u32, (-5..20_i64, 1..60_i64), buckets()),
    )
        .prop_map(|((fetch, filter, sort, first, count), (column, by, search, limit, hours, buckets))| Question {
            fetch,
            filter,
            sort,
            first,
            count,
            column,
            by,
            search,
            limit,
            hours,
            buckets,
        })
}
