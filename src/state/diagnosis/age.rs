//! Is an answer empty because Graph does not keep records for so long?

use std::time::Duration;

use engine::{
    limits,
    ports::Millis,
    protocol::{LoadStatus, SliceState, SliceStatus, TimeRange},
};

use super::Circumstances;

/// Whether what was asked for may be older than what Graph keeps.
pub(super) enum Age {
    /// It is; before this instant there is nothing, if Graph was that clear.
    TooOld(Option<Millis>),
    /// Without a premium licence it is.
    Doubtful,
    /// It is not.
    Kept,
}

/// How it is with an ended load.
pub(super) fn age(at: Circumstances<'_>, status: &LoadStatus) -> Age {
    let (longest, shortest) = (limits::RETENTION, limits::RETENTIONS[2]);
    let is_before = |to: Millis, age: Duration| to < at.now - age.as_millis() as Millis;
    let is_outside = |slice: &&SliceStatus| slice.state == SliceState::OutsideRetention;
    if let Some(slice) = status.slices.iter().find(is_outside)
        && status.rows == 0
    {
        return Age::TooOld(slice.to);
    }
    match at.scope.range {
        TimeRange::Between { to: Some(to), .. } if is_before(to, longest) => Age::TooOld(None),
        TimeRange::Between { to: Some(to), .. } if is_before(to, shortest) => Age::Doubtful,
        _ => Age::Kept,
    }
}
