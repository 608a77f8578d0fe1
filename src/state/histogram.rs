//! Rows over time as they are counted now: what is in view and how it is divided, and the counts that are here. The latest
//! question wins; an older one is withdrawn.

use std::{sync::Arc, time::Duration};

use engine::{
    filter::Filter,
    limits::LAYERS_MAX,
    ports::{Clock, Millis},
    protocol::{self, HistogramQuery, LoadKey, OffsetChange},
};
use futures_util::future::{AbortHandle, abortable};
use leptos::{prelude::*, task::spawn_local};

use super::{
    app_state::AppState,
    stack::{Layer, layers},
    timeline::{Span, Step},
    view_range::ViewRange,
};
use crate::platform::{clock::BrowserClock, zone::zone};

/// Least time between two questions about the same, while rows come.
const PAUSE: Duration = Duration::from_millis(300);
/// A bucket is at least so many pixels wide, its gap included.
const BUCKET_MIN: f64 = 5.0;

/// What is in view, divided.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// What is in view.
    pub span: Span,
    /// Length of a bucket.
    pub step: Step,
    /// Where the buckets begin.
    pub edges: Arc<Vec<Millis>>,
    /// The person's clock between the first instant and the last.
    pub zone: Arc<Vec<OffsetChange>>,
}

impl Frame {
    fn new(span: Span, width: f64) -> Self {
        let zone: Vec<_> = zone(BrowserClock.now())
            .into_iter()
            .map(|(from, offset_secs)| OffsetChange { from, offset_secs })
            .collect();
        let step = Step::of_buckets(span, width / BUCKET_MIN);
        Self { span, step, edges: Arc::new(step.edges(span, &zone)), zone: Arc::new(zone) }
    }
    /// Number of buckets.
    pub fn len(&self) -> usize {
        self.edges.len()
    }
    /// True before there are buckets.
    pub fn is_empty(&self) -> bool {
        self.edges.is_empty()
    }
    /// A bucket's time.
    pub fn bucket(&self, index: usize) -> Span {
        self.buckets(index, index)
    }
    /// The time from one bucket to the end of another.
    pub fn buckets(&self, first: usize, last: usize) -> Span {
        let from = self.edges.get(first).copied().unwrap_or(self.span.from);
        Span { from, to: self.edges.get(last + 1).copied().unwrap_or(self.span.to) }
    }
    /// The bucket at a place from 0 to 1.
    pub fn at(&self, place: f64) -> usize {
        let at = self.span.from + (place.clamp(0.0, 1.0) * self.span.length() as f64) as Millis;
        self.edges.partition_point(|edge| *edge <= at).saturating_sub(1)
    }
}

/// What is shown: the buckets and the rows in them.
#[derive(Clone, Debug, PartialEq)]
pub struct Counted {
    /// What is in view.
    pub frame: Frame,
    /// Rows by outcome, from the baseline up.
    pub layers: Arc<Vec<Layer>>,
}

/// The histogram of one table.
#[derive(Clone, Copy)]
pub struct RowsOverTime {
    app: AppState,
    key: StoredValue<LoadKey>,
    /// Width that buckets can have, in pixels; 0 while there is no place for them.
    pub width: RwSignal<f64>,
    /// What is here; `None` before the first answer.
    pub counted: RwSignal<Option<Counted>>,
    wanted: Memo<Option<(Frame, Filter)>>,
    asking: StoredValue<Option<AbortHandle>>,
    wishes: StoredValue<u64>,
}

impl RowsOverTime {
    /// Empty, and fills itself as the load goes on. Belongs to the current reactive owner.
    pub fn new(app: AppState, key: LoadKey, filter: Signal<Filter>) -> Self {
        let report = key.report.definition();
        let status = app.loads().of(&key).status;
        let width = RwSignal::new(0.0);
        let load = Memo::new(move |_| {
            let now = BrowserClock.now();
            status.with(|status| status.as_ref().and_then(|status| Span::of_load(status, now)))
        });
        let frame = Memo::new(move |_| {
            let width = width.get();
            let load = load.get().filter(|_| width > 0.0)?;
            let view = filter.with(|filter| ViewRange::of(report, filter));
            Some(Frame::new(view.within(load), width))
        });
        let wanted = Memo::new(move |_| Some((frame.get()?, filter.get())));
        let histogram = Self {
            app,
            key: StoredValue::new(key),
            width,
            counted: RwSignal::new(None),
            wanted,
            asking: StoredValue::new(None),
            wishes: StoredValue::new(0),
        };
        let scope = Memo::new(move |_| status.with(|status| status.as_ref().map(|status| status.scope.clone())));
        let revision = Memo::new(move |_| status.with(|status| status.as_ref().map(|status| status.revision)));
        Effect::new(move |before: Option<_>| {
            let now = (scope.get(), wanted.get());
            let _ = revision.get();
            if before.is_some_and(|before| before != now) {
                histogram.withdraw();
            }
            if now.1.is_some() {
                histogram.ask();
            }
            now
        });
        on_cleanup(move || histogram.withdraw());
        histogram
    }

    /// Withdraws the question that is under way.
    fn withdraw(&self) {
        if let Some(handle) = self.asking.try_update_value(Option::take).flatten() {
            handle.abort();
        }
    }

    /// Asks for the wanted counts; one question at a time, and again after a pause when there was a wish meanwhile.
    fn ask(&self) {
        self.wishes.update_value(|wishes| *wishes += 1);
        if self.asking.with_value(Option::is_some) {
            return;
        }
        let histogram = *self;
        let (asking, handle) = abortable(async move {
            // The view may go away at any await; every access below says so and ends this.
            while let (Some(wishes), Some(Some((frame, filter)))) =
                (histogram.wishes.try_get_value(), histogram.wanted.try_get_untracked())
            {
                if let Some(answer) = histogram.answer(&frame, filter).await {
                    let layers = Arc::new(layers(&frame.edges, &answer));
                    histogram.counted.try_set(Some(Counted { frame, layers }));
                }
                BrowserClock.sleep(PAUSE).await;
                if histogram.wishes.try_get_value().is_none_or(|now| now == wishes) {
                    break;
                }
            }
            histogram.asking.try_set_value(None);
        });
        self.asking.set_value(Some(handle));
        spawn_local(async move {
            // One that is withdrawn has nothing to say.
            let _ = asking.await;
        });
    }

    async fn answer(&self, frame: &Frame, filter: Filter) -> Option<protocol::Histogram> {
        let key = self.key.try_get_value()?;
        let (asked, buckets) = frame.step.question(frame.span, &frame.zone);
        let query = HistogramQuery {
            stack: key.report.definition().outcome().map(|column| column.id.to_owned()),
            key,
            filter,
            from: asked.from,
            to: asked.to,
            buckets,
            stack_limit: LAYERS_MAX,
        };
        self.app.histogram(query).await
    }
}
