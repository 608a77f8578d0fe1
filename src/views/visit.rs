//! The first visit: what Gatebook is, signing in, the sample, and what an administrator needs to register it.

use std::collections::BTreeMap;

use engine::reports;
use leptos::prelude::*;

use super::{settings_page::AccountSettings, shell::new_tab_link};
use crate::{
    auth::{post_logout_uri, redirect_uri},
    components::{checks::Checks, copy_button::CopyButton, icon::Icon, notice_box::NoticeBox},
    host::SignInBlocked,
    state::{
        app_state::{SignIn, use_app},
        diagnosis::{Check, Verdict},
        notice::Action,
        session::first_scopes,
    },
    text::{report_phrase, t, t_with},
};

/// The page.
#[component]
pub fn Visit() -> impl IntoView {
    let app = use_app();
    let cloud = app.cloud();
    let host_of = |origin: &str| origin.trim_start_matches("https://").to_owned();
    let leaves = t_with(
        "visit-nothing-leaves-text",
        &[("login", host_of(cloud.login).into()), ("graph", host_of(cloud.graph).into())],
    );
    let failure = move || match app.sign_in.get() {
        SignIn::Failed(error) => {
            let act = Callback::new(move |action: Action| app.act(&action, None));
            Some(
                view! { <div class="visit-notice"><NoticeBox notice=app.notice_of_auth(&error) on_action=act /></div> },
            )
        }
        _ => None,
    };
    view! {
        <main class="visit" id="content" tabindex="-1">
            <section class="visit-left">
                <h1 class="visit-title">{t("visit-title")}</h1>
                <p class="visit-lead">{t("visit-lead")}</p>
                <div class="visit-actions">
                    <SignInButton />
                    <button
                        class="button button--edge button--large"
                        type="button"
                        disabled=move || app.is_opening.get()
                        on:click=move |_| app.open_sample()
                    >
                        {move || if app.is_opening.get() { t("visit-opening") } else { t("visit-sample") }}
                    </button>
                </div>
                <p class="answer-fine">{t("visit-sample-note")}</p>
                {failure}
                <ul class="visit-list">
                    <li><Icon name="lock" /><span><b>{t("visit-nothing-leaves")}</b>" "{leaves}</span></li>
                    <li>
                        <Icon name="rows" />
                        <span><b>{t("visit-nothing-hidden")}</b>" "{t("visit-nothing-hidden-text")}</span>
                    </li>
                    <li>
                        <Icon name="braces" />
                        <span><b>{t("visit-nothing-lost")}</b>" "{t("visit-nothing-lost-text")}</span>
                    </li>
                </ul>
            </section>
            <section class="visit-right">
                <h2 class="page-title">{t("visit-which")}</h2>
                <p class="page-lead">{t("visit-which-lead")}</p>
                <AccountSettings />
                <RedirectUris />
                <div class="field">
                    <span class="field-label">{t("visit-asked")}</span>
                    <Checks checks=asked_scopes(use_app().cloud().id) />
                </div>
            </section>
        </main>
    }
}

#[component]
fn SignInButton() -> impl IntoView {
    let app = use_app();
    match app.host().can_sign_in() {
        Ok(()) => view! {
            <button
                class="button button--main button--large"
                type="button"
                disabled=move || matches!(*app.sign_in.read(), SignIn::Reading | SignIn::Starting | SignIn::Unset)
                on:click=move |_| app.sign_in_from_start()
            >
                {t("visit-sign-in")}
            </button>
            {move || {
                (*app.sign_in.read() == SignIn::Unset)
                    .then(|| view! { <span class="visit-hint">{t("settings-error-client-id-missing")}</span> })
            }}
        }
        .into_any(),
        Err(SignInBlocked::Framed) => view! {
            <a class="button button--main button--large" href=new_tab_link(app) target="_blank" rel="noopener">
                <Icon name="open" />
                {t("framed-open")}
            </a>
        }
        .into_any(),
        Err(blocked) => {
            view! { <span class="visit-hint">{t(&format!("sign-in-blocked-{}", blocked.code()))}</span> }.into_any()
        }
    }
}

/// The redirect URIs to register, each with a button to copy it.
#[component]
pub fn RedirectUris() -> impl IntoView {
    let host = use_app().host();
    if matches!(host.can_sign_in(), Err(SignInBlocked::Form(_))) {
        // There is nothing to register where nobody can sign in yet.
        return ().into_any();
    }
    let lines = [redirect_uri(&host), post_logout_uri(&host)].map(|uri| {
        let text = uri.clone();
        let copy = Callback::new(move |()| text.clone());
        view! {
            <span class="copy-line">
                <code class="copy-line-text">{uri}</code>
                <CopyButton text=copy label=t("copy") class="button button--edge" />
            </span>
        }
    });
    view! {
        <div class="field">
            <span class="field-label">{t("visit-redirect")}</span>
            {lines.into_iter().collect_view()}
            <span class="field-hint">{t("visit-redirect-hint")}</span>
        </div>
    }
    .into_any()
}

/// Each permission with the moment at which it is asked for.
fn asked_scopes(cloud: &str) -> Vec<Check> {
    let mut first: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut order = Vec::new();
    let mut optional: Vec<&str> = Vec::new();
    for report in reports::ALL {
        for scope in report.access.scopes_in(cloud) {
            if !first.contains_key(scope) {
                order.push(*scope);
            }
            first.entry(*scope).or_default().push(report_phrase(report));
        }
        optional.extend(report.access.scopes_optional.iter().copied());
    }
    let check = |verdict, name: &str, text| Check { verdict, name: name.to_owned(), text };
    let now = first_scopes(cloud, None);
    let mut checks = Vec::new();
    for scope in
        now.iter().map(String::as_str).chain(order.into_iter().filter(|scope| !now.iter().any(|now| now == scope)))
    {
        let is_now = now.iter().any(|now| now == scope);
        let (verdict, key) =
            if is_now { (Verdict::Fine, "visit-asked-now") } else { (Verdict::Open, "visit-asked-first") };
        checks.push(match first.get(scope) {
            Some(reports) => check(verdict, scope, t_with(key, &[("reports", reports.join(", ").into())])),
            None => check(verdict, scope, t("visit-asked-user")),
        });
    }
    optional.dedup();
    checks.extend(optional.iter().map(|scope| check(Verdict::Open, scope, t("visit-asked-optional"))));
    checks
}
