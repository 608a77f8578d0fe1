//! A load's time range in slices: which come next, where they are cut, and what is known of what is left.
//!
//! A load begins with one slice, whose first page shows how dense rows are; the service may count them as well. While requests are
//! free, the slice with the most left is cut ahead of where it has come, and its older part is loaded at the same time. A slice
//! that the service is too slow for is halved.

use super::{
    slice::{KeptSlice, Progress, Slice},
    volume::Estimate,
};
use crate::{
    graph::Bounds,
    limits::{COUNT_ERROR_MAX, LATE_ROWS, RETENTION, RETENTIONS, SLICE_MIN, SLICE_PAGES_MAX, SLICE_PAGES_MIN},
    ports::Millis,
    protocol::{GraphError, Left, SliceState, SliceStatus, Volume, WaitReason},
};

/// The slices of one load, newest first, without gaps.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    slices: Vec<Slice>,
    /// When the load was asked for.
    asked_at: Millis,
    /// Rows of a whole page.
    page_rows: f64,
    pages: u32,
    last_id: u32,
    /// How many rows there are when, as the service counts them.
    pub volume: Option<Volume>,
    /// False when rows come by other conditions than those they were counted by.
    pub is_volume_apt: bool,
}

impl Plan {
    /// Everything inside the bounds, but for what is loaded already.
    pub(super) fn new(bounds: Bounds, loaded: &[Bounds], segment: u32, asked_at: Millis, page_size: u32) -> Self {
        let mut plan = Self::of_slices(Vec::new(), asked_at, page_size);
        let mut open = Some(bounds);
        for part in loaded {
            let Some(rest) = open else { break };
            let Some(part) = both(*part, rest) else { continue };
            if high(part) < high(rest) {
                plan.add(Bounds { from: part.to, to: rest.to }, Progress::Waiting, segment);
            }
            plan.add(part, Progress::Loaded, segment);
            open = part.from.filter(|from| *from > low(rest)).map(|from| Bounds { from: rest.from, to: Some(from) });
        }
        if let Some(rest) = open {
            plan.add(rest, Progress::Waiting, segment);
        }
        plan
    }
    /// The slices that were saved; `None` when there are none.
    pub(super) fn of_kept(kept: Vec<KeptSlice>, asked_at: Millis, page_size: u32) -> Option<Self> {
        let slices: Vec<Slice> = (1..).zip(kept).map(|(id, kept)| Slice::of_kept(id, kept)).collect();
        (!slices.is_empty()).then(|| Self::of_slices(slices, asked_at, page_size))
    }
    fn of_slices(slices: Vec<Slice>, asked_at: Millis, page_size: u32) -> Self {
        let last_id = slices.last().map_or(0, |slice| slice.id);
        let page_rows = f64::from(page_size);
        Self { slices, asked_at, page_rows, pages: 0, last_id, volume: None, is_volume_apt: true }
    }
    pub(super) fn kept(&self) -> Vec<KeptSlice> {
        self.slices.iter().map(Slice::kept).collect()
    }
    pub(super) fn asked_at(&self) -> Millis {
        self.asked_at
    }
    /// First and last instant that there may be rows of.
    pub(super) fn bounds(&self) -> (Millis, Millis) {
        let oldest = self.slices.last().map_or(self.asked_at, |slice| self.bottom(slice));
        let newest = self.slices.first().and_then(|slice| slice.bounds.to).unwrap_or(self.asked_at);
        (oldest, newest.min(self.asked_at).max(oldest))
    }
    /// What is loaded for good, newest first. Rows of the last hours before the load may have come late. When that was, the
    /// newest row bears witness to: the machine's clock may be ahead by hours.
    pub(super) fn loaded(&self, newest_row: Option<Millis>) -> Vec<Bounds> {
        let Some(newest) = newest_row else { return Vec::new() };
        let settled = Bounds { from: None, to: Some(newest.min(self.asked_at) - LATE_ROWS.as_millis() as Millis) };
        // The last row's millisecond may have more rows, because Graph's times are finer than ours.
        let is_last = |at: Millis| self.slices.iter().any(|slice| slice.last == Some(at));
        let whole = |at: Millis| at.saturating_add(Millis::from(is_last(at)));
        let of = |status: SliceStatus| Bounds { from: status.from.map(whole), to: status.to };
        let loaded = self.status(false).into_iter().filter(|status| status.state == SliceState::Loaded).map(of);
        loaded.filter_map(|part| both(part, settled)).collect()
    }
    /// True when something was loaded from the beginning.
    pub(super) fn has_loaded(&self) -> bool {
        self.slices.iter().any(|slice| slice.progress == Progress::Loaded)
    }
    fn add(&mut self, bounds: Bounds, progress: Progress, segment: u32) -> u32 {
        self.last_id += 1;
        self.slices.push(Slice::new(self.last_id, bounds, progress, segment));
        self.last_id
    }

    pub(super) fn get(&self, id: u32) -> &Slice {
        self.slices.iter().find(|slice| slice.id == id).expect("slices are cut, never removed")
    }
    pub(super) fn get_mut(&mut self, id: u32) -> &mut Slice {
        self.slices.iter_mut().find(|slice| slice.id == id).expect("slices are cut, never removed")
    }
    /// The newest slice.
    pub(super) fn first(&self) -> u32 {
        self.slices[0].id
    }
    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = &mut Slice> {
        self.slices.iter_mut()
    }
    /// Why slices failed, newest first.
    pub(super) fn failed(&self) -> impl Iterator<Item = &GraphError> {
        self.slices.iter().filter_map(|slice| match &slice.progress {
            Progress::Failed(error) => Some(error),
            _ => None,
        })
    }
    /// Slices that failed, as far as what is missing of them lies within these bounds.
    pub(super) fn failed_within(&mut self, bounds: Bounds) -> impl Iterator<Item = &mut Slice> {
        self.slices.iter_mut().filter(move |slice| {
            let missing = Bounds { from: slice.bounds.from, to: slice.position() };
            let is_within = low(bounds) <= low(missing) && high(missing) <= high(bounds);
            is_within && matches!(slice.progress, Progress::Failed(_))
        })
    }
    /// Up to where everything is there; `None` when there is nothing yet, or nothing is missing.
    pub(super) fn gap(&self) -> Option<Millis> {
        let is_there = |slice: &&Slice| matches!(slice.progress, Progress::Loaded | Progress::OutsideRetention);
        self.slices.iter().find(|slice| !is_there(slice)).and_then(Slice::position)
    }
    /// Until when the load waits, and why; `None` while something is asked for. Graph's wish for a pause is meant for all requests.
    pub(super) fn pause(&self) -> Option<(Millis, WaitReason)> {
        let running = || self.slices.iter().filter(|slice| slice.progress == Progress::Running);
        let throttled = running().filter_map(|slice| slice.pause).find(|(_, reason)| *reason == WaitReason::Throttled);
        throttled.or_else(|| {
            let pauses: Option<Vec<_>> = running().map(|slice| slice.pause).collect();
            pauses?.into_iter().min_by_key(|(until, _)| *until)
        })
    }
    pub(super) fn count_page(&mut self) {
        self.pages += 1;
    }

    /// Starts a slice: the newest that waits, or else the older part of the one with the most left, if that is worth a request.
    pub(super) fn start_next(&mut self, segment: impl FnOnce() -> u32) -> Option<u32> {
        // Whether the service answers at all, one request is enough to find out.
        if self.pages == 0 && self.slices.iter().any(|slice| slice.progress == Progress::Running) {
            return None;
        }
        let waiting = self.slices.iter().find(|slice| slice.progress == Progress::Waiting).map(|slice| slice.id);
        let id = waiting.or_else(|| self.split(segment))?;
        self.get_mut(id).progress = Progress::Running;
        Some(id)
    }
    /// Each slice costs a request for a page that is not full, so that there are not more than one for so many pages.
    fn split(&mut self, segment: impl FnOnce() -> u32) -> Option<u32> {
        if self.slices.len() as u32 > self.pages.div_ceil(SLICE_PAGES_MIN) {
            return None;
        }
        let estimate = self.estimate()?;
        let running = self.slices.iter().filter(|slice| slice.progress == Progress::Running);
        let (most, id) = running
            .map(|slice| (self.open_rows(slice, estimate) / self.page_rows, slice.id))
            .max_by(|(left, _), (right, _)| left.total_cmp(right))?;
        if most < f64::from(2 * SLICE_PAGES_MIN) {
            return None;
        }
        let ahead = (most / 2.0).min(f64::from(SLICE_PAGES_MAX));
        let slice = self.get(id);
        let at = estimate.back(self.bottom(slice), self.top(slice), ahead * self.page_rows);
        self.cut(id, at, Progress::Waiting, segment())
    }
    /// Cuts a slice; the older part becomes one of its own.
    fn cut(&mut self, id: u32, at: Millis, progress: Progress, segment: u32) -> Option<u32> {
        let index = self.slices.iter().position(|slice| slice.id == id)?;
        let Bounds { from, to } = self.slices[index].bounds;
        if from.is_some_and(|from| at <= from) || at >= self.top(&self.slices[index]) {
            return None;
        }
        self.slices[index].bounds = Bounds { from: Some(at), to };
        let older = self.add(Bounds { from, to: Some(at) }, progress, segment);
        let slice = self.slices.pop()?;
        self.slices.insert(index + 1, slice);
        Some(older)
    }
    /// Leaves the older half of what is left of a slice for later; false when it is too short for that.
    pub(super) fn halve(&mut self, id: u32, segment: u32) -> bool {
        let slice = self.get(id);
        let (top, open) = (self.top(slice), self.open_millis(slice));
        open >= 2 * SLICE_MIN.as_millis() as Millis
            && self.cut(id, top - open / 2, Progress::Waiting, segment).is_some()
    }
    /// The service refused what a slice asks for. Leaves out what is older than the longest retention that is shorter; false when
    /// the slice is within all of them.
    pub(super) fn clamp(&mut self, id: u32, segment: u32) -> bool {
        // Without a bound nothing was too old.
        let Some(from) = self.get(id).bounds.from else { return false };
        let starts = RETENTIONS.iter().map(|retention| self.asked_at - retention.as_millis() as Millis);
        let Some(start) = starts.filter(|start| *start > from).min() else { return false };
        if self.cut(id, start, Progress::OutsideRetention, segment).is_none() {
            self.get_mut(id).progress = Progress::OutsideRetention;
        }
        true
    }
    /// What was taken for too old was refused for another reason.
    pub(super) fn unclamp(&mut self) {
        for slice in &mut self.slices {
            if slice.progress == Progress::OutsideRetention {
                slice.progress = Progress::Waiting;
            }
        }
    }

    /// The newest instant of what is not loaded.
    fn top(&self, slice: &Slice) -> Millis {
        slice.position().unwrap_or(self.asked_at).min(self.asked_at)
    }
    /// The oldest instant that there may be rows of.
    fn bottom(&self, slice: &Slice) -> Millis {
        slice.bounds.from.unwrap_or_else(|| self.asked_at - RETENTION.as_millis() as Millis)
    }
    fn open_millis(&self, slice: &Slice) -> Millis {
        match slice.progress {
            Progress::Loaded | Progress::OutsideRetention => 0,
            Progress::Waiting | Progress::Running | Progress::Failed(_) => {
                (self.top(slice) - self.bottom(slice)).max(0)
            }
        }
    }
    /// Rows that a slice may still have.
    fn open_rows(&self, slice: &Slice, estimate: Estimate<'_>) -> f64 {
        if self.open_millis(slice) > 0 { estimate.rows(self.bottom(slice), self.top(slice)) } else { 0.0 }
    }
    /// What is known of how many rows there are when; `None` before any has come.
    fn estimate(&self) -> Option<Estimate<'_>> {
        let seen: Vec<(Millis, Millis, f64)> = self.seen().collect();
        let (rows, millis) =
            seen.iter().fold((0.0, 0), |(rows, millis), (from, to, more)| (rows + more, millis + (to - from)));
        let density = (millis > 0).then(|| rows / millis as f64)?;
        let volume = self.volume.as_ref().filter(|volume| self.is_volume_apt && agrees(volume, &seen));
        Some(Estimate { density, volume })
    }
    /// The times that rows have come of, and how many.
    fn seen(&self) -> impl Iterator<Item = (Millis, Millis, f64)> {
        self.slices.iter().filter(|slice| slice.rows > 0).map(|slice| {
            let newest = slice.bounds.to.unwrap_or(self.asked_at).min(self.asked_at);
            let oldest = match slice.progress {
                Progress::Loaded => slice.bounds.from.or(slice.last),
                _ => slice.last.map(|last| last.max(low(slice.bounds))),
            };
            (oldest.unwrap_or(newest).min(newest), newest, slice.rows as f64)
        })
    }

    /// What is left, if that can be told.
    pub(super) fn left(&self) -> Option<Left> {
        let estimate = self.estimate()?;
        let open: Vec<&Slice> = self.slices.iter().filter(|slice| self.open_millis(slice) > 0).collect();
        let rows = |slice: &&Slice| self.open_rows(slice, estimate);
        // The last page of a slice is not full.
        let pages = |slice: &&Slice| (rows(slice) / self.page_rows).ceil().max(1.0);
        let counted = |slice: &&Slice| estimate.counted_millis(self.bottom(slice), self.top(slice));
        let open_millis: Millis = open.iter().map(|slice| self.open_millis(slice)).sum();
        Some(Left {
            requests: open.iter().map(pages).sum::<f64>() as u32,
            rows: open.iter().map(rows).sum::<f64>() as u32,
            is_counted: open.iter().map(counted).sum::<Millis>() as f64 >= 0.9 * open_millis as f64,
            is_range_known: open.iter().all(|slice| slice.bounds.from.is_some()),
        })
    }
    /// The slices as they are shown, newest first; parts of one state that meet are one.
    pub(super) fn status(&self, is_under_way: bool) -> Vec<SliceStatus> {
        let mut shown: Vec<SliceStatus> = Vec::new();
        for part in self.slices.iter().flat_map(|slice| slice.status(is_under_way)) {
            match shown.last_mut() {
                Some(newer) if newer.state == part.state && part.state != SliceState::Loading => newer.from = part.from,
                _ => shown.push(part),
            }
        }
        shown
    }
}

/// False when far more or fewer rows came than were counted. Within a day there are busy and quiet hours, so that less than a
/// window says nothing.
fn agrees(volume: &Volume, seen: &[(Millis, Millis, f64)]) -> bool {
    let counts = Estimate { density: 0.0, volume: Some(volume) };
    let (mut millis, mut came, mut counted) = (0, 0.0, 0.0);
    for (from, to, rows) in seen {
        let covered = counts.counted_millis(*from, *to);
        millis += covered;
        came += rows * covered as f64 / (to - from).max(1) as f64;
        counted += counts.rows(*from, *to);
    }
    millis < volume.window_millis || (came <= counted * COUNT_ERROR_MAX && counted <= came * COUNT_ERROR_MAX)
}

fn low(bounds: Bounds) -> Millis {
    bounds.from.unwrap_or(Millis::MIN)
}

fn high(bounds: Bounds) -> Millis {
    bounds.to.unwrap_or(Millis::MAX)
}

/// What is in both; `None` when that is an instant or less.
fn both(left: Bounds, right: Bounds) -> Option<Bounds> {
    let (from, to) = (low(left).max(low(right)), high(left).min(high(right)));
    (from < to).then(|| Bounds {
        from: Some(from).filter(|from| *from > Millis::MIN),
        to: Some(to).filter(|to| *to < Millis::MAX),
    })
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select};

    use super::{super::volume::Tally, *};
    use crate::{
        graph::Window,
        limits::{COUNT_MAX, WINDOWS_MAX},
    };

    const HOUR: Millis = 3_600_000;
    const DAY: Millis = 24 * HOUR;
    /// When every load of these tests is asked for.
    const NOW: Millis = 1_000 * DAY;

    fn days(from: Option<i64>, to: Option<i64>) -> Bounds {
        Bounds { from: from.map(|days| NOW + days * DAY), to: to.map(|days| NOW + days * DAY) }
    }

    fn plan(bounds: Bounds, loaded: &[Bounds]) -> Plan {
        Plan::new(bounds, loaded, 1, NOW, 1_000)
    }

    /// The slices in days from now: `-3..-1 loaded`.
    fn shown(plan: &Plan) -> Vec<String> {
        let day = |at: Option<Millis>| at.map_or(String::new(), |at| format!("{}", (at - NOW) as f64 / DAY as f64));
        plan.status(true)
            .iter()
            .map(|part| {
                let state = match &part.state {
                    SliceState::Loaded => "loaded",
                    SliceState::Loading => "loading",
                    SliceState::Waiting => "waiting",
                    SliceState::Failed(_) => "failed",
                    SliceState::OutsideRetention => "too old",
                };
                format!("{}..{} {state}", day(part.from), day(part.to))
            })
            .collect()
    }

    /// A page with so many rows came, the last of them so many days ago.
    fn page(plan: &mut Plan, id: u32, rows: u64, last: f64) {
        plan.count_page();
        let slice = plan.get_mut(id);
        slice.rows += rows;
        slice.last = Some(NOW + (last * DAY as f64) as Millis);
    }

    #[test]
    fn what_is_loaded_is_not_asked_for_again() {
        let check = |bounds, loaded: &[Bounds], expected: &[&str]| assert_eq!(shown(&plan(bounds, loaded)), expected);
        let all = days(None, None);
        check(all, &[], &[".. waiting"]);
        check(all, &[days(None, Some(-1))], &["-1.. waiting", "..-1 loaded"]);
        check(days(Some(-7), None), &[days(None, Some(-1))], &["-1.. waiting", "-7..-1 loaded"]);
        check(
            days(Some(-30), None),
            &[days(Some(-3), Some(-1)), days(Some(-9), Some(-5))],
            &["-1.. waiting", "-3..-1 loaded", "-5..-3 waiting", "-9..-5 loaded", "-30..-9 waiting"],
        );
        check(days(Some(-6), Some(-2)), &[days(Some(-7), Some(-1))], &["-6..-2 loaded"]);
        check(days(Some(-6), Some(-2)), &[days(Some(-1), Some(-0)), days(Some(-9), Some(-8))], &["-6..-2 waiting"]);
    }

    #[test]
    fn rows_of_the_last_hours_are_asked_for_again() {
        let mut plan = plan(days(Some(-2), None), &[]);
        let id = plan.start_next(|| 2).expect("it waits");
        page(&mut plan, id, 1_000, -1.5);
        assert_eq!(shown(&plan), ["-1.5.. loaded", "-2..-1.5 loading"]);
        let settled = NOW - LATE_ROWS.as_millis() as Millis;
        assert_eq!(plan.loaded(Some(NOW)), [Bounds { from: Some(NOW - 36 * HOUR + 1), to: Some(settled) }]);
        plan.get_mut(id).progress = Progress::Loaded;
        assert_eq!(plan.loaded(Some(NOW)), [Bounds { from: Some(NOW - 2 * DAY), to: Some(settled) }]);
        // A clock that was five hours ahead did not see what came in these hours.
        let to = Some(settled - 5 * HOUR);
        assert_eq!(plan.loaded(Some(NOW - 5 * HOUR)), [Bounds { from: Some(NOW - 2 * DAY), to }]);
        assert_eq!(plan.loaded(Some(NOW + 5 * HOUR)), [Bounds { from: Some(NOW - 2 * DAY), to: Some(settled) }]);
        assert_eq!(plan.loaded(None), []);
    }

    #[test]
    fn a_dense_range_is_cut_ahead_of_where_the_load_is() {
        let mut plan = plan(days(Some(-30), None), &[]);
        let first = plan.start_next(|| 2).expect("it waits");
        assert_eq!(plan.start_next(|| 2), None, "nothing is known before the first page");
        // Two pages a day, 60 in all.
        page(&mut plan, first, 1_000, -0.5);
        let second = plan.start_next(|| 2).expect("it is worth a request");
        assert_eq!(shown(&plan), ["-0.5.. loaded", "-8.5..-0.5 loading", "-30..-8.5 loading"]);
        assert_eq!(plan.get(second).segment, 2);
        assert_eq!(plan.start_next(|| 3), None, "one slice for eight pages");
        for number in 2..=9 {
            page(&mut plan, first, 1_000, f64::from(number) * -0.5);
        }
        let third = plan.start_next(|| 3).expect("there is more than enough left");
        assert!(plan.get(third).bounds.to > Some(NOW - 20 * DAY), "{:?}", shown(&plan));
        let left = plan.left().expect("rows have been seen");
        assert!((50..=55).contains(&left.requests) && left.is_range_known, "{left:?}");
    }

    #[test]
    fn a_short_range_is_left_in_one_piece() {
        let mut plan = plan(days(Some(-1), None), &[]);
        let first = plan.start_next(|| 2).expect("it waits");
        page(&mut plan, first, 1_000, -0.1);
        assert_eq!(plan.start_next(|| 2), None, "ten pages");
        // So old that nothing can follow.
        page(&mut plan, first, 1, -1.0);
        assert_eq!(plan.start_next(|| 2), None);
    }

    #[test]
    fn a_slow_slice_is_halved_down_to_a_quarter_of_an_hour() {
        let mut plan = plan(days(None, None), &[]);
        let id = plan.start_next(|| 2).expect("it waits");
        assert!(plan.halve(id, 3));
        assert_eq!(shown(&plan), ["-15.. loading", "..-15 waiting"]);
        let mut halvings = 1;
        while plan.halve(id, 3) {
            halvings += 1;
        }
        assert_eq!(halvings, 11);
        let length = NOW - plan.get(id).bounds.from.expect("it was cut");
        assert!(length >= SLICE_MIN.as_millis() as Millis && length < 2 * SLICE_MIN.as_millis() as Millis);
        plan.get_mut(id).progress = Progress::Loaded;
        let next = plan.start_next(|| 4).expect("the newest half is next");
        assert_eq!(plan.get(next).bounds.to, plan.get(id).bounds.from);
    }

    #[test]
    fn a_refused_slice_leaves_out_what_may_be_too_old() {
        let mut plan = plan(days(Some(-400), None), &[]);
        let id = plan.start_next(|| 2).expect("it waits");
        assert!(plan.clamp(id, 3));
        assert_eq!(shown(&plan), ["-90.. loading", "-400..-90 too old"]);
        assert!(plan.clamp(id, 3) && plan.clamp(id, 3));
        assert_eq!(shown(&plan), ["-7.. loading", "-400..-7 too old"]);
        assert!(!plan.clamp(id, 3), "a week is kept everywhere");
        plan.unclamp();
        assert_eq!(shown(&plan), ["-7.. loading", "-400..-7 waiting"]);
        let mut old = self::plan(days(Some(-400), Some(-300)), &[]);
        let id = old.start_next(|| 2).expect("it waits");
        assert!(old.clamp(id, 3));
        assert_eq!((shown(&old), old.start_next(|| 3)), (vec!["-400..-300 too old".to_owned()], None));
    }

    /// So many rows on each of the last days, today first.
    fn volume(rows: &[u64]) -> Option<Volume> {
        let mut tally = Tally::new(Window::Day, NOW);
        // The day that begins just now has none.
        tally.add((1..).zip(rows).map(|(days, rows)| (NOW - days * DAY, *rows)));
        tally.volume(Bounds::default(), true)
    }

    /// Slices in days and pages of a plan that is cut until every chain is busy and no page comes any more.
    fn cuts(plan: &mut Plan) -> Vec<String> {
        // As if many pages had come: what is looked at here is where it is cut.
        plan.pages = 1_000;
        while plan.start_next(|| 2).is_some() {}
        shown(plan)
    }

    #[test]
    fn counts_say_where_a_slice_is_cut() {
        // A weekend before today, with hardly any rows.
        let rows = [8_000, 100, 100, 20_000, 20_000, 20_000, 20_000, 8_000, 100, 100];
        let mut counted = plan(days(Some(-10), None), &[]);
        let id = counted.start_next(|| 2).expect("it waits");
        page(&mut counted, id, 1_000, -0.125);
        let seen = counted.left().expect("rows have been seen");
        counted.volume = volume(&rows);
        let left = counted.left().expect("rows have been seen");
        assert_eq!((seen.rows, seen.is_counted), (79_000, false));
        assert_eq!((left.rows, left.requests, left.is_counted), (95_400, 96, true));
        // Sixteen pages from where it has come: the rest of today, the weekend, and a part of Friday.
        let cut = counted.start_next(|| 2).expect("there is much left");
        let at = (NOW - counted.get(cut).bounds.to.expect("it was cut")) as f64 / DAY as f64;
        assert!((at - 3.44).abs() < 0.01, "{at}");
        let ends: Vec<Millis> = counted.slices.iter().filter_map(|slice| slice.bounds.from).collect();
        assert_eq!(ends.len(), 2, "{ends:?}");
        // Every slice but the last has what it should.
        cuts(&mut counted);
        let estimate = counted.estimate().expect("rows have been seen");
        let (last, others) = counted.slices.split_last().expect("there are slices");
        for slice in others {
            let pages = counted.open_rows(slice, estimate) / 1_000.0;
            assert!((7.9..=16.1).contains(&pages), "{pages} pages in {:?}", slice.bounds);
        }
        assert!(counted.open_rows(last, estimate) < 16_000.0);
    }

    #[test]
    fn counts_that_rows_belie_are_worth_nothing() {
        let with = |rows: u64, came: u64| {
            let mut plan = plan(days(Some(-10), None), &[]);
            let id = plan.start_next(|| 2).expect("it waits");
            plan.volume = volume(&[rows; 10]);
            page(&mut plan, id, came, -2.0);
            plan.left().expect("rows have been seen")
        };
        assert_eq!(with(1_000, 2_000), Left { rows: 8_000, requests: 8, is_counted: true, is_range_known: true });
        assert!(with(3_000, 2_000).is_counted, "the service counts a little otherwise");
        for belied in [with(0, 2_000), with(200, 2_000), with(50_000, 2_000), with(COUNT_MAX, 2_000)] {
            assert_eq!(belied, Left { rows: 8_000, requests: 8, is_counted: false, is_range_known: true });
        }
        let mut other = plan(days(Some(-10), None), &[]);
        let id = other.start_next(|| 2).expect("it waits");
        (other.volume, other.is_volume_apt) = (volume(&[5_000; 10]), false);
        page(&mut other, id, 2_000, -0.5);
        assert!(!other.left().expect("rows have been seen").is_counted, "other rows were counted");
    }

    /// Counts as nobody should send them: for any time, any number, overlapping.
    fn counts() -> impl Strategy<Value = Vec<(Millis, u64)>> {
        let at = prop_oneof![NOW - 40 * DAY..NOW + 10 * DAY, any::<Millis>()];
        let rows = prop_oneof![select(vec![0, 1, COUNT_MAX, COUNT_MAX + 1, u64::MAX]), 0..100_000_u64];
        vec((at, rows), 0..60)
    }

    proptest! {
        #[test]
        fn whatever_is_counted_the_slices_cover_the_range(
            counts in counts(),
            window in select(vec![Window::Hour, Window::SixHours, Window::Day]),
            range in select(vec![(None, None), (Some(-30), None), (Some(-30), Some(-2)), (Some(-1), None)]),
            is_whole in any::<bool>(),
            pages in vec((0..5_000_u64, 0.0..1.0_f64), 0..40),
        ) {
            let bounds = days(range.0, range.1);
            let mut plan = plan(bounds, &[]);
            let mut tally = Tally::new(window, NOW);
            tally.add(counts);
            plan.volume = tally.volume(bounds, is_whole);
            prop_assert!(plan.volume.as_ref().is_none_or(|volume| volume.counts.len() <= WINDOWS_MAX));
            for (rows, share) in pages {
                while plan.start_next(|| 2).is_some() {}
                // A page comes to the slice with the most left, which goes on by this share of it.
                let running = plan.slices.iter().filter(|slice| slice.progress == Progress::Running);
                let Some(slice) = running.max_by_key(|slice| plan.open_millis(slice)) else { break };
                let (id, top, open) = (slice.id, plan.top(slice), plan.open_millis(slice));
                plan.count_page();
                let slice = plan.get_mut(id);
                slice.rows += rows;
                slice.last = Some(top - (open as f64 * share) as Millis);
                let left = plan.left();
                prop_assert!(left.is_none_or(|left| left.requests >= 1));
            }
            let mut ends = plan.slices.iter().map(|slice| (slice.bounds.from, slice.bounds.to));
            let (mut from, to) = ends.next().expect("a plan has a slice");
            prop_assert_eq!(to, bounds.to);
            for (older, newer) in ends {
                prop_assert!(newer.is_some() && newer == from, "{:?} follows {:?}", newer, from);
                prop_assert!(older.is_none_or(|older| newer.is_some_and(|newer| older < newer)));
                from = older;
            }
            prop_assert_eq!(from, bounds.from);
        }
    }
}
