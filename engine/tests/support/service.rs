//! A service that has rows and gives them out in pages, for whatever range it is asked.

use engine::{
    filter::Filter,
    instant::{format_instant, parse_instant},
    ports::HttpRequest,
    protocol::{Cell, LoadKey, WindowQuery},
    reports,
};

use crate::{pages::ORIGIN, world::World};

/// Graph's times are ten thousand times as fine as ours.
pub const TICKS: i64 = 10_000;

/// A page of at most so many of the rows at these ticks up to now, newest first, and the ticks of the rows in it.
pub fn page(rows: &[i64], length: usize, now: i64, request: &HttpRequest) -> (String, Vec<i64>) {
    let (from, to, offset) = asked(&request.url);
    let to = to.min(now);
    let meant: Vec<(usize, i64)> =
        rows.iter().copied().enumerate().filter(|(_, ticks)| (from..=to).contains(ticks)).collect();
    let end = (offset + length).min(meant.len());
    let records: Vec<String> = meant[offset..end].iter().map(|(number, ticks)| record(*number, *ticks)).collect();
    let link = (end < meant.len())
        .then(|| format!("\"@odata.nextLink\":\"{ORIGIN}/beta/auditLogs/x?$skiptoken={from}_{to}_{end}\","));
    let body = format!("{{{}\"value\":[{}]}}", link.unwrap_or_default(), records.join(","));
    (body, meant[offset..end].iter().map(|(_, ticks)| *ticks).collect())
}

/// First and last tick and the offset that a request is about.
fn asked(url: &str) -> (i64, i64, usize) {
    if let Some(token) = url.split("$skiptoken=").nth(1) {
        let mut parts = token.split('_').map(|part| part.parse::<i64>().expect("the service's own number"));
        let mut next = || parts.next().expect("there are three");
        return (next(), next(), next() as usize);
    }
    let bound = |operator: &str| {
        let text = url.split(&format!("activityDateTime%20{operator}%20")).nth(1)?.split(['%', '&']).next()?;
        Some(parse_instant(text).expect("the engine writes times") * TICKS)
    };
    (bound("ge").unwrap_or(i64::MIN), bound("le").unwrap_or(i64::MAX), 0)
}

fn record(number: usize, ticks: i64) -> String {
    let second = format_instant(ticks.div_euclid(1_000 * TICKS) * 1_000);
    let time = format!("{}.{:07}Z", second.trim_end_matches('Z'), ticks.rem_euclid(1_000 * TICKS));
    format!(r#"{{"id":"{number}","activityDateTime":"{time}"}}"#)
}

/// The report with the smallest pages: slices are counted in pages.
pub fn key() -> LoadKey {
    let report = reports::report("customSecurityAttributeAudits").expect("the report is defined");
    LoadKey { report: report.id, fetch: report.fetches[0].id.to_owned() }
}

/// The id of every row that is shown, newest first.
pub fn ids(world: &World) -> Vec<String> {
    let mut ids = Vec::new();
    loop {
        let query = WindowQuery {
            key: key(),
            filter: Filter::All,
            sort: Vec::new(),
            columns: vec!["id".to_owned()],
            first: ids.len() as u32,
            count: 500,
        };
        let window = world.window(query).expect("the column exists");
        if window.rows.is_empty() {
            return ids;
        }
        ids.extend(window.rows.iter().map(|row| match &row.cells[0] {
            Cell::Text(id) => id.clone(),
            other => panic!("an id is text, not {other:?}"),
        }));
    }
}
