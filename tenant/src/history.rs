//! What happened in a tenant: rows of the four reports, cut into slices of time so that they need not be in memory at once.

use std::ops::Range;

use serde::de::IgnoredAny;
use serde_json::Value;

use crate::{answers::Answers, json::members, organisation::Organisation, time};

/// One of the four activity reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Report {
    /// `directoryAudits`.
    DirectoryAudits,
    /// `customSecurityAttributeAudits`.
    CustomSecurityAttributeAudits,
    /// `signIns`.
    SignIns,
    /// `provisioning`.
    Provisioning,
}

impl Report {
    /// All four.
    pub const ALL: [Self; 4] =
        [Self::DirectoryAudits, Self::CustomSecurityAttributeAudits, Self::SignIns, Self::Provisioning];
    /// Graph's entity set, also the last segment of the path.
    pub fn name(self) -> &'static str {
        match self {
            Self::DirectoryAudits => "directoryAudits",
            Self::CustomSecurityAttributeAudits => "customSecurityAttributeAudits",
            Self::SignIns => "signIns",
            Self::Provisioning => "provisioning",
        }
    }
    /// The report with this path segment, whatever its case.
    pub fn parse(segment: &str) -> Option<Self> {
        if segment.eq_ignore_ascii_case("directoryProvisioning") {
            return Some(Self::Provisioning);
        }
        Self::ALL.into_iter().find(|report| report.name().eq_ignore_ascii_case(segment))
    }
    /// The property that holds the time of a row.
    pub fn time(self) -> &'static str {
        if self == Self::SignIns { "createdDateTime" } else { "activityDateTime" }
    }
    /// The streams that hold its rows.
    pub fn streams(self) -> &'static [Stream] {
        match self {
            Self::DirectoryAudits => &[Stream::DirectoryAudits],
            Self::CustomSecurityAttributeAudits => &[Stream::CustomSecurityAttributeAudits],
            Self::SignIns => &[
                Stream::SignIns(EventType::InteractiveUser),
                Stream::SignIns(EventType::NonInteractiveUser),
                Stream::SignIns(EventType::ServicePrincipal),
                Stream::SignIns(EventType::ManagedIdentity),
            ],
            Self::Provisioning => &[Stream::Provisioning],
        }
    }
}

/// The four kinds of sign-in, which Graph serves separately.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventType {
    /// A person at a prompt.
    InteractiveUser,
    /// A client on behalf of a person.
    NonInteractiveUser,
    /// An application with its own credential.
    ServicePrincipal,
    /// An Azure resource with a managed identity.
    ManagedIdentity,
}

impl EventType {
    /// All four, in the order of the admin center's tabs.
    pub const ALL: [Self; 4] =
        [Self::InteractiveUser, Self::NonInteractiveUser, Self::ServicePrincipal, Self::ManagedIdentity];
    /// Graph's spelling.
    pub fn name(self) -> &'static str {
        match self {
            Self::InteractiveUser => "interactiveUser",
            Self::NonInteractiveUser => "nonInteractiveUser",
            Self::ServicePrincipal => "servicePrincipal",
            Self::ManagedIdentity => "managedIdentity",
        }
    }
}

/// Rows that are kept and served together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stream {
    /// Directory audits.
    DirectoryAudits,
    /// Custom security attribute audits.
    CustomSecurityAttributeAudits,
    /// Sign-ins of one kind.
    SignIns(EventType),
    /// Provisioning.
    Provisioning,
}

impl Stream {
    /// Every stream.
    pub const ALL: [Self; 7] = [
        Self::DirectoryAudits,
        Self::CustomSecurityAttributeAudits,
        Self::SignIns(EventType::InteractiveUser),
        Self::SignIns(EventType::NonInteractiveUser),
        Self::SignIns(EventType::ServicePrincipal),
        Self::SignIns(EventType::ManagedIdentity),
        Self::Provisioning,
    ];
    /// Its report.
    pub fn report(self) -> Report {
        match self {
            Self::DirectoryAudits => Report::DirectoryAudits,
            Self::CustomSecurityAttributeAudits => Report::CustomSecurityAttributeAudits,
            Self::SignIns(_) => Report::SignIns,
            Self::Provisioning => Report::Provisioning,
        }
    }
    /// A small number of its own, from 0.
    pub fn number(self) -> usize {
        Self::ALL.iter().position(|stream| *stream == self).expect("ALL has every stream")
    }
}

/// A row's place: enough to make its record, and to order it among others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Row {
    /// Time of the row in ticks.
    pub ticks: i64,
    /// Stream of the row.
    pub stream: Stream,
    /// Slice of the row.
    pub slice: i64,
    /// Its number within stream and slice; means something to its history only.
    pub number: u64,
}

/// How records are written for one caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rendering {
    /// `Prefer: include-unknown-enum-members`: newer members of evolvable enums instead of `unknownFutureValue`.
    pub has_new_members: bool,
    /// Conditional Access policies are shown.
    pub has_conditional_access: bool,
}

impl Rendering {
    /// Everything.
    pub const FULL: Self = Self { has_new_members: true, has_conditional_access: true };
}

/// Rows of the four reports.
pub trait History: Send {
    /// Whose history it is.
    fn organisation(&self) -> &Organisation;
    /// Numbers of the slices, the newest last.
    fn slices(&self) -> Range<i64>;
    /// The instants that a slice covers, in ticks.
    fn span(&self, slice: i64) -> Range<i64>;
    /// A slice's rows, newest first.
    fn rows(&self, stream: Stream, slice: i64) -> Vec<Row>;
    /// A row's record as JSON text.
    fn record(&self, row: Row, rendering: Rendering) -> String;
    /// A property's value, where it is known without writing the record; `None` where it is not.
    fn peek(&self, _row: Row, _path: &str) -> Option<Value> {
        None
    }
    /// The row with this id.
    fn find(&self, report: Report, id: &str) -> Option<Row>;
    /// True when the service forgets: then a filter may not reach back more than 90 days.
    fn has_retention(&self) -> bool;
    /// The known answers to the nine questions, when incidents were planted.
    fn answers(&self) -> Option<Answers> {
        None
    }
}

/// Where records without a readable time sort: before every instant, and far enough from the end of the numbers to reckon with.
const TIMELESS: i64 = i64::MIN / 4;

/// Records that were given, not generated; served as they are.
pub struct RecordedHistory {
    organisation: Organisation,
    records: [Vec<Recorded>; 7],
}

/// One given record.
struct Recorded {
    ticks: i64,
    id: String,
    text: String,
}

impl RecordedHistory {
    /// An empty history.
    pub fn new(organisation: Organisation) -> Self {
        Self { organisation, records: Default::default() }
    }

    /// Adds one record, given as the exact text of a JSON object. A sign-in without `signInEventTypes` counts as interactive;
    /// a record without a time that can be read sorts last.
    ///
    /// # Errors
    /// When the text is no JSON object.
    pub fn add(&mut self, report: Report, text: &str) -> Result<(), String> {
        // Only syntax is checked: real recordings hold half surrogates, doubled keys and any depth of nesting.
        serde_json::from_str::<IgnoredAny>(text).map_err(|error| error.to_string())?;
        if !text.trim_start().starts_with('{') {
            return Err("a record must be a JSON object".to_owned());
        }
        let known = |name: &str| {
            let (_, value) = members(text).filter(|(key, _)| *key == name).last()?;
            serde_json::from_str::<Value>(value).ok()
        };
        let text_of = |name: &str| known(name)?.as_str().map(str::to_owned);
        let id = text_of("id").unwrap_or_default();
        let ticks = text_of(report.time()).as_deref().and_then(time::parse).unwrap_or(TIMELESS);
        let stream = match report {
            Report::SignIns => {
                let types = known("signInEventTypes");
                let named = |kind: &EventType| {
                    let types = types.as_ref().and_then(Value::as_array);
                    types.is_some_and(|types| types.iter().any(|name| name == kind.name()))
                };
                Stream::SignIns(EventType::ALL.into_iter().find(named).unwrap_or(EventType::InteractiveUser))
            }
            _ => report.streams()[0],
        };
        let rows = &mut self.records[stream.number()];
        let at = rows.partition_point(|row| row.ticks >= ticks);
        rows.insert(at, Recorded { ticks, id, text: text.to_owned() });
        Ok(())
    }

    /// Number of records of a report.
    pub fn len(&self, report: Report) -> usize {
        report.streams().iter().map(|stream| self.records[stream.number()].len()).sum()
    }

    /// True when there is no record at all.
    pub fn is_empty(&self) -> bool {
        self.records.iter().all(Vec::is_empty)
    }
}

impl History for RecordedHistory {
    fn organisation(&self) -> &Organisation {
        &self.organisation
    }
    fn slices(&self) -> Range<i64> {
        0..1
    }
    fn span(&self, _: i64) -> Range<i64> {
        i64::MIN..i64::MAX
    }
    fn rows(&self, stream: Stream, slice: i64) -> Vec<Row> {
        let rows = self.records[stream.number()].iter().enumerate();
        rows.map(|(number, row)| Row { ticks: row.ticks, stream, slice, number: number as u64 }).collect()
    }
    fn record(&self, row: Row, _: Rendering) -> String {
        // A recording shows what its caller was allowed to see; leaving out more would change its bytes.
        self.records[row.stream.number()][row.number as usize].text.clone()
    }
    fn find(&self, report: Report, id: &str) -> Option<Row> {
        report.streams().iter().find_map(|stream| {
            let rows = &self.records[stream.number()];
            let number = rows.iter().position(|row| row.id.eq_ignore_ascii_case(id))?;
            Some(Row { ticks: rows[number].ticks, stream: *stream, slice: 0, number: number as u64 })
        })
    }
    fn has_retention(&self) -> bool {
        false
    }
}
