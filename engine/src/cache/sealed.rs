//! Files that are noise without their key, and that notice when a byte of them was changed: AES-256 in Galois/counter mode.
//!
//! ```text
//! 0    magic, version, the file's own random number                (the head, plain)
//! 32   chunk, chunk, …    a nonce of 12 bytes, sealed bytes, a tag of 16 bytes; all but the last chunk have the same size
//! ```
//!
//! Each writing of a chunk draws a new nonce. A chunk can be opened only at its own place of its own file. What is not told is
//! that whole chunks are missing at the end, or that a chunk is an older one of the same place: who reads must know what to
//! expect there, as the checksums of `segment::Place` do.
//!
//! A browser's own cryptography answers later, and columns are read where they are needed, at once. That is why this is done
//! here; at 70 megabytes a second in WebAssembly it is still much faster than rows come.

use std::{
    cell::{Cell, RefCell},
    fmt,
    rc::Rc,
};

use aes_gcm::{AeadInPlace, Aes256Gcm, KeyInit, Nonce, Tag};
use futures_util::future::{FutureExt, LocalBoxFuture};

use crate::{
    limits::{FILE_WRITE_BYTES, SEALED_CHUNK_BYTES},
    ports::{FileKey, Random, Storage, StorageError, StoredFile},
};

const MAGIC: [u8; 8] = *b"GBSEALED";
/// Grows with every change of how bytes are sealed.
const VERSION: u32 = 1;
const HEAD_BYTES: u64 = 32;
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
/// Plain bytes of a chunk.
const CHUNK: u64 = SEALED_CHUNK_BYTES as u64;
/// What a chunk has besides.
const EXTRA: u64 = (NONCE_BYTES + TAG_BYTES) as u64;
/// Chunks that are read or written at once.
const CHUNKS_AT_ONCE: u64 = (FILE_WRITE_BYTES / SEALED_CHUNK_BYTES) as u64;

/// Files that are sealed with one key, in a storage.
#[derive(Clone)]
pub struct SealedStorage {
    storage: Rc<dyn Storage>,
    random: Rc<dyn Random>,
    key: FileKey,
}

impl SealedStorage {
    /// Every file that is opened here is taken to be sealed with this key.
    pub fn new(storage: Rc<dyn Storage>, random: Rc<dyn Random>, key: FileKey) -> Self {
        Self { storage, random, key }
    }
    /// The key.
    pub fn key(&self) -> &FileKey {
        &self.key
    }
}

impl Storage for SealedStorage {
    fn open<'s>(&'s self, name: &'s str) -> LocalBoxFuture<'s, Result<Rc<dyn StoredFile>, StorageError>> {
        async move {
            let file = SealedFile::new(self.storage.open(name).await?, self.random.clone(), &self.key)?;
            Ok(Rc::new(file) as Rc<dyn StoredFile>)
        }
        .boxed_local()
    }
    fn names(&self) -> LocalBoxFuture<'_, Result<Vec<String>, StorageError>> {
        self.storage.names()
    }
    fn delete<'s>(&'s self, name: &'s str) -> LocalBoxFuture<'s, Result<(), StorageError>> {
        self.storage.delete(name)
    }
}

/// A sealed file, as if it were a plain one. One that has no head, or another version's, is taken for empty.
struct SealedFile {
    file: Rc<dyn StoredFile>,
    random: Rc<dyn Random>,
    cipher: Aes256Gcm,
    /// The file's own number; `None` while it has no head.
    id: Cell<Option<[u8; 16]>>,
    /// Plain bytes.
    len: Cell<u64>,
    /// The chunk that was opened or sealed last, plain.
    last: RefCell<Option<(u64, Vec<u8>)>>,
}

impl SealedFile {
    fn new(file: Rc<dyn StoredFile>, random: Rc<dyn Random>, key: &FileKey) -> Result<Self, StorageError> {
        let cipher = Aes256Gcm::new(key.bytes().into());
        let sealed = Self { file, random, cipher, id: Cell::new(None), len: Cell::new(0), last: RefCell::new(None) };
        sealed.read_head()?;
        Ok(sealed)
    }
    fn read_head(&self) -> Result<(), StorageError> {
        let len = self.file.len()?;
        if len < HEAD_BYTES {
            return Ok(());
        }
        let mut head = [0; HEAD_BYTES as usize];
        self.file.read(0, &mut head)?;
        let (start, id) = head.split_at(16);
        if start == head_start() {
            self.id.set(id.try_into().ok());
            let body = len - HEAD_BYTES;
            // Of a chunk whose writing broke off at once there is nothing.
            self.len.set(body / (CHUNK + EXTRA) * CHUNK + (body % (CHUNK + EXTRA)).saturating_sub(EXTRA));
        }
        Ok(())
    }
    /// The file's number; gives it one, and with that a head, when it has none.
    fn id(&self) -> Result<[u8; 16], StorageError> {
        if let Some(id) = self.id.get() {
            return Ok(id);
        }
        let mut head = [0; HEAD_BYTES as usize];
        head[..16].copy_from_slice(&head_start());
        head[16..].as_chunks_mut::<8>().0.iter_mut().for_each(|part| *part = self.random.next_u64().to_le_bytes());
        self.file.truncate(0)?;
        self.file.write(0, &head)?;
        self.read_head()?;
        self.id.get().ok_or(StorageError::Damaged)
    }
    /// Plain bytes that a chunk has now.
    fn chunk_len(&self, chunk: u64) -> usize {
        self.len.get().saturating_sub(chunk * CHUNK).min(CHUNK) as usize
    }
    /// Opens neighbouring chunks; `take` is given each.
    fn open(&self, chunks: std::ops::Range<u64>, mut take: impl FnMut(u64, &[u8])) -> Result<(), StorageError> {
        let id = self.id.get().ok_or(StorageError::Damaged)?;
        let sealed_len = |chunk| self.chunk_len(chunk) + EXTRA as usize;
        let mut sealed = vec![0; chunks.clone().map(sealed_len).sum()];
        self.file.read(place(chunks.start), &mut sealed)?;
        let mut rest = &mut sealed[..];
        for chunk in chunks.clone() {
            let (bytes, more) = rest.split_at_mut(sealed_len(chunk));
            rest = more;
            let (nonce, bytes) = bytes.split_at_mut(NONCE_BYTES);
            let (bytes, tag) = bytes.split_at_mut(bytes.len() - TAG_BYTES);
            self.cipher
                .decrypt_in_place_detached(Nonce::from_slice(nonce), &said(id, chunk), bytes, Tag::from_slice(tag))
                .map_err(|_| StorageError::Damaged)?;
            take(chunk, bytes);
            if chunk + 1 == chunks.end {
                self.last.replace(Some((chunk, bytes.to_vec())));
            }
        }
        Ok(())
    }
    /// A chunk's plain bytes.
    fn chunk(&self, chunk: u64) -> Result<Vec<u8>, StorageError> {
        if self.chunk_len(chunk) == 0 {
            return Ok(Vec::new());
        }
        if let Some((_, bytes)) = self.last.borrow().as_ref().filter(|(at, _)| *at == chunk) {
            return Ok(bytes.clone());
        }
        let mut bytes = Vec::new();
        self.open(chunk..chunk + 1, |_, plain| bytes = plain.to_vec())?;
        Ok(bytes)
    }
    /// A chunk as it stands in the file.
    fn seal(&self, id: [u8; 16], chunk: u64, plain: &[u8], out: &mut Vec<u8>) -> Result<(), StorageError> {
        let random = [self.random.next_u64().to_le_bytes(), self.random.next_u64().to_le_bytes()].concat();
        let nonce = &random[..NONCE_BYTES];
        out.extend_from_slice(nonce);
        let start = out.len();
        out.extend_from_slice(plain);
        let tag = self
            .cipher
            .encrypt_in_place_detached(Nonce::from_slice(nonce), &said(id, chunk), &mut out[start..])
            .map_err(|_| StorageError::Failed { detail: "seal".to_owned() })?;
        out.extend_from_slice(&tag);
        Ok(())
    }
    /// Writes inside the file or right behind its end.
    fn put(&self, offset: u64, bytes: &[u8]) -> Result<(), StorageError> {
        let id = self.id()?;
        let end = offset + bytes.len() as u64;
        let (mut at, mut sealed, mut sealed_from) = (offset, Vec::new(), offset / CHUNK);
        while at < end {
            let chunk = at / CHUNK;
            let inside = (at - chunk * CHUNK) as usize;
            let len = (CHUNK as usize - inside).min((end - at) as usize);
            let new = &bytes[(at - offset) as usize..][..len];
            let plain = if inside == 0 && len >= self.chunk_len(chunk) {
                new.to_vec()
            } else {
                let mut plain = self.chunk(chunk)?;
                plain.resize(plain.len().max(inside + len), 0);
                plain[inside..inside + len].copy_from_slice(new);
                plain
            };
            self.seal(id, chunk, &plain, &mut sealed)?;
            self.last.replace(Some((chunk, plain)));
            at += len as u64;
            if at == end || chunk + 1 - sealed_from == CHUNKS_AT_ONCE {
                self.file.write(place(sealed_from), &sealed)?;
                self.len.set(self.len.get().max(at));
                sealed.clear();
                sealed_from = chunk + 1;
            }
        }
        Ok(())
    }
    /// Fills up with zeros.
    fn fill_to(&self, len: u64) -> Result<(), StorageError> {
        while self.len.get() < len {
            let zeros = vec![0; (len - self.len.get()).min(FILE_WRITE_BYTES as u64) as usize];
            self.put(self.len.get(), &zeros)?;
        }
        Ok(())
    }
}

impl fmt::Debug for SealedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedFile({} bytes)", self.len.get())
    }
}

impl StoredFile for SealedFile {
    fn read(&self, offset: u64, into: &mut [u8]) -> Result<(), StorageError> {
        let end = offset.saturating_add(into.len() as u64);
        if end > self.len.get() {
            return Err(StorageError::Failed { detail: "end of file".to_owned() });
        }
        let mut copy = |chunk: u64, plain: &[u8]| {
            let start = chunk * CHUNK;
            let (from, to) = (offset.max(start), end.min(start + plain.len() as u64));
            into[(from - offset) as usize..(to - offset) as usize]
                .copy_from_slice(&plain[(from - start) as usize..(to - start) as usize]);
        };
        let (mut chunk, last) = (offset / CHUNK, end.div_ceil(CHUNK));
        while chunk < last && offset < end {
            let known = self.last.borrow().as_ref().filter(|(at, _)| *at == chunk).map(|(_, plain)| plain.clone());
            chunk = match known {
                Some(plain) => {
                    copy(chunk, &plain);
                    chunk + 1
                }
                None => {
                    let end = last.min(chunk + CHUNKS_AT_ONCE);
                    self.open(chunk..end, &mut copy)?;
                    end
                }
            };
        }
        Ok(())
    }
    fn write(&self, offset: u64, bytes: &[u8]) -> Result<(), StorageError> {
        let written = self.fill_to(offset).and_then(|()| self.put(offset, bytes));
        if written.is_err() {
            // What is in the file now, only the file knows.
            self.last.replace(None);
            self.read_head()?;
        }
        written
    }
    fn len(&self) -> Result<u64, StorageError> {
        Ok(self.len.get())
    }
    fn truncate(&self, len: u64) -> Result<(), StorageError> {
        if len == 0 {
            // Another number, so that nothing of before can stand among what comes.
            self.id.set(None);
            self.len.set(0);
            self.last.replace(None);
            self.file.truncate(0)?;
            return Ok(());
        }
        if len >= self.len.get() {
            return self.fill_to(len);
        }
        let chunk = len / CHUNK;
        let mut plain = if len.is_multiple_of(CHUNK) { Vec::new() } else { self.chunk(chunk)? };
        plain.truncate((len % CHUNK) as usize);
        self.last.replace(None);
        self.file.truncate(place(chunk))?;
        self.len.set(chunk * CHUNK);
        self.write(chunk * CHUNK, &plain)
    }
    fn flush(&self) -> Result<(), StorageError> {
        self.file.flush()
    }
}

/// Where a chunk stands in the file.
fn place(chunk: u64) -> u64 {
    HEAD_BYTES + chunk * (CHUNK + EXTRA)
}

fn head_start() -> [u8; 16] {
    let mut start = [0; 16];
    start[..8].copy_from_slice(&MAGIC);
    start[8..12].copy_from_slice(&VERSION.to_le_bytes());
    start
}

/// What is vouched for beside a chunk's bytes: where they stand.
fn said(id: [u8; 16], chunk: u64) -> [u8; 24] {
    let mut said = [0; 24];
    said[..16].copy_from_slice(&id);
    said[16..].copy_from_slice(&chunk.to_le_bytes());
    said
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cache::MemoryStorage;

    /// Counts, because what nonces need is that they differ.
    #[derive(Default)]
    struct Counted(Cell<u64>);

    impl Random for Counted {
        fn next_u64(&self) -> u64 {
            self.0.set(self.0.get() + 1);
            self.0.get()
        }
    }

    fn sealed(storage: &MemoryStorage, random: &Rc<Counted>, key: u8) -> SealedStorage {
        SealedStorage::new(Rc::new(storage.clone()), random.clone(), FileKey::new([key; 32]))
    }
    fn open(storage: &dyn Storage) -> Rc<dyn StoredFile> {
        storage.open("x").now_or_never().expect("memory answers at once").expect("nobody else has it open")
    }
    fn all(file: &dyn StoredFile) -> Result<Vec<u8>, StorageError> {
        let mut bytes = vec![0; file.len()? as usize];
        file.read(0, &mut bytes)?;
        Ok(bytes)
    }
    /// Text, so that it can be looked for.
    fn text(len: usize) -> Vec<u8> {
        b"lena@contoso.example ".iter().copied().cycle().take(len).collect()
    }

    #[derive(Clone, Debug)]
    enum Act {
        Write(u64, usize),
        Truncate(u64),
        Read(u64, usize),
        Reopen,
    }

    fn act() -> impl Strategy<Value = Act> {
        let offset = 0..CHUNK * 3;
        prop_oneof![
            4 => (offset.clone(), 0..SEALED_CHUNK_BYTES * 2).prop_map(|(offset, len)| Act::Write(offset, len)),
            1 => offset.clone().prop_map(Act::Truncate),
            1 => Just(Act::Truncate(CHUNK)),
            3 => (offset, 0..SEALED_CHUNK_BYTES * 2).prop_map(|(offset, len)| Act::Read(offset, len)),
            2 => Just(Act::Reopen),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_sealed_file_is_a_file(acts in prop::collection::vec(act(), 1..20)) {
            let (storage, plain, random) = (MemoryStorage::default(), MemoryStorage::default(), Rc::new(Counted::default()));
            let sealed = sealed(&storage, &random, 1);
            let mut files = (open(&sealed), open(&plain));
            for (number, act) in acts.into_iter().enumerate() {
                match act {
                    Act::Write(offset, len) => {
                        let bytes = vec![number as u8 + 1; len];
                        prop_assert_eq!(files.0.write(offset, &bytes), files.1.write(offset, &bytes));
                    }
                    Act::Truncate(len) => {
                        files.0.truncate(len).expect("there is room");
                        let old = files.1.len().expect("memory tells");
                        files.1.truncate(len).expect("there is room");
                        prop_assert!(old >= len || files.1.len() == Ok(len));
                    }
                    Act::Read(offset, len) => {
                        let mut read = (vec![0; len], vec![0; len]);
                        prop_assert_eq!(files.0.read(offset, &mut read.0).is_ok(), files.1.read(offset, &mut read.1).is_ok());
                        prop_assert!(read.0 == read.1);
                    }
                    Act::Reopen => {
                        drop(files);
                        files = (open(&sealed), open(&plain));
                    }
                }
                prop_assert_eq!(files.0.len(), files.1.len());
            }
            prop_assert!(all(&*files.0) == all(&*files.1));
        }

        #[test]
        fn every_changed_byte_is_noticed(len in 1..SEALED_CHUNK_BYTES * 2, at in any::<prop::sample::Index>(), by in 1..=255_u8) {
            let (storage, random) = (MemoryStorage::default(), Rc::new(Counted::default()));
            let sealed = sealed(&storage, &random, 1);
            open(&sealed).write(0, &text(len)).expect("there is room");
            let at = at.index(storage.used() as usize);
            storage.damage("x", |bytes| bytes[at] ^= by);
            // Where the head is changed there is no file, and otherwise none that can be read.
            let read = all(&*open(&sealed));
            prop_assert!(read == Err(StorageError::Damaged) || read == Ok(Vec::new()), "byte {}", at);
        }
    }

    #[test]
    fn nothing_of_it_can_be_read_without_the_key() {
        let (storage, random) = (MemoryStorage::default(), Rc::new(Counted::default()));
        let bytes = text(SEALED_CHUNK_BYTES + 1_000);
        open(&sealed(&storage, &random, 1)).write(0, &bytes).expect("there is room");
        let mut stored = Vec::new();
        storage.damage("x", |bytes| stored.clone_from(bytes));
        assert!(stored.len() > bytes.len() && !stored.windows(8).any(|part| part == b"contoso."));
        assert_eq!(all(&*open(&sealed(&storage, &random, 2))), Err(StorageError::Damaged), "another key");
        assert_eq!(all(&*open(&sealed(&storage, &random, 1))), Ok(bytes));
    }

    #[test]
    fn a_chunk_opens_at_its_own_place_of_its_own_file_only() {
        let (storage, random) = (MemoryStorage::default(), Rc::new(Counted::default()));
        let sealed = sealed(&storage, &random, 1);
        open(&sealed).write(0, &text(SEALED_CHUNK_BYTES * 2)).expect("there is room");
        let (first, second) = (place(0) as usize, place(1) as usize);
        let mut before = Vec::new();
        storage.damage("x", |bytes| {
            before.clone_from(bytes);
            let (left, right) = bytes.split_at_mut(second);
            left[first..].swap_with_slice(right);
        });
        assert_eq!(all(&*open(&sealed)), Err(StorageError::Damaged), "chunks changed places");
        let file = open(&sealed);
        file.truncate(0).expect("there is room");
        file.write(0, &text(SEALED_CHUNK_BYTES * 2)).expect("there is room");
        drop(file);
        storage.damage("x", |bytes| bytes[first..].copy_from_slice(&before[first..]));
        assert_eq!(all(&*open(&sealed)), Err(StorageError::Damaged), "chunks of the file before");
    }

    #[test]
    fn a_full_disk_leaves_what_was_there() {
        let (storage, random) = (MemoryStorage::default(), Rc::new(Counted::default()));
        let sealed = sealed(&storage, &random, 1);
        let file = open(&sealed);
        let bytes = text(SEALED_CHUNK_BYTES);
        file.write(0, &bytes).expect("there is room");
        storage.set_quota(Some(storage.used() + 10));
        assert_eq!(file.write(CHUNK, &bytes), Err(StorageError::Full));
        assert_eq!(all(&*file), Ok(bytes));
    }
}
