//! Does each question of the start page, asked of the made-up tenant's Graph, bring the rows that answer it?
//! The tenant plants those rows and prints the answers; here they are counted from what Graph sends.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::{BTreeMap, BTreeSet};

use engine::{
    graph::{Bounds, Page, list_url},
    ingest::Ingest,
    protocol::{Cell, TimeRange},
    questions::question,
    store::{Arrival, Table},
};
use tenant::{Answers, Graph, Scale, TenantOptions, http::Request};

/// 2026-11-20T12:00:00Z, a Friday.
const NOW: i64 = 1_795_176_000_000;
const HOUR: i64 = 3_600_000;

#[test]
fn who_granted_admin_group_access_to_a_directory_user() {
    let (rows, answers) = ask("admin-group-access", "");
    let found: BTreeSet<_> = rows.iter().map(|row| (row.text("activityDisplayName"), row.text("initiator"))).collect();
    // Eligible assignments have a name of their own, which Graph cannot be asked for in the same request.
    let (asked, other): (Vec<_>, Vec<_>) =
        answers.admin_access.iter().partition(|grant| grant.activity.starts_with("Add member to"));
    assert!(asked.len() >= 4 && other.iter().all(|grant| grant.activity == "Add eligible member to role"));
    for grant in asked {
        assert!(found.contains(&(grant.activity.clone(), grant.granted_by.clone())), "{grant:?}");
    }
    assert!(rows.iter().all(|row| row.text("activityDisplayName").starts_with("Add member to")));
}

#[test]
fn which_users_are_signing_in_to_a_recently_acquired_app() {
    let (everybody, answers) = ask("app-users", "");
    let (rows, _) = ask("app-users", &answers.acquired_app.display_name);
    assert!(rows.len() < everybody.len());
    let found = count(&rows, "userPrincipalName");
    let expected: BTreeMap<_, _> =
        answers.acquired_app.users.iter().map(|user| (user.user_principal_name.clone(), user.interactive)).collect();
    assert_eq!(found, expected);
}

#[test]
fn how_many_password_resets_were_made_within_the_directory() {
    let (rows, answers) = ask("password-resets", "");
    let of = |activity: &str, outcome: &str| {
        rows.iter()
            .filter(|row| row.text("activityDisplayName").contains(activity) && row.text("outcome") == outcome)
            .count() as u32
    };
    let resets = &answers.password_resets;
    assert_eq!(of("(by admin)", "success"), resets.by_admin);
    assert_eq!(of("(self-service)", "success"), resets.self_service);
    assert_eq!(of("Reset password", "failure"), resets.failed);
    assert_eq!(rows.len() as u32, resets.by_admin + resets.self_service + resets.failed);
}

#[test]
fn what_is_the_sign_in_pattern_of_a_user() {
    let user = answers().user_pattern;
    // Graph keeps principal names in lower case and compares them as they are.
    let (rows, _) = ask("user-pattern", &user.user_principal_name.to_uppercase());
    assert_eq!(count(&rows, "userDisplayName").len(), 1);
    assert_eq!(rows.len() as u32, user.interactive);
    assert_eq!(rows.iter().filter(|row| row.text("outcome") == "failure").count() as u32, user.failed);
}

#[test]
fn how_many_users_have_signed_in_during_the_last_week() {
    let (rows, answers) = ask("users-last-week", "");
    assert_eq!(count(&rows, "userId").len() as u32, answers.users_last_week.interactive);
    assert_eq!(count(&rows, "outcome").into_keys().collect::<Vec<_>>(), ["success"]);
}

#[test]
fn what_is_the_status_of_these_sign_ins() {
    let (rows, _) = ask("sign-in-status", "");
    let outcomes = count(&rows, "outcome");
    for outcome in ["success", "failure", "interrupted"] {
        assert!(outcomes.get(outcome).is_some_and(|count| *count > 0), "{outcomes:?}");
    }
}

#[test]
fn what_groups_were_successfully_created_in_servicenow() {
    let (rows, answers) = ask("servicenow-groups", "");
    let found: BTreeSet<_> = rows.iter().map(|row| row.text("targetIdentity/displayName")).collect();
    assert_eq!(found, answers.groups_in_service_now.into_iter().collect());
}

#[test]
fn what_roles_were_imported_from_amazon_web_services() {
    let (rows, answers) = ask("aws-roles", "");
    let mut found = BTreeSet::new();
    for row in &rows {
        let names = row.texts("modifiedProperties[]/displayName");
        let values = row.texts("modifiedProperties[]/newValue");
        for (_, value) in names.iter().zip(values).filter(|(name, _)| *name == "Roles") {
            found.extend(value.split(',').map(|role| role.trim().to_owned()));
        }
    }
    assert_eq!(found, answers.roles_from_aws.into_iter().collect());
}

#[test]
fn what_users_were_unsuccessfully_created_from_workday() {
    let (rows, answers) = ask("workday-failures", "");
    let expected: BTreeMap<_, _> =
        answers.failed_from_workday.iter().map(|worker| (worker.worker_id.clone(), worker.tries)).collect();
    assert_eq!(count(&rows, "sourceIdentity/id"), expected);
    assert!(rows.iter().all(|row| !row.text("provisioningStatusInfo/errorInformation/errorCode").is_empty()));
}

/// One row's cells by column.
struct Row(BTreeMap<&'static str, Cell>);

impl Row {
    fn text(&self, column: &str) -> String {
        self.texts(column).join(", ")
    }
    fn texts(&self, column: &str) -> Vec<String> {
        let text = |cell: &Cell| if let Cell::Text(text) = cell { text.clone() } else { String::new() };
        match self.0.get(column) {
            Some(Cell::List(cells)) => cells.iter().map(text).collect(),
            Some(cell) => vec![text(cell)],
            None => panic!("no column {column}"),
        }
    }
}

fn options() -> TenantOptions {
    TenantOptions { seed: 7, days: 30, scale: Scale::Factor(0.1), now: NOW }
}

fn answers() -> Answers {
    tenant::Tenant::new(options()).answers()
}

/// Every row that Graph sends for a question, and what the tenant knows the answers to be.
fn ask(id: &str, answer: &str) -> (Vec<Row>, Answers) {
    let question = question(id).expect("a question of the start page");
    let report = question.report.definition();
    let scope = question.scope(answer);
    let TimeRange::LastHours(hours) = scope.range else { panic!("{id} has another range") };
    let fetch = report.fetch(question.fetch).expect("the question names a fetch");
    let bounds = Bounds { from: Some(NOW - i64::from(hours) * HOUR), to: None };
    let mut graph = Graph::for_sample(options());
    let (mut table, mut ingest, mut oddities) = (Table::new(report), Ingest::new(report), Vec::new());
    let mut next = list_url("https://graph.microsoft.com", report, fetch, bounds, &scope.conditions).ok();
    assert!(next.is_some(), "{id}: Graph does not take a condition");
    while let Some(url) = next {
        let response = graph.answer(&Request::get(&url, &[]).expect("the address is whole"), None, NOW);
        let body = String::from_utf8_lossy(&response.body);
        assert_eq!(response.status, 200, "{id}: {body}");
        let page = Page::read(&response.body);
        for range in page.records {
            let record = &response.body[range];
            ingest.record(&mut table, record, Arrival { fetch: 0, segment: 0, load: 0 }, &mut oddities);
        }
        next = page.next_link;
    }
    let rows = 0..table.len();
    let cell = |column: &str, row| table.column(column).expect("every column is kept").row_cell(row);
    let row = |row| Row(report.columns.iter().map(|column| (column.id, cell(column.id, row))).collect());
    (rows.map(row).collect(), answers())
}

/// How many rows have each text in a column.
fn count(rows: &[Row], column: &str) -> BTreeMap<String, u32> {
    let mut counts = BTreeMap::new();
    for row in rows {
        *counts.entry(row.text(column)).or_default() += 1;
    }
    counts
}
