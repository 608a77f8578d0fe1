//! The dear part of a question in pieces. What each piece finds is remembered, so that a question may be left between two of
//! them, and rows may arrive meanwhile.

use super::{Results, column as column_at};
use crate::{
    filter::{Filter, Test},
    protocol::{FacetQuery, Sort},
    store::Table,
};

/// One piece of work.
pub enum Step {
    /// Looks for a text among a column's values.
    Find {
        /// Position of the column.
        column: usize,
        /// What to look for.
        text: String,
    },
    /// Puts a column's values in order.
    Rank {
        /// Position of the column.
        column: usize,
    },
}

/// What is worth doing before a question is answered that has this filter, sorts, and searches inside facets.
pub fn steps(table: &Table, filter: &Filter, sorts: &[Sort], facets: &[FacetQuery]) -> Vec<Step> {
    let mut steps = Vec::new();
    find(table, filter, &mut steps);
    // A column that does not exist is told by the answer.
    let ranked = sorts.iter().filter_map(|sort| column_at(table, &sort.column).ok());
    steps.extend(ranked.map(|column| Step::Rank { column }));
    let searched = facets.iter().filter_map(|facet| {
        let text = facet.search.clone().filter(|text| !text.is_empty())?;
        Some(Step::Find { column: column_at(table, &facet.column).ok()?, text })
    });
    steps.extend(searched);
    steps
}

fn find(table: &Table, filter: &Filter, steps: &mut Vec<Step>) {
    match filter {
        Filter::And(filters) | Filter::Or(filters) => filters.iter().for_each(|filter| find(table, filter, steps)),
        Filter::Not(filter) => find(table, filter, steps),
        Filter::Is(condition) => {
            let Ok(column) = column_at(table, &condition.column) else { return };
            let test = Test::new(&table.definition().columns[column], condition.operator, &condition.value);
            steps.extend(test.needle().map(|text| Step::Find { column, text: text.to_owned() }));
        }
        Filter::Text(text) if !text.is_empty() => {
            steps.extend((0..table.columns().len()).map(|column| Step::Find { column, text: text.clone() }));
        }
        Filter::All | Filter::Exists(_) | Filter::Text(_) => {}
    }
}

impl Results {
    /// Does one piece of work, unless it is done already.
    pub fn take(&mut self, table: &Table, step: &Step) {
        let kept = self.of(table);
        match step {
            Step::Find { column, text } => {
                kept.finds.hits(table, *column, text);
            }
            Step::Rank { column } => {
                kept.ranks.of(*column, &table.columns()[*column]);
            }
        }
    }
}
