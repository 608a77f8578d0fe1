//! The values of one column as codes, also where the store keeps them without: what counting and grouping work with.

use std::{
    cmp::Ordering,
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    rc::Rc,
};

use super::{rank::Ranks, results::Selection};
use crate::{
    filter::compare_texts,
    protocol::Cell,
    store::{ABSENT, Chunk, Codes, Column, FIRST, Instants, NULL, Rows, Table, Value},
};

/// The values of a column that some rows have, as codes: of rows, and of the values that they hold.
pub(super) struct Values<'t> {
    at: usize,
    column: &'t Column,
    body: Body<'t>,
    /// The place of each value, where it is known.
    ranks: Option<Rc<[u32]>>,
}

/// Comparing more values than these costs more than putting all of them in order, which is remembered.
const COMPARED_MAX: usize = 4_096;

enum Body<'t> {
    Codes(&'t Codes),
    /// Codes made for the occasion, up to the last row that was meant.
    Instants {
        instants: &'t Instants,
        codes: Vec<u32>,
        values: Vec<i64>,
    },
}

impl<'t> Values<'t> {
    /// The values that the selected rows have in the column at this position.
    pub(super) fn new(table: &'t Table, at: usize, selection: &Selection) -> Self {
        let column = &table.columns()[at];
        let body = match column.rows() {
            Rows::Codes(codes) => Body::Codes(codes),
            Rows::Instants(instants) => {
                let mut codes = vec![ABSENT; instants.len()];
                let mut values = Vec::new();
                let mut by_instant: HashMap<i64, u32, BuildHasherDefault<Mixed>> = HashMap::default();
                selection.for_each(|row| {
                    let Some(code) = codes.get_mut(row as usize) else { return };
                    let instant = instants.get(row as usize);
                    *code = match instants.value(instant) {
                        Value::Absent => ABSENT,
                        Value::Null => NULL,
                        _ => *by_instant.entry(instant).or_insert_with(|| {
                            values.push(instant);
                            FIRST + values.len() as u32 - 1
                        }),
                    };
                });
                Body::Instants { instants, codes, values }
            }
        };
        Self { at, column, body, ranks: None }
    }
    /// Prepares for so many values to be compared.
    pub(super) fn prepare_order(&mut self, count: usize, ranks: &mut Ranks) {
        if count > COMPARED_MAX && matches!(self.body, Body::Codes(_)) {
            self.ranks = Some(ranks.of(self.at, self.column));
        }
    }
    /// Codes of rows are below this.
    pub(super) fn cells(&self) -> usize {
        match &self.body {
            Body::Codes(_) => self.column.cells(),
            Body::Instants { values, .. } => FIRST as usize + values.len(),
        }
    }
    /// Codes of values are below this.
    pub(super) fn value_codes(&self) -> usize {
        match &self.body {
            Body::Codes(_) => self.column.value_codes(),
            Body::Instants { values, .. } => FIRST as usize + values.len(),
        }
    }
    /// True when a row can have several values, so that its code is another than theirs.
    pub(super) fn is_multi(&self) -> bool {
        self.column.is_multi()
    }
    /// The codes of all rows, in pieces.
    pub(super) fn chunks(&self) -> Vec<Chunk<'_>> {
        match &self.body {
            Body::Codes(codes) => codes.chunks().collect(),
            Body::Instants { codes, .. } => codes.chunks(crate::store::CHUNK_ROWS).map(Chunk::Wide).collect(),
        }
    }
    /// The different values of a row with this code, without null.
    pub(super) fn members(&self, code: u32) -> Vec<u32> {
        let mut members = Vec::new();
        self.each_member(code, |member| members.push(member));
        members.sort_unstable();
        members.dedup();
        members
    }
    /// Every value of a row with this code, without null; the same one as often as the row has it.
    pub(super) fn each_member(&self, code: u32, visit: impl FnMut(u32)) {
        match &self.body {
            Body::Codes(_) => self.column.members(code).filter(|code| *code >= FIRST).for_each(visit),
            Body::Instants { .. } => (code >= FIRST).then_some(code).into_iter().for_each(visit),
        }
    }
    /// The value with this code.
    pub(super) fn value(&self, code: u32) -> Value<'_> {
        match &self.body {
            _ if code < FIRST => Value::Absent,
            Body::Codes(_) => self.column.value(code),
            Body::Instants { instants, values, .. } => instants.value(values[(code - FIRST) as usize]),
        }
    }
    /// The value with this code, as it crosses to the interface.
    pub(super) fn cell(&self, code: u32) -> Cell {
        self.value(code).into_cell(self.column.kind())
    }
    /// The order of two values, by their codes. What is absent comes last.
    pub(super) fn compare(&self, left: u32, right: u32) -> Ordering {
        match &self.ranks {
            Some(ranks) => ranks[left as usize].cmp(&ranks[right as usize]),
            None => compare(&self.value(left), &self.value(right)),
        }
    }
}

/// The order of a column's values: numbers, then texts without regard to case first. What is absent or null comes last.
pub(super) fn compare(left: &Value<'_>, right: &Value<'_>) -> Ordering {
    match (left, right) {
        (Value::Text(left) | Value::Odd(left), Value::Text(right) | Value::Odd(right)) => compare_texts(left, right),
        (Value::Integer(left), Value::Integer(right)) => left.cmp(right),
        (Value::Number(left), Value::Number(right)) => left.total_cmp(right),
        (Value::Flag(left), Value::Flag(right)) => left.cmp(right),
        _ => place(left).cmp(&place(right)),
    }
}

fn place(value: &Value<'_>) -> u8 {
    match value {
        Value::Integer(_) | Value::Number(_) | Value::Flag(_) => 0,
        Value::Text(_) | Value::Odd(_) => 1,
        Value::Absent | Value::Null => 2,
    }
}

/// Mixes the bits of numbers that nobody outside chooses to collide. Quick, where the standard one is safe.
#[derive(Debug, Default)]
pub(super) struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 29
    }
    fn write(&mut self, bytes: &[u8]) {
        for eight in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..eight.len()].copy_from_slice(eight);
            self.write_u64(u64::from_le_bytes(word));
        }
    }
    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(23) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    fn write_i64(&mut self, number: i64) {
        self.write_u64(number as u64);
    }
}

/// The codes of rows, by row.
pub(super) struct Reader<'c>(Vec<Chunk<'c>>);

impl<'c> Reader<'c> {
    /// Reads these codes.
    pub(super) fn new(chunks: Vec<Chunk<'c>>) -> Self {
        Self(chunks)
    }
    /// A row's code; past the end it is absent.
    pub(super) fn get(&self, row: u32) -> u32 {
        let (chunk, at) = (row as usize / crate::store::CHUNK_ROWS, row as usize % crate::store::CHUNK_ROWS);
        match self.0.get(chunk) {
            Some(chunk) if at < chunk.rows() => chunk.get(at),
            _ => ABSENT,
        }
    }
}
