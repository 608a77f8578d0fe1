//! Nested properties that came before, with what they came to. Policies, locations, devices and the like are the same in
//! record after record: looking up their bytes costs a tenth of reading them.

use std::collections::HashMap;

use crate::{
    bytes::{hash, same},
    limits::REMEMBERED_BYTES_MAX,
    store::Item,
};

/// What is remembered of each property.
#[derive(Debug)]
pub(super) struct Memo {
    properties: Vec<Property>,
}

#[derive(Debug, Default)]
struct Property {
    remembered: HashMap<u64, Remembered>,
    bytes: usize,
    hits: u32,
    misses: u32,
    /// So many will be read without a look at what is remembered, because that was of little use.
    pause: u32,
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

/// Looks between two decisions on whether remembering is worth it.
const LOOKS: u32 = 512;
/// Records that are read without looking, after remembering was not worth it.
const PAUSE: u32 = 8_192;

impl Memo {
    pub(super) fn new(properties: usize) -> Self {
        Self { properties: (0..properties).map(|_| Property::default()).collect() }
    }
    /// True when it is worth to look a property up.
    pub(super) fn is_worth_it(&mut self, at: usize) -> bool {
        let property = &mut self.properties[at];
        if property.pause > 0 {
            property.pause -= 1;
            return false;
        }
        if property.hits + property.misses == LOOKS {
            // A miss costs about twice of what a hit saves.
            if property.hits < property.misses * 2 {
                *property = Property { pause: PAUSE, ..Property::default() };
                return false;
            }
            (property.hits, property.misses) = (0, 0);
        }
        true
    }
    /// What a property with these bytes came to.
    pub(super) fn find(&mut self, at: usize, raw: &[u8]) -> Option<&Remembered> {
        let property = &mut self.properties[at];
        let found = property.remembered.get(&hash(raw)).filter(|remembered| same(&remembered.raw, raw));
        match found {
            Some(_) => property.hits += 1,
            None => property.misses += 1,
        }
        found
    }
    /// Remembers what a property came to.
    pub(super) fn remember(&mut self, at: usize, raw: &[u8], items: Vec<(usize, Item)>, undefined: &[Item]) {
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
        property.remembered.insert(hash(raw), remembered);
    }
}
