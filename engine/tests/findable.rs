//! What is odd about a record is counted, leads to the record, and is found again: by a filter, by a facet, by free text.
//! Each odd record is imported beside a regular one, and every filter must find the odd one alone.
#![allow(missing_docs)]

#[path = "support/pages.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the pages")]
mod pages;
#[path = "../../tests/support/world.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the world")]
mod world;

use engine::{
    filter::{Filter, Local, parse},
    ports::Attachment,
    protocol::{
        Answer, Cell, FacetCounts, FacetQuery, FacetsQuery, LoadKey, LoadStatus, RequestBody, RowId, Source,
        WindowQuery,
    },
    reports,
};
use world::{NOW, World};

#[test]
fn what_is_missing_is_found_by_its_absence() {
    check(
        "directoryAudits",
        r#"{"category":"GroupManagement"}"#,
        &["MissingProperty outcome", "MissingProperty id", "MissingProperty activityDateTime"],
        &["NOT exists:id", "NOT exists:activityDateTime", "NOT exists:outcome", "category:GroupManagement"],
    );
    check(
        "signIns",
        r#"{"id":null,"createdDateTime":null,"status":null}"#,
        &["MissingProperty outcome", "MissingProperty id", "MissingProperty createdDateTime"],
        &["NOT exists:id", "NOT exists:createdDateTime", "NOT exists:outcome"],
    );
    check(
        "directoryAudits",
        &audit(r#","initiatedBy":{"user":{},"app":null}"#),
        &["MissingProperty initiatedBy/user"],
        &["id:odd NOT exists:initiatedBy.user.id"],
    );
    for report in reports::ALL {
        let files = import(report.id.as_str(), &["{}"]);
        for column in report.columns {
            assert_eq!(files.facet(column.id).missing, 1, "{} of {}", column.id, report.id.as_str());
        }
    }
}

#[test]
fn another_spelling_or_shape_is_found_under_the_known_name() {
    check(
        "directoryAudits",
        &audit(r#","targetResources":[{"Type":"Device","displayname":"Berth 7"}]"#),
        &["OddName targetResources[]/type", "OddName targetResources[]/displayName"],
        &["targetResources.type:device", "targetResources.displayName:berth", "berth"],
    );
    check(
        "signIns",
        &sign_in(r#","authenticationMethodsUsed":"Password""#),
        &["UnexpectedType authenticationMethodsUsed"],
        &["authenticationMethodsUsed:password", "password"],
    );
    check(
        "signIns",
        &sign_in(r#","userDisplayName":["Łukasz","Ada"]"#),
        &["UnexpectedType userDisplayName"],
        &["userDisplayName:łukasz", "userDisplayName:*Ada*", "ŁUKASZ"],
    );
    check(
        "signIns",
        &sign_in(r#","userDisplayName":{"first":"Łukasz"}"#),
        &["UnexpectedType userDisplayName"],
        &["userDisplayName:łukasz", "ŁUKASZ"],
    );
    check(
        "directoryAudits",
        &audit(r#","targetResources":{"id":"t-1"}"#),
        &["UnexpectedType targetResources"],
        &["targetResources.id=t-1", "t-1"],
    );
    check(
        "signIns",
        &sign_in(r#","location":[{"city":"Oslo"},{"city":"Bergen"}]"#),
        &["UnexpectedType location"],
        &["city:Oslo", "oslo"],
    );
}

#[test]
fn a_value_that_no_column_takes_is_found_with_its_name() {
    check("signIns", &sign_in(r#","location":"Oslo""#), &["UnexpectedType location"], &["oslo", "undefined:oslo"]);
    check(
        "signIns",
        &sign_in(r#","status":50126"#).replacen(r#""status":{"errorCode":0},"#, "", 1),
        &["UnexpectedType status", "MissingProperty outcome"],
        &["50126", "NOT exists:outcome"],
    );
    check(
        "signIns",
        &sign_in(r#","userId":"first","userId":"second","location":{"city":"x","city":"Bergen"}"#),
        &["DuplicateKey userId", "DuplicateKey location/city"],
        &["userId=first", "second", "undefined:bergen"],
    );
    check(
        "signIns",
        &sign_in(r#","location":[[{"city":"Oslo"}]]"#),
        &["UnexpectedType location", "TooDeep location"],
        &["oslo"],
    );
}

#[test]
fn numbers_and_flags_are_found_however_they_are_written() {
    check(
        "signIns",
        r#"{"id":"odd","createdDateTime":"2026-10-13T12:00:00Z","status":{"errorCode":"50126"}}"#,
        &["UnexpectedType status/errorCode"],
        &["errorCode:50126", "errorCode>0", "errorCode>=50126 errorCode<50127", "outcome:failure", "50126"],
    );
    check(
        "signIns",
        &sign_in(r#","autonomousSystemNumber":"AS1""#),
        &["UnexpectedType autonomousSystemNumber"],
        &["autonomousSystemNumber:\"AS1\"", "as1"],
    );
    check(
        "signIns",
        &sign_in(r#","isInteractive":"True""#),
        &["UnexpectedType isInteractive"],
        &["isInteractive:true"],
    );
    check(
        "signIns",
        r#"{"id":1750,"createdDateTime":"2026-10-13T12:00:00Z","status":{"errorCode":7.0}}"#,
        &["UnexpectedType id"],
        &["id=1750", "errorCode:7"],
    );
    check(
        "signIns",
        &sign_in(r#","location":{"geoCoordinates":{"latitude":1234.5,"longitude":"-500"}}"#),
        &["UnexpectedType location/geoCoordinates/longitude"],
        &["latitude>90", "longitude<-180", "1234.5"],
    );
}

#[test]
fn a_time_is_found_by_its_day_however_it_is_written() {
    let digits = (0..=9).map(|count| if count == 0 { String::new() } else { format!(".{}", &"123456789"[..count]) });
    let spelled = digits.map(|digits| format!("2026-10-13T12:00:00{digits}Z"));
    let others =
        ["2026-10-13 12:00:00", "2026-10-13T12:00:00", "2026-10-13T14:00:00+02:00", "2026-10-13T06:30:00.5-0530"];
    for time in spelled.chain(others.map(str::to_owned)) {
        let record = format!(r#"{{"id":"odd","createdDateTime":"{time}","status":{{"errorCode":0}}}}"#);
        check("signIns", &record, &[], &["createdDateTime:2026-10-13", "createdDateTime:\"2026-10-13 12:00\""]);
    }
    for time in ["13.10.2026", "2026-02-30T00:00:00Z", "2026-10-13T12:00:00.1234567890Z", ""] {
        let record = format!(r#"{{"id":"odd","createdDateTime":"{time}","status":{{"errorCode":0}}}}"#);
        check("signIns", &record, &["UnreadableTime createdDateTime"], &[&format!("createdDateTime=\"{time}\"")]);
    }
    check(
        "signIns",
        r#"{"id":"odd","createdDateTime":1791892800,"status":{"errorCode":0}}"#,
        &["UnexpectedType createdDateTime"],
        &["createdDateTime:\"1791892800\"", "1791892800"],
    );
}

#[test]
fn odd_text_is_found_as_it_is() {
    let value = r#"{\"roles\":[\"Helpdesk\"]}"#;
    check(
        "directoryAudits",
        &audit(&format!(
            r#","targetResources":[{{"modifiedProperties":[{{"displayName":"Roles","oldValue":"[]","newValue":"{value}"}}]}}]"#
        )),
        &[],
        &["newValue:helpdesk", "helpdesk", r#"newValue:"{\"roles\":[""#],
    );
    check(
        "directoryAudits",
        &audit(r#","activityDisplayName":"Set A – B \r\nsecond line ""#),
        &[],
        &["activityDisplayName:\"a – b\"", "activityDisplayName:*\"line \"", "\"B \r\nsecond\"", "– B"],
    );
    check(
        "directoryAudits",
        &audit(r#","additionalDetails":[{"k\u0065y":"User-Agent[\"x\"]","value":"it's \"q\""}]"#),
        &[],
        &[r#"additionalDetails.key="User-Agent[\"x\"]""#, r#"value:"it's \"q\"""#],
    );
    check(
        "signIns",
        &sign_in(r#","userDisplayName":"a\ud83dz""#),
        &["UnreadableText userDisplayName"],
        &["userDisplayName:a\u{fffd}z", "userDisplayName:a?z"],
    );
    for address in ["<null>", "00000000-0000-0000-0000-00000000000a", "localhost", "203.0.113.7:443"] {
        let record = sign_in(&format!(r#","ipAddress":"{address}""#));
        check("signIns", &record, &[], &[&format!("ipAddress=\"{address}\""), &format!("\"{address}\"")]);
        let files = import("signIns", &[&record]);
        assert_eq!(files.find("ipAddress:203.0.113.0/24").len(), 0, "{address} is in no network");
    }
}

#[test]
fn an_outcome_is_found_in_any_spelling() {
    for (spelled, outcome) in [
        ("SUCCESS", "success"),
        (" Success ", "success"),
        ("failed", "failure"),
        ("Failure", "failure"),
        ("TIMEOUT", "timeout"),
    ] {
        let record = format!(r#"{{"id":"odd","activityDateTime":"2026-10-13T12:00:00Z","result":"{spelled}"}}"#);
        let filters =
            [format!("outcome:{outcome} id=odd"), format!("result=\"{spelled}\" activityDateTime<2026-10-14")];
        check("directoryAudits", &record, &[], &filters.each_ref().map(String::as_str));
    }
    check(
        "directoryAudits",
        r#"{"id":"odd","activityDateTime":"2026-10-13T12:00:00Z","result":"half"}"#,
        &["MissingProperty outcome"],
        &["outcome:unknown", "result=half"],
    );
}

#[test]
fn what_nobody_defined_is_found_by_name_and_by_value() {
    check(
        "signIns",
        &sign_in(
            r#","newRiskScore":{"level":"extreme","by":["Ünal"]},"plain":"Zo\u00eb \"Z\"","riskState":"brandNewMember""#,
        ),
        &[],
        &[
            "newRiskScore",
            "extreme",
            "ünal",
            "zoë",
            "undefined:newRiskScore*",
            "undefined:*extreme*",
            "riskState=brandNewMember",
            "\"Zoë \\\"Z\"",
        ],
    );
    check(
        "directoryAudits",
        &audit(r#","targetResources":[{"id":"t","newDetail":17}],"a[0]\"b\"/c":{"d[]":"deep"}"#),
        &[],
        &["newDetail", "undefined:*newDetail*17*", "\"a[0]\\\"b\\\"/c\"", "\"d[]\""],
    );
    let record = sign_in(r#","riskState":"brandNewMember","newRiskScore":"extreme""#);
    let files = import("signIns", &[&record]);
    assert_eq!(files.facet("riskState").values, [(Cell::Text("brandNewMember".to_owned()), 1)]);
    assert_eq!(files.facet("undefined[]").distinct, 1);
}

#[test]
fn each_of_many_policies_is_found_and_counted() {
    let policies: Vec<String> = (0..55)
        .map(|number| format!(r#"{{"id":"p{number}","displayName":"Policy {number}","result":"notApplied"}}"#))
        .collect();
    let record = sign_in(&format!(r#","appliedConditionalAccessPolicies":[{}]"#, policies.join(",")));
    check(
        "signIns",
        &record,
        &[],
        &[
            "appliedConditionalAccessPolicies.id=p0",
            "appliedConditionalAccessPolicies.id=p54",
            "appliedConditionalAccessPolicies.displayName:\"policy 54\"",
        ],
    );
    let files = import("signIns", &[&record]);
    assert_eq!(files.facet("appliedConditionalAccessPolicies[]/id").distinct, 55);
    let results = files.facet("appliedConditionalAccessPolicies[]/result");
    assert_eq!(results.values, [(Cell::Text("notApplied".to_owned()), 1)], "a record counts once");
}

#[test]
fn very_deep_nesting_is_found() {
    let objects = format!(r#"{}"bottom"{}"#, r#"{"a":"#.repeat(10_000), "}".repeat(10_000));
    check("signIns", &sign_in(&format!(r#","somethingNew":{objects}"#)), &[], &["somethingNew", "bottom"]);
    let lists = format!(r#"{}"bottom"{}"#, "[".repeat(10_000), "]".repeat(10_000));
    let warning = ["UnexpectedType riskEventTypes_v2[]"];
    check("signIns", &sign_in(&format!(r#","riskEventTypes_v2":{lists}"#)), &warning, &["bottom"]);
}

#[test]
fn a_page_that_breaks_off_keeps_its_whole_records_and_says_so() {
    let page = format!(r#"{{"value":[{},{{"id":"half""#, sign_in(""));
    let files = import("signIns", &[&page]);
    let codes: Vec<String> = files.status.warnings.iter().map(|(code, count)| format!("{code:?} {count}")).collect();
    assert_eq!((files.status.rows, codes), (1, vec!["TruncatedPage 1".to_owned()]));
    assert_eq!(files.find("id:odd").len(), 1);
}

/// Imports the record beside a regular one: `warnings` is what is counted, each of them leads to the record, and each of
/// the filters finds it alone.
fn check(report: &str, record: &str, warnings: &[&str], filters: &[&str]) {
    let regular = match report {
        "signIns" => {
            r#"{"id":"regular","createdDateTime":"2026-10-14T12:00:00Z","status":{"errorCode":0},"isInteractive":false}"#
        }
        _ => r#"{"id":"regular","activityDateTime":"2026-10-14T12:00:00Z","result":"success"}"#,
    };
    let files = import(report, &[record, regular]);
    let counted: u32 = files.status.warnings.iter().map(|(_, count)| count).sum();
    assert_eq!(counted as usize, warnings.len(), "{:?} of {record:.200}", files.status.warnings);
    let mut found: Vec<String> = Vec::new();
    for warning in &files.status.warning_examples {
        let row = warning.row.expect("what is odd about a record leads to it");
        let kept = files.world.record(&files.key, row).expect("the row exists");
        assert_eq!(kept.json, record);
        assert!(kept.warnings.contains(warning), "{warning:?} stands beside the record");
        found.push(format!("{:?} {}", warning.code, warning.path).trim_end().to_owned());
    }
    assert_eq!(found, warnings, "{record:.200}");
    for text in filters {
        let found: Vec<String> = files
            .find(text)
            .into_iter()
            .map(|row| files.world.record(&files.key, row).expect("the row exists").json)
            .collect();
        assert_eq!(found, [record], "{text} among {record:.200}");
    }
}

/// A dataset with what was imported into it.
struct Files {
    world: World,
    key: LoadKey,
    status: LoadStatus,
}

impl Files {
    fn find(&self, text: &str) -> Vec<RowId> {
        let filter = parse(self.key.report.definition(), text, Local { now: NOW, zone: &[] });
        let filter = filter.unwrap_or_else(|error| panic!("{text}: {error}"));
        let query =
            WindowQuery { key: self.key.clone(), filter, sort: Vec::new(), columns: Vec::new(), first: 0, count: 10 };
        self.world.window(query).expect("the columns exist").rows.into_iter().map(|row| row.id).collect()
    }
    fn facet(&self, column: &str) -> FacetCounts {
        let columns = vec![FacetQuery { column: column.to_owned(), search: None, limit: 100 }];
        let query = FacetsQuery { key: self.key.clone(), filter: Filter::All, columns };
        match self.world.ask(RequestBody::Facets(query)) {
            Ok(Answer::Facets(mut facets)) => facets.columns.remove(0),
            other => panic!("facets are answered by facets, not {other:?}"),
        }
    }
}

fn import(report: &str, files: &[&str]) -> Files {
    let definition = reports::report(report).expect("the report is defined");
    let key = LoadKey { report: definition.id, fetch: definition.fetches[0].id.to_owned() };
    let world = pages::world(|request| panic!("nobody is asked, but {} was", request.url));
    assert_eq!(world.ask(RequestBody::Open(Source::Files)), Ok(Answer::Done));
    let attachment = |text: &&str| {
        let bytes = text.as_bytes().to_vec();
        Box::new(move || bytes) as Attachment
    };
    let attachments = files.iter().map(attachment).collect();
    let id = world.post(RequestBody::Import { key: key.clone(), is_continued: false }, attachments);
    world.run();
    match world.answer(id) {
        Some(Ok(Answer::Imported(status))) => Files { world, key, status: *status },
        other => panic!("an import is answered by its state, not {other:?}"),
    }
}

fn audit(rest: &str) -> String {
    format!(r#"{{"id":"odd","activityDateTime":"2026-10-13T12:00:00Z","result":"success"{rest}}}"#)
}

fn sign_in(rest: &str) -> String {
    format!(r#"{{"id":"odd","createdDateTime":"2026-10-13T12:00:00Z","status":{{"errorCode":0}}{rest}}}"#)
}
