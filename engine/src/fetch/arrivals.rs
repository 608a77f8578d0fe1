//! In which order records came, and for whom: enough to fill a table again from the records alone.

use crate::{
    segment::{Damaged, SegmentReader, SegmentWriter},
    store::Arrival,
};

/// Records that came one after the other for the same part of a load, and stand one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArrivalRun {
    /// The first one's row.
    pub first: u32,
    /// How many rows.
    pub rows: u32,
    /// False for rows that were there already.
    pub is_new: bool,
    /// Whose they are.
    pub arrival: Arrival,
}

/// All arrivals of a table, in their order. A page is one run, or a few.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arrivals {
    runs: Vec<ArrivalRun>,
}

/// A place between two arrivals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ArrivalMark {
    /// Runs before it.
    runs: usize,
    /// Rows before it of the run after those.
    rows: u32,
}

impl Arrivals {
    /// One more.
    pub(super) fn add(&mut self, row: u32, is_new: bool, arrival: Arrival) {
        match self.runs.last_mut() {
            Some(last) if last.arrival == arrival && last.is_new == is_new && last.first + last.rows == row => {
                last.rows += 1;
            }
            _ => self.runs.push(ArrivalRun { first: row, rows: 1, is_new, arrival }),
        }
    }
    /// The end.
    pub fn end(&self) -> ArrivalMark {
        match self.runs.split_last() {
            Some((last, others)) => ArrivalMark { runs: others.len(), rows: last.rows },
            None => ArrivalMark::default(),
        }
    }
    /// What came between two marks, but not as far as the first new row that is not below `row`. With where that ends.
    pub fn between(&self, from: ArrivalMark, to: ArrivalMark, row: u32) -> (Vec<ArrivalRun>, ArrivalMark) {
        let (mut runs, mut mark) = (Vec::new(), from);
        while mark != to && mark.runs < self.runs.len() {
            let run = self.runs[mark.runs];
            let end = if mark.runs == to.runs { to.rows } else { run.rows };
            let allowed = if run.is_new { row.saturating_sub(run.first).min(end) } else { end };
            if allowed > mark.rows {
                runs.push(ArrivalRun { first: run.first + mark.rows, rows: allowed - mark.rows, ..run });
                mark.rows = allowed;
            }
            if allowed < end || mark.runs == to.runs {
                break;
            }
            mark = ArrivalMark { runs: mark.runs + 1, rows: 0 };
        }
        (runs, mark)
    }
    /// Bytes of memory held.
    pub(super) fn memory_bytes(&self) -> usize {
        self.runs.capacity() * size_of::<ArrivalRun>()
    }
    /// Into a segment.
    pub(super) fn write(&self, out: &mut SegmentWriter) {
        write_runs(&self.runs, out);
    }
    /// Out of a segment.
    pub(super) fn read(from: &mut SegmentReader<'_>) -> Result<Self, Damaged> {
        Ok(Self { runs: read_runs(from)? })
    }
}

/// Runs into a segment.
pub fn write_runs(runs: &[ArrivalRun], out: &mut SegmentWriter) {
    out.item(runs.len() as u64);
    for ArrivalRun { first, rows, is_new, arrival } in runs {
        out.item(*first);
        out.item(*rows);
        out.item(u8::from(*is_new));
        out.item(arrival.fetch as u64);
        out.item(arrival.segment);
        out.item(arrival.load);
    }
}

/// Runs out of a segment.
///
/// # Errors
/// When they are not all there.
pub fn read_runs(from: &mut SegmentReader<'_>) -> Result<Vec<ArrivalRun>, Damaged> {
    (0..from.count()?)
        .map(|_| {
            let (first, rows, is_new) = (from.item()?, from.item()?, from.item::<u8, 1>()? != 0);
            let arrival = Arrival { fetch: from.count()?, segment: from.item()?, load: from.item()? };
            Ok(ArrivalRun { first, rows, is_new, arrival })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn single(runs: &[ArrivalRun]) -> Vec<(u32, bool, Arrival)> {
        runs.iter().flat_map(|run| (0..run.rows).map(|row| (run.first + row, run.is_new, run.arrival))).collect()
    }

    proptest! {
        #[test]
        fn whatever_came_is_told_in_parts(
            came in prop::collection::vec((any::<bool>(), 0_u32..3, 0_u32..30), 0..60),
            steps in prop::collection::vec(1_u32..20, 1..10),
        ) {
            let (mut arrivals, mut all, mut rows) = (Arrivals::default(), Vec::new(), 0);
            for (is_new, load, row) in came {
                let is_new = is_new || row >= rows;
                let row = if is_new { rows } else { row };
                rows += u32::from(is_new);
                let arrival = Arrival { fetch: 0, segment: load, load };
                arrivals.add(row, is_new, arrival);
                all.push((row, is_new, arrival));
            }
            let (mut told, mut mark, mut limit) = (Vec::new(), ArrivalMark::default(), 0);
            for step in steps {
                limit += step;
                let (runs, next) = arrivals.between(mark, arrivals.end(), limit);
                let part = single(&runs);
                prop_assert!(part.iter().all(|(row, is_new, _)| !is_new || *row < limit));
                told.extend(part);
                mark = next;
            }
            let next = all.get(told.len());
            prop_assert!(next.is_none_or(|(row, is_new, _)| *is_new && *row >= limit), "{:?} is missing", next);
            let (runs, mark) = arrivals.between(mark, arrivals.end(), u32::MAX);
            told.extend(single(&runs));
            prop_assert_eq!(told, all);
            prop_assert_eq!(mark, arrivals.end());

            let mut segment = SegmentWriter::default();
            arrivals.write(&mut segment);
            let mut from = SegmentReader::new(segment.bytes());
            prop_assert_eq!(Arrivals::read(&mut from), Ok(arrivals));
            prop_assert_eq!(from.end(), Ok(()));
        }
    }
}
