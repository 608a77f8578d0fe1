//! Panels of the product. They read signals, call verbs of the state, and put components together.

pub mod account;
pub mod coverage;
pub mod details;
pub mod diagnosis_page;
pub mod entries;
pub mod filter_bar;
pub mod filter_field;
pub mod filter_words;
pub mod kept;
pub mod keys;
pub mod masthead;
pub mod overview;
pub mod parts;
pub mod promote;
pub mod questions;
pub mod record;
pub mod report;
pub mod request;
pub mod scope_bar;
pub mod settings_page;
pub mod shell;
pub mod sign_in;
pub mod table;
pub mod visit;
pub mod volume;
pub mod warnings;
