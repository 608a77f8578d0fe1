//! Answers that count: values of columns, rows over time, rows that agree. One row at a time.

use std::{cmp::Ordering, collections::HashMap};

use super::time::Timeline;
use crate::{
    filter::{Filter, UnknownColumn, fold, matches},
    instant::format_instant,
    limits::{FACET_COLUMNS_MAX, GROUP_COLUMNS_MAX, VALUES_MAX},
    protocol::{
        Cell, Distinct, DistinctQuery, FacetCounts, FacetQuery, Facets, FacetsQuery, Group, Groups, GroupsQuery,
        Histogram, HistogramQuery, Layer, LayerOf, LoadKey, QueryError,
    },
    store::{NO_TIME, Table},
};

/// Values of columns with counts.
///
/// # Errors
/// When the question names a fetch or a column that does not exist, or too many columns.
pub fn facets(table: &Table, query: &FacetsQuery) -> Result<Facets, QueryError> {
    if query.columns.len() > FACET_COLUMNS_MAX {
        return Err(QueryError::InvalidQuestion { detail: "columns".to_owned() });
    }
    let rows = rows(table, &query.key, &query.filter)?;
    let columns = query.columns.iter().map(|facet| counts(table, &rows, facet)).collect::<Result<_, _>>()?;
    Ok(Facets { revision: table.revision(), total: rows.len() as u32, columns })
}

/// Number of different values.
///
/// # Errors
/// When the question names a fetch or a column that does not exist.
pub fn distinct(table: &Table, query: &DistinctQuery) -> Result<Distinct, QueryError> {
    let rows = rows(table, &query.key, &query.filter)?;
    let facet = FacetQuery { column: query.column.clone(), search: None, limit: 0 };
    let counts = counts(table, &rows, &facet)?;
    Ok(Distinct {
        revision: table.revision(),
        total: rows.len() as u32,
        distinct: counts.distinct,
        missing: counts.missing,
    })
}

/// Rows over time.
///
/// # Errors
/// When the question names a fetch or a column that does not exist, or too many buckets.
pub fn histogram(table: &Table, query: &HistogramQuery) -> Result<Histogram, QueryError> {
    let timeline = Timeline::new(query)?;
    let rows = rows(table, &query.key, &query.filter)?;
    let inside: Vec<(u32, u32)> = rows
        .iter()
        .filter_map(|row| Some((*row, timeline.bucket(table.time(*row))?)))
        .filter(|(row, _)| table.time(*row) != NO_TIME)
        .collect();
    let mut counts = vec![0; timeline.len()];
    inside.iter().for_each(|(_, bucket)| counts[*bucket as usize] += 1);
    let mut layers = Vec::new();
    if let Some(column) = &query.stack {
        let shown = inside.iter().map(|(row, _)| *row).collect::<Vec<_>>();
        let facet = FacetQuery { column: column.clone(), search: None, limit: query.stack_limit };
        let values = self::counts(table, &shown, &facet)?.values;
        let layer = |of| Layer { of, counts: vec![0; timeline.len()] };
        layers.extend(values.into_iter().map(|(value, _)| layer(LayerOf::Value(value))));
        let (mut other, mut missing) = (layer(LayerOf::Other), layer(LayerOf::Missing));
        for (row, bucket) in &inside {
            let members = members(table, column, *row)?;
            let bucket = *bucket as usize;
            let mut is_other = false;
            for member in &members {
                match layers.iter_mut().find(|layer| layer.of == LayerOf::Value(member.clone())) {
                    Some(layer) => layer.counts[bucket] += 1,
                    None => is_other = true,
                }
            }
            other.counts[bucket] += u32::from(is_other);
            missing.counts[bucket] += u32::from(members.is_empty());
        }
        layers.extend([other, missing].into_iter().filter(|layer| layer.counts.iter().any(|count| *count > 0)));
    }
    Ok(Histogram { revision: table.revision(), total: rows.len() as u32, counts, layers, starts: timeline.starts() })
}

/// Rows that agree in some columns.
///
/// # Errors
/// When the question names a fetch or a column that does not exist, or no column, or too many.
pub fn groups(table: &Table, query: &GroupsQuery) -> Result<Groups, QueryError> {
    if query.by.is_empty() || query.by.len() > GROUP_COLUMNS_MAX {
        return Err(QueryError::InvalidQuestion { detail: "columns".to_owned() });
    }
    let rows = rows(table, &query.key, &query.filter)?;
    let mut groups: HashMap<String, Group> = HashMap::new();
    for row in &rows {
        let mut keys = vec![Vec::new()];
        for column in &query.by {
            let mut members = members(table, column, *row)?;
            if members.is_empty() {
                members.push(Cell::Absent);
            }
            let longer = |key: &Vec<Cell>| {
                let key = key.clone();
                members.iter().map(move |member| [&key[..], std::slice::from_ref(member)].concat()).collect::<Vec<_>>()
            };
            keys = keys.iter().flat_map(longer).collect();
        }
        let time = Some(table.time(*row)).filter(|time| *time != NO_TIME);
        for values in keys {
            let group = groups.entry(format!("{values:?}"));
            let group = group.or_insert(Group { values, rows: 0, first: None, last: None });
            group.rows += 1;
            group.first = group.first.into_iter().chain(time).min();
            group.last = group.last.into_iter().chain(time).max();
        }
    }
    let distinct = groups.len() as u32;
    let mut groups: Vec<Group> = groups.into_values().collect();
    groups.sort_by(|left, right| {
        let by_value = || left.values.iter().zip(&right.values).map(|(left, right)| compare(left, right));
        right.rows.cmp(&left.rows).then_with(|| by_value().find(|ordering| ordering.is_ne()).unwrap_or(Ordering::Equal))
    });
    groups.truncate(query.limit.min(VALUES_MAX) as usize);
    Ok(Groups { revision: table.revision(), total: rows.len() as u32, distinct, groups })
}

/// The rows of a fetch that match.
fn rows(table: &Table, key: &LoadKey, filter: &Filter) -> Result<Vec<u32>, QueryError> {
    let fetch = super::fetch(table, key)?;
    let order = table.order(fetch);
    let is_match =
        matches(table, filter, order).map_err(|UnknownColumn(column)| QueryError::UnknownColumn { column })?;
    Ok(order.iter().zip(is_match).filter_map(|(row, is_match)| is_match.then_some(*row)).collect())
}

fn counts(table: &Table, rows: &[u32], facet: &FacetQuery) -> Result<FacetCounts, QueryError> {
    let mut values: HashMap<String, (Cell, u32)> = HashMap::new();
    let mut missing = 0;
    for row in rows {
        let members = members(table, &facet.column, *row)?;
        missing += u32::from(members.is_empty());
        for member in members {
            values.entry(format!("{member:?}")).or_insert((member, 0)).1 += 1;
        }
    }
    let search = facet.search.as_deref().map(fold).unwrap_or_default();
    let is_found = |cell: &Cell| fold(&text(cell)).contains(&*search);
    let mut values: Vec<(Cell, u32)> = values.into_values().filter(|(cell, _)| is_found(cell)).collect();
    let distinct = values.len() as u32;
    values.sort_by(|(left, left_count), (right, right_count)| {
        right_count.cmp(left_count).then_with(|| compare(left, right))
    });
    values.truncate(facet.limit.min(VALUES_MAX) as usize);
    Ok(FacetCounts { values, distinct, missing })
}

/// The different values of a row that are not null.
fn members(table: &Table, id: &str, row: u32) -> Result<Vec<Cell>, QueryError> {
    let unknown = || QueryError::UnknownColumn { column: id.to_owned() };
    let column = table.column(id).ok_or_else(unknown)?;
    let mut members = match column.row_cell(row) {
        Cell::List(members) => members,
        single => vec![single],
    };
    members.retain(|member| !matches!(member, Cell::Absent | Cell::Null));
    let mut different: Vec<Cell> = Vec::with_capacity(members.len());
    for member in members {
        if !different.contains(&member) {
            different.push(member);
        }
    }
    Ok(different)
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Absent | Cell::Null | Cell::List(_) => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Integer(number) => number.to_string(),
        Cell::Number(number) => number.to_string(),
        Cell::Flag(flag) => flag.to_string(),
        Cell::Instant(instant) => format_instant(*instant),
    }
}

/// The order of a column's values: numbers, then text without regard to case, then what is absent.
fn compare(left: &Cell, right: &Cell) -> Ordering {
    match (left, right) {
        (Cell::Text(left), Cell::Text(right)) => (fold(left), left).cmp(&(fold(right), right)),
        (Cell::Integer(left), Cell::Integer(right)) | (Cell::Instant(left), Cell::Instant(right)) => left.cmp(right),
        (Cell::Number(left), Cell::Number(right)) => left.total_cmp(right),
        (Cell::Flag(left), Cell::Flag(right)) => left.cmp(right),
        _ => place(left).cmp(&place(right)),
    }
}

/// Odd text comes after the numbers it stands among.
fn place(cell: &Cell) -> u8 {
    match cell {
        Cell::Integer(_) | Cell::Number(_) | Cell::Flag(_) | Cell::Instant(_) | Cell::List(_) => 0,
        Cell::Text(_) => 1,
        Cell::Absent | Cell::Null => 2,
    }
}
