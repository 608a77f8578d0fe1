//! The portable half of Gatebook: it fetches, keeps and queries activity reports, and knows no browser.
//! The outside world enters through [`ports`]; the interface's vocabulary is [`protocol`].

pub mod bytes;
pub mod cache;
pub mod clouds;
pub mod engine;
pub mod fetch;
pub mod filter;
pub mod graph;
pub mod ingest;
pub mod instant;
pub mod json;
pub mod limits;
pub mod ports;
pub mod protocol;
pub mod query;
pub mod questions;
pub mod records;
pub mod reports;
pub mod segment;
pub mod store;
