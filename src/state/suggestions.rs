//! What is offered while somebody writes a filter: fields at once, and values as the worker counts them among what is loaded.

use std::ops::Range;

use engine::{
    filter::Filter,
    protocol::{Cell, FacetQuery, FacetsQuery},
    reports::Column,
};
use futures_util::future::{AbortHandle, abortable};
use leptos::{prelude::*, task::spawn_local};

use super::{
    app_state::AppState,
    completion::{TIMES, Wish, completed, completion, fields, is_time, value_text},
    filtering::Filtering,
};
use crate::text::column_heading;

/// Values offered at once.
const VALUES_MAX: u32 = 10;

/// Something that may be meant.
#[derive(Clone, Debug)]
pub enum Suggestion {
    /// A field.
    Field(&'static Column),
    /// A value of a field; an absent one for rows that have none.
    Value {
        /// The field.
        column: &'static Column,
        /// True when the others are meant.
        is_not: bool,
        /// The value.
        cell: Cell,
        /// Loaded rows that have it.
        rows: u32,
    },
    /// A span of time: the field, the end of its key in the catalogue, and what stands behind the field.
    Time(&'static Column, &'static str, &'static str),
}

impl PartialEq for Suggestion {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Field(own), Self::Field(other)) => own.id == other.id,
            (Self::Time(own, name, _), Self::Time(other, known, _)) => (own.id, name) == (other.id, known),
            (
                Self::Value { column, is_not, cell, rows },
                Self::Value { column: other, is_not: not, cell: known, rows: count },
            ) => (column.id, is_not, cell, rows) == (other.id, not, known, count),
            _ => false,
        }
    }
}

/// What is offered beside one field. Copies share it.
#[derive(Clone, Copy)]
pub struct Suggestions {
    app: AppState,
    filtering: Filtering,
    /// What is offered.
    pub list: RwSignal<Vec<Suggestion>>,
    /// True while it is shown.
    pub is_open: RwSignal<bool>,
    at: StoredValue<Range<usize>>,
    withdrawal: StoredValue<Option<AbortHandle>>,
}

impl Suggestions {
    /// Nothing yet. Belongs to the current reactive owner.
    pub fn new(app: AppState, filtering: Filtering) -> Self {
        let own = Self {
            app,
            filtering,
            list: RwSignal::new(Vec::new()),
            is_open: RwSignal::new(false),
            at: StoredValue::new(0..0),
            withdrawal: StoredValue::new(None),
        };
        let withdrawal = own.withdrawal;
        on_cleanup(move || {
            if let Some(Some(withdrawal)) = withdrawal.try_get_value() {
                withdrawal.abort();
            }
        });
        own
    }
    /// Offers what may be meant in front of the caret; `is_wished` when somebody asked to see it without writing.
    pub fn look(self, text: &str, caret: usize, is_wished: bool) {
        self.withdraw();
        let report = self.filtering.report();
        let Some(found) = completion(report, text, caret) else { return self.close() };
        self.at.set_value(found.at);
        match found.wish {
            Wish::Field(name) if name.is_empty() && !is_wished => self.close(),
            Wish::Field(name) => {
                let route = self.filtering.route().get_untracked();
                let shown = report.fetch(&route.fetch).map_or(&[] as &[_], |fetch| fetch.shown);
                let fields = fields(report, shown, &name, |column| column_heading(report, column.id));
                self.show(fields.into_iter().map(Suggestion::Field).collect());
            }
            Wish::Value { column, search, .. } if is_time(column) => {
                let times = TIMES.iter().filter(|(name, behind)| name.contains(&search) || behind.contains(&search));
                self.show(times.map(|(name, behind)| Suggestion::Time(column, name, behind)).collect());
            }
            Wish::Value { column, is_not, search } => self.count(column, is_not, search),
        }
    }
    /// Shows nothing any more.
    pub fn close(self) {
        self.withdraw();
        self.is_open.set(false);
    }
    /// The text with a suggestion in its place, where the caret stands then, and whether it is a whole condition.
    pub fn chosen(self, text: &str, index: usize) -> Option<(String, usize, bool)> {
        let choice = self.list.with_untracked(|list| list.get(index).cloned())?;
        let (choice, is_whole) = match choice {
            Suggestion::Field(column) => (format!("{}:", column.id), false),
            Suggestion::Time(column, _, behind) => (format!("{}{behind}", column.id), true),
            Suggestion::Value { column, is_not, cell, .. } => {
                (value_text(self.filtering.report(), column, is_not, &cell), true)
            }
        };
        let (text, caret) = self.at.with_value(|at| completed(text, at, &choice))?;
        Some((text, caret, is_whole))
    }

    fn show(self, list: Vec<Suggestion>) {
        self.is_open.set(!list.is_empty());
        self.list.set(list);
    }

    fn withdraw(self) {
        if let Some(withdrawal) = self.withdrawal.try_update_value(Option::take).flatten() {
            withdrawal.abort();
        }
    }

    fn count(self, column: &'static Column, is_not: bool, search: String) {
        let is_all = search.is_empty();
        let query = FacetsQuery {
            key: self.filtering.route().read_untracked().key(),
            filter: Filter::All,
            columns: vec![FacetQuery {
                column: column.id.to_owned(),
                search: Some(search).filter(|search| !search.is_empty()),
                limit: VALUES_MAX,
            }],
        };
        let (facets, withdrawal) = abortable(self.app.facets(query));
        self.withdrawal.set_value(Some(withdrawal));
        spawn_local(async move {
            let Ok(facets) = facets.await else { return };
            let Some(counts) = facets.and_then(|facets| facets.columns.into_iter().next()) else { return };
            let value = |(cell, rows)| Suggestion::Value { column, is_not, cell, rows };
            let mut list: Vec<Suggestion> = counts.values.into_iter().map(value).collect();
            if is_all && counts.missing > 0 {
                list.push(value((Cell::Absent, counts.missing)));
            }
            if self.is_open.try_get_untracked().is_some() {
                self.show(list);
            }
        });
    }
}
