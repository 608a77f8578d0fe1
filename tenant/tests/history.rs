//! The generated history: complete, believable, and the same every time.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use serde_json::Value;
use tenant::{
    Scale, Tenant, TenantOptions,
    history::{EventType, History, Rendering, Report, Stream},
};

/// 2026-11-25T08:00:00Z.
const NOW: i64 = 1_795_593_600_000;

fn tenant(days: u32, scale: Scale) -> Tenant {
    Tenant::new(TenantOptions { seed: 42, days, scale, now: NOW })
}

/// Every record of a stream, newest first.
fn texts(tenant: &Tenant, stream: Stream) -> Vec<String> {
    let rows = tenant.slices().rev().flat_map(|slice| tenant.rows(stream, slice));
    rows.map(|row| tenant.record(row, Rendering::FULL)).collect()
}

/// The records of a moderate history: twenty thousand rows in ten days.
fn moderate(report: Report) -> &'static [Value] {
    static RECORDS: LazyLock<BTreeMap<Report, Vec<Value>>> = LazyLock::new(|| {
        let tenant = tenant(10, Scale::Rows(20_000));
        Report::ALL.into_iter().map(|report| (report, records(&tenant, report))).collect()
    });
    &RECORDS[&report]
}

fn records(tenant: &Tenant, report: Report) -> Vec<Value> {
    let texts = report.streams().iter().flat_map(|stream| texts(tenant, *stream));
    texts.map(|text| serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"))).collect()
}

#[test]
fn the_default_sample_has_about_ninety_thousand_rows() {
    let tenant = tenant(30, Scale::Factor(1.0));
    let rows: usize = Stream::ALL.iter().map(|stream| tenant.rows_in_all(*stream)).sum();
    assert!((86_000..94_000).contains(&rows), "{rows}");
}

#[test]
fn a_number_of_rows_is_kept_roughly() {
    let tenant = tenant(7, Scale::Rows(20_000));
    let rows: usize = Stream::ALL.iter().map(|stream| tenant.rows_in_all(*stream)).sum();
    assert!((18_000..22_000).contains(&rows), "{rows}");
}

#[test]
fn the_same_options_give_the_same_bytes_and_another_seed_does_not() {
    let all = |seed| -> Vec<String> {
        let tenant = Tenant::new(TenantOptions { seed, days: 2, scale: Scale::Factor(0.2), now: NOW });
        Stream::ALL.iter().flat_map(|stream| texts(&tenant, *stream)).collect()
    };
    assert_eq!(all(7), all(7));
    assert_ne!(all(7), all(8));
}

#[test]
fn rows_come_newest_first_and_end_now() {
    let tenant = tenant(3, Scale::Factor(1.0));
    for stream in Stream::ALL {
        let rows: Vec<i64> = tenant
            .slices()
            .rev()
            .flat_map(|slice| tenant.rows(stream, slice))
            .map(|row| {
                assert!(tenant.span(row.slice).contains(&row.ticks), "{row:?} is outside its slice");
                row.ticks
            })
            .collect();
        assert!(rows.is_sorted_by(|a, b| a >= b), "{stream:?}");
        assert!(rows[0] <= tenant::time::ticks_from_millis(NOW));
    }
}

#[test]
fn ids_are_unique_and_lead_back_to_their_record() {
    let tenant = tenant(3, Scale::Factor(1.0));
    for report in Report::ALL {
        let mut ids = BTreeSet::new();
        for record in records(&tenant, report) {
            let id = record["id"].as_str().expect("a text id").to_owned();
            let row = tenant.find(report, &id).unwrap_or_else(|| panic!("{id} is not found"));
            let found: Value = serde_json::from_str(&tenant.record(row, Rendering::FULL)).expect("valid JSON");
            assert_eq!(found["id"], record["id"]);
            assert!(ids.insert(id.clone()), "{id} occurs twice");
        }
    }
}

#[test]
fn what_is_known_without_a_record_is_what_the_record_says() {
    let tenant = tenant(4, Scale::Factor(0.5));
    for stream in Report::SignIns.streams() {
        for row in tenant.slices().flat_map(|slice| tenant.rows(*stream, slice)) {
            let record: Value = serde_json::from_str(&tenant.record(row, Rendering::FULL)).expect("valid JSON");
            for path in ["userId", "userPrincipalName", "appId", "appDisplayName", "ipAddress", "status/errorCode"] {
                let said = path.split('/').fold(&record, |value, name| &value[name]);
                assert_eq!(tenant.peek(row, path).as_ref(), Some(said), "{path}");
            }
        }
    }
}

/// Property names of each type, base types included, and the types of the properties.
fn types_of_the_metadata() -> BTreeMap<String, Vec<(String, String)>> {
    let text = include_str!("../../tests/fixtures/graph/csdl-auditlogs-beta.xml");
    let attribute = |line: &str, name: &str| {
        let start = line.find(&format!(" {name}=\""))? + name.len() + 3;
        Some(line[start..].split('"').next()?.rsplit('.').next()?.trim_end_matches(')').to_owned())
    };
    let (mut types, mut bases, mut current) = (BTreeMap::<String, Vec<_>>::new(), BTreeMap::new(), String::new());
    for line in text.lines().map(str::trim) {
        if line.starts_with("<ComplexType ") || line.starts_with("<EntityType ") {
            current = attribute(line, "Name").expect("types have names");
            types.entry(current.clone()).or_default();
            if let Some(base) = attribute(line, "BaseType") {
                bases.insert(current.clone(), base);
            }
        } else if line.starts_with("<Property ") {
            let property = (attribute(line, "Name").expect("a name"), attribute(line, "Type").expect("a type"));
            types.get_mut(&current).expect("properties are inside a type").push(property);
        }
    }
    let own = types.clone();
    for (name, properties) in &mut types {
        let mut base = bases.get(name);
        while let Some(known) = base {
            properties.extend(own.get(known).cloned().unwrap_or_default());
            base = bases.get(known);
        }
    }
    // Where a base type is declared, its derived type occurs.
    types
        .get_mut("authenticationEventHandlerResult")
        .expect("declared")
        .extend(own["customExtensionCalloutResult"].clone());
    types.get_mut("statusBase").expect("declared").extend(own["statusDetails"].clone());
    types
}

/// Notes which paths occur, with a value and with null.
fn note(value: &Value, path: &str, seen: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                note(value, &format!("{path}/{name}"), seen);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| note(item, path, seen)),
        Value::Null => {
            seen.insert(format!("{path} = null"));
        }
        _ => {
            seen.insert(path.to_owned());
        }
    }
}

#[test]
fn every_property_of_the_metadata_occurs_in_a_moderate_history() {
    let types = types_of_the_metadata();
    for (report, entity) in [
        (Report::DirectoryAudits, "directoryAudit"),
        (Report::CustomSecurityAttributeAudits, "customSecurityAttributeAudit"),
        (Report::SignIns, "signIn"),
        (Report::Provisioning, "provisioningObjectSummary"),
    ] {
        let mut seen = BTreeSet::new();
        moderate(report).iter().for_each(|record| note(record, "", &mut seen));
        let mut missing = Vec::new();
        let mut wanted: Vec<(String, String)> = vec![(String::new(), entity.to_owned())];
        while let Some((path, name)) = wanted.pop() {
            for (property, kind) in &types[&name] {
                let path = format!("{path}/{property}");
                match types.get(kind) {
                    Some(inner) if !inner.is_empty() => wanted.push((path, kind.clone())),
                    // An open bag: any member of it will do.
                    Some(_) if seen.iter().any(|known| known.starts_with(&path)) => {}
                    None if seen.contains(&path) => {}
                    _ => missing.push(path),
                }
            }
        }
        assert!(missing.is_empty(), "{entity} lacks {missing:?}");
        assert!(seen.iter().any(|path| path.ends_with("= null")));
    }
}

#[test]
fn oddities_of_the_real_service_occur() {
    let sign_ins = moderate(Report::SignIns);
    let has = |what: &str, test: &dyn Fn(&Value) -> bool| assert!(sign_ins.iter().any(test), "{what}");
    has("no location", &|record| record.get("location").is_none());
    has("no agent", &|record| record.get("agent").is_none());
    has("many policies", &|record| {
        record["appliedConditionalAccessPolicies"].as_array().is_some_and(|all| all.len() == 55)
    });
    has("a long value", &|record| record["userAgent"].as_str().is_some_and(|text| text.len() > 4_000));
    has("a name in another script", &|record| record["userDisplayName"].as_str().is_some_and(|name| !name.is_ascii()));
    has("an all-zero user id", &|record| record["userId"] == "00000000-0000-0000-0000-000000000000");
    has("an agent", &|record| record["agent"]["agentType"] == "agentIdentityBlueprintPrincipal");
    for kind in EventType::ALL {
        has(kind.name(), &|record| record["signInEventTypes"][0] == kind.name());
    }
    let audits = moderate(Report::DirectoryAudits);
    assert!(audits.iter().any(|audit| audit["targetResources"].as_array().is_some_and(Vec::is_empty)));
    assert!(audits.iter().any(|audit| audit["resultReason"].as_str().is_some_and(|reason| reason.len() > 4_000)));
}

#[test]
fn some_audits_lead_to_sign_ins_by_session_and_token() {
    let sign_ins = moderate(Report::SignIns);
    let values =
        |name: &str| -> BTreeSet<&str> { sign_ins.iter().filter_map(|record| record[name].as_str()).collect() };
    let (sessions, tokens) = (values("sessionId"), values("uniqueTokenIdentifier"));
    let audits = moderate(Report::DirectoryAudits);
    let links: Vec<&Value> = audits.iter().map(|audit| &audit["initiatedBy"]["linkableIdentifiers"]).collect();
    let matching = |known: &BTreeSet<&str>, value: &Value| value.as_str().is_some_and(|text| known.contains(text));
    assert!(links.iter().filter(|links| matching(&sessions, &links["sessionId"])).count() > 20);
    assert!(
        links.iter().filter(|links| matching(&tokens, &links["tokenDetails"]["uniqueTokenIdentifier"])).count() > 5
    );
}
