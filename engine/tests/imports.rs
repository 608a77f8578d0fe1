//! Recorded responses that somebody brings: everything in them is there afterwards, and nobody was asked.

#[path = "support/pages.rs"]
#[allow(dead_code, reason = "each test file uses a part of it")]
mod pages;
#[path = "../../tests/support/world.rs"]
#[allow(dead_code, reason = "each test file uses a part of it")]
mod world;

use std::time::Duration;

use engine::{
    ports::Attachment,
    protocol::{Answer, LoadStatus, Phase, QueryError, RequestBody, Scope, Source, WarningCode},
};

use pages::{audit, audits, everything, ids, list_text};
use world::{Packing, World};

fn files() -> World {
    let world = pages::world(|request| panic!("nobody is asked, but {} was", request.url));
    assert_eq!(world.ask(RequestBody::Open(Source::Files)), Ok(Answer::Done));
    world
}

fn post(world: &World, is_continued: bool, texts: &[&str]) -> u32 {
    let attachments = texts.iter().map(|text| {
        let bytes = text.as_bytes().to_vec();
        Box::new(move || bytes) as Attachment
    });
    world.post(RequestBody::Import { key: audits(), is_continued }, attachments.collect())
}

fn imported(world: &World, id: u32) -> LoadStatus {
    match world.answer(id) {
        Some(Ok(Answer::Imported(status))) => *status,
        other => panic!("an import is answered by its state, not {other:?}"),
    }
}

fn import(world: &World, is_continued: bool, texts: &[&str]) -> LoadStatus {
    let id = post(world, is_continued, texts);
    world.run();
    imported(world, id)
}

/// An audit that differs from others of its id and time.
fn version(id: &str, result: &str) -> String {
    audit(id, "2026-10-14T12:00:00Z").replace("success", result)
}

#[test]
fn every_record_of_every_file_is_there_as_it_was() {
    let world = files();
    let records: Vec<String> = (0..5).map(|n| audit(&n.to_string(), &format!("2026-10-14T12:00:0{n}Z"))).collect();
    let page = list_text(&records[..2], Some(1));
    let array = format!("[{}, {}]", records[2], records[3]);
    let status = import(&world, false, &[&page, &array, &records[4]]);
    assert_eq!((&status.phase, status.rows, status.pages, status.requests), (&Phase::Complete, 5, 3, 0));
    assert_eq!((status.bytes, status.warnings.len()), ((page.len() + array.len() + records[4].len()) as u64, 0));
    assert_eq!(ids(&world), ["4", "3", "2", "1", "0"]);
    let window = world.window(everything(&[])).expect("no column is asked for");
    for (row, record) in window.rows.iter().zip(records.iter().rev()) {
        assert_eq!(world.record(&audits(), row.id).expect("the row exists").json, *record);
    }
    let Ok(Answer::Sizes(sizes)) = world.ask(RequestBody::Sizes { report: audits().report }) else { panic!("sizes") };
    assert_eq!(sizes.rows, 5);
    assert!(sizes.columns_bytes > 0 && sizes.records_bytes > 0, "{sizes:?}");
    let told = LoadStatus { budget: None, ..world.status(&audits()) };
    assert_eq!(told, status, "the last event says the same");
}

#[test]
fn what_is_wrong_with_a_file_is_counted_and_the_others_are_read() {
    let world = files();
    let whole = list_text(&[audit("a", "2026-10-14T12:00:02Z"), audit("b", "2026-10-14T12:00:01Z")], None);
    let (cut, odd) = (&whole[..whole.len() - 20], r#"{"value":[{"id":"c","activityDateTime":"someday"}]}"#);
    let status = import(&world, false, &[cut, "<html>", odd, ""]);
    assert_eq!((status.rows, status.pages), (2, 4));
    let counts = [
        (WarningCode::MissingProperty, 1),
        (WarningCode::UnreadableTime, 1),
        (WarningCode::TruncatedPage, 1),
        (WarningCode::MalformedPage, 2),
    ];
    assert_eq!(status.warnings, counts);
}

#[test]
fn one_import_keeps_both_of_two_that_differ_and_a_later_one_brings_versions() {
    let (first, second, third) = (version("a", "success"), version("a", "failure"), version("a", "timeout"));
    let world = files();
    let status = import(&world, false, &[&first, &first]);
    assert_eq!((status.rows, status.duplicates), (1, 1));
    let status = import(&world, true, &[&second]);
    assert_eq!((status.rows, status.duplicates, status.pages), (2, 1, 3), "it counts from the import's beginning");
    assert_eq!(status.warnings, [(WarningCode::Conflict, 2)]);
    let status = import(&world, false, &[&third]);
    assert_eq!((status.pages, status.duplicates, &status.warnings[..]), (1, 0, &[][..]));
    let shown = world.window(everything(&[])).expect("no column is asked for").rows;
    let shown = shown.iter().map(|row| world.record(&audits(), row.id).expect("the row exists"));
    let shown: Vec<_> = shown.map(|record| (record.json, record.older.is_some())).collect();
    assert_eq!(shown, [(first, false), (third, true)]);
}

#[test]
fn imports_take_turns_with_each_other_and_with_questions() {
    let world = files();
    world.clock.pace.set(10);
    let records: Vec<String> = (0..400).map(|n| audit(&n.to_string(), "2026-10-14T12:00:00Z")).collect();
    let one = post(&world, false, &[&list_text(&records[..200], None)]);
    let other = post(&world, true, &[&list_text(&records[200..], None)]);
    while ids(&world).is_empty() {
        world.run_for(Duration::from_millis(1));
    }
    assert!(ids(&world).len() < 200 && world.answer(one).is_none(), "a question is answered meanwhile");
    world.run();
    assert_eq!((imported(&world, one).rows, imported(&world, other).rows), (200, 400));
    assert_eq!(ids(&world), (0..400).map(|n| n.to_string()).collect::<Vec<_>>());
}

#[test]
fn stopping_keeps_what_is_read_and_answers_every_import() {
    let world = files();
    world.clock.pace.set(10);
    let records: Vec<String> = (0..400).map(|n| audit(&n.to_string(), "2026-10-14T12:00:00Z")).collect();
    let posted = [false, true].map(|is_continued| post(&world, is_continued, &[&list_text(&records, None)]));
    while ids(&world).is_empty() {
        world.run_for(Duration::from_millis(1));
    }
    let some = ids(&world).len();
    assert_eq!(world.ask(RequestBody::Stop { key: audits() }), Ok(Answer::Done));
    world.run();
    for id in posted {
        let status = imported(&world, id);
        assert_eq!((status.phase, status.rows as usize), (Phase::Stopped, some));
    }
    let status = import(&world, true, &[&list_text(&records, None)]);
    assert_eq!((status.phase, status.rows, status.duplicates), (Phase::Complete, 400, 0));
}

#[test]
fn an_import_ends_with_its_dataset() {
    let world = files();
    world.clock.pace.set(10);
    let records: Vec<String> = (0..400).map(|n| audit(&n.to_string(), "2026-10-14T12:00:00Z")).collect();
    let id = post(&world, false, &[&list_text(&records, None)]);
    world.run_for(Duration::from_millis(1));
    assert_eq!(world.ask(RequestBody::Close), Ok(Answer::Done));
    world.run();
    assert_eq!(world.answer(id), Some(Err(QueryError::UnknownDataset)));
}

#[test]
fn a_dataset_of_files_asks_nobody_and_every_other_one_takes_no_files() {
    let is_refused = |result: Option<Result<Answer, QueryError>>| {
        assert!(matches!(result, Some(Err(QueryError::InvalidScope { .. }))), "{result:?}");
    };
    let world = files();
    is_refused(Some(world.ask(RequestBody::Load { key: audits(), scope: Scope::default() })));
    let world = pages::world(|_| unreachable!("nothing is loaded"));
    let id = post(&world, false, &[&audit("a", "2026-10-14T12:00:00Z")]);
    is_refused(world.answer(id));
}

#[test]
fn an_import_waits_for_no_packer_and_says_what_does() {
    let world = files();
    world.packer.packing.set(Packing::Slowly(Duration::from_secs(4)));
    // Each fills a block.
    let note = "x".repeat(1 << 20);
    let records = ["a", "b", "c"].map(|id| audit(id, "2026-10-14T12:00:00Z").replace("update", &note));
    let id = post(&world, false, &[&list_text(&records, None)]);
    let waiting = || match world.ask(RequestBody::Sizes { report: audits().report }) {
        Ok(Answer::Sizes(sizes)) => (sizes.rows, sizes.waiting_bytes >> 20),
        other => panic!("sizes were asked for, not {other:?}"),
    };
    world.run_for(Duration::from_secs(1));
    assert_eq!((imported(&world, id).phase, waiting()), (Phase::Complete, (3, 3)));
    world.run_for(Duration::from_secs(12));
    assert_eq!(waiting(), (3, 0));
}
