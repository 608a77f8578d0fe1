//! Does the columnar query agree with a naive loop over the records? Random rows, filters, orders and windows.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs)]

#[path = "support/world.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the world")]
mod world;

use std::cmp::Ordering;

use engine::{
    fetch::Shelf,
    filter::{Condition, Filter, Operator, Value},
    graph::{Bounds, Page},
    instant::{format_instant, parse_instant},
    ports::Random,
    protocol::{LoadKey, Sort, WindowQuery},
    query::{Results, window},
    reports,
    store::Arrival,
};
use serde_json::{Value as Json, json};
use world::Seeded;

/// Columns of every kind, with the JSON path that a naive reader follows.
const COLUMNS: &[&str] = &[
    "id",
    "createdDateTime",
    "userPrincipalName",
    "status/errorCode",
    "isInteractive",
    "location/geoCoordinates/latitude",
    "riskEventTypes_v2[]",
    "appliedConditionalAccessPolicies[]/displayName",
    "authenticationDetails[]/succeeded",
];

#[test]
fn filters_orders_and_windows_agree_with_a_naive_loop() {
    for seed in 0..3 {
        let dice = Dice(Seeded::new(seed));
        let records: Vec<Json> = (0..400).map(|number| record(&dice, number)).collect();
        let shelf = shelf(&dice, &records);
        let rows = rows(&shelf);
        let mut results = Results::default();
        for _ in 0..120 {
            let query = query(&dice);
            let window = window(shelf.table(), &mut results, &query).expect("the query names columns that exist");
            let found: Vec<u32> = window.rows.iter().map(|row| row.id.0).collect();
            let (total, expected) = naive(&rows, &query);
            assert_eq!((window.total, found), (total, expected), "seed {seed}: {query:#?}");
        }
    }
}

#[test]
fn rows_are_newest_first_however_pages_come() {
    let dice = Dice(Seeded::new(99));
    let records: Vec<Json> = (0..400).map(|number| record(&dice, number)).collect();
    let shelf = shelf(&dice, &records);
    let order = shelf.table().order(0);
    assert_eq!(order.len(), records.len());
    let times: Vec<i64> = order.iter().map(|row| shelf.table().time(*row)).collect();
    assert!(times.is_sorted_by(|left, right| left >= right));
    assert!(
        order.windows(2).all(|pair| times_of(&shelf, pair) || pair[0] < pair[1]),
        "equal times stay in order of arrival"
    );
}

fn times_of(shelf: &Shelf, pair: &[u32]) -> bool {
    shelf.table().time(pair[0]) != shelf.table().time(pair[1])
}

struct Dice(Seeded);

impl Dice {
    fn below(&self, count: u64) -> usize {
        (self.0.next_u64() % count) as usize
    }
    fn pick<'p, T>(&self, choices: &'p [T]) -> &'p T {
        &choices[self.below(choices.len() as u64)]
    }
}

const NAMES: &[&str] = &[
    "ada@contoso.example",
    "Ada@Contoso.example",
    "łukasz@fabrikam.example",
    "Łukasz@fabrikam.example",
    "bob@contoso.example",
    "",
    "Zoë",
];
const RISKS: &[&str] = &["unlikelyTravel", "UnlikelyTravel", "anonymizedIPAddress", "none"];

fn record(dice: &Dice, number: u32) -> Json {
    let mut record = json!({"id": format!("r{number}"), "createdDateTime": format_instant(1_791_979_200_000 + dice.below(50) as i64 * 1_500)});
    let map = record.as_object_mut().expect("it was made as an object");
    let mut maybe = |name: &str, value: Json| match dice.below(10) {
        0 => {}
        1 => _ = map.insert(name.to_owned(), Json::Null),
        _ => _ = map.insert(name.to_owned(), value),
    };
    maybe("userPrincipalName", json!(dice.pick(NAMES)));
    maybe("status", json!({"errorCode": *dice.pick(&[0, 50126, 50053, -1])}));
    maybe("isInteractive", json!(dice.below(2) == 0));
    maybe("location", json!({"geoCoordinates": {"latitude": *dice.pick(&[59.9, -33.25, 0.0, 48.0])}}));
    maybe("riskEventTypes_v2", (0..dice.below(4)).map(|_| *dice.pick(RISKS)).collect());
    maybe("appliedConditionalAccessPolicies", (0..dice.below(4)).map(|_| policy(dice)).collect());
    maybe("authenticationDetails", (0..dice.below(3)).map(|_| json!({"succeeded": dice.below(2) == 0})).collect());
    record
}

fn policy(dice: &Dice) -> Json {
    match dice.below(5) {
        0 => json!({"result": "success"}),
        1 => json!({"displayName": null}),
        number => json!({"displayName": format!("Policy {number}")}),
    }
}

/// Loads the records in pages, in an order that is only roughly the newest first.
fn shelf(dice: &Dice, records: &[Json]) -> Shelf {
    let mut shelf = Shelf::new(reports::report("signIns").expect("the report is defined"));
    let segment = shelf.next_serial();
    let mut rest = records;
    while !rest.is_empty() {
        let (page, later) = rest.split_at((1 + dice.below(60)).min(rest.len()));
        let bytes = json!({"value": page}).to_string().into_bytes();
        shelf.take(
            &bytes,
            &Page::read(&bytes).records,
            Arrival { fetch: 0, segment, load: segment },
            Bounds::default(),
            &[],
        );
        rest = later;
    }
    shelf
}

fn query(dice: &Dice) -> WindowQuery {
    let report = reports::report("signIns").expect("the report is defined").id;
    let sort = |_| Sort { column: (*dice.pick(COLUMNS)).to_owned(), is_descending: dice.below(2) == 0 };
    WindowQuery {
        key: LoadKey { report, fetch: "interactiveUser".to_owned() },
        filter: filter(dice, 3),
        sort: (0..dice.below(3)).map(sort).collect(),
        columns: COLUMNS.iter().map(|column| (*column).to_owned()).collect(),
        first: dice.below(100) as u32,
        count: dice.below(200) as u32,
    }
}

fn filter(dice: &Dice, depth: u32) -> Filter {
    let parts = || (0..dice.below(4)).map(|_| filter(dice, depth - 1)).collect();
    match if depth == 0 { 9 } else { dice.below(10) } {
        0 => Filter::All,
        1 | 2 => Filter::And(parts()),
        3 | 4 => Filter::Or(parts()),
        5 => Filter::Not(Box::new(filter(dice, depth - 1))),
        6 => Filter::Exists((*dice.pick(COLUMNS)).to_owned()),
        _ => Filter::Is(condition(dice)),
    }
}

fn condition(dice: &Dice) -> Condition {
    let column = (*dice.pick(COLUMNS)).to_owned();
    let text = |texts: &[&str]| Value::Text((*dice.pick(texts)).to_owned());
    let value = match column.as_str() {
        "createdDateTime" => Value::Instant(1_791_979_200_000 + dice.below(50) as i64 * 1_500),
        "status/errorCode" => match dice.below(2) {
            0 => Value::Integer(*dice.pick(&[0, 50126, 7])),
            _ => text(&["50126", "50", "x"]),
        },
        "location/geoCoordinates/latitude" => text(&["59.9", "0", "48", "5"]),
        "isInteractive" | "authenticationDetails[]/succeeded" => match dice.below(2) {
            0 => Value::Flag(dice.below(2) == 0),
            _ => text(&["True", "fal"]),
        },
        "riskEventTypes_v2[]" => text(RISKS),
        "appliedConditionalAccessPolicies[]/displayName" => text(&["policy 2", "Policy", "POLICY 4", "P*4", "*"]),
        "id" => text(&["r1", "R17", "r"]),
        _ => text(NAMES),
    };
    Condition { column, operator: *dice.pick(Operator::ALL), value }
}

/// Every row with its record, read from the original bytes.
fn rows(shelf: &Shelf) -> Vec<(u32, Json)> {
    let table = shelf.table();
    let read = |row: u32| -> Json {
        let bytes = table.record(row).expect("every row has its record");
        serde_json::from_slice(&bytes).expect("the records were made as JSON")
    };
    (0..table.len()).map(|row| (row, read(row))).collect()
}

/// The same question answered one record at a time.
fn naive(rows: &[(u32, Json)], query: &WindowQuery) -> (u32, Vec<u32>) {
    let mut rows: Vec<&(u32, Json)> = rows.iter().collect();
    rows.retain(|(_, record)| is_match(record, &query.filter));
    let time = |record: &Json| values(record, "createdDateTime")[0].as_str().and_then(parse_instant);
    rows.sort_by(|(left_row, left), (right_row, right)| {
        for sort in &query.sort {
            let (left, right) = (sort_value(left, &sort.column), sort_value(right, &sort.column));
            let ordering = match (left, right) {
                (Some(left), Some(right)) if sort.is_descending => order(&right, &left),
                (Some(left), Some(right)) => order(&left, &right),
                (left, right) => right.is_some().cmp(&left.is_some()),
            };
            if ordering.is_ne() {
                return ordering;
            }
        }
        time(right).cmp(&time(left)).then(left_row.cmp(right_row))
    });
    let shown = rows.iter().map(|(row, _)| *row).skip(query.first as usize).take(query.count as usize);
    (rows.len() as u32, shown.collect())
}

/// Everything at a column's path.
fn values<'r>(record: &'r Json, path: &str) -> Vec<&'r Json> {
    path.split('/').fold(vec![record], |found, name| {
        let (name, is_list) = (name.trim_end_matches("[]"), name.ends_with("[]"));
        let found = found.into_iter().filter_map(|value| value.get(name));
        if is_list { found.filter_map(Json::as_array).flatten().collect() } else { found.collect() }
    })
}

fn is_match(record: &Json, filter: &Filter) -> bool {
    match filter {
        Filter::All => true,
        Filter::And(filters) => filters.iter().all(|filter| is_match(record, filter)),
        Filter::Or(filters) => filters.iter().any(|filter| is_match(record, filter)),
        Filter::Not(filter) => !is_match(record, filter),
        Filter::Is(condition) if condition.operator == Operator::Ne => {
            !is_match(record, &Filter::Is(Condition { operator: Operator::Eq, ..condition.clone() }))
        }
        Filter::Is(condition) => values(record, &condition.column).into_iter().any(|value| compares(value, condition)),
        Filter::Exists(column) => values(record, column).into_iter().any(|value| !value.is_null()),
        Filter::Text(_) => unreachable!("the questions of this test name columns"),
    }
}

fn compares(value: &Json, condition: &Condition) -> bool {
    let operand = match &condition.value {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Instant(instant) => format_instant(*instant),
        Value::Number(number) => number.to_string(),
        Value::Network(network) => network.to_string(),
    };
    let text = match value {
        Json::Null => return false,
        Json::String(text) => text.clone(),
        Json::Number(number) if number.is_f64() => number.as_f64().unwrap_or_default().to_string(),
        other => other.to_string(),
    };
    let numbers = (value.as_f64(), operand.parse::<f64>().ok());
    let (text, operand) = (text.to_lowercase(), operand.to_lowercase());
    let ordering = match numbers {
        (Some(number), Some(operand)) => number.partial_cmp(&operand).expect("JSON has no number that is none"),
        _ => text.cmp(&operand),
    };
    match condition.operator {
        Operator::Eq => ordering.is_eq(),
        Operator::Ne => ordering.is_ne(),
        Operator::Gt => ordering.is_gt(),
        Operator::Ge => ordering.is_ge(),
        Operator::Lt => ordering.is_lt(),
        Operator::Le => ordering.is_le(),
        Operator::StartsWith => text.starts_with(&operand),
        Operator::EndsWith => text.ends_with(&operand),
        Operator::Contains => text.contains(&operand),
        Operator::Matches => match operand.split_once('*') {
            Some((first, last)) => text.strip_prefix(first).is_some_and(|rest| rest.ends_with(last)),
            None => text == operand,
        },
    }
}

/// What a row sorts by: the first of its values that is not null.
fn sort_value(record: &Json, column: &str) -> Option<Json> {
    values(record, column).into_iter().find(|value| !value.is_null()).cloned()
}

fn order(left: &Json, right: &Json) -> Ordering {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => {
            left.as_f64().partial_cmp(&right.as_f64()).expect("JSON has no number that is none")
        }
        (Json::Bool(left), Json::Bool(right)) => left.cmp(right),
        (Json::String(left), Json::String(right)) => (left.to_lowercase(), left).cmp(&(right.to_lowercase(), right)),
        _ => panic!("a column has values of one kind: {left} and {right}"),
    }
}
