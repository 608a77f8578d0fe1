//! The full blocks of a table, shared with whoever packs them.

use std::{
    cell::RefCell,
    fmt,
    rc::{Rc, Weak},
    task::Waker,
};

use super::packing::{pack, unpack};
use crate::ports::Packer;

/// Full blocks, in the order of the rows.
#[derive(Default)]
pub(super) struct Blocks {
    /// `None` compresses in place.
    pub packer: Option<Rc<dyn Packer>>,
    blocks: Vec<Block>,
    /// Bytes of the blocks that are raw.
    raw_bytes: usize,
    packed_bytes: usize,
    wakers: Vec<Waker>,
}

/// Where the rows from `first` on are.
struct Block {
    first: u32,
    bytes: Bytes,
}

enum Bytes {
    Raw(Rc<Vec<u8>>),
    Packed(Box<[u8]>),
}

impl Blocks {
    /// Adds a block, and says where.
    pub fn push(&mut self, first: u32, raw: Rc<Vec<u8>>) -> usize {
        self.raw_bytes += raw.capacity();
        self.blocks.push(Block { first, bytes: Bytes::Raw(raw) });
        self.blocks.len() - 1
    }
    /// The block that a row is in, and its first row.
    pub fn position(&self, row: u32) -> (usize, u32) {
        let at = self.blocks.partition_point(|block| block.first <= row) - 1;
        (at, self.blocks[at].first)
    }
    /// The bytes of a block that is not packed yet.
    pub fn raw(&self, at: usize) -> Option<&[u8]> {
        match &self.blocks[at].bytes {
            Bytes::Raw(raw) => Some(raw),
            Bytes::Packed(_) => None,
        }
    }
    /// A copy of a block's bytes.
    pub fn unpack(&self, at: usize) -> Vec<u8> {
        match &self.blocks[at].bytes {
            Bytes::Raw(raw) => Vec::clone(raw),
            Bytes::Packed(packed) => unpack(packed).expect("the block was packed by `pack`"),
        }
    }
    /// Bytes of raw blocks.
    pub fn raw_bytes(&self) -> usize {
        self.raw_bytes
    }
    /// Bytes of memory held.
    pub fn memory_bytes(&self) -> usize {
        self.raw_bytes + self.packed_bytes + self.blocks.capacity() * size_of::<Block>()
    }
    /// Wakes this one at the next change.
    pub fn wake(&mut self, waker: &Waker) {
        if !self.wakers.iter().any(|other| other.will_wake(waker)) {
            self.wakers.push(waker.clone());
        }
    }
    /// Does without the packer from now on, and compresses what it still owes.
    pub fn pack_in_place(&mut self) {
        self.packer = None;
        for at in 0..self.blocks.len() {
            self.pack_block(at);
        }
    }

    fn pack_block(&mut self, at: usize) {
        if let Some(raw) = self.raw(at) {
            let packed = pack(raw);
            self.replace(at, packed);
        }
    }
    /// Takes the packed bytes of a block, unless they came before.
    fn replace(&mut self, at: usize, packed: Vec<u8>) {
        let block = &mut self.blocks[at];
        let Bytes::Raw(raw) = &block.bytes else { return };
        self.raw_bytes -= raw.capacity();
        self.packed_bytes += packed.len();
        block.bytes = Bytes::Packed(packed.into_boxed_slice());
        self.wakers.drain(..).for_each(Waker::wake);
    }
}

impl fmt::Debug for Blocks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blocks")
            .field("blocks", &self.blocks.len())
            .field("raw_bytes", &self.raw_bytes)
            .field("packed_bytes", &self.packed_bytes)
            .finish_non_exhaustive()
    }
}

/// A block that a packer owes. One that the packer lets go is compressed in place.
pub(super) struct Pending {
    blocks: Weak<RefCell<Blocks>>,
    at: usize,
}

impl Pending {
    pub fn new(blocks: &Rc<RefCell<Blocks>>, at: usize) -> Self {
        Self { blocks: Rc::downgrade(blocks), at }
    }
    /// The packer is done.
    pub fn done(self, packed: Vec<u8>) {
        if let Some(blocks) = self.blocks.upgrade() {
            blocks.borrow_mut().replace(self.at, packed);
        }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let Some(blocks) = self.blocks.upgrade() {
            blocks.borrow_mut().pack_block(self.at);
        }
    }
}
