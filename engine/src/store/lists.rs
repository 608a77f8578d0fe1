//! Each list of values of a multi-valued column once, numbered in the order of arrival.

use super::{Chunked, Item, slots::Slots};
use crate::{
    bytes::hash_words,
    segment::{Damaged, SegmentReader, SegmentWriter},
};

/// A growing set of lists.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists {
    /// Value codes, list after list.
    members: Chunked<u32>,
    /// Where each list ends.
    ends: Chunked<u32>,
    slots: Slots,
}

impl Lists {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }
    /// The members of a list, in its order.
    pub(super) fn members(&self, number: u32) -> impl Iterator<Item = u32> {
        let range = range(&self.ends, number);
        range.map(|at| self.members.get(at))
    }
    /// The number of a list; adds it when it is new.
    pub(super) fn intern(&mut self, list: &[Item]) -> u32 {
        let hash = hash_of(list.iter().map(|item| item.code()));
        let is_it = |number: u32| self.members(number).eq(list.iter().map(|item| item.code()));
        if let Some(number) = self.slots.find(hash, is_it) {
            return number;
        }
        let number = u32::try_from(self.len()).expect("a dataset ends at its memory limit, far below 2^32 lists");
        list.iter().for_each(|member| self.members.push(member.code()));
        let end = u32::try_from(self.members.len());
        self.ends.push(end.expect("a dataset ends at its memory limit, far below 2^32 members of one column"));
        let (members, ends) = (&self.members, &self.ends);
        self.slots.add(hash, number, |number| hash_of(range(ends, number).map(|at| members.get(at))));
        number
    }
    /// Into a segment, without the places.
    pub(super) fn write(&self, out: &mut SegmentWriter) {
        self.members.write(out);
        self.ends.write(out);
    }
    /// Out of a segment. Before lists are added, [`Lists::place`] must be called.
    pub(super) fn read(from: &mut SegmentReader<'_>) -> Result<Self, Damaged> {
        let (members, ends) = (Chunked::read(from)?, Chunked::read(from)?);
        Ok(Self { slots: Slots::unplaced(ends.len()), members, ends })
    }
    /// Gives every list its place again.
    pub(super) fn place(&mut self) {
        let Self { members, ends, slots } = self;
        slots.place(|number| hash_of(range(ends, number).map(|at| members.get(at))));
    }
    pub(super) fn memory_bytes(&self) -> usize {
        self.members.memory_bytes() + self.ends.memory_bytes() + self.slots.memory_bytes()
    }
}

fn range(ends: &Chunked<u32>, number: u32) -> std::ops::Range<usize> {
    let number = number as usize;
    let start = if number == 0 { 0 } else { ends.get(number - 1) };
    start as usize..ends.get(number) as usize
}

fn hash_of(list: impl Iterator<Item = u32>) -> u64 {
    hash_words(list.map(u64::from))
}
