//! The layout of one file: a header, segments one after the other, a table of contents.
//!
//! ```text
//! 0      magic, version, fingerprint, generation, place of the contents, checksum of all that  (the header, written last)
//! 65536  segment, segment, …
//!        contents
//! ```
//!
//! Numbers are little-endian. A file whose writing broke off has no valid header; one that was cut or changed afterwards
//! has a segment that is not all there or does not have its checksum. Neither is ever half read.

use std::rc::Rc;

use crate::{
    limits::{LOG_WRITE_BYTES, SEALED_CHUNK_BYTES},
    ports::{StorageError, StoredFile},
    protocol::KeepError,
    segment::{Damaged, Place, SegmentReader, SegmentWriter, checksum},
};

/// Grows with every change of the bytes, and of what a derived column makes of a record.
pub const VERSION: u32 = 5;

const MAGIC: [u8; 8] = *b"GATEBOOK";
/// Where the first segment begins: the header has a sealed chunk of its own, so that writing it puts no other bytes at risk.
const HEADER_BYTES: u64 = SEALED_CHUNK_BYTES as u64;
/// Bytes of the header that say something.
const HEADER_USED: usize = 8 + 4 + 8 + 8 + 24 + 8;

impl From<StorageError> for KeepError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Refused => Self::MemoryOnly,
            StorageError::Full => Self::Full,
            StorageError::InUse => Self::InUse,
            StorageError::Damaged => Self::Damaged,
            StorageError::Forgotten => Self::Forgotten,
            StorageError::Failed { detail } => Self::Failed { detail },
        }
    }
}

/// Writes a file from its first segment to its header. What is written reaches the file in large pieces.
#[derive(Debug)]
pub struct FileWriter {
    file: Rc<dyn StoredFile>,
    /// Bytes that are in the file.
    end: u64,
    /// Bytes that follow them, from `taken` on.
    buffer: Vec<u8>,
    /// Bytes of the buffer that the file has taken: moving the others forward each time would cost more than writing them.
    taken: usize,
}

impl FileWriter {
    /// Empties the file, and with that makes it invalid.
    ///
    /// # Errors
    /// What the storage says.
    pub fn new(file: Rc<dyn StoredFile>) -> Result<Self, StorageError> {
        file.truncate(0)?;
        Ok(Self { file, end: HEADER_BYTES, buffer: Vec::new(), taken: 0 })
    }
    /// Adds a segment.
    pub fn segment(&mut self, bytes: &[u8]) -> Place {
        let place = Place::of(self.end + self.waiting() as u64, bytes);
        self.buffer.extend_from_slice(bytes);
        place
    }
    /// Has the file take a piece. False when too little waits for that.
    ///
    /// # Errors
    /// What the storage says.
    pub fn write_some(&mut self) -> Result<bool, StorageError> {
        if self.waiting() < LOG_WRITE_BYTES {
            self.buffer.drain(..self.taken);
            self.taken = 0;
            return Ok(false);
        }
        self.write(LOG_WRITE_BYTES)?;
        Ok(true)
    }
    fn waiting(&self) -> usize {
        self.buffer.len() - self.taken
    }
    fn write(&mut self, len: usize) -> Result<(), StorageError> {
        self.file.write(self.end, &self.buffer[self.taken..][..len])?;
        self.taken += len;
        self.end += len as u64;
        Ok(())
    }
    /// Adds the table of contents and makes the file valid.
    ///
    /// # Errors
    /// What the storage says.
    pub fn finish(mut self, contents: &[u8], fingerprint: u64, generation: u64) -> Result<(), StorageError> {
        let contents = self.segment(contents);
        self.write(self.waiting())?;
        // What the header vouches for must be there before the header is.
        self.file.flush()?;
        let mut header = SegmentWriter::default();
        header.item(MAGIC);
        header.item(VERSION);
        header.item(fingerprint);
        header.item(generation);
        contents.write_to(&mut header);
        header.item(checksum(header.bytes()));
        debug_assert_eq!(header.bytes().len(), HEADER_USED, "the reader takes as many");
        self.file.write(0, header.bytes())?;
        self.file.flush()
    }
}

/// A valid file.
#[derive(Clone, Debug)]
pub struct FileReader {
    file: Rc<dyn StoredFile>,
    /// Counts the times that the same rows were saved: the larger one is the newer one.
    pub generation: u64,
    contents: Place,
}

impl FileReader {
    /// Looks at the header.
    ///
    /// # Errors
    /// `NothingSaved` for a file whose writing never ended, `OtherVersion` for one that other code or another
    /// definition wrote, or what the storage says.
    pub fn new(file: Rc<dyn StoredFile>, fingerprint: u64) -> Result<Self, KeepError> {
        if file.len()? < HEADER_BYTES {
            return Err(KeepError::NothingSaved);
        }
        let mut bytes = [0; HEADER_USED];
        file.read(0, &mut bytes)?;
        let header = Header::read(&bytes).map_err(|Damaged| KeepError::Damaged)?;
        if header.magic != MAGIC {
            return Err(KeepError::NothingSaved);
        }
        if header.version != VERSION {
            return Err(KeepError::OtherVersion);
        }
        if header.checksum != checksum(&bytes[..HEADER_USED - 8]) {
            return Err(KeepError::Damaged);
        }
        if header.fingerprint != fingerprint {
            return Err(KeepError::OtherVersion);
        }
        Ok(Self { file, generation: header.generation, contents: header.contents })
    }
    /// The table of contents.
    ///
    /// # Errors
    /// `Damaged`, or what the storage says.
    pub fn contents(&self) -> Result<Vec<u8>, StorageError> {
        self.contents.read(&*self.file)
    }
    /// The file.
    pub fn file(&self) -> &Rc<dyn StoredFile> {
        &self.file
    }
}

struct Header {
    magic: [u8; 8],
    version: u32,
    fingerprint: u64,
    generation: u64,
    contents: Place,
    checksum: u64,
}

impl Header {
    fn read(bytes: &[u8]) -> Result<Self, Damaged> {
        let mut from = SegmentReader::new(bytes);
        Ok(Self {
            magic: from.item()?,
            version: from.item()?,
            fingerprint: from.item()?,
            generation: from.item()?,
            contents: Place::read_from(&mut from)?,
            checksum: from.item()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::FutureExt;
    use proptest::prelude::*;

    use super::*;
    use crate::{cache::MemoryStorage, ports::Storage};

    const FINGERPRINT: u64 = 77;

    fn open(storage: &MemoryStorage) -> Rc<dyn StoredFile> {
        storage.open("x").now_or_never().expect("memory answers at once").expect("nobody else has it open")
    }

    fn write(storage: &MemoryStorage, segments: &[Vec<u8>]) -> Result<(), StorageError> {
        let mut writer = FileWriter::new(open(storage))?;
        let mut contents = SegmentWriter::default();
        for segment in segments {
            writer.segment(segment).write_to(&mut contents);
            while writer.write_some()? {}
        }
        writer.finish(contents.bytes(), FINGERPRINT, 3)
    }

    fn read(storage: &MemoryStorage) -> Result<Vec<Vec<u8>>, KeepError> {
        let reader = FileReader::new(open(storage), FINGERPRINT)?;
        assert_eq!(reader.generation, 3);
        let contents = reader.contents()?;
        let mut contents = SegmentReader::new(&contents);
        let mut segments = Vec::new();
        while contents.end().is_err() {
            let place = Place::read_from(&mut contents).map_err(StorageError::from)?;
            segments.push(place.read(&**reader.file())?);
        }
        Ok(segments)
    }

    fn segments() -> impl Strategy<Value = Vec<Vec<u8>>> {
        proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..300), 0..5)
    }

    proptest! {
        #[test]
        fn segments_come_back(segments in segments()) {
            let storage = MemoryStorage::default();
            prop_assert_eq!(write(&storage, &segments), Ok(()));
            prop_assert_eq!(read(&storage), Ok(segments));
        }

        #[test]
        fn a_cut_or_changed_file_is_noticed(segments in segments(), at in any::<prop::sample::Index>(), by in 1..=255_u8) {
            let storage = MemoryStorage::default();
            write(&storage, &segments).expect("there is room");
            let at = at.index(storage.used() as usize);
            storage.damage("x", |bytes| bytes.truncate(at));
            prop_assert!(read(&storage).is_err(), "cut at {}", at);

            write(&storage, &segments).expect("there is room");
            storage.damage("x", |bytes| bytes[at] ^= by);
            // The bytes between the header and the first segment mean nothing.
            let is_unused = (HEADER_USED..HEADER_BYTES as usize).contains(&at);
            prop_assert_eq!(read(&storage) == Ok(segments), is_unused, "changed at {}", at);
        }

        #[test]
        fn a_file_whose_writing_broke_off_is_none(segments in segments(), quota in any::<prop::sample::Index>()) {
            let storage = MemoryStorage::default();
            write(&storage, &segments).expect("there is room");
            storage.set_quota(Some(quota.index(storage.used() as usize) as u64));
            prop_assert_eq!(write(&storage, &segments), Err(StorageError::Full));
            storage.set_quota(None);
            prop_assert_eq!(read(&storage), Err(KeepError::NothingSaved));
        }
    }

    #[test]
    fn segments_of_several_pieces_come_back() {
        let storage = MemoryStorage::default();
        let segments: Vec<Vec<u8>> = (1..6_u8).map(|n| vec![n; LOG_WRITE_BYTES / 2 * usize::from(n) + 7]).collect();
        assert_eq!(write(&storage, &segments), Ok(()));
        assert!(read(&storage) == Ok(segments));
    }

    #[test]
    fn only_what_this_code_wrote_for_this_definition_is_read() {
        let storage = MemoryStorage::default();
        write(&storage, &[vec![1, 2, 3]]).expect("there is room");
        let other = FileReader::new(open(&storage), FINGERPRINT + 1);
        assert_eq!(other.err(), Some(KeepError::OtherVersion));
        storage.damage("x", |bytes| bytes[8] += 1);
        assert_eq!(read(&storage), Err(KeepError::OtherVersion));
        storage.damage("x", Vec::clear);
        assert_eq!(read(&storage), Err(KeepError::NothingSaved));
    }
}
