//! What is loaded, what is still coming and what stands in the way, in one line; said aloud at most every five seconds.

use std::time::Duration;

use engine::{
    ports::{AuthError, BudgetState},
    protocol::{LoadStatus, Phase, WaitReason},
};
use leptos::prelude::*;

use crate::{
    components::{date_time::DateTime, icon::Shape},
    state::{app_state::use_app, notice::Action, route::ReportRoute},
    text::{fetch_phrase, number, t, t_with},
};

/// Pause between two announcements.
const ANNOUNCE_PAUSE: Duration = Duration::from_secs(5);

/// The line.
#[component]
pub fn Coverage(
    /// The report at hand.
    #[prop(into)]
    route: Signal<ReportRoute>,
    /// What is known about its load.
    #[prop(into)]
    status: Signal<Option<LoadStatus>>,
    /// True while the list of warnings is shown.
    is_warnings_open: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <div class="coverage">
            {move || match status.get() {
                None => view! { <span class="coverage-item">{t("load-starting")}</span> }.into_any(),
                Some(status) => view! { <Line route=route status=status is_warnings_open=is_warnings_open /> }.into_any(),
            }}
        </div>
        <Announcement route=route status=status />
    }
}

#[component]
fn Line(route: Signal<ReportRoute>, status: LoadStatus, is_warnings_open: RwSignal<bool>) -> impl IntoView {
    let app = use_app();
    let key = status.key.clone();
    let (class, shape) = look(&status.phase);
    let count = |count: u32, key: &str| {
        view! { <span class="coverage-item"><b>{number(count)}</b>" "{t_with(key, &[("count", count.into())])}</span> }
    };
    let warnings: u32 = status.warnings.iter().map(|(_, count)| count).sum();
    let optional = status.key.report.definition().access.scopes_optional;
    let ask_details = move |_| {
        let scopes = optional.iter().map(|scope| (*scope).to_owned()).collect();
        app.act(&Action::Consent { scopes }, Some(&route.get_untracked()));
    };
    let main = match &status.phase {
        Phase::Loading | Phase::Waiting { .. } => {
            let stop = move |_| app.stop(key.clone());
            Some(
                view! { <button class="button button--link" type="button" on:click=stop>{t("load-stop")}</button> }
                    .into_any(),
            )
        }
        Phase::Stopped | Phase::Failed(_) => {
            let words = if status.phase == Phase::Stopped { t("load-continue") } else { t("load-again") };
            let again = move |_| app.continue_load(&key);
            Some(view! { <button class="button button--link" type="button" on:click=again>{words}</button> }.into_any())
        }
        Phase::NeedsPerson(_) | Phase::Complete | Phase::MemoryFull => None,
    };
    view! {
        {count(status.rows, "load-rows")}
        <span class="coverage-item"><span class=class><Shape name=shape />{phase_words(&status.phase)}</span></span>
        {(status.pages > 0).then(|| count(status.pages, "load-pages"))}
        {(status.requests > 0)
            .then(|| view! { <span class="coverage-item--requests">{count(status.requests, "load-requests")}</span> })}
        {status
            .reached
            .map(|at| view! { <span class="coverage-item coverage-item--reached">{t("load-reached")}" "<b><DateTime at=at /></b></span> })}
        {(status.duplicates > 0)
            .then(|| {
                view! {
                    <span class="coverage-item">{t_with("load-duplicates", &[("count", status.duplicates.into())])}</span>
                }
            })}
        {(warnings > 0)
            .then(|| {
                let words = t_with("load-warnings", &[("count", warnings.into())]);
                view! {
                    <button
                        class="button button--link"
                        type="button"
                        aria-haspopup="dialog"
                        on:click=move |_| is_warnings_open.set(true)
                    >
                        {words}
                    </button>
                }
            })}
        {status
            .is_policy_detail_missing
            .then(|| {
                view! {
                    <span class="coverage-item">
                        {t("policy-missing")}
                        <button class="button button--link" type="button" on:click=ask_details>{t("policy-missing-action")}</button>
                    </span>
                }
            })}
        <span class="push"></span>
        {status.budget.map(|budget| view! { <Budget budget=budget /> })}
        {main}
    }
}

/// Five boxes: requests started in the window of ten seconds, and those that could start now.
#[component]
fn Budget(budget: BudgetState) -> impl IntoView {
    let boxes = (0..budget.limit).map(|index| {
        let class = if index < budget.used { "budget-used" } else { "budget-free" };
        let x = f64::from(index) * 10.5 + 0.5;
        view! { <rect class=class x=x.to_string() y="0.5" width="8" height="7"></rect> }
    });
    let width = f64::from(budget.limit) * 10.5 - 0.5;
    let words = t_with("budget", &[("used", budget.used.into()), ("limit", budget.limit.into())]);
    view! {
        <span class="coverage-item coverage-item--budget">
            <svg class="budget" viewBox=format!("0 0 {width} 8") aria-hidden="true">{boxes.collect_view()}</svg>
            <b>{words}</b>
            " "
            {t_with("budget-unit", &[("seconds", budget.window_secs.into())])}
        </span>
    }
}

/// The same for readers, not more often than they can listen.
#[component]
fn Announcement(route: Signal<ReportRoute>, status: Signal<Option<LoadStatus>>) -> impl IntoView {
    let said = RwSignal::new(String::new());
    let is_waiting = StoredValue::new(false);
    let words = move || {
        status.with_untracked(|status| {
            let status = status.as_ref()?;
            let report = route.read_untracked().report.definition();
            let rows = t_with("rows", &[("count", status.rows.into())]);
            let phase = phase_words(&status.phase);
            let name = fetch_phrase(report, &status.key.fetch);
            Some(t_with("status-loaded", &[("report", name.into()), ("rows", rows.into()), ("phase", phase.into())]))
        })
    };
    Effect::new(move || {
        let _ = status.read().is_some();
        if !is_waiting.get_value() {
            is_waiting.set_value(true);
            set_timeout(
                move || {
                    // The report may be closed by now.
                    if is_waiting.try_set_value(false).is_none()
                        && let Some(words) = words()
                    {
                        said.set(words);
                    }
                },
                ANNOUNCE_PAUSE,
            );
        }
    });
    view! { <p class="hidden-text" role="status">{said}</p> }
}

fn look(phase: &Phase) -> (&'static str, &'static str) {
    match phase {
        Phase::Loading => ("outcome outcome--pause coverage-moving", "pause"),
        Phase::Waiting { .. } | Phase::NeedsPerson(_) | Phase::Stopped | Phase::MemoryFull => {
            ("outcome outcome--pause", "pause")
        }
        Phase::Complete => ("outcome outcome--ok", "ok"),
        Phase::Failed(_) => ("outcome outcome--fail", "fail"),
    }
}

fn phase_words(phase: &Phase) -> String {
    match phase {
        Phase::Loading => t("load-loading"),
        Phase::Waiting { until, reason } => {
            let left = ((*until as f64 - js_sys::Date::now()) / 1_000.0).ceil().max(0.0);
            let key = match reason {
                WaitReason::Throttled => "load-throttled",
                WaitReason::Retrying => "load-retrying",
            };
            t_with(key, &[("seconds", left.into())])
        }
        Phase::NeedsPerson(AuthError::ConsentRequired { .. } | AuthError::AdminConsentRequired { .. }) => {
            t("load-needs-consent")
        }
        Phase::NeedsPerson(_) => t("load-needs-sign-in"),
        Phase::Stopped => t("load-stopped"),
        Phase::Complete => t("load-complete"),
        Phase::MemoryFull => t("load-memory"),
        Phase::Failed(_) => t("load-failed"),
    }
}
