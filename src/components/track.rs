//! How wide the columns of a table are, by what they hold.

use engine::reports::{Column, Kind, Link};

/// Widths of a table's columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Tracks {
    /// For `grid-template-columns`, the row number's column first.
    pub template: String,
    /// Below this the table scrolls sideways.
    pub width_min_rem: f64,
}

/// Widths for columns of which the one at `margin` holds the day and time, with row numbers of so many digits.
pub fn tracks(columns: &[&Column], margin: Option<usize>, digits: usize) -> Tracks {
    // A digit of the row number is 0.4 rem wide; thousands are parted.
    let folio = 1.0 + 0.42 * (digits + digits.saturating_sub(1) / 3).max(3) as f64;
    let mut template = format!("{folio:.2}rem");
    let mut width_min_rem = folio;
    for (index, column) in columns.iter().enumerate() {
        let (least, share) = if margin == Some(index) { (9.5, 0.0) } else { width(column) };
        width_min_rem += least;
        template.push_str(&if share > 0.0 {
            format!(" minmax({least}rem, {share}fr)")
        } else {
            format!(" {least}rem")
        });
    }
    Tracks { template, width_min_rem }
}

/// Least width in rem, and the share of what is left; no share for widths that suit every value.
fn width(column: &Column) -> (f64, f64) {
    match (column.kind, column.link) {
        (Kind::Outcome, _) => (7.5, 0.0),
        (Kind::DateTime, _) => (11.5, 0.0),
        (Kind::Integer | Kind::Number | Kind::Flag, _) => (6.0, 0.0),
        (_, Some(Link::Address)) => (10.0, 0.25),
        _ if is_identifier(column.id) => (8.0, 0.5),
        _ => (9.0, 1.0),
    }
}

/// True for the id of a column of ids, which are quoted rather than read.
pub fn is_identifier(id: &str) -> bool {
    let last = id.trim_end_matches("[]").rsplit('/').next().unwrap_or(id);
    last == "id" || last.ends_with("Id")
}
