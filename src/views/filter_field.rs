//! A field in which a filter, or a part of one, is written: with what may be meant below it, and what is wrong in its place.

use engine::{
    filter::FilterError,
    protocol::Cell,
    reports::{Column, Kind, ReportDefinition},
};
use leptos::{html, prelude::*};

use crate::{
    components::{
        combo_field::{Act, Choice, ComboField, write},
        date_time::{DateFormats, formats_handle},
        value::text_of,
    },
    state::{
        app_state::use_app,
        filter_error::{place, words},
        filter_text::mended,
        filtering::{self, Filtering},
        suggestions::{Suggestion, Suggestions},
    },
    text::{column_heading, find, number, t, t_with},
};

/// What is being written, and what was wrong with it when it was last to be used. Copies share it.
#[derive(Clone, Copy)]
pub struct Draft {
    /// Id of the input.
    pub id: &'static str,
    /// The text.
    pub text: RwSignal<String>,
    /// What is wrong with it.
    pub error: RwSignal<Option<FilterError>>,
    node: NodeRef<html::Input>,
}

impl Draft {
    /// With a text. Belongs to the current reactive owner.
    pub fn new(id: &'static str, text: &str) -> Self {
        Self { id, text: RwSignal::new(text.to_owned()), error: RwSignal::new(None), node: NodeRef::new() }
    }
    /// Takes another text, with the caret at its end.
    pub fn write(&self, text: &str) {
        self.error.set(None);
        write(self.node, self.text, text, text.len());
    }
    /// Gives the field the focus.
    pub fn focus(&self) {
        if let Some(input) = self.node.get_untracked() {
            // The field is in the page.
            let _ = input.focus();
        }
    }
}

/// The field.
#[component]
pub fn FilterField(
    /// The filter at hand.
    filtering: Filtering,
    /// What is being written.
    draft: Draft,
    /// Its name for readers.
    label: String,
    /// What it says while it is empty.
    #[prop(optional, into)]
    placeholder: Signal<String>,
    /// Takes a whole condition that is chosen at once, without another Enter.
    #[prop(optional)]
    takes_choice: bool,
    /// Gives it the focus as soon as it is there.
    #[prop(optional)]
    takes_focus: bool,
    /// Uses the text; what is wrong with it comes back.
    on_enter: Callback<String, Result<(), FilterError>>,
    /// Leaves without using the text.
    on_escape: Callback<()>,
    /// Takes something away in front of the empty field.
    #[prop(optional, into)]
    on_backspace: Option<Callback<()>>,
) -> impl IntoView {
    let suggestions = Suggestions::new(use_app(), filtering);
    let Draft { id, text, error, node } = draft;
    let report = filtering.report();
    let formats = formats_handle();
    let choices = Memo::new(move |_| {
        let choice = |suggestion: &Suggestion| formats.with_value(|formats| choice_of(report, suggestion, formats));
        suggestions.list.read().iter().map(choice).collect::<Vec<_>>()
    });
    let enter = move || {
        suggestions.close();
        // Left as it is where it cannot be read, so that it can be mended.
        error.set(on_enter.run(text.get_untracked()).err());
    };
    let act = Callback::new(move |act: Act| match act {
        Act::Wrote(caret) => {
            let written = text.get_untracked();
            suggestions.look(&written, caret, false);
            // What was wrong is looked at again with every letter; what is only begun is not wrong yet.
            if error.read_untracked().is_some() {
                error.set(filtering::read(report, &written).err());
            }
        }
        Act::Asks(caret) => suggestions.look(&text.get_untracked(), caret, true),
        Act::Chose(index) => {
            let chosen = suggestions.chosen(&text.get_untracked(), index);
            let Some((chosen, caret, is_whole)) = chosen else { return };
            error.set(None);
            write(node, text, &chosen, caret);
            if is_whole && takes_choice {
                enter();
            } else if is_whole {
                suggestions.close();
            } else {
                suggestions.look(&chosen, caret, true);
            }
        }
        Act::Enter => enter(),
        Act::Escape if suggestions.is_open.get_untracked() => suggestions.close(),
        Act::Escape => on_escape.run(()),
        Act::Backspace => {
            if let Some(on_backspace) = on_backspace {
                on_backspace.run(());
            }
        }
        Act::Left => suggestions.close(),
    });
    if takes_focus {
        node.on_load(move |_| {
            request_animation_frame(move || {
                let end = text.try_get_untracked().map(|text| text.len());
                if let Some(end) = end {
                    write(node, text, &text.get_untracked(), end);
                }
            });
        });
    }
    view! {
        <ComboField
            id=id
            label=label
            placeholder=placeholder
            text=text
            choices=choices
            is_open=suggestions.is_open
            is_wrong=Signal::derive(move || error.read().is_some())
            node=node
            on_act=act
        />
    }
}

/// What is wrong with a draft, in its place, with what one press mends.
#[component]
pub fn FilterTrouble(
    /// What is being written.
    draft: Draft,
) -> impl IntoView {
    move || {
        let error = draft.error.get()?;
        let text = draft.text.get();
        let place = place(&text, &error);
        let mend = mended(&text, &error).map(|better| {
            let suggestion = error.suggestion.clone().unwrap_or_default();
            let press = move |_| draft.write(&better);
            view! {
                <button class="button button--link" type="button" on:click=press>
                    {t_with("filter-suggestion", &[("suggestion", suggestion.into())])}
                </button>
            }
        });
        let gap = if place.wrong.is_empty() { "filter-wrong filter-wrong--gap" } else { "filter-wrong" };
        Some(view! {
            <div class="filter-trouble" id=format!("{}-error", draft.id) role="alert">
                <code class="filter-place">{place.before}<mark class=gap>{place.wrong}</mark>{place.after}</code>
                <span>{words(&text, &error)}</span>
                {mend}
            </div>
        })
    }
}

fn choice_of(report: &ReportDefinition, suggestion: &Suggestion, formats: &DateFormats) -> Choice {
    match suggestion {
        Suggestion::Field(column) => {
            Choice { words: column_heading(report, column.id), note: column.id.to_owned(), count: String::new() }
        }
        Suggestion::Time(_, name, behind) => Choice {
            words: t(&format!("filter-time-{name}")),
            note: behind.trim_start_matches(':').to_owned(),
            count: String::new(),
        },
        Suggestion::Value { column, cell, rows, .. } => {
            Choice { words: value_words(column, cell, formats), note: String::new(), count: number(*rows) }
        }
    }
}

fn value_words(column: &Column, cell: &Cell, formats: &DateFormats) -> String {
    match cell {
        Cell::Absent | Cell::Null => t("filter-no-value"),
        Cell::Text(text) if text.is_empty() => t("details-empty"),
        Cell::Text(text) if column.kind == Kind::Outcome => {
            find(&format!("outcome-{text}"), &[]).unwrap_or_else(|| text.clone())
        }
        Cell::Flag(flag) => flag.to_string(),
        cell => text_of(cell, formats),
    }
}
