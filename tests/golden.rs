//! For every report: its sample in, columns out. Run with `UPDATE_EXPECT=1` to write new texts, then read every line.
#![cfg(not(target_arch = "wasm32"))]

use std::path::Path;

use engine::reports::{ALL, Column, From, ReportDefinition};
use expect_test::expect_file;
use serde_json::{Map, Value};

#[test]
fn the_sample_of_each_report_gives_these_columns() {
    for report in ALL {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{}.txt", report.slug));
        expect_file![path].assert_eq(&columns_of_sample(report));
    }
}

#[test]
fn the_sample_has_a_value_for_every_column() {
    for report in ALL {
        let records = sample(report);
        let empty: Vec<_> = report
            .columns
            .iter()
            .filter(|column| records.iter().all(|record| value(column, record).is_none_or(|value| value == "null")))
            .map(|column| column.id)
            .collect();
        assert_eq!(empty, <[&str; 0]>::default(), "{}", report.id.as_str());
    }
}

fn columns_of_sample(report: &ReportDefinition) -> String {
    let mut text = String::new();
    for record in sample(report) {
        for column in report.columns {
            if let Some(value) = value(column, &record) {
                text.push_str(&format!("{}: {value}\n", column.id));
            }
        }
        text.push('\n');
    }
    text
}

fn sample(report: &ReportDefinition) -> Vec<Map<String, Value>> {
    let page: Value = serde_json::from_str(report.sample).expect("samples are JSON");
    let records = page["value"].as_array().expect("samples are list responses");
    records.iter().map(|record| record.as_object().expect("records are objects").clone()).collect()
}

/// A column's value as text, several ones joined; `None` when the record has none.
fn value(column: &Column, record: &Map<String, Value>) -> Option<String> {
    if let From::Derived(derive) = column.from {
        return derive(record);
    }
    column.json_paths().into_iter().find_map(|path| {
        let mut found = Vec::new();
        collect(&Value::Object(record.clone()), path, &mut found);
        (!found.is_empty()).then(|| found.join(" | "))
    })
}

fn collect(value: &Value, path: &str, found: &mut Vec<String>) {
    let (name, rest) = path.split_once('/').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let (name, is_collection) = name.strip_suffix("[]").map_or((name, false), |name| (name, true));
    let members: Vec<&Value> = match value.get(name) {
        None => return,
        Some(Value::Array(members)) if is_collection => members.iter().collect(),
        Some(_) if is_collection => return,
        Some(value) => vec![value],
    };
    for member in members {
        match (rest, member) {
            (Some(rest), member) => collect(member, rest, found),
            (None, Value::String(text)) if !text.is_empty() => found.push(text.clone()),
            (None, other) => found.push(other.to_string()),
        }
    }
}
