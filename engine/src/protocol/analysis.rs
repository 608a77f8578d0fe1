//! Questions about many rows at once, and their answers: facets, histograms, groups, distinct values.
//! Each question is complete in itself; each answer carries the store's revision it was read at.

use serde::{Deserialize, Serialize};

use super::{Cell, LoadKey};
use crate::{filter::Filter, ports::Millis};

/// Which values some columns have among the rows that match, and how often.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FacetsQuery {
    /// Report and fetch.
    pub key: LoadKey,
    /// Which of the loaded rows.
    pub filter: Filter,
    /// What to count.
    pub columns: Vec<FacetQuery>,
}

/// One column whose values are counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetQuery {
    /// Column id.
    pub column: String,
    /// Only values whose text contains this, without regard to case.
    pub search: Option<String>,
    /// Most values wanted, the most frequent ones.
    pub limit: u32,
}

/// Answer to a [`FacetsQuery`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facets {
    /// Store revision; the receiver drops older ones.
    pub revision: u64,
    /// Rows that match the filter.
    pub total: u32,
    /// Counts per column, in the order of the query.
    pub columns: Vec<FacetCounts>,
}

/// How often each value of a column occurs. Values that differ in case only are different values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FacetCounts {
    /// Values and the rows that have them, most first, equally frequent ones in the order of the values. A row of a
    /// multi-valued column counts once for each of its different values.
    pub values: Vec<(Cell, u32)>,
    /// Number of different values; with a search, of those it finds.
    pub distinct: u32,
    /// Rows without a value: absent, null, or no member that is not null.
    pub missing: u32,
}

/// Rows over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistogramQuery {
    /// Report and fetch.
    pub key: LoadKey,
    /// Which of the loaded rows.
    pub filter: Filter,
    /// First instant.
    pub from: Millis,
    /// The instant after the last one.
    pub to: Millis,
    /// How time is divided.
    pub buckets: Buckets,
    /// Column id whose values divide each bucket.
    pub stack: Option<String>,
    /// Most values that get a layer of their own, at most `limits::LAYERS_MAX`: the most frequent ones between the two
    /// instants.
    pub stack_limit: u32,
}

/// How the time of a histogram is divided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Buckets {
    /// So many of the same length.
    Equal(u32),
    /// By the local calendar and clock.
    Local {
        /// What each bucket is.
        unit: LocalUnit,
        /// When which offset from UTC begins to be in force, earliest first. The first one holds for all time before, too;
        /// none at all is UTC.
        zone: Vec<OffsetChange>,
    },
}

/// A unit of local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LocalUnit {
    /// Each hour of the range. An hour that the clock shows twice is two buckets.
    Hour,
    /// Each day of the range, however many hours it has.
    Day,
    /// Seven buckets, Monday first.
    Weekday,
    /// Twenty-four buckets, midnight first.
    HourOfDay,
    /// The 168 hours of a week, Monday midnight first.
    HourOfWeek,
}

/// From an instant on, how far local time is ahead of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffsetChange {
    /// First instant of the offset.
    pub from: Millis,
    /// Seconds that local time is ahead of UTC.
    pub offset_secs: i32,
}

/// Answer to a [`HistogramQuery`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// Store revision; the receiver drops older ones.
    pub revision: u64,
    /// Rows that match the filter, whenever they were.
    pub total: u32,
    /// First instant of each bucket, ascending, the first one not before the range. Empty for the units that return
    /// (weekday, hour of day, hour of week), whose buckets are numbered.
    pub starts: Vec<Millis>,
    /// Rows in each bucket.
    pub counts: Vec<u32>,
    /// The same rows by the value of the stack column, most first; empty without a stack column.
    pub layers: Vec<Layer>,
}

/// One layer of a stacked histogram.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    /// Whose rows these are.
    pub of: LayerOf,
    /// Rows in each bucket. A row with several values is in several layers.
    pub counts: Vec<u32>,
}

/// Whose rows a layer has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum LayerOf {
    /// Rows with this value.
    Value(Cell),
    /// Rows with a value that has no layer of its own; there is such a layer when there are such rows.
    Other,
    /// Rows without a value; there is such a layer when there are such rows.
    Missing,
}

/// Rows that agree in some columns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupsQuery {
    /// Report and fetch.
    pub key: LoadKey,
    /// Which of the loaded rows.
    pub filter: Filter,
    /// One to `limits::GROUP_COLUMNS_MAX` column ids.
    pub by: Vec<String>,
    /// Most groups wanted, the largest ones.
    pub limit: u32,
}

/// Answer to a [`GroupsQuery`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Groups {
    /// Store revision; the receiver drops older ones.
    pub revision: u64,
    /// Rows that match the filter.
    pub total: u32,
    /// Number of groups.
    pub distinct: u32,
    /// The groups, largest first, equally large ones in the order of their values.
    pub groups: Vec<Group>,
}

/// Rows that agree in some columns. A row with several values in one of them is in the group of each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// What they agree in, in the order of the query; `Absent` where they have no value.
    pub values: Vec<Cell>,
    /// Number of rows.
    pub rows: u32,
    /// Time of the earliest row that has one.
    pub first: Option<Millis>,
    /// Time of the latest row that has one.
    pub last: Option<Millis>,
}

/// How many different values a column has among the rows that match.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DistinctQuery {
    /// Report and fetch.
    pub key: LoadKey,
    /// Which of the loaded rows.
    pub filter: Filter,
    /// Column id.
    pub column: String,
}

/// Answer to a [`DistinctQuery`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distinct {
    /// Store revision; the receiver drops older ones.
    pub revision: u64,
    /// Rows that match the filter.
    pub total: u32,
    /// Number of different values.
    pub distinct: u32,
    /// Rows without a value.
    pub missing: u32,
}
