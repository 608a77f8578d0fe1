//! Tokens across the thread boundary: the worker asks with an event, the UI thread answers with a request.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures_channel::oneshot;
use futures_util::future::{FutureExt, LocalBoxFuture, ready};

use super::Sink;
use crate::{
    ports::{AccessToken, AuthError, TokenNeed, TokenProvider},
    protocol::{DatasetId, Event, EventBody, FromWorker},
};

type Answer = Result<AccessToken, AuthError>;

/// Needs that wait for the UI thread. One per worker, shared by its datasets.
pub struct BridgedTokens {
    sink: Sink,
    last_need: Cell<u32>,
    waiting: RefCell<Vec<(u32, oneshot::Sender<Answer>)>>,
}

impl BridgedTokens {
    /// A bridge that asks through this sink.
    pub fn new(sink: Sink) -> Rc<Self> {
        Rc::new(Self { sink, last_need: Cell::new(0), waiting: RefCell::default() })
    }
    /// A provider that asks for one dataset.
    pub fn for_dataset(self: &Rc<Self>, dataset: DatasetId) -> Rc<dyn TokenProvider> {
        Rc::new(DatasetTokens { bridge: self.clone(), dataset })
    }
    /// Takes the UI thread's answer. An answer that nobody waits for any longer is forgotten.
    pub fn resolve(&self, need: u32, answer: Answer) {
        let mut waiting = self.waiting.borrow_mut();
        if let Some(at) = waiting.iter().position(|(number, _)| *number == need) {
            // The receiver may have been dropped with its load.
            let _ = waiting.swap_remove(at).1.send(answer);
        }
    }

    fn ask(&self, dataset: &DatasetId, token: TokenNeed) -> oneshot::Receiver<Answer> {
        let need = self.last_need.get().wrapping_add(1);
        self.last_need.set(need);
        let (sender, receiver) = oneshot::channel();
        {
            let mut waiting = self.waiting.borrow_mut();
            waiting.retain(|(_, sender)| !sender.is_canceled());
            waiting.push((need, sender));
        }
        (self.sink)(FromWorker::Event(Event {
            dataset: dataset.clone(),
            body: EventBody::TokenNeeded { need, token },
        }));
        receiver
    }
}

struct DatasetTokens {
    bridge: Rc<BridgedTokens>,
    dataset: DatasetId,
}

impl TokenProvider for DatasetTokens {
    fn token(&self, need: TokenNeed) -> LocalBoxFuture<'_, Result<Option<AccessToken>, AuthError>> {
        async move {
            match self.bridge.ask(&self.dataset, need).await {
                Ok(answer) => answer.map(Some),
                // The bridge lets go of a need only when it is answered or nobody waits.
                Err(oneshot::Canceled) => Err(AuthError::UserCancelled),
            }
        }
        .boxed_local()
    }
}

/// No tokens, for a dataset that needs none.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoTokens;

impl TokenProvider for NoTokens {
    fn token(&self, _need: TokenNeed) -> LocalBoxFuture<'_, Result<Option<AccessToken>, AuthError>> {
        ready(Ok(None)).boxed_local()
    }
}
