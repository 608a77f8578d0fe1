//! Records leave memory when it is needed, and nothing else changes.

use std::time::Duration;

use futures_util::future::{FutureExt, LocalBoxFuture, ready};

use super::*;
use crate::{
    cache::{MemoryStorage, MemoryVault},
    clouds::CLOUDS,
    engine::NoTokens,
    fetch::{NoTransport, Run, Unlimited},
    limits::RECORD_BLOCK_BYTES,
    ports::{Attachment, Clock, Millis, Random},
    protocol::{LoadKey, Phase, RowId, Scope},
    records::InPlace,
};

struct Still;

impl Clock for Still {
    fn now(&self) -> Millis {
        0
    }
    fn sleep(&self, _: Duration) -> LocalBoxFuture<'_, ()> {
        ready(()).boxed_local()
    }
}

impl Random for Still {
    fn next_u64(&self) -> u64 {
        7
    }
}

struct Loaded {
    keeper: Rc<Keeper>,
    shelf: Rc<RefCell<Shelf>>,
    phase: Phase,
    records: Vec<String>,
}

/// Reads files of some megabytes of records that do not compress.
fn load(storage: &MemoryStorage, limits: MemoryLimits) -> Loaded {
    let definition = reports::ALL[0];
    let ports = Ports {
        transport: Rc::new(NoTransport),
        tokens: Rc::new(NoTokens),
        clock: Rc::new(Still),
        budget: Rc::new(Unlimited),
        random: Rc::new(Still),
        packer: Rc::new(InPlace),
        storage: Rc::new(storage.clone()),
        vault: Rc::new(MemoryVault::new(Rc::new(Still), Rc::new(Still))),
    };
    let spawn: Spawn = Rc::new(|future: LocalBoxFuture<'static, ()>| future.now_or_never().expect("memory is at once"));
    let shelf = Rc::new(RefCell::new(Shelf::new(definition)));
    let shelves = Rc::new(RefCell::new(vec![(definition.id, shelf.clone())]));
    let dataset = DatasetId("contoso".to_owned());
    let keeper = Rc::new(Keeper::new(dataset, ports.clone(), spawn, shelves, limits, Rc::new(|_| ())));
    let key = LoadKey { report: definition.id, fetch: definition.fetches[0].id.to_owned() };
    let load =
        Load::new(key, 0, Scope::default(), None, &mut shelf.borrow_mut(), "", 0).expect("a scope without conditions");
    let load = Rc::new(RefCell::new(load));
    let records: Vec<String> = (0..120_u64).map(record).collect();
    let files = records.chunks(10).map(|records| {
        let bytes = format!("[{}]", records.join(",")).into_bytes();
        Box::new(move || bytes) as Attachment
    });
    let make_room = {
        let keeper = keeper.clone();
        Rc::new(move || {
            let keeper = keeper.clone();
            async move { keeper.make_ready(definition.id).await }.boxed_local()
        })
    };
    let (run_shelf, run_load) = (shelf.clone(), load.clone());
    let run = Run {
        ports,
        cloud: &CLOUDS[0],
        shelf: run_shelf,
        load: run_load,
        make_room,
        on_change: Rc::new(|| {}),
        on_milestone: Rc::new(|_| {}),
    };
    run.import(files.collect()).now_or_never().expect("nothing has to be waited for");
    let phase = load.borrow().phase().clone();
    Loaded { keeper, shelf, phase, records }
}

/// With text that hardly compresses, and that columns do not keep because it is no object.
fn record(number: u64) -> String {
    let mut state = number;
    let text: String = std::iter::repeat_with(|| {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        char::from(b'0' + (state >> 58) as u8)
    })
    .map(|character| if character == '\\' { '~' } else { character })
    .take(50_000)
    .collect();
    format!("\"{number} {text}\"")
}

fn every_record_can_be_read(loaded: &Loaded) {
    let mut shelf = loaded.shelf.borrow_mut();
    for row in 0..shelf.table().len() {
        let record = shelf.record(RowId(row)).expect("every row has its record");
        assert_eq!(record.json, loaded.records[row as usize], "row {row}");
    }
}

fn names(storage: &MemoryStorage) -> Vec<String> {
    crate::ports::Storage::names(storage).now_or_never().expect("at once").expect("it keeps files")
}

#[test]
fn records_leave_memory_above_the_limit_and_can_be_read() {
    let storage = MemoryStorage::default();
    let limits = MemoryLimits { spill: 2 << 20, slack: 100_000, max: 4 << 20 };
    let loaded = load(&storage, limits);
    assert_eq!((&loaded.phase, loaded.shelf.borrow().table().len()), (&Phase::Complete, 120));
    every_record_can_be_read(&loaded);
    let filed = loaded.shelf.borrow().table().records_filed_bytes();
    let besides = storage.used() - filed;
    assert!(filed > 1 << 20 && besides < filed / 1_000, "{filed} of {} bytes", storage.used());
    assert!(loaded.shelf.borrow().memory_bytes() < limits.max, "{}", loaded.shelf.borrow().memory_bytes());
    assert!(!loaded.keeper.is_memory_only());
    assert!(names(&storage).iter().all(|name| crate::cache::is_spill_file(name)) && names(&storage).len() == 1);
    drop(loaded);
    assert_eq!(names(&storage), Vec::<String>::new(), "the file went with its rows");
}

#[test]
fn a_browser_that_keeps_nothing_ends_the_load_where_memory_ends() {
    let storage = MemoryStorage::default();
    storage.set_refusing(true);
    let loaded = load(&storage, MemoryLimits { spill: 1 << 20, slack: 0, max: 3 << 20 });
    assert!(loaded.keeper.is_memory_only());
    let rows = loaded.shelf.borrow().table().len();
    assert!(loaded.phase == Phase::MemoryFull && (40..120).contains(&rows), "{:?} after {rows}", loaded.phase);
    every_record_can_be_read(&loaded);
}

#[test]
fn a_disk_that_is_full_loses_nothing() {
    let storage = MemoryStorage::default();
    storage.set_quota(Some(1 << 20));
    let loaded = load(&storage, MemoryLimits { spill: 1 << 20, slack: 0, max: 3 << 20 });
    assert!(loaded.keeper.is_memory_only());
    assert_eq!(loaded.phase, Phase::MemoryFull);
    assert!(loaded.shelf.borrow().table().records_filed_bytes() > 0, "what found room is there");
    every_record_can_be_read(&loaded);
}

#[test]
fn rows_that_left_memory_are_saved_as_well() {
    let storage = MemoryStorage::default();
    let loaded = load(&storage, MemoryLimits { spill: 2 << 20, slack: 0, max: 4 << 20 });
    let saved = loaded.keeper.save().now_or_never().expect("memory is at once");
    assert!(saved.is_ok_and(|bytes| bytes > 3 << 20));
    let (back, failed) = loaded.keeper.find().now_or_never().expect("memory is at once").expect("it was saved");
    assert!(failed.is_empty());
    loaded.keeper.show(back);
    let shelf = loaded.keeper.shelves.borrow()[0].1.clone();
    let loaded = Loaded { shelf, ..loaded };
    let (in_memory, filed) = {
        let shelf = loaded.shelf.borrow();
        (shelf.memory_bytes(), shelf.table().records_filed_bytes())
    };
    assert!(in_memory < RECORD_BLOCK_BYTES * 2 && filed > 3 << 20, "records stay in their file: {in_memory}, {filed}");
    every_record_can_be_read(&loaded);
    assert_eq!(loaded.shelf.borrow().table().len(), 120);
}
