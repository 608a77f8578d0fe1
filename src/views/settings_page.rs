//! Settings: account and app registration, reading, what is kept on this device.

use leptos::{ev, prelude::*};

use super::{kept::DeviceSettings, shell::change_pace, visit::RedirectUris};
use crate::{
    components::{
        segmented::{Segment, Segmented},
        text_field::TextField,
    },
    settings::{CacheLocation, Interaction, Settings, SettingsError},
    state::{
        app_state::use_app,
        preferences::{Density, Theme},
    },
    text::{cloud_name, t, t_with},
};

/// The page.
#[component]
pub fn SettingsPage() -> impl IntoView {
    view! {
        <main class="page" id="content" tabindex="-1">
            <div class="settings">
                <h1 class="page-title">{t("settings-title")}</h1>
                <div>
                    <section aria-labelledby="settings-account">
                        <div class="section-head">
                            <h2 class="section-title" id="settings-account">{t("settings-account")}</h2>
                            <span class="section-note">{t("settings-account-note")}</span>
                        </div>
                        <AccountSettings />
                        <RedirectUris />
                        <div class="upper-space"><SignInSettings /></div>
                    </section>
                    <ReadingSettings />
                    <DeviceSettings />
                    <About />
                </div>
            </div>
        </main>
    }
}

/// Client id and tenant, kept when they are saved.
#[component]
pub fn AccountSettings() -> impl IntoView {
    let app = use_app();
    let (client_id, tenant) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let wrong = RwSignal::new(Vec::<SettingsError>::new());
    let is_saved = RwSignal::new(false);
    // Settings arrive a moment after the page; what the person has typed by then stays.
    Effect::new(move |before: Option<Settings>| {
        let now = app.settings.read().settings.clone();
        let before = before.unwrap_or_default();
        if client_id.get_untracked() == before.client_id {
            client_id.set(now.client_id.clone());
        }
        if tenant.get_untracked() == before.tenant {
            tenant.set(now.tenant.clone());
        }
        now
    });
    let is_changed = Memo::new(move |_| {
        let settings = app.settings.read();
        client_id.get().trim() != settings.settings.client_id || tenant.get().trim() != settings.settings.tenant
    });
    let save = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let wanted = Settings {
            client_id: client_id.get_untracked(),
            tenant: tenant.get_untracked(),
            ..app.settings.get_untracked().settings
        };
        match app.change_settings(&wanted) {
            Ok(()) => {
                wrong.set(Vec::new());
                is_saved.set(true);
                let settings = app.settings.get_untracked().settings;
                client_id.set(settings.client_id);
                tenant.set(settings.tenant);
            }
            Err(problems) => {
                is_saved.set(false);
                wrong.set(problems);
            }
        }
    };
    let error_of = move |is_client_id: bool| {
        let kept = app.settings.read().problems.clone();
        let now = wrong.get();
        let problems = if now.is_empty() && !is_changed.get() { kept } else { now };
        problems
            .iter()
            .find(|problem| (**problem == SettingsError::ClientIdNotGuid) == is_client_id && is_field(problem))
            .map(error_text)
    };
    let state = move || match (is_changed.get(), is_saved.get()) {
        (true, _) => t("settings-unsaved"),
        (false, true) => t("settings-saved"),
        (false, false) => String::new(),
    };
    let others = move || {
        let problems = app.settings.read().problems.clone();
        problems
            .iter()
            .filter(|problem| !is_field(problem))
            .map(|problem| view! { <p class="field-error">{error_text(problem)}</p> })
            .collect_view()
    };
    view! {
        <form on:submit=save>
            <TextField
                id="settings-client-id"
                label=t("settings-client-id")
                hint=t("settings-client-id-hint")
                value=client_id
                error=Signal::derive(move || error_of(true))
                is_mono=true
            />
            <TextField
                id="settings-tenant"
                label=t("settings-tenant")
                hint=t("settings-tenant-hint")
                value=tenant
                error=Signal::derive(move || error_of(false))
            />
            <div class="field-actions">
                <button class="button button--edge" type="submit" disabled=move || !is_changed.get()>{t("settings-save")}</button>
                <span class="quiet" role="status">{state}</span>
            </div>
            {others}
        </form>
    }
}

/// True for what is wrong with a field of the form; the rest is wrong with a file or with storage.
fn is_field(problem: &SettingsError) -> bool {
    matches!(
        problem,
        SettingsError::ClientIdNotGuid
            | SettingsError::TenantNotDomainOrGuid
            | SettingsError::TenantForPersonalAccounts
    )
}

fn error_text(problem: &SettingsError) -> String {
    match problem {
        SettingsError::ClientIdNotGuid => t("settings-error-client-id"),
        SettingsError::TenantNotDomainOrGuid => t("settings-error-tenant"),
        SettingsError::TenantForPersonalAccounts => t("settings-error-personal"),
        SettingsError::Unreadable { status } => {
            t_with("settings-error-unreadable", &[("status", status.to_string().into())])
        }
        SettingsError::NotJson { line, column } => t_with(
            "settings-error-not-json",
            &[("line", line.to_string().into()), ("column", column.to_string().into())],
        ),
        SettingsError::NotAnObject => t("settings-error-not-object"),
        SettingsError::UnknownKey { key } => t_with("settings-error-key", &[("key", key.clone().into())]),
        SettingsError::WrongValue { key, expected } => {
            t_with("settings-error-value", &[("key", (*key).into()), ("expected", (*expected).into())])
        }
        SettingsError::NewerVersion { .. } => t("settings-error-newer"),
        SettingsError::Damaged => t("settings-error-damaged"),
        SettingsError::StorageUnavailable => t("storage-detail"),
    }
}

#[component]
fn SignInSettings() -> impl IntoView {
    let app = use_app();
    let change = move |change: &dyn Fn(&mut Settings)| {
        let mut wanted = app.settings.get_untracked().settings;
        change(&mut wanted);
        // Only the two fields above can be wrong, and they are in force, so they are right.
        let _ = app.change_settings(&wanted);
    };
    let interactions: Vec<Segment<Interaction>> = vec![
        (Interaction::Redirect, t("settings-interaction-redirect")),
        (Interaction::Popup, t("settings-interaction-popup")),
    ];
    let caches: Vec<Segment<CacheLocation>> = vec![
        (CacheLocation::LocalStorage, t("settings-cache-local")),
        (CacheLocation::SessionStorage, t("settings-cache-session")),
    ];
    view! {
        <Setting name="settings-interaction" hint="settings-interaction-hint">
            <Segmented
                label=t("settings-interaction")
                options=interactions
                value=Signal::derive(move || app.settings.read().settings.interaction)
                on_choose=Callback::new(move |choice| change(&|settings| settings.interaction = choice))
            />
        </Setting>
        <Setting name="settings-cache" hint="settings-cache-hint">
            <Segmented
                label=t("settings-cache")
                options=caches
                value=Signal::derive(move || app.settings.read().settings.cache)
                on_choose=Callback::new(move |choice| change(&|settings| settings.cache = choice))
            />
        </Setting>
    }
}

#[component]
fn ReadingSettings() -> impl IntoView {
    let app = use_app();
    let themes: Vec<Segment<Theme>> = vec![
        (Theme::System, t("settings-theme-system")),
        (Theme::Light, t("settings-theme-light")),
        (Theme::Dark, t("settings-theme-dark")),
    ];
    let densities: Vec<Segment<Density>> = vec![
        (Density::Compact, t("settings-density-compact")),
        (Density::Comfortable, t("settings-density-comfortable")),
    ];
    view! {
        <section class="upper-space" aria-labelledby="settings-reading">
            <div class="section-head"><h2 class="section-title" id="settings-reading">{t("settings-reading")}</h2></div>
            <Setting name="settings-theme" hint="settings-theme-hint">
                <Segmented
                    label=t("settings-theme")
                    options=themes
                    value=Signal::derive(move || app.preferences.read().theme)
                    on_choose=Callback::new(move |theme| app.prefer(|now| now.theme = theme))
                />
            </Setting>
            <Setting name="settings-density" hint="settings-density-hint">
                <Segmented
                    label=t("settings-density")
                    options=densities
                    value=Signal::derive(move || app.preferences.read().density)
                    on_choose=Callback::new(move |density| app.prefer(|now| now.density = density))
                />
            </Setting>
            <Setting name="settings-pace" hint="settings-pace-hint">
                <input
                    class="switch"
                    type="checkbox"
                    role="switch"
                    aria-label=t("settings-pace")
                    prop:checked=move || app.preferences.read().is_sample_real_pace
                    on:change=move |event| change_pace(app, event_target_checked(&event))
                />
            </Setting>
        </section>
    }
}

#[component]
fn About() -> impl IntoView {
    let app = use_app();
    let cloud = app.cloud();
    let host = cloud.graph.trim_start_matches("https://");
    let name = cloud_name(cloud.id);
    view! {
        <section class="upper-space" aria-labelledby="settings-about">
            <div class="section-head"><h2 class="section-title" id="settings-about">{t("settings-about")}</h2></div>
            <Setting name="settings-cloud" hint="settings-cloud-hint"><span>{name}", "{host}</span></Setting>
            <Setting name="settings-licences" hint="settings-licences-hint">
                <a href=app.host().url("licenses/rust-crates.txt") target="_blank" rel="noopener">{t("settings-licences-crates")}</a>
                ", "
                <a href=app.host().url("licenses/msal-browser.txt") target="_blank" rel="noopener">{t("settings-licences-msal")}</a>
            </Setting>
            <Setting name="settings-version" hint="settings-version-hint"><span>{env!("CARGO_PKG_VERSION")}</span></Setting>
        </section>
    }
}

#[component]
fn Setting(
    /// Catalogue key of its name.
    name: &'static str,
    /// Catalogue key of what it does.
    hint: &'static str,
    /// What changes it.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="setting">
            <span class="setting-name">{t(name)}</span>
            <p class="setting-text">{t(hint)}</p>
            <div class="setting-control">{children()}</div>
        </div>
    }
}
