//! One record at a time into a table.

use serde_json::{Map, Value as Json};

use super::{
    fields::groups,
    plan::Plan,
    walk::{Slots, Walk},
};
use crate::{
    json::{Reader, Shape},
    protocol::{RecordGroup, WarningCode},
    reports::{From, Kind, Outcome, ReportDefinition},
    store::{Arrival, Identity, NO_TIME, Placed, Table, Value},
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
}

impl Ingest {
    /// For tables of this report.
    pub fn new(definition: &'static ReportDefinition) -> Self {
        Self { plan: Plan::new(definition), slots: Slots::new(definition.columns.len()) }
    }
    /// Reads one record: anything that stands where a record should. Says what became of it and adds what was odd;
    /// of a record that is here already, only what was not known about it.
    pub fn record(&mut self, table: &mut Table, bytes: &[u8], arrival: Arrival, oddities: &mut Vec<Oddity>) -> Placed {
        let conflict = Oddity { code: WarningCode::Conflict, path: String::new() };
        if let Some(placed) = table.again(bytes, arrival) {
            if matches!(placed, Placed::Known { is_conflict: true, .. }) {
                oddities.push(conflict);
            }
            return placed;
        }
        self.read(table, bytes, oddities);
        let placed = table.insert(bytes, self.identity(), arrival);
        if let Placed::New { row, is_conflict } = placed {
            self.fill(table, row);
            if is_conflict {
                oddities.push(conflict);
            }
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
        let mut inputs = Map::new();
        let mut walk = Walk {
            plan: &self.plan,
            columns: table.columns_mut(),
            slots: &mut self.slots,
            oddities: &mut *oddities,
            inputs: &mut inputs,
        };
        if walk.object(&mut reader, 0).is_err() || !reader.is_at_end() {
            oddities.push(Oddity { code: WarningCode::MalformedRecord, path: String::new() });
        }
        self.derive(table, &inputs, oddities);
        for column in [self.plan.id, self.plan.time].into_iter().flatten() {
            if matches!(self.slots.first(column), None | Some(Value::Null)) {
                let path = self.plan.definition.columns[column].id.to_owned();
                oddities.push(Oddity { code: WarningCode::MissingProperty, path });
            }
        }
    }
    fn derive(&mut self, table: &mut Table, inputs: &Map<String, Json>, oddities: &mut Vec<Oddity>) {
        for at in &self.plan.derived {
            let column = &self.plan.definition.columns[*at];
            let From::Derived(derive) = column.from else { continue };
            let text = derive(inputs);
            if column.kind == Kind::Outcome && text.as_deref().is_none_or(|text| text == Outcome::Unknown.as_str()) {
                oddities.push(Oddity { code: WarningCode::MissingProperty, path: column.id.to_owned() });
            }
            if let Some(text) = text {
                let code = table.columns_mut()[*at].intern(&text);
                self.slots.set(*at, Value::Text(code));
            }
        }
    }
    fn identity(&self) -> Identity {
        let time = match self.plan.time.and_then(|column| self.slots.first(column)) {
            Some(Value::Integer(time)) => time,
            _ => NO_TIME,
        };
        Identity { id: self.plan.id.and_then(|column| self.slots.first(column)), time }
    }
    fn fill(&self, table: &mut Table, row: u32) {
        let columns = table.columns_mut();
        for (at, values) in self.slots.filled() {
            let column = &mut columns[at];
            if column.is_multi() {
                column.push_list(row, values);
            } else if let Some(value) = values.map_or(Some(Value::Null), |values| values.first().copied()) {
                column.push(row, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{graph::Page, json::map, reports::ALL};

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
