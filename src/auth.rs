//! Sign-in and tokens through MSAL: accounts, consent, claims challenges, sign-out.
//! What can be decided without a browser (`errors`, `request`) is tested natively; `msal` binds the library, `client`
//! uses it. Tokens and codes are passed on and never kept, logged or put in an error here.

#[cfg(target_arch = "wasm32")]
mod client;
pub mod errors;
#[cfg(target_arch = "wasm32")]
mod msal;
pub mod request;

#[cfg(target_arch = "wasm32")]
pub use client::{Auth, post_logout_uri, redirect_uri};

/// A signed-in account.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// MSAL's home account id and the tenant it is used in: a guest is another account in each tenant.
    pub id: String,
    /// User principal name.
    pub username: String,
    /// Display name; may be empty.
    pub name: String,
    /// Tenant id; may be empty.
    pub tenant_id: String,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Account(hidden)")
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

impl Prompt {
    /// As the sign-in page spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SelectAccount => "select_account",
            Self::Consent => "consent",
        }
    }
}
