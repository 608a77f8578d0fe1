//! A host from what the boot code passes.

use engine::clouds::{CLOUDS, FIELDS};
use gatebook::host::{BootOptions, Host};
use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// The host of these options, in a page that was built for the first cloud of the list.
pub fn host_of(options: JsValue) -> Host {
    host_in(options, CLOUDS[0].described()).expect("a cloud of the list")
}

/// The host of these options, in a page that was built for a cloud which this describes; empty fields are left out.
pub fn host_in(options: JsValue, description: [&str; 5]) -> Result<Host, String> {
    let cloud = Object::new();
    for (name, field) in FIELDS.iter().zip(description).filter(|(_, field)| !field.is_empty()) {
        Reflect::set(&cloud, &(*name).into(), &field.into()).expect("plain objects take properties");
    }
    Reflect::set(&options, &"cloud".into(), &cloud).expect("plain objects take properties");
    Host::new(options.unchecked_into::<BootOptions>())
}
