//! Records to be compressed, which happens in a worker of its own.
//!
//! Blocks go through the window: memory moves between a worker and who started it, where a port between two workers may copy it.
//! In Chromium, 400 blocks of a mebibyte there and back take a tenth to a quarter less time so on a busy machine; where the sender was
//! not interrupted, it spent 0.04 ms on each instead of 0.3 ms.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use engine::{
    limits::RECORD_BLOCK_BYTES,
    ports::{PackDone, Packer},
};
use js_sys::{ArrayBuffer, Uint8Array};

/// Memory of blocks that came back, kept for the next ones: fresh memory costs as much as the copy into it. As many blocks as are
/// on their way at once when packing keeps up.
const SPENT_KEPT: usize = 8;

/// The engine's end of the connection to the pack worker. Clones share it.
#[derive(Clone)]
pub struct PackLink(Rc<Inner>);

struct Inner {
    /// Sends a block, whose memory is gone then; false when that failed.
    send: Box<dyn Fn(&Uint8Array) -> bool>,
    /// Blocks are answered in the order in which they were sent.
    owed: RefCell<VecDeque<PackDone>>,
    spent: RefCell<Vec<ArrayBuffer>>,
    is_lost: Cell<bool>,
}

impl PackLink {
    /// A link that sends its blocks in this way. The answers come through [`PackLink::receive`].
    pub fn new(send: impl Fn(&Uint8Array) -> bool + 'static) -> Self {
        Self(Rc::new(Inner {
            send: Box::new(send),
            owed: RefCell::default(),
            spent: RefCell::default(),
            is_lost: Cell::new(false),
        }))
    }
    /// The oldest block came back packed, and with it the memory that it was sent in.
    pub fn receive(&self, packed: &Uint8Array, spent: &Uint8Array) {
        let buffer = spent.buffer();
        let mut kept = self.0.spent.borrow_mut();
        if kept.len() < SPENT_KEPT && buffer.byte_length() as usize == RECORD_BLOCK_BYTES {
            kept.push(buffer);
        }
        drop(kept);
        let done = self.0.owed.borrow_mut().pop_front();
        // No packed block is empty: an empty answer says that this one cannot be packed there, and dropping `done` passes that on.
        if let Some(done) = done.filter(|_| packed.length() > 0) {
            done(packed.to_vec());
        }
    }
    /// There is no worker, or none any longer: whoever waits for a block compresses it.
    pub fn lose(&self) {
        self.0.is_lost.set(true);
        self.0.spent.take();
        // Dropping them says so.
        let owed = self.0.owed.take();
        drop(owed);
    }

    fn memory(&self, bytes: usize) -> ArrayBuffer {
        let kept = if bytes <= RECORD_BLOCK_BYTES { self.0.spent.borrow_mut().pop() } else { None };
        kept.unwrap_or_else(|| ArrayBuffer::new(bytes.max(RECORD_BLOCK_BYTES) as u32))
    }
}

impl Packer for PackLink {
    fn pack(&self, block: &[u8], done: PackDone) {
        if self.0.is_lost.get() {
            // Dropping `done` says so.
            return;
        }
        let memory = self.memory(block.len());
        let sent = Uint8Array::new_with_byte_offset_and_length(&memory, 0, block.len() as u32);
        sent.copy_from(block);
        self.0.owed.borrow_mut().push_back(done);
        if !(self.0.send)(&sent) {
            self.lose();
        }
    }
}
