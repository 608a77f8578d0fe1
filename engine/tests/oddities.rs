//! What occurs in real logs must neither fail nor vanish: each oddity is read as well as it can be, counted, and kept.
#![allow(missing_docs)]

use engine::fetch::Shelf;
use engine::{
    graph::{Bounds, Page},
    ingest::Ingest,
    protocol::{Cell, IngestWarning, WarningCode},
    reports::{self, ReportDefinition},
    store::Arrival,
};
use proptest::prelude::*;

#[test]
fn a_regular_record_has_no_warning() {
    check("directoryAudits", &regular(""), &[], &[]);
}

#[test]
fn missing_id_time_and_status_are_counted() {
    check(
        "directoryAudits",
        r#"{"category":"UserManagement"}"#,
        &["MissingProperty outcome", "MissingProperty id", "MissingProperty activityDateTime"],
        &[
            ("category", text("UserManagement")),
            ("id", Cell::Absent),
            ("activityDateTime", Cell::Absent),
            ("outcome", Cell::Absent),
        ],
    );
    check(
        "signIns",
        r#"{"id":null,"createdDateTime":null,"status":null}"#,
        &["MissingProperty outcome", "MissingProperty id", "MissingProperty createdDateTime"],
        &[("id", Cell::Null), ("createdDateTime", Cell::Null), ("status/errorCode", Cell::Null)],
    );
}

#[test]
fn an_empty_object_for_an_actor_is_counted() {
    check(
        "directoryAudits",
        &regular(r#","initiatedBy":{"user":{}}"#),
        &["MissingProperty initiatedBy/user"],
        &[("initiatedBy/user/id", Cell::Absent)],
    );
}

#[test]
fn a_name_in_another_spelling_is_the_known_one() {
    check(
        "directoryAudits",
        &regular(r#","targetResources":[{"Type":"User","ID":"u"}]"#),
        &["OddName targetResources[]/type", "OddName targetResources[]/id"],
        &[("targetResources[]/type", list(&[text("User")])), ("targetResources[]/id", list(&[text("u")]))],
    );
}

#[test]
fn a_value_where_a_list_belongs_and_the_reverse() {
    check(
        "signIns",
        &sign_in(r#","authenticationMethodsUsed":"Password""#),
        &["UnexpectedType authenticationMethodsUsed"],
        &[("authenticationMethodsUsed[]", list(&[text("Password")]))],
    );
    check(
        "signIns",
        &sign_in(r#","userId":["a","b"]"#),
        &["UnexpectedType userId"],
        &[("userId", text(r#"["a","b"]"#))],
    );
    check(
        "directoryAudits",
        &regular(r#","targetResources":{"id":"t"}"#),
        &["UnexpectedType targetResources"],
        &[("targetResources[]/id", list(&[text("t")]))],
    );
    check(
        "signIns",
        &sign_in(r#","location":[{"city":"Oslo"},{"city":"Bergen"}]"#),
        &["UnexpectedType location"],
        &[("location/city", text("Oslo"))],
    );
    check(
        "signIns",
        &sign_in(r#","location":"Oslo""#),
        &["UnexpectedType location"],
        &[("location/city", Cell::Absent)],
    );
}

#[test]
fn numbers_as_text_and_text_as_numbers() {
    check(
        "signIns",
        r#"{"id":"1","createdDateTime":"2026-10-14T12:00:00Z","status":{"errorCode":"50126"}}"#,
        &["UnexpectedType status/errorCode"],
        &[("status/errorCode", Cell::Integer(50_126)), ("outcome", text("failure"))],
    );
    check(
        "signIns",
        r#"{"id":17,"createdDateTime":"2026-10-14T12:00:00Z","status":{"errorCode":50126.0}}"#,
        &["UnexpectedType id"],
        &[("id", text("17")), ("status/errorCode", Cell::Integer(50_126))],
    );
    check(
        "signIns",
        &sign_in(r#","autonomousSystemNumber":"AS1","isInteractive":"True","flaggedForReview":1"#),
        &["UnexpectedType autonomousSystemNumber", "UnexpectedType isInteractive", "UnexpectedType flaggedForReview"],
        &[
            ("autonomousSystemNumber", text("AS1")),
            ("isInteractive", Cell::Flag(true)),
            ("flaggedForReview", text("1")),
        ],
    );
    check(
        "signIns",
        &sign_in(
            r#","autonomousSystemNumber":99999999999999999999,"processingTimeInMilliseconds":-9223372036854775808"#,
        ),
        &["UnexpectedType autonomousSystemNumber"],
        &[
            ("autonomousSystemNumber", text("99999999999999999999")),
            ("processingTimeInMilliseconds", Cell::Integer(i64::MIN)),
        ],
    );
}

#[test]
fn objects_where_text_belongs() {
    check(
        "signIns",
        &sign_in(r#","userDisplayName":{"first":"Łukasz"}"#),
        &["UnexpectedType userDisplayName"],
        &[("userDisplayName", text(r#"{"first":"Łukasz"}"#))],
    );
}

#[test]
fn times_in_every_spelling() {
    for (spelled, warnings, cell) in [
        ("\"2026-10-14T12:00:00Z\"", &[][..], Cell::Instant(1_791_979_200_000)),
        ("\"2026-10-14T12:00:00.123456789Z\"", &[], Cell::Instant(1_791_979_200_123)),
        ("\"2026-10-14 12:00:00\"", &[], Cell::Instant(1_791_979_200_000)),
        ("\"2026-10-14T14:00:00+02:00\"", &[], Cell::Instant(1_791_979_200_000)),
        ("\"14.10.2026\"", &["UnreadableTime createdDateTime"], text("14.10.2026")),
        ("1791979200", &["UnexpectedType createdDateTime"], text("1791979200")),
    ] {
        let record = format!(r#"{{"id":"1","createdDateTime":{spelled},"status":{{"errorCode":0}}}}"#);
        check("signIns", &record, warnings, &[("createdDateTime", cell)]);
    }
}

#[test]
fn odd_text_is_kept_as_it_is() {
    let value = r#"{\"a\":[1]}\r\n – <null> ’ "#;
    let read = "{\"a\":[1]}\r\n – <null> ’ ";
    check(
        "directoryAudits",
        &regular(&format!(r#","activityDisplayName":"{value}""#)),
        &[],
        &[("activityDisplayName", text(read))],
    );
    check(
        "signIns",
        &sign_in(r#","ipAddress":"<null>","location":{"geoCoordinates":{"latitude":1234.5,"longitude":1e999}}"#),
        &["UnexpectedType location/geoCoordinates/longitude"],
        &[
            ("ipAddress", text("<null>")),
            ("location/geoCoordinates/latitude", Cell::Number(1234.5)),
            ("location/geoCoordinates/longitude", text("1e999")),
        ],
    );
    for spelled in ["success", "SUCCESS", " Success "] {
        check(
            "directoryAudits",
            &format!(r#"{{"id":"1","activityDateTime":"2026-10-14T12:00:00Z","result":"{spelled}"}}"#),
            &[],
            &[("outcome", text("success")), ("result", text(spelled))],
        );
    }
}

#[test]
fn keys_with_brackets_quotes_and_escapes() {
    let record = regular(r#","additionalDetails":[{"k\u0065y":"[\"x\"]","value":"v"}],"a[0]\"b\"/c":{"d[]":1}"#);
    check("directoryAudits", &record, &[], &[("additionalDetails[]/key", list(&[text("[\"x\"]")]))]);
    let fields = fields("directoryAudits", &record);
    assert!(
        fields.contains(&("other".to_owned(), "a[0]\"b\"/c/d[]".to_owned(), vec![], Cell::Integer(1))),
        "{fields:?}"
    );
}

#[test]
fn fifty_five_policies_are_all_there() {
    let policies: Vec<String> =
        (0..55).map(|number| format!(r#"{{"id":"p{number}","result":"notApplied"}}"#)).collect();
    let record = sign_in(&format!(r#","appliedConditionalAccessPolicies":[{}]"#, policies.join(",")));
    let (shelf, _) = shelf_of(report("signIns"), page(&record).as_bytes());
    let column = shelf.table().column("appliedConditionalAccessPolicies[]/id").expect("the column is defined");
    assert_eq!(column.row_values(0).count(), 55);
}

#[test]
fn text_that_is_not_unicode_is_replaced_and_counted() {
    check(
        "signIns",
        &sign_in(r#","userDisplayName":"a\ud83d","userAgent":"ok""#),
        &["UnreadableText userDisplayName"],
        &[("userDisplayName", text("a\u{fffd}")), ("userAgent", text("ok"))],
    );
    let mut record = sign_in(r#","userDisplayName":"a?b""#).into_bytes();
    let at = record.iter().position(|byte| *byte == b'?').expect("the record has one");
    record[at] = 0xff;
    let bytes = [b"{\"value\":[", &record[..], b"]}"].concat();
    let (shelf, warnings) = shelf_of(report("signIns"), &bytes);
    assert_eq!(warnings, ["UnreadableText userDisplayName"]);
    assert_eq!(shelf.table().record(0), Some(record));
}

#[test]
fn the_same_key_twice_shows_the_first() {
    check(
        "signIns",
        &sign_in(r#","userId":"a","userId":"b","location":{"city":"x","city":"y"}"#),
        &["DuplicateKey userId", "DuplicateKey location/city"],
        &[("userId", text("a")), ("location/city", text("x"))],
    );
}

#[test]
fn very_deep_nesting_is_kept() {
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    check(
        "signIns",
        &sign_in(&format!(r#","riskEventTypes_v2":{deep}"#)),
        &["UnexpectedType riskEventTypes_v2[]"],
        &[("userId", Cell::Absent)],
    );
    check(
        "signIns",
        &sign_in(&format!(r#","location":{deep}"#)),
        &["UnexpectedType location", "TooDeep location"],
        &[("location/city", Cell::Absent)],
    );
    let objects = format!("{}1{}", r#"{"a":"#.repeat(10_000), "}".repeat(10_000));
    check("signIns", &sign_in(&format!(r#","somethingNew":{objects}"#)), &[], &[("userId", Cell::Absent)]);
}

#[test]
fn what_is_no_object_is_a_record_all_the_same() {
    check("signIns", "7", &["NotAnObject"], &[("id", Cell::Absent)]);
    check("signIns", "null", &["NotAnObject"], &[]);
}

#[test]
fn a_malformed_record_is_read_as_far_as_it_goes() {
    check(
        "signIns",
        r#"{"id":"1","createdDateTime":"2026-10-14T12:00:00Z","status":{"errorCode":0},"userId" "x"}"#,
        &["MalformedRecord"],
        &[("id", text("1")), ("userId", Cell::Absent)],
    );
}

#[test]
fn two_records_of_one_load_with_one_identity_are_both_kept() {
    let (shelf, warnings) = shelf_of(
        report("signIns"),
        format!(r#"{{"value":[{},{}]}}"#, sign_in(""), sign_in(r#","userId":"a""#)).as_bytes(),
    );
    assert_eq!(
        (shelf.table().order(0), &warnings[..]),
        (&[0, 1][..], &["Conflict".to_owned(), "Conflict".to_owned()][..])
    );
}

#[test]
fn a_record_without_anything_odd_is_grouped_with_all_its_properties() {
    let record = sign_in(
        r#","location":{"city":"Oslo","geoCoordinates":null},"riskEventTypes_v2":["a","b"],"networkLocationDetails":[],"brandNew":[{"x":null}],"deviceDetail":{}"#,
    );
    let fields = fields("signIns", &record);
    let has = |group: &str, path: &str, indices: &[u32], cell: Cell| {
        let wanted = (group.to_owned(), path.to_owned(), indices.to_vec(), cell);
        assert!(fields.contains(&wanted), "{wanted:?} is not among {fields:#?}");
    };
    has("basic", "createdDateTime", &[], Cell::Instant(1_791_979_200_000));
    has("basic", "status/errorCode", &[], Cell::Integer(0));
    has("location", "location/city", &[], text("Oslo"));
    has("location", "location/geoCoordinates", &[], Cell::Null);
    has("other", "brandNew[]/x", &[0], Cell::Null);
    assert_eq!(
        fields
            .iter()
            .filter(|(_, path, ..)| path == "riskEventTypes_v2[]")
            .map(|(_, _, indices, _)| indices[0])
            .collect::<Vec<_>>(),
        [0, 1]
    );
    assert!(!fields.iter().any(|(_, path, ..)| path == "outcome"), "derived columns are not properties");
    assert_eq!(fields[0].1, "createdDateTime");
}

proptest! {
    /// Any record at all goes in without a panic, is one row, and comes back byte for byte.
    #[test]
    fn any_bytes_between_braces_are_kept(middle in "([{}\\[\\],:\"\\\\]|null|true|12|\"id\":|\"status\":|\"targetResources\":|\"a\"|[a-z é\u{fffd}]){0,30}") {
        let record = format!("{{{middle}}}");
        for report in reports::ALL {
            let mut shelf = Shelf::new(report);
            let page = Page { records: std::iter::once(0..record.len()).collect(), ..Page::default() };
            let segment = shelf.next_serial();
            shelf.take(record.as_bytes(), &page.records, Arrival { fetch: 0, segment, load: segment }, Bounds::default(), &[]);
            prop_assert_eq!(shelf.table().order(0), &[0]);
            let kept = shelf.table().record(0);
            prop_assert_eq!(kept.as_deref(), Some(record.as_bytes()));
            Ingest::new(report).groups(record.as_bytes());
        }
    }
}

/// Reads one record; `warnings` and `cells` are what is expected of it.
fn check(name: &str, record: &str, warnings: &[&str], cells_expected: &[(&str, Cell)]) {
    let report = report(name);
    let (shelf, found) = shelf_of(report, page(record).as_bytes());
    let table = shelf.table();
    assert_eq!(found, warnings, "{record:.200}");
    assert_eq!(table.order(0), [0], "the record is shown");
    assert_eq!(table.record(0).as_deref(), Some(record.as_bytes()), "the record comes back byte for byte");
    for (id, cell) in cells_expected {
        let column = table.column(id).unwrap_or_else(|| panic!("{id} is a column"));
        assert_eq!(column.row_cell(0), *cell, "{id} of {record:.200}");
    }
}

fn shelf_of(report: &'static ReportDefinition, bytes: &[u8]) -> (Shelf, Vec<String>) {
    let mut shelf = Shelf::new(report);
    let segment = shelf.next_serial();
    let taken = shelf.take(
        bytes,
        &Page::read(bytes).records,
        Arrival { fetch: 0, segment, load: segment },
        Bounds::default(),
        &[],
    );
    let name = |warning: &IngestWarning| {
        let code: WarningCode = warning.code;
        format!("{code:?} {}", warning.path).trim_end().to_owned()
    };
    (shelf, taken.warnings.iter().map(name).collect())
}

fn fields(name: &str, record: &str) -> Vec<(String, String, Vec<u32>, Cell)> {
    let groups = Ingest::new(report(name)).groups(record.as_bytes()).into_iter();
    groups
        .flat_map(|group| {
            group.fields.into_iter().map(move |field| (group.id.clone(), field.path, field.indices, field.value))
        })
        .collect()
}

fn report(name: &str) -> &'static ReportDefinition {
    reports::report(name).expect("the report is defined")
}

fn page(record: &str) -> String {
    format!(r#"{{"@odata.context":"x","value":[{record}]}}"#)
}

fn regular(rest: &str) -> String {
    format!(r#"{{"id":"1","activityDateTime":"2026-10-14T12:00:00Z","result":"success"{rest}}}"#)
}

fn sign_in(rest: &str) -> String {
    format!(r#"{{"id":"1","createdDateTime":"2026-10-14T12:00:00Z","status":{{"errorCode":0}}{rest}}}"#)
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn list(cells: &[Cell]) -> Cell {
    Cell::List(cells.to_vec())
}
