//! Keys of a list of tabs: the arrows lead from one to the next, and only the chosen one is a stop of the Tab key.

use leptos::{ev, prelude::request_animation_frame};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

/// For the `keydown` of an element with the role `tablist` around elements with the role `tab`.
pub fn move_among_tabs(event: &ev::KeyboardEvent) {
    let step = match event.key().as_str() {
        "ArrowRight" => 1,
        "ArrowLeft" => -1,
        _ => return,
    };
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let list = target.as_ref().and_then(|target| target.closest("[role=tablist]").ok().flatten());
    let (Some(target), Some(list)) = (target, list) else { return };
    let Ok(found) = list.query_selector_all("[role=tab]") else { return };
    let tabs: Vec<HtmlElement> = (0..found.length()).filter_map(|index| found.get(index)?.dyn_into().ok()).collect();
    let Some(now) = tabs.iter().position(|tab| tab.contains(Some(&target))) else { return };
    let next = (now as i64 + step).rem_euclid(tabs.len() as i64) as usize;
    event.prevent_default();
    event.stop_propagation();
    // A tab of the page takes the focus.
    let _ = tabs[next].focus();
    tabs[next].click();
}

/// Brings the chosen tab inside `list` into sight, once the page has taken the choice in.
pub fn show_chosen(list: &Element) {
    let list = list.clone();
    request_animation_frame(move || {
        if let Ok(Some(tab)) = list.query_selector("[aria-selected=true]") {
            let options = ScrollIntoViewOptions::new();
            options.set_block(ScrollLogicalPosition::Nearest);
            options.set_inline(ScrollLogicalPosition::Nearest);
            tab.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
}

/// `tabindex` of a tab.
pub fn tab_stop(is_current: bool) -> &'static str {
    if is_current { "0" } else { "-1" }
}

/// `aria-selected` and the like.
pub fn yes_no(is: bool) -> &'static str {
    if is { "true" } else { "false" }
}
