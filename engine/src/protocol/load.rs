//! How a load stands, and why it does not go on.

use serde::{Deserialize, Serialize};

use super::{IngestWarning, LoadKey, Scope, WarningCode};
use crate::{
    ports::{AuthError, BudgetState, Millis},
    reports::Licence,
};

/// A part of a load's time range. Parts that meet share an instant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SliceStatus {
    /// First instant; `None` for as far back as there are rows.
    pub from: Option<Millis>,
    /// Last instant; `None` for the present.
    pub to: Option<Millis>,
    /// Where it stands.
    pub state: SliceState,
}

/// Where a part of a load's time range stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum SliceState {
    /// Everything in it is there.
    Loaded,
    /// Requests for it are under way.
    Loading,
    /// It was not asked for yet, or is to be asked for again.
    Waiting,
    /// It failed; the rest of the load goes on.
    Failed(GraphError),
    /// It is older than what the service keeps.
    OutsideRetention,
}

/// How many rows there are when, as the service counts them without listing them. It counts groups of rows by its own rules, and
/// later or earlier than it lists them: good for a picture and for a plan, and no proof that a row is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    /// First instant of the first window.
    pub from: Millis,
    /// Length of a window: an hour, six or a day.
    pub window_millis: Millis,
    /// Rows in each window, oldest first and without gaps; at most `limits::WINDOWS_MAX`.
    pub counts: Vec<u64>,
    /// When they were counted; the last window may end later.
    pub at: Millis,
}

/// What is left of a load: as many rows as the service counts, and where it does not, as many as there were in the same time
/// that is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Rows.
    pub rows: u32,
    /// Requests.
    pub requests: u32,
    /// True when the service counted nearly all of them.
    pub is_counted: bool,
    /// False when it is not known how far back there are rows; a retention of 30 days is assumed then.
    pub is_range_known: bool,
}

/// The state of one load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadStatus {
    /// What is loaded.
    pub key: LoadKey,
    /// What was asked for.
    pub scope: Scope,
    /// Where it stands.
    pub phase: Phase,
    /// Store revision; a larger one means a window may have changed.
    pub revision: u64,
    /// Rows loaded for this report and fetch.
    pub rows: u32,
    /// Duplicates that were dropped (same bytes).
    pub duplicates: u32,
    /// Pages read.
    pub pages: u32,
    /// Requests sent, retries included.
    pub requests: u32,
    /// Bytes of pages read.
    pub bytes: u64,
    /// How far back everything is there: the time of the oldest row, or of the newest gap.
    pub reached: Option<Millis>,
    /// What is loaded, loading, failed and not asked for yet: the parts of the time range, newest first, without gaps.
    pub slices: Vec<SliceStatus>,
    /// What is left to be loaded; `None` when nothing is, or nothing is known of it yet.
    pub left: Option<Left>,
    /// How many rows there are when; `None` where the service does not say.
    pub volume: Option<Volume>,
    /// True when Graph is too slow with the scope's conditions, which are looked at here instead.
    pub is_filtered_here: bool,
    /// Odd things so far, by kind.
    pub warnings: Vec<(WarningCode, u32)>,
    /// The latest of them, at most `limits::WARNINGS_KEPT`.
    pub warning_examples: Vec<IngestWarning>,
    /// True when Conditional Access details are left out for want of a permission.
    pub is_policy_detail_missing: bool,
    /// The request budget now; `None` for no limit.
    pub budget: Option<BudgetState>,
    /// Bytes of the report's records that are in a file, because memory was needed or because they were saved.
    pub filed_bytes: u64,
    /// True when memory should have been relieved and the browser keeps no files: all there is is `limits::MEMORY_BYTES_MAX`.
    pub is_memory_only: bool,
}

impl LoadStatus {
    /// The state of a load that has not begun.
    pub fn new(key: LoadKey, scope: Scope) -> Self {
        Self {
            key,
            scope,
            phase: Phase::Loading,
            revision: 0,
            rows: 0,
            duplicates: 0,
            pages: 0,
            requests: 0,
            bytes: 0,
            reached: None,
            slices: Vec::new(),
            left: None,
            volume: None,
            is_filtered_here: false,
            warnings: Vec::new(),
            warning_examples: Vec::new(),
            is_policy_detail_missing: false,
            budget: None,
            filed_bytes: 0,
            is_memory_only: false,
        }
    }
}

/// Where a load stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Phase {
    /// Requests are under way.
    Loading,
    /// Waiting before the next request, until the instant given.
    Waiting {
        /// When it goes on.
        until: Millis,
        /// Why it waits.
        reason: WaitReason,
    },
    /// Waiting for a person (sign-in, consent).
    NeedsPerson(AuthError),
    /// Stopped by the person.
    Stopped,
    /// Everything asked for is loaded.
    Complete,
    /// Memory for rows is used up (`limits::MEMORY_BYTES_MAX`); what is loaded stays, nothing more is read.
    MemoryFull,
    /// It failed; what is loaded stays.
    Failed(GraphError),
}

impl Phase {
    /// True while the load goes on by itself.
    pub fn is_under_way(&self) -> bool {
        matches!(self, Self::Loading | Self::Waiting { .. })
    }
}

/// Why a load waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WaitReason {
    /// Graph throttled us.
    Throttled,
    /// Graph or the network failed and the request will be tried again.
    Retrying,
    /// The computer is offline; the request will be tried again.
    Offline,
}

/// A failed Graph request, told apart only where somebody acts differently. Each names what support will ask for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
pub enum GraphError {
    /// The token is not accepted even after renewal.
    #[error("sign in again: Graph rejected the access token")]
    Unauthorized(GraphErrorDetail),
    /// The app lacks a permission.
    #[error("permission missing: {}", scopes.join(", "))]
    PermissionMissing {
        /// Scopes to consent to, by short name.
        scopes: Vec<String>,
        /// For support.
        detail: GraphErrorDetail,
    },
    /// The person lacks a directory role.
    #[error("role missing, one of: {}", roles.join(", "))]
    RoleMissing {
        /// Roles that would do, least privileged first.
        roles: Vec<String>,
        /// For support.
        detail: GraphErrorDetail,
    },
    /// The tenant lacks a licence.
    #[error("licence missing")]
    LicenceMissing {
        /// Which.
        licence: Licence,
        /// For support.
        detail: GraphErrorDetail,
    },
    /// The report does not exist in this cloud.
    #[error("the report does not exist in this cloud")]
    NotInThisCloud(GraphErrorDetail),
    /// Graph does not take the request; asking for less or otherwise may help.
    #[error("Graph did not accept the request")]
    Rejected(GraphErrorDetail),
    /// Throttled for longer than is sensible to wait.
    #[error("throttled")]
    Throttled {
        /// Until when Graph wants no request; `None` when it did not say.
        until: Option<Millis>,
        /// True when others use up what Graph allows for the app registration: one that nobody else uses would help.
        is_by_others: bool,
        /// For support.
        detail: GraphErrorDetail,
    },
    /// Graph failed, or its answer cannot be read, after retries.
    #[error("no usable answer from Graph")]
    Unavailable(GraphErrorDetail),
    /// No answer reached the page, although the computer is not offline: blocked, or a gateway error.
    #[error("Graph could not be reached")]
    Unreachable(GraphErrorDetail),
    /// The computer was offline for longer than is sensible to wait.
    #[error("offline")]
    Offline(GraphErrorDetail),
    /// A next link pointed away from the pinned Graph origin and was not followed.
    #[error("a link led outside Graph and was not followed")]
    ForeignLink(GraphErrorDetail),
}

/// What support will ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraphErrorDetail {
    /// HTTP status, 0 for none.
    pub status: u16,
    /// Graph's error code, such as `Authentication_MSGraphPermissionMissing`.
    pub code: String,
    /// Graph's message; quoted text only.
    pub message: String,
    /// `request-id` of the answer.
    pub request_id: Option<String>,
    /// `client-request-id` that was sent.
    pub client_request_id: Option<String>,
    /// When it happened.
    pub at: Millis,
}
