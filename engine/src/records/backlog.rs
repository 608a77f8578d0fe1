//! What waits to be compressed, for those who must not let it grow without bound.

use std::{cell::RefCell, future::poll_fn, rc::Rc, task::Poll};

use futures_util::future::{Either, select};

use super::blocks::Blocks;
use crate::{
    limits::{PACK_WAIT_MAX, RAW_RECORD_BYTES_MAX},
    ports::Clock,
};

/// The raw blocks of one table. Clones share it.
#[derive(Clone, Debug)]
pub struct Backlog {
    blocks: Rc<RefCell<Blocks>>,
}

impl Backlog {
    pub(super) fn new(blocks: Rc<RefCell<Blocks>>) -> Self {
        Self { blocks }
    }
    /// True when nothing may be added before something was compressed.
    pub fn is_full(&self) -> bool {
        self.raw_bytes() >= RAW_RECORD_BYTES_MAX
    }
    /// Bytes that wait.
    pub fn raw_bytes(&self) -> usize {
        self.blocks.borrow().raw_bytes()
    }
    /// Resolves when more may be added. A packer that finishes nothing for too long is not asked again.
    pub async fn room(&self, clock: &dyn Clock) {
        while self.is_full() {
            if let Either::Right(_) = select(Box::pin(self.packed_one(usize::MAX)), clock.sleep(PACK_WAIT_MAX)).await {
                self.blocks.borrow_mut().pack_in_place();
            }
        }
    }

    /// Resolves when the blocks before this one are compressed.
    pub async fn packed(&self, block: usize, clock: &dyn Clock) {
        while self.blocks.borrow().raw_before(block) > 0 {
            if let Either::Right(_) = select(Box::pin(self.packed_one(block)), clock.sleep(PACK_WAIT_MAX)).await {
                self.blocks.borrow_mut().pack_in_place();
            }
        }
    }

    /// Resolves when one more of the blocks before this one is compressed, whatever comes behind them meanwhile.
    async fn packed_one(&self, block: usize) {
        let before = self.blocks.borrow().raw_before(block);
        poll_fn(|ctx| {
            let mut blocks = self.blocks.borrow_mut();
            if blocks.raw_before(block) < before {
                return Poll::Ready(());
            }
            blocks.wake(ctx.waker());
            Poll::Pending
        })
        .await;
    }
}
