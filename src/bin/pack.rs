//! The worker that compresses records; see `gatebook::platform::pack`.

#[cfg(target_arch = "wasm32")]
fn main() {
    gatebook::platform::pack::run();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
