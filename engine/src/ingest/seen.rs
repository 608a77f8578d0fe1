//! Which properties of one object came already.

use crate::{bytes::hash, limits::KEYS_COMPARED_MAX};

/// Most properties of one object that a definition may have.
pub(super) const PROPERTIES_MAX: usize = 256;

/// Properties seen: the defined ones by their place, others by the hash of their name.
#[derive(Default)]
pub(super) struct Seen {
    defined: [u64; PROPERTIES_MAX / 64],
    others: Vec<u64>,
}

impl Seen {
    /// True when the defined property at this place did not come before.
    #[inline]
    pub(super) fn insert_defined(&mut self, place: usize) -> bool {
        let bit = 1 << (place % 64);
        let is_new = self.defined[place / 64] & bit == 0;
        self.defined[place / 64] |= bit;
        is_new
    }
    /// True when no property of this name came before.
    pub(super) fn insert_other(&mut self, key: &[u8]) -> bool {
        if self.others.len() == KEYS_COMPARED_MAX {
            return true;
        }
        let hash = hash(key);
        let is_new = !self.others.contains(&hash);
        if is_new {
            self.others.push(hash);
        }
        is_new
    }
}
