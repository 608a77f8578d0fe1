//! What Graph is asked for: time range and conditions. Changing them changes the route, and with it the load.

use engine::{
    filter::{Condition, Value},
    protocol::TimeRange,
    reports::ReportDefinition,
};
use leptos::{ev, prelude::*};

use super::{questions::question_text, request::RequestDialog};
use crate::{
    components::{
        date_time::{formats, from_local_field, local_field},
        icon::Icon,
        menu::Menu,
        tabs::yes_no,
    },
    state::{
        app_state::use_app,
        route::{ReportRoute, Route},
        scope::{PRESETS_HOURS, between, operator_name, preset},
    },
    text::{column_heading, range_name, t, t_with},
};

/// The bar; `route` is the report at hand.
#[component]
pub fn ScopeBar(
    /// The report at hand.
    #[prop(into)]
    route: Signal<ReportRoute>,
    /// The range in force.
    #[prop(into)]
    range: Signal<TimeRange>,
) -> impl IntoView {
    let app = use_app();
    let is_open = RwSignal::new(false);
    let is_request_open = RwSignal::new(false);
    let is_sample = Signal::derive(move || app.dataset.read().as_ref().is_some_and(|dataset| dataset.is_sample()));
    // What the sample shows has nothing to do with who is signed in.
    let tenant = Signal::derive(move || {
        let account = app.account.get().filter(|_| !is_sample.get());
        account.map(|account| account.tenant_id).filter(|id| !id.is_empty())
    });
    let conditions = Memo::new(move |_| route.read().conditions.clone());
    let question = Memo::new(move |_| route.read().question.clone());
    let choose = Callback::new(move |range: TimeRange| {
        is_open.set(false);
        app.go(&Route::Report(ReportRoute { range: Some(range), ..route.get_untracked() }));
    });
    let remove = move |index: usize| {
        let mut route = route.get_untracked();
        route.conditions.remove(index);
        route.question = None;
        app.go(&Route::Report(route));
    };
    let chips = move || {
        let report = route.read().report.definition();
        let chips = conditions.get().into_iter().enumerate().map(|(index, condition)| {
            let (field, value) = condition_words(report, &condition);
            let name = t_with("chip-remove", &[("condition", format!("{field} {value}").into())]);
            view! {
                <li class="chip chip--graph">
                    <span class="chip-text">{field}" "<b>{value}</b></span>
                    <button class="chip-remove" type="button" aria-label=name on:click=move |_| remove(index)>
                        <Icon name="x" is_small=true />
                    </button>
                </li>
            }
        });
        chips.collect_view()
    };
    let button = view! {
        <Icon name="clock" />
        <span>{move || range_text(range.get())}</span>
    }
    .into_any();
    view! {
        <section class="bar bar--scope" aria-label=t("scope-hint")>
            <div class="scope" title=t("scope-hint")>
                <span class="scope-label">{t("scope")}</span>
                <Menu is_open=is_open class="button scope-range" panel_label=t("scope-range") button=button>
                    <RangePanel range=range on_choose=choose />
                </Menu>
                <ul class="scope-chips">{chips}</ul>
            </div>
            {move || {
                question
                    .get()
                    .map(|question| {
                        view! {
                            <p class="scope-question">
                                <span class="hidden-text">{t("question-asked")}": "</span>
                                {question_text(&question)}
                            </p>
                        }
                    })
            }}
            <button
                class="button scope-request"
                type="button"
                aria-haspopup="dialog"
                on:click=move |_| is_request_open.set(true)
            >
                <Icon name="braces" />
                <span>{t("request-show")}</span>
            </button>
        </section>
        <RequestDialog
            is_open=is_request_open
            route=route
            range=range
            cloud=app.cloud()
            tenant=tenant
            is_sample=is_sample
        />
    }
}

/// A range in words.
pub fn range_text(range: TimeRange) -> String {
    if let Some(name) = range_name(range) {
        return name;
    }
    let TimeRange::Between { from, to } = range else { return String::new() };
    let formats = formats();
    match (from, to) {
        (Some(from), Some(to)) => {
            t_with("range-between", &[("from", formats.brief(from).into()), ("to", formats.brief(to).into())])
        }
        (Some(from), None) => t_with("range-from", &[("from", formats.brief(from).into())]),
        (None, Some(to)) => t_with("range-to", &[("to", formats.brief(to).into())]),
        (None, None) => t("range-everything"),
    }
}

/// A condition in words: field and operator, then the value.
pub fn condition_words(report: &ReportDefinition, condition: &Condition) -> (String, String) {
    let operator = t(&format!("operator-{}", operator_name(condition.operator)));
    let value = match &condition.value {
        value @ (Value::Text(_) | Value::Integer(_) | Value::Number(_) | Value::Network(_)) => value.to_string(),
        Value::Flag(true) => t("details-yes"),
        Value::Flag(false) => t("details-no"),
        Value::Instant(instant) => formats().full(*instant),
    };
    (format!("{} {operator}", column_heading(report, &condition.column)), value)
}

#[component]
fn RangePanel(#[prop(into)] range: Signal<TimeRange>, on_choose: Callback<TimeRange>) -> impl IntoView {
    let now = range.get_untracked();
    let ends = match now {
        TimeRange::Between { from, to } => (from, to),
        _ => (None, None),
    };
    let field = |end: Option<i64>| RwSignal::new(end.map(local_field).unwrap_or_default());
    let (from, to) = (field(ends.0), field(ends.1));
    let wrong = RwSignal::new(None::<String>);
    let presets = PRESETS_HOURS.iter().map(|hours| {
        let range = preset(*hours);
        let pressed = yes_no(range == now);
        view! {
            <button class="menu-item" type="button" aria-pressed=pressed on:click=move |_| on_choose.run(range)>
                {range_name(range).unwrap_or_default()}
            </button>
        }
    });
    let apply = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let (from, to) = (from_local_field(&from.get_untracked()), from_local_field(&to.get_untracked()));
        match between(from, to) {
            Some(range) => on_choose.run(range),
            None if from.is_none() && to.is_none() => wrong.set(Some(t("range-error-empty"))),
            None => wrong.set(Some(t("range-error"))),
        }
    };
    view! {
        {presets.collect_view()}
        <form class="range-form" on:submit=apply>
            <span class="field-label">{t("range-custom")}</span>
            <RangeEnd label=t("range-custom-from") text=from />
            <RangeEnd label=t("range-custom-to") text=to />
            <span class="field-hint">{t("range-custom-hint")}</span>
            <span class="field-error" role="alert">{move || wrong.get()}</span>
            <button class="button button--edge" type="submit">{t("range-custom-apply")}</button>
        </form>
    }
}

/// One end of a range, in the person's time zone.
#[component]
fn RangeEnd(label: String, text: RwSignal<String>) -> impl IntoView {
    view! {
        <label class="range-end">
            <span>{label}</span>
            <input
                class="field-input"
                type="datetime-local"
                prop:value=text
                on:input=move |event| text.set(event_target_value(&event))
            />
        </label>
    }
}
