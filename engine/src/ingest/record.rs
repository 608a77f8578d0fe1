//! One record at a time into a table.

use serde_json::Map;

use super::{fields::groups, memo::Memo, plan::Plan, recent::Recent, slots::Slots, walk::Walk};
use crate::{
    json::{Reader, Shape},
    protocol::{RecordGroup, WarningCode},
    reports::ReportDefinition,
    store::{Arrival, Identity, Item, NO_TIME, Placed, Table},
};

/// Something odd in a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oddity {
    /// What kind of oddity.
    pub code: WarningCode,
    /// Property path, or empty.
    pub path: String,
}

/// Reads records of one report into its table.
#[derive(Debug)]
pub struct Ingest {
    plan: Plan,
    slots: Slots,
    memo: Memo,
    recent: Recent,
}

impl Ingest {
    /// For tables of this report.
    pub fn new(definition: &'static ReportDefinition) -> Self {
        let plan = Plan::new(definition);
        Self {
            slots: Slots::new(definition.columns.len()),
            memo: Memo::new(plan.memos),
            recent: Recent::new(plan.nodes.len()),
            plan,
        }
    }
    /// Reads one record: anything that stands where a record should. Says what became of it and adds what was odd;
    /// of a record that is here already, only what was not known about it.
    pub fn record(&mut self, table: &mut Table, bytes: &[u8], arrival: Arrival, oddities: &mut Vec<Oddity>) -> Placed {
        let known = oddities.len();
        self.read(table, bytes, oddities);
        let placed = table.place(bytes, self.identity(), arrival);
        match placed {
            Placed::New { row, .. } => self.slots.fill(table.columns_mut(), row),
            // What is odd about it is known.
            Placed::Known { .. } | Placed::Duplicate(_) => oddities.truncate(known),
        }
        placed
    }

    /// All properties of one record in the groups of the report. Derived columns are not among them.
    pub fn groups(&self, bytes: &[u8]) -> Vec<RecordGroup> {
        groups(&self.plan, bytes)
    }
    fn read(&mut self, table: &mut Table, bytes: &[u8], oddities: &mut Vec<Oddity>) {
        self.slots.clear();
        let mut reader = Reader::new(bytes);
        if reader.shape() != Some(Shape::Object) {
            oddities.push(Oddity { code: WarningCode::NotAnObject, path: String::new() });
            return;
        }
        let mut walk = Walk {
            plan: &self.plan,
            columns: table.columns_mut(),
            slots: &mut self.slots,
            memo: &mut self.memo,
            recent: &mut self.recent,
            oddities: &mut *oddities,
            inputs: Map::new(),
            derived: 0,
        };
        if walk.object(&mut reader, 0).is_err() || !reader.is_at_end() {
            walk.odd(WarningCode::MalformedRecord, "");
        }
        walk.derive_rest();
        for column in [self.plan.id, self.plan.time].into_iter().flatten() {
            if self.slots.first(column).is_none_or(Item::is_null) {
                let path = self.plan.definition.columns[column].id.to_owned();
                oddities.push(Oddity { code: WarningCode::MissingProperty, path });
            }
        }
    }
    fn identity(&self) -> Identity {
        let first = |column: Option<usize>| column.and_then(|column| self.slots.first(column));
        Identity {
            id: first(self.plan.id).map_or(0, Item::code),
            time: first(self.plan.time).and_then(Item::instant).unwrap_or(NO_TIME),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        graph::Page,
        json::map,
        reports::{ALL, From},
    };

    #[test]
    fn derived_columns_name_everything_they_read() {
        for report in ALL {
            let bytes = report.sample.as_bytes();
            for range in Page::read(bytes).records {
                let whole = map(&bytes[range]);
                for column in report.columns {
                    let From::Derived(derive) = column.from else { continue };
                    let mut part = whole.clone();
                    part.retain(|name, _| column.reads.contains(&name.as_str()));
                    assert_eq!(derive(&part), derive(&whole), "{} of {}", column.id, report.id.as_str());
                }
            }
        }
    }
}
