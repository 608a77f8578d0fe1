//! The command over the documented examples and over pages that the made-up tenant sends, as a script would use it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use expect_test::{Expect, expect};
use serde_json::Value;
use tenant::{Graph, Scale, Tenant, TenantOptions, http::Request};

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/graph/examples");
/// 2026-11-25T08:00:00Z.
const NOW: i64 = 1_795_593_600_000;
const OPTIONS: TenantOptions = TenantOptions { seed: 11, days: 30, scale: Scale::Factor(0.05), now: NOW };

#[test]
fn what_was_read_and_what_was_odd_is_said_with_every_answer() {
    check(
        &["--report", "provisioning"],
        expect![[r#"
            {
              "report": "provisioning",
              "files": 4,
              "records": 4,
              "duplicates": 0,
              "warnings": [
                {
                  "code": "Conflict",
                  "count": 3,
                  "examples": [
                    {
                      "field": "",
                      "id": "75b5b0ae-9fc5-8d0e-e0a9-7y6a4728de56"
                    },
                    {
                      "field": "",
                      "id": "75b5b0ae-9fc5-8d0e-e0a9-7y6a4728de56"
                    },
                    {
                      "field": "",
                      "id": "75b5b0ae-9fc5-8d0e-e0a9-7y6a4728de56"
                    }
                  ]
                }
              ],
              "matching": 4
            }
        "#]],
    );
}

#[test]
fn values_are_counted_among_the_records_that_match() {
    check(
        &["--report", "signIns", "--filter", "NOT errorCode=0", "--facet", "errorCode", "--facet", "city"],
        expect![[r#"
            {
              "report": "signIns",
              "files": 8,
              "records": 7,
              "duplicates": 1,
              "warnings": [
                {
                  "code": "MissingProperty",
                  "count": 1,
                  "examples": [
                    {
                      "field": "outcome",
                      "id": "b01b1726-0147-425e-a7f7-21f252050400"
                    }
                  ]
                },
                {
                  "code": "Conflict",
                  "count": 5,
                  "examples": [
                    {
                      "field": "",
                      "id": "1691d37b-8579-43a7-966a-0f35583c1300"
                    },
                    {
                      "field": "",
                      "id": "1691d37b-8579-43a7-966a-0f35583c1300"
                    },
                    {
                      "field": "",
                      "id": "66ea54eb-blah-4ee5-be62-ff5a759b0100"
                    }
                  ]
                }
              ],
              "matching": 3,
              "facets": [
                {
                  "field": "status/errorCode",
                  "values": [
                    {
                      "value": 50126,
                      "records": 2
                    }
                  ],
                  "distinct": 1,
                  "missing": 1
                },
                {
                  "field": "location/city",
                  "values": [
                    {
                      "value": "Redmond",
                      "records": 2
                    },
                    {
                      "value": "Lithia Springs",
                      "records": 1
                    }
                  ],
                  "distinct": 2,
                  "missing": 0
                }
              ]
            }
        "#]],
    );
}

#[test]
fn groups_have_their_first_and_last_time() {
    check(
        &["--report", "signIns", "--group-by", "appDisplayName,outcome", "--limit", "2"],
        expect![[r#"
            {
              "report": "signIns",
              "files": 8,
              "records": 7,
              "duplicates": 1,
              "warnings": [
                {
                  "code": "MissingProperty",
                  "count": 1,
                  "examples": [
                    {
                      "field": "outcome",
                      "id": "b01b1726-0147-425e-a7f7-21f252050400"
                    }
                  ]
                },
                {
                  "code": "Conflict",
                  "count": 5,
                  "examples": [
                    {
                      "field": "",
                      "id": "1691d37b-8579-43a7-966a-0f35583c1300"
                    },
                    {
                      "field": "",
                      "id": "1691d37b-8579-43a7-966a-0f35583c1300"
                    },
                    {
                      "field": "",
                      "id": "66ea54eb-blah-4ee5-be62-ff5a759b0100"
                    }
                  ]
                }
              ],
              "matching": 7,
              "groups": [
                {
                  "values": {
                    "appDisplayName": "Graph explorer",
                    "outcome": "success"
                  },
                  "records": 4,
                  "first": "2020-03-13T19:15:41.619Z",
                  "last": "2020-03-13T19:15:41.619Z"
                },
                {
                  "values": {
                    "appDisplayName": "Azure Portal",
                    "outcome": "failure"
                  },
                  "records": 2,
                  "first": "2021-06-30T16:34:32Z",
                  "last": "2021-06-30T16:34:32Z"
                }
              ],
              "distinct": 3
            }
        "#]],
    );
}

#[test]
fn time_is_divided_from_the_first_record_to_the_last() {
    check(
        &["--report", "directoryAudits", "--histogram", "2"],
        expect![[r#"
        {
          "report": "directoryAudits",
          "files": 2,
          "records": 2,
          "duplicates": 0,
          "warnings": [],
          "matching": 2,
          "histogram": [
            {
              "from": "2018-01-09T21:20:02.721Z",
              "records": 1
            },
            {
              "from": "2020-03-31T22:22:31.434Z",
              "records": 1
            }
          ]
        }
    "#]],
    );
}

#[test]
fn records_come_back_byte_for_byte_as_one_array() {
    let output = query(EXAMPLES, &["--report", "directoryAudits", "--records"]).expect("the examples can be read");
    let texts = files(&Path::new(EXAMPLES).join("directoryAudits"));
    let records = cut(&output);
    assert_eq!(records.len(), 2);
    for record in records {
        assert!(texts.iter().any(|text| text.contains(record)), "{record}");
    }
    let none = query(EXAMPLES, &["--report", "directoryAudits", "--records", "--filter", "category:nothing"]);
    assert_eq!(none.as_deref(), Ok("[\n]\n"));
}

#[test]
fn records_that_were_written_can_be_read_again() {
    let folder = folder("again");
    let output = query(EXAMPLES, &["--report", "signIns", "--records"]).expect("the examples can be read");
    write(&folder, "signIns/all.json", output.as_bytes());
    let again = query(&folder, &["--report", "signIns", "--records"]).expect("what was written can be read");
    assert_eq!(again, output);
}

#[test]
fn questions_about_a_tenant_have_the_planted_answers() {
    let folder = folder("tenant");
    let mut graph = Graph::for_sample(OPTIONS);
    record(&mut graph, &folder, "signIns");
    record(&mut graph, &folder, "provisioning");
    let answers = Tenant::new(OPTIONS).answers();

    let spray = format!("ipAddress={}", answers.sign_in_status.ip_address);
    let codes = json(&folder, &["--report", "signIns", "--filter", &spray, "--facet", "errorCode"]);
    let values = codes["facets"][0]["values"].as_array().expect("a facet");
    let mut found: Vec<(i64, u32)> =
        values.iter().map(|value| (value["value"].as_i64().expect("a code"), count(value))).collect();
    found.sort_unstable();
    assert_eq!(found, answers.sign_in_status.codes);

    let failed = "sourceSystem/displayName:Workday provisioningAction=create outcome:failure";
    let by = ["--report", "provisioning", "--filter", failed, "--group-by", "sourceIdentity/id", "--limit", "100"];
    let workers = json(&folder, &by);
    let groups = workers["groups"].as_array().expect("groups");
    let id = |group: &Value| group["values"]["sourceIdentity/id"].as_str().expect("an id").to_owned();
    let mut found: Vec<(String, u32)> = groups.iter().map(|group| (id(group), count(group))).collect();
    found.sort();
    let mut expected: Vec<(String, u32)> =
        answers.failed_from_workday.into_iter().map(|worker| (worker.worker_id, worker.tries)).collect();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn a_page_that_breaks_off_is_read_as_far_as_it_goes_and_said() {
    let folder = folder("cut");
    let page = r#"{"value":[{"id":"1","createdDateTime":"2026-10-14T12:00:00Z","status":{"errorCode":0}},{"id":"2""#;
    write(&folder, "signIns/cut.json", page.as_bytes());
    write(&folder, "signIns/none.json", b"<html>sign in to the hotel's network</html>");
    expect![[r#"
        {
          "report": "signIns",
          "files": 2,
          "records": 1,
          "duplicates": 0,
          "warnings": [
            {
              "code": "TruncatedPage",
              "count": 1,
              "examples": []
            },
            {
              "code": "MalformedPage",
              "count": 1,
              "examples": []
            }
          ],
          "matching": 1
        }
    "#]]
    .assert_eq(&query(&folder, &["--report", "signIns"]).expect("what is whole is read"));
}

#[test]
fn what_is_wrong_is_said_with_what_was_meant() {
    let refused = |arguments: &[&str], expected: Expect| {
        expected.assert_eq(&query(EXAMPLES, arguments).expect_err("it cannot be answered"));
    };
    refused(
        &["--report", "signins", "--filter", "erorCode:1 AND city:Oslo"],
        expect![[r#"
        query: no field has this name; was status/errorCode meant?
          erorCode:1 AND city:Oslo
          ^^^^^^^^
    "#]],
    );
    refused(
        &["--report", "devices"],
        expect![[r#"
        query: no report is called devices; there are signIns, directoryAudits, customSecurityAttributeAudits, provisioning
    "#]],
    );
    refused(
        &["--report", "signIns", "--facet", "ipAdress"],
        expect![[r#"
        query: signIns has no field ipAdress; was ipAddress meant?
    "#]],
    );
    let nowhere = query(Path::new(EXAMPLES).join("other"), &["--report", "signIns"]);
    assert!(nowhere.expect_err("there is no such folder").contains("signIns"));
}

fn check(arguments: &[&str], expected: Expect) {
    expected.assert_eq(&query(EXAMPLES, arguments).expect("the examples can be read"));
}

/// Standard output, or standard error of a command that fails.
fn query(folder: impl AsRef<Path>, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_query"))
        .arg(folder.as_ref())
        .args(arguments)
        .output()
        .expect("the command was built with its test");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("what is printed is text");
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&query(folder, arguments).expect("the pages can be read")).expect("answers are JSON")
}

fn count(of: &Value) -> u32 {
    of["records"].as_u64().and_then(|count| count.try_into().ok()).expect("a count")
}

/// The texts of the records in an array, cut by a strict parser.
fn cut(array: &str) -> Vec<&str> {
    let mut rest = array.trim_start_matches("[\n");
    let mut records = Vec::new();
    while rest.starts_with('{') {
        let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        stream.next().expect("a record comes").expect("it is JSON");
        let (record, after) = rest.split_at(stream.byte_offset());
        records.push(record);
        rest = after.trim_start_matches(",\n");
    }
    assert_eq!(rest, "\n]\n");
    records
}

/// Saves every page of a report as it is sent.
fn record(graph: &mut Graph, folder: &Path, report: &str) {
    let mut next = Some(format!("https://graph.microsoft.com/beta/auditLogs/{report}?$top=100"));
    let mut number = 0;
    while let Some(url) = next {
        let response = graph.answer(&Request::get(&url, &[]).expect("an absolute address"), None, NOW);
        write(folder, &format!("{report}/{number:04}.json"), &response.body);
        let page: Value = serde_json::from_slice(&response.body).expect("a page is JSON");
        next = page["@odata.nextLink"].as_str().map(str::to_owned);
        number += 1;
    }
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("the name has a folder")).expect("the folder can be made");
    fs::write(path, bytes).expect("the file can be written");
}

fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder is part of the repository");
    entries.map(|entry| fs::read_to_string(entry.expect("it can be read").path()).expect("examples are text")).collect()
}

/// An empty folder for one test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("the folder of an earlier run can be removed");
    }
    folder
}
