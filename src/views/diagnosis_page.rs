//! A report without rows explains itself: kind, sentence, what was checked, what to do.

use leptos::prelude::*;

use super::shell::new_tab_link;
use crate::{
    components::{
        checks::Checks,
        copy_button::CopyButton,
        date_time::DateTime,
        icon::{Icon, Shape},
    },
    state::{
        app_state::use_app,
        diagnosis::{Choice, Diagnosis},
        notice::{Action, Tone},
    },
    text::t,
};

/// The explanation.
#[component]
pub fn DiagnosisPage(
    /// What to say.
    diagnosis: Diagnosis,
    /// Carries out what is offered.
    on_action: Callback<Action>,
) -> impl IntoView {
    let (class, shape) = match diagnosis.tone {
        Tone::Fail => ("outcome outcome--fail", "fail"),
        Tone::Pause => ("outcome outcome--pause", "pause"),
        Tone::Plain => ("outcome outcome--none", "none"),
    };
    let choices =
        diagnosis.choices.into_iter().map(|choice| view! { <ChoiceItem choice=choice on_action=on_action /> });
    let support = diagnosis.support.map(|support| {
        let text = support.clone();
        let copy = Callback::new(move |()| text.clone());
        view! {
            <div class="choice">
                <h3 class="choice-title">{t("support-title")}</h3>
                <p class="choice-text mono">{support}</p>
                <CopyButton text=copy label=t("support-copy") class="button button--link" />
            </div>
        }
    });
    view! {
        <div class="diagnosis-frame">
            <section class="diagnosis" aria-labelledby="diagnosis">
                <header class="diagnosis-head">
                    <div class="diagnosis-kind">
                        <span class=class><Shape name=shape />{diagnosis.kind}</span>
                        {diagnosis.code.map(|code| view! { <span class="quiet">{code}</span> })}
                    </div>
                    <h2 class="diagnosis-title" id="diagnosis">{diagnosis.title}</h2>
                    <p class="diagnosis-lead">{diagnosis.lead}</p>
                    {diagnosis
                        .until
                        .map(|until| view! { <p class="diagnosis-lead">{t("notice-until")}" "<DateTime at=until /></p> })}
                    {diagnosis
                        .quoted
                        .map(|quoted| {
                            view! { <p class="diagnosis-quote"><span class="quiet">{t("quoted-title")}</span><q class="quote">{quoted}</q></p> }
                        })}
                </header>
                <div class="diagnosis-part">
                    <h3 class="side-title">{t("diagnosis-checked")}</h3>
                    <Checks checks=diagnosis.checks />
                </div>
                <div class="diagnosis-part">
                    <h3 class="side-title">{t("diagnosis-do")}</h3>
                    {choices.collect_view()}
                    {support}
                </div>
            </section>
        </div>
    }
}

#[component]
fn ChoiceItem(choice: Choice, on_action: Callback<Action>) -> impl IntoView {
    let class = if choice.is_main { "button button--main" } else { "button button--edge" };
    let button = match choice.action {
        Action::Copy(text) => {
            let copy = Callback::new(move |()| text.clone());
            view! { <CopyButton text=copy label=choice.label class=class /> }.into_any()
        }
        Action::NewTab => {
            let href = new_tab_link(use_app());
            view! {
                <a class=class href=href target="_blank" rel="noopener"><Icon name="open" />{choice.label}</a>
            }
            .into_any()
        }
        action => {
            let is_leaving = matches!(action, Action::SignIn { .. } | Action::Consent { .. });
            view! {
                <button class=class type="button" on:click=move |_| on_action.run(action.clone())>
                    {is_leaving.then(|| view! { <Icon name="open" /> })}
                    {choice.label}
                </button>
            }
            .into_any()
        }
    };
    view! {
        <div class="choice">
            <h4 class="choice-title">{choice.title}</h4>
            <p class="choice-text">{choice.text}</p>
            {button}
        </div>
    }
}
