//! The histogram in words: times of buckets, what is in them, and all of it as a table.

use engine::{protocol::LoadKey, reports::Outcome};
use leptos::prelude::*;

use crate::{
    components::date_time::DateFormats,
    state::{
        histogram::{Counted, Frame},
        stack::{Layer, totals},
        timeline::{Part, PartState, Span, counted},
    },
    text::{capitalised, fetch_phrase, joined, number, t, t_with},
};

/// `Tue 14 Oct 02:00 – 03:00`, `Tue 14 Oct` for a day, `Tue 14 – Mon 20 Oct` and the like for more.
pub fn span_words(span: Span, formats: &DateFormats) -> String {
    // The end is not part of it: what ends at midnight ends on the day before.
    let (first, last) = (formats.weekday(span.from), formats.weekday(span.to - 1));
    let is_whole_days = formats.minute(span.from) == "00:00" && formats.minute(span.to) == "00:00";
    let time = |at: i64| if at % 60_000 == 0 { formats.minute(at) } else { formats.time(at) };
    let end = if formats.minute(span.to) == "00:00" { "24:00".to_owned() } else { time(span.to) };
    let (from, to) = match (is_whole_days && span.length() >= 20 * 3_600_000, first == last) {
        (true, true) => return first,
        (true, false) => (first, last),
        (false, true) => (format!("{first} {}", time(span.from)), end),
        (false, false) => (format!("{first} {}", time(span.from)), format!("{last} {end}")),
    };
    t_with("histogram-span", &[("from", from.into()), ("to", to.into())])
}

/// `6 hours`.
pub fn length_words(span: Span) -> String {
    let (count, unit) = counted(span.length());
    t_with(&format!("histogram-length-{}", unit.as_str()), &[("count", count.into())])
}

/// `Interactive sign-ins per hour`.
pub fn title(frame: Option<&Frame>, rows: &str) -> String {
    let rows = capitalised(rows);
    let Some(frame) = frame else { return rows };
    let (count, unit) = frame.step.counted();
    t_with(&format!("histogram-title-{}", unit.as_str()), &[("rows", rows.into()), ("count", count.into())])
}

/// The name of an outcome.
pub fn outcome_name(outcome: Option<Outcome>) -> String {
    match outcome {
        Some(outcome) => t(&format!("outcome-{}", outcome.as_str())),
        None => t("histogram-no-outcome"),
    }
}

/// Rows of a layer from one bucket to another.
pub fn rows_between(layer: &Layer, (first, last): (usize, usize)) -> u64 {
    layer.counts.iter().skip(first).take(last + 1 - first).map(|rows| u64::from(*rows)).sum()
}

/// `236: 211 Failure, 3 Interrupted, 22 Success`.
pub fn rows_words(counted: &Counted, ends: (usize, usize)) -> String {
    let counts: Vec<(String, u64)> = counted
        .layers
        .iter()
        .map(|layer| (outcome_name(layer.outcome), rows_between(layer, ends)))
        .filter(|(_, rows)| *rows > 0)
        .collect();
    let all = counts.iter().map(|(_, rows)| rows).sum::<u64>();
    if all == 0 {
        return t("histogram-none");
    }
    let parts: Vec<String> = counts.iter().map(|(name, rows)| format!("{} {name}", number(*rows as i64))).collect();
    t_with("histogram-rows", &[("count", all.into()), ("parts", joined(&parts).into())])
}

/// The finding in a few sentences.
pub fn summary(key: &LoadKey, counted: &Counted, parts: &[Part], formats: &DateFormats) -> String {
    let Counted { frame, layers } = counted;
    if frame.is_empty() {
        return String::new();
    }
    let last = frame.len() - 1;
    let rows = fetch_phrase(key.report.definition(), &key.fetch);
    let mut sentences = vec![t_with(
        "histogram-summary",
        &[
            ("title", title(Some(frame), &rows).into()),
            ("from", formats.brief(frame.span.from).into()),
            ("to", formats.brief(frame.span.to).into()),
            ("rows", rows_words(counted, (0, last)).into()),
        ],
    )];
    let mut most = |counts: &[u32], key: &str| {
        let busiest = counts.iter().enumerate().max_by_key(|(_, rows)| **rows);
        if let Some((at, rows)) = busiest.filter(|(_, rows)| **rows > 0) {
            let time = span_words(frame.bucket(at), formats);
            sentences.push(t_with(key, &[("time", time.into()), ("count", (*rows).into())]));
        }
    };
    most(&totals(layers, frame.len()), "histogram-busiest");
    if let Some(failures) = layers.iter().find(|layer| layer.outcome == Some(Outcome::Failure)) {
        most(&failures.counts, "histogram-failures");
    }
    for part in parts.iter().filter(|part| part.state != PartState::Loaded) {
        sentences.push(t_with(
            "histogram-missing",
            &[
                ("from", formats.brief(part.span.from).into()),
                ("to", formats.brief(part.span.to).into()),
                ("state", t(&format!("histogram-part-{}", part.state.as_str())).into()),
            ],
        ));
    }
    sentences.join(" ")
}

/// Why a bucket's count may be too low.
fn gaps(parts: &[Part], span: Span) -> String {
    let names = parts
        .iter()
        .filter(|part| part.state != PartState::Loaded && part.span.from < span.to && part.span.to > span.from)
        .map(|part| t(&format!("histogram-part-{}", part.state.as_str())));
    let mut names: Vec<String> = names.collect();
    names.dedup();
    joined(&names)
}

/// Every bucket that has rows or that is not loaded, newest first, each with a button that leads to its rows.
#[component]
pub fn BucketTable(
    /// What is counted.
    counted: Counted,
    /// What is loaded.
    parts: Vec<Part>,
    /// How times are written.
    formats: DateFormats,
    /// Shows the rows of these buckets only.
    on_choose: Callback<(usize, usize)>,
) -> impl IntoView {
    let Counted { frame, layers } = counted;
    let totals = totals(&layers, frame.len());
    let heads = layers.iter().map(|layer| view! { <th class="number" scope="col">{outcome_name(layer.outcome)}</th> });
    let heads = heads.collect_view();
    let has_gaps = parts.iter().any(|part| part.state != PartState::Loaded);
    let rows = (0..frame.len()).rev().filter_map(|at| {
        let (span, total) = (frame.bucket(at), totals[at]);
        let gaps = gaps(&parts, span);
        if total == 0 && gaps.is_empty() {
            return None;
        }
        let cells = layers.iter().map(|layer| view! { <td class="number">{number(layer.counts[at])}</td> });
        let words = span_words(span, &formats);
        let label = t_with("histogram-only-label", &[("time", words.clone().into())]);
        Some(view! {
            <tr>
                <th scope="row">{words}</th>
                <td class="number">{number(total)}</td>
                {cells.collect_view()}
                {has_gaps.then(|| view! { <td>{gaps}</td> })}
                <td>
                    <button class="button button--link" type="button" aria-label=label on:click=move |_| on_choose.run((at, at))>
                        {t("histogram-only")}
                    </button>
                </td>
            </tr>
        })
    });
    view! {
        <table class="sheet-table upper-space" aria-label=t("histogram-table")>
            <thead>
                <tr>
                    <th scope="col">{t("histogram-time")}</th>
                    <th class="number" scope="col">{t("histogram-all")}</th>
                    {heads}
                    {has_gaps.then(|| view! { <th scope="col">{t("histogram-missing-head")}</th> })}
                    <th scope="col"><span class="hidden-text">{t("histogram-choose")}</span></th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}
