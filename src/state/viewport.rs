//! The arithmetic of a long list of which only a window exists: which rows are in sight, and where they stand.

/// Browsers stop laying out somewhere between 17.8 (Firefox) and 33.5 million pixels (Chromium); this stays below both.
pub const HEIGHT_MAX: f64 = 15_000_000.0;

/// A list of equally high rows in a scrolling frame. Lengths are in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Viewport {
    /// Rows in the list.
    pub rows: u32,
    /// Height of a row.
    pub row: f64,
    /// Height of the frame that rows can be seen in.
    pub frame: f64,
    /// How far the frame is scrolled.
    pub scroll: f64,
}

impl Viewport {
    /// Height of the scrolled content. A list that is too high for a browser is squeezed; rows keep their height.
    pub fn content(&self) -> f64 {
        self.natural().min(HEIGHT_MAX)
    }
    /// How far from the top of the list the frame begins, as if nothing was squeezed.
    fn top(&self) -> f64 {
        let way = self.content() - self.frame;
        if way <= 0.0 {
            return 0.0;
        }
        let scroll = self.scroll.clamp(0.0, way);
        if self.is_squeezed() { scroll / way * (self.natural() - self.frame) } else { scroll }
    }
    /// First row in sight and the number of rows in sight, the partly visible ones included.
    pub fn visible(&self) -> (u32, u32) {
        if self.rows == 0 || self.row <= 0.0 {
            return (0, 0);
        }
        let first = (self.top() / self.row).floor() as u32;
        let last = ((self.top() + self.frame) / self.row).ceil() as u32;
        let first = first.min(self.rows - 1);
        (first, last.min(self.rows) - first)
    }
    /// First row to keep in the page and the number of rows to keep, with `overscan` rows around those in sight.
    /// The beginning is a multiple of five, so that every fifth rule can be told by position.
    pub fn kept(&self, overscan: u32) -> (u32, u32) {
        let (first, count) = self.visible();
        let begin = first.saturating_sub(overscan) / 5 * 5;
        let end = first.saturating_add(count).saturating_add(overscan).min(self.rows);
        (begin, end.saturating_sub(begin))
    }
    /// Where the row `index` stands in the content.
    pub fn offset(&self, index: u32) -> f64 {
        let natural = f64::from(index) * self.row;
        if self.is_squeezed() { natural - self.top() + self.scroll } else { natural }
    }
    /// Where to scroll so that the row `index` is wholly in sight with the least movement; `None` if it is already.
    pub fn scroll_to(&self, index: u32) -> Option<f64> {
        let (begin, end) = (f64::from(index) * self.row, f64::from(index + 1) * self.row);
        let top = self.top();
        let wanted = if begin < top {
            begin
        } else if end > top + self.frame {
            end - self.frame
        } else {
            return None;
        };
        let way = self.content() - self.frame;
        let natural_way = self.natural() - self.frame;
        if natural_way <= 0.0 || way <= 0.0 {
            return None;
        }
        Some(if self.is_squeezed() { wanted / natural_way * way } else { wanted })
    }
    /// Rows that fit wholly into the frame; the step of Page Up and Page Down.
    pub fn page(&self) -> u32 {
        if self.row <= 0.0 { 1 } else { ((self.frame / self.row).floor() as u32).max(1) }
    }

    fn natural(&self) -> f64 {
        f64::from(self.rows) * self.row
    }
    fn is_squeezed(&self) -> bool {
        self.natural() > HEIGHT_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn viewport(rows: u32, scroll: f64) -> Viewport {
        Viewport { rows, row: 24.0, frame: 480.0, scroll }
    }

    #[test]
    fn rows_in_sight_follow_the_scroll() {
        assert_eq!(viewport(0, 0.0).visible(), (0, 0));
        assert_eq!(viewport(7, 0.0).visible(), (0, 7));
        assert_eq!(viewport(1_000, 0.0).visible(), (0, 20));
        assert_eq!(viewport(1_000, 2_405.0).visible(), (100, 21));
        assert_eq!(viewport(1_000, 1e9).visible(), (980, 20));
        assert_eq!(viewport(1_000, 2_405.0).kept(8), (90, 39));
    }

    #[test]
    fn a_million_rows_fit_below_the_browsers_limit_and_both_ends_are_reached() {
        let at = |scroll| viewport(1_000_000, scroll);
        assert_eq!(at(0.0).content(), HEIGHT_MAX);
        assert_eq!(at(0.0).visible().0, 0);
        let (first, count) = at(HEIGHT_MAX - 480.0).visible();
        assert_eq!(first + count, 1_000_000);
        // The row in sight stands inside the frame although the list is squeezed.
        let middle = at(7_000_000.0);
        let offset = middle.offset(middle.visible().0);
        assert!((middle.scroll - 24.0..=middle.scroll).contains(&offset), "{offset}");
    }

    #[test]
    fn any_row_can_be_brought_into_sight() {
        for rows in [30, 1_000, 1_000_000] {
            for index in [0, 1, rows / 3, rows - 1] {
                let mut viewport = viewport(rows, 100.0);
                if let Some(scroll) = viewport.scroll_to(index) {
                    viewport.scroll = scroll;
                }
                let (first, count) = viewport.visible();
                assert!((first..first + count).contains(&index), "{index} of {rows}: {first}, {count}");
            }
        }
    }
}
