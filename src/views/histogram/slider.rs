//! What pointer and keys mark, and how that becomes a selection.

use leptos::{ev, prelude::*};

use super::{
    HistogramFocus,
    words::{length_words, rows_words, span_words},
};
use crate::{
    components::date_time::formats_handle,
    state::{histogram::Counted, stack::Brush},
    text::{t, t_with},
};

/// What is marked and looked at.
#[derive(Clone, Copy)]
pub struct Marks {
    /// Buckets that are marked to be selected.
    pub brush: RwSignal<Option<Brush>>,
    /// The bucket under the pointer.
    pub hover: RwSignal<Option<usize>>,
    /// While the pointer is down: where it went down, and whether it only looks if it stays there.
    pub drag: RwSignal<Option<(f64, bool)>>,
}

impl Marks {
    /// Nothing yet.
    pub fn new() -> Self {
        Self { brush: RwSignal::new(None), hover: RwSignal::new(None), drag: RwSignal::new(None) }
    }
    /// An element that goes away loses pointer and focus when its marks are gone already.
    pub fn clear(self) {
        let _ = (self.brush.try_set(None), self.hover.try_set(None), self.drag.try_set(None));
    }
    /// First and last bucket that something is said of.
    pub fn ends(self) -> Option<(usize, usize)> {
        self.brush.get().map(Brush::ends).or_else(|| self.hover.get().map(|at| (at, at)))
    }
}

/// Lies over the bars: a pointer drags over it, arrow keys move along it, and readers hear what is in each bucket.
#[component]
pub fn Slider(
    /// The counts.
    counted: Signal<Option<Counted>>,
    /// What is marked.
    marks: Marks,
    /// Takes first and last bucket of a selection.
    on_choose: Callback<(usize, usize)>,
    /// Shows all times.
    on_whole: Callback<()>,
    /// Where the focus is taken.
    focus: HistogramFocus,
) -> impl IntoView {
    let formats = formats_handle();
    let slider = focus.0;
    let count = Memo::new(move |_| counted.with(|counted| counted.as_ref().map_or(0, |counted| counted.frame.len())));
    let last = move || count.get().saturating_sub(1);
    let at = Memo::new(move |_| marks.brush.get().map_or_else(last, |brush| brush.head.min(last())));
    let value_words = Memo::new(move |_| {
        let ends = marks.brush.get().map_or_else(|| (last(), last()), Brush::ends);
        counted.with(|counted| {
            let Some(counted) = counted else { return t("histogram-counting") };
            let span = counted.frame.buckets(ends.0, ends.1);
            let time = formats.with_value(|formats| span_words(span, formats));
            let key = if ends.0 == ends.1 { "histogram-bucket" } else { "histogram-marked" };
            let (rows, length) = (rows_words(counted, ends), length_words(span));
            t_with(key, &[("time", time.into()), ("rows", rows.into()), ("length", length.into())])
        })
    });
    let bucket = move |event: &ev::PointerEvent| -> Option<usize> {
        let place = slider.get_untracked()?.get_bounding_client_rect();
        let share = (f64::from(event.client_x()) - place.left()) / place.width().max(1.0);
        counted.with_untracked(|counted| counted.as_ref().map(|counted| counted.frame.at(share)))
    };
    let down = move |event: ev::PointerEvent| {
        let (Some(bucket), Some(slider)) = (bucket(&event), slider.get_untracked()) else { return };
        if event.button() != 0 || !event.is_primary() {
            return;
        }
        // A pointer that cannot be followed outside is followed inside.
        let _ = slider.set_pointer_capture(event.pointer_id());
        // A finger's first tap looks, its second one on the same bar selects; whatever else is let go selects.
        let is_new = marks.brush.get_untracked() != Some(Brush::at(bucket));
        marks.hover.set(None);
        marks.drag.set(Some((f64::from(event.client_x()), event.pointer_type() == "touch" && is_new)));
        marks.brush.set(Some(Brush::at(bucket)));
    };
    let moved = move |event: ev::PointerEvent| {
        let Some(bucket) = bucket(&event) else { return };
        if marks.drag.get_untracked().is_some() {
            marks.brush.update(|brush| *brush = brush.map(|brush| Brush { head: bucket, ..brush }));
        } else if event.pointer_type() != "touch" && marks.hover.get_untracked() != Some(bucket) {
            marks.hover.set(Some(bucket));
        }
    };
    let up = move |event: ev::PointerEvent| {
        let Some((from, is_looking)) = marks.drag.get_untracked() else { return };
        marks.drag.set(None);
        let is_tap = (f64::from(event.client_x()) - from).abs() < 4.0;
        if !(is_looking && is_tap)
            && let Some(brush) = marks.brush.get_untracked()
        {
            on_choose.run(brush.ends());
        }
    };
    let keydown = move |event: ev::KeyboardEvent| {
        if event.alt_key() || event.ctrl_key() || event.meta_key() || count.get_untracked() == 0 {
            return;
        }
        let (count, now) = (count.get_untracked(), marks.brush.get_untracked());
        let (at, page) = (at.get_untracked(), (count / 10).max(1));
        let to = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => at.saturating_sub(1),
            "ArrowRight" | "ArrowUp" => at + 1,
            "PageDown" => at.saturating_sub(page),
            "PageUp" => at + page,
            "Home" => 0,
            "End" => count - 1,
            "Enter" | " " => {
                if let Some(brush) = now {
                    on_choose.run(brush.ends());
                }
                event.prevent_default();
                return;
            }
            "Escape" if now.is_some() => {
                event.prevent_default();
                event.stop_propagation();
                marks.clear();
                return;
            }
            "Backspace" => {
                event.prevent_default();
                on_whole.run(());
                return;
            }
            _ => return,
        };
        event.prevent_default();
        let brush = now.unwrap_or_else(|| Brush::at(at));
        // The first key shows where one is, unless it extends.
        let is_first = now.is_none() && !event.shift_key() && !matches!(event.key().as_str(), "Home" | "PageDown");
        marks.hover.set(None);
        marks.brush.set(Some(if is_first { brush } else { brush.moved(to, count, event.shift_key()) }));
    };
    view! {
        <div
            class="timeline-slider"
            node_ref=slider
            role="slider"
            tabindex="0"
            aria-label=t("histogram-slider")
            aria-description=t("histogram-slider-keys")
            aria-valuemin="1"
            aria-valuemax=move || count.get().max(1).to_string()
            aria-valuenow=move || (at.get() + 1).to_string()
            aria-valuetext=value_words
            on:pointerdown=down
            on:pointermove=moved
            on:pointerup=up
            on:pointercancel=move |_| marks.clear()
            on:pointerleave=move |_| {
                let _ = marks.hover.try_set(None);
            }
            on:keydown=keydown
            on:blur=move |_| {
                if marks.drag.try_get_untracked() == Some(None) {
                    marks.clear();
                }
            }
        ></div>
    }
}
