//! Directory audits: every change to the directory, and who made it.

use super::{
    ALL_CLOUDS, Access, Column, Fetch, Licence, Link, ReportDefinition, ReportId, TimeOperators, audits,
    column::{EQ, join, length},
};

/// The directory audit report.
pub static DIRECTORY_AUDITS: ReportDefinition = ReportDefinition {
    id: ReportId::new("directoryAudits"),
    slug: "directory-audits",
    path: "auditLogs/directoryAudits",
    entity: "directoryAudit",
    time: "activityDateTime",
    order_by: "activityDateTime desc",
    page_size: 1_000,
    time_operators: TimeOperators::GeLe,
    fetches: &[Fetch {
        id: "all",
        filter: None,
        table: "AuditLogs",
        shown: audits::SHOWN,
        named_by: audits::NAMED_BY,
        summary: None,
    }],
    access: Access {
        scopes: &["AuditLog.Read.All"],
        scopes_elsewhere: &[],
        scopes_after_403: &["Directory.Read.All"],
        scopes_optional: &[],
        roles: &["Reports Reader", "Security Reader", "Security Administrator"],
        licence: Licence::Free,
        clouds: ALL_CLOUDS,
    },
    columns: &join::<{ length(COLUMNS) }>(COLUMNS),
    groups: audits::GROUPS,
    #[cfg(feature = "samples")]
    sample: include_str!("directory_audits.sample.json"),
};

const COLUMNS: &[&[Column]] =
    &[audits::ACTIVITY, IDS, audits::INITIATOR, PERFORMER, audits::TARGETS, audits::ADDITIONAL, &[Column::undefined()]];

const IDS: &[Column] = &[
    Column::keyword("id").odata(EQ).kql("Id"),
    Column::keyword("correlationId").odata(EQ).link(Link::Correlation).kql("CorrelationId"),
];

const PERFORMER: &[Column] = &[
    Column::keyword("performedBy/identityType").facet(),
    Column::keyword("performedBy/appId").link(Link::App),
    Column::keyword("performedBy/blueprintId"),
];
