//! Rows over time above the table: by outcome, with what is not loaded. A range that is selected here narrows what is in view.

mod chart;
mod slider;
mod words;

use engine::protocol::{LoadKey, LoadStatus, Volume};
use leptos::{html, prelude::*};

use self::{
    chart::{BESIDE, Place, TOP, look, picture},
    slider::{Marks, Slider},
    words::{BucketTable, length_words, outcome_name, rows_between, span_words, summary, title},
};
use crate::{
    components::{date_time::formats_handle, dialog::Dialog, icon::Icon, size_observer::on_size, tabs::yes_no},
    state::{
        app_state::use_app,
        filtering::Filtering,
        histogram::{Counted, RowsOverTime},
        timeline::{Part, Span, parts},
        view_range::{ViewRange, is_view},
    },
    text::{fetch_phrase, number, t},
};

/// About as wide is a letter of the label above what is marked.
const LETTER: f64 = 6.4;

/// Where the selection of a panel's histogram has the focus; keys of the table lead there.
#[derive(Clone, Copy)]
pub struct HistogramFocus(NodeRef<html::Div>);

impl HistogramFocus {
    /// For a panel.
    pub fn new() -> Self {
        Self(NodeRef::new())
    }
    /// Gives the focus to the histogram; false when it is not shown.
    pub fn take(self) -> bool {
        let slider = self.0.get_untracked();
        // Nothing that is hidden has boxes.
        slider.is_some_and(|slider| slider.offset_width() > 0 && slider.focus().is_ok())
    }
}

impl Default for HistogramFocus {
    fn default() -> Self {
        Self::new()
    }
}

/// The histogram of a report's rows.
#[component]
pub fn Histogram(
    /// Whose rows.
    key: LoadKey,
    /// Which of them; a selection changes it.
    filtering: Filtering,
    /// Takes the focus when a key of the table asks for it.
    focus: HistogramFocus,
) -> impl IntoView {
    let app = use_app();
    let rows = RowsOverTime::new(app, key.clone(), filtering.filter.into());
    let status = app.loads().of(&key).status;
    let is_folded = Memo::new(move |_| app.preferences.read().is_histogram_folded);
    let report = key.report.definition();
    let view = Memo::new(move |_| filtering.filter.with(|filter| ViewRange::of(report, filter)));
    let is_all = Memo::new(move |_| filtering.filter.with(|filter| is_view(report, filter)));
    let fold = Callback::new(move |is_histogram_folded| {
        app.prefer(|now| now.is_histogram_folded = is_histogram_folded);
    });
    let on_view = Callback::new(move |range: ViewRange| {
        filtering.set(&range.put_into(report, &filtering.parts.get_untracked()));
    });
    view! {
        <HistogramView
            key=key
            counted=rows.counted
            status=status
            width=rows.width
            view=view
            is_all=is_all
            on_view=on_view
            is_folded=is_folded
            on_fold=fold
            focus=focus
        />
    }
}

/// What is seen of it, and what pointer and keys do.
#[component]
pub fn HistogramView(
    /// Whose rows.
    key: LoadKey,
    /// The counts.
    #[prop(into)]
    counted: Signal<Option<Counted>>,
    /// The load.
    #[prop(into)]
    status: Signal<Option<LoadStatus>>,
    /// Is told how wide the bars can be together.
    width: RwSignal<f64>,
    /// What is in view.
    #[prop(into)]
    view: Signal<ViewRange>,
    /// True when every row that is in view is counted.
    #[prop(into)]
    is_all: Signal<bool>,
    /// Takes another range into view.
    on_view: Callback<ViewRange>,
    /// True when only its head is shown.
    #[prop(into)]
    is_folded: Signal<bool>,
    /// Folds and unfolds it.
    on_fold: Callback<bool>,
    /// Takes the focus when a key of the table asks for it.
    focus: HistogramFocus,
) -> impl IntoView {
    let formats = formats_handle();
    let phrase = fetch_phrase(key.report.definition(), &key.fetch);
    let key = StoredValue::new(key);
    let name = Memo::new(move |_| counted.with(|counted| title(counted.as_ref().map(|it| &it.frame), &phrase)));
    let loaded = Memo::new(move |_| {
        let span = counted.with(|counted| counted.as_ref().map(|counted| counted.frame.span));
        let parts = span.map(|span| status.with(|status| status.as_ref().map(|status| parts(status, span))));
        parts.flatten().unwrap_or_default()
    });
    // Graph counts all rows, whatever is filtered here.
    let volume = Memo::new(move |_| {
        let volume = status.with(|status| status.as_ref().and_then(|status| status.volume.clone()));
        volume.filter(|_| is_all.get())
    });
    let frame = Memo::new(move |_| counted.with(|counted| counted.as_ref().map(|counted| counted.frame.clone())));
    let marks = Marks::new();
    Effect::new(move || {
        // What is marked are places among buckets, and these are others now.
        frame.track();
        marks.clear();
    });
    let choose = Callback::new(move |(first, last): (usize, usize)| {
        marks.clear();
        if let Some(frame) = frame.get_untracked() {
            let (now, span) = (view.get_untracked(), frame.buckets(first, last));
            // What ends with the load goes on with it.
            let from = if first == 0 && now.from.is_none() { None } else { Some(span.from) };
            let to = if last + 1 == frame.len() && now.to.is_none() { None } else { Some(span.to) };
            on_view.run(ViewRange { from, to });
        }
    });
    let whole = Callback::new(move |()| on_view.run(ViewRange::default()));
    let is_table_open = RwSignal::new(false);
    let from_table = Callback::new(move |ends| {
        is_table_open.set(false);
        choose.run(ends);
    });
    let shown = move || {
        let frame = frame.get().filter(|_| !view.get().is_whole())?;
        Some(formats.with_value(|formats| span_words(frame.span, formats)))
    };
    let shown = Memo::new(move |_| shown());
    view! {
        <section class=move || if is_folded.get() { "timeline timeline--folded" } else { "timeline" } aria-label=name>
            <div class="timeline-head">
                <h2 class="timeline-title">
                    <button
                        class="timeline-fold"
                        type="button"
                        aria-expanded=move || yes_no(!is_folded.get())
                        on:click=move |_| on_fold.run(!is_folded.get_untracked())
                    >
                        <Icon name=Signal::derive(move || if is_folded.get() { "right" } else { "down" }) is_small=true />
                        {name}
                    </button>
                </h2>
                <Show when=move || !is_folded.get()>
                    <Legend counted=counted marks=marks />
                </Show>
                <div class="timeline-tools">
                    {move || match shown.get() {
                        Some(span) => {
                            view! {
                                <span class="timeline-range">{span}</span>
                                <button class="button button--link" type="button" on:click=move |_| whole.run(())>
                                    {t("histogram-whole")}
                                </button>
                            }
                                .into_any()
                        }
                        None if is_folded.get() => ().into_any(),
                        None => view! { <span class="timeline-hint" aria-hidden="true">{t("histogram-hint")}</span> }.into_any(),
                    }}
                    <Show when=move || !is_folded.get()>
                        <button
                            class="button button--link"
                            type="button"
                            aria-haspopup="dialog"
                            on:click=move |_| is_table_open.set(true)
                        >
                            {t("histogram-as-table")}
                        </button>
                    </Show>
                </div>
            </div>
            <Show when=move || !is_folded.get()>
                <Chart
                    key=key
                    counted=counted
                    loaded=loaded
                    volume=volume
                    width=width
                    marks=marks
                    on_choose=choose
                    on_whole=whole
                    focus=focus
                />
            </Show>
        </section>
        <Dialog is_open=is_table_open title=t("histogram-table")>
            {move || {
                // As it was when it was opened: rows that come would take the place of what is being read.
                let counted = counted.get_untracked()?;
                let loaded = loaded.get_untracked();
                let lead = key.with_value(|key| {
                    formats.with_value(|formats| summary(key, &counted, &loaded, formats))
                });
                Some(view! {
                    <p class="page-lead">{lead}</p>
                    <BucketTable counted=counted parts=loaded formats=formats.get_value() on_choose=from_table />
                })
            }}
        </Dialog>
    }
}

/// What the colours mean, with the rows of each: all that are in view, or those of what is looked at.
#[component]
fn Legend(counted: Signal<Option<Counted>>, marks: Marks) -> impl IntoView {
    let layers = Memo::new(move |_| {
        counted.with(|counted| {
            let layers = counted.iter().flat_map(|counted| counted.layers.iter());
            layers.map(|layer| layer.outcome).collect::<Vec<_>>()
        })
    });
    let rows = move |outcome| {
        counted.with(|counted| {
            let counted = counted.as_ref()?;
            let ends = marks.ends().unwrap_or((0, counted.frame.len().saturating_sub(1)));
            let layer = counted.layers.iter().find(|layer| layer.outcome == outcome)?;
            Some(number(rows_between(layer, ends) as i64))
        })
    };
    view! {
        <ul class="timeline-legend">
            <For each=move || layers.get() key=|outcome| *outcome let:outcome>
                <li class="legend-item">
                    <svg class="legend-key" viewBox="0 0 10 10" aria-hidden="true">
                        <rect class=look(outcome) width="10" height="10"></rect>
                    </svg>
                    {outcome_name(outcome)}
                    " "
                    <b>{move || rows(outcome)}</b>
                </li>
            </For>
        </ul>
    }
}

/// The picture, what is marked in it, and what marks it.
#[component]
fn Chart(
    key: StoredValue<LoadKey>,
    counted: Signal<Option<Counted>>,
    loaded: Memo<Vec<Part>>,
    volume: Memo<Option<Volume>>,
    width: RwSignal<f64>,
    marks: Marks,
    on_choose: Callback<(usize, usize)>,
    on_whole: Callback<()>,
    focus: HistogramFocus,
) -> impl IntoView {
    let formats = formats_handle();
    let place = RwSignal::new(Place::new(0.0));
    let outer = NodeRef::<html::Div>::new();
    Effect::new(move || {
        if let Some(element) = outer.get() {
            let observed = element.clone();
            on_size(&observed, move || {
                let now = Place::new(f64::from(element.client_width()));
                place.maybe_update(|place| std::mem::replace(place, now) != now);
                width.maybe_update(|width| std::mem::replace(width, now.plot()) != now.plot());
            });
        }
    });
    on_cleanup(move || {
        // What is folded has no place for bars.
        let _ = width.try_set(0.0);
    });
    let words = Memo::new(move |_| {
        counted.with(|counted| {
            let counted = counted.as_ref()?;
            Some(key.with_value(|key| formats.with_value(|formats| summary(key, counted, &loaded.read(), formats))))
        })
    });
    let drawn =
        move || {
            counted.with(|counted| {
                let counted = counted.as_ref()?;
                Some(formats.with_value(|formats| {
                    picture(place.get(), counted, &loaded.read(), volume.read().as_ref(), formats)
                }))
            })
        };
    let marked = move || {
        let ends = marks.ends()?;
        let is_marked = marks.brush.read().is_some();
        counted.with(|counted| {
            let frame = &counted.as_ref()?.frame;
            let span = frame.buckets(ends.0, ends.1);
            Some(formats.with_value(|formats| {
                let mut label = span_words(span, formats);
                if ends.0 != ends.1 {
                    label = format!("{label}, {}", length_words(span));
                }
                mark(place.get(), frame.span, span, label, is_marked)
            }))
        })
    };
    let size = move || {
        let place = place.get();
        (place.width.to_string(), place.height().to_string())
    };
    view! {
        <div class="timeline-chart" node_ref=outer>
            <svg
                class="chart"
                viewBox=move || format!("0 0 {} {}", size().0, size().1)
                width=move || size().0
                height=move || size().1
                role="img"
                aria-label=move || words.get().unwrap_or_else(|| t("histogram-counting"))
            >
                {drawn}
                {marked}
            </svg>
            <Slider counted=counted marks=marks on_choose=on_choose on_whole=on_whole focus=focus />
        </div>
    }
}

/// What is marked, or under the pointer, with its time above it.
fn mark(place: Place, view: Span, span: Span, label: String, is_marked: bool) -> impl IntoView + use<> {
    let (from, to) = (place.x(view, span.from), place.x(view, span.to).min(place.width));
    let length = (to - from).max(1.0);
    let half = (label.chars().count() as f64 * LETTER + 12.0) / 2.0;
    let middle = (from + length / 2.0).clamp(half.min(place.width / 2.0), (place.width - half).max(place.width / 2.0));
    let grips = is_marked.then(|| {
        let grip = |x: f64| {
            let y = f64::midpoint(TOP, place.base) - 8.0;
            view! {
                <path class="brush-edge" d=format!("M{x} {TOP}V{}", place.base)></path>
                <rect class="brush-grip" x=(x - 3.0).to_string() y=y.to_string() width="6" height="16" rx="1"></rect>
            }
        };
        let (first, last) = (from.max(BESIDE), to.min(place.width - 3.0));
        view! {
            {grip(first)}
            {grip(last)}
            <rect
                class="brush-label"
                x=(middle - half).to_string()
                y="1"
                width=(half * 2.0).to_string()
                height="15"
            ></rect>
        }
    });
    let class = if is_marked { "brush-text" } else { "chart-strong" };
    view! {
        <rect
            class=if is_marked { "brush" } else { "brush brush--under" }
            x=from.to_string()
            y=TOP.to_string()
            width=length.to_string()
            height=(place.base - TOP).to_string()
        ></rect>
        {grips}
        <text class=class x=middle.to_string() y="12.5" text-anchor="middle">{label}</text>
    }
}
