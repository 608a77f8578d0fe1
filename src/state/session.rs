//! Signing in and out, and everything that ends with it. Nothing here happens without a press of a button.

use engine::ports::{AuthError, TokenNeed};
use leptos::{prelude::*, task::spawn_local};

use super::{
    app_state::{AppState, SignIn},
    notice::Notice,
    preferences::Preferences,
    route::Route,
};
use crate::{
    auth::{Account, Auth, Prompt},
    settings::{
        Settings, SettingsError,
        load::{Loaded, save},
    },
};

impl AppState {
    /// Sets up MSAL with the settings in force, takes in the answer of a redirect, and opens the tenant of an account
    /// that is signed in already.
    pub(super) async fn start_auth(self) {
        let host = self.host();
        let settings = self.settings.get_untracked().settings;
        if host.can_sign_in().is_err() || !settings.is_ready() {
            self.sign_in.set(SignIn::Unset);
            return;
        }
        self.sign_in.set(SignIn::Starting);
        match Auth::start(&host, &settings).await {
            Ok(auth) => {
                if let Some(Err(error)) = auth.returned() {
                    self.notice.set(Some(Notice::of_auth(&error)));
                }
                let account = auth.account();
                self.auth.set_value(Some(auth));
                self.sign_in.set(SignIn::Ready);
                self.account.set(account.clone());
                if let Some(account) = account
                    && self.dataset.get_untracked().is_none()
                    && !self.is_opening.get_untracked()
                {
                    self.open_tenant(&account);
                }
            }
            Err(error) => self.sign_in.set(SignIn::Failed(error)),
        }
    }

    /// Signs in, or asks for consent. Call it from a click, so that the browser lets a window open.
    pub fn interact(self, need: TokenNeed, prompt: Option<Prompt>) {
        self.notice.set(None);
        let Some(auth) = self.auth.get_value() else {
            // MSAL did not load or settings changed: set it up again; the next press opens the sign-in page.
            spawn_local(async move {
                self.start_auth().await;
                match (self.sign_in.get_untracked(), self.auth.get_value()) {
                    (SignIn::Failed(error), _) => self.notice.set(Some(Notice::of_auth(&error))),
                    (_, Some(auth)) => self.finish(auth.interact(need, prompt)).await,
                    _ => self.notice.set(Some(Notice::of_auth(&AuthError::Misconfigured {
                        code: "client_id_missing".to_owned(),
                        detail: String::new(),
                        correlation_id: String::new(),
                    }))),
                }
            });
            return;
        };
        let interaction = auth.interact(need, prompt);
        spawn_local(self.finish(interaction));
    }

    /// Opens the sign-in page, where the person chooses among accounts if there are several.
    pub fn sign_in_from_start(self) {
        let has_several = self.auth.with_value(|auth| auth.as_ref().is_some_and(|auth| !auth.accounts().is_empty()));
        let need = TokenNeed { scopes: vec!["User.Read".to_owned()], claims: None, force: false };
        self.interact(need, has_several.then_some(Prompt::SelectAccount));
    }

    /// Opens the sign-in page to choose another account.
    pub fn switch_account(self) {
        let need = TokenNeed { scopes: vec!["User.Read".to_owned()], claims: None, force: false };
        self.interact(need, Some(Prompt::SelectAccount));
    }

    /// Accounts that are known, apart from the one in use.
    pub fn other_accounts(self) -> Vec<Account> {
        let current = self.account.get();
        let all = self.auth.with_value(|auth| auth.as_ref().map(Auth::accounts).unwrap_or_default());
        all.into_iter().filter(|account| Some(&account.id) != current.as_ref().map(|current| &current.id)).collect()
    }

    /// Uses another known account; its tenant opens.
    pub fn use_account(self, id: &str) {
        let account = self.auth.with_value(|auth| auth.as_ref().and_then(|auth| auth.select(id)));
        if let Some(account) = account {
            self.account.set(Some(account.clone()));
            self.open_tenant(&account);
        }
    }

    /// Signs out: the worker ends first, and with it every token and row in memory.
    pub fn sign_out(self) {
        self.close();
        self.account.set(None);
        self.go(&Route::Start);
        spawn_local(async move {
            if let Some(auth) = self.auth.get_value()
                && let Err(error) = auth.sign_out().await
            {
                self.notice.set(Some(Notice::of_auth(&error)));
            }
        });
    }

    /// Leaves the sample.
    pub fn leave_sample(self) {
        self.close();
        self.go(&Route::Start);
        if let Some(account) = self.account.get_untracked() {
            self.open_tenant(&account);
        }
    }

    /// Puts settings in force and keeps them; sign-in is set up anew when that matters to it.
    ///
    /// # Errors
    /// What is wrong with them; nothing changes then.
    pub fn change_settings(self, wanted: &Settings) -> Result<(), Vec<SettingsError>> {
        let before = self.settings.get_untracked();
        let saved = save(&self.host(), &before.deployed, wanted)?;
        let is_other = saved.settings != before.settings;
        self.settings.set(Loaded { settings: saved.settings, problems: Vec::new(), ..before });
        if !saved.is_remembered {
            self.notice.set(Some(Notice::of_storage()));
        }
        if is_other || self.auth.with_value(Option::is_none) {
            if self.dataset.with_untracked(|dataset| dataset.as_ref().is_some_and(|dataset| !dataset.is_sample())) {
                self.close();
            }
            self.account.set(None);
            self.auth.set_value(None);
            spawn_local(self.start_auth());
        }
        Ok(())
    }

    /// Removes everything that Gatebook keeps in this browser, and ends what is open.
    pub fn wipe(self) {
        self.close();
        let host = self.host();
        host.forget_everything();
        self.preferences.set(Preferences::default());
        host.go(&Route::Start.to_hash());
        // What is still in memory, MSAL's accounts among it, goes with the page.
        host.reload();
    }

    async fn finish(self, interaction: impl Future<Output = Result<Account, AuthError>>) {
        match interaction.await {
            Ok(account) => {
                self.account.set(Some(account.clone()));
                self.open_tenant(&account);
                for key in self.loads().waiting() {
                    self.continue_load(&key);
                }
            }
            Err(error) => self.notice.set(Some(Notice::of_auth(&error))),
        }
    }
}
