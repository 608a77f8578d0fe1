//! The state of one load: what was asked for, how far it has come, and where it goes on.

use serde::{Deserialize, Serialize};

use super::{Shelf, Taken};
use crate::{
    bytes::hash,
    filter::NotTaken,
    graph::{Bounds, list_url},
    limits::WARNINGS_KEPT,
    ports::Millis,
    protocol::{IngestWarning, LoadKey, LoadStatus, Phase, Scope, TimeRange},
    reports::{Fetch, ReportDefinition, ReportId},
    store::Arrival,
};

/// One load. It outlives its requests, so that it can go on after it was stopped or failed.
#[derive(Debug)]
pub struct Load {
    pub(super) definition: &'static ReportDefinition,
    pub(super) fetch: &'static Fetch,
    pub(super) bounds: Bounds,
    pub(super) arrival: Arrival,
    next: Next,
    /// Links followed since the last restart, as hashes.
    followed: Vec<u64>,
    /// Restarts since the last new row.
    restarts: u32,
    /// Time of the last row that came.
    last: Option<Millis>,
    /// True while a page is being read: what a person stops then comes again.
    is_page_open: bool,
    /// True when a record has a property that Graph leaves out without an optional scope.
    has_optional_detail: bool,
    status: LoadStatus,
}

/// A load as it is saved together with its rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptLoad {
    from: Option<Millis>,
    to: Option<Millis>,
    segment: u32,
    load: u32,
    last: Option<Millis>,
    has_optional_detail: bool,
    status: LoadStatus,
}

impl KeptLoad {
    /// The report it fills.
    pub fn report(&self) -> ReportId {
        self.status.key.report
    }
}

/// Where the load goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Next {
    /// At the newest row, or at this instant.
    Start(Option<Millis>),
    /// At a link, followed as it is.
    Link(String),
}

impl Load {
    /// A load that begins at the newest row.
    ///
    /// # Errors
    /// When Graph does not take the scope's conditions.
    pub fn new(
        key: LoadKey,
        fetch: usize,
        scope: Scope,
        shelf: &mut Shelf,
        graph: &str,
        now: Millis,
    ) -> Result<Self, NotTaken> {
        let definition = shelf.table().definition();
        let bounds = bounds(scope.range, now);
        list_url(graph, definition, &definition.fetches[fetch], bounds, &scope.conditions)?;
        let serial = shelf.next_serial();
        shelf.show_only(fetch, bounds, &scope.conditions);
        Ok(Self {
            definition,
            fetch: &definition.fetches[fetch],
            bounds,
            arrival: Arrival { fetch, segment: serial, load: serial },
            next: Next::Start(None),
            followed: Vec::new(),
            restarts: 0,
            last: None,
            is_page_open: false,
            has_optional_detail: false,
            status: LoadStatus {
                key,
                scope,
                phase: Phase::Loading,
                revision: 0,
                rows: 0,
                duplicates: 0,
                pages: 0,
                requests: 0,
                bytes: 0,
                reached: None,
                warnings: Vec::new(),
                warning_examples: Vec::new(),
                is_policy_detail_missing: false,
                budget: None,
                filed_bytes: 0,
                is_memory_only: false,
            },
        })
    }
    /// The load as it can be saved.
    pub fn kept(&self) -> KeptLoad {
        KeptLoad {
            from: self.bounds.from,
            to: self.bounds.to,
            segment: self.arrival.segment,
            load: self.arrival.load,
            last: self.last,
            has_optional_detail: self.has_optional_detail,
            status: self.status.clone(),
        }
    }
    /// A load that was saved; one that was under way was stopped by that. `None` when the report has no such fetch.
    pub fn of_kept(kept: KeptLoad, definition: &'static ReportDefinition) -> Option<Self> {
        let KeptLoad { from, to, segment, load, last, has_optional_detail, mut status } = kept;
        let fetch = definition.fetches.iter().position(|fetch| fetch.id == status.key.fetch)?;
        if matches!(status.phase, Phase::Loading | Phase::Waiting { .. }) {
            status.phase = Phase::Stopped;
        }
        Some(Self {
            definition,
            fetch: &definition.fetches[fetch],
            bounds: Bounds { from, to },
            arrival: Arrival { fetch, segment, load },
            // Links do not live long.
            next: Next::Start(last),
            followed: Vec::new(),
            restarts: 0,
            last,
            // What comes next begins with what came last.
            is_page_open: true,
            has_optional_detail,
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
        LoadStatus {
            revision: shelf.table().revision(),
            rows: shelf.table().order(self.arrival.fetch).len() as u32,
            filed_bytes: shelf.table().records_filed_bytes(),
            ..self.status.clone()
        }
    }

    /// The next address, and whether it is a link that Graph gave.
    pub(super) fn url(&self, graph: &str) -> (String, bool) {
        let to = match &self.next {
            Next::Link(link) => return (link.clone(), true),
            Next::Start(None) => self.bounds.to,
            // One millisecond later, because Graph's times are finer than ours.
            Next::Start(Some(last)) => {
                let after = last.saturating_add(1);
                Some(self.bounds.to.map_or(after, |to| to.min(after)))
            }
        };
        let bounds = Bounds { to, ..self.bounds };
        let url = list_url(graph, self.definition, self.fetch, bounds, &self.status.scope.conditions);
        (url.expect("the conditions were checked when the load was made"), false)
    }
    pub(super) fn count_request(&mut self) {
        self.status.requests += 1;
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
    /// Goes on at the last row that came, because the link is of no use. Says how often that was done without a new row.
    pub(super) fn restart(&mut self, shelf: &mut Shelf) -> u32 {
        self.next = Next::Start(self.last);
        self.followed.clear();
        self.ask_again(shelf);
        self.restarts += 1;
        self.restarts
    }
    /// What comes next may have come before, and that does not make it a duplicate.
    pub(super) fn ask_again(&mut self, shelf: &mut Shelf) {
        self.arrival.segment = shelf.next_serial();
    }
    /// Call before the load goes on: a page that was left in the middle is asked for again.
    pub(super) fn go_on(&mut self, shelf: &mut Shelf) {
        if self.is_page_open {
            self.ask_again(shelf);
        }
    }
    pub(super) fn begin_page(&mut self) {
        self.is_page_open = true;
    }
    pub(super) fn take(&mut self, taken: Taken) {
        let status = &mut self.status;
        status.duplicates += taken.duplicates;
        status.reached = [status.reached, taken.oldest].into_iter().flatten().min();
        self.last = taken.last.or(self.last);
        self.has_optional_detail |= taken.has_optional_detail;
        if taken.new_rows > 0 {
            self.restarts = 0;
        }
        for warning in taken.warnings {
            self.warn(warning);
        }
    }
    pub(super) fn end_page(&mut self, bytes: usize) {
        self.is_page_open = false;
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

fn bounds(range: TimeRange, now: Millis) -> Bounds {
    match range {
        TimeRange::Everything => Bounds::default(),
        TimeRange::LastHours(hours) => Bounds { from: Some(now - i64::from(hours) * 3_600_000), to: None },
        TimeRange::Between { from, to } => Bounds { from, to },
    }
}
