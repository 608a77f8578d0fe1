//! One column of a table. A row that was never given anything is absent, so a property that no record has costs nothing.

use std::borrow::Cow;

use super::{
    codes::Codes,
    instants::Instants,
    lists::Lists,
    values::{Value, Values},
};
use crate::{
    protocol::Cell,
    reports::Kind,
    segment::{Damaged, SegmentReader, SegmentWriter},
};

/// The code of a row, or of a member of a list, that is absent.
pub const ABSENT: u32 = 0;
/// The code of a row, or of a member of a list, that is `null`.
pub const NULL: u32 = 1;
/// The lowest code of a value, or of a row's list of values.
pub const FIRST: u32 = 2;

/// What the rows of one column hold. Every distinct value stands there once, and rows have its code; so has every distinct
/// list of values in a multi-valued column. Whatever is asked of values is so worked out once for each, and then looked up.
/// The one exception are the times of single-valued columns, which hardly ever are the same.
#[derive(Clone, Debug)]
pub struct Column {
    kind: Kind,
    body: Body,
}

#[derive(Clone, Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "a report has a few hundred columns, and nearly all are of the larger form"
)]
enum Body {
    Coded { codes: Codes, values: Values, lists: Option<Lists> },
    Instants(Instants),
}

/// What each row holds.
#[derive(Clone, Copy, Debug)]
pub enum Rows<'c> {
    /// A code: [`ABSENT`], [`NULL`], or a value's or a list's. Rows past the end are absent.
    Codes(&'c Codes),
    /// An instant. Rows past the end are absent.
    Instants(&'c Instants),
}

/// What a record has for one place of a column, to be given to [`Column::push`] or [`Column::list_code`]: a value's code,
/// or an instant as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item(i64);

impl Item {
    /// `null` in a column of codes.
    pub const NULL: Self = Self(NULL as i64);

    /// `null`.
    pub fn is_null(self) -> bool {
        self == Self::NULL || self == Self(super::instants::NULL_INSTANT)
    }
    /// As an instant, in milliseconds since 1970; `None` for a mark. For a code it means nothing.
    pub fn instant(self) -> Option<i64> {
        Some(self.0).filter(|instant| *instant >= super::instants::FIRST_INSTANT)
    }
    /// As a code; for an instant it means nothing.
    pub fn code(self) -> u32 {
        self.0 as u32
    }
    /// The item of a code.
    pub fn of_code(code: u32) -> Self {
        Self(i64::from(code))
    }
}

impl Column {
    /// An empty column.
    pub fn new(kind: Kind, is_multi: bool) -> Self {
        let body = match kind {
            Kind::DateTime if !is_multi => Body::Instants(Instants::default()),
            _ => {
                Body::Coded { codes: Codes::default(), values: Values::new(kind), lists: is_multi.then(Lists::default) }
            }
        };
        Self { kind, body }
    }
    /// Kind of one value.
    pub fn kind(&self) -> Kind {
        self.kind
    }
    /// True when a row can have several values.
    pub fn is_multi(&self) -> bool {
        matches!(self.body, Body::Coded { lists: Some(_), .. })
    }

    // Reading.

    /// What each row holds.
    pub fn rows(&self) -> Rows<'_> {
        match &self.body {
            Body::Coded { codes, .. } => Rows::Codes(codes),
            Body::Instants(instants) => Rows::Instants(instants),
        }
    }
    /// Codes of rows are below this; [`FIRST`] for a column of instants.
    pub fn cells(&self) -> usize {
        FIRST as usize
            + match &self.body {
                Body::Coded { lists: Some(lists), .. } => lists.len(),
                Body::Coded { values, .. } => values.len(),
                Body::Instants(_) => 0,
            }
    }
    /// Codes of values are below this; [`FIRST`] for a column of instants.
    pub fn value_codes(&self) -> usize {
        FIRST as usize
            + match &self.body {
                Body::Coded { values, .. } => values.len(),
                Body::Instants(_) => 0,
            }
    }
    /// The value codes of what a row holds: of a list its members, of a single value itself; nothing where it holds nothing.
    pub fn members(&self, code: u32) -> impl Iterator<Item = u32> {
        let list = match &self.body {
            Body::Coded { lists: Some(lists), .. } if code >= FIRST => Some(lists.members(code - FIRST)),
            _ => None,
        };
        let single = (list.is_none() && code >= FIRST && !self.is_multi()).then_some(code);
        list.into_iter().flatten().chain(single)
    }
    /// The value with this code.
    pub fn value(&self, code: u32) -> Value<'_> {
        match (&self.body, code) {
            (_, ABSENT) => Value::Absent,
            (_, NULL) => Value::Null,
            (Body::Coded { values, .. }, code) => values.value(code - FIRST),
            (Body::Instants(_), _) => unreachable!("instants have no codes"),
        }
    }
    /// Every value with its code, from this code on; without canonical GUIDs where they are kept as such, if they are not
    /// wanted. Quicker than one value at a time.
    pub fn each_value(&self, from: u32, has_guids: bool, mut visit: impl FnMut(u32, Value<'_>)) {
        if let Body::Coded { values, .. } = &self.body {
            let from = from.saturating_sub(FIRST);
            values.each(from, has_guids, |number, value| visit(number + FIRST, value));
        }
    }
    /// The code of a value, where some row has it.
    pub fn code_of(&self, value: &Value<'_>) -> Option<u32> {
        match &self.body {
            Body::Coded { values, .. } => values.find(value).map(|number| number + FIRST),
            Body::Instants(_) => None,
        }
    }
    /// What a row holds as a code; [`ABSENT`] for every row of a column of instants.
    pub fn code(&self, row: u32) -> u32 {
        match &self.body {
            Body::Coded { codes, .. } if (row as usize) < codes.len() => codes.get(row as usize),
            _ => ABSENT,
        }
    }
    /// The values of a row: none, one or several. `Null` where it is `null`.
    pub fn row_values(&self, row: u32) -> impl Iterator<Item = Value<'_>> {
        let instant = match &self.body {
            Body::Instants(instants) => Some(instants.value(instants.get(row as usize))),
            Body::Coded { .. } => None,
        };
        let code = self.code(row);
        let null = (code == NULL).then_some(Value::Null);
        let members = self.members(code).map(|code| self.value(code));
        instant.into_iter().chain(null).chain(members).filter(|value| *value != Value::Absent)
    }
    /// True when a row has nothing, not even `null`.
    pub fn is_absent(&self, row: u32) -> bool {
        match &self.body {
            Body::Instants(instants) => instants.value(instants.get(row as usize)) == Value::Absent,
            Body::Coded { .. } => self.code(row) == ABSENT,
        }
    }
    /// What a row holds, as it crosses to the interface.
    pub fn row_cell(&self, row: u32) -> Cell {
        match &self.body {
            Body::Instants(instants) => instants.value(instants.get(row as usize)).into_cell(self.kind),
            Body::Coded { .. } => self.code_cell(self.code(row)),
        }
    }
    /// What a row with this code holds, as it crosses to the interface.
    pub fn code_cell(&self, code: u32) -> Cell {
        match code {
            ABSENT => Cell::Absent,
            NULL => Cell::Null,
            code if self.is_multi() => {
                Cell::List(self.members(code).map(|code| self.value(code).into_cell(self.kind)).collect())
            }
            code => self.value(code).into_cell(self.kind),
        }
    }
    /// True when no row was given anything.
    pub fn is_empty(&self) -> bool {
        match &self.body {
            Body::Coded { codes, .. } => codes.is_empty(),
            Body::Instants(instants) => instants.is_empty(),
        }
    }
    /// Bytes of memory held.
    pub fn memory_bytes(&self) -> usize {
        match &self.body {
            Body::Coded { codes, values, lists } => {
                codes.memory_bytes() + values.memory_bytes() + lists.as_ref().map_or(0, Lists::memory_bytes)
            }
            Body::Instants(instants) => instants.memory_bytes(),
        }
    }

    // Keeping.

    /// Into a segment.
    pub(crate) fn write(&self, out: &mut SegmentWriter) {
        match &self.body {
            Body::Coded { codes, values, lists } => {
                codes.write(out);
                values.write(out);
                if let Some(lists) = lists {
                    lists.write(out);
                }
            }
            Body::Instants(instants) => instants.write(out),
        }
    }
    /// Out of a segment that a column of this kind was written into. Before anything is added, [`Column::place`] must be
    /// called.
    pub(crate) fn read(kind: Kind, is_multi: bool, from: &mut SegmentReader<'_>) -> Result<Self, Damaged> {
        let body = match Self::new(kind, is_multi).body {
            Body::Coded { lists, .. } => Body::Coded {
                codes: Codes::read(from)?,
                values: Values::read(kind, from)?,
                lists: lists.map(|_| Lists::read(from)).transpose()?,
            },
            Body::Instants(_) => Body::Instants(Instants::read(from)?),
        };
        from.end()?;
        Ok(Self { kind, body })
    }
    /// Gives every value its place again, so that values can be added.
    pub(super) fn place(&mut self) {
        match &mut self.body {
            Body::Coded { values, lists, .. } => {
                values.place();
                lists.iter_mut().for_each(Lists::place);
            }
            Body::Instants(instants) => instants.place(),
        }
    }

    // Writing.

    /// The item for a value; adds the value when it is new.
    pub fn item(&mut self, value: &Value<'_>) -> Item {
        Item(match (&mut self.body, value) {
            (Body::Instants(instants), value) => instants.intern(value),
            (Body::Coded { .. }, Value::Absent) => i64::from(ABSENT),
            (Body::Coded { .. }, Value::Null) => i64::from(NULL),
            (Body::Coded { values, .. }, value) => i64::from(FIRST + values.intern(value)),
        })
    }
    /// The item for a text of a column of texts, which is most of them.
    #[inline]
    pub fn text_item(&mut self, text: &str) -> Item {
        match &mut self.body {
            Body::Coded { values: Values::Texts(texts), .. } => Item(i64::from(FIRST + texts.intern(text))),
            _ => self.item(&Value::Text(Cow::Borrowed(text))),
        }
    }
    /// The code for a list of values in a multi-valued column; adds the list when it is new.
    pub fn list_code(&mut self, list: &[Item]) -> u32 {
        match &mut self.body {
            Body::Coded { lists: Some(lists), .. } => FIRST + lists.intern(list),
            _ => unreachable!("the caller knows that the column is multi-valued"),
        }
    }
    /// Gives a row of a single-valued column its item, or a row of a multi-valued one the code of its list.
    /// Rows come in ascending order.
    #[inline]
    pub fn push(&mut self, row: u32, item: Item) {
        match &mut self.body {
            Body::Coded { codes, .. } => {
                codes.pad(row as usize);
                codes.push(item.code());
            }
            Body::Instants(instants) => instants.push(row, item.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written_and_read(column: &Column) -> Column {
        let mut segment = SegmentWriter::default();
        column.write(&mut segment);
        Column::read(column.kind(), column.is_multi(), &mut SegmentReader::new(segment.bytes()))
            .expect("it was just written")
    }

    #[test]
    fn a_column_gives_back_what_it_was_given() {
        let text = |text: &'static str| Value::Text(Cow::Borrowed(text));
        let odd = |text: &'static str| Value::Odd(Cow::Borrowed(text));
        let check = |kind: Kind, values: &[Value<'_>]| {
            let mut column = Column::new(kind, false);
            for (at, value) in values.iter().enumerate() {
                let item = column.item(value);
                assert_eq!(item.is_null(), *value == Value::Null);
                column.push(at as u32 * 2, item);
            }
            for (at, value) in values.iter().enumerate() {
                let wanted: Vec<&Value<'_>> =
                    Some(value).into_iter().filter(|value| **value != Value::Absent).collect();
                assert_eq!(column.row_values(at as u32 * 2).collect::<Vec<_>>().iter().collect::<Vec<_>>(), wanted);
                assert_eq!(column.row_values(at as u32 * 2 + 1).count(), 0);
                assert!(column.is_absent(at as u32 * 2 + 1));
            }
            let mut read = written_and_read(&column);
            for is_placed in [false, true] {
                for row in 0..values.len() as u32 * 2 + 2 {
                    assert_eq!(read.row_cell(row), column.row_cell(row), "row {row}");
                }
                for value in values {
                    assert_eq!(read.code_of(value), column.code_of(value), "placed: {is_placed}");
                }
                read.place();
            }
            for value in values {
                assert_eq!(read.item(value), column.item(value), "what is here has its code");
            }
        };
        check(Kind::Keyword, &[Value::Null, text("a"), Value::Absent, text("b"), text("a"), text("")]);
        check(Kind::Flag, &[Value::Flag(true), Value::Flag(false), Value::Null, odd("perhaps"), Value::Flag(true)]);
        check(
            Kind::Integer,
            &[Value::Integer(-1), odd("x"), Value::Integer(i64::MAX), Value::Null, Value::Integer(0), odd("x")],
        );
        check(
            Kind::Number,
            &[Value::Number(-0.5), Value::Number(f64::MAX), odd("1,5"), Value::Null, Value::Number(0.0)],
        );
        check(
            Kind::DateTime,
            &[Value::Integer(5), odd("soon"), Value::Absent, Value::Null, odd("later"), Value::Integer(5)],
        );
    }

    #[test]
    fn lists_tell_absent_null_and_empty_apart() {
        let mut column = Column::new(Kind::Integer, true);
        let one = column.item(&Value::Integer(1));
        let two = column.item(&Value::Integer(2));
        let null = column.item(&Value::Null);
        for (row, list) in [(1, vec![one, null]), (4, vec![]), (5, vec![two]), (6, vec![one, null])] {
            if row == 4 {
                column.push(2, Item::of_code(NULL));
            }
            let code = column.list_code(&list);
            column.push(row, Item::of_code(code));
        }
        let cells: Vec<Cell> = (0..8).map(|row| column.row_cell(row)).collect();
        let list = Cell::List(vec![Cell::Integer(1), Cell::Null]);
        assert_eq!(
            cells,
            [
                Cell::Absent,
                list.clone(),
                Cell::Null,
                Cell::Absent,
                Cell::List(vec![]),
                Cell::List(vec![Cell::Integer(2)]),
                list,
                Cell::Absent
            ]
        );
        let mut read = written_and_read(&column);
        assert_eq!((0..8).map(|row| read.row_cell(row)).collect::<Vec<_>>(), cells);
        read.place();
        assert_eq!(read.list_code(&[one, null]), column.list_code(&[one, null]));
        assert_eq!(column.code(1), column.code(6));
        assert_eq!(column.cells(), FIRST as usize + 3);
    }
}
