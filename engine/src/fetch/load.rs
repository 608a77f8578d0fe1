//! The state of one load: what was asked for, how far its slices have come, and what is to be shown of it.

use std::task::{Context, Poll, Waker};

use serde::{Deserialize, Serialize};

use super::{
    Shelf, Taken,
    plan::Plan,
    slice::{KeptSlice, Progress, Slice, Waits},
    volume::{Tally, within},
};
use crate::{
    filter::{Condition, NotTaken},
    graph::{Bounds, Window, list_url, summary_url},
    limits::{SLICES_FAILED_MAX, VOLUME_PAGES_MIN, WARNINGS_KEPT},
    ports::{Millis, Urgency},
    protocol::{GraphError, IngestWarning, LoadKey, LoadStatus, Phase, Scope, WaitReason},
    reports::ReportDefinition,
    store::Arrival,
};

/// One load. It outlives its requests, so that it can go on after it was stopped or failed.
#[derive(Debug)]
pub struct Load {
    pub(super) definition: &'static ReportDefinition,
    fetch: usize,
    pub(super) bounds: Bounds,
    /// The load's own number, the first of those of its slices' segments.
    serial: u32,
    plan: Plan,
    /// Slow answers to requests with conditions.
    slow_answers: u32,
    /// True when a record has a property that Graph leaves out without an optional scope.
    has_optional_detail: bool,
    counting: Counting,
    /// Its requests go before others' while somebody looks at it.
    urgency: Urgency,
    retried: Retried,
    status: LoadStatus,
}

/// Whether the service was asked how many rows there are when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counting {
    NotAsked,
    Asked,
    /// It does not say, and is not asked by later loads either.
    Refused,
}

/// Whether something was to be asked for again since whoever drives the load last looked, and whom to wake then.
#[derive(Debug, Default)]
struct Retried {
    is_due: bool,
    waker: Option<Waker>,
}

/// A load as it is saved together with its rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptLoad {
    bounds: Bounds,
    serial: u32,
    slices: Vec<KeptSlice>,
    asked_at: Millis,
    has_optional_detail: bool,
    status: LoadStatus,
}

impl KeptLoad {
    /// The fetch it is.
    pub(super) fn fetch(&self) -> &str {
        &self.status.key.fetch
    }
    /// The time range it shows.
    pub(super) fn bounds(&self) -> Bounds {
        self.bounds
    }
    /// What rows must meet to be shown.
    pub(super) fn conditions(&self) -> &[Condition] {
        &self.status.scope.conditions
    }
}

impl Load {
    /// A load that begins at the newest row. What `before`, the load that it takes the place of, has of the same is not asked
    /// for again, but for the last hours, whose rows may have come late.
    ///
    /// # Errors
    /// When Graph does not take the scope's conditions.
    pub fn new(
        key: LoadKey,
        fetch: usize,
        scope: Scope,
        before: Option<&Self>,
        shelf: &mut Shelf,
        graph: &str,
        now: Millis,
    ) -> Result<Self, NotTaken> {
        let definition = shelf.table().definition();
        let bounds = Bounds::of(scope.range, now);
        list_url(graph, definition, &definition.fetches[fetch], bounds, &scope.conditions)?;
        let serial = shelf.next_serial();
        let newest_row = shelf.newest(fetch);
        shelf.show_only(fetch, bounds, &scope.conditions);
        let counting = before.map(|before| before.counting).filter(|counting| *counting == Counting::Refused);
        let is_alike = |before: &&Self| before.conditions() == scope.conditions;
        let counted = before.filter(is_alike).and_then(|before| within(before.plan.volume.as_ref()?, bounds));
        let has_all = |before: &&Self| before.conditions().is_empty() || is_alike(before);
        let before = before.filter(has_all).map(|before| (before, before.plan.loaded(newest_row)));
        let loaded = before.as_ref().map_or(&[][..], |(_, loaded)| &loaded[..]);
        let mut plan = Plan::new(bounds, loaded, serial, now, definition.page_size);
        plan.volume = counted;
        // Rows that are kept are not new when they come again.
        let before = before.as_ref().filter(|_| plan.has_loaded()).map(|(before, _)| before);
        let reached = before.and_then(|before| before.status.reached.map(|at| at.max(bounds.from.unwrap_or(at))));
        let mut load = Self {
            definition,
            fetch,
            bounds,
            serial: before.map_or(serial, |before| before.serial),
            plan,
            slow_answers: 0,
            has_optional_detail: before.is_some_and(|before| before.has_optional_detail),
            counting: counting.unwrap_or(Counting::NotAsked),
            urgency: Urgency::default(),
            retried: Retried::default(),
            status: LoadStatus { reached, ..LoadStatus::new(key, scope) },
        };
        if before.is_some() {
            shelf.warnings(fetch).for_each(|warning| load.warn(warning));
        }
        Ok(load)
    }
    /// The load as it can be saved.
    pub fn kept(&self) -> KeptLoad {
        KeptLoad {
            bounds: self.bounds,
            serial: self.serial,
            slices: self.plan.kept(),
            asked_at: self.plan.asked_at(),
            has_optional_detail: self.has_optional_detail,
            status: LoadStatus { volume: self.plan.volume.clone(), ..self.status.clone() },
        }
    }
    /// A load that was saved; one that was under way was stopped by that. `None` when the report has no such fetch.
    pub fn of_kept(kept: KeptLoad, definition: &'static ReportDefinition) -> Option<Self> {
        let KeptLoad { bounds, serial, slices, asked_at, has_optional_detail, mut status } = kept;
        let fetch = definition.fetches.iter().position(|fetch| fetch.id == status.key.fetch)?;
        if status.phase.is_under_way() {
            status.phase = Phase::Stopped;
        }
        let mut plan = Plan::of_kept(slices, asked_at, definition.page_size)?;
        (plan.volume, plan.is_volume_apt) = (status.volume.take(), !status.is_filtered_here);
        let (counting, urgency) = (Counting::NotAsked, Urgency::default());
        let slow_answers = 0;
        Some(Self {
            definition,
            fetch,
            bounds,
            serial,
            plan,
            slow_answers,
            has_optional_detail,
            counting,
            urgency,
            retried: Retried::default(),
            status,
        })
    }
    /// What is loaded.
    pub fn key(&self) -> &LoadKey {
        &self.status.key
    }
    /// What was asked for.
    pub fn scope(&self) -> &Scope {
        &self.status.scope
    }
    /// Whether somebody looks at it.
    pub fn urgency(&self) -> &Urgency {
        &self.urgency
    }
    /// Where it stands.
    pub fn phase(&self) -> &Phase {
        &self.status.phase
    }
    /// Changes where it stands.
    pub fn set_phase(&mut self, phase: Phase) {
        self.status.phase = phase;
    }
    /// The state to show; `shelf` is the load's own.
    pub fn status(&self, shelf: &Shelf) -> LoadStatus {
        let is_under_way = self.status.phase.is_under_way();
        LoadStatus {
            revision: shelf.table().revision(),
            rows: shelf.table().order(self.fetch).len() as u32,
            filed_bytes: shelf.table().records_filed_bytes(),
            // Below a gap there may be rows of other slices.
            reached: self.status.reached.map(|oldest| self.plan.gap().map_or(oldest, |gap| gap.max(oldest))),
            slices: self.plan.status(is_under_way),
            left: self.plan.left().filter(|left| left.requests > 0),
            volume: self.plan.volume.clone(),
            ..self.status.clone()
        }
    }

    /// The newest slice.
    pub(super) fn first_slice(&self) -> u32 {
        self.plan.first()
    }
    /// Starts a slice; `None` when there is none to be started now.
    pub(super) fn start_next(&mut self, shelf: &mut Shelf) -> Option<u32> {
        self.plan.start_next(|| shelf.next_serial())
    }
    pub(super) fn slice(&mut self, id: u32) -> &mut Slice {
        self.plan.get_mut(id)
    }
    /// What the records of a slice that come now belong to.
    pub(super) fn arrival(&self, id: u32) -> Arrival {
        Arrival { fetch: self.fetch, segment: self.plan.get(id).segment, load: self.serial }
    }
    /// The next address of a slice, and whether it is a link that Graph gave.
    pub(super) fn url(&self, id: u32, graph: &str) -> (String, bool) {
        let slice = self.plan.get(id);
        if let Some(link) = slice.link() {
            return (link.to_owned(), true);
        }
        let conditions = if self.status.is_filtered_here { &[][..] } else { self.conditions() };
        let fetch = &self.definition.fetches[self.fetch];
        let url = list_url(graph, self.definition, fetch, slice.open_bounds(), conditions);
        (url.expect("the conditions were checked when the load was made"), false)
    }
    /// Where to ask how many rows there are when, and in which windows. That is done once, when a load has so much left that it
    /// is worth a request; `None` otherwise, and where the service does not count what is asked for.
    pub(super) fn begin_counting(&mut self, graph: &str) -> Option<(String, Tally)> {
        if self.counting != Counting::NotAsked || self.status.is_filtered_here || !self.is_worth_counting() {
            return None;
        }
        let (asked_at, bounds) = (self.plan.asked_at(), self.plan.bounds());
        let (age, length) = (asked_at - bounds.1, bounds.1 - bounds.0);
        let window = Window::for_length(length);
        let url = summary_url(graph, self.definition, &self.definition.fetches[self.fetch], window, self.conditions());
        // Counts cannot be asked for by time, and those of the time since then would come before.
        let url = url.filter(|_| age <= length)?;
        self.counting = Counting::Asked;
        Some((url, Tally::new(window, asked_at)))
    }
    /// True when so much is left that a request for counts is a small part of it.
    pub(super) fn is_worth_counting(&self) -> bool {
        self.plan.left().is_some_and(|left| left.requests >= VOLUME_PAGES_MIN)
    }
    /// The service was asked how many rows there are when, and has said so much.
    pub(super) fn end_counting(&mut self, tally: &Tally, is_whole: bool) {
        self.plan.volume = tally.volume(self.bounds, is_whole).or(self.plan.volume.take());
    }
    /// It does not say. That is no matter for this load.
    pub(super) fn refuse_counting(&mut self) {
        self.counting = Counting::Refused;
    }
    /// How long the time is that is asked for.
    pub(super) fn length(&self) -> Millis {
        let (from, to) = self.plan.bounds();
        to - from
    }
    /// What rows must meet to be shown.
    pub(super) fn conditions(&self) -> &[Condition] {
        &self.status.scope.conditions
    }
    pub(super) fn is_filtered_here(&self) -> bool {
        self.status.is_filtered_here
    }
    pub(super) fn count_request(&mut self) {
        self.status.requests += 1;
    }
    /// Until when a slice waits, and why; `None` when it goes on.
    pub(super) fn set_pause(&mut self, id: u32, pause: Option<(Millis, WaitReason)>) {
        self.plan.get_mut(id).pause = pause;
        self.status.phase = match self.plan.pause() {
            Some((until, reason)) => Phase::Waiting { until, reason },
            None => Phase::Loading,
        };
    }
    /// Begins a slice again at the last row that came, because the link is of no use. Says how often that was done without a
    /// new row.
    pub(super) fn restart(&mut self, id: u32, shelf: &mut Shelf) -> u32 {
        self.plan.get_mut(id).restart(shelf.next_serial())
    }
    /// Goes on with a fresh request where a chain has become long.
    pub(super) fn renew(&mut self, id: u32, shelf: &mut Shelf) {
        self.plan.get_mut(id).renew(shelf.next_serial());
    }
    /// What comes next may have come before, and that does not make it a duplicate.
    pub(super) fn ask_again(&mut self, id: u32, shelf: &mut Shelf) {
        self.plan.get_mut(id).segment = shelf.next_serial();
    }
    /// The service took too long. Asks for half of it, if there is a half; from the second time on without the conditions,
    /// which are then looked at here.
    pub(super) fn ask_for_less(&mut self, id: u32, shelf: &mut Shelf) -> bool {
        self.slow_answers += 1;
        let is_filter_slow = self.slow_answers >= 2 && !self.conditions().is_empty() && !self.status.is_filtered_here;
        self.status.is_filtered_here |= is_filter_slow;
        self.plan.is_volume_apt = !self.status.is_filtered_here;
        let is_halved = self.plan.halve(id, shelf.next_serial());
        if is_halved || is_filter_slow {
            self.renew(id, shelf);
        }
        is_halved || is_filter_slow
    }
    /// The service refused a slice. Leaves out what may be too old; false when it cannot have been that.
    pub(super) fn clamp(&mut self, id: u32, shelf: &mut Shelf) -> bool {
        let is_clamped = self.plan.clamp(id, shelf.next_serial());
        if !is_clamped {
            self.plan.unclamp();
        }
        is_clamped
    }
    /// A slice failed, and its older half is still to be tried. True when there is hope for that or for other slices.
    pub(super) fn fail(&mut self, id: u32, error: &GraphError, shelf: &mut Shelf) -> bool {
        let is_of_this_slice = matches!(error, GraphError::Unavailable(_) | GraphError::Rejected(_));
        let has_hope = is_of_this_slice && self.status.pages > 0 && self.plan.failed().count() + 1 < SLICES_FAILED_MAX;
        if has_hope {
            self.plan.halve(id, shelf.next_serial());
        }
        self.plan.get_mut(id).progress = Progress::Failed(error.clone());
        has_hope
    }
    /// How the load ended, when no slice is left to be started.
    pub(super) fn outcome(&self) -> Phase {
        self.plan.failed().next().map_or(Phase::Complete, |error| Phase::Failed(error.clone()))
    }
    /// What failed within these bounds is to be asked for again; false when nothing did.
    pub fn retry(&mut self, bounds: Bounds) -> bool {
        let mut has_any = false;
        for slice in self.plan.failed_within(bounds) {
            slice.begin_again();
            has_any = true;
        }
        self.retried.is_due |= has_any;
        if let Some(waker) = self.retried.waker.take_if(|_| has_any) {
            waker.wake();
        }
        has_any
    }
    /// Ready when something is to be asked for again since it was last so.
    pub(super) fn poll_retried(&mut self, ctx: &Context<'_>) -> Poll<()> {
        if std::mem::take(&mut self.retried.is_due) {
            return Poll::Ready(());
        }
        self.retried.waker = Some(ctx.waker().clone());
        Poll::Pending
    }
    /// Call before the load goes on: what was left in the middle is asked for again.
    pub(super) fn go_on(&mut self, shelf: &mut Shelf) {
        if self.counting == Counting::Asked && self.plan.volume.is_none() {
            self.counting = Counting::NotAsked;
        }
        for slice in self.plan.all_mut() {
            if slice.progress == Progress::Running {
                slice.begin_again();
            }
            if slice.is_page_open {
                slice.segment = shelf.next_serial();
            }
        }
    }
    pub(super) fn begin_page(&mut self, id: u32) {
        self.plan.get_mut(id).is_page_open = true;
    }
    pub(super) fn take(&mut self, id: u32, taken: Taken) {
        let status = &mut self.status;
        status.duplicates += taken.duplicates;
        status.reached = [status.reached, taken.oldest].into_iter().flatten().min();
        self.has_optional_detail |= taken.has_optional_detail;
        let slice = self.plan.get_mut(id);
        slice.last = taken.last.or(slice.last);
        if taken.new_rows > 0 {
            slice.has_gained();
        }
        for warning in taken.warnings {
            self.warn(warning);
        }
    }
    pub(super) fn end_page(&mut self, id: u32, rows: usize, bytes: usize) {
        self.plan.count_page();
        // Graph serves: whoever waits is not refused for good.
        self.plan.all_mut().for_each(|slice| slice.waits = Waits::default());
        let slice = self.plan.get_mut(id);
        slice.is_page_open = false;
        slice.rows += rows as u64;
        let status = &mut self.status;
        status.pages += 1;
        status.bytes += bytes as u64;
        let has_optional_columns = self.definition.columns.iter().any(|column| column.is_optional_detail);
        // Nothing is missing before there is a row to miss it in.
        status.is_policy_detail_missing = has_optional_columns && !self.has_optional_detail && status.reached.is_some();
    }
    pub(super) fn warn(&mut self, warning: IngestWarning) {
        let status = &mut self.status;
        let at = status.warnings.partition_point(|(code, _)| *code < warning.code);
        match status.warnings.get_mut(at) {
            Some((code, count)) if *code == warning.code => *count += 1,
            _ => status.warnings.insert(at, (warning.code, 1)),
        }
        if status.warning_examples.len() == WARNINGS_KEPT {
            status.warning_examples.remove(0);
        }
        status.warning_examples.push(warning);
    }
}
