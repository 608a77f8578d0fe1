//! Who and what is registered: apps and people.

/// An app registration.
#[derive(Clone, Debug)]
pub struct App {
    /// Application (client) id.
    pub client_id: String,
    /// Name on the consent page.
    pub display_name: String,
    /// Redirect URIs of type SPA, compared exactly.
    pub redirect_uris: Vec<String>,
    /// Short names of the Graph scopes the registration lists; an administrator's consent grants all of them.
    pub configured_scopes: Vec<String>,
    /// Short names of the Graph scopes that were granted to everybody before the start.
    pub granted_scopes: Vec<String>,
}

/// Somebody who can sign in.
#[derive(Clone, Debug)]
pub struct Person {
    /// Object id.
    pub object_id: String,
    /// User principal name.
    pub user_principal_name: String,
    /// Display name.
    pub display_name: String,
    /// Names of the directory roles the person holds.
    pub roles: Vec<String>,
    /// True for somebody who may consent to scopes that need an administrator.
    pub is_consent_admin: bool,
    /// True for somebody who always needs a second step.
    pub is_mfa_required: bool,
}

impl Person {
    /// Value of the `login_hint` claim: opaque to the client, which sends it back as it is.
    pub(super) fn login_hint(&self) -> String {
        use base64::Engine as _;
        format!("O.{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&self.user_principal_name))
    }

    /// True when a `login_hint` parameter means this person.
    pub(super) fn is_meant_by(&self, hint: &str) -> bool {
        self.user_principal_name.eq_ignore_ascii_case(hint) || self.login_hint() == hint
    }
}
