//! Custom security attribute audits: changes to attribute definitions and assignments. They need a permission and
//! directory roles of their own; a Global Administrator has neither by default.

use super::{
    ALL_CLOUDS, Access, Column, Fetch, Licence, Link, ReportDefinition, ReportId, TimeOperators, audits,
    column::{join, length},
};

/// The custom security attribute audit report.
pub static CUSTOM_SECURITY_ATTRIBUTE_AUDITS: ReportDefinition = ReportDefinition {
    id: ReportId::new("customSecurityAttributeAudits"),
    slug: "attribute-audits",
    path: "auditLogs/customSecurityAttributeAudits",
    entity: "customSecurityAttributeAudit",
    time: "activityDateTime",
    order_by: "activityDateTime desc",
    page_size: 100,
    time_operators: TimeOperators::GeLe,
    fetches: &[Fetch {
        id: "all",
        filter: None,
        table: "AADCustomSecurityAttributeAuditLogs",
        shown: audits::SHOWN,
        named_by: audits::NAMED_BY,
        summary: None,
    }],
    access: Access {
        scopes: &["CustomSecAttributeAuditLogs.Read.All"],
        scopes_elsewhere: &[],
        scopes_after_403: &[],
        scopes_optional: &[],
        roles: &["Attribute Log Reader", "Attribute Log Administrator"],
        licence: Licence::Free,
        clouds: ALL_CLOUDS,
    },
    columns: &join::<{ length(COLUMNS) }>(COLUMNS),
    groups: audits::GROUPS,
    #[cfg(feature = "samples")]
    sample: include_str!("custom_security_attribute_audits.sample.json"),
};

const COLUMNS: &[&[Column]] =
    &[audits::ACTIVITY, IDS, audits::INITIATOR, audits::TARGETS, audits::ADDITIONAL, &[Column::undefined()]];

// Unlike directory audits, Graph documents no filter for these two.
const IDS: &[Column] =
    &[Column::keyword("id").kql("Id"), Column::keyword("correlationId").link(Link::Correlation).kql("CorrelationId")];
