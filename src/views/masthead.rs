//! Index tabs of the app, tools and the account. On a narrow screen the reports move to a bar at the bottom.

use engine::reports;
use leptos::prelude::*;

use super::{
    account::AccountMenu,
    shell::{link, report_link, use_shell},
};
use crate::{
    components::{date_time::formats, icon::Icon},
    state::{app_state::use_app, preferences::Theme, route::Route},
    text::{report_name, t, t_with},
};

/// A tab: where it leads, its words, its icon on a narrow screen.
struct Tab {
    href: String,
    name: String,
    icon: &'static str,
    is_current: Signal<bool>,
}

/// Icons of the reports in the bottom bar, in the order of the reports; further reports get the last.
const REPORT_ICONS: [&str; 4] = ["person", "edit", "tag", "sync"];

/// The head of the page.
#[component]
pub fn Masthead() -> impl IntoView {
    let app = use_app();
    let shell = use_shell();
    let zone = formats().zone();
    let theme = Memo::new(move |_| app.preferences.read().theme);
    let theme_label = move || {
        let key = match theme.get() {
            Theme::System => "theme-system",
            Theme::Light => "theme-light",
            Theme::Dark => "theme-dark",
        };
        t_with("nav-theme", &[("theme", t(key).into())])
    };
    let next_theme = move |_| app.prefer(|now| now.theme = now.theme.next());
    // Before anything is open, the first page stands alone.
    let is_first_visit = first_visit();
    let is_settings = Memo::new(move |_| *app.route.read() == Route::Settings);
    view! {
        <header class="masthead">
            <a class="masthead-brand" href=link(&Route::Start)>
                <Icon name="gate" />
                <span>{t("app-name")}</span>
            </a>
            {move || {
                (!is_first_visit.get())
                    .then(|| {
                        let items = tabs().into_iter().map(|tab| {
                            let current = move || tab.is_current.get().then_some("page");
                            view! { <a class="masthead-tab" href=tab.href aria-current=current>{tab.name}</a> }
                        });
                        view! { <nav class="masthead-tabs" aria-label=t("nav-reports")>{items.collect_view()}</nav> }
                    })
            }}
            <div class="masthead-tools">
                <span class="masthead-zone" title=t("time-zone-title")><Icon name="clock" />{zone}</span>
                <button class="button button--icon" type="button" aria-label=theme_label title=theme_label on:click=next_theme>
                    <Icon name="theme" />
                </button>
                <a
                    class="button button--icon"
                    href=link(&Route::Settings)
                    aria-label=t("nav-settings")
                    title=t("nav-settings")
                    aria-current=move || is_settings.get().then_some("page")
                >
                    <Icon name="gear" />
                </a>
                <button
                    class="button button--icon masthead-keys"
                    type="button"
                    aria-label=t("nav-keys")
                    title=t("nav-keys")
                    aria-haspopup="dialog"
                    on:click=move |_| shell.is_keys_open.set(true)
                >
                    <Icon name="help" />
                </button>
                <AccountMenu />
            </div>
        </header>
    }
}

/// The reports at the bottom of a narrow screen.
#[component]
pub fn TabBar() -> impl IntoView {
    let shell = use_shell();
    let is_first_visit = first_visit();
    move || {
        (shell.is_narrow.get() && !is_first_visit.get()).then(|| {
            let items = tabs().into_iter().map(|tab| {
                view! {
                    <a class="tabbar-item" href=tab.href aria-current=move || tab.is_current.get().then_some("page")>
                        <Icon name=tab.icon />
                        <span>{tab.name}</span>
                    </a>
                }
            });
            view! { <nav class="tabbar" aria-label=t("nav-reports")>{items.collect_view()}</nav> }
        })
    }
}

fn first_visit() -> Memo<bool> {
    let app = use_app();
    Memo::new(move |_| *app.route.read() == Route::Start && app.dataset.read().is_none() && !app.is_opening_tenant())
}

/// Routes of the tabs, in order; their places are the digits that lead to them.
pub fn tab_routes() -> Vec<String> {
    tabs().into_iter().map(|tab| tab.href).collect()
}

fn tabs() -> Vec<Tab> {
    let app = use_app();
    let start = Tab {
        href: link(&Route::Start),
        name: t("nav-overview"),
        icon: "home",
        is_current: Memo::new(move |_| *app.route.read() == Route::Start).into(),
    };
    let reports = reports::ALL.iter().enumerate().map(|(index, report)| Tab {
        href: report_link(report),
        name: report_name(report),
        icon: REPORT_ICONS.get(index).copied().unwrap_or("rows"),
        is_current: Memo::new(move |_| app.route.read().report().is_some_and(|route| route.report == report.id)).into(),
    });
    let questions = Tab {
        href: link(&Route::Questions),
        name: t("nav-questions"),
        icon: "help",
        is_current: Memo::new(move |_| *app.route.read() == Route::Questions).into(),
    };
    std::iter::once(start).chain(reports).chain([questions]).collect()
}
