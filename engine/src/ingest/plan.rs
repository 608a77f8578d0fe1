//! A report's columns arranged by the property names that lead to them.

use std::cell::Cell;

use super::seen::PROPERTIES_MAX;
use crate::{
    bytes::same,
    json::Reader,
    reports::{Column, From, Kind, Link, ReportDefinition},
};

/// The columns of a report as a tree of property names. Made once per table.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) definition: &'static ReportDefinition,
    pub(super) nodes: Vec<Node>,
    /// Positions of the columns that are computed from the whole record.
    pub(super) derived: Vec<usize>,
    /// Top-level properties that are read by those of them that read several.
    pub(super) inputs: Vec<&'static str>,
    pub(super) id: Option<usize>,
    pub(super) time: Option<usize>,
    /// The column of properties that nobody defined.
    pub(super) undefined: Option<usize>,
    /// Number of nodes with a [`Node::memo`].
    pub(super) memos: usize,
}

/// One property, or one collection's member.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// Properties below, in the order of the definition.
    pub(super) children: Vec<(&'static str, usize)>,
    /// Each of them as it stands after another property: `,"name":`.
    written: Vec<Box<[u8]>>,
    /// For the place after each of them, and first for the beginning: the one that came next in the record before.
    followers: Vec<Cell<usize>>,
    /// The member of a collection.
    pub(super) member: Option<usize>,
    /// Columns whose values are here.
    pub(super) leaves: Vec<Leaf>,
    /// Columns whose values are here or further below.
    pub(super) below: Vec<Leaf>,
    /// True when an object here is to name a user or an app, so that an empty one is odd.
    pub(super) names_somebody: bool,
    /// A bit for each derived column that reads this property and no other, in the order of [`Plan::derived`].
    pub(super) derives: u64,
    /// The one column that has its values here, and whether it is multi-valued, for a property that nothing else depends on.
    pub(super) simple: Option<(Leaf, bool)>,
    /// Place in the [`super::memo::Memo`], for a property whose columns depend on nothing else.
    pub(super) memo: Option<usize>,
    /// Slash path, for warnings.
    pub(super) path: String,
}

/// A column that takes its values from a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Leaf {
    pub(super) column: usize,
    /// Place of the path among the column's paths; the lowest that is present wins.
    pub(super) rank: u8,
}

impl Plan {
    /// The plan of a report.
    pub(super) fn new(definition: &'static ReportDefinition) -> Self {
        let position = |id: &str| definition.columns.iter().position(|column| column.id == id);
        let mut plan = Self {
            definition,
            nodes: vec![Node::default()],
            derived: Vec::new(),
            inputs: Vec::new(),
            id: position("id"),
            time: position(definition.time),
            undefined: definition.columns.iter().position(|column| matches!(column.from, From::Undefined)),
            memos: 0,
        };
        for (column, definition) in definition.columns.iter().enumerate() {
            if matches!(definition.from, From::Derived(_)) {
                plan.derived.push(column);
                if definition.reads.len() > 1 {
                    plan.inputs.extend(definition.reads);
                }
            }
            for (rank, path) in definition.json_paths().into_iter().enumerate() {
                plan.add(path, Leaf { column, rank: rank as u8 });
            }
        }
        assert!(plan.derived.len() <= 64, "a record has a bit for each derived column");
        let largest = plan.nodes.iter().map(|node| node.children.len()).max();
        assert!(largest <= Some(PROPERTIES_MAX), "an object has a bit for each of its properties");
        plan.find_memos();
        for at in 0..plan.nodes.len() {
            let node = &plan.nodes[at];
            let is_simple = node.children.is_empty() && node.member.is_none() && node.derives == 0;
            if let (true, [leaf]) = (is_simple, &node.leaves[..]) {
                let is_multi = plan.column(*leaf).is_multi;
                plan.nodes[at].simple = Some((*leaf, is_multi));
            }
        }
        plan
    }
    /// Looks for properties that are worth to be remembered with what they came to: nested ones, and those that another
    /// column is derived from.
    fn find_memos(&mut self) {
        for (name, child) in self.nodes[0].children.clone() {
            for (at, column) in self.derived.iter().enumerate() {
                if let [read] = self.definition.columns[*column].reads
                    && *read == name
                {
                    self.nodes[child].derives |= 1 << at;
                }
            }
            let node = &self.nodes[child];
            let depends_on_more = |leaf: &Leaf| {
                let column = self.column(*leaf);
                let is_of_this = |path: &&str| path.split(['/', '[']).next() == Some(name);
                let has_code = column.is_multi || column.kind != Kind::DateTime;
                !has_code || !column.json_paths().iter().all(is_of_this)
            };
            let is_nested = !node.children.is_empty() || node.member.is_some();
            if (is_nested || node.derives != 0) && !node.below.iter().any(depends_on_more) {
                self.nodes[child].memo = Some(self.memos);
                self.memos += 1;
            }
        }
    }
    /// The derived columns that these bits stand for.
    pub(super) fn derived_by(&self, bits: u64) -> impl Iterator<Item = usize> {
        self.derived.iter().enumerate().filter(move |(at, _)| bits >> at & 1 != 0).map(|(_, column)| *column)
    }
    pub(super) fn column(&self, leaf: Leaf) -> &'static Column {
        &self.definition.columns[leaf.column]
    }

    fn add(&mut self, path: &'static str, leaf: Leaf) {
        let mut at = 0;
        for name in path.split('/') {
            let (name, is_collection) = match name.strip_suffix("[]") {
                Some(name) => (name, true),
                None => (name, false),
            };
            at = self.child(at, name);
            self.nodes[at].below.push(leaf);
            self.nodes[at].names_somebody |= matches!(self.column(leaf).link, Some(Link::User | Link::App));
            if is_collection {
                at = self.member(at);
                self.nodes[at].below.push(leaf);
            }
        }
        self.nodes[at].leaves.push(leaf);
    }
    fn child(&mut self, at: usize, name: &'static str) -> usize {
        match self.nodes[at].children.iter().find(|(child, _)| *child == name) {
            Some((_, child)) => *child,
            None => {
                let parent = &self.nodes[at].path;
                let path = if parent.is_empty() { name.to_owned() } else { format!("{parent}/{name}") };
                let child = self.push(path);
                let node = &mut self.nodes[at];
                node.children.push((name, child));
                node.written.push(format!(",\"{name}\":").into_bytes().into());
                node.followers.resize(node.children.len() + 1, Cell::default());
                child
            }
        }
    }
    fn member(&mut self, at: usize) -> usize {
        match self.nodes[at].member {
            Some(member) => member,
            None => {
                let member = self.push(format!("{}[]", self.nodes[at].path));
                self.nodes[at].member = Some(member);
                member
            }
        }
    }
    fn push(&mut self, path: String) -> usize {
        self.nodes.push(Node { path, ..Node::default() });
        self.nodes.len() - 1
    }
}

impl Node {
    /// The property's own name.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
    /// Passes over the property that came next in the record before, where it comes next here too.
    #[inline]
    pub(super) fn pass(&self, reader: &mut Reader<'_>, is_first: bool, place: &mut usize) -> Option<usize> {
        let guess = self.followers.get(*place)?.get();
        let written = self.written.get(guess)?;
        if !reader.pass(&written[usize::from(is_first)..]) {
            return None;
        }
        *place = guess + 1;
        Some(self.children[guess].1)
    }
    /// The property with this name, and whether it is spelled exactly so. `place` is 0 at the beginning of an object.
    /// Records name their properties in the same order each time, so that the guess is nearly always right.
    #[inline]
    pub(super) fn find(&self, key: &[u8], place: &mut usize) -> Option<(usize, bool)> {
        let guess = self.followers.get(*place)?;
        let is_it = |at: usize| same(self.children[at].0.as_bytes(), key);
        let at = if is_it(guess.get()) { Some(guess.get()) } else { (0..self.children.len()).find(|at| is_it(*at)) };
        if let Some(at) = at {
            guess.set(at);
            *place = at + 1;
            return Some((self.children[at].1, true));
        }
        let (_, child) = self.children.iter().find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(key))?;
        Some((*child, false))
    }
}
