//! Which values contain a text, remembered: typing on, or asking for another window, looks at new values only.

use std::{collections::VecDeque, fmt, rc::Rc};

use memchr::memmem::Finder;

use super::bits::Bits;
use crate::{
    filter::{Operator, Test, Value},
    instant::InstantText,
    limits::NEEDLES_KEPT,
    reports::Kind,
    store::{FIRST, Rows, Table, Value as Cell},
};

/// What was found in the columns of one table, the latest text first.
#[derive(Debug, Default)]
pub(super) struct Finds(VecDeque<Needle>);

struct Needle {
    folded: String,
    /// By column: the values that contain the text, by code, or for a column of instants the rows.
    hits: Vec<Option<Rc<Bits>>>,
}

// What a person looks for is as personal as what is found.
impl fmt::Debug for Needle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Needle({} bytes)", self.folded.len())
    }
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
        let mut search = Search::new(&test, folded, &mut hits);
        match column.rows() {
            Rows::Codes(_) => {
                let is_time = column.kind() == Kind::DateTime;
                candidates.for_each(|code| search.value(code, &column.value(code as u32), is_time));
                column.each_value(known.max(FIRST as usize) as u32, test.may_match_guid(), |code, value| {
                    search.value(code as usize, &value, is_time);
                });
            }
            Rows::Instants(instants) if search.may_be_instant || !instants.odd().is_empty() => candidates
                .chain(known..wanted)
                .for_each(|row| search.value(row, &instants.value(instants.get(row)), true)),
            Rows::Instants(_) => {}
        }
        search.finish();
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

/// A search through many values, whose texts are joined so that they are searched in one go.
struct Search<'s> {
    test: &'s Test,
    needle: &'s [u8],
    finder: Finder<'s>,
    may_be_instant: bool,
    instant: InstantText,
    /// Folded texts, one after the other.
    joined: Vec<u8>,
    /// Where each of them begins, and whose it is.
    starts: Vec<(usize, usize)>,
    hits: &'s mut Bits,
}

/// Texts are joined until they are about as long as this, which the fastest memory holds.
const JOINED_BYTES: usize = 16 << 10;

impl<'s> Search<'s> {
    fn new(test: &'s Test, folded: &'s str, hits: &'s mut Bits) -> Self {
        Self {
            test,
            needle: folded.as_bytes(),
            finder: Finder::new(folded),
            may_be_instant: may_be_instant(folded),
            instant: InstantText::default(),
            joined: Vec::with_capacity(JOINED_BYTES * 2),
            starts: Vec::new(),
            hits,
        }
    }
    /// Looks at a value; `at` is what to remember it by.
    fn value(&mut self, at: usize, value: &Cell<'_>, is_time: bool) {
        match value {
            Cell::Text(text) | Cell::Odd(text) if text.is_ascii() && !self.needle.is_empty() => {
                self.starts.push((self.joined.len(), at));
                self.joined.extend_from_slice(text.as_bytes());
            }
            Cell::Integer(_) if is_time && !self.may_be_instant => {}
            Cell::Integer(instant) if is_time && !self.needle.is_empty() => {
                self.starts.push((self.joined.len(), at));
                self.joined.extend_from_slice(self.instant.of(*instant).as_bytes());
            }
            value if self.test.is_match(value) => self.hits.set(at),
            _ => {}
        }
        if self.joined.len() > JOINED_BYTES {
            self.finish();
        }
    }
    /// Searches what was joined.
    fn finish(&mut self) {
        // An empty text was not looked for in this way.
        if self.starts.is_empty() {
            return;
        }
        self.joined.make_ascii_lowercase();
        let (mut from, mut text) = (0, 0);
        while let Some(found) = self.finder.find(&self.joined[from..]) {
            let place = from + found;
            // The last text that begins here or before; empty ones begin where the next one does.
            while self.starts.get(text + 1).is_some_and(|(start, _)| *start <= place) {
                text += 1;
            }
            let end = self.starts.get(text + 1).map_or(self.joined.len(), |(start, _)| *start);
            if place + self.needle.len() <= end {
                self.hits.set(self.starts[text].1);
                from = end;
            } else {
                from = place + 1;
            }
        }
        self.joined.clear();
        self.starts.clear();
    }
}

/// Whether the text of an instant may contain this: its characters, and no more than four digits in a row.
fn may_be_instant(folded: &str) -> bool {
    let is_possible = |byte: u8| matches!(byte, b'0'..=b'9' | b'-' | b':' | b'.' | b't' | b'z');
    folded.bytes().all(is_possible) && folded.split(|char: char| !char.is_ascii_digit()).all(|digits| digits.len() <= 4)
}
