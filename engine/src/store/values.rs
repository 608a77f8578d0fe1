//! Each value of a column once, numbered in the order of arrival.

use std::borrow::Cow;

use super::{Chunked, slots::Slots, texts::Texts};
use crate::{
    bytes::hash_words,
    protocol::Cell,
    reports::Kind,
    segment::{Damaged, SegmentReader, SegmentWriter},
};

/// One value of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'v> {
    /// The property is absent.
    Absent,
    /// The property is `null`.
    Null,
    /// Text.
    Text(Cow<'v, str>),
    /// A whole number, or an instant in milliseconds since 1970.
    Integer(i64),
    /// A decimal number.
    Number(f64),
    /// True or false.
    Flag(bool),
    /// Text that a typed column could not read.
    Odd(Cow<'v, str>),
}

impl Value<'_> {
    /// The value as it crosses to the interface, from a column of this kind.
    pub fn into_cell(self, kind: Kind) -> Cell {
        match self {
            Self::Absent => Cell::Absent,
            Self::Null => Cell::Null,
            Self::Text(text) | Self::Odd(text) => Cell::Text(text.into_owned()),
            Self::Integer(instant) if kind == Kind::DateTime => Cell::Instant(instant),
            Self::Integer(number) => Cell::Integer(number),
            Self::Number(number) => Cell::Number(number),
            Self::Flag(flag) => Cell::Flag(flag),
        }
    }
}

/// A growing set of values. Numbers are dense and never change.
#[derive(Clone, Debug)]
pub(super) enum Values {
    Texts(Texts),
    Numbers(Numbers),
}

/// Whole numbers, decimal numbers or flags, and texts among them.
#[derive(Clone, Debug)]
pub(super) struct Numbers {
    kind: Kind,
    /// The bits of each number; nothing for an odd text.
    bits: Chunked<i64>,
    slots: Slots,
    odd: Texts,
    /// The number of each odd text, ascending.
    odd_numbers: Vec<u32>,
}

impl Values {
    pub(super) fn new(kind: Kind) -> Self {
        match kind {
            Kind::Keyword | Kind::Outcome | Kind::Bag => Self::Texts(Texts::default()),
            Kind::Integer | Kind::DateTime | Kind::Number | Kind::Flag => Self::Numbers(Numbers {
                kind,
                bits: Chunked::default(),
                slots: Slots::default(),
                odd: Texts::default(),
                odd_numbers: Vec::new(),
            }),
        }
    }
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Texts(texts) => texts.len(),
            Self::Numbers(numbers) => numbers.bits.len(),
        }
    }
    pub(super) fn value(&self, number: u32) -> Value<'_> {
        match self {
            Self::Texts(texts) => Value::Text(texts.text(number)),
            Self::Numbers(numbers) => numbers.value(number),
        }
    }
    /// The number of a value; adds it when it is new. Text that is odd here is a value like any other.
    pub(super) fn intern(&mut self, value: &Value<'_>) -> u32 {
        match (self, value) {
            (Self::Texts(texts), Value::Text(text) | Value::Odd(text)) => texts.intern(text),
            (Self::Numbers(numbers), Value::Text(text) | Value::Odd(text)) => numbers.intern_odd(text),
            (Self::Numbers(numbers), Value::Integer(integer)) => numbers.intern(*integer),
            (Self::Numbers(numbers), Value::Number(number)) => numbers.intern(bits_of(*number)),
            (Self::Numbers(numbers), Value::Flag(flag)) => numbers.intern(i64::from(*flag)),
            (_, other) => unreachable!("ingest reads nothing as {other:?} for this column"),
        }
    }
    /// The number of a value that is here.
    pub(super) fn find(&self, value: &Value<'_>) -> Option<u32> {
        match (self, value) {
            (Self::Texts(texts), Value::Text(text) | Value::Odd(text)) => texts.find(text),
            (Self::Numbers(numbers), Value::Text(text) | Value::Odd(text)) => {
                numbers.odd.find(text).map(|odd| numbers.odd_numbers[odd as usize])
            }
            (Self::Numbers(numbers), Value::Integer(integer)) => numbers.find(*integer),
            (Self::Numbers(numbers), Value::Number(number)) => numbers.find(bits_of(*number)),
            (Self::Numbers(numbers), Value::Flag(flag)) => numbers.find(i64::from(*flag)),
            _ => None,
        }
    }
    /// Every value from this number on; see [`Texts::each`].
    pub(super) fn each(&self, from: u32, has_guids: bool, mut visit: impl FnMut(u32, Value<'_>)) {
        match self {
            Self::Texts(texts) => {
                texts.each(from, has_guids, |number, text| visit(number, Value::Text(Cow::Borrowed(text))));
            }
            Self::Numbers(numbers) => {
                (from..numbers.bits.len() as u32).for_each(|number| visit(number, numbers.value(number)));
            }
        }
    }
    pub(super) fn memory_bytes(&self) -> usize {
        match self {
            Self::Texts(texts) => texts.memory_bytes(),
            Self::Numbers(numbers) => {
                numbers.bits.memory_bytes()
                    + numbers.slots.memory_bytes()
                    + numbers.odd.memory_bytes()
                    + numbers.odd_numbers.capacity() * size_of::<u32>()
            }
        }
    }
}

impl Values {
    /// Into a segment, without the places.
    pub(super) fn write(&self, out: &mut SegmentWriter) {
        match self {
            Self::Texts(texts) => texts.write(out),
            Self::Numbers(Numbers { bits, odd, odd_numbers, .. }) => {
                bits.write(out);
                odd.write(out);
                out.list(odd_numbers);
            }
        }
    }
    /// Out of a segment. Before values are added, [`Values::place`] must be called.
    pub(super) fn read(kind: Kind, from: &mut SegmentReader<'_>) -> Result<Self, Damaged> {
        Ok(match Self::new(kind) {
            Self::Texts(_) => Self::Texts(Texts::read(from)?),
            Self::Numbers(Numbers { kind, .. }) => {
                let (bits, odd, odd_numbers) = (Chunked::read(from)?, Texts::read(from)?, from.list()?);
                Self::Numbers(Numbers { kind, slots: Slots::unplaced(bits.len()), bits, odd, odd_numbers })
            }
        })
    }
    /// Gives every value its place again.
    pub(super) fn place(&mut self) {
        match self {
            Self::Texts(texts) => texts.place(),
            Self::Numbers(Numbers { bits, slots, odd, .. }) => {
                odd.place();
                slots.place(|number| hash_of(bits.get(number as usize)));
            }
        }
    }
}

impl Numbers {
    fn value(&self, number: u32) -> Value<'_> {
        if let Ok(odd) = self.odd_numbers.binary_search(&number) {
            return Value::Odd(self.odd.text(odd as u32));
        }
        let bits = self.bits.get(number as usize);
        match self.kind {
            Kind::Number => Value::Number(f64::from_bits(bits as u64)),
            Kind::Flag => Value::Flag(bits != 0),
            _ => Value::Integer(bits),
        }
    }
    fn find(&self, bits: i64) -> Option<u32> {
        let is_it =
            |number: u32| self.bits.get(number as usize) == bits && self.odd_numbers.binary_search(&number).is_err();
        self.slots.find(hash_of(bits), is_it)
    }
    fn intern(&mut self, bits: i64) -> u32 {
        self.find(bits).unwrap_or_else(|| self.add(bits))
    }
    fn intern_odd(&mut self, text: &str) -> u32 {
        let odd = self.odd.intern(text) as usize;
        if odd == self.odd_numbers.len() {
            // It is among the slots like a zero, of which `find` then thinks better.
            let number = self.add(0);
            self.odd_numbers.push(number);
        }
        self.odd_numbers[odd]
    }
    fn add(&mut self, bits: i64) -> u32 {
        let all = &mut self.bits;
        all.push(bits);
        let number = u32::try_from(all.len() - 1).expect("a dataset ends at its memory limit, far below 2^32 numbers");
        self.slots.add(hash_of(bits), number, |number| hash_of(all.get(number as usize)));
        number
    }
}

/// Zero has one spelling.
fn bits_of(number: f64) -> i64 {
    (if number == 0.0 { 0.0 } else { number }).to_bits() as i64
}

fn hash_of(bits: i64) -> u64 {
    hash_words(std::iter::once(bits as u64))
}
