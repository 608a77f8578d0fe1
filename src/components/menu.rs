//! A button that opens a panel under itself. Esc and leaving it close it.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

use super::{icon::Icon, tabs::yes_no};

/// The button and its panel.
#[component]
pub fn Menu(
    /// Whether the panel is open.
    is_open: RwSignal<bool>,
    /// Classes of the button.
    #[prop(default = "button")]
    class: &'static str,
    /// Name of the button for readers, where its words do not say enough.
    #[prop(optional, into)]
    label: Option<Signal<String>>,
    /// Name of the panel for readers.
    #[prop(into)]
    panel_label: String,
    /// Lines the panel up with the end of the button instead of its beginning.
    #[prop(optional)]
    is_at_end: bool,
    /// What the button shows, before the arrow.
    button: AnyView,
    /// What the panel holds; made anew each time it opens.
    children: ChildrenFn,
) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    let trigger = NodeRef::<html::Button>::new();
    let leave = move |event: ev::FocusEvent| {
        let target = event.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        // A press on plain text inside moves the focus nowhere; only a focus that went elsewhere closes the panel.
        let is_elsewhere =
            target.is_some_and(|target| !frame.get_untracked().is_some_and(|frame| frame.contains(Some(&target))));
        if is_elsewhere {
            is_open.set(false);
        }
    };
    let outside = window_event_listener(ev::pointerdown, move |event| {
        let target = event.composed_path().get(0).dyn_into::<web_sys::Node>().ok();
        let is_inside = frame.get_untracked().is_some_and(|frame| frame.contains(target.as_ref()));
        if is_open.get_untracked() && !is_inside {
            is_open.set(false);
        }
    });
    on_cleanup(move || outside.remove());
    let escape = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && is_open.get_untracked() {
            event.stop_propagation();
            is_open.set(false);
            if let Some(trigger) = trigger.get_untracked() {
                // The button is in the page, so it takes the focus.
                let _ = trigger.focus();
            }
        }
    };
    let panel_class = if is_at_end { "menu-panel menu-panel--end" } else { "menu-panel" };
    view! {
        <div class="menu" node_ref=frame on:focusout=leave on:keydown=escape>
            <button
                class=class
                type="button"
                node_ref=trigger
                aria-haspopup="dialog"
                aria-expanded=move || yes_no(is_open.get())
                aria-label=move || label.map(|label| label.get())
                on:click=move |_| is_open.update(|is_open| *is_open = !*is_open)
            >
                {button}
                <Icon name="down" is_small=true />
            </button>
            {move || {
                let label = panel_label.clone();
                is_open
                    .get()
                    .then(|| view! { <div class=panel_class role="dialog" aria-label=label>{children()}</div> })
            }}
        </div>
    }
}
