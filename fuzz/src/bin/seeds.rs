//! Writes what the fuzzer begins with: `seeds FOLDER` makes `FOLDER/ingest/` from the reports' samples, page by page and
//! record by record, and `FOLDER/ingest.dict` from JSON's tokens and the names of all properties; `FOLDER/filter/` and
//! `FOLDER/filter.dict` likewise from the columns' names and from what filters are made of.

use std::{fs, io, path::Path};

use engine::{graph::Page, reports::ALL};

fn main() -> io::Result<()> {
    let folder = std::env::args().nth(1).expect("the first argument is the folder to write to");
    let folder = Path::new(&folder);
    fs::create_dir_all(folder.join("ingest"))?;
    for (number, report) in ALL.iter().enumerate() {
        let sample = report.sample.as_bytes();
        let write = |name: &str, page: &[u8]| {
            let input = [&[b'0' + number as u8], page].concat();
            fs::write(folder.join("ingest").join(format!("{}-{name}", report.slug)), input)
        };
        write("page", sample)?;
        for (at, range) in Page::read(sample).records.into_iter().enumerate() {
            let record = &sample[range];
            write(&format!("record-{at}"), record)?;
            write(&format!("twice-{at}"), &[b"[", record, b",", record, b"]"].concat())?;
        }
    }
    let quoted = fuzz::NAMES.iter().map(|name| format!("\"{name}\""));
    let mut tokens: Vec<String> = quoted.collect();
    tokens.extend(fuzz::VALUES.iter().map(|value| (*value).to_owned()));
    tokens.extend(["{", "}", "[", "]", ":", ",", "\\u", "\\", "\u{feff}", "{\"value\":["].map(str::to_owned));
    write_dictionary(&folder.join("ingest.dict"), &tokens)?;
    fs::create_dir_all(folder.join("filter"))?;
    for (number, text) in FILTERS.iter().enumerate() {
        for report in 0..ALL.len() {
            let input = format!("{report}{text}");
            fs::write(folder.join("filter").join(format!("{number}-{report}")), input)?;
        }
    }
    let tokens: Vec<String> = fuzz::FIELDS.iter().chain(fuzz::WORDS).map(|word| (*word).to_owned()).collect();
    write_dictionary(&folder.join("filter.dict"), &tokens)
}

/// One for each thing that the text of a filter can say.
const FILTERS: &[&str] = &[
    "ada \"ada k\"",
    "id:a AND NOT (status/errorCode>50000 OR outcome=failure)",
    "ipAddress:203.0.113.0/24 -userPrincipalName:*@contoso.example",
    "activityDateTime>=now-24h createdDateTime:2026-11-24",
    "displayName:(a OR \"b c\" OR d*) exists:correlationId",
    "category!=\"User Management\" OR isInteractive:true",
    "targetResources.modifiedProperties.newValue:*\"\\\"x\"* result:s?ccess",
];

fn write_dictionary(file: &Path, tokens: &[String]) -> io::Result<()> {
    let lines: Vec<String> = tokens.iter().map(|token| format!("\"{}\"\n", escaped(token))).collect();
    fs::write(file, lines.concat())
}

/// A token as libFuzzer's dictionaries spell it.
fn escaped(token: &str) -> String {
    let one = |byte: u8| match byte {
        b'"' | b'\\' => format!("\\{}", char::from(byte)),
        b' '..=b'~' => char::from(byte).to_string(),
        byte => format!("\\x{byte:02X}"),
    };
    token.bytes().map(one).collect()
}
