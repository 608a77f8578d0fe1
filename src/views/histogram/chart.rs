//! The picture: bars, what is not loaded, two lines and the axis. Its units are pixels; it is drawn anew for each width.

use engine::{protocol::Volume, reports::Outcome};
use leptos::prelude::*;

use crate::{
    components::date_time::DateFormats,
    state::{
        histogram::{Counted, Frame},
        stack::{Scale, shortened, to_come, totals},
        timeline::{Part, PartState, Span, Step},
    },
    text::t,
};

/// Pixels above the bars, for the words of what is marked.
pub const TOP: f64 = 18.0;
/// Pixels below the bars: the ruler and the labels of the axis.
const BELOW: f64 = 36.0;
/// Pixels beside the bars, for the numbers; the style sheet has the same.
pub const BESIDE: f64 = 36.0;
/// A narrower picture is lower.
const NARROW: f64 = 560.0;
/// About as wide is a letter of a label.
const LETTER: f64 = 6.2;
/// Least width of a part that is not loaded with its name in it.
const NAMED: f64 = 60.0;

/// Where things are for a width.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Width of all.
    pub width: f64,
    /// Where the bars stand.
    pub base: f64,
}

impl Place {
    /// For an element that is so many pixels wide.
    pub fn new(width: f64) -> Self {
        Self { width, base: TOP + if width < NARROW { 54.0 } else { 78.0 } }
    }
    /// Height of all.
    pub fn height(self) -> f64 {
        self.base + BELOW
    }
    /// Width that bars can have.
    pub fn plot(self) -> f64 {
        (self.width - BESIDE).max(0.0)
    }
    /// Where an instant is, in whole pixels.
    pub fn x(self, span: Span, at: i64) -> f64 {
        BESIDE + (span.place(at) * self.plot()).round()
    }
    fn is_narrow(self) -> bool {
        self.width < NARROW
    }
}

/// How rows with an outcome look.
pub fn look(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        Some(Outcome::Failure) => "fill-fail",
        Some(Outcome::Timeout) => "fill-timeout",
        Some(Outcome::Interrupted | Outcome::Warning) => "fill-hatched",
        Some(Outcome::Success) => "fill-ok",
        Some(Outcome::Skipped | Outcome::Unknown) | None => "fill-none",
    }
}

/// All but what is marked.
pub fn picture(
    place: Place,
    counted: &Counted,
    parts: &[Part],
    volume: Option<&Volume>,
    formats: &DateFormats,
) -> impl IntoView + use<> {
    let Counted { frame, layers } = counted;
    let totals = totals(layers, frame.len());
    let coming =
        volume.map(|volume| to_come((&frame.edges, frame.span.to), &totals, parts, volume)).unwrap_or_default();
    let highest = totals.iter().zip(coming.iter().chain(std::iter::repeat(&0))).map(|(rows, more)| rows + more).max();
    let scale = Scale::of(highest.unwrap_or(0));
    let (base, width) = (place.base, place.width);
    let gaps: Vec<Part> = parts.iter().copied().filter(|part| part.state != PartState::Loaded).collect();
    let missing = gaps.iter().map(|part| missing(place, frame.span, *part)).collect_view();
    let names = gaps.iter().filter_map(|part| name(place, frame.span, *part)).collect_view();
    let coming =
        (!coming.is_empty()).then(|| bars(place, frame, [&totals, &coming].into_iter(), scale).pop()).flatten();
    let shapes = bars(place, frame, layers.iter().map(|layer| &layer.counts), scale);
    let ruler = parts.iter().filter_map(|part| ruler(place, frame.span, *part));
    view! {
        {lines(place, scale)}
        {missing}
        {coming.map(|shape| view! { <path class="bar-coming" d=shape shape-rendering="crispEdges"></path> })}
        {layers
            .iter()
            .zip(shapes)
            .map(|(layer, shape)| view! { <path class=look(layer.outcome) d=shape></path> })
            .collect_view()}
        {names}
        <path class="chart-base" d=format!("M{BESIDE} {}H{width}", base + 0.5)></path>
        {ruler.collect_view()}
        {axis(place, frame, formats)}
    }
}

/// The shape of each layer, from the baseline up.
fn bars<'a>(place: Place, frame: &Frame, layers: impl Iterator<Item = &'a Vec<u32>>, scale: Scale) -> Vec<String> {
    let room = place.base - TOP;
    let mut heights = vec![0.0_f64; frame.len()];
    let edges: Vec<f64> = frame.edges.iter().chain([&frame.span.to]).map(|at| place.x(frame.span, *at)).collect();
    let shapes = layers.map(|counts| {
        let mut shape = String::new();
        for ((rows, below), ends) in counts.iter().zip(&mut heights).zip(edges.windows(2)) {
            if *rows == 0 {
                continue;
            }
            // The least that is there is seen.
            let height = (f64::from(*rows) / scale.top as f64 * room).round().max(1.0).min(room - *below);
            let gap = if *below > 0.0 && height >= 3.0 { 0.7 } else { 0.0 };
            let (x, bar) = (ends[0], (ends[1] - ends[0] - 1.0).max(1.0));
            let y = place.base - *below - height;
            shape.push_str(&format!("M{x} {y}h{bar}v{:.1}h-{bar}z", height - gap));
            *below += height;
        }
        shape
    });
    shapes.collect()
}

fn lines(place: Place, scale: Scale) -> impl IntoView + use<> {
    let room = place.base - TOP;
    let line = move |rows: u64| {
        let y = (place.base - rows as f64 / scale.top as f64 * room).round() + 0.5;
        view! {
            <path class="chart-rule" d=format!("M{BESIDE} {y}H{}", place.width)></path>
            <text x=(BESIDE - 6.0).to_string() y=(y + 3.5).to_string() text-anchor="end">
                {shortened(rows)}
            </text>
        }
    };
    [line(scale.line), line(scale.line * 2)].collect_view()
}

/// Hatched over the whole height, so that no bar does not look like no rows.
fn missing(place: Place, span: Span, part: Part) -> impl IntoView + use<> {
    let (from, to) = (place.x(span, part.span.from), place.x(span, part.span.to));
    let width = (to - from).max(1.0);
    let class = match part.state {
        PartState::Failed => "missing missing--failed",
        PartState::Outside | PartState::Unasked => "missing missing--never",
        PartState::Loaded | PartState::Loading | PartState::Waiting => "missing",
    };
    view! {
        <rect
            class=class
            x=from.to_string()
            y=TOP.to_string()
            width=width.to_string()
            height=(place.base - TOP).to_string()
        ></rect>
    }
}

/// Why it is not loaded, where there is room for it.
fn name(place: Place, span: Span, part: Part) -> Option<impl IntoView + use<>> {
    let (from, to) = (place.x(span, part.span.from), place.x(span, part.span.to));
    let name = t(&format!("histogram-part-{}", part.state.as_str()));
    let width = name.chars().count() as f64 * LETTER + 8.0;
    if to - from < width.max(NAMED) {
        return None;
    }
    let (middle, centre) = (f64::midpoint(from, to), f64::midpoint(TOP, place.base).round());
    let class = if part.state == PartState::Failed { "chart-failtext" } else { "chart-ink" };
    Some(view! {
        <rect
            class="fill-sheet"
            x=(middle - width / 2.0).to_string()
            y=(centre - 9.0).to_string()
            width=width.to_string()
            height="18"
        ></rect>
        <text class=class x=middle.to_string() y=(centre + 4.0).to_string() text-anchor="middle">{name}</text>
    })
}

/// The part on the line below the bars; nothing where there never will be rows.
fn ruler(place: Place, span: Span, part: Part) -> Option<impl IntoView + use<>> {
    let class = match part.state {
        PartState::Loaded => "part-loaded",
        PartState::Loading => "part-wait part-wait--moving",
        PartState::Waiting => "part-wait",
        PartState::Failed => "part-failed",
        PartState::Outside | PartState::Unasked => return None,
    };
    let (from, to) = (place.x(span, part.span.from), place.x(span, part.span.to));
    let is_line = part.state == PartState::Loaded;
    let inset = if is_line { 0.0 } else { 0.5 };
    let (y, height) = if is_line { (place.base + 6.0, 2.0) } else { (place.base + 4.5, 5.0) };
    Some(view! {
        <rect
            class=class
            x=(from + inset).to_string()
            y=y.to_string()
            width=(to - from - 2.0 * inset - 1.0).max(1.0).to_string()
            height=height.to_string()
        ></rect>
    })
}

fn axis(place: Place, frame: &Frame, formats: &DateFormats) -> impl IntoView + use<> {
    let room = if place.is_narrow() { 70.0 } else { 90.0 };
    let step = Step::of_labels(frame.span, place.plot() / room);
    let edges = step.edges(frame.span, &frame.zone);
    // The first one is where the picture begins, and mostly no time that a clock shows.
    let labels = edges.into_iter().skip(1).filter_map(|at| {
        let name = label(place, step, at, formats);
        let x = place.x(frame.span, at);
        (x + 4.0 + name.chars().count() as f64 * LETTER <= place.width + 2.0).then(|| {
            view! {
                <path class="chart-tick" d=format!("M{} {}V{}", x + 0.5, place.base + 1.0, place.height() - 8.0)></path>
                <text x=(x + 5.0).to_string() y=(place.height() - 9.0).to_string()>{name}</text>
            }
        })
    });
    labels.collect_view()
}

fn label(place: Place, step: Step, at: i64, formats: &DateFormats) -> String {
    let (count, unit) = step.counted();
    match (step.is_days(), unit.as_str()) {
        (true, _) if count >= 364 => formats.day_of_year(at),
        (true, _) if count > 2 || place.is_narrow() => formats.day(at),
        (true, _) => formats.weekday(at),
        (false, "second") => formats.time(at),
        _ => {
            let time = formats.minute(at);
            match time.as_str() {
                "00:00" if place.is_narrow() => formats.day(at),
                "00:00" => formats.weekday(at),
                _ => time,
            }
        }
    }
}
