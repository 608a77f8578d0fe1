//! Lists and single records of the reports.

use crate::{
    graph::{
        errors::GraphFault,
        evaluate::{Mixed, Selection},
        odata,
        paging::{self, Position},
        query::{Query, page_sizes},
    },
    history::{History, Rendering, Report, Row},
    http::Request,
    json::{members, quoted},
    organisation::text_number,
    random::mix,
    time::{self, DAY},
};

/// Rows that one request looks at, at most: then it answers with what it has, as the service does on slow queries.
const ROWS_LOOKED_AT: usize = 20_000;
/// Days that a filter on sign-ins may reach back.
const FILTER_DAYS: i64 = 90;

/// What the page is like, apart from the query.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    pub rendering: Rendering,
    /// Some pages are short or empty in mid-run.
    pub has_short_pages: bool,
    /// From these ticks on every second row is not there yet.
    pub late_since: Option<i64>,
    pub is_duplicating: bool,
    pub is_empty_page: bool,
    pub token_lifetime_ms: i64,
}

/// The body of a list response.
///
/// # Errors
/// When the query is not one that the report takes.
pub(super) fn list(
    history: &dyn History,
    report: Report,
    request: &Request,
    manner: &Manner,
    now: i64,
) -> Result<String, GraphFault> {
    let query = Query::parse(request, report)?;
    let selection = select(history, report, &query, now)?;
    let fingerprint = fingerprint(report, &query);
    let start = match &query.skip_token {
        None => None,
        Some(token) => {
            Some(paging::position(token, fingerprint, now, manner.token_lifetime_ms).ok_or_else(stale_token)?)
        }
    };
    let page = read(history, &selection, &query, start, page_limit(report, &query, start, manner), manner);
    let mut body = format!("{{\"@odata.context\":{}", quoted(&context(report, request, &query)));
    // Without $top the provisioning report gives no skip token.
    let has_next = report != Report::Provisioning || query.top.is_some();
    if let Some(next) = page.next.filter(|_| has_next) {
        let token = paging::token(next, fingerprint, now);
        body.push_str(&format!(",\"@odata.nextLink\":{}", quoted(&next_link(request, &token))));
    }
    body.push_str(",\"value\":[");
    body.push_str(&page.records.join(","));
    body.push_str("]}");
    Ok(body)
}

/// The body of a single record's response.
///
/// # Errors
/// When there is no such record.
pub(super) fn single(
    history: &dyn History,
    report: Report,
    id: &str,
    request: &Request,
    manner: &Manner,
) -> Result<String, GraphFault> {
    if !request.query.is_empty() {
        return Err(GraphFault::bad_request("Query options are not allowed for a single record."));
    }
    let missing = || GraphFault::not_found(id);
    let row = history.find(report, id).ok_or_else(missing)?;
    let record = history.record(row, manner.rendering);
    let is_it = members(&record).any(|(name, value)| name == "id" && value == quoted(id));
    if !is_it {
        return Err(missing());
    }
    let context = format!("https://{}/beta/$metadata#auditLogs/{}/$entity", request.host, report.name());
    let rest = record.trim_start().strip_prefix('{').unwrap_or("}");
    Ok(format!("{{\"@odata.context\":{},{rest}", quoted(&context)))
}

/// True when a request can only give the caller's own sign-ins.
pub(super) fn is_about(report: Report, request: &Request, user_id: &str) -> bool {
    let filter = Query::parse(request, report).ok().and_then(|query| query.filter);
    filter.is_some_and(|filter| {
        filter.split(" and ").any(|part| part.trim().eq_ignore_ascii_case(&format!("userId eq '{user_id}'")))
    })
}

fn select(history: &dyn History, report: Report, query: &Query, now: i64) -> Result<Selection, GraphFault> {
    let filter = match &query.filter {
        None => None,
        Some(text) => Some(odata::parse(report, text).ok_or_else(GraphFault::invalid_filter)?),
    };
    let selection = Selection::new(report, filter).map_err(|Mixed| {
        GraphFault::bad_request("Filtering on both user and service principal sign-ins is not supported.")
    })?;
    let earliest = time::ticks_from_millis(now) - FILTER_DAYS * DAY;
    let from = *selection.times.start();
    if report == Report::SignIns && history.has_retention() && from != i64::MIN && from < earliest {
        return Err(GraphFault::invalid_filter());
    }
    Ok(selection)
}

fn stale_token() -> GraphFault {
    GraphFault::new(400, "UnknownError", "Invalid Skip Token, skip token is null")
}

/// A number that stands for the query: a token of one query is no token of another.
fn fingerprint(report: Report, query: &Query) -> u64 {
    let text = format!("{report:?}|{:?}|{:?}|{}|{:?}", query.filter, query.top, query.is_ascending, query.select);
    mix(text_number(&text))
}

fn page_limit(report: Report, query: &Query, start: Option<Position>, manner: &Manner) -> usize {
    let whole = query.top.unwrap_or(page_sizes(report).0);
    if manner.is_empty_page {
        return 0;
    }
    let Some(start) = start.filter(|_| manner.has_short_pages) else { return whole };
    // Which pages are short depends on where they begin, so that the same run is the same every time.
    match mix(start.slice as u64 ^ mix(start.index as u64 ^ u64::from(start.page))) % 21 {
        0 => 0,
        1 | 2 => whole * 3 / 5,
        _ => whole,
    }
}

fn context(report: Report, request: &Request, query: &Query) -> String {
    let selected = query.select.as_ref().map_or(String::new(), |names| format!("({})", names.join(",")));
    format!("https://{}/beta/$metadata#auditLogs/{}{selected}", request.host, report.name())
}

fn next_link(request: &Request, token: &str) -> String {
    let is_token = |part: &&str| {
        let name = part.split('=').next().unwrap_or("").to_ascii_lowercase();
        name == "$skiptoken" || name == "%24skiptoken"
    };
    let mut parts: Vec<&str> = request.query.split('&').filter(|part| !part.is_empty() && !is_token(part)).collect();
    let token = format!("$skiptoken={token}");
    parts.push(&token);
    format!("https://{}{}?{}", request.host, request.path, parts.join("&"))
}

struct Page {
    records: Vec<String>,
    next: Option<Position>,
}

fn read(
    history: &dyn History,
    selection: &Selection,
    query: &Query,
    start: Option<Position>,
    limit: usize,
    manner: &Manner,
) -> Page {
    let mut records = Vec::new();
    let mut looked_at = 0;
    let page = start.map_or(0, |start| start.page) + 1;
    let mut slices: Vec<i64> = history
        .slices()
        .filter(|slice| {
            let span = history.span(*slice);
            span.start <= *selection.times.end() && span.end > *selection.times.start()
        })
        .collect();
    if !query.is_ascending {
        slices.reverse();
    }
    let is_before = |slice: i64| {
        start.is_some_and(|start| if query.is_ascending { slice < start.slice } else { slice > start.slice })
    };
    for slice in slices.into_iter().filter(|slice| !is_before(*slice)) {
        let rows = rows(history, selection, slice, query.is_ascending);
        let first = start.filter(|start| start.slice == slice).map_or(0, |start| start.index);
        if manner.is_duplicating && first > 0 {
            records.extend(rows.get(first - 1).and_then(|row| record(history, selection, query, row, manner)));
        }
        for (index, row) in rows.iter().enumerate().skip(first) {
            if records.len() >= limit || looked_at >= ROWS_LOOKED_AT {
                return Page { records, next: Some(Position { slice, index, page }) };
            }
            looked_at += usize::from(selection.needs_record());
            records.extend(record(history, selection, query, row, manner));
        }
    }
    Page { records, next: None }
}

/// A slice's rows within the selection's times, in the query's order.
fn rows(history: &dyn History, selection: &Selection, slice: i64, is_ascending: bool) -> Vec<Row> {
    let mut rows: Vec<Row> = selection.streams.iter().flat_map(|stream| history.rows(*stream, slice)).collect();
    rows.retain(|row| selection.times.contains(&row.ticks));
    if selection.streams.len() > 1 {
        rows.sort_by_key(|row| std::cmp::Reverse(row.ticks));
    }
    if is_ascending {
        rows.reverse();
    }
    rows
}

/// A row's record as the page prints it, when it passes.
fn record(history: &dyn History, selection: &Selection, query: &Query, row: &Row, manner: &Manner) -> Option<String> {
    let is_young = manner.late_since.is_some_and(|since| row.ticks >= since);
    if is_young && mix(row.number ^ row.slice as u64).is_multiple_of(2) {
        return None;
    }
    let mut text = None;
    if selection.needs_record() {
        if !selection.may_pass(|path| history.peek(*row, path)) {
            return None;
        }
        let full = history.record(*row, Rendering::FULL);
        if !selection.passes(row, &full) {
            return None;
        }
        text = (manner.rendering == Rendering::FULL).then_some(full);
    }
    let text = text.unwrap_or_else(|| history.record(*row, manner.rendering));
    let Some(selected) = &query.select else { return Some(text) };
    let kept: Vec<String> = members(&text)
        .filter(|(name, _)| selected.iter().any(|wanted| wanted == name))
        .map(|(name, value)| format!("\"{name}\":{value}"))
        .collect();
    Some(format!("{{{}}}", kept.join(",")))
}
