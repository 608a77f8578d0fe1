//! The sign-in service's pages: plain forms without scripts.

use super::{App, Person};
use crate::http::Response;

/// A page as an answer. `is_isolated` adds the opener policy that cuts a popup off from the window that opened it.
pub(super) fn respond(status: u16, html: &str, is_isolated: bool) -> Response {
    let mut headers = vec![
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-store"),
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "strict-origin-when-cross-origin"),
    ];
    if is_isolated {
        headers.push(("cross-origin-opener-policy", "same-origin"));
    }
    Response {
        status,
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        body: html.as_bytes().to_vec(),
        ..Response::default()
    }
}

/// The form for a user name and a password.
pub(super) fn sign_in(flow: &str, username: &str, problem: Option<&str>, people: &[Person], password: &str) -> String {
    let names: String =
        people.iter().map(|person| format!("<li>{}</li>", escape(&person.user_principal_name))).collect();
    page(
        "Sign in",
        &format!(
            "{}<form method=post action=/organizations/login>{}
<p><label>User name <input name=username value=\"{}\" autocomplete=off required></label></p>
<p><label>Password <input name=password type=password autocomplete=off required></label></p>
<p><button>Sign in</button></p></form>
<p>A made-up tenant. Its people, whose password is <code>{}</code>:</p><ul>{names}</ul>",
            alert(problem),
            hidden(flow),
            escape(username),
            escape(password)
        ),
    )
}

/// The choice among the people this browser is signed in as.
pub(super) fn pick_account(flow: &str, people: &[Person]) -> String {
    let choice = |value: &str, text: &str| {
        format!("<p><button name=account value=\"{}\">{}</button></p>", escape(value), escape(text))
    };
    let choices: String =
        people.iter().map(|person| choice(&person.user_principal_name, &person.user_principal_name)).collect();
    let other = choice("other", "Use another account");
    page(
        "Pick an account",
        &format!("<form method=post action=/organizations/select>{}{choices}{other}</form>", hidden(flow)),
    )
}

/// The second step.
pub(super) fn second_step(flow: &str, person: &Person, problem: Option<&str>) -> String {
    page(
        "Approve sign in request",
        &format!(
            "{}<p>{}</p><form method=post action=/organizations/mfa>{}
<p><button name=answer value=approve>Approve</button> <button name=answer value=deny>Deny</button></p></form>",
            alert(problem),
            escape(&person.user_principal_name),
            hidden(flow)
        ),
    )
}

/// The consent page.
pub(super) fn consent(flow: &str, app: &App, person: &Person, scopes: &[String], is_for_all: bool) -> String {
    let everybody = match (is_for_all, person.is_consent_admin) {
        (true, _) => "<p>This applies to everybody in your organization.</p>",
        (false, true) => {
            "<p><label><input type=checkbox name=everybody> Consent on behalf of your organization</label></p>"
        }
        (false, false) => "",
    };
    page(
        "Permissions requested",
        &format!(
            "<p>{}</p><p><strong>{}</strong> would like to:</p>{}<form method=post action=/organizations/consent>{}{everybody}
<p><button name=answer value=cancel>Cancel</button> <button name=answer value=accept>Accept</button></p></form>",
            escape(&person.user_principal_name),
            escape(&app.display_name),
            list(scopes),
            hidden(flow)
        ),
    )
}

/// What somebody sees who may not consent.
pub(super) fn approval_needed(flow: &str, app: &App, person: &Person, scopes: &[String]) -> String {
    page(
        "Need admin approval",
        &format!(
            "<p>{}</p><p>AADSTS90094: <strong>{}</strong> needs permission to access resources in your organization \
             that only an admin can grant. Ask an admin to grant permission to this app before you can use it.</p>{}
<form method=post action=/organizations/consent>{}
<p><button name=answer value=cancel>Return to the application without granting consent</button></p></form>",
            escape(&person.user_principal_name),
            escape(&app.display_name),
            list(scopes),
            hidden(flow)
        ),
    )
}

/// A page that only says something.
pub(super) fn message(title: &str, text: &str) -> String {
    page(title, &format!("<p>{}</p>", escape(text)))
}

/// The error page for requests that cannot be sent back to an app.
pub(super) fn fault(text: &str) -> String {
    message("Sorry, but we’re having trouble signing you in", text)
}

fn page(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>{title}</title><style>body{{font:16px/1.5 sans-serif;margin:2rem auto;max-width:30rem;padding:0 1rem}}\
         button{{font:inherit;padding:.4rem 1rem}}</style><h1>{title}</h1>{body}</html>"
    )
}

fn hidden(flow: &str) -> String {
    format!("<input type=hidden name=flow value=\"{}\">", escape(flow))
}

fn alert(problem: Option<&str>) -> String {
    problem.map(|text| format!("<p role=alert>{}</p>", escape(text))).unwrap_or_default()
}

fn list(items: &[String]) -> String {
    let items: String = items.iter().map(|item| format!("<li>{}</li>", escape(item))).collect();
    format!("<ul>{items}</ul>")
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
