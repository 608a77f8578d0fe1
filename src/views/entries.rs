//! Rows on a narrow screen: three lines each, under the day of the first in sight.

use engine::{protocol::Row, reports::Kind};
use leptos::prelude::*;

use super::{
    keys::Commands,
    table::{Layout, row_class, row_memo},
};
use crate::{
    components::{
        date_time::{DateFormats, formats_handle},
        outcome_badge::OutcomeBadge,
        tabs::yes_no,
        track::is_identifier,
        value::{outcome_of, text_of},
        virtual_list::ListHandle,
    },
    state::register::Register,
    text::{joined, t_with},
};

/// Day and number of rows, above the entries.
#[component]
pub fn DayHead(
    /// The table's rows.
    register: Register,
    /// Steers the table.
    list: ListHandle,
    /// The table's columns.
    layout: Layout,
) -> impl IntoView {
    let formats = formats_handle();
    let day = Memo::new(move |_| {
        let first = list.viewport.get().visible().0;
        register.rows.with(|rows| {
            let instant = layout.instant(rows.row(first)?)?;
            Some(formats.with_value(|formats| formats.long_day(instant)))
        })
    });
    let count = move || t_with("rows", &[("count", register.rows.read().total.into())]);
    view! {
        <div class="day-rule">
            <span>{move || day.get()}</span>
            <span class="push quiet">{count}</span>
        </div>
    }
}

/// One row.
#[component]
pub fn Entry(
    /// Its place in the table.
    index: u32,
    /// The table's rows.
    register: Register,
    /// The table's columns.
    layout: Layout,
    /// What a press does.
    commands: Commands,
) -> impl IntoView {
    let formats = formats_handle();
    let is_selected = Memo::new(move |_| register.selected.get() == Some(index));
    let row = row_memo(register, index, layout.clone());
    let class = move || row_class("entry", index, is_selected.get());
    let lines = move || {
        let (row, is_new_day) = row.get()?;
        let lines = formats.with_value(|formats| lines_of(&row, &layout, formats));
        let day = is_new_day.then_some(lines.day);
        Some(view! {
            <span class="entry-time">{lines.time}<span class="entry-day">{day}</span></span>
            <span class="entry-main">{lines.title}</span>
            {lines.outcome.map(|outcome| view! { <OutcomeBadge outcome=outcome /> })}
            <span class="entry-sub">{lines.first}</span>
            <span class="entry-sub quiet">{lines.second}</span>
        })
    };
    view! {
        <div
            class=class
            role="row"
            aria-rowindex=(index + 2).to_string()
            aria-selected=move || yes_no(is_selected.get())
            on:click=move |_| commands.open_row(index)
        >
            <div class="entry-cell" role="gridcell" id=format!("cell-{index}-0") data-cell="0">{lines}</div>
        </div>
    }
}

struct Lines {
    time: String,
    day: String,
    title: String,
    outcome: Option<engine::reports::Outcome>,
    first: String,
    second: String,
}

/// The first column in words is the title; the others follow on two lines, ids last.
fn lines_of(row: &Row, layout: &Layout, formats: &DateFormats) -> Lines {
    let instant = layout.instant(row);
    let mut cells = layout.columns.iter().zip(&row.cells);
    let outcome = cells.find(|(column, _)| column.kind == Kind::Outcome).map(|(_, cell)| outcome_of(cell));
    let words = words_of(row, layout, formats);
    let part = |from: usize, to: usize| joined(words.get(from..to.min(words.len())).unwrap_or_default());
    Lines {
        time: instant.map(|instant| formats.time(instant)).unwrap_or_default(),
        day: instant.map(|instant| formats.day(instant)).unwrap_or_default(),
        title: part(0, 1),
        outcome,
        first: part(1, 3),
        second: part(3, 5),
    }
}

/// What a row says in words apart from its time and outcome: what names it, then columns in order, ids last.
pub fn words_of(row: &Row, layout: &Layout, formats: &DateFormats) -> Vec<String> {
    let is_word = |at: &usize| {
        Some(*at) != layout.time && !layout.names.contains(at) && layout.columns[*at].kind != Kind::Outcome
    };
    let (ids, words): (Vec<usize>, Vec<usize>) =
        (0..layout.columns.len()).filter(is_word).partition(|at| is_identifier(layout.columns[*at].id));
    let order = layout.names.iter().copied().chain(words).chain(ids);
    order
        .filter_map(|at| row.cells.get(at))
        .map(|cell| text_of(cell, formats))
        .filter(|text| !text.is_empty())
        .collect()
}
