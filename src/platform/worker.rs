//! The worker that owns Graph requests and rows: it hands the engine its outside world and passes messages on.

use std::{cell::Cell, rc::Rc, time::Duration};

use engine::{
    engine::{BridgedTokens, Engine, NoTokens, Sink, rehearse},
    fetch::{NoTransport, SlidingBudget, Unlimited},
    ports::{Attachment, Clock, Packer, Ports, Random},
    protocol::{self, DatasetId, FromWorker, Request, Source},
};
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::MessageEvent;

use super::{
    clock::BrowserClock,
    packer::PackLink,
    random::BrowserRandom,
    sample_transport::SampleLink,
    shared_budget::SharedBooks,
    storage::{self, BrowserStorage},
    transport::BrowserTransport,
    vault::BrowserVault,
    wire::{self, Incoming},
};

/// Long enough that questions which came with the first one are answered before anything else is done.
const FIRST_PAUSE: Duration = Duration::from_millis(1);

/// Answers the window's messages for as long as the worker lives.
pub fn run() {
    wire::report_panics();
    let sample = SampleLink::default();
    let packer = PackLink::new(post_block);
    let engine = engine(Rc::new(post), sample.clone(), Rc::new(packer.clone()));
    let has_begun = Cell::new(false);
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        receive(&engine, &sample, &packer, event);
        if !has_begun.replace(true) {
            wasm_bindgen_futures::spawn_local(get_ready());
        }
    });
    // From here on the worker's global scope owns the listener.
    wire::worker_scope().set_onmessage(Some(on_message.into_js_value().unchecked_ref()));
}

/// What can be done while the first rows are on their way, and whoever waits for the worker to start should not wait for.
async fn get_ready() {
    BrowserClock.sleep(FIRST_PAUSE).await;
    rehearse(&BrowserClock).await;
    storage::remove_orphans().await;
}

/// Passes a message of the window's on.
pub fn receive(engine: &Engine, sample: &SampleLink, packer: &PackLink, event: MessageEvent) {
    match wire::read(event.data()) {
        Incoming::Bytes(bytes, attachments) => match protocol::decode::<Request>(&bytes) {
            Ok(request) => engine.handle_with(request, attachments.into_iter().map(attachment).collect()),
            // Nobody knows which question this was, so the window must stop waiting for all of them.
            Err(_) => wire::report_failure("a message of the window cannot be read"),
        },
        Incoming::SamplePort(port) => sample.connect(port),
        Incoming::Packed(packed, spent) => packer.receive(&packed, &spent),
        Incoming::NoPackWorker => packer.lose(),
        Incoming::Block(_) | Incoming::Failure(_) | Incoming::Other => {}
    }
}

fn attachment(bytes: Uint8Array) -> Attachment {
    Box::new(move || bytes.to_vec())
}

/// An engine whose outside world is this browser, and the made-up tenant behind `sample`.
pub fn engine(sink: Sink, sample: SampleLink, packer: Rc<dyn Packer>) -> Engine {
    let outside = Outside::new(&sink, sample, packer);
    let tokens = outside.tokens.clone();
    let spawn = Rc::new(wasm_bindgen_futures::spawn_local);
    Engine::new(sink, spawn, tokens, move |dataset, source| outside.ports_for(dataset, source))
}

/// What the datasets of one worker share of the outside world.
struct Outside {
    tokens: Rc<BridgedTokens>,
    clock: Rc<dyn Clock>,
    sample: SampleLink,
    packer: Rc<dyn Packer>,
}

impl Outside {
    fn new(sink: &Sink, sample: SampleLink, packer: Rc<dyn Packer>) -> Self {
        let clock: Rc<dyn Clock> = Rc::new(BrowserClock);
        Self { tokens: BridgedTokens::new(sink.clone()), clock, sample, packer }
    }

    fn ports_for(&self, dataset: &DatasetId, source: &Source) -> Option<Ports> {
        let clock = self.clock.clone();
        let random = Rc::new(BrowserRandom);
        let storage = Rc::new(BrowserStorage);
        let vault = Rc::new(BrowserVault);
        let packer = self.packer.clone();
        Some(match source {
            Source::Graph { cloud, app, tenant } => Ports {
                transport: Rc::new(BrowserTransport::pinned_to(cloud.graph)),
                tokens: self.tokens.for_dataset(dataset.clone()),
                budget: Rc::new(SlidingBudget::with_books(
                    clock.clone(),
                    SharedBooks::new(&format!("{} {app} {tenant}", cloud.id), clock.clone()),
                    random.next_u64(),
                )),
                clock,
                random,
                packer,
                storage,
                vault,
            },
            Source::Sample { is_real_pace } => Ports {
                transport: Rc::new(self.sample.transport(*is_real_pace)),
                tokens: Rc::new(NoTokens),
                budget: if *is_real_pace { Rc::new(SlidingBudget::new(clock.clone())) } else { Rc::new(Unlimited) },
                clock,
                random,
                packer,
                storage,
                vault,
            },
            Source::Files => Ports {
                transport: Rc::new(NoTransport),
                tokens: Rc::new(NoTokens),
                budget: Rc::new(Unlimited),
                clock,
                random,
                packer,
                storage,
                vault,
            },
        })
    }
}

fn post_block(block: &Uint8Array) -> bool {
    let (message, moved) = wire::block_message(block);
    wire::worker_scope().post_message_with_transfer(&message, &moved).is_ok()
}

fn post(message: FromWorker) {
    let (message, moved) = wire::bytes_message(&protocol::encode(&message));
    if wire::worker_scope().post_message_with_transfer(&message, &moved).is_err() {
        wire::report_failure("an answer cannot be posted");
    }
}
