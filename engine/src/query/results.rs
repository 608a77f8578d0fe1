//! The latest results, so that scrolling and counting cost no more than they must. Each belongs to a revision of what its
//! fetch shows: rows that arrive for another fetch of the report change nothing here.

use std::{collections::VecDeque, rc::Rc};

use super::{bits::Bits, fetch, rank::Ranks, select::select, sort::sort, text::Finds};
use crate::{
    filter::Filter,
    limits::RESULTS_KEPT,
    protocol::{LoadKey, QueryError, Sort},
    reports::ReportId,
    store::Table,
};

/// Results of one dataset.
#[derive(Debug, Default)]
pub struct Results(Vec<(ReportId, Kept)>);

/// Results about one table.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) finds: Finds,
    pub(super) ranks: Ranks,
    /// What each fetch shows.
    shown: Vec<Option<(u64, Selection)>>,
    selections: VecDeque<KeptSelection>,
    sorted: VecDeque<KeptOrder>,
}

#[derive(Debug)]
struct KeptSelection {
    fetch: usize,
    revision: u64,
    filter: Filter,
    selection: Selection,
}

#[derive(Debug)]
struct KeptOrder {
    fetch: usize,
    revision: u64,
    filter: Filter,
    sort: Vec<Sort>,
    rows: Rc<[u32]>,
}

/// Rows that are meant by a question.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    /// Which rows; `None` for every row of the table.
    pub(super) bits: Option<Rc<Bits>>,
    /// How many.
    pub(super) count: u32,
}

impl Selection {
    /// Takes in rows that arrived for another fetch, none of which is meant.
    fn grow(&mut self, table: &Table) {
        if let Some(bits) = self.bits.as_mut().filter(|bits| bits.len() < table.len() as usize) {
            Rc::make_mut(bits).grow(table.len() as usize);
        }
    }
    /// True when the row is meant.
    pub(super) fn has(&self, row: u32) -> bool {
        self.bits.as_ref().is_none_or(|bits| bits.get(row as usize))
    }
    /// Every row that is meant, in the order of arrival.
    pub(super) fn for_each(&self, mut visit: impl FnMut(u32)) {
        match &self.bits {
            None => (0..self.count).for_each(visit),
            Some(bits) => bits.iter().for_each(|row| visit(row as u32)),
        }
    }
}

impl Results {
    /// What is known about a table.
    pub(super) fn of(&mut self, table: &Table) -> &mut Kept {
        let id = table.definition().id;
        let at = self.0.iter().position(|(other, _)| *other == id).unwrap_or_else(|| {
            self.0.push((id, Kept::default()));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }
}

impl Kept {
    /// The rows that a fetch shows and that match.
    ///
    /// # Errors
    /// When there is no such fetch, or the filter names a column that does not exist.
    pub(super) fn select(&mut self, table: &Table, key: &LoadKey, filter: &Filter) -> Result<Selection, QueryError> {
        let fetch = fetch(table, key)?;
        let shown = self.shown(table, fetch);
        if *filter == Filter::All {
            return Ok(shown);
        }
        let revision = table.order_revision(fetch);
        let is_same = |kept: &KeptSelection| kept.fetch == fetch && kept.filter == *filter;
        if let Some(kept) = self.selections.iter_mut().find(|kept| kept.revision == revision && is_same(kept)) {
            kept.selection.grow(table);
            return Ok(kept.selection.clone());
        }
        let bits = select(table, &mut self.finds, filter, shown.bits.as_deref())?;
        let selection = Selection { count: bits.count() as u32, bits: Some(Rc::new(bits)) };
        // An older revision of the same question is of no use to anybody.
        self.selections.retain(|kept| !is_same(kept));
        self.selections.truncate(RESULTS_KEPT - 1);
        let kept = KeptSelection { fetch, revision, filter: filter.clone(), selection: selection.clone() };
        self.selections.push_front(kept);
        Ok(selection)
    }
    /// The same rows in an order other than newest first.
    ///
    /// # Errors
    /// When there is no such fetch, or the filter or the sort names a column that does not exist.
    pub(super) fn sort(
        &mut self,
        table: &Table,
        key: &LoadKey,
        filter: &Filter,
        sorts: &[Sort],
    ) -> Result<Rc<[u32]>, QueryError> {
        let fetch = fetch(table, key)?;
        let revision = table.order_revision(fetch);
        let is_same = |kept: &KeptOrder| kept.fetch == fetch && kept.filter == *filter && kept.sort == sorts;
        if let Some(kept) = self.sorted.iter().find(|kept| kept.revision == revision && is_same(kept)) {
            return Ok(kept.rows.clone());
        }
        let selection = self.select(table, key, filter)?;
        let rows: Rc<[u32]> = sort(table, fetch, &selection, sorts, &mut self.ranks)?.into();
        self.sorted.retain(|kept| !is_same(kept));
        self.sorted.truncate(RESULTS_KEPT - 1);
        let kept = KeptOrder { fetch, revision, filter: filter.clone(), sort: sorts.to_vec(), rows: rows.clone() };
        self.sorted.push_front(kept);
        Ok(rows)
    }

    fn shown(&mut self, table: &Table, fetch: usize) -> Selection {
        let (order, revision) = (table.order(fetch), table.order_revision(fetch));
        let count = order.len() as u32;
        self.shown.resize(self.shown.len().max(fetch + 1), None);
        if let Some((known, selection)) = &mut self.shown[fetch]
            && *known == revision
            && (selection.bits.is_some() || count == table.len())
        {
            selection.grow(table);
            return selection.clone();
        }
        // A fetch shows no row twice.
        let bits = (count < table.len()).then(|| {
            let mut bits = Bits::none(table.len() as usize);
            order.iter().for_each(|row| bits.set(*row as usize));
            Rc::new(bits)
        });
        let selection = Selection { bits, count };
        self.shown[fetch] = Some((revision, selection.clone()));
        selection
    }
}
