//! The only door to the worker: requests go in, answers and events come out.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::{Rc, Weak},
};

use engine::{
    ports::Clock,
    protocol::{self, Answer, DatasetId, Event, FromWorker, QueryError, Request, RequestBody},
};
use futures_channel::oneshot;
use futures_util::future::{FutureExt, LocalBoxFuture, Shared};
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{ErrorEvent, MessageChannel, MessageEvent, Worker};

use crate::{
    host::Host,
    platform::{
        clock::BrowserClock,
        wire::{self, Incoming},
    },
};

/// A running worker. Clones share it; [`WorkerClient::end`] ends it for all of them, and so does dropping the last.
#[derive(Clone)]
pub struct WorkerClient(Rc<Inner>);

struct Inner {
    host: Host,
    worker: RefCell<Option<OwnWorker>>,
    packer: RefCell<PackWorker>,
    sample: RefCell<Option<OwnWorker>>,
    sample_start: RefCell<Option<SampleStart>>,
    last_id: Cell<u32>,
    pending: RefCell<BTreeMap<u32, oneshot::Sender<Result<Answer, QueryError>>>>,
    on_event: Box<dyn Fn(Event)>,
    on_failure: Box<dyn Fn(String)>,
}

type SampleStart = Shared<LocalBoxFuture<'static, Result<(), String>>>;

impl WorkerClient {
    /// Starts a worker. `on_event` hears everything the worker reports on its own; `on_failure`, once, that it died, and
    /// where, even before this is over. From then on nothing hangs: every question that waits and every later one is
    /// answered with `UnknownDataset`. Start another worker to go on; its memory starts empty.
    ///
    /// # Errors
    /// What the browser said.
    pub async fn start(
        host: &Host,
        on_event: impl Fn(Event) + 'static,
        on_failure: impl Fn(String) + 'static,
    ) -> Result<Self, String> {
        let worker = host.start_worker("worker").await.map_err(|error| text_of(&error))?;
        let client = Self(Rc::new(Inner {
            host: host.clone(),
            worker: RefCell::new(None),
            packer: RefCell::default(),
            sample: RefCell::new(None),
            sample_start: RefCell::new(None),
            last_id: Cell::new(0),
            pending: RefCell::default(),
            on_event: Box::new(on_event),
            on_failure: Box::new(on_failure),
        }));
        *client.0.worker.borrow_mut() = Some(OwnWorker::of(worker, Rc::downgrade(&client.0)));
        Ok(client)
    }

    /// Starts the made-up tenant in a worker of its own and connects it; call before opening a `Source::Sample` dataset.
    /// Once connected, further calls do nothing.
    ///
    /// # Errors
    /// What the browser said.
    pub async fn connect_sample(&self, host: &Host) -> Result<(), String> {
        let running = self.0.sample_start.borrow().clone();
        let start = running.unwrap_or_else(|| {
            let start = start_sample(Rc::downgrade(&self.0), host.clone()).boxed_local().shared();
            *self.0.sample_start.borrow_mut() = Some(start.clone());
            start
        });
        let result = start.await;
        if result.is_err() {
            *self.0.sample_start.borrow_mut() = None;
        }
        result
    }

    /// Asks and waits for the answer. A question about rows is withdrawn when nobody waits any more.
    ///
    /// # Errors
    /// When the worker cannot answer; a worker that is gone answers `UnknownDataset`.
    pub async fn ask(&self, dataset: &DatasetId, body: RequestBody) -> Result<Answer, QueryError> {
        self.ask_with(dataset, body, &[]).await
    }

    /// Asks with attachments, which move to the worker: their buffers are empty afterwards.
    ///
    /// # Errors
    /// When the worker cannot answer; a worker that is gone answers `UnknownDataset`, and so does one that cannot be given
    /// the attachments.
    pub async fn ask_with(
        &self,
        dataset: &DatasetId,
        body: RequestBody,
        attachments: &[Uint8Array],
    ) -> Result<Answer, QueryError> {
        let id = self.0.next_id();
        let (sender, receiver) = oneshot::channel();
        self.0.pending.borrow_mut().insert(id, sender);
        let mut wait = Wait { client: Rc::downgrade(&self.0), dataset, question: is_about_rows(&body).then_some(id) };
        self.0.post(&Request { id, dataset: dataset.clone(), body }, attachments);
        let answer = receiver.await;
        wait.question = None;
        answer.unwrap_or(Err(QueryError::UnknownDataset))
    }

    /// Ends the worker at once, and with it every token and row it held.
    pub fn end(&self) {
        self.0.end();
    }
}

/// Somebody waits for an answer; who stops before it is there withdraws the question.
struct Wait<'d> {
    client: Weak<Inner>,
    dataset: &'d DatasetId,
    question: Option<u32>,
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        let (Some(question), Some(client)) = (self.question, self.client.upgrade()) else { return };
        client.pending.borrow_mut().remove(&question);
        // That it was withdrawn is no news to anybody.
        let body = RequestBody::Cancel { question };
        client.post(&Request { id: client.next_id(), dataset: self.dataset.clone(), body }, &[]);
    }
}

fn is_about_rows(body: &RequestBody) -> bool {
    matches!(
        body,
        RequestBody::Window(_)
            | RequestBody::Facets(_)
            | RequestBody::Histogram(_)
            | RequestBody::Groups(_)
            | RequestBody::Distinct(_)
    )
}

impl Inner {
    fn next_id(&self) -> u32 {
        let id = self.last_id.get().wrapping_add(1);
        self.last_id.set(id);
        id
    }

    fn post(&self, request: &Request, attachments: &[Uint8Array]) {
        let (message, moved) = wire::attached_message(&protocol::encode(request), attachments);
        let is_posted = match &*self.worker.borrow() {
            Some(own) => own.worker.post_message_with_transfer(&message, &moved).is_ok(),
            None => false,
        };
        if !is_posted {
            self.pending.borrow_mut().remove(&request.id);
        }
    }

    fn receive(self: &Rc<Self>, incoming: Incoming) {
        match incoming {
            Incoming::Bytes(bytes, _) => match protocol::decode(&bytes) {
                Ok(FromWorker::Response(response)) => {
                    let sender = self.pending.borrow_mut().remove(&response.id);
                    // A receiver that is gone belonged to a view that is gone.
                    let _ = sender.map(|sender| sender.send(response.result));
                    // Rows are about to come, and the first of them should not have to share the processor with its start.
                    self.want_packer();
                }
                Ok(FromWorker::Event(event)) => (self.on_event)(event),
                Err(_) => self.fail("a message of the worker cannot be read".to_owned()),
            },
            Incoming::Failure(detail) => self.fail(detail),
            Incoming::Block(block) => self.pack(block),
            Incoming::SamplePort(_) | Incoming::Packed(..) | Incoming::NoPackWorker | Incoming::Other => {}
        }
    }

    fn fail(&self, detail: String) {
        if self.worker.borrow().is_none() {
            return;
        }
        self.end();
        (self.on_failure)(detail);
    }

    /// Starts the pack worker, unless that was done.
    fn want_packer(self: &Rc<Self>) {
        let mut packer = self.packer.borrow_mut();
        if let PackWorker::Unwanted = *packer {
            *packer = PackWorker::Starting(Vec::new());
            wasm_bindgen_futures::spawn_local(start_packer(Rc::downgrade(self), self.host.clone()));
        }
    }

    /// Hands a block of the data worker's to the pack worker.
    fn pack(self: &Rc<Self>, block: Uint8Array) {
        self.want_packer();
        let is_handed_over = match &mut *self.packer.borrow_mut() {
            PackWorker::Starting(blocks) => {
                blocks.push(block);
                true
            }
            PackWorker::Running(own) => own.give_block(&block),
            PackWorker::Unwanted | PackWorker::Lost => false,
        };
        if !is_handed_over {
            self.lose_packer();
        }
    }

    /// The data worker compresses its records itself from now on.
    fn lose_packer(&self) {
        if let PackWorker::Lost = self.packer.replace(PackWorker::Lost) {
            // It has heard so, and takes every block for lost that was on its way.
            return;
        }
        if let Some(own) = &*self.worker.borrow() {
            // One string can always be posted.
            let _ = own.worker.post_message(&wire::no_pack_worker());
        }
    }

    /// Hands a packed block to the data worker.
    fn give_back(&self, packed: &Uint8Array, spent: &Uint8Array) {
        if let Some(own) = &*self.worker.borrow() {
            let (message, moved) = wire::packed_message(packed, spent);
            // A data worker that cannot be told has died, and says so elsewhere.
            let _ = own.worker.post_message_with_transfer(&message, &moved);
        }
    }

    fn end(&self) {
        let workers = (self.worker.take(), self.packer.replace(PackWorker::Lost), self.sample.take());
        drop(workers);
        // Dropping a sender wakes whoever waits for it.
        let pending = std::mem::take(&mut *self.pending.borrow_mut());
        drop(pending);
    }
}

async fn start_sample(inner: Weak<Inner>, host: Host) -> Result<(), String> {
    const GONE: &str = "the data worker has ended";
    let sample = host.start_worker("sample").await.map_err(|error| text_of(&error))?;
    let sample = OwnWorker::of(sample, inner.clone());
    let inner = inner.upgrade().ok_or(GONE)?;
    match &*inner.worker.borrow() {
        Some(own) => own.connect(&sample)?,
        None => return Err(GONE.to_owned()),
    }
    *inner.sample.borrow_mut() = Some(sample);
    Ok(())
}

/// The worker that compresses the data worker's records.
#[derive(Default)]
enum PackWorker {
    #[default]
    Unwanted,
    /// With the blocks that wait for it.
    Starting(Vec<Uint8Array>),
    Running(OwnWorker),
    Lost,
}

/// Starts the worker that compresses records; where that is not possible, the data worker hears so.
async fn start_packer(inner: Weak<Inner>, host: Host) {
    // Whoever got the first answer goes on first.
    BrowserClock.yield_now().await;
    let packer = host.start_worker("pack").await.ok().map(|packer| {
        let inner = inner.clone();
        OwnWorker::listening(packer, move |incoming| match (incoming, inner.upgrade()) {
            (Incoming::Packed(packed, spent), Some(inner)) => inner.give_back(&packed, &spent),
            (Incoming::Failure(_), Some(inner)) => inner.lose_packer(),
            _ => {}
        })
    });
    let Some(inner) = inner.upgrade() else { return };
    let blocks = match &mut *inner.packer.borrow_mut() {
        PackWorker::Starting(blocks) => std::mem::take(blocks),
        // The data worker has ended meanwhile.
        _ => return,
    };
    match packer {
        Some(packer) if blocks.iter().all(|block| packer.give_block(block)) => {
            inner.packer.replace(PackWorker::Running(packer));
        }
        _ => inner.lose_packer(),
    }
}

/// A worker with its listeners; dropping it ends it.
struct OwnWorker {
    worker: Worker,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_error: Closure<dyn Fn(JsValue)>,
}

impl OwnWorker {
    /// A worker without which its client has ended.
    fn of(worker: Worker, inner: Weak<Inner>) -> Self {
        Self::listening(worker, move |incoming| {
            if let Some(inner) = inner.upgrade() {
                inner.receive(incoming);
            }
        })
    }

    /// `hear` is told what the worker says, and how it died.
    fn listening(worker: Worker, hear: impl Fn(Incoming) + 'static) -> Self {
        let hear = Rc::new(hear);
        let on_message = {
            let hear = hear.clone();
            Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| hear(wire::read(event.data())))
        };
        let on_error = Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| {
            hear(Incoming::Failure(event.dyn_ref::<ErrorEvent>().map(ErrorEvent::message).unwrap_or_default()));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        worker.set_onmessageerror(Some(on_error.as_ref().unchecked_ref()));
        Self { worker, _on_message: on_message, _on_error: on_error }
    }

    /// Gives both workers an end of a new channel.
    fn connect(&self, other: &Self) -> Result<(), String> {
        let channel = MessageChannel::new().map_err(|error| text_of(&error))?;
        for (own, port) in [(self, channel.port1()), (other, channel.port2())] {
            let (message, moved) = wire::port_message(&port);
            own.worker.post_message_with_transfer(&message, &moved).map_err(|error| text_of(&error))?;
        }
        Ok(())
    }

    fn give_block(&self, block: &Uint8Array) -> bool {
        let (message, moved) = wire::block_message(block);
        self.worker.post_message_with_transfer(&message, &moved).is_ok()
    }
}

impl Drop for OwnWorker {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.set_onmessageerror(None);
        self.worker.terminate();
    }
}

fn text_of(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => error.as_string().unwrap_or_else(|| "unknown error".to_owned()),
    }
}
