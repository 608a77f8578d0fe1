//! What `$filter` takes, property by property. Equal to the tables of the endpoint reference, section 4; anything else is
//! refused with "Invalid filter clause".

use crate::history::Report;

/// A comparison operator or function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operator {
    /// `eq`.
    Eq,
    /// `ne`.
    Ne,
    /// `ge`.
    Ge,
    /// `gt`.
    Gt,
    /// `le`.
    Le,
    /// `lt`.
    Lt,
    /// `startswith`.
    StartsWith,
    /// `contains`.
    Contains,
}

impl Operator {
    /// The reference's spelling.
    pub fn name(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Ge => "ge",
            Self::Gt => "gt",
            Self::Le => "le",
            Self::Lt => "lt",
            Self::StartsWith => "startswith",
            Self::Contains => "contains",
        }
    }
}

/// One line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filterable {
    /// The report.
    pub report: Report,
    /// The expression as the reference prints it.
    pub expression: &'static str,
    /// Slash path of the property; `[]` after a collection.
    pub path: &'static str,
    /// What it may be compared by.
    pub operators: &'static [Operator],
}

/// What kind of literal a property is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LiteralKind {
    Text,
    Number,
    Time,
}

impl Filterable {
    pub(super) fn literal(&self) -> LiteralKind {
        match self.path {
            "activityDateTime" | "createdDateTime" => LiteralKind::Time,
            "status/errorCode" | "durationInMilliseconds" => LiteralKind::Number,
            _ => LiteralKind::Text,
        }
    }
}

const EQ: &[Operator] = &[Operator::Eq];
const STARTS: &[Operator] = &[Operator::StartsWith];
const EQ_STARTS: &[Operator] = &[Operator::Eq, Operator::StartsWith];
const EQ_CONTAINS: &[Operator] = &[Operator::Eq, Operator::Contains];
const EQ_GE_LE: &[Operator] = &[Operator::Eq, Operator::Ge, Operator::Le];
const EQ_GT_LT: &[Operator] = &[Operator::Eq, Operator::Gt, Operator::Lt];

const fn line(report: Report, expression: &'static str, operators: &'static [Operator]) -> Filterable {
    Filterable { report, expression, path: expression, operators }
}

const fn any(
    report: Report,
    expression: &'static str,
    path: &'static str,
    operators: &'static [Operator],
) -> Filterable {
    Filterable { report, expression, path, operators }
}

macro_rules! audits {
    ($report:expr) => {
        [
            line($report, "activityDateTime", EQ_GE_LE),
            line($report, "activityDisplayName", EQ_STARTS),
            line($report, "loggedByService", EQ),
            line($report, "initiatedBy/user/id", EQ),
            line($report, "initiatedBy/user/displayName", EQ),
            line($report, "initiatedBy/user/userPrincipalName", EQ_STARTS),
            line($report, "initiatedBy/app/appId", EQ),
            line($report, "initiatedBy/app/displayName", EQ),
            any($report, "targetResources/any(t: t/id eq '…')", "targetResources[]/id", EQ),
            any($report, "targetResources/any(t: t/displayName eq '…')", "targetResources[]/displayName", EQ),
            any(
                $report,
                "targetResources/any(t: startswith(t/displayName, '…'))",
                "targetResources[]/displayName",
                STARTS,
            ),
        ]
    };
}

use Report::{CustomSecurityAttributeAudits, DirectoryAudits, Provisioning, SignIns};

static DIRECTORY_AUDITS: [Filterable; 11] = audits!(DirectoryAudits);
static DIRECTORY_AUDITS_ONLY: [Filterable; 2] =
    [line(DirectoryAudits, "id", EQ), line(DirectoryAudits, "correlationId", EQ)];
static ATTRIBUTE_AUDITS: [Filterable; 11] = audits!(CustomSecurityAttributeAudits);

static SIGN_INS: &[Filterable] = &[
    line(SignIns, "createdDateTime", EQ_GE_LE),
    line(SignIns, "id", EQ),
    line(SignIns, "userId", EQ),
    line(SignIns, "appId", EQ),
    line(SignIns, "correlationId", EQ),
    line(SignIns, "originalRequestId", EQ),
    line(SignIns, "resourceId", EQ),
    line(SignIns, "resourceDisplayName", EQ),
    line(SignIns, "appOwnerTenantId", EQ),
    line(SignIns, "resourceOwnerTenantId", EQ),
    line(SignIns, "clientAppUsed", EQ),
    line(SignIns, "conditionalAccessStatus", EQ),
    line(SignIns, "conditionalAccessAudiences", EQ),
    line(SignIns, "riskDetail", EQ),
    line(SignIns, "riskLevelAggregated", EQ),
    line(SignIns, "riskLevelDuringSignIn", EQ),
    line(SignIns, "riskState", EQ),
    line(SignIns, "tokenIssuerName", EQ),
    line(SignIns, "tokenIssuerType", EQ),
    line(SignIns, "status/errorCode", EQ),
    line(SignIns, "appDisplayName", EQ_STARTS),
    line(SignIns, "userDisplayName", EQ_STARTS),
    line(SignIns, "userPrincipalName", EQ_STARTS),
    line(SignIns, "ipAddress", EQ_STARTS),
    line(SignIns, "userAgent", EQ_STARTS),
    line(SignIns, "authenticationRequirement", EQ_STARTS),
    line(SignIns, "servicePrincipalId", EQ_STARTS),
    line(SignIns, "servicePrincipalName", EQ_STARTS),
    line(SignIns, "location/city", EQ_STARTS),
    line(SignIns, "location/state", EQ_STARTS),
    line(SignIns, "location/countryOrRegion", EQ_STARTS),
    line(SignIns, "deviceDetail/browser", EQ_STARTS),
    line(SignIns, "deviceDetail/operatingSystem", EQ_STARTS),
    any(SignIns, "riskEventTypes_v2/any(t: t eq '…')", "riskEventTypes_v2[]", EQ_STARTS),
    any(SignIns, "signInEventTypes/any(t: t eq '…')", "signInEventTypes[]", &[Operator::Eq, Operator::Ne]),
];

static PROVISIONING: &[Filterable] = &[
    line(Provisioning, "id", EQ_CONTAINS),
    line(Provisioning, "tenantId", EQ_CONTAINS),
    line(Provisioning, "jobId", EQ_CONTAINS),
    line(Provisioning, "changeId", EQ_CONTAINS),
    line(Provisioning, "cycleId", EQ_CONTAINS),
    line(Provisioning, "provisioningAction", EQ_CONTAINS),
    line(Provisioning, "provisioningStatusInfo/status", EQ_CONTAINS),
    line(Provisioning, "sourceSystem/displayName", EQ_CONTAINS),
    line(Provisioning, "targetSystem/displayName", EQ_CONTAINS),
    line(Provisioning, "sourceIdentity/identityType", EQ_CONTAINS),
    line(Provisioning, "targetIdentity/identityType", EQ_CONTAINS),
    line(Provisioning, "sourceIdentity/id", EQ_CONTAINS),
    line(Provisioning, "targetIdentity/id", EQ_CONTAINS),
    line(Provisioning, "sourceIdentity/displayName", EQ_CONTAINS),
    line(Provisioning, "targetIdentity/displayName", EQ_CONTAINS),
    line(Provisioning, "initiatedBy/displayName", EQ_CONTAINS),
    line(Provisioning, "servicePrincipal/id", EQ),
    line(Provisioning, "servicePrincipal/displayName", EQ),
    line(Provisioning, "activityDateTime", EQ_GT_LT),
    line(Provisioning, "durationInMilliseconds", EQ_GT_LT),
    line(Provisioning, "action", EQ_CONTAINS),
    line(Provisioning, "statusInfo/status", EQ_CONTAINS),
];

/// The whole table.
pub fn filters() -> impl Iterator<Item = &'static Filterable> {
    DIRECTORY_AUDITS.iter().chain(&DIRECTORY_AUDITS_ONLY).chain(&ATTRIBUTE_AUDITS).chain(SIGN_INS).chain(PROVISIONING)
}

/// The line that allows this comparison.
pub(super) fn allowed(report: Report, path: &str, operator: Operator) -> Option<&'static Filterable> {
    filters().find(|line| line.report == report && line.path == path && line.operators.contains(&operator))
}
