//! The only door to the worker: requests go in, answers and events come out.

use engine::protocol::{Answer, DatasetId, Event, QueryError, RequestBody};

use crate::host::Host;

/// A running worker. Clones share it; [`WorkerClient::end`] ends it for all of them.
#[derive(Clone)]
pub struct WorkerClient {}

impl WorkerClient {
    /// Starts a worker. `on_event` hears everything the worker reports on its own.
    ///
    /// # Errors
    /// What the browser said.
    pub async fn start(_host: &Host, _on_event: impl Fn(Event) + 'static) -> Result<Self, String> {
        Err("not built yet".to_owned())
    }
    /// Starts the made-up tenant in a worker of its own and connects it; call before opening a `Source::Sample` dataset.
    ///
    /// # Errors
    /// What the browser said.
    pub async fn connect_sample(&self, _host: &Host) -> Result<(), String> {
        Err("not built yet".to_owned())
    }
    /// Asks and waits for the answer.
    ///
    /// # Errors
    /// When the worker cannot answer; a worker that is gone answers `UnknownDataset`.
    pub async fn ask(&self, _dataset: &DatasetId, _body: RequestBody) -> Result<Answer, QueryError> {
        Err(QueryError::UnknownDataset)
    }
    /// Ends the worker at once, and with it every token and row it held.
    pub fn end(&self) {}
}
