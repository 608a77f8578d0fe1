//! Do the report definitions match what Graph documents: its properties, their types, and what it filters by?
#![cfg(not(target_arch = "wasm32"))]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use engine::{
    clouds::CLOUDS,
    filter::Operator,
    graph::{Bounds, Page, counts, list_url},
    instant::parse_instant,
    reports::{ALL, Column, From, Kind, ReportDefinition, TimeOperators},
};
use serde_json::Value;
use tenant::{Graph, Scale, TenantOptions, graph::filters::filters as tenant_filters, http::Request};

#[path = "contract/csdl.rs"]
mod csdl;
#[path = "contract/filters.rs"]
mod filters;

use csdl::{Csdl, Leaf};

const GRAPH: &str = "https://graph.microsoft.com";
/// 2026-11-20T12:00:00Z.
const NOW: i64 = 1_795_176_000_000;
const CSDL: &str = include_str!("fixtures/graph/csdl-auditlogs-beta.xml");
const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/graph/examples");
const FILTERS: &str = include_str!("fixtures/graph/filters.md");

/// What records carry although the metadata does not declare it, and why we know.
const UNDECLARED: &[(&str, &str, &str)] = &[
    ("signIn", "alternateSignInName", "removed from beta, still in documented examples and air-gapped clouds"),
    ("signIn", "riskEventTypes[]", "removed from beta, still in documented examples and v1.0"),
    ("signIn", "riskLevelDuringsignIn", "misspelt in a documented example"),
    ("signIn", "conditionalAccessAudiences", "a text by its documentation page, a list by its metadata"),
    ("signIn", "appliedEventListeners[]/handlerResult/@odata.type", "tells which derived type the result has"),
    ("directoryAudit", "initiatedBy/user/userType", "member of an open type, in a documented example"),
    ("directoryAudit", "targetResources[]/@odata.type", "the only sign of a target's kind in old records"),
    ("customSecurityAttributeAudit", "initiatedBy/user/userType", "same backend as directory audits"),
    ("customSecurityAttributeAudit", "targetResources[]/@odata.type", "same backend as directory audits"),
    ("provisioningObjectSummary", "initiatedBy/initiatingType", "older name of initiatorType"),
    ("provisioningObjectSummary", "servicePrincipal/name", "older name of displayName"),
    ("provisioningObjectSummary", "statusInfo/@odata.type", "tells which derived type the status has"),
];

#[test]
fn every_property_of_the_metadata_is_a_column_of_the_right_kind() {
    let csdl = Csdl::parse(CSDL);
    let mut problems = Vec::new();
    for report in ALL {
        for (path, leaf) in csdl.leaves(report.entity) {
            let Some(column) = report.column(&path) else {
                problems.push(format!("{}: no column for {path}", report.entity));
                continue;
            };
            let found = Leaf { kind: column.kind, is_multi: column.is_multi, is_deprecated: column.is_deprecated };
            if found != leaf {
                problems.push(format!("{}: {path} is {leaf:?}, the column says {found:?}", report.entity));
            }
            if column.json_paths().first() != Some(&path.as_str()) {
                problems.push(format!("{}: {path} is not the first path of its column", report.entity));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn no_column_names_a_property_that_the_metadata_lacks_unless_explained() {
    let csdl = Csdl::parse(CSDL);
    let mut undeclared = BTreeSet::new();
    for report in ALL {
        let leaves = csdl.leaves(report.entity);
        for path in report.columns.iter().flat_map(Column::json_paths) {
            if !leaves.contains_key(path) {
                undeclared.insert((report.entity, path));
            }
        }
    }
    let explained: BTreeSet<_> = UNDECLARED.iter().map(|(entity, path, _)| (*entity, *path)).collect();
    assert_eq!(undeclared, explained);
}

#[test]
fn columns_take_exactly_the_operators_that_graph_documents() {
    let mut names = Vec::new();
    for report in ALL {
        let documented = filters::table(FILTERS, report.id.as_str());
        assert!(documented.len() > 5, "hardly any filter for {}", report.id.as_str());
        assert_eq!(filters_of(report), documented, "{}", report.id.as_str());
        names.extend(documented.into_keys());
    }
    // The tables are read whole: their first and their last rows are there.
    for operand in ["correlationId", "targetResources/t/displayName", "signInEventTypes/t", "statusInfo/status"] {
        assert!(names.iter().any(|name| name == operand), "{operand}");
    }
}

#[test]
fn the_made_up_tenant_takes_exactly_what_graph_documents() {
    for report in ALL {
        let name = report.id.as_str();
        let mut table = filters::FilterTable::new();
        for line in tenant_filters().filter(|line| line.report.name() == name) {
            let operand = filters::operand_of(line.expression);
            // The path must be the property that the expression is about, as our columns name it.
            assert_eq!(line.path.replace("[]/", "/t/").replace("[]", "/t"), operand, "{name}");
            let operators = line.operators.iter().map(|operator| operator.name().to_owned());
            table.entry(operand).or_default().extend(operators);
        }
        assert_eq!(table, filters::table(FILTERS, name), "{name}");
    }
    assert!(tenant_filters().all(|line| ALL.iter().any(|report| report.id.as_str() == line.report.name())));
}

#[test]
fn only_numbers_instants_and_flags_stand_without_quotes() {
    for report in ALL {
        for column in report.columns.iter().filter(|column| !column.odata.is_empty()) {
            let is_text = column.kind == Kind::Keyword;
            assert_eq!(column.is_odata_bare, !is_text, "{} {}", report.id.as_str(), column.id);
        }
    }
}

#[test]
fn ids_groups_and_shown_columns_are_consistent() {
    for report in ALL {
        let name = report.id.as_str();
        let ids: BTreeSet<_> = report.columns.iter().map(|column| column.id).collect();
        assert_eq!(ids.len(), report.columns.len(), "{name}: an id occurs twice");
        let groups: Vec<_> = report.groups.iter().flat_map(|group| group.properties.iter().copied()).collect();
        let mut order = Vec::new();
        for column in report.columns.iter().filter(|column| matches!(column.from, From::Paths(_))) {
            let first = column.id.split(['/', '[']).next().expect("split yields at least one part");
            assert_eq!(groups.iter().filter(|group| **group == first).count(), 1, "{name}: {first} in groups");
            if order.last() != Some(&first) {
                order.push(first);
            }
        }
        // The audit reports share their groups, and one of them lacks a property.
        let groups: Vec<_> = groups.into_iter().filter(|group| order.contains(group)).collect();
        assert_eq!(order, groups, "{name}: columns do not follow the groups");
        assert_eq!(report.column(report.time).map(|column| column.kind), Some(Kind::DateTime), "{name}");
        assert!(report.column("outcome").is_some_and(|column| column.kind == Kind::Outcome), "{name}");
        for shown in report.fetches.iter().flat_map(|fetch| fetch.shown.iter().chain(fetch.named_by)) {
            assert!(ids.contains(shown), "{name}: no column {shown}");
        }
    }
}

#[test]
fn every_property_of_the_documented_examples_is_known() {
    let mut unknown = BTreeSet::new();
    let mut files = 0;
    for report in ALL {
        let known = known_paths(report);
        let folder = Path::new(EXAMPLES).join(report.id.as_str());
        for file in std::fs::read_dir(folder).expect("each report has examples") {
            let text =
                std::fs::read_to_string(file.expect("the folder can be read").path()).expect("examples are text");
            let page: Value = serde_json::from_str(&text).expect("examples are JSON");
            files += 1;
            // List responses, single records and bare lists, as the documentation prints them.
            let records = page.get("value").unwrap_or(&page);
            for record in records.as_array().unwrap_or(&vec![records.clone()]) {
                unknown_paths(&known, record, "", &mut unknown);
            }
        }
    }
    assert_eq!(files, 15);
    assert_eq!(unknown, BTreeSet::new());
}

#[test]
fn everything_the_made_up_tenant_says_is_known() {
    let mut graph = Graph::for_sample(TenantOptions { seed: 3, days: 7, scale: Scale::Factor(0.2), now: NOW });
    let mut unknown = BTreeSet::new();
    for report in ALL {
        let known = known_paths(report);
        for fetch in report.fetches {
            let (mut records, mut next) = (0, list_url(GRAPH, report, fetch, Bounds::default(), &[]).ok());
            while let Some(url) = next {
                let request = Request::get(&url, &[]).expect("the address is whole");
                let page: Value =
                    serde_json::from_slice(&graph.answer(&request, None, NOW).body).expect("pages are JSON");
                for record in page["value"].as_array().expect("pages are list responses") {
                    records += 1;
                    unknown_paths(&known, record, "", &mut unknown);
                }
                next = page["@odata.nextLink"].as_str().map(str::to_owned);
            }
            assert!(records > 0, "no rows of {} {}", report.id.as_str(), fetch.id);
        }
    }
    assert_eq!(unknown, BTreeSet::new());
}

fn known_paths(report: &ReportDefinition) -> BTreeSet<&'static str> {
    report.columns.iter().flat_map(Column::json_paths).collect()
}

/// Collects the paths of all scalar values that no column reads.
fn unknown_paths(known: &BTreeSet<&str>, value: &Value, path: &str, unknown: &mut BTreeSet<String>) {
    match value {
        _ if known.contains(path) => {}
        Value::Object(members) => {
            for (name, member) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
                unknown_paths(known, member, &path, unknown);
            }
        }
        Value::Array(items) => {
            for item in items {
                unknown_paths(known, item, &format!("{path}[]"), unknown);
            }
        }
        // An object that is null says nothing about its members.
        Value::Null => {}
        _ => {
            unknown.insert(path.to_owned());
        }
    }
}

#[test]
fn requests_are_what_graph_documents() {
    let clouds: Vec<_> = CLOUDS.iter().map(|cloud| cloud.id).collect();
    for report in ALL {
        let name = report.id.as_str();
        assert_eq!(report.path, format!("auditLogs/{name}"));
        assert_eq!(report.order_by, format!("{} desc", report.time));
        let page_size_max = if name == "customSecurityAttributeAudits" { 100 } else { 1_000 };
        assert!(report.page_size <= page_size_max, "{name}");
        let (from, to) = match report.time_operators {
            TimeOperators::GeLe => (Operator::Ge, Operator::Le),
            TimeOperators::GtLt => (Operator::Gt, Operator::Lt),
        };
        let time = report.column(report.time).expect("checked above");
        assert!(time.odata.contains(&from) && time.odata.contains(&to), "{name}");
        assert!(report.access.clouds.iter().all(|cloud| clouds.contains(cloud)), "{name}");
        for fetch in report.fetches {
            let filter = (fetch.id != "all").then(|| format!("signInEventTypes/any(t: t eq '{}')", fetch.id));
            assert_eq!(fetch.filter, filter.as_deref(), "{name}");
        }
    }
    let sign_ins = ALL.iter().find(|report| report.fetches.len() > 1).expect("sign-ins have several fetches");
    let fetches: Vec<_> = sign_ins.fetches.iter().map(|fetch| fetch.id).collect();
    assert_eq!(fetches, ["interactiveUser", "nonInteractiveUser", "servicePrincipal", "managedIdentity"]);
}

#[test]
fn counts_of_the_documented_example_are_read() {
    let path = format!("{EXAMPLES}/other/related-summarized-msi-signins.json");
    let body = std::fs::read(path).expect("the example can be read");
    let at = parse_instant("2025-02-26T06:00:00Z").expect("a time");
    assert_eq!(counts(&Page::read(&body), &body), [(at, 18), (at, 9), (at, 5)]);
}

/// What the definitions say about filtering, in the words of the tables.
fn filters_of(report: &ReportDefinition) -> BTreeMap<String, BTreeSet<String>> {
    let mut table = filters::FilterTable::new();
    for column in report.columns.iter().filter(|column| !column.odata.is_empty()) {
        let operand = match column.odata_any {
            Some(any) => format!("{}/{}", any.collection, any.operand),
            None => column.id.replace("[]", ""),
        };
        table.entry(operand).or_default().extend(column.odata.iter().map(|operator| spelling(*operator).to_owned()));
    }
    table
}

fn spelling(operator: Operator) -> &'static str {
    match operator {
        Operator::Eq => "eq",
        Operator::Ne => "ne",
        Operator::StartsWith => "startswith",
        Operator::Contains => "contains",
        Operator::Gt => "gt",
        Operator::Ge => "ge",
        Operator::Lt => "lt",
        Operator::Le => "le",
        Operator::EndsWith => "endswith",
        Operator::Matches => "matchesPattern",
    }
}
