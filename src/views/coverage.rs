//! What is loaded, what is still coming and what stands in the way, in one line; said aloud at most every five seconds.

use std::time::Duration;

use engine::{
    ports::{AuthError, BudgetState},
    protocol::{LoadStatus, Phase, SliceState, SliceStatus, WaitReason},
};
use leptos::prelude::*;

use super::parts::{PartsDialog, PartsRuler};
use crate::{
    components::{date_time::DateTime, icon::Shape},
    state::{app_state::use_app, notice::Action, route::ReportRoute, ruler::seconds_left, volume::rows_expected},
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
    let is_known = Memo::new(move |_| status.read().is_some());
    let is_parts_open = RwSignal::new(false);
    let app = use_app();
    let retry = Callback::new(move |part: SliceStatus| app.retry(route.get_untracked().key(), &part));
    view! {
        <PartsRuler status=status />
        <div class="coverage">
            {move || {
                if is_known.get() {
                    view! { <Line route=route status=status is_warnings_open=is_warnings_open is_parts_open=is_parts_open /> }
                        .into_any()
                } else {
                    view! { <span class="coverage-item">{t("load-starting")}</span> }.into_any()
                }
            }}
        </div>
        <Announcement route=route status=status />
        <PartsDialog is_open=is_parts_open status=status on_retry=retry />
    }
}

/// What the button at the end of the line does.
#[derive(Clone, Copy, PartialEq)]
enum Main {
    Stop,
    Continue,
    Again,
}

/// Every part follows its own figures, so that a button keeps the focus while they change.
#[component]
fn Line(
    route: Signal<ReportRoute>,
    status: Signal<Option<LoadStatus>>,
    is_warnings_open: RwSignal<bool>,
    is_parts_open: RwSignal<bool>,
) -> impl IntoView {
    let app = use_app();
    let figure =
        move |read: fn(&LoadStatus) -> u32| Memo::new(move |_| status.with(|status| status.as_ref().map_or(0, read)));
    let count = |figure: Memo<u32>, key: &'static str| {
        view! { <b>{move || number(figure.get())}</b>" "{move || t_with(key, &[("count", figure.get().into())])} }
    };
    let (rows, pages) = (figure(|status| status.rows), figure(|status| status.pages));
    let (requests, duplicates) = (figure(|status| status.requests), figure(|status| status.duplicates));
    let warnings = figure(|status| status.warnings.iter().map(|(_, count)| count).sum());
    let reached = Memo::new(move |_| status.with(|status| status.as_ref().and_then(|status| status.reached)));
    let budget = Memo::new(move |_| status.with(|status| status.as_ref().and_then(budget_of)));
    let seconds = Memo::new(move |_| status.with(|status| status.as_ref().and_then(seconds_left)));
    let expected = Memo::new(move |_| status.with(|status| status.as_ref().and_then(rows_expected)));
    let failed = figure(|status| {
        status.slices.iter().filter(|slice| matches!(slice.state, SliceState::Failed(_))).count() as u32
    });
    let outside = Memo::new(move |_| {
        status.with(|status| {
            let slices = status.as_ref().map_or(&[][..], |status| &status.slices);
            slices.iter().find(|slice| slice.state == SliceState::OutsideRetention).and_then(|slice| slice.to)
        })
    });
    let is_policy_missing =
        Memo::new(move |_| status.with(|status| status.as_ref().is_some_and(|status| status.is_policy_detail_missing)));
    let main = Memo::new(move |_| {
        status.with(|status| match status.as_ref()?.phase {
            Phase::Loading | Phase::Waiting { .. } => Some(Main::Stop),
            Phase::Stopped => Some(Main::Continue),
            Phase::Failed(_) => Some(Main::Again),
            Phase::NeedsPerson(_) | Phase::Complete | Phase::MemoryFull => None,
        })
    });
    let press = move |main: Main| {
        let key = route.get_untracked().key();
        match main {
            Main::Stop => app.stop(key),
            Main::Continue | Main::Again => app.continue_load(&key),
        }
    };
    let ask_details = move |_| {
        let route = route.get_untracked();
        let optional = route.report.definition().access.scopes_optional;
        let scopes = optional.iter().map(|scope| (*scope).to_owned()).collect();
        app.act(&Action::Consent { scopes }, Some(&route));
    };
    view! {
        <span class="coverage-item">
            {count(rows, "load-rows")}
            {move || {
                expected
                    .get()
                    .map(|rows| view! { <span>{t_with("load-of-about", &[("count", number(rows as i64).into())])}</span> })
            }}
        </span>
        <PhaseItem status=status />
        {move || seconds.get().map(|seconds| view! { <span class="coverage-item">{left_words(seconds)}</span> })}
        <Show when=move || failed.get() != 0>
            <span class="coverage-item outcome outcome--fail">
                <Shape name="fail" />
                {move || t_with("load-failed-parts", &[("count", failed.get().into())])}
            </span>
        </Show>
        {move || {
            outside
                .get()
                .map(|at| view! { <span class="coverage-item">{t("load-outside")}" "<b><DateTime at=at /></b></span> })
        }}
        <Show when=move || pages.get() != 0>
            <span class="coverage-item">{count(pages, "load-pages")}</span>
        </Show>
        <Show when=move || requests.get() != 0>
            <span class="coverage-item coverage-item--requests">{count(requests, "load-requests")}</span>
        </Show>
        {move || {
            reached
                .get()
                .map(|at| {
                    view! {
                        <span class="coverage-item coverage-item--reached">
                            {t("load-reached")}" "<b><DateTime at=at /></b>
                        </span>
                    }
                })
        }}
        <Show when=move || duplicates.get() != 0>
            <span class="coverage-item">
                {move || t_with("load-duplicates", &[("count", duplicates.get().into())])}
            </span>
        </Show>
        <Show when=move || warnings.get() != 0>
            <button
                class="button button--link"
                type="button"
                aria-haspopup="dialog"
                on:click=move |_| is_warnings_open.set(true)
            >
                {move || t_with("load-warnings", &[("count", warnings.get().into())])}
            </button>
        </Show>
        <Show when=move || is_policy_missing.get()>
            <span class="coverage-item">
                {t("policy-missing")}
                <button class="button button--link" type="button" on:click=ask_details>{t("policy-missing-action")}</button>
            </span>
        </Show>
        <span class="push"></span>
        {move || budget.get().map(|budget| view! { <Budget budget=budget /> })}
        <button
            class="button button--link"
            type="button"
            aria-haspopup="dialog"
            on:click=move |_| is_parts_open.set(true)
        >
            {t("load-parts")}
        </button>
        {move || {
            main.get()
                .map(|main| {
                    let words = match main {
                        Main::Stop => t("load-stop"),
                        Main::Continue => t("load-continue"),
                        Main::Again => t("load-again"),
                    };
                    view! { <button class="button button--link" type="button" on:click=move |_| press(main)>{words}</button> }
                })
        }}
    }
}

/// Where the load stands; a pause counts down.
#[component]
fn PhaseItem(status: Signal<Option<LoadStatus>>) -> impl IntoView {
    let phase = Memo::new(move |_| status.with(|status| status.as_ref().map(|status| status.phase.clone())));
    let second = RwSignal::new(0_u32);
    let clock = set_interval_with_handle(move || second.update(|second| *second += 1), Duration::from_secs(1));
    on_cleanup(move || {
        if let Ok(clock) = clock {
            clock.clear();
        }
    });
    let words = move || {
        let phase = phase.get()?;
        if matches!(phase, Phase::Waiting { .. }) {
            second.track();
        }
        Some(phase_words(&phase))
    };
    move || {
        let (class, shape) = phase.with(|phase| phase.as_ref().map(look))?;
        Some(view! { <span class="coverage-item"><span class=class><Shape name=shape />{words}</span></span> })
    }
}

/// The budget; who else uses it is known only as long as something is asked for.
fn budget_of(status: &LoadStatus) -> Option<BudgetState> {
    let is_under_way = status.phase.is_under_way();
    status.budget.map(|budget| BudgetState { others: budget.others.filter(|_| is_under_way), ..budget })
}

/// Five boxes: requests started in the window of ten seconds, those that could start now, and those that others use.
#[component]
fn Budget(budget: BudgetState) -> impl IntoView {
    let boxes = (0..budget.limit).map(|index| {
        let is_left = budget.others.is_none_or(|others| index < others.left);
        let class = if index < budget.used {
            "budget-used"
        } else if is_left {
            "budget-free"
        } else {
            "budget-taken"
        };
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
        {budget
            .others
            .map(|others| {
                let words = t_with("budget-others", &[("left", others.left.into())]);
                view! { <span class="coverage-item coverage-item--others">{words}</span> }
            })}
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

fn left_words(seconds: u32) -> String {
    if seconds < 100 {
        return t_with("load-left-seconds", &[("count", seconds.into())]);
    }
    t_with("load-left-minutes", &[("count", seconds.div_ceil(60).into())])
}

fn phase_words(phase: &Phase) -> String {
    match phase {
        Phase::Loading => t("load-loading"),
        Phase::Waiting { until, reason } => {
            let left = ((*until as f64 - js_sys::Date::now()) / 1_000.0).ceil().max(0.0);
            let key = match reason {
                WaitReason::Throttled => "load-throttled",
                WaitReason::Retrying => "load-retrying",
                WaitReason::Offline => "load-offline",
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
