//! The filter over what is loaded: its parts side by side, or all of it as one text. Both are the same.

use engine::filter::{Filter, FilterError};
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

use super::{
    filter_field::{Draft, FilterField, FilterTrouble},
    filter_words::Words,
    promote::Promote,
};
use crate::{
    components::{icon::Icon, tabs::yes_no, virtual_list::ListHandle},
    state::{filter_text::Part, filtering::Filtering, register::Register},
    text::{t, t_with},
};

/// Id of the field in which parts are added.
const FIELD: &str = "filter-input";
/// Id of the field that holds the whole filter.
const WHOLE: &str = "filter-whole";
/// Id of the field in which a part is changed.
const PART: &str = "filter-part";

/// The bar.
#[component]
pub fn FilterBar(
    /// The filter at hand.
    filtering: Filtering,
    /// The rows that it is about.
    register: Register,
    /// The table, to which Esc leads.
    list: ListHandle,
) -> impl IntoView {
    let is_text = RwSignal::new(false);
    let edited = RwSignal::new(None::<usize>);
    let (added, whole, part) = (Draft::new(FIELD, ""), Draft::new(WHOLE, ""), Draft::new(PART, ""));
    // A filter that cannot be read has no parts.
    let is_whole = Memo::new(move |_| is_text.get() || filtering.read.read().is_err());
    let is_empty = Memo::new(move |_| filtering.text.read().is_empty());
    // Back and forward lead to other texts.
    Effect::new(move || {
        whole.text.set(filtering.text.get());
        whole.error.set(filtering.read.get().err());
        edited.set(None);
    });
    let clear = move |_| {
        is_text.set(false);
        filtering.set("");
        request_animation_frame(focus_filter);
    };
    let switch = move |_| {
        if is_whole.get_untracked() {
            // What cannot be read stays a text.
            match filtering.replace_all(&whole.text.get_untracked()) {
                Ok(()) => is_text.set(false),
                Err(error) => whole.error.set(Some(error)),
            }
        } else {
            is_text.set(true);
        }
    };
    let switch_name = move || if is_whole.get() { t("filter-as-parts") } else { t("filter-as-text") };
    let body = move || {
        if is_whole.get() {
            let enter = Callback::new(move |text: String| {
                filtering.replace_all(&text)?;
                is_text.set(false);
                request_animation_frame(focus_filter);
                Ok(())
            });
            let escape = Callback::new(move |()| {
                if filtering.read.read_untracked().is_err() {
                    return list.focus();
                }
                whole.text.set(filtering.text.get_untracked());
                whole.error.set(None);
                is_text.set(false);
                request_animation_frame(focus_filter);
            });
            // A link with a filter that cannot be read must not take the focus from where somebody is.
            let takes_focus = is_text.get_untracked();
            view! {
                <FilterField
                    filtering=filtering
                    draft=whole
                    label=t("filter-whole")
                    placeholder=t("filter-placeholder")
                    takes_focus=takes_focus
                    on_enter=enter
                    on_escape=escape
                />
            }
            .into_any()
        } else {
            view! { <Parts filtering=filtering added=added part=part edited=edited list=list /> }.into_any()
        }
    };
    let unreadable =
        move || filtering.read.read().is_err().then(|| view! { <p class="filter-note">{t("filter-unreadable")}</p> });
    view! {
        <div class="bar bar--filter" role="search" aria-label=t("filter-hint")>
            <div class="filter">
                <span class="filter-label" title=t("filter-hint")>{t("filter")}</span>
                <div class="filter-body">{body}</div>
                <Matches filtering=filtering register=register />
                <Show when=move || !is_empty.get()>
                    <button
                        class="button button--icon filter-tool"
                        type="button"
                        aria-label=t("filter-clear")
                        title=t("filter-clear")
                        on:click=clear
                    >
                        <Icon name="x" />
                    </button>
                </Show>
                <button
                    class="button button--icon filter-tool"
                    type="button"
                    aria-label=switch_name
                    title=switch_name
                    aria-pressed=move || yes_no(is_whole.get())
                    on:click=switch
                >
                    <Icon name="braces" />
                </button>
            </div>
            <Promote filtering=filtering />
            <Show when=move || !is_whole.get()>
                <FilterTrouble draft=added />
                <Show when=move || edited.get().is_some()>
                    <FilterTrouble draft=part />
                </Show>
            </Show>
            <Show when=move || is_whole.get()>
                <FilterTrouble draft=whole />
            </Show>
            {unreadable}
        </div>
    }
}

/// Gives the focus to the field in which the filter is written.
pub fn focus_filter() {
    let field = document().get_element_by_id(FIELD).or_else(|| document().get_element_by_id(WHOLE));
    if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
        // The field is in the page.
        let _ = field.focus();
    }
}

/// The parts, and the field in which more are added.
#[component]
fn Parts(
    filtering: Filtering,
    added: Draft,
    part: Draft,
    edited: RwSignal<Option<usize>>,
    list: ListHandle,
) -> impl IntoView {
    let add = Callback::new(move |text: String| -> Result<(), FilterError> {
        filtering.add_parts(&text)?;
        added.write("");
        Ok(())
    });
    // The last part comes back into the field, to be written otherwise.
    let take_back = Callback::new(move |()| {
        let last = filtering.parts.with_untracked(|parts| parts.len().checked_sub(1).zip(parts.last().cloned()));
        if let Some((index, last)) = last {
            filtering.remove(index);
            added.write(&last.text);
        }
    });
    let chips = move || {
        let parts = filtering.parts.get();
        let now = edited.get();
        let chips = parts.into_iter().enumerate().map(|(index, own)| {
            if now == Some(index) {
                view! { <Edited filtering=filtering index=index own=own part=part edited=edited /> }.into_any()
            } else {
                view! { <Chip filtering=filtering index=index own=own edited=edited /> }.into_any()
            }
        });
        (!filtering.parts.read().is_empty())
            .then(|| view! { <ul class="filter-chips" aria-label=t("filter-parts")>{chips.collect_view()}</ul> })
    };
    // Beside parts there is little room.
    let placeholder = Signal::derive(move || {
        if filtering.text.read().is_empty() { t("filter-placeholder") } else { t("filter-placeholder-more") }
    });
    view! {
        {chips}
        <FilterField
            filtering=filtering
            draft=added
            label=t("filter-input")
            placeholder=placeholder
            takes_choice=true
            on_enter=add
            on_escape=Callback::new(move |()| list.focus())
            on_backspace=take_back
        />
    }
}

/// A part: pressed it is written otherwise, and its cross takes it away.
#[component]
fn Chip(filtering: Filtering, index: usize, own: Part, edited: RwSignal<Option<usize>>) -> impl IntoView {
    let words = Words::of(filtering.report(), &own);
    let line = words.line();
    let remove_name = t_with("chip-remove", &[("condition", line.clone().into())]);
    let edit_name = t_with("filter-chip-edit", &[("condition", line.into())]);
    let class = if words.is_not { "chip chip--not" } else { "chip" };
    let remove = move || {
        filtering.remove(index);
        request_animation_frame(focus_filter);
    };
    let keydown = move |event: ev::KeyboardEvent| {
        if matches!(event.key().as_str(), "Delete" | "Backspace") {
            event.prevent_default();
            remove();
        }
    };
    view! {
        <li class=class on:keydown=keydown>
            <button
                class="chip-text"
                type="button"
                aria-label=edit_name
                title=own.text
                on:click=move |_| edited.set(Some(index))
            >
                {words.view()}
            </button>
            <button class="chip-remove" type="button" aria-label=remove_name on:click=move |_| remove()>
                <Icon name="x" is_small=true />
            </button>
        </li>
    }
}

/// A part while it is written otherwise.
#[component]
fn Edited(
    filtering: Filtering,
    index: usize,
    own: Part,
    part: Draft,
    edited: RwSignal<Option<usize>>,
) -> impl IntoView {
    part.text.set(own.text);
    part.error.set(None);
    let leave = move || {
        edited.set(None);
        request_animation_frame(focus_filter);
    };
    let enter = Callback::new(move |text: String| -> Result<(), FilterError> {
        filtering.replace(index, &text)?;
        leave();
        Ok(())
    });
    view! {
        <li class="chip chip--edited">
            <FilterField
                filtering=filtering
                draft=part
                label=t("filter-part")
                takes_choice=true
                takes_focus=true
                on_enter=enter
                on_escape=Callback::new(move |()| leave())
            />
        </li>
    }
}

/// How many of the loaded rows match; nothing while every row does, or another filter is answered.
#[component]
fn Matches(filtering: Filtering, register: Register) -> impl IntoView {
    let found = Memo::new(move |_| {
        let filter = filtering.filter.read();
        let is_answered = *filter != Filter::All;
        register.rows.with(|rows| (is_answered && rows.filter == *filter).then_some((rows.total, rows.loaded)))
    });
    // Told once for each filter, not with every page that comes.
    let said = Memo::new(move |before: Option<&(Filter, Option<String>)>| {
        let filter = filtering.filter.get();
        if let Some((known, Some(words))) = before.filter(|(known, _)| *known == filter) {
            return (known.clone(), Some(words.clone()));
        }
        let words = found.get().map(|(count, loaded)| {
            t_with("filter-matches-said", &[("count", count.into()), ("loaded", loaded.into())])
        });
        (filter, words)
    });
    view! {
        <span class="filter-count" aria-hidden="true">
            {move || found.get().map(|(count, _)| t_with("filter-matches", &[("count", count.into())]))}
        </span>
        <span class="hidden-text" role="status">{move || said.get().1}</span>
    }
}
