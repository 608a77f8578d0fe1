//! One column of a table. A row that was never given a value is absent, so a property that no record has costs nothing.

use super::{Dictionary, codes::Codes};
use crate::{protocol::Cell, reports::Kind};

/// One value of a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// The property is absent.
    Absent,
    /// The property is `null`.
    Null,
    /// Text, by its code in the column's dictionary.
    Text(u32),
    /// A whole number, or an instant in milliseconds.
    Integer(i64),
    /// A decimal number.
    Number(f64),
    /// True or false.
    Flag(bool),
    /// Text that a typed column could not read, by its code in the column's dictionary.
    Odd(u32),
}

/// What a row of a multi-valued column holds.
#[derive(Clone, Debug, PartialEq)]
pub enum List {
    /// The property is absent.
    Absent,
    /// The property is `null`.
    Null,
    /// Values at these positions; see [`Column::at`].
    Values(std::ops::Range<usize>),
}

/// A column's values, one or several per row.
#[derive(Clone, Debug)]
pub struct Column {
    cells: Cells,
    dictionary: Dictionary,
    /// For a multi-valued column: where each row's values end, with the row's [`State`] in the two highest bits.
    ends: Option<Vec<u32>>,
}

#[derive(Clone, Debug)]
enum Cells {
    /// 0 absent, 1 null, then dictionary codes.
    Texts(Codes),
    /// 0 absent, 1 null, 2 false, 3 true, then dictionary codes of odd values.
    Flags(Codes),
    /// See [`long`].
    Longs(Vec<i64>),
    /// Bits of an `f64`; see [`real_bits`].
    Reals(Vec<u64>),
}

const STATE_BITS: u32 = 3 << 30;
const STATE_ABSENT: u32 = 1 << 30;
const STATE_NULL: u32 = 2 << 30;

impl Column {
    /// An empty column.
    pub fn new(kind: Kind, is_multi: bool) -> Self {
        let cells = match kind {
            Kind::Keyword | Kind::Outcome | Kind::Bag => Cells::Texts(Codes::new()),
            Kind::Flag => Cells::Flags(Codes::new()),
            Kind::Integer | Kind::DateTime => Cells::Longs(Vec::new()),
            Kind::Number => Cells::Reals(Vec::new()),
        };
        Self { cells, dictionary: Dictionary::default(), ends: is_multi.then(Vec::new) }
    }
    /// True when a row can have several values.
    pub fn is_multi(&self) -> bool {
        self.ends.is_some()
    }
    /// The column's texts.
    pub fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }
    /// The code of a text for [`Value::Text`] or [`Value::Odd`].
    pub fn intern(&mut self, text: &str) -> u32 {
        self.dictionary.intern(text)
    }
    /// Gives a row of a single-valued column its value. Rows are given values in ascending order.
    pub fn push(&mut self, row: u32, value: Value) {
        self.cells.pad(row as usize);
        self.cells.push(value);
    }
    /// Gives a row of a multi-valued column its values; `None` for a collection that is `null`.
    pub fn push_list(&mut self, row: u32, values: Option<&[Value]>) {
        let ends = self.ends.as_mut().expect("the caller knows that the column is multi-valued");
        let end = self.cells.len() as u32;
        if ends.len() < row as usize {
            ends.resize(row as usize, end | STATE_ABSENT);
        }
        for value in values.unwrap_or_default() {
            self.cells.push(*value);
        }
        let state = if values.is_none() { STATE_NULL } else { 0 };
        assert!(self.cells.len() < STATE_ABSENT as usize, "a dataset ends at MEMORY_BYTES_MAX, far below this");
        ends.push(self.cells.len() as u32 | state);
    }
    /// A row's value in a single-valued column.
    pub fn value(&self, row: u32) -> Value {
        self.at(row as usize)
    }
    /// A row's values in a multi-valued column.
    pub fn list(&self, row: u32) -> List {
        let row = row as usize;
        let ends = self.ends.as_deref().unwrap_or_default();
        match ends.get(row) {
            Some(end) if end & STATE_BITS == 0 => {
                let start = if row == 0 { 0 } else { ends[row - 1] & !STATE_BITS };
                List::Values(start as usize..*end as usize)
            }
            Some(end) if end & STATE_BITS == STATE_NULL => List::Null,
            _ => List::Absent,
        }
    }
    /// A row's values, whether the column holds one or several per row; no value when the row is absent.
    pub fn values(&self, row: u32) -> impl Iterator<Item = Value> {
        let range = if self.is_multi() {
            match self.list(row) {
                List::Values(range) => range,
                List::Absent | List::Null => 0..0,
            }
        } else {
            row as usize..row as usize + 1
        };
        range.map(|at| self.at(at)).filter(|value| *value != Value::Absent)
    }
    /// The value at a position of [`List::Values`]; for a single-valued column the position is the row.
    pub fn at(&self, at: usize) -> Value {
        if at < self.cells.len() { self.cells.get(at) } else { Value::Absent }
    }
    /// A value of this column as it crosses to the interface.
    pub fn cell(&self, value: Value, kind: Kind) -> Cell {
        match value {
            Value::Absent => Cell::Absent,
            Value::Null => Cell::Null,
            Value::Text(code) | Value::Odd(code) => Cell::Text(self.dictionary.text(code).to_owned()),
            Value::Integer(instant) if kind == Kind::DateTime => Cell::Instant(instant),
            Value::Integer(number) => Cell::Integer(number),
            Value::Number(number) => Cell::Number(number),
            Value::Flag(flag) => Cell::Flag(flag),
        }
    }
    /// True when no row was given a value.
    pub fn is_empty(&self) -> bool {
        self.cells.len() == 0 && self.ends.as_ref().is_none_or(Vec::is_empty)
    }
    /// Bytes of memory held.
    pub fn memory_bytes(&self) -> usize {
        self.dictionary.memory_bytes()
            + self.cells.memory_bytes()
            + self.ends.as_ref().map_or(0, |ends| ends.capacity() * size_of::<u32>())
    }
}

impl Cells {
    fn len(&self) -> usize {
        match self {
            Self::Texts(codes) | Self::Flags(codes) => codes.len(),
            Self::Longs(longs) => longs.len(),
            Self::Reals(bits) => bits.len(),
        }
    }
    fn pad(&mut self, len: usize) {
        match self {
            Self::Texts(codes) | Self::Flags(codes) => codes.pad(len),
            Self::Longs(longs) if longs.len() < len => longs.resize(len, long(Value::Absent)),
            Self::Reals(bits) if bits.len() < len => bits.resize(len, real_bits(Value::Absent)),
            Self::Longs(_) | Self::Reals(_) => {}
        }
    }
    fn push(&mut self, value: Value) {
        match self {
            Self::Texts(codes) => codes.push(match value {
                Value::Absent => 0,
                Value::Null => 1,
                Value::Text(code) | Value::Odd(code) => code + 2,
                other => unreachable!("ingest reads {other:?} as text for a column of texts"),
            }),
            Self::Flags(codes) => codes.push(match value {
                Value::Absent => 0,
                Value::Null => 1,
                Value::Flag(flag) => 2 + u32::from(flag),
                Value::Odd(code) => code + 4,
                other => unreachable!("ingest reads {other:?} as odd text for a column of flags"),
            }),
            Self::Longs(longs) => longs.push(long(value)),
            Self::Reals(bits) => bits.push(real_bits(value)),
        }
    }
    fn get(&self, at: usize) -> Value {
        match self {
            Self::Texts(codes) => match codes.get(at) {
                0 => Value::Absent,
                1 => Value::Null,
                code => Value::Text(code - 2),
            },
            Self::Flags(codes) => match codes.get(at) {
                0 => Value::Absent,
                1 => Value::Null,
                code @ 2..=3 => Value::Flag(code == 3),
                code => Value::Odd(code - 4),
            },
            Self::Longs(longs) => value_of_long(longs[at]),
            Self::Reals(bits) => value_of_real(bits[at]),
        }
    }
    fn memory_bytes(&self) -> usize {
        match self {
            Self::Texts(codes) | Self::Flags(codes) => codes.memory_bytes(),
            Self::Longs(longs) => longs.capacity() * size_of::<i64>(),
            Self::Reals(bits) => bits.capacity() * size_of::<u64>(),
        }
    }
}

/// The lowest numbers stand for absent, null and the codes of odd values.
const LONG_MIN: i64 = i64::MIN + 2 + (1 << 32);

/// True when a whole number can be told from the marks for absent, null and odd values.
pub(crate) fn is_storable(number: i64) -> bool {
    number >= LONG_MIN
}

fn long(value: Value) -> i64 {
    match value {
        Value::Absent => i64::MIN,
        Value::Null => i64::MIN + 1,
        Value::Odd(code) | Value::Text(code) => i64::MIN + 2 + i64::from(code),
        Value::Integer(number) => number.max(LONG_MIN),
        other => unreachable!("ingest reads {other:?} as odd text for a column of whole numbers"),
    }
}

fn value_of_long(long: i64) -> Value {
    match long {
        i64::MIN => Value::Absent,
        long if long == i64::MIN + 1 => Value::Null,
        long if long < LONG_MIN => Value::Odd((long - i64::MIN - 2) as u32),
        long => Value::Integer(long),
    }
}

/// Negative not-a-numbers stand for absent, null and the codes of odd values; JSON has no such numbers.
const REAL_MARK: u64 = 0xfff8_0000_0000_0000;

fn real_bits(value: Value) -> u64 {
    match value {
        Value::Absent => REAL_MARK,
        Value::Null => REAL_MARK + 1,
        Value::Odd(code) | Value::Text(code) => REAL_MARK + 2 + u64::from(code),
        Value::Number(number) => number.to_bits(),
        other => unreachable!("ingest reads {other:?} as odd text for a column of decimal numbers"),
    }
}

fn value_of_real(bits: u64) -> Value {
    match bits.checked_sub(REAL_MARK) {
        Some(0) => Value::Absent,
        Some(1) => Value::Null,
        Some(code) => Value::Odd((code - 2) as u32),
        None => Value::Number(f64::from_bits(bits)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_gives_back_what_it_was_given() {
        let check = |kind: Kind, values: &[Value]| {
            let mut column = Column::new(kind, false);
            for (at, value) in values.iter().enumerate() {
                column.push(at as u32 * 2, *value);
            }
            for (at, value) in values.iter().enumerate() {
                assert_eq!(column.value(at as u32 * 2), *value);
                assert_eq!(column.value(at as u32 * 2 + 1), Value::Absent);
            }
        };
        check(Kind::Keyword, &[Value::Null, Value::Text(0), Value::Absent, Value::Text(70_000)]);
        check(Kind::Flag, &[Value::Flag(true), Value::Flag(false), Value::Null, Value::Odd(3)]);
        check(Kind::Integer, &[Value::Integer(-1), Value::Integer(i64::MAX), Value::Null, Value::Odd(u32::MAX)]);
        check(Kind::Number, &[Value::Number(-0.5), Value::Number(f64::MAX), Value::Null, Value::Odd(u32::MAX)]);
    }

    #[test]
    fn lists_tell_absent_null_and_empty_apart() {
        let mut column = Column::new(Kind::Integer, true);
        column.push_list(1, Some(&[Value::Integer(1), Value::Null]));
        column.push_list(2, None);
        column.push_list(4, Some(&[]));
        column.push_list(5, Some(&[Value::Integer(2)]));
        let lists: Vec<List> = (0..7).map(|row| column.list(row)).collect();
        assert_eq!(
            lists,
            [
                List::Absent,
                List::Values(0..2),
                List::Null,
                List::Absent,
                List::Values(2..2),
                List::Values(2..3),
                List::Absent
            ]
        );
        assert_eq!(column.values(1).collect::<Vec<_>>(), [Value::Integer(1), Value::Null]);
    }
}
