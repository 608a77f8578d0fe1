//! The time axis of the histogram: what of time is in view, how it is divided, and which parts of it are loaded.

use engine::{
    limits::BUCKETS_MAX,
    ports::Millis,
    protocol::{Buckets, LoadStatus, LocalUnit, OffsetChange, SliceState},
};

use super::ruler::Ruler;

const SECOND: Millis = 1_000;
const MINUTE: Millis = 60 * SECOND;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;
/// 1970 began on a Thursday, and weeks begin on Monday.
const TO_MONDAY: Millis = 3 * DAY;
/// The end of a range that is still open moves by steps of so much, so that the axis does not creep.
const NOW_STEP: Millis = 5 * MINUTE;

/// Lengths of buckets, as a clock and a calendar are read, shortest first.
const BUCKETS: [Millis; 12] = [
    SECOND,
    5 * SECOND,
    15 * SECOND,
    MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    7 * DAY,
];
/// Distances of labels.
const LABELS: [Millis; 16] = [
    SECOND,
    5 * SECOND,
    15 * SECOND,
    MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
    28 * DAY,
    364 * DAY,
];

/// A range of time, its end not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First instant.
    pub from: Millis,
    /// The instant after the last one.
    pub to: Millis,
}

impl Span {
    /// What a load's time is, up to about now if it has no end; `None` before it has parts.
    pub fn of_load(status: &LoadStatus, now: Millis) -> Option<Self> {
        let now = now.div_euclid(NOW_STEP) * NOW_STEP + NOW_STEP;
        let ruler = Ruler::of(status, now)?;
        // The load's last instant is still part of it.
        let to = ruler.to.map_or(now, |to| to + 1);
        Some(Self { from: ruler.from, to: to.max(ruler.from + 1) })
    }
    /// Its length.
    pub fn length(self) -> Millis {
        self.to - self.from
    }
    /// Where an instant is, from 0 for the first to 1 for the end; instants outside are at the ends.
    pub fn place(self, at: Millis) -> f64 {
        (at.clamp(self.from, self.to) - self.from) as f64 / self.length().max(1) as f64
    }
}

/// The length of a bucket, or the distance of the axis' labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step(Millis);

/// A unit that a step is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Seconds.
    Second,
    /// Minutes.
    Minute,
    /// Hours.
    Hour,
    /// Days.
    Day,
}

impl Unit {
    /// The end of a key in the catalogue.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }
}

/// A length of time in the largest unit that says it in whole numbers, or in hundreds of hours and the like when none does.
pub fn counted(length: Millis) -> (i64, Unit) {
    let units = [(DAY, Unit::Day), (HOUR, Unit::Hour), (MINUTE, Unit::Minute)];
    let (millis, unit) = units.into_iter().find(|(millis, _)| length % millis == 0).unwrap_or((SECOND, Unit::Second));
    ((length + millis / 2) / millis, unit)
}

impl Step {
    /// The length of buckets in a span where there is room for `most`, which may be a part of one.
    pub fn of_buckets(span: Span, most: f64) -> Self {
        Self::least(span, most, &BUCKETS)
    }
    /// The distance of labels in a span where there is room for `most`, which may be a part of one.
    pub fn of_labels(span: Span, most: f64) -> Self {
        Self::least(span, most, &LABELS)
    }
    fn least(span: Span, most: f64, steps: &[Millis]) -> Self {
        let fits = |step: &&Millis| span.length() as f64 <= **step as f64 * most;
        Self(steps.iter().find(fits).or(steps.last()).copied().unwrap_or(DAY))
    }
    /// How many of which unit it is.
    pub fn counted(self) -> (i64, Unit) {
        counted(self.0)
    }
    /// True where a label names a day rather than a time.
    pub fn is_days(self) -> bool {
        self.0 >= DAY
    }
    /// Where the steps begin that touch a span. The first one is cut off at the span's begin.
    pub fn edges(self, span: Span, zone: &[OffsetChange]) -> Vec<Millis> {
        let mut edges = vec![span.from];
        let mut next = self.after(span.from, zone);
        while next < span.to && edges.len() < BUCKETS_MAX as usize {
            edges.push(next);
            next = self.after(next, zone);
        }
        edges
    }
    /// Where the step after the one around an instant begins, by the clock on the wall.
    fn after(self, at: Millis, zone: &[OffsetChange]) -> Millis {
        let ahead = offset(zone, at);
        let next = (self.index(at + ahead) + 1) * self.0 - self.shift() - ahead;
        // An hour that the clock shows twice is two; whatever is longer has more or fewer hours then.
        if self.0 <= HOUR || offset(zone, next) == ahead {
            return next;
        }
        let index = self.index(at + ahead);
        let half = HOUR / 2;
        let first = at.div_euclid(half) * half + half;
        let candidates = (first..next + DAY).step_by(half as usize);
        candidates.into_iter().find(|at| self.index(at + offset(zone, *at)) != index).unwrap_or(next)
    }
    fn index(self, wall: Millis) -> Millis {
        (wall + self.shift()).div_euclid(self.0)
    }
    fn shift(self) -> Millis {
        if self.0 % (7 * DAY) == 0 { TO_MONDAY } else { 0 }
    }
    /// What to ask for, so that every bucket of the answer lies within one step: first instant, the instant after the last
    /// one, and how time between them is divided.
    pub fn question(self, span: Span, zone: &[OffsetChange]) -> (Span, Buckets) {
        if self.0 >= HOUR {
            let unit = if self.0 >= DAY { LocalUnit::Day } else { LocalUnit::Hour };
            return (span, Buckets::Local { unit, zone: zone.to_vec() });
        }
        // Zones are whole quarters of an hour ahead.
        let from = span.from.div_euclid(self.0) * self.0;
        let to = -(-span.to).div_euclid(self.0) * self.0;
        (Span { from, to }, Buckets::Equal(((to - from) / self.0) as u32))
    }
}

/// How far local time is ahead of UTC at an instant, in milliseconds.
fn offset(zone: &[OffsetChange], at: Millis) -> Millis {
    let after = zone.partition_point(|change| change.from <= at);
    zone.get(after.saturating_sub(1)).map_or(0, |change| Millis::from(change.offset_secs) * SECOND)
}

/// Counts by the engine's buckets as counts by steps.
pub fn folded(edges: &[Millis], starts: &[Millis], counts: &[u32]) -> Vec<u32> {
    let mut folded = vec![0; edges.len()];
    for (start, rows) in starts.iter().zip(counts) {
        let at = edges.partition_point(|edge| edge <= start).saturating_sub(1);
        if let Some(sum) = folded.get_mut(at) {
            *sum += rows;
        }
    }
    folded
}

/// A part of what is in view that is loaded, or why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Where it is.
    pub span: Span,
    /// What it is.
    pub state: PartState,
}

/// Whether a part of time is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartState {
    /// Everything in it is there.
    Loaded,
    /// It is being loaded.
    Loading,
    /// It is not loaded yet.
    Waiting,
    /// It failed.
    Failed,
    /// It is older than what Graph keeps.
    Outside,
    /// Nobody asked for it.
    Unasked,
}

impl PartState {
    /// True where rows are on their way, or will be.
    pub fn is_to_come(self) -> bool {
        matches!(self, Self::Loading | Self::Waiting)
    }
    /// The end of a key in the catalogue.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Loaded => "loaded",
            Self::Loading => "loading",
            Self::Waiting => "waiting",
            Self::Failed => "failed",
            Self::Outside => "outside",
            Self::Unasked => "unasked",
        }
    }
}

/// The parts of what is in view, newest first; neighbours that are alike are one.
pub fn parts(status: &LoadStatus, view: Span) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut add = |from: Millis, to: Millis, state: PartState| {
        let span = Span { from: from.max(view.from), to: to.min(view.to) };
        match parts.last_mut() {
            _ if span.from >= span.to => {}
            Some(last) if last.state == state && last.span.from <= span.to => last.span.from = span.from,
            _ => parts.push(Part { span, state }),
        }
    };
    let (Some(newest), Some(oldest)) = (status.slices.first(), status.slices.last()) else { return parts };
    if let Some(to) = newest.to {
        // The last instant is part of the load.
        add(to + 1, view.to, PartState::Unasked);
    }
    for (index, slice) in status.slices.iter().enumerate() {
        let state = match slice.state {
            SliceState::Loaded => PartState::Loaded,
            SliceState::Loading => PartState::Loading,
            SliceState::Waiting => PartState::Waiting,
            SliceState::Failed(_) => PartState::Failed,
            SliceState::OutsideRetention => PartState::Outside,
        };
        let to = slice.to.map_or(view.to, |to| if index == 0 { to + 1 } else { to });
        add(slice.from.unwrap_or(view.from), to, state);
    }
    if let Some(from) = oldest.from {
        add(view.from, from, PartState::Unasked);
    }
    parts
}

#[cfg(test)]
mod tests {
    use engine::{
        instant::{format_instant, parse_instant},
        protocol::{GraphError, GraphErrorDetail, LoadKey, Scope, SliceStatus},
        reports,
    };

    use super::*;

    fn at(text: &str) -> Millis {
        parse_instant(text).expect("the tests' times can be read")
    }
    fn span(from: &str, to: &str) -> Span {
        Span { from: at(from), to: at(to) }
    }
    /// Central Europe in 2026: summer time from 29 March to 25 October, 01:00 UTC.
    fn zone() -> Vec<OffsetChange> {
        let change = |from: &str, hours| OffsetChange { from: at(from), offset_secs: hours * 3_600 };
        vec![change("2025-10-26T01:00Z", 1), change("2026-03-29T01:00Z", 2), change("2026-10-25T01:00Z", 1)]
    }
    fn texts(edges: &[Millis]) -> Vec<String> {
        edges.iter().map(|edge| format_instant(*edge).replace(":00Z", "Z")).collect()
    }

    #[test]
    fn buckets_are_as_short_as_the_width_allows() {
        let end = at("2026-11-25T12:00Z");
        let cases = [
            (30 * DAY, 260, 3, Unit::Hour),
            (7 * DAY, 260, 1, Unit::Hour),
            (7 * DAY, 60, 3, Unit::Hour),
            (DAY, 260, 15, Unit::Minute),
            (HOUR, 260, 15, Unit::Second),
            (HOUR, 60, 1, Unit::Minute),
            (10 * 365 * DAY, 100, 7, Unit::Day),
        ];
        for (length, most, count, unit) in cases {
            let most = f64::from(most);
            let span = Span { from: end - length, to: end };
            let step = Step::of_buckets(span, most);
            assert_eq!(step.counted(), (count, unit), "{length} in {most}");
        }
        assert_eq!(counted(90 * MINUTE), (90, Unit::Minute));
        assert_eq!(counted(1_499), (1, Unit::Second));
    }

    #[test]
    fn buckets_begin_where_the_clock_on_the_wall_says() {
        let edges = Step(6 * HOUR).edges(span("2026-11-24T10:20Z", "2026-11-25T12:00Z"), &zone());
        let expected =
            ["2026-11-24T10:20Z", "2026-11-24T11:00Z", "2026-11-24T17:00Z", "2026-11-24T23:00Z", "2026-11-25T05:00Z"];
        assert_eq!(texts(&edges)[..5], expected);
        let weeks = Step(7 * DAY).edges(span("2026-11-20T00:00Z", "2026-12-01T00:00Z"), &[]);
        assert_eq!(texts(&weeks), ["2026-11-20T00:00Z", "2026-11-23T00:00Z", "2026-11-30T00:00Z"], "on Mondays");
    }

    #[test]
    fn days_have_the_hours_that_they_have() {
        let hours = |from: &str, to: &str, step: Millis| -> Vec<Millis> {
            let edges = Step(step).edges(span(from, to), &zone());
            edges.windows(2).map(|pair| (pair[1] - pair[0]) / HOUR).collect()
        };
        assert_eq!(hours("2026-03-27T23:00Z", "2026-03-31T00:00Z", DAY), [24, 23, 24]);
        assert_eq!(hours("2026-10-23T22:00Z", "2026-10-27T00:00Z", DAY), [24, 25, 24]);
        assert_eq!(hours("2026-10-24T22:00Z", "2026-10-25T12:00Z", 6 * HOUR), [7, 6]);
        assert_eq!(hours("2026-10-24T23:00Z", "2026-10-25T03:00Z", HOUR), [1, 1, 1], "an hour that comes twice is two");
    }

    #[test]
    fn what_is_asked_for_falls_into_the_steps() {
        let view = span("2026-11-24T10:20:30Z", "2026-11-24T11:20:30Z");
        let (asked, buckets) = Step(15 * MINUTE).question(view, &zone());
        assert_eq!(asked, span("2026-11-24T10:15Z", "2026-11-24T11:30Z"));
        assert_eq!(buckets, Buckets::Equal(5));
        let edges = Step(15 * MINUTE).edges(view, &zone());
        let starts: Vec<_> = (0..5).map(|index| asked.from + index * 15 * MINUTE).collect();
        assert_eq!(folded(&edges, &starts, &[1, 2, 3, 4, 5]), [1, 2, 3, 4, 5]);

        let view = span("2026-11-24T10:20Z", "2026-11-24T20:00Z");
        let (asked, buckets) = Step(3 * HOUR).question(view, &zone());
        assert_eq!((asked, buckets), (view, Buckets::Local { unit: LocalUnit::Hour, zone: zone() }));
        let edges = Step(3 * HOUR).edges(view, &zone());
        assert_eq!(texts(&edges)[..2], ["2026-11-24T10:20Z", "2026-11-24T11:00Z"]);
        let starts: Vec<_> =
            [view.from].into_iter().chain((11..20).map(|hour| at(&format!("2026-11-24T{hour}:00Z")))).collect();
        assert_eq!(folded(&edges, &starts, &[1, 1, 1, 1, 1, 1, 1, 1, 1, 1]), [1, 3, 3, 3]);
        assert!(matches!(Step(7 * DAY).question(view, &[]).1, Buckets::Local { unit: LocalUnit::Day, .. }));
    }

    fn status(slices: &[(Option<&str>, Option<&str>, SliceState)]) -> LoadStatus {
        let report = reports::ALL[0];
        let key = LoadKey { report: report.id, fetch: report.fetches[0].id.to_owned() };
        let slices = slices.iter().map(|(from, to, state)| SliceStatus {
            from: from.map(at),
            to: to.map(at),
            state: state.clone(),
        });
        LoadStatus { slices: slices.collect(), ..LoadStatus::new(key, Scope::default()) }
    }

    #[test]
    fn what_is_not_loaded_is_told_apart_from_what_is_empty() {
        let failed = SliceState::Failed(GraphError::Unavailable(GraphErrorDetail::default()));
        let status = status(&[
            (Some("2026-11-24"), None, SliceState::Loaded),
            (Some("2026-11-22"), Some("2026-11-24"), SliceState::Loaded),
            (Some("2026-11-21"), Some("2026-11-22"), failed),
            (Some("2026-11-20"), Some("2026-11-21"), SliceState::Loading),
            (Some("2026-11-18"), Some("2026-11-20"), SliceState::OutsideRetention),
        ]);
        let view = span("2026-11-17", "2026-11-25");
        let found: Vec<_> = parts(&status, view).into_iter().map(|part| (part.span, part.state)).collect();
        assert_eq!(
            found,
            [
                (span("2026-11-22", "2026-11-25"), PartState::Loaded),
                (span("2026-11-21", "2026-11-22"), PartState::Failed),
                (span("2026-11-20", "2026-11-21"), PartState::Loading),
                (span("2026-11-18", "2026-11-20"), PartState::Outside),
                (span("2026-11-17", "2026-11-18"), PartState::Unasked),
            ]
        );
        let near = parts(&status, span("2026-11-23", "2026-11-24"));
        assert_eq!(near.len(), 1, "{near:?}");
    }

    #[test]
    fn the_axis_of_a_load_ends_with_it_and_does_not_creep() {
        let open = status(&[(Some("2026-11-24"), None, SliceState::Loading)]);
        let shown = |now: &str| Span::of_load(&open, at(now));
        assert_eq!(shown("2026-11-25T12:01Z"), Some(span("2026-11-24", "2026-11-25T12:05Z")));
        assert_eq!(shown("2026-11-25T12:01Z"), shown("2026-11-25T12:04Z"));
        let closed = status(&[(Some("2026-11-20"), Some("2026-11-21"), SliceState::Loaded)]);
        let to = at("2026-11-21") + 1;
        assert_eq!(Span::of_load(&closed, at("2026-11-25")), Some(Span { from: at("2026-11-20"), to }));
        let view = Span { from: at("2026-11-20"), to };
        let whole = Part { span: view, state: PartState::Loaded };
        assert_eq!(parts(&closed, view), [whole], "the last instant is part of it");
        assert_eq!(Span::of_load(&status(&[]), 0), None);
    }
}
