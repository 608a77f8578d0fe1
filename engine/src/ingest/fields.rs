//! All properties of one record for the detail pane: those of the definition in its groups, and those nobody defined.

use super::{plan::Plan, token::Token};
use crate::{
    json::{Malformed, Reader, Shape},
    limits::NESTING_MAX,
    protocol::{Cell, RecordField, RecordGroup},
    reports::{Kind, ReportDefinition},
};

/// The properties of a record, read from its original bytes.
pub(super) fn groups(plan: &Plan, bytes: &[u8]) -> Vec<RecordGroup> {
    let mut fields = Fields { plan, path: Vec::new(), indices: Vec::new(), found: Vec::new() };
    let mut reader = Reader::new(bytes);
    let is_object = reader.shape() == Some(Shape::Object);
    // What was read before a break stays.
    let _ = if is_object { fields.object(&mut reader, Some(0)) } else { fields.value(&mut reader, None) };
    arrange(plan.definition, fields.found)
}

/// A field with what decides its place.
struct Found {
    field: RecordField,
    /// First segment of its path, as the definition spells it.
    property: String,
    /// Position of its column; past the last for a property nobody defined.
    column: usize,
}

struct Fields<'p> {
    plan: &'p Plan,
    path: Vec<String>,
    indices: Vec<u32>,
    found: Vec<Found>,
}

impl Fields<'_> {
    fn object(&mut self, reader: &mut Reader<'_>, node: Option<usize>) -> Result<(), Malformed> {
        reader.enter();
        let (mut is_first, mut start) = (true, 0);
        let count = self.found.len();
        while let Some(key) = reader.key(&mut is_first)? {
            let key = key.decode().0;
            let child = node.and_then(|node| self.plan.nodes[node].find(key.as_bytes(), &mut start));
            let name = match child {
                Some((child, false)) => self.last_segment(child),
                _ => key.into_owned(),
            };
            self.path.push(name);
            let read = self.value(reader, child.map(|(child, _)| child));
            self.path.pop();
            read?;
        }
        if self.found.len() == count && !self.path.is_empty() {
            self.push(node, Cell::Text("{}".to_owned()));
        }
        Ok(())
    }

    fn value(&mut self, reader: &mut Reader<'_>, node: Option<usize>) -> Result<(), Malformed> {
        let shape = reader.shape().ok_or(Malformed)?;
        let kind = node.and_then(|node| self.leaf(node)).map(|column| self.plan.definition.columns[column].kind);
        let is_deep = self.path.len() + self.indices.len() >= NESTING_MAX;
        match shape {
            Shape::Object if kind.is_none() && !is_deep => self.object(reader, node),
            Shape::Array if kind != Some(Kind::Bag) && !is_deep => self.array(reader, node),
            _ => {
                // A single value where the definition has a collection belongs to the collection's column.
                let node = node.map(|node| match self.plan.nodes[node].member {
                    Some(member) if kind.is_none() => member,
                    _ => node,
                });
                let kind =
                    node.and_then(|node| self.leaf(node)).map(|column| self.plan.definition.columns[column].kind);
                let cell = cell(reader, kind)?;
                self.push(node, cell);
                Ok(())
            }
        }
    }

    fn array(&mut self, reader: &mut Reader<'_>, node: Option<usize>) -> Result<(), Malformed> {
        reader.enter();
        let member = node.map(|node| self.plan.nodes[node].member.unwrap_or(node));
        let is_collection = node.is_none_or(|node| self.plan.nodes[node].member.is_some());
        let mut is_first = true;
        let mut index = 0;
        if is_collection && let Some(last) = self.path.last_mut() {
            last.push_str("[]");
        }
        while reader.element(&mut is_first)? {
            self.indices.push(index);
            let read = self.value(reader, member);
            self.indices.pop();
            read?;
            index += 1;
        }
        if index == 0 {
            self.push(member, Cell::List(Vec::new()));
        }
        Ok(())
    }

    fn push(&mut self, node: Option<usize>, value: Cell) {
        let column = node.and_then(|node| self.leaf(node));
        let definition = column.map(|column| &self.plan.definition.columns[column]);
        let path = definition.map_or_else(|| self.path.join("/"), |definition| definition.id.to_owned());
        self.found.push(Found {
            property: self.path.first().map(|name| name.trim_end_matches("[]").to_owned()).unwrap_or_default(),
            column: column.unwrap_or(usize::MAX),
            field: RecordField {
                path,
                indices: self.indices.clone(),
                kind: definition.map(|definition| definition.kind),
                link: definition.and_then(|definition| definition.link),
                value,
            },
        });
    }

    /// The column that has its values at a node: the one of the same name before one that looks there as well.
    fn leaf(&self, node: usize) -> Option<usize> {
        let node = &self.plan.nodes[node];
        let own = node.leaves.iter().find(|leaf| self.plan.definition.columns[leaf.column].id == node.path);
        own.or(node.leaves.first()).map(|leaf| leaf.column)
    }
    fn last_segment(&self, node: usize) -> String {
        self.plan.nodes[node].path.rsplit('/').next().unwrap_or_default().to_owned()
    }
}

fn cell(reader: &mut Reader<'_>, kind: Option<Kind>) -> Result<Cell, Malformed> {
    let token = Token::read(reader)?;
    let kind = match (&token, kind) {
        (_, Some(kind)) => kind,
        (Token::Bare(text, _), None) if &**text == "true" || &**text == "false" => Kind::Flag,
        (Token::Bare(text, _), None) if text.parse::<i64>().is_ok() => Kind::Integer,
        (Token::Bare(..), None) => Kind::Number,
        (Token::Text(..) | Token::Nested(..), None) => Kind::Keyword,
    };
    Ok(token.as_kind(kind).0.into_cell(kind))
}

/// Puts fields into the report's groups: properties in the order of the definition, then members of a collection one
/// after the other, then columns in the order of the definition.
fn arrange(definition: &'static ReportDefinition, found: Vec<Found>) -> Vec<RecordGroup> {
    let mut rest = found;
    let mut groups = Vec::new();
    for group in definition.groups {
        let place = |property: &str| group.properties.iter().position(|name| *name == property);
        let (mut inside, outside): (Vec<Found>, Vec<Found>) =
            rest.into_iter().partition(|found| place(&found.property).is_some());
        inside.sort_by(|left, right| {
            let key = |found: &'_ Found| (place(&found.property), found.column);
            let ((left_place, left_column), (right_place, right_column)) = (key(left), key(right));
            let by_member = left.field.indices.cmp(&right.field.indices);
            left_place.cmp(&right_place).then(by_member).then(left_column.cmp(&right_column))
        });
        if !inside.is_empty() {
            let fields = inside.into_iter().map(|found| found.field).collect();
            groups.push(RecordGroup { id: group.id.to_owned(), fields });
        }
        rest = outside;
    }
    if !rest.is_empty() {
        let fields = rest.into_iter().map(|found| found.field).collect();
        groups.push(RecordGroup { id: "other".to_owned(), fields });
    }
    groups
}
