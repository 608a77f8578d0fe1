//! Loads: which request comes next, at what pace, what an answer changes, and when everything asked for is there.
//! Requests and answers in detail are `graph`'s business, reading records is `ingest`'s.

mod arrivals;
mod budget;
mod load;
mod oddities;
mod plan;
mod run;
mod shelf;
mod slice;
mod volume;

pub use arrivals::{ArrivalMark, ArrivalRun, Arrivals, read_runs, write_runs};
pub use budget::{Books, Denied, Member, OwnBooks, SlidingBudget, Spent, Unlimited};
pub use load::{KeptLoad, Load};
pub use run::{Milestone, NoTransport, Run};
pub use shelf::{Shelf, Taken};
