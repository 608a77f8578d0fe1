//! The nine questions have the answers that were planted, when they are asked through Graph.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tenant::{Answers, Graph, Scale, Tenant, TenantOptions, http::Request};

/// 2026-11-25T08:00:00Z.
const NOW: i64 = 1_795_593_600_000;

fn ask(report: &str, filter: &str) -> (Vec<Value>, Answers) {
    let options = TenantOptions { seed: 42, days: 30, scale: Scale::Factor(0.2), now: NOW };
    let answers = Tenant::new(options).answers();
    let mut graph = Graph::for_sample(options);
    let filter = filter.replace(' ', "%20");
    let mut next = Some(format!("https://graph.microsoft.com/beta/auditLogs/{report}?$top=100&$filter={filter}"));
    let mut rows = Vec::new();
    while let Some(url) = next {
        let response = graph.answer(&Request::get(&url, &[]).expect("an absolute URL"), None, NOW);
        let mut page: Value = serde_json::from_slice(&response.body).expect("a JSON body");
        assert_eq!(response.status, 200, "{page}");
        next = page["@odata.nextLink"].as_str().map(str::to_owned);
        rows.append(page["value"].as_array_mut().expect("a list"));
    }
    (rows, answers)
}

fn text<'a>(row: &'a Value, path: &str) -> &'a str {
    path.split('/').fold(row, |value, name| &value[name]).as_str().unwrap_or("")
}

fn texts(rows: &[Value], path: &str) -> BTreeSet<String> {
    rows.iter().map(|row| text(row, path).to_owned()).collect()
}

#[test]
fn who_granted_admin_group_access() {
    let (groups, answers) = ask("directoryAudits", "activityDisplayName eq 'Add member to group'");
    let of_admins = groups.iter().filter(|row| row.to_string().contains("Tier 0 Directory Admins"));
    let (roles, _) = ask("directoryAudits", "startswith(activityDisplayName,'Add member to role')");
    let (eligible, _) = ask("directoryAudits", "activityDisplayName eq 'Add eligible member to role'");
    let found: BTreeSet<(String, String, String)> = of_admins
        .chain(&roles)
        .chain(&eligible)
        .map(|row| {
            let by = if row["initiatedBy"]["user"].is_null() {
                "initiatedBy/app/displayName"
            } else {
                "initiatedBy/user/userPrincipalName"
            };
            (
                text(row, "activityDateTime").to_owned(),
                text(row, by).to_owned(),
                text(&row["targetResources"][0], "userPrincipalName").to_owned(),
            )
        })
        .collect();
    let wanted =
        answers.admin_access.iter().map(|grant| (grant.at.clone(), grant.granted_by.clone(), grant.granted_to.clone()));
    assert_eq!(found, wanted.collect());
}

#[test]
fn which_users_sign_in_to_the_acquired_app() {
    let (_, answers) = ask("signIns", "userId eq 'nobody'");
    let by_app = format!("appId eq '{}'", answers.acquired_app.app_id);
    let (interactive, _) = ask("signIns", &by_app);
    let (silent, _) = ask("signIns", &format!("{by_app} and signInEventTypes/any(t: t eq 'nonInteractiveUser')"));
    let count =
        |rows: &[Value], name: &str| rows.iter().filter(|row| text(row, "userPrincipalName") == name).count() as u32;
    for user in &answers.acquired_app.users {
        assert_eq!(count(&interactive, &user.user_principal_name), user.interactive, "{user:?}");
        assert_eq!(count(&silent, &user.user_principal_name), user.non_interactive, "{user:?}");
    }
    let names = texts(&[interactive, silent].concat(), "userPrincipalName");
    assert_eq!(names.len(), answers.acquired_app.users.len());
}

#[test]
fn how_many_passwords_were_reset() {
    let filter =
        "loggedByService eq 'Self-service Password Management' and startswith(activityDisplayName,'Reset password')";
    let (rows, answers) = ask("directoryAudits", filter);
    let count = |activity: &str, result: &str| {
        rows.iter()
            .filter(|row| text(row, "activityDisplayName").ends_with(activity) && row["result"] == result)
            .count() as u32
    };
    assert_eq!(count("(by admin)", "success"), answers.password_resets.by_admin);
    assert_eq!(count("(self-service)", "success"), answers.password_resets.self_service);
    assert_eq!(count("", "failure"), answers.password_resets.failed);
}

#[test]
fn what_the_pattern_of_a_user_is() {
    let (_, answers) = ask("signIns", "userId eq 'nobody'");
    let pattern = answers.user_pattern;
    let (rows, _) = ask("signIns", &format!("userId eq '{}'", pattern.user_id));
    assert_eq!(rows.len() as u32, pattern.interactive);
    let mut cities = BTreeMap::<&str, u32>::new();
    rows.iter().for_each(|row| *cities.entry(text(row, "location/city")).or_default() += 1);
    assert_eq!(cities, pattern.cities.iter().map(|(city, count)| (city.as_str(), *count)).collect());
    assert_eq!(rows.iter().filter(|row| row["status"]["errorCode"] != 0).count() as u32, pattern.failed);
    assert_eq!(pattern.unusual.len(), 2);
}

#[test]
fn how_many_users_signed_in_last_week() {
    let (_, answers) = ask("signIns", "userId eq 'nobody'");
    let filter = format!("createdDateTime ge {} and status/errorCode eq 0", answers.users_last_week.from);
    let (interactive, _) = ask("signIns", &filter);
    let (silent, _) = ask("signIns", &format!("{filter} and signInEventTypes/any(t: t eq 'nonInteractiveUser')"));
    assert_eq!(texts(&interactive, "userId").len() as u32, answers.users_last_week.interactive);
    assert_eq!(
        texts(&[interactive, silent].concat(), "userId").len() as u32,
        answers.users_last_week.with_non_interactive
    );
}

#[test]
fn what_the_status_of_these_sign_ins_is() {
    let (_, answers) = ask("signIns", "userId eq 'nobody'");
    let (rows, _) = ask("signIns", &format!("ipAddress eq '{}'", answers.sign_in_status.ip_address));
    let mut codes = BTreeMap::<i64, u32>::new();
    rows.iter().for_each(|row| *codes.entry(row["status"]["errorCode"].as_i64().expect("a code")).or_default() += 1);
    assert_eq!(codes.into_iter().collect::<Vec<_>>(), answers.sign_in_status.codes);
}

#[test]
fn which_groups_were_created_in_service_now() {
    let filter = "provisioningAction eq 'create' and provisioningStatusInfo/status eq 'success' and \
                  targetSystem/displayName eq 'ServiceNow' and sourceIdentity/identityType eq 'Group'";
    let (rows, answers) = ask("provisioning", filter);
    assert_eq!(texts(&rows, "sourceIdentity/displayName"), answers.groups_in_service_now.into_iter().collect());
}

#[test]
fn which_roles_were_imported_from_aws() {
    let (rows, answers) = ask(
        "provisioning",
        "contains(sourceSystem/displayName,'Amazon') and sourceIdentity/identityType eq 'RolesCompound'",
    );
    let roles: BTreeSet<String> = rows
        .iter()
        .flat_map(|row| row["modifiedProperties"].as_array().cloned().unwrap_or_default())
        .filter(|property| property["displayName"] == "Roles")
        .flat_map(|property| {
            text(&property, "newValue").split(',').map(|name| name.trim().to_owned()).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(roles, answers.roles_from_aws.into_iter().collect());
}

#[test]
fn which_users_were_not_created_from_workday() {
    let filter = "provisioningAction eq 'create' and provisioningStatusInfo/status eq 'failure' and contains(sourceSystem/displayName,'Workday')";
    let (rows, answers) = ask("provisioning", filter);
    let tries = |worker: &str| rows.iter().filter(|row| text(row, "sourceIdentity/id") == worker).count() as u32;
    for worker in &answers.failed_from_workday {
        assert_eq!(tries(&worker.worker_id), worker.tries, "{worker:?}");
    }
    assert_eq!(texts(&rows, "sourceIdentity/id").len(), answers.failed_from_workday.len());
}
