//! The full blocks of a table, shared with whoever packs them.

use std::{
    borrow::Cow,
    cell::RefCell,
    fmt,
    rc::{Rc, Weak},
    task::Waker,
};

use super::packing::{pack, unpack};
use crate::{
    limits::FILE_WRITE_BYTES,
    ports::{Packer, StorageError, StoredFile},
    segment::Place,
};

/// Full blocks, in the order of the rows.
#[derive(Default)]
pub(super) struct Blocks {
    /// `None` compresses in place.
    pub packer: Option<Rc<dyn Packer>>,
    blocks: Vec<Block>,
    /// Bytes of the blocks that are raw.
    raw_bytes: usize,
    packed_bytes: usize,
    /// Bytes in files, which take no memory.
    pub filed_bytes: u64,
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
    /// Packed, in a file.
    Filed(Rc<dyn StoredFile>, Place),
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
            Bytes::Packed(_) | Bytes::Filed(..) => None,
        }
    }
    /// A copy of a block's bytes.
    pub fn unpack(&self, at: usize) -> Result<Vec<u8>, StorageError> {
        match &self.blocks[at].bytes {
            Bytes::Raw(raw) => Ok(Vec::clone(raw)),
            Bytes::Packed(packed) => unpack(packed).ok_or(StorageError::Damaged),
            Bytes::Filed(file, place) => unpack(&place.read(&**file)?).ok_or(StorageError::Damaged),
        }
    }
    /// A block's packed bytes.
    pub fn packed(&self, at: usize) -> Result<Cow<'_, [u8]>, StorageError> {
        Ok(match &self.blocks[at].bytes {
            Bytes::Raw(raw) => Cow::Owned(pack(raw)),
            Bytes::Packed(packed) => Cow::Borrowed(packed),
            Bytes::Filed(file, place) => Cow::Owned(place.read(&**file)?),
        })
    }
    /// How many blocks there are.
    pub fn len(&self) -> usize {
        self.blocks.len()
    }
    /// The first row of each block.
    pub fn firsts(&self) -> impl Iterator<Item = u32> {
        self.blocks.iter().map(|block| block.first)
    }
    /// Where the blocks are that are in files.
    pub fn filed_places(&self) -> Vec<Place> {
        let place = |block: &Block| match &block.bytes {
            Bytes::Filed(_, place) => Some(*place),
            Bytes::Raw(_) | Bytes::Packed(_) => None,
        };
        self.blocks.iter().filter_map(place).collect()
    }
    /// Adds a block that is in a file.
    pub fn push_filed(&mut self, first: u32, file: Rc<dyn StoredFile>, place: Place) {
        self.filed_bytes += place.len;
        self.blocks.push(Block { first, bytes: Bytes::Filed(file, place) });
    }
    /// Moves packed blocks from memory into a file, from this offset on and the oldest first, until at least so many bytes are
    /// free or none is left. Says where the file ends then.
    pub fn spill(&mut self, file: &Rc<dyn StoredFile>, offset: u64, bytes: usize) -> Result<u64, StorageError> {
        let (mut end, mut freed) = (offset, 0);
        let mut next = 0;
        while freed < bytes && next < self.blocks.len() {
            let (mut buffer, mut places) = (Vec::new(), Vec::new());
            while next < self.blocks.len() && buffer.len() < FILE_WRITE_BYTES && freed + buffer.len() < bytes {
                if let Bytes::Packed(packed) = &self.blocks[next].bytes {
                    places.push((next, Place::of(end + buffer.len() as u64, packed)));
                    buffer.extend_from_slice(packed);
                }
                next += 1;
            }
            if buffer.is_empty() {
                break;
            }
            file.write(end, &buffer)?;
            // Only now are they in the file.
            for (at, place) in places {
                self.blocks[at].bytes = Bytes::Filed(file.clone(), place);
            }
            end += buffer.len() as u64;
            freed += buffer.len();
            self.packed_bytes -= buffer.len();
            self.filed_bytes += buffer.len() as u64;
        }
        Ok(end)
    }
    /// Lets go of packed blocks that are at these places of a file as well, the oldest first, until at least so many bytes are
    /// free or none is left.
    pub fn release(&mut self, file: &Rc<dyn StoredFile>, places: &[Place], bytes: usize) {
        let mut freed = 0;
        for (block, place) in self.blocks.iter_mut().zip(places) {
            if freed >= bytes {
                break;
            }
            if let Bytes::Packed(packed) = &block.bytes {
                freed += packed.len();
                self.packed_bytes -= packed.len();
                self.filed_bytes += place.len;
                block.bytes = Bytes::Filed(file.clone(), *place);
            }
        }
    }
    /// Takes blocks of one file back into memory, until so many bytes were taken. False when there are no more.
    pub fn take_from(&mut self, file: &Rc<dyn StoredFile>, bytes: usize) -> Result<bool, StorageError> {
        let mut taken = 0;
        for block in &mut self.blocks {
            if taken >= bytes {
                return Ok(true);
            }
            if let Bytes::Filed(other, place) = &block.bytes
                && Rc::ptr_eq(file, other)
            {
                let packed = place.read(&**file)?.into_boxed_slice();
                taken += packed.len();
                self.packed_bytes += packed.len();
                self.filed_bytes -= place.len;
                block.bytes = Bytes::Packed(packed);
            }
        }
        Ok(false)
    }
    /// Number of blocks before this one that are not packed.
    pub fn raw_before(&self, block: usize) -> usize {
        self.blocks.iter().take(block).filter(|block| matches!(block.bytes, Bytes::Raw(_))).count()
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
