//! Drives a load to its end: one request after the other, with pauses, fresh tokens and restarts.

mod import;

pub use import::NoTransport;

use std::{cell::RefCell, ops::Range, rc::Rc, time::Duration};

use futures_util::future::{Either, LocalBoxFuture, select};

use super::{Load, Shelf};
use crate::{
    graph::{Page, Retry, Verdict, is_on_origin, verdict},
    limits::{
        BACKOFF_FIRST, BACKOFF_MAX, INGEST_RECORDS, INGEST_TURN, REQUEST_TIMEOUT, RESTARTS_MAX, RETRY_AFTER_MAX,
        TRIES_MAX, UNREACHABLE_TRIES_MAX,
    },
    ports::{HttpRequest, HttpResponse, Millis, Ports, TokenNeed, TransportError},
    protocol::{GraphError, GraphErrorDetail, IngestWarning, Phase, WaitReason, WarningCode},
};

/// A load under way. Dropping [`Run::finish`]'s future stops it at once.
pub struct Run {
    /// The outside world.
    pub ports: Ports,
    /// Graph's origin, without a trailing slash.
    pub graph: &'static str,
    /// The report's rows.
    pub shelf: Rc<RefCell<Shelf>>,
    /// The load.
    pub load: Rc<RefCell<Load>>,
    /// Makes room for more rows; false when there is none.
    pub make_room: Rc<dyn Fn() -> LocalBoxFuture<'static, bool>>,
    /// Called after every change of the load.
    pub on_change: Rc<dyn Fn()>,
}

/// What a request came to.
enum Step {
    Page { page: Page, body: Vec<u8> },
    Restart(GraphError),
    End(Phase),
}

impl Run {
    /// Loads until there is nothing left to load or nothing more to be done.
    pub async fn finish(self) {
        self.load.borrow_mut().go_on(&mut self.shelf.borrow_mut());
        let phase = self.pages().await;
        self.set_phase(phase);
    }

    async fn pages(&self) -> Phase {
        loop {
            if !(self.make_room)().await {
                return Phase::MemoryFull;
            }
            let (url, is_link) = self.load.borrow().url(self.graph);
            match self.request(&url, is_link).await {
                Step::End(phase) => return phase,
                Step::Restart(error) => {
                    if self.restart() > RESTARTS_MAX {
                        return Phase::Failed(error);
                    }
                }
                Step::Page { page, body } => {
                    self.take(&page, &body).await;
                    match page.next_link {
                        None => return Phase::Complete,
                        Some(link) if !is_on_origin(&link, self.graph) => {
                            self.restart();
                            return Phase::Failed(GraphError::ForeignLink(self.detail("", String::new())));
                        }
                        // Pages that lead in a circle would be read for ever.
                        Some(link) => {
                            let is_new = self.load.borrow_mut().follow(link);
                            if !is_new && self.restart() > RESTARTS_MAX {
                                let detail = self.detail("", "next links lead in a circle".to_owned());
                                return Phase::Failed(GraphError::Unavailable(detail));
                            }
                        }
                    }
                }
            }
        }
    }

    /// Asks until there is a page or no sense in asking again.
    async fn request(&self, url: &str, is_link: bool) -> Step {
        let definition = self.load.borrow().definition;
        let access = &definition.access;
        let scopes: Vec<String> = access.scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let mut need = TokenNeed { scopes, claims: None, force: false };
        let (mut tries, mut unreachable_tries, mut renewals) = (0, 0, 0);
        loop {
            let token = match self.ports.tokens.token(need.clone()).await {
                Ok(token) => token,
                Err(error) => return Step::End(Phase::NeedsPerson(error)),
            };
            self.ports.budget.permit().await;
            self.load.borrow_mut().count_request();
            self.set_phase(Phase::Loading);
            let id = self.request_id();
            let headers =
                vec![("prefer", "include-unknown-enum-members".to_owned()), ("client-request-id", id.clone())];
            let answer = self.send(HttpRequest { url: url.to_owned(), token, headers }).await;
            tries += 1;
            let retry = match answer {
                Err(error) => {
                    let is_unreachable = matches!(error, TransportError::Unreachable { .. });
                    unreachable_tries += u32::from(is_unreachable);
                    let detail = self.detail(&id, error.to_string());
                    let error =
                        if is_unreachable { GraphError::Unreachable(detail) } else { GraphError::Unavailable(detail) };
                    if unreachable_tries >= UNREACHABLE_TRIES_MAX {
                        return Step::End(Phase::Failed(error));
                    }
                    Retry { after: None, reason: WaitReason::Retrying, error }
                }
                Ok(response) => match verdict(&response, access, &id, is_link, self.ports.clock.now()) {
                    Verdict::Page(page) if page.is_cut => self.cut_page(&page, &response, &id).await,
                    Verdict::Page(page) => return Step::Page { page, body: response.body },
                    Verdict::Retry(retry) => self.unreadable(retry, &response),
                    Verdict::Claims(claims, _) if renewals < 2 => {
                        renewals += 1;
                        need = TokenNeed { claims: Some(claims), force: false, ..need };
                        continue;
                    }
                    Verdict::FreshToken(_) if renewals < 1 => {
                        renewals += 1;
                        need = TokenNeed { claims: None, force: true, ..need };
                        continue;
                    }
                    Verdict::Claims(_, error) | Verdict::FreshToken(error) | Verdict::Fail(error) => {
                        return Step::End(Phase::Failed(error));
                    }
                    Verdict::Restart(error) => return Step::Restart(error),
                },
            };
            // What served the last try need not serve the next.
            need = TokenNeed { claims: None, force: false, ..need };
            let is_too_long = retry.after.is_some_and(|after| after > RETRY_AFTER_MAX);
            if tries >= TRIES_MAX || is_too_long {
                return Step::End(Phase::Failed(retry.error));
            }
            self.wait(&retry, tries).await;
        }
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let answer = self.ports.transport.send(request);
        let timeout = self.ports.clock.sleep(REQUEST_TIMEOUT);
        match select(answer, timeout).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => Err(TransportError::TimedOut { waited: REQUEST_TIMEOUT }),
        }
    }

    async fn wait(&self, retry: &Retry, tries: u32) {
        let pause = match retry.after {
            // All tabs that were told the same second would come back in the same instant.
            Some(after) => after + Duration::from_millis(self.ports.random.next_u64() % 500),
            None => {
                let pause = BACKOFF_FIRST.saturating_mul(1 << (tries - 1).min(16)).min(BACKOFF_MAX);
                pause.mul_f64(0.75 + (self.ports.random.next_u64() % 1_024) as f64 / 2_048.0)
            }
        };
        if retry.reason == WaitReason::Throttled {
            self.ports.budget.throttled(pause);
        }
        let until = self.ports.clock.now() + pause.as_millis() as i64;
        self.set_phase(Phase::Waiting { until, reason: retry.reason });
        self.ports.clock.sleep(pause).await;
    }

    /// Reads a page, in turns, between which the worker answers what was asked meanwhile.
    async fn take(&self, page: &Page, body: &[u8]) {
        let clock = &self.ports.clock;
        let mut turn = clock.now();
        let backlog = self.shelf.borrow().table().backlog();
        self.load.borrow_mut().begin_page();
        for records in page.records.chunks(INGEST_RECORDS) {
            if clock.now() - turn >= INGEST_TURN.as_millis() as Millis {
                clock.yield_now().await;
                turn = clock.now();
            }
            if backlog.is_full() {
                backlog.room(&**clock).await;
                turn = clock.now();
            }
            self.take_records(records, body);
            (self.on_change)();
        }
        self.load.borrow_mut().end_page(body.len());
        (self.on_change)();
    }
    fn take_records(&self, records: &[Range<usize>], body: &[u8]) {
        let taken = {
            let load = self.load.borrow();
            self.shelf.borrow_mut().take(body, records, load.arrival, load.bounds, &load.scope().conditions)
        };
        self.load.borrow_mut().take(taken);
    }
    /// Keeps the whole records of a page that broke off; the page must be asked for again.
    async fn cut_page(&self, page: &Page, response: &HttpResponse, id: &str) -> Retry {
        self.take(page, &response.body).await;
        let warning = IngestWarning { code: WarningCode::TruncatedPage, path: String::new(), row: None };
        let mut load = self.load.borrow_mut();
        load.warn(warning);
        load.ask_again(&mut self.shelf.borrow_mut());
        drop(load);
        let mut detail = self.detail(id, "the page broke off".to_owned());
        detail.status = response.status;
        detail.request_id = response.header("request-id").map(str::to_owned);
        Retry { after: None, reason: WaitReason::Retrying, error: GraphError::Unavailable(detail) }
    }
    /// Counts a page that is no JSON at all.
    fn unreadable(&self, retry: Retry, response: &HttpResponse) -> Retry {
        if (200..300).contains(&response.status) {
            let warning = IngestWarning { code: WarningCode::MalformedPage, path: String::new(), row: None };
            self.load.borrow_mut().warn(warning);
        }
        retry
    }
    fn restart(&self) -> u32 {
        self.load.borrow_mut().restart(&mut self.shelf.borrow_mut())
    }
    fn set_phase(&self, phase: Phase) {
        self.load.borrow_mut().set_phase(phase);
        (self.on_change)();
    }
    fn detail(&self, client_request_id: &str, message: String) -> GraphErrorDetail {
        GraphErrorDetail {
            message,
            client_request_id: Some(client_request_id.to_owned()).filter(|id| !id.is_empty()),
            at: self.ports.clock.now(),
            ..GraphErrorDetail::default()
        }
    }
    /// A random GUID.
    fn request_id(&self) -> String {
        let (high, low) = (self.ports.random.next_u64(), self.ports.random.next_u64());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xfff,
            low >> 48 & 0x3fff | 0x8000,
            low & 0xffff_ffff_ffff
        )
    }
}
