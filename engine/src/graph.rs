//! Graph's side of a load: request URLs, the envelope of a page, and what an error answer means.
//! Knows no field of a record and no store; pace and retries are `fetch`'s business.

mod answer;
mod error;
mod page;
mod url;

pub use answer::{Retry, Verdict, challenge_claims, verdict};
pub use error::detail_from_answer;
pub use page::{Page, PageShape};
pub use url::{Bounds, is_on_origin, list_url};
