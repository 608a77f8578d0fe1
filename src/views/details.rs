//! One record: every property in its group, and the original JSON.

use engine::{
    protocol::{Cell, Record, RecordField, RecordGroup},
    reports::{Kind, ReportDefinition},
};
use leptos::{html, prelude::*, task::spawn_local};

use super::{entries::words_of, keys::Commands, table::Layout, warnings::warning_lines};
use crate::{
    components::{
        copy_button::{CopyButton, copy},
        date_time::{DateTime, formats_handle},
        icon::{Icon, Shape},
        outcome_badge::OutcomeBadge,
        tabs::{move_among_tabs, tab_stop, yes_no},
        track::is_identifier,
        value::{copy_text, detail_view, outcome_of, text_of},
        virtual_list::ListHandle,
    },
    state::{
        arrangement::{Block, Line, arranged},
        register::Register,
    },
    text::{column_label, group_name, humanised, joined, number, t, t_with},
};

/// Id of the tab that shows every group.
const ALL: &str = "*";
/// Id of the tab with the original text.
pub const JSON: &str = "{}";

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
    let commands = Commands { register, list, tab };
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
    let body = move || {
        record.with(|record| match record {
            None => view! { <p class="details-section quiet">{t("details-loading")}</p> }.into_any(),
            Some(record) => body_of(record, &current.get(), report, register).into_any(),
        })
    };
    view! {
        <aside class="pane pane--details" aria-label=label tabindex="-1" node_ref=frame on:keydown=keydown>
            <DetailsBar register=register record=record commands=commands current=current tab=tab />
            <DetailsHead register=register record=record />
            <div
                class="details-tabs"
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

fn body_of(record: &Record, tab: &str, report: &'static ReportDefinition, register: Register) -> impl IntoView + use<> {
    let warnings = (!record.warnings.is_empty() && tab != JSON).then(|| {
        let lines = warning_lines(&record.warnings).into_iter().map(|(words, path)| {
            view! { <li>{words}" "<span class="mono quiet">{path}</span></li> }
        });
        view! {
            <div class="notice notice--pause">
                <Shape name="pause" />
                <div><p class="notice-title">{t("details-warnings")}</p><ul class="notice-text">{lines.collect_view()}</ul></div>
            </div>
        }
    });
    let older = record.older.map(|older| {
        view! {
            <p class="details-section">
                {t("details-older")}" "
                <button class="button button--link" type="button" on:click=move |_| register.open_record(older)>
                    {t("details-older-open")}
                </button>
            </p>
        }
    });
    let content = if tab == JSON {
        json_view(record).into_any()
    } else {
        let groups = record.groups.iter().filter(|group| (tab == ALL || group.id == tab) && !group.fields.is_empty());
        let sections: Vec<_> = groups.map(|group| group_view(group, report, tab == ALL)).collect();
        if sections.is_empty() {
            view! { <p class="details-section quiet">{t("details-no-fields")}</p> }.into_any()
        } else {
            sections.into_any()
        }
    };
    view! {
        {warnings}
        {older}
        {content}
    }
}

/// The record's own text, unchanged.
fn json_view(record: &Record) -> impl IntoView + use<> {
    let is_wrapped = RwSignal::new(true);
    let is_lossy = record.json.as_bytes() != record.bytes;
    let json = record.json.clone();
    let copied = json.clone();
    let copy = Callback::new(move |()| copied.clone());
    let class = move || if is_wrapped.get() { "json json--wrapped" } else { "json" };
    view! {
        <div class="json-tools">
            <CopyButton text=copy label=t("details-copy-json") class="button button--edge" />
            <label class="json-wrap">
                <input
                    class="switch"
                    type="checkbox"
                    role="switch"
                    prop:checked=is_wrapped
                    on:change=move |event| is_wrapped.set(event_target_checked(&event))
                />
                {t("details-wrap")}
            </label>
        </div>
        {is_lossy.then(|| view! { <p class="details-section quiet">{t("details-not-text")}</p> })}
        <pre class=class tabindex="0" aria-label=t("details-json")>{json}</pre>
    }
}

fn group_view(group: &RecordGroup, report: &'static ReportDefinition, has_heading: bool) -> impl IntoView + use<> {
    let heading = has_heading.then(|| view! { <h3 class="details-heading">{group_name(&group.id)}</h3> });
    let blocks = arranged(&group.fields);
    let blocks: Vec<_> = blocks.iter().map(|block| block_view(block, &group.fields, report)).collect();
    view! { <section class="details-section">{heading}{blocks}</section> }
}

fn block_view(block: &Block, fields: &[RecordField], report: &'static ReportDefinition) -> impl IntoView + use<> {
    let title = block.place.last().map(|(path, position)| {
        let name = column_label(report, path);
        let values = [("name", name.into()), ("index", (position + 1).into()), ("count", block.siblings.into())];
        let class = if block.place.len() > 1 { "details-member details-member--nested" } else { "details-member" };
        view! { <h4 class=class>{t_with("details-member", &values)}</h4> }
    });
    let labels: Vec<String> = block.lines.iter().map(|line| column_label(report, &line.path)).collect();
    let lines: Vec<_> = block
        .lines
        .iter()
        .zip(&labels)
        .map(|(line, label)| {
            // Two properties of the same name stand in different objects; the object's name tells them apart.
            let is_twin = labels.iter().filter(|other| *other == label).count() > 1;
            let parent = line.path.trim_end_matches("[]").rsplit('/').nth(1).filter(|_| is_twin).map(humanised);
            let label = parent.map_or_else(|| label.clone(), |parent| format!("{parent}: {}", label.to_lowercase()));
            line_view(line, fields, label, report)
        })
        .collect();
    view! {
        {title}
        <dl class="facts facts--wide">{lines}</dl>
    }
}

fn line_view(
    line: &Line,
    fields: &[RecordField],
    label: String,
    report: &'static ReportDefinition,
) -> impl IntoView + use<> {
    let formats = formats_handle();
    let is_deprecated = report.column(&line.path).is_some_and(|column| column.is_deprecated);
    let values = line.fields.iter().filter_map(|index| fields.get(*index));
    let copied: Vec<String> = values.clone().map(|field| copy_text(&field.value)).collect();
    let copied = copied.join("\n");
    let name = t_with("details-copy-value", &[("label", label.clone().into())]);
    let copy = Callback::new(move |()| copied.clone());
    let values: Vec<_> = values
        .map(|field| {
            let value = formats.with_value(|formats| detail_view(&field.value, field.kind, formats).into_any());
            let class = if is_identifier(&field.path) { "fact-value mono" } else { "fact-value" };
            view! { <span class=class>{value}</span> }
        })
        .collect();
    view! {
        <dt title=line.path.clone()>
            {label}
            {is_deprecated.then(|| view! { <span class="fact-note">{t("details-deprecated")}</span> })}
        </dt>
        <dd>
            <span class="fact-values">{values}</span>
            <CopyButton text=copy label=name class="button fact-copy" is_icon=true />
        </dd>
    }
}
