//! What the interface knows, and the verbs that change it. Pure parts (routes, notices, diagnoses, arrangement of a
//! record) are tested natively; markup is in `views` and `components`.

pub mod arrangement;
mod checks;
pub mod completion;
pub mod diagnosis;
pub mod filter_error;
pub mod filter_text;
pub mod notice;
pub mod promotion;
pub mod route;
pub mod ruler;
pub mod scope;
pub mod stack;
pub mod timeline;
pub mod view_range;
pub mod viewport;
pub mod volume;

#[cfg(target_arch = "wasm32")]
pub mod app_state;
#[cfg(target_arch = "wasm32")]
pub mod dataset;
#[cfg(target_arch = "wasm32")]
pub mod filtering;
#[cfg(target_arch = "wasm32")]
pub mod histogram;
#[cfg(target_arch = "wasm32")]
pub mod keeping;
#[cfg(target_arch = "wasm32")]
pub mod loads;
#[cfg(target_arch = "wasm32")]
pub mod preferences;
#[cfg(target_arch = "wasm32")]
pub mod register;
#[cfg(target_arch = "wasm32")]
pub mod session;
#[cfg(target_arch = "wasm32")]
pub mod suggestions;
