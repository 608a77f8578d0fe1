//! The dataset in use: the sample, or a tenant as one account sees it. Opening and ending it, and with it the worker.

use engine::{
    clouds::Cloud,
    protocol::{DatasetId, Event, EventBody, RequestBody, Source, TimeRange},
};
use futures_util::future::join;
use leptos::{prelude::*, task::spawn_local};

use super::{app_state::AppState, notice::Notice, scope};
use crate::{auth::Account, host::storage::Area, platform::storage, worker_client::WorkerClient};

/// Stands in the tab's storage while the sample is open, so that it is open again after a reload.
const SAMPLE_IS_OPEN: &str = "sample-1";

/// What rows are from.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// Its name in messages.
    pub id: DatasetId,
    /// Where it comes from.
    pub source: Source,
}

/// A dataset that is being opened.
#[derive(Clone, Debug)]
pub(super) struct Opening {
    pub dataset: Dataset,
    /// True while the worker reads what was kept of it.
    pub is_reopening: bool,
}

impl Dataset {
    /// The made-up tenant.
    pub fn sample(is_real_pace: bool) -> Self {
        Self { id: DatasetId("sample".to_owned()), source: Source::Sample { is_real_pace } }
    }
    /// A tenant, as an account sees it in a cloud through an app registration.
    pub fn tenant(cloud: &'static Cloud, client_id: &str, account: &Account) -> Self {
        Self {
            id: DatasetId(format!("tenant:{}:{}:{}", cloud.id, account.tenant_id, account.id)),
            source: Source::Graph { cloud, app: client_id.to_owned(), tenant: account.tenant_id.clone() },
        }
    }
    /// True for the sample.
    pub fn is_sample(&self) -> bool {
        matches!(self.source, Source::Sample { .. })
    }
    /// What a report is asked for when its route does not say.
    pub fn usual_range(&self) -> TimeRange {
        match self.source {
            Source::Sample { .. } | Source::Files => TimeRange::Everything,
            Source::Graph { .. } => TimeRange::LastHours(scope::USUAL_HOURS),
        }
    }
}

impl AppState {
    /// Opens the sample; what was open before ends.
    pub fn open_sample(self) {
        let is_real_pace = self.preferences.get_untracked().is_sample_real_pace;
        self.open(Dataset::sample(is_real_pace));
        // Where nothing can be kept, a reload leads to the start page.
        let _ = self.host().storage(Area::Session).write(SAMPLE_IS_OPEN, "1");
    }

    /// Opens the sample if it was open in this tab before a reload.
    pub(super) fn reopen_sample(self) {
        if matches!(self.host().storage(Area::Session).read(SAMPLE_IS_OPEN), Ok(Some(_))) {
            self.open_sample();
        }
    }

    /// After the next reload, the sample is not opened.
    pub(super) fn forget_sample(self) {
        let _ = self.host().storage(Area::Session).remove(SAMPLE_IS_OPEN);
    }

    /// Opens the tenant of an account; what was open before ends, unless it is the same.
    pub fn open_tenant(self, account: &Account) {
        let settings = self.settings.read_untracked();
        let dataset = Dataset::tenant(self.cloud(), &settings.settings.client_id, account);
        drop(settings);
        if self.dataset.get_untracked().as_ref() != Some(&dataset) {
            self.forget_sample();
            self.open(dataset);
        }
    }

    /// What is open, or is being opened.
    pub(super) fn at_hand(self) -> Option<Dataset> {
        let opening = self.opening.get_value().map(|opening| opening.dataset);
        opening.or_else(|| self.dataset.get_untracked())
    }

    /// True when a signed-in person's rows are about to be here.
    pub fn is_opening_tenant(self) -> bool {
        self.is_opening.get() && self.account.read().is_some()
    }

    /// Ends the dataset and its worker, open or not yet: every row and token in its memory is gone.
    pub fn close(self) {
        self.turn.update_value(|turn| *turn += 1);
        if let Some(worker) = self.worker.try_update_value(Option::take).flatten() {
            worker.end();
            spawn_local(storage::remove_orphans());
        }
        self.dataset.set(None);
        self.is_opening.set(false);
        self.opening.set_value(None);
        self.loads().clear();
        self.keeping.clear();
    }

    fn open(self, dataset: Dataset) {
        self.close();
        self.notice.set(None);
        self.is_opening.set(true);
        self.opening.set_value(Some(Opening { dataset: dataset.clone(), is_reopening: false }));
        let turn = self.turn.get_value();
        spawn_local(async move {
            let (started, ()) = join(self.start_worker(&dataset, turn), self.forget_others(&dataset)).await;
            // Another dataset was opened meanwhile, or the worker died, which was said. Whatever was started has ended with that.
            if !self.is_turn(turn) {
                return;
            }
            let worker = match started {
                Ok(worker) => worker,
                Err(detail) => {
                    self.close();
                    self.notice.set(Some(Notice::of_worker(&detail)));
                    return;
                }
            };
            self.resume(&worker, &dataset, turn).await;
            if self.is_turn(turn) {
                self.is_opening.set(false);
                self.opening.set_value(None);
                self.dataset.set(Some(dataset));
            }
        });
    }

    /// True while the dataset is the latest that was opened, and its mount is there.
    pub(super) fn is_turn(self, turn: u64) -> bool {
        self.turn.try_get_value() == Some(turn)
    }

    async fn start_worker(self, dataset: &Dataset, turn: u64) -> Result<WorkerClient, String> {
        let host = self.host();
        let id = dataset.id.clone();
        let hear = move |event: Event| {
            if event.dataset == id && self.is_turn(turn) {
                self.receive(&id, event.body);
            }
        };
        let worker = WorkerClient::start(&host, hear, move |detail| self.worker_died(turn, &detail)).await?;
        if !self.is_turn(turn) {
            worker.end();
            return Ok(worker);
        }
        // From here on it ends with the dataset, even before that is open.
        self.worker.set_value(Some(worker.clone()));
        if dataset.is_sample() {
            worker.connect_sample(&host).await?;
        }
        let opened = worker.ask(&dataset.id, RequestBody::Open(dataset.source.clone())).await;
        opened.map(|_| worker).map_err(|error| error.to_string())
    }

    fn worker_died(self, turn: u64, detail: &str) {
        if self.is_turn(turn) {
            let opening = self.opening.get_value();
            self.close();
            self.notice.set(Some(match opening {
                Some(opening) if opening.is_reopening => Notice::of_kept_rows(detail),
                Some(_) => Notice::of_worker(detail),
                None => Notice::of_dead_worker(detail),
            }));
        }
    }

    fn receive(self, dataset: &DatasetId, body: EventBody) {
        match body {
            EventBody::Load(status) => self.loads().receive(status),
            EventBody::Kept(status) => self.receive_kept(status),
            EventBody::TokenNeeded { need, token } => {
                // The answer goes to the worker that asked, and to no other that is open by then: workers count their
                // needs alike, and another one may belong to another account.
                let Some(worker) = self.worker.try_get_value().flatten() else { return };
                let dataset = dataset.clone();
                spawn_local(async move {
                    let result = self.token(&token).await;
                    // A worker that is gone needs no token.
                    let _ = worker.ask(&dataset, RequestBody::Token { need, result }).await;
                });
            }
        }
    }
}
