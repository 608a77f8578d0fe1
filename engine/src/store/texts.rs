//! Each text of a column once, numbered in the order of arrival. GUIDs take sixteen bytes.

use std::borrow::Cow;

use super::{
    Chunked,
    guid::{guid_text, parse_guid, write_guid},
    slots::Slots,
};
use crate::{
    bytes::{hash, same},
    segment::{Damaged, SegmentReader, SegmentWriter},
};

/// A growing set of texts. Numbers are dense and never change.
#[derive(Clone, Debug)]
pub struct Texts {
    body: Body,
    slots: Slots,
    /// The number given last: the next row often has the same text.
    last: u32,
}

#[derive(Clone, Debug)]
enum Body {
    /// Nearly all of them are GUIDs: sixteen bytes for each text, of which those of `others` mean nothing.
    Guids { guids: Chunked<[u8; 16]>, others: Vec<(u32, Box<str>)> },
    /// Anything.
    Plain(Plain),
}

#[derive(Clone, Debug, Default)]
struct Plain {
    /// The texts one after the other. A text never crosses a page; one that is larger than a page has a page of its own.
    pages: Vec<String>,
    /// Page in the upper half, place within it in the lower.
    starts: Chunked<u32>,
}

/// Bytes of a page: places within it fit into half of a `u32`.
const PAGE_BYTES: usize = 1 << 16;
/// Among so many texts, one may be something else than a GUID.
const OTHERS_SHARE: usize = 8;
/// Numbers of texts at which a look is taken at whether nearly all of them are GUIDs.
const LOOKS: [usize; 3] = [16, 256, 4_096];

impl Default for Texts {
    fn default() -> Self {
        Self { body: Body::Plain(Plain::default()), slots: Slots::default(), last: 0 }
    }
}

impl Texts {
    /// How many texts there are.
    pub fn len(&self) -> usize {
        match &self.body {
            Body::Guids { guids, .. } => guids.len(),
            Body::Plain(plain) => plain.starts.len(),
        }
    }
    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The text with this number.
    pub fn text(&self, number: u32) -> Cow<'_, str> {
        match &self.body {
            Body::Guids { guids, others } => match other(others, number) {
                Some(text) => Cow::Borrowed(text),
                None => Cow::Owned(guid_text(guids.get(number as usize))),
            },
            Body::Plain(plain) => Cow::Borrowed(plain.text(number)),
        }
    }
    /// The text's number, if it is here.
    pub fn find(&self, text: &str) -> Option<u32> {
        let guid = parse_guid(text.as_bytes());
        self.find_parsed(text, guid, hash_of(text, guid))
    }
    /// The text's number; adds the text when it is new.
    #[inline]
    pub fn intern(&mut self, text: &str) -> u32 {
        if let Body::Plain(plain) = &self.body
            && (self.last as usize) < plain.starts.len()
            && same(plain.text(self.last).as_bytes(), text.as_bytes())
        {
            return self.last;
        }
        self.last = self.find_or_add(text);
        self.last
    }
    fn find_or_add(&mut self, text: &str) -> u32 {
        let guid = parse_guid(text.as_bytes());
        let hash = hash_of(text, guid);
        self.find_parsed(text, guid, hash).unwrap_or_else(|| self.add(text, guid, hash))
    }
    /// Every text, in the order of the numbers.
    pub fn iter(&self) -> impl Iterator<Item = Cow<'_, str>> {
        (0..self.len() as u32).map(|number| self.text(number))
    }
    /// Every text from this number on, in the order of the numbers; without the GUIDs of a set of GUIDs, if they are not
    /// wanted. Quicker than one text at a time.
    pub fn each(&self, from: u32, has_guids: bool, mut visit: impl FnMut(u32, &str)) {
        match &self.body {
            Body::Guids { others, .. } if !has_guids => {
                let start = others.partition_point(|(number, _)| *number < from);
                others[start..].iter().for_each(|(number, text)| visit(*number, text));
            }
            Body::Guids { guids, others } => {
                let mut others = others[others.partition_point(|(number, _)| *number < from)..].iter().peekable();
                let mut text = String::with_capacity(36);
                for number in from..guids.len() as u32 {
                    match others.next_if(|(other, _)| *other == number) {
                        Some((_, other)) => visit(number, other),
                        None => {
                            write_guid(guids.get(number as usize), &mut text);
                            visit(number, &text);
                        }
                    }
                }
            }
            Body::Plain(plain) => {
                (from..plain.starts.len() as u32).for_each(|number| visit(number, plain.text(number)))
            }
        }
    }
    /// Bytes of memory held.
    pub fn memory_bytes(&self) -> usize {
        let body = match &self.body {
            Body::Guids { guids, others } => {
                let texts: usize = others.iter().map(|(_, text)| text.len()).sum();
                guids.memory_bytes() + texts + others.capacity() * size_of::<(u32, Box<str>)>()
            }
            Body::Plain(Plain { pages, starts }) => {
                let texts: usize = pages.iter().map(String::capacity).sum();
                texts + pages.capacity() * size_of::<String>() + starts.memory_bytes()
            }
        };
        body + self.slots.memory_bytes()
    }

    /// Changes to the form that suits what is here.
    fn settle(&mut self) {
        match &self.body {
            Body::Guids { guids, others } if others.len() > 2 + guids.len() / OTHERS_SHARE => {
                let mut plain = Plain::default();
                self.iter().for_each(|text| plain.push(&text));
                self.body = Body::Plain(plain);
            }
            Body::Plain(plain) if LOOKS.contains(&plain.starts.len()) => {
                let texts = || (0..plain.starts.len() as u32).map(|number| plain.text(number));
                let parsed: Vec<_> = texts().map(|text| parse_guid(text.as_bytes())).collect();
                if parsed.iter().filter(|guid| guid.is_none()).count() <= parsed.len() / OTHERS_SHARE {
                    let others = (0..).zip(texts()).zip(&parsed).filter(|(_, guid)| guid.is_none());
                    let others = others.map(|((number, text), _)| (number, text.into())).collect();
                    let guids = parsed.iter().map(|guid| guid.unwrap_or_default()).collect();
                    self.body = Body::Guids { guids, others };
                }
            }
            Body::Guids { .. } | Body::Plain(_) => {}
        }
    }
    fn find_parsed(&self, text: &str, guid: Option<[u8; 16]>, hash: u64) -> Option<u32> {
        match (&self.body, guid) {
            (Body::Guids { guids, others }, Some(guid)) => {
                self.slots.find(hash, |number| guids.get(number as usize) == guid && other(others, number).is_none())
            }
            (Body::Guids { others, .. }, None) => self.slots.find(hash, |number| other(others, number) == Some(text)),
            (Body::Plain(plain), _) => {
                self.slots.find(hash, |number| same(plain.text(number).as_bytes(), text.as_bytes()))
            }
        }
    }
    fn add(&mut self, text: &str, guid: Option<[u8; 16]>, hash: u64) -> u32 {
        let number = u32::try_from(self.len()).expect("a dataset ends at its memory limit, far below 2^32 texts");
        self.settle();
        match &mut self.body {
            Body::Guids { guids, others } => {
                if guid.is_none() {
                    others.push((number, text.into()));
                }
                guids.push(guid.unwrap_or_default());
            }
            Body::Plain(plain) => plain.push(text),
        }
        let body = &self.body;
        self.slots.add(hash, number, |number| body.hash_of(number));
        number
    }

    /// Into a segment, without the places.
    pub(crate) fn write(&self, out: &mut SegmentWriter) {
        match &self.body {
            Body::Guids { guids, others } => {
                out.item(0_u8);
                guids.write(out);
                out.list(&others.iter().map(|(number, _)| *number).collect::<Vec<_>>());
                others.iter().for_each(|(_, text)| out.text(text));
            }
            Body::Plain(Plain { pages, starts }) => {
                out.item(1_u8);
                out.reserve(pages.iter().map(String::len).sum());
                out.item(pages.len() as u64);
                pages.iter().for_each(|page| out.text(page));
                starts.write(out);
            }
        }
    }
    /// Out of a segment. Before texts are added, [`Texts::place`] must be called.
    pub(crate) fn read(from: &mut SegmentReader<'_>) -> Result<Self, Damaged> {
        let body = match from.item::<u8, 1>()? {
            0 => {
                let guids = Chunked::read(from)?;
                let numbers = from.list::<u32, 4>()?.into_iter();
                let others = numbers.map(|number| Ok((number, from.text()?.into()))).collect::<Result<_, Damaged>>()?;
                Body::Guids { guids, others }
            }
            1 => {
                let pages = (0..from.count()?).map(|_| Ok(from.text()?.to_owned())).collect::<Result<_, Damaged>>()?;
                Body::Plain(Plain { pages, starts: Chunked::read(from)? })
            }
            _ => return Err(Damaged),
        };
        let texts = Self { body, slots: Slots::default(), last: 0 };
        Ok(Self { slots: Slots::unplaced(texts.len()), ..texts })
    }
    /// Gives every text its place again.
    pub(super) fn place(&mut self) {
        let body = &self.body;
        self.slots.place(|number| body.hash_of(number));
    }
}

impl Body {
    fn hash_of(&self, number: u32) -> u64 {
        match self {
            Self::Guids { guids, others } => match other(others, number) {
                Some(text) => hash(text.as_bytes()),
                None => hash(&guids.get(number as usize)),
            },
            Self::Plain(plain) => {
                let text = plain.text(number);
                hash_of(text, parse_guid(text.as_bytes()))
            }
        }
    }
}

/// A GUID has the hash of its sixteen bytes, however it is kept.
fn hash_of(text: &str, guid: Option<[u8; 16]>) -> u64 {
    guid.map_or_else(|| hash(text.as_bytes()), |guid| hash(&guid))
}

fn other(others: &[(u32, Box<str>)], number: u32) -> Option<&str> {
    let at = others.binary_search_by_key(&number, |(number, _)| *number).ok()?;
    Some(&others[at].1)
}

impl Plain {
    fn text(&self, number: u32) -> &str {
        let at = number as usize;
        let start = self.starts.get(at);
        let page = &self.pages[(start >> 16) as usize];
        let end = match (at + 1 < self.starts.len()).then(|| self.starts.get(at + 1)) {
            Some(next) if next >> 16 == start >> 16 => (next & 0xffff) as usize,
            _ => page.len(),
        };
        &page[(start & 0xffff) as usize..end]
    }
    fn push(&mut self, text: &str) {
        let has_room = |page: &String| page.len() < PAGE_BYTES && page.len() + text.len() <= PAGE_BYTES;
        if !self.pages.last().is_some_and(has_room) {
            if let Some(full) = self.pages.last_mut() {
                full.shrink_to_fit();
            }
            self.pages.push(String::with_capacity(if self.pages.is_empty() {
                text.len()
            } else {
                PAGE_BYTES.max(text.len())
            }));
        }
        let number = self.pages.len() - 1;
        assert!(number < 1 << 16, "a dataset ends at its memory limit, below 4 GiB of one column's texts");
        let page = &mut self.pages[number];
        self.starts.push((number << 16 | page.len()) as u32);
        page.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(texts: &[String]) {
        let mut kept = Texts::default();
        let mut distinct: Vec<&String> = Vec::new();
        for text in texts {
            let wanted = distinct.iter().position(|other| *other == text).unwrap_or_else(|| {
                distinct.push(text);
                distinct.len() - 1
            });
            assert_eq!(kept.intern(text), wanted as u32, "{text}");
        }
        assert!(kept.iter().eq(distinct.iter().map(|text| Cow::Borrowed(text.as_str()))));
        for from in [0, distinct.len() / 2] {
            let mut visited = Vec::new();
            kept.each(from as u32, true, |number, text| visited.push((number as usize, text.to_owned())));
            assert!(
                visited.iter().map(|(number, text)| (*number, text)).eq(distinct
                    .iter()
                    .copied()
                    .enumerate()
                    .skip(from))
            );
            let is_guid = |text: &String| parse_guid(text.as_bytes()).is_some();
            let mut others = Vec::new();
            kept.each(from as u32, false, |number, text| others.push((number as usize, text.to_owned())));
            visited.retain(|visited| others.contains(visited) || !is_guid(&visited.1));
            assert_eq!(others, visited);
        }
        for (number, text) in distinct.iter().enumerate() {
            assert_eq!(kept.find(text), Some(number as u32));
        }
        assert_eq!(kept.find("not among them"), None);

        let mut segment = SegmentWriter::default();
        kept.write(&mut segment);
        let mut read = Texts::read(&mut SegmentReader::new(segment.bytes())).expect("it was just written");
        for is_placed in [false, true] {
            assert!(read.iter().eq(kept.iter()));
            for (number, text) in distinct.iter().enumerate() {
                assert_eq!(read.find(text), Some(number as u32), "placed: {is_placed}");
            }
            assert_eq!(read.find("not among them"), None);
            read.place();
        }
        assert_eq!(read.intern("one more"), kept.intern("one more"));
    }

    fn guid(number: u32) -> String {
        format!("{number:08x}-0000-4000-a000-{:012x}", u64::from(number) * 7)
    }

    #[test]
    fn each_text_has_one_number() {
        check(&[]);
        check(&(0..5_000).map(|number| format!("text {}", number % 3_000)).collect::<Vec<_>>());
        check(&(0..5_000).map(guid).collect::<Vec<_>>());
        let mixed = |number: u32| match number % 40 {
            0 => format!("other {number}"),
            1 => guid(number).to_uppercase(),
            2 => String::new(),
            _ => guid(number),
        };
        check(&(0..5_000).map(mixed).collect::<Vec<_>>());
        check(
            &(0..600)
                .map(|number| if number < 500 { guid(number) } else { format!("late {number}") })
                .collect::<Vec<_>>(),
        );
        let long = |number: usize| "é".repeat(number * 997 % 70_000);
        check(&(0..40).map(long).collect::<Vec<_>>());
    }

    #[test]
    fn guids_take_sixteen_bytes_and_their_place() {
        let mut texts = Texts::default();
        (0..100_000).for_each(|number| {
            texts.intern(&guid(number));
        });
        assert!(texts.memory_bytes() < 100_000 * 33, "{}", texts.memory_bytes());
    }

    proptest! {
        #[test]
        fn any_texts_come_back(texts in proptest::collection::vec(prop_oneof!["[a-c]{0,2}", "\\PC{0,40}",
            "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-fA-F]{12}"], 0..60)) {
            check(&texts);
        }
    }
}
