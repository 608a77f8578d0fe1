//! What was odd about which row, in twelve bytes each, so that every load that brings the row again can count it.

use crate::{
    ingest::Oddity,
    protocol::{IngestWarning, RowId, WarningCode, decode, encode},
    segment::{Damaged, SegmentReader, SegmentWriter},
    store::Texts,
};

/// What was odd about the rows of a table, in the order of the rows.
#[derive(Debug, Default)]
pub(super) struct Oddities {
    paths: Texts,
    kept: Vec<(u32, WarningCode, u32)>,
}

impl Oddities {
    /// Notes what was odd about a row. Rows are read one after the other; what is found out about an earlier row only
    /// when it comes again finds its place among the others. Gives back what was not known yet.
    pub(super) fn add(&mut self, row: u32, Oddity { code, path }: &Oddity) -> Option<IngestWarning> {
        let number = self.paths.intern(path);
        let at = self.kept.partition_point(|(other, ..)| *other <= row);
        if self.of(row).any(|warning| warning.code == *code && warning.path == *path) {
            return None;
        }
        self.kept.insert(at, (row, *code, number));
        Some(IngestWarning { code: *code, path: path.clone(), row: Some(RowId(row)) })
    }
    /// What was odd about a row.
    pub(super) fn of(&self, row: u32) -> impl Iterator<Item = IngestWarning> {
        let first = self.kept.partition_point(|(other, ..)| *other < row);
        let of_row = self.kept[first..].iter().take_while(move |(other, ..)| *other == row);
        of_row.map(move |(_, code, path)| IngestWarning {
            code: *code,
            path: self.paths.text(*path).into_owned(),
            row: Some(RowId(row)),
        })
    }
    /// What was odd about any of these rows.
    pub(super) fn among(&self, is_meant: impl Fn(u32) -> bool) -> impl Iterator<Item = IngestWarning> {
        let mut rows: Vec<u32> = self.kept.iter().map(|(row, ..)| *row).filter(|row| is_meant(*row)).collect();
        rows.dedup();
        rows.into_iter().flat_map(|row| self.of(row))
    }
    /// Into a segment.
    pub(super) fn write(&self, out: &mut SegmentWriter) {
        out.list(&encode(&self.kept));
        out.item(self.paths.len() as u64);
        self.paths.iter().for_each(|path| out.text(&path));
    }
    /// Out of a segment.
    pub(super) fn read(from: &mut SegmentReader<'_>) -> Result<Self, Damaged> {
        let kept = decode(&from.list::<u8, 1>()?).map_err(|_| Damaged)?;
        let mut paths = Texts::default();
        for _ in 0..from.count()? {
            paths.intern(from.text()?);
        }
        Ok(Self { paths, kept })
    }
    /// Bytes of memory held.
    pub(super) fn memory_bytes(&self) -> usize {
        self.paths.memory_bytes() + self.kept.capacity() * size_of::<(u32, WarningCode, u32)>()
    }
}
