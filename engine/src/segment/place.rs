//! Where in a file a segment is.

use super::{Damaged, SegmentReader, SegmentWriter};
use crate::{
    bytes::hash,
    ports::{StorageError, StoredFile},
};

/// Where a segment is, and what its bytes must come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// First byte.
    pub offset: u64,
    /// Number of bytes.
    pub len: u64,
    /// [`checksum`] of the bytes.
    pub checksum: u64,
}

impl Place {
    /// The place of bytes that are written at this offset.
    pub fn of(offset: u64, bytes: &[u8]) -> Self {
        Self { offset, len: bytes.len() as u64, checksum: checksum(bytes) }
    }
    /// The bytes that are there.
    ///
    /// # Errors
    /// `Damaged` when they are not all there or not what was written, or what the storage says.
    pub fn read(&self, file: &dyn StoredFile) -> Result<Vec<u8>, StorageError> {
        let end = self.offset.checked_add(self.len).ok_or(StorageError::Damaged)?;
        if end > file.len()? {
            return Err(StorageError::Damaged);
        }
        let mut bytes = vec![0; usize::try_from(self.len).map_err(|_| StorageError::Damaged)?];
        file.read(self.offset, &mut bytes)?;
        if checksum(&bytes) == self.checksum { Ok(bytes) } else { Err(StorageError::Damaged) }
    }
    /// Into a segment.
    pub fn write_to(&self, out: &mut SegmentWriter) {
        out.item(self.offset);
        out.item(self.len);
        out.item(self.checksum);
    }
    /// Out of a segment.
    ///
    /// # Errors
    /// When it is not there.
    pub fn read_from(from: &mut SegmentReader<'_>) -> Result<Self, Damaged> {
        Ok(Self { offset: from.item()?, len: from.item()?, checksum: from.item()? })
    }
}

/// A number that hardly any change of the bytes leaves as it is. It tells accidents, not people who mean it. It is in saved
/// files: with another hash, `cache::file`'s version must grow.
pub fn checksum(bytes: &[u8]) -> u64 {
    hash(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_counts() {
        for length in [1, 7, 31, 32, 33, 500] {
            let plain = vec![b'a'; length];
            let mut sums = vec![checksum(&plain), checksum(&plain[1..])];
            for at in 0..length {
                let mut other = plain.clone();
                other[at] = b'b';
                sums.push(checksum(&other));
            }
            sums.sort_unstable();
            sums.dedup();
            assert_eq!(sums.len(), length + 2, "of {length} bytes");
        }
    }
}
