//! Recorded Graph responses as a tenant's history: `DIR/<report>/*.json`, each a list response, a single record or a bare array.
//!
//! Records are cut out of their files as raw text, so that every byte of a record comes back as it was recorded.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    history::{RecordedHistory, Report},
    organisation::Organisation,
};

/// A recording that cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum RecordsError {
    /// A folder or file cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file holds something else than records.
    #[error("{}: {detail}", path.display())]
    Unusable {
        /// Which.
        path: PathBuf,
        /// Why.
        detail: String,
    },
    /// No report's folder has any record.
    #[error("{}: no records; expected folders named {}", path.display(), Report::ALL.map(Report::name).join(", "))]
    Empty {
        /// The folder that was given.
        path: PathBuf,
    },
}

/// Reads every recording in a folder, in the order of the file names.
///
/// # Errors
/// Which file is unusable, and why.
pub fn load(folder: &Path, organisation: Organisation) -> Result<RecordedHistory, RecordsError> {
    let mut history = RecordedHistory::new(organisation);
    for report in Report::ALL {
        let folder = folder.join(report.name());
        if !folder.is_dir() {
            continue;
        }
        for path in recordings(&folder)? {
            let unreadable = |source| RecordsError::Unreadable { path: path.clone(), source };
            let unusable = |detail| RecordsError::Unusable { path: path.clone(), detail };
            let text = fs::read_to_string(&path).map_err(unreadable)?;
            for record in records(&text).map_err(|error| unusable(error.to_string()))? {
                history.add(report, record).map_err(unusable)?;
            }
        }
    }
    match history.is_empty() {
        true => Err(RecordsError::Empty { path: folder.to_owned() }),
        false => Ok(history),
    }
}

fn recordings(folder: &Path) -> Result<Vec<PathBuf>, RecordsError> {
    let unreadable = |source| RecordsError::Unreadable { path: folder.to_owned(), source };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// The exact text of each record in a response.
fn records(text: &str) -> Result<Vec<&str>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Envelope<'a> {
        #[serde(borrow)]
        value: Option<&'a RawValue>,
    }
    let is_list = |text: &str| text.trim_start().starts_with('[');
    let text = text.trim_start_matches('\u{feff}').trim();
    if is_list(text) {
        return list(text);
    }
    let envelope: Envelope = serde_json::from_str(text)?;
    match envelope.value.map(RawValue::get) {
        Some(value) if is_list(value) => list(value),
        _ => Ok(vec![text]),
    }
}

fn list(text: &str) -> Result<Vec<&str>, serde_json::Error> {
    let records: Vec<&RawValue> = serde_json::from_str(text)?;
    Ok(records.into_iter().map(RawValue::get).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{History as _, Rendering};

    #[test]
    fn records_are_cut_out_byte_for_byte() {
        let odd = "{ \"id\" :\"a\\u0062\", \"n\": 1.50,\r\n\t\"n\":2 }";
        for text in [
            format!("{{\"@odata.context\":\"x\",\"value\":[{odd} , {odd}]}}"),
            format!("\u{feff}[\n{odd},{odd}\n]\n"),
            format!("{{\"value\": [{odd},{odd}], \"@odata.nextLink\": \"https://graph.microsoft.com/x\"}}"),
        ] {
            assert_eq!(records(&text).expect("valid JSON"), [odd, odd], "{text}");
        }
        assert_eq!(records(&format!("\n{odd}\n")).expect("valid JSON"), [odd]);
        assert_eq!(records("{\"value\":\"no list\"}").expect("valid JSON"), ["{\"value\":\"no list\"}"]);
        assert!(records("{\"value\":[{]}").is_err());
    }

    #[test]
    fn odd_records_are_served_too() {
        let nested = format!("{{\"id\":\"deep\",\"details\":{}{}}}", "[".repeat(300), "]".repeat(300));
        let odd = [
            r#"{"id":"half","createdDateTime":"2026-01-01T00:00:00Z","userDisplayName":"\ud83d"}"#,
            r#"{"id":"first","id":"last","createdDateTime":"2026-01-02T00:00:00Z"}"#,
            r#"{"id":7,"createdDateTime":null,"signInEventTypes":"servicePrincipal"}"#,
            "{}",
            &nested,
        ];
        let mut history = RecordedHistory::new(Organisation::new(1));
        for record in odd {
            history.add(Report::SignIns, record).expect("an object");
        }
        let served = served(&history, Report::SignIns);
        assert_eq!(served, [odd[1], odd[0], odd[2], odd[3], odd[4]]);
        assert!(history.find(Report::SignIns, "last").is_some());
        assert!(history.add(Report::SignIns, "[1]").is_err() && history.add(Report::SignIns, "{\"id\":").is_err());
    }

    const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/graph/examples");

    /// Every record of a report, newest first.
    fn served(history: &RecordedHistory, report: Report) -> Vec<String> {
        let mut rows: Vec<_> = report.streams().iter().flat_map(|stream| history.rows(*stream, 0)).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.ticks));
        rows.into_iter().map(|row| history.record(row, Rendering::FULL)).collect()
    }

    #[test]
    fn the_documented_examples_are_served_as_they_are() {
        let history = load(Path::new(EXAMPLES), Organisation::new(1)).expect("the examples are valid");
        let counts = Report::ALL.map(|report| (report.name(), served(&history, report).len()));
        let expected =
            [("directoryAudits", 2), ("customSecurityAttributeAudits", 1), ("signIns", 8), ("provisioning", 4)];
        assert_eq!(counts, expected);
        for report in Report::ALL {
            let files = recordings(&Path::new(EXAMPLES).join(report.name())).expect("the folder is there");
            let files: Vec<_> = files.iter().map(|path| fs::read_to_string(path).expect("a text file")).collect();
            for record in served(&history, report) {
                assert!(files.iter().any(|file| file.contains(&record)), "{record}");
            }
        }
    }

    #[test]
    fn records_without_a_readable_time_come_last() {
        let mut history = RecordedHistory::new(Organisation::new(1));
        for record in [
            r#"{"id":"none"}"#,
            r#"{"id":"late","activityDateTime":"2026-11-25T00:00:00Z"}"#,
            r#"{"activityDateTime":"soon"}"#,
            r#"{"id":"early","activityDateTime":"0001-01-01T00:00:00Z"}"#,
        ] {
            history.add(Report::DirectoryAudits, record).expect("an object");
        }
        let ids: Vec<_> = served(&history, Report::DirectoryAudits)
            .iter()
            .map(|record| record.split('"').nth(3).unwrap_or_default().to_owned())
            .collect();
        assert_eq!(ids, ["late", "early", "none", "soon"]);
        assert!(history.add(Report::SignIns, "[]").is_err());
    }

    #[test]
    fn a_folder_without_records_says_what_it_should_hold() {
        let error = load(Path::new(env!("CARGO_MANIFEST_DIR")), Organisation::new(1)).err().expect("no records here");
        assert!(error.to_string().ends_with(
            "no records; expected folders named directoryAudits, customSecurityAttributeAudits, signIns, provisioning"
        ));
    }
}
