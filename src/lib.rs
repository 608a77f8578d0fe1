//! The browser half of Gatebook. The binaries in `bin/` are a few lines each, so that tests can mount the same parts.

pub mod auth;
pub mod host;
#[cfg(target_arch = "wasm32")]
pub mod platform;
pub mod settings;
#[cfg(target_arch = "wasm32")]
pub mod worker_client;
