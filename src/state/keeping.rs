//! Keeping rows on this device: whether that may be, whether the person wants it, and what comes of it.

use std::collections::VecDeque;

use engine::{
    bytes::hash,
    protocol::{Answer, DatasetId, KeepError, KeptStatus, QueryError, RequestBody},
};
use leptos::{prelude::*, task::spawn_local};

use super::{app_state::AppState, dataset::Dataset, notice::Notice};
use crate::{
    host::origin::KeepingRefused,
    platform::{
        kept::{self, Kept},
        storage,
    },
    worker_client::WorkerClient,
};

/// What is known about it. A small handle to signals; copies share them.
#[derive(Clone, Copy)]
pub struct Keeping {
    /// What is kept of the open dataset, as the worker last told.
    pub status: RwSignal<Option<KeptStatus>>,
    /// Why no more is kept although somebody wants it.
    pub trouble: RwSignal<Option<KeepError>>,
    /// What was kept on this device when the settings were opened, whoever's it is.
    pub found: RwSignal<Option<Kept>>,
    /// What the person's press deleted.
    pub deleted: RwSignal<Option<Deleted>>,
    /// Presses of the switch, on or off, in order. The first is being carried out.
    presses: StoredValue<VecDeque<bool>>,
}

/// What was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deleted {
    /// Bytes of files.
    pub bytes: u64,
    /// False when another tab has files open: nobody can read them any more, and they go with that tab.
    pub is_all: bool,
}

impl Keeping {
    /// Nothing is known yet.
    pub fn new() -> Self {
        Self {
            status: RwSignal::new(None),
            trouble: RwSignal::new(None),
            found: RwSignal::new(None),
            deleted: RwSignal::new(None),
            presses: StoredValue::new(VecDeque::new()),
        }
    }
    /// The dataset has ended, and the worker that kept it.
    pub fn clear(self) {
        self.status.set(None);
        self.trouble.set(None);
    }
}

impl Default for Keeping {
    fn default() -> Self {
        Self::new()
    }
}

impl AppState {
    /// Whether rows may be kept here.
    ///
    /// # Errors
    /// Why not.
    pub fn can_keep(self) -> Result<(), KeepingRefused> {
        self.host().can_keep(self.settings.read().is_own_origin)
    }
    /// True when the person who is signed in wants their rows kept here, and they may be.
    pub fn is_keeping(self) -> bool {
        self.preferences.track();
        self.can_keep().is_ok() && self.own_dataset().is_some_and(|own| self.is_kept(&own))
    }
    /// Keeps the rows of the account in use from now on; or stops that, and deletes what is kept on this device.
    pub fn keep(self, is_on: bool) {
        self.keeping.deleted.set(None);
        self.keeping.trouble.set(None);
        let own = untrack(|| self.own_dataset());
        let keeping_for = own.filter(|_| is_on).map(|own| choice(&own.id));
        self.prefer(|now| now.keeping_for = keeping_for);
        let is_idle = self.keeping.presses.with_value(VecDeque::is_empty);
        self.keeping.presses.update_value(|presses| presses.push_back(is_on));
        if is_idle {
            spawn_local(self.carry_out_presses());
        }
    }
    /// One press after the other: a deletion must not take what a later press has begun to keep.
    async fn carry_out_presses(self) {
        while let Some(is_on) = self.keeping.presses.try_with_value(|presses| presses.front().copied()).flatten() {
            if is_on {
                self.go_on_keeping();
            } else {
                self.stop_keeping().await;
            }
            self.keeping.presses.try_update_value(VecDeque::pop_front);
        }
    }
    /// Asks the worker to keep what is open, if that is still wanted. One that opens is asked when it is open.
    fn go_on_keeping(self) {
        spawn_local(storage::ask_to_stay());
        let turn = self.turn.get_value();
        if self.dataset.get_untracked().is_some_and(|dataset| self.is_kept(&dataset)) {
            spawn_local(async move {
                let kept = self.ask(RequestBody::Keep { is_on: true }).await;
                self.note_outcome(kept, turn);
            });
        }
    }
    async fn stop_keeping(self) {
        let told = self.keeping.status.get_untracked().map_or(0, |status| status.bytes);
        let found = kept::find().await.map_or(0, |found| found.bytes);
        // What the worker cannot delete is deleted below, where it can be.
        let _ = self.ask(RequestBody::Keep { is_on: false }).await;
        let is_all = kept::delete().await;
        self.keeping.status.try_set(None);
        self.keeping.found.try_set(None);
        if self.keeping.presses.try_with_value(VecDeque::len) == Some(1) {
            self.keeping.deleted.try_set(Some(Deleted { bytes: found.max(told), is_all }));
        }
    }
    /// Looks at what is kept on this device, whoever's it is.
    pub fn look_at_kept(self) {
        self.keeping.deleted.set(None);
        spawn_local(async move {
            let told = self.keeping.status.try_get_untracked();
            let found = kept::find().await;
            // Another tab may have deleted it. What the worker tells meanwhile is newer.
            if found.is_none() && self.keeping.status.try_get_untracked() == told {
                self.keeping.status.try_set(None);
            }
            self.keeping.found.try_set(found);
        });
    }

    /// Shows what is kept of a dataset that was just opened, and keeps what comes to it. A load that is asked for after that
    /// asks only for what is missing.
    pub(super) async fn resume(self, worker: &WorkerClient, dataset: &Dataset, turn: u64) {
        if !self.is_kept(dataset) {
            return;
        }
        self.note_reopening(true);
        let reopened = worker.ask(&dataset.id, RequestBody::Reopen).await;
        if !self.is_turn(turn) {
            return;
        }
        self.note_reopening(false);
        if !self.is_kept(dataset) {
            self.let_go(worker, dataset).await;
        }
        if !self.is_turn(turn) || !self.is_kept(dataset) {
            return;
        }
        let is_elsewhere = reopened == Err(QueryError::Keep(KeepError::InUse));
        self.note_outcome(reopened, turn);
        if is_elsewhere {
            // Only one tab keeps the rows of an account, and this one would be told so with each page again.
            return;
        }
        let (worker, id) = (worker.clone(), dataset.id.clone());
        // It is on its way before any load is, and nobody waits for it.
        spawn_local(async move {
            let kept = worker.ask(&id, RequestBody::Keep { is_on: true }).await;
            self.note_outcome(kept, turn);
        });
    }
    fn note_reopening(self, is_reopening: bool) {
        self.opening.update_value(|opening| {
            if let Some(opening) = opening {
                opening.is_reopening = is_reopening;
            }
        });
    }
    /// Keeping was switched off while the worker read what was kept. It had the files open, so that they were not deleted.
    async fn let_go(self, worker: &WorkerClient, dataset: &Dataset) {
        // What the worker cannot delete is deleted below, where it can be.
        let _ = worker.ask(&dataset.id, RequestBody::Keep { is_on: false }).await;
        let is_all = kept::delete().await;
        self.keeping.deleted.try_update(|deleted| {
            if let Some(deleted) = deleted {
                deleted.is_all = is_all;
            }
        });
    }
    /// Takes in what the worker tells.
    pub(super) fn receive_kept(self, status: KeptStatus) {
        self.note_trouble(status.trouble.clone());
        self.keeping.status.set(Some(status));
    }
    /// Deletes what is kept of other accounts and tenants, before one is opened; of this one too unless it is to be kept.
    pub(super) async fn forget_others(self, dataset: &Dataset) {
        if dataset.is_sample() {
            return;
        }
        if self.is_kept(dataset) {
            kept::delete_all_but(&dataset.id).await;
        } else {
            kept::delete().await;
        }
    }

    /// The dataset of whoever is signed in, open or not.
    fn own_dataset(self) -> Option<Dataset> {
        let account = self.account.read();
        let settings = self.settings.read();
        account.as_ref().map(|account| Dataset::tenant(self.cloud(), &settings.settings.client_id, account))
    }
    fn is_kept(self, dataset: &Dataset) -> bool {
        let wanted = self.latest_preferences().and_then(|preferences| preferences.keeping_for);
        let is_own_origin = self.settings.try_with_untracked(|settings| settings.is_own_origin);
        wanted == Some(choice(&dataset.id))
            && (self.try_host().zip(is_own_origin)).is_some_and(|(host, is_own)| host.can_keep(is_own).is_ok())
    }
    fn note_outcome(self, outcome: Result<Answer, QueryError>, turn: u64) {
        if !self.is_turn(turn) {
            // It is about somebody else's rows.
            return;
        }
        match outcome {
            Ok(Answer::Reopened { failed, .. }) => {
                if let Some((_, error)) = failed.into_iter().next() {
                    // It is loaded again, and kept again: nothing stands in the way.
                    self.notice.set(Some(Notice::of_keep(&error)));
                }
            }
            Err(QueryError::Keep(KeepError::NothingSaved)) | Ok(_) => {}
            Err(QueryError::Keep(error)) => self.note_trouble(Some(error)),
            // The worker is gone, which is said elsewhere.
            Err(_) => {}
        }
    }
    /// Says it once, and notes it for the settings.
    fn note_trouble(self, trouble: Option<KeepError>) {
        let before = self.keeping.trouble.try_get_untracked();
        if before.is_some_and(|before| before != trouble) {
            if let Some(error) = &trouble {
                self.notice.set(Some(Notice::of_keep(error)));
            }
            self.keeping.trouble.set(trouble);
        }
    }
}

/// How a preference names an account in a tenant, without saying which.
fn choice(dataset: &DatasetId) -> u64 {
    hash(dataset.0.as_bytes())
}
