//! One mount: state and formatters in context, the shell with its routes, and a plain page when the program stops.

use std::{cell::RefCell, panic};

use leptos::{mount::mount_to, prelude::*};
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::HtmlElement;

use crate::{
    components::{date_time::DateFormats, icon::Sprite},
    host::{BootOptions, Host},
    state::app_state::AppState,
    text::t,
    views::shell::Shell,
};

/// Shows the app inside `element`. Everything it makes belongs to this mount and goes with it.
///
/// # Errors
/// When the boot code passed no host.
pub fn mount(element: HtmlElement, options: BootOptions) -> Result<MountHandle, JsError> {
    let host = Host::new(options).map_err(|reason| JsError::new(&reason))?;
    show_panics_in(&element);
    let inside = element.clone();
    let unmount = mount_to(inside, move || view! { <App host=host.clone() /> });
    let unmount = Box::new(move || drop(unmount));
    Ok(MountHandle { element, unmount: Some(unmount) })
}

/// What the boot code holds of a mount.
#[wasm_bindgen]
pub struct MountHandle {
    element: HtmlElement,
    unmount: Option<Box<dyn FnOnce()>>,
}

#[wasm_bindgen]
impl MountHandle {
    /// Takes the app out of the page and ends its worker.
    pub fn unmount(&mut self) {
        if let Some(unmount) = self.unmount.take() {
            unmount();
        }
        MOUNTS.with_borrow_mut(|mounts| mounts.retain(|mount| *mount != self.element));
    }
}

impl Drop for MountHandle {
    /// A handle that nobody kept is collected sooner or later; the app stays until somebody asks for its end.
    fn drop(&mut self) {
        std::mem::forget(self.unmount.take());
    }
}

/// The root of a mount.
#[component]
pub fn App(
    /// How the page was started.
    #[prop(into)]
    host: StoredHost,
) -> impl IntoView {
    let state = AppState::new(host.0.get_value());
    provide_context(state);
    provide_context(StoredValue::new_local(DateFormats::default()));
    Effect::new(move || state.preferences.get().apply());
    state.start();
    view! {
        <Sprite />
        <Shell />
    }
}

/// A host as a property.
#[derive(Clone, Copy)]
pub struct StoredHost(StoredValue<Host, LocalStorage>);

impl From<Host> for StoredHost {
    fn from(host: Host) -> Self {
        Self(StoredValue::new_local(host))
    }
}

thread_local! {
    /// Where to say that the program stopped. A panic ends every mount of this thread, because they share one memory.
    static MOUNTS: RefCell<Vec<HtmlElement>> = const { RefCell::new(Vec::new()) };
}

fn show_panics_in(element: &HtmlElement) {
    let is_first = MOUNTS.with_borrow_mut(|mounts| {
        mounts.push(element.clone());
        mounts.len() == 1
    });
    if is_first {
        panic::set_hook(Box::new(|info| {
            console_error_panic_hook::hook(info);
            let text = info.to_string();
            // A panic while this list is being changed finds it locked; the console has said it then.
            let mounts = MOUNTS.with(|mounts| mounts.try_borrow().map(|mounts| mounts.clone()).unwrap_or_default());
            for mount in mounts {
                // Nothing more can be done where the page does not take even this.
                let _ = show_stopped(&mount, &text);
            }
        }));
    }
}

/// Built without Leptos, which may be what stopped.
fn show_stopped(mount: &HtmlElement, text: &str) -> Result<(), JsValue> {
    let document = document();
    let element = |name: &str, class: &str, text: &str| -> Result<HtmlElement, JsValue> {
        let element: HtmlElement = document.create_element(name)?.unchecked_into();
        element.set_class_name(class);
        element.set_text_content(Some(text));
        Ok(element)
    };
    let page = element("main", "stopped", "")?;
    page.set_attribute("role", "alert")?;
    page.append_child(&*element("h1", "page-title", &t("panic-title"))?)?;
    page.append_child(&*element("p", "page-lead", &t("panic-detail"))?)?;
    let button = element("button", "button button--edge", &t("panic-reload"))?;
    let reload = Closure::<dyn Fn()>::new(|| drop(window().location().reload()));
    button.add_event_listener_with_callback("click", reload.as_ref().unchecked_ref())?;
    // The page lives until it is reloaded, and so does its button.
    reload.forget();
    page.append_child(&button)?;
    page.append_child(&*element("pre", "quote", text)?)?;
    mount.set_text_content(None);
    mount.append_child(&page)?;
    Ok(())
}
