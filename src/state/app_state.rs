//! Everything one mount knows. Small handles to signals; copies share them. Views read signals and call verbs.

use engine::{
    clouds::Cloud,
    ports::{AccessToken, AuthError, TokenNeed},
    protocol::{
        Answer, Facets, FacetsQuery, Histogram, HistogramQuery, LoadKey, QueryError, Record, RequestBody, RowId, Scope,
        SliceStatus, Window, WindowQuery,
    },
    reports::ReportId,
};
use leptos::{prelude::*, task::spawn_local};

use super::{
    dataset::{Dataset, Opening},
    keeping::Keeping,
    loads::Loads,
    notice::{Action, Notice},
    preferences::Preferences,
    route::{ReportRoute, Route},
};
use crate::{
    auth::{
        Account, Auth, Prompt,
        request::{TenantMismatch, tenant_mismatch},
    },
    host::{Host, listener::WindowListener},
    platform::kept,
    settings::load::Loaded,
    worker_client::WorkerClient,
};

/// How far signing in has come.
#[derive(Clone, Debug, PartialEq)]
pub enum SignIn {
    /// Settings are being read.
    Reading,
    /// No usable client id, or this page cannot sign anybody in.
    Unset,
    /// MSAL is being loaded.
    Starting,
    /// Ready to sign in, or signed in.
    Ready,
    /// MSAL could not be set up.
    Failed(AuthError),
}

/// A sign-in window that is waited for: what it was opened with, so that it can be opened again.
#[derive(Clone, Debug, PartialEq)]
pub struct SignInWindow {
    /// What the token is for.
    pub need: TokenNeed,
    /// What the sign-in page was asked for.
    pub prompt: Option<Prompt>,
}

/// Everything one mount knows.
#[derive(Clone, Copy)]
pub struct AppState {
    /// Where the person is.
    pub route: RwSignal<Route>,
    /// Settings as they were found.
    pub settings: RwSignal<Loaded>,
    /// How the person likes to read.
    pub preferences: RwSignal<Preferences>,
    /// How far signing in has come.
    pub sign_in: RwSignal<SignIn>,
    /// Who is signed in.
    pub account: RwSignal<Option<Account>>,
    /// The sign-in window that is waited for; nothing else waits for it.
    pub window: RwSignal<Option<SignInWindow>>,
    /// What rows are from; `None` before anything is open.
    pub dataset: RwSignal<Option<Dataset>>,
    /// True while a dataset is being opened.
    pub is_opening: RwSignal<bool>,
    pub(super) opening: StoredValue<Option<Opening>>,
    /// What the whole app has to say.
    pub notice: RwSignal<Option<Notice>>,
    /// What is kept on this device.
    pub keeping: Keeping,
    pub(super) worker: StoredValue<Option<WorkerClient>, LocalStorage>,
    /// Counts datasets, so that a late answer about an earlier one is known.
    pub(super) turn: StoredValue<u64>,
    pub(super) auth: StoredValue<Option<Auth>, LocalStorage>,
    /// Counts presses that lead to the sign-in page: only the latest has anything to say.
    pub(super) attempt: StoredValue<u64>,
    loads: StoredValue<Loads, LocalStorage>,
    host: StoredValue<Host, LocalStorage>,
    listeners: StoredValue<Vec<WindowListener>, LocalStorage>,
}

impl AppState {
    /// For a mount; belongs to the current reactive owner.
    pub fn new(host: Host) -> Self {
        let preferences = Preferences::read(&host).unwrap_or_default();
        let state = Self {
            route: RwSignal::new(Route::parse(&host.route())),
            settings: RwSignal::new(Loaded::default()),
            preferences: RwSignal::new(preferences),
            sign_in: RwSignal::new(SignIn::Reading),
            account: RwSignal::new(None),
            window: RwSignal::new(None),
            dataset: RwSignal::new(None),
            is_opening: RwSignal::new(false),
            opening: StoredValue::new(None),
            notice: RwSignal::new(None),
            keeping: Keeping::new(),
            worker: StoredValue::new_local(None),
            turn: StoredValue::new(0),
            auth: StoredValue::new_local(None),
            attempt: StoredValue::new(0),
            loads: StoredValue::new_local(Loads::new()),
            host: StoredValue::new_local(host.clone()),
            listeners: StoredValue::new_local(Vec::new()),
        };
        let on_route = host.on_route(move |hash| {
            let route = Route::parse(&hash);
            // An address for a place inside the page (the skip link's) is no route.
            if hash.starts_with("#/") || hash.len() <= 1 {
                state.route.maybe_update(|now| std::mem::replace(now, route.clone()) != route);
            }
        });
        let on_storage = host.on_storage(move || {
            if let Some(latest) = state.latest_preferences() {
                state.preferences.maybe_update(|now| std::mem::replace(now, latest) != latest);
            }
        });
        state.listeners.set_value(vec![on_route, on_storage]);
        on_cleanup(move || {
            drop(state.listeners.try_update_value(std::mem::take));
            if let Some(worker) = state.worker.try_update_value(Option::take).flatten() {
                worker.end();
            }
        });
        state
    }
    /// Reads settings, then sets up sign-in; opens the tenant if somebody is signed in already.
    pub fn start(self) {
        spawn_local(async move {
            let loaded = crate::settings::load::load(&self.host()).await;
            if self.settings.try_set(loaded).is_some() {
                // The mount is gone.
                return;
            }
            // Nobody waits for it: what is of no use any more is not opened either.
            spawn_local(kept::sweep());
            self.reopen_sample();
            self.start_auth().await;
        });
    }
    /// The host.
    pub fn host(self) -> Host {
        self.host.get_value()
    }
    /// The host; `None` when the mount is gone, which whoever waited for something has to expect.
    pub(super) fn try_host(self) -> Option<Host> {
        self.host.try_get_value()
    }
    /// The cloud this page was built for.
    pub fn cloud(self) -> &'static Cloud {
        self.host.with_value(Host::cloud)
    }
    /// The loads.
    pub fn loads(self) -> Loads {
        self.loads.get_value()
    }
    /// Goes to a route.
    pub fn go(self, route: &Route) {
        self.host.with_value(|host| host.go(&route.to_hash()));
    }
    /// Changes how the person likes to read, and keeps it. What another tab has changed meanwhile stays as it is.
    pub fn prefer(self, change: impl FnOnce(&mut Preferences)) {
        let mut preferences = self.latest_preferences().unwrap_or_default();
        change(&mut preferences);
        self.preferences.set(preferences);
        if preferences.write(&self.host()).is_err() {
            self.notice.set(Some(Notice::of_storage()));
        }
    }

    /// Preferences as any tab left them; those of this mount in a browser that keeps nothing. `None` when the mount is gone.
    pub(super) fn latest_preferences(self) -> Option<Preferences> {
        let here = self.preferences.try_get_untracked()?;
        Some(self.host.try_with_value(Preferences::read)?.unwrap_or(here))
    }

    /// What is asked for a report: its route's scope, with the dataset's usual range where the route has none.
    pub fn scope(self, route: &ReportRoute) -> Option<Scope> {
        self.dataset.with(|dataset| dataset.as_ref().map(|dataset| route.scope(dataset.usual_range())))
    }
    /// Loads what a report's route asks for, before anything else, unless just that was asked already.
    pub fn ensure_loaded(self, route: &ReportRoute) {
        let Some(scope) = self.scope(route) else { return };
        let key = route.key();
        self.look(key.clone());
        if self.loads().of(&key).asked.get_untracked().as_ref() != Some(&scope) {
            self.load(key, scope);
        }
    }
    /// What a person looks at is loaded before the rest.
    fn look(self, key: LoadKey) {
        spawn_local(async move {
            // Where nothing is open, nothing waits.
            let _ = self.ask(RequestBody::Look { key }).await;
        });
    }
    /// Starts or continues a load.
    pub fn load(self, key: LoadKey, scope: Scope) {
        let load = self.loads().of(&key);
        load.asked.set(Some(scope.clone()));
        load.refused.set(None);
        spawn_local(async move {
            if let Err(error) = self.ask(RequestBody::Load { key, scope }).await {
                load.refused.try_set(Some(error));
            }
        });
    }
    /// Continues the load of a report with what was asked for it.
    pub fn continue_load(self, key: &LoadKey) {
        if let Some(scope) = self.loads().of(key).asked.get_untracked() {
            self.load(key.clone(), scope);
        }
    }
    /// Asks again for a part of a load that failed.
    pub fn retry(self, key: LoadKey, part: &SliceStatus) {
        let (from, to) = (part.from, part.to);
        spawn_local(async move {
            // A load that is gone has no parts.
            let _ = self.ask(RequestBody::Retry { key, from, to }).await;
        });
    }
    /// Stops a load.
    pub fn stop(self, key: LoadKey) {
        spawn_local(async move {
            // A load that is not known has nothing to stop.
            let _ = self.ask(RequestBody::Stop { key }).await;
        });
    }
    /// Rows of a table; `None` when the dataset is gone or the question is out of date.
    pub async fn window(self, query: WindowQuery) -> Option<Window> {
        match self.ask(RequestBody::Window(query)).await {
            Ok(Answer::Window(window)) => Some(window),
            _ => None,
        }
    }
    /// Values of columns with counts; `None` when the dataset is gone. Dropped before its end, the question is withdrawn.
    pub async fn facets(self, query: FacetsQuery) -> Option<Facets> {
        match self.ask(RequestBody::Facets(query)).await {
            Ok(Answer::Facets(facets)) => Some(facets),
            _ => None,
        }
    }
    /// Rows over time; `None` when the dataset is gone or the question is out of date. A question that is dropped is withdrawn.
    pub async fn histogram(self, query: HistogramQuery) -> Option<Histogram> {
        match self.ask(RequestBody::Histogram(query)).await {
            Ok(Answer::Histogram(histogram)) => Some(histogram),
            _ => None,
        }
    }
    /// One record; `None` when it is gone.
    pub async fn record(self, report: ReportId, row: RowId) -> Option<Record> {
        match self.ask(RequestBody::Record { report, row }).await {
            Ok(Answer::Record(record)) => Some(*record),
            _ => None,
        }
    }

    /// Set when the account in use belongs to another tenant than the settings name.
    pub fn tenant_mismatch(self) -> Option<TenantMismatch> {
        let account = self.account.get()?;
        tenant_mismatch(&self.settings.read().settings, &account.tenant_id)
    }

    /// Carries out what a notice or a diagnosis offers; `route` is the report it is about.
    pub fn act(self, action: &Action, route: Option<&ReportRoute>) {
        match action {
            Action::SignIn { claims } => {
                self.interact(TokenNeed { claims: claims.clone(), ..self.first_need(route) }, None);
            }
            Action::Ask(need) => self.interact(need.clone(), None),
            Action::SwitchAccount => self.switch_account(),
            Action::Consent { scopes } => {
                self.interact(TokenNeed { scopes: scopes.clone(), claims: None, force: false }, None);
            }
            Action::TryAgain => self.try_again(route),
            Action::Start => self.go(&Route::Start),
            Action::Settings => self.go(&Route::Settings),
            Action::Reload => self.host.with_value(Host::reload),
            Action::Sample => self.open_sample(),
            Action::Range(range) => {
                if let Some(route) = route {
                    self.go(&Route::Report(ReportRoute { range: Some(*range), ..route.clone() }));
                }
            }
            Action::ClearConditions => {
                if let Some(route) = route {
                    self.go(&Route::Report(ReportRoute { conditions: Vec::new(), question: None, ..route.clone() }));
                }
            }
            // Links and copy buttons do these themselves.
            Action::NewTab | Action::Copy(_) => {}
        }
    }

    fn try_again(self, route: Option<&ReportRoute>) {
        self.notice.set(None);
        if matches!(*self.sign_in.read_untracked(), SignIn::Failed(_)) {
            spawn_local(self.start_auth());
        }
        let Some(route) = route else { return };
        let key = route.key();
        if self.loads().of(&key).asked.with_untracked(Option::is_some) {
            self.continue_load(&key);
        } else {
            self.ensure_loaded(route);
        }
    }
    pub(super) async fn ask(self, body: RequestBody) -> Result<Answer, QueryError> {
        let worker = self.worker.try_get_value().flatten().ok_or(QueryError::UnknownDataset)?;
        let dataset = self.dataset.try_with_untracked(|dataset| dataset.as_ref().map(|dataset| dataset.id.clone()));
        worker.ask(&dataset.flatten().ok_or(QueryError::UnknownDataset)?, body).await
    }
    /// A token of the account whose rows are shown, and of no other.
    pub(super) async fn token(self, need: &TokenNeed) -> Result<AccessToken, AuthError> {
        let account = self.account.try_get_untracked().flatten();
        match self.auth.try_get_value().flatten() {
            Some(auth) if account.is_some() && auth.account() == account => auth.silent(need).await,
            _ => Err(AuthError::InteractionRequired {
                code: "no_account".to_owned(),
                claims: need.claims.clone(),
                correlation_id: String::new(),
            }),
        }
    }
}

/// The state of this mount.
pub fn use_app() -> AppState {
    expect_context()
}
