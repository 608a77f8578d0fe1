//! What was spent lately of a limit that others may use, too. Arithmetic on instants, which whoever shares the limit passes on.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::turns::{Member, Turns};
use crate::{
    limits::{
        BUDGET_MARGIN, BUDGET_REQUESTS, BUDGET_WINDOW, CLOCK_SLACK, RETRY_AFTER_MAX, SHARE_HOLD_FIRST, SHARE_HOLD_MAX,
        SHARE_STEP_PAUSE,
    },
    ports::{BudgetState, Closed, Millis, Others, Permit},
};

/// One millisecond more, in case Graph counts both ends.
const WINDOW: Millis = BUDGET_WINDOW.as_millis() as Millis + 1;
const MARGIN: Millis = BUDGET_MARGIN.as_millis() as Millis;

/// What was spent lately.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// By when each of the latest requests has arrived, soonest first: Graph counts arrivals.
    arrivals: Vec<Millis>,
    /// Nothing starts before this instant.
    paused_until: Millis,
    /// Set by a refusal with a pause too long to be waited for: until then nobody gets a permit, unless a person insists.
    closed_until: Millis,
    /// What the clock showed when somebody last looked.
    seen: Millis,
    /// Set after a refusal, until the whole limit was used again without one.
    squeeze: Option<Squeeze>,
    /// Who else wants permits.
    turns: Turns,
}

/// Requests are refused although not too many were sent: others send some, or the service has less to give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Squeeze {
    /// Requests in a window that seem to be left for us.
    share: u32,
    /// When the last refusal came.
    since: Millis,
    /// When one more is tried.
    next_step: Millis,
    /// How long the share was to be kept after the last refusal.
    hold: Millis,
    /// False as long as a request that was very late would explain it just as well.
    is_sure: bool,
}

/// Why there is no permit now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// There may be one after this time.
    Wait(Duration),
    /// There is none for a long time.
    Closed(Closed),
}

impl Spent {
    /// Takes a permit now, for one of those who share the limit.
    ///
    /// # Errors
    /// How long to wait before asking again, or that there is no sense in waiting.
    pub fn take(&mut self, member: Member, now: Millis) -> Result<Permit, Denied> {
        self.settle(now);
        if self.closed_until > now {
            self.turns.leave(member);
            return Err(Denied::Closed(Closed { until: self.closed_until }));
        }
        let share = self.share() as usize;
        let mut next = self.paused_until;
        if let Some(first) = self.arrivals.len().checked_sub(share) {
            let arrival = self.arrivals[first];
            // What is still on its way may turn out to have arrived already.
            let soonest = if arrival > now { arrival - MARGIN } else { arrival };
            next = next.max(soonest + WINDOW);
        }
        let free = share.saturating_sub(self.arrivals.len());
        if next <= now
            && let Err(later) = self.turns.ask(member, free, now)
        {
            next = later;
        }
        if next > now {
            self.turns.wait(member, next);
            return Err(Denied::Wait(Duration::from_millis((next - now) as u64)));
        }
        self.insert(now + MARGIN);
        Ok(Permit { start: now, used: self.arrivals.len() as u32 })
    }
    /// The answer came now, so that the request has arrived.
    pub fn answered(&mut self, permit: Permit, now: Millis) {
        // Requests that started in the same instant are alike.
        if now < permit.start + MARGIN && self.remove(permit.start + MARGIN) {
            self.insert(now);
        }
    }
    /// The request was never sent.
    pub fn give_back(&mut self, permit: Permit) {
        self.remove(permit.start + MARGIN);
    }
    /// The request was refused now: nothing starts before `pause` is over, and less for some time after that.
    pub fn throttled(&mut self, permit: Permit, pause: Duration, now: Millis) {
        if pause > RETRY_AFTER_MAX {
            self.closed_until = self.closed_until.max(now.saturating_add(millis(pause)));
        }
        let resume = now + millis(pause.min(RETRY_AFTER_MAX));
        if pause <= RETRY_AFTER_MAX {
            self.paused_until = self.paused_until.max(resume);
        }
        // The ones before this one were taken.
        let taken = permit.used.saturating_sub(1);
        let (share, hold, was_sure) = match &self.squeeze {
            // One of several that were under way when the first was refused.
            Some(squeeze) if permit.start <= squeeze.since => (squeeze.share.min(taken), squeeze.hold, squeeze.is_sure),
            Some(squeeze) => {
                let hold = (2 * squeeze.hold).min(SHARE_HOLD_MAX.as_millis() as Millis);
                (taken.max(squeeze.share / 2).min(squeeze.share), hold, squeeze.is_sure)
            }
            None => (taken.max(BUDGET_REQUESTS / 2), SHARE_HOLD_FIRST.as_millis() as Millis, false),
        };
        self.squeeze = Some(Squeeze {
            share: share.max(1),
            since: now,
            next_step: resume + hold,
            hold,
            is_sure: was_sure || permit.used < BUDGET_REQUESTS,
        });
    }
    /// A person wants to ask in spite of a long pause.
    pub fn insist(&mut self) {
        self.closed_until = 0;
    }
    /// What is spent now.
    pub fn state(&self, now: Millis) -> BudgetState {
        let spent = self.settled(now);
        let others = spent.squeeze.as_ref().filter(|squeeze| squeeze.is_sure);
        BudgetState {
            used: spent.arrivals.len() as u32,
            limit: BUDGET_REQUESTS,
            window_secs: BUDGET_WINDOW.as_secs() as u32,
            others: others.map(|squeeze| Others { left: squeeze.share, until: squeeze.next_step }),
        }
    }
    /// True when nothing in it matters any more.
    pub fn is_over(&self, now: Millis) -> bool {
        let spent = self.settled(now);
        let is_open = spent.paused_until <= now && spent.closed_until <= now;
        is_open && spent.arrivals.is_empty() && spent.squeeze.is_none()
    }

    fn share(&self) -> u32 {
        self.squeeze.as_ref().map_or(BUDGET_REQUESTS, |squeeze| squeeze.share)
    }
    fn insert(&mut self, arrival: Millis) {
        let at = self.arrivals.partition_point(|other| *other <= arrival);
        self.arrivals.insert(at, arrival);
    }
    fn remove(&mut self, arrival: Millis) -> bool {
        let found = self.arrivals.iter().position(|other| *other == arrival);
        found.map(|at| self.arrivals.remove(at)).is_some()
    }
    fn settled(&self, now: Millis) -> Self {
        let mut spent = self.clone();
        spent.settle(now);
        spent
    }
    /// Brings everything up to now.
    fn settle(&mut self, now: Millis) {
        if now + (CLOCK_SLACK.as_millis() as Millis) < self.seen {
            self.set_back(self.seen - now);
            self.seen = now;
        }
        self.seen = self.seen.max(now);
        self.arrivals.retain(|arrival| arrival + WINDOW > now);
        let step = SHARE_STEP_PAUSE.as_millis() as Millis;
        while let Some(squeeze) = &mut self.squeeze
            && squeeze.next_step <= now
        {
            if squeeze.share == BUDGET_REQUESTS {
                self.squeeze = None;
            } else {
                squeeze.share += 1;
                squeeze.next_step += step;
            }
        }
    }
    /// The clock was set back; as far as anybody can tell, no time has passed since the last look.
    fn set_back(&mut self, by: Millis) {
        self.arrivals.iter_mut().for_each(|arrival| *arrival -= by);
        self.paused_until -= by;
        self.closed_until -= by;
        self.turns.set_back(by);
        if let Some(squeeze) = &mut self.squeeze {
            squeeze.since -= by;
            squeeze.next_step -= by;
        }
    }
}

fn millis(pause: Duration) -> Millis {
    pause.as_millis().try_into().unwrap_or(Millis::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: Member = 1;

    /// Asks at these instants, in milliseconds; `true` is a permit.
    fn permits(spent: &mut Spent, instants: &[Millis]) -> Vec<bool> {
        instants.iter().map(|now| spent.take(ME, *now).is_ok()).collect()
    }

    fn wait(taken: Result<Permit, Denied>) -> Option<u128> {
        match taken {
            Err(Denied::Wait(pause)) => Some(pause.as_millis()),
            Ok(_) | Err(Denied::Closed(_)) => None,
        }
    }

    /// Five in a row, of which this one is refused.
    fn refused(number: usize) -> Spent {
        let mut spent = Spent::default();
        let permits: Vec<Permit> = (0..5).map(|_| spent.take(ME, 0).expect("a full budget has five")).collect();
        spent.throttled(permits[number - 1], Duration::from_secs(10), 500);
        spent
    }

    #[test]
    fn no_window_holds_a_sixth_request() {
        let mut spent = Spent::default();
        assert_eq!(permits(&mut spent, &[0, 0, 0, 5_000, 5_000, 5_000]), [true, true, true, true, true, false]);
        assert_eq!(wait(spent.take(ME, 9_000)), Some(2_001), "the first ones may have arrived a second later");
        assert_eq!(permits(&mut spent, &[11_001, 11_001, 11_001, 11_001]), [true, true, true, false]);
    }

    #[test]
    fn an_answer_shows_that_its_request_has_arrived() {
        let mut spent = Spent::default();
        let permits: Vec<Permit> = (0..5).map(|_| spent.take(ME, 0).expect("a full budget has five")).collect();
        assert_eq!(wait(spent.take(ME, 0)), Some(10_001), "as soon as it can be, if an answer comes at once");
        spent.answered(permits[0], 200);
        spent.answered(permits[1], 5_000);
        assert_eq!(wait(spent.take(ME, 10_001)), Some(200));
        assert!(spent.take(ME, 10_201).is_ok());
        assert_eq!(wait(spent.take(ME, 10_201)), Some(800), "an answer that comes late says nothing");
    }

    #[test]
    fn what_was_not_sent_is_not_spent() {
        let mut spent = Spent::default();
        let permits: Vec<Permit> = (0..5).map(|_| spent.take(ME, 0).expect("a full budget has five")).collect();
        spent.give_back(permits[2]);
        assert!(spent.take(ME, 10).is_ok());
        assert!(spent.take(ME, 10).is_err());
    }

    #[test]
    fn what_one_spends_another_cannot() {
        let mut spent = Spent::default();
        permits(&mut spent, &[0, 100, 200]);
        let text = serde_json::to_string(&spent).expect("plain data");
        let mut other: Spent = serde_json::from_str(&text).expect("what was just written");
        assert_eq!(permits(&mut other, &[300, 300, 300]), [true, true, false]);
        assert_eq!(other.state(11_050).used, 4);
    }

    #[test]
    fn a_pause_holds_everything_back() {
        let mut spent = Spent::default();
        let permit = spent.take(ME, 0).expect("a full budget");
        spent.throttled(permit, Duration::from_secs(30), 100);
        spent.throttled(permit, Duration::from_secs(20), 200);
        assert_eq!(wait(spent.take(ME, 1_000)), Some(29_100));
        assert!(spent.take(ME, 30_100).is_ok());
    }

    #[test]
    fn a_pause_that_is_too_long_is_told_at_once_and_a_person_may_cut_it_short() {
        let (hour, day) = (3_600_000, Duration::from_secs(86_400));
        let mut spent = Spent::default();
        let permit = spent.take(ME, 0).expect("a full budget");
        spent.throttled(permit, day, 100);
        let closed = Err(Denied::Closed(Closed { until: 86_400_100 }));
        assert_eq!((spent.take(ME, 200), spent.take(ME, 23 * hour)), (closed, closed));
        assert!(!spent.is_over(23 * hour) && spent.is_over(25 * hour));
        assert!(spent.clone().take(ME, 86_400_100).is_ok());
        spent.insist();
        let permit = spent.take(ME, 23 * hour).expect("somebody wants it");
        // Graph means it.
        spent.throttled(permit, day, 23 * hour + 100);
        assert_eq!(spent.take(ME, 24 * hour), Err(Denied::Closed(Closed { until: 47 * hour + 100 })));
        spent.throttled(permit, Duration::MAX, 24 * hour);
        assert!(matches!(spent.take(ME, Millis::MAX / 2), Err(Denied::Closed(_))));
    }

    #[test]
    fn a_clock_that_is_set_back_neither_blocks_nor_lets_more_through() {
        let hour = 3_600_000;
        let mut spent = Spent::default();
        permits(&mut spent, &[9 * hour; 5]);
        assert_eq!(wait(spent.take(ME, 9 * hour + 4_000)), Some(7_001));
        assert_eq!(wait(spent.take(ME, hour)), Some(7_001), "no time has passed");
        assert!(spent.take(ME, hour + 7_001).is_ok());

        let mut spent = refused(3);
        let others = spent.state(hour).others;
        assert_eq!(others, None, "an hour later all is well");
        assert_eq!((wait(spent.take(ME, 1_000)), wait(spent.take(ME, 0))), (Some(10_001), Some(10_500)));
        // Tabs do not read the same clock to the millisecond.
        let mut spent = Spent::default();
        permits(&mut spent, &[9 * hour; 5]);
        assert_eq!(wait(spent.take(ME, 9 * hour - 10)), Some(10_011));
        assert_eq!(wait(spent.take(ME, 9 * hour)), Some(10_001));
    }

    #[test]
    fn a_refusal_within_the_limit_is_somebody_elses_doing() {
        assert_eq!(Spent::default().state(0).others, None);
        let others = refused(4).state(600).others.expect("four are within the limit");
        assert_eq!((others.left, others.until), (3, 10_500 + SHARE_HOLD_FIRST.as_millis() as Millis));
        assert_eq!(refused(5).state(600).others, None, "the fifth may have come too late");
        let mut again = refused(5);
        let permit = again.take(ME, 12_000).expect("the pause is over");
        again.throttled(permit, Duration::ZERO, 12_100);
        assert!(again.state(12_100).others.is_some(), "but not twice");
    }

    #[test]
    fn refusals_of_one_burst_count_once() {
        let mut spent = Spent::default();
        let permits: Vec<Permit> = (0..5).map(|_| spent.take(ME, 0).expect("a full budget has five")).collect();
        for (number, now) in [(4, 300), (3, 310), (2, 900)] {
            spent.throttled(permits[number], Duration::from_secs(9), now);
        }
        assert_eq!(spent.state(1_000).others.map(|others| others.left), Some(2), "two were taken");
    }

    #[test]
    fn the_full_limit_comes_back_step_by_step() {
        let mut spent = refused(3);
        let (hold, step) = (SHARE_HOLD_FIRST.as_millis() as Millis, SHARE_STEP_PAUSE.as_millis() as Millis);
        let left = |spent: &Spent, now| spent.state(now).others.map(|others| others.left);
        let resume = 10_500 + hold;
        assert_eq!((left(&spent, resume - 1), left(&spent, resume)), (Some(2), Some(3)));
        assert_eq!((left(&spent, resume + 2 * step), left(&spent, resume + 3 * step)), (Some(5), None));
        // A step that fails is taken back, and the next one waits longer.
        let permit = spent.take(ME, resume).expect("nobody asked for a while");
        spent.throttled(permit, Duration::ZERO, resume + 100);
        let others = spent.state(resume + 200).others.expect("refused again");
        assert_eq!((others.left, others.until), (1, resume + 100 + 2 * hold));
        assert!(!spent.is_over(resume + 200) && spent.is_over(resume + 100 + 2 * hold + 5 * step));
    }
}
