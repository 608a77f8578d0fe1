//! What Graph is asked for the scope at hand, to be read and taken along: the request, a script that makes it, and a query that
//! asks Log Analytics the same.

use engine::{
    clouds::Cloud,
    filter::{Condition, Filter, FilterError, KqlDifference, Unsaid, UnsaidReason, kql},
    graph::{Bounds, ScriptWords, list_lines, list_url, scope_filter, script},
    ports::Millis,
    protocol::TimeRange,
    reports::{Fetch, ReportDefinition},
};
use leptos::prelude::*;

use super::scope_bar::range_text;
use crate::{
    components::{
        copy_button::CopyButton,
        dialog::Dialog,
        tabs::{move_among_tabs, tab_stop, yes_no},
    },
    state::{filtering, route::ReportRoute},
    text::{capitalised, column_heading, fetch_phrase, t, t_with},
};

/// The dialog.
#[component]
pub fn RequestDialog(
    /// Whether it is shown.
    is_open: RwSignal<bool>,
    /// The report at hand.
    #[prop(into)]
    route: Signal<ReportRoute>,
    /// The range in force.
    #[prop(into)]
    range: Signal<TimeRange>,
    /// Where Graph is.
    cloud: &'static Cloud,
    /// The tenant whose rows are shown; `None` for the sample, and before somebody signs in.
    #[prop(into)]
    tenant: Signal<Option<String>>,
    /// True when rows are made up.
    #[prop(into)]
    is_sample: Signal<bool>,
) -> impl IntoView {
    let form = RwSignal::new(Form::Request);
    view! {
        <Dialog is_open=is_open title=t("request-title")>
            <Show when=move || is_sample.get()>
                <p class="request-note">{t("request-sample")}</p>
            </Show>
            <Forms form=form route=route range=range cloud=cloud tenant=tenant />
        </Dialog>
    }
}

/// How the request is written.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Request,
    PowerShell,
    Kql,
}

impl Form {
    const ALL: [Self; 3] = [Self::Request, Self::PowerShell, Self::Kql];
    fn name(self) -> String {
        match self {
            Self::Request => t("request-graph"),
            Self::PowerShell => t("request-powershell"),
            Self::Kql => t("request-kql"),
        }
    }
}

#[component]
fn Forms(
    form: RwSignal<Form>,
    route: Signal<ReportRoute>,
    range: Signal<TimeRange>,
    cloud: &'static Cloud,
    tenant: Signal<Option<String>>,
) -> impl IntoView {
    // The same in every form, however long somebody reads.
    let now = js_sys::Date::now() as Millis;
    let tabs = Form::ALL.into_iter().map(|own| {
        let is_current = move || form.get() == own;
        view! {
            <button
                class="type-tab"
                role="tab"
                type="button"
                aria-selected=move || yes_no(is_current())
                tabindex=move || tab_stop(is_current())
                on:click=move |_| form.set(own)
            >
                {own.name()}
            </button>
        }
    });
    let body = move || {
        let (ReportRoute { report, fetch, conditions, filter, .. }, range) = (route.get(), range.get());
        let report = report.definition();
        let fetch = report.fetch(&fetch)?;
        let filter = filtering::read(report, &filter);
        let asked = Asked { report, fetch, range, bounds: Bounds::of(range, now), conditions, filter };
        Some(match form.get() {
            Form::Request => asked.request(cloud),
            Form::PowerShell => asked.powershell(cloud, tenant.get().as_deref()),
            Form::Kql => asked.kql(),
        })
    };
    view! {
        <div class="request-tabs" role="tablist" aria-label=t("request-tabs") on:keydown=|event| move_among_tabs(&event)>
            {tabs.collect_view()}
        </div>
        <div class="request-form" role="tabpanel" tabindex="0" aria-label=move || form.get().name()>{body}</div>
    }
}

/// A scope at an instant.
struct Asked {
    report: &'static ReportDefinition,
    fetch: &'static Fetch,
    range: TimeRange,
    bounds: Bounds,
    conditions: Vec<Condition>,
    /// What is filtered here, of which Graph hears nothing.
    filter: Result<Filter, FilterError>,
}

impl Asked {
    fn request(&self, cloud: &Cloud) -> AnyView {
        let lines = list_lines(cloud.graph, self.report, self.fetch, self.bounds, &self.conditions);
        let (Ok(lines), Some(url)) = (lines, self.url(cloud)) else { return refused() };
        let encoded = view! {
            <h3 class="section-title request-title">{t("request-encoded")}</h3>
            <code class="quote">{url.clone()}</code>
        };
        view! {
            {note(t("request-graph-note"), url, t("request-copy-address"))}
            {self.filtered_here()}
            {code(&lines.join("\n"))}
            {encoded}
        }
        .into_any()
    }
    fn powershell(&self, cloud: &Cloud, tenant: Option<&str>) -> AnyView {
        let Some(url) = self.url(cloud) else { return refused() };
        let name = capitalised(&fetch_phrase(self.report, self.fetch.id));
        let about = t_with("script-about", &[("report", name.into()), ("range", range_text(self.range).into())]);
        let (foreign_link, no_page) = (t("script-foreign-link"), t("script-no-page"));
        let words = ScriptWords { about: &about, foreign_link: &foreign_link, no_page: &no_page };
        let script = script(cloud, tenant, self.report, self.fetch, &url, &words);
        view! {
            {note(t("request-powershell-note"), script.clone(), t("request-copy-script"))}
            {self.filtered_here()}
            {code(&script)}
        }
        .into_any()
    }
    fn kql(&self) -> AnyView {
        let scope = scope_filter(self.report, self.bounds, &self.conditions);
        let filter = self.filter.clone();
        // Without a filter that cannot be read, the query would find more than is meant.
        let unread = filter.is_err().then(|| view! { <p class="request-note"><b>{t("request-kql-unread")}</b></p> });
        match kql(self.report, self.fetch, &Filter::And(vec![scope, filter.unwrap_or_default()])) {
            Ok(query) => {
                let words = t_with("request-kql-note", &[("table", self.fetch.table.into())]);
                let differences = query.differences.iter().map(|difference| {
                    let words = match difference {
                        KqlDifference::FindsNames => t("kql-finds-names"),
                        KqlDifference::EmptyIsMissing => t("kql-empty-is-missing"),
                    };
                    view! { <li>{words}</li> }
                });
                let differences = (!query.differences.is_empty()).then(|| {
                    view! {
                        <p class="request-note">{t("request-kql-differs")}</p>
                        <ul class="request-unsaid">{differences.collect_view()}</ul>
                    }
                });
                view! {
                    {note(words, query.text.clone(), t("request-copy-query"))}
                    {unread}
                    {code(&query.text)}
                    {differences}
                }
                .into_any()
            }
            Err(unsaid) => {
                let items = unsaid.iter().map(|unsaid| {
                    let column = column_heading(self.report, &unsaid.column);
                    view! { <li><b>{column}</b>": "{self.why(unsaid)}</li> }
                });
                view! {
                    <p class="request-note">{t("request-kql-unsaid")}</p>
                    <ul class="request-unsaid">{items.collect_view()}</ul>
                }
                .into_any()
            }
        }
    }
    /// That the filter is no part of what Graph is asked.
    fn filtered_here(&self) -> Option<AnyView> {
        let is_there = self.filter.as_ref().is_ok_and(|filter| *filter != Filter::All);
        is_there.then(|| view! { <p class="request-note">{t("request-filtered-here")}</p> }.into_any())
    }
    fn why(&self, unsaid: &Unsaid) -> String {
        match unsaid.reason {
            UnsaidReason::UnknownColumn => t("unsaid-unknown-column"),
            UnsaidReason::Derived => t("unsaid-derived"),
            UnsaidReason::NotInTable => t_with("unsaid-not-in-table", &[("table", self.fetch.table.into())]),
            UnsaidReason::EmptyText => t("unsaid-empty-text"),
            UnsaidReason::TextOfTime => t("unsaid-text-of-time"),
        }
    }
    /// `None` when Graph does not take the conditions.
    fn url(&self, cloud: &Cloud) -> Option<String> {
        list_url(cloud.graph, self.report, self.fetch, self.bounds, &self.conditions).ok()
    }
}

/// What a form is good for, and the button that copies it.
fn note(words: String, text: String, label: String) -> impl IntoView + use<> {
    let text = Callback::new(move |()| text.clone());
    view! {
        <p class="request-note">{words}</p>
        <CopyButton text=text label=label class="button button--edge" />
    }
}

/// A text whose lines break where there is no room. Each is a block of its own, so that a value that is written from right to left
/// turns no other line around.
fn code(text: &str) -> impl IntoView + use<> {
    let lines = text.lines().map(|line| view! { <span class="request-line">{line.to_owned()}</span> });
    view! { <pre class="json json--wrapped request-code">{lines.collect_view()}</pre> }
}

fn refused() -> AnyView {
    view! { <p class="request-note"><b>{t("query-scope-title")}</b>" "{t("query-scope-detail")}</p> }.into_any()
}
