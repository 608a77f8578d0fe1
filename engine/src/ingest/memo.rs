//! Nested properties that came before, with what they came to. Policies, locations, devices and the like are the same in
//! record after record: looking up their bytes costs a tenth of reading them.

use std::collections::HashMap;

use super::worth::{Price, Worth};
use crate::{bytes::same, limits::REMEMBERED_BYTES_MAX, store::Item};

/// What is remembered of each property.
#[derive(Debug)]
pub(super) struct Memo {
    properties: Vec<Property>,
}

#[derive(Debug, Default)]
struct Property {
    remembered: HashMap<u64, Remembered>,
    bytes: usize,
    worth: Worth,
}

/// What a property came to.
#[derive(Debug)]
pub(super) struct Remembered {
    raw: Box<[u8]>,
    /// Columns with what a row has in them.
    pub(super) items: Box<[(usize, Item)]>,
    /// Members of the column of properties that nobody defined.
    pub(super) undefined: Box<[Item]>,
}

const PRICE: Price = Price { looks: 512, miss: 2 };

impl Memo {
    pub(super) fn new(properties: usize) -> Self {
        Self { properties: (0..properties).map(|_| Property::default()).collect() }
    }
    /// True when it is worth to look a property up.
    pub(super) fn is_worth_it(&mut self, at: usize) -> bool {
        let Property { remembered, bytes, worth } = &mut self.properties[at];
        if worth.is_too_dear(&PRICE) {
            // It would be of no use after the pause.
            (*remembered, *bytes) = Default::default();
        }
        worth.is_time()
    }
    /// What a property with these bytes, of this hash, came to.
    pub(super) fn find(&mut self, at: usize, hash: u64, raw: &[u8]) -> Option<&Remembered> {
        let Property { remembered, worth, .. } = &mut self.properties[at];
        let found = remembered.get(&hash).filter(|remembered| same(&remembered.raw, raw));
        worth.count(found.is_some());
        found
    }
    /// Remembers what a property came to.
    pub(super) fn remember(&mut self, at: usize, hash: u64, raw: &[u8], items: Vec<(usize, Item)>, undefined: &[Item]) {
        let property = &mut self.properties[at];
        let bytes = raw.len() + items.len() * size_of::<(usize, Item)>() + size_of::<Remembered>();
        if bytes > REMEMBERED_BYTES_MAX {
            return;
        }
        if property.bytes + bytes > REMEMBERED_BYTES_MAX {
            property.remembered.clear();
            property.bytes = 0;
        }
        property.bytes += bytes;
        let remembered = Remembered { raw: raw.into(), items: items.into(), undefined: undefined.into() };
        property.remembered.insert(hash, remembered);
    }
}
