//! One instant per row, as it is: hardly two rows have the same.

use super::{Chunked, texts::Texts, values::Value};
use crate::segment::{Damaged, SegmentReader, SegmentWriter};

/// Instants in milliseconds since 1970, with marks for rows that have none.
#[derive(Clone, Debug, Default)]
pub struct Instants {
    rows: Chunked<i64>,
    odd: Texts,
}

/// The lowest numbers stand for absent, null and the numbers of odd texts.
pub const ABSENT_INSTANT: i64 = i64::MIN;
/// See [`ABSENT_INSTANT`].
pub const NULL_INSTANT: i64 = i64::MIN + 1;
/// Instants from here on are instants; see [`ABSENT_INSTANT`].
pub const FIRST_INSTANT: i64 = i64::MIN + 2 + (1 << 32);

impl Instants {
    /// How many rows have something.
    pub fn len(&self) -> usize {
        self.rows.len()
    }
    /// True when no row has anything.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
    /// What a row has: an instant, or a mark below [`FIRST_INSTANT`].
    pub fn get(&self, row: usize) -> i64 {
        if row < self.rows.len() { self.rows.get(row) } else { ABSENT_INSTANT }
    }
    /// What the rows have, piece by piece of [`super::CHUNK_ROWS`] rows.
    pub fn chunks(&self) -> impl Iterator<Item = &[i64]> {
        self.rows.chunks()
    }
    /// What an instant or a mark means.
    pub fn value(&self, instant: i64) -> Value<'_> {
        match instant {
            ABSENT_INSTANT => Value::Absent,
            NULL_INSTANT => Value::Null,
            FIRST_INSTANT.. => Value::Integer(instant),
            odd => Value::Odd(self.odd.text((odd - NULL_INSTANT - 1) as u32)),
        }
    }
    /// Texts that are no instants, by number; a row with one has its mark: see [`Instants::odd_mark`].
    pub fn odd(&self) -> &Texts {
        &self.odd
    }
    /// The mark of an odd text.
    pub fn odd_mark(number: u32) -> i64 {
        NULL_INSTANT + 1 + i64::from(number)
    }
    /// The instant or mark for a value.
    pub(super) fn intern(&mut self, value: &Value<'_>) -> i64 {
        match value {
            Value::Absent => ABSENT_INSTANT,
            Value::Null => NULL_INSTANT,
            // No calendar has instants that low.
            Value::Integer(instant) => (*instant).max(FIRST_INSTANT),
            Value::Text(text) | Value::Odd(text) => Self::odd_mark(self.odd.intern(text)),
            other => unreachable!("ingest reads nothing as {other:?} for a time"),
        }
    }
    /// Gives a row what it has. Rows come in ascending order.
    pub(super) fn push(&mut self, row: u32, instant: i64) {
        self.rows.pad(row as usize, ABSENT_INSTANT);
        self.rows.push(instant);
    }
    /// Into a segment.
    pub(super) fn write(&self, out: &mut SegmentWriter) {
        self.rows.write(out);
        self.odd.write(out);
    }
    /// Out of a segment. Before instants are added, [`Instants::place`] must be called.
    pub(super) fn read(from: &mut SegmentReader<'_>) -> Result<Self, Damaged> {
        Ok(Self { rows: Chunked::read(from)?, odd: Texts::read(from)? })
    }
    /// Gives every odd text its place again.
    pub(super) fn place(&mut self) {
        self.odd.place();
    }
    pub(super) fn memory_bytes(&self) -> usize {
        self.rows.memory_bytes() + self.odd.memory_bytes()
    }
}
