//! What the two audit reports have in common. They differ in their permissions and in a few properties.

use serde_json::{Map, Value};

use super::{
    Column, Group, Link,
    column::{EQ, EQ_GE_LE, EQ_STARTS_WITH},
    outcome_at, text_at, value_at,
};

/// What was done, and how it ended.
pub(super) const ACTIVITY: &[Column] = &[
    Column::date_time("activityDateTime").odata(EQ_GE_LE).bare().kql("ActivityDateTime"),
    Column::keyword("activityDisplayName").odata(EQ_STARTS_WITH).facet().kql("ActivityDisplayName"),
    Column::outcome("outcome", &["result"], outcome).facet(),
    Column::keyword("result").kql("Result"),
    Column::keyword("resultReason").kql("ResultReason"),
    Column::keyword("loggedByService").odata(EQ).facet().kql("LoggedByService"),
    Column::keyword("category").facet().kql("Category"),
    Column::keyword("operationType").facet().kql("AADOperationType"),
];

/// Who did it.
pub(super) const INITIATOR: &[Column] = &[
    Column::derived("initiator", &["initiatedBy"], initiator).facet(),
    Column::keyword("initiatedBy/user/userPrincipalName")
        .odata(EQ_STARTS_WITH)
        .link(Link::User)
        .kql("InitiatedBy.user.userPrincipalName"),
    Column::keyword("initiatedBy/user/displayName").odata(EQ).kql("InitiatedBy.user.displayName"),
    Column::keyword("initiatedBy/user/id").odata(EQ).link(Link::User).kql("InitiatedBy.user.id"),
    Column::keyword("initiatedBy/user/userType").kql("InitiatedBy.user.userType"),
    Column::keyword("initiatedBy/user/ipAddress").link(Link::Address).kql("InitiatedBy.user.ipAddress"),
    Column::keyword("initiatedBy/user/homeTenantId").kql("InitiatedBy.user.homeTenantId"),
    Column::keyword("initiatedBy/user/homeTenantName").kql("InitiatedBy.user.homeTenantName"),
    Column::keyword("initiatedBy/app/displayName").odata(EQ).kql("InitiatedBy.app.displayName"),
    Column::keyword("initiatedBy/app/appId").odata(EQ).link(Link::App).kql("InitiatedBy.app.appId"),
    Column::keyword("initiatedBy/app/servicePrincipalId").link(Link::Target).kql("InitiatedBy.app.servicePrincipalId"),
    Column::keyword("initiatedBy/app/servicePrincipalName").kql("InitiatedBy.app.servicePrincipalName"),
    Column::keyword("initiatedBy/linkableIdentifiers/sessionId")
        .link(Link::Session)
        .kql("InitiatedBy.linkableIdentifiers.sessionId"),
    Column::keyword("initiatedBy/linkableIdentifiers/deviceId")
        .link(Link::Device)
        .kql("InitiatedBy.linkableIdentifiers.deviceId"),
    Column::keyword("initiatedBy/linkableIdentifiers/tokenDetails/uniqueTokenIdentifier")
        .link(Link::Token)
        .kql("InitiatedBy.linkableIdentifiers.tokenDetails.uniqueTokenIdentifier"),
    Column::date_time("initiatedBy/linkableIdentifiers/tokenDetails/issuedAtDateTime")
        .kql("InitiatedBy.linkableIdentifiers.tokenDetails.issuedAtDateTime"),
    Column::keyword("userAgent"),
];

/// What it was done to.
pub(super) const TARGETS: &[Column] = &[
    Column::derived("target", &["targetResources"], target),
    Column::keywords("targetResources[]/displayName")
        .odata_any("targetResources", "t/displayName", EQ_STARTS_WITH)
        .kql("TargetResources[].displayName"),
    Column::keywords("targetResources[]/type").facet().kql("TargetResources[].type"),
    Column::keywords("targetResources[]/id")
        .odata_any("targetResources", "t/id", EQ)
        .link(Link::Target)
        .kql("TargetResources[].id"),
    Column::keywords("targetResources[]/userPrincipalName").link(Link::User).kql("TargetResources[].userPrincipalName"),
    Column::keywords("targetResources[]/groupType").kql("TargetResources[].groupType"),
    Column::keywords("targetResources[]/@odata.type").kql("TargetResources[].@odata.type"),
    Column::keywords("targetResources[]/modifiedProperties[]/displayName")
        .facet()
        .kql("TargetResources[].modifiedProperties[].displayName"),
    Column::keywords("targetResources[]/modifiedProperties[]/oldValue")
        .kql("TargetResources[].modifiedProperties[].oldValue"),
    Column::keywords("targetResources[]/modifiedProperties[]/newValue")
        .kql("TargetResources[].modifiedProperties[].newValue"),
];

/// Further facts.
pub(super) const ADDITIONAL: &[Column] = &[
    Column::keywords("additionalDetails[]/key").kql("AdditionalDetails[].key"),
    Column::keywords("additionalDetails[]/value").kql("AdditionalDetails[].value"),
];

/// Groups of the detail pane, in order.
pub(super) const GROUPS: &[Group] = &[
    Group {
        id: "activity",
        properties: &[
            "activityDateTime",
            "activityDisplayName",
            "result",
            "resultReason",
            "loggedByService",
            "category",
            "operationType",
            "id",
            "correlationId",
        ],
    },
    Group { id: "initiator", properties: &["initiatedBy", "userAgent", "performedBy"] },
    Group { id: "targets", properties: &["targetResources"] },
    Group { id: "additional", properties: &["additionalDetails"] },
];

/// What names an audit: what was done, to what, by whom.
pub(super) const NAMED_BY: &[&str] = &["activityDisplayName", "target", "initiator"];

/// The admin center's default columns.
pub(super) const SHOWN: &[&str] =
    &["activityDateTime", "loggedByService", "category", "activityDisplayName", "outcome", "target", "initiator"];

fn outcome(record: &Map<String, Value>) -> Option<String> {
    outcome_at(record, "result")
}

fn initiator(record: &Map<String, Value>) -> Option<String> {
    const PATHS: &[&str] = &[
        "initiatedBy/user/userPrincipalName",
        "initiatedBy/user/displayName",
        "initiatedBy/app/displayName",
        "initiatedBy/app/servicePrincipalName",
        "initiatedBy/user/id",
        "initiatedBy/app/appId",
        "initiatedBy/app/servicePrincipalId",
    ];
    PATHS.iter().find_map(|path| text_at(record, path)).map(str::to_owned)
}

/// The first target that has a name or an id: group targets often have neither name nor anything but an id.
fn target(record: &Map<String, Value>) -> Option<String> {
    let targets = value_at(record, "targetResources")?.as_array()?;
    targets
        .iter()
        .filter_map(Value::as_object)
        .find_map(|target| {
            ["displayName", "userPrincipalName", "id"].into_iter().find_map(|name| text_at(target, name))
        })
        .map(str::to_owned)
}
