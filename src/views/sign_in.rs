//! What the shell says about a sign-in: a window that is waited for, and an account of another tenant than was set up.

use leptos::prelude::*;

use crate::{
    components::notice_box::NoticeBox,
    state::{
        app_state::use_app,
        notice::{Action, Notice},
    },
    text::t,
};

/// Shown while a sign-in window is open. Nothing waits for it, because a browser does not tell that one was closed.
#[component]
pub fn SignInWait() -> impl IntoView {
    let app = use_app();
    let is_open = Memo::new(move |_| app.window.read().is_some());
    move || {
        is_open.get().then(|| {
            view! {
                <section class="banner" aria-label=t("sign-in-window")>
                    <span role="status"><b>{t("sign-in-window")}</b>" "{t("sign-in-window-text")}</span>
                    <button class="button button--edge push" type="button" on:click=move |_| app.open_window_again()>
                        {t("sign-in-window-again")}
                    </button>
                    <button class="button button--edge" type="button" on:click=move |_| app.sign_in_here()>
                        {t("sign-in-window-here")}
                    </button>
                </section>
            }
        })
    }
}

/// Shown while the account in use belongs to another tenant than the settings name.
#[component]
pub fn TenantMismatchNotice() -> impl IntoView {
    let app = use_app();
    let notice = Memo::new(move |_| {
        let mismatch = app.tenant_mismatch()?;
        let username = app.account.read().as_ref().map(|account| account.username.clone()).unwrap_or_default();
        Some(Notice::of_mismatch(&mismatch, &username))
    });
    let act = Callback::new(move |action: Action| app.act(&action, None));
    move || notice.get().map(|notice| view! { <div class="notices"><NoticeBox notice=notice on_action=act /></div> })
}
