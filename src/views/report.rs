//! A report: its event types, what is asked for, how much of it is here, and the rows with the details of one.

use engine::{
    ports::{AuthError, Millis},
    protocol::{GraphError, LoadKey, LoadStatus, Phase, QueryError, TimeRange},
    questions,
    reports::{Fetch, ReportDefinition},
};
use leptos::{html, prelude::*};

use super::{
    coverage::Coverage,
    details::Details,
    diagnosis_page::DiagnosisPage,
    filter_bar::FilterBar,
    histogram::{Histogram, HistogramFocus},
    scope_bar::ScopeBar,
    shell::{link, use_shell},
    table::Table,
    warnings::WarningsDialog,
};
use crate::{
    components::{
        notice_box::NoticeBox,
        tabs::{move_among_tabs, show_chosen, tab_stop, yes_no},
        virtual_list::ListHandle,
    },
    state::{
        app_state::{AppState, SignIn, use_app},
        diagnosis::{self, Circumstances},
        filtering::Filtering,
        notice::{Action, Notice},
        register::Register,
        route::{ReportRoute, Route},
    },
    text::{fetch_name, number, report_name, t},
};

/// The page of the report that the route names.
#[component]
pub fn ReportPage() -> impl IntoView {
    let app = use_app();
    let first = app.route.with_untracked(|route| route.report().cloned());
    first.map(|first| {
        let report = first.report.definition();
        let has_tabs = report.fetches.len() > 1;
        // While the app goes elsewhere, this page keeps showing where it was.
        let route = Memo::new(move |before: Option<&ReportRoute>| {
            let now = app.route.with(|route| route.report().filter(|route| route.report == first.report).cloned());
            now.or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
        });
        let panel = Memo::new(move |_| {
            let route = route.get();
            let asked = route.question.as_deref().and_then(questions::question);
            let columns = asked.filter(|question| !question.columns.is_empty()).map(|question| question.columns);
            let usual = report.fetch(&route.fetch).map_or(&[] as &[_], |fetch| fetch.shown);
            (route.key(), columns.unwrap_or(usual))
        });
        view! {
            <main class="sheet" id="content" tabindex="-1">
                <h1 class="hidden-text">{report_name(report)}</h1>
                {has_tabs.then(|| view! { <FetchTabs report=report route=route /> })}
                {move || {
                    let (key, columns) = panel.get();
                    let name = report.fetch(&key.fetch).map(|fetch| fetch_name(report, fetch)).filter(|_| has_tabs);
                    let role = has_tabs.then_some("tabpanel");
                    view! {
                        <div class="panel" role=role aria-label=name>
                            <Panel key=key columns=columns route=route />
                        </div>
                    }
                }}
            </main>
        }
    })
}

/// Event types, with the number of rows that are loaded of each.
#[component]
fn FetchTabs(report: &'static ReportDefinition, #[prop(into)] route: Signal<ReportRoute>) -> impl IntoView {
    let tab_list = NodeRef::<html::Div>::new();
    Effect::new(move || {
        let _ = route.read().fetch.len();
        if let Some(tab_list) = tab_list.get() {
            show_chosen(&tab_list);
        }
    });
    let tabs = report.fetches.iter().map(|fetch| view! { <FetchTab report=report fetch=fetch route=route /> });
    view! {
        <div class="bar bar--types">
            <div
                class="type-tabs"
                node_ref=tab_list
                role="tablist"
                aria-label=t("event-types")
                on:keydown=|event| move_among_tabs(&event)
            >
                {tabs.collect_view()}
            </div>
        </div>
    }
}

#[component]
fn FetchTab(report: &'static ReportDefinition, fetch: &'static Fetch, route: Signal<ReportRoute>) -> impl IntoView {
    let app = use_app();
    let status = app.loads().of(&LoadKey { report: report.id, fetch: fetch.id.to_owned() }).status;
    // Conditions belong to one event type; range and filter are wishes about all of them.
    let href = move || {
        let plain = ReportRoute::plain(report.id, fetch.id);
        let (range, filter) = route.with(|route| (route.range, route.filter.clone()));
        link(&Route::Report(ReportRoute { range, filter, ..plain }))
    };
    let is_current = move || route.read().fetch == fetch.id;
    let count = move || match status.with(|status| status.as_ref().map(|status| status.rows)) {
        Some(rows) => number(rows),
        None => t("not-asked"),
    };
    view! {
        <a
            class="type-tab"
            role="tab"
            href=href
            aria-selected=move || yes_no(is_current())
            tabindex=move || tab_stop(is_current())
        >
            {fetch_name(report, fetch)}
            <span class="type-tab-count">{count}</span>
        </a>
    }
}

/// Everything below the event types, for one load and one choice of columns.
#[component]
fn Panel(key: LoadKey, columns: &'static [&'static str], #[prop(into)] route: Signal<ReportRoute>) -> impl IntoView {
    let app = use_app();
    let shell = use_shell();
    let load = app.loads().of(&key);
    let filtering = Filtering::new(app, route);
    let columns = columns.iter().map(|id| (*id).to_owned()).collect();
    let register = Register::new(app, key.clone(), columns, filtering.filter.into());
    let list = ListHandle::new();
    let histogram = HistogramFocus::new();
    provide_context(histogram);
    let is_warnings_open = RwSignal::new(false);
    let tab = RwSignal::new(String::new());
    let own = StoredValue::new(key.clone());

    Effect::new(move || {
        let route = route.get();
        if app.dataset.read().is_some() && own.with_value(|own| *own == route.key()) {
            app.ensure_loaded(&route);
        }
    });
    // What stands between the person and the rows; `None` when rows are here or may come.
    let obstacle = Memo::new(move |_| {
        if app.dataset.read().is_none() {
            // Whoever comes back from the sign-in page is signed in a moment later.
            let is_coming = matches!(*app.sign_in.read(), SignIn::Reading | SignIn::Starting);
            return Some(if app.is_opening.get() || is_coming { Obstacle::Opening } else { Obstacle::SignedOut });
        }
        if let Some(error) = load.refused.get() {
            return Some(Obstacle::Refused(error));
        }
        let status = load.status.get()?;
        let has_no_rows =
            register.rows.with(|rows| status.rows == 0 || (rows.revision >= status.revision && rows.loaded == 0));
        (has_no_rows && !status.phase.is_under_way()).then(|| Obstacle::Ended(Box::new(status)))
    });
    let is_counted = Memo::new(move |_| app.dataset.read().is_some() && obstacle.read().is_none());
    let range = move || {
        let loaded = load.status.with(|status| status.as_ref().map(|status| status.scope.range));
        route
            .read()
            .range
            .or_else(|| app.dataset.read().as_ref().map(|dataset| dataset.usual_range()))
            .or(loaded)
            .unwrap_or(TimeRange::LastHours(crate::state::scope::USUAL_HOURS))
    };
    let act = Callback::new(move |action: Action| app.act(&action, Some(&route.get_untracked())));
    let trouble =
        Memo::new(move |_| load.status.with(|status| status.as_ref().and_then(|status| trouble_of(app, status))));
    let panes = move || if register.is_open.get() { "panes panes--details" } else { "panes" };
    let body = move || match obstacle.get() {
        Some(Obstacle::Opening) => view! { <p class="register-empty">{t("visit-opening")}</p> }.into_any(),
        Some(obstacle) => {
            let diagnosis = explain(app, &route.get_untracked(), &obstacle);
            diagnosis.map(|diagnosis| view! { <DiagnosisPage diagnosis=diagnosis on_action=act /> }).into_any()
        }
        None => view! {
            {move || {
                trouble
                    .get()
                    .map(|notice| view! { <div class="notices"><NoticeBox notice=notice on_action=act /></div> })
            }}
            <div class=panes>
                <section class="pane pane--table">
                    <Table register=register list=list tab=tab />
                </section>
                {move || {
                    register
                        .is_open
                        .get()
                        .then(|| view! { <Details register=register list=list tab=tab is_sheet=shell.is_sheet /> })
                }}
            </div>
        }
        .into_any(),
    };
    view! {
        <div class="query">
            <ScopeBar route=route range=Signal::derive(range) />
            <Show when=move || app.dataset.read().is_some()>
                <FilterBar filtering=filtering register=register list=list />
            </Show>
        </div>
        {move || {
            is_counted.get().then(|| view! { <Histogram key=key.clone() filtering=filtering focus=histogram /> })
        }}
        {move || {
            app.dataset
                .read()
                .is_some()
                .then(|| {
                    view! { <Coverage route=route status=load.status is_warnings_open=is_warnings_open /> }
                })
        }}
        {body}
        <WarningsDialog is_open=is_warnings_open status=load.status register=register />
    }
}

/// Why no rows are shown.
#[derive(Clone, Debug, PartialEq)]
enum Obstacle {
    SignedOut,
    Opening,
    Refused(QueryError),
    Ended(Box<LoadStatus>),
}

fn explain(app: AppState, route: &ReportRoute, obstacle: &Obstacle) -> Option<diagnosis::Diagnosis> {
    let is_sample = app.dataset.with_untracked(|dataset| dataset.as_ref().is_some_and(|dataset| dataset.is_sample()));
    let account = app.account.get_untracked().filter(|_| !is_sample).map(|account| account.username);
    let scope = app.scope(route).unwrap_or_default();
    let consent = match obstacle {
        Obstacle::Ended(status) => match &status.phase {
            Phase::NeedsPerson(
                AuthError::AdminConsentRequired { scopes, .. } | AuthError::ConsentRequired { scopes, .. },
            )
            | Phase::Failed(GraphError::PermissionMissing { scopes, .. }) => app.admin_consent(scopes),
            _ => None,
        },
        _ => None,
    };
    let cloud = app.cloud();
    let at = Circumstances {
        report: route.report.definition(),
        scope: &scope,
        account: account.as_deref(),
        graph: if is_sample { "" } else { cloud.graph.trim_start_matches("https://") },
        cloud: cloud.id,
        blocked: app.host().can_sign_in().err(),
        consent: consent.as_ref(),
        now: js_sys::Date::now() as Millis,
        is_set_up: app.settings.read().settings.is_ready(),
    };
    match obstacle {
        Obstacle::SignedOut => Some(diagnosis::signed_out(at)),
        Obstacle::Opening => None,
        Obstacle::Refused(error) => Some(diagnosis::of_query(at, error)),
        Obstacle::Ended(status) => diagnosis::of_load(at, status),
    }
}

/// What to say above rows that are here although the load did not go through.
fn trouble_of(app: AppState, status: &LoadStatus) -> Option<Notice> {
    match &status.phase {
        Phase::NeedsPerson(error) => Some(app.notice_of_auth(error)),
        Phase::Failed(error) => Some(Notice::of_graph(error)),
        Phase::MemoryFull => Some(Notice::of_memory(status.is_memory_only)),
        Phase::Loading | Phase::Waiting { .. } | Phase::Stopped | Phase::Complete => None,
    }
}
