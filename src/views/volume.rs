//! How many rows Graph counts in a load's time: bars above the ruler, and the same in words.

use engine::{
    ports::Millis,
    protocol::{Left, LoadStatus},
};
use leptos::prelude::*;

use crate::{
    components::date_time::formats,
    state::{
        ruler::Ruler,
        volume::{Bar, Overview, rounded},
    },
    text::{fetch_phrase, number, t, t_with},
};

/// Height of the bars in their own units; the axis is a thousand long.
const HEIGHT: f64 = 16.0;

/// A bar for each day or hour.
#[component]
pub fn VolumeBars(
    /// The load.
    #[prop(into)]
    status: Signal<Option<LoadStatus>>,
) -> impl IntoView {
    let overview = Memo::new(move |_| status.with(|status| status.as_ref().and_then(overview)));
    let words = Memo::new(move |_| status.with(|status| status.as_ref().and_then(words)));
    move || {
        let bars = overview.get()?.bars;
        let (first, last) = (bars.first().copied()?, bars.last().copied()?);
        let length = last.start + last.length - first.start;
        // A window without rows has its place on the line; what was not counted has not even that.
        Some(view! {
            <svg
                class="volume"
                viewBox=format!("0 0 1000 {HEIGHT}")
                preserveAspectRatio="none"
                role="img"
                aria-label=move || words.get()
            >
                <rect
                    class="volume-base"
                    x=first.start.to_string()
                    width=length.to_string()
                    y=(HEIGHT - 1.0).to_string()
                    height="1"
                ></rect>
                {bars.into_iter().filter(|bar| bar.height > 0.0).map(bar).collect_view()}
            </svg>
        })
    }
}

fn bar(bar: Bar) -> impl IntoView {
    // The least that is there is seen.
    let height = (bar.height * HEIGHT).max(1.5);
    let gap = bar.length * 0.1;
    view! {
        <rect
            class="volume-bar"
            x=format!("{:.2}", bar.start + gap / 2.0)
            width=format!("{:.2}", bar.length - gap)
            y=format!("{:.2}", HEIGHT - height)
            height=format!("{height:.2}")
        ></rect>
    }
}

/// The same in words, with what is left and how that is known.
#[component]
pub fn VolumeWords(
    /// The load.
    #[prop(into)]
    status: Signal<Option<LoadStatus>>,
) -> impl IntoView {
    let words = Memo::new(move |_| status.with(|status| status.as_ref().and_then(words)));
    let left = Memo::new(move |_| status.with(|status| status.as_ref().and_then(|status| status.left)));
    view! {
        {move || words.get().map(|words| view! { <p class="volume-words">{words}" "{t("volume-note")}</p> })}
        {move || left.get().and_then(left_words).map(|words| view! { <p class="volume-words">{words}</p> })}
    }
}

fn overview(status: &LoadStatus) -> Option<Overview> {
    let now = js_sys::Date::now() as Millis;
    Overview::of(status.volume.as_ref()?, &Ruler::of(status, now)?, now)
}

fn words(status: &LoadStatus) -> Option<String> {
    let Overview { from, to, rows, window_hours, busiest, most, .. } = overview(status)?;
    let formats = formats();
    let about = |rows: u64| number(rounded(rows) as i64);
    let (is_by_day, is_none) = (window_hours >= 24, most == 0);
    // A day that ends at midnight is not the next.
    let last = if is_by_day { to - 1 } else { to };
    let at = |at: Millis| if is_by_day { formats.day(at) } else { formats.brief(at) };
    let key = match (is_none, is_by_day) {
        (true, _) => "volume-none",
        (false, true) => "volume-days",
        (false, false) => "volume-hours",
    };
    Some(t_with(
        key,
        &[
            ("rows", about(rows).into()),
            ("report", fetch_phrase(status.key.report.definition(), &status.key.fetch).into()),
            ("from", at(from).into()),
            ("to", at(last).into()),
            ("hours", window_hours.into()),
            ("busiest", at(busiest).into()),
            ("most", about(most).into()),
        ],
    ))
}

fn left_words(left: Left) -> Option<String> {
    if left.rows == 0 {
        return None;
    }
    let key = if left.is_counted { "volume-left-counted" } else { "volume-left-seen" };
    let rows = rounded(left.rows.into());
    let words = t_with(key, &[("rows", number(rows as i64).into()), ("count", rows.into())]);
    Some(if left.is_range_known { words } else { format!("{words} {}", t("volume-left-retention")) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_said_in_the_number_it_has() {
        let words = |rows| left_words(Left { rows, requests: 1, is_counted: true, is_range_known: true });
        assert_eq!(words(0), None);
        assert_eq!(words(1).as_deref(), Some("About 1 row is still to come, by Graph’s own count."));
        assert_eq!(words(99).as_deref(), Some("About 99 rows are still to come, by Graph’s own count."));
    }
}
