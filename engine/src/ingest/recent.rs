//! Values that came lately in one place: most properties have one of a few values, and comparing bytes is all it takes to
//! know which.

use super::worth::{Price, Worth};
use crate::{
    bytes::{same, spread},
    store::Item,
};

/// The latest values of each node.
#[derive(Debug)]
pub(super) struct Recent {
    nodes: Vec<Option<Box<Latest>>>,
}

#[derive(Debug)]
struct Latest {
    values: [Written; VALUES],
    worth: Worth,
}

/// A value as it is written, with the comma or bracket after it where it needs one to end.
#[derive(Clone, Copy, Debug)]
struct Written {
    bytes: [u8; BYTES],
    /// Bytes that must be the same; 0 for nothing.
    compared: u8,
    /// Bytes of the value itself.
    length: u8,
    item: Item,
}

const VALUES: usize = 16;
const BYTES: usize = 54;
const PRICE: Price = Price { looks: 256, miss: 1 };

impl Recent {
    pub(super) fn new(nodes: usize) -> Self {
        Self { nodes: (0..nodes).map(|_| None).collect() }
    }
    /// The length and the item of the value that the bytes begin with.
    #[inline]
    pub(super) fn find(&mut self, node: usize, bytes: &[u8]) -> Option<(usize, Item)> {
        let latest = self.nodes[node].as_deref_mut()?;
        if !latest.worth.is_time() {
            return None;
        }
        let written = &latest.values[place(bytes)?];
        let compared = usize::from(written.compared);
        let is_it = compared != 0 && same(bytes.get(..compared)?, &written.bytes[..compared]);
        latest.worth.count(is_it);
        is_it.then_some((usize::from(written.length), written.item))
    }
    /// Keeps the value that the bytes begin with.
    pub(super) fn keep(&mut self, node: usize, bytes: &[u8], length: usize, item: Item) {
        let is_text = bytes.first() == Some(&b'"');
        let compared = length + usize::from(!is_text);
        let (Some(place), Some(source)) = (place(bytes), bytes.get(..compared)) else { return };
        let is_ended = is_text || matches!(source.last(), Some(b',' | b'}' | b']'));
        let latest = self.nodes[node].get_or_insert_with(|| {
            let nothing = Written { bytes: [0; BYTES], compared: 0, length: 0, item };
            Box::new(Latest { values: [nothing; VALUES], worth: Worth::default() })
        });
        if latest.worth.is_too_dear(&PRICE) || latest.worth.is_paused() || compared > BYTES || !is_ended {
            return;
        }
        let written = &mut latest.values[place];
        written.bytes[..compared].copy_from_slice(source);
        (written.compared, written.length, written.item) = (compared as u8, length as u8, item);
    }
}

/// Where a value belongs, by its first bytes.
#[inline]
fn place(bytes: &[u8]) -> Option<usize> {
    let word = u64::from_le_bytes(*bytes.first_chunk::<8>()?);
    Some((spread(word) >> 60) as usize)
}
