//! The envelope of a page: where its records are, and where the next page is.

use std::ops::Range;

use crate::json::{Malformed, Reader, Shape};

/// A page cut into records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Where each record's bytes are, in order.
    pub records: Vec<Range<usize>>,
    /// Address of the next page.
    pub next_link: Option<String>,
    /// How the records were wrapped.
    pub shape: PageShape,
    /// True when the bytes end, or stop being JSON, in the middle; the records before that are whole.
    pub is_cut: bool,
}

/// How a page wraps its records. Graph answers a list with the first; recorded responses come in all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PageShape {
    /// An object with `value`.
    List,
    /// A bare array.
    Array,
    /// A single record.
    Single,
    /// Not JSON.
    #[default]
    None,
}

impl Page {
    /// Reads a page.
    pub fn read(bytes: &[u8]) -> Self {
        let mut page = Self::default();
        let mut reader = Reader::new(bytes);
        let read = match reader.shape() {
            Some(Shape::Object) => page.read_object(&mut reader),
            Some(Shape::Array) => {
                page.shape = PageShape::Array;
                page.read_records(&mut reader)
            }
            _ => Err(Malformed),
        };
        page.is_cut = read.is_err() || !reader.is_at_end();
        page
    }

    fn read_object(&mut self, reader: &mut Reader<'_>) -> Result<(), Malformed> {
        let whole = reader.clone();
        reader.enter();
        let mut is_first = true;
        while let Some(key) = reader.key(&mut is_first)? {
            match (&*key.decode().0, reader.shape()) {
                ("value", Some(Shape::Array)) => {
                    self.shape = PageShape::List;
                    self.read_records(reader)?;
                }
                ("@odata.nextLink", Some(Shape::Text)) => {
                    self.next_link = Some(reader.text()?.decode().0.into_owned()).filter(|link| !link.is_empty());
                }
                _ => {
                    reader.skip()?;
                }
            }
        }
        if self.shape == PageShape::None {
            self.shape = PageShape::Single;
            self.records.extend(whole.clone().skip());
        }
        Ok(())
    }
    fn read_records(&mut self, reader: &mut Reader<'_>) -> Result<(), Malformed> {
        reader.enter();
        let mut is_first = true;
        while reader.element(&mut is_first)? {
            let is_bare = reader.shape() == Some(Shape::Bare);
            let is_garbage = is_bare && !is_scalar(reader.clone().raw()?);
            if is_garbage {
                return Err(Malformed);
            }
            self.records.push(reader.skip()?);
        }
        Ok(())
    }
}

/// True for what JSON allows outside quotes, brackets and braces.
fn is_scalar(raw: &[u8]) -> bool {
    matches!(raw, b"null" | b"true" | b"false" | [b'-' | b'0'..=b'9', ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, records: &[&str], next_link: Option<&str>, shape: PageShape, is_cut: bool) {
        let page = Page::read(text.as_bytes());
        let cut: Vec<&str> = page.records.iter().map(|range| &text[range.clone()]).collect();
        assert_eq!(
            (&cut[..], page.next_link.as_deref(), page.shape, page.is_cut),
            (records, next_link, shape, is_cut),
            "{text}"
        );
    }

    #[test]
    fn records_keep_their_exact_bytes() {
        check(
            "\u{feff}{\"@odata.context\":\"x\",\n\"value\" : [ {\"a\" : 1} ,{}, 7,\"x\" ],\"@odata.nextLink\":\"https:\\/\\/g\"}\r\n",
            &["{\"a\" : 1}", "{}", "7", "\"x\""],
            Some("https://g"),
            PageShape::List,
            false,
        );
        check("[{\"a\":\"]\"}]", &["{\"a\":\"]\"}"], None, PageShape::Array, false);
        check(" {\"id\":1} ", &["{\"id\":1}"], None, PageShape::Single, false);
        check("{\"value\":[]}", &[], None, PageShape::List, false);
    }

    #[test]
    fn a_page_that_breaks_off_keeps_its_whole_records() {
        check(
            "{\"@odata.nextLink\":\"n\",\"value\":[{\"a\":1},{\"a\":2",
            &["{\"a\":1}"],
            Some("n"),
            PageShape::List,
            true,
        );
        check("{\"value\":[{\"a\":1}}", &["{\"a\":1}"], None, PageShape::List, true);
        check("{\"value\":[{\"a\":1}]} trailing", &["{\"a\":1}"], None, PageShape::List, true);
        check("{\"value\":[<<{\"a\":1}]}", &[], None, PageShape::List, true);
        check("<html>", &[], None, PageShape::None, true);
        check("", &[], None, PageShape::None, true);
        check("{\"valu", &[], None, PageShape::None, true);
    }
}
