//! Keys: what they do in the table and the details, and the list of those that exist.

use leptos::{ev, prelude::*};

use super::{
    filter_bar::focus_filter, histogram::HistogramFocus, masthead::tab_routes, record::JSON, shell::use_shell,
};
use crate::{
    components::{dialog::Dialog, virtual_list::ListHandle},
    state::{app_state::use_app, register::Register, route::Route},
    text::{t, t_with},
};

/// What keys do in the table and in the details alike.
#[derive(Clone, Copy)]
pub struct Commands {
    /// The table's rows.
    pub register: Register,
    /// Steers the table.
    pub list: ListHandle,
    /// The open tab of the details.
    pub tab: RwSignal<String>,
    /// Where the histogram takes the focus, if there is one.
    pub histogram: Option<HistogramFocus>,
}

impl Commands {
    /// Selects a row and opens its details.
    pub fn open_row(&self, index: u32) {
        self.register.select(index);
        self.register.open();
    }
    /// Opens the details of the selected row.
    pub fn open(&self) {
        if self.register.selected.get_untracked().is_some() {
            self.register.open();
        }
    }
    /// Closes the details; the table has the focus again.
    pub fn close(&self) {
        self.register.close();
        self.list.focus();
    }
    /// Goes to the row after (1) or before (-1) the selected one.
    pub fn step(&self, by: i64) {
        let Some(now) = self.register.selected.get_untracked() else { return };
        let last = i64::from(self.register.rows.with_untracked(|rows| rows.total)) - 1;
        let to = (i64::from(now) + by).clamp(0, last.max(0));
        if let Ok(to) = u32::try_from(to) {
            self.register.select(to);
            self.list.show(to);
        }
    }
    /// Single letters, digits and Esc.
    pub fn key(&self, event: &ev::KeyboardEvent) {
        if event.alt_key() || event.ctrl_key() || event.meta_key() {
            return;
        }
        match event.key().as_str() {
            "Escape" if self.register.is_open.get_untracked() => self.close(),
            "j" | "J" => {
                let is_json = self.register.is_open.get_untracked() && self.tab.get_untracked() == JSON;
                self.tab.set(if is_json { String::new() } else { JSON.to_owned() });
                self.open();
            }
            "/" => focus_filter(),
            "h" | "H" => {
                if !self.histogram.is_some_and(HistogramFocus::take) {
                    return;
                }
            }
            "?" => use_shell().is_keys_open.set(true),
            digit => {
                let place = digit.parse::<usize>().ok().and_then(|place| place.checked_sub(1));
                let Some(hash) = place.and_then(|place| tab_routes().into_iter().nth(place)) else { return };
                use_app().go(&Route::parse(&hash));
            }
        }
        event.prevent_default();
    }
}

/// The list.
#[component]
pub fn KeysDialog(
    /// Whether it is shown.
    is_open: RwSignal<bool>,
) -> impl IntoView {
    let last = tab_routes().len();
    let digits = move || t_with("key-digits", &[("last", last.to_string().into())]);
    view! {
        <Dialog is_open=is_open title=t("keys-title")>
            <p class="page-lead">{t("keys-lead")}</p>
            <Group title=t("keys-group-table") keys=vec![
                (t("key-arrows"), t("keys-rows")),
                (t("key-page"), t("keys-page")),
                (t("key-ends"), t("keys-ends")),
                (t("key-sideways"), t("keys-sideways")),
                (t("key-enter"), t("keys-enter")),
            ] />
            <Group title=t("keys-group-details") keys=vec![
                ("[ ]".to_owned(), t("keys-tabs")),
                ("C".to_owned(), t("keys-copy")),
            ] />
            <Group title=t("keys-group-histogram") keys=vec![
                ("H".to_owned(), t("keys-histogram")),
                (t("key-sideways"), t("keys-histogram-move")),
                (t("key-enter"), t("keys-histogram-apply")),
                (t("key-backspace"), t("keys-histogram-whole")),
            ] />
            <Group title=t("keys-group-anywhere") keys=vec![
                ("/".to_owned(), t("keys-filter")),
                ("J".to_owned(), t("keys-json")),
                (digits(), t("keys-pages")),
                (t("key-escape"), t("keys-escape")),
                ("?".to_owned(), t("keys-help")),
            ] />
        </Dialog>
    }
}

#[component]
fn Group(title: String, keys: Vec<(String, String)>) -> impl IntoView {
    let rows = keys.into_iter().map(|(key, does)| view! { <dt><kbd>{key}</kbd></dt><dd>{does}</dd> });
    view! {
        <h3 class="side-title upper-space">{title}</h3>
        <dl class="facts facts--keys">{rows.collect_view()}</dl>
    }
}
