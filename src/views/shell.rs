//! The frame of the app: masthead, banners, the page that the route names, and what covers it.

use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{MediaQueryList, MediaQueryListEvent};

use super::{
    keys::KeysDialog,
    masthead::{Masthead, TabBar},
    overview::Overview,
    questions::QuestionsPage,
    report::ReportPage,
    settings_page::SettingsPage,
    sign_in::{SignInWait, TenantMismatchNotice},
    visit::Visit,
};
use crate::{
    components::notice_box::NoticeBox,
    host::SignInBlocked,
    state::{
        app_state::{AppState, use_app},
        notice::Action,
        route::{ReportRoute, Route},
    },
    text::{report_name, t},
};

/// What the shell shares with the views inside it.
#[derive(Clone, Copy)]
pub struct ShellState {
    /// True while the list of keys is shown.
    pub is_keys_open: RwSignal<bool>,
    /// True below 40 rem: rows become entries.
    pub is_narrow: Signal<bool>,
    /// True below 64 rem: details cover the table.
    pub is_sheet: Signal<bool>,
}

/// The frame.
#[component]
pub fn Shell() -> impl IntoView {
    let app = use_app();
    let shell = ShellState {
        is_keys_open: RwSignal::new(false),
        is_narrow: media("(max-width: 39.99rem)"),
        is_sheet: media("(max-width: 63.99rem)"),
    };
    provide_context(shell);
    Effect::new(move || document().set_title(&title(&app.route.get())));
    // The page is made anew when the report changes, and kept when only its fetch, scope or question does.
    let place = Memo::new(move |_| match app.route.get() {
        Route::Report(route) => Place::Report(route.report.as_str()),
        Route::Start if app.dataset.read().is_some() => Place::Overview,
        Route::Start if app.is_opening_tenant() => Place::Opening,
        Route::Start => Place::Visit,
        Route::Questions => Place::Questions,
        Route::Settings => Place::Settings,
        Route::Unknown(_) => Place::Unknown,
    });
    let act = Callback::new(move |action: Action| {
        let route = app.route.get_untracked();
        app.act(&action, route.report());
    });
    let dismiss = Callback::new(move |()| app.notice.set(None));
    view! {
        <a class="skip" href="#content" on:click=focus_content>{t("skip")}</a>
        <div class="app">
            <Masthead />
            <SampleBanner />
            <FrameBanner />
            <SignInWait />
            <TenantMismatchNotice />
            {move || {
                app.notice
                    .get()
                    .map(|notice| {
                        view! { <div class="notices"><NoticeBox notice=notice on_action=act on_dismiss=dismiss /></div> }
                    })
            }}
            {move || match place.get() {
                Place::Report(_) => view! { <ReportPage /> }.into_any(),
                Place::Overview => view! { <Overview /> }.into_any(),
                Place::Opening => view! { <OpeningPage /> }.into_any(),
                Place::Visit => view! { <Visit /> }.into_any(),
                Place::Questions => view! { <QuestionsPage /> }.into_any(),
                Place::Settings => view! { <SettingsPage /> }.into_any(),
                Place::Unknown => view! { <UnknownPage /> }.into_any(),
            }}
            <TabBar />
        </div>
        <KeysDialog is_open=shell.is_keys_open />
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Visit,
    Opening,
    Overview,
    Report(&'static str),
    Questions,
    Settings,
    Unknown,
}

/// The shell's state.
pub fn use_shell() -> ShellState {
    expect_context()
}

/// The address of a route, as a link has it.
pub fn link(route: &Route) -> String {
    route.to_hash()
}

/// The address of a report's first fetch.
pub fn report_link(report: &engine::reports::ReportDefinition) -> String {
    link(&Route::Report(ReportRoute::plain(report.id, report.fetches.first().map_or("", |fetch| fetch.id))))
}

#[component]
fn SampleBanner() -> impl IntoView {
    let app = use_app();
    let is_sample = Memo::new(move |_| app.dataset.read().as_ref().is_some_and(|dataset| dataset.is_sample()));
    move || {
        is_sample.get().then(|| {
            view! {
                <section class="banner" aria-label=t("sample-banner")>
                    <span><b>{t("sample-banner")}</b><span class="banner-text">" – "{t("sample-banner-text")}</span></span>
                    <label class="banner-switch push">
                        <input
                            class="switch"
                            type="checkbox"
                            role="switch"
                            prop:checked=move || app.preferences.read().is_sample_real_pace
                            on:change=move |event| change_pace(app, event_target_checked(&event))
                        />
                        {t("sample-pace")}
                    </label>
                    <button class="button button--link" type="button" on:click=move |_| app.leave_sample()>
                        {t("sample-leave")}
                    </button>
                </section>
            }
        })
    }
}

/// Another pace needs another start of the sample; an open report is loaded anew.
pub fn change_pace(app: AppState, is_real_pace: bool) {
    app.prefer(|now| now.is_sample_real_pace = is_real_pace);
    if app.dataset.with_untracked(|dataset| dataset.as_ref().is_some_and(|dataset| dataset.is_sample())) {
        app.open_sample();
    }
}

#[component]
fn FrameBanner() -> impl IntoView {
    let app = use_app();
    let is_framed = app.host().can_sign_in() == Err(SignInBlocked::Framed);
    is_framed.then(|| {
        view! {
            <section class="banner" aria-label=t("framed-banner")>
                <span>{t("framed-banner")}</span>
                <a class="push" href=new_tab_link(app) target="_blank" rel="noopener">{t("framed-open")}</a>
            </section>
        }
    })
}

/// The address of the app with the route at hand, for a tab of its own.
pub fn new_tab_link(app: AppState) -> String {
    format!("{}{}", app.host().url(""), app.route.get_untracked().to_hash())
}

/// Stands where the overview is about to be.
#[component]
fn OpeningPage() -> impl IntoView {
    view! {
        <main class="page" id="content" tabindex="-1">
            <p class="register-empty">{t("visit-opening")}</p>
        </main>
    }
}

#[component]
fn UnknownPage() -> impl IntoView {
    let app = use_app();
    let address = move || match app.route.get() {
        Route::Unknown(text) => format!("#{text}"),
        _ => String::new(),
    };
    view! {
        <main class="page" id="content" tabindex="-1">
            <section class="diagnosis" aria-labelledby="unknown">
                <header class="diagnosis-head">
                    <div class="diagnosis-kind"><span class="quiet">{t("unknown-kind")}</span></div>
                    <h1 class="diagnosis-title" id="unknown">{t("unknown-title")}</h1>
                    <p class="diagnosis-lead">{t("unknown-lead")}</p>
                    <p class="quote">{address}</p>
                </header>
                <div class="diagnosis-part"><a href=link(&Route::Start)>{t("unknown-home")}</a></div>
            </section>
        </main>
    }
}

fn title(route: &Route) -> String {
    let page = match route {
        Route::Report(route) => report_name(route.report.definition()),
        Route::Questions => t("nav-questions"),
        Route::Settings => t("nav-settings"),
        Route::Start | Route::Unknown(_) => return t("app-name"),
    };
    format!("{page} · {}", t("app-name"))
}

/// The skip link moves the focus itself, because the address behind `#` is the route.
fn focus_content(event: ev::MouseEvent) {
    event.prevent_default();
    let target = document().get_element_by_id("content");
    if let Some(target) = target.and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok()) {
        // It has a tabindex, so it takes the focus.
        let _ = target.focus();
    }
}

/// Whether a media query holds, now and later.
fn media(query: &str) -> Signal<bool> {
    let list = window().match_media(query).ok().flatten();
    let holds = RwSignal::new(list.as_ref().is_some_and(MediaQueryList::matches));
    if let Some(list) = list {
        // The list's own event: when `resize` comes, Firefox may still hold the old answer.
        let changed = Closure::<dyn Fn(MediaQueryListEvent)>::new(move |event: MediaQueryListEvent| {
            holds.set(event.matches());
        });
        let listener = changed.as_ref().unchecked_ref();
        // Adding a listener to a list that is there does not fail.
        let _ = list.add_event_listener_with_callback("change", listener);
        let kept = StoredValue::new_local((list, changed));
        on_cleanup(move || {
            kept.try_with_value(|(list, changed)| {
                let _ = list.remove_event_listener_with_callback("change", changed.as_ref().unchecked_ref());
            });
        });
    }
    holds.into()
}
