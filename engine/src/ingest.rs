//! Records' bytes into columns, in one pass and without a tree, with a warning for everything odd.
//! Nothing is refused: what a column cannot read is kept as text, and the original is always kept whole.
//! Cutting a page into records is `graph`'s business.

mod fields;
mod memo;
mod plan;
mod recent;
mod record;
mod seen;
mod slots;
mod specimen;
mod token;
mod walk;
mod worth;

pub use record::{Ingest, Oddity};

use crate::reports::ReportDefinition;

/// Made-up records of a report, for whoever has no others.
pub fn specimen(report: &'static ReportDefinition, numbers: std::ops::Range<u64>) -> impl Iterator<Item = String> {
    let plan = plan::Plan::new(report);
    numbers.map(move |number| specimen::specimen(&plan, number))
}
