//! Does the made-up tenant take the part of a filter that is meant for Graph, and do both parts together find the rows of the whole?
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs)]

use std::{cell::Cell, collections::BTreeSet};

use engine::{
    fetch::Shelf,
    filter::{Condition, Exactness, Filter, Operator, Value, matches, print, service_part},
    graph::{Bounds, Page},
    reports::{ALL, Column, Fetch, Kind, ReportDefinition},
    store::{Arrival, Value as Held},
};
use tenant::{Graph, Scale, TenantOptions, http::Request};

/// 2026-11-20T12:00:00Z.
const NOW: i64 = 1_795_176_000_000;

#[test]
fn both_parts_of_a_filter_find_the_rows_of_the_whole() {
    let mut graph = Graph::for_sample(TenantOptions { seed: 5, days: 2, scale: Scale::Rows(1_500), now: NOW });
    let dice = Dice(Cell::new(3));
    let (mut sent, mut found) = (0, 0);
    for report in ALL {
        for (at, fetch) in report.fetches.iter().enumerate() {
            let shelf = load(&mut graph, report, at, None);
            let rows = ids(&shelf, at);
            assert!(rows.len() > 5, "{} of {} has few rows", fetch.id, report.id.as_str());
            for number in 0..50 {
                let exactness = if number % 2 == 0 { Exactness::Strict } else { Exactness::Loose };
                let filter = Filter::And((0..1 + dice.below(3)).map(|_| part(&dice, report, &shelf, at)).collect());
                let split = service_part(report, &filter, exactness);
                let text = print(report, &filter);
                let whole = select(&shelf, at, &filter);
                let both = Filter::And(vec![split.taken_filter.clone(), split.rest.clone()]);
                assert_eq!(select(&shelf, at, &both), whole, "the parts of {text}");
                let Some(taken) = split.taken else { continue };
                let served = load(&mut graph, report, at, Some(&taken));
                assert_eq!(select(&served, at, &split.taken_filter), ids(&served, at), "{taken} for {text}");
                let rest = select(&served, at, &split.rest);
                assert!(rest.is_subset(&whole), "{taken} for {text}");
                if exactness == Exactness::Strict {
                    assert_eq!(rest, whole, "{taken} for {text}");
                }
                (sent, found) = (sent + 1, found + rest.len());
            }
        }
    }
    assert!(sent > 100 && found > 1_000, "{sent} filters found {found} rows: too few to show anything");
}

/// A part of a filter, made of a value that some row has.
fn part(dice: &Dice, report: &ReportDefinition, shelf: &Shelf, fetch: usize) -> Filter {
    let table = shelf.table();
    let rows = table.order(fetch);
    let asked: Vec<&Column> = report.columns.iter().filter(|column| !column.odata.is_empty()).collect();
    let column = asked[dice.below(asked.len())];
    let is = || {
        let row = rows[dice.below(rows.len())];
        let held = table.column(column.id).expect("the table has the report's columns").row_values(row).next();
        let value = match held {
            Some(Held::Text(text) | Held::Odd(text)) => Value::Text(text.into_owned()),
            Some(Held::Integer(number)) if column.kind == Kind::DateTime => Value::Instant(number),
            Some(Held::Integer(number)) => Value::Integer(number),
            Some(Held::Number(number)) => Value::Number(number),
            Some(Held::Flag(flag)) => Value::Flag(flag),
            Some(Held::Absent | Held::Null) | None => Value::Text("none".to_owned()),
        };
        let others = [Operator::Ne, Operator::Contains, Operator::Gt, Operator::Ge, Operator::Lt, Operator::Le];
        let operator = *dice.pick(if dice.below(3) == 0 { &others } else { column.odata });
        // The first characters of a text are in more rows than the whole.
        let value = match value {
            Value::Text(text) if operator.is_textual() => Value::Text(text.chars().take(4).collect()),
            value => value,
        };
        Filter::Is(Condition { column: column.id.to_owned(), operator, value })
    };
    match dice.below(6) {
        0 => Filter::Or(vec![is(), is()]),
        1 => Filter::Not(Box::new(is())),
        _ => is(),
    }
}

/// Everything that the tenant answers to a report's fetch, with a filter of its own.
fn load(graph: &mut Graph, report: &'static ReportDefinition, at: usize, taken: Option<&str>) -> Shelf {
    let Fetch { filter, .. } = report.fetches[at];
    let terms: Vec<&str> = filter.into_iter().chain(taken).collect();
    let filter = if terms.is_empty() { String::new() } else { format!("$filter={}&", encode(&terms.join(" and "))) };
    let order_by = encode(report.order_by);
    let mut next = Some(format!(
        "https://graph.microsoft.com/beta/{}?{filter}$orderby={order_by}&$top={}",
        report.path, report.page_size
    ));
    let mut shelf = Shelf::new(report);
    let segment = shelf.next_serial();
    while let Some(url) = next {
        let answer = graph.answer(&Request::get(&url, &[]).expect("the address is whole"), None, NOW);
        assert_eq!(answer.status, 200, "{}: {}", terms.join(" and "), String::from_utf8_lossy(&answer.body));
        let page = Page::read(&answer.body);
        let arrival = Arrival { fetch: at, segment, load: segment };
        shelf.take(&answer.body, &page.records, arrival, Bounds::default(), &[]);
        let page: serde_json::Value = serde_json::from_slice(&answer.body).expect("pages are JSON");
        next = page["@odata.nextLink"].as_str().map(str::to_owned);
    }
    shelf
}

fn ids(shelf: &Shelf, fetch: usize) -> BTreeSet<String> {
    select(shelf, fetch, &Filter::All)
}

/// Ids of the rows that match.
fn select(shelf: &Shelf, fetch: usize, filter: &Filter) -> BTreeSet<String> {
    let table = shelf.table();
    let rows = table.order(fetch);
    let column = table.column("id").expect("every report has ids");
    let is_match = matches(table, filter, rows).expect("the columns exist");
    let found = rows.iter().zip(is_match).filter(|(_, is_match)| *is_match);
    found.map(|(row, _)| format!("{:?}", column.row_values(*row).next())).collect()
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// The same dice in every run.
struct Dice(Cell<u64>);

impl Dice {
    fn below(&self, count: usize) -> usize {
        let word = self.0.get().wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        self.0.set(word);
        (word >> 33) as usize % count
    }
    fn pick<'p, T>(&self, choices: &'p [T]) -> &'p T {
        &choices[self.below(choices.len())]
    }
}
