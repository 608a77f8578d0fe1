//! What one record has for each column. Reused from record to record.

use super::plan::Leaf;
use crate::store::{Column, Item, Value};

/// The items of one record, column by column.
#[derive(Debug)]
pub(super) struct Slots {
    slots: Vec<Slot>,
    /// Columns that have something, in the order in which they got it.
    touched: Vec<usize>,
}

#[derive(Debug, Default)]
struct Slot {
    rank: u8,
    state: State,
    items: Vec<Item>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum State {
    /// The record has nothing for the column so far.
    #[default]
    Untouched,
    /// All that is known is that the property, or one above it, is `null`.
    Null,
    /// What the items are.
    Items,
    /// What the row's code is.
    Code(Item),
}

impl Slots {
    pub(super) fn new(columns: usize) -> Self {
        Self { slots: (0..columns).map(|_| Slot::default()).collect(), touched: Vec::new() }
    }
    pub(super) fn clear(&mut self) {
        for column in self.touched.drain(..) {
            let slot = &mut self.slots[column];
            slot.state = State::Untouched;
            slot.items.clear();
        }
    }
    /// The first item of a column; `None` for a column without any, or with `null`.
    pub(super) fn first(&self, column: usize) -> Option<Item> {
        self.slots[column].items.first().copied()
    }
    pub(super) fn is_touched(&self, column: usize) -> bool {
        self.slots[column].state != State::Untouched
    }
    /// Items of a column from one place on.
    pub(super) fn items_from(&self, column: usize, first: usize) -> &[Item] {
        self.slots[column].items.get(first..).unwrap_or_default()
    }
    pub(super) fn count(&self, column: usize) -> usize {
        self.slots[column].items.len()
    }
    /// Gives a row what its columns have here.
    pub(super) fn fill(&mut self, columns: &mut [Column], row: u32) {
        for at in 0..self.touched.len() {
            let column = self.touched[at];
            if let Some(item) = self.settle(column, &mut columns[column]) {
                columns[column].push(row, item);
            }
        }
    }
    /// What a row has in a column that nothing more will be added to; `None` for nothing.
    pub(super) fn settle(&mut self, at: usize, column: &mut Column) -> Option<Item> {
        let slot = &mut self.slots[at];
        let item = match slot.state {
            State::Untouched => return None,
            State::Code(item) => return Some(item),
            State::Null => column.item(&Value::Null),
            State::Items if column.is_multi() => Item::of_code(column.list_code(&slot.items)),
            State::Items => *slot.items.first()?,
        };
        slot.state = State::Code(item);
        Some(item)
    }
    /// Gives a column what a row with the same property had.
    pub(super) fn set_code(&mut self, column: usize, item: Item) {
        let slot = &mut self.slots[column];
        if slot.state == State::Untouched {
            self.touched.push(column);
        }
        slot.state = State::Code(item);
    }

    /// The slot to add an item to, or `None` when a better path gave one already.
    fn open(&mut self, leaf: Leaf) -> Option<&mut Slot> {
        let slot = &mut self.slots[leaf.column];
        match slot.state {
            State::Untouched => {
                self.touched.push(leaf.column);
                slot.rank = leaf.rank;
            }
            // The same property came again in another spelling; what it came to first is shown.
            State::Code(_) => return None,
            State::Null if leaf.rank != slot.rank => slot.rank = leaf.rank,
            _ if leaf.rank < slot.rank => {
                slot.items.clear();
                slot.rank = leaf.rank;
            }
            _ if leaf.rank > slot.rank => return None,
            _ => {}
        }
        if slot.state != State::Null {
            slot.state = State::Items;
        }
        Some(slot)
    }
    pub(super) fn push(&mut self, leaf: Leaf, item: Item) {
        if let Some(slot) = self.open(leaf) {
            slot.state = State::Items;
            slot.items.push(item);
        }
    }
    /// Notes an empty collection.
    pub(super) fn touch(&mut self, leaf: Leaf) {
        self.open(leaf);
    }
    /// Notes `null`, which counts only where there is nothing better.
    pub(super) fn null(&mut self, leaf: Leaf) {
        let slot = &mut self.slots[leaf.column];
        if slot.state == State::Untouched {
            self.touched.push(leaf.column);
            slot.rank = leaf.rank;
            slot.state = State::Null;
        }
    }
    pub(super) fn has_value(&self, leaf: Leaf) -> bool {
        let slot = &self.slots[leaf.column];
        slot.state != State::Untouched && slot.rank <= leaf.rank && !slot.items.is_empty()
    }
}
