//! A button that copies a text and says so.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

use super::icon::Icon;
use crate::text::t;

/// How long "Copied" stays.
const SAID: Duration = Duration::from_millis(1_800);

/// Copies what `text` gives when it is pressed.
#[component]
pub fn CopyButton(
    /// What to copy.
    text: Callback<(), String>,
    /// The button's words, or its name when it shows only an icon.
    #[prop(into)]
    label: String,
    /// Classes of the button.
    #[prop(default = "button")]
    class: &'static str,
    /// Shows the icon alone.
    #[prop(optional)]
    is_icon: bool,
) -> impl IntoView {
    let said = RwSignal::new(None::<String>);
    let press = move |_| {
        let text = text.run(());
        spawn_local(async move {
            let key = if copy(&text).await { "copied" } else { "copy-failed" };
            said.try_set(Some(t(key)));
            set_timeout(move || drop(said.try_set(None)), SAID);
        });
    };
    let icon = Signal::derive(move || if said.read().is_some() { "check" } else { "copy" });
    let name = label.clone();
    view! {
        <button class=class type="button" on:click=press aria-label=is_icon.then_some(label.clone()) title=is_icon.then_some(label)>
            <Icon name=icon is_small=is_icon && !class.contains("button--icon") />
            {(!is_icon).then(|| view! { <span>{move || said.get().unwrap_or_else(|| name.clone())}</span> })}
            <span class="hidden-text" role="status">{move || is_icon.then(|| said.get()).flatten()}</span>
        </button>
    }
}

/// True when the text is on the clipboard.
pub async fn copy(text: &str) -> bool {
    let Some(window) = web_sys::window() else { return false };
    JsFuture::from(window.navigator().clipboard().write_text(text)).await.is_ok()
}
