//! The browser's versions of the engine's ports, and the three workers around them. Names no report and shows nothing.
//! Sign-in lives in `auth` because it needs a window; what the page's form changes lives in `host`.

pub mod clock;
mod database;
mod js_error;
pub mod kept;
pub mod pack;
pub mod packer;
pub mod random;
pub mod sample;
pub mod sample_transport;
pub mod shared_budget;
pub mod storage;
pub mod transport;
pub mod vault;
pub mod wire;
pub mod worker;
pub mod zone;
