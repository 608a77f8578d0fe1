//! Which values contain a text, remembered: typing on, or asking for another window, looks at new values only.

use std::{collections::VecDeque, rc::Rc};

use super::bits::Bits;
use crate::{
    filter::{Operator, Test, Value},
    instant::InstantText,
    limits::NEEDLES_KEPT,
    store::{FIRST, FIRST_INSTANT, Instants, Rows, Table},
};

/// What was found in the columns of one table, the latest text first.
#[derive(Debug, Default)]
pub(super) struct Finds(VecDeque<Needle>);

#[derive(Debug)]
struct Needle {
    folded: String,
    /// By column: the values that contain the text, by code, or for a column of instants the rows.
    hits: Vec<Option<Rc<Bits>>>,
}

impl Finds {
    /// The values of a column that contain a text, by code; for a column of instants the rows whose instant does.
    pub(super) fn hits(&mut self, table: &Table, column: usize, text: &str) -> Rc<Bits> {
        let (column_at, column) = (column, &table.columns()[column]);
        let test = Test::new(&table.definition().columns[column_at], Operator::Contains, &Value::Text(text.to_owned()));
        let folded = test.needle().unwrap_or_default();
        let wanted = match column.rows() {
            Rows::Codes(_) => column.value_codes(),
            Rows::Instants(instants) => instants.len(),
        };
        let needle = self.needle(folded, table.columns().len());
        let known = needle.hits[column_at].take();
        let mut hits = match known {
            Some(known) if known.len() == wanted => {
                needle.hits[column_at] = Some(known.clone());
                return known;
            }
            known => known.map_or_else(Bits::default, Rc::unwrap_or_clone),
        };
        // What contains this text contains each part of it, so that the values with a part of it are candidates.
        let is_wider = |other: &&Needle| other.folded != folded && folded.contains(&other.folded);
        let wider = self
            .0
            .iter()
            .filter(is_wider)
            .filter_map(|other| other.hits[column_at].clone())
            .max_by_key(|hits| hits.len());
        let start = hits.len();
        hits.grow(wanted);
        let known = wider.as_ref().map_or(0, |wider| wider.len()).clamp(start, wanted);
        let candidates =
            wider.iter().flat_map(|wider| wider.iter()).skip_while(|at| *at < start).take_while(|at| *at < known);
        match column.rows() {
            Rows::Codes(_) => {
                candidates.filter(|code| test.is_match(&column.value(*code as u32))).for_each(|code| hits.set(code));
                // A GUID has no other characters than these.
                let has_guids = test.may_match_text_of(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-'));
                column.each_value(known.max(FIRST as usize) as u32, has_guids, |code, value| {
                    if test.is_match(&value) {
                        hits.set(code as usize);
                    }
                });
            }
            Rows::Instants(instants) => find_instants(instants, &test, candidates.chain(known..wanted), &mut hits),
        }
        let hits = Rc::new(hits);
        self.needle(folded, table.columns().len()).hits[column_at] = Some(hits.clone());
        hits
    }

    /// What is known about a text, in the first place.
    fn needle(&mut self, folded: &str, columns: usize) -> &mut Needle {
        let known = self.0.iter().position(|needle| needle.folded == folded).and_then(|at| self.0.remove(at));
        self.0.truncate(NEEDLES_KEPT - 1);
        self.0.push_front(known.unwrap_or_else(|| Needle { folded: folded.to_owned(), hits: vec![None; columns] }));
        &mut self.0[0]
    }
}

/// Of these rows, those whose time contains a text.
fn find_instants(instants: &Instants, test: &Test, rows: impl Iterator<Item = usize>, hits: &mut Bits) {
    // The text of an instant has no other characters than these.
    let may_be_instant = test.may_match_text_of(|byte| matches!(byte, b'0'..=b'9' | b'-' | b':' | b'.' | b't' | b'z'));
    if !may_be_instant && instants.odd().is_empty() {
        return;
    }
    let mut text = InstantText::default();
    for row in rows {
        let instant = instants.get(row);
        let is_match = if instant >= FIRST_INSTANT {
            may_be_instant && test.is_text_match(text.of(instant))
        } else {
            test.is_match(&instants.value(instant))
        };
        if is_match {
            hits.set(row);
        }
    }
}
