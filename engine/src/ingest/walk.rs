//! Walks through one record along the plan and collects each column's values.

use serde_json::{Map, Value as Json};

use super::{
    memo::Memo,
    plan::{Leaf, Plan},
    recent::Recent,
    record::Oddity,
    seen::Seen,
    slots::Slots,
    token::Token,
};
use crate::{
    bytes::hash,
    json::{Malformed, RawText, Reader, Shape, tree},
    protocol::WarningCode,
    reports::{From, Kind, Outcome},
    store::{Column, Item},
};

/// One pass over one record.
pub(super) struct Walk<'w> {
    pub(super) plan: &'w Plan,
    pub(super) columns: &'w mut [Column],
    pub(super) slots: &'w mut Slots,
    pub(super) oddities: &'w mut Vec<Oddity>,
    pub(super) memo: &'w mut Memo,
    pub(super) recent: &'w mut Recent,
    /// What the columns read that are derived from several properties.
    pub(super) inputs: Map<String, Json>,
    /// A bit for each derived column whose property came, in the order of [`Plan::derived`].
    pub(super) derived: u64,
}

impl Walk<'_> {
    /// Reads the object that comes next as the node.
    pub(super) fn object(&mut self, reader: &mut Reader<'_>, at: usize) -> Result<(), Malformed> {
        reader.enter();
        let plan = self.plan;
        let node = &plan.nodes[at];
        let (mut is_first, mut place, mut seen) = (true, 0, Seen::default());
        loop {
            let child = if let Some(child) = node.pass(reader, is_first, &mut place) {
                is_first = false;
                if !seen.insert_defined(place - 1) {
                    self.twice(reader, &node.path, plan.nodes[child].name())?;
                    continue;
                }
                child
            } else {
                let Some(key) = reader.key(&mut is_first)? else { break };
                let found = self.find(at, key, &mut place);
                let is_new = match found {
                    Some((_, true)) => seen.insert_defined(place - 1),
                    _ => seen.insert_other(key.bytes),
                };
                if !is_new {
                    self.twice(reader, &node.path, &key.decode().0)?;
                    continue;
                }
                let Some((child, _)) = found else {
                    self.undefined(reader, &path_of(&node.path, &key.decode().0))?;
                    continue;
                };
                child
            };
            match plan.nodes[child].simple {
                Some((leaf, is_multi)) => self.simple(reader, child, leaf, is_multi)?,
                None if at == 0 => self.property(reader, child)?,
                None => self.value(reader, child)?,
            }
        }
        // Nothing came.
        if is_first && node.names_somebody {
            self.odd(WarningCode::MissingProperty, &node.path);
        }
        Ok(())
    }

    /// Keeps the value of a property that came before in the same object among what has no column.
    fn twice(&mut self, reader: &mut Reader<'_>, path: &str, name: &str) -> Result<(), Malformed> {
        let path = path_of(path, name);
        self.odd(WarningCode::DuplicateKey, &path);
        self.undefined(reader, &path)
    }

    /// Reads a value that one column has, or finds it among those that came lately.
    #[inline]
    fn simple(&mut self, reader: &mut Reader<'_>, at: usize, leaf: Leaf, is_multi: bool) -> Result<(), Malformed> {
        let before = reader.rest();
        if let Some((length, item)) = self.recent.find(at, before) {
            reader.advance(length);
            if item.is_null() && !is_multi {
                self.slots.null(leaf);
            } else if is_multi || !self.slots.has_value(leaf) {
                self.slots.push(leaf, item);
            }
            return Ok(());
        }
        let (oddities, count) = (self.oddities.len(), self.slots.count(leaf.column));
        self.value(reader, at)?;
        if self.oddities.len() == oddities {
            let length = before.len() - reader.rest().len();
            match self.slots.items_from(leaf.column, count) {
                [item] => self.recent.keep(at, before, length, *item),
                [] if before.starts_with(b"null") && !is_multi => self.recent.keep(at, before, length, Item::NULL),
                _ => {}
            }
        }
        Ok(())
    }

    /// Reads a property of the record itself.
    fn property(&mut self, reader: &mut Reader<'_>, at: usize) -> Result<(), Malformed> {
        let plan = self.plan;
        let node = &plan.nodes[at];
        if plan.inputs.contains(&node.path.as_str()) {
            self.inputs.insert(node.path.clone(), tree(&mut reader.clone()));
        }
        let is_untouched = || node.below.iter().all(|leaf| !self.slots.is_touched(leaf.column));
        match node.memo {
            Some(memo) if self.memo.is_worth_it(memo) && is_untouched() => self.remembered(reader, at, memo),
            _ if node.derives == 0 => self.value(reader, at),
            _ => {
                let inside = reader.clone();
                self.value(reader, at)?;
                self.derive(at, inside);
                Ok(())
            }
        }
    }

    /// Gives the columns what the same property of an earlier record came to, or reads it and remembers that.
    fn remembered(&mut self, reader: &mut Reader<'_>, at: usize, memo: usize) -> Result<(), Malformed> {
        let plan = self.plan;
        let node = &plan.nodes[at];
        let raw = reader.raw()?;
        let hash = hash(raw);
        if let Some(remembered) = self.memo.find(memo, hash, raw) {
            for (column, item) in &remembered.items {
                self.slots.set_code(*column, *item);
            }
            if let Some(column) = plan.undefined {
                for item in &remembered.undefined {
                    self.slots.push(Leaf { column, rank: 0 }, *item);
                }
            }
            self.derived |= node.derives;
            return Ok(());
        }
        let oddities = self.oddities.len();
        let undefined = plan.undefined.map_or(0, |column| self.slots.count(column));
        self.value(&mut Reader::new(raw), at)?;
        self.derive(at, Reader::new(raw));
        if self.oddities.len() == oddities {
            let columns = node.below.iter().map(|leaf| leaf.column).chain(plan.derived_by(node.derives));
            let mut items = Vec::new();
            for column in columns {
                if let Some(item) = self.slots.settle(column, &mut self.columns[column])
                    && !items.contains(&(column, item))
                {
                    items.push((column, item));
                }
            }
            let undefined = plan.undefined.map_or(&[][..], |column| self.slots.items_from(column, undefined));
            self.memo.remember(memo, hash, raw, items, undefined);
        }
        Ok(())
    }

    /// Computes the columns that are derived from this property alone.
    fn derive(&mut self, at: usize, mut inside: Reader<'_>) {
        let node = &self.plan.nodes[at];
        if node.derives == 0 {
            return;
        }
        let inputs = Map::from_iter([(node.path.clone(), tree(&mut inside))]);
        self.derive_columns(node.derives, &inputs);
    }
    /// Computes the derived columns whose property did not come, and those that read several.
    pub(super) fn derive_rest(&mut self) {
        let inputs = std::mem::take(&mut self.inputs);
        self.derive_columns(!self.derived, &inputs);
    }
    fn derive_columns(&mut self, derives: u64, inputs: &Map<String, Json>) {
        let plan = self.plan;
        plan.derived_by(derives).for_each(|column| self.derive_column(column, inputs));
        self.derived |= derives;
    }
    fn derive_column(&mut self, at: usize, inputs: &Map<String, Json>) {
        let column = &self.plan.definition.columns[at];
        let From::Derived(derive) = column.from else { return };
        let text = derive(inputs);
        if column.kind == Kind::Outcome && text.as_deref().is_none_or(|text| text == Outcome::Unknown.as_str()) {
            self.odd(WarningCode::MissingProperty, column.id);
        }
        if let Some(text) = text {
            let item = self.columns[at].text_item(&text);
            self.slots.push(Leaf { column: at, rank: 0 }, item);
        }
    }

    #[inline]
    fn find(&mut self, at: usize, key: RawText<'_>, place: &mut usize) -> Option<(usize, bool)> {
        let node = &self.plan.nodes[at];
        let (child, is_exact) = match node.find(key.bytes, place) {
            Some(found) => found,
            None if key.is_escaped => node.find(key.decode().0.as_bytes(), place)?,
            None => return None,
        };
        if !is_exact {
            let path = &self.plan.nodes[child].path;
            self.oddities.push(Oddity { code: WarningCode::OddName, path: path.clone() });
        }
        Some((child, is_exact))
    }

    /// Keeps a value that has no column as text behind its path, so that it can be found.
    fn undefined(&mut self, reader: &mut Reader<'_>, path: &str) -> Result<(), Malformed> {
        let is_text = reader.shape() == Some(Shape::Text);
        let raw = reader.raw()?;
        let Some(column) = self.plan.undefined else { return Ok(()) };
        // What people read is what they look for, so that escapes are undone, those within nested values too.
        let bytes = if is_text { &raw[1..raw.len() - 1] } else { raw };
        let (text, is_unicode) = RawText { bytes, is_escaped: bytes.contains(&b'\\') }.decode();
        if !is_unicode {
            self.odd(WarningCode::UnreadableText, path);
        }
        let item = self.columns[column].text_item(&format!("{path}: {text}"));
        self.slots.push(Leaf { column, rank: 0 }, item);
        Ok(())
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
                        self.slots.push(*leaf, Item::NULL);
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
            // A collection where one object is expected: read what is in it, and keep it whole for what is in several members.
            (Shape::Array, None) if node.leaves.is_empty() => {
                self.odd(WarningCode::UnexpectedType, &node.path);
                self.undefined(&mut reader.clone(), &node.path)?;
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
                self.undefined(reader, &node.path)
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
            match self.plan.nodes[member].simple {
                Some((leaf, is_multi)) => self.simple(reader, member, leaf, is_multi)?,
                None => self.value(reader, member)?,
            }
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
            let (value, code) = token.as_kind(definition.kind);
            let item = self.columns[leaf.column].item(&value);
            if let Some(code) = code {
                self.odd(code, &node.path);
            }
            self.slots.push(*leaf, item);
        }
        Ok(())
    }

    pub(super) fn odd(&mut self, code: WarningCode, path: &str) {
        self.oddities.push(Oddity { code, path: path.to_owned() });
    }
}

/// The path of a property below another.
fn path_of(path: &str, name: &str) -> String {
    let slash = if path.is_empty() { "" } else { "/" };
    format!("{path}{slash}{name}")
}

fn is_null(reader: &mut Reader<'_>) -> bool {
    reader.clone().raw() == Ok(b"null")
}
