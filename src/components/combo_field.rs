//! A text field that offers choices while somebody writes. The focus stays in the field; the arrows point at choices.

use leptos::{ev, html, prelude::*};

use super::tabs::yes_no;
use crate::text::{t, t_with};

/// One choice.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Its words.
    pub words: String,
    /// What stands beside them, quietly.
    pub note: String,
    /// A number at its end.
    pub count: String,
}

/// What a person does in the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Wrote something; the caret is behind this byte.
    Wrote(usize),
    /// Asks for choices; the caret is behind this byte.
    Asks(usize),
    /// Takes a choice.
    Chose(usize),
    /// Is done.
    Enter,
    /// Wants to leave.
    Escape,
    /// Takes something away where nothing is.
    Backspace,
    /// Left.
    Left,
}

/// The field.
#[component]
pub fn ComboField(
    /// Id of the input; unique in the page.
    id: &'static str,
    /// Its name for readers.
    label: String,
    /// What it says while it is empty.
    #[prop(into)]
    placeholder: Signal<String>,
    /// Its text.
    text: RwSignal<String>,
    /// What is offered.
    #[prop(into)]
    choices: Signal<Vec<Choice>>,
    /// True while choices are shown.
    #[prop(into)]
    is_open: Signal<bool>,
    /// True when the text cannot be used; what is wrong stands in the element with the id `<id>-error`.
    #[prop(into)]
    is_wrong: Signal<bool>,
    /// The input.
    node: NodeRef<html::Input>,
    /// Hears what the person does.
    on_act: Callback<Act>,
) -> impl IntoView {
    let active = RwSignal::new(None::<usize>);
    let is_shown = Memo::new(move |_| is_open.get() && !choices.read().is_empty());
    Effect::new(move || {
        choices.track();
        is_open.track();
        active.set(None);
    });
    let caret = move || {
        let input = node.get_untracked()?;
        let units = input.selection_start().ok().flatten()? as usize;
        let text = input.value();
        // The browser counts in units of UTF-16.
        let mut seen = 0;
        let before = text.chars().take_while(|char| {
            seen += char.len_utf16();
            seen <= units
        });
        Some(before.map(char::len_utf8).sum())
    };
    let keydown = move |event: ev::KeyboardEvent| {
        // What an input method composes is not done yet.
        if event.is_composing() || event.alt_key() || event.ctrl_key() || event.meta_key() {
            return;
        }
        let count = choices.read_untracked().len();
        let (is_shown, now) = (is_shown.get_untracked(), active.get_untracked());
        let point = |to: Option<usize>| {
            active.set(to);
            if let Some(to) = to {
                show_choice(id, to);
            }
            None
        };
        let act = match (event.key().as_str(), now.filter(|_| is_shown)) {
            ("ArrowDown", _) if !is_shown => Some(Act::Asks(caret().unwrap_or_default())),
            ("ArrowDown", now) => point(now.map_or(Some(0), |now| Some(now + 1).filter(|next| *next < count))),
            ("ArrowUp", now) if is_shown => point(now.map_or(count.checked_sub(1), |now| now.checked_sub(1))),
            ("Enter" | "Tab", Some(now)) => Some(Act::Chose(now)),
            ("Enter", None) => Some(Act::Enter),
            ("Escape", _) => Some(Act::Escape),
            ("Backspace", _) if text.read_untracked().is_empty() => Some(Act::Backspace),
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        // Last, because it may take the field away.
        if let Some(act) = act {
            on_act.run(act);
        }
    };
    // A field that is taken away loses the focus, too.
    let left = move |_| {
        let _ = on_act.try_run(Act::Left);
    };
    let input = move |event: ev::Event| {
        text.set(event_target_value(&event));
        on_act.run(Act::Wrote(caret().unwrap_or_default()));
    };
    let list = move || {
        is_shown.get().then(|| {
            let items = choices.get().into_iter().enumerate().map(|(index, choice)| {
                view! {
                    <li
                        class="combo-choice"
                        role="option"
                        id=choice_id(id, index)
                        aria-selected=move || yes_no(active.get() == Some(index))
                        on:click=move |_| on_act.run(Act::Chose(index))
                    >
                        <span class="combo-words">{choice.words}</span>
                        <span class="combo-note mono">{choice.note}</span>
                        <span class="combo-count">{choice.count}</span>
                    </li>
                }
            });
            // A press on a choice must not take the focus out of the field, which would close the list.
            view! {
                <ul
                    class="combo-list"
                    role="listbox"
                    id=format!("{id}-list")
                    aria-label=t("combo-choices")
                    on:pointerdown=|event| event.prevent_default()
                    on:mousedown=|event| event.prevent_default()
                >
                    {items.collect_view()}
                </ul>
            }
        })
    };
    view! {
        <div class="combo">
            <input
                class="combo-input"
                id=id
                type="text"
                role="combobox"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                aria-label=label
                placeholder=move || placeholder.get()
                aria-autocomplete="list"
                aria-expanded=move || yes_no(is_shown.get())
                aria-controls=move || is_shown.get().then(|| format!("{id}-list"))
                aria-activedescendant=move || active.get().filter(|_| is_shown.get()).map(|index| choice_id(id, index))
                aria-invalid=move || is_wrong.get().then_some("true")
                aria-describedby=move || is_wrong.get().then(|| format!("{id}-error"))
                node_ref=node
                prop:value=text
                on:input=input
                on:keydown=keydown
                on:blur=left
            />
            {list}
            <span class="hidden-text" role="status">
                {move || is_shown.get().then(|| t_with("combo-count", &[("count", choices.read().len().into())]))}
            </span>
        </div>
    }
}

/// Puts a text into the field, with the caret behind some of its bytes.
pub fn write(node: NodeRef<html::Input>, text: RwSignal<String>, value: &str, caret: usize) {
    text.set(value.to_owned());
    if let Some(input) = node.get_untracked() {
        input.set_value(value);
        let units = value.get(..caret).unwrap_or(value).encode_utf16().count() as u32;
        // The field takes text, so that it has a caret.
        let _ = input.set_selection_range(units, units);
        let _ = input.focus();
    }
}

fn choice_id(id: &str, index: usize) -> String {
    format!("{id}-choice-{index}")
}

fn show_choice(id: &str, index: usize) {
    if let Some(element) = document().get_element_by_id(&choice_id(id, index)) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}
