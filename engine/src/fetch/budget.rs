//! The service's limit on requests, kept on our side so that it is used to the full and never exceeded.

use std::{cell::RefCell, collections::VecDeque, rc::Rc, time::Duration};

use futures_util::future::{FutureExt, LocalBoxFuture, ready};

use crate::{
    limits::{BUDGET_MARGIN, BUDGET_REQUESTS, BUDGET_WINDOW},
    ports::{Budget, BudgetState, Clock, Millis},
};

/// So many requests in any window of time.
pub struct SlidingBudget {
    clock: Rc<dyn Clock>,
    spent: RefCell<Spent>,
}

#[derive(Default)]
struct Spent {
    /// When the latest requests started, oldest first.
    starts: VecDeque<Millis>,
    /// Nothing starts before this instant.
    paused_until: Millis,
}

impl SlidingBudget {
    /// A full budget.
    pub fn new(clock: Rc<dyn Clock>) -> Self {
        Self { clock, spent: RefCell::default() }
    }
    /// Takes a permit now, or says how long to wait before asking again.
    fn try_take(&self) -> Result<(), Duration> {
        let now = self.clock.now();
        let mut spent = self.spent.borrow_mut();
        spent.forget(now);
        let next = if spent.starts.len() < BUDGET_REQUESTS as usize {
            spent.paused_until
        } else {
            spent.paused_until.max(spent.starts[0] + window_millis())
        };
        if next > now {
            return Err(Duration::from_millis((next - now) as u64));
        }
        spent.starts.push_back(now);
        Ok(())
    }
}

impl Spent {
    fn forget(&mut self, now: Millis) {
        while self.starts.front().is_some_and(|start| start + window_millis() <= now) {
            self.starts.pop_front();
        }
    }
}

fn window_millis() -> Millis {
    (BUDGET_WINDOW + BUDGET_MARGIN).as_millis() as Millis
}

impl Budget for SlidingBudget {
    fn permit(&self) -> LocalBoxFuture<'_, ()> {
        async move {
            while let Err(pause) = self.try_take() {
                self.clock.sleep(pause).await;
            }
        }
        .boxed_local()
    }
    fn throttled(&self, pause: Duration) {
        let until = self.clock.now() + pause.as_millis() as Millis;
        let mut spent = self.spent.borrow_mut();
        spent.paused_until = spent.paused_until.max(until);
    }
    fn state(&self) -> Option<BudgetState> {
        let mut spent = self.spent.borrow_mut();
        spent.forget(self.clock.now());
        Some(BudgetState {
            used: spent.starts.len() as u32,
            limit: BUDGET_REQUESTS,
            window_secs: BUDGET_WINDOW.as_secs() as u32,
        })
    }
}

/// No limit, for the sample.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unlimited;

impl Budget for Unlimited {
    fn permit(&self) -> LocalBoxFuture<'_, ()> {
        ready(()).boxed_local()
    }
    fn throttled(&self, _pause: Duration) {}
    fn state(&self) -> Option<BudgetState> {
        None
    }
}
