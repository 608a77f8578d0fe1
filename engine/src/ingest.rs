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
mod token;
mod walk;

pub use record::{Ingest, Oddity};
