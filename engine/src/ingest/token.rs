//! One JSON value as a column may read it.

use std::borrow::Cow;

use crate::{
    instant::parse_instant,
    json::{Malformed, Reader, Shape},
    protocol::WarningCode,
    reports::Kind,
    store::Value,
};

/// A value at a leaf.
pub(super) enum Token<'a> {
    /// A string's text, and whether all of it was Unicode.
    Text(Cow<'a, str>, bool),
    /// A number, flag or something that is none of them, as it stands.
    Bare(Cow<'a, str>, bool),
    /// An object or array, as it stands.
    Nested(Cow<'a, str>, bool),
}

impl<'a> Token<'a> {
    #[inline]
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self, Malformed> {
        Ok(match reader.shape().ok_or(Malformed)? {
            Shape::Text => {
                let (text, is_unicode) = reader.text()?.decode();
                Self::Text(text, is_unicode)
            }
            shape => {
                let text = String::from_utf8_lossy(reader.raw()?);
                let is_unicode = matches!(text, Cow::Borrowed(_));
                if shape == Shape::Bare { Self::Bare(text, is_unicode) } else { Self::Nested(text, is_unicode) }
            }
        })
    }
    pub(super) fn is_unicode(&self) -> bool {
        let (Self::Text(_, is_unicode) | Self::Bare(_, is_unicode) | Self::Nested(_, is_unicode)) = self;
        *is_unicode
    }
    /// The value for a column of this kind, and what is odd about it.
    pub(super) fn as_kind(&self, kind: Kind) -> (Value<'_>, Option<WarningCode>) {
        let (Self::Text(text, _) | Self::Bare(text, _) | Self::Nested(text, _)) = self;
        let is_bare = matches!(self, Self::Bare(..));
        let unexpected = |is_expected: bool| (!is_expected).then_some(WarningCode::UnexpectedType);
        if is_bare && text == "null" {
            return (Value::Null, None);
        }
        let odd = || Value::Odd(Cow::Borrowed(text));
        let typed = match kind {
            Kind::Keyword | Kind::Outcome => {
                return (Value::Text(Cow::Borrowed(text)), unexpected(matches!(self, Self::Text(..))));
            }
            Kind::Bag => return (Value::Text(Cow::Borrowed(text)), None),
            Kind::DateTime => {
                let code = if is_bare { WarningCode::UnexpectedType } else { WarningCode::UnreadableTime };
                return match parse_instant(text).filter(|_| !is_bare) {
                    Some(instant) => (Value::Integer(instant), None),
                    None => (odd(), Some(code)),
                };
            }
            Kind::Integer => parse_integer(text.trim()).map(Value::Integer),
            Kind::Number => text.trim().parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Number),
            Kind::Flag if text.eq_ignore_ascii_case("true") => Some(Value::Flag(true)),
            Kind::Flag if text.eq_ignore_ascii_case("false") => Some(Value::Flag(false)),
            Kind::Flag => None,
        };
        match typed {
            Some(value) => (value, unexpected(is_bare)),
            None => (odd(), Some(WarningCode::UnexpectedType)),
        }
    }
}

/// A whole number, also where it is spelled with a fraction of zero.
fn parse_integer(text: &str) -> Option<i64> {
    match text.parse::<i64>() {
        Ok(number) => Some(number),
        Err(_) => {
            let number: f64 = text.parse().ok()?;
            (number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0).then_some(number as i64)
        }
    }
}
