//! The address of a report's first page, and the same for people to read.

use serde::{Deserialize, Serialize};

use crate::{
    filter::{Condition, Filter, NotTaken, Operator, Value, odata},
    instant::format_instant,
    ports::Millis,
    protocol::TimeRange,
    reports::{Fetch, ReportDefinition, TimeOperators},
};

/// The header that goes with every request: without it, Graph hides the names of values that are newer than the first ones.
pub const PREFER: &str = "include-unknown-enum-members";

/// The time range of one request; an open end sends no bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// First instant.
    pub from: Option<Millis>,
    /// Last instant.
    pub to: Option<Millis>,
}

impl Bounds {
    /// All of time.
    pub const ALL: Self = Self { from: None, to: None };

    /// What a range means when it is asked for at this instant.
    pub fn of(range: TimeRange, now: Millis) -> Self {
        match range {
            TimeRange::Everything => Self::default(),
            TimeRange::LastHours(hours) => Self { from: Some(now - i64::from(hours) * 3_600_000), to: None },
            TimeRange::Between { from, to } => Self { from, to },
        }
    }
}

/// The address of the first page, newest rows first.
///
/// # Errors
/// When Graph does not take one of the conditions.
pub fn list_url(
    graph: &str,
    report: &ReportDefinition,
    fetch: &Fetch,
    bounds: Bounds,
    conditions: &[Condition],
) -> Result<String, NotTaken> {
    let terms = terms(report, fetch, bounds, conditions)?;
    let filter = if terms.is_empty() { String::new() } else { format!("$filter={}&", encode(&terms.join(" and "))) };
    let order_by = encode(report.order_by);
    Ok(format!("{graph}/beta/{}?{filter}$orderby={order_by}&$top={}", report.path, report.page_size))
}

/// The request for the first page, line by line and without the encoding of an address.
///
/// # Errors
/// When Graph does not take one of the conditions.
pub fn list_lines(
    graph: &str,
    report: &ReportDefinition,
    fetch: &Fetch,
    bounds: Bounds,
    conditions: &[Condition],
) -> Result<Vec<String>, NotTaken> {
    let mut lines = vec![format!("GET {graph}/beta/{}", report.path)];
    for (at, term) in terms(report, fetch, bounds, conditions)?.iter().enumerate() {
        let joint = if at == 0 { "  ?$filter=" } else { "    and " };
        lines.push(format!("{joint}{term}"));
    }
    let joint = if lines.len() == 1 { '?' } else { '&' };
    lines.push(format!("  {joint}$orderby={}", report.order_by));
    lines.push(format!("  &$top={}", report.page_size));
    lines.push(format!("Prefer: {PREFER}"));
    Ok(lines)
}

/// What belongs to a scope, as a filter: the same rows as Graph is asked for.
pub fn scope_filter(report: &ReportDefinition, bounds: Bounds, conditions: &[Condition]) -> Filter {
    let ends = [(Operator::Ge, bounds.from), (Operator::Le, bounds.to)];
    let ends = ends.into_iter().filter_map(|(operator, at)| {
        Some(Condition { column: report.time.to_owned(), operator, value: Value::Instant(at?) })
    });
    Filter::And(ends.chain(conditions.iter().cloned()).map(Filter::Is).collect())
}

/// True when a link leads to this origin, however it goes on there.
pub fn is_on_origin(link: &str, origin: &str) -> bool {
    // The slash ends the host, so that neither a longer host nor a user name before another one passes.
    link.split_at_checked(origin.len())
        .is_some_and(|(start, rest)| start.eq_ignore_ascii_case(origin) && rest.starts_with('/'))
}

/// The terms of `$filter`, all of which must hold.
fn terms(
    report: &ReportDefinition,
    fetch: &Fetch,
    bounds: Bounds,
    conditions: &[Condition],
) -> Result<Vec<String>, NotTaken> {
    let mut terms: Vec<String> = fetch.filter.into_iter().map(str::to_owned).collect();
    terms.extend(time_terms(report, bounds));
    for condition in conditions {
        terms.push(odata(report, condition)?);
    }
    Ok(terms)
}

fn time_terms(report: &ReportDefinition, bounds: Bounds) -> Vec<String> {
    let time = report.time;
    // Bounds are inclusive to the millisecond; where Graph only takes `gt` and `lt`, the neighbours stand in for them.
    let (from, to) = match report.time_operators {
        TimeOperators::GeLe => (bounds.from.map(|from| ("ge", from)), bounds.to.map(|to| ("le", to))),
        TimeOperators::GtLt => {
            let (before, after) = (|at: Millis| at.saturating_sub(1), |at: Millis| at.saturating_add(1));
            (bounds.from.map(|from| ("gt", before(from))), bounds.to.map(|to| ("lt", after(to))))
        }
    };
    [from, to].into_iter().flatten().map(|(operator, at)| format!("{time} {operator} {}", format_instant(at))).collect()
}

/// Percent-encoding for a value in a query: all but what never has a meaning there.
pub(super) fn encode(text: &str) -> String {
    const PLAIN: &[u8] = b"-._~():/,$";
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || PLAIN.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.extend([byte >> 4, byte & 15].map(|digit| char::from(b"0123456789ABCDEF"[usize::from(digit)])));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        filter::{Local, kql, parse},
        reports,
    };

    const GRAPH: &str = "https://graph.microsoft.com";

    fn url(report: &str, fetch: &str, bounds: Bounds, conditions: &[Condition]) -> String {
        let report = reports::report(report).expect("the report is defined");
        let fetch = report.fetch(fetch).expect("the fetch is defined");
        list_url(GRAPH, report, fetch, bounds, conditions).expect("the conditions are ones that Graph takes")
    }

    #[test]
    fn without_bounds_only_the_fetch_is_asked_for() {
        assert_eq!(
            url("directoryAudits", "all", Bounds::default(), &[]),
            "https://graph.microsoft.com/beta/auditLogs/directoryAudits?$orderby=activityDateTime%20desc&$top=1000"
        );
        assert_eq!(
            url("signIns", "servicePrincipal", Bounds::default(), &[]),
            "https://graph.microsoft.com/beta/auditLogs/signIns?$filter=signInEventTypes/any(t:%20t%20eq%20\
             %27servicePrincipal%27)&$orderby=createdDateTime%20desc&$top=1000"
        );
    }

    #[test]
    fn bounds_and_conditions_are_joined_and_encoded() {
        let bounds = Bounds { from: Some(1_791_979_200_000), to: Some(1_791_979_200_500) };
        let name = Condition {
            column: "appDisplayName".to_owned(),
            operator: Operator::StartsWith,
            value: Value::Text("O'Brien & S\u{f8}n #1+1".to_owned()),
        };
        let url = url("signIns", "interactiveUser", bounds, &[name]);
        let filter = url.split("$filter=").nth(1).and_then(|rest| rest.split('&').next());
        assert_eq!(
            filter,
            Some(
                "signInEventTypes/any(t:%20t%20eq%20%27interactiveUser%27)\
                 %20and%20createdDateTime%20ge%202026-10-14T12:00:00Z\
                 %20and%20createdDateTime%20le%202026-10-14T12:00:00.500Z\
                 %20and%20startswith(appDisplayName,%27O%27%27Brien%20%26%20S%C3%B8n%20%231%2B1%27)"
            )
        );
    }

    #[test]
    fn a_report_with_strict_operators_gets_the_neighbouring_instants() {
        let bounds = Bounds { from: Some(1_791_979_200_000), to: Some(1_791_979_201_000) };
        let url = url("provisioning", "all", bounds, &[]);
        assert!(url.contains("activityDateTime%20gt%202026-10-14T11:59:59.999Z"), "{url}");
        assert!(url.contains("activityDateTime%20lt%202026-10-14T12:00:01.001Z"), "{url}");
    }

    #[test]
    fn the_lines_are_the_address_without_its_encoding() {
        let from = Some(1_791_979_200_000);
        let ranges = [Bounds::default(), Bounds { from, to: None }, Bounds { from, to: Some(1_791_979_200_500) }];
        for report in reports::ALL {
            let texts = report.columns.iter().filter(|column| column.odata.contains(&Operator::Eq));
            let texts = texts.map(|column| Condition {
                column: column.id.to_owned(),
                operator: Operator::Eq,
                value: Value::Text("a and b?&$top=1 %27 S\u{f8}n".to_owned()),
            });
            let taken: Vec<Condition> = texts.filter(|condition| odata(report, condition).is_ok()).collect();
            assert!(!taken.is_empty(), "{} takes a text", report.id.as_str());
            for (fetch, bounds) in report.fetches.iter().flat_map(|fetch| ranges.map(|bounds| (fetch, bounds))) {
                for conditions in [&[], &taken[..1], &taken[..]] {
                    let url = list_url(GRAPH, report, fetch, bounds, conditions).expect("the conditions are taken");
                    let lines = list_lines(GRAPH, report, fetch, bounds, conditions).expect("as for the address");
                    let (last, lines) = lines.split_last().expect("there is always a line");
                    assert_eq!(last, "Prefer: include-unknown-enum-members");
                    assert_eq!(joined(lines), format!("GET {}", decoded(&url)));
                }
            }
        }
    }

    fn joined(lines: &[String]) -> String {
        lines.iter().map(|line| line.strip_prefix("   ").unwrap_or(line.trim_start_matches("  "))).collect()
    }

    fn decoded(url: &str) -> String {
        let mut parts = url.split('%');
        let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
        for part in parts {
            bytes.push(u8::from_str_radix(&part[..2], 16).expect("two digits follow a percent sign"));
            bytes.extend(&part.as_bytes()[2..]);
        }
        String::from_utf8(bytes).expect("whole characters are encoded")
    }

    #[test]
    fn a_scope_can_be_said_to_log_analytics_with_its_range() {
        let bounds = Bounds { from: Some(1_791_979_200_000), to: Some(1_791_979_200_500) };
        for report in reports::ALL {
            for fetch in report.fetches {
                let said = |bounds| kql(report, fetch, &scope_filter(report, bounds, &[])).expect("times can be said");
                let typed = format!("{0}>=2026-10-14T12:00:00Z {0}<=2026-10-14T12:00:00.500Z", report.time);
                let typed = parse(report, &typed, Local::default()).expect("the test writes filters");
                assert!(said(bounds) == kql(report, fetch, &typed).expect("times can be said"), "{}", fetch.table);
                assert_eq!(said(Bounds::default()).text, fetch.table);
            }
        }
    }

    #[test]
    fn a_range_means_instants_from_the_moment_it_is_asked_for() {
        let between = TimeRange::Between { from: None, to: Some(7) };
        for (range, from, to) in [
            (TimeRange::Everything, None, None),
            (TimeRange::LastHours(2), Some(1_800_000), None),
            (between, None, Some(7)),
        ] {
            assert_eq!(Bounds::of(range, 9_000_000), Bounds { from, to }, "{range:?}");
        }
    }

    #[test]
    fn only_the_pinned_origin_passes() {
        assert!(is_on_origin("https://graph.microsoft.com/beta/auditLogs/signins?$skiptoken=x", GRAPH));
        assert!(is_on_origin("HTTPS://Graph.microsoft.com/beta", GRAPH));
        for link in [
            "https://graph.microsoft.com",
            "https://graph.microsoft.com.evil.example/beta",
            "https://graph.microsoft.com@evil.example/beta",
            "https://graph.microsoft.com\\@evil.example/beta",
            "https://graph.microsoft.com:444/beta",
            "http://graph.microsoft.com/beta",
            "https://graph.microsoft.us/beta",
            "/beta/auditLogs",
            "",
        ] {
            assert!(!is_on_origin(link, GRAPH), "{link}");
        }
    }
}
