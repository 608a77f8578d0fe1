//! Applications that people and programs sign in to. Ids of first-party applications are Microsoft's published ones.

/// An application or a resource (an API).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Application {
    /// Application (client) id.
    pub app_id: &'static str,
    /// Name in the tenant.
    pub display_name: &'static str,
    /// True for Microsoft's own.
    pub is_first_party: bool,
}

const fn first_party(app_id: &'static str, display_name: &'static str) -> Application {
    Application { app_id, display_name, is_first_party: true }
}

const fn own(app_id: &'static str, display_name: &'static str) -> Application {
    Application { app_id, display_name, is_first_party: false }
}

/// The Microsoft Graph API.
pub static GRAPH: Application = first_party("00000003-0000-0000-c000-000000000000", "Microsoft Graph");
/// The old directory API.
pub static AZURE_AD: Application =
    first_party("00000002-0000-0000-c000-000000000000", "Windows Azure Active Directory");
/// Exchange.
pub static EXCHANGE: Application = first_party("00000002-0000-0ff1-ce00-000000000000", "Office 365 Exchange Online");
/// SharePoint.
pub static SHAREPOINT: Application =
    first_party("00000003-0000-0ff1-ce00-000000000000", "Office 365 SharePoint Online");
/// Azure's management API.
pub static MANAGEMENT: Application =
    first_party("797f4846-ba00-4fd7-ba43-dac1f8f63013", "Windows Azure Service Management API");
/// Key Vault.
pub static KEY_VAULT: Application = first_party("cfa8b339-82a2-471a-a3c9-0fc0be7a4093", "Azure Key Vault");
/// Storage.
pub static STORAGE: Application = first_party("e406a681-f3d4-42a8-90b6-c2b029497af1", "Azure Storage");
/// The Azure portal.
pub static PORTAL: Application = first_party("c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "Azure Portal");
/// Outlook on phones.
pub static OUTLOOK_MOBILE: Application = first_party("27922004-5251-4030-b22d-91ecd9a37ea4", "Outlook Mobile");

/// Applications that people use, the most popular first, with the resource each asks for.
pub static CLIENTS: &[(Application, &Application)] = &[
    (first_party("1fec8e78-bce4-4aaf-ab1b-5451cc387264", "Microsoft Teams"), &GRAPH),
    (first_party("4765445b-32c6-49b0-83e6-1d93765276ca", "OfficeHome"), &GRAPH),
    (first_party("00000002-0000-0ff1-ce00-000000000000", "Office 365 Exchange Online"), &EXCHANGE),
    (own("5f1c3a52-7d0e-4c7e-9a61-3f0b8a2d4c11", "Harbour Berth Planner"), &GRAPH),
    (first_party("27922004-5251-4030-b22d-91ecd9a37ea4", "Outlook Mobile"), &EXCHANGE),
    (first_party("00000003-0000-0ff1-ce00-000000000000", "Office 365 SharePoint Online"), &SHAREPOINT),
    (first_party("38aa3b87-a06d-4817-b275-7a316988d93b", "Windows Sign In"), &AZURE_AD),
    (own("8b6f0d1e-24c3-4f5a-8e57-61a9c0b7d322", "CargoLedger"), &GRAPH),
    (own("c2e4a7f0-93b1-4d68-a5cf-7e8812f3b433", "ServiceNow"), &AZURE_AD),
    (first_party("c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "Azure Portal"), &MANAGEMENT),
    (own("d90b5c63-1f4e-47a2-b8d3-25c6f7a8e544", "Crew Roster"), &GRAPH),
    (first_party("29d9ed98-a469-4536-ade2-f981bc1d605e", "Microsoft Authentication Broker"), &AZURE_AD),
    (own("e17a9d48-6b2c-4e90-9f15-8d7c3b6a2655", "Amazon Web Services (AWS)"), &AZURE_AD),
    (first_party("d3590ed6-52b3-4102-aeff-aad2292ab01c", "Microsoft Office"), &GRAPH),
    (own("f3c8b2a7-5e1d-4b06-8a94-0e2d7f5c1766", "Workday"), &AZURE_AD),
    (first_party("14d82eec-204b-4c2f-b7e8-296a70dab67e", "Microsoft Graph Command Line Tools"), &GRAPH),
    (first_party("04b07795-8ddb-461a-bbee-02f9e1bf7b46", "Microsoft Azure CLI"), &MANAGEMENT),
    (first_party("de8bc8b5-d9f9-48b1-a8ad-b748da725064", "Graph Explorer"), &GRAPH),
    (first_party("1950a258-227b-4e31-a9cf-717495945fc2", "Microsoft Azure PowerShell"), &MANAGEMENT),
    (own("0a4d6e82-c3f7-4195-b0e8-93a1d5f2c877", "航海日誌 Logbook"), &GRAPH),
    (first_party("aebc6443-996d-45c2-90f0-388ff96faa56", "Visual Studio Code"), &GRAPH),
];

/// The application that was acquired lately; only planted rows have it.
pub static TIDEWATCH: Application = own("7d2f9b14-8c6a-4e3b-a07d-5b1e94c8f388", "Tidewatch");

/// An application that signs in by itself, or an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Workload {
    /// The application.
    pub application: Application,
    /// What it signs in to.
    pub resource: &'static Application,
    /// How it proves who it is, in Graph's spelling of `clientCredentialType`.
    pub credential: &'static str,
    /// `notAgentic` or a kind of agent.
    pub agent_type: &'static str,
}

const fn workload(
    application: Application,
    resource: &'static Application,
    credential: &'static str,
    agent_type: &'static str,
) -> Workload {
    Workload { application, resource, credential, agent_type }
}

/// Service principals, the busiest first.
pub static WORKLOADS: &[Workload] = &[
    workload(own("11f0c6a3-4b7d-4e21-9c58-a2d6e8f01b01", "berth-planner-sync"), &GRAPH, "certificate", "notAgentic"),
    workload(
        own("22e1d7b4-5c8e-4f32-8d69-b3e7f9a12c02", "Veeam Backup for M365"),
        &EXCHANGE,
        "clientSecret",
        "notAgentic",
    ),
    workload(
        own("33d2e8c5-6d9f-4a43-9e7a-c4f80ab23d03", "github-deploy-prod"),
        &MANAGEMENT,
        "federatedIdentityCredential",
        "notAgentic",
    ),
    workload(own("44c3f9d6-7ea0-4b54-8f8b-d5091bc34e04", "siem-exporter"), &GRAPH, "clientSecret", "notAgentic"),
    workload(
        own("55b40ae7-8fb1-4c65-909c-e61a2cd45f05", "Customs Declaration Agent"),
        &GRAPH,
        "managedIdentity",
        "agenticAppInstance",
    ),
    workload(own("66a51bf8-90c2-4d76-a1ad-f72b3de56006", "CargoLedger API"), &STORAGE, "clientAssertion", "notAgentic"),
    workload(own("77962c09-a1d3-4e87-b2be-083c4ef67107", "ServiceNow"), &GRAPH, "clientSecret", "notAgentic"),
    workload(own("88873d1a-b2e4-4f98-83cf-194d5f078208", "hr-inbound-workday"), &GRAPH, "certificate", "notAgentic"),
    workload(
        own("99784e2b-c3f5-40a9-94d0-2a5e60189309", "Helpdesk Triage Agent"),
        &GRAPH,
        "managedIdentity",
        "agenticApp",
    ),
    workload(
        own("aa695f3c-d406-41ba-a5e1-3b6f7129a40a", "terraform-landing-zone"),
        &MANAGEMENT,
        "certificate",
        "notAgentic",
    ),
    workload(
        own("bb5a604d-e517-42cb-b6f2-4c70823ab50b", "legacy-print-portal"),
        &AZURE_AD,
        "clientSecret",
        "notAgentic",
    ),
    workload(
        own("cc4b715e-f628-43dc-8703-5d81934bc60c", "Fleet Emissions Agent (blueprint)"),
        &GRAPH,
        "certificate",
        "agentIdentityBlueprintPrincipal",
    ),
];

/// A managed identity: its name, kind (`msiType`) and the Azure resource it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ManagedIdentity {
    /// Name, equal to its resource's.
    pub display_name: &'static str,
    /// Application id.
    pub app_id: &'static str,
    /// `systemAssigned` or `userAssigned`.
    pub kind: &'static str,
    /// Resource path below the resource group.
    pub resource: &'static str,
    /// What it signs in to.
    pub target: &'static Application,
}

const fn identity(
    display_name: &'static str,
    app_id: &'static str,
    kind: &'static str,
    resource: &'static str,
    target: &'static Application,
) -> ManagedIdentity {
    ManagedIdentity { display_name, app_id, kind, resource, target }
}

/// Managed identities, the busiest first.
pub static MANAGED_IDENTITIES: &[ManagedIdentity] = &[
    identity(
        "logic-bill-of-lading",
        "d10a4c21-0b1f-4d33-9a51-6f7c8e9d0a01",
        "systemAssigned",
        "Microsoft.Logic/workflows/logic-bill-of-lading",
        &STORAGE,
    ),
    identity(
        "aks-berth-agentpool",
        "d20b5d32-1c20-4e44-8b62-708d9fae1b02",
        "userAssigned",
        "Microsoft.ManagedIdentity/userAssignedIdentities/aks-berth-agentpool",
        &MANAGEMENT,
    ),
    identity(
        "func-ais-ingest",
        "d30c6e43-2d31-4f55-9c73-819eafbf2c03",
        "systemAssigned",
        "Microsoft.Web/sites/func-ais-ingest",
        &KEY_VAULT,
    ),
    identity(
        "vm-terminal-gw-01",
        "d40d7f54-3e42-4066-8d84-92afb0c03d04",
        "systemAssigned",
        "Microsoft.Compute/virtualMachines/vm-terminal-gw-01",
        &KEY_VAULT,
    ),
    identity(
        "id-cargoledger-prod",
        "d50e8065-4f53-4177-9e95-a3b0c1d14e05",
        "userAssigned",
        "Microsoft.ManagedIdentity/userAssignedIdentities/id-cargoledger-prod",
        &STORAGE,
    ),
    identity(
        "adf-fleet-telemetry",
        "d60f9176-5064-4288-8fa6-b4c1d2e25f06",
        "systemAssigned",
        "Microsoft.DataFactory/factories/adf-fleet-telemetry",
        &GRAPH,
    ),
];
