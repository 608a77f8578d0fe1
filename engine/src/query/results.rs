//! The latest results of filters and sorts, so that scrolling costs no more than the window.

use std::{collections::VecDeque, rc::Rc};

use super::sort::sort;
use crate::{
    filter::{Filter, UnknownColumn, matches},
    limits::RESULTS_KEPT,
    protocol::{LoadKey, QueryError, Sort, WindowQuery},
    store::Table,
};

/// Results of one dataset. Each belongs to one revision of its table.
#[derive(Debug, Default)]
pub struct Results(VecDeque<Kept>);

#[derive(Debug)]
struct Kept {
    key: LoadKey,
    filter: Filter,
    sort: Vec<Sort>,
    revision: u64,
    rows: Rc<[u32]>,
}

impl Results {
    /// The rows that a query means, in its order.
    ///
    /// # Errors
    /// When the filter or the sort names a column that does not exist.
    pub fn rows(&mut self, table: &Table, fetch: usize, query: &WindowQuery) -> Result<Rc<[u32]>, QueryError> {
        let is_same = |kept: &Kept| kept.key == query.key && kept.filter == query.filter && kept.sort == query.sort;
        if let Some(kept) = self.0.iter().find(|kept| kept.revision == table.revision() && is_same(kept)) {
            return Ok(kept.rows.clone());
        }
        let order = table.order(fetch);
        let unknown = |UnknownColumn(column)| QueryError::UnknownColumn { column };
        let is_match = matches(table, &query.filter, order).map_err(unknown)?;
        let mut rows: Vec<u32> =
            order.iter().zip(is_match).filter_map(|(row, is_match)| is_match.then_some(*row)).collect();
        sort(table, &mut rows, &query.sort)?;
        let rows: Rc<[u32]> = rows.into();
        // An older revision of the same question is of no use to anybody.
        self.0.retain(|kept| !is_same(kept));
        self.0.truncate(RESULTS_KEPT - 1);
        self.0.push_front(Kept {
            key: query.key.clone(),
            filter: query.filter.clone(),
            sort: query.sort.clone(),
            revision: table.revision(),
            rows: rows.clone(),
        });
        Ok(rows)
    }
}
