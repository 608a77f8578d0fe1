//! Graph's side of a load: request URLs (also in lines and as a script, for people), the envelope of a page, what an error
//! answer means, and what Graph counts without listing it.
//! Knows no field of a report's record and no store; pace and retries are `fetch`'s business.

mod answer;
mod error;
mod page;
mod powershell;
mod summary;
mod url;

pub use answer::{Retry, Verdict, challenge_claims, verdict};
pub use error::detail_from_answer;
pub use page::{Page, PageShape};
pub use powershell::{ScriptWords, script};
pub use summary::{Window, counts, summary_url};
pub use url::{Bounds, PREFER, is_on_origin, list_lines, list_url, scope_filter};
