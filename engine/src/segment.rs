//! Plain data as bytes and back, for what is kept in files: little-endian, lists whole, and never read past the end.
//! Where in a file they are is a [`Place`]; which files there are is `cache`'s business.

mod place;

pub use place::{Place, checksum};

use crate::ports::StorageError;

/// Bytes that are not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are not what was written")]
pub struct Damaged;

impl From<Damaged> for StorageError {
    fn from(Damaged: Damaged) -> Self {
        Self::Damaged
    }
}

/// Items of `N` bytes each.
pub trait Plain<const N: usize>: Copy {
    /// The item's bytes.
    fn to_bytes(self) -> [u8; N];
    /// The item with these bytes.
    fn from_bytes(bytes: [u8; N]) -> Self;
}

macro_rules! plain {
    ($($number:ty),*) => {$(
        impl Plain<{ size_of::<$number>() }> for $number {
            fn to_bytes(self) -> [u8; size_of::<$number>()] {
                self.to_le_bytes()
            }
            fn from_bytes(bytes: [u8; size_of::<$number>()]) -> Self {
                Self::from_le_bytes(bytes)
            }
        }
    )*};
}
plain!(u8, u16, u32, u64, i64, f64);

impl<const N: usize> Plain<N> for [u8; N] {
    fn to_bytes(self) -> [u8; N] {
        self
    }
    fn from_bytes(bytes: [u8; N]) -> Self {
        bytes
    }
}

/// Takes data one after the other.
#[derive(Debug, Default)]
pub struct SegmentWriter {
    bytes: Vec<u8>,
}

impl SegmentWriter {
    /// Makes room for so many bytes, so that growing copies nothing.
    pub fn reserve(&mut self, bytes: usize) {
        self.bytes.reserve(bytes);
    }
    /// One item.
    pub fn item<T: Plain<N>, const N: usize>(&mut self, item: T) {
        self.bytes.extend_from_slice(&item.to_bytes());
    }
    /// A list of items.
    pub fn list<T: Plain<N>, const N: usize>(&mut self, items: &[T]) {
        self.item(items.len() as u64);
        let start = self.bytes.len();
        self.bytes.resize(start + items.len() * N, 0);
        let (places, _) = self.bytes[start..].as_chunks_mut::<N>();
        for (place, item) in places.iter_mut().zip(items) {
            *place = item.to_bytes();
        }
    }
    /// Text.
    pub fn text(&mut self, text: &str) {
        self.list(text.as_bytes());
    }
    /// Bytes that were written before.
    pub fn append(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }
    /// Everything that was written.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
    /// Begins anew and keeps the room.
    pub fn clear(&mut self) {
        self.bytes.clear();
    }
}

/// Gives data back in the order in which it was written.
#[derive(Clone, Debug)]
pub struct SegmentReader<'b> {
    rest: &'b [u8],
}

impl<'b> SegmentReader<'b> {
    /// Reads from the first byte on.
    pub fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes }
    }
    /// One item.
    ///
    /// # Errors
    /// When there is none.
    pub fn item<T: Plain<N>, const N: usize>(&mut self) -> Result<T, Damaged> {
        let (bytes, rest) = self.rest.split_first_chunk::<N>().ok_or(Damaged)?;
        self.rest = rest;
        Ok(T::from_bytes(*bytes))
    }
    /// A number that counts or names things in memory.
    ///
    /// # Errors
    /// When there is none, or it is too large for that.
    pub fn count(&mut self) -> Result<usize, Damaged> {
        usize::try_from(self.item::<u64, 8>()?).map_err(|_| Damaged)
    }
    /// A list of items.
    ///
    /// # Errors
    /// When it is not all there.
    pub fn list<T: Plain<N>, const N: usize>(&mut self) -> Result<Vec<T>, Damaged> {
        let len = self.count()?.checked_mul(N).ok_or(Damaged)?;
        let (bytes, rest) = self.rest.split_at_checked(len).ok_or(Damaged)?;
        self.rest = rest;
        Ok(bytes.as_chunks::<N>().0.iter().map(|bytes| T::from_bytes(*bytes)).collect())
    }
    /// Text.
    ///
    /// # Errors
    /// When it is not all there, or no text.
    pub fn text(&mut self) -> Result<&'b str, Damaged> {
        let len = self.count()?;
        let (bytes, rest) = self.rest.split_at_checked(len).ok_or(Damaged)?;
        self.rest = rest;
        std::str::from_utf8(bytes).map_err(|_| Damaged)
    }
    /// Nothing more is there.
    ///
    /// # Errors
    /// When something is.
    pub fn end(&self) -> Result<(), Damaged> {
        if self.rest.is_empty() { Ok(()) } else { Err(Damaged) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(numbers in proptest::collection::vec(any::<i64>(), 0..20), codes in
            proptest::collection::vec(any::<u16>(), 0..20), text in "\\PC{0,30}", ids in any::<[[u8; 16]; 3]>(), flag in any::<u8>())
        {
            let mut writer = SegmentWriter::default();
            writer.list(&numbers);
            writer.item(flag);
            writer.list(&codes);
            writer.text(&text);
            writer.list(&ids);
            let bytes = writer.bytes();
            let read = |bytes: &[u8]| {
                let mut reader = SegmentReader::new(bytes);
                let all = (reader.list::<i64, 8>()?, reader.item::<u8, 1>()?, reader.list::<u16, 2>()?,
                    reader.text()?.to_owned(), reader.list::<[u8; 16], 16>()?);
                reader.end()?;
                Ok(all)
            };
            prop_assert_eq!(read(bytes), Ok((numbers, flag, codes, text, ids.to_vec())));
            for len in 0..bytes.len() {
                prop_assert_eq!(read(&bytes[..len]), Err(Damaged));
            }
            prop_assert_eq!(read(&[bytes, &[0]].concat()), Err(Damaged));
        }
    }

    #[test]
    fn a_length_beyond_the_bytes_takes_no_memory() {
        let mut reader = SegmentReader::new(&[0xff; 40]);
        assert_eq!(reader.clone().list::<u64, 8>(), Err(Damaged));
        assert_eq!(reader.text(), Err(Damaged));
    }
}
