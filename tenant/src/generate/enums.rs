//! Evolvable enums: their members before the sentinel. Everything else is told as the sentinel unless asked for.

use crate::json::NewMembers;

const fn members(old: &'static [&'static str]) -> NewMembers {
    NewMembers { sentinel: "unknownFutureValue", old }
}

pub(crate) static POLICY_RESULT: NewMembers = members(&["success", "failure", "notApplied", "notEnabled", "unknown"]);
pub(crate) static EVENT_TYPE: NewMembers = members(&["tokenIssuanceStart", "pageRenderStart"]);
pub(crate) static CONDITIONS: NewMembers = members(&[
    "none",
    "application",
    "users",
    "devicePlatform",
    "location",
    "clientType",
    "signInRisk",
    "userRisk",
    "time",
    "deviceState",
    "client",
    "ipAddressSeenByAzureAD",
    "ipAddressSeenByResourceProvider",
]);
pub(crate) static RULE: NewMembers = members(&[
    "allApps",
    "firstPartyApps",
    "office365",
    "appId",
    "acr",
    "appFilter",
    "allUsers",
    "guest",
    "groupId",
    "roleId",
    "userId",
    "allDevicePlatforms",
    "devicePlatform",
    "allLocations",
    "insideCorpnet",
    "allTrustedLocations",
    "locationId",
    "allDevices",
    "deviceFilter",
    "deviceState",
]);
pub(crate) static INCOMING_TOKEN: NewMembers = members(&["none", "primaryRefreshToken", "saml11", "saml20"]);
pub(crate) static PROTOCOL: NewMembers = members(&["none", "oAuth2", "ropc", "wsFederation", "saml20", "deviceCode"]);
pub(crate) static REQUIREMENT_PROVIDER: NewMembers = members(&[
    "user",
    "request",
    "servicePrincipal",
    "v1ConditionalAccess",
    "multiConditionalAccess",
    "tenantSessionRiskPolicy",
    "accountCompromisePolicies",
    "mfaRegistrationRequiredByMultiConditionalAccess",
    "riskBasedPolicy",
]);
pub(crate) static RISK_DETAIL: NewMembers = members(&[
    "none",
    "adminGeneratedTemporaryPassword",
    "userPerformedSecuredPasswordChange",
    "userPerformedSecuredPasswordReset",
    "adminConfirmedSigninSafe",
    "aiConfirmedSigninSafe",
    "userPassedMFADrivenByRiskBasedPolicy",
    "adminDismissedAllRiskForUser",
    "adminConfirmedSigninCompromised",
    "hidden",
    "adminConfirmedUserCompromised",
]);
pub(crate) static ACCESS_TYPE: NewMembers =
    members(&["none", "b2bCollaboration", "b2bDirectConnect", "microsoftSupport", "serviceProvider"]);
pub(crate) static TOKEN_ISSUER: NewMembers =
    NewMembers { sentinel: "UnknownFutureValue", old: &["AzureAD", "ADFederationServices"] };
pub(crate) static AGENT_TYPE: NewMembers = members(&["notAgentic", "agenticApp", "agenticAppInstance"]);
/// Enums whose known members all precede the sentinel: only a member newer than the documentation is hidden.
pub(crate) static TRANSFER_METHOD: NewMembers = members(&["none", "deviceCodeFlow", "authenticationTransfer"]);
pub(crate) static PROVISIONING_ACTION: NewMembers =
    members(&["other", "create", "delete", "disable", "update", "stagedDelete"]);
pub(crate) static IDENTITY_TYPE: NewMembers = members(&["agent", "servicePrincipal"]);
