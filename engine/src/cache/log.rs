//! A file that is only ever added to, entry by entry: what came, as it came.
//!
//! ```text
//! entry    mark, the log's number, sequence, lengths of what follows, checksums     (each entry begins with a new sealed chunk)
//!          what it says of its data
//!          data
//! entry    …
//! ```
//!
//! The first entry says whose log it is. An entry whose writing broke off is none, and neither is whatever follows it: the next
//! one is written in its place. Bytes of entries that are there are never written again, so that nothing puts them at risk.

use std::rc::Rc;

use crate::{
    limits::{LOG_WRITE_BYTES, SEALED_CHUNK_BYTES},
    ports::{Clock, StorageError, StoredFile},
    segment::{Damaged, Place, SegmentReader, SegmentWriter, checksum},
};

const MARK: [u8; 8] = *b"GBENTRY1";
/// Bytes before what an entry says.
const HEAD_BYTES: usize = 8 * 7;

/// A log, and how far it goes.
#[derive(Debug)]
pub struct Log {
    file: Rc<dyn StoredFile>,
    /// Tells it from others that were in the same file.
    id: u64,
    end: LogEnd,
}

/// A place between two entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogEnd {
    /// Where the next entry begins.
    pub offset: u64,
    /// The next entry's number.
    pub sequence: u64,
}

/// An entry that is there.
#[derive(Debug)]
pub struct Entry {
    /// What it says.
    pub says: Vec<u8>,
    /// Where its data begins.
    pub data: u64,
}

impl Log {
    /// Begins a log in place of whatever the file has.
    ///
    /// # Errors
    /// What the storage says.
    pub async fn begin(
        file: Rc<dyn StoredFile>,
        id: u64,
        whose: &[u8],
        clock: &dyn Clock,
    ) -> Result<Self, StorageError> {
        file.truncate(0)?;
        let mut log = Self { file, id, end: LogEnd { offset: 0, sequence: 0 } };
        log.append(whose, &[], clock).await?;
        Ok(log)
    }
    /// The log that is in a file, before its first entry; with whose it is. `None` when there is none.
    ///
    /// # Errors
    /// What the storage says.
    pub fn open(file: Rc<dyn StoredFile>) -> Result<Option<(Self, Vec<u8>)>, StorageError> {
        let Some(head) = Head::read(&*file, 0)? else { return Ok(None) };
        let mut log = Self { file, id: head.id, end: LogEnd { offset: 0, sequence: 0 } };
        Ok(log.next_entry()?.map(|entry| (log, entry.says)))
    }
    /// The file.
    pub fn file(&self) -> &Rc<dyn StoredFile> {
        &self.file
    }
    /// Tells it from others that were in the same file.
    pub fn id(&self) -> u64 {
        self.id
    }
    /// How far it was read and written.
    pub fn end(&self) -> LogEnd {
        self.end
    }
    /// Goes on behind entries that are known.
    pub fn skip_to(&mut self, end: LogEnd) {
        self.end = end;
    }
    /// The next entry; `None` at the end. What is behind the end is written over.
    ///
    /// # Errors
    /// What the storage says.
    pub fn next_entry(&mut self) -> Result<Option<Entry>, StorageError> {
        let offset = self.end.offset;
        let Some(head) = Head::read(&*self.file, offset)? else { return Ok(None) };
        let end = head.data.checked_add(head.data_len).filter(|end| *end <= self.file.len().unwrap_or(0));
        let is_next = head.id == self.id && head.sequence == self.end.sequence;
        let (Some(end), true) = (end, is_next) else { return Ok(None) };
        match head.says.read(&*self.file) {
            Ok(says) => {
                self.end = LogEnd { offset: end.next_multiple_of(ALIGN), sequence: self.end.sequence + 1 };
                Ok(Some(Entry { says, data: head.data }))
            }
            Err(StorageError::Damaged) => Ok(None),
            Err(error) => Err(error),
        }
    }
    /// Adds an entry; its data follows each other. Says where the data begins. The thread has turns for others meanwhile.
    ///
    /// # Errors
    /// What the storage says; the log is then as it was.
    pub async fn append(&mut self, says: &[u8], data: &[Vec<u8>], clock: &dyn Clock) -> Result<u64, StorageError> {
        let written = self.write(says, data, clock).await;
        if written.is_err() {
            // What broke off is no entry even where it cannot be cut off.
            drop(self.file.truncate(self.end.offset));
        }
        let (begins, end) = written?;
        self.end = LogEnd { offset: end, sequence: self.end.sequence + 1 };
        Ok(begins)
    }
    async fn write(&self, says: &[u8], data: &[Vec<u8>], clock: &dyn Clock) -> Result<(u64, u64), StorageError> {
        let LogEnd { offset, sequence } = self.end;
        // What an entry that broke off left behind must not stand where this one is padded.
        self.file.truncate(offset)?;
        let says_place = Place::of(offset + HEAD_BYTES as u64, says);
        let begins = says_place.offset + says_place.len;
        let data_len: u64 = data.iter().map(|part| part.len() as u64).sum();
        let mut buffer = Head { id: self.id, sequence, says: says_place, data: begins, data_len }.bytes();
        buffer.extend_from_slice(says);
        let mut at = offset;
        for part in data {
            buffer.extend_from_slice(part);
            if buffer.len() >= LOG_WRITE_BYTES {
                let whole = buffer.len() / SEALED_CHUNK_BYTES * SEALED_CHUNK_BYTES;
                self.file.write(at, &buffer[..whole])?;
                buffer.drain(..whole);
                at += whole as u64;
                clock.yield_now().await;
            }
        }
        buffer.resize(buffer.len().next_multiple_of(SEALED_CHUNK_BYTES), 0);
        self.file.write(at, &buffer)?;
        self.file.flush()?;
        Ok((begins, at + buffer.len() as u64))
    }
}

const ALIGN: u64 = SEALED_CHUNK_BYTES as u64;

struct Head {
    id: u64,
    sequence: u64,
    says: Place,
    data: u64,
    data_len: u64,
}

impl Head {
    fn bytes(&self) -> Vec<u8> {
        let mut out = SegmentWriter::default();
        out.item(MARK);
        out.item(self.id);
        out.item(self.sequence);
        out.item(self.says.len);
        out.item(self.says.checksum);
        out.item(self.data_len);
        out.item(checksum(out.bytes()));
        debug_assert_eq!(out.bytes().len(), HEAD_BYTES, "the reader takes as many");
        out.bytes().to_vec()
    }
    /// The head that is there; `None` where there is none.
    fn read(file: &dyn StoredFile, offset: u64) -> Result<Option<Self>, StorageError> {
        let Some(begins) = offset.checked_add(HEAD_BYTES as u64).filter(|end| *end <= file.len().unwrap_or(0)) else {
            return Ok(None);
        };
        let mut bytes = [0; HEAD_BYTES];
        match file.read(offset, &mut bytes) {
            Ok(()) => Ok(Self::parse(&bytes, begins).ok().flatten()),
            Err(StorageError::Damaged) => Ok(None),
            Err(error) => Err(error),
        }
    }
    fn parse(bytes: &[u8; HEAD_BYTES], begins: u64) -> Result<Option<Self>, Damaged> {
        let mut from = SegmentReader::new(bytes);
        let mark: [u8; 8] = from.item()?;
        let (id, sequence) = (from.item()?, from.item()?);
        let says = Place { offset: begins, len: from.item()?, checksum: from.item()? };
        let data_len = from.item()?;
        let is_whole = mark == MARK && from.item::<u64, 8>()? == checksum(&bytes[..HEAD_BYTES - 8]);
        let data = begins.checked_add(says.len);
        Ok(data.filter(|_| is_whole).map(|data| Self { id, sequence, says, data, data_len }))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::future::{FutureExt, LocalBoxFuture, ready};
    use proptest::prelude::*;

    use super::*;
    use crate::{
        cache::MemoryStorage,
        ports::{Millis, Storage},
    };

    struct Still;

    impl Clock for Still {
        fn now(&self) -> Millis {
            0
        }
        fn sleep(&self, _: Duration) -> LocalBoxFuture<'_, ()> {
            ready(()).boxed_local()
        }
    }

    type Written = (Vec<u8>, Vec<Vec<u8>>);

    fn open(storage: &MemoryStorage) -> Rc<dyn StoredFile> {
        storage.open("x").now_or_never().expect("memory answers at once").expect("nobody else has it open")
    }
    fn begin(storage: &MemoryStorage) -> Log {
        let begun = Log::begin(open(storage), 7, b"whose", &Still).now_or_never().expect("nothing is waited for");
        begun.expect("there is room")
    }
    fn append(log: &mut Log, (says, data): &Written) -> Result<u64, StorageError> {
        log.append(says, data, &Still).now_or_never().expect("nothing is waited for")
    }
    /// Everything that is there, with the log at its end.
    fn read(storage: &MemoryStorage) -> Option<(Log, Vec<Entry>)> {
        let (mut log, whose) = Log::open(open(storage)).expect("memory can be read")?;
        assert_eq!(whose, b"whose");
        let mut entries = Vec::new();
        while let Some(entry) = log.next_entry().expect("memory can be read") {
            entries.push(entry);
        }
        Some((log, entries))
    }
    fn is(log: &Log, entry: &Entry, (says, data): &Written) -> bool {
        let mut found = vec![0; data.iter().map(Vec::len).sum()];
        log.file().read(entry.data, &mut found).is_ok() && entry.says == *says && found == data.concat()
    }
    fn entries() -> impl Strategy<Value = Vec<Written>> {
        let bytes = |max| prop::collection::vec(any::<u8>(), 0..max);
        let data = prop::collection::vec(bytes(200), 0..4);
        let large = (0..400_000_usize).prop_map(|len| vec![vec![7; len], vec![8; 300_000]]);
        prop::collection::vec((bytes(90), prop_oneof![4 => data, 1 => large]), 0..5)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn entries_come_back_and_more_can_be_added(first in entries(), then in entries()) {
            let storage = MemoryStorage::default();
            let mut log = begin(&storage);
            for entry in &first {
                append(&mut log, entry).expect("there is room");
            }
            drop(log);
            let (mut log, found) = read(&storage).expect("it was begun");
            prop_assert_eq!(found.len(), first.len());
            for entry in &then {
                append(&mut log, entry).expect("there is room");
            }
            let end = log.end();
            drop(log);
            let (log, found) = read(&storage).expect("it was begun");
            let all: Vec<&Written> = first.iter().chain(&then).collect();
            prop_assert!(found.len() == all.len() && found.iter().zip(all).all(|(entry, was)| is(&log, entry, was)));
            prop_assert_eq!(log.end(), end);
        }

        #[test]
        fn what_broke_off_is_no_entry_and_written_over(entries in entries(), cut in any::<prop::sample::Index>()) {
            let storage = MemoryStorage::default();
            let mut log = begin(&storage);
            let mut ends = Vec::new();
            for entry in &entries {
                append(&mut log, entry).expect("there is room");
                ends.push(log.end().offset);
            }
            drop(log);
            let begun = ALIGN as usize;
            let cut = begun + cut.index(storage.used() as usize - begun + 1);
            storage.damage("x", |bytes| bytes.truncate(cut));
            let (mut log, found) = read(&storage).expect("it was begun");
            // Of padding nobody misses anything.
            let whole = ends.iter().filter(|end| **end <= cut as u64).count();
            prop_assert!(found.len() == whole || found.len() == whole + 1, "{} of {}", found.len(), whole);
            prop_assert!(found.iter().zip(&entries).all(|(entry, was)| is(&log, entry, was)));
            let new = (b"new".to_vec(), vec![b"data".to_vec()]);
            append(&mut log, &new).expect("there is room");
            drop(log);
            let (log, again) = read(&storage).expect("it was begun");
            prop_assert!(again.len() == found.len() + 1 && is(&log, &again[found.len()], &new));
        }
    }

    #[test]
    fn a_full_disk_leaves_the_log_as_it_was() {
        let storage = MemoryStorage::default();
        let mut log = begin(&storage);
        let entry = (b"one".to_vec(), vec![vec![1; 100_000]]);
        append(&mut log, &entry).expect("there is room");
        let used = storage.used();
        for more in [0, 10, ALIGN, ALIGN * 4] {
            storage.set_quota(Some(used + more));
            assert_eq!(append(&mut log, &(vec![2; 10], vec![vec![3; 5_000_000]])), Err(StorageError::Full));
            assert_eq!(storage.used(), used);
        }
        storage.set_quota(None);
        append(&mut log, &entry).expect("there is room");
        drop(log);
        let (log, found) = read(&storage).expect("it was begun");
        assert!(found.len() == 2 && found.iter().all(|found| is(&log, found, &entry)));
    }

    #[test]
    fn entries_of_the_log_before_do_not_count() {
        let storage = MemoryStorage::default();
        let mut log = begin(&storage);
        for _ in 0..3 {
            append(&mut log, &(b"old".to_vec(), Vec::new())).expect("there is room");
        }
        let mut old = Vec::new();
        storage.damage("x", |bytes| old.clone_from(bytes));
        drop(log);
        let other = Log::begin(open(&storage), 8, b"whose", &Still).now_or_never().expect("nothing is waited for");
        drop(other.expect("there is room"));
        storage.damage("x", |bytes| bytes.extend_from_slice(&old[ALIGN as usize..]));
        assert_eq!(read(&storage).map(|(_, entries)| entries.len()), Some(0));
        storage.damage("x", |bytes| bytes.truncate(5));
        assert!(read(&storage).is_none());
    }
}
