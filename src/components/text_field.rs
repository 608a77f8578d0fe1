//! A labelled field with a hint, and with what is wrong beside it.

use leptos::prelude::*;

/// The field.
#[component]
pub fn TextField(
    /// Id of the input; unique in the page.
    id: &'static str,
    /// Its label.
    #[prop(into)]
    label: String,
    /// What to write there.
    #[prop(into)]
    hint: String,
    /// Its text.
    value: RwSignal<String>,
    /// What is wrong with it.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// Sets the text in the quoting type.
    #[prop(optional)]
    is_mono: bool,
) -> impl IntoView {
    let described = format!("{id}-hint {id}-error");
    let class = if is_mono { "field-input mono" } else { "field-input" };
    view! {
        <div class="field">
            <label class="field-label" for=id>{label}</label>
            <input
                class=class
                id=id
                type="text"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                aria-describedby=described
                aria-invalid=move || error.read().is_some().then_some("true")
                prop:value=value
                on:input=move |event| value.set(event_target_value(&event))
            />
            <span class="field-hint" id=format!("{id}-hint")>{hint}</span>
            <span class="field-error" id=format!("{id}-error") role="alert">{move || error.get()}</span>
        </div>
    }
}
