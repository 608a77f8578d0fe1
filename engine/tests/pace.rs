//! The budget in front of a service that counts arrivals: full, never exceeded, and fair to whoever looks and whoever waits.
#![allow(missing_docs)]

#[path = "support/pages.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the pages")]
mod pages;
#[path = "../../tests/support/world.rs"]
#[allow(dead_code, reason = "each test file uses its own part of the world")]
mod world;

use std::{
    cell::RefCell,
    rc::Rc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use engine::{
    fetch::{Books, OwnBooks, SlidingBudget, Spent},
    ports::{Budget, BudgetState, Clock, Millis, Permit, Random, Urgency},
    protocol::{Answer, LoadKey, RequestBody, Scope},
    reports,
};
use futures_executor::LocalPool;
use futures_util::{
    future::{AbortHandle, FutureExt, LocalBoxFuture, abortable},
    task::LocalSpawnExt,
};
use pages::{audits, ok, page_number, world};
use proptest::prelude::*;
use world::{NOW, Seeded, VirtualClock};

const MINUTE: Duration = Duration::from_secs(60);

/// Who sends a request.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
    Worker(usize),
    Foreigner,
}

/// A request as it arrived.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    at: Millis,
    who: Who,
    is_refused: bool,
}

/// A clock whose timers go off a little late, as a browser's do: which of two tabs is the first to wake is chance.
struct LateClock {
    clock: Rc<VirtualClock>,
    random: Rc<Seeded>,
    late: Duration,
}

impl Clock for LateClock {
    fn now(&self) -> Millis {
        self.clock.now()
    }
    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'_, ()> {
        self.clock.sleep(duration + self.late + Duration::from_millis(self.random.next_u64() % 8))
    }
}

/// A service with the limit, and those who share it.
struct Place {
    pool: RefCell<LocalPool>,
    clock: Rc<VirtualClock>,
    random: Rc<Seeded>,
    arrivals: Rc<RefCell<Vec<Arrival>>>,
    /// When each permit was given, and to whom.
    starts: Rc<RefCell<Vec<(Millis, usize)>>>,
    books: OwnBooks,
    has_retry_after: bool,
}

impl Place {
    fn new() -> Self {
        Self {
            pool: RefCell::default(),
            clock: VirtualClock::at(NOW),
            random: Rc::new(Seeded::new(3)),
            arrivals: Rc::default(),
            starts: Rc::default(),
            books: OwnBooks::default(),
            has_retry_after: true,
        }
    }
    fn budget(&self) -> Rc<SlidingBudget> {
        self.late_budget(Duration::ZERO)
    }
    /// A tab whose timers go off later than others' by so much at least.
    fn late_budget(&self, late: Duration) -> Rc<SlidingBudget> {
        let clock = Rc::new(LateClock { clock: self.clock.clone(), random: self.random.clone(), late });
        Rc::new(SlidingBudget::with_books(clock, self.books.clone(), self.random.next_u64()))
    }
    fn state(&self) -> BudgetState {
        self.budget().state().expect("there is a limit")
    }
    /// Sends one request after the other for ever, as a load does. An answer takes so long.
    fn load(&self, who: usize, budget: &Rc<SlidingBudget>, answer_time: Duration) {
        let (clock, random, budget) = (self.clock.clone(), self.random.clone(), budget.clone());
        let (arrivals, starts, has_retry_after) = (self.arrivals.clone(), self.starts.clone(), self.has_retry_after);
        let work = async move {
            let mut tries = 0;
            loop {
                let permit = budget.permit(&Urgency::default()).await.expect("no pause is that long");
                starts.borrow_mut().push((clock.now(), who));
                clock.sleep(jitter(&*random)).await;
                let result = arrive(&mut arrivals.borrow_mut(), Who::Worker(who), clock.now());
                clock.sleep(answer_time).await;
                budget.answered(permit);
                let Err(wait_secs) = result else {
                    tries = 0;
                    continue;
                };
                tries += 1;
                let pause = if has_retry_after { wait_secs * 1_000 } else { 2_500 << tries.min(5) };
                let pause = Duration::from_millis(pause + random.next_u64() % 500);
                budget.throttled(permit, pause);
                clock.sleep(pause).await;
            }
        };
        self.pool.borrow().spawner().spawn_local(work).expect("the pool is there");
    }
    /// Somebody else with the same app registration, who sends at these instants of each period and listens to nobody.
    fn foreigner(&self, seconds: &'static [u64], period: u64, end: Duration) {
        let (clock, arrivals) = (self.clock.clone(), self.arrivals.clone());
        let end = clock.now() + end.as_millis() as Millis;
        let work = async move {
            while clock.now() < end {
                let mut last = 0;
                for second in seconds {
                    clock.sleep(Duration::from_secs(second - last)).await;
                    last = *second;
                    // Whether it is refused is its own affair.
                    let _ = arrive(&mut arrivals.borrow_mut(), Who::Foreigner, clock.now());
                }
                clock.sleep(Duration::from_secs(period - last)).await;
            }
        };
        self.pool.borrow().spawner().spawn_local(work).expect("the pool is there");
    }
    fn run_for(&self, duration: Duration) {
        self.clock.run_for(&mut self.pool.borrow_mut(), duration);
    }
    /// Requests of ours that arrived between two instants after the start, and those that were refused.
    fn ours(&self, from: Duration, to: Duration) -> (usize, usize) {
        let range = NOW + from.as_millis() as Millis..NOW + to.as_millis() as Millis;
        let arrivals = self.arrivals.borrow();
        let ours = arrivals.iter().filter(|arrival| arrival.who != Who::Foreigner && range.contains(&arrival.at));
        (ours.clone().count(), ours.filter(|arrival| arrival.is_refused).count())
    }
}

/// Half a second either way, beside half a second that every request takes.
fn jitter(random: &dyn Random) -> Duration {
    Duration::from_millis(random.next_u64() % 1_001)
}

/// Five in ten seconds, refused ones counted; the seconds to wait otherwise.
fn arrive(arrivals: &mut Vec<Arrival>, who: Who, now: Millis) -> Result<(), u64> {
    let window: Vec<Millis> = arrivals.iter().map(|arrival| arrival.at).filter(|at| *at > now - 10_000).collect();
    let is_refused = window.len() >= 5;
    arrivals.push(Arrival { at: now, who, is_refused });
    if is_refused {
        let leaving = window[window.len() - 4];
        return Err(((leaving + 10_000 - now) / 1_000 + 1) as u64);
    }
    Ok(())
}

#[test]
fn two_tabs_use_nearly_all_of_the_limit_and_never_more() {
    for (answer_time, least) in [(Duration::from_secs(4), 0.9), (Duration::from_millis(100), 0.92)] {
        let place = Place::new();
        let budgets = [place.budget(), place.budget()];
        for who in 0..6 {
            place.load(who % 2, &budgets[who % 2], answer_time);
        }
        place.run_for(20 * MINUTE);
        let arrivals = place.arrivals.borrow();
        assert!(arrivals.windows(6).all(|six| six[5].at - six[0].at >= 10_000), "six requests within ten seconds");
        assert!(arrivals.iter().all(|arrival| !arrival.is_refused));
        let share = arrivals.len() as f64 / 600.0;
        assert!(share >= least, "{share} of the limit");
        let first = arrivals.iter().filter(|arrival| arrival.who == Who::Worker(0)).count();
        assert!(
            (first * 2).abs_diff(arrivals.len()) * 4 < arrivals.len(),
            "{first} of {} are of one tab",
            arrivals.len()
        );
        assert_eq!(place.state().others, None);
    }
}

#[test]
fn somebody_else_who_takes_half_is_named_and_left_room_until_he_stops() {
    // When he sends within which period, and of the 300 requests that he leaves in 20 minutes, how many serve us at least; and
    // how many more are refused at most. Whoever sends at intervals can be fitted in with, whoever sends in bursts hardly.
    for (seconds, period, served_min, refused_max) in
        [(&[1][..], 4, 190, 25), (&[1, 1], 8, 110, 25), (&[1, 2, 3, 4, 5], 20, 65, 50), (&[1, 1, 1, 1, 1], 20, 25, 75)]
    {
        for has_retry_after in [true, false] {
            let place = Place { has_retry_after, ..Place::new() };
            let budgets = [place.budget(), place.budget()];
            for who in 0..4 {
                place.load(who % 2, &budgets[who % 2], Duration::from_secs(1));
            }
            place.foreigner(seconds, period, 20 * MINUTE);
            place.run_for(20 * MINUTE);
            let (sent, refused) = place.ours(Duration::ZERO, 20 * MINUTE);
            let case = format!("{seconds:?} of {period} s: {sent} sent, {refused} refused");
            assert!(sent - refused >= served_min && refused <= refused_max, "{case}");
            let others = place.state().others;
            assert!(others.is_some_and(|others| (1..=3).contains(&others.left)), "{case}, {others:?}");
            place.run_for(5 * MINUTE);
            assert_eq!(place.state().others, None, "{case}");
            place.run_for(5 * MINUTE);
            let (sent, refused) = place.ours(25 * MINUTE, 30 * MINUTE);
            assert!(sent >= 135 && refused == 0, "afterwards {sent} of 150 are sent, and {refused} refused");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn of_two_tabs_that_want_everything_neither_starves(
        late_millis in [0..100_u64, 0..100_u64],
        answer_millis in [100..4_000_u64, 100..4_000_u64],
        chains in [4..12_usize, 4..12_usize],
        seed in any::<u64>(),
    ) {
        let place = Place { random: Rc::new(Seeded::new(seed)), ..Place::new() };
        for tab in 0..2 {
            let budget = place.late_budget(Duration::from_millis(late_millis[tab]));
            (0..chains[tab]).for_each(|_| place.load(tab, &budget, Duration::from_millis(answer_millis[tab])));
        }
        place.run_for(10 * MINUTE);
        let starts = place.starts.borrow();
        for (index, (first, _)) in starts.iter().enumerate().take_while(|(_, (at, _))| *at < NOW + 9 * 60_000) {
            let minute: Vec<usize> =
                starts[index..].iter().take_while(|(at, _)| *at < first + 60_000).map(|(_, tab)| *tab).collect();
            let of_first = minute.iter().filter(|tab| **tab == 0).count();
            let fewest = of_first.min(minute.len() - of_first) as f64 / minute.len() as f64;
            prop_assert!(fewest >= 0.4, "{fewest} of {} in the minute from {}", minute.len(), first - NOW);
        }
        let arrivals = place.arrivals.borrow();
        prop_assert!(arrivals.iter().all(|arrival| !arrival.is_refused));
        let share = arrivals.len() as f64 / 300.0;
        prop_assert!(share >= 0.9, "{share} of the limit");
    }
}

#[test]
fn a_tab_that_is_gone_holds_nobody_up() {
    let place = Place::new();
    let budgets = [place.budget(), place.budget()];
    for who in 0..6 {
        place.load(who % 2, &budgets[who % 2], Duration::from_secs(1));
    }
    place.run_for(MINUTE);
    let waiting = place.late_budget(Duration::from_secs(3_600));
    let ghost = async move {
        let _ = waiting.permit(&Urgency::default()).await;
    };
    place.pool.borrow().spawner().spawn_local(ghost).expect("the pool is there");
    let before = place.starts.borrow().len();
    place.run_for(10 * MINUTE);
    let share = (place.starts.borrow().len() - before) as f64 / 300.0;
    assert!(share >= 0.9, "{share} of the limit");
}

/// A spent budget, and who waits for it.
struct Line {
    place: Place,
    budget: Rc<SlidingBudget>,
    order: Rc<RefCell<Vec<&'static str>>>,
}

impl Line {
    fn new() -> Self {
        let place = Place::new();
        let line = Self { budget: place.budget(), place, order: Rc::default() };
        (0..5).for_each(|_| drop(line.wait("spent", &Urgency::default())));
        line.place.run_for(Duration::ZERO);
        line.order.borrow_mut().clear();
        line
    }
    /// Somebody comes and waits, until he has a permit or the handle aborts him.
    fn wait(&self, name: &'static str, urgency: &Urgency) -> AbortHandle {
        let (budget, order, urgency) = (self.budget.clone(), self.order.clone(), urgency.clone());
        let (work, abort) = abortable(async move {
            budget.permit(&urgency).await.expect("no pause is that long");
            order.borrow_mut().push(name);
        });
        let work = async move {
            // Whether it was aborted shows in the order.
            let _ = work.await;
        };
        self.place.pool.borrow().spawner().spawn_local(work).expect("the pool is there");
        self.place.run_for(Duration::ZERO);
        abort
    }
    /// Who had a permit when the window has passed.
    fn after_a_window(&self) -> Vec<&'static str> {
        self.place.run_for(Duration::from_secs(12));
        self.order.take()
    }
}

fn urgent() -> Urgency {
    let urgency = Urgency::default();
    urgency.set(true);
    urgency
}

#[test]
fn what_somebody_looks_at_goes_first_and_the_rest_in_the_order_of_coming() {
    let line = Line::new();
    let changing = Urgency::default();
    for name in ["1", "2", "3"] {
        let _ = line.wait(name, &Urgency::default());
    }
    let _ = line.wait("looked at later", &changing);
    for name in ["4", "5"] {
        let _ = line.wait(name, &Urgency::default());
    }
    let _ = line.wait("looked at", &urgent());
    assert_eq!(line.order.take(), [""; 0], "nothing is left");
    changing.set(true);
    assert_eq!(line.after_a_window(), ["looked at later", "looked at", "1", "2", "3"]);
    assert_eq!(line.after_a_window(), ["4", "5"]);
}

#[test]
fn whoever_stops_waiting_gives_the_place_up_at_once() {
    let line = Line::new();
    let first = line.wait("1", &Urgency::default());
    let _ = line.wait("2", &Urgency::default());
    let third = line.wait("3", &urgent());
    let _ = line.wait("4", &Urgency::default());
    // The first one looks after the line.
    first.abort();
    third.abort();
    assert_eq!(line.after_a_window(), ["2", "4"]);
    let used = line.place.state().used;
    assert_eq!(used, 2, "nobody else was given a permit");
}

#[test]
fn a_permit_that_nobody_takes_any_more_goes_to_the_next_or_back() {
    let after_leaving = |others: &[&'static str]| {
        let line = Line::new();
        for name in others {
            let _ = line.wait(name, &Urgency::default());
        }
        let urgency = urgent();
        let mut leaving = line.budget.permit(&urgency);
        assert!(leaving.poll_unpin(&mut Context::from_waker(Waker::noop())).is_pending());
        let served = line.after_a_window();
        drop(leaving);
        line.place.run_for(Duration::ZERO);
        (served.len(), line.order.take(), line.place.state().used)
    };
    assert_eq!(after_leaving(&["1", "2", "3", "4", "5", "6"]), (4, vec!["5"], 5));
    assert_eq!(after_leaving(&["1"]), (1, vec![], 1));
}

/// Books that answer some time after they were written in, as a browser's do.
struct SlowBooks(OwnBooks, Rc<VirtualClock>);

impl Books for SlowBooks {
    async fn change<T>(&self, change: impl Fn(&mut Spent) -> T) -> T {
        let outcome = self.0.change(change).await;
        self.1.sleep(Duration::from_millis(5)).await;
        outcome
    }
    fn note(&self, change: impl Fn(&mut Spent) + 'static) {
        self.0.note(change);
    }
    fn known(&self) -> Spent {
        self.0.known()
    }
}

#[test]
fn a_permit_on_its_way_to_somebody_who_leaves_goes_to_the_next_or_back() {
    let place = Place::new();
    let books = SlowBooks(place.books.clone(), place.clock.clone());
    let budget = SlidingBudget::with_books(place.clock.clone(), books, 1);
    let urgency = Urgency::default();
    let mut ctx = Context::from_waker(Waker::noop());
    let mut leaving = budget.permit(&urgency);
    let mut next = budget.permit(&urgency);
    assert!(leaving.poll_unpin(&mut ctx).is_pending() && next.poll_unpin(&mut ctx).is_pending());
    assert_eq!(place.state().used, 1, "it stands in the books");
    drop(leaving);
    assert_eq!(next.poll_unpin(&mut ctx), Poll::Ready(Ok(Permit { start: NOW, used: 1 })));
    let mut leaving = budget.permit(&urgency);
    assert!(leaving.poll_unpin(&mut ctx).is_pending());
    assert_eq!(place.state().used, 2);
    drop(leaving);
    assert_eq!(place.state().used, 1, "nobody waits for it");
}

#[test]
fn the_load_that_is_looked_at_asks_first() {
    let world = world(|request| {
        let (path, page) = (request.url.split(['?', '#']).next().unwrap_or_default(), page_number(request));
        let body = format!("{{\"@odata.nextLink\":\"{path}?$skiptoken={}\",\"value\":[]}}", page + 1);
        (Duration::from_millis(100), Ok(ok(&body)))
    });
    let key = |report: &str, fetch: &str| LoadKey {
        report: reports::report(report).expect("the report is defined").id,
        fetch: fetch.to_owned(),
    };
    let (sign_ins, provisioning) = (key("signIns", "interactiveUser"), key("provisioning", "all"));
    for key in [&audits(), &sign_ins, &provisioning] {
        world.load(key, Scope::default());
    }
    let first_in_window = |looked_at: &LoadKey| {
        let seen = world.graph.requests.borrow().len();
        assert_eq!(world.ask(RequestBody::Look { key: looked_at.clone() }), Ok(Answer::Done));
        world.run_for(Duration::from_secs(10));
        world.graph.requests.borrow()[seen].1.url.contains(looked_at.report.definition().path)
    };
    world.run_for(Duration::from_secs(1));
    for key in [&provisioning, &audits(), &sign_ins, &audits(), &provisioning] {
        assert!(first_in_window(key), "{key:?}");
    }
}
