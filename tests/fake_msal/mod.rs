//! The global `msal` as a plain object: it records each call with its request and answers as told.

use std::{cell::RefCell, rc::Rc};

use gatebook::{auth::Auth, host::Host, settings::Settings};
use js_sys::{Array, Error, JSON, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;

#[path = "../support/host.rs"]
mod support;

#[allow(unused_imports, reason = "each test file needs its own part of it")]
pub use support::{host_in, host_of};

pub const CLIENT: &str = "3f2b9c1e-5a7d-4e8f-9b60-1c2d3e4f5a6b";
pub const CONTOSO: &str = "8c1d5b4e-0f3a-4f57-9d7e-2b6a1c9e8d70";
pub const FABRIKAM: &str = "1d2c3b4a-9f8e-4d7c-8b6a-5f4e3d2c1b0a";
/// Browsers refuse this port themselves, so that a forgotten request goes nowhere.
pub const BASE: &str = "http://localhost:9/app/";

/// What MSAL is told to do when a method is called.
pub type Answer = Result<JsValue, JsValue>;

#[derive(Clone, Default)]
pub struct FakeMsal {
    calls: Rc<RefCell<Vec<(String, JsValue)>>>,
    answers: Rc<RefCell<Vec<(&'static str, Answer)>>>,
    accounts: Rc<RefCell<Vec<JsValue>>>,
    active: Rc<RefCell<JsValue>>,
}

impl FakeMsal {
    /// Puts a fresh fake in place of MSAL, with nothing kept from earlier tests.
    pub fn install() -> Self {
        let window = web_sys::window().expect("these tests run in a page");
        for storage in [window.local_storage(), window.session_storage()] {
            storage.expect("storage is not blocked").expect("a page has storage").clear().expect("it can be cleared");
        }
        let fake = Self { active: Rc::new(RefCell::new(JsValue::NULL)), ..Self::default() };
        let msal = Object::new();
        let client = fake.client();
        fake.method(&msal, "createStandardPublicClientApplication", move |_| Ok(Promise::resolve(&client).into()));
        set(&js_sys::global(), "msal", &msal);
        fake
    }
    /// What the next calls of a method return or throw; otherwise they resolve with null.
    pub fn answer(&self, method: &'static str, answer: Answer) -> &Self {
        self.answers.borrow_mut().retain(|(name, _)| *name != method);
        self.answers.borrow_mut().push((method, answer));
        self
    }
    pub fn knows(&self, accounts: &[JsValue]) -> &Self {
        self.accounts.replace(accounts.to_vec());
        self
    }
    pub fn uses(&self, account: &JsValue) -> &Self {
        self.active.replace(account.clone());
        self
    }
    pub fn active(&self) -> JsValue {
        self.active.borrow().clone()
    }
    /// The request of the last call of a method, or `None` when it was not called.
    pub fn request(&self, method: &str) -> Option<JsValue> {
        self.calls.borrow().iter().rev().find(|(name, _)| name == method).map(|(_, request)| request.clone())
    }
    pub fn request_json(&self, method: &str) -> String {
        let request = self.request(method).expect("the method was called");
        JSON::stringify(&request).expect("requests are plain data").into()
    }
    pub async fn start(&self, settings: &Settings) -> Auth {
        Auth::start(&host("page", false), settings).await.expect("the fake starts")
    }

    fn client(&self) -> JsValue {
        let client = Object::new();
        for name in [
            "handleRedirectPromise",
            "acquireTokenSilent",
            "acquireTokenPopup",
            "acquireTokenRedirect",
            "logoutRedirect",
            "clearCache",
        ] {
            let fake = self.clone();
            self.method(&client, name, move |_| {
                let told =
                    fake.answers.borrow().iter().find(|(told, _)| *told == name).map(|(_, answer)| answer.clone());
                told.unwrap_or_else(|| Ok(Promise::resolve(&JsValue::NULL).into()))
            });
        }
        let fake = self.clone();
        self.method(&client, "getAllAccounts", move |_| Ok(fake.accounts.borrow().iter().collect::<Array>().into()));
        let fake = self.clone();
        self.method(&client, "getActiveAccount", move |_| Ok(fake.active()));
        let fake = self.clone();
        self.method(&client, "setActiveAccount", move |account| {
            fake.uses(&account);
            Ok(JsValue::UNDEFINED)
        });
        let fake = self.clone();
        self.method(&client, "getAccount", move |filter| {
            let is_match = |account: &JsValue| {
                ["homeAccountId", "tenantId"].iter().all(|key| get(account, key) == get(&filter, key))
            };
            Ok(fake.accounts.borrow().iter().find(|account| is_match(account)).cloned().unwrap_or(JsValue::NULL))
        });
        client.into()
    }
    fn method(&self, object: &Object, name: &'static str, run: impl Fn(JsValue) -> Answer + 'static) {
        let calls = self.calls.clone();
        let closure = Closure::<dyn Fn(JsValue) -> Answer>::new(move |request: JsValue| {
            calls.borrow_mut().push((name.to_owned(), request.clone()));
            run(request)
        });
        set(object, name, &closure.into_js_value());
    }
}

/// A host as the boot code would describe it, with MSAL there already.
pub fn host(form: &str, is_framed: bool) -> Host {
    host_of(options(form, is_framed).into())
}

/// What the boot code would pass.
pub fn options(form: &str, is_framed: bool) -> Object {
    let options = Object::new();
    set(&options, "form", &form.into());
    set(&options, "baseUrl", &BASE.into());
    set(&options, "isFramed", &is_framed.into());
    let load = Closure::<dyn Fn() -> Promise>::new(|| Promise::resolve(&JsValue::UNDEFINED));
    set(&options, "loadMsal", &load.into_js_value());
    options
}

pub fn settings() -> Settings {
    Settings { client_id: CLIENT.to_owned(), tenant: CONTOSO.to_owned(), ..Settings::default() }
}

/// An account as MSAL gives it out, with a property that only MSAL understands.
pub fn account(home_account_id: &str, tenant_id: &str, username: &str) -> JsValue {
    let account = Object::new();
    set(&account, "homeAccountId", &home_account_id.into());
    set(&account, "tenantId", &tenant_id.into());
    set(&account, "username", &username.into());
    set(&account, "tenantProfiles", &js_sys::Map::new());
    account.into()
}

pub fn resolved(account: &JsValue, access_token: &str) -> Answer {
    let result = Object::new();
    set(&result, "accessToken", &access_token.into());
    set(&result, "account", account);
    Ok(Promise::resolve(&result).into())
}

/// An error with MSAL's properties: a real exception object.
pub fn error(class: &str, properties: &[(&str, JsValue)]) -> JsValue {
    let error = Error::new("");
    error.set_name(class);
    for (name, value) in properties {
        set(&error, name, value);
    }
    error.into()
}

pub fn rejected(error: &JsValue) -> Answer {
    Ok(Promise::reject(error).into())
}

pub fn set(object: &Object, name: &str, value: &JsValue) {
    Reflect::set(object, &name.into(), value).expect("plain objects take properties");
}

fn get(object: &JsValue, name: &str) -> Option<String> {
    Reflect::get(object, &name.into()).ok()?.as_string()
}
