//! Which values columns have among the rows that match, and how often.

use super::{
    column as column_at, keep_first,
    rank::Ranks,
    results::{Kept, Results, Selection},
    scan::count,
    values::Values,
};
use crate::{
    filter::{Operator, Test, Value},
    limits::{FACET_COLUMNS_MAX, VALUES_MAX},
    protocol::{Distinct, DistinctQuery, FacetCounts, FacetQuery, Facets, FacetsQuery, QueryError},
    store::{ABSENT, FIRST, Rows, Table},
};

/// Values of columns with counts.
///
/// # Errors
/// When the question names a fetch or a column that does not exist, or too many columns.
pub fn facets(table: &Table, results: &mut Results, query: &FacetsQuery) -> Result<Facets, QueryError> {
    if query.columns.len() > FACET_COLUMNS_MAX {
        return Err(QueryError::InvalidQuestion { detail: "columns".to_owned() });
    }
    let kept = results.of(table);
    let selection = kept.select(table, &query.key, &query.filter)?;
    let columns = query.columns.iter().map(|facet| facet_counts(table, kept, &selection, facet));
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    Ok(Facets { revision: table.revision(), total: selection.count, columns })
}

/// Number of different values.
///
/// # Errors
/// When the question names a fetch or a column that does not exist.
pub fn distinct(table: &Table, results: &mut Results, query: &DistinctQuery) -> Result<Distinct, QueryError> {
    let kept = results.of(table);
    let selection = kept.select(table, &query.key, &query.filter)?;
    let column = column_at(table, &query.column)?;
    let counts = Counts::new(&Values::new(table, column, &selection), &selection);
    let distinct = counts.by_value[FIRST as usize..].iter().filter(|rows| **rows > 0).count() as u32;
    Ok(Distinct { revision: table.revision(), total: selection.count, distinct, missing: counts.missing })
}

fn facet_counts(
    table: &Table,
    kept: &mut Kept,
    selection: &Selection,
    query: &FacetQuery,
) -> Result<FacetCounts, QueryError> {
    let at = column_at(table, &query.column)?;
    let column = &table.columns()[at];
    let mut values = Values::new(table, at, selection);
    let Counts { mut by_value, missing } = Counts::new(&values, selection);
    if let Some(search) = query.search.as_deref().filter(|search| !search.is_empty()) {
        match column.rows() {
            Rows::Codes(_) => {
                let hits = kept.finds.hits(table, at, search);
                let code = |(code, rows): (usize, &mut u32)| {
                    if !hits.get(code) {
                        *rows = 0
                    }
                };
                by_value.iter_mut().enumerate().for_each(code);
            }
            Rows::Instants(_) => {
                let search = Value::Text(search.to_owned());
                let test = Test::new(&table.definition().columns[at], Operator::Contains, &search);
                let code = |(code, rows): (u32, &mut u32)| {
                    if !test.is_match(&values.value(code)) {
                        *rows = 0
                    }
                };
                (0..).zip(&mut by_value).skip(FIRST as usize).for_each(code);
            }
        }
    }
    let (top, distinct) = top(&mut values, &mut kept.ranks, &by_value, query.limit);
    let values = top.into_iter().map(|(code, rows)| (values.cell(code), rows)).collect();
    Ok(FacetCounts { values, distinct, missing })
}

/// How many rows have each value.
pub(super) struct Counts {
    /// By the code of the value.
    pub(super) by_value: Vec<u32>,
    /// Rows without a value.
    pub(super) missing: u32,
}

impl Counts {
    /// Counts the rows that are meant.
    pub(super) fn new(values: &Values<'_>, selection: &Selection) -> Self {
        let by_cell = count(&values.chunks(), values.cells(), selection.bits.as_deref(), selection.count);
        Self::of_cells(values, by_cell)
    }
    /// Counts from the number of rows for each code of a row.
    pub(super) fn of_cells(values: &Values<'_>, by_cell: Vec<u32>) -> Self {
        let mut missing = by_cell[..FIRST as usize].iter().sum();
        if !values.is_multi() {
            return Self { by_value: by_cell, missing };
        }
        let mut by_value = vec![0; values.value_codes()];
        // The last list that a value was met in: a value that a list has twice counts its rows once.
        let mut met_in = vec![ABSENT; values.value_codes()];
        for (cell, rows) in (0..).zip(&by_cell).skip(FIRST as usize).filter(|(_, rows)| **rows > 0) {
            let mut is_missing = true;
            values.each_member(cell, |member| {
                is_missing = false;
                if met_in[member as usize] != cell {
                    met_in[member as usize] = cell;
                    by_value[member as usize] += rows;
                }
            });
            missing += if is_missing { *rows } else { 0 };
        }
        Self { by_value, missing }
    }
}

/// The most frequent values with their rows, equally frequent ones in their order, and how many there are in all.
pub(super) fn top(values: &mut Values<'_>, ranks: &mut Ranks, by_value: &[u32], limit: u32) -> (Vec<(u32, u32)>, u32) {
    let mut counted: Vec<(u32, u32)> = (0..).zip(by_value.iter().copied()).skip(FIRST as usize).collect();
    counted.retain(|(_, rows)| *rows > 0);
    let distinct = counted.len() as u32;
    let limit = limit.min(VALUES_MAX) as usize;
    if limit > 0 {
        values.prepare_order(counted.len(), ranks);
    }
    let most_first = |(left, left_rows): &(u32, u32), (right, right_rows): &(u32, u32)| {
        right_rows.cmp(left_rows).then_with(|| values.compare(*left, *right))
    };
    keep_first(&mut counted, limit, most_first);
    (counted, distinct)
}
