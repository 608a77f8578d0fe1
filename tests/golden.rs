//! Records in, columns out: for every report its sample, column by column, and the documented examples as their tables
//! show them. Run with `UPDATE_EXPECT=1` to write new texts, then read every line.
#![cfg(not(target_arch = "wasm32"))]

use std::path::{Path, PathBuf};

use engine::{
    graph::Page,
    ingest::{Ingest, Oddity},
    instant::format_instant,
    protocol::Cell,
    reports::{ALL, From, ReportDefinition},
    store::{Arrival, Table},
};
use expect_test::expect_file;

const TESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests");

#[test]
fn the_sample_of_each_report_gives_these_columns() {
    for report in ALL {
        let (table, oddities) = read(report, report.sample.as_bytes());
        let mut text = oddities_as_text(&oddities);
        for row in 0..table.len() {
            text.push('\n');
            for column in report.columns {
                let cell = cell(&table, column.id, row);
                if cell != Cell::Absent {
                    text.push_str(&format!("{}: {}\n", column.id, as_text(&cell)));
                }
            }
        }
        expect_file![golden(report.slug)].assert_eq(text.trim_start());
    }
}

#[test]
fn the_sample_has_a_value_for_every_column() {
    for report in ALL {
        let (table, _) = read(report, report.sample.as_bytes());
        let is_empty = |cell: Cell| match cell {
            Cell::Absent | Cell::Null => true,
            Cell::List(cells) => cells.iter().all(|cell| *cell == Cell::Null),
            _ => false,
        };
        // A sample shows what Graph's metadata defines; the column of all else has its own tests.
        let mut columns = report.columns.iter().filter(|column| !matches!(column.from, From::Undefined));
        let empty = columns.find(|column| (0..table.len()).all(|row| is_empty(cell(&table, column.id, row))));
        assert_eq!(empty.map(|column| column.id), None, "{}", report.id.as_str());
    }
}

#[test]
fn the_documented_examples_are_shown_like_this() {
    let mut text = String::new();
    for report in ALL {
        let mut files: Vec<_> =
            std::fs::read_dir(Path::new(TESTS).join("fixtures/graph/examples").join(report.id.as_str()))
                .expect("each report has examples")
                .map(|file| file.expect("the folder can be read").path())
                .collect();
        files.sort();
        for file in files {
            let (table, oddities) = read(report, &std::fs::read(&file).expect("examples can be read"));
            let name = file.file_name().expect("files have names").to_string_lossy();
            text.push_str(&format!("# {}/{name}\n", report.id.as_str()));
            for row in 0..table.len() {
                let shown = report.fetches[0].shown.iter().map(|id| as_text(&cell(&table, id, row)));
                text.push_str(&format!("{}\n", shown.collect::<Vec<_>>().join(" | ")));
            }
            text.push_str(&oddities_as_text(&oddities));
            text.push('\n');
        }
    }
    expect_file![golden("documented-examples")].assert_eq(text.trim_end());
}

/// Reads a page the way a load does, and makes sure that each row gives its record's bytes back.
fn read(report: &'static ReportDefinition, bytes: &[u8]) -> (Table, Vec<Oddity>) {
    let page = Page::read(bytes);
    assert!(!page.is_cut && !page.records.is_empty(), "the page is whole");
    let (mut table, mut ingest, mut oddities) = (Table::new(report), Ingest::new(report), Vec::new());
    for (row, range) in page.records.iter().enumerate() {
        let record = &bytes[range.clone()];
        ingest.record(&mut table, record, Arrival { fetch: 0, segment: 0, load: 0 }, &mut oddities);
        assert_eq!(table.record(row as u32).as_deref(), Some(record));
    }
    (table, oddities)
}

fn cell(table: &Table, id: &str, row: u32) -> Cell {
    table.column(id).expect("every defined column is kept").row_cell(row)
}

fn as_text(cell: &Cell) -> String {
    match cell {
        Cell::Absent => "-".to_owned(),
        Cell::Null => "null".to_owned(),
        Cell::Text(text) => format!("{text:?}"),
        Cell::Integer(number) => number.to_string(),
        Cell::Number(number) => number.to_string(),
        Cell::Flag(flag) => flag.to_string(),
        Cell::Instant(instant) => format_instant(*instant),
        Cell::List(cells) => format!("[{}]", cells.iter().map(as_text).collect::<Vec<_>>().join(", ")),
    }
}

fn oddities_as_text(oddities: &[Oddity]) -> String {
    oddities.iter().map(|oddity| format!("odd: {:?} {}\n", oddity.code, oddity.path)).collect()
}

fn golden(name: &str) -> PathBuf {
    Path::new(TESTS).join("golden").join(format!("{name}.txt"))
}
