//! One slice of a load's time range: how far it has come, and where its chain of pages goes on.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    bytes::hash,
    graph::Bounds,
    limits::{CHAIN_PAGES_MAX, RETRY_AFTER_MAX},
    ports::Millis,
    protocol::{GraphError, SliceState, SliceStatus, WaitReason},
};

/// A part of a load's time range.
#[derive(Clone, Debug)]
pub(super) struct Slice {
    /// What tells it from others of the load; never changes.
    pub id: u32,
    pub bounds: Bounds,
    pub progress: Progress,
    /// Time of the last row that came: what is newer is loaded.
    pub last: Option<Millis>,
    /// Number of the part of the load that its rows belong to.
    pub segment: u32,
    /// True while a page is being read: what a person stops then comes again.
    pub is_page_open: bool,
    /// Rows in its pages so far.
    pub rows: u64,
    /// Tries that failed since its last page.
    pub tries: u32,
    /// How it had to wait since the load's last page, without that being a failure.
    pub waits: Waits,
    /// Until when it waits, and why.
    pub pause: Option<(Millis, WaitReason)>,
    next: Next,
    /// Links followed since the last fresh request, as hashes.
    followed: Vec<u64>,
    /// Where the last fresh request began.
    began: Option<Millis>,
    /// Fresh requests since the last new row.
    restarts: u32,
}

/// How often somebody had to wait, and how long in all.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Waits {
    pub count: u32,
    /// Until the last pause began.
    passed: Duration,
    /// When that was.
    began: Option<Millis>,
}

impl Waits {
    /// One more pause begins now. Says how long it will have been in all; waiting for a turn to ask again counts, too.
    pub(super) fn add(&mut self, pause: Duration, now: Millis) -> Duration {
        self.count += 1;
        let since = self.began.replace(now).map_or(0, |began| now - began);
        // More than the longest pause was slept through.
        self.passed += Duration::from_millis(since.max(0) as u64).min(RETRY_AFTER_MAX);
        self.passed.saturating_add(pause)
    }
}

/// How far a slice has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Progress {
    /// To be loaded, or to be loaded on.
    Waiting,
    Running,
    Loaded,
    Failed(GraphError),
    /// The service does not go back so far.
    OutsideRetention,
}

/// Where the chain goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Next {
    /// At the newest row that is not there.
    Fresh,
    /// At a link, followed as it is.
    Link(String),
}

/// A slice as it is saved; links do not live long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct KeptSlice {
    bounds: Bounds,
    progress: Progress,
    last: Option<Millis>,
    segment: u32,
    rows: u64,
}

impl Slice {
    pub(super) fn new(id: u32, bounds: Bounds, progress: Progress, segment: u32) -> Self {
        Self {
            id,
            bounds,
            progress,
            last: None,
            segment,
            is_page_open: false,
            rows: 0,
            tries: 0,
            waits: Waits::default(),
            pause: None,
            next: Next::Fresh,
            followed: Vec::new(),
            began: None,
            restarts: 0,
        }
    }
    pub(super) fn of_kept(id: u32, kept: KeptSlice) -> Self {
        let KeptSlice { bounds, progress, last, segment, rows } = kept;
        let progress = if progress == Progress::Running { Progress::Waiting } else { progress };
        // What comes next begins with what came last.
        Self { last, rows, is_page_open: last.is_some(), ..Self::new(id, bounds, progress, segment) }
    }
    pub(super) fn kept(&self) -> KeptSlice {
        KeptSlice {
            bounds: self.bounds,
            progress: self.progress.clone(),
            last: self.last,
            segment: self.segment,
            rows: self.rows,
        }
    }
    /// The link to ask for next; `None` for a fresh request.
    pub(super) fn link(&self) -> Option<&str> {
        match &self.next {
            Next::Link(link) => Some(link),
            Next::Fresh => None,
        }
    }
    /// What a fresh request asks for.
    pub(super) fn open_bounds(&self) -> Bounds {
        // One millisecond later, because Graph's times are finer than ours.
        let after = self.last.map(|last| last.saturating_add(1));
        Bounds { to: self.bounds.to.into_iter().chain(after).min(), ..self.bounds }
    }
    /// Up to where rows are missing: the newest instant that is not loaded.
    pub(super) fn position(&self) -> Option<Millis> {
        self.last.or(self.bounds.to)
    }
    /// True when everything inside is there because the chain has come to what is older.
    pub(super) fn is_past_end(&self) -> bool {
        matches!((self.last, self.bounds.from), (Some(last), Some(from)) if last < from)
    }
    /// Goes on at a link; false when it was followed before.
    pub(super) fn follow(&mut self, link: String) -> bool {
        let hash = hash(link.as_bytes());
        let is_new = !self.followed.contains(&hash);
        if is_new {
            self.followed.push(hash);
            self.next = Next::Link(link);
        }
        is_new
    }
    /// True when the chain is so long that a fresh request is better: links do not live long. A fresh request can only begin at
    /// another instant, not among many rows of one.
    pub(super) fn is_chain_long(&self) -> bool {
        self.followed.len() >= CHAIN_PAGES_MAX && self.last != self.began
    }
    /// Goes on with a fresh request, whose rows belong to this segment: some of them may have come before, and that does not
    /// make them duplicates.
    pub(super) fn renew(&mut self, segment: u32) {
        self.next = Next::Fresh;
        self.followed.clear();
        self.began = self.last;
        self.segment = segment;
    }
    /// The same because the link is of no use. Says how often that was done without a new row.
    pub(super) fn restart(&mut self, segment: u32) -> u32 {
        self.renew(segment);
        self.restarts += 1;
        self.restarts
    }
    /// To be asked for again after it failed or was left in the middle, with all its tries.
    pub(super) fn begin_again(&mut self) {
        self.progress = Progress::Waiting;
        (self.tries, self.restarts, self.waits, self.pause) = (0, 0, Waits::default(), None);
    }
    /// Rows came that were not there before.
    pub(super) fn has_gained(&mut self) {
        self.restarts = 0;
    }
    /// What is to be shown of it, newest first.
    pub(super) fn status(&self, is_under_way: bool) -> impl Iterator<Item = SliceStatus> {
        let Bounds { from, to } = self.bounds;
        let state = match &self.progress {
            Progress::Loaded => SliceState::Loaded,
            Progress::Failed(error) => SliceState::Failed(error.clone()),
            Progress::OutsideRetention => SliceState::OutsideRetention,
            Progress::Running if is_under_way => SliceState::Loading,
            Progress::Running | Progress::Waiting => SliceState::Waiting,
        };
        let is_whole = state == SliceState::Loaded;
        let loaded =
            self.last.filter(|_| !is_whole).map(|last| SliceStatus { from: Some(last), to, state: SliceState::Loaded });
        let rest = SliceStatus { from, to: if is_whole { to } else { self.position() }, state };
        loaded.into_iter().chain([rest])
    }
}
