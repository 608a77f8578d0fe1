//! The incidents planted in the made-up tenant, found again with filters as people type them and with counts: the engine
//! has the tenant's whole history, imported as recorded, and must give the answers that the tenant knows.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs)]

#[path = "support/world.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the world")]
mod world;

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use engine::{
    filter::{Filter, Local, parse},
    instant::{format_instant, parse_instant},
    ports::{AccessToken, Attachment},
    protocol::{
        Answer, Buckets, Cell, DistinctQuery, FacetQuery, FacetsQuery, Group, GroupsQuery, HistogramQuery, LoadKey,
        LocalUnit, OffsetChange, Phase, RequestBody, Row, Source, WindowQuery,
    },
    reports,
};
use tenant::{
    Answers, Scale, Tenant, TenantOptions,
    history::{History, Rendering, Report},
};
use world::World;

/// 2026-11-20T12:00:00Z, a Friday.
const NOW: i64 = 1_795_176_000_000;
const OPTIONS: TenantOptions = TenantOptions { seed: 7, days: 30, scale: Scale::Factor(0.02), now: NOW };
const DAY: i64 = 86_400_000;

#[test]
fn who_granted_administrators_access() {
    let (audits, answers) = ask(Report::DirectoryAudits);
    let filter = r#"(activityDisplayName="Add member to group" newValue:"Tier 0 Directory Admins")
        OR activityDisplayName:("Add member to role"* OR "Add eligible member to role"*)"#;
    let found: BTreeSet<_> = audits
        .groups(filter, &["activityDisplayName", "initiator", "targetResources[]/userPrincipalName"])
        .into_iter()
        .filter(|group| group.values[2] != Cell::Absent)
        .map(|group| {
            assert_eq!((group.rows, group.first), (1, group.last));
            let time = format_instant(group.first.expect("audits have a time"));
            (time, text(&group.values[0]), text(&group.values[1]), text(&group.values[2]))
        })
        .collect();
    let expected: BTreeSet<_> = answers
        .admin_access
        .iter()
        .map(|grant| {
            let time = format_instant(parse_instant(&grant.at).expect("a time"));
            (time, grant.activity.clone(), grant.granted_by.clone(), grant.granted_to.clone())
        })
        .collect();
    assert_eq!(found, expected);
    let mut failed = answers.admin_access.iter().filter(|grant| grant.result == "failure");
    let grant = failed.next().expect("one of them failed");
    assert_eq!(
        audits.facet(&format!("({filter}) outcome:failure"), "targetResources[]/userPrincipalName"),
        one(&grant.granted_to)
    );
    assert!(failed.next().is_none());
    // Each of them is found by what was granted, in whatever property it stands.
    for grant in &answers.admin_access {
        let filter = format!("({filter}) \"{}\" {}", grant.access, grant.granted_to);
        assert!(audits.total(&filter) >= 1, "{grant:?}");
    }
}

#[test]
fn who_signs_in_to_the_acquired_application() {
    let (sign_ins, answers) = ask(Report::SignIns);
    let app = &answers.acquired_app;
    let by_id = format!("appId={}", app.app_id);
    let by_name = format!("appDisplayName=\"{}\"", app.display_name.to_uppercase());
    assert_eq!(sign_ins.total(&by_id), sign_ins.total(&by_name));
    let count = |filter: &str| sign_ins.facet(filter, "userPrincipalName");
    let expected = |count: fn(&tenant::answers::AppUser) -> u32| {
        let users = app.users.iter().map(|user| (user.user_principal_name.clone(), count(user)));
        users.filter(|(_, count)| *count > 0).collect::<BTreeMap<_, _>>()
    };
    assert_eq!(count(&format!("{by_id} signInEventTypes=interactiveUser")), expected(|user| user.interactive));
    assert_eq!(count(&format!("{by_id} signInEventTypes=nonInteractiveUser")), expected(|user| user.non_interactive));
    assert_eq!(count(&format!("{by_id} NOT outcome:success")), expected(|user| user.not_successful));
    let groups = sign_ins.groups(&by_name, &["appId"]);
    let first = groups[0].first.expect("sign-ins have a time");
    assert!(groups.len() == 1 && first > NOW - 10 * DAY, "nobody used it before it was acquired");
}

#[test]
fn how_many_passwords_were_reset() {
    let (audits, answers) = ask(Report::DirectoryAudits);
    let filter = r#"loggedByService:"Self-service Password Management" activityDisplayName:"reset password"*"#;
    let resets = answers.password_resets;
    let by = |activity: &str, outcome: &str| {
        audits.total(&format!("{filter} activityDisplayName:*\"{activity}\" outcome:{outcome}"))
    };
    assert_eq!(
        (
            by("(by admin)", "success"),
            by("(self-service)", "success"),
            audits.total(&format!("{filter} -outcome:success"))
        ),
        (resets.by_admin, resets.self_service, resets.failed)
    );
    assert_eq!(audits.total(filter), resets.by_admin + resets.self_service + resets.failed);
}

#[test]
fn what_pattern_a_user_signs_in_with() {
    let (sign_ins, answers) = ask(Report::SignIns);
    let pattern = answers.user_pattern;
    let filter =
        format!("userPrincipalName:{} signInEventTypes=interactiveUser", pattern.user_principal_name.to_uppercase());
    assert_eq!(sign_ins.total(&filter), pattern.interactive);
    assert_eq!(sign_ins.total(&format!("{filter} errorCode!=0")), pattern.failed);
    assert_eq!(sign_ins.facet(&filter, "location/city"), pattern.cities.iter().cloned().collect());
    assert_eq!(sign_ins.facet(&filter, "appDisplayName"), pattern.applications.iter().cloned().collect());
    // Two nights in another place.
    let home = &pattern.cities[0].0;
    let mut times: Vec<String> = sign_ins
        .rows(&format!("{filter} NOT city=\"{home}\""), &["createdDateTime"])
        .iter()
        .map(|row| if let Cell::Instant(instant) = row.cells[0] { format_instant(instant) } else { String::new() })
        .collect();
    times.sort();
    assert_eq!(times, pattern.unusual);
    // Everything else is on working days, by the clock of the place.
    assert_eq!(home, "Singapore");
    let week = sign_ins.weekdays(&format!("{filter} city=\"{home}\""), 8 * 3_600);
    assert!(week[..5].iter().all(|count| *count > 0) && week[5..] == [0, 0], "{week:?}");
}

#[test]
fn how_many_users_signed_in_last_week() {
    let (sign_ins, answers) = ask(Report::SignIns);
    let week = answers.users_last_week;
    let users = |kinds: &str| {
        let filter = format!("createdDateTime>={} outcome:success signInEventTypes={kinds}", week.from);
        sign_ins.distinct(&filter, "userId")
    };
    assert_eq!(users("interactiveUser"), week.interactive);
    assert_eq!(users("(interactiveUser OR nonInteractiveUser)"), week.with_non_interactive);
}

#[test]
fn how_the_password_spray_ended() {
    let (sign_ins, answers) = ask(Report::SignIns);
    let spray = answers.sign_in_status;
    for filter in [
        format!("ipAddress={}", spray.ip_address),
        format!("ipAddress:{}/32", spray.ip_address),
        spray.ip_address.clone(),
    ] {
        let codes = sign_ins.facet(&filter, "status/errorCode");
        let expected = spray.codes.iter().map(|(code, count)| (code.to_string(), *count)).collect();
        assert_eq!(codes, expected, "{filter}");
    }
    // It hit nobody twice, and was over in minutes.
    let filter = format!("ipAddress={}", spray.ip_address);
    let total = sign_ins.total(&filter);
    let group = &sign_ins.groups(&filter, &["ipAddress"])[0];
    let minutes = (group.last.expect("a time") - group.first.expect("a time")) / 60_000;
    assert!((1..10).contains(&minutes) && total == group.rows, "{minutes} minutes");
    let worst = &sign_ins.groups("errorCode=50126", &["ipAddress"])[0];
    assert_eq!(text(&worst.values[0]), spray.ip_address, "counting addresses shows it first");
}

#[test]
fn which_groups_were_made_in_service_now() {
    let (provisioning, answers) = ask(Report::Provisioning);
    let filter = "provisioningAction=create outcome:success targetSystem/displayName:servicenow sourceIdentity/identityType:Group";
    let found: Vec<String> = provisioning.facet(filter, "sourceIdentity/displayName").into_keys().collect();
    assert_eq!(found, answers.groups_in_service_now);
}

#[test]
fn which_roles_were_imported_from_aws() {
    let (provisioning, answers) = ask(Report::Provisioning);
    let filter = "sourceSystem/displayName:amazon sourceIdentity/identityType:RolesCompound modifiedProperties/displayName:Roles";
    let columns = ["modifiedProperties[]/displayName", "modifiedProperties[]/newValue"];
    let mut found = BTreeSet::new();
    for row in provisioning.rows(filter, &columns) {
        let [Cell::List(names), Cell::List(values)] = &row.cells[..] else { panic!("{row:?}") };
        let (_, roles) =
            names.iter().zip(values).find(|(name, _)| text(name) == "Roles").expect("the filter asks for it");
        found.extend(text(roles).split(',').map(|role| role.trim().to_owned()));
    }
    assert_eq!(found.into_iter().collect::<Vec<_>>(), answers.roles_from_aws);
    for role in &answers.roles_from_aws {
        assert!(provisioning.total(&format!("newValue:{role}")) >= 1, "{role}");
    }
}

#[test]
fn which_workers_could_not_be_made() {
    let (provisioning, answers) = ask(Report::Provisioning);
    let filter = "provisioningAction=create outcome:failure sourceSystem/displayName:workday";
    let by = ["sourceIdentity/id", "sourceIdentity/displayName", "provisioningStatusInfo/errorInformation/errorCode"];
    let mut found: Vec<_> = provisioning
        .groups(filter, &by)
        .iter()
        .map(|group| (text(&group.values[0]), text(&group.values[1]), text(&group.values[2]), group.rows))
        .collect();
    found.sort();
    let workers = answers.failed_from_workday.into_iter();
    let expected: Vec<_> =
        workers.map(|worker| (worker.worker_id, worker.display_name, worker.error_code, worker.tries)).collect();
    assert_eq!(found, expected);
}

/// A report with the tenant's whole history of it, and the answers that the tenant knows.
fn ask(report: Report) -> (Imported, Answers) {
    let tenant = Tenant::new(OPTIONS);
    let definition = reports::report(report.name()).expect("the tenant's reports are ours");
    let key = LoadKey { report: definition.id, fetch: definition.fetches[0].id.to_owned() };
    let world = World::new(
        |request, _| panic!("nobody is asked, but {} was", request.url),
        Rc::new(|_| Ok(AccessToken("token".to_owned()))),
    );
    assert_eq!(world.ask(RequestBody::Open(Source::Files)), Ok(Answer::Done));
    let files = report.streams().iter().map(|stream| {
        let rows = tenant.slices().flat_map(|slice| tenant.rows(*stream, slice));
        let records: Vec<String> = rows.map(|row| tenant.record(row, Rendering::FULL)).collect();
        let bytes = format!("[{}]", records.join(",")).into_bytes();
        Box::new(move || bytes) as Attachment
    });
    let id = world.post(RequestBody::Import { key: key.clone(), is_continued: false }, files.collect());
    world.run();
    let Some(Ok(Answer::Imported(status))) = world.answer(id) else { panic!("the import ends") };
    assert_eq!((&status.phase, &status.warnings[..], status.duplicates), (&Phase::Complete, &[][..], 0));
    (Imported { world, key }, tenant.answers())
}

struct Imported {
    world: World,
    key: LoadKey,
}

impl Imported {
    fn filter(&self, text: &str) -> Filter {
        let filter = parse(self.key.report.definition(), text, Local { now: NOW, zone: &[] });
        filter.unwrap_or_else(|error| panic!("{text}: {error}"))
    }
    fn ask(&self, body: RequestBody) -> Answer {
        self.world.ask(body).unwrap_or_else(|error| panic!("{error}"))
    }
    fn total(&self, filter: &str) -> u32 {
        self.distinct_and_total(filter, "id").1
    }
    fn distinct(&self, filter: &str, column: &str) -> u32 {
        self.distinct_and_total(filter, column).0
    }
    fn distinct_and_total(&self, filter: &str, column: &str) -> (u32, u32) {
        let query = DistinctQuery { key: self.key.clone(), filter: self.filter(filter), column: column.to_owned() };
        let Answer::Distinct(found) = self.ask(RequestBody::Distinct(query)) else { panic!("distinct") };
        (found.distinct, found.total)
    }
    /// A column's values with their counts.
    fn facet(&self, filter: &str, column: &str) -> BTreeMap<String, u32> {
        let columns = vec![FacetQuery { column: column.to_owned(), search: None, limit: 1_000 }];
        let query = FacetsQuery { key: self.key.clone(), filter: self.filter(filter), columns };
        let Answer::Facets(found) = self.ask(RequestBody::Facets(query)) else { panic!("facets") };
        found.columns[0].values.iter().map(|(cell, count)| (text(cell), *count)).collect()
    }
    fn groups(&self, filter: &str, by: &[&str]) -> Vec<Group> {
        let by = by.iter().map(|column| (*column).to_owned()).collect();
        let query = GroupsQuery { key: self.key.clone(), filter: self.filter(filter), by, limit: 1_000 };
        let Answer::Groups(found) = self.ask(RequestBody::Groups(query)) else { panic!("groups") };
        found.groups
    }
    /// Rows of each weekday, Monday first.
    fn weekdays(&self, filter: &str, offset_secs: i32) -> Vec<u32> {
        let zone = vec![OffsetChange { from: 0, offset_secs }];
        let query = HistogramQuery {
            key: self.key.clone(),
            filter: self.filter(filter),
            from: NOW - 31 * DAY,
            to: NOW,
            buckets: Buckets::Local { unit: LocalUnit::Weekday, zone },
            stack: None,
            stack_limit: 0,
        };
        let Answer::Histogram(found) = self.ask(RequestBody::Histogram(query)) else { panic!("histogram") };
        found.counts
    }
    fn rows(&self, filter: &str, columns: &[&str]) -> Vec<Row> {
        let columns = columns.iter().map(|column| (*column).to_owned()).collect();
        let (key, filter) = (self.key.clone(), self.filter(filter));
        let query = WindowQuery { key, filter, sort: Vec::new(), columns, first: 0, count: 500 };
        self.world.window(query).expect("the columns exist").rows
    }
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Integer(number) => number.to_string(),
        Cell::Null => String::new(),
        other => panic!("{other:?} is no text"),
    }
}

fn one(value: &str) -> BTreeMap<String, u32> {
    BTreeMap::from([(value.to_owned(), 1)])
}
