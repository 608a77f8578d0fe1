//! Signing in, switching and wiping as the interface does it, with a made-up MSAL and made-up workers.
#![cfg(target_arch = "wasm32")]

#[allow(dead_code, reason = "another test file needs the rest of it")]
mod fake_msal;
#[allow(dead_code, reason = "another test file needs the rest of it")]
mod fake_worker;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use engine::{
    clouds::CLOUDS,
    ports::{AuthError, BudgetState, Others, TokenNeed},
    protocol::{Answer, Event, EventBody, FromWorker, LoadStatus, Phase, RequestBody, Source, TimeRange},
};
use fake_msal::{CLIENT, CONTOSO, FABRIKAM, FakeMsal, account, error, rejected, resolved, settings};
use fake_worker::{Mount, holding, mount, mount_with, settled, shown, shown_with, until};
use gatebook::{
    settings::{Interaction, Settings},
    state::{notice::Action, route::Route},
};
use js_sys::{Function, Promise};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// A promise with the function that keeps it.
fn promised() -> (Promise, Function, Function) {
    let kept = Rc::new(RefCell::new(None));
    let keep = kept.clone();
    let promise = Promise::new(&mut move |resolve, reject| drop(keep.replace(Some((resolve, reject)))));
    let (resolve, reject) = kept.take().expect("a promise hands its functions out at once");
    (promise, resolve, reject)
}

fn ada() -> JsValue {
    account("ada.contoso", CONTOSO, "ada@contoso.example")
}

fn with_windows() -> Settings {
    Settings { interaction: Interaction::Popup, ..settings() }
}

fn result_of(answer: Result<JsValue, JsValue>) -> JsValue {
    // `resolved` wraps the result in a promise; a promise may be kept with another one.
    answer.expect("it is no exception")
}

#[wasm_bindgen_test]
async fn a_token_never_reaches_the_rows_of_another_account() {
    let msal = FakeMsal::install();
    let (ada, bob) = (ada(), account("bob.fabrikam", FABRIKAM, "bob@fabrikam.example"));
    msal.knows(&[ada.clone(), bob.clone()]).uses(&ada);
    let (token, keep, _) = promised();
    msal.answer("acquireTokenSilent", Ok(token.into()));
    let Mount { app, workers, _handle } = mount(&settings(), false).await;
    until(|| app.dataset.get_untracked().is_some()).await;
    let of_ada = app.dataset.get_untracked().expect("it is open").id;
    let first = workers.borrow()[0].clone();
    first.needs_a_token();
    settled().await;

    let other = app.other_accounts().into_iter().next().expect("two accounts are known");
    app.use_account(&other.id);
    until(|| app.dataset.get_untracked().is_some_and(|dataset| dataset.id != of_ada)).await;
    let of_bob = app.dataset.get_untracked().expect("it is open").id;
    assert!(of_ada.0.starts_with(&format!("tenant:global:{CONTOSO}:ada.contoso")), "{of_ada:?}");
    assert!(of_bob.0.starts_with(&format!("tenant:global:{FABRIKAM}:bob.fabrikam")), "{of_bob:?}");
    assert!(first.is_ended.get(), "the rows of the first account are gone");

    keep.call1(&JsValue::NULL, &result_of(resolved(&ada, "ada's token"))).expect("it takes a value");
    settled().await;
    let second = workers.borrow()[1].clone();
    assert_eq!((first.tokens(), second.tokens()), (0, 0), "nobody who is there asked for it");

    msal.answer("acquireTokenSilent", resolved(&bob, "bob's token"));
    second.needs_a_token();
    settled().await;
    assert_eq!(second.tokens(), 1);
    assert!(msal.request_json("acquireTokenSilent").contains("bob@fabrikam.example"));
}

#[wasm_bindgen_test]
async fn the_first_sign_in_asks_for_what_the_report_in_view_needs() {
    let msal = FakeMsal::install();
    let Mount { app, _handle, .. } = mount(&settings(), false).await;
    app.sign_in_from_start();
    let scopes = |names: [&str; 2]| names.map(|name| format!(r#""https://graph.microsoft.com/{name}""#)).join(",");
    let request = msal.request_json("acquireTokenRedirect");
    assert!(request.contains(&scopes(["User.Read", "AuditLog.Read.All"])), "{request}");

    app.route.set(Route::parse("#/attribute-audits"));
    let route = app.route.get_untracked();
    app.act(&Action::SignIn { claims: None }, route.report());
    let request = msal.request_json("acquireTokenRedirect");
    assert!(request.contains(&scopes(["User.Read", "CustomSecAttributeAuditLogs.Read.All"])), "{request}");
}

#[wasm_bindgen_test]
async fn a_challenge_and_a_consent_go_to_the_sign_in_page_as_they_are() {
    let msal = FakeMsal::install();
    msal.uses(&ada());
    let Mount { app, _handle, .. } = mount(&settings(), false).await;
    let route = Route::parse("#/attribute-audits");
    let claims = r#"{"access_token":{"nbf":{"essential":true}}}"#.to_owned();
    app.act(&Action::SignIn { claims: Some(claims) }, route.report());
    let request = msal.request_json("acquireTokenRedirect");
    assert!(request.contains(r#""claims":"{\"access_token\":{\"nbf\":{\"essential\":true}}}""#), "{request}");
    assert!(request.contains("CustomSecAttributeAuditLogs.Read.All") && !request.contains("User.Read"), "{request}");

    app.act(&Action::Consent { scopes: vec!["Policy.Read.ConditionalAccess".to_owned()] }, route.report());
    let request = msal.request_json("acquireTokenRedirect");
    assert!(request.contains(r#""scopes":["https://graph.microsoft.com/Policy.Read.ConditionalAccess"]"#), "{request}");
    assert!(!request.contains("claims"), "{request}");
}

#[wasm_bindgen_test]
async fn of_two_windows_only_the_latest_says_how_it_ended() {
    let msal = FakeMsal::install();
    let Mount { app, _handle, .. } = mount(&with_windows(), false).await;
    let (first, _, end) = promised();
    msal.answer("acquireTokenPopup", Ok(first.into()));
    app.sign_in_from_start();
    assert!(app.window.get_untracked().is_some(), "the window is said to be open");

    let (second, finish, _) = promised();
    msal.answer("acquireTokenPopup", Ok(second.into()));
    app.open_window_again();
    let cancelled = error("BrowserAuthError", &[("errorCode", "interaction_in_progress_cancelled".into())]);
    end.call1(&JsValue::NULL, &cancelled).expect("it takes a value");
    settled().await;
    assert_eq!(app.notice.get_untracked(), None, "the first window was given up on purpose");
    assert!(app.window.get_untracked().is_some(), "the second is still open");

    finish.call1(&JsValue::NULL, &result_of(resolved(&ada(), "t"))).expect("it takes a value");
    until(|| app.account.get_untracked().is_some()).await;
    assert_eq!((app.window.get_untracked(), app.notice.get_untracked()), (None, None));
    until(|| app.dataset.get_untracked().is_some()).await;
}

#[wasm_bindgen_test]
async fn a_lost_window_gives_way_to_this_tab() {
    let msal = FakeMsal::install();
    let Mount { app, _handle, .. } = mount(&with_windows(), false).await;
    let (window, _, _) = promised();
    msal.answer("acquireTokenPopup", Ok(window.into()));
    app.sign_in_from_start();
    let storage = window_storage();
    storage.set_item("msal.interaction.status", "{}").expect("it takes items");
    let (left, _, _) = promised();
    msal.answer("acquireTokenRedirect", Ok(left.into()));
    app.sign_in_here();
    assert_eq!(storage.get_item("msal.interaction.status"), Ok(None), "MSAL would refuse while it waits for a window");
    assert!(msal.request_json("acquireTokenRedirect").contains("AuditLog.Read.All"));
    assert_eq!(app.window.get_untracked(), None);
}

#[wasm_bindgen_test]
async fn what_failed_at_the_sign_in_page_is_offered_once_more() {
    let msal = FakeMsal::install();
    msal.uses(&ada());
    let Mount { app, _handle, .. } = mount(&with_windows(), false).await;
    let blocked = error("BrowserAuthError", &[("errorCode", "popup_window_error".into())]);
    msal.answer("acquireTokenPopup", rejected(&blocked));
    let scopes = vec!["Policy.Read.ConditionalAccess".to_owned()];
    app.act(&Action::Consent { scopes: scopes.clone() }, None);
    until(|| app.notice.get_untracked().is_some()).await;
    let notice = app.notice.get_untracked().expect("it failed");
    assert!(notice.at.is_some());
    assert_eq!(notice.action, Some(Action::Ask(TokenNeed { scopes, claims: None, force: false })));

    let refused = AuthError::AdminConsentRequired {
        scopes: vec!["AuditLog.Read.All".to_owned()],
        code: "AADSTS90094".to_owned(),
        correlation_id: String::new(),
    };
    let copies = app.notice_of_auth(&refused).copies;
    let texts: Vec<&str> = copies.iter().map(|(_, text)| text.as_str()).collect();
    let [request, link] = texts.as_slice() else { panic!("{texts:?}") };
    assert!(request.contains(*link) && link.contains(&format!("/{CONTOSO}/adminconsent?client_id=")), "{texts:?}");
}

#[wasm_bindgen_test]
async fn a_refused_consent_is_told_when_the_page_comes_back() {
    let msal = FakeMsal::install();
    window_storage().set_item("gatebook:/app/::asked-scopes", "Policy.Read.ConditionalAccess").expect("it takes items");
    let refused = error(
        "ServerError",
        &[("errorCode", "access_denied".into()), ("errorMessage", "AADSTS90094: Admins only.".into())],
    );
    msal.uses(&ada()).answer("handleRedirectPromise", rejected(&refused));
    let Mount { app, _handle, .. } = mount(&settings(), false).await;
    until(|| app.dataset.get_untracked().is_some()).await;
    let notice = app.notice.get_untracked().expect("the account is open, and the refusal is still told");
    assert_eq!(notice.code.as_deref(), Some("AADSTS90094"));
    assert!(notice.detail.contains("Policy.Read.ConditionalAccess"), "{}", notice.detail);
    assert_eq!(notice.copies.len(), 2);
    let scopes = vec!["Policy.Read.ConditionalAccess".to_owned()];
    assert_eq!(notice.action, Some(Action::Ask(TokenNeed { scopes, claims: None, force: false })));
}

#[wasm_bindgen_test]
async fn an_account_of_another_tenant_is_told() {
    let msal = FakeMsal::install();
    msal.uses(&account("bob.fabrikam", FABRIKAM, "bob@fabrikam.example"));
    let Mount { app, _handle, .. } = mount(&settings(), false).await;
    let mismatch = untrack(|| app.tenant_mismatch()).expect("they differ");
    assert_eq!((mismatch.expected.as_str(), mismatch.found.as_str()), (CONTOSO, FABRIKAM));
}

#[wasm_bindgen_test]
async fn wiping_leaves_no_account_no_worker_and_no_key() {
    let msal = FakeMsal::install();
    msal.uses(&ada());
    let Mount { app, workers, _handle } = mount(&settings(), false).await;
    until(|| app.dataset.get_untracked().is_some()).await;
    let storage = window_storage();
    storage.set_item("msal.token.keys", "[]").expect("it takes items");
    app.forget_everything().await;
    assert_eq!(msal.request_json("clearCache"), "{}", "no account named: all of them");
    assert!(workers.borrow().iter().all(|worker| worker.is_ended.get()));
    assert_eq!((app.account.get_untracked(), app.dataset.get_untracked()), (None, None));
    let local = window().local_storage().ok().flatten().expect("a page has storage");
    assert_eq!((storage.length(), local.length()), (Ok(0), Ok(0)));
}

#[wasm_bindgen_test]
async fn other_settings_end_what_is_still_being_opened() {
    let msal = FakeMsal::install();
    msal.knows(&[ada(), account("bob.fabrikam", FABRIKAM, "bob@fabrikam.example")]);
    let (answers, slot) = holding(|body| matches!(body, RequestBody::Open(_)));
    let Mount { app, workers, _handle } = mount_with(&settings(), false, answers).await;
    slot.replace(workers.clone());
    app.use_account(&untrack(|| app.other_accounts())[0].id);
    until(|| workers.borrow().first().is_some_and(|worker| !worker.asked.borrow().is_empty())).await;
    let worker = workers.borrow()[0].clone();
    msal.uses(&JsValue::NULL);
    app.change_settings(&Settings { tenant: FABRIKAM.to_owned(), ..settings() }).expect("it is a tenant's id");
    assert!(worker.is_ended.get(), "nobody is signed in");
    worker.answer(Ok(Answer::Done));
    settled().await;
    assert_eq!((app.dataset.get_untracked(), app.notice.get_untracked()), (None, None));
    assert!(!app.is_opening.get_untracked());
}

#[wasm_bindgen_test]
async fn whoever_is_signed_in_is_not_asked_to_sign_in_while_rows_are_on_their_way() {
    let msal = FakeMsal::install();
    msal.uses(&ada());
    let (answers, slot) = holding(|body| matches!(body, RequestBody::Open(_)));
    let shown = shown_with(&settings(), "#/", answers).await;
    slot.replace(shown.workers.clone());
    until(|| shown.workers.borrow().first().is_some_and(|worker| !worker.asked.borrow().is_empty())).await;
    let text = || shown.element.text_content().unwrap_or_default();
    until(|| text().contains("Opening…")).await;
    assert!(shown.button("Sign in with Microsoft").is_none(), "{}", text());
    shown.workers.borrow()[0].answer(Ok(Answer::Done));
    until(|| !text().contains("Opening…")).await;
}

#[wasm_bindgen_test]
async fn a_page_that_goes_while_its_worker_starts_takes_it_along() {
    let msal = FakeMsal::install();
    msal.knows(&[ada(), account("bob.fabrikam", FABRIKAM, "bob@fabrikam.example")]);
    let (answers, slot) = holding(|body| matches!(body, RequestBody::Open(_)));
    let Mount { app, workers, _handle } = mount_with(&settings(), false, answers).await;
    slot.replace(workers.clone());
    app.use_account(&untrack(|| app.other_accounts())[0].id);
    until(|| workers.borrow().first().is_some_and(|worker| !worker.asked.borrow().is_empty())).await;
    let worker = workers.borrow()[0].clone();
    drop(_handle);
    assert!(worker.is_ended.get());
    let is_going_on = Rc::new(Cell::new(false));
    let noted = is_going_on.clone();
    // What waited for the worker hears that it is gone; a panic there would end everything that comes after it.
    settled().await;
    leptos::task::spawn_local(async move { noted.set(true) });
    until(|| is_going_on.get()).await;
}

#[wasm_bindgen_test]
async fn nobody_signs_in_inside_a_foreign_frame() {
    let msal = FakeMsal::install();
    let Mount { app, _handle, .. } = mount(&settings(), true).await;
    app.sign_in_from_start();
    settled().await;
    let notice = app.notice.get_untracked().expect("it is said");
    assert!(notice.detail.contains("frame"), "{}", notice.detail);
    assert_eq!(msal.request("acquireTokenRedirect"), None);
    assert_eq!(msal.request("createStandardPublicClientApplication"), None);
}

#[wasm_bindgen_test]
async fn back_from_the_sign_in_page_the_report_loads_by_itself_and_a_challenge_is_one_press_away() {
    let msal = FakeMsal::install();
    msal.answer("handleRedirectPromise", resolved(&ada(), "t"));
    let shown = shown(&settings(), "#/attribute-audits?range=3d").await;
    until(|| !shown.loads().is_empty()).await;
    let (key, scope) = shown.loads().remove(0);
    assert_eq!(key.report.definition().slug, "attribute-audits");
    assert_eq!(scope.range, TimeRange::LastHours(72));

    let claims = r#"{"access_token":{"nbf":{"essential":true}}}"#.to_owned();
    shown.needs_person(AuthError::InteractionRequired {
        code: "AADSTS50173".to_owned(),
        claims: Some(claims),
        correlation_id: "c-1".to_owned(),
    });
    shown.press("Continue").await;
    let request = msal.request_json("acquireTokenRedirect");
    assert!(request.contains(r#""claims":"{\"access_token\":{\"nbf\":{\"essential\":true}}}""#), "{request}");
    let text = shown.element.text_content().unwrap_or_default();
    assert!(text.contains("AADSTS50173") && text.contains("c-1"), "{text}");
}

#[wasm_bindgen_test]
async fn the_worker_knows_whose_limit_it_uses_and_what_is_looked_at_and_somebody_else_is_named() {
    let msal = FakeMsal::install();
    msal.answer("handleRedirectPromise", resolved(&ada(), "t"));
    let shown = shown(&settings(), "#/attribute-audits").await;
    until(|| !shown.loads().is_empty()).await;
    let (key, scope) = shown.loads().remove(0);
    let worker = shown.workers.borrow()[0].clone();
    let bodies: Vec<RequestBody> = worker.asked.borrow().iter().map(|request| request.body.clone()).collect();
    let source = Source::Graph { cloud: &CLOUDS[0], app: CLIENT.to_owned(), tenant: CONTOSO.to_owned() };
    let load = RequestBody::Load { key: key.clone(), scope: scope.clone() };
    assert_eq!(bodies, [RequestBody::Open(source), RequestBody::Look { key: key.clone() }, load]);

    let others = Some(Others { left: 2, until: 0 });
    let budget = Some(BudgetState { used: 1, limit: 5, window_secs: 10, others });
    let status = LoadStatus { budget, ..LoadStatus::new(key, scope) };
    let dataset = worker.asked.borrow()[0].dataset.clone();
    let tell = |phase| {
        let body = EventBody::Load(LoadStatus { phase, ..status.clone() });
        worker.say(&FromWorker::Event(Event { dataset: dataset.clone(), body }));
    };
    let is_named = || {
        let text = shown.element.text_content().unwrap_or_default();
        text.contains("Someone else uses this app registration") && text.contains("2 left")
    };
    tell(Phase::Loading);
    until(is_named).await;
    tell(Phase::Complete);
    until(|| !is_named()).await;
}

#[wasm_bindgen_test]
async fn consent_in_a_window_lets_the_load_go_on() {
    let msal = FakeMsal::install();
    msal.uses(&ada());
    let shown = shown(&with_windows(), "#/attribute-audits").await;
    until(|| shown.loads().len() == 1).await;
    let scopes = vec!["CustomSecAttributeAuditLogs.Read.All".to_owned()];
    shown.needs_person(AuthError::ConsentRequired { scopes, code: String::new(), correlation_id: String::new() });
    let (window, finish, _) = promised();
    msal.answer("acquireTokenPopup", Ok(window.into()));
    shown.press("Continue to consent").await;
    let request = msal.request_json("acquireTokenPopup");
    assert!(
        request.contains(r#""scopes":["https://graph.microsoft.com/CustomSecAttributeAuditLogs.Read.All"]"#),
        "{request}"
    );
    until(|| shown.button("Open again").is_some() && shown.button("Use this tab instead").is_some()).await;
    assert_eq!(shown.loads().len(), 1, "nothing goes on before the person has decided");

    finish.call1(&JsValue::NULL, &result_of(resolved(&ada(), "t"))).expect("it takes a value");
    until(|| shown.loads().len() == 2).await;
    assert_eq!(shown.loads()[0], shown.loads()[1]);
    until(|| shown.button("Open again").is_none()).await;
}

#[wasm_bindgen_test]
async fn an_unreachable_sign_in_service_is_tried_again_without_leaving_the_page() {
    let msal = FakeMsal::install();
    msal.uses(&ada());
    let shown = shown(&settings(), "#/directory-audits").await;
    until(|| shown.loads().len() == 1).await;
    shown.needs_person(AuthError::Unreachable { code: "post_request_failed".to_owned() });
    shown.press("Try again").await;
    until(|| shown.loads().len() == 2).await;
    assert_eq!(msal.request("acquireTokenRedirect"), None);
}

fn window_storage() -> web_sys::Storage {
    window().session_storage().ok().flatten().expect("a page has storage")
}
