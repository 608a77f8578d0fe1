//! Reading JSON that may be broken. A pull reader over bytes: nothing is built, nothing recurses, nothing panics.
//! A strict parser would lose records that occur in real logs: lone surrogates, bytes that are not UTF-8, deep nesting.

mod blocks;

use std::{borrow::Cow, ops::Range};

use blocks::nested_length;
use serde_json::{Map, Number, Value};

use crate::{bytes::same, limits::NESTING_MAX};

/// The bytes are not JSON from here on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// What a value is, by its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `{`
    Object,
    /// `[`
    Array,
    /// `"`
    Text,
    /// A number, `true`, `false`, `null`, or something that is none of them.
    Bare,
}

/// Reads values one after the other.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// The inside of a JSON string, escapes and all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawText<'a> {
    /// As it stands between the quotes.
    pub bytes: &'a [u8],
    /// True when there is a backslash.
    pub is_escaped: bool,
}

impl<'a> Reader<'a> {
    /// A reader at the start of these bytes; a byte order mark is skipped.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 } }
    }
    /// What comes next, or `None` at the end.
    pub fn shape(&mut self) -> Option<Shape> {
        Some(match self.peek()? {
            b'{' => Shape::Object,
            b'[' => Shape::Array,
            b'"' => Shape::Text,
            _ => Shape::Bare,
        })
    }
    /// Goes into the object or array that comes next.
    pub fn enter(&mut self) {
        self.at += 1;
    }
    /// Passes over bytes that stand right here, without blanks before them, and says whether they did.
    #[inline]
    pub fn pass(&mut self, expected: &[u8]) -> bool {
        let here = self.bytes.get(self.at..self.at + expected.len());
        let is_here = here.is_some_and(|here| same(here, expected));
        if is_here {
            self.at += expected.len();
        }
        is_here
    }
    /// What is still to be read.
    #[inline]
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }
    /// Passes over so many bytes, which were looked at in [`Reader::rest`].
    #[inline]
    pub fn advance(&mut self, bytes: usize) {
        self.at += bytes;
    }
    /// The next key of an entered object, with the reader at its value; `None` after the last. `is_first` starts as true.
    ///
    /// # Errors
    /// When something else comes.
    pub fn key(&mut self, is_first: &mut bool) -> Result<Option<RawText<'a>>, Malformed> {
        if !self.separator(b'}', is_first)? {
            return Ok(None);
        }
        let key = self.text()?;
        if self.peek() != Some(b':') {
            return Err(Malformed);
        }
        self.at += 1;
        Ok(Some(key))
    }
    /// True with the reader at the next element of an entered array; false after the last. `is_first` starts as true.
    ///
    /// # Errors
    /// When something else comes.
    pub fn element(&mut self, is_first: &mut bool) -> Result<bool, Malformed> {
        self.separator(b']', is_first)
    }
    /// The string that comes next.
    ///
    /// # Errors
    /// When none comes or it does not end.
    pub fn text(&mut self) -> Result<RawText<'a>, Malformed> {
        if self.peek() != Some(b'"') {
            return Err(Malformed);
        }
        let start = self.at + 1;
        let end = start + quote_or_backslash(self.bytes.get(start..).ok_or(Malformed)?).ok_or(Malformed)?;
        if self.bytes[end] == b'"' {
            self.at = end + 1;
            return Ok(RawText { bytes: &self.bytes[start..end], is_escaped: false });
        }
        self.at = end;
        loop {
            let rest = self.bytes.get(self.at..).ok_or(Malformed)?;
            self.at += quote_or_backslash(rest).ok_or(Malformed)?;
            if self.bytes[self.at] == b'"' {
                self.at += 1;
                return Ok(RawText { bytes: &self.bytes[start..self.at - 1], is_escaped: true });
            }
            self.at += 2;
        }
    }
    /// Passes over the value that comes next and says where it is.
    ///
    /// # Errors
    /// When it does not end.
    pub fn skip(&mut self) -> Result<Range<usize>, Malformed> {
        let shape = self.shape().ok_or(Malformed)?;
        let start = self.at;
        match shape {
            Shape::Text => {
                self.text()?;
            }
            Shape::Bare => self.skip_bare(),
            Shape::Object | Shape::Array => self.skip_nested()?,
        }
        if self.at == start { Err(Malformed) } else { Ok(start..self.at) }
    }
    /// The bytes of the value that comes next.
    ///
    /// # Errors
    /// When it does not end.
    pub fn raw(&mut self) -> Result<&'a [u8], Malformed> {
        self.skip().map(|range| &self.bytes[range])
    }
    /// True when nothing but blanks is left.
    pub fn is_at_end(&mut self) -> bool {
        self.peek().is_none()
    }

    fn peek(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
        self.bytes.get(self.at).copied()
    }
    fn separator(&mut self, end: u8, is_first: &mut bool) -> Result<bool, Malformed> {
        let byte = self.peek().ok_or(Malformed)?;
        if byte == end {
            self.at += 1;
            return Ok(false);
        }
        if !std::mem::take(is_first) {
            if byte != b',' {
                return Err(Malformed);
            }
            self.at += 1;
            // A comma before the end is not JSON, but loses nothing.
            if self.peek() == Some(end) {
                self.at += 1;
                return Ok(false);
            }
        }
        Ok(true)
    }
    fn skip_bare(&mut self) {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|byte| {
            matches!(byte, b',' | b':' | b'}' | b']' | b'{' | b'[' | b'"' | b' ' | b'\n' | b'\r' | b'\t')
        });
        self.at += length.unwrap_or(rest.len());
    }
    fn skip_nested(&mut self) -> Result<(), Malformed> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += nested_length(rest).ok_or(Malformed)?;
        Ok(())
    }
}

/// Where the first quote or backslash is. Most texts are short, so that the first words are looked at right here.
#[inline]
fn quote_or_backslash(bytes: &[u8]) -> Option<usize> {
    let mut rest = bytes;
    for _ in 0..4 {
        let Some((word, more)) = rest.split_first_chunk::<8>() else { break };
        let word = u64::from_le_bytes(*word);
        let found = equal_bytes(word, b'"') | equal_bytes(word, b'\\');
        if found != 0 {
            return Some(bytes.len() - rest.len() + found.trailing_zeros() as usize / 8);
        }
        rest = more;
    }
    Some(bytes.len() - rest.len() + memchr::memchr2(b'"', b'\\', rest)?)
}

/// A word whose lowest bit that is set is in the first byte that equals this one; 0 when none does.
#[inline]
fn equal_bytes(word: u64, byte: u8) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let different = word ^ (ONES * u64::from(byte));
    different.wrapping_sub(ONES) & !different & (ONES << 7)
}

impl<'a> RawText<'a> {
    /// The text, and whether all of it was Unicode. What was not is replaced by U+FFFD.
    pub fn decode(self) -> (Cow<'a, str>, bool) {
        if !self.is_escaped {
            return match std::str::from_utf8(self.bytes) {
                Ok(text) => (Cow::Borrowed(text), true),
                Err(_) => (String::from_utf8_lossy(self.bytes), false),
            };
        }
        self.unescape()
    }

    fn unescape(self) -> (Cow<'a, str>, bool) {
        let mut text = String::with_capacity(self.bytes.len());
        let mut is_unicode = true;
        let mut rest = self.bytes;
        while let Some(at) = memchr::memchr(b'\\', rest) {
            is_unicode &= push_lossy(&mut text, &rest[..at]);
            let (char, length) = unescape(&rest[at..]);
            is_unicode &= char != Some(char::REPLACEMENT_CHARACTER);
            text.extend(char);
            rest = &rest[at + length..];
        }
        is_unicode &= push_lossy(&mut text, rest);
        (Cow::Owned(text), is_unicode)
    }
}

fn push_lossy(text: &mut String, bytes: &[u8]) -> bool {
    let part = String::from_utf8_lossy(bytes);
    text.push_str(&part);
    matches!(part, Cow::Borrowed(_))
}

/// The character of the escape that the bytes begin with, and the escape's length.
fn unescape(bytes: &[u8]) -> (Option<char>, usize) {
    let simple = match bytes.get(1) {
        Some(b'n') => '\n',
        Some(b't') => '\t',
        Some(b'r') => '\r',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'u') => return unescape_unit(bytes),
        Some(byte) if byte.is_ascii() => char::from(*byte),
        _ => return (Some(char::REPLACEMENT_CHARACTER), 1),
    };
    (Some(simple), 2)
}

fn unescape_unit(bytes: &[u8]) -> (Option<char>, usize) {
    let unit = |at: usize| {
        let digits = std::str::from_utf8(bytes.get(at..at + 4)?).ok()?;
        if digits.starts_with('+') { None } else { u32::from_str_radix(digits, 16).ok() }
    };
    let Some(first) = unit(2) else { return (Some(char::REPLACEMENT_CHARACTER), 2) };
    if (0xd800..0xdc00).contains(&first)
        && bytes.get(6..8) == Some(b"\\u")
        && let Some(second) = unit(8).filter(|second| (0xdc00..0xe000).contains(second))
    {
        return (char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)), 12);
    }
    (Some(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER)), 6)
}

/// The value that comes next as a tree, read as far as it can be.
pub fn tree(reader: &mut Reader<'_>) -> Value {
    read_value(reader, 0).0
}

/// An object as a tree, read as far as it can be.
/// A key that comes twice keeps its first value; what is nested too deep becomes its JSON text.
pub fn map(bytes: &[u8]) -> Map<String, Value> {
    let mut map = Map::new();
    let mut reader = Reader::new(bytes);
    if reader.shape() == Some(Shape::Object) {
        // What was read before the break stays.
        let _ = read_object(&mut reader, &mut map, 0);
    }
    map
}

fn read_object(reader: &mut Reader<'_>, map: &mut Map<String, Value>, depth: usize) -> Result<(), Malformed> {
    reader.enter();
    let mut is_first = true;
    while let Some(key) = reader.key(&mut is_first)? {
        let (value, is_whole) = read_value(reader, depth + 1);
        map.entry(key.decode().0.into_owned()).or_insert(value);
        if !is_whole {
            return Err(Malformed);
        }
    }
    Ok(())
}

/// The value that comes next, and whether it ended.
fn read_value(reader: &mut Reader<'_>, depth: usize) -> (Value, bool) {
    match reader.shape() {
        Some(Shape::Object | Shape::Array) if depth >= NESTING_MAX => match reader.raw() {
            Ok(raw) => (Value::String(String::from_utf8_lossy(raw).into_owned()), true),
            Err(Malformed) => (Value::Null, false),
        },
        Some(Shape::Object) => {
            let mut map = Map::new();
            let is_whole = read_object(reader, &mut map, depth).is_ok();
            (Value::Object(map), is_whole)
        }
        Some(Shape::Array) => {
            let mut values = Vec::new();
            let is_whole = read_array(reader, &mut values, depth).is_ok();
            (Value::Array(values), is_whole)
        }
        Some(Shape::Text) => match reader.text() {
            Ok(text) => (Value::String(text.decode().0.into_owned()), true),
            Err(Malformed) => (Value::Null, false),
        },
        Some(Shape::Bare) => match reader.raw() {
            Ok(raw) => (bare(raw), true),
            Err(Malformed) => (Value::Null, false),
        },
        None => (Value::Null, false),
    }
}

fn read_array(reader: &mut Reader<'_>, values: &mut Vec<Value>, depth: usize) -> Result<(), Malformed> {
    reader.enter();
    let mut is_first = true;
    while reader.element(&mut is_first)? {
        let (value, is_whole) = read_value(reader, depth + 1);
        values.push(value);
        if !is_whole {
            return Err(Malformed);
        }
    }
    Ok(())
}

fn bare(raw: &[u8]) -> Value {
    let text = String::from_utf8_lossy(raw);
    match &*text {
        "null" => Value::Null,
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        number => match (number.parse::<i64>(), number.parse::<f64>()) {
            (Ok(number), _) => Value::Number(number.into()),
            // A whole number is one also where a fraction of zero is written.
            (_, Ok(number)) if number.fract() == 0.0 && number.abs() < 9e15 => Value::Number((number as i64).into()),
            (_, Ok(number)) => Number::from_f64(number).map_or_else(|| Value::String(text.into_owned()), Value::Number),
            _ => Value::String(text.into_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_is_unescaped_and_lone_surrogates_are_replaced() {
        let check = |raw: &str, text: &str, is_unicode: bool| {
            let raw = RawText { bytes: raw.as_bytes(), is_escaped: raw.contains('\\') };
            assert_eq!(raw.decode(), (Cow::Borrowed(text), is_unicode), "{raw:?}");
        };
        check("plain", "plain", true);
        check(r#"a\"b\\c\/d\n\u00e9"#, "a\"b\\c/d\n\u{e9}", true);
        check(r"\ud83d\ude00", "\u{1f600}", true);
        check(r"x\ud83dy", "x\u{fffd}y", false);
        check(r"\ude00", "\u{fffd}", false);
        check(r"\ud83d\u0041", "\u{fffd}A", false);
        check(r"\u12", "\u{fffd}12", false);
        let lossy = |bytes: &'static [u8]| RawText { bytes, is_escaped: bytes.contains(&b'\\') }.decode();
        assert_eq!(lossy(b"a\xffb"), (Cow::Borrowed("a\u{fffd}b"), false));
        assert_eq!(lossy(b"a\\t\xffb"), (Cow::Borrowed("a\t\u{fffd}b"), false));
    }

    #[test]
    fn very_deep_nesting_is_passed_over() {
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        assert_eq!(Reader::new(deep.as_bytes()).skip(), Ok(0..400_000));
        let object = format!("{{\"a\":{deep}}}");
        assert!(map(object.as_bytes())["a"].is_array());
    }

    #[test]
    fn an_object_that_breaks_off_keeps_what_came_before() {
        assert_eq!(
            Value::Object(map(br#"{"a":1,"b":{"c":"d","e":[1,2"#)).to_string(),
            r#"{"a":1,"b":{"c":"d","e":[1,2]}}"#
        );
    }

    proptest! {
        #[test]
        fn well_formed_json_reads_as_a_strict_parser_does(text in "[ -~\u{e9}\u{1f600}\"\\\\]{0,20}", number: i64, flag: bool) {
            let value = serde_json::json!({"t": text, "n": [number, {"f": flag}], "x": null, "": {}});
            prop_assert_eq!(&Value::Object(map(value.to_string().as_bytes())), &value);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(prop_oneof![Just(b'{'), Just(b'}'), Just(b'['), Just(b']'),
            Just(b'"'), Just(b':'), Just(b','), Just(b'\\'), Just(b'u'), any::<u8>()], 0..60)) {
            let _ = Reader::new(&bytes).skip();
            let _ = map(&bytes);
            let _ = RawText { bytes: &bytes, is_escaped: true }.decode();
        }
    }
}
