//! Where the outside world enters: traits only. The browser's versions live in the app's `platform`,
//! the tests' versions beside the tests. Everything runs on one thread, so nothing here is `Send`.

use std::{cell::Cell, fmt, rc::Rc, time::Duration};

use futures_util::future::LocalBoxFuture;
use serde::{Deserialize, Serialize};

/// An instant in milliseconds since 1970-01-01T00:00:00Z.
pub type Millis = i64;

/// A bearer token. Held in memory only; `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessToken(pub String);

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(hidden)")
    }
}

/// A GET request to Graph. The token is a field of its own, so that no header list can be printed with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    /// Absolute URL on the pinned Graph origin.
    pub url: String,
    /// `None` for a dataset that needs no token (the sample).
    pub token: Option<AccessToken>,
    /// Further headers (`Prefer`, `client-request-id`), names in lower case.
    pub headers: Vec<(&'static str, String)>,
}

/// An answer with any status. A header that the server does not expose to scripts is simply not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpResponse {
    /// HTTP status code.
    pub status: u16,
    /// Header names in lower case, in no particular order.
    pub headers: Vec<(String, String)>,
    /// The body's bytes exactly as they came.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// The first value of a header; `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// No answer at all: offline, blocked, or an error page without CORS headers. Scripts are told of the first only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum TransportError {
    /// The computer has no connection, as far as it knows.
    #[error("offline")]
    Offline,
    /// The request did not reach a readable answer.
    #[error("no readable answer: {detail}")]
    Unreachable {
        /// What the platform said; never contains a URL's query or a token.
        detail: String,
    },
    /// The engine gave up waiting (see `limits::REQUEST_TIMEOUT`).
    #[error("no answer within {} s", waited.as_secs())]
    TimedOut {
        /// How long it waited.
        waited: Duration,
    },
}

/// Sends requests. Dropping the returned future aborts the request.
pub trait Transport {
    /// Sends one request and reads the whole answer.
    fn send(&self, request: HttpRequest) -> LocalBoxFuture<'_, Result<HttpResponse, TransportError>>;
}

/// What a request needs a token for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenNeed {
    /// Delegated scopes by short name (`AuditLog.Read.All`); the UI thread qualifies them with the cloud's Graph origin.
    pub scopes: Vec<String>,
    /// Decoded claims of a claims challenge, to be passed to MSAL unchanged.
    pub claims: Option<String>,
    /// True to skip MSAL's cached token after a plain 401.
    pub force: bool,
}

/// Why there is no token, told apart by what the person can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum AuthError {
    /// Somebody must sign in (again): no account, expired refresh token, or policy demands it.
    #[error("sign-in needed ({code})")]
    InteractionRequired {
        /// MSAL error code or AADSTS number.
        code: String,
        /// Claims to send along with the interactive request.
        claims: Option<String>,
        /// MSAL correlation id, for support.
        correlation_id: String,
    },
    /// The app lacks consent for these scopes.
    #[error("consent needed for {}", scopes.join(", "))]
    ConsentRequired {
        /// Scopes by short name.
        scopes: Vec<String>,
        /// MSAL error code or AADSTS number.
        code: String,
        /// MSAL correlation id, for support.
        correlation_id: String,
    },
    /// Only an administrator can give consent for these scopes; the person can only ask.
    #[error("an administrator's consent is needed for {}", scopes.join(", "))]
    AdminConsentRequired {
        /// Scopes by short name.
        scopes: Vec<String>,
        /// MSAL error code or AADSTS number.
        code: String,
        /// MSAL correlation id, for support.
        correlation_id: String,
    },
    /// The app registration or the settings are wrong: whoever set them up must act, signing in again will not help.
    #[error("sign-in is not set up correctly ({code})")]
    Misconfigured {
        /// MSAL error code or AADSTS number.
        code: String,
        /// Text of the server, shown as quoted text only.
        detail: String,
        /// MSAL correlation id, for support.
        correlation_id: String,
    },
    /// The browser blocked the sign-in window.
    #[error("the sign-in window was blocked")]
    PopupBlocked,
    /// The person closed or declined.
    #[error("sign-in was cancelled")]
    UserCancelled,
    /// Another sign-in is under way.
    #[error("another sign-in is under way")]
    Busy,
    /// The sign-in service could not be reached.
    #[error("the sign-in service could not be reached ({code})")]
    Unreachable {
        /// MSAL error code.
        code: String,
    },
    /// Anything else; `code` names it for support.
    #[error("sign-in failed ({code})")]
    Other {
        /// MSAL error code or AADSTS number.
        code: String,
        /// Text of the server, shown as quoted text only.
        detail: String,
        /// MSAL correlation id, for support.
        correlation_id: String,
    },
}

/// Hands out tokens. It may wait for the UI thread, never for a person.
pub trait TokenProvider {
    /// A token for these scopes, or why there is none. `Ok(None)` for a dataset that needs none.
    fn token(&self, need: TokenNeed) -> LocalBoxFuture<'_, Result<Option<AccessToken>, AuthError>>;
}

/// Wall time and waiting, so that tests run on a virtual clock.
pub trait Clock {
    /// Now.
    fn now(&self) -> Millis;
    /// Resolves after `duration`; dropping the future cancels it.
    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'_, ()>;
    /// Lets everything that is waiting already have its turn, and goes on at once afterwards. The shortest sleep does that
    /// too, but a browser makes four milliseconds of it.
    fn yield_now(&self) -> LocalBoxFuture<'_, ()> {
        self.sleep(Duration::ZERO)
    }
}

/// One permit per Graph request, per app and tenant.
pub trait Budget {
    /// Resolves when one more request may start, which it must at once, or when none may for a long time. Of those who wait,
    /// urgent ones go first, then whoever came first. Dropping the future gives the place up.
    fn permit<'b>(&'b self, urgency: &'b Urgency) -> LocalBoxFuture<'b, Result<Permit, Closed>>;
    /// The request was answered, whatever the answer.
    fn answered(&self, permit: Permit);
    /// Graph throttled the request: nothing starts before `pause` is over. After a pause that is too long to be waited for
    /// (`limits::RETRY_AFTER_MAX`) nobody gets a permit, and everybody is told so.
    fn throttled(&self, permit: Permit, pause: Duration);
    /// A person wants to ask although Graph wants a long pause: it counts no longer.
    fn insist(&self);
    /// How much is spent now; `None` for no limit.
    fn state(&self) -> Option<BudgetState>;
}

/// Whether somebody looks at what a request is for. It may change while the request waits; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Urgency(Rc<Cell<bool>>);

impl Urgency {
    /// Somebody looks at it now, or at something else.
    pub fn set(&self, is_in_view: bool) {
        self.0.set(is_in_view);
    }
    /// True when it goes before the background.
    pub fn is_urgent(&self) -> bool {
        self.0.get()
    }
}

/// Leave to start one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permit {
    /// When it was given.
    pub start: Millis,
    /// Requests in the window up to then, this one included.
    pub used: u32,
}

/// Graph wants no request for longer than is sensible to wait: a person decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Until when.
    pub until: Millis,
}

/// The request budget as shown to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetState {
    /// Requests started in the current window.
    pub used: u32,
    /// Requests allowed in a window (5).
    pub limit: u32,
    /// Length of the window in seconds (10).
    pub window_secs: u32,
    /// Set when Graph refuses requests within the limit: others use the same app registration, or the service has less to give.
    pub others: Option<Others>,
}

/// What others leave of the budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Others {
    /// Requests in a window that seem to be left for us.
    pub left: u32,
    /// When one more is tried.
    pub until: Millis,
}

/// Bytes that came beside a message. They stay outside the engine's memory, which never shrinks, until they are read.
pub type Attachment = Box<dyn FnOnce() -> Vec<u8>>;

/// Randomness that nobody can guess, for request ids, jitter, and what seals files.
pub trait Random {
    /// Sixty-four random bits.
    fn next_u64(&self) -> u64;
}

/// Takes a packed block.
pub type PackDone = Box<dyn FnOnce(Vec<u8>)>;

/// Compresses full blocks of records, in another thread where there is one.
pub trait Packer {
    /// Takes a block and gives the packed one to `done`, now or later, in any order.
    /// A `done` that is dropped uncalled says that the block cannot be packed there; its owner then does it.
    fn pack(&self, block: &[u8], done: PackDone);
}

/// Why something cannot be kept outside memory, told apart by what can be done about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum StorageError {
    /// Nothing is kept for this page (private window, site data blocked, no such storage): memory is all there is.
    #[error("nothing can be kept here")]
    Refused,
    /// There is no room left.
    #[error("there is no room left")]
    Full,
    /// Somebody else, such as another tab, has the file open.
    #[error("the file is in use")]
    InUse,
    /// What is there is not what was written.
    #[error("the file is damaged")]
    Damaged,
    /// Somebody else, such as another tab, has deleted the key that is in use here.
    #[error("the key was forgotten")]
    Forgotten,
    /// Anything else.
    #[error("storage failed: {detail}")]
    Failed {
        /// What the platform called it; never a name or content of a file.
        detail: String,
    },
}

/// Files by name. Finding and opening them takes turns of the event loop; what is open is read and written at once.
pub trait Storage {
    /// Opens a file, or makes an empty one. Until it is dropped nobody else can open or delete it, in this tab or another.
    fn open<'s>(&'s self, name: &'s str) -> LocalBoxFuture<'s, Result<Rc<dyn StoredFile>, StorageError>>;
    /// The names of all files, sorted.
    fn names(&self) -> LocalBoxFuture<'_, Result<Vec<String>, StorageError>>;
    /// Deletes a file; one that never was is no error.
    fn delete<'s>(&'s self, name: &'s str) -> LocalBoxFuture<'s, Result<(), StorageError>>;
}

/// An open file; dropping the last handle closes it.
pub trait StoredFile: fmt::Debug {
    /// Fills `into` with the bytes from this offset on; fewer being there is an error.
    fn read(&self, offset: u64, into: &mut [u8]) -> Result<(), StorageError>;
    /// Writes all of these bytes at this offset. After an error the bytes there may be anything.
    fn write(&self, offset: u64, bytes: &[u8]) -> Result<(), StorageError>;
    /// How many bytes the file has.
    fn len(&self) -> Result<u64, StorageError>;
    /// True when the file has no bytes.
    fn is_empty(&self) -> Result<bool, StorageError> {
        Ok(self.len()? == 0)
    }
    /// Cuts the file, or fills it up with zeros.
    fn truncate(&self, len: u64) -> Result<(), StorageError>;
    /// Returns when everything written would survive the end of the tab.
    fn flush(&self) -> Result<(), StorageError>;
}

/// What the files of a dataset are sealed with: 32 bytes that nobody can guess. Nothing shows them.
#[derive(Clone, PartialEq, Eq)]
pub struct FileKey([u8; 32]);

impl FileKey {
    /// A key with these bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
    /// A new key.
    pub fn random(random: &dyn Random) -> Self {
        let mut bytes = [0; 32];
        bytes.as_chunks_mut::<8>().0.iter_mut().for_each(|chunk| *chunk = random.next_u64().to_le_bytes());
        Self(bytes)
    }
    /// Its bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for FileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileKey")
    }
}

/// Keys by name, for what is kept beyond the end of a tab. Without its key a file is noise.
pub trait Vault {
    /// The key of this name; `None` where there is none, or its time is over.
    fn key<'v>(&'v self, name: &'v str) -> LocalBoxFuture<'v, Result<Option<FileKey>, StorageError>>;
    /// Makes a key of this name, unless there is one, and gives the one that is there.
    fn make<'v>(&'v self, name: &'v str) -> LocalBoxFuture<'v, Result<FileKey, StorageError>>;
    /// The key of this name is of use until this instant, and then no longer; `Forgotten` when it is not this one any more.
    fn extend<'v>(
        &'v self,
        name: &'v str,
        key: &'v FileKey,
        until: Millis,
    ) -> LocalBoxFuture<'v, Result<(), StorageError>>;
    /// Forgets the key for ever; one that never was is no error.
    fn forget<'v>(&'v self, name: &'v str) -> LocalBoxFuture<'v, Result<(), StorageError>>;
}

/// Everything one dataset needs from outside.
#[derive(Clone)]
pub struct Ports {
    /// Sends requests.
    pub transport: Rc<dyn Transport>,
    /// Hands out tokens.
    pub tokens: Rc<dyn TokenProvider>,
    /// Time.
    pub clock: Rc<dyn Clock>,
    /// The request budget.
    pub budget: Rc<dyn Budget>,
    /// Randomness.
    pub random: Rc<dyn Random>,
    /// Compresses records.
    pub packer: Rc<dyn Packer>,
    /// Files.
    pub storage: Rc<dyn Storage>,
    /// The keys of files that are kept.
    pub vault: Rc<dyn Vault>,
}
