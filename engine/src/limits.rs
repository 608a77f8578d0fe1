//! Every limit in one place, with its reason.

use std::time::Duration;

/// Graph allows 5 requests in 10 seconds per app and tenant for reports (Graph "service-specific throttling limits").
pub const BUDGET_REQUESTS: u32 = 5;
/// The window of [`BUDGET_REQUESTS`].
pub const BUDGET_WINDOW: Duration = Duration::from_secs(10);
/// Graph has been seen to hang for minutes on a slow query; a shorter range is better than a longer wait.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(90);
/// Tries of one page before the load fails.
pub const TRIES_MAX: u32 = 5;
/// First pause after a failure or a throttling without `Retry-After`; doubles each time, with jitter.
pub const BACKOFF_FIRST: Duration = Duration::from_secs(5);
/// Longest pause between tries.
pub const BACKOFF_MAX: Duration = Duration::from_secs(120);
/// Rows in one window: a tall screen at the densest row height needs about 100, plus overscan.
pub const WINDOW_ROWS_MAX: u32 = 500;
/// Warnings kept as examples per load; all are counted.
pub const WARNINGS_KEPT: usize = 100;
