//! What is inside a record, arranged for reading, and its original text.

use engine::{
    protocol::{Record, RecordField, RecordGroup, RowId},
    reports::ReportDefinition,
};
use leptos::prelude::*;

use super::warnings::warning_lines;
use crate::{
    components::{
        copy_button::CopyButton,
        date_time::formats_handle,
        icon::Shape,
        track::is_identifier,
        value::{copy_text, detail_view},
    },
    state::arrangement::{Block, Line, arranged},
    text::{column_label, group_name, humanised, t, t_with},
};

/// Id of the tab that shows every group.
pub const ALL: &str = "*";
/// Id of the tab with the original text.
pub const JSON: &str = "{}";

/// One record: its groups, or one of them, or its original text.
#[component]
pub fn RecordView<'a>(
    /// What to show.
    record: &'a Record,
    /// Id of a group, [`ALL`] or [`JSON`].
    tab: &'a str,
    /// Its report.
    report: &'static ReportDefinition,
    /// Opens the version that this one replaced.
    on_older: Callback<RowId>,
) -> impl IntoView + use<> {
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
                <button class="button button--link" type="button" on:click=move |_| on_older.run(older)>
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
        <pre class=class tabindex="0" role="region" aria-label=t("details-json")>{json}</pre>
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
