//! What is known about each load: a signal per report and fetch, all there from the beginning.

use std::{collections::BTreeMap, rc::Rc};

use engine::{
    protocol::{GraphError, LoadKey, LoadStatus, Phase, QueryError, Scope},
    reports,
};
use leptos::prelude::*;

/// One load.
#[derive(Clone, Copy)]
pub struct Load {
    /// As the worker last told it; `None` before anything was asked.
    pub status: RwSignal<Option<LoadStatus>>,
    /// What was asked for last; ahead of `status` by a moment.
    pub asked: RwSignal<Option<Scope>>,
    /// Why the worker did not take it up.
    pub refused: RwSignal<Option<QueryError>>,
}

/// All of them. Clones share them.
#[derive(Clone)]
pub struct Loads(Rc<BTreeMap<LoadKey, Load>>);

impl Loads {
    /// One for each fetch of each report.
    pub fn new() -> Self {
        let keys = reports::ALL.iter().flat_map(|report| {
            report.fetches.iter().map(|fetch| LoadKey { report: report.id, fetch: fetch.id.to_owned() })
        });
        let new = |key| {
            let load = Load { status: RwSignal::new(None), asked: RwSignal::new(None), refused: RwSignal::new(None) };
            (key, load)
        };
        Self(Rc::new(keys.map(new).collect()))
    }
    /// The load of a report's fetch.
    pub fn of(&self, key: &LoadKey) -> Load {
        *self.0.get(key).expect("a key names a fetch of a report, and each has its load")
    }
    /// Takes in what the worker tells.
    pub fn receive(&self, status: LoadStatus) {
        if let Some(load) = self.0.get(&status.key) {
            load.refused.set(None);
            load.status.set(Some(status));
        }
    }
    /// The loads that wait for a person.
    pub fn waiting(&self) -> Vec<LoadKey> {
        let waits = |load: &Load| {
            load.status.with_untracked(|status| {
                status.as_ref().is_some_and(|status| {
                    matches!(
                        status.phase,
                        Phase::NeedsPerson(_)
                            | Phase::Failed(GraphError::Unauthorized(_) | GraphError::PermissionMissing { .. })
                    )
                })
            })
        };
        self.0.iter().filter(|(_, load)| waits(load)).map(|(key, _)| key.clone()).collect()
    }
    /// Forgets everything; the dataset has ended.
    pub fn clear(&self) {
        for load in self.0.values() {
            load.status.set(None);
            load.asked.set(None);
            load.refused.set(None);
        }
    }
}

impl Default for Loads {
    fn default() -> Self {
        Self::new()
    }
}
