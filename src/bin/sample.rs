//! The sample worker; see `gatebook::platform::sample`.

#[cfg(target_arch = "wasm32")]
fn main() {
    gatebook::platform::sample::run();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
