//! The analyst questions as data: which report, what to ask Graph for, and what to show. Wording is the catalogue's.

use crate::{filter::Condition, protocol::TimeRange, reports::ReportId};

/// One question.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Key in routes and in the catalogue, such as `password-resets`.
    pub id: &'static str,
    /// Report that answers it.
    pub report: ReportId,
    /// Fetch that answers it.
    pub fetch: &'static str,
    /// Time range to ask Graph for.
    pub range: TimeRange,
    /// Conditions to ask Graph for; all must be ones that Graph takes.
    pub conditions: Vec<Condition>,
    /// Columns to show, in order; empty for the fetch's own.
    pub columns: &'static [&'static str],
}
