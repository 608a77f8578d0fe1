//! Rows that were saved are all back afterwards, and whatever comes next is treated as if they had never been away.
#![allow(missing_docs)]

#[path = "support/pages.rs"]
#[allow(dead_code, reason = "each test file uses a part of it")]
mod pages;
#[path = "../../tests/support/world.rs"]
#[allow(dead_code, reason = "each test file uses a part of it")]
mod world;

use engine::{
    filter::{Condition, Filter, Operator, Value},
    ports::{Attachment, Storage, StorageError},
    protocol::{
        Answer, KeepError, LoadKey, LoadStatus, Phase, QueryError, Record, RequestBody, Row, Sort, Source, WindowQuery,
    },
    reports,
};
use futures_util::future::FutureExt;
use proptest::prelude::*;

use pages::{audit, audits, list_text};
use world::World;

fn files() -> World {
    let world = pages::world(|request| panic!("nobody is asked, but {} was", request.url));
    assert_eq!(world.ask(RequestBody::Open(Source::Files)), Ok(Answer::Done));
    world
}

fn ask(world: &World, body: RequestBody) -> Result<Answer, QueryError> {
    let id = world.post(body, Vec::new());
    world.run();
    world.answer(id).expect("everything is answered in the end")
}

fn import(world: &World, key: &LoadKey, text: &str) -> LoadStatus {
    let bytes = text.as_bytes().to_vec();
    let attachment = Box::new(move || bytes) as Attachment;
    let id = world.post(RequestBody::Import { key: key.clone(), is_continued: false }, vec![attachment]);
    world.run();
    match world.answer(id) {
        Some(Ok(Answer::Imported(status))) => *status,
        other => panic!("an import is answered by its state, not {other:?}"),
    }
}

fn save(world: &World) -> u64 {
    match ask(world, RequestBody::Save) {
        Ok(Answer::Saved { bytes }) => bytes,
        other => panic!("there is room, but: {other:?}"),
    }
}

fn reopen(world: &World) -> Result<Vec<u32>, QueryError> {
    match ask(world, RequestBody::Reopen)? {
        Answer::Reopened { rows, failed } if failed.is_empty() => Ok(rows.into_iter().map(|(_, rows)| rows).collect()),
        other => panic!("everything is back or nothing, but: {other:?}"),
    }
}

fn failure<T>(error: KeepError) -> Result<T, QueryError> {
    Err(QueryError::Keep(error))
}

/// Everything that can be seen of what a key shows: each cell, each record, each version that was replaced.
type Picture = Vec<(Row, Vec<Record>)>;

fn picture(world: &World, key: &LoadKey) -> Result<Picture, QueryError> {
    let columns: Vec<String> = key.report.definition().columns.iter().map(|column| column.id.to_owned()).collect();
    let mut picture = Picture::new();
    loop {
        let query = WindowQuery {
            key: key.clone(),
            filter: Filter::All,
            sort: Vec::new(),
            columns: columns.clone(),
            first: picture.len() as u32,
            count: 500,
        };
        let window = world.window(query)?;
        for row in &window.rows {
            let mut versions = vec![world.record(key, row.id)?];
            while let Some(older) = versions[versions.len() - 1].older {
                versions.push(world.record(key, older)?);
            }
            picture.push((row.clone(), versions));
        }
        if picture.len() as u32 == window.total {
            return Ok(picture);
        }
    }
}

fn keys(report: &str) -> Vec<LoadKey> {
    let definition = reports::report(report).expect("the report is defined");
    definition.fetches.iter().map(|fetch| LoadKey { report: definition.id, fetch: fetch.id.to_owned() }).collect()
}

#[test]
fn every_report_comes_back_with_every_column() {
    let world = files();
    let keys: Vec<LoadKey> = reports::ALL.iter().flat_map(|report| keys(report.id.as_str())).collect();
    for key in &keys {
        import(&world, key, key.report.definition().sample);
    }
    let all = |world: &World| keys.iter().map(|key| picture(world, key)).collect::<Result<Vec<_>, _>>();
    let before = all(&world).expect("it is open");
    assert!(before.iter().all(|picture| !picture.is_empty()));
    let bytes = save(&world);
    let besides = world.storage.used() - bytes;
    assert!(besides < bytes / 1_000, "{besides} bytes of seals beside {bytes}");
    assert_eq!(reopen(&world).map(|rows| rows.len()), Ok(reports::ALL.len()));
    assert_eq!(all(&world), Ok(before.clone()));
    assert_eq!(ask(&world, RequestBody::ReopenFull), Ok(Answer::Done));
    assert_eq!(all(&world), Ok(before.clone()));

    // A page that is loaded anew finds what was saved.
    assert_eq!(ask(&world, RequestBody::Close), Ok(Answer::Done));
    assert_eq!(ask(&world, RequestBody::Open(Source::Files)), Ok(Answer::Done));
    assert_eq!(reopen(&world).map(|rows| rows.len()), Ok(reports::ALL.len()));
    assert_eq!(all(&world), Ok(before));
}

#[test]
fn only_what_a_question_needs_is_read() {
    let world = files();
    let records: Vec<String> = (0..400).map(|n| audit(&format!("id {n}"), "2026-10-14T12:00:00Z")).collect();
    import(&world, &audits(), &list_text(&records, None));
    let sizes = |world: &World| match world.ask(RequestBody::Sizes { report: audits().report }) {
        Ok(Answer::Sizes(sizes)) => sizes,
        other => panic!("sizes, not {other:?}"),
    };
    let all = sizes(&world).columns_bytes;
    save(&world);
    reopen(&world).expect("it was saved");
    let none = sizes(&world).columns_bytes;
    let is = |column: &str, text: &str| {
        let (column, value) = (column.to_owned(), Value::Text(text.to_owned()));
        Filter::Is(Condition { column, operator: Operator::Eq, value })
    };
    let count = |filter: &Filter, columns: &[&str]| {
        let query = WindowQuery { filter: filter.clone(), ..pages::everything(columns) };
        world.window(query).map(|window| window.total)
    };
    assert_eq!(count(&is("activityDisplayName", "update"), &[]), Ok(400));
    let one = sizes(&world).columns_bytes;
    assert_eq!(count(&is("id", "id 7"), &["id"]), Ok(1));
    let two = sizes(&world).columns_bytes;
    assert!(none < one && one < two && two < all, "{none} {one} {two} {all}");
}

#[test]
fn a_load_that_was_saved_is_told_and_goes_on() {
    let record = |n: u32| audit(&format!("{n}"), &format!("2026-10-14T12:00:0{n}Z"));
    let mut answers = 0;
    let world = pages::world(move |request| {
        answers += 1;
        match (answers, request.url.contains("2026-10-14T12:00:08")) {
            (1, _) => pages::list(&[record(9), record(8)], Some(1)),
            (2, _) => pages::answer(403, &[], "{}"),
            // It goes on at the last row, which comes again.
            (_, true) => pages::list(&[record(8), record(7)], None),
            _ => panic!("{}", request.url),
        }
    });
    world.load(&audits(), Default::default());
    world.run();
    let failed = world.status(&audits());
    assert!(matches!(failed.phase, Phase::Failed(_)), "{:?}", failed.phase);
    save(&world);
    assert_eq!(reopen(&world), Ok(vec![2]));
    let back = world.status(&audits());
    assert_eq!((&back.phase, &back.scope, back.rows, back.reached), (&failed.phase, &failed.scope, 2, failed.reached));
    assert!(back.revision > failed.revision, "whoever saw the old rows asks again");
    world.load(&audits(), Default::default());
    world.run();
    let status = world.status(&audits());
    assert_eq!((status.phase, status.rows, status.duplicates), (Phase::Complete, 3, 0));
    assert_eq!(pages::ids(&world), ["9", "8", "7"]);
}

#[test]
fn when_there_is_no_room_what_was_saved_before_is_still_there() {
    let world = files();
    import(&world, &audits(), &list_text(&[audit("a", "2026-10-14T12:00:00Z")], None));
    let before = picture(&world, &audits());
    save(&world);
    let bytes = world.storage.used();
    let more: Vec<String> = (0..50).map(|n| audit(&format!("{n}"), "2026-10-14T12:00:00Z")).collect();
    for extra in [0, 1, 4_096, 60_000] {
        import(&world, &audits(), &list_text(&more, None));
        world.storage.set_quota(Some(bytes + extra));
        assert_eq!(ask(&world, RequestBody::Save), failure(KeepError::Full), "with {extra} bytes left");
        assert_eq!(world.storage.used(), bytes, "what did not come about is gone");
        world.storage.set_quota(None);
        assert_eq!(reopen(&world), Ok(vec![1]));
        assert_eq!(picture(&world, &audits()), before);
    }
    import(&world, &audits(), &list_text(&more, None));
    save(&world);
    save(&world);
    assert_eq!(reopen(&world), Ok(vec![51]));
    assert_eq!(names(&world).len(), 2, "the log, and columns; the older ones are gone");
}

#[test]
fn a_browser_that_keeps_nothing_and_another_tab_are_told() {
    let world = files();
    assert_eq!(reopen(&world), failure(KeepError::NothingSaved));
    import(&world, &audits(), &list_text(&[audit("a", "2026-10-14T12:00:00Z")], None));
    let before = picture(&world, &audits());
    world.storage.set_refusing(true);
    for body in [RequestBody::Save, RequestBody::Reopen, RequestBody::Keep { is_on: false }] {
        assert_eq!(ask(&world, body), failure(KeepError::MemoryOnly));
    }
    assert_eq!(picture(&world, &audits()), before, "everything works in memory");
    world.storage.set_refusing(false);
    save(&world);
    for name in names(&world) {
        let open = || world.storage.open(&name).now_or_never().expect("at once");
        assert_eq!(open().err(), Some(StorageError::InUse), "this tab has it");
        assert_eq!(ask(&world, RequestBody::Close), Ok(Answer::Done));
        assert_eq!(ask(&world, RequestBody::Open(Source::Files)), Ok(Answer::Done));
        let tab = open().expect("nobody has it open");
        assert_eq!(reopen(&world), failure(KeepError::InUse));
        drop(tab);
        assert_eq!(reopen(&world), Ok(vec![1]));
    }
}

#[test]
fn what_was_saved_can_be_deleted_even_while_it_is_open() {
    let world = files();
    let records: Vec<String> =
        (0..90).map(|n| filled(&audit(&format!("{n}"), "2026-10-14T12:00:00Z"), 20_000)).collect();
    import(&world, &audits(), &list_text(&records, None));
    let before = picture(&world, &audits());
    save(&world);
    assert_eq!(reopen(&world), Ok(vec![90]));
    assert_eq!(ask(&world, RequestBody::Keep { is_on: false }), Ok(Answer::Done));
    assert_eq!(world.storage.used(), 0);
    assert_eq!(picture(&world, &audits()), before, "it is in memory now");
    assert_eq!(reopen(&world), failure(KeepError::NothingSaved));
    assert_eq!(picture(&world, &audits()), before, "and stays there");
}

#[test]
fn nothing_is_ever_half_read() {
    let world = files();
    let records: Vec<String> =
        (0..90).map(|n| filled(&audit(&format!("{n}"), "2026-10-14T12:00:00Z"), 20_000)).collect();
    import(&world, &audits(), &list_text(&records, None));
    let before = picture(&world, &audits());
    save(&world);
    assert_eq!(ask(&world, RequestBody::Close), Ok(Answer::Done));
    assert_eq!(ask(&world, RequestBody::Open(Source::Files)), Ok(Answer::Done));
    let places = |name: &String| {
        let mut len = 0;
        world.storage.damage(name, |bytes| len = bytes.len());
        (0..25).map(move |step| step * len / 25).chain([8, 20, 40, 1_000, len - 1])
    };
    let mut outcomes = [0; 3];
    for (name, at) in names(&world).iter().flat_map(|name| places(name).map(move |at| (name, at))) {
        world.storage.damage(name, |bytes| bytes[at] ^= 0x55);
        match reopen(&world) {
            Err(error) => {
                let is_known = matches!(
                    error,
                    QueryError::Keep(KeepError::Damaged | KeepError::NothingSaved | KeepError::OtherVersion)
                );
                assert!(is_known, "{error:?} for byte {at}");
                outcomes[0] += 1;
            }
            Ok(_) => match picture(&world, &audits()) {
                Err(error) => {
                    assert_eq!(error, QueryError::Keep(KeepError::Damaged), "for byte {at}");
                    outcomes[1] += 1;
                }
                after => {
                    assert!(name.ends_with("-a") && after == before, "columns are made again from the log, byte {at}");
                    outcomes[2] += 1;
                }
            },
        }
        // Until it is right again, nothing more can be asked of what is open.
        assert_eq!(ask(&world, RequestBody::Close), Ok(Answer::Done));
        assert_eq!(ask(&world, RequestBody::Open(Source::Files)), Ok(Answer::Done));
        world.storage.damage(name, |bytes| bytes[at] ^= 0x55);
    }
    assert!(outcomes.iter().all(|count| *count > 0), "refused, noticed later, made again: {outcomes:?}");
    assert_eq!(reopen(&world), Ok(vec![90]));
    assert_eq!(picture(&world, &audits()), before);
}

fn names(world: &World) -> Vec<String> {
    world.storage.names().now_or_never().expect("at once").expect("it keeps files")
}

/// A record with a property that nobody defined, of so many bytes that hardly compress.
fn filled(record: &str, bytes: usize) -> String {
    let mut state = record.len() as u64;
    let filling: String = std::iter::repeat_with(|| {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(record.as_bytes()[7].into());
        char::from(b'a' + (state >> 40) as u8 % 26)
    })
    .take(bytes)
    .collect();
    record.replacen('{', &format!("{{\"filling\":\"{filling}\","), 1)
}

/// A sign-in in any of the shapes that real logs have.
fn sign_in() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        "\"[ab]\"",
        "\"\\\\\\\\u00e9 {0,3}x\"",
        Just("null".to_owned()),
        "[0-9]{1,3}",
        Just("{}".to_owned())
    ];
    let time = prop_oneof![
        "\"2026-10-14T12:00:0[0-3]Z\"",
        Just("\"2026-10-14T12:00:00.1234567Z\"".to_owned()),
        Just("\"soon\"".to_owned()),
        Just("null".to_owned())
    ];
    let flag = prop_oneof!["true|false|null", Just("\"perhaps\"".to_owned())];
    let number =
        prop_oneof!["-?[1-9][0-9]{0,4}", Just("\"50126\"".to_owned()), Just("null".to_owned()), "[1-9]\\.[0-9]{1,5}"];
    let policy = (text.clone(), text.clone()).prop_map(|(id, result)| format!("{{\"id\":{id},\"result\":{result}}}"));
    let policies = prop_oneof![
        proptest::collection::vec(policy, 0..4).prop_map(|policies| format!("[{}]", policies.join(","))),
        Just("null".to_owned()),
        Just("\"none\"".to_owned())
    ];
    let id = prop_oneof!["\"[a-d]\"", "\"[0-9a-f]{8}-0000-4000-a000-00000000000[0-9]\"", Just("null".to_owned())];
    (id, time, text, flag, number.clone(), number, policies, prop_oneof![9 => Just(0), 1 => Just(400_000_usize)]).prop_map(
        |(id, time, text, flag, code, latitude, policies, filling)| {
            filled(
                &format!(
                    "{{\"id\":{id},\"createdDateTime\":{time},\"userPrincipalName\":{text},\"isInteractive\":{flag},\
                     \"status\":{{\"errorCode\":{code}}},\"location\":{{\"geoCoordinates\":{{\"latitude\":{latitude}}}}},\
                     \"appliedConditionalAccessPolicies\":{policies}}}"
                ),
                filling,
            )
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn whatever_came_is_back_and_what_comes_next_is_treated_as_if_it_had_never_been_away(
        loads in proptest::collection::vec((0..2_usize, proptest::collection::vec(sign_in(), 0..12), 0..5), 1..4),
        next in proptest::collection::vec((0..2_usize, proptest::collection::vec(sign_in(), 0..6)), 1..3),
    ) {
        let keys = keys("signIns");
        let (world, control) = (files(), files());
        let page = |records: &[String]| format!("{{\"value\":[{}]}}", records.join(","));
        let pictures = |world: &World| -> Result<Vec<Picture>, QueryError> {
            keys[..2].iter().map(|key| picture(world, key)).collect()
        };
        let statuses = |world: &World| {
            // Which revision it is and where the records are, nobody sees.
            let told = keys[..2].iter().map(|key| world.told(key).pop());
            told.map(|status| status.map(|status| LoadStatus { revision: 0, filed_bytes: 0, ..status })).collect::<Vec<_>>()
        };
        let mut rows = 0;
        for (key, records, how) in &loads {
            import(&world, &keys[*key], &page(records));
            import(&control, &keys[*key], &page(records));
            rows += records.len();
            // Kept with its columns, as a log only, with columns that are lost then, or not yet.
            match how {
                _ if rows == 0 => continue,
                0 | 1 => drop(save(&world)),
                2 => assert_eq!(ask(&world, RequestBody::Keep { is_on: true }), Ok(Answer::Done)),
                3 => {
                    save(&world);
                    assert_eq!(ask(&world, RequestBody::Close), Ok(Answer::Done));
                    assert_eq!(ask(&world, RequestBody::Open(Source::Files)), Ok(Answer::Done));
                    for name in names(&world).iter().filter(|name| !name.ends_with("-log")) {
                        world.storage.damage(name, |bytes| bytes.truncate(100));
                    }
                }
                _ => continue,
            }
            reopen(&world).expect("it was just kept");
        }
        if rows > 0 {
            save(&world);
            reopen(&world).expect("it was just saved");
        }
        prop_assert_eq!(pictures(&world), pictures(&control));
        // What came before comes again, with more.
        let again = (loads[0].0, loads[0].1.clone());
        for (key, records) in [again].iter().chain(&next) {
            let (status, wanted) = (import(&world, &keys[*key], &page(records)), import(&control, &keys[*key], &page(records)));
            prop_assert_eq!((status.rows, status.duplicates), (wanted.rows, wanted.duplicates));
            prop_assert_eq!((&status.warnings, &status.warning_examples), (&wanted.warnings, &wanted.warning_examples));
        }
        prop_assert_eq!(pictures(&world), pictures(&control));
        prop_assert_eq!(statuses(&world), statuses(&control));
        let sorted = |world: &World| {
            let sort = vec![Sort { column: "userPrincipalName".to_owned(), is_descending: false }];
            let columns = vec!["userPrincipalName".to_owned(), "id".to_owned()];
            let query = WindowQuery { key: keys[0].clone(), filter: Filter::All, sort, columns, first: 0, count: 500 };
            world.window(query).map(|window| window.rows)
        };
        prop_assert_eq!(sorted(&world), sorted(&control));
    }
}
