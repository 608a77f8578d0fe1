//! Sign-in in a real page with a made-up MSAL: when it is called, with what, and what its exceptions turn into.
#![cfg(target_arch = "wasm32")]

mod fake_msal;

use engine::ports::{AuthError, TokenNeed};
use fake_msal::{
    BASE, CLIENT, CONTOSO, FABRIKAM, FakeMsal, account, error, host, host_in, options, rejected, resolved, settings,
};
use gatebook::{
    auth::{Auth, Prompt, redirect_uri},
    host::{Form, SignInBlocked, storage::Area},
    settings::{CacheLocation, Interaction, Settings, load},
};
use js_sys::Object;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn need() -> TokenNeed {
    TokenNeed { scopes: vec!["AuditLog.Read.All".to_owned()], claims: None, force: false }
}

fn with_windows() -> Settings {
    Settings { interaction: Interaction::Popup, ..settings() }
}

fn ada() -> JsValue {
    account("ada.contoso", CONTOSO, "ada@contoso.example")
}

#[wasm_bindgen_test]
async fn the_client_is_made_from_settings_and_place() {
    let msal = FakeMsal::install();
    msal.start(&Settings { cache: CacheLocation::SessionStorage, ..settings() }).await;
    assert_eq!(
        msal.request_json("createStandardPublicClientApplication"),
        format!(r#"{{"auth":{{"clientId":"{CLIENT}","authority":"https://login.microsoftonline.com/{CONTOSO}","#,)
            + &format!(r#""redirectUri":"{BASE}redirect.html","postLogoutRedirectUri":"{BASE}","#)
            + r#""clientCapabilities":["CP1"]},"cache":{"cacheLocation":"sessionStorage"},"#
            + r#""system":{"popupBridgeTimeout":120000,"loggerOptions":{"piiLoggingEnabled":false}}}"#
    );
    assert_eq!(redirect_uri(&host("page", false)), format!("{BASE}redirect.html"));
}

#[wasm_bindgen_test]
async fn a_page_that_was_built_for_another_cloud_signs_in_there() {
    const OWN: [&str; 5] =
        ["own", "https://login.cloud.example", "https://graph.cloud.example", "https://portal.cloud.example", "Own"];
    let built_for = |description| host_in(options("page", false).into(), description);
    let msal = FakeMsal::install();
    let host = built_for(OWN).expect("a cloud with everything");
    msal.answer("acquireTokenSilent", resolved(&ada(), "made-up token")).uses(&ada());
    let auth = Auth::start(&host, &settings()).await.expect("the fake starts");
    auth.silent(&need()).await.expect("the fake has one");
    let made = msal.request_json("createStandardPublicClientApplication");
    let authority =
        format!(r#""authority":"https://login.cloud.example/{CONTOSO}","knownAuthorities":["login.cloud.example"],"#);
    assert!(made.contains(&authority), "{made}");
    assert!(
        msal.request_json("acquireTokenSilent")
            .contains(r#""scopes":["https://graph.cloud.example/AuditLog.Read.All"]"#)
    );
    assert_eq!(host.cloud().described(), OWN);

    for (field, text) in [(0, "global"), (1, ""), (2, "https://graph.cloud.example/v1.0"), (2, "https://*.example")] {
        let mut wrong = OWN;
        wrong[field] = text;
        assert!(built_for(wrong).is_err_and(|told| told.contains("built for no cloud")), "{text}");
    }
}

#[wasm_bindgen_test]
async fn msal_is_not_asked_to_log() {
    let msal = FakeMsal::install();
    let storage = web_sys::window().and_then(|window| window.session_storage().ok()).flatten().expect("a page has it");
    storage.set_item("msal.browser.log.level", "Verbose").expect("it takes items");
    storage.set_item("msal.browser.log.pii", "true").expect("it takes items");
    msal.start(&settings()).await;
    assert_eq!(storage.length(), Ok(0));
}

#[wasm_bindgen_test]
async fn nothing_starts_where_nobody_can_sign_in() {
    let msal = FakeMsal::install();
    let code =
        async |form: &str, is_framed: bool, settings: &Settings| match Auth::start(&host(form, is_framed), settings)
            .await
        {
            Err(AuthError::Other { code, .. } | AuthError::Misconfigured { code, .. }) => code,
            Err(error) => error.to_string(),
            Ok(_) => "started".to_owned(),
        };
    assert_eq!(code("page", true, &settings()).await, "framed");
    assert_eq!(code("extension", false, &settings()).await, "form_extension");
    assert_eq!(code("page", false, &Settings::default()).await, "client_id_missing");
    assert_eq!(code("page", false, &Settings { tenant: "x/..".to_owned(), ..settings() }).await, "settings_invalid");
    assert_eq!(msal.request("createStandardPublicClientApplication"), None);
    assert_eq!(host("extension", false).can_sign_in(), Err(SignInBlocked::Form(Form::Extension)));
    assert_eq!(host("page", false).can_sign_in(), Ok(()));
}

#[wasm_bindgen_test]
async fn silent_passes_scopes_claims_and_force_and_never_allows_frames() {
    let msal = FakeMsal::install();
    let ada = ada();
    msal.uses(&ada).answer("acquireTokenSilent", resolved(&ada, "made-up token"));
    let auth = msal.start(&settings()).await;
    let claims = r#"{"access_token":{"nbf":{"essential":true}}}"#.to_owned();
    let token =
        auth.silent(&TokenNeed { claims: Some(claims), force: true, ..need() }).await.expect("the fake has one");
    assert_eq!(token.0, "made-up token");
    assert!(!format!("{token:?}").contains("made-up"));

    let request = msal.request("acquireTokenSilent").expect("it was called");
    let sent = js_sys::Reflect::get(&request, &"account".into()).expect("requests are objects");
    assert!(Object::is(&sent, &ada), "the account goes back as the very object MSAL gave out");
    js_sys::Reflect::delete_property(request.unchecked_ref::<Object>(), &"account".into()).expect("requests are plain");
    assert_eq!(
        msal.request_json("acquireTokenSilent"),
        r#"{"scopes":["https://graph.microsoft.com/AuditLog.Read.All"],"#.to_owned()
            + r#""claims":"{\"access_token\":{\"nbf\":{\"essential\":true}}}","forceRefresh":true,"cacheLookupPolicy":2}"#
    );

    auth.silent(&need()).await.expect("the fake has one");
    assert!(!msal.request_json("acquireTokenSilent").contains("claims"), "no claims, no key");
}

#[wasm_bindgen_test]
async fn interact_calls_msal_before_it_is_awaited() {
    let msal = FakeMsal::install();
    let auth = msal.start(&with_windows()).await;
    let future = auth.interact(need(), None);
    assert!(msal.request("acquireTokenPopup").is_some(), "a window opened later would be blocked");
    drop(future);

    let msal = FakeMsal::install();
    let auth = msal.start(&settings()).await;
    let future = auth.interact(need(), None);
    assert!(msal.request("acquireTokenRedirect").is_some());
    assert_eq!(msal.request("acquireTokenPopup"), None);
    drop(future);
}

#[wasm_bindgen_test]
async fn choosing_an_account_sends_none() {
    let msal = FakeMsal::install();
    let ada = ada();
    msal.uses(&ada);
    let auth = msal.start(&with_windows()).await;
    drop(auth.interact(need(), Some(Prompt::SelectAccount)));
    assert_eq!(
        msal.request_json("acquireTokenPopup"),
        r#"{"scopes":["https://graph.microsoft.com/AuditLog.Read.All"],"prompt":"select_account","#.to_owned()
            + r#""overrideInteractionInProgress":true}"#
    );
    drop(auth.interact(need(), Some(Prompt::Consent)));
    let request = msal.request_json("acquireTokenPopup");
    assert!(request.contains("ada@contoso.example") && request.contains(r#""prompt":"consent""#), "{request}");
}

#[wasm_bindgen_test]
async fn a_finished_window_decides_the_account() {
    let msal = FakeMsal::install();
    let (ada, guest) = (ada(), account("ada.contoso", FABRIKAM, "ada@contoso.example"));
    msal.knows(&[ada.clone(), guest.clone()]).answer("acquireTokenPopup", resolved(&guest, "t"));
    let auth = msal.start(&with_windows()).await;
    assert_eq!(auth.account(), None, "of two accounts none is picked");

    let account = auth.interact(need(), None).await.expect("the fake signs in");
    assert_eq!((account.username.as_str(), account.tenant_id.as_str()), ("ada@contoso.example", FABRIKAM));
    assert_eq!(auth.account(), Some(account.clone()));
    let mismatch = auth.tenant_mismatch().expect("a guest's other tenant is told apart");
    assert_eq!((mismatch.expected.as_str(), mismatch.found.as_str()), (CONTOSO, FABRIKAM));

    let others: Vec<String> =
        auth.accounts().into_iter().map(|other| other.id).filter(|id| *id != account.id).collect();
    assert_eq!(others.len(), 1, "the same person in two tenants is two accounts");
    auth.select(&others[0]).expect("it is known");
    assert!(Object::is(&msal.active(), &ada));
    assert_eq!(auth.tenant_mismatch(), None);
    assert_eq!(auth.select("nobody/nowhere"), None);
    assert!(Object::is(&msal.active(), &ada), "an unknown id changes nothing");
}

#[wasm_bindgen_test]
async fn exceptions_become_errors_that_name_who_must_act() {
    let msal = FakeMsal::install();
    let auth = msal.uses(&ada()).start(&with_windows()).await;
    let consent = error(
        "InteractionRequiredAuthError",
        &[
            ("errorCode", "invalid_grant".into()),
            ("subError", "consent_required".into()),
            ("errorNo", 65001.into()),
            ("correlationId", "c-7".into()),
        ],
    );
    msal.answer("acquireTokenSilent", rejected(&consent));
    assert_eq!(
        auth.silent(&need()).await,
        Err(AuthError::ConsentRequired {
            scopes: need().scopes,
            code: "AADSTS65001".to_owned(),
            correlation_id: "c-7".to_owned()
        })
    );
    let challenged = error(
        "InteractionRequiredAuthError",
        &[("errorCode", "interaction_required".into()), ("errorNo", "50076".into()), ("claims", "{}".into())],
    );
    msal.answer("acquireTokenSilent", rejected(&challenged));
    assert_eq!(
        auth.silent(&need()).await,
        Err(AuthError::InteractionRequired {
            code: "AADSTS50076".to_owned(),
            claims: Some("{}".to_owned()),
            correlation_id: String::new()
        })
    );
    // Some calls throw instead of rejecting.
    let blocked = error("BrowserAuthError", &[("errorCode", "popup_window_error".into())]);
    msal.answer("acquireTokenPopup", Err(blocked));
    assert_eq!(auth.interact(need(), None).await, Err(AuthError::PopupBlocked));
    // And a bug is an exception too.
    msal.answer("acquireTokenSilent", Err(error("TypeError", &[("message", "x is not a function".into())])));
    assert_eq!(
        auth.silent(&need()).await,
        Err(AuthError::Other {
            code: "TypeError".to_owned(),
            detail: "x is not a function".to_owned(),
            correlation_id: String::new()
        })
    );
    msal.answer("acquireTokenSilent", Err(JsValue::from_str("just text")));
    let expected =
        AuthError::Other { code: "unknown".to_owned(), detail: String::new(), correlation_id: String::new() };
    assert_eq!(auth.silent(&need()).await, Err(expected));
}

#[wasm_bindgen_test]
async fn another_tab_does_not_change_whose_token_this_one_gets() {
    let msal = FakeMsal::install();
    let (ada, bob) = (ada(), account("bob.fabrikam", FABRIKAM, "bob@fabrikam.example"));
    let auth = msal.uses(&ada).answer("acquireTokenSilent", resolved(&ada, "t")).start(&settings()).await;
    msal.uses(&bob);
    auth.silent(&need()).await.expect("the fake has one");
    assert!(msal.request_json("acquireTokenSilent").contains("ada@contoso.example"));
    assert_eq!(auth.account().map(|account| account.username).as_deref(), Some("ada@contoso.example"));

    let msal = FakeMsal::install();
    let auth = msal.start(&settings()).await;
    msal.uses(&bob);
    let error = auth.silent(&need()).await.expect_err("nobody signed in here");
    assert!(matches!(error, AuthError::InteractionRequired { code, .. } if code == "no_account_error"));
    assert_eq!(msal.request("acquireTokenSilent"), None);
}

#[wasm_bindgen_test]
async fn a_challenge_goes_on_to_the_person() {
    let msal = FakeMsal::install();
    let auth = msal.uses(&ada()).start(&with_windows()).await;
    let revoked = error("ServerError", &[("errorCode", "invalid_grant".into()), ("errorNo", 50173.into())]);
    msal.answer("acquireTokenSilent", rejected(&revoked));
    let challenged = TokenNeed { claims: Some(r#"{"access_token":{}}"#.to_owned()), ..need() };
    let error = auth.silent(&challenged).await.expect_err("the fake refuses");
    let AuthError::InteractionRequired { claims, .. } = error else { panic!("the person must act: {error}") };
    assert_eq!(claims, challenged.claims);
    drop(auth.interact(TokenNeed { claims, ..need() }, None));
    assert!(msal.request_json("acquireTokenPopup").contains(r#""claims":"{\"access_token\":{}}""#));
}

#[wasm_bindgen_test]
async fn forgetting_leaves_no_account_and_the_page_where_it_is() {
    let msal = FakeMsal::install();
    let auth = msal.uses(&ada()).start(&settings()).await;
    auth.forget().await.expect("the fake forgets");
    assert_eq!(msal.request_json("clearCache"), "{}", "no account named: all of them");
    assert_eq!((auth.account(), msal.active(), msal.request("logoutRedirect")), (None, JsValue::NULL, None));
}

#[wasm_bindgen_test]
async fn a_redirect_that_came_back_is_told_once() {
    let msal = FakeMsal::install();
    let ada = ada();
    msal.answer("handleRedirectPromise", resolved(&ada, "t"));
    let auth = msal.start(&settings()).await;
    let account = auth.returned().expect("there was a redirect").expect("it went well");
    assert_eq!(account.username, "ada@contoso.example");
    assert_eq!(auth.returned(), None);
    assert!(Object::is(&msal.active(), &ada));
}

#[wasm_bindgen_test]
async fn a_refused_redirect_names_the_scopes_it_asked_for() {
    let msal = FakeMsal::install();
    drop(msal.start(&settings()).await.interact(need(), None));
    // The page unloads here, and comes back.
    let refused = error(
        "ServerError",
        &[("errorCode", "access_denied".into()), ("errorMessage", "AADSTS90094: Admins only.".into())],
    );
    msal.answer("handleRedirectPromise", rejected(&refused));
    let auth = msal.start(&settings()).await;
    assert_eq!(
        auth.returned(),
        Some(Err(AuthError::AdminConsentRequired {
            scopes: need().scopes,
            code: "AADSTS90094".to_owned(),
            correlation_id: String::new()
        }))
    );
    let consent = auth.admin_consent(&need().scopes).expect("the settings are ready");
    assert_eq!(consent.url, format!("https://login.microsoftonline.com/{CONTOSO}/adminconsent?client_id={CLIENT}"));
}

#[wasm_bindgen_test]
async fn signing_out_lasts_until_the_next_sign_in() {
    let msal = FakeMsal::install();
    let ada = ada();
    let auth = msal.knows(std::slice::from_ref(&ada)).start(&settings()).await;
    assert!(auth.account().is_some(), "the only account is used");
    auth.sign_out().await.expect("the fake signs out");
    assert!(msal.request_json("logoutRedirect").contains("ada@contoso.example"));

    msal.uses(&JsValue::NULL);
    let auth = msal.start(&settings()).await;
    assert_eq!(auth.account(), None, "nobody is signed in again by themselves");

    msal.answer("handleRedirectPromise", resolved(&ada, "t"));
    msal.start(&settings()).await;
    msal.uses(&JsValue::NULL).answer("handleRedirectPromise", Ok(js_sys::Promise::resolve(&JsValue::NULL).into()));
    assert!(msal.start(&settings()).await.account().is_some(), "after a sign-in the only account is used again");
}

#[wasm_bindgen_test]
async fn sign_out_leaves_no_state_in_the_address() {
    let window = web_sys::window().expect("these tests run in a page");
    let history = window.history().expect("a page has a history");
    let before = window.location().href().expect("a page has an address");
    history.replace_state_with_url(&"kept".into(), "", Some("?a=1&state=abc#/sign-ins?b=2")).expect("same origin");
    FakeMsal::install().start(&settings()).await;
    let (search, hash) = (window.location().search(), window.location().hash());
    let state = history.state();
    history.replace_state_with_url(&JsValue::NULL, "", Some(&before)).expect("same origin");
    assert_eq!((search.as_deref(), hash.as_deref()), (Ok("?a=1"), Ok("#/sign-ins?b=2")));
    assert_eq!(state, Ok("kept".into()));
}

#[wasm_bindgen_test]
async fn changed_settings_are_kept_in_this_browser() {
    FakeMsal::install();
    let host = host("page", false);
    let pasted = Settings { client_id: CLIENT.to_uppercase(), ..with_windows() };
    let saved = load::save(&host, &settings(), &pasted).expect("they are valid");
    assert_eq!((saved.settings, saved.is_remembered), (with_windows(), true));
    assert_eq!(
        host.storage(Area::Local).read("settings"),
        Ok(Some(r#"{"version":1,"settings":{"interaction":"popup"}}"#.to_owned()))
    );
    assert_eq!(host.storage(Area::Session).read("settings"), Ok(None));

    // config.json is out of reach in this test, which is said and changes nothing else.
    let loaded = load::load(&host).await;
    assert_eq!(loaded.settings, Settings { interaction: Interaction::Popup, ..Settings::default() });
    assert_eq!(loaded.problems, [gatebook::settings::SettingsError::Unreadable { status: 0 }]);

    load::save(&host, &settings(), &settings()).expect("they are valid");
    assert_eq!(host.storage(Area::Local).read("settings"), Ok(None), "no difference, nothing kept");
}
