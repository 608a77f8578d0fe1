//! Which parts of the time range are here: a ruler above the rows, and the same as a list with the reason of each failure.

use engine::{
    ports::Millis,
    protocol::{LoadStatus, SliceState, SliceStatus},
};
use leptos::{html, prelude::*};

use super::{
    kept::KeptLine,
    volume::{VolumeBars, VolumeWords},
};
use crate::{
    components::{
        date_time::{DateFormats, DateTime, formats, formats_handle},
        dialog::Dialog,
    },
    state::{
        notice::Notice,
        ruler::{Look, Part, Ruler},
    },
    text::{Value, t, t_with},
};

/// Height of the ruler in its own units; it is a thousand long.
const HEIGHT: f64 = 8.0;

/// The ruler. The line below it says the same in words.
#[component]
pub fn PartsRuler(
    /// The load.
    #[prop(into)]
    status: Signal<Option<LoadStatus>>,
) -> impl IntoView {
    let ruler = Memo::new(move |_| {
        let now = js_sys::Date::now() as Millis;
        status.with(|status| status.as_ref().and_then(|status| Ruler::of(status, now)))
    });
    let ends = move || {
        ruler.get().map(|ruler| {
            let formats = formats();
            (formats.brief(ruler.from), ruler.to.map_or_else(|| t("ruler-now"), |to| formats.brief(to)))
        })
    };
    let ends = Memo::new(move |_| ends());
    let parts = move || ruler.get().map(|ruler| ruler.parts.into_iter().map(part).collect_view());
    view! {
        <div class="ruler">
            <span class="ruler-end" aria-hidden="true">{move || ends.get().map(|(from, _)| from)}</span>
            <div class="ruler-axis">
                <VolumeBars status=status />
                <svg
                    class="ruler-line"
                    viewBox=format!("0 0 1000 {HEIGHT}")
                    preserveAspectRatio="none"
                    aria-hidden="true"
                >
                    {parts}
                </svg>
            </div>
            <span class="ruler-end" aria-hidden="true">{move || ends.get().map(|(_, to)| to)}</span>
        </div>
    }
}

fn part(part: Part) -> impl IntoView {
    let class = match part.look {
        Look::Loaded => "part-loaded",
        Look::Moving => "part-wait part-wait--moving",
        Look::Waiting => "part-wait",
        Look::Failed => "part-failed",
    };
    // What is there is a line, what is not an open box.
    let inset = if part.look == Look::Loaded { 2.5 } else { 0.5 };
    view! {
        <rect
            class=class
            x=format!("{:.2}", part.start)
            width=format!("{:.2}", part.length)
            y=inset.to_string()
            height=(HEIGHT - 2.0 * inset).to_string()
        ></rect>
    }
}

/// The list.
#[component]
pub fn PartsDialog(
    /// Whether it is shown.
    is_open: RwSignal<bool>,
    /// The load.
    #[prop(into)]
    status: Signal<Option<LoadStatus>>,
    /// Asks again for a part that failed.
    on_retry: Callback<SliceStatus>,
) -> impl IntoView {
    let slices = Memo::new(move |_| {
        status.with(|status| status.as_ref().map(|status| status.slices.clone()).unwrap_or_default())
    });
    let is_filtered_here =
        Memo::new(move |_| status.with(|status| status.as_ref().is_some_and(|status| status.is_filtered_here)));
    view! {
        <Dialog is_open=is_open title=t("parts-title")>
            <p class="page-lead">{t("parts-lead")}</p>
            <KeptLine />
            {move || is_filtered_here.get().then(|| view! { <p>{t("parts-filtered-here")}</p> })}
            <VolumeWords status=status />
            <PartsTable slices=slices on_retry=on_retry />
        </Dialog>
    }
}

/// Every part with its state, and a button where it failed.
#[component]
pub fn PartsTable(
    /// The parts, newest first.
    #[prop(into)]
    slices: Signal<Vec<SliceStatus>>,
    /// Asks again for a part that failed.
    on_retry: Callback<SliceStatus>,
) -> impl IntoView {
    let table = NodeRef::<html::Table>::new();
    let formats = formats_handle();
    let said = RwSignal::new(String::new());
    let retry = Callback::new(move |part: SliceStatus| {
        said.set(t_with("parts-asked-again", &ends(&part, &formats.get_value())));
        // The button goes, and the focus with it.
        if let Some(table) = table.get_untracked() {
            // What cannot be focused keeps the focus where the browser puts it.
            let _ = table.focus();
        }
        on_retry.run(part);
    });
    view! {
        <p class="hidden-text" role="status">{said}</p>
        <table class="sheet-table parts upper-space" node_ref=table tabindex="-1" aria-label=t("parts-title")>
            <thead>
                <tr>
                    <th scope="col">{t("parts-from")}</th>
                    <th scope="col">{t("parts-to")}</th>
                    <th scope="col">{t("parts-state")}</th>
                </tr>
            </thead>
            <tbody>
                // Rows stay while others change, so that a button keeps the focus.
                <For each=move || slices.get() key=|slice| format!("{slice:?}") let:slice>
                    <Row slice=slice on_retry=retry />
                </For>
            </tbody>
        </table>
    }
}

/// One part.
#[component]
fn Row(slice: SliceStatus, on_retry: Callback<SliceStatus>) -> impl IntoView {
    let instant = |at: Option<Millis>, otherwise: &str| match at {
        Some(at) => view! { <DateTime at=at /> }.into_any(),
        None => t(otherwise).into_any(),
    };
    let (to, from) = (instant(slice.to, "ruler-now"), instant(slice.from, "parts-as-far"));
    let failure = match &slice.state {
        SliceState::Failed(error) => {
            let Notice { title, detail, code, ids, at, until, .. } = Notice::of_graph(error);
            let support: Vec<String> =
                code.into_iter().chain(ids.into_iter().map(|(name, id)| format!("{name} {id}"))).collect();
            let label = t_with("parts-again-label", &ends(&slice, &formats()));
            let part = slice.clone();
            Some(view! {
                <span class="parts-reason">
                    {title}". "{detail}" "
                    {until.map(|until| view! { {t("notice-until")}" "<DateTime at=until />". " })}
                    <span class="mono quiet">{support.join(", ")}</span>
                    {at.map(|at| view! { " "<DateTime at=at /> })}
                </span>
                <button
                    class="button button--edge"
                    type="button"
                    aria-label=label
                    on:click=move |_| on_retry.run(part.clone())
                >
                    {t("parts-again")}
                </button>
            })
        }
        _ => None,
    };
    let state = t(match slice.state {
        SliceState::Loaded => "part-loaded",
        SliceState::Loading => "part-loading",
        SliceState::Waiting => "part-waiting",
        SliceState::Failed(_) => "part-failed",
        SliceState::OutsideRetention => "part-outside",
    });
    view! { <tr><td>{from}</td><td>{to}</td><td>{state}{failure}</td></tr> }
}

/// Where a part begins and ends, for a sentence.
fn ends(part: &SliceStatus, formats: &DateFormats) -> [(&'static str, Value<'static>); 2] {
    let words = |at: Option<Millis>, otherwise: &str| at.map_or_else(|| t(otherwise), |at| formats.brief(at));
    [("from", words(part.from, "parts-as-far").into()), ("to", words(part.to, "ruler-now").into())]
}
