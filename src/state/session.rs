//! Signing in and out, and everything that ends with it. Nothing here happens without a press of a button.

use engine::{
    ports::{AuthError, Millis, TokenNeed},
    reports,
};
use leptos::{prelude::*, task::spawn_local};

use super::{
    app_state::{AppState, SignIn, SignInWindow},
    notice::{Action, Notice},
    preferences::Preferences,
    route::{ReportRoute, Route},
};
use crate::{
    auth::{Account, Auth, Prompt, request::AdminConsent},
    platform::{kept, storage},
    settings::{
        Interaction, Settings, SettingsError,
        load::{Loaded, save},
    },
};

impl AppState {
    /// Sets up MSAL with the settings in force, takes in the answer of a redirect, and opens the tenant of an account
    /// that is signed in already.
    pub(super) async fn start_auth(self) {
        let Some((host, loaded)) = self.try_host().zip(self.settings.try_get_untracked()) else { return };
        let settings = loaded.settings;
        if host.can_sign_in().is_err() || !settings.is_ready() {
            self.sign_in.set(SignIn::Unset);
            return;
        }
        self.sign_in.set(SignIn::Starting);
        let started = Auth::start(&host, &settings).await;
        if self.settings.try_get_untracked().is_none_or(|now| now.settings != settings) {
            // Other settings are in force by now, and set up sign-in themselves.
            return;
        }
        match started {
            Ok(auth) => {
                let (account, returned) = (auth.account(), auth.returned());
                self.auth.set_value(Some(auth));
                self.sign_in.set(SignIn::Ready);
                self.account.set(account.clone());
                if let Some(account) = account
                    && self.dataset.get_untracked().is_none()
                    && !self.is_opening.get_untracked()
                {
                    self.open_tenant(&account);
                }
                // Last, because opening a dataset begins without a notice.
                if let Some(Err(error)) = returned {
                    let need = self.first_need(self.route.get_untracked().report());
                    self.notice.set(Some(self.notice_of_interaction(&error, need)));
                }
            }
            Err(error) => self.sign_in.set(SignIn::Failed(error)),
        }
    }

    /// Signs in, or asks for consent. Call it from a click, so that the browser lets a window open.
    pub fn interact(self, need: TokenNeed, prompt: Option<Prompt>) {
        self.notice.set(None);
        if let Err(blocked) = self.host().can_sign_in() {
            self.notice.set(Some(Notice::of_blocked(blocked)));
            return;
        }
        let Some(auth) = self.auth.get_value() else {
            // MSAL did not load or settings changed: set it up again first.
            spawn_local(async move {
                self.start_auth().await;
                let Some(sign_in) = self.sign_in.try_get_untracked() else { return };
                match (sign_in, self.auth.get_value()) {
                    (SignIn::Failed(error), _) => self.notice.set(Some(self.notice_of_auth(&error))),
                    (_, Some(auth)) => self.begin(&auth, need, prompt),
                    _ => self.notice.set(Some(self.notice_of_auth(&AuthError::Misconfigured {
                        code: "client_id_missing".to_owned(),
                        detail: String::new(),
                        correlation_id: String::new(),
                    }))),
                }
            });
            return;
        };
        self.begin(&auth, need, prompt);
    }

    /// Opens the sign-in window once more; the one before it ends. Call it from a click.
    pub fn open_window_again(self) {
        if let Some(SignInWindow { need, prompt }) = self.window.get_untracked() {
            self.interact(need, prompt);
        }
    }

    /// Gives the sign-in window up and goes to the sign-in page in this tab.
    pub fn sign_in_here(self) {
        let (Some(SignInWindow { need, prompt }), Some(auth)) = (self.window.get_untracked(), self.auth.get_value())
        else {
            return;
        };
        self.window.set(None);
        let interaction = auth.interact_in_this_tab(need.clone(), prompt);
        self.follow(auth, need, interaction);
    }

    /// Opens the sign-in page, where the person chooses among accounts if some are known.
    pub fn sign_in_from_start(self) {
        let has_some = self.auth.with_value(|auth| auth.as_ref().is_some_and(|auth| !auth.accounts().is_empty()));
        let need = self.first_need(self.route.get_untracked().report());
        self.interact(need, has_some.then_some(Prompt::SelectAccount));
    }

    /// Opens the sign-in page to choose another account.
    pub fn switch_account(self) {
        let need = TokenNeed {
            scopes: first_scopes(self.cloud().id, self.route.get_untracked().report()),
            claims: None,
            force: false,
        };
        self.interact(need, Some(Prompt::SelectAccount));
    }

    /// What a sign-in asks for: what the report at hand needs, and at first also who the person is. One trip does both.
    pub fn first_need(self, route: Option<&ReportRoute>) -> TokenNeed {
        let mut scopes = first_scopes(self.cloud().id, route);
        if self.account.with_untracked(Option::is_some) {
            scopes.retain(|scope| scope != PROFILE);
        }
        TokenNeed { scopes, claims: None, force: false }
    }

    /// An error of sign-in in words, with what to pass to an administrator where only one can help.
    pub fn notice_of_auth(self, error: &AuthError) -> Notice {
        let notice = Notice::of_auth(error).at(js_sys::Date::now() as Millis);
        let AuthError::AdminConsentRequired { scopes, .. } = error else { return notice };
        match self.admin_consent(scopes) {
            Some(consent) => notice.for_administrator(&consent),
            None => notice,
        }
    }

    /// What to pass to an administrator when consent for these scopes is missing.
    pub fn admin_consent(self, scopes: &[String]) -> Option<AdminConsent> {
        self.auth.with_value(|auth| auth.as_ref().and_then(|auth| auth.admin_consent(scopes)))
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
            self.give_up_window();
            self.account.set(Some(account.clone()));
            self.open_tenant(&account);
        }
    }

    /// Signs out: the worker ends first, and with it every token and row in memory, and then everything that is kept here.
    pub fn sign_out(self) {
        self.close();
        self.give_up_window();
        self.account.set(None);
        self.go(&Route::Start);
        let auth = self.auth.get_value();
        spawn_local(async move {
            kept::forget_keys().await;
            // Nothing waits for the files: somebody who closes the tab now is to be signed out, and a later start takes the rest.
            spawn_local(async {
                kept::delete_files().await;
            });
            if let Some(auth) = auth
                && let Err(error) = auth.sign_out().await
                && self.try_host().is_some()
            {
                self.notice.set(Some(self.notice_of_auth(&error)));
            }
        });
    }

    /// Leaves the sample.
    pub fn leave_sample(self) {
        self.forget_sample();
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
        let is_other_tenant = saved.settings.tenant != before.settings.tenant;
        self.settings.set(Loaded { settings: saved.settings, problems: Vec::new(), ..before });
        if !saved.is_remembered {
            self.notice.set(Some(Notice::of_storage()));
        }
        if is_other || self.auth.with_value(Option::is_none) {
            if self.at_hand().is_some_and(|dataset| !dataset.is_sample()) {
                self.close();
            }
            self.give_up_window();
            self.account.set(None);
            self.auth.set_value(None);
            spawn_local(async move {
                if is_other_tenant {
                    kept::delete().await;
                }
                self.start_auth().await;
            });
        }
        Ok(())
    }

    /// Removes everything that Gatebook keeps in this browser, and ends what is open.
    pub fn wipe(self) {
        let host = self.host();
        spawn_local(async move {
            self.forget_everything().await;
            host.go(&Route::Start.to_hash());
            // What is still in memory goes with the page.
            host.reload();
        });
    }

    /// Ends what is open, signs every account out of this browser, and removes what is kept.
    pub async fn forget_everything(self) {
        let host = self.host();
        self.close();
        self.give_up_window();
        self.account.set(None);
        if let Some(auth) = self.auth.try_update_value(Option::take).flatten() {
            // What MSAL would not forget is removed below with everything else it keeps.
            let _ = auth.forget().await;
        }
        host.forget_everything();
        kept::delete().await;
        storage::wipe().await;
        self.preferences.set(Preferences::default());
    }

    fn begin(self, auth: &Auth, need: TokenNeed, prompt: Option<Prompt>) {
        self.forget_sample();
        let interaction = auth.interact(need.clone(), prompt);
        let is_window = self.settings.read_untracked().settings.interaction == Interaction::Popup;
        self.window.set(is_window.then(|| SignInWindow { need: need.clone(), prompt }));
        self.follow(auth.clone(), need, interaction);
    }

    /// Waits for the sign-in page without keeping anything else waiting. MSAL ends one window with an error when another
    /// is opened, so only the latest outcome is shown; a sign-in counts whichever window it came from.
    fn follow(
        self,
        auth: Auth,
        need: TokenNeed,
        interaction: impl Future<Output = Result<Account, AuthError>> + 'static,
    ) {
        let attempt = self.attempt.get_value() + 1;
        self.attempt.set_value(attempt);
        spawn_local(async move {
            let outcome = interaction.await;
            let is_latest = self.attempt.try_get_value() == Some(attempt);
            let is_current = self.auth.try_get_value().flatten().is_some_and(|now| now.is_same(&auth));
            match outcome {
                Ok(account) if is_current => {
                    self.give_up_window();
                    self.account.set(Some(account.clone()));
                    self.open_tenant(&account);
                    for key in self.loads().waiting() {
                        self.continue_load(&key);
                    }
                }
                Err(error) if is_latest && is_current => {
                    self.give_up_window();
                    self.notice.set(Some(self.notice_of_interaction(&error, need)));
                }
                _ => {}
            }
        });
    }

    /// Nothing that an open window still says is shown.
    fn give_up_window(self) {
        self.attempt.update_value(|attempt| *attempt += 1);
        self.window.set(None);
    }

    /// An error of the sign-in page in words; what helps is the same once more.
    fn notice_of_interaction(self, error: &AuthError, need: TokenNeed) -> Notice {
        let mut notice = self.notice_of_auth(error);
        let claims = match error {
            AuthError::InteractionRequired { claims, .. } => claims.clone().or(need.claims),
            _ => need.claims,
        };
        let scopes = match error {
            AuthError::ConsentRequired { scopes, .. } | AuthError::AdminConsentRequired { scopes, .. }
                if !scopes.is_empty() =>
            {
                scopes.clone()
            }
            _ => need.scopes,
        };
        if let Some(Action::SignIn { .. } | Action::Consent { .. } | Action::TryAgain) = notice.action {
            notice.action = Some(Action::Ask(TokenNeed { scopes, claims, ..need }));
        }
        notice
    }
}

/// Permission to read who the person is.
const PROFILE: &str = "User.Read";

/// What the first sign-in asks for: who the person is, and what the report in view needs; the first report's without one.
pub fn first_scopes(cloud: &str, route: Option<&ReportRoute>) -> Vec<String> {
    let report = route.map(|route| route.report.definition()).or(reports::ALL.first().copied());
    let scopes = report.map_or(&[] as &[&str], |report| report.access.scopes_in(cloud));
    std::iter::once(&PROFILE).chain(scopes).map(|scope| (*scope).to_owned()).collect()
}
