//! What people sign in with: browsers, applications and old protocols.

/// A client as Graph describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    /// `clientAppUsed`.
    pub name: &'static str,
    pub browser: &'static str,
    pub operating_system: &'static str,
    pub user_agent: &'static str,
    pub device: Device,
}

/// What the directory knows about the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Device {
    /// The person's own computer, joined to the directory.
    Joined,
    /// A phone that is registered.
    Registered,
    /// Not known.
    Unknown,
}

const fn client(
    name: &'static str,
    browser: &'static str,
    operating_system: &'static str,
    user_agent: &'static str,
    device: Device,
) -> Client {
    Client { name, browser, operating_system, user_agent, device }
}

const BROWSER: &str = "Browser";
const NATIVE: &str = "Mobile Apps and Desktop clients";

/// Clients of employees by weight.
pub(crate) static USUAL: &[(u32, Client)] = &[
    (
        300,
        client(
            BROWSER,
            "Edge 141.0.0",
            "Windows10",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
            Device::Joined,
        ),
    ),
    (
        170,
        client(
            BROWSER,
            "Chrome 141.0.0",
            "Windows10",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
            Device::Joined,
        ),
    ),
    (
        110,
        client(
            NATIVE,
            "Rich Client 4.67.2.0",
            "Windows10",
            "Windows-AzureAD-Authentication-Provider/1.0",
            Device::Joined,
        ),
    ),
    (
        90,
        client(
            NATIVE,
            "Mobile Safari 18.6",
            "Ios 18.6",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
            Device::Registered,
        ),
    ),
    (
        70,
        client(
            NATIVE,
            "Chrome Mobile 140.0.0",
            "Android 15",
            "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
            Device::Registered,
        ),
    ),
    (
        60,
        client(
            BROWSER,
            "Safari 18.5",
            "MacOs",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
            Device::Unknown,
        ),
    ),
    (
        40,
        client(
            BROWSER,
            "Firefox 144.0",
            "Linux",
            "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
            Device::Unknown,
        ),
    ),
    (12, client("Exchange ActiveSync", "", "", "Android-Mail/2025.40", Device::Unknown)),
    (4, client("IMAP4", "", "", "", Device::Unknown)),
    (3, client("POP3", "", "", "", Device::Unknown)),
    (3, client("Other clients", "", "", "CBAInPROD", Device::Unknown)),
    (2, client("Exchange Web Services", "", "", "ExchangeServicesClient/15.00.0913.015", Device::Unknown)),
];

/// Client of programs that use a person's kind of account.
pub(crate) static SERVICE_ACCOUNT: Client = client("Authenticated SMTP", "", "", "BAV2ROPC", Device::Unknown);

/// Client of the password spray.
pub(crate) static SCRIPT: Client =
    client(BROWSER, "Python Requests 2.32", "", "python-requests/2.32.3", Device::Unknown);

/// The usual client at this index.
pub(crate) fn usual(index: usize) -> Client {
    USUAL[index % USUAL.len()].1
}

impl Client {
    /// True for protocols without multifactor authentication.
    pub fn is_legacy(&self) -> bool {
        self.name != BROWSER && self.name != NATIVE
    }
    /// True for phones.
    pub fn is_mobile(&self) -> bool {
        self.device == Device::Registered
    }
}
