//! Walks through one record along the plan and collects each column's values.

use std::borrow::Cow;

use serde_json::{Map, Value as Json};

use super::{
    plan::{Leaf, Plan},
    record::Oddity,
};
use crate::{
    instant::parse_instant,
    json::{Malformed, RawText, Reader, Shape, tree},
    limits::KEYS_COMPARED_MAX,
    protocol::WarningCode,
    reports::Kind,
    store::{Column, Value},
};

/// The values of one record, column by column. Reused from record to record.
#[derive(Debug)]
pub(super) struct Slots {
    slots: Vec<Slot>,
    /// Columns that have something, in the order in which they got it.
    touched: Vec<usize>,
}

#[derive(Debug, Default)]
struct Slot {
    rank: u8,
    is_touched: bool,
    /// True when all that is known is that the property, or one above it, is `null`.
    is_null: bool,
    values: Vec<Value>,
}

impl Slots {
    pub(super) fn new(columns: usize) -> Self {
        Self { slots: (0..columns).map(|_| Slot::default()).collect(), touched: Vec::new() }
    }
    pub(super) fn clear(&mut self) {
        for column in self.touched.drain(..) {
            let slot = &mut self.slots[column];
            slot.is_touched = false;
            slot.is_null = false;
            slot.values.clear();
        }
    }
    /// The first value of a column.
    pub(super) fn first(&self, column: usize) -> Option<Value> {
        self.slots[column].values.first().copied()
    }
    /// Columns that have something, with their values; `None` for `null`.
    pub(super) fn filled(&self) -> impl Iterator<Item = (usize, Option<&[Value]>)> {
        self.touched.iter().map(|column| {
            let slot = &self.slots[*column];
            (*column, (!slot.is_null).then_some(&slot.values[..]))
        })
    }

    /// Gives a derived column its one value.
    pub(super) fn set(&mut self, column: usize, value: Value) {
        self.push(Leaf { column, rank: 0 }, value);
    }

    /// The slot to add a value to, or `None` when a better path gave one already.
    fn open(&mut self, leaf: Leaf) -> Option<&mut Slot> {
        let slot = &mut self.slots[leaf.column];
        if !slot.is_touched {
            self.touched.push(leaf.column);
            slot.is_touched = true;
            slot.rank = leaf.rank;
        } else if slot.is_null && leaf.rank != slot.rank {
            slot.is_null = false;
            slot.rank = leaf.rank;
        } else if leaf.rank < slot.rank {
            slot.values.clear();
            slot.rank = leaf.rank;
        } else if leaf.rank > slot.rank {
            return None;
        }
        Some(slot)
    }
    fn push(&mut self, leaf: Leaf, value: Value) {
        if let Some(slot) = self.open(leaf) {
            slot.is_null = false;
            slot.values.push(value);
        }
    }
    /// Notes an empty collection.
    fn touch(&mut self, leaf: Leaf) {
        self.open(leaf);
    }
    /// Notes `null`, which counts only where there is nothing better.
    fn null(&mut self, leaf: Leaf) {
        let slot = &mut self.slots[leaf.column];
        if !slot.is_touched {
            self.touched.push(leaf.column);
            slot.is_touched = true;
            slot.rank = leaf.rank;
            slot.is_null = true;
        }
    }
    fn has_value(&self, leaf: Leaf) -> bool {
        let slot = &self.slots[leaf.column];
        slot.is_touched && slot.rank <= leaf.rank && !slot.values.is_empty()
    }
}

/// One pass over one record.
pub(super) struct Walk<'w> {
    pub(super) plan: &'w Plan,
    pub(super) columns: &'w mut [Column],
    pub(super) slots: &'w mut Slots,
    pub(super) oddities: &'w mut Vec<Oddity>,
    /// What the derived columns read.
    pub(super) inputs: &'w mut Map<String, Json>,
}

impl Walk<'_> {
    /// Reads the object that comes next as the node.
    pub(super) fn object(&mut self, reader: &mut Reader<'_>, at: usize) -> Result<(), Malformed> {
        reader.enter();
        let node = &self.plan.nodes[at];
        let (mut is_first, mut start, mut seen) = (true, 0, Seen::default());
        let mut is_empty = true;
        while let Some(key) = reader.key(&mut is_first)? {
            is_empty = false;
            if !seen.insert(key.0) {
                let slash = if node.path.is_empty() { "" } else { "/" };
                self.odd(WarningCode::DuplicateKey, &format!("{}{slash}{}", node.path, key.decode().0));
                reader.skip()?;
                continue;
            }
            if at == 0
                && let Some(name) = self.plan.inputs.iter().find(|name| name.as_bytes() == key.0)
            {
                self.inputs.insert((*name).to_owned(), tree(&mut reader.clone()));
            }
            match self.find(at, key, &mut start) {
                Some(child) => self.value(reader, child)?,
                None => {
                    reader.skip()?;
                }
            }
        }
        if is_empty && node.names_somebody {
            self.odd(WarningCode::MissingProperty, &node.path);
        }
        Ok(())
    }

    fn find(&mut self, at: usize, key: RawText<'_>, start: &mut usize) -> Option<usize> {
        let node = &self.plan.nodes[at];
        let (child, is_exact) = match node.find(key.0, start) {
            Some(found) => found,
            None if key.0.contains(&b'\\') => node.find(key.decode().0.as_bytes(), start)?,
            None => return None,
        };
        if !is_exact {
            let path = &self.plan.nodes[child].path;
            self.oddities.push(Oddity { code: WarningCode::OddName, path: path.clone() });
        }
        Some(child)
    }

    /// Reads the value that comes next as the node.
    fn value(&mut self, reader: &mut Reader<'_>, at: usize) -> Result<(), Malformed> {
        let plan = self.plan;
        let node = &plan.nodes[at];
        let shape = reader.shape().ok_or(Malformed)?;
        match (shape, node.member) {
            (Shape::Array, Some(member)) => self.array(reader, at, member),
            (Shape::Bare, _) if is_null(reader) => {
                reader.skip()?;
                for leaf in &node.below {
                    if node.leaves.contains(leaf) && plan.column(*leaf).is_multi {
                        self.slots.push(*leaf, Value::Null);
                    } else {
                        self.slots.null(*leaf);
                    }
                }
                Ok(())
            }
            (Shape::Text | Shape::Bare | Shape::Object, Some(_)) if !node.leaves.is_empty() => self.leaf(reader, at),
            // A single value where a collection is expected counts as a collection of one.
            (_, Some(member)) => {
                self.odd(WarningCode::UnexpectedType, &node.path);
                self.value(reader, member)
            }
            (Shape::Object, None) if !node.children.is_empty() => {
                let inside = reader.clone();
                self.object(reader, at)?;
                if !node.leaves.is_empty() { self.leaf(&mut inside.clone(), at) } else { Ok(()) }
            }
            // A collection where one object is expected: read what is in it.
            (Shape::Array, None) if node.leaves.is_empty() => {
                self.odd(WarningCode::UnexpectedType, &node.path);
                reader.enter();
                let mut is_first = true;
                while reader.element(&mut is_first)? {
                    if reader.shape() == Some(Shape::Array) {
                        self.odd(WarningCode::TooDeep, &node.path);
                        reader.skip()?;
                    } else {
                        self.value(reader, at)?;
                    }
                }
                Ok(())
            }
            _ if node.leaves.is_empty() => {
                self.odd(WarningCode::UnexpectedType, &node.path);
                reader.skip()?;
                Ok(())
            }
            _ => self.leaf(reader, at),
        }
    }

    fn array(&mut self, reader: &mut Reader<'_>, at: usize, member: usize) -> Result<(), Malformed> {
        reader.enter();
        for leaf in &self.plan.nodes[at].below {
            self.slots.touch(*leaf);
        }
        let mut is_first = true;
        while reader.element(&mut is_first)? {
            self.value(reader, member)?;
        }
        Ok(())
    }

    /// Reads the value that comes next into the node's columns.
    fn leaf(&mut self, reader: &mut Reader<'_>, at: usize) -> Result<(), Malformed> {
        let plan = self.plan;
        let node = &plan.nodes[at];
        let token = Token::read(reader)?;
        if !token.is_unicode() {
            self.odd(WarningCode::UnreadableText, &node.path);
        }
        for leaf in &node.leaves {
            let definition = plan.column(*leaf);
            if !definition.is_multi && self.slots.has_value(*leaf) {
                // The property came in several members of an unexpected collection; the first is shown.
                continue;
            }
            let (value, code) = token.as_kind(definition.kind, &mut self.columns[leaf.column]);
            if let Some(code) = code {
                self.odd(code, &node.path);
            }
            self.slots.push(*leaf, value);
        }
        Ok(())
    }

    fn odd(&mut self, code: WarningCode, path: &str) {
        self.oddities.push(Oddity { code, path: path.to_owned() });
    }
}

fn is_null(reader: &mut Reader<'_>) -> bool {
    reader.clone().raw() == Ok(b"null")
}

/// Names of one object's properties, to find those that come twice. Objects are small or flat, so that hashes in a list do.
#[derive(Default)]
struct Seen(Vec<u64>);

impl Seen {
    fn insert(&mut self, key: &[u8]) -> bool {
        if self.0.len() == KEYS_COMPARED_MAX {
            return true;
        }
        let hash = crate::store::hash(key);
        if self.0.contains(&hash) {
            return false;
        }
        self.0.push(hash);
        true
    }
}

/// A value at a leaf.
pub(super) enum Token<'a> {
    Text(Cow<'a, str>, bool),
    /// A number, flag or something that is none of them, as it stands.
    Bare(Cow<'a, str>, bool),
    /// An object or array, as it stands.
    Nested(Cow<'a, str>, bool),
}

impl<'a> Token<'a> {
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self, Malformed> {
        Ok(match reader.shape().ok_or(Malformed)? {
            Shape::Text => {
                let (text, is_unicode) = reader.text()?.decode();
                Self::Text(text, is_unicode)
            }
            shape => {
                let text = String::from_utf8_lossy(reader.raw()?);
                let is_unicode = matches!(text, Cow::Borrowed(_));
                if shape == Shape::Bare { Self::Bare(text, is_unicode) } else { Self::Nested(text, is_unicode) }
            }
        })
    }
    fn is_unicode(&self) -> bool {
        let (Self::Text(_, is_unicode) | Self::Bare(_, is_unicode) | Self::Nested(_, is_unicode)) = self;
        *is_unicode
    }
    /// The value for a column of this kind, and what is odd about it.
    pub(super) fn as_kind(&self, kind: Kind, column: &mut Column) -> (Value, Option<WarningCode>) {
        let (Self::Text(text, _) | Self::Bare(text, _) | Self::Nested(text, _)) = self;
        let is_bare = matches!(self, Self::Bare(..));
        let unexpected = |is_expected: bool| (!is_expected).then_some(WarningCode::UnexpectedType);
        if is_bare && text == "null" {
            return (Value::Null, None);
        }
        let typed = match kind {
            Kind::Keyword | Kind::Outcome => {
                return (Value::Text(column.intern(text)), unexpected(matches!(self, Self::Text(..))));
            }
            Kind::Bag => return (Value::Text(column.intern(text)), None),
            Kind::DateTime => {
                let code = if is_bare { WarningCode::UnexpectedType } else { WarningCode::UnreadableTime };
                return match parse_instant(text).filter(|_| !is_bare) {
                    Some(instant) => (Value::Integer(instant), None),
                    None => (Value::Odd(column.intern(text)), Some(code)),
                };
            }
            Kind::Integer => parse_integer(text.trim()).map(Value::Integer),
            Kind::Number => text.trim().parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Number),
            Kind::Flag if text.eq_ignore_ascii_case("true") => Some(Value::Flag(true)),
            Kind::Flag if text.eq_ignore_ascii_case("false") => Some(Value::Flag(false)),
            Kind::Flag => None,
        };
        match typed {
            Some(value) => (value, unexpected(is_bare)),
            None => (Value::Odd(column.intern(text)), Some(WarningCode::UnexpectedType)),
        }
    }
}

/// A whole number, also where it is spelled with a fraction of zero.
fn parse_integer(text: &str) -> Option<i64> {
    let number = match text.parse::<i64>() {
        Ok(number) => number,
        Err(_) => {
            let number: f64 = text.parse().ok()?;
            (number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0).then_some(number as i64)?
        }
    };
    crate::store::is_storable(number).then_some(number)
}
