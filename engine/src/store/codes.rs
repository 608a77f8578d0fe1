//! One code per row in as few bytes as a piece of the rows needs: none where all are the same or count upwards.

use super::CHUNK_ROWS;
use crate::segment::{Damaged, SegmentReader, SegmentWriter};

/// A growing list of codes.
#[derive(Clone, Debug)]
pub struct Codes {
    sealed: Vec<Piece>,
    open: Piece,
}

/// Codes of up to [`CHUNK_ROWS`] rows that follow each other. All pieces but the last have as many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chunk<'c> {
    /// All the same.
    Same {
        /// The code.
        code: u32,
        /// How many rows.
        rows: usize,
    },
    /// One more from row to row: values that occur once.
    Run {
        /// The first row's code.
        first: u32,
        /// How many rows.
        rows: usize,
    },
    /// All below 2^8.
    Narrow(&'c [u8]),
    /// All below 2^16.
    Middle(&'c [u16]),
    /// Any.
    Wide(&'c [u32]),
}

impl Chunk<'_> {
    /// How many rows.
    pub fn rows(&self) -> usize {
        match self {
            Self::Same { rows, .. } | Self::Run { rows, .. } => *rows,
            Self::Narrow(codes) => codes.len(),
            Self::Middle(codes) => codes.len(),
            Self::Wide(codes) => codes.len(),
        }
    }
    /// The code at this position.
    pub fn get(&self, at: usize) -> u32 {
        match self {
            Self::Same { code, .. } => *code,
            Self::Run { first, .. } => first + at as u32,
            Self::Narrow(codes) => u32::from(codes[at]),
            Self::Middle(codes) => u32::from(codes[at]),
            Self::Wide(codes) => codes[at],
        }
    }
}

#[derive(Clone, Debug)]
enum Piece {
    Same { code: u32, rows: usize },
    Run { first: u32, rows: usize },
    Narrow(Vec<u8>),
    Middle(Vec<u16>),
    Wide(Vec<u32>),
}

impl Default for Codes {
    fn default() -> Self {
        Self { sealed: Vec::new(), open: Piece::Same { code: 0, rows: 0 } }
    }
}

impl Codes {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.sealed.len() * CHUNK_ROWS + self.open.chunk().rows()
    }
    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The code at this position.
    pub fn get(&self, at: usize) -> u32 {
        let piece = self.sealed.get(at / CHUNK_ROWS).unwrap_or(&self.open);
        piece.chunk().get(at % CHUNK_ROWS)
    }
    /// All codes, in pieces.
    pub fn chunks(&self) -> impl Iterator<Item = Chunk<'_>> {
        let open = self.open.chunk();
        self.sealed.iter().map(Piece::chunk).chain((open.rows() > 0).then_some(open))
    }
    /// Adds a code.
    pub fn push(&mut self, code: u32) {
        self.open.push(code);
        if self.open.chunk().rows() == CHUNK_ROWS {
            let mut piece = std::mem::replace(&mut self.open, Piece::Same { code: 0, rows: 0 });
            piece.shrink();
            self.sealed.push(piece);
        }
    }
    /// Adds zeros until there are `len` codes.
    pub fn pad(&mut self, len: usize) {
        let mut missing = len.saturating_sub(self.len());
        while missing > 0 {
            if let Piece::Same { code: 0, rows } = &mut self.open {
                let more = missing.min(CHUNK_ROWS - 1 - *rows);
                *rows += more;
                missing -= more;
            }
            if missing > 0 {
                self.push(0);
                missing -= 1;
            }
        }
    }
    /// Bytes of memory held.
    pub fn memory_bytes(&self) -> usize {
        let pieces = self.sealed.iter().chain([&self.open]);
        pieces.map(Piece::memory_bytes).sum::<usize>() + self.sealed.capacity() * size_of::<Piece>()
    }
}

impl Codes {
    /// Into a segment.
    pub(crate) fn write(&self, out: &mut SegmentWriter) {
        out.reserve(self.memory_bytes());
        out.item(self.sealed.len() as u64);
        self.sealed.iter().chain([&self.open]).for_each(|piece| piece.write(out));
    }
    /// Out of a segment.
    pub(crate) fn read(from: &mut SegmentReader<'_>) -> Result<Self, Damaged> {
        let sealed = (0..from.count()?).map(|_| Piece::read(from)).collect::<Result<Vec<_>, _>>()?;
        let open = Piece::read(from)?;
        let is_whole =
            sealed.iter().all(|piece| piece.chunk().rows() == CHUNK_ROWS) && open.chunk().rows() < CHUNK_ROWS;
        if is_whole { Ok(Self { sealed, open }) } else { Err(Damaged) }
    }
}

impl Piece {
    fn write(&self, out: &mut SegmentWriter) {
        match self {
            Self::Same { code, rows } => {
                out.item(0_u8);
                out.item(*code);
                out.item(*rows as u64);
            }
            Self::Run { first, rows } => {
                out.item(1_u8);
                out.item(*first);
                out.item(*rows as u64);
            }
            Self::Narrow(codes) => {
                out.item(2_u8);
                out.list(codes);
            }
            Self::Middle(codes) => {
                out.item(3_u8);
                out.list(codes);
            }
            Self::Wide(codes) => {
                out.item(4_u8);
                out.list(codes);
            }
        }
    }
    fn read(from: &mut SegmentReader<'_>) -> Result<Self, Damaged> {
        Ok(match from.item::<u8, 1>()? {
            0 => Self::Same { code: from.item()?, rows: from.count()? },
            1 => Self::Run { first: from.item()?, rows: from.count()? },
            2 => Self::Narrow(from.list()?),
            3 => Self::Middle(from.list()?),
            4 => Self::Wide(from.list()?),
            _ => return Err(Damaged),
        })
    }
    fn chunk(&self) -> Chunk<'_> {
        match self {
            Self::Same { code, rows } => Chunk::Same { code: *code, rows: *rows },
            Self::Run { first, rows } => Chunk::Run { first: *first, rows: *rows },
            Self::Narrow(codes) => Chunk::Narrow(codes),
            Self::Middle(codes) => Chunk::Middle(codes),
            Self::Wide(codes) => Chunk::Wide(codes),
        }
    }
    fn push(&mut self, code: u32) {
        match self {
            Self::Same { rows: 0, .. } => *self = Self::Same { code, rows: 1 },
            Self::Same { code: same, rows } if *same == code => *rows += 1,
            Self::Same { code: first, rows: 1 } if first.checked_add(1) == Some(code) => {
                *self = Self::Run { first: *first, rows: 2 };
            }
            Self::Run { first, rows } if first.checked_add(*rows as u32) == Some(code) => *rows += 1,
            Self::Narrow(codes) if code < 1 << 8 => codes.push(code as u8),
            Self::Middle(codes) if code < 1 << 16 => codes.push(code as u16),
            Self::Wide(codes) => codes.push(code),
            _ => {
                self.widen(code);
                self.push(code);
            }
        }
    }
    /// Takes a form that has room for this code as well.
    fn widen(&mut self, code: u32) {
        let chunk = self.chunk();
        let rows = chunk.rows();
        let largest = (0..rows).map(|at| chunk.get(at)).fold(code, u32::max);
        let codes = (0..rows).map(|at| chunk.get(at));
        *self = match largest {
            ..=0xff => Self::Narrow(codes.map(|code| code as u8).collect()),
            0x100..=0xffff => Self::Middle(codes.map(|code| code as u16).collect()),
            _ => Self::Wide(codes.collect()),
        };
    }
    fn shrink(&mut self) {
        match self {
            Self::Same { .. } | Self::Run { .. } => {}
            Self::Narrow(codes) => codes.shrink_to_fit(),
            Self::Middle(codes) => codes.shrink_to_fit(),
            Self::Wide(codes) => codes.shrink_to_fit(),
        }
    }
    fn memory_bytes(&self) -> usize {
        match self {
            Self::Same { .. } | Self::Run { .. } => 0,
            Self::Narrow(codes) => codes.capacity(),
            Self::Middle(codes) => codes.capacity() * 2,
            Self::Wide(codes) => codes.capacity() * 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(pushed: &[u32], padded: usize) {
        let mut codes = Codes::default();
        pushed.iter().for_each(|code| codes.push(*code));
        codes.pad(padded);
        let wanted = [pushed, &vec![0; padded.saturating_sub(pushed.len())]].concat();
        assert_eq!(codes.len(), wanted.len());
        assert!((0..codes.len()).all(|at| codes.get(at) == wanted[at]));
        let in_chunks: Vec<u32> =
            codes.chunks().flat_map(|chunk| (0..chunk.rows()).map(move |at| chunk.get(at))).collect();
        assert_eq!(in_chunks, wanted);
        let mut segment = SegmentWriter::default();
        codes.write(&mut segment);
        let mut read = Codes::read(&mut SegmentReader::new(segment.bytes())).expect("it was just written");
        codes.push(70_000);
        read.push(70_000);
        assert_eq!(read.len(), wanted.len() + 1);
        assert!((0..read.len()).all(|at| read.get(at) == codes.get(at)));
    }

    #[test]
    fn codes_survive_widening_and_full_pieces() {
        check(&[0, 255, 256, 65_535, 65_536, u32::MAX], 8);
        check(&[], 3);
        check(&[u32::MAX, 0], 0);
        let count = CHUNK_ROWS as u32 * 2 + 3;
        check(&vec![9; count as usize], 0);
        check(&(5..count).collect::<Vec<_>>(), CHUNK_ROWS * 4);
        check(&(0..count).map(|at| at % 700).collect::<Vec<_>>(), 0);
    }

    #[test]
    fn rows_that_are_the_same_or_count_upwards_take_no_room() {
        let mut codes = Codes::default();
        (0..CHUNK_ROWS).for_each(|_| codes.push(7));
        (0..CHUNK_ROWS as u32).for_each(|at| codes.push(100 + at));
        let kinds: Vec<_> =
            codes.chunks().map(|chunk| matches!(chunk, Chunk::Narrow(_) | Chunk::Middle(_) | Chunk::Wide(_))).collect();
        assert_eq!(kinds, [false, false]);
        assert!(codes.memory_bytes() < 1_000);
    }

    proptest! {
        #[test]
        fn any_codes_come_back(pushed in proptest::collection::vec(prop_oneof![0..3_u32, 0..300_u32, 65_530..65_540_u32, any::<u32>()], 0..40), more in 0..50_usize) {
            check(&pushed, more);
        }
    }
}
