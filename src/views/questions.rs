//! The analyst questions: each opens its report with the right scope. Some have a blank that only the person can fill.

use engine::questions::{self, Question};
use leptos::{ev, prelude::*};

use super::shell::link;
use crate::{
    components::icon::Icon,
    state::{
        app_state::use_app,
        route::{ReportRoute, Route},
    },
    text::{capitalised, column_label, fetch_phrase, find, joined, range_name, t, t_with},
};

/// A page with all questions.
#[component]
pub fn QuestionsPage() -> impl IntoView {
    view! {
        <main class="page" id="content" tabindex="-1">
            <div class="page-column">
                <div class="page-head">
                    <h1 class="page-title">{t("questions-title")}</h1>
                    <span class="quiet">{t("questions-lead")}</span>
                </div>
                <QuestionGrid />
            </div>
        </main>
    }
}

/// All questions as ruled cells.
#[component]
pub fn QuestionGrid() -> impl IntoView {
    let cards = questions::all().into_iter().enumerate().map(|(index, question)| {
        view! { <QuestionCard number=index + 1 question=question /> }
    });
    view! { <ol class="questions">{cards.collect_view()}</ol> }
}

#[component]
fn QuestionCard(number: usize, question: Question) -> impl IntoView {
    let app = use_app();
    let words = question_text(question.id);
    let report = question.report.definition();
    let asked =
        joined(&[capitalised(&fetch_phrase(report, question.fetch)), range_name(question.range).unwrap_or_default()]);
    let href = link(&route_of(&question, ""));
    let blank = question.parameter.map(|parameter| {
        let answer = RwSignal::new(String::new());
        let label = find(&format!("question-{}-blank", question.id), &[]);
        let label = label.unwrap_or_else(|| column_label(report, parameter.column));
        let ask = move |event: ev::SubmitEvent| {
            event.prevent_default();
            app.go(&route_of(&question, &answer.get_untracked()));
        };
        let button = t_with("question-ask-label", &[("blank", label.clone().into())]);
        view! {
            <form class="question-blank" on:submit=ask>
                <input
                    class="question-input"
                    type="text"
                    autocomplete="off"
                    spellcheck="false"
                    aria-label=label.clone()
                    placeholder=label
                    prop:value=answer
                    on:input=move |event| answer.set(event_target_value(&event))
                />
                <button class="button button--edge button--icon" type="submit" aria-label=button.clone() title=button>
                    <Icon name="right" />
                </button>
            </form>
        }
    });
    view! {
        <li class="question">
            <span class="question-number" aria-hidden="true">{number}</span>
            <div>
                <a class="question-text" href=href>{words}</a>
                <p class="question-reply">{asked}</p>
                {blank}
            </div>
        </li>
    }
}

/// The question's words.
pub fn question_text(id: &str) -> String {
    t(&format!("question-{id}"))
}

fn route_of(question: &Question, answer: &str) -> Route {
    let scope = question.scope(answer);
    Route::Report(ReportRoute {
        report: question.report,
        fetch: question.fetch.to_owned(),
        range: Some(scope.range),
        conditions: scope.conditions,
        filter: String::new(),
        question: Some(question.id.to_owned()),
    })
}
