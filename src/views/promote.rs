//! What of a filter Graph can be asked for instead: said before it is asked, and why not where it cannot.

use leptos::prelude::*;

use super::filter_words::Words;
use crate::{
    components::menu::Menu,
    state::{filter_text::Part, filtering::Filtering},
    text::t,
};

/// The button and its panel; nothing without a filter.
#[component]
pub fn Promote(
    /// The filter at hand.
    filtering: Filtering,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let is_empty = Memo::new(move |_| filtering.parts.read().is_empty());
    let can_ask = Memo::new(move |_| {
        let promotion = filtering.promotion();
        !promotion.exact.is_empty() || !promotion.spelled.is_empty()
    });
    move || {
        let class = if can_ask.get() { "button promote-open" } else { "button promote-open promote-open--nothing" };
        let words = if can_ask.get() { t("promote") } else { t("promote-nothing") };
        (!is_empty.get()).then(|| {
            view! {
                <Menu
                    is_open=is_open
                    class=class
                    panel_label=t("promote-label")
                    is_at_end=true
                    button=view! { <span>{words}</span> }.into_any()
                >
                    <Panel filtering=filtering is_open=is_open />
                </Menu>
            }
        })
    }
}

#[component]
fn Panel(filtering: Filtering, is_open: RwSignal<bool>) -> impl IntoView {
    let report = filtering.report();
    let words = move |part: &Part| Words::of(report, part).view();
    let body = move || {
        let promotion = StoredValue::new(filtering.promotion());
        let (exact, spelled, stays) =
            promotion.with_value(|found| (found.exact.clone(), found.spelled.clone(), found.stays.clone()));
        let (has_exact, has_spelled) = (!exact.is_empty(), !spelled.is_empty());
        let list = |parts: Vec<Part>| {
            let items = parts.iter().map(|part| view! { <li class="promote-part">{words(part)}</li> });
            view! { <ul>{items.collect_view()}</ul> }
        };
        let ask = move |with_spelled| {
            is_open.set(false);
            promotion.with_value(|promotion| filtering.promote(promotion, with_spelled));
        };
        let exact = has_exact.then(|| {
            view! {
                <h2 class="side-title">{t("promote-exact")}</h2>
                {list(exact.into_iter().map(|(part, _)| part).collect())}
            }
        });
        let spelled = has_spelled.then(|| {
            view! {
                <h2 class="side-title">{t("promote-spelled")}</h2>
                {list(spelled.into_iter().map(|(part, _)| part).collect())}
                <p class="promote-why">{t("promote-spelled-note")}</p>
            }
        });
        let stays = (!stays.is_empty()).then(|| {
            let items = stays.into_iter().map(|(part, why)| {
                let why = t(&format!("stays-{}", why.as_str()));
                view! { <li class="promote-part">{words(&part)}<span class="promote-why">{why}</span></li> }
            });
            view! {
                <h2 class="side-title">{t("promote-stays")}</h2>
                <ul>{items.collect_view()}</ul>
            }
        });
        let lead = if has_exact || has_spelled { t("promote-lead") } else { t("promote-none") };
        let button = |class, words: String, with_spelled| {
            view! { <button class=class type="button" on:click=move |_| ask(with_spelled)>{words}</button> }
        };
        let main = has_exact.then(|| button("button button--main", t("promote-button"), false));
        let also = has_spelled.then(|| {
            let words = if has_exact { t("promote-button-spelled") } else { t("promote-button-spelled-only") };
            button("button button--edge", words, true)
        });
        let buttons = (has_exact || has_spelled).then(|| view! { <div class="promote-buttons">{main}{also}</div> });
        view! { {exact}{spelled}{stays}<p class="promote-lead">{lead}</p>{buttons} }
    };
    view! { <div class="promote">{body}</div> }
}
