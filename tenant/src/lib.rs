//! A made-up Entra tenant: a seeded history and the answers that Graph and Entra would give about it.
//!
//! It is the oracle for everything else, so it behaves like the real service and shares no code with the client.
//! Three users: native tests, the in-app sample (a WASM binary of its own) and the HTTPS server behind the `server` feature.

pub mod answers;
pub mod applications;
#[cfg(feature = "server")]
pub mod entra;
mod generate;
pub mod graph;
pub mod history;
pub mod http;
mod incidents;
mod json;
pub mod names;
pub mod organisation;
pub mod policies;
mod random;
#[cfg(feature = "server")]
pub mod records;
#[cfg(feature = "server")]
pub mod server;
pub mod tenant;
pub mod time;

pub use answers::Answers;
pub use graph::{Caller, Graph};
pub use tenant::{Scale, Tenant, TenantOptions};
