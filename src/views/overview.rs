//! The start page once a dataset is open: the questions, and what is loaded of each report.

use engine::{
    protocol::{LoadKey, Phase},
    reports::{self, Fetch, ReportDefinition},
};
use leptos::prelude::*;

use super::{questions::QuestionGrid, scope_bar::range_text, shell::link};
use crate::{
    components::{date_time::DateTime, icon::Shape},
    state::{
        app_state::use_app,
        route::{ReportRoute, Route},
    },
    text::{fetch_name, number, report_name, t},
};

/// The page.
#[component]
pub fn Overview() -> impl IntoView {
    let app = use_app();
    let title = move || {
        let is_sample = app.dataset.read().as_ref().is_some_and(|dataset| dataset.is_sample());
        match app.account.get() {
            Some(account) if !is_sample => account.username.split('@').nth(1).unwrap_or(&account.username).to_owned(),
            _ => t("overview-sample"),
        }
    };
    view! {
        <main class="page" id="content" tabindex="-1">
            <div class="page-column">
                <div class="page-head">
                    <h1 class="page-title">{title}</h1>
                    <span class="quiet">{t("overview-lead")}</span>
                </div>
                <section aria-labelledby="overview-questions">
                    <div class="section-head">
                        <h2 class="section-title" id="overview-questions">{t("overview-questions")}</h2>
                        <span class="section-note">{t("overview-questions-note")}</span>
                    </div>
                    <QuestionGrid />
                </section>
                <section class="upper-space" aria-labelledby="overview-reports">
                    <div class="section-head">
                        <h2 class="section-title" id="overview-reports">{t("overview-reports")}</h2>
                    </div>
                    <table class="sheet-table">
                        <thead>
                            <tr>
                                <th scope="col">{t("overview-report")}</th>
                                <th scope="col">{t("overview-loaded")}</th>
                                <th scope="col" class="number">{t("overview-rows")}</th>
                                <th scope="col" class="sheet-optional">{t("overview-range")}</th>
                                <th scope="col" class="sheet-optional">{t("overview-reached")}</th>
                            </tr>
                        </thead>
                        <tbody>{reports::ALL.iter().map(|report| view! { <ReportRows report=report /> }).collect_view()}</tbody>
                    </table>
                </section>
            </div>
        </main>
    }
}

#[component]
fn ReportRows(report: &'static ReportDefinition) -> impl IntoView {
    let is_one = report.fetches.len() == 1;
    let group = (!is_one).then(|| {
        view! { <tr class="sheet-group"><th scope="rowgroup" colspan="5">{report_name(report)}</th></tr> }
    });
    let rows = report.fetches.iter().map(|fetch| {
        let name = if is_one { report_name(report) } else { fetch_name(report, fetch) };
        view! { <FetchRow report=report fetch=fetch name=name is_indented=!is_one /> }
    });
    view! {
        {group}
        {rows.collect_view()}
    }
}

#[component]
fn FetchRow(
    report: &'static ReportDefinition,
    fetch: &'static Fetch,
    name: String,
    is_indented: bool,
) -> impl IntoView {
    let app = use_app();
    let key = LoadKey { report: report.id, fetch: fetch.id.to_owned() };
    let status = app.loads().of(&key).status;
    // A row leads to what is loaded, not to the usual range.
    let href = move || {
        let mut route = ReportRoute::plain(report.id, fetch.id);
        if let Some(scope) = status.with(|status| status.as_ref().map(|status| status.scope.clone())) {
            route.range = Some(scope.range);
            route.conditions = scope.conditions;
        }
        link(&Route::Report(route))
    };
    let phase = move || {
        let (class, shape, key) = status.with(|status| match status.as_ref().map(|status| &status.phase) {
            None => ("outcome outcome--none", "none", "overview-not-asked"),
            Some(Phase::Loading | Phase::Waiting { .. }) => ("outcome outcome--pause", "pause", "load-loading"),
            Some(Phase::NeedsPerson(_)) => ("outcome outcome--pause", "pause", "diagnosis-waiting-kind"),
            Some(Phase::Stopped) => ("outcome outcome--pause", "pause", "load-stopped"),
            Some(Phase::MemoryFull) => ("outcome outcome--pause", "pause", "load-memory"),
            Some(Phase::Complete) => ("outcome outcome--ok", "ok", "load-complete"),
            Some(Phase::Failed(_)) => ("outcome outcome--fail", "fail", "load-failed"),
        });
        view! { <span class=class><Shape name=shape />{t(key)}</span> }
    };
    let dash = || view! { <span class="quiet">"–"</span> }.into_any();
    let rows = move || {
        status
            .with(|status| status.as_ref().map(|status| status.rows))
            .map_or_else(dash, |rows| number(rows).into_any())
    };
    let range = move || {
        let scope = status.with(|status| status.as_ref().map(|status| status.scope.range));
        scope.map_or_else(dash, |range| range_text(range).into_any())
    };
    let reached = move || {
        let reached = status.with(|status| status.as_ref().and_then(|status| status.reached));
        reached.map_or_else(dash, |at| view! { <DateTime at=at /> }.into_any())
    };
    view! {
        <tr>
            <th scope="row" class=if is_indented { "sheet-indent" } else { "" }><a class="plain" href=href>{name}</a></th>
            <td>{phase}</td>
            <td class="number">{rows}</td>
            <td class="sheet-optional">{range}</td>
            <td class="sheet-optional">{reached}</td>
        </tr>
    }
}
