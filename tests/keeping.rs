//! Keeping rows on this device as the interface does it, with a made-up MSAL and made-up workers, and the browser's own keys.
#![cfg(target_arch = "wasm32")]

#[allow(dead_code, reason = "another test file needs the rest of it")]
mod fake_msal;
#[allow(dead_code, reason = "another test file needs the rest of it")]
mod fake_worker;

use std::{cell::Cell, rc::Rc};

use engine::{
    cache::kept_prefix,
    ports::{Millis, Vault},
    protocol::{Answer, Event, EventBody, FromWorker, KeepError, KeptStatus, QueryError, RequestBody},
};
use fake_msal::{CONTOSO, FABRIKAM, FakeMsal, account, settings};
use fake_worker::{Answers, FakeWorker, Mount, Shown, holding, mount, mount_with, settled, shown, shown_with, until};
use gatebook::{
    host::origin::KeepingRefused,
    platform::{
        kept,
        vault::{self, BrowserVault},
    },
    settings::Settings,
    state::{
        app_state::AppState,
        notice::{Action, Notice},
        preferences::{Density, Theme},
    },
};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// 2026-12-02T14:00:00Z
const UNTIL: Millis = 1_796_220_000_000;

fn ada() -> JsValue {
    account("ada.contoso", CONTOSO, "ada@contoso.example")
}

fn bob() -> JsValue {
    account("bob.fabrikam", FABRIKAM, "bob@fabrikam.example")
}

/// Nothing is kept, and Ada is signed in.
async fn fresh() -> FakeMsal {
    vault::forget_all(|_, _| true).await.expect("a browser under test keeps keys");
    let msal = FakeMsal::install();
    msal.knows(&[ada()]).uses(&ada());
    msal
}

/// Opens the tenant once and turns keeping on, as a person does on the settings page.
async fn turn_on() {
    let Mount { app, workers, _handle } = mount(&settings(), false).await;
    until(|| app.dataset.get_untracked().is_some()).await;
    assert!(!untrack(|| app.is_keeping()), "it is off by default");
    app.keep(true);
    until(|| asked(&workers.borrow()[0]).contains(&RequestBody::Keep { is_on: true })).await;
    assert!(untrack(|| app.is_keeping()));
}

fn asked(worker: &FakeWorker) -> Vec<RequestBody> {
    worker.asked.borrow().iter().map(|request| request.body.clone()).collect()
}

fn is_about_keeping(body: &RequestBody) -> bool {
    matches!(body, RequestBody::Reopen | RequestBody::Keep { .. })
}

/// A worker that has something to give back, or why not.
fn reopening(outcome: Result<(), KeepError>) -> Answers {
    Rc::new(move |body| match body {
        RequestBody::Reopen => match outcome.clone() {
            Ok(()) => Ok(Answer::Reopened { rows: Vec::new(), failed: Vec::new() }),
            Err(error) => Err(QueryError::Keep(error)),
        },
        _ => Ok(Answer::Done),
    })
}

fn tell(worker: &FakeWorker, trouble: Option<KeepError>) {
    let dataset = worker.asked.borrow()[0].dataset.clone();
    let body = EventBody::Kept(KeptStatus { bytes: 212_000_000, rows: 298_603, until: UNTIL, trouble });
    worker.say(&FromWorker::Event(Event { dataset, body }));
}

fn text(shown: &Shown) -> String {
    shown.element.text_content().unwrap_or_default()
}

/// The words of what has the focus.
fn focused() -> String {
    document().active_element().and_then(|element| element.text_content()).unwrap_or_default()
}

async fn keys() -> Vec<String> {
    vault::list().await.expect("they can be listed").into_iter().map(|(name, _)| name).collect()
}

/// The name of the key of the open dataset.
fn own_key(app: AppState) -> String {
    kept_prefix(&app.dataset.get_untracked().expect("something is open").id)
}

#[wasm_bindgen_test]
async fn what_is_kept_is_back_before_graph_is_asked_for_anything() {
    let _msal = fresh().await;
    turn_on().await;
    let shown = shown_with(&settings(), "#/attribute-audits", reopening(Ok(()))).await;
    until(|| !shown.loads().is_empty()).await;
    let bodies = asked(&shown.workers.borrow()[0]);
    let place = |wanted: &RequestBody| bodies.iter().position(|body| body == wanted).expect("it was asked");
    let load = bodies.iter().position(|body| matches!(body, RequestBody::Load { .. })).expect("it was asked");
    assert!(place(&RequestBody::Reopen) < place(&RequestBody::Keep { is_on: true }), "{bodies:?}");
    assert!(place(&RequestBody::Keep { is_on: true }) < load, "{bodies:?}");
    assert!(!text(&shown).contains("kept rows"), "nothing went wrong, and nothing is said");
}

/// A mount that is about to keep Ada's rows, and whose worker is reading what it kept.
async fn reopening_now() -> (Mount, FakeWorker) {
    let msal = fresh().await;
    turn_on().await;
    msal.knows(&[ada(), bob()]).uses(&JsValue::NULL);
    let (answers, slot) = holding(|body| *body == RequestBody::Reopen);
    let mount = mount_with(&settings(), false, answers).await;
    slot.replace(mount.workers.clone());
    mount.app.use_account(&untrack(|| mount.app.other_accounts())[0].id);
    let workers = mount.workers.clone();
    until(|| workers.borrow().first().is_some_and(|worker| asked(worker).contains(&RequestBody::Reopen))).await;
    let worker = workers.borrow()[0].clone();
    (mount, worker)
}

#[wasm_bindgen_test]
async fn another_tab_s_choice_outlasts_a_press_for_something_else() {
    let _msal = fresh().await;
    // Both are there before anybody chooses, as two tabs are.
    let one = mount(&settings(), false).await;
    let other = mount(&settings(), false).await;
    until(|| one.app.dataset.get_untracked().is_some() && other.app.dataset.get_untracked().is_some()).await;
    one.app.keep(true);
    other.app.prefer(|now| now.theme = Theme::Dark);
    one.app.prefer(|now| now.density = Density::Comfortable);
    let later = mount(&settings(), false).await;
    assert!(untrack(|| later.app.is_keeping()), "it was turned on, and nobody turned it off");
    let preferences = later.app.preferences.get_untracked();
    assert_eq!((preferences.theme, preferences.density), (Theme::Dark, Density::Comfortable));

    one.app.keep(false);
    other.app.prefer(|now| now.theme = Theme::Light);
    let later = mount(&settings(), false).await;
    assert!(!untrack(|| later.app.is_keeping()), "it was turned off, and nobody turned it on");
}

#[wasm_bindgen_test]
async fn a_tab_that_comes_back_from_the_sample_leaves_what_another_one_keeps() {
    let _msal = fresh().await;
    let one = mount(&settings(), false).await;
    let other = mount(&settings(), false).await;
    until(|| one.app.dataset.get_untracked().is_some() && other.app.dataset.get_untracked().is_some()).await;
    let own = own_key(one.app);
    other.app.close();
    one.app.keep(true);
    BrowserVault.make(&own).await.expect("a browser under test keeps keys");
    other.app.leave_sample();
    until(|| other.app.dataset.get_untracked().is_some()).await;
    assert_eq!(keys().await, [own]);
}

#[wasm_bindgen_test]
async fn the_switch_follows_another_tab() {
    let _msal = fresh().await;
    turn_on().await;
    let kept = window().local_storage().ok().flatten().expect("a page has storage");
    let names = (0..kept.length().expect("it has")).filter_map(|at| kept.key(at).ok().flatten());
    let name = names.into_iter().find(|name| name.ends_with("preferences")).expect("the choice is kept");
    let Mount { app, _handle, .. } = mount(&settings(), false).await;
    let is_on = Memo::new(move |_| app.is_keeping());
    assert!(is_on.get_untracked());
    kept.remove_item(&name).expect("it can be removed");
    let event = web_sys::Event::new("storage").expect("a constant name");
    window().dispatch_event(&event).expect("it is no listener's");
    assert!(!is_on.get_untracked());
}

#[wasm_bindgen_test]
async fn switched_off_and_on_again_the_new_key_stays() {
    let _msal = fresh().await;
    turn_on().await;
    let Mount { app, workers, _handle } = mount(&settings(), false).await;
    until(|| app.dataset.get_untracked().is_some()).await;
    let worker = workers.borrow()[0].clone();
    until(|| asked(&worker).contains(&RequestBody::Keep { is_on: true })).await;
    let before = asked(&worker).len();
    BrowserVault.make(&own_key(app)).await.expect("a browser under test keeps keys");
    app.keep(false);
    app.keep(true);
    until(|| asked(&worker).len() == before + 2).await;
    assert_eq!(
        asked(&worker)[before..],
        [RequestBody::Keep { is_on: false }, RequestBody::Keep { is_on: true }],
        "in the order of the presses"
    );
    // What the worker makes when it is told to keep, no deletion of before takes.
    assert_eq!(keys().await, Vec::<String>::new(), "the deletion is over by then");
    assert!(untrack(|| app.is_keeping()));
    assert_eq!(app.keeping.deleted.get_untracked(), None, "more is kept from now on");
}

#[wasm_bindgen_test]
async fn switched_off_while_kept_rows_are_read_nothing_more_is_kept() {
    let (Mount { app, _handle, .. }, worker) = reopening_now().await;
    app.keep(false);
    worker.answer(Ok(Answer::Reopened { rows: Vec::new(), failed: Vec::new() }));
    until(|| app.dataset.get_untracked().is_some()).await;
    let bodies = asked(&worker);
    assert!(!bodies.contains(&RequestBody::Keep { is_on: true }), "{bodies:?}");
    assert!(bodies.contains(&RequestBody::Keep { is_on: false }), "the worker has the files open: {bodies:?}");
}

#[wasm_bindgen_test]
async fn what_an_ended_opening_still_hears_reaches_nobody() {
    let (Mount { app, _handle, .. }, worker) = reopening_now().await;
    app.sign_out();
    assert!(worker.is_ended.get(), "before anything else");
    worker.answer(Err(QueryError::Keep(KeepError::InUse)));
    settled().await;
    assert_eq!((app.notice.get_untracked(), app.keeping.trouble.get_untracked()), (None, None));
    assert_eq!(app.dataset.get_untracked(), None);
}

#[wasm_bindgen_test]
async fn kept_rows_that_end_the_worker_can_be_deleted() {
    let (Mount { app, _handle, .. }, worker) = reopening_now().await;
    worker.die();
    let notice = app.notice.get_untracked().expect("it is said at once");
    assert!(notice.title.contains("kept rows"), "{}", notice.title);
    assert_eq!(notice.action, Some(Action::Settings));
    settled().await;
    assert!(!app.is_opening.get_untracked() && app.dataset.get_untracked().is_none());
}

#[wasm_bindgen_test]
async fn signing_out_waits_for_no_file() {
    let msal = fresh().await;
    turn_on().await;
    let Mount { app, _handle, .. } = mount(&settings(), false).await;
    until(|| app.dataset.get_untracked().is_some()).await;
    BrowserVault.make(&own_key(app)).await.expect("a browser under test keeps keys");
    let make =
        "return navigator.storage.getDirectory().then(root => root.getDirectoryHandle('gatebook', { create: true }))
        .then(folder => folder.getFileHandle(name, { create: true }))";
    let made = js_sys::Function::new_with_args("name", make).call1(&JsValue::NULL, &"kept-0123456789abcdef-a".into());
    let made: js_sys::Promise = made.expect("a browser under test keeps files").unchecked_into();
    wasm_bindgen_futures::JsFuture::from(made).await.expect("a browser under test keeps files");
    // A browser that never comes to an end with it.
    let replace = "const before = FileSystemDirectoryHandle.prototype.removeEntry;
        FileSystemDirectoryHandle.prototype.removeEntry = () => new Promise(() => {});
        return () => { FileSystemDirectoryHandle.prototype.removeEntry = before; }";
    let restore: js_sys::Function =
        js_sys::Function::new_no_args(replace).call0(&JsValue::NULL).expect("it is a method").unchecked_into();
    app.sign_out();
    until(|| msal.request("logoutRedirect").is_some()).await;
    assert_eq!(keys().await, Vec::<String>::new());
    restore.call0(&JsValue::NULL).expect("it was a method");
    kept::delete().await;
}

#[wasm_bindgen_test]
async fn without_the_choice_nothing_is_kept() {
    let _msal = fresh().await;
    let shown = shown(&settings(), "#/attribute-audits").await;
    until(|| !shown.loads().is_empty()).await;
    settled().await;
    let bodies = asked(&shown.workers.borrow()[0]);
    assert!(!bodies.iter().any(is_about_keeping), "{bodies:?}");
    assert_eq!(keys().await, Vec::<String>::new());
}

#[wasm_bindgen_test]
async fn another_tab_has_the_files_and_this_one_works_in_memory() {
    let _msal = fresh().await;
    turn_on().await;
    let Mount { app, workers, _handle } = mount_with(&settings(), false, reopening(Err(KeepError::InUse))).await;
    until(|| app.dataset.get_untracked().is_some()).await;
    let notice = app.notice.get_untracked().expect("it is said");
    assert_eq!(notice, Notice::of_keep(&KeepError::InUse));
    assert_eq!(app.keeping.trouble.get_untracked(), Some(KeepError::InUse));
    assert!(
        !asked(&workers.borrow()[0]).contains(&RequestBody::Keep { is_on: true }),
        "there would be nothing to keep in"
    );
}

#[wasm_bindgen_test]
async fn the_settings_offer_to_start_anew_where_another_tab_has_the_files() {
    let _msal = fresh().await;
    turn_on().await;
    let shown = shown_with(&settings(), "#/settings", reopening(Err(KeepError::InUse))).await;
    let reloads = || {
        let buttons = shown.element.query_selector_all(".setting button").expect("a constant selector");
        (0..buttons.length()).filter_map(|at| buttons.get(at)?.text_content()).filter(|words| words == "Reload").count()
    };
    until(|| reloads() == 1).await;
    assert!(shown.button("Try again").is_none());
}

#[wasm_bindgen_test]
async fn signing_out_leaves_no_key_before_the_page_is_left() {
    let msal = fresh().await;
    turn_on().await;
    let Mount { app, workers, _handle } = mount(&settings(), false).await;
    until(|| app.dataset.get_untracked().is_some()).await;
    BrowserVault.make(&own_key(app)).await.expect("a browser under test keeps keys");
    BrowserVault.make("kept-0123456789abcdef").await.expect("a browser under test keeps keys");
    app.sign_out();
    until(|| msal.request("logoutRedirect").is_some()).await;
    assert_eq!(keys().await, Vec::<String>::new(), "whoever's they were");
    assert!(workers.borrow().iter().all(|worker| worker.is_ended.get()));
}

#[wasm_bindgen_test]
async fn another_account_finds_nothing_and_is_asked_anew() {
    let msal = fresh().await;
    turn_on().await;
    msal.knows(&[ada(), bob()]);
    let Mount { app, workers, _handle } = mount(&settings(), false).await;
    until(|| app.dataset.get_untracked().is_some()).await;
    let of_ada = own_key(app);
    BrowserVault.make(&of_ada).await.expect("a browser under test keeps keys");
    BrowserVault.make("kept-0123456789abcdef").await.expect("a browser under test keeps keys");

    let other = untrack(|| app.other_accounts()).into_iter().next().expect("two accounts are known");
    app.use_account(&other.id);
    until(|| app.dataset.get_untracked().is_some_and(|dataset| kept_prefix(&dataset.id) != of_ada)).await;
    assert_eq!(keys().await, Vec::<String>::new());
    assert!(!untrack(|| app.is_keeping()), "the choice was Ada's");
    assert!(!asked(&workers.borrow()[1]).contains(&RequestBody::Keep { is_on: true }));
}

#[wasm_bindgen_test]
async fn the_same_account_keeps_its_own_and_nothing_of_others() {
    let _msal = fresh().await;
    turn_on().await;
    let own = {
        let Mount { app, _handle, .. } = mount(&settings(), false).await;
        until(|| app.dataset.get_untracked().is_some()).await;
        own_key(app)
    };
    BrowserVault.make(&own).await.expect("a browser under test keeps keys");
    BrowserVault.make("kept-0123456789abcdef").await.expect("a browser under test keeps keys");
    let Mount { app, _handle, .. } = mount(&settings(), false).await;
    until(|| app.dataset.get_untracked().is_some()).await;
    assert_eq!(keys().await, [own]);
}

#[wasm_bindgen_test]
async fn naming_another_tenant_deletes_what_was_kept_of_the_first() {
    let _msal = fresh().await;
    turn_on().await;
    let Mount { app, _handle, .. } = mount(&settings(), false).await;
    until(|| app.dataset.get_untracked().is_some()).await;
    BrowserVault.make(&own_key(app)).await.expect("a browser under test keeps keys");
    app.change_settings(&Settings { tenant: FABRIKAM.to_owned(), ..settings() }).expect("it is a tenant's id");
    for _ in 0..50 {
        settled().await;
        if keys().await.is_empty() {
            return;
        }
    }
    panic!("{:?}", keys().await);
}

#[wasm_bindgen_test]
async fn the_settings_say_what_is_kept_and_delete_it_at_one_press() {
    let _msal = fresh().await;
    turn_on().await;
    let shown = shown(&settings(), "#/settings").await;
    until(|| shown.workers.borrow().first().is_some_and(|worker| asked(worker).len() == 3)).await;
    let worker = shown.workers.borrow()[0].clone();
    assert!(text(&shown).contains("someone who has your whole browser profile"), "what it is not good for is said");
    assert!(shown.button("Delete and stop keeping").is_none(), "nothing is kept yet");
    tell(&worker, None);
    until(|| text(&shown).contains("212 MB on this device: 298\u{202f}603 rows. Kept until Wed")).await;

    assert!(text(&shown).contains("Deleting turns keeping off"));
    shown.press("Delete and stop keeping").await;
    assert_eq!(focused(), "Kept on this device", "the button is of no use any more");
    until(|| asked(&worker).contains(&RequestBody::Keep { is_on: false })).await;
    until(|| text(&shown).contains("Nothing more is kept")).await;
    let switch = shown.element.query_selector("#settings-keeping").expect("a constant selector").expect("it is there");
    assert!(!switch.unchecked_into::<web_sys::HtmlInputElement>().checked());
}

#[wasm_bindgen_test]
async fn what_another_tab_deleted_is_not_said_to_be_kept() {
    let _msal = fresh().await;
    turn_on().await;
    let Mount { app, workers, _handle } = mount(&settings(), false).await;
    until(|| app.dataset.get_untracked().is_some()).await;
    BrowserVault.make(&own_key(app)).await.expect("a browser under test keeps keys");
    tell(&workers.borrow()[0], None);
    app.look_at_kept();
    until(|| app.keeping.found.get_untracked().is_some()).await;
    assert!(app.keeping.status.get_untracked().is_some());

    vault::forget_all(|_, _| true).await.expect("a browser under test keeps keys");
    app.look_at_kept();
    until(|| app.keeping.found.get_untracked().is_none()).await;
    assert_eq!(app.keeping.status.get_untracked(), None);
}

#[wasm_bindgen_test]
async fn a_full_disk_is_said_once_and_tried_again_at_one_press() {
    let _msal = fresh().await;
    turn_on().await;
    let shown = shown(&settings(), "#/settings").await;
    until(|| shown.workers.borrow().first().is_some_and(|worker| asked(worker).len() == 3)).await;
    let worker = shown.workers.borrow()[0].clone();
    tell(&worker, Some(KeepError::Full));
    until(|| shown.button("Try again").is_some()).await;
    assert!(text(&shown).contains("There is no room to keep more rows"));
    let notices = || shown.element.query_selector_all(".notice").expect("a constant selector").length();
    assert_eq!(notices(), 1);
    shown.press("Dismiss").await;
    tell(&worker, Some(KeepError::Full));
    settled().await;
    assert_eq!(notices(), 0, "it was said");
    let before = asked(&worker).len();
    shown.press("Try again").await;
    assert_eq!(focused(), "Kept on this device", "the button goes");
    until(|| asked(&worker).len() > before).await;
    assert_eq!(asked(&worker).last(), Some(&RequestBody::Keep { is_on: true }));
    until(|| shown.button("Try again").is_none()).await;
}

#[wasm_bindgen_test]
async fn a_frame_keeps_nothing_even_when_the_choice_was_made() {
    let _msal = fresh().await;
    turn_on().await;
    let ada = {
        let Mount { app, _handle, .. } = mount(&settings(), false).await;
        app.account.get_untracked().expect("she is signed in")
    };
    let Mount { app, workers, _handle } = mount(&settings(), true).await;
    app.account.set(Some(ada.clone()));
    app.open_tenant(&ada);
    until(|| app.dataset.get_untracked().is_some()).await;
    settled().await;
    let bodies = asked(&workers.borrow()[0]);
    assert!(!bodies.iter().any(is_about_keeping), "{bodies:?}");
    assert_eq!(untrack(|| app.can_keep()), Err(KeepingRefused::Framed));
    assert!(!untrack(|| app.is_keeping()));
}

#[wasm_bindgen_test]
async fn a_start_forgets_what_is_over_before_anybody_signs_in() {
    vault::forget_all(|_, _| true).await.expect("a browser under test keeps keys");
    let _msal = FakeMsal::install();
    let (over, live) = ("kept-00000000000000aa", "kept-00000000000000bb");
    for name in [over, live] {
        let key = BrowserVault.make(name).await.expect("a browser under test keeps keys");
        let until = if name == over { 1 } else { Millis::MAX >> 12 };
        BrowserVault.extend(name, &key, until).await.expect("it is there");
    }
    let Mount { _handle, .. } = mount(&settings(), false).await;
    let is_swept = Rc::new(Cell::new(false));
    for _ in 0..50 {
        settled().await;
        is_swept.set(keys().await == [live]);
        if is_swept.get() {
            break;
        }
    }
    assert!(is_swept.get(), "{:?}", keys().await);
}
