//! Each row's original bytes, byte for byte, in compressed blocks.
//! A block is small enough to be unpacked within a millisecond or two, and large enough that records share their keys.

use std::cell::RefCell;

use crate::limits::RECORD_BLOCK_BYTES;

/// The original bytes of every row of a table, in the order of the rows.
#[derive(Debug, Default)]
pub struct Records {
    blocks: Vec<Block>,
    /// The block that is still being filled, not compressed yet.
    open: Vec<u8>,
    open_first: u32,
    /// Where each row's bytes end within its block.
    ends: Vec<u32>,
    /// The block unpacked last, because rows are often read one after the other.
    unpacked: RefCell<Option<(usize, Vec<u8>)>>,
    packed_bytes: usize,
}

#[derive(Debug)]
struct Block {
    first: u32,
    packed: Box<[u8]>,
}

impl Records {
    /// Adds the bytes of the next row.
    pub fn push(&mut self, bytes: &[u8]) {
        if !self.open.is_empty() && self.open.len() + bytes.len() > RECORD_BLOCK_BYTES {
            self.close_block();
        }
        self.open.extend_from_slice(bytes);
        self.ends.push(u32::try_from(self.open.len()).expect("a record comes from one page, which is far below 4 GiB"));
    }
    /// The bytes of a row, or `None` for a row that never was.
    pub fn get(&self, row: u32) -> Option<Vec<u8>> {
        let end = *self.ends.get(row as usize)? as usize;
        if row >= self.open_first {
            return Some(self.open[self.start(row, self.open_first)..end].to_vec());
        }
        let at = self.blocks.partition_point(|block| block.first <= row) - 1;
        let block = &self.blocks[at];
        let mut unpacked = self.unpacked.borrow_mut();
        if unpacked.as_ref().is_none_or(|(unpacked_at, _)| *unpacked_at != at) {
            let bytes =
                lz4_flex::decompress_size_prepended(&block.packed).expect("the block was packed by this module");
            *unpacked = Some((at, bytes));
        }
        let (_, bytes) = unpacked.as_ref()?;
        Some(bytes[self.start(row, block.first)..end].to_vec())
    }
    /// Bytes of memory held.
    pub fn memory_bytes(&self) -> usize {
        self.packed_bytes + self.open.capacity() + self.ends.capacity() * size_of::<u32>() + RECORD_BLOCK_BYTES
    }

    fn start(&self, row: u32, first: u32) -> usize {
        if row == first { 0 } else { self.ends[row as usize - 1] as usize }
    }
    fn close_block(&mut self) {
        let packed = lz4_flex::compress_prepend_size(&self.open).into_boxed_slice();
        self.packed_bytes += packed.len() + size_of::<Block>();
        self.blocks.push(Block { first: self.open_first, packed });
        self.open.clear();
        self.open_first = self.ends.len() as u32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_record_comes_back_byte_for_byte() {
        let record = |row: u32| {
            let mut bytes = format!("{{\"id\":\"{row}\",\"x\":\"").into_bytes();
            bytes.resize(bytes.len() + (row as usize * 7_919) % 9_000, 0x80 | row as u8);
            bytes
        };
        let mut records = Records::default();
        for row in 0..300 {
            records.push(&record(row));
        }
        records.push(&vec![7; RECORD_BLOCK_BYTES * 2]);
        records.push(b"");
        for row in (0..300).rev().chain([5, 299, 0]) {
            assert_eq!(records.get(row).as_deref(), Some(&record(row)[..]), "row {row}");
        }
        assert_eq!(records.get(300).map(|bytes| bytes.len()), Some(RECORD_BLOCK_BYTES * 2));
        assert_eq!(records.get(301).as_deref(), Some(&b""[..]));
        assert_eq!(records.get(302), None);
    }
}
