//! The one MSAL client of a mount, used the way the rest of the app needs it: redirects first, windows as a setting,
//! never a hidden frame.

use std::{cell::RefCell, future::Future, rc::Rc};

use engine::ports::{AccessToken, AuthError, TokenNeed};
use js_sys::Promise;
use serde::Serialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::{
    Account, Prompt,
    errors::{MsalError, auth_error},
    msal::{self, PublicClientApplication},
    request::{self, AdminConsent, TenantMismatch},
};
use crate::{
    host::{Form, Host, storage::Area},
    settings::{Interaction, Settings},
};

/// Two minutes for passwords and second factors; after that a window counts as closed, because MSAL cannot see it close.
const POPUP_BRIDGE_TIMEOUT_MS: u32 = 120_000;
/// Kept until the next sign-in: the person signed out, so nothing picks an account for them.
const SIGNED_OUT: &str = "signed-out";
/// Kept while a redirect is under way: the scopes it asked for, so that a refusal can name them.
const ASKED_SCOPES: &str = "asked-scopes";
/// MSAL's own mark, kept by this tab, that an interaction is under way.
const MSAL_INTERACTION: &str = "msal.interaction.status";
/// With these MSAL would log to the console, whatever the configuration says.
const MSAL_LOG_SWITCHES: [&str; 2] = ["msal.browser.log.level", "msal.browser.log.pii"];

/// The one MSAL client of a mount. Clones share it.
#[derive(Clone)]
pub struct Auth {
    inner: Rc<Inner>,
}

struct Inner {
    client: PublicClientApplication,
    host: Host,
    settings: Settings,
    /// MSAL's own object for the account in use, or undefined. MSAL keeps its active account for all tabs at once, so it
    /// only decides where a page begins: another tab's switch must not change whose rows this one reads.
    current: RefCell<JsValue>,
    returned: RefCell<Option<Result<Account, AuthError>>>,
}

impl Auth {
    /// Loads MSAL (after first paint), makes the client and takes in the answer of a redirect, if there is one; see
    /// [`Auth::returned`]. Call it before anything else changes the URL.
    ///
    /// # Errors
    /// When this page cannot sign in, the settings are not ready, or MSAL cannot be loaded or set up.
    pub async fn start(host: &Host, settings: &Settings) -> Result<Self, AuthError> {
        host.can_sign_in().map_err(|blocked| other(blocked.code()))?;
        if !settings.is_ready() {
            let code = if settings.client_id.is_empty() { "client_id_missing" } else { "settings_invalid" };
            return Err(AuthError::Misconfigured {
                code: code.to_owned(),
                detail: String::new(),
                correlation_id: String::new(),
            });
        }
        host.load_msal().await.map_err(|_| AuthError::Unreachable { code: "msal_not_loaded".to_owned() })?;
        silence_msal();
        let configuration = configuration(host, settings)?;
        let client = settle(msal::create_standard_public_client_application(&configuration), &[]).await?;
        let auth = Self {
            inner: Rc::new(Inner {
                client: client.unchecked_into(),
                host: host.clone(),
                settings: settings.clone(),
                current: RefCell::new(JsValue::UNDEFINED),
                returned: RefCell::new(None),
            }),
        };
        let returned = auth.take_in_redirect().await;
        if auth.account().is_none() {
            auth.choose_account();
        }
        auth.inner.returned.replace(returned);
        strip_sign_out_state();
        Ok(auth)
    }
    /// What the redirect that led to this page brought, once; `None` when the page was opened otherwise.
    pub fn returned(&self) -> Option<Result<Account, AuthError>> {
        self.inner.returned.take()
    }
    /// The account in use.
    pub fn account(&self) -> Option<Account> {
        msal::account(&self.current())
    }
    /// Every account MSAL knows, by name.
    pub fn accounts(&self) -> Vec<Account> {
        let all = self.inner.client.get_all_accounts().unwrap_or_default();
        let mut accounts: Vec<Account> = all.iter().filter_map(|account| msal::account(&account)).collect();
        accounts.sort_by(|a, b| (&a.username, &a.tenant_id).cmp(&(&b.username, &b.tenant_id)));
        accounts
    }
    /// Uses another known account.
    pub fn select(&self, id: &str) -> Option<Account> {
        let filter = to_js(&msal::account_filter(id)).ok()?;
        let found = self.inner.client.get_account(&filter).ok()?;
        let account = msal::account(&found)?;
        self.use_account(&found).ok()?;
        Some(account)
    }
    /// Set when the account in use belongs to another tenant than the settings name.
    pub fn tenant_mismatch(&self) -> Option<TenantMismatch> {
        request::tenant_mismatch(&self.inner.settings, &self.account()?.tenant_id)
    }
    /// What to pass to an administrator when consent for these scopes is missing.
    pub fn admin_consent(&self, scopes: &[String]) -> Option<AdminConsent> {
        let account = self.account();
        let tenant = account.as_ref().map(|account| account.tenant_id.as_str());
        request::admin_consent(self.inner.host.cloud(), &self.inner.settings, tenant, scopes)
    }
    /// A token without any interaction and without hidden frames.
    ///
    /// # Errors
    /// `InteractionRequired` and `ConsentRequired` ask for [`Auth::interact`] from a click. After an `Unreachable` that
    /// carries a number, MSAL repeats it for a minute without asking again.
    pub async fn silent(&self, need: &TokenNeed) -> Result<AccessToken, AuthError> {
        let account = self.current();
        if account.is_undefined() {
            // MSAL would take another tab's account.
            return Err(with_claims(other("no_account_error"), need));
        }
        let request = to_js(&msal::SilentRequest {
            scopes: request::qualified_scopes(self.inner.host.cloud(), &need.scopes),
            account,
            claims: need.claims.as_deref(),
            force_refresh: need.force,
            cache_lookup_policy: msal::NO_HIDDEN_FRAMES,
        })?;
        let answer = settle(self.inner.client.acquire_token_silent(&request), &need.scopes).await;
        let answer = answer.map_err(|error| with_claims(error, need))?;
        let result = authentication_result(answer)?;
        if result.access_token.is_empty() {
            Err(other("no_access_token"))
        } else {
            Ok(AccessToken(result.access_token))
        }
    }
    /// Sign-in or consent. Call it directly in a click handler: MSAL is called, and its window opens, before this
    /// returns. With redirects the page unloads; the future resolves only when that did not happen, or when the person
    /// comes back with the browser's Back button (`UserCancelled`). MSAL cannot see a window close: then it resolves only
    /// after two minutes (`InteractionRequired`, `timed_out`), and calling again meanwhile opens another window
    /// and ends the first future with `UserCancelled`, so only the latest call's outcome says anything.
    ///
    /// # Errors
    /// What the person or the service decided.
    pub fn interact(
        &self,
        need: TokenNeed,
        prompt: Option<Prompt>,
    ) -> impl Future<Output = Result<Account, AuthError>> + use<> {
        self.interact_by(self.inner.settings.interaction, need, prompt)
    }
    /// The same by redirect, whatever the settings say, for a person whose sign-in window went astray.
    ///
    /// # Errors
    /// As [`Auth::interact`].
    pub fn interact_in_this_tab(
        &self,
        need: TokenNeed,
        prompt: Option<Prompt>,
    ) -> impl Future<Output = Result<Account, AuthError>> + use<> {
        release_interaction();
        self.interact_by(Interaction::Redirect, need, prompt)
    }
    /// True for a clone of the same client.
    pub fn is_same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.inner, &other.inner)
    }
    /// Signs out of this app (and, on a page, of Microsoft's session). On a page it leaves for Microsoft's sign-out page.
    ///
    /// # Errors
    /// When MSAL refuses.
    pub async fn sign_out(&self) -> Result<(), AuthError> {
        let client = &self.inner.client;
        let request = to_js(&msal::SignOutRequest { account: self.current() })?;
        // When nothing can be kept, nothing is picked up later either.
        let _ = self.inner.host.storage(Area::Local).write(SIGNED_OUT, "1");
        if self.inner.host.form() == Form::Page {
            reload_when_back();
            settle(client.logout_redirect(&request), &[]).await?;
        } else {
            settle(client.clear_cache(&request), &[]).await?;
            self.use_account(&JsValue::NULL)?;
        }
        Ok(())
    }

    /// Forgets every account and token in this browser without leaving the page; for wiping. Microsoft's own session stays.
    ///
    /// # Errors
    /// When MSAL refuses.
    pub async fn forget(&self) -> Result<(), AuthError> {
        let everybody = to_js(&msal::SignOutRequest { account: JsValue::UNDEFINED })?;
        settle(self.inner.client.clear_cache(&everybody), &[]).await?;
        self.use_account(&JsValue::NULL)?;
        let _ = self.inner.host.storage(Area::Session).remove(ASKED_SCOPES);
        let _ = self.inner.host.storage(Area::Local).remove(SIGNED_OUT);
        Ok(())
    }

    fn interact_by(
        &self,
        interaction: Interaction,
        need: TokenNeed,
        prompt: Option<Prompt>,
    ) -> impl Future<Output = Result<Account, AuthError>> + use<> {
        let started = self.start_interaction(interaction == Interaction::Popup, &need, prompt);
        let auth = self.clone();
        async move {
            let answer = settle(started, &need.scopes).await?;
            // A redirect that resolves went nowhere.
            let result = authentication_result(answer)?;
            auth.accept(&result.account)
        }
    }
    fn start_interaction(&self, is_popup: bool, need: &TokenNeed, prompt: Option<Prompt>) -> Result<Promise, JsValue> {
        let is_same_account = prompt != Some(Prompt::SelectAccount);
        let request = serde_wasm_bindgen::to_value(&msal::InteractiveRequest {
            scopes: request::qualified_scopes(self.inner.host.cloud(), &need.scopes),
            account: if is_same_account { self.current() } else { JsValue::UNDEFINED },
            claims: need.claims.as_deref(),
            prompt: prompt.map(Prompt::as_str),
            override_interaction_in_progress: is_popup.then_some(true),
        })?;
        if is_popup {
            return self.inner.client.acquire_token_popup(&request);
        }
        // Only a refusal's wording depends on it.
        let _ = self.inner.host.storage(Area::Session).write(ASKED_SCOPES, &need.scopes.join(" "));
        self.inner.client.acquire_token_redirect(&request)
    }
    fn current(&self) -> JsValue {
        self.inner.current.borrow().clone()
    }
    fn use_account(&self, account: &JsValue) -> Result<(), AuthError> {
        self.inner.client.set_active_account(account).map_err(|thrown| failed(&thrown, &[]))?;
        self.inner.current.replace(if account.is_object() { account.clone() } else { JsValue::UNDEFINED });
        Ok(())
    }
    fn accept(&self, account: &JsValue) -> Result<Account, AuthError> {
        let shown = msal::account(account).ok_or_else(|| other("no_account_in_answer"))?;
        self.use_account(account)?;
        let _ = self.inner.host.storage(Area::Local).remove(SIGNED_OUT);
        Ok(shown)
    }
    async fn take_in_redirect(&self) -> Option<Result<Account, AuthError>> {
        let storage = self.inner.host.storage(Area::Session);
        let asked = storage.read(ASKED_SCOPES).ok().flatten().unwrap_or_default();
        let _ = storage.remove(ASKED_SCOPES);
        let scopes: Vec<String> = asked.split_whitespace().map(str::to_owned).collect();
        match settle(self.inner.client.handle_redirect_promise(), &scopes).await {
            Ok(answer) if answer.is_object() => {
                Some(authentication_result(answer).and_then(|result| self.accept(&result.account)))
            }
            Ok(_) => None,
            Err(error) => Some(Err(error)),
        }
    }
    /// The account used last, in whichever tab, or the only one; with several there is nothing to go by. Nothing is chosen
    /// for a person who has signed out.
    fn choose_account(&self) {
        if let Ok(last) = self.inner.client.get_active_account()
            && last.is_object()
        {
            self.inner.current.replace(last);
        } else if let [only] = self.accounts().as_slice()
            && !matches!(self.inner.host.storage(Area::Local).read(SIGNED_OUT), Ok(Some(_)))
        {
            self.select(&only.id);
        }
    }
}

/// The redirect URI that must be registered (type SPA), exactly.
pub fn redirect_uri(host: &Host) -> String {
    host.url("redirect.html")
}

/// The post-logout URI that must be registered beside it, exactly. It is the app itself, because the bridge page would
/// lead to the origin's root.
pub fn post_logout_uri(host: &Host) -> String {
    host.url("")
}

fn configuration(host: &Host, settings: &Settings) -> Result<JsValue, AuthError> {
    to_js(&msal::Configuration {
        auth: msal::AuthOptions {
            client_id: &settings.client_id,
            authority: &request::authority(host.cloud(), settings),
            known_authorities: request::known_authorities(host.cloud()),
            redirect_uri: &redirect_uri(host),
            post_logout_redirect_uri: &post_logout_uri(host),
            client_capabilities: ["CP1"],
        },
        cache: msal::CacheOptions { cache_location: settings.cache },
        system: msal::SystemOptions {
            popup_bridge_timeout: POPUP_BRIDGE_TIMEOUT_MS,
            logger_options: msal::LoggerOptions { pii_logging_enabled: false },
        },
    })
}

fn silence_msal() {
    if let Some(storage) = web_sys::window().and_then(|window| window.session_storage().ok().flatten()) {
        for switch in MSAL_LOG_SWITCHES {
            let _ = storage.remove_item(switch);
        }
    }
}

/// MSAL lets a window take the place of another, but not a redirect: it would refuse for as long as it waits for the window.
fn release_interaction() {
    if let Some(storage) = web_sys::window().and_then(|window| window.session_storage().ok().flatten()) {
        // Where it stays, MSAL refuses and says so.
        let _ = storage.remove_item(MSAL_INTERACTION);
    }
}

/// After a sign-out the browser's Back button must not bring back a page full of rows.
fn reload_when_back() {
    let Some(window) = web_sys::window() else { return };
    let reload = Closure::<dyn Fn()>::new({
        let window = window.clone();
        move || {
            // A page that cannot be reloaded has been left for good.
            let _ = window.location().reload();
        }
    });
    // Without it, only a browser that keeps left pages in memory would show one.
    let _ = window.add_event_listener_with_callback("pageshow", reload.into_js_value().unchecked_ref());
}

/// Microsoft's sign-out page comes back with `?state=…`, which means nothing to anybody else.
fn strip_sign_out_state() {
    let strip = || -> Result<(), JsValue> {
        let window = web_sys::window().ok_or(JsValue::UNDEFINED)?;
        let url = web_sys::Url::new(&window.location().href()?)?;
        if url.search_params().has("state") {
            url.search_params().delete("state");
            window.history()?.replace_state_with_url(&window.history()?.state()?, "", Some(&url.href()))?;
        }
        Ok(())
    };
    // The address bar is then a little longer; nothing else depends on it.
    let _ = strip();
}

fn authentication_result(answer: JsValue) -> Result<msal::AuthenticationResult, AuthError> {
    serde_wasm_bindgen::from_value(answer).map_err(|_| other("unreadable_answer"))
}

fn to_js(value: &impl Serialize) -> Result<JsValue, AuthError> {
    serde_wasm_bindgen::to_value(value).map_err(|_| other("unwritable_request"))
}

/// Waits for MSAL; what it threw at once and what it rejected with are one thing.
async fn settle(started: Result<Promise, JsValue>, scopes: &[String]) -> Result<JsValue, AuthError> {
    let promise = started.map_err(|thrown| failed(&thrown, scopes))?;
    JsFuture::from(promise).await.map_err(|thrown| failed(&thrown, scopes))
}

/// A challenge that the refresh token cannot answer must be answered by the person: the claims come along.
fn with_claims(error: AuthError, need: &TokenNeed) -> AuthError {
    match error {
        AuthError::InteractionRequired { code, claims: None, correlation_id } => {
            AuthError::InteractionRequired { code, claims: need.claims.clone(), correlation_id }
        }
        error => error,
    }
}

fn failed(thrown: &JsValue, scopes: &[String]) -> AuthError {
    auth_error(&msal::error(thrown), scopes)
}

fn other(code: &str) -> AuthError {
    auth_error(&MsalError { code: code.to_owned(), ..MsalError::default() }, &[])
}
