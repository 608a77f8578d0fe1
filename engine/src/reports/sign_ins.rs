//! Sign-ins: users, service principals and managed identities that got, or did not get, a token.

mod columns;

use serde_json::{Map, Value};

use columns::COLUMNS;

use super::{
    ALL_CLOUDS, Access, Fetch, Group, Licence, Outcome, ReportDefinition, ReportId, Summary, TimeOperators, text_at,
    value_at,
};
use crate::filter::Operator;

/// The sign-in report.
pub static SIGN_INS: ReportDefinition = ReportDefinition {
    id: ReportId::new("signIns"),
    slug: "sign-ins",
    path: "auditLogs/signIns",
    entity: "signIn",
    time: "createdDateTime",
    order_by: "createdDateTime desc",
    page_size: 1_000,
    time_operators: TimeOperators::GeLe,
    fetches: FETCHES,
    access: Access {
        scopes: &["AuditLog.Read.All"],
        scopes_elsewhere: &[],
        scopes_after_403: &["Directory.Read.All"],
        scopes_optional: &["Policy.Read.ConditionalAccess"],
        roles: &["Reports Reader", "Security Reader", "Security Operator", "Global Reader", "Security Administrator"],
        licence: Licence::Premium,
        clouds: ALL_CLOUDS,
    },
    columns: COLUMNS,
    groups: GROUPS,
    #[cfg(feature = "samples")]
    sample: include_str!("sign_ins.sample.json"),
};

// Graph answers with interactive users alone unless asked, and refuses users and workloads in one question.
const FETCHES: &[Fetch] = &[
    Fetch {
        id: "interactiveUser",
        filter: Some("signInEventTypes/any(t: t eq 'interactiveUser')"),
        table: "SigninLogs",
        shown: &[
            "createdDateTime",
            "id",
            "userDisplayName",
            "appDisplayName",
            "outcome",
            "ipAddress",
            "locationText",
            "conditionalAccessStatus",
            "crossTenantAccessType",
            "homeTenantId",
            "resourceTenantId",
        ],
        named_by: &["userDisplayName", "appDisplayName", "ipAddress", "locationText"],
        summary: None,
    },
    Fetch {
        id: "nonInteractiveUser",
        filter: Some("signInEventTypes/any(t: t eq 'nonInteractiveUser')"),
        table: "AADNonInteractiveUserSignInLogs",
        shown: &["createdDateTime", "id", "userDisplayName", "appDisplayName", "outcome", "ipAddress", "resourceId"],
        named_by: &["userDisplayName", "appDisplayName", "ipAddress", "locationText"],
        summary: Some(summary("getSummarizedNonInteractiveSignIns")),
    },
    Fetch {
        id: "servicePrincipal",
        filter: Some("signInEventTypes/any(t: t eq 'servicePrincipal')"),
        table: "AADServicePrincipalSignInLogs",
        shown: &[
            "createdDateTime",
            "id",
            "servicePrincipalName",
            "servicePrincipalId",
            "outcome",
            "ipAddress",
            "resourceDisplayName",
            "resourceId",
        ],
        named_by: &["servicePrincipalName", "resourceDisplayName", "ipAddress"],
        summary: Some(summary("getSummarizedServicePrincipalSignIns")),
    },
    Fetch {
        id: "managedIdentity",
        filter: Some("signInEventTypes/any(t: t eq 'managedIdentity')"),
        table: "AADManagedIdentitySignInLogs",
        shown: &[
            "createdDateTime",
            "servicePrincipalId",
            "servicePrincipalName",
            "outcome",
            "resourceDisplayName",
            "resourceId",
        ],
        named_by: &["servicePrincipalName", "resourceDisplayName", "ipAddress"],
        summary: Some(summary("getSummarizedMSISignIns")),
    },
];

/// Graph's functions that count sign-ins take the same conditions; there is none for interactive users.
const fn summary(function: &'static str) -> Summary {
    Summary {
        function,
        takes: &[
            ("userPrincipalName", &[Operator::Eq]),
            ("appId", &[Operator::Eq]),
            ("appDisplayName", &[Operator::Eq]),
            ("conditionalAccessStatus", &[Operator::Eq]),
            ("resourceDisplayName", &[Operator::Eq]),
            ("resourceId", &[Operator::Eq]),
            ("servicePrincipalId", &[Operator::Eq]),
            ("status/errorCode", &[Operator::Eq]),
            ("ipAddress", &[Operator::Eq, Operator::StartsWith]),
            ("servicePrincipalName", &[Operator::Eq, Operator::StartsWith]),
        ],
    }
}

const GROUPS: &[Group] = &[
    Group {
        id: "basic",
        properties: &[
            "createdDateTime",
            "id",
            "status",
            "signInEventTypes",
            "isInteractive",
            "correlationId",
            "originalRequestId",
            "flaggedForReview",
            "processingTimeInMilliseconds",
        ],
    },
    Group {
        id: "user",
        properties: &[
            "userDisplayName",
            "userPrincipalName",
            "userId",
            "userType",
            "signInIdentifier",
            "signInIdentifierType",
            "alternateSignInName",
            "homeTenantId",
            "homeTenantName",
            "crossTenantAccessType",
        ],
    },
    Group {
        id: "workload",
        properties: &[
            "servicePrincipalName",
            "servicePrincipalId",
            "clientCredentialType",
            "servicePrincipalCredentialKeyId",
            "servicePrincipalCredentialThumbprint",
            "federatedCredentialId",
            "managedServiceIdentity",
        ],
    },
    Group { id: "agent", properties: &["agent"] },
    Group { id: "application", properties: &["appDisplayName", "appId", "appOwnerTenantId", "clientAppUsed"] },
    Group {
        id: "resource",
        properties: &[
            "resourceDisplayName",
            "resourceId",
            "resourceServicePrincipalId",
            "resourceTenantId",
            "resourceOwnerTenantId",
            "azureResourceId",
        ],
    },
    Group { id: "location", properties: &["location"] },
    Group {
        id: "network",
        properties: &[
            "ipAddress",
            "ipAddressFromResourceProvider",
            "autonomousSystemNumber",
            "networkLocationDetails",
            "isThroughGlobalSecureAccess",
            "globalSecureAccessIpAddress",
            "isTenantRestricted",
            "privateLinkDetails",
        ],
    },
    Group { id: "device", properties: &["deviceDetail", "userAgent"] },
    Group {
        id: "authentication",
        properties: &[
            "authenticationRequirement",
            "authenticationRequirementPolicies",
            "authenticationDetails",
            "authenticationMethodsUsed",
            "authenticationProtocol",
            "authenticationProcessingDetails",
            "authenticationAppDeviceDetails",
            "authenticationAppPolicyEvaluationDetails",
            "mfaDetail",
            "appliedEventListeners",
        ],
    },
    Group {
        id: "conditionalAccess",
        properties: &[
            "conditionalAccessStatus",
            "appliedConditionalAccessPolicies",
            "authenticationContextClassReferences",
            "conditionalAccessAudiences",
            "sessionLifetimePolicies",
        ],
    },
    Group {
        id: "risk",
        properties: &[
            "riskState",
            "riskLevelDuringSignIn",
            "riskLevelAggregated",
            "riskDetail",
            "riskEventTypes_v2",
            "riskEventTypes",
        ],
    },
    Group {
        id: "session",
        properties: &[
            "sessionId",
            "uniqueTokenIdentifier",
            "clientSessionId",
            "incomingTokenType",
            "originalTransferMethod",
            "tokenIssuerName",
            "tokenIssuerType",
            "tokenProtectionStatusDetails",
            "signInTokenProtectionStatus",
            "appTokenProtectionStatus",
        ],
    },
];

/// Codes that are part of a normal flow and wait for the person: another factor, consent, "keep me signed in" and the like.
/// Graph has no property for it; the list follows the admin center's judgement.
const INTERRUPTED_CODES: &[i64] =
    &[50055, 50058, 50072, 50074, 50076, 50079, 50097, 50125, 50127, 50129, 50140, 50143, 50144, 50158, 50199, 65001];

fn outcome(record: &Map<String, Value>) -> Option<String> {
    let code = match value_at(record, "status/errorCode")? {
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => number.as_i64(),
        Value::Null => return None,
        _ => None,
    };
    let outcome = match code {
        None => Outcome::Unknown,
        Some(0) => Outcome::Success,
        Some(code) if INTERRUPTED_CODES.contains(&code) => Outcome::Interrupted,
        Some(_) => Outcome::Failure,
    };
    Some(outcome.as_str().to_owned())
}

fn location_text(record: &Map<String, Value>) -> Option<String> {
    let parts: Vec<&str> = ["location/city", "location/state", "location/countryOrRegion"]
        .into_iter()
        .filter_map(|path| text_at(record, path))
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}
