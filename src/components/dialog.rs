//! A modal dialog: the browser keeps the focus inside, Esc closes it, and the focus goes back to where it was.

use leptos::{html, prelude::*};

use super::icon::Icon;
use crate::text::t;

/// Shown while `is_open`.
#[component]
pub fn Dialog(
    /// Whether it is open; set to false when the person closes it.
    is_open: RwSignal<bool>,
    /// Its title.
    #[prop(into)]
    title: String,
    /// What it holds; made anew each time it opens.
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        if let Some(dialog) = node.get() {
            if is_open.get() && !dialog.open() {
                // Refused only for a dialog that is already open, or not in the page.
                let _ = dialog.show_modal();
            } else if !is_open.get() && dialog.open() {
                dialog.close();
            }
        }
    });
    let name = title.clone();
    view! {
        <dialog class="dialog" node_ref=node aria-label=name on:close=move |_| is_open.set(false)>
            <div class="dialog-head">
                <h2 class="page-title">{title}</h2>
                <button class="button button--icon push" type="button" aria-label=t("close") on:click=move |_| is_open.set(false)>
                    <Icon name="x" />
                </button>
            </div>
            <div class="dialog-body">{move || is_open.get().then(|| children())}</div>
        </dialog>
    }
}
