//! The logout endpoint.

use super::{Entra, authorize::found, cookie, pages, parameter};
use crate::http::{Request, Response};

impl Entra {
    /// Ends the browser's session, or one person's part of it, and goes back to the app.
    pub(super) fn logout(&mut self, request: &Request) -> Response {
        if let Some(session) = cookie(request).and_then(|value| self.sessions.get_mut(&value)) {
            let hint = parameter(&request.query, "logout_hint");
            let people = &self.options.people;
            session.people.retain(|entry| hint.as_ref().is_some_and(|hint| !people[entry.person].is_meant_by(hint)));
        }
        let back = parameter(&request.query, "post_logout_redirect_uri");
        let is_registered = |uri: &String| self.options.apps.iter().any(|app| app.redirect_uris.contains(uri));
        let Some(uri) = back.filter(is_registered) else {
            let text = "You signed out of your account. It’s a good idea to close all browser windows.";
            return pages::respond(200, &pages::message("Signed out", text), true);
        };
        match parameter(&request.query, "state") {
            None => found(uri),
            Some(state) => {
                let state = form_urlencoded::Serializer::new(String::new()).append_pair("state", &state).finish();
                let mark = if uri.contains('?') { '&' } else { '?' };
                found(format!("{uri}{mark}{state}"))
            }
        }
    }
}
