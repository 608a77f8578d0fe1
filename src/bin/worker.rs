//! The data worker; see `gatebook::platform::worker`.

#[cfg(target_arch = "wasm32")]
fn main() {
    gatebook::platform::worker::run();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
