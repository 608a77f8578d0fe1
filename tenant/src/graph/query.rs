//! The query options of a request.

use crate::{graph::errors::GraphFault, history::Report, http::Request};

/// Query options of a list request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Query {
    pub filter: Option<String>,
    pub top: Option<usize>,
    pub is_ascending: bool,
    pub select: Option<Vec<String>>,
    pub skip_token: Option<String>,
}

/// Rows of a page when `$top` is not sent, and the most that `$top` may ask for.
pub(super) fn page_sizes(report: Report) -> (usize, usize) {
    match report {
        Report::CustomSecurityAttributeAudits => (100, 100),
        _ => (1_000, 1_000),
    }
}

impl Query {
    /// Reads the options of a list request.
    ///
    /// # Errors
    /// When an option is not supported here or its value is wrong.
    pub fn parse(request: &Request, report: Report) -> Result<Self, GraphFault> {
        let mut query = Self::default();
        for (name, value) in pairs(&request.query) {
            match name.to_ascii_lowercase().as_str() {
                "$filter" => query.filter = Some(value),
                "$top" => query.top = Some(top(&value, page_sizes(report).1)?),
                "$orderby" => query.is_ascending = is_ascending(&value, report)?,
                "$select" => query.select = Some(select(&value, report)?),
                "$skiptoken" => query.skip_token = Some(value),
                "$format" if value == "json" => {}
                other if other.starts_with('$') => {
                    return Err(GraphFault::bad_request(format!("Query option '{name}' is not allowed.")));
                }
                // Options without the dollar sign mean nothing to the service.
                _ => {}
            }
        }
        Ok(query)
    }
}

fn top(value: &str, most: usize) -> Result<usize, GraphFault> {
    match value.parse() {
        Ok(top) if (1..=most).contains(&top) => Ok(top),
        _ => Err(GraphFault::bad_request(format!(
            "Invalid page size specified: '{value}'. Must be between 1 and {most} inclusive."
        ))),
    }
}

fn is_ascending(value: &str, report: Report) -> Result<bool, GraphFault> {
    let mut words = value.split_whitespace();
    let direction = (words.next() == Some(report.time())).then(|| words.next().unwrap_or("asc"));
    match (direction, words.next()) {
        (Some("asc"), None) => Ok(true),
        (Some("desc"), None) => Ok(false),
        _ => Err(GraphFault::bad_request(format!("Invalid orderby clause '{value}'"))),
    }
}

fn select(value: &str, report: Report) -> Result<Vec<String>, GraphFault> {
    let names: Vec<String> = value.split(',').map(|name| name.trim().to_owned()).collect();
    let known = properties(report);
    match names.iter().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(GraphFault::bad_request(format!(
            "Parsing OData Select and Expand failed: Could not find a property named '{name}' on type 'microsoft.graph.{}'.",
            entity(report)
        ))),
        None => Ok(names),
    }
}

/// Entity type of a report's rows.
pub(super) fn entity(report: Report) -> &'static str {
    match report {
        Report::DirectoryAudits => "directoryAudit",
        Report::CustomSecurityAttributeAudits => "customSecurityAttributeAudit",
        Report::SignIns => "signIn",
        Report::Provisioning => "provisioningObjectSummary",
    }
}

/// Properties of a report's rows, for `$select`.
fn properties(report: Report) -> &'static [&'static str] {
    match report {
        Report::DirectoryAudits => &[
            "id",
            "activityDateTime",
            "activityDisplayName",
            "additionalDetails",
            "category",
            "correlationId",
            "initiatedBy",
            "loggedByService",
            "operationType",
            "performedBy",
            "result",
            "resultReason",
            "targetResources",
            "userAgent",
        ],
        Report::CustomSecurityAttributeAudits => &[
            "id",
            "activityDateTime",
            "activityDisplayName",
            "additionalDetails",
            "category",
            "correlationId",
            "initiatedBy",
            "loggedByService",
            "operationType",
            "result",
            "resultReason",
            "targetResources",
            "userAgent",
        ],
        Report::SignIns => SIGN_IN_PROPERTIES,
        Report::Provisioning => &[
            "id",
            "action",
            "activityDateTime",
            "changeId",
            "cycleId",
            "durationInMilliseconds",
            "initiatedBy",
            "jobId",
            "modifiedProperties",
            "provisioningAction",
            "provisioningStatusInfo",
            "provisioningSteps",
            "servicePrincipal",
            "sourceIdentity",
            "sourceSystem",
            "statusInfo",
            "targetIdentity",
            "targetSystem",
            "tenantId",
        ],
    }
}

static SIGN_IN_PROPERTIES: &[&str] = &[
    "id",
    "agent",
    "appDisplayName",
    "appId",
    "appliedConditionalAccessPolicies",
    "appliedEventListeners",
    "appOwnerTenantId",
    "appTokenProtectionStatus",
    "authenticationAppDeviceDetails",
    "authenticationAppPolicyEvaluationDetails",
    "authenticationContextClassReferences",
    "authenticationDetails",
    "authenticationMethodsUsed",
    "authenticationProcessingDetails",
    "authenticationProtocol",
    "authenticationRequirement",
    "authenticationRequirementPolicies",
    "autonomousSystemNumber",
    "azureResourceId",
    "clientAppUsed",
    "clientCredentialType",
    "clientSessionId",
    "conditionalAccessAudiences",
    "conditionalAccessStatus",
    "correlationId",
    "createdDateTime",
    "crossTenantAccessType",
    "deviceDetail",
    "federatedCredentialId",
    "flaggedForReview",
    "globalSecureAccessIpAddress",
    "homeTenantId",
    "homeTenantName",
    "incomingTokenType",
    "ipAddress",
    "ipAddressFromResourceProvider",
    "isInteractive",
    "isTenantRestricted",
    "isThroughGlobalSecureAccess",
    "location",
    "managedServiceIdentity",
    "mfaDetail",
    "networkLocationDetails",
    "originalRequestId",
    "originalTransferMethod",
    "privateLinkDetails",
    "processingTimeInMilliseconds",
    "resourceDisplayName",
    "resourceId",
    "resourceOwnerTenantId",
    "resourceServicePrincipalId",
    "resourceTenantId",
    "riskDetail",
    "riskEventTypes_v2",
    "riskLevelAggregated",
    "riskLevelDuringSignIn",
    "riskState",
    "servicePrincipalCredentialKeyId",
    "servicePrincipalCredentialThumbprint",
    "servicePrincipalId",
    "servicePrincipalName",
    "sessionId",
    "sessionLifetimePolicies",
    "signInEventTypes",
    "signInIdentifier",
    "signInIdentifierType",
    "signInTokenProtectionStatus",
    "status",
    "tokenIssuerName",
    "tokenIssuerType",
    "tokenProtectionStatusDetails",
    "uniqueTokenIdentifier",
    "userAgent",
    "userDisplayName",
    "userId",
    "userPrincipalName",
    "userType",
];

/// Names and values of a query, decoded; a plus sign means a space.
pub(super) fn pairs(query: &str) -> Vec<(String, String)> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(&name.replace('+', " ")), decode(&value.replace('+', " ")))
        })
        .collect()
}

/// Undoes percent-encoding; what is no encoding stays as it is.
pub(super) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let digit = |at: usize| tail.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(report: Report, query: &str) -> Result<Query, String> {
        let url = format!("https://graph.microsoft.com/beta/auditLogs/{}?{query}", report.name());
        let request = Request::get(&url, &[]).expect("an absolute URL");
        Query::parse(&request, report).map_err(|fault| fault.message)
    }

    #[test]
    fn reads_encoded_options() {
        let query = parse(
            Report::SignIns,
            "&%24filter=userDisplayName+eq%20'%E4%BD%90+%2B1'&$top=50&$orderby=createdDateTime%20desc&top=9",
        );
        let query = query.expect("a valid query");
        assert_eq!(query.filter.as_deref(), Some("userDisplayName eq '佐 +1'"));
        assert_eq!((query.top, query.is_ascending), (Some(50), false));
    }

    #[test]
    fn refuses_what_the_reports_do_not_take() {
        for (report, query) in [
            (Report::SignIns, "$top=1001"),
            (Report::SignIns, "$top=0"),
            (Report::CustomSecurityAttributeAudits, "$top=101"),
            (Report::SignIns, "$count=true"),
            (Report::SignIns, "$skip=10"),
            (Report::SignIns, "$expand=x"),
            (Report::SignIns, "$orderby=userDisplayName"),
            (Report::Provisioning, "$select=id,nonsense"),
        ] {
            assert!(parse(report, query).is_err(), "{query}");
        }
    }
}
