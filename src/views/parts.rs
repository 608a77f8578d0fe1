//! Which parts of the time range are here: a ruler above the rows, and the same as a list with the reason of each failure.

use engine::{
    ports::Millis,
    protocol::{LoadStatus, SliceState, SliceStatus},
};
use leptos::prelude::*;

use super::{
    kept::KeptLine,
    volume::{VolumeBars, VolumeWords},
};
use crate::{
    components::{
        date_time::{DateTime, formats},
        dialog::Dialog,
    },
    state::{
        notice::Notice,
        ruler::{Look, Part, Ruler},
    },
    text::t,
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
            <table class="sheet-table parts upper-space">
                <thead>
                    <tr>
                        <th scope="col">{t("parts-from")}</th>
                        <th scope="col">{t("parts-to")}</th>
                        <th scope="col">{t("parts-state")}</th>
                    </tr>
                </thead>
                <tbody>{move || slices.get().into_iter().map(row).collect_view()}</tbody>
            </table>
        </Dialog>
    }
}

fn row(slice: SliceStatus) -> impl IntoView {
    let instant = |at: Option<Millis>, otherwise: &str| match at {
        Some(at) => view! { <DateTime at=at /> }.into_any(),
        None => t(otherwise).into_any(),
    };
    let (to, from) = (instant(slice.to, "ruler-now"), instant(slice.from, "parts-as-far"));
    let reason = match &slice.state {
        SliceState::Failed(error) => {
            let Notice { title, detail, code, ids, .. } = Notice::of_graph(error);
            let support: Vec<String> =
                code.into_iter().chain(ids.into_iter().map(|(name, id)| format!("{name} {id}"))).collect();
            Some(view! {
                <span class="parts-reason">
                    {title}". "{detail}" "<span class="mono quiet">{support.join(", ")}</span>
                </span>
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
    view! { <tr><td>{from}</td><td>{to}</td><td>{state}{reason}</td></tr> }
}
