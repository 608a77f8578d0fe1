//! The address of a report's first page.

use crate::{
    filter::{Condition, NotTaken, odata},
    instant::format_instant,
    ports::Millis,
    reports::{Fetch, ReportDefinition, TimeOperators},
};

/// The time range of one request; an open end sends no bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// First instant.
    pub from: Option<Millis>,
    /// Last instant.
    pub to: Option<Millis>,
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
    let mut terms: Vec<String> = fetch.filter.into_iter().map(str::to_owned).collect();
    terms.extend(time_terms(report, bounds));
    for condition in conditions {
        terms.push(odata(report, condition)?);
    }
    let filter = if terms.is_empty() { String::new() } else { format!("$filter={}&", encode(&terms.join(" and "))) };
    let order_by = encode(report.order_by);
    Ok(format!("{graph}/beta/{}?{filter}$orderby={order_by}&$top={}", report.path, report.page_size))
}

/// True when a link leads to this origin, however it goes on there.
pub fn is_on_origin(link: &str, origin: &str) -> bool {
    // The slash ends the host, so that neither a longer host nor a user name before another one passes.
    link.split_at_checked(origin.len())
        .is_some_and(|(start, rest)| start.eq_ignore_ascii_case(origin) && rest.starts_with('/'))
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
fn encode(text: &str) -> String {
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
        filter::{Operator, Value},
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
