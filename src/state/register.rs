//! The rows of one table: which of them are wanted, and which are here. Only the wanted window crosses the threads.

use std::sync::Arc;

use engine::{
    filter::{Condition, Filter, Operator, Value},
    limits::WINDOW_ROWS_MAX,
    ports::Millis,
    protocol::{Cell, LoadKey, Record, Row, RowId, WindowQuery},
};
use futures_util::future::{AbortHandle, abortable};
use leptos::{prelude::*, task::spawn_local};

use super::app_state::AppState;

/// Rows asked for at least. Before the first answer nobody knows how many rows there are, so none are in sight;
/// with this many that answer fills the screen, and no second question has to wait behind the next page.
const ROWS_MIN: u32 = 60;
/// Rows of one instant among which a row is looked for.
const PEERS_MAX: u32 = WINDOW_ROWS_MAX;

/// Rows that are here, as the worker gave them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// Store revision they were read at.
    pub revision: u64,
    /// Which of the loaded rows they are.
    pub filter: Filter,
    /// Rows loaded for the report and fetch.
    pub loaded: u32,
    /// Rows that can be scrolled to.
    pub total: u32,
    /// Index of the first row below.
    pub first: u32,
    /// The rows.
    pub rows: Arc<Vec<Row>>,
}

impl Rows {
    /// The row with this index, if it is here.
    pub fn row(&self, index: u32) -> Option<&Row> {
        self.rows.get(index.checked_sub(self.first)? as usize)
    }
}

/// One table's rows and its selection.
#[derive(Clone, Copy)]
pub struct Register {
    app: AppState,
    /// What the rows are of.
    pub key: StoredValue<LoadKey>,
    /// Ids of the columns in each row, in order.
    pub columns: StoredValue<Vec<String>>,
    /// Which of the loaded rows are wanted.
    pub filter: Signal<Filter>,
    /// Rows that are here.
    pub rows: RwSignal<Rows>,
    /// Index of the selected row.
    pub selected: RwSignal<Option<u32>>,
    /// True while the details of the selected row are open.
    pub is_open: RwSignal<bool>,
    /// A record that is shown instead of the selected row's: an older version, or one that a warning names.
    pub detour: RwSignal<Option<RowId>>,
    /// Index of a row that the table brings into sight, told anew whenever rows were filtered otherwise.
    pub sight: RwSignal<Option<u32>>,
    wanted: RwSignal<(u32, u32)>,
    is_asking: StoredValue<bool>,
    wishes: StoredValue<u64>,
    /// Withdraws the question that is under way.
    withdrawal: StoredValue<Option<AbortHandle>>,
}

impl Register {
    /// An empty table that fills itself as the load goes on. Belongs to the current reactive owner.
    pub fn new(app: AppState, key: LoadKey, columns: Vec<String>, filter: Signal<Filter>) -> Self {
        let register = Self {
            app,
            key: StoredValue::new(key.clone()),
            columns: StoredValue::new(columns),
            filter,
            rows: RwSignal::new(Rows::default()),
            selected: RwSignal::new(None),
            is_open: RwSignal::new(false),
            detour: RwSignal::new(None),
            sight: RwSignal::new(None),
            wanted: RwSignal::new((0, 0)),
            is_asking: StoredValue::new(false),
            wishes: StoredValue::new(0),
            withdrawal: StoredValue::new(None),
        };
        let status = app.loads().of(&key).status;
        let revision = Memo::new(move |_| {
            status.with(|status| status.as_ref().map(|status| (status.revision, status.scope.clone())))
        });
        Effect::new(move |before: Option<(Option<_>, Filter)>| {
            let (now, filter) = (revision.get(), filter.get());
            let is_other_filter = before.as_ref().is_some_and(|(_, before)| *before != filter);
            let withdrawal = register.withdrawal.get_value().filter(|_| is_other_filter);
            if let Some(withdrawal) = withdrawal {
                // The answer would be to another question.
                withdrawal.abort();
            }
            let is_other_scope = match (&now, before.and_then(|(before, _)| before)) {
                (Some((_, scope)), Some((_, before))) => *scope != before,
                (None, Some(_)) => true,
                _ => false,
            };
            if is_other_scope {
                register.rows.set(Rows::default());
                register.close();
                register.selected.set(None);
            }
            let _ = register.wanted.get();
            if now.is_some() {
                register.ask();
            }
            (now, filter)
        });
        register
    }

    /// Says which rows are in sight or close to it.
    pub fn want(&self, first: u32, count: u32) {
        // The row above the first tells whether a day begins there.
        let begin = first.saturating_sub(1);
        let wanted = (begin, (count + first - begin).clamp(1, WINDOW_ROWS_MAX));
        if self.wanted.get_untracked() != wanted {
            self.wanted.set(wanted);
        }
    }

    /// Selects a row; the details follow if they are open.
    pub fn select(&self, index: u32) {
        self.detour.set(None);
        if self.selected.get_untracked() != Some(index) {
            self.selected.set(Some(index));
        }
    }

    /// Opens the details of the selected row.
    pub fn open(&self) {
        self.show(true);
    }

    /// Opens the details of a record that is not reached by its place in the table.
    pub fn open_record(&self, row: RowId) {
        self.detour.set(Some(row));
        self.show(true);
    }

    /// Closes the details.
    pub fn close(&self) {
        self.detour.set(None);
        self.show(false);
    }

    /// Tells only changes, so that an open pane is not made anew.
    fn show(&self, is_open: bool) {
        self.is_open.maybe_update(|now| std::mem::replace(now, is_open) != is_open);
    }

    /// The record to show in the details.
    pub fn shown(&self) -> Option<RowId> {
        self.detour.get().or_else(|| {
            let index = self.selected.get()?;
            self.rows.with(|rows| rows.row(index).map(|row| row.id))
        })
    }

    /// Reads a record; `None` when it is gone.
    pub async fn record(self, row: RowId) -> Option<Record> {
        let report = self.key.try_with_value(|key| key.report)?;
        self.app.record(report, row).await
    }

    /// Asks for the wanted rows; one question at a time, and again when the wish has changed meanwhile.
    fn ask(&self) {
        self.wishes.update_value(|wishes| *wishes += 1);
        if self.is_asking.get_value() {
            return;
        }
        self.is_asking.set_value(true);
        let register = *self;
        spawn_local(async move {
            // The table may go away at any await; every access below says so and ends this.
            while let (Some(wishes), Some(query)) = (register.wishes.try_get_value(), register.query()) {
                let filter = query.filter.clone();
                let (window, withdrawal) = abortable(register.app.window(query));
                register.withdrawal.try_set_value(Some(withdrawal));
                if let Ok(Some(window)) = window.await {
                    register.take(Rows {
                        revision: window.revision,
                        filter,
                        loaded: window.loaded,
                        total: window.total,
                        first: window.first,
                        rows: Arc::new(window.rows),
                    });
                }
                if register.wishes.try_get_value() == Some(wishes) {
                    break;
                }
            }
            register.is_asking.try_set_value(false);
        });
    }

    fn query(&self) -> Option<WindowQuery> {
        let (first, count) = self.wanted.try_get_untracked()?;
        Some(WindowQuery {
            key: self.key.try_get_value()?,
            filter: self.filter.try_get_untracked()?,
            sort: Vec::new(),
            columns: self.columns.try_get_value()?,
            first,
            count: count.max(ROWS_MIN),
        })
    }

    fn take(&self, rows: Rows) {
        let Some((is_newer, is_other_filter)) = self.rows.try_with_untracked(|kept| {
            (rows.revision >= kept.revision, kept.revision > 0 && rows.filter != kept.filter)
        }) else {
            return;
        };
        if !is_newer {
            return;
        }
        let selected = self.selected.try_get_untracked().flatten();
        let sought = selected.filter(|_| is_other_filter).and_then(|index| {
            self.rows.try_with_untracked(|kept| kept.row(index).map(|row| (row.id, self.instant(row))))?
        });
        let filter = rows.filter.clone();
        self.rows.try_set(rows);
        if !is_other_filter {
            return;
        }
        match sought {
            Some((row, Some(instant))) => self.follow(row, instant, filter),
            _ => self.settle(None),
        }
    }

    /// Finds the place of a row among others than before, and selects it there. Its details stay open meanwhile.
    fn follow(&self, row: RowId, instant: Millis, filter: Filter) {
        let register = *self;
        if register.detour.get_untracked().is_none() {
            register.detour.set(Some(row));
        }
        register.selected.set(None);
        spawn_local(async move {
            let place = register.place(row, instant, &filter).await;
            // Whoever chose another row or filter meanwhile is not led back.
            let is_still_wanted = register.detour.try_get_untracked() == Some(Some(row))
                && register.selected.try_get_untracked() == Some(None)
                && register.filter.try_get_untracked() == Some(filter);
            if is_still_wanted {
                register.settle(place);
            }
        });
    }

    /// Selects the row that was selected before the filter changed, wherever it stands now; without it, the first is in sight.
    fn settle(&self, place: Option<u32>) {
        match place {
            Some(place) => self.select(place),
            None => {
                self.close();
                self.selected.set(None);
            }
        }
        self.sight.set(Some(place.unwrap_or(0)));
    }

    /// Index of a row among those that match; `None` when it does not.
    async fn place(&self, row: RowId, instant: Millis, filter: &Filter) -> Option<u32> {
        let key = self.key.try_get_value()?;
        let query = |filter, first, count| {
            let (key, sort, columns) = (key.clone(), Vec::new(), Vec::new());
            WindowQuery { key, filter, sort, columns, first, count }
        };
        let column = key.report.definition().time.to_owned();
        let since = Filter::Is(Condition { column, operator: Operator::Ge, value: Value::Instant(instant) });
        // Newest first, so that these are the rows up to the last one of the same instant.
        let until = self.app.window(query(Filter::And(vec![filter.clone(), since]), 0, 1)).await?.total;
        let first = until.saturating_sub(PEERS_MAX);
        let window = self.app.window(query(filter.clone(), first, until - first)).await?;
        let at = window.rows.iter().position(|peer| peer.id == row)?;
        Some(window.first + u32::try_from(at).ok()?)
    }

    fn instant(&self, row: &Row) -> Option<Millis> {
        let time = self.key.try_with_value(|key| key.report.definition().time)?;
        let at = self.columns.try_with_value(|columns| columns.iter().position(|id| id == time))??;
        match row.cells.get(at)? {
            Cell::Instant(instant) => Some(*instant),
            _ => None,
        }
    }
}
