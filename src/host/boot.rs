//! The host as the boot code describes it.

use engine::clouds::{self, Cloud};
use js_sys::Reflect;
use wasm_bindgen::prelude::*;

use super::{
    Form, SignInBlocked, can_sign_in,
    origin::{KeepingRefused, can_keep},
    storage::{Area, MountStorage},
};

#[wasm_bindgen]
extern "C" {
    /// What `web/boot.js` passes to `mount`.
    #[derive(Clone)]
    pub type BootOptions;
    /// `page`, `extension` or `embed`.
    #[wasm_bindgen(method, getter)]
    fn form(this: &BootOptions) -> String;
    /// The cloud this page was built for, each field of [`Cloud`] by its name.
    #[wasm_bindgen(method, getter)]
    fn cloud(this: &BootOptions) -> JsValue;
    /// Absolute URL of the folder that holds `index.html`, with a trailing slash.
    #[wasm_bindgen(method, getter, js_name = baseUrl)]
    fn base_url(this: &BootOptions) -> String;
    /// True when the page is inside a frame.
    #[wasm_bindgen(method, getter, js_name = isFramed)]
    fn is_framed(this: &BootOptions) -> bool;
    /// Tells several mounts of one page apart; a page with one mount leaves it out.
    #[wasm_bindgen(method, getter, js_name = mountId)]
    fn mount_id(this: &BootOptions) -> Option<String>;
    /// Starts `worker`, `pack` or `sample` under the page's policy and digest.
    #[wasm_bindgen(method, catch, js_name = startWorker)]
    async fn start_worker(this: &BootOptions, name: &str) -> Result<JsValue, JsValue>;
    /// Loads MSAL by `<script integrity>`; resolves when `globalThis.msal` is there.
    #[wasm_bindgen(method, catch, js_name = loadMsal)]
    async fn load_msal(this: &BootOptions) -> Result<JsValue, JsValue>;
}

/// What differs between the forms.
#[derive(Clone)]
pub struct Host {
    options: BootOptions,
    cloud: &'static Cloud,
}

impl Host {
    /// From what the boot code passed.
    ///
    /// # Errors
    /// When the build described no cloud, or one that no page may be built for: then nothing may be asked of anybody.
    pub fn new(options: BootOptions) -> Result<Self, String> {
        cloud_of(&options.cloud()).map(|cloud| Self { options, cloud })
    }
    /// The form.
    pub fn form(&self) -> Form {
        match self.options.form().as_str() {
            "extension" => Form::Extension,
            "embed" => Form::Embed,
            _ => Form::Page,
        }
    }
    /// The cloud this page was built for. The build writes it beside the content policy that names the same hosts; no
    /// address, message, file or setting changes it.
    pub fn cloud(&self) -> &'static Cloud {
        self.cloud
    }
    /// Absolute URL of a file beside `index.html`; of the folder itself for an empty name.
    pub fn url(&self, file: &str) -> String {
        format!("{}{file}", self.options.base_url())
    }
    /// True when the page is framed by somebody who was not allowed to: no sign-in, only "open in a new tab".
    pub fn is_framed_without_permission(&self) -> bool {
        self.options.is_framed() && self.form() != Form::Embed
    }
    /// Whether somebody can sign in here.
    ///
    /// # Errors
    /// Why not.
    pub fn can_sign_in(&self) -> Result<(), SignInBlocked> {
        let is_secure = web_sys::window().is_some_and(|window| window.is_secure_context());
        can_sign_in(self.form(), self.options.is_framed(), is_secure)
    }
    /// Whether rows may be kept on this device; `is_own_origin` is the deployer's word that nobody else puts pages here.
    ///
    /// # Errors
    /// Why not.
    pub fn can_keep(&self, is_own_origin: bool) -> Result<(), KeepingRefused> {
        can_keep(self.form(), self.options.is_framed(), &self.options.base_url(), is_own_origin)
    }
    /// What this mount keeps in the browser.
    pub fn storage(&self, area: Area) -> MountStorage {
        MountStorage::new(&self.options.base_url(), self.options.mount_id().as_deref(), area)
    }
    /// Removes everything that is kept in the browser: this mount's texts, and accounts and tokens that MSAL keeps.
    pub fn forget_everything(&self) {
        for area in [Area::Local, Area::Session] {
            // Where storage cannot be reached, nothing was kept.
            let _ = self.storage(area).clear();
        }
    }
    /// Starts `worker`, `pack` or `sample`.
    ///
    /// # Errors
    /// What the browser said, when the script was refused or could not be fetched.
    pub async fn start_worker(&self, name: &str) -> Result<web_sys::Worker, JsValue> {
        Ok(self.options.start_worker(name).await?.unchecked_into())
    }
    /// Loads MSAL once; later calls resolve at once.
    ///
    /// # Errors
    /// What the browser said, when the script was refused or could not be fetched.
    pub async fn load_msal(&self) -> Result<(), JsValue> {
        self.options.load_msal().await.map(|_| ())
    }
}

fn cloud_of(described: &JsValue) -> Result<&'static Cloud, String> {
    let field = |name: &str| Reflect::get(described, &name.into()).ok().and_then(|field| field.as_string());
    let description = clouds::FIELDS.map(|name| field(name).unwrap_or_default());
    let checked = clouds::checked(description.each_ref().map(String::as_str));
    checked.map_err(|wrong| format!("this page was built for no cloud: {wrong:?}"))
}
