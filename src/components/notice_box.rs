//! A notice: a shape, what is the matter, what it means, and the one thing that helps.

use leptos::prelude::*;

use super::{copy_button::CopyButton, date_time::DateTime, icon::Shape};
use crate::{
    state::notice::{Action, Notice, Tone},
    text::t,
};

/// One notice.
#[component]
pub fn NoticeBox(
    /// What to say.
    notice: Notice,
    /// Carries out its action.
    on_action: Callback<Action>,
    /// Takes the notice away, where that is offered.
    #[prop(optional)]
    on_dismiss: Option<Callback<()>>,
) -> impl IntoView {
    let (class, shape) = match notice.tone {
        Tone::Fail => ("notice notice--fail", "fail"),
        Tone::Pause => ("notice notice--pause", "pause"),
        Tone::Plain => ("notice", "none"),
    };
    let support = notice.support_text();
    let has_support = !notice.ids.is_empty() || notice.code.is_some();
    let copies = notice.copies.clone().into_iter().map(|(label, text)| {
        let copy = Callback::new(move |()| text.clone());
        view! { <CopyButton text=copy label=label class="button button--edge" /> }
    });
    let copies = copies.collect_view();
    let button = notice.action.clone().and_then(|action| {
        let label = t(label_key(&action)?);
        let press = move |_| on_action.run(action.clone());
        Some(view! { <button class="button button--edge" type="button" on:click=press>{label}</button> })
    });
    view! {
        <div class=class role="alert">
            <Shape name=shape />
            <div>
                <p class="notice-title">{notice.title}</p>
                <p class="notice-text">{notice.detail}</p>
                {notice.until.map(|until| view! { <p class="notice-text">{t("notice-until")}" "<DateTime at=until /></p> })}
                {notice.quoted.map(|quoted| view! { <q class="quote" aria-label=t("quoted-title")>{quoted}</q> })}
                <p class="notice-ids">
                    {notice.code.map(|code| view! { <span class="mono">{code}</span> })}
                    {notice
                        .ids
                        .into_iter()
                        .map(|(name, id)| view! { <span>{name}" "<span class="mono">{id}</span></span> })
                        .collect_view()}
                    {notice.at.map(|at| view! { <DateTime at=at /> })}
                    {has_support
                        .then(|| {
                            let support = Callback::new(move |()| support.clone());
                            view! { <CopyButton text=support label=t("support-copy") class="button button--link" /> }
                        })}
                </p>
            </div>
            <div class="notice-actions">
                {copies}
                {button}
                {on_dismiss
                    .map(|dismiss| {
                        view! {
                            <button class="button button--link" type="button" on:click=move |_| dismiss.run(())>
                                {t("notice-dismiss")}
                            </button>
                        }
                    })}
            </div>
        </div>
    }
}

/// Key of the button's words; `None` for actions that a notice cannot carry.
fn label_key(action: &Action) -> Option<&'static str> {
    match action {
        Action::SignIn { .. } => Some("action-sign-in"),
        Action::Consent { .. } => Some("action-consent"),
        Action::TryAgain | Action::Ask(_) => Some("action-again"),
        Action::SwitchAccount => Some("action-switch"),
        Action::Start => Some("action-start"),
        Action::Sample => Some("choice-sample-label"),
        Action::Settings => Some("action-settings"),
        Action::Reload => Some("action-reload"),
        Action::ClearConditions => Some("action-conditions"),
        Action::Range(_) | Action::NewTab | Action::Copy(_) => None,
    }
}
