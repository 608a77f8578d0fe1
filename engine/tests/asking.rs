//! Questions that take longer than a turn: others are answered meanwhile, rows arrive, and nobody has to wait for the end.

#[path = "support/pages.rs"]
#[allow(dead_code, reason = "each test file uses a part of it")]
mod pages;
#[path = "../../tests/support/world.rs"]
#[allow(dead_code, reason = "each test file uses a part of it")]
mod world;

use engine::{
    filter::Filter,
    limits::QUERY_TURN,
    ports::{Attachment, Millis},
    protocol::{Answer, QueryError, RequestBody, Sort, Source, WindowQuery},
};

use pages::{audit, audits, everything, list_text};
use world::World;

/// A dataset of a few rows on a machine on which every piece of work takes a turn.
fn slow_world() -> World {
    let world = pages::world(|request| panic!("nobody is asked, but {} was", request.url));
    assert_eq!(world.ask(RequestBody::Open(Source::Files)), Ok(Answer::Done));
    import(&world, &["a", "b", "c"]);
    world.run();
    world.clock.pace.set(QUERY_TURN.as_millis() as Millis);
    world
}

fn import(world: &World, ids: &[&str]) {
    let records: Vec<String> = ids.iter().map(|id| audit(id, "2026-11-20T10:00:00Z")).collect();
    let bytes = list_text(&records, None).into_bytes();
    let file: Attachment = Box::new(move || bytes);
    world.post(RequestBody::Import { key: audits(), is_continued: true }, vec![file]);
}

fn ask(world: &World, query: WindowQuery) -> u32 {
    world.post(RequestBody::Window(query), Vec::new())
}

fn search() -> WindowQuery {
    WindowQuery { filter: Filter::Text("UPD".to_owned()), ..everything(&["id"]) }
}

/// Number of rows that were found; `None` as long as there is no answer.
fn found(world: &World, id: u32) -> Option<Result<u32, QueryError>> {
    Some(world.answer(id)?.map(|answer| match answer {
        Answer::Window(window) => window.total,
        other => panic!("a window is answered by a window, not {other:?}"),
    }))
}

#[test]
fn a_long_question_lets_short_ones_pass() {
    let world = slow_world();
    let (long, short) = (ask(&world, search()), ask(&world, everything(&["id"])));
    assert_eq!((found(&world, long), found(&world, short)), (None, None));
    let is_first = |id: u32, other: u32| {
        let (mut id_at, mut other_at) = (None, None);
        for turn in 0.. {
            id_at = id_at.or_else(|| found(&world, id).map(|_| turn));
            other_at = other_at.or_else(|| found(&world, other).map(|_| turn));
            if let (Some(id_at), Some(other_at)) = (id_at, other_at) {
                return id_at < other_at;
            }
            world.run_for(QUERY_TURN * 4);
        }
        false
    };
    assert!(is_first(short, long));
    assert_eq!((found(&world, long), found(&world, short)), (Some(Ok(3)), Some(Ok(3))));
    // What was found is remembered.
    world.clock.pace.set(0);
    let again = ask(&world, search());
    assert_eq!(found(&world, again), Some(Ok(3)));
}

#[test]
fn a_question_that_nobody_waits_for_is_withdrawn() {
    let world = slow_world();
    let (long, other) = (ask(&world, search()), ask(&world, search()));
    assert_eq!(world.ask(RequestBody::Cancel { question: long }), Ok(Answer::Done));
    assert_eq!(found(&world, long), Some(Err(QueryError::Cancelled)));
    world.run();
    assert_eq!((found(&world, long), found(&world, other)), (Some(Err(QueryError::Cancelled)), Some(Ok(3))));
    // One that was answered already stays answered, and one that never was is no error.
    for question in [other, 4_711] {
        assert_eq!(world.ask(RequestBody::Cancel { question }), Ok(Answer::Done));
    }
    assert_eq!(found(&world, other), Some(Ok(3)));
}

#[test]
fn rows_that_arrive_during_a_question_are_in_its_answer() {
    let world = slow_world();
    let sort = vec![Sort { column: "id".to_owned(), is_descending: true }];
    let long = ask(&world, WindowQuery { sort, ..search() });
    import(&world, &["d", "e"]);
    world.run();
    let Some(Ok(Answer::Window(window))) = world.answer(long) else { panic!("the question is answered") };
    let ids: Vec<_> = window.rows.iter().map(|row| format!("{:?}", row.cells[0])).collect();
    assert_eq!(ids, ["e", "d", "c", "b", "a"].map(|id| format!("Text({id:?})")));
}

#[test]
fn the_end_of_a_dataset_answers_what_still_waits() {
    let world = slow_world();
    let long = ask(&world, search());
    assert_eq!(world.ask(RequestBody::Close), Ok(Answer::Done));
    assert_eq!(found(&world, long), Some(Err(QueryError::UnknownDataset)));
    world.run();
    assert_eq!(found(&world, long), Some(Err(QueryError::UnknownDataset)));
}

#[test]
fn a_question_has_the_same_answer_after_everything_was_forgotten() {
    let world = slow_world();
    let before = ask(&world, search());
    world.run();
    assert_eq!(world.ask(RequestBody::Forget), Ok(Answer::Done));
    let after = ask(&world, search());
    world.run();
    assert_eq!(found(&world, before), Some(Ok(3)));
    assert_eq!(found(&world, after), Some(Ok(3)));
}
