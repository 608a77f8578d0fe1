//! A growing list in pieces, so that growing neither copies what is there nor keeps room for twice as much.

use super::CHUNK_ROWS;
use crate::segment::{Damaged, Plain, SegmentReader, SegmentWriter};

/// A growing list. All pieces but the last hold [`CHUNK_ROWS`] items and no spare room.
#[derive(Clone, Debug)]
pub struct Chunked<T> {
    sealed: Vec<Box<[T]>>,
    open: Vec<T>,
}

impl<T> Default for Chunked<T> {
    fn default() -> Self {
        Self { sealed: Vec::new(), open: Vec::new() }
    }
}

impl<T: Copy> Chunked<T> {
    /// How many items there are.
    pub fn len(&self) -> usize {
        self.sealed.len() * CHUNK_ROWS + self.open.len()
    }
    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.sealed.is_empty() && self.open.is_empty()
    }
    /// The item at this position.
    pub fn get(&self, at: usize) -> T {
        match self.sealed.get(at / CHUNK_ROWS) {
            Some(chunk) => chunk[at % CHUNK_ROWS],
            None => self.open[at - self.sealed.len() * CHUNK_ROWS],
        }
    }
    /// Changes the item at this position.
    pub fn set(&mut self, at: usize, item: T) {
        match self.sealed.get_mut(at / CHUNK_ROWS) {
            Some(chunk) => chunk[at % CHUNK_ROWS] = item,
            None => self.open[at % CHUNK_ROWS] = item,
        }
    }
    /// Adds an item.
    pub fn push(&mut self, item: T) {
        self.open.push(item);
        if self.open.len() == CHUNK_ROWS {
            self.sealed.push(std::mem::take(&mut self.open).into_boxed_slice());
        }
    }
    /// Adds items until there are `len`.
    pub fn pad(&mut self, len: usize, item: T) {
        while self.len() < len {
            self.push(item);
        }
    }
    /// The items, piece by piece.
    pub fn chunks(&self) -> impl Iterator<Item = &[T]> {
        let open = (!self.open.is_empty()).then_some(&self.open[..]);
        self.sealed.iter().map(|chunk| &chunk[..]).chain(open)
    }
    /// The items.
    pub fn iter(&self) -> impl Iterator<Item = T> {
        self.chunks().flatten().copied()
    }
    /// Bytes of memory held.
    pub fn memory_bytes(&self) -> usize {
        (self.sealed.len() * CHUNK_ROWS + self.open.capacity()) * size_of::<T>()
    }
}

impl<T: Copy> Chunked<T> {
    /// Into a segment.
    pub(crate) fn write<const N: usize>(&self, out: &mut SegmentWriter)
    where
        T: Plain<N>,
    {
        out.reserve(self.len() * N);
        out.item(self.sealed.len() as u64);
        self.sealed.iter().for_each(|chunk| out.list(chunk));
        out.list(&self.open);
    }
    /// Out of a segment.
    pub(crate) fn read<const N: usize>(from: &mut SegmentReader<'_>) -> Result<Self, Damaged>
    where
        T: Plain<N>,
    {
        let mut chunked = Self::default();
        for _ in 0..from.count()? {
            chunked.sealed.push(from.list()?.into_boxed_slice());
        }
        chunked.open = from.list()?;
        let is_whole = chunked.sealed.iter().all(|chunk| chunk.len() == CHUNK_ROWS) && chunked.open.len() < CHUNK_ROWS;
        if is_whole { Ok(chunked) } else { Err(Damaged) }
    }
}

impl<T: Copy> FromIterator<T> for Chunked<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut chunked = Self::default();
        items.into_iter().for_each(|item| chunked.push(item));
        chunked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_stand_where_they_were_put() {
        let count = CHUNK_ROWS * 2 + 5;
        let mut chunked: Chunked<u32> = (0..count as u32).collect();
        chunked.set(7, 70);
        chunked.set(CHUNK_ROWS * 2 + 1, 71);
        chunked.pad(count + 2, 72);
        let wanted = |at: usize| match at {
            7 => 70,
            at if at == CHUNK_ROWS * 2 + 1 => 71,
            at if at >= count => 72,
            at => at as u32,
        };
        assert_eq!(chunked.len(), count + 2);
        assert!(chunked.iter().enumerate().all(|(at, item)| item == wanted(at)));
        assert!((0..chunked.len()).all(|at| chunked.get(at) == wanted(at)));
        assert_eq!(chunked.chunks().map(<[u32]>::len).collect::<Vec<_>>(), [CHUNK_ROWS, CHUNK_ROWS, 7]);
        let mut segment = SegmentWriter::default();
        chunked.write(&mut segment);
        let read = Chunked::<u32>::read(&mut SegmentReader::new(segment.bytes())).expect("it was just written");
        assert!(read.chunks().eq(chunked.chunks()));
    }
}
