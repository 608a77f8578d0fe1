//! The register: rows newest first, one line each; on a narrow screen three-line entries under their day.

use std::sync::Arc;

use engine::{
    filter::Filter,
    protocol::{Cell, Row},
    reports::{Column, Kind},
};
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{entries::Entry, keys::Commands, shell::use_shell};
use crate::{
    components::{
        date_time::{DateFormats, formats_handle, iso, utc},
        icon::Icon,
        tabs::yes_no,
        track::{is_identifier, tracks},
        value::{cell_view, text_of},
        virtual_list::{ListHandle, VirtualList},
    },
    state::register::Register,
    text::{column_heading, fetch_phrase, number, t, t_with},
};

/// Columns of a table, with the places of those that are shown in their own way.
#[derive(Clone)]
pub struct Layout {
    /// In order.
    pub columns: Arc<Vec<&'static Column>>,
    /// The column with day and time.
    pub time: Option<usize>,
    /// The columns that name a row, most telling first.
    pub names: Arc<Vec<usize>>,
}

impl Layout {
    /// Of a table.
    pub fn new(register: Register) -> Self {
        let report = register.key.with_value(|key| key.report.definition());
        let columns: Vec<&Column> =
            register.columns.with_value(|ids| ids.iter().filter_map(|id| report.column(id)).collect());
        let place = |id: &str| columns.iter().position(|column| column.id == id);
        let fetch = register.key.with_value(|key| report.fetch(&key.fetch));
        let names = fetch.map_or(&[] as &[_], |fetch| fetch.named_by).iter().filter_map(|id| place(id)).collect();
        Self { time: place(report.time), names: Arc::new(names), columns: Arc::new(columns) }
    }
    /// The instant of a row.
    pub fn instant(&self, row: &Row) -> Option<i64> {
        match row.cells.get(self.time?)? {
            Cell::Instant(instant) => Some(*instant),
            _ => None,
        }
    }
}

/// The table.
#[component]
pub fn Table(
    /// Its rows.
    register: Register,
    /// Steers its scrolling.
    list: ListHandle,
    /// The open tab of the details.
    tab: RwSignal<String>,
) -> impl IntoView {
    let shell = use_shell();
    let layout = Layout::new(register);
    let cell = RwSignal::new(0_usize);
    let last_cell = layout.columns.len();
    let total = Memo::new(move |_| register.rows.read().total);
    Effect::new(move || {
        let (first, count) = list.kept.get();
        register.want(first, count);
    });
    Effect::new(move || {
        if let Some(index) = register.sight.get() {
            // Once the list is as long as its rows.
            request_animation_frame(move || list.show(index));
        }
    });
    let commands = Commands { register, list, tab, histogram: use_context() };
    let keydown = move |event: ev::KeyboardEvent| {
        if event.alt_key() || event.ctrl_key() || event.meta_key() {
            return;
        }
        let last = total.get_untracked().saturating_sub(1);
        let now = register.selected.get_untracked();
        let page = list.viewport.get_untracked().page();
        let to = match event.key().as_str() {
            "ArrowDown" => now.map_or(0, |now| now.saturating_add(1)),
            "ArrowUp" => now.map_or(0, |now| now.saturating_sub(1)),
            "PageDown" => now.unwrap_or(0).saturating_add(page),
            "PageUp" => now.unwrap_or(0).saturating_sub(page),
            "Home" => 0,
            "End" => last,
            "ArrowRight" | "ArrowLeft" => {
                let is_right = event.key() == "ArrowRight";
                cell.update(|cell| *cell = if is_right { (*cell + 1).min(last_cell) } else { cell.saturating_sub(1) });
                event.prevent_default();
                show_cell(now.unwrap_or(0), cell.get_untracked());
                return;
            }
            "Enter" => {
                event.prevent_default();
                commands.open();
                return;
            }
            _ => {
                commands.key(&event);
                return;
            }
        };
        event.prevent_default();
        if total.get_untracked() > 0 {
            let to = to.min(last);
            register.select(to);
            list.show(to);
        }
    };
    // A list that gets the focus without a selection would not say where it is.
    let focus = move |_| {
        if register.selected.get_untracked().is_none() && total.get_untracked() > 0 {
            register.select(list.viewport.get_untracked().visible().0);
        }
    };
    let click = move |event: ev::MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let cell_index = target.and_then(|target| target.closest("[data-cell]").ok().flatten());
        if let Some(index) = cell_index.and_then(|target| target.get_attribute("data-cell")?.parse().ok()) {
            cell.set(index);
        }
    };
    let label = register.key.with_value(|key| {
        t_with("register-label", &[("report", fetch_phrase(key.report.definition(), &key.fetch).into())])
    });
    let described = move || register.selected.get().map(|index| cell_id(index, cell.get()));
    let template = {
        let columns = layout.columns.clone();
        let time = layout.time;
        Memo::new(move |_| tracks(&columns, time, total.get().to_string().len()))
    };
    let row = {
        let layout = layout.clone();
        Arc::new(move |index| {
            let layout = layout.clone();
            if shell.is_narrow.get_untracked() {
                view! { <Entry index=index register=register layout=layout commands=commands /> }.into_any()
            } else {
                view! { <TableRow index=index register=register layout=layout cell=cell commands=commands /> }
                    .into_any()
            }
        })
    };
    let nothing = move || {
        (total.get() == 0).then(|| {
            let loaded = register.rows.with(|rows| Some(rows.loaded).filter(|_| rows.filter != Filter::All));
            match loaded.filter(|loaded| *loaded > 0) {
                Some(loaded) => t_with("filter-no-rows", &[("loaded", loaded.into())]),
                None => t("register-loading"),
            }
        })
    };
    // The two kinds of rows have different heights and heads, so the list is made anew between them.
    let body = move || {
        let is_narrow = shell.is_narrow.get();
        let head = if is_narrow {
            view! { <super::entries::DayHead register=register list=list layout=layout.clone() /> }.into_any()
        } else {
            view! { <TableHead register=register layout=layout.clone() /> }.into_any()
        };
        let row_class = if is_narrow { "entry-probe" } else { "register-probe" };
        view! {
            <VirtualList
                list=list
                rows=total
                row_class=row_class
                head=head
                row=row.clone()
                attr:role="grid"
                attr:tabindex="0"
                attr:aria-label=label.clone()
                attr:aria-rowcount=move || (total.get() + 1).to_string()
                attr:aria-activedescendant=described
                on:keydown=keydown
                on:focus=focus
                on:click=click
            />
        }
    };
    view! {
        <div
            class="register-frame"
            style:--register-columns=move || template.read().template.clone()
            style:--register-width=move || format!("{}rem", template.read().width_min_rem)
        >
            {body}
            {move || nothing().map(|words| view! { <p class="register-empty">{words}</p> })}
        </div>
        <p class="register-hints" aria-hidden="true">
            <span>
                {move || {
                    let (shown, loaded) = register.rows.with(|rows| (rows.total, rows.loaded));
                    (shown != loaded && loaded > 0)
                        .then(|| {
                            let values = [("shown", shown.into()), ("loaded", loaded.into())];
                            t_with("register-shown", &values)
                        })
                }}
            </span>
            <span class="push"><kbd>"↑ ↓"</kbd>" "{t("register-hint-rows")}</span>
            <span><kbd>{t("key-enter")}</kbd>" "{t("register-hint-details")}</span>
            <span><kbd>"?"</kbd>" "{t("register-hint-keys")}</span>
        </p>
    }
}

#[component]
fn TableHead(register: Register, layout: Layout) -> impl IntoView {
    let report = register.key.with_value(|key| key.report.definition());
    let time = layout.time;
    let heads = layout.columns.iter().enumerate().map(|(index, column)| {
        let is_time = time == Some(index);
        let class = cell_class(column, is_time);
        let name = column_heading(report, column.id);
        let title = name.clone();
        view! {
            <span class=class role="columnheader" aria-sort=is_time.then_some("descending") title=title>
                {name}
                {is_time.then(|| view! { <Icon name="down-arrow" is_small=true /> })}
            </span>
        }
    });
    view! {
        <div class="register-head" role="row" aria-rowindex="1">
            <span class="register-folio" role="columnheader"><span class="hidden-text">{t("register-row")}</span></span>
            {heads.collect_view()}
        </div>
    }
}

#[component]
fn TableRow(
    index: u32,
    register: Register,
    layout: Layout,
    cell: RwSignal<usize>,
    commands: Commands,
) -> impl IntoView {
    let formats = formats_handle();
    let is_selected = Memo::new(move |_| register.selected.get() == Some(index));
    let row = row_memo(register, index, layout.clone());
    let class = move || row_class("register-row", index, is_selected.get());
    let cells = move || {
        let (row, is_new_day) = row.get()?;
        let cells = layout.columns.iter().zip(&row.cells).enumerate().map(|(at, (column, value))| {
            let is_time = layout.time == Some(at);
            let class = cell_class(column, is_time);
            let is_focused = move || is_selected.get() && cell.get() == at + 1;
            let content = formats.with_value(|formats| match value {
                Cell::Instant(instant) if is_time => time_view(*instant, is_new_day, formats).into_any(),
                _ => cell_view(value, column.kind, formats).into_any(),
            });
            let title = (!is_time).then(|| formats.with_value(|formats| text_of(value, formats)));
            view! {
                <span
                    class=class
                    class:register-cell--focused=is_focused
                    role="gridcell"
                    id=cell_id(index, at + 1)
                    data-cell=(at + 1).to_string()
                    title=title.filter(|_| column.kind != Kind::Outcome)
                >
                    {content}
                </span>
            }
        });
        Some(cells.collect_view())
    };
    view! {
        <div
            class=class
            role="row"
            aria-rowindex=(index + 2).to_string()
            aria-selected=move || yes_no(is_selected.get())
            on:click=move |_| commands.open_row(index)
        >
            <span class="register-folio" role="rowheader" id=cell_id(index, 0) data-cell="0">{number(index + 1)}</span>
            {cells}
        </div>
    }
}

/// The class of a row with what sets it apart: every fifth has a firmer rule, and one is selected.
pub fn row_class(base: &str, index: u32, is_selected: bool) -> String {
    let fifth = if (index + 1).is_multiple_of(5) { format!(" {base}--fifth") } else { String::new() };
    let selected = if is_selected { format!(" {base}--selected") } else { String::new() };
    format!("{base}{fifth}{selected}")
}

/// A row with whether it is the first of its day in the table; `None` while it is not here.
pub fn row_memo(register: Register, index: u32, layout: Layout) -> Memo<Option<(Row, bool)>> {
    let formats = formats_handle();
    Memo::new(move |_| {
        register.rows.with(|rows| {
            let row = rows.row(index)?.clone();
            let above = index.checked_sub(1).and_then(|above| rows.row(above));
            let day = |row: &Row| layout.instant(row).map(|instant| formats.with_value(|formats| formats.day(instant)));
            let is_new_day = above.is_none_or(|above| day(above) != day(&row));
            Some((row, is_new_day))
        })
    })
}

fn time_view(instant: i64, is_new_day: bool, formats: &DateFormats) -> impl IntoView + use<> {
    let class = if is_new_day { "register-day register-day--new" } else { "register-day" };
    view! {
        <time datetime=iso(instant) title=utc(instant)>
            <span class=class>{formats.day(instant)}</span>
            " "
            {formats.time(instant)}
        </time>
    }
}

fn cell_class(column: &Column, is_time: bool) -> &'static str {
    match column.kind {
        _ if is_time => "register-cell register-margin",
        Kind::Integer | Kind::Number => "register-cell register-cell--number",
        _ if is_identifier(column.id) => "register-cell mono",
        _ => "register-cell",
    }
}

fn cell_id(index: u32, cell: usize) -> String {
    format!("cell-{index}-{cell}")
}

/// Scrolls the table sideways until a cell is in sight.
fn show_cell(index: u32, cell: usize) {
    if let Some(element) = document().get_element_by_id(&cell_id(index, cell)) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        options.set_inline(web_sys::ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}
