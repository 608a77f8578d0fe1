//! The browser half of Gatebook. The binaries in `bin/` are a few lines each, so that tests can mount the same parts.

#[cfg(target_arch = "wasm32")]
pub mod app;
pub mod auth;
#[cfg(target_arch = "wasm32")]
pub mod bench;
#[cfg(target_arch = "wasm32")]
pub mod components;
pub mod host;
#[cfg(target_arch = "wasm32")]
pub mod platform;
pub mod settings;
pub mod state;
pub mod text;
#[cfg(target_arch = "wasm32")]
pub mod views;
#[cfg(target_arch = "wasm32")]
pub mod worker_client;
