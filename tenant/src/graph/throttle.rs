//! The service's limit on requests to the activity reports.

use std::collections::{HashMap, VecDeque};

/// So many requests within a sliding window, measured at arrival, per application and tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Requests within the window.
    pub requests: usize,
    /// Length of the window in milliseconds.
    pub window_ms: i64,
    /// True when a refusal says how long to wait; the reports sometimes leave it out.
    pub has_retry_after: bool,
}

impl Default for Limit {
    /// Five requests in ten seconds, with `Retry-After`.
    fn default() -> Self {
        Self { requests: 5, window_ms: 10_000, has_retry_after: true }
    }
}

/// Requests that arrived lately.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    by_caller: HashMap<(String, String), VecDeque<i64>>,
}

impl Arrivals {
    /// Notes a request. Refused requests count too, as the service's documentation says.
    ///
    /// # Errors
    /// The seconds until the window has room again, when it has none.
    pub fn admit(&mut self, app_id: &str, tenant_id: &str, limit: &Limit, now: i64) -> Result<(), u32> {
        let arrivals = self.by_caller.entry((app_id.to_owned(), tenant_id.to_owned())).or_default();
        arrivals.push_back(now);
        while arrivals.front().is_some_and(|at| *at <= now - limit.window_ms) {
            arrivals.pop_front();
        }
        if arrivals.len() <= limit.requests {
            return Ok(());
        }
        // Room for one more when all but `requests - 1` of these have left the window.
        let leaving = arrivals[arrivals.len() - limit.requests];
        let wait_ms = leaving + limit.window_ms - now;
        Err(u32::try_from(wait_ms.max(0) / 1000 + 1).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_request_within_ten_seconds_is_refused() {
        let (mut arrivals, limit) = (Arrivals::default(), Limit::default());
        let mut admit = |app: &str, now| arrivals.admit(app, "t", &limit, now).is_ok();
        for at in [0, 2_000, 4_000, 6_000, 8_000] {
            assert!(admit("a", at), "{at}");
        }
        assert!(!admit("a", 9_999));
        assert!(admit("b", 9_999), "another application has its own budget");
        assert!(!admit("a", 10_100), "the refused one counted");
        assert!(admit("a", 18_001));
    }

    #[test]
    fn waiting_as_told_is_enough() {
        let (mut arrivals, limit) = (Arrivals::default(), Limit::default());
        let mut now = 0;
        for _ in 0..9 {
            now += 500;
            let _ = arrivals.admit("a", "t", &limit, now);
        }
        let wait_secs = arrivals.admit("a", "t", &limit, now).expect_err("ten requests in five seconds are too many");
        now += i64::from(wait_secs) * 1000;
        assert_eq!(arrivals.admit("a", "t", &limit, now), Ok(()));
    }
}
