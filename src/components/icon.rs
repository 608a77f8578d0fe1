//! Icons as symbols: their shapes are in the page once, and every use is one small element.

use leptos::prelude::*;

/// The shapes, once per mount.
#[component]
pub fn Sprite() -> impl IntoView {
    view! {
        <svg class="sprite" aria-hidden="true">
            // Hatches of the charts: what is not colour alone is seen in grey, too.
            <pattern id="hatch-pause" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <rect class="fill-sheet" width="4" height="4"></rect>
                <rect class="fill-pause" width="2.6" height="4"></rect>
            </pattern>
            <pattern id="hatch-timeout" width="3" height="3" patternUnits="userSpaceOnUse">
                <rect class="fill-sheet" width="3" height="3"></rect>
                <rect class="fill-fail" width="3" height="2"></rect>
            </pattern>
            <pattern id="hatch-wait" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <path class="line-wait" d="M0 0v6"></path>
            </pattern>
            <pattern id="hatch-fail" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <path class="line-fail" d="M0 0v5"></path>
            </pattern>
            <symbol id="o-ok" viewBox="0 0 12 12"><path d="M1.5 6.5 4.6 9.5 10.5 2.5"></path></symbol>
            <symbol id="o-fail" viewBox="0 0 12 12">
                <path d="M6 .6 11.4 6 6 11.4.6 6Z" fill="currentColor" stroke="none"></path>
                <path d="m4.4 4.4 3.2 3.2m0-3.2L4.4 7.6" stroke="var(--sheet)" stroke-width="1.3"></path>
            </symbol>
            <symbol id="o-pause" viewBox="0 0 12 12">
                <circle cx="6" cy="6" r="4.7" stroke-width="1.4"></circle>
                <path d="M6 1.3a4.7 4.7 0 0 0 0 9.4Z" fill="currentColor" stroke="none"></path>
            </symbol>
            <symbol id="o-none" viewBox="0 0 12 12"><path d="M2 6h8"></path></symbol>
            <symbol id="o-watch" viewBox="0 0 12 12">
                <circle cx="6" cy="6" r="4.6" stroke-width="1.4" stroke-dasharray="2 1.6"></circle>
            </symbol>
            <symbol id="o-skip" viewBox="0 0 12 12"><path d="m2 2.5 3.5 3.5L2 9.5m4.5-7L10 6l-3.5 3.5"></path></symbol>
            <symbol id="i-gate" viewBox="0 0 20 20">
                <path d="M3 17.5V7a7 7 0 0 1 14 0v10.5M1.5 17.5h17M10 .9v16.6M6.5 4.5v13M13.5 4.5v13M3 10.5h14"></path>
            </symbol>
            <symbol id="i-clock" viewBox="0 0 16 16">
                <circle cx="8" cy="8" r="6"></circle>
                <path d="M8 4.5V8l2.5 1.5"></path>
            </symbol>
            <symbol id="i-search" viewBox="0 0 16 16">
                <circle cx="7" cy="7" r="4.5"></circle>
                <path d="m10.5 10.5 3.5 3.5"></path>
            </symbol>
            <symbol id="i-x" viewBox="0 0 16 16"><path d="m4 4 8 8m0-8-8 8"></path></symbol>
            <symbol id="i-down" viewBox="0 0 16 16"><path d="m4 6 4 4 4-4"></path></symbol>
            <symbol id="i-right" viewBox="0 0 16 16"><path d="m6 4 4 4-4 4"></path></symbol>
            <symbol id="i-up-arrow" viewBox="0 0 16 16"><path d="M8 13V3M4 7l4-4 4 4"></path></symbol>
            <symbol id="i-down-arrow" viewBox="0 0 16 16"><path d="M8 3v10M4 9l4 4 4-4"></path></symbol>
            <symbol id="i-rows" viewBox="0 0 16 16"><path d="M2.5 4h11m-11 4h11m-11 4h11"></path></symbol>
            <symbol id="i-check" viewBox="0 0 16 16"><path d="m3 8.5 3.2 3L13 4.5"></path></symbol>
            <symbol id="i-gear" viewBox="0 0 16 16">
                <path d="M2 4.5h6m3 0h3M2 11.5h3m3 0h6"></path>
                <circle cx="9.5" cy="4.5" r="1.6"></circle>
                <circle cx="6.5" cy="11.5" r="1.6"></circle>
            </symbol>
            <symbol id="i-theme" viewBox="0 0 16 16">
                <circle cx="8" cy="8" r="5.5"></circle>
                <path d="M8 2.5a5.5 5.5 0 0 1 0 11Z" fill="currentColor"></path>
            </symbol>
            <symbol id="i-help" viewBox="0 0 16 16">
                <circle cx="8" cy="8" r="6"></circle>
                <path d="M6.3 6.3a1.8 1.8 0 1 1 2.5 1.6c-.6.3-.8.6-.8 1.2m0 2v.1"></path>
            </symbol>
            <symbol id="i-copy" viewBox="0 0 16 16"><path d="M5.5 5.5h8v8h-8Zm5-3h-8v8"></path></symbol>
            <symbol id="i-braces" viewBox="0 0 16 16">
                <path d="M6 2.5c-3 0-1 5.5-3.5 5.5C5 8 3 13.5 6 13.5m4-11c3 0 1 5.5 3.5 5.5C11 8 13 13.5 10 13.5"></path>
            </symbol>
            <symbol id="i-lock" viewBox="0 0 16 16"><path d="M3.5 7h9v6.5h-9ZM5.5 7V5a2.5 2.5 0 0 1 5 0v2"></path></symbol>
            <symbol id="i-home" viewBox="0 0 16 16"><path d="M2.5 7.5 8 3l5.5 4.5M4 6.5v7h8v-7"></path></symbol>
            <symbol id="i-person" viewBox="0 0 16 16">
                <circle cx="8" cy="5.2" r="2.7"></circle>
                <path d="M2.8 13.5c.6-2.8 2.6-4 5.2-4s4.6 1.2 5.2 4"></path>
            </symbol>
            <symbol id="i-edit" viewBox="0 0 16 16"><path d="m3 13 .6-2.7 7-7 2.1 2.1-7 7Z"></path></symbol>
            <symbol id="i-sync" viewBox="0 0 16 16"><path d="M3 6.5h8.5M9 4l2.5 2.5M13 9.5H4.5M7 12 4.5 9.5"></path></symbol>
            <symbol id="i-tag" viewBox="0 0 16 16">
                <path d="M2.5 3h5.5l5.5 5.5-5 5-6-6Z"></path>
                <circle cx="5.4" cy="5.8" r=".8"></circle>
            </symbol>
            <symbol id="i-open" viewBox="0 0 16 16">
                <path d="M7 3.5H3v9.5h9.5V9M9.5 2.5h4v4m0-4-6 6"></path>
            </symbol>
        </svg>
    }
}

/// A 16-pixel icon beside words, hidden from readers.
#[component]
pub fn Icon(
    /// Name of the symbol without `i-`.
    #[prop(into)]
    name: Signal<&'static str>,
    /// Twelve pixels instead of sixteen.
    #[prop(optional)]
    is_small: bool,
) -> impl IntoView {
    let class = if is_small { "icon icon--small" } else { "icon" };
    view! {
        <svg class=class aria-hidden="true">
            <use_ href=move || format!("#i-{}", name.get())></use_>
        </svg>
    }
}

/// A shape that goes with an outcome or verdict, hidden from readers.
#[component]
pub fn Shape(
    /// Name of the symbol without `o-`.
    name: &'static str,
) -> impl IntoView {
    view! {
        <svg class="outcome-shape" aria-hidden="true">
            <use_ href=format!("#o-{name}")></use_>
        </svg>
    }
}
