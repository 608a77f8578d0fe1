//! Where a table keeps a column's values, and how they are read there.

use super::{
    literal::member,
    tables::{Table, Type},
};
use crate::reports::Column;

/// Where a column's values stand in a row of a table.
pub(super) struct Place {
    /// Lists on the way, from the outermost to the innermost. Each of them is an expression over the row and the items before it,
    /// which are called `item1`, `item2` and so on.
    pub lists: Vec<String>,
    /// One value, as an expression over the row and the items.
    pub value: String,
    pub held: Type,
}

impl Place {
    /// The place of a column; `None` when the table does not have it.
    pub fn of(table: &'static Table, column: &Column) -> Option<Self> {
        let mut segments = segments(column.kql?);
        let (first, mut is_list) = segments.next()?;
        let (name, held) = table.column(first)?;
        let (mut lists, mut value, mut is_inner) = (Vec::new(), name.to_owned(), false);
        let mut rest = segments.peekable();
        if is_list || column.is_multi || rest.peek().is_some() {
            is_inner = true;
            value = match held {
                Type::Dynamic => value,
                Type::Text => format!("parse_json({value})"),
                Type::Instant | Type::Flag | Type::Long => return None,
            };
        }
        loop {
            if is_list {
                lists.push(value);
                value = format!("item{}", lists.len());
            }
            let Some((name, is_next_list)) = rest.next() else { break };
            value.push_str(&member(name));
            is_list = is_next_list;
        }
        if column.is_multi && lists.is_empty() {
            lists.push(value);
            value = "item1".to_owned();
        }
        Some(Self { lists, value, held: if is_inner { Type::Dynamic } else { held } })
    }
    /// The value as text; `None` for instants, whose text is another one there.
    pub fn text(&self) -> Option<String> {
        match self.held {
            Type::Text => Some(self.value.clone()),
            Type::Dynamic | Type::Flag | Type::Long => Some(format!("tostring({})", self.value)),
            Type::Instant => None,
        }
    }
    pub fn whole(&self) -> String {
        if self.held == Type::Long { self.value.clone() } else { format!("tolong({})", self.value) }
    }
    pub fn number(&self) -> String {
        format!("todouble({})", self.value)
    }
    pub fn flag(&self) -> String {
        if self.held == Type::Flag { self.value.clone() } else { format!("tobool({})", self.value) }
    }
    pub fn instant(&self) -> String {
        if self.held == Type::Instant { self.value.clone() } else { format!("todatetime({})", self.value) }
    }
    /// True when the row has a value here.
    pub fn is_there(&self) -> String {
        match self.held {
            Type::Text | Type::Dynamic => format!("isnotempty({})", self.text().unwrap_or_default()),
            Type::Instant | Type::Flag | Type::Long => format!("isnotnull({})", self.value),
        }
    }
}

/// The items of a list. What is no list counts as the only item of one, so that no row is lost on the way.
pub(super) fn items(list: &str) -> String {
    format!("iff(array_length({list}) > 0, {list}, pack_array({list}))")
}

/// Names of a dotted path, with whether a list of that name follows. The dot in `@odata.type` belongs to the name.
fn segments(path: &'static str) -> impl Iterator<Item = (&'static str, bool)> {
    let mut rest = Some(path);
    std::iter::from_fn(move || {
        let text = rest?;
        let from = if text.starts_with('@') { text.find('.').map_or(0, |dot| dot + 1) } else { 0 };
        let (segment, behind) = match text[from..].find('.') {
            Some(dot) => (&text[..from + dot], Some(&text[from + dot + 1..])),
            None => (text, None),
        };
        rest = behind;
        Some((segment.trim_end_matches("[]"), segment.ends_with("[]")))
    })
}
