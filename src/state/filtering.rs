//! The filter over the rows of one panel: its text is in the route, and changing it changes the route.

use engine::{
    filter::{Filter, FilterError, Local, parse},
    reports::ReportDefinition,
};
use leptos::prelude::*;

use super::{
    app_state::AppState,
    filter_text::{self, Part},
    promotion::{Promotion, promotion},
    route::{ReportRoute, Route},
};
use crate::platform::zone::zone;

/// The filter of a panel. Copies share it.
#[derive(Clone, Copy)]
pub struct Filtering {
    app: AppState,
    route: Signal<ReportRoute>,
    /// The filter's text; empty for every row.
    pub text: Memo<String>,
    /// What it means, or what is wrong with it.
    pub read: Memo<Result<Filter, FilterError>>,
    /// Which rows are shown: every row while the text cannot be read.
    pub filter: Memo<Filter>,
    /// Its parts; none while the text cannot be read.
    pub parts: Memo<Vec<Part>>,
}

impl Filtering {
    /// Of the report at hand. Belongs to the current reactive owner.
    pub fn new(app: AppState, route: Signal<ReportRoute>) -> Self {
        let text = Memo::new(move |_| route.read().filter.clone());
        let read = Memo::new(move |_| read(route.read().report.definition(), &text.read()));
        let filter = Memo::new(move |_| read.get().unwrap_or_default());
        let parts = Memo::new(move |_| {
            let report = route.read().report.definition();
            here(|local| filter_text::parts(report, &text.read(), local)).unwrap_or_default()
        });
        Self { app, route, text, read, filter, parts }
    }
    /// The report at hand.
    pub fn report(self) -> &'static ReportDefinition {
        self.route.read_untracked().report.definition()
    }
    /// The report with everything that is asked for it.
    pub fn route(self) -> Signal<ReportRoute> {
        self.route
    }
    /// Takes a text as the filter, readable or not.
    pub fn set(self, text: &str) {
        let route = self.route.get_untracked();
        if text.trim() != route.filter {
            self.app.go(&Route::Report(ReportRoute { filter: text.trim().to_owned(), ..route }));
        }
    }
    /// Takes a text as the whole filter, in its canonical form.
    ///
    /// # Errors
    /// When it cannot be read; the filter stays as it was.
    pub fn replace_all(self, text: &str) -> Result<(), FilterError> {
        let parts = here(|local| filter_text::parts(self.report(), text, local))?;
        self.set(&filter_text::joined(&parts));
        Ok(())
    }
    /// Adds parts.
    ///
    /// # Errors
    /// When the text cannot be read; the filter stays as it was.
    pub fn add_parts(self, text: &str) -> Result<(), FilterError> {
        let now = self.text.get_untracked();
        self.set(&here(|local| filter_text::with(self.report(), &now, text, local))?);
        Ok(())
    }
    /// Puts a text in the place of a part; an empty one takes the part away.
    ///
    /// # Errors
    /// When the text cannot be read; the filter stays as it was.
    pub fn replace(self, index: usize, text: &str) -> Result<(), FilterError> {
        let now = self.text.get_untracked();
        self.set(&here(|local| filter_text::replaced(self.report(), &now, index, text, local))?);
        Ok(())
    }
    /// What of it Graph can be asked for.
    pub fn promotion(self) -> Promotion {
        self.parts.with(|parts| promotion(self.report(), parts))
    }
    /// Asks Graph for what it takes; the rest stays a filter.
    pub fn promote(self, promotion: &Promotion, with_spelled: bool) {
        let mut route = self.route.get_untracked();
        for condition in promotion.conditions(with_spelled) {
            if !route.conditions.contains(&condition) {
                route.conditions.push(condition);
            }
        }
        route.filter = self.parts.with_untracked(|parts| promotion.rest(parts, with_spelled));
        route.question = None;
        self.app.go(&Route::Report(route));
    }
    /// Takes a part away.
    pub fn remove(self, index: usize) {
        let mut parts = self.parts.get_untracked();
        if index < parts.len() {
            parts.remove(index);
            self.set(&filter_text::joined(&parts));
        }
    }
}

/// What a filter's text means at this moment, in the person's time zone.
///
/// # Errors
/// When it cannot be read.
pub fn read(report: &ReportDefinition, text: &str) -> Result<Filter, FilterError> {
    here(|local| parse(report, text, local))
}

/// Reads something at this moment, in the person's time zone.
fn here<T>(read: impl FnOnce(Local<'_>) -> T) -> T {
    let now = js_sys::Date::now() as i64;
    read(Local { now, zone: &zone(now) })
}
