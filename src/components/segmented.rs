//! A choice among a few words that stand side by side.

use leptos::prelude::*;

use super::tabs::yes_no;

/// One of the choices: a value and its word.
pub type Segment<T> = (T, String);

/// The choice.
#[component]
pub fn Segmented<T>(
    /// Name of the choice for readers.
    #[prop(into)]
    label: String,
    /// What can be chosen.
    options: Vec<Segment<T>>,
    /// What is chosen.
    #[prop(into)]
    value: Signal<T>,
    /// Hears what the person chooses.
    on_choose: Callback<T>,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let buttons = options.into_iter().map(|(option, word)| {
        let pressed = move || yes_no(value.get() == option);
        view! { <button type="button" aria-pressed=pressed on:click=move |_| on_choose.run(option)>{word}</button> }
    });
    view! { <span class="segmented segmented--tall" role="group" aria-label=label>{buttons.collect_view()}</span> }
}
