//! A filter as the rows that match it: each comparison is made once for every distinct value, then rows are looked up.

use super::{
    bits::Bits,
    column as column_at,
    scan::{pick, pick_numbers},
    text::Finds,
};
use crate::{
    filter::{Condition, Filter, Operator, Test, Value},
    instant::InstantText,
    protocol::QueryError,
    store::{Column, FIRST, FIRST_INSTANT, Instants, NULL_INSTANT, Rows, Table, Value as Cell},
};

/// The rows of a table that match a filter, whichever fetch shows them. Of rows that are not `within`, none.
///
/// # Errors
/// When the filter names a column that does not exist.
pub(super) fn select(
    table: &Table,
    finds: &mut Finds,
    filter: &Filter,
    within: Option<&Bits>,
) -> Result<Bits, QueryError> {
    let rows = table.len() as usize;
    let everything = || within.cloned().unwrap_or_else(|| Bits::all(rows));
    match filter {
        Filter::All => Ok(everything()),
        Filter::And(filters) => {
            let mut filters: Vec<&Filter> = filters.iter().collect();
            filters.sort_by_key(|filter| cost(filter));
            let mut all: Option<Bits> = None;
            for filter in filters {
                all = Some(select(table, finds, filter, all.as_ref().or(within))?);
            }
            Ok(all.unwrap_or_else(everything))
        }
        Filter::Or(filters) => {
            let mut any = Bits::none(rows);
            for filter in filters {
                any.or(&select(table, finds, filter, within)?);
            }
            Ok(any)
        }
        Filter::Not(filter) => {
            let mut rest = everything();
            rest.without(&select(table, finds, filter, within)?);
            Ok(rest)
        }
        Filter::Is(condition) if condition.operator == Operator::Ne => {
            let equal = Condition { operator: Operator::Eq, ..condition.clone() };
            let mut rest = everything();
            rest.without(&compare(table, finds, &equal, within)?);
            Ok(rest)
        }
        Filter::Is(condition) => compare(table, finds, condition, within),
        Filter::Exists(id) => Ok(exists(&table.columns()[column_at(table, id)?], rows, within)),
        Filter::Text(text) if text.is_empty() => Ok(everything()),
        Filter::Text(text) => {
            let mut any = Bits::none(rows);
            for column in 0..table.columns().len() {
                contain(table, finds, column, text, within, |found| any.or(&found));
            }
            Ok(any)
        }
    }
}

/// Cheap conditions come first, so that dear ones look at fewer rows.
fn cost(filter: &Filter) -> u32 {
    match filter {
        Filter::All => 0,
        Filter::Is(condition) if matches!(condition.value, Value::Instant(_)) => 2,
        Filter::Is(condition) if condition.operator == Operator::Eq => 1,
        Filter::Exists(_) => 2,
        Filter::Is(_) => 3,
        Filter::And(filters) | Filter::Or(filters) => 4 + filters.iter().map(cost).sum::<u32>(),
        Filter::Not(filter) => 1 + cost(filter),
        Filter::Text(_) => 1_000,
    }
}

fn compare(table: &Table, finds: &mut Finds, condition: &Condition, within: Option<&Bits>) -> Result<Bits, QueryError> {
    let at = column_at(table, &condition.column)?;
    let (column, rows) = (&table.columns()[at], table.len() as usize);
    let test = Test::new(&table.definition().columns[at], condition.operator, &condition.value);
    if let Some(needle) = test.needle() {
        let mut found = Bits::none(rows);
        contain(table, finds, at, needle, within, |bits| found = bits);
        return Ok(found);
    }
    match column.rows() {
        Rows::Codes(codes) => {
            let mut flags = vec![0; column.value_codes()];
            // One GUID among many is looked up; other spellings of it are texts like any other.
            let guid = test.equal_guid().map(|guid| column.code_of(&Cell::Text(guid.into())));
            guid.flatten().into_iter().for_each(|code| flags[code as usize] = 1);
            let has_guids = guid.is_none() && test.may_match_guid();
            column.each_value(FIRST, has_guids, |code, value| flags[code as usize] = u8::from(test.is_match(&value)));
            Ok(pick(codes, &cell_flags(column, flags), rows, within))
        }
        Rows::Instants(instants) => Ok(compare_instants(instants, &test, rows, within)),
    }
}

fn compare_instants(instants: &Instants, test: &Test, rows: usize, within: Option<&Bits>) -> Bits {
    let Some((from, to)) = test.instants() else {
        let texts = std::cell::RefCell::new(InstantText::default());
        return pick_numbers(instants.chunks(), rows, within, |instant| match instant {
            FIRST_INSTANT.. => test.is_text_match(texts.borrow_mut().of(instant)),
            mark => test.is_match(&instants.value(mark)),
        });
    };
    let from = from.max(FIRST_INSTANT);
    if instants.odd().is_empty() {
        return pick_numbers(instants.chunks(), rows, within, |instant| instant >= from && instant < to);
    }
    let odd: Vec<bool> = instants.odd().iter().map(|text| test.is_text_match(&text)).collect();
    let is_odd_match = |mark: i64| odd.get((mark - Instants::odd_mark(0)) as usize).is_some_and(|is_match| *is_match);
    pick_numbers(instants.chunks(), rows, within, |instant| {
        instant >= from && instant < to || instant > NULL_INSTANT && instant < FIRST_INSTANT && is_odd_match(instant)
    })
}

/// Gives away the rows of a column that have a value with this text in it, where there may be any.
fn contain(table: &Table, finds: &mut Finds, at: usize, text: &str, within: Option<&Bits>, found: impl FnOnce(Bits)) {
    let (column, rows) = (&table.columns()[at], table.len() as usize);
    if within.is_some_and(Bits::is_empty) {
        return;
    }
    let hits = finds.hits(table, at, text);
    if hits.is_empty() {
        return;
    }
    match column.rows() {
        Rows::Codes(codes) => {
            let mut flags = vec![0; column.value_codes()];
            hits.iter().for_each(|code| flags[code] = 1);
            found(pick(codes, &cell_flags(column, flags), rows, within));
        }
        Rows::Instants(_) => {
            let mut bits = (*hits).clone();
            bits.grow(rows);
            within.into_iter().for_each(|within| bits.and(within));
            found(bits);
        }
    }
}

fn exists(column: &Column, rows: usize, within: Option<&Bits>) -> Bits {
    match column.rows() {
        Rows::Codes(codes) => {
            let mut flags = vec![1; column.value_codes()];
            flags[..FIRST as usize].fill(0);
            pick(codes, &cell_flags(column, flags), rows, within)
        }
        Rows::Instants(instants) => pick_numbers(instants.chunks(), rows, within, |instant| instant > NULL_INSTANT),
    }
}

/// Flags by the code of a row from flags by the code of a value: a list has one when any member has.
fn cell_flags(column: &Column, flags: Vec<u8>) -> Vec<u8> {
    if !column.is_multi() {
        return flags;
    }
    let any = |code: usize| column.members(code as u32).fold(0, |any, member| any | flags[member as usize]);
    (0..column.cells()).map(any).collect()
}
