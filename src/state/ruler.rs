//! The parts of a load's time range on one axis, and what is left in words.

use engine::{
    limits::RETENTION,
    ports::Millis,
    protocol::{Left, LoadStatus, Phase, SliceState},
};

/// A load's time range with its parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruler {
    /// Where the axis begins.
    pub from: Millis,
    /// Where it ends; `None` for the present.
    pub to: Option<Millis>,
    /// The parts, newest first.
    pub parts: Vec<Part>,
}

/// A part on the axis, in thousandths of its length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// Where it begins.
    pub start: f64,
    /// How long it is.
    pub length: f64,
    /// How it looks.
    pub look: Look,
}

/// How a part looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Everything in it is there.
    Loaded,
    /// It is being loaded.
    Moving,
    /// It is not there yet.
    Waiting,
    /// It failed.
    Failed,
}

/// Shortest part that is still seen, in thousandths.
const LENGTH_MIN: f64 = 2.0;

impl Ruler {
    /// The ruler of a load; `None` before it has parts.
    pub fn of(status: &LoadStatus, now: Millis) -> Option<Self> {
        let to = status.slices.first()?.to;
        let end = to.unwrap_or(now);
        let oldest = status.slices.last()?.from;
        let from = oldest.unwrap_or_else(|| match (&status.phase, status.reached) {
            (Phase::Complete, Some(reached)) => reached,
            (_, reached) => reached.unwrap_or(end).min(end - RETENTION.as_millis() as Millis),
        });
        let length = (end - from).max(1) as f64;
        let place = |at: Millis| ((at.clamp(from, end) - from) as f64 / length * 1_000.0).clamp(0.0, 1_000.0);
        let parts = status.slices.iter().filter_map(|slice| {
            let look = match slice.state {
                SliceState::Loaded => Look::Loaded,
                SliceState::Loading => Look::Moving,
                SliceState::Waiting => Look::Waiting,
                SliceState::Failed(_) => Look::Failed,
                SliceState::OutsideRetention => return None,
            };
            let (start, end) = (slice.from.map_or(0.0, place), slice.to.map_or(1_000.0, place));
            Some(Part { start: start.min(1_000.0 - LENGTH_MIN), length: (end - start).max(LENGTH_MIN), look })
        });
        Some(Self { from, to, parts: parts.collect() })
    }
}

/// Seconds that what is left takes at the pace of the budget, as far as others leave it; `None` where there is none, or nothing is known.
pub fn seconds_left(status: &LoadStatus) -> Option<u32> {
    let (Left { requests, .. }, budget) = (status.left?, status.budget?);
    let pace = budget.others.map_or(budget.limit, |others| others.left).max(1);
    let seconds = (u64::from(requests) * u64::from(budget.window_secs)).div_ceil(u64::from(pace));
    status.phase.is_under_way().then_some(seconds as u32)
}

#[cfg(test)]
mod tests {
    use engine::{
        ports::{BudgetState, Others},
        protocol::{GraphError, GraphErrorDetail, LoadKey, Scope, SliceStatus},
        reports,
    };

    use super::*;

    const DAY: Millis = 86_400_000;
    const NOW: Millis = 20_000 * DAY;

    fn status(slices: &[(Option<i64>, Option<i64>, SliceState)]) -> LoadStatus {
        let report = reports::ALL[0];
        let key = LoadKey { report: report.id, fetch: report.fetches[0].id.to_owned() };
        let at = |days: Option<i64>| days.map(|days| NOW - days * DAY);
        let slices =
            slices.iter().map(|(from, to, state)| SliceStatus { from: at(*from), to: at(*to), state: state.clone() });
        LoadStatus { slices: slices.collect(), ..LoadStatus::new(key, Scope::default()) }
    }

    fn looks(ruler: &Ruler) -> Vec<(u32, u32, Look)> {
        ruler.parts.iter().map(|part| (part.start.round() as u32, part.length.round() as u32, part.look)).collect()
    }

    #[test]
    fn parts_stand_where_they_are_in_time() {
        let failed = SliceState::Failed(GraphError::Unavailable(GraphErrorDetail::default()));
        let status = status(&[
            (Some(2), None, SliceState::Loaded),
            (Some(4), Some(2), SliceState::Loading),
            (Some(5), Some(4), failed),
            (Some(8), Some(5), SliceState::Waiting),
            (Some(10), Some(8), SliceState::OutsideRetention),
        ]);
        let ruler = Ruler::of(&status, NOW).expect("it has parts");
        assert_eq!((ruler.from, ruler.to), (NOW - 10 * DAY, None));
        let expected =
            [(800, 200, Look::Loaded), (600, 200, Look::Moving), (500, 100, Look::Failed), (200, 300, Look::Waiting)];
        assert_eq!(looks(&ruler), expected);
    }

    #[test]
    fn without_a_first_instant_the_axis_begins_where_rows_do() {
        let mut status = status(&[(Some(3), None, SliceState::Loaded), (None, Some(3), SliceState::Loading)]);
        status.reached = Some(NOW - 3 * DAY);
        let ruler = Ruler::of(&status, NOW).expect("it has parts");
        assert_eq!(looks(&ruler), [(900, 100, Look::Loaded), (0, 900, Look::Moving)]);
        status.slices = vec![SliceStatus { from: None, to: None, state: SliceState::Loaded }];
        status.phase = Phase::Complete;
        let ruler = Ruler::of(&status, NOW).expect("it has parts");
        assert_eq!((ruler.from, looks(&ruler)), (NOW - 3 * DAY, vec![(0, 1_000, Look::Loaded)]));
        status.slices.clear();
        assert_eq!(Ruler::of(&status, NOW), None);
    }

    #[test]
    fn a_part_of_a_moment_is_still_seen() {
        let status = status(&[(Some(0), None, SliceState::Loading), (Some(30), Some(0), SliceState::Loaded)]);
        let ruler = Ruler::of(&status, NOW).expect("it has parts");
        assert_eq!(looks(&ruler)[0], (998, 2, Look::Moving));
    }

    #[test]
    fn what_is_left_takes_what_the_budget_gives() {
        let mut status = status(&[(Some(1), None, SliceState::Loading)]);
        assert_eq!(seconds_left(&status), None);
        status.left = Some(Left { rows: 6_500, requests: 7, is_counted: false, is_range_known: true });
        assert_eq!(seconds_left(&status), None, "without a limit nobody knows");
        status.budget = Some(BudgetState { used: 0, limit: 5, window_secs: 10, others: None });
        assert_eq!(seconds_left(&status), Some(14));
        status.budget =
            status.budget.map(|budget| BudgetState { others: Some(Others { left: 2, until: 0 }), ..budget });
        assert_eq!(seconds_left(&status), Some(35), "others take the rest");
        status.phase = Phase::Stopped;
        assert_eq!(seconds_left(&status), None);
    }
}
