//! Who goes next among those who share a limit: whoever had fewer permits of those who wait. Chance would decide otherwise, and a
//! tab whose timers go off a little later than another's would hardly get any.

use serde::{Deserialize, Serialize};

use crate::{limits::TURN_GRACE, ports::Millis};

const GRACE: Millis = TURN_GRACE.as_millis() as Millis;

/// One of those who share a limit, such as a tab; a random number.
pub type Member = u64;

/// Those who want permits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Turns(Vec<Turn>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Turn {
    member: Member,
    /// Permits since it is here; whoever comes begins with as many as the one with the fewest, so that nobody makes up for a time
    /// in which nothing was wanted.
    permits: u32,
    /// When it asks again; a moment later its turn is over.
    due: Millis,
}

impl Turns {
    /// A member wants a permit, of which so many are free.
    ///
    /// # Errors
    /// When all of them are for others; the instant says when to ask again.
    pub(super) fn ask(&mut self, member: Member, free: usize, now: Millis) -> Result<(), Millis> {
        self.0.retain(|turn| turn.member == member || turn.due + GRACE >= now);
        let permits = self.permits(member);
        let before: Vec<&Turn> = self.0.iter().filter(|turn| turn.member != member && turn.permits < permits).collect();
        let kept: u32 = before.iter().map(|turn| permits - turn.permits).sum();
        let last = before.iter().map(|turn| turn.due + GRACE + 1).min();
        match last.filter(|_| free <= kept as usize) {
            Some(at) => Err(at),
            None => {
                self.set(Turn { member, permits: permits + 1, due: now });
                Ok(())
            }
        }
    }
    /// A member wants a permit and comes back for it then.
    pub(super) fn wait(&mut self, member: Member, due: Millis) {
        self.set(Turn { member, permits: self.permits(member), due });
    }
    /// A member has given up.
    pub(super) fn leave(&mut self, member: Member) {
        self.0.retain(|turn| turn.member != member);
    }
    /// The clock was set back.
    pub(super) fn set_back(&mut self, by: Millis) {
        self.0.iter_mut().for_each(|turn| turn.due -= by);
    }

    fn permits(&self, member: Member) -> u32 {
        let own = self.0.iter().find(|turn| turn.member == member);
        let fewest = self.0.iter().map(|turn| turn.permits).min();
        own.map(|turn| turn.permits).or(fewest).unwrap_or(0)
    }
    fn set(&mut self, turn: Turn) {
        self.leave(turn.member);
        self.0.push(turn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two who wait for the same instant; each has had so many permits.
    fn two(first: u32, second: u32) -> Turns {
        let mut turns = Turns::default();
        turns.set(Turn { member: 1, permits: first, due: 1_000 });
        turns.set(Turn { member: 2, permits: second, due: 1_000 });
        turns
    }

    #[test]
    fn whoever_had_fewer_goes_first() {
        let mut turns = two(3, 2);
        let kept = Err(1_000 + GRACE + 1);
        assert_eq!(turns.ask(1, 1, 1_000), kept);
        assert_eq!(turns.ask(2, 1, 1_001), Ok(()));
        assert_eq!(turns.ask(1, 1, 1_002), Ok(()), "both had as many");
        // As many as the other is behind are kept for it, what is left is free.
        let mut turns = two(5, 3);
        assert_eq!(turns.ask(1, 2, 1_000), kept);
        assert_eq!(turns.ask(1, 3, 1_000), Ok(()));
        assert_eq!(turns.ask(1, 3, 1_000), Err(1_000 + GRACE + 1), "it is further ahead now");
    }

    #[test]
    fn whoever_does_not_come_in_time_or_leaves_holds_nobody_up() {
        let mut turns = two(3, 2);
        assert_eq!(turns.ask(1, 1, 1_000 + GRACE + 1), Ok(()));
        let mut turns = two(3, 2);
        turns.leave(2);
        assert_eq!(turns.ask(1, 1, 1_000), Ok(()));
        let mut turns = two(3, 2);
        turns.set_back(600);
        assert_eq!(turns.ask(1, 1, 400), Err(400 + GRACE + 1));
    }

    #[test]
    fn nobody_makes_up_for_a_time_in_which_nothing_was_wanted() {
        let mut turns = two(9, 9);
        turns.wait(3, 1_000);
        assert_eq!((turns.ask(3, 1, 1_000), turns.ask(1, 1, 1_000)), (Ok(()), Ok(())));
    }
}
