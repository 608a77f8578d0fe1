//! What differs between the static page, the browser extension and the embed: how the page was started, and with what.
//! Storage helpers live in `storage`; what MSAL does with all this lives in `auth`.

#[cfg(target_arch = "wasm32")]
pub mod address;
#[cfg(target_arch = "wasm32")]
mod boot;
#[cfg(target_arch = "wasm32")]
pub mod listener;
pub mod origin;
#[cfg(target_arch = "wasm32")]
pub mod storage;

#[cfg(target_arch = "wasm32")]
pub use boot::{BootOptions, Host};

/// How the app reached the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A static page.
    Page,
    /// A browser extension's page.
    Extension,
    /// A frame in an allowed portal.
    Embed,
}

/// What the host refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// The browser keeps nothing for this page: blocked, full, or a sandbox. Nothing is remembered.
    #[error("the browser's storage cannot be used")]
    StorageUnavailable,
}

/// Why nobody can sign in here, told apart by what the person can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInBlocked {
    /// Framed by a page that was not allowed to: open the app in a tab of its own.
    Framed,
    /// The app was not served over https (or from localhost): MSAL's cryptography does not work there.
    Insecure,
    /// This form cannot sign in yet: use the static page.
    Form(Form),
}

impl SignInBlocked {
    /// Catalogue key suffix, and the code in an error.
    pub fn code(self) -> &'static str {
        match self {
            Self::Framed => "framed",
            Self::Insecure => "insecure",
            Self::Form(Form::Page) => "form_page",
            Self::Form(Form::Extension) => "form_extension",
            Self::Form(Form::Embed) => "form_embed",
        }
    }
}

/// Whether somebody can sign in. A frame comes first, because the other reasons may go away in a tab of its own.
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]
fn can_sign_in(form: Form, is_framed: bool, is_secure: bool) -> Result<(), SignInBlocked> {
    match form {
        Form::Page if is_framed => Err(SignInBlocked::Framed),
        Form::Page if !is_secure => Err(SignInBlocked::Insecure),
        Form::Page => Ok(()),
        Form::Extension | Form::Embed => Err(SignInBlocked::Form(form)),
    }
}

/// What every storage key of a mount begins with: the folder of the app, then the mount within a page.
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]
fn key_prefix(base_url: &str, mount_id: Option<&str>) -> String {
    let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    let folder = rest.find('/').map_or("/", |at| &rest[at..]);
    format!("gatebook:{folder}:{}:", mount_id.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_unframed_secure_page_signs_in() {
        assert_eq!(can_sign_in(Form::Page, false, true), Ok(()));
        assert_eq!(can_sign_in(Form::Page, true, true), Err(SignInBlocked::Framed));
        assert_eq!(can_sign_in(Form::Page, false, false), Err(SignInBlocked::Insecure));
        assert_eq!(can_sign_in(Form::Page, true, false), Err(SignInBlocked::Framed));
        assert_eq!(can_sign_in(Form::Extension, false, true), Err(SignInBlocked::Form(Form::Extension)));
        assert_eq!(can_sign_in(Form::Embed, true, true), Err(SignInBlocked::Form(Form::Embed)));
    }

    #[test]
    fn no_two_mounts_share_a_key() {
        let prefixes = [
            key_prefix("https://portal.example/", None),
            key_prefix("https://portal.example/gatebook/", None),
            key_prefix("https://portal.example/gatebook/", Some("left")),
            key_prefix("https://portal.example/gatebook/", Some("right")),
            key_prefix("https://portal.example/gatebook/left/", None),
        ];
        assert_eq!(prefixes[1], "gatebook:/gatebook/::");
        for (at, prefix) in prefixes.iter().enumerate() {
            assert!(
                prefixes.iter().enumerate().all(|(other, longer)| at == other || !longer.starts_with(prefix.as_str()))
            );
        }
    }
}
