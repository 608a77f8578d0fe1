//! A tenant: its organisation and its generated history.

use std::ops::Range;

use crate::{
    answers::Answers,
    history::{History, Rendering, Report, Row, Stream},
    organisation::Organisation,
    time::{HOUR, ticks_from_millis},
};

/// What tenant to make.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TenantOptions {
    /// Equal seeds make equal tenants.
    pub seed: u64,
    /// Days of history.
    pub days: u32,
    /// Number of rows.
    pub scale: Scale,
    /// Where history ends, in milliseconds since 1970, UTC.
    pub now: i64,
}

/// How many rows a history has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// So many times the 3,000 rows a day of the default sample.
    Factor(f64),
    /// About so many rows over all reports and days.
    Rows(u64),
}

/// A made-up tenant.
pub struct Tenant {
    organisation: Organisation,
    answers: Answers,
    options: TenantOptions,
}

impl Tenant {
    /// Makes the organisation; its history is made on demand, slice by slice.
    pub fn new(options: TenantOptions) -> Self {
        let organisation = Organisation::new(options.seed);
        Self { organisation, answers: Answers::default(), options }
    }
    /// The tenant's people and things.
    pub fn organisation(&self) -> &Organisation {
        &self.organisation
    }
    /// The known answers to the nine questions.
    pub fn answers(&self) -> Answers {
        self.answers.clone()
    }
}

impl History for Tenant {
    fn organisation(&self) -> &Organisation {
        &self.organisation
    }
    fn slices(&self) -> Range<i64> {
        let end = ticks_from_millis(self.options.now).div_euclid(HOUR) + 1;
        end - i64::from(self.options.days) * 24..end
    }
    fn span(&self, slice: i64) -> Range<i64> {
        slice * HOUR..(slice + 1) * HOUR
    }
    fn rows(&self, _: Stream, _: i64) -> Vec<Row> {
        Vec::new()
    }
    fn record(&self, _: Row, _: Rendering) -> String {
        "{}".to_owned()
    }
    fn find(&self, _: Report, _: &str) -> Option<Row> {
        None
    }
    fn has_retention(&self) -> bool {
        true
    }
    fn answers(&self) -> Option<&Answers> {
        Some(&self.answers)
    }
}
