//! One value of a record, as text and as markup. What Graph sent only ever becomes a text node.

use engine::{
    protocol::Cell,
    reports::{Kind, Outcome},
};
use leptos::{either::EitherOf4, prelude::*};

use super::{
    date_time::{DateFormats, iso, utc},
    outcome_badge::OutcomeBadge,
};
use crate::text::t;

/// A value as one line of text; empty when there is none.
pub fn text_of(cell: &Cell, formats: &DateFormats) -> String {
    match cell {
        Cell::Absent | Cell::Null => String::new(),
        Cell::Text(text) => text.clone(),
        // Unparted: these are codes and network numbers more often than quantities.
        Cell::Integer(number) => number.to_string(),
        Cell::Number(number) => number.to_string(),
        Cell::Flag(true) => t("details-yes"),
        Cell::Flag(false) => t("details-no"),
        Cell::Instant(instant) => formats.full(*instant),
        Cell::List(cells) => {
            let parts: Vec<String> = cells.iter().map(|cell| text_of(cell, formats)).collect();
            parts.join(", ")
        }
    }
}

/// A value as it stands in the record, to be copied: instants in UTC, flags as JSON has them.
pub fn copy_text(cell: &Cell) -> String {
    match cell {
        Cell::Absent => String::new(),
        Cell::Null => "null".to_owned(),
        Cell::Text(text) => text.clone(),
        Cell::Integer(number) => number.to_string(),
        Cell::Number(number) => number.to_string(),
        Cell::Flag(flag) => flag.to_string(),
        Cell::Instant(instant) => iso(*instant),
        Cell::List(cells) if cells.is_empty() => "[]".to_owned(),
        Cell::List(cells) => cells.iter().map(copy_text).collect::<Vec<_>>().join(", "),
    }
}

/// The outcome that a cell names.
pub fn outcome_of(cell: &Cell) -> Outcome {
    match cell {
        Cell::Text(text) => Outcome::parse(text).unwrap_or(Outcome::Unknown),
        _ => Outcome::Unknown,
    }
}

/// A value in a table cell: one line, a dash where there is nothing.
pub fn cell_view(cell: &Cell, kind: Kind, formats: &DateFormats) -> impl IntoView + use<> {
    match (kind, cell) {
        (_, Cell::Absent | Cell::Null) => EitherOf4::A(view! { <span class="quiet">"–"</span> }),
        (Kind::Outcome, _) => EitherOf4::B(view! { <OutcomeBadge outcome=outcome_of(cell) /> }),
        (_, Cell::Instant(instant)) => {
            EitherOf4::C(view! { <time datetime=iso(*instant) title=utc(*instant)>{formats.full(*instant)}</time> })
        }
        _ => EitherOf4::D(text_of(cell, formats)),
    }
}

/// A value in the details: whole, with what JSON tells apart told apart.
pub fn detail_view(cell: &Cell, kind: Option<Kind>, formats: &DateFormats) -> impl IntoView + use<> {
    match (kind, cell) {
        (_, Cell::Absent | Cell::Null) => EitherOf4::A(view! { <span class="quiet">{t("details-null")}</span> }),
        (_, Cell::Text(text)) if text.is_empty() => {
            EitherOf4::A(view! { <span class="quiet">{t("details-empty")}</span> })
        }
        (_, Cell::List(cells)) if cells.is_empty() => {
            EitherOf4::A(view! { <span class="quiet">{t("details-empty-list")}</span> })
        }
        (Some(Kind::Outcome), _) => EitherOf4::B(view! { <OutcomeBadge outcome=outcome_of(cell) /> }),
        (_, Cell::Instant(instant)) => {
            EitherOf4::C(view! { <time datetime=iso(*instant) title=utc(*instant)>{formats.full(*instant)}</time> })
        }
        _ => EitherOf4::D(text_of(cell, formats)),
    }
}
