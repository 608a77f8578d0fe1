//! How a block is compressed: the only place that knows.

/// Compresses a block.
pub fn pack(block: &[u8]) -> Vec<u8> {
    lz4_flex::compress_prepend_size(block)
}

/// Gives back what was packed, or `None` for bytes that [`pack`] did not write.
pub fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    lz4_flex::decompress_size_prepended(packed).ok()
}
