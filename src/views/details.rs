//! One record: every property in its group, and the original JSON.

use engine::{
    protocol::{Cell, Record},
    reports::Kind,
};
use leptos::{html, prelude::*, task::spawn_local};

use super::{
    entries::words_of,
    keys::Commands,
    record::{ALL, JSON, RecordView},
    table::Layout,
};
use crate::{
    components::{
        copy_button::{CopyButton, copy},
        date_time::{DateTime, formats_handle},
        icon::Icon,
        outcome_badge::OutcomeBadge,
        tabs::{move_among_tabs, show_chosen, tab_stop, yes_no},
        value::{outcome_of, text_of},
        virtual_list::ListHandle,
    },
    state::register::Register,
    text::{group_name, joined, number, t, t_with},
};

/// The pane.
#[component]
pub fn Details(
    /// The table it belongs to.
    register: Register,
    /// Steers the table.
    list: ListHandle,
    /// The open tab; stays while rows change. Empty for the first.
    tab: RwSignal<String>,
    /// True when it covers the table.
    #[prop(into)]
    is_sheet: Signal<bool>,
) -> impl IntoView {
    let report = register.key.with_value(|key| key.report.definition());
    let record = RwSignal::new(None::<Record>);
    let shown = Memo::new(move |_| register.shown());
    Effect::new(move || {
        if let Some(row) = shown.get() {
            spawn_local(async move {
                let read = register.record(row).await;
                // Another row may have been chosen meanwhile.
                if shown.try_get_untracked() == Some(Some(row)) {
                    record.set(read);
                }
            });
        }
    });
    let commands = Commands { register, list, tab, histogram: use_context() };
    // What a key did that shows nowhere else.
    let said = RwSignal::new(String::new());
    let frame = NodeRef::<html::Aside>::new();
    Effect::new(move || {
        if let Some(frame) = frame.get()
            && is_sheet.get()
        {
            // It has a tabindex, so it takes the focus.
            let _ = frame.focus();
        }
    });
    let label = move || {
        let row = register.selected.get().map_or_else(String::new, |index| number(index + 1));
        t_with("details-label", &[("row", row.into())])
    };
    let tabs = Memo::new(move |_| {
        let mut tabs: Vec<(String, String)> = record.with(|record| {
            let groups = record.as_ref().map(|record| record.groups.as_slice()).unwrap_or_default();
            groups
                .iter()
                .filter(|group| !group.fields.is_empty())
                .map(|group| (group.id.clone(), group_name(&group.id)))
                .collect()
        });
        tabs.push((ALL.to_owned(), t("details-all")));
        tabs.push((JSON.to_owned(), t("details-json-tab")));
        tabs
    });
    // A tab that this record does not have gives way to the first.
    let current = Memo::new(move |_| {
        let (tabs, tab) = (tabs.get(), tab.get());
        let found = tabs.iter().find(|(id, _)| *id == tab).or(tabs.first());
        found.map(|(id, _)| id.clone()).unwrap_or_default()
    });
    let tab_list = NodeRef::<html::Div>::new();
    Effect::new(move || {
        let _ = current.read().len();
        if let Some(tab_list) = tab_list.get() {
            show_chosen(&tab_list);
        }
    });
    let keydown = move |event: leptos::ev::KeyboardEvent| {
        if matches!(event.key().as_str(), "[" | "]") {
            let tabs = tabs.get_untracked();
            let now = tabs.iter().position(|(id, _)| *id == current.get_untracked()).unwrap_or(0);
            let next = if event.key() == "]" { now + 1 } else { now + tabs.len() - 1 } % tabs.len().max(1);
            tab.set(tabs[next].0.clone());
            event.prevent_default();
        } else if event.key() == "c" && !event.ctrl_key() && !event.meta_key() {
            let json = record.with_untracked(|record| record.as_ref().map(|record| record.json.clone()));
            if let Some(json) = json {
                spawn_local(async move {
                    let is_copied = copy(&json).await;
                    said.set(t(if is_copied { "copied" } else { "copy-failed" }));
                });
            }
        } else {
            commands.key(&event);
        }
    };
    let older = Callback::new(move |row| register.open_record(row));
    let body = move || {
        record.with(|record| match record {
            None => view! { <p class="details-section quiet">{t("details-loading")}</p> }.into_any(),
            Some(record) => {
                let tab = current.get();
                view! { <RecordView record=record tab=&tab report=report on_older=older /> }.into_any()
            }
        })
    };
    view! {
        <aside class="pane pane--details" aria-label=label tabindex="-1" node_ref=frame on:keydown=keydown>
            <DetailsBar register=register record=record commands=commands current=current tab=tab />
            <DetailsHead register=register record=record />
            <div
                class="details-tabs"
                node_ref=tab_list
                role="tablist"
                aria-label=t("details-tabs")
                on:keydown=|event| move_among_tabs(&event)
            >
                <For each=move || tabs.get() key=|tab| tab.clone() children=move |(id, name)| {
                    let own = id.clone();
                    let is_current = Memo::new(move |_| current.get() == own);
                    view! {
                        <button
                            class="details-tab"
                            role="tab"
                            type="button"
                            aria-selected=move || yes_no(is_current.get())
                            tabindex=move || tab_stop(is_current.get())
                            on:click=move |_| tab.set(id.clone())
                        >
                            {name}
                        </button>
                    }
                } />
            </div>
            <p class="hidden-text" role="status">{said}</p>
            <div class="details-body" role="tabpanel" tabindex="0" aria-label=t("details-tabs")>{body}</div>
        </aside>
    }
}

#[component]
fn DetailsBar(
    register: Register,
    record: RwSignal<Option<Record>>,
    commands: Commands,
    #[prop(into)] current: Signal<String>,
    tab: RwSignal<String>,
) -> impl IntoView {
    let total = move || register.rows.read().total;
    let place = move || {
        let (row, total) = (register.selected.get()? + 1, total());
        Some(t_with("details-row", &[("row", row.into()), ("total", total.into())]))
    };
    let json = Callback::new(move |()| {
        record.with_untracked(|record| record.as_ref().map(|record| record.json.clone())).unwrap_or_default()
    });
    let is_json = move || current.get() == JSON;
    view! {
        <div class="details-bar">
            <span>{place}</span>
            <span class="push"></span>
            <button
                class="button button--icon"
                type="button"
                aria-label=t("details-previous")
                title=t("details-previous")
                disabled=move || register.selected.get().is_none_or(|index| index == 0)
                on:click=move |_| commands.step(-1)
            >
                <Icon name="up-arrow" />
            </button>
            <button
                class="button button--icon"
                type="button"
                aria-label=t("details-next")
                title=t("details-next")
                disabled=move || register.selected.get().is_none_or(|index| index + 1 >= total())
                on:click=move |_| commands.step(1)
            >
                <Icon name="down-arrow" />
            </button>
            <span class="bar-gap"></span>
            <button
                class="button button--icon"
                type="button"
                aria-label=t("details-json")
                title=t("details-json")
                aria-pressed=move || yes_no(is_json())
                on:click=move |_| tab.set(if is_json() { String::new() } else { JSON.to_owned() })
            >
                <Icon name="braces" />
            </button>
            <CopyButton text=json label=t("details-copy-json") class="button button--icon" is_icon=true />
            <button
                class="button button--icon"
                type="button"
                aria-label=t("details-close")
                title=t("details-close")
                on:click=move |_| commands.close()
            >
                <Icon name="x" />
            </button>
        </div>
    }
}

/// Outcome, time and the first words of the record, as the table has them.
#[component]
fn DetailsHead(register: Register, record: RwSignal<Option<Record>>) -> impl IntoView {
    let formats = formats_handle();
    let layout = Layout::new(register);
    let time_column = register.key.with_value(|key| key.report.definition().time);
    let row = Memo::new(move |_| {
        let index = register.selected.get().filter(|_| register.detour.read().is_none())?;
        register.rows.with(|rows| rows.row(index).cloned())
    });
    let outcome = {
        let place = layout.columns.iter().position(|column| column.kind == Kind::Outcome);
        move || {
            let outcome = row.with(|row| row.as_ref()?.cells.get(place?).map(outcome_of))?;
            Some(view! { <OutcomeBadge outcome=outcome /> })
        }
    };
    let words = move || {
        let words =
            row.with(|row| row.as_ref().map(|row| formats.with_value(|formats| words_of(row, &layout, formats))));
        words.map(|words| joined(words.get(..words.len().min(2)).unwrap_or_default()))
    };
    let time = move || {
        let value = record.with(|record| {
            let fields = record.as_ref()?.groups.iter().flat_map(|group| &group.fields);
            fields.into_iter().find(|field| field.path == time_column).map(|field| field.value.clone())
        })?;
        Some(match value {
            Cell::Instant(at) => view! { <DateTime at=at /> }.into_any(),
            other => formats.with_value(|formats| text_of(&other, formats)).into_any(),
        })
    };
    view! {
        <header class="details-head">
            <div class="details-outcome">
                {outcome}
                <span class="quiet push">{time}</span>
            </div>
            <p class="details-words">{words}</p>
        </header>
    }
}
