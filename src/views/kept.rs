//! What is kept on this device: the choice, what it protects from, how much there is, and how to be rid of it.

use engine::{ports::Millis, protocol::KeepError};
use leptos::{html, prelude::*};

use crate::{
    components::{date_time::formats, dialog::Dialog},
    state::{
        app_state::use_app,
        notice::{Action, Notice},
    },
    text::{bytes, number, t, t_with},
};

/// The section of the settings page.
#[component]
pub fn DeviceSettings() -> impl IntoView {
    let app = use_app();
    app.look_at_kept();
    let refused = Memo::new(move |_| app.can_keep().err());
    let heading = NodeRef::<html::H2>::new();
    let leave = Callback::new(move |()| {
        if let Some(heading) = heading.get_untracked() {
            // What cannot be focused keeps the focus where the browser puts it.
            let _ = heading.focus();
        }
    });
    view! {
        <section class="upper-space" aria-labelledby="settings-device">
            <div class="section-head">
                <h2 class="section-title" id="settings-device" node_ref=heading tabindex="-1">{t("settings-device")}</h2>
                <span class="section-note">{t("settings-device-note")}</span>
            </div>
            {move || match refused.get() {
                Some(refused) => {
                    let reason = t(&format!("keeping-refused-{}", refused.code()));
                    view! {
                        <div class="setting">
                            <span class="setting-name">{t("keeping")}</span>
                            <p class="setting-text">{reason}</p>
                        </div>
                    }
                        .into_any()
                }
                None => view! { <Choice on_gone=leave /> }.into_any(),
            }}
            <InUse on_gone=leave />
            <Wipe />
        </section>
    }
}

/// The switch, and what it is good for.
#[component]
fn Choice(
    /// The button that was pressed goes, and the focus with it.
    on_gone: Callback<()>,
) -> impl IntoView {
    let app = use_app();
    let is_signed_in = Memo::new(move |_| app.account.read().is_some());
    let described_by = move || match is_signed_in.get() {
        true => "settings-keeping-hint settings-keeping-seal",
        false => "settings-keeping-sign-in settings-keeping-hint settings-keeping-seal",
    };
    let trouble = move || {
        let error = app.keeping.trouble.get()?;
        let Notice { title, detail, code, .. } = Notice::of_keep(&error);
        // What another tab had kept comes back with the page only.
        let is_elsewhere = error == KeepError::InUse;
        let help = move |_| {
            if is_elsewhere {
                app.act(&Action::Reload, None);
            } else {
                on_gone.run(());
                app.keep(true);
            }
        };
        let words = t(if is_elsewhere { "action-reload" } else { "keeping-again" });
        // When it comes about, the notice says it aloud.
        Some(view! {
            <div class="setting-more">
                <p class="field-error">{title}". "{detail}" "<span class="mono">{code}</span></p>
                <button class="button button--edge" type="button" on:click=help>{words}</button>
            </div>
        })
    };
    view! {
        <div class="setting">
            <label class="setting-name" for="settings-keeping">{t("keeping")}</label>
            <p class="setting-text" id="settings-keeping-hint">{t("keeping-hint")}</p>
            <div class="setting-control">
                <input
                    class="switch"
                    id="settings-keeping"
                    type="checkbox"
                    role="switch"
                    aria-describedby=described_by
                    disabled=move || !is_signed_in.get()
                    prop:checked=move || app.is_keeping()
                    on:change=move |event| app.keep(event_target_checked(&event))
                />
            </div>
            <p class="setting-text" id="settings-keeping-seal">{t("keeping-seal")}</p>
            {move || {
                (!is_signed_in.get())
                    .then(|| view! { <p class="setting-text" id="settings-keeping-sign-in">{t("keeping-sign-in")}</p> })
            }}
            {trouble}
        </div>
    }
}

/// How much there is and until when; one press deletes it.
#[component]
fn InUse(
    /// The button that was pressed is of no use any more, and loses the focus.
    on_gone: Callback<()>,
) -> impl IntoView {
    let app = use_app();
    let words = move || {
        if let Some(status) = app.keeping.status.get().filter(|status| status.bytes > 0) {
            let size = t_with("keeping-size", &[("size", bytes(status.bytes).into())]);
            let rows = t_with("rows", &[("count", status.rows.into())]);
            return Some((size, format!(": {rows}. {} {}", until(status.until), t("keeping-delete-hint"))));
        }
        // Of somebody who is not signed in now, or in another tab.
        let found = app.keeping.found.get()?;
        let size = t_with("keeping-size", &[("size", bytes(found.bytes).into())]);
        Some((size, format!(". {} {}", until(found.until), t("keeping-delete-others"))))
    };
    let words = Memo::new(move |_| words());
    let said = move || {
        app.keeping.deleted.get().map(|deleted| {
            let size = bytes(deleted.bytes);
            t_with(if deleted.is_all { "keeping-deleted" } else { "keeping-deleted-later" }, &[("size", size.into())])
        })
    };
    let is_there = move || words.with(Option::is_some) || app.keeping.deleted.read().is_some();
    view! {
        <Show when=is_there>
            <div class="setting">
                <span class="setting-name">{t("keeping-in-use")}</span>
                <p class="setting-text">
                    <span id="settings-kept">{move || words.get().map(|(size, rest)| view! { <b>{size}</b>{rest} })}</span>
                    // It is there before it has anything to say, and the size beside it may change without a word.
                    <span role="status">{said}</span>
                </p>
                <div class="setting-control">
                    <button
                        class="button button--danger"
                        type="button"
                        aria-describedby="settings-kept"
                        disabled=move || words.with(Option::is_none)
                        on:click=move |_| {
                            on_gone.run(());
                            app.keep(false);
                        }
                    >
                        {t("keeping-delete")}
                    </button>
                </div>
            </div>
        </Show>
    }
}

fn until(at: Millis) -> String {
    t_with("keeping-until", &[("until", formats().coming(at).into())])
}

/// Everything that Gatebook has in this browser.
#[component]
fn Wipe() -> impl IntoView {
    let app = use_app();
    let is_asking = RwSignal::new(false);
    let wipe = move |_| {
        is_asking.set(false);
        app.wipe();
    };
    view! {
        <div class="setting">
            <span class="setting-name">{t("settings-wipe")}</span>
            <p class="setting-text">{t("settings-wipe-hint")}</p>
            <div class="setting-control">
                <button class="button button--danger" type="button" aria-haspopup="dialog" on:click=move |_| is_asking.set(true)>
                    {t("settings-wipe-button")}
                </button>
            </div>
        </div>
        <Dialog is_open=is_asking title=t("settings-wipe-confirm")>
            <p>{t("settings-wipe-confirm-text")}</p>
            <div class="field-actions">
                <button class="button button--danger" type="button" on:click=wipe>{t("settings-wipe-yes")}</button>
                <button class="button button--edge" type="button" on:click=move |_| is_asking.set(false)>{t("cancel")}</button>
            </div>
        </Dialog>
    }
}

/// Whether what is loaded outlasts the tab, in one line.
#[component]
pub fn KeptLine() -> impl IntoView {
    let app = use_app();
    let words = move || {
        let is_sample = app.dataset.read().as_ref().is_some_and(|dataset| dataset.is_sample());
        if is_sample {
            return None;
        }
        let trouble = app.keeping.trouble.get();
        Some(match (app.keeping.status.get(), trouble) {
            (_, Some(error)) => Notice::of_keep(&error).title,
            (Some(status), None) => {
                let rows = number(i64::try_from(status.rows).unwrap_or(i64::MAX));
                t_with("kept-line", &[("rows", rows.into()), ("until", formats().coming(status.until).into())])
            }
            (None, None) if app.can_keep().is_ok() => format!("{} {}", t("kept-line-memory"), t("kept-line-settings")),
            (None, None) => t("kept-line-memory"),
        })
    };
    move || words().map(|words| view! { <p>{words}</p> })
}
