//! A list of things that were looked at, each with its verdict.

use leptos::prelude::*;

use super::icon::Shape;
use crate::state::diagnosis::{Check, Verdict};

/// The list.
#[component]
pub fn Checks(
    /// In order.
    checks: Vec<Check>,
) -> impl IntoView {
    let items = checks.into_iter().map(|check| {
        let (class, shape) = match check.verdict {
            Verdict::Fine => ("check check--ok", "ok"),
            Verdict::Failed => ("check check--fail", "fail"),
            Verdict::Waiting => ("check check--pause", "pause"),
            Verdict::Open => ("check check--none", "none"),
        };
        view! {
            <li class=class>
                <Shape name=shape />
                <span><b>{check.name}</b>" "{check.text}</span>
            </li>
        }
    });
    view! { <ul class="checks">{items.collect_view()}</ul> }
}
