//! Drives a load to its end: a few slices at a time, each one request after the other, with pauses, fresh tokens and restarts.

mod counting;
mod import;

pub use import::NoTransport;

use std::{cell::RefCell, future::poll_fn, ops::Range, rc::Rc, task::Poll, time::Duration};

use futures_util::{
    future::{Either, FutureExt, LocalBoxFuture, select},
    stream::{FuturesUnordered, StreamExt},
};

use super::{Load, Shelf, slice::Progress};
use crate::{
    clouds::Cloud,
    graph::{PREFER, Page, Retry, Verdict, is_on_origin, verdict},
    limits::{
        BACKOFF_FIRST, BACKOFF_MAX, CHAINS_MAX, CLOCK_LOOK_PAUSE, INGEST_RECORDS, INGEST_TURN, OFFLINE_PAUSE_MAX,
        REQUEST_TIMEOUT, RESTARTS_MAX, RETRY_AFTER_MAX, SLEPT_AFTER, TRIES_MAX, UNREACHABLE_TRIES_MAX, WAITS_MAX,
    },
    ports::{
        AccessToken, AuthError, Closed, HttpRequest, HttpResponse, Millis, Permit, Ports, TokenNeed, TransportError,
    },
    protocol::{GraphError, GraphErrorDetail, IngestWarning, Phase, WaitReason, WarningCode},
};

/// A load under way. Dropping [`Run::finish`]'s future stops it at once.
pub struct Run {
    /// The outside world.
    pub ports: Ports,
    /// The cloud whose Graph is asked.
    pub cloud: &'static Cloud,
    /// The report's rows.
    pub shelf: Rc<RefCell<Shelf>>,
    /// The load.
    pub load: Rc<RefCell<Load>>,
    /// Makes room for more rows; false when there is none.
    pub make_room: Rc<dyn Fn() -> LocalBoxFuture<'static, bool>>,
    /// Called after every change of the load.
    pub on_change: Rc<dyn Fn()>,
    /// Called when the load has come further.
    pub on_milestone: Rc<dyn Fn(Milestone)>,
}

/// How far a load has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Milestone {
    /// One page further.
    Page,
    /// A slice is done.
    Slice,
    /// The load goes no further for now.
    End,
}

/// What a request came to.
enum Answer {
    Page {
        page: Page,
        body: Vec<u8>,
    },
    Restart(GraphError),
    /// The slice has become shorter; ask for what is left of it.
    Shorter,
    Failed(GraphError),
    End(Phase),
}

/// What is to be done with a slice after a request.
enum Next {
    More,
    Loaded,
    /// It is over, and says itself how.
    Settled,
    Failed(GraphError),
    /// The whole load ends.
    End(Phase),
}

impl Run {
    /// Loads until there is nothing left to load or nothing more to be done.
    pub async fn finish(self) {
        self.load.borrow_mut().go_on(&mut self.shelf.borrow_mut());
        let phase = self.slices().await;
        self.end(phase);
    }
    fn end(&self, phase: Phase) {
        self.set_phase(phase);
        (self.on_milestone)(Milestone::End);
    }

    /// Loads several slices at a time, each by a chain of pages.
    async fn slices(&self) -> Phase {
        let mut chains = FuturesUnordered::new();
        let mut counting: Option<LocalBoxFuture<'_, ()>> = None;
        loop {
            while chains.len() < CHAINS_MAX
                && let Some(id) = self.start_next()
            {
                chains.push(self.step(id));
            }
            let done = poll_fn(|ctx| {
                if let Poll::Ready(done) = chains.poll_next_unpin(ctx) {
                    return Poll::Ready(Some(done));
                }
                if counting.as_mut().is_some_and(|counts| counts.poll_unpin(ctx).is_ready()) {
                    counting = None;
                }
                self.load.borrow_mut().poll_retried(ctx).map(|()| None)
            });
            let Some(done) = done.await else { continue };
            // Nobody waits for counts when all rows are there.
            let Some((id, next)) = done else { return self.load.borrow().outcome() };
            match next {
                Next::More => {
                    chains.push(self.step(id));
                    (self.on_milestone)(Milestone::Page);
                }
                Next::Loaded => {
                    self.load.borrow_mut().slice(id).progress = Progress::Loaded;
                    (self.on_milestone)(Milestone::Slice);
                }
                Next::Failed(error) => {
                    if !self.load.borrow_mut().fail(id, &error, &mut self.shelf.borrow_mut()) {
                        return Phase::Failed(error);
                    }
                }
                Next::Settled => {}
                Next::End(phase) => return phase,
            }
            counting = counting.or_else(|| self.begin_counting());
            (self.on_change)();
        }
    }
    fn start_next(&self) -> Option<u32> {
        self.load.borrow_mut().start_next(&mut self.shelf.borrow_mut())
    }

    /// The next page of a slice.
    async fn step(&self, id: u32) -> (u32, Next) {
        if !(self.make_room)().await {
            return (id, Next::End(Phase::MemoryFull));
        }
        let (url, is_link) = self.load.borrow().url(id, self.cloud.graph);
        let next = match self.request(id, &url, is_link).await {
            Answer::Page { page, body } => {
                self.load.borrow_mut().slice(id).tries = 0;
                self.take(id, &page, &body).await;
                self.after(id, page.next_link)
            }
            Answer::Restart(error) if self.restart(id) > RESTARTS_MAX => Next::Failed(error),
            Answer::Restart(_) => Next::More,
            Answer::Shorter => self.if_any_is_left(id),
            Answer::Failed(error) => Next::Failed(error),
            Answer::End(phase) => Next::End(phase),
        };
        (id, next)
    }
    /// A slice that has become shorter may have nothing left.
    fn if_any_is_left(&self, id: u32) -> Next {
        let is_running = self.load.borrow_mut().slice(id).progress == Progress::Running;
        if is_running { Next::More } else { Next::Settled }
    }
    /// What comes after a page with this link.
    fn after(&self, id: u32, link: Option<String>) -> Next {
        let mut load = self.load.borrow_mut();
        let Some(link) = link.filter(|_| !load.slice(id).is_past_end()) else { return Next::Loaded };
        if !is_on_origin(&link, self.cloud.graph) {
            load.restart(id, &mut self.shelf.borrow_mut());
            return Next::End(Phase::Failed(GraphError::ForeignLink(self.detail("", String::new()))));
        }
        if load.slice(id).is_chain_long() {
            load.renew(id, &mut self.shelf.borrow_mut());
            return Next::More;
        }
        // Pages that lead in a circle would be read for ever.
        if !load.slice(id).follow(link) && load.restart(id, &mut self.shelf.borrow_mut()) > RESTARTS_MAX {
            let detail = self.detail("", "next links lead in a circle".to_owned());
            return Next::Failed(GraphError::Unavailable(detail));
        }
        Next::More
    }

    /// Asks until there is a page or no sense in asking again.
    async fn request(&self, id: u32, url: &str, is_link: bool) -> Answer {
        let definition = self.load.borrow().definition;
        let access = &definition.access;
        let mut need = self.token_need();
        let (mut unreachable_tries, mut renewals) = (0, 0);
        loop {
            let token = match self.ports.tokens.token(need.clone()).await {
                Ok(token) => token,
                Err(error) => {
                    if matches!(error, AuthError::Unreachable { .. }) && self.wait_for_sign_in(id).await {
                        continue;
                    }
                    return Answer::End(Phase::NeedsPerson(error));
                }
            };
            let urgency = self.load.borrow().urgency().clone();
            let permit = match self.ports.budget.permit(&urgency).await {
                Ok(permit) => permit,
                Err(Closed { until }) => {
                    let detail = self.detail("", String::new());
                    return Answer::Failed(GraphError::Throttled { until: Some(until), is_by_others: false, detail });
                }
            };
            self.load.borrow_mut().set_pause(id, None);
            let Some((request_id, answer)) = self.send(url, token, permit).await else {
                renewals = 0;
                continue;
            };
            let is_slow = is_slow(&answer);
            let retry = match answer {
                Err(error) => {
                    let detail = self.detail(&request_id, error.to_string());
                    let (reason, error) = match error {
                        TransportError::Offline => (WaitReason::Offline, GraphError::Offline(detail)),
                        TransportError::Unreachable { .. } => (WaitReason::Retrying, GraphError::Unreachable(detail)),
                        TransportError::TimedOut { .. } => (WaitReason::Retrying, GraphError::Unavailable(detail)),
                    };
                    unreachable_tries += u32::from(matches!(error, GraphError::Unreachable(_)));
                    if unreachable_tries >= UNREACHABLE_TRIES_MAX {
                        return Answer::Failed(error);
                    }
                    Retry { after: None, reason, error }
                }
                Ok(response) => match verdict(&response, access, &request_id, is_link, self.ports.clock.now()) {
                    Verdict::Page(page) if page.is_cut => self.cut_page(id, &page, &response, &request_id).await,
                    Verdict::Page(page) => return Answer::Page { page, body: response.body },
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
                    Verdict::Fail(GraphError::Rejected(_)) if !is_link && self.clamp(id) => return Answer::Shorter,
                    Verdict::Claims(_, error) | Verdict::FreshToken(error) | Verdict::Fail(error) => {
                        return Answer::Failed(error);
                    }
                    Verdict::Restart(error) => return Answer::Restart(error),
                },
            };
            // What served the last try need not serve the next.
            need = TokenNeed { claims: None, force: false, ..need };
            let (pause, is_last) = self.pause_after(id, &retry);
            let mut error = retry.error;
            if let GraphError::Throttled { is_by_others, .. } = &mut error {
                // What this refusal says itself is less than what was known before.
                *is_by_others = self.ports.budget.state().is_some_and(|budget| budget.others.is_some());
                // What is sat out closes the limit for nobody, whatever chance adds to it.
                let longest = RETRY_AFTER_MAX.max(retry.after.unwrap_or_default());
                self.ports.budget.throttled(permit, pause.min(longest));
            }
            if is_last {
                return Answer::Failed(error);
            }
            let is_shorter = is_slow && self.load.borrow_mut().ask_for_less(id, &mut self.shelf.borrow_mut());
            self.wait(id, pause, retry.reason).await;
            if is_shorter {
                return Answer::Shorter;
            }
        }
    }

    fn token_need(&self) -> TokenNeed {
        let scopes = self.load.borrow().definition.access.scopes_in(self.cloud.id);
        TokenNeed { scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(), claims: None, force: false }
    }
    /// The id of a request, and what it came to; `None` when it failed because the computer slept meanwhile, which says nothing
    /// of anybody else.
    async fn send(
        &self,
        url: &str,
        token: Option<AccessToken>,
        permit: Permit,
    ) -> Option<(String, Result<HttpResponse, TransportError>)> {
        self.load.borrow_mut().count_request();
        (self.on_change)();
        let (url, request_id) = (url.to_owned(), self.request_id());
        let headers = vec![("prefer", PREFER.to_owned()), ("client-request-id", request_id.clone())];
        let began = self.ports.clock.now();
        let answer = self.ports.transport.send(HttpRequest { url, token, headers });
        let timeout = self.ports.clock.sleep(REQUEST_TIMEOUT);
        let answer = match select(answer, timeout).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => Err(TransportError::TimedOut { waited: REQUEST_TIMEOUT }),
        };
        if answer.is_ok() {
            self.ports.budget.answered(permit);
        }
        let has_slept = self.ports.clock.now() - began > SLEPT_AFTER.as_millis() as Millis;
        Some((request_id, answer)).filter(|(_, answer)| answer.is_ok() || !has_slept)
    }

    /// Waits for a sign-in service that cannot be reached, as after a computer's sleep; false when that was enough.
    async fn wait_for_sign_in(&self, id: u32) -> bool {
        let error = GraphError::Unreachable(self.detail("", String::new()));
        let (pause, is_last) = self.pause_after(id, &Retry { after: None, reason: WaitReason::Retrying, error });
        if !is_last {
            self.wait(id, pause, WaitReason::Retrying).await;
        }
        !is_last
    }
    /// How long to wait before a slice's next try, and whether there is none.
    fn pause_after(&self, id: u32, retry: &Retry) -> (Duration, bool) {
        let mut load = self.load.borrow_mut();
        let slice = load.slice(id);
        let is_too_long = retry.after.is_some_and(|after| after > RETRY_AFTER_MAX);
        let mut pause = self.pause(retry.after, slice.tries + slice.waits.count);
        if retry.reason == WaitReason::Offline {
            pause = pause.min(OFFLINE_PAUSE_MAX);
        }
        let is_enough = match retry.reason {
            WaitReason::Throttled | WaitReason::Offline => slice.waits.add(pause, self.ports.clock.now()) > WAITS_MAX,
            WaitReason::Retrying => {
                slice.tries += 1;
                slice.tries >= TRIES_MAX
            }
        };
        (pause, is_enough || is_too_long)
    }
    fn pause(&self, after: Option<Duration>, tries_before: u32) -> Duration {
        match after {
            // All tabs that were told the same second would come back in the same instant.
            Some(after) => after.saturating_add(Duration::from_millis(self.ports.random.next_u64() % 500)),
            None => {
                let pause = BACKOFF_FIRST.saturating_mul(1 << tries_before.min(16)).min(BACKOFF_MAX);
                pause.mul_f64(0.75 + (self.ports.random.next_u64() % 1_024) as f64 / 2_048.0)
            }
        }
    }
    async fn wait(&self, id: u32, pause: Duration, reason: WaitReason) {
        let clock = &self.ports.clock;
        let until = clock.now() + pause.as_millis() as Millis;
        self.load.borrow_mut().set_pause(id, Some((until, reason)));
        (self.on_change)();
        // Over is what either the clock or the timers call over: one may be set back, the others stand still with the computer.
        let mut left = pause;
        while !left.is_zero() && clock.now() < until {
            let piece = left.min(CLOCK_LOOK_PAUSE);
            clock.sleep(piece).await;
            left -= piece;
        }
    }

    /// Reads a page, in turns, between which the worker answers what was asked meanwhile.
    async fn take(&self, id: u32, page: &Page, body: &[u8]) {
        let clock = &self.ports.clock;
        let mut turn = clock.now();
        let backlog = self.shelf.borrow().table().backlog();
        let filling = self.shelf.borrow().filling();
        let _filling = filling.lock().await;
        self.load.borrow_mut().begin_page(id);
        for records in page.records.chunks(INGEST_RECORDS) {
            if clock.now() - turn >= INGEST_TURN.as_millis() as Millis {
                clock.yield_now().await;
                turn = clock.now();
            }
            if backlog.is_full() {
                backlog.room(&**clock).await;
                turn = clock.now();
            }
            self.take_records(id, records, body);
            (self.on_change)();
        }
        self.load.borrow_mut().end_page(id, page.records.len(), body.len());
        (self.on_change)();
    }
    fn take_records(&self, id: u32, records: &[Range<usize>], body: &[u8]) {
        let mut load = self.load.borrow_mut();
        let mut taken = self.shelf.borrow_mut().take(body, records, load.arrival(id), load.bounds, load.conditions());
        if load.is_filtered_here() {
            taken.warnings.retain(|warning| warning.code != WarningCode::OutsideScope);
        }
        load.take(id, taken);
    }
    /// Keeps the whole records of a page that broke off; the page must be asked for again.
    async fn cut_page(&self, id: u32, page: &Page, response: &HttpResponse, request_id: &str) -> Retry {
        self.take(id, page, &response.body).await;
        let warning = IngestWarning { code: WarningCode::TruncatedPage, path: String::new(), row: None };
        let mut load = self.load.borrow_mut();
        load.warn(warning);
        load.ask_again(id, &mut self.shelf.borrow_mut());
        drop(load);
        let mut detail = self.detail(request_id, "the page broke off".to_owned());
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
    fn restart(&self, id: u32) -> u32 {
        self.load.borrow_mut().restart(id, &mut self.shelf.borrow_mut())
    }
    fn clamp(&self, id: u32) -> bool {
        self.load.borrow_mut().clamp(id, &mut self.shelf.borrow_mut())
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

/// True for an answer that took the service too long: asking for less helps more than asking again.
fn is_slow(answer: &Result<HttpResponse, TransportError>) -> bool {
    match answer {
        Ok(response) => response.status == 504,
        Err(error) => matches!(error, TransportError::TimedOut { .. }),
    }
}
