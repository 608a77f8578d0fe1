//! Sign-in and tokens through MSAL: accounts, consent, claims challenges, sign-out.

use std::future::Future;

use engine::ports::{AccessToken, AuthError, TokenNeed};

use crate::{host::Host, settings::Settings};

/// A signed-in account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// MSAL's home account id.
    pub id: String,
    /// User principal name.
    pub username: String,
    /// Display name; may be empty.
    pub name: String,
    /// Tenant id; may be empty.
    pub tenant_id: String,
}

/// The one MSAL client of a mount. Clones share it.
#[derive(Clone)]
pub struct Auth {}

impl Auth {
    /// Loads MSAL (after first paint), makes the client and takes in the answer of a redirect, if there is one.
    ///
    /// # Errors
    /// When MSAL cannot be loaded or set up, or the redirect came back with an error.
    pub async fn start(_host: &Host, _settings: &Settings) -> Result<Self, AuthError> {
        Err(AuthError::Busy)
    }
    /// The account in use.
    pub fn account(&self) -> Option<Account> {
        None
    }
    /// Every account MSAL knows.
    pub fn accounts(&self) -> Vec<Account> {
        Vec::new()
    }
    /// Uses another known account.
    pub fn select(&self, _id: &str) -> Option<Account> {
        None
    }
    /// A token without any interaction and without hidden frames.
    ///
    /// # Errors
    /// `InteractionRequired` and `ConsentRequired` ask for [`Auth::interact`] from a click.
    pub async fn silent(&self, _need: &TokenNeed) -> Result<AccessToken, AuthError> {
        Err(AuthError::Busy)
    }
    /// Sign-in or consent. Call it directly in a click handler: the sign-in window opens before the first await.
    /// With redirects the page unloads and this never resolves.
    ///
    /// # Errors
    /// What the person or the service decided.
    pub fn interact(
        &self,
        _need: TokenNeed,
        _prompt: Option<Prompt>,
    ) -> impl Future<Output = Result<Account, AuthError>> + 'static {
        async { Err(AuthError::Busy) }
    }
    /// Signs out of this app (and, on a page, of Microsoft's session).
    ///
    /// # Errors
    /// When MSAL refuses.
    pub async fn sign_out(&self) -> Result<(), AuthError> {
        Err(AuthError::Busy)
    }
}

/// What to ask the sign-in page for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// Choose among accounts.
    SelectAccount,
    /// Consent again.
    Consent,
}

/// The redirect URI that must be registered (type SPA), exactly.
pub fn redirect_uri(host: &Host) -> String {
    host.url("redirect.html")
}
