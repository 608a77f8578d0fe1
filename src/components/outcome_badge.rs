//! An outcome as shape, colour and word, always together.

use engine::reports::Outcome;
use leptos::prelude::*;

use super::icon::Shape;
use crate::text::t;

/// One outcome.
#[component]
pub fn OutcomeBadge(
    /// Which.
    outcome: Outcome,
) -> impl IntoView {
    let (class, shape) = look(outcome);
    view! {
        <span class=class>
            <Shape name=shape />
            {t(&format!("outcome-{}", outcome.as_str()))}
        </span>
    }
}

fn look(outcome: Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Success => ("outcome outcome--ok", "ok"),
        Outcome::Interrupted => ("outcome outcome--pause", "pause"),
        Outcome::Failure | Outcome::Timeout => ("outcome outcome--fail", "fail"),
        Outcome::Skipped => ("outcome outcome--none", "skip"),
        Outcome::Warning => ("outcome outcome--pause", "watch"),
        Outcome::Unknown => ("outcome outcome--none", "none"),
    }
}
