//! Each row's original bytes, byte for byte, in compressed blocks.
//! A block is small enough to be unpacked within a millisecond, and large enough that records share their keys.
//!
//! Full blocks go to a [`Packer`], which may compress them in another thread. Until the packed one comes back, the raw one stays,
//! so that every row can be read at any time. Whoever adds rows asks [`Backlog::room`] now and then, which keeps that bounded.
//!
//! Packed blocks can be in a file instead of in memory, and are then read from there one by one.

mod backlog;
mod blocks;
mod packing;

use std::{borrow::Cow, cell::RefCell, ops::Range, rc::Rc};

use crate::{
    limits::RECORD_BLOCK_BYTES,
    ports::{PackDone, Packer, StorageError, StoredFile},
    segment::{Damaged, Place, SegmentReader, SegmentWriter},
};
pub use backlog::Backlog;
use blocks::{Blocks, Pending};
pub use packing::{pack, pack_small, unpack};

/// Compresses each block at once, in this thread and with little code.
#[derive(Clone, Copy, Debug, Default)]
pub struct InPlace;

impl Packer for InPlace {
    // A block that a packer lets go is compressed in place.
    fn pack(&self, _block: &[u8], _done: PackDone) {}
}

/// Compresses each block at once, in this thread, with more code and to less than [`InPlace`] does.
#[derive(Clone, Copy, Debug, Default)]
pub struct SmallInPlace;

impl Packer for SmallInPlace {
    fn pack(&self, block: &[u8], done: PackDone) {
        if let Some(packed) = pack_small(block) {
            done(packed);
        }
    }
}

/// The original bytes of every row of a table, in the order of the rows.
#[derive(Debug, Default)]
pub struct Records {
    blocks: Rc<RefCell<Blocks>>,
    /// The block that is still being filled.
    open: Vec<u8>,
    open_first: u32,
    is_replaying: bool,
    /// Where each row's bytes end within its block.
    ends: Vec<u32>,
    /// The block unpacked last, because rows are often read one after the other.
    unpacked: RefCell<Option<(usize, Vec<u8>)>>,
    /// Why a block could not be read from its file, the first time that happened.
    trouble: RefCell<Option<StorageError>>,
}

impl Records {
    /// Has the blocks that become full from now on compressed by this packer.
    pub fn pack_with(&mut self, packer: Rc<dyn Packer>) {
        self.blocks.borrow_mut().packer = Some(packer);
    }
    /// What waits to be compressed.
    pub fn backlog(&self) -> Backlog {
        Backlog::new(self.blocks.clone())
    }
    /// Adds the bytes of the next row.
    pub fn push(&mut self, bytes: &[u8]) {
        if !self.is_replaying && !self.open.is_empty() && self.open.len() + bytes.len() > RECORD_BLOCK_BYTES {
            self.close_block();
        }
        self.open.extend_from_slice(bytes);
        self.ends.push(u32::try_from(self.open.len()).expect("a record comes from one page, which is far below 4 GiB"));
    }
    /// The bytes of a row, or `None` for a row that never was, or that cannot be read: see [`Records::trouble`].
    pub fn get(&self, row: u32) -> Option<Vec<u8>> {
        let end = *self.ends.get(row as usize)? as usize;
        if row >= self.open_first {
            return Some(self.open[self.start(row, self.open_first)..end].to_vec());
        }
        let blocks = self.blocks.borrow();
        let (at, first) = blocks.position(row);
        let range = self.start(row, first)..end;
        if let Some(raw) = blocks.raw(at) {
            return Some(raw[range].to_vec());
        }
        let mut unpacked = self.unpacked.borrow_mut();
        if unpacked.as_ref().is_none_or(|(unpacked_at, _)| *unpacked_at != at) {
            *unpacked = match blocks.unpack(at) {
                Ok(bytes) => Some((at, bytes)),
                Err(error) => {
                    self.trouble.borrow_mut().get_or_insert(error);
                    None
                }
            };
        }
        unpacked.as_ref().map(|(_, bytes)| bytes[range].to_vec())
    }
    /// Bytes of memory held, whatever state the records are in.
    pub fn memory_bytes(&self) -> usize {
        let unpacked = self.unpacked.borrow().as_ref().map_or(0, |(_, bytes)| bytes.capacity());
        let ends = self.ends.capacity() * size_of::<u32>();
        self.blocks.borrow().memory_bytes() + self.open.capacity() + ends + unpacked
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }
    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
    /// Bytes of records that are in files.
    pub fn filed_bytes(&self) -> u64 {
        self.blocks.borrow().filed_bytes
    }
    /// Why a record could not be read from its file.
    pub fn trouble(&self) -> Option<StorageError> {
        self.trouble.borrow().clone()
    }

    /// Moves packed blocks from memory into a file, from this offset on and the oldest first, until at least so many bytes are
    /// free or none is left. Says where the file ends then.
    pub(crate) fn spill(&mut self, file: &Rc<dyn StoredFile>, offset: u64, bytes: usize) -> Result<u64, StorageError> {
        self.blocks.borrow_mut().spill(file, offset, bytes)
    }
    /// Makes the block that is being filled a full one, so that all rows are in full blocks.
    pub(crate) fn close(&mut self) {
        if !self.open.is_empty() {
            self.close_block();
        }
    }
    /// Rows in the full blocks before this one.
    pub(crate) fn rows_before(&self, block: usize) -> u32 {
        self.blocks.borrow().firsts().nth(block).unwrap_or(self.open_first)
    }
    /// Where the bytes of these rows end, each within its block.
    pub(crate) fn ends(&self, rows: Range<u32>) -> &[u32] {
        &self.ends[rows.start as usize..rows.end as usize]
    }
    /// Where the blocks are that are in files.
    pub(crate) fn filed_places(&self) -> Vec<Place> {
        self.blocks.borrow().filed_places()
    }
    /// From now on blocks become full when [`Records::end_block`] is called, and not before; or as usual again.
    pub(crate) fn set_replaying(&mut self, is_replaying: bool) {
        self.is_replaying = is_replaying;
    }
    /// The rows of the block that is being filled are at this place of a file, and need not be kept here.
    pub(crate) fn end_block(&mut self, file: &Rc<dyn StoredFile>, place: Place) {
        self.blocks.borrow_mut().push_filed(self.open_first, file.clone(), place);
        self.open.clear();
        self.open_first = self.ends.len() as u32;
    }
    /// Lets go of packed blocks that are at these places of a file as well, the oldest first, until at least so many bytes are
    /// free or none is left.
    pub(crate) fn release(&mut self, file: &Rc<dyn StoredFile>, places: &[Place], bytes: usize) {
        self.blocks.borrow_mut().release(file, places, bytes);
    }
    /// Number of full blocks. They never change, and more are only added at the end.
    pub(crate) fn full_blocks(&self) -> usize {
        self.blocks.borrow().len()
    }
    /// Gives the packed bytes of a full block away to be kept.
    pub(crate) fn keep_block<T>(
        &self,
        at: usize,
        keep: impl FnOnce(&[u8]) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let blocks = self.blocks.borrow();
        let packed: Cow<'_, [u8]> = blocks.packed(at)?;
        keep(&packed)
    }
    /// Everything but the full blocks, which are at these places of a file.
    pub(crate) fn write(&self, places: &[Place], out: &mut SegmentWriter) {
        let firsts: Vec<u32> = self.blocks.borrow().firsts().collect();
        debug_assert_eq!(firsts.len(), places.len(), "every full block was kept");
        out.list(&firsts);
        places.iter().for_each(|place| place.write_to(out));
        out.item(self.open_first);
        out.list(&self.open);
        out.list(&self.ends);
    }
    /// Back from a segment of this file.
    pub(crate) fn read(from: &mut SegmentReader<'_>, file: &Rc<dyn StoredFile>) -> Result<Self, Damaged> {
        let records = Self::default();
        for first in from.list::<u32, 4>()? {
            records.blocks.borrow_mut().push_filed(first, file.clone(), Place::read_from(from)?);
        }
        Ok(Self { open_first: from.item()?, open: from.list()?, ends: from.list()?, ..records })
    }
    /// Takes blocks of one file back into memory, until so many bytes were taken. False when there are no more.
    pub(crate) fn take_from(&mut self, file: &Rc<dyn StoredFile>, bytes: usize) -> Result<bool, StorageError> {
        self.blocks.borrow_mut().take_from(file, bytes)
    }

    fn start(&self, row: u32, first: u32) -> usize {
        if row == first { 0 } else { self.ends[row as usize - 1] as usize }
    }
    fn close_block(&mut self) {
        let raw = Rc::new(std::mem::replace(&mut self.open, Vec::with_capacity(RECORD_BLOCK_BYTES)));
        let at = self.blocks.borrow_mut().push(self.open_first, raw.clone());
        self.open_first = self.ends.len() as u32;
        let pending = Pending::new(&self.blocks, at);
        let packer = self.blocks.borrow().packer.clone();
        if let Some(packer) = packer {
            packer.pack(&raw, Box::new(move |packed| pending.done(packed)));
        }
    }
}

#[cfg(test)]
mod tests;
