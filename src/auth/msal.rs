//! MSAL's UMD build, bound as it is: the global `msal`, which exists once the host has loaded it. Every call can throw.
//! Accounts go back to MSAL as the very objects it gave out.

use js_sys::{Array, Promise, Reflect};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

use super::{Account, errors::MsalError};

#[wasm_bindgen]
extern "C" {
    /// Makes and initialises a client; resolves with a [`PublicClientApplication`].
    #[wasm_bindgen(catch, js_namespace = msal, js_name = createStandardPublicClientApplication)]
    pub fn create_standard_public_client_application(configuration: &JsValue) -> Result<Promise, JsValue>;

    /// MSAL's client.
    #[derive(Clone)]
    pub type PublicClientApplication;

    /// Takes in the answer of a redirect; resolves with an authentication result or null.
    #[wasm_bindgen(method, catch, js_name = handleRedirectPromise)]
    pub fn handle_redirect_promise(this: &PublicClientApplication) -> Result<Promise, JsValue>;
    /// Resolves with an authentication result.
    #[wasm_bindgen(method, catch, js_name = acquireTokenSilent)]
    pub fn acquire_token_silent(this: &PublicClientApplication, request: &JsValue) -> Result<Promise, JsValue>;
    /// Opens a window before it returns; resolves with an authentication result.
    #[wasm_bindgen(method, catch, js_name = acquireTokenPopup)]
    pub fn acquire_token_popup(this: &PublicClientApplication, request: &JsValue) -> Result<Promise, JsValue>;
    /// Leaves the page.
    #[wasm_bindgen(method, catch, js_name = acquireTokenRedirect)]
    pub fn acquire_token_redirect(this: &PublicClientApplication, request: &JsValue) -> Result<Promise, JsValue>;
    /// Clears the account's cache and leaves the page.
    #[wasm_bindgen(method, catch, js_name = logoutRedirect)]
    pub fn logout_redirect(this: &PublicClientApplication, request: &JsValue) -> Result<Promise, JsValue>;
    /// Clears the account's cache.
    #[wasm_bindgen(method, catch, js_name = clearCache)]
    pub fn clear_cache(this: &PublicClientApplication, request: &JsValue) -> Result<Promise, JsValue>;
    /// Every account with a cached sign-in.
    #[wasm_bindgen(method, catch, js_name = getAllAccounts)]
    pub fn get_all_accounts(this: &PublicClientApplication) -> Result<Array, JsValue>;
    /// The first account that matches, or null.
    #[wasm_bindgen(method, catch, js_name = getAccount)]
    pub fn get_account(this: &PublicClientApplication, filter: &JsValue) -> Result<JsValue, JsValue>;
    /// The account in use, or null.
    #[wasm_bindgen(method, catch, js_name = getActiveAccount)]
    pub fn get_active_account(this: &PublicClientApplication) -> Result<JsValue, JsValue>;
    /// Uses an account, or none for null.
    #[wasm_bindgen(method, catch, js_name = setActiveAccount)]
    pub fn set_active_account(this: &PublicClientApplication, account: &JsValue) -> Result<(), JsValue>;
}

/// What a client is made of.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Configuration<'a> {
    pub auth: AuthOptions<'a>,
    pub cache: CacheOptions,
    pub system: SystemOptions,
}

/// Who the app is and where answers go.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthOptions<'a> {
    pub client_id: &'a str,
    pub authority: &'a str,
    /// Hosts that need no discovery.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub known_authorities: Vec<&'a str>,
    pub redirect_uri: &'a str,
    pub post_logout_redirect_uri: &'a str,
    /// `CP1`: the app answers claims challenges.
    pub client_capabilities: [&'a str; 1],
}

/// Where tokens are cached.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CacheOptions {
    pub cache_location: crate::settings::CacheLocation,
}

/// Timeouts and logs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SystemOptions {
    /// Milliseconds until a window without an answer counts as closed: MSAL cannot see that it was.
    pub popup_bridge_timeout: u32,
    pub logger_options: LoggerOptions,
}

/// MSAL logs nothing without a callback; names and addresses stay out even if somebody adds one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LoggerOptions {
    pub pii_logging_enabled: bool,
}

/// `CacheLookupPolicy.AccessTokenAndRefreshToken`: never a hidden frame.
pub const NO_HIDDEN_FRAMES: u8 = 2;

/// A token without interaction.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SilentRequest<'a> {
    pub scopes: Vec<String>,
    #[serde(with = "serde_wasm_bindgen::preserve", skip_serializing_if = "JsValue::is_undefined")]
    pub account: JsValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claims: Option<&'a str>,
    pub force_refresh: bool,
    pub cache_lookup_policy: u8,
}

/// A token with the person's help.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InteractiveRequest<'a> {
    pub scopes: Vec<String>,
    #[serde(with = "serde_wasm_bindgen::preserve", skip_serializing_if = "JsValue::is_undefined")]
    pub account: JsValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claims: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<&'a str>,
    /// Windows only: a forgotten window does not stop the next one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub override_interaction_in_progress: Option<bool>,
}

/// Sign-out, of every account when it names none.
#[derive(Serialize)]
pub struct SignOutRequest {
    #[serde(with = "serde_wasm_bindgen::preserve", skip_serializing_if = "JsValue::is_undefined")]
    pub account: JsValue,
}

/// Picks an account.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountFilter<'a> {
    pub home_account_id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub tenant_id: &'a str,
}

/// What MSAL answers with; the rest of it (id token, claims) is not read. No `Debug`: it holds a token.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationResult {
    pub access_token: String,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    pub account: JsValue,
}

/// Between home account id and tenant in an [`Account::id`]; neither contains it.
const ID_SEPARATOR: char = '/';

/// What is shown of an account; `None` for null.
pub fn account(value: &JsValue) -> Option<Account> {
    if !value.is_object() {
        return None;
    }
    let tenant_id = text(value, "tenantId");
    Some(Account {
        id: format!("{}{ID_SEPARATOR}{tenant_id}", text(value, "homeAccountId")),
        username: text(value, "username"),
        name: text(value, "name"),
        tenant_id,
    })
}

/// The filter that finds the account with this id again.
pub fn account_filter(id: &str) -> AccountFilter<'_> {
    let (home_account_id, tenant_id) = id.split_once(ID_SEPARATOR).unwrap_or((id, ""));
    AccountFilter { home_account_id, tenant_id }
}

/// What was thrown, whatever it was.
pub fn error(thrown: &JsValue) -> MsalError {
    let code = Some(text(thrown, "errorCode")).filter(|code| !code.is_empty());
    let class = text(thrown, "name");
    MsalError {
        code: code.unwrap_or_else(|| class.clone()),
        class,
        sub_error: text(thrown, "subError"),
        number: text(thrown, "errorNo").parse().ok(),
        status: text(thrown, "status").parse().ok(),
        claims: text(thrown, "claims"),
        correlation_id: text(thrown, "correlationId"),
        message: Some(text(thrown, "errorMessage"))
            .filter(|text| !text.is_empty())
            .unwrap_or_else(|| text(thrown, "message")),
    }
}

/// A property as text: MSAL has numbers both as numbers and as texts. Empty for anything else.
fn text(object: &JsValue, name: &str) -> String {
    let value = Reflect::get(object, &JsValue::from_str(name)).unwrap_or_default();
    value.as_string().or_else(|| value.as_f64().map(|number| number.to_string())).unwrap_or_default()
}
