//! What was odd in the records of a load: each kind with its count, and the latest examples as ways to the record.

use engine::protocol::{IngestWarning, LoadStatus, WarningCode};
use leptos::prelude::*;

use crate::{
    components::dialog::Dialog,
    state::register::Register,
    text::{number, t},
};

/// Examples shown of each load; all are counted.
const EXAMPLES_SHOWN: usize = 20;

/// The list.
#[component]
pub fn WarningsDialog(
    /// Whether it is shown.
    is_open: RwSignal<bool>,
    /// The load.
    #[prop(into)]
    status: Signal<Option<LoadStatus>>,
    /// The table that opens an example.
    register: Register,
) -> impl IntoView {
    let kinds = move || {
        let warnings = status.with(|status| status.as_ref().map(|status| status.warnings.clone())).unwrap_or_default();
        let rows = warnings.into_iter().map(|(code, count)| {
            view! { <tr><td>{warning_text(code)}</td><td class="number">{number(count)}</td></tr> }
        });
        rows.collect_view()
    };
    let examples = move || {
        let examples = status.with(|status| status.as_ref().map(|status| status.warning_examples.clone()));
        let examples = examples.unwrap_or_default().into_iter().rev().take(EXAMPLES_SHOWN);
        let open = move |row| {
            is_open.set(false);
            register.open_record(row);
        };
        let items = examples.map(|example| {
            let button = example.row.map(|row| {
                view! {
                    <button class="button button--link" type="button" on:click=move |_| open(row)>{t("warnings-open")}</button>
                }
            });
            view! {
                <li class="warning-example">
                    <span>{warning_text(example.code)}</span>
                    <span class="mono quiet">{example.path}</span>
                    {button}
                </li>
            }
        });
        items.collect_view()
    };
    view! {
        <Dialog is_open=is_open title=t("warnings-title")>
            <p class="page-lead">{t("warnings-lead")}</p>
            <table class="sheet-table">
                <thead>
                    <tr><th scope="col">{t("warnings-kind")}</th><th scope="col" class="number">{t("warnings-count")}</th></tr>
                </thead>
                <tbody>{kinds}</tbody>
            </table>
            <h3 class="section-title upper-space">{t("warnings-examples")}</h3>
            <ul>{examples}</ul>
        </Dialog>
    }
}

/// Warnings of one record, in words.
pub fn warning_lines(warnings: &[IngestWarning]) -> Vec<(String, String)> {
    warnings.iter().map(|warning| (warning_text(warning.code), warning.path.clone())).collect()
}

fn warning_text(code: WarningCode) -> String {
    t(match code {
        WarningCode::UnexpectedType => "warning-unexpected-type",
        WarningCode::MissingProperty => "warning-missing-property",
        WarningCode::UnreadableTime => "warning-unreadable-time",
        WarningCode::TruncatedPage => "warning-truncated-page",
        WarningCode::NotAnObject => "warning-not-an-object",
        WarningCode::MalformedPage => "warning-malformed-page",
        WarningCode::OutsideScope => "warning-outside-scope",
        WarningCode::OddName => "warning-odd-name",
        WarningCode::DuplicateKey => "warning-duplicate-key",
        WarningCode::UnreadableText => "warning-unreadable-text",
        WarningCode::TooDeep => "warning-too-deep",
        WarningCode::MalformedRecord => "warning-malformed-record",
        WarningCode::Conflict => "warning-conflict",
        WarningCode::ForeignLink => "warning-foreign-link",
    })
}
