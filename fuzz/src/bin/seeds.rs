//! Writes what the fuzzer begins with: `seeds FOLDER` makes `FOLDER/ingest/` from the reports' samples, page by page and
//! record by record, and `FOLDER/ingest.dict` from JSON's tokens and the names of all properties.

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
    let lines: Vec<String> = tokens.iter().map(|token| format!("\"{}\"\n", escaped(token))).collect();
    fs::write(folder.join("ingest.dict"), lines.concat())
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
