//! Log Analytics tables: their columns that hold properties of our reports, by type. Where a table names a property otherwise
//! than the others, or has a property as text that holds JSON, it is said here.

/// The type of a table's column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    /// JSON.
    Dynamic,
    Instant,
    Flag,
    Long,
}

/// A table's columns, names with blanks between them.
pub(super) struct Table {
    pub name: &'static str,
    texts: &'static str,
    dynamics: &'static str,
    instants: &'static str,
    flags: &'static str,
    longs: &'static str,
    /// Names that this table alone has, after the name that the others have.
    renamed: &'static [(&'static str, &'static str)],
}

impl Table {
    /// The table of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        TABLES.iter().find(|table| table.name == name)
    }
    /// A column as this table names it, with its type; `None` when the table has no such column.
    pub fn column(&'static self, name: &'static str) -> Option<(&'static str, Type)> {
        let name = self.renamed.iter().find(|(usual, _)| *usual == name).map_or(name, |(_, own)| own);
        self.columns().find(|(known, _)| *known == name)
    }
    /// Every column, with its type.
    pub fn columns(&'static self) -> impl Iterator<Item = (&'static str, Type)> {
        let of = |names: &'static str, kind| names.split_ascii_whitespace().map(move |name| (name, kind));
        of(self.texts, Type::Text)
            .chain(of(self.dynamics, Type::Dynamic))
            .chain(of(self.instants, Type::Instant))
            .chain(of(self.flags, Type::Flag))
            .chain(of(self.longs, Type::Long))
    }
}

static TABLES: [Table; 7] = [
    Table {
        name: "SigninLogs",
        texts: "Id ResultType ResultDescription CorrelationId OriginalRequestId ProcessingTimeInMilliseconds \
            UserDisplayName UserPrincipalName UserId UserType SignInIdentifier SignInIdentifierType \
            AlternateSignInName HomeTenantId HomeTenantName CrossTenantAccessType ServicePrincipalName \
            ServicePrincipalId ClientCredentialType FederatedCredentialId AppDisplayName AppId AppOwnerTenantId \
            ClientAppUsed ResourceDisplayName ResourceIdentity ResourceServicePrincipalId ResourceTenantId \
            ResourceOwnerTenantId IPAddress IPAddressFromResourceProvider AutonomousSystemNumber \
            NetworkLocationDetails GlobalSecureAccessIpAddress UserAgent AuthenticationRequirement \
            AuthenticationRequirementPolicies AuthenticationDetails AuthenticationMethodsUsed \
            AuthenticationProtocol AuthenticationProcessingDetails AuthenticationAppDeviceDetails \
            AuthenticationAppPolicyEvaluationDetails ConditionalAccessStatus \
            AuthenticationContextClassReferences ConditionalAccessAudiences SessionLifetimePolicies RiskState \
            RiskLevelDuringSignIn RiskLevelAggregated RiskDetail RiskEventTypes_V2 RiskEventTypes SessionId \
            UniqueTokenIdentifier IncomingTokenType OriginalTransferMethod TokenIssuerName TokenIssuerType",
        dynamics: "Status Agent LocationDetails DeviceDetail MfaDetail AppliedEventListeners ConditionalAccessPolicies \
            TokenProtectionStatusDetails",
        instants: "CreatedDateTime",
        flags: "IsInteractive FlaggedForReview IsThroughGlobalSecureAccess IsTenantRestricted",
        longs: "",
        renamed: &[],
    },
    Table {
        name: "AADNonInteractiveUserSignInLogs",
        texts: "Id ResultType ResultDescription Status SignInEventTypes CorrelationId OriginalRequestId \
            ProcessingTimeInMs UserDisplayName UserPrincipalName UserId UserType SignInIdentifierType \
            AlternateSignInName HomeTenantId HomeTenantName CrossTenantAccessType ServicePrincipalId \
            ClientCredentialType FederatedCredentialId Agent AppDisplayName AppId AppOwnerTenantId ClientAppUsed \
            ResourceDisplayName ResourceIdentity ResourceServicePrincipalId ResourceTenantId \
            ResourceOwnerTenantId LocationDetails IPAddress AutonomousSystemNumber NetworkLocationDetails \
            GlobalSecureAccessIpAddress DeviceDetail UserAgent AuthenticationRequirement \
            AuthenticationRequirementPolicies AuthenticationDetails AuthenticationMethodsUsed \
            AuthenticationProtocol AuthenticationProcessingDetails MfaDetail ConditionalAccessStatus \
            ConditionalAccessPolicies AuthenticationContextClassReferences ConditionalAccessAudiences \
            SessionLifetimePolicies RiskState RiskLevelDuringSignIn RiskLevelAggregated RiskDetail \
            RiskEventTypes_V2 RiskEventTypes SessionId UniqueTokenIdentifier ClientSessionId IncomingTokenType \
            OriginalTransferMethod TokenIssuerName TokenIssuerType TokenProtectionStatusDetails",
        dynamics: "AppliedEventListeners",
        instants: "CreatedDateTime",
        flags: "IsInteractive IsThroughGlobalSecureAccess IsTenantRestricted",
        longs: "",
        renamed: &[("ProcessingTimeInMilliseconds", "ProcessingTimeInMs")],
    },
    Table {
        name: "AADServicePrincipalSignInLogs",
        texts: "Id ResultType ResultDescription CorrelationId ServicePrincipalName ServicePrincipalId \
            ClientCredentialType ServicePrincipalCredentialKeyId ServicePrincipalCredentialThumbprint \
            FederatedCredentialId Agent AppId AppOwnerTenantId ResourceDisplayName ResourceIdentity \
            ResourceServicePrincipalId ResourceOwnerTenantId LocationDetails IPAddress AutonomousSystemNumber \
            NetworkLocationDetails UserAgent AuthenticationProcessingDetails ConditionalAccessStatus \
            ConditionalAccessPolicies AuthenticationContextClassReferences ConditionalAccessAudiences SessionId \
            UniqueTokenIdentifier",
        dynamics: "",
        instants: "CreatedDateTime",
        flags: "",
        longs: "",
        renamed: &[],
    },
    Table {
        name: "AADManagedIdentitySignInLogs",
        texts: "Id ResultType ResultDescription CorrelationId ServicePrincipalName ServicePrincipalId \
            ClientCredentialType ServicePrincipalCredentialKeyId ServicePrincipalCredentialThumbprint \
            FederatedCredentialId ManagedServiceIdentity Agent AppId AppOwnerTenantId ResourceDisplayName \
            ResourceIdentity ResourceServicePrincipalId ResourceOwnerTenantId LocationDetails IPAddress \
            NetworkLocationDetails UserAgent AuthenticationProcessingDetails ConditionalAccessStatus \
            ConditionalAccessPolicies AuthenticationContextClassReferences ConditionalAccessAudiences SessionId \
            UniqueTokenIdentifier",
        dynamics: "",
        instants: "CreatedDateTime",
        flags: "",
        longs: "",
        renamed: &[],
    },
    Table {
        name: "AuditLogs",
        texts: "ActivityDisplayName Result ResultReason LoggedByService Category AADOperationType Id CorrelationId",
        dynamics: "InitiatedBy TargetResources AdditionalDetails",
        instants: "ActivityDateTime",
        flags: "",
        longs: "",
        renamed: &[],
    },
    Table {
        name: "AADCustomSecurityAttributeAuditLogs",
        texts: "ActivityDisplayName Result ResultReason LoggedByService Category AADOperationType Id CorrelationId",
        dynamics: "InitiatedBy TargetResources AdditionalDetails",
        instants: "ActivityDateTime",
        flags: "",
        longs: "",
        renamed: &[],
    },
    Table {
        name: "AADProvisioningLogs",
        texts: "ProvisioningAction Id ChangeId AADTenantId InitiatedBy ResultType ResultSignature ResultDescription \
            ProvisioningStatusInfo SourceIdentity SourceSystem TargetIdentity TargetSystem ProvisioningSteps \
            ModifiedProperties JobId CycleId ServicePrincipal",
        dynamics: "",
        instants: "TimeGenerated",
        flags: "",
        longs: "DurationMs",
        renamed: &[],
    },
];
