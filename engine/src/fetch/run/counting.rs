//! Asking the service how many rows there are when, beside the rows. Whatever comes of it, the load goes on.

use futures_util::future::{FutureExt, LocalBoxFuture};

use super::Run;
use crate::{
    fetch::volume::Tally,
    graph::{Verdict, counts, is_on_origin, verdict},
    limits::{BACKOFF_FIRST, RETRY_AFTER_MAX, SUMMARY_PAGES_MAX},
    ports::{Millis, TransportError},
    protocol::{IngestWarning, WaitReason, WarningCode},
};

/// What came of a request.
enum Counted {
    /// Counts, and the address of the next page.
    Page(Vec<(Millis, u64)>, Option<String>),
    /// Nothing, for a reason that may pass.
    NotNow,
    /// Nothing, and asking again would not help.
    Refused,
}

impl Run {
    /// Asks, when that is worth it.
    pub(super) fn begin_counting(&self) -> Option<LocalBoxFuture<'_, ()>> {
        let (url, tally) = self.load.borrow_mut().begin_counting(self.cloud.graph)?;
        Some(self.count(url, tally).boxed_local())
    }

    async fn count(&self, mut url: String, mut tally: Tally) {
        for page in 1..=SUMMARY_PAGES_MAX {
            let link = match self.count_page(&url, page > 1).await {
                Counted::Page(counts, link) => {
                    tally.add(counts);
                    link
                }
                Counted::NotNow => return,
                Counted::Refused => return self.load.borrow_mut().refuse_counting(),
            };
            self.load.borrow_mut().end_counting(&tally, link.is_none());
            (self.on_change)();
            let Some(link) = link else { return };
            if !is_on_origin(&link, self.cloud.graph) {
                let warning = IngestWarning { code: WarningCode::ForeignLink, path: String::new(), row: None };
                self.load.borrow_mut().warn(warning);
                return self.load.borrow_mut().refuse_counting();
            }
            // At this pace, all pages that are asked for should say something about half of the time.
            let reached = tally.reaches().map_or(0, |oldest| self.ports.clock.now() - oldest);
            let is_far =
                reached * Millis::from(2 * SUMMARY_PAGES_MAX) >= self.load.borrow().length() * Millis::from(page);
            if !is_far || !self.load.borrow().is_worth_counting() {
                return;
            }
            url = link;
        }
    }

    async fn count_page(&self, url: &str, is_link: bool) -> Counted {
        let definition = self.load.borrow().definition;
        let access = &definition.access;
        // The rows need the same token, and ask the person for it where that must be.
        let Ok(token) = self.ports.tokens.token(self.token_need()).await else { return Counted::NotNow };
        let urgency = self.load.borrow().urgency().clone();
        let Ok(permit) = self.ports.budget.permit(&urgency).await else { return Counted::NotNow };
        let Some((request_id, answer)) = self.send(url, token, permit).await else { return Counted::NotNow };
        let response = match answer {
            Ok(response) => response,
            Err(TransportError::Unreachable { .. } | TransportError::Offline) => return Counted::NotNow,
            Err(TransportError::TimedOut { .. }) => return Counted::Refused,
        };
        match verdict(&response, access, &request_id, is_link, self.ports.clock.now()) {
            Verdict::Page(page) if !page.is_cut => {
                let counts = counts(&page, &response.body);
                Counted::Page(counts, page.next_link)
            }
            Verdict::Retry(retry) if retry.reason == WaitReason::Throttled => {
                // Whether nothing can be asked for any more, the rows find out themselves.
                let pause = retry.after.unwrap_or(BACKOFF_FIRST);
                if pause <= RETRY_AFTER_MAX {
                    self.ports.budget.throttled(permit, pause);
                }
                Counted::NotNow
            }
            Verdict::Claims(..) | Verdict::FreshToken(_) => Counted::NotNow,
            Verdict::Page(_) | Verdict::Retry(_) | Verdict::Restart(_) | Verdict::Fail(_) => Counted::Refused,
        }
    }
}
