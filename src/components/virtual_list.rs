//! A scrolling list of equally high rows of which only those in sight (and a few around them) are in the page.

use std::sync::Arc;

use leptos::{html, prelude::*};

use super::size_observer::on_size;
use crate::state::viewport::Viewport;

/// Rows kept above and below those in sight, so that a short scroll finds them there.
const OVERSCAN: u32 = 15;

/// What a list shares with whoever steers it.
#[derive(Clone, Copy)]
pub struct ListHandle {
    /// The arithmetic of the list now.
    pub viewport: RwSignal<Viewport>,
    /// First row in the page and number of rows in the page.
    pub kept: Memo<(u32, u32)>,
    frame: NodeRef<html::Div>,
}

impl ListHandle {
    /// For a list that is not in the page yet.
    pub fn new() -> Self {
        let viewport = RwSignal::new(Viewport::default());
        Self { viewport, kept: Memo::new(move |_| viewport.get().kept(OVERSCAN)), frame: NodeRef::new() }
    }
    /// Brings a row wholly into sight. Nothing happens when the list is gone: a frame that was asked for comes all the same.
    pub fn show(&self, index: u32) {
        let scroll = self.viewport.try_get_untracked().and_then(|viewport| viewport.scroll_to(index));
        if let (Some(frame), Some(scroll)) = (self.frame.try_get_untracked().flatten(), scroll) {
            frame.set_scroll_top(scroll.round() as i32);
            self.viewport.update(|viewport| viewport.scroll = f64::from(frame.scroll_top()));
        }
    }
    /// Gives the list the focus.
    pub fn focus(&self) {
        if let Some(frame) = self.frame.get_untracked() {
            // The list is in the page and can be focused.
            let _ = frame.focus();
        }
    }
}

impl Default for ListHandle {
    fn default() -> Self {
        Self::new()
    }
}

/// The list. Attributes given to it (role, label, keys) go to the scrolling frame.
#[component]
pub fn VirtualList(
    /// Shared with whoever steers the list.
    list: ListHandle,
    /// Rows in the list.
    #[prop(into)]
    rows: Signal<u32>,
    /// Class of an element as high as a row; read again whenever the size of the frame changes.
    #[prop(into)]
    row_class: Signal<&'static str>,
    /// Stays at the top while the rows scroll.
    head: AnyView,
    /// Makes the row with this index.
    row: Arc<dyn Fn(u32) -> AnyView + Send + Sync>,
) -> impl IntoView {
    let (head_node, probe) = (NodeRef::<html::Div>::new(), NodeRef::<html::Div>::new());
    let frame = list.frame;
    let measure = move || {
        let (Some(frame), Some(probe)) = (frame.get_untracked(), probe.get_untracked()) else { return };
        let head = head_node.get_untracked().map_or(0, |head| head.offset_height());
        let measured = Viewport {
            rows: rows.get_untracked(),
            row: probe.get_bounding_client_rect().height(),
            frame: f64::from(frame.client_height() - head).max(0.0),
            scroll: f64::from(frame.scroll_top()),
        };
        list.viewport.maybe_update(|viewport| std::mem::replace(viewport, measured) != measured);
    };
    Effect::new(move || {
        let _ = (rows.get(), row_class.get());
        measure();
    });
    Effect::new(move || {
        if let Some(frame) = frame.get() {
            on_size(&frame, measure);
        }
    });
    let height = move || format!("{}px", list.viewport.get().content());
    let top = Memo::new(move |_| {
        let viewport = list.viewport.get();
        format!("{}px", viewport.offset(list.kept.get().0))
    });
    let range = move || {
        let (first, count) = list.kept.get();
        first..first + count
    };
    view! {
        <div class="virtual-list" node_ref=frame on:scroll=move |_| measure()>
            <div class="virtual-list-head" role="presentation" node_ref=head_node>{head}</div>
            <div class="virtual-list-content" role="presentation" style:height=height>
                <div class="virtual-list-rows" role="presentation" style:top=move || top.get()>
                    <For each=range key=|index| *index children=move |index| row(index) />
                </div>
            </div>
            <div class=move || format!("virtual-list-probe {}", row_class.get()) aria-hidden="true" node_ref=probe></div>
        </div>
    }
}
