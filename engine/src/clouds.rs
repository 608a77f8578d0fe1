//! The national clouds: which login and Graph hosts belong together.
//! Facts from the Graph page "National cloud deployments". This file has no dependencies, so that the build
//! chores can include it and write the same hosts into the content policy.

/// One national cloud. Tokens, registrations and next links never cross from one to another.
#[derive(Debug, PartialEq, Eq)]
pub struct Cloud {
    /// The key in settings and dataset ids.
    pub id: &'static str,
    /// Origin of the sign-in authority, without a trailing slash.
    pub login: &'static str,
    /// Origin of Microsoft Graph, without a trailing slash; also the prefix of every scope.
    pub graph: &'static str,
    /// Origin of the admin center, for links.
    pub portal: &'static str,
    /// Its name in Microsoft's PowerShell modules for Graph.
    pub environment: &'static str,
}

/// Every cloud that a page can be built for; the first is the default.
pub static CLOUDS: &[Cloud] = &[
    Cloud {
        id: "global",
        login: "https://login.microsoftonline.com",
        graph: "https://graph.microsoft.com",
        portal: "https://entra.microsoft.com",
        environment: "Global",
    },
    Cloud {
        id: "us-gov",
        login: "https://login.microsoftonline.us",
        graph: "https://graph.microsoft.us",
        portal: "https://entra.microsoft.us",
        environment: "USGov",
    },
    Cloud {
        id: "us-dod",
        login: "https://login.microsoftonline.us",
        graph: "https://dod-graph.microsoft.us",
        portal: "https://portal.azure.us",
        environment: "USGovDoD",
    },
    Cloud {
        id: "china",
        login: "https://login.partner.microsoftonline.cn",
        graph: "https://microsoftgraph.chinacloudapi.cn",
        portal: "https://portal.azure.cn",
        environment: "China",
    },
];

/// The cloud with this id, or `None`.
pub fn cloud(id: &str) -> Option<&'static Cloud> {
    CLOUDS.iter().find(|cloud| cloud.id == id)
}
