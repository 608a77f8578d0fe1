//! Provisioning: accounts, groups and roles that were, or were not, carried from one system to another.

use serde_json::{Map, Value};

use super::{
    Access, Column, Fetch, Group, Licence, Link, ReportDefinition, ReportId, TimeOperators,
    column::{EQ, EQ_CONTAINS, EQ_GT_LT},
    outcome_at, text_at,
};

/// The provisioning report.
pub static PROVISIONING: ReportDefinition = ReportDefinition {
    id: ReportId::new("provisioning"),
    slug: "provisioning",
    path: "auditLogs/provisioning",
    entity: "provisioningObjectSummary",
    time: "activityDateTime",
    order_by: "activityDateTime desc",
    // Graph documents no maximum; 500 is the most that is known to be honoured.
    page_size: 500,
    time_operators: TimeOperators::GtLt,
    fetches: &[Fetch {
        id: "all",
        filter: None,
        table: "AADProvisioningLogs",
        shown: &[
            "activityDateTime",
            "identity",
            "provisioningAction",
            "sourceSystem/displayName",
            "targetSystem/displayName",
            "outcome",
        ],
        named_by: &["identity", "provisioningAction", "sourceSystem/displayName", "targetSystem/displayName"],
        summary: None,
    }],
    access: Access {
        scopes: &["ProvisioningLog.Read.All"],
        // The permission reference lists the other for the public cloud only.
        scopes_elsewhere: &["AuditLog.Read.All"],
        // Older tenants know only these.
        scopes_after_403: &["AuditLog.Read.All", "Directory.Read.All"],
        scopes_optional: &[],
        roles: &[
            "Reports Reader",
            "Security Reader",
            "Security Operator",
            "Global Reader",
            "Security Administrator",
            "Application Administrator",
            "Cloud Application Administrator",
        ],
        licence: Licence::Premium,
        clouds: &["global", "us-gov", "us-dod"],
    },
    columns: COLUMNS,
    groups: &[
        Group {
            id: "basic",
            properties: &[
                "activityDateTime",
                "provisioningAction",
                "action",
                "id",
                "changeId",
                "durationInMilliseconds",
                "tenantId",
                "initiatedBy",
            ],
        },
        Group { id: "status", properties: &["provisioningStatusInfo", "statusInfo"] },
        Group { id: "source", properties: &["sourceIdentity", "sourceSystem"] },
        Group { id: "target", properties: &["targetIdentity", "targetSystem"] },
        Group { id: "steps", properties: &["provisioningSteps"] },
        Group { id: "modifiedProperties", properties: &["modifiedProperties"] },
        Group { id: "job", properties: &["jobId", "cycleId", "servicePrincipal"] },
    ],
    #[cfg(feature = "samples")]
    sample: include_str!("provisioning.sample.json"),
};

const COLUMNS: &[Column] = &[
    Column::date_time("activityDateTime").odata(EQ_GT_LT).bare().kql("TimeGenerated"),
    Column::derived("identity", &["sourceIdentity", "targetIdentity"], identity),
    Column::keyword("provisioningAction")
        .paths(&["provisioningAction", "action"])
        .odata(EQ_CONTAINS)
        .facet()
        .kql("ProvisioningAction"),
    Column::keyword("action").odata(EQ_CONTAINS).deprecated(),
    Column::keyword("id").odata(EQ_CONTAINS).kql("Id"),
    Column::keyword("changeId").odata(EQ_CONTAINS).link(Link::Change).kql("ChangeId"),
    Column::integer("durationInMilliseconds").odata(EQ_GT_LT).bare().kql("DurationMs"),
    Column::keyword("tenantId").odata(EQ_CONTAINS).kql("AADTenantId"),
    Column::keyword("initiatedBy/displayName").odata(EQ_CONTAINS).kql("InitiatedBy.displayName"),
    Column::keyword("initiatedBy/id").link(Link::User).kql("InitiatedBy.id"),
    Column::keyword("initiatedBy/initiatorType")
        .paths(&["initiatedBy/initiatorType", "initiatedBy/initiatingType"])
        .facet()
        .kql("InitiatedBy.initiatorType"),
    Column::outcome("outcome", &["provisioningStatusInfo", "statusInfo"], outcome).facet(),
    Column::keyword("provisioningStatusInfo/status")
        .paths(&["provisioningStatusInfo/status", "statusInfo/status"])
        .odata(EQ_CONTAINS)
        .kql("ResultType"),
    Column::keyword("provisioningStatusInfo/errorInformation/errorCode")
        .paths(&["provisioningStatusInfo/errorInformation/errorCode", "statusInfo/errorCode"])
        .facet()
        .kql("ResultSignature"),
    Column::keyword("provisioningStatusInfo/errorInformation/reason")
        .paths(&["provisioningStatusInfo/errorInformation/reason", "statusInfo/reason"])
        .kql("ResultDescription"),
    Column::keyword("provisioningStatusInfo/errorInformation/recommendedAction")
        .paths(&["provisioningStatusInfo/errorInformation/recommendedAction", "statusInfo/recommendedAction"])
        .kql("ProvisioningStatusInfo.errorInformation.recommendedAction"),
    Column::keyword("provisioningStatusInfo/errorInformation/errorCategory")
        .paths(&["provisioningStatusInfo/errorInformation/errorCategory", "statusInfo/errorCategory"])
        .facet()
        .kql("ProvisioningStatusInfo.errorInformation.errorCategory"),
    Column::keyword("provisioningStatusInfo/errorInformation/additionalDetails")
        .paths(&["provisioningStatusInfo/errorInformation/additionalDetails", "statusInfo/additionalDetails"])
        .kql("ProvisioningStatusInfo.errorInformation.additionalDetails"),
    Column::keyword("statusInfo/status").odata(EQ_CONTAINS).deprecated(),
    Column::keyword("statusInfo/@odata.type").deprecated(),
    Column::keyword("statusInfo/errorCode").deprecated(),
    Column::keyword("statusInfo/reason").deprecated(),
    Column::keyword("statusInfo/recommendedAction").deprecated(),
    Column::keyword("statusInfo/errorCategory").deprecated(),
    Column::keyword("statusInfo/additionalDetails").deprecated(),
    Column::keyword("sourceIdentity/displayName").odata(EQ_CONTAINS).kql("SourceIdentity.displayName"),
    Column::keyword("sourceIdentity/id").odata(EQ_CONTAINS).link(Link::Target).kql("SourceIdentity.id"),
    Column::keyword("sourceIdentity/identityType").odata(EQ_CONTAINS).facet().kql("SourceIdentity.identityType"),
    Column::bag("sourceIdentity/details").kql("SourceIdentity.details"),
    Column::keyword("sourceSystem/displayName").odata(EQ_CONTAINS).facet().kql("SourceSystem.displayName"),
    Column::keyword("sourceSystem/id").kql("SourceSystem.id"),
    Column::bag("sourceSystem/details").kql("SourceSystem.details"),
    Column::keyword("targetIdentity/displayName").odata(EQ_CONTAINS).kql("TargetIdentity.displayName"),
    Column::keyword("targetIdentity/id").odata(EQ_CONTAINS).link(Link::Target).kql("TargetIdentity.id"),
    Column::keyword("targetIdentity/identityType").odata(EQ_CONTAINS).facet().kql("TargetIdentity.identityType"),
    Column::bag("targetIdentity/details").kql("TargetIdentity.details"),
    Column::keyword("targetSystem/displayName").odata(EQ_CONTAINS).facet().kql("TargetSystem.displayName"),
    Column::keyword("targetSystem/id").kql("TargetSystem.id"),
    Column::bag("targetSystem/details").kql("TargetSystem.details"),
    Column::keywords("provisioningSteps[]/name").kql("ProvisioningSteps[].name"),
    Column::keywords("provisioningSteps[]/provisioningStepType").kql("ProvisioningSteps[].provisioningStepType"),
    Column::keywords("provisioningSteps[]/status").kql("ProvisioningSteps[].status"),
    Column::keywords("provisioningSteps[]/description").kql("ProvisioningSteps[].description"),
    Column::bags("provisioningSteps[]/details").kql("ProvisioningSteps[].details"),
    Column::keywords("modifiedProperties[]/displayName").facet().kql("ModifiedProperties[].displayName"),
    Column::keywords("modifiedProperties[]/oldValue").kql("ModifiedProperties[].oldValue"),
    Column::keywords("modifiedProperties[]/newValue").kql("ModifiedProperties[].newValue"),
    Column::keyword("jobId").odata(EQ_CONTAINS).link(Link::Change).kql("JobId"),
    Column::keyword("cycleId").odata(EQ_CONTAINS).link(Link::Change).kql("CycleId"),
    Column::keyword("servicePrincipal/displayName")
        .paths(&["servicePrincipal/displayName", "servicePrincipal/name"])
        .odata(EQ)
        .facet()
        .kql("ServicePrincipal.displayName"),
    Column::keyword("servicePrincipal/id").odata(EQ).link(Link::Target).kql("ServicePrincipal.id"),
    Column::undefined(),
];

fn outcome(record: &Map<String, Value>) -> Option<String> {
    outcome_at(record, "provisioningStatusInfo/status").or_else(|| outcome_at(record, "statusInfo/status"))
}

fn identity(record: &Map<String, Value>) -> Option<String> {
    const PATHS: &[&str] =
        &["sourceIdentity/displayName", "targetIdentity/displayName", "sourceIdentity/id", "targetIdentity/id"];
    PATHS.iter().find_map(|path| text_at(record, path)).map(str::to_owned)
}
