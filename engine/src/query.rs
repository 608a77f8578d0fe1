//! Answers about rows: which of them match, in which order, and what stands in their cells.
//! Reads the store and never changes it.

mod cells;
mod results;
mod sort;
mod window;

pub use cells::cells;
pub use results::Results;
pub use window::window;
