//! The service's limit on requests, kept on our side so that it is used to the full and never exceeded.

mod spent;
mod turns;

use std::{
    cell::{Cell, RefCell},
    future::{poll_fn, ready},
    rc::Rc,
    task::{Poll, Waker},
    time::Duration,
};

use futures_util::{
    future::{Either, FutureExt, LocalBoxFuture, select},
    lock::Mutex,
};

use crate::{
    limits::{BUDGET_WINDOW, CLOCK_LOOK_PAUSE},
    ports::{Budget, BudgetState, Clock, Closed, Millis, Permit, Urgency},
};
pub use spent::{Denied, Spent};
pub use turns::Member;

/// Where it stands what was spent: in one engine's memory, or where several find it.
pub trait Books {
    /// Reads, changes and writes it, with nobody else in between.
    fn change<T>(&self, change: impl Fn(&mut Spent) -> T) -> impl Future<Output = T>;
    /// The same for what nobody waits for.
    fn note(&self, change: impl Fn(&mut Spent) + 'static);
    /// As of the last look.
    fn known(&self) -> Spent;
}

/// Books in memory. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct OwnBooks(Rc<RefCell<Spent>>);

impl Books for OwnBooks {
    fn change<T>(&self, change: impl Fn(&mut Spent) -> T) -> impl Future<Output = T> {
        ready(change(&mut self.0.borrow_mut()))
    }
    fn note(&self, change: impl Fn(&mut Spent) + 'static) {
        change(&mut self.0.borrow_mut());
    }
    fn known(&self) -> Spent {
        self.0.borrow().clone()
    }
}

/// So many requests in any window of time. Of those who wait here, urgent ones go first, then whoever came first; among those who
/// share the books, permits alternate.
pub struct SlidingBudget<B: Books = OwnBooks> {
    member: Member,
    clock: Rc<dyn Clock>,
    books: B,
    /// Who waits, in the order of coming.
    line: RefCell<Vec<Rc<Place>>>,
    /// One of those who wait looks after the whole line.
    usher: Mutex<()>,
}

/// A place in the line.
struct Place {
    urgency: Urgency,
    permit: Cell<Option<Permit>>,
    waker: RefCell<Option<Waker>>,
}

impl SlidingBudget {
    /// A full budget, for one engine by itself.
    pub fn new(clock: Rc<dyn Clock>) -> Self {
        Self::with_books(clock, OwnBooks::default(), 0)
    }
}

impl<B: Books> SlidingBudget<B> {
    /// What these books leave. The member is a random number, by which others that share the books know this one.
    pub fn with_books(clock: Rc<dyn Clock>, books: B, member: Member) -> Self {
        Self { member, clock, books, line: RefCell::default(), usher: Mutex::new(()) }
    }

    async fn next_permit(&self, urgency: &Urgency) -> Result<Permit, Closed> {
        let waiting = self.join(urgency);
        let _usher = match select(self.usher.lock(), waiting.called()).await {
            Either::Left((usher, _)) => usher,
            Either::Right((permit, _)) => return Ok(permit),
        };
        loop {
            if let Some(permit) = waiting.place.permit.take() {
                return Ok(permit);
            }
            let taking = Taking { budget: self, permit: Cell::default() };
            let change = |spent: &mut Spent| {
                let taken = spent.take(self.member, self.clock.now());
                taking.permit.set(taken.ok());
                taken
            };
            let taken = self.books.change(change).await;
            taking.permit.take();
            match taken {
                Ok(permit) => {
                    self.call(permit);
                    step_aside().await;
                }
                // Whoever waits behind this one finds out when it comes to look after the line.
                Err(Denied::Closed(closed)) => return Err(closed),
                Err(Denied::Wait(pause)) => {
                    match select(self.clock.sleep(pause.min(CLOCK_LOOK_PAUSE)), waiting.called()).await {
                        Either::Left(_) => {}
                        Either::Right((permit, _)) => return Ok(permit),
                    }
                }
            }
        }
    }
    fn join(&self, urgency: &Urgency) -> Waiting<'_, B> {
        let place = Place { urgency: urgency.clone(), permit: Cell::default(), waker: RefCell::default() };
        let place = Rc::new(place);
        self.line.borrow_mut().push(place.clone());
        Waiting { budget: self, place }
    }
    /// Gives the permit to whoever is next. Nobody may be there any more.
    fn call(&self, permit: Permit) {
        let next = {
            let mut line = self.line.borrow_mut();
            let urgent = line.iter().position(|place| place.urgency.is_urgent());
            (!line.is_empty()).then(|| line.remove(urgent.unwrap_or(0)))
        };
        match next {
            None => self.books.note(move |spent| spent.give_back(permit)),
            Some(place) => {
                place.permit.set(Some(permit));
                if let Some(waker) = place.waker.take() {
                    waker.wake();
                }
            }
        }
    }
}

impl<B: Books> Budget for SlidingBudget<B> {
    fn permit<'b>(&'b self, urgency: &'b Urgency) -> LocalBoxFuture<'b, Result<Permit, Closed>> {
        async move {
            loop {
                let permit = self.next_permit(urgency).await?;
                // A computer that slept between the books and here would send more than the books know of.
                if self.clock.now() < permit.start + BUDGET_WINDOW.as_millis() as Millis {
                    return Ok(permit);
                }
                self.books.note(move |spent| spent.give_back(permit));
            }
        }
        .boxed_local()
    }
    fn answered(&self, permit: Permit) {
        let now = self.clock.now();
        self.books.note(move |spent| spent.answered(permit, now));
    }
    fn throttled(&self, permit: Permit, pause: Duration) {
        let now = self.clock.now();
        self.books.note(move |spent| spent.throttled(permit, pause, now));
    }
    fn insist(&self) {
        self.books.note(Spent::insist);
    }
    fn state(&self) -> Option<BudgetState> {
        Some(self.books.known().state(self.clock.now()))
    }
}

/// Lets whoever was called start before anybody else is called.
async fn step_aside() {
    let mut has_waited = false;
    poll_fn(|ctx| {
        if std::mem::replace(&mut has_waited, true) {
            return Poll::Ready(());
        }
        ctx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Somebody in the line; dropping it gives the place up.
struct Waiting<'b, B: Books> {
    budget: &'b SlidingBudget<B>,
    place: Rc<Place>,
}

impl<B: Books> Waiting<'_, B> {
    /// The permit, when it was this one's turn.
    fn called(&self) -> impl Future<Output = Permit> + Unpin {
        poll_fn(|ctx| match self.place.permit.take() {
            Some(permit) => Poll::Ready(permit),
            None => {
                self.place.waker.replace(Some(ctx.waker().clone()));
                Poll::Pending
            }
        })
    }
}

impl<B: Books> Drop for Waiting<'_, B> {
    fn drop(&mut self) {
        self.budget.line.borrow_mut().retain(|place| !Rc::ptr_eq(place, &self.place));
        if let Some(permit) = self.place.permit.take() {
            self.budget.call(permit);
        }
    }
}

/// A permit that stands in the books and has not come yet. When nobody waits for that any more, it is for whoever is next.
struct Taking<'b, B: Books> {
    budget: &'b SlidingBudget<B>,
    permit: Cell<Option<Permit>>,
}

impl<B: Books> Drop for Taking<'_, B> {
    fn drop(&mut self) {
        if let Some(permit) = self.permit.take() {
            self.budget.call(permit);
        }
    }
}

/// No limit, for the sample.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unlimited;

impl Budget for Unlimited {
    fn permit<'b>(&'b self, _urgency: &'b Urgency) -> LocalBoxFuture<'b, Result<Permit, Closed>> {
        ready(Ok(Permit { start: 0, used: 0 })).boxed_local()
    }
    fn answered(&self, _permit: Permit) {}
    fn throttled(&self, _permit: Permit, _pause: Duration) {}
    fn insist(&self) {}
    fn state(&self) -> Option<BudgetState> {
        None
    }
}
