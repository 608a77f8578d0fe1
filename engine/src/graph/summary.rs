//! What Graph counts per window of time: the address of the function that does it, and the counts of a page.

use super::{Page, url::encode};
use crate::{
    filter::{Condition, odata},
    instant::parse_instant,
    json,
    ports::Millis,
    reports::{Fetch, ReportDefinition},
};

/// The lengths that Graph counts by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// One.
    Hour,
    /// Six.
    SixHours,
    /// In UTC.
    Day,
}

impl Window {
    /// The finest that a time of this length is looked at in: some dozens of windows.
    pub fn for_length(millis: Millis) -> Self {
        match millis.div_euclid(Self::Day.millis()) {
            ..=1 => Self::Hour,
            2..=7 => Self::SixHours,
            _ => Self::Day,
        }
    }
    /// Its length.
    pub fn millis(self) -> Millis {
        let hours = match self {
            Self::Hour => 1,
            Self::SixHours => 6,
            Self::Day => 24,
        };
        hours * 3_600_000
    }
    fn name(self) -> &'static str {
        match self {
            Self::Hour => "h1",
            Self::SixHours => "h6",
            Self::Day => "d1",
        }
    }
}

/// The address of the first page of counts. There is no way to ask for a time; `None` when Graph does not count this fetch, or
/// not by these conditions.
pub fn summary_url(
    graph: &str,
    report: &ReportDefinition,
    fetch: &Fetch,
    window: Window,
    conditions: &[Condition],
) -> Option<String> {
    let summary = fetch.summary.as_ref()?;
    let term = |condition: &Condition| {
        let (_, operators) = summary.takes.iter().find(|(column, _)| *column == condition.column)?;
        odata(report, condition).ok().filter(|_| operators.contains(&condition.operator))
    };
    let terms: Vec<String> = conditions.iter().map(term).collect::<Option<_>>()?;
    let filter = if terms.is_empty() { String::new() } else { format!("$filter={}&", encode(&terms.join(" and "))) };
    let root = report.path.rsplit_once('/').map_or("", |(root, _)| root);
    let (function, window) = (summary.function, window.name());
    Some(format!("{graph}/beta/{root}/{function}(aggregationWindow=%27{window}%27)?{filter}$top=1000"))
}

/// The counts of a page in its order: an instant in each window, and how many rows. What cannot be read is left out.
pub fn counts(page: &Page, body: &[u8]) -> Vec<(Millis, u64)> {
    let count = |group: &[u8]| {
        let group = json::map(group);
        let at = parse_instant(group.get("aggregationDateTime")?.as_str()?)?;
        let rows = group.get("signInCount")?;
        let rows = rows.as_u64().or_else(|| rows.as_str()?.trim().parse().ok())?;
        Some((at, rows))
    };
    page.records.iter().filter_map(|range| count(&body[range.clone()])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        filter::{Operator, Value},
        reports,
    };

    const GRAPH: &str = "https://graph.microsoft.us";

    fn url(fetch: &str, conditions: &[Condition]) -> Option<String> {
        let report = reports::ALL[0];
        summary_url(GRAPH, report, report.fetch(fetch).expect("the fetch is defined"), Window::Day, conditions)
    }

    fn is(column: &str, operator: Operator, value: Value) -> Condition {
        Condition { column: column.to_owned(), operator, value }
    }

    #[test]
    fn what_graph_counts_has_an_address_under_its_own_origin() {
        let address = |function| format!("{GRAPH}/beta/auditLogs/{function}(aggregationWindow=%27d1%27)?$top=1000");
        assert_eq!(url("interactiveUser", &[]), None);
        assert_eq!(url("nonInteractiveUser", &[]), Some(address("getSummarizedNonInteractiveSignIns")));
        assert_eq!(url("servicePrincipal", &[]), Some(address("getSummarizedServicePrincipalSignIns")));
        assert_eq!(url("managedIdentity", &[]), Some(address("getSummarizedMSISignIns")));
        for report in &reports::ALL[1..] {
            for fetch in report.fetches {
                assert_eq!(summary_url(GRAPH, report, fetch, Window::Hour, &[]), None, "{}", fetch.table);
            }
        }
    }

    #[test]
    fn conditions_go_along_where_all_of_them_can() {
        let name = is("servicePrincipalName", Operator::StartsWith, Value::Text("O'Brien & 1".to_owned()));
        let code = is("status/errorCode", Operator::Eq, Value::Integer(7_000));
        let filter = |conditions: &[Condition]| {
            let url = url("servicePrincipal", conditions)?;
            Some(url.split("$filter=").nth(1)?.split('&').next()?.to_owned())
        };
        assert_eq!(
            filter(&[name.clone(), code]).as_deref(),
            Some("startswith(servicePrincipalName,%27O%27%27Brien%20%26%201%27)%20and%20status/errorCode%20eq%207000")
        );
        let browser = is("deviceDetail/browser", Operator::Eq, Value::Text("Edge".to_owned()));
        assert_eq!(url("servicePrincipal", &[name, browser]), None, "Graph does not count by browser");
        let user = is("userPrincipalName", Operator::StartsWith, Value::Text("a".to_owned()));
        assert_eq!(url("nonInteractiveUser", &[user]), None, "nor by how a user's name begins");
    }

    #[test]
    fn every_condition_that_a_summary_takes_is_one_of_the_list() {
        for report in reports::ALL {
            for (column, operators) in
                report.fetches.iter().filter_map(|fetch| fetch.summary.as_ref()).flat_map(|s| s.takes)
            {
                let column = report.column(column).expect("a summary takes columns of the report");
                assert!(operators.iter().all(|operator| column.odata.contains(operator)), "{}", column.id);
                assert!(column.odata_any.is_none(), "{}", column.id);
            }
        }
    }

    #[test]
    fn counts_are_read_and_what_is_odd_is_left_out() {
        let read = |text: &str| {
            let body = format!("{{\"value\":[{text}]}}");
            counts(&Page::read(body.as_bytes()), body.as_bytes())
        };
        let at = 1_740_528_000_000;
        assert_eq!(read(r#"{"signInCount":18,"aggregationDateTime":"2025-02-26T00:00:00Z","id":"x"}"#), [(at, 18)]);
        assert_eq!(
            read(r#"{"aggregationDateTime":"2025-02-26T06:00:00.0000000Z","signInCount":"9"},{"signInCount":1}"#),
            [(at + 6 * 3_600_000, 9)]
        );
        for odd in [
            "7",
            "null",
            "{}",
            r#"{"signInCount":-1,"aggregationDateTime":"2025-02-26T00:00:00Z"}"#,
            r#"{"signInCount":1.5,"aggregationDateTime":"2025-02-26T00:00:00Z"}"#,
            r#"{"signInCount":[3],"aggregationDateTime":"2025-02-26T00:00:00Z"}"#,
            r#"{"signInCount":3,"aggregationDateTime":"yesterday"}"#,
            r#"{"signInCount":3,"aggregationDateTime":1740528000}"#,
            r#"{"signInCount":18446744073709551616,"aggregationDateTime":"2025-02-26T00:00:00Z"}"#,
        ] {
            assert_eq!(read(odd), [], "{odd}");
        }
    }
}
