//! A sign-in under way: which page comes next, and what a person's answer changes.

use super::{
    COOKIE, Entra, Session, SignedIn,
    authorize::{Authorize, Prompt, found},
    cookie,
    fault::Fault,
    pages, parameter,
};
use crate::http::{Request, Response};

/// What a sign-in is for.
#[derive(Clone, Debug)]
pub(super) enum Purpose {
    /// An app wants a code.
    Authorize(Authorize),
    /// An administrator agrees for the whole tenant.
    AdminConsent { app: usize, scopes: Vec<String>, redirect_uri: Option<String>, state: Option<String> },
}

/// A sign-in under way.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    purpose: Purpose,
    /// Who it is, once known.
    signed_in: Option<SignedIn>,
    /// Cookie of the session that a password in this flow made.
    session: Option<String>,
    /// True after "Use another account".
    is_other_wanted: bool,
    /// True once the consent page was accepted.
    is_consented: bool,
    /// User name typed so far, and what was wrong with the last answer.
    username: String,
    problem: Option<&'static str>,
}

impl Flow {
    pub(super) fn new(purpose: Purpose) -> Self {
        Self {
            purpose,
            signed_in: None,
            session: None,
            is_other_wanted: false,
            is_consented: false,
            username: String::new(),
            problem: None,
        }
    }

    fn is_opener_kept(&self) -> bool {
        matches!(&self.purpose, Purpose::Authorize(wanted) if wanted.is_opener_kept)
    }

    fn app(&self) -> usize {
        match &self.purpose {
            Purpose::Authorize(wanted) => wanted.app,
            Purpose::AdminConsent { app, .. } => *app,
        }
    }

    fn scopes(&self) -> &[String] {
        match &self.purpose {
            Purpose::Authorize(wanted) => &wanted.scopes.names,
            Purpose::AdminConsent { scopes, .. } => scopes,
        }
    }

    fn prompt(&self) -> Prompt {
        match &self.purpose {
            Purpose::Authorize(wanted) => wanted.prompt,
            Purpose::AdminConsent { .. } => Prompt::Consent,
        }
    }
}

/// Who signs in, as far as the browser's session tells.
enum Account {
    Known(SignedIn),
    Ask { username: String },
    Choose(Vec<SignedIn>),
}

impl Entra {
    /// The next page, or the answer to the app when nothing is left to ask.
    pub(super) fn proceed(&mut self, mut flow: Flow, request: &Request, now: i64) -> Response {
        let signed_in = match self.account(&flow, request) {
            Account::Known(signed_in) => signed_in,
            Account::Ask { username } => {
                let problem = flow.problem.take();
                let id = self.keep(flow.clone());
                let page = pages::sign_in(&id, &username, problem, &self.options.people, &self.options.password);
                return pages::respond(200, &page, !flow.is_opener_kept());
            }
            Account::Choose(people) => {
                let people: Vec<_> = people.iter().map(|entry| &self.options.people[entry.person]).cloned().collect();
                let id = self.keep(flow.clone());
                return pages::respond(200, &pages::pick_account(&id, &people), !flow.is_opener_kept());
            }
        };
        flow.signed_in = Some(signed_in);
        if self.is_mfa_missing(signed_in) {
            let problem = flow.problem.take();
            let id = self.keep(flow.clone());
            let person = &self.options.people[signed_in.person];
            return pages::respond(200, &pages::second_step(&id, person, problem), !flow.is_opener_kept());
        }
        let missing = match flow.prompt() {
            _ if flow.is_consented => Vec::new(),
            Prompt::Consent => flow.scopes().to_vec(),
            _ => self.missing_scopes(flow.app(), signed_in.person, flow.scopes()),
        };
        if !missing.is_empty() {
            let id = self.keep(flow.clone());
            let person = &self.options.people[signed_in.person];
            let app = &self.options.apps[flow.app()];
            let is_for_all = matches!(flow.purpose, Purpose::AdminConsent { .. });
            let page = if self.may_consent(signed_in.person, &missing) {
                pages::consent(&id, app, person, &missing, is_for_all)
            } else {
                pages::approval_needed(&id, app, person, &missing)
            };
            return pages::respond(200, &page, !flow.is_opener_kept());
        }
        self.finish(flow, signed_in, request, now)
    }

    fn account(&self, flow: &Flow, request: &Request) -> Account {
        if let Some(signed_in) = flow.signed_in {
            return Account::Known(signed_in);
        }
        let hint = match &flow.purpose {
            Purpose::Authorize(wanted) => wanted.login_hint.clone(),
            Purpose::AdminConsent { .. } => None,
        };
        let hinted = hint.as_ref().and_then(|hint| self.options.people.iter().position(|who| who.is_meant_by(hint)));
        let username = match hinted {
            _ if !flow.username.is_empty() || flow.is_other_wanted => flow.username.clone(),
            Some(person) => self.options.people[person].user_principal_name.clone(),
            None => hint.clone().unwrap_or_default(),
        };
        let people = self.signed_in(request);
        if flow.is_other_wanted || !flow.username.is_empty() || people.is_empty() {
            return Account::Ask { username };
        }
        match flow.prompt() {
            Prompt::Login => Account::Ask { username },
            Prompt::SelectAccount => Account::Choose(people),
            _ if hint.is_some() => match people.iter().find(|entry| Some(entry.person) == hinted) {
                Some(entry) => Account::Known(*entry),
                None => Account::Ask { username },
            },
            _ => match people.as_slice() {
                [only] => Account::Known(*only),
                _ => Account::Choose(people),
            },
        }
    }

    fn keep(&mut self, flow: Flow) -> String {
        let id = self.secrets.value("flow-");
        self.flows.insert(id.clone(), flow);
        id
    }

    fn finish(&mut self, flow: Flow, signed_in: SignedIn, request: &Request, now: i64) -> Response {
        let cookie = flow.session.or_else(|| cookie(request)).unwrap_or_default();
        let session_state = self.sessions.get(&cookie).map(|session| session.id.clone()).unwrap_or_default();
        match flow.purpose {
            Purpose::Authorize(wanted) => self.answer_with_code(wanted, signed_in, session_state, now),
            Purpose::AdminConsent { redirect_uri: Some(uri), state, .. } => {
                let mut answer = vec![("admin_consent", "True".to_owned()), ("tenant", self.options.tenant_id.clone())];
                answer.extend(state.map(|state| ("state", state)));
                let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(answer).finish();
                found(format!("{uri}?{text}"))
            }
            Purpose::AdminConsent { redirect_uri: None, .. } => {
                let text = "Everybody in the organization can use the application now. You can close this window.";
                pages::respond(200, &pages::message("Permissions granted", text), true)
            }
        }
    }

    /// A person's answer to one of the pages.
    pub(super) fn form(&mut self, step: &str, request: &Request, now: i64) -> Response {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let field = |name: &str| parameter(&body, name).unwrap_or_default();
        let Some(mut flow) = self.flows.get(&field("flow")).cloned() else {
            let text = "This sign-in is not under way any more. Go back to the application and start again.";
            return self.fault_page(&Fault::new("invalid_request", 165_900, text), request, now);
        };
        let mut new_cookie = None;
        match step {
            "login" => new_cookie = self.type_password(&mut flow, &field("username"), &field("password"), request, now),
            "select" => self.pick(&mut flow, &field("account"), request),
            "mfa" if field("answer") == "approve" => self.complete_second_step(&mut flow, request),
            "mfa" => flow.problem = Some("The request was denied. Try again."),
            _ if field("answer") == "accept" => {
                if let Some(response) = self.accept(&mut flow, field("everybody") == "on", request, now) {
                    return response;
                }
            }
            _ => return self.decline(&flow, request, now),
        }
        let mut response = self.proceed(flow, request, now);
        if let Some(value) = new_cookie {
            let cookie = format!("{COOKIE}={value}; Path=/; Secure; HttpOnly; SameSite=None");
            response.headers.push(("set-cookie".to_owned(), cookie));
        }
        response
    }

    /// The new session cookie after a right password.
    fn type_password(
        &mut self,
        flow: &mut Flow,
        username: &str,
        password: &str,
        request: &Request,
        now: i64,
    ) -> Option<String> {
        let username = username.trim();
        flow.username = username.to_owned();
        let is_meant = |person: &super::Person| person.user_principal_name.eq_ignore_ascii_case(username);
        let person = self.options.people.iter().position(is_meant);
        let Some(person) = person.filter(|_| password == self.options.password) else {
            flow.problem = Some("Your account or password is incorrect.");
            return None;
        };
        let signed_in = SignedIn { person, at: now, has_mfa: false };
        let people = self.signed_in(request).into_iter().filter(|entry| entry.person != person);
        let people: Vec<_> = people.chain([signed_in]).collect();
        let id = match self.session(request) {
            Some(session) => session.id.clone(),
            None => self.secrets.guid(),
        };
        let value = self.secrets.value("session-");
        self.sessions.insert(value.clone(), Session { id, people });
        flow.signed_in = Some(signed_in);
        flow.session = Some(value.clone());
        Some(value)
    }

    fn pick(&self, flow: &mut Flow, account: &str, request: &Request) {
        flow.is_other_wanted = account == "other";
        let is_picked = |entry: &SignedIn| self.options.people[entry.person].user_principal_name == account;
        flow.signed_in = self.signed_in(request).into_iter().find(is_picked);
    }

    fn complete_second_step(&mut self, flow: &mut Flow, request: &Request) {
        let Some(signed_in) = &mut flow.signed_in else { return };
        signed_in.has_mfa = true;
        let session = cookie(request).and_then(|value| self.sessions.get_mut(&value));
        for entry in session.into_iter().flat_map(|session| session.people.iter_mut()) {
            entry.has_mfa |= entry.person == signed_in.person;
        }
    }

    /// Records a consent; an answer only when it is refused.
    fn accept(&mut self, flow: &mut Flow, is_for_all: bool, request: &Request, now: i64) -> Option<Response> {
        let signed_in = flow.signed_in?;
        if !self.may_consent(signed_in.person, flow.scopes()) {
            return Some(self.decline(flow, request, now));
        }
        let is_for_all = is_for_all && self.options.people[signed_in.person].is_consent_admin
            || matches!(flow.purpose, Purpose::AdminConsent { .. });
        let scopes = flow.scopes().to_vec();
        self.grant(flow.app(), (!is_for_all).then_some(signed_in.person), &scopes);
        flow.is_consented = true;
        None
    }

    fn decline(&mut self, flow: &Flow, request: &Request, now: i64) -> Response {
        let is_allowed = flow.signed_in.is_some_and(|entry| self.may_consent(entry.person, flow.scopes()));
        let app = self.options.apps[flow.app()].display_name.clone();
        let fault = if is_allowed {
            Fault::new("access_denied", 65004, format!("User declined to consent to access the app '{app}'."))
        } else {
            let text = format!("'{app}' needs permission to access resources that only an admin can grant.");
            Fault::new("access_denied", 90094, text)
        };
        match &flow.purpose {
            Purpose::Authorize(wanted) => self.refuse(&wanted.reply, &fault, request, now),
            Purpose::AdminConsent { .. } => self.fault_page(&fault, request, now),
        }
    }
}
