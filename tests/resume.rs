//! Rows that are kept outlast the tab, whenever it ends, on a virtual clock and in front of the made-up tenant: nothing is asked
//! for again, nothing is lost, nothing can be read without the key, and nothing is left when it is no longer wanted.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs)]

#[path = "support/tenant.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the tenant")]
mod made_up;
#[path = "support/world.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the world")]
mod world;

use std::{rc::Rc, time::Duration};

use engine::{
    cache::kept_prefix,
    clouds::CLOUDS,
    limits::{KEPT_FOR, KEPT_PAGES},
    ports::{AccessToken, Clock, Millis, Storage, TokenNeed, Vault},
    protocol::{
        Answer, EventBody, FromWorker, KeepError, KeptStatus, LoadKey, Phase, QueryError, RequestBody, Scope, Source,
        TimeRange,
    },
};
use futures_util::future::FutureExt;
use made_up::{assert_all_there, audits, originals, sign_ins, truth, world};
use tenant::{
    Scale, TenantOptions,
    graph::{Fault, Scenario},
};
use world::{NOW, World, dataset};

/// About 12,000 directory audits.
const MANY: TenantOptions = TenantOptions { seed: 7, days: 30, scale: Scale::Factor(1.6), now: NOW };

/// About 3,000.
const FEW: TenantOptions = TenantOptions { scale: Scale::Factor(0.4), ..MANY };

fn month() -> Scope {
    Scope { range: TimeRange::LastHours(30 * 24), conditions: Vec::new() }
}

fn ask(world: &World, body: RequestBody) -> Result<Answer, QueryError> {
    let id = world.post(body, Vec::new());
    // A load may be under way, so that the world is never done.
    for _ in 0..1_000 {
        if let Some(answer) = world.answer(id) {
            return answer;
        }
        world.run_for(Duration::from_millis(1));
    }
    panic!("everything is answered in the end");
}

fn keep(world: &World, is_on: bool) {
    assert_eq!(ask(world, RequestBody::Keep { is_on }), Ok(Answer::Done));
}

/// Ends the tab, which still writes what it was writing, and opens another one.
fn crash(world: &World) {
    assert_eq!(ask(world, RequestBody::Close), Ok(Answer::Done));
    let source = Source::Graph { cloud: &CLOUDS[0], app: "gatebook".to_owned(), tenant: "contoso".to_owned() };
    assert_eq!(ask(world, RequestBody::Open(source)), Ok(Answer::Done));
}

/// What the next tab finds: rows of all reports.
fn reopen(world: &World) -> Result<u32, QueryError> {
    match ask(world, RequestBody::Reopen)? {
        Answer::Reopened { rows, failed } if failed.is_empty() => Ok(rows.into_iter().map(|(_, rows)| rows).sum()),
        other => panic!("everything is back or nothing, but: {other:?}"),
    }
}

fn told(world: &World) -> Option<KeptStatus> {
    let sent = world.sent.borrow();
    sent.iter().rev().find_map(|message| match message {
        FromWorker::Event(event) => match &event.body {
            EventBody::Kept(status) => Some(status.clone()),
            _ => None,
        },
        FromWorker::Response(_) => None,
    })
}

fn names(world: &World) -> Vec<String> {
    world.storage.names().now_or_never().expect("at once").expect("it keeps files")
}

fn requests(world: &World) -> usize {
    world.graph.requests.borrow().len()
}

#[test]
fn a_tab_that_ends_at_any_time_is_gone_on_with() {
    let whole = truth(MANY, &audits()).len();
    for seconds in [1, 7, 12, 20, 26] {
        let (world, _) = world(MANY, |_| {});
        assert_eq!(reopen(&world), Err(QueryError::Keep(KeepError::NothingSaved)));
        keep(&world, true);
        world.load(&audits(), month());
        world.run_for(Duration::from_secs(seconds));
        let (before, asked) = (world.status(&audits()), requests(&world));
        crash(&world);
        let Ok(rows) = reopen(&world) else {
            assert!(before.pages < KEPT_PAGES, "nothing of {} pages is back after {seconds} s", before.pages);
            continue;
        };
        assert!(rows > 0 && rows <= before.rows, "{rows} of {} after {seconds} s", before.rows);
        assert_eq!(originals(&world, &audits()).len(), rows as usize, "all of them are shown");
        assert_eq!(requests(&world), asked, "nobody was asked");
        keep(&world, true);
        world.load(&audits(), month());
        world.run();
        assert_eq!(world.status(&audits()).phase, Phase::Complete);
        assert_all_there(MANY, &world, &audits());
        // One more for each slice that was left in the middle, and for the hours whose rows may have come late.
        let (more, least) = (requests(&world) - asked, (whole - rows as usize).div_ceil(1_000));
        assert!(more <= least + 12, "{more} requests for {least} pages, after {seconds} s with {rows} rows");
    }
}

#[test]
fn a_crash_in_the_middle_of_writing_loses_nothing_that_was_written() {
    for happenings in (1..80).step_by(7) {
        let (world, _) = world(FEW, |_| {});
        keep(&world, true);
        world.load(&audits(), month());
        world.run_some(happenings);
        let written = told(&world).map_or(0, |status| status.rows);
        let world = world.crash(Rc::new(|_| Ok(AccessToken("plain".to_owned()))));
        let rows = reopen(&world).unwrap_or(0);
        assert!(u64::from(rows) >= written, "{rows} of {written} rows after {happenings} happenings");
        keep(&world, true);
        world.load(&audits(), month());
        world.run();
        assert_eq!(world.status(&audits()).phase, Phase::Complete);
        assert_all_there(FEW, &world, &audits());
        assert_eq!(told(&world).map(|status| status.trouble), Some(None));
    }
}

#[test]
fn what_could_not_be_read_for_a_moment_is_not_written_over() {
    let (world, _) = world(FEW, |_| {});
    keep(&world, true);
    world.load(&audits(), month());
    world.run();
    let rows = told(&world).map(|status| status.rows);
    let tokens = || Rc::new(|_: &TokenNeed| Ok(AccessToken("plain".to_owned())));
    let world = world.crash(tokens());
    world.storage.set_refusing(true);
    assert_eq!(reopen(&world), Err(QueryError::Keep(KeepError::MemoryOnly)));
    world.storage.set_refusing(false);
    keep(&world, true);
    world.load(&audits(), Scope { range: TimeRange::LastHours(24), conditions: Vec::new() });
    world.run();
    assert_eq!(told(&world).map(|status| status.trouble), Some(Some(KeepError::MemoryOnly)), "it says so");
    let world = world.crash(tokens());
    assert_eq!(reopen(&world).ok().map(u64::from), rows, "all of it is still there");
}

#[test]
fn a_key_that_another_tab_forgot_ends_keeping_and_costs_no_row() {
    let (world, _) = world(MANY, |_| {});
    keep(&world, true);
    world.load(&audits(), month());
    world.run_for(Duration::from_secs(15));
    let name = kept_prefix(&dataset());
    world.vault.forget(&name).now_or_never().expect("memory is at once").expect("it is there");
    // Another tab keeps something else under a new key.
    world.vault.make(&name).now_or_never().expect("memory is at once").expect("there is room");
    world.run();
    let status = told(&world).expect("it was told");
    assert_eq!((status.trouble, status.rows), (Some(KeepError::Forgotten), 0));
    assert_all_there(MANY, &world, &audits());
    // Whoever wants it again gets it.
    keep(&world, true);
    let rows = truth(MANY, &audits()).len() as u64;
    assert_eq!(told(&world).map(|status| (status.trouble, status.rows)), Some((None, rows)));
    crash(&world);
    assert_eq!(reopen(&world), Ok(rows as u32));
    assert_all_there(MANY, &world, &audits());
}

#[test]
fn a_wish_that_changes_while_something_is_written_is_followed() {
    for happenings in 1..9 {
        let (world, _) = world(FEW, |_| {});
        keep(&world, true);
        world.load(&audits(), month());
        world.run_for(Duration::from_secs(6));
        world.post(RequestBody::Keep { is_on: true }, Vec::new());
        world.post(RequestBody::Keep { is_on: false }, Vec::new());
        world.run_some(happenings);
        keep(&world, false);
        world.run();
        assert_eq!((world.storage.used(), names(&world)), (0, Vec::new()), "after {happenings} happenings");
        assert_all_there(FEW, &world, &audits());
    }
}

#[test]
fn a_load_that_ended_is_back_at_once_and_only_what_is_new_is_asked() {
    let (world, _) = world(MANY, |_| {});
    keep(&world, true);
    world.load(&audits(), month());
    world.run();
    let rows = truth(MANY, &audits()).len();
    let status = told(&world).expect("it was kept");
    assert_eq!((status.rows, status.trouble), (rows as u64, None));
    assert!(status.bytes > 0 && status.bytes <= world.storage.used());
    let until = world.clock.now() + KEPT_FOR.as_millis() as Millis;
    assert!((until - 60_000..=until).contains(&status.until));
    assert_eq!(world.vault.until(&kept_prefix(&dataset())), Some(status.until));
    let asked = requests(&world);
    crash(&world);
    assert_eq!(reopen(&world), Ok(rows as u32));
    assert_all_there(MANY, &world, &audits());
    assert_eq!(world.status(&audits()).phase, Phase::Complete);
    keep(&world, true);
    assert_eq!(told(&world).map(|status| status.rows), Some(rows as u64));
    world.load(&audits(), month());
    world.run();
    assert_all_there(MANY, &world, &audits());
    assert!(requests(&world) - asked <= 3, "{} requests for what is new", requests(&world) - asked);
}

#[test]
fn loads_of_several_reports_and_event_types_are_kept_together() {
    const WEEK: TenantOptions = TenantOptions { days: 7, scale: Scale::Factor(0.3), ..MANY };
    let keys: Vec<LoadKey> =
        ["interactiveUser", "nonInteractiveUser", "servicePrincipal", "managedIdentity"].map(sign_ins).into();
    let keys = [keys, vec![audits()]].concat();
    let (world, _) = world(WEEK, |_| {});
    keep(&world, true);
    for key in &keys {
        world.load(key, Scope { range: TimeRange::LastHours(7 * 24), conditions: Vec::new() });
    }
    world.run();
    for lost in ["", "-a", "-b"] {
        crash(&world);
        for name in names(&world).iter().filter(|name| !lost.is_empty() && name.ends_with(lost)) {
            world.storage.delete(name).now_or_never().expect("at once").expect("nobody has it open");
        }
        reopen(&world).expect("they were kept");
        for key in &keys {
            assert_all_there(WEEK, &world, key);
            assert_eq!(world.status(key).phase, Phase::Complete);
        }
    }
}

#[test]
fn nothing_of_what_is_kept_can_be_read_in_the_files() {
    let (world, _) = world(MANY, |_| {});
    keep(&world, true);
    world.load(&audits(), month());
    world.run();
    assert!(matches!(ask(&world, RequestBody::Save), Ok(Answer::Saved { .. })));
    let names = names(&world);
    assert_eq!(names.len(), 2, "{names:?}");
    for name in names {
        assert!(name.starts_with(&kept_prefix(&dataset())) && !name.contains("contoso") && !name.contains("audit"));
        let mut bytes = Vec::new();
        world.storage.damage(&name, |stored| bytes.clone_from(stored));
        for text in ["contoso", "activityDisplayName", "loggedByService", "directoryAudits", "createdDateTime"] {
            assert!(!bytes.windows(text.len()).any(|part| part == text.as_bytes()), "{text} in {name}");
        }
    }
}

#[test]
fn what_is_no_longer_wanted_is_gone_with_its_key() {
    let (world, _) = world(MANY, |_| {});
    keep(&world, true);
    world.load(&audits(), month());
    world.run_for(Duration::from_secs(20));
    assert!(world.storage.used() > 0);
    keep(&world, false);
    let key = world.vault.until(&kept_prefix(&dataset()));
    assert_eq!((world.storage.used(), key), (0, None));
    world.run();
    assert_all_there(MANY, &world, &audits());
    assert_eq!(names(&world), Vec::<String>::new(), "nothing more was kept");
    assert_eq!(reopen(&world), Err(QueryError::Keep(KeepError::NothingSaved)));
    assert_all_there(MANY, &world, &audits());
    // It can be wanted again.
    keep(&world, true);
    let rows = truth(MANY, &audits()).len();
    assert_eq!(told(&world).map(|status| status.rows), Some(rows as u64));
    crash(&world);
    assert_eq!(reopen(&world), Ok(rows as u32));
    assert_all_there(MANY, &world, &audits());
}

#[test]
fn what_nobody_came_back_to_is_gone_after_a_week() {
    let (world, _) = world(MANY, |_| {});
    keep(&world, true);
    world.load(&audits(), month());
    world.run();
    crash(&world);
    world.run_for(KEPT_FOR + Duration::from_secs(1));
    assert_eq!(reopen(&world), Err(QueryError::Keep(KeepError::NothingSaved)));
    assert_eq!(names(&world), Vec::<String>::new());
}

#[test]
fn a_disk_that_is_full_is_told_and_costs_no_row() {
    let (world, _) = world(MANY, |_| {});
    keep(&world, true);
    world.load(&audits(), month());
    world.run_for(Duration::from_secs(15));
    let before = told(&world).expect("it was kept");
    world.storage.set_quota(Some(world.storage.used() + 1_000));
    world.run();
    let status = told(&world).expect("it was kept");
    assert_eq!((status.trouble.clone(), status.rows), (Some(KeepError::Full), before.rows), "{status:?}");
    assert_all_there(MANY, &world, &audits());
    // There is room again.
    world.storage.set_quota(None);
    keep(&world, true);
    let status = told(&world).expect("it was kept");
    assert_eq!((status.trouble, status.rows), (None, truth(MANY, &audits()).len() as u64));
    world.storage.set_quota(Some(world.storage.used()));
    crash(&world);
    assert_eq!(reopen(&world), Ok(status.rows as u32));
    assert_all_there(MANY, &world, &audits());
}

#[test]
fn a_part_that_failed_and_a_report_that_was_refused_are_remembered_as_such() {
    let (world, graph) = world(MANY, |_| {});
    keep(&world, true);
    world.load(&audits(), month());
    world.run_for(Duration::from_secs(15));
    graph.borrow_mut().set_scenario(Scenario { fault: Fault::NoPremium, report: None, count: None });
    world.run();
    let failed = world.status(&audits());
    assert!(matches!(failed.phase, Phase::Failed(_)), "{:?}", failed.phase);
    crash(&world);
    reopen(&world).expect("it was kept");
    let back = world.status(&audits());
    assert_eq!((&back.phase, back.rows), (&failed.phase, failed.rows));
    assert_eq!(back.slices.len(), failed.slices.len());
}
