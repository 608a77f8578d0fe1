//! The service's limit on requests, kept on our side so that it is used to the full and never exceeded.

use std::{cell::RefCell, collections::VecDeque, rc::Rc, time::Duration};

use futures_util::future::{FutureExt, LocalBoxFuture, ready};

use serde::{Deserialize, Serialize};

use crate::{
    limits::{BUDGET_MARGIN, BUDGET_REQUESTS, BUDGET_WINDOW, RETRY_AFTER_MAX},
    ports::{Budget, BudgetState, Clock, Millis},
};

/// What was spent lately. Whoever shares a limit with others passes this on between them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// When the latest requests started, oldest first.
    starts: VecDeque<Millis>,
    /// Nothing starts before this instant.
    paused_until: Millis,
}

impl Spent {
    /// Takes a permit now.
    ///
    /// # Errors
    /// How long to wait before asking again.
    pub fn take(&mut self, now: Millis) -> Result<(), Duration> {
        self.forget(now);
        let next = if self.starts.len() < BUDGET_REQUESTS as usize {
            self.paused_until
        } else {
            self.paused_until.max(self.starts[0] + window_millis())
        };
        if next > now {
            return Err(Duration::from_millis((next - now) as u64));
        }
        self.starts.push_back(now);
        Ok(())
    }
    /// Lets nothing start before this instant.
    pub fn pause(&mut self, until: Millis) {
        self.paused_until = self.paused_until.max(until);
    }
    /// What is spent now.
    pub fn state(&self, now: Millis) -> BudgetState {
        let mut spent = self.clone();
        spent.forget(now);
        BudgetState {
            used: spent.starts.len() as u32,
            limit: BUDGET_REQUESTS,
            window_secs: BUDGET_WINDOW.as_secs() as u32,
        }
    }
    /// Forgets what has left the window. What is noted for later than now was noted before the clock was set back.
    fn forget(&mut self, now: Millis) {
        self.starts.retain(|start| (now - window_millis() + 1..=now).contains(start));
        if self.paused_until > now + RETRY_AFTER_MAX.as_millis() as Millis {
            self.paused_until = 0;
        }
    }
}

fn window_millis() -> Millis {
    (BUDGET_WINDOW + BUDGET_MARGIN).as_millis() as Millis
}

/// So many requests in any window of time, for one engine by itself.
pub struct SlidingBudget {
    clock: Rc<dyn Clock>,
    spent: RefCell<Spent>,
}

impl SlidingBudget {
    /// A full budget.
    pub fn new(clock: Rc<dyn Clock>) -> Self {
        Self { clock, spent: RefCell::default() }
    }
}

impl Budget for SlidingBudget {
    fn permit(&self) -> LocalBoxFuture<'_, ()> {
        async move {
            loop {
                let outcome = self.spent.borrow_mut().take(self.clock.now());
                match outcome {
                    Ok(()) => return,
                    Err(pause) => self.clock.sleep(pause).await,
                }
            }
        }
        .boxed_local()
    }
    fn throttled(&self, pause: Duration) {
        self.spent.borrow_mut().pause(self.clock.now() + pause.as_millis() as Millis);
    }
    fn state(&self) -> Option<BudgetState> {
        Some(self.spent.borrow().state(self.clock.now()))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Asks at these instants, in milliseconds; `true` is a permit.
    fn permits(spent: &mut Spent, instants: &[Millis]) -> Vec<bool> {
        instants.iter().map(|now| spent.take(*now).is_ok()).collect()
    }

    #[test]
    fn no_window_holds_a_sixth_request() {
        let mut spent = Spent::default();
        assert_eq!(permits(&mut spent, &[0, 0, 0, 5_000, 5_000, 5_000]), [true, true, true, true, true, false]);
        assert_eq!(spent.take(9_000), Err(Duration::from_millis(1_500)));
        assert_eq!(permits(&mut spent, &[10_500, 10_500, 10_500, 10_500]), [true, true, true, false]);
    }

    #[test]
    fn what_one_spends_another_cannot() {
        let mut spent = Spent::default();
        permits(&mut spent, &[0, 100, 200]);
        let text = serde_json::to_string(&spent).expect("plain data");
        let mut other: Spent = serde_json::from_str(&text).expect("what was just written");
        assert_eq!(permits(&mut other, &[300, 300, 300]), [true, true, false]);
        assert_eq!(other.state(10_550).used, 4);
    }

    #[test]
    fn a_pause_holds_everything_back() {
        let mut spent = Spent::default();
        spent.pause(7_000);
        spent.pause(3_000);
        assert_eq!(spent.take(1_000), Err(Duration::from_secs(6)));
        assert_eq!(spent.take(7_000), Ok(()));
    }

    #[test]
    fn a_clock_that_was_set_back_blocks_nothing() {
        let (mut spent, hour) = (Spent::default(), 3_600_000);
        permits(&mut spent, &[9 * hour, 9 * hour, 9 * hour, 9 * hour, 9 * hour]);
        spent.pause(9 * hour + 5_000);
        assert_eq!(spent.take(hour), Ok(()));
    }
}
