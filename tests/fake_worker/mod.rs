//! The interface, or its state alone, as a test mounts it: with workers that open whatever they are asked to open and say what
//! they are told.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use engine::{
    ports::{AuthError, TokenNeed},
    protocol::{
        self, Answer, Event, EventBody, FromWorker, LoadKey, LoadStatus, Phase, QueryError, Request, RequestBody,
        Response, Scope,
    },
};
use gatebook::{
    app::App,
    host::Host,
    platform::wire::{self, Incoming},
    settings::{Settings, load},
    state::app_state::{AppState, SignIn},
};
use gloo_timers::future::sleep;
use js_sys::{Function, Object, Promise, Reflect, Uint8Array};
use leptos::{mount::mount_to, prelude::*};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use crate::fake_msal::{host_of, options, set};

/// A worker that opens whatever it is asked to open, and says nothing else on its own.
#[derive(Clone)]
pub struct FakeWorker {
    object: Object,
    pub asked: Rc<RefCell<Vec<Request>>>,
    pub is_ended: Rc<Cell<bool>>,
    /// True to leave what is asked unanswered.
    pub is_mute: Rc<Cell<bool>>,
}

/// What workers answer; without it they are done with everything at once.
pub type Answers = Rc<dyn Fn(&RequestBody) -> Result<Answer, QueryError>>;

impl FakeWorker {
    fn new(answers: Answers) -> Self {
        let worker =
            Self { object: Object::new(), asked: Rc::default(), is_ended: Rc::default(), is_mute: Rc::default() };
        let own = worker.clone();
        let post = Closure::<dyn Fn(JsValue, JsValue)>::new(move |message: JsValue, _moved: JsValue| {
            let Incoming::Bytes(bytes, _) = wire::read(message) else { return };
            let request: Request = protocol::decode(&bytes).expect("both halves are of one build");
            let (id, dataset, result) = (request.id, request.dataset.clone(), answers(&request.body));
            own.asked.borrow_mut().push(request);
            if own.is_mute.get() {
                return;
            }
            let own = own.clone();
            leptos::task::spawn_local(async move {
                own.say(&FromWorker::Response(Response { id, dataset, result }));
            });
        });
        set(&worker.object, "postMessage", &post.into_js_value());
        let is_ended = worker.is_ended.clone();
        let end = Closure::<dyn Fn()>::new(move || is_ended.set(true));
        set(&worker.object, "terminate", &end.into_js_value());
        worker
    }
    pub fn say(&self, message: &FromWorker) {
        let event = Object::new();
        set(&event, "data", &Uint8Array::from(protocol::encode(message).as_slice()));
        let listener = Reflect::get(&self.object, &"onmessage".into()).expect("objects can be asked");
        if let Some(listener) = listener.dyn_ref::<Function>() {
            listener.call1(&JsValue::NULL, &event).expect("listeners throw nothing");
        }
    }
    /// Answers what was asked last while the worker was mute.
    pub fn answer(&self, result: Result<Answer, QueryError>) {
        self.is_mute.set(false);
        let (id, dataset) = {
            let asked = self.asked.borrow();
            let last = asked.last().expect("something was asked");
            (last.id, last.dataset.clone())
        };
        self.say(&FromWorker::Response(Response { id, dataset, result }));
    }
    /// The worker's script throws, which ends it.
    pub fn die(&self) {
        let listener = Reflect::get(&self.object, &"onerror".into()).expect("objects can be asked");
        if let Some(listener) = listener.dyn_ref::<Function>() {
            listener.call1(&JsValue::NULL, &Object::new()).expect("listeners throw nothing");
        }
    }
    pub fn needs_a_token(&self) {
        let dataset = self.asked.borrow()[0].dataset.clone();
        let token = TokenNeed { scopes: vec!["AuditLog.Read.All".to_owned()], claims: None, force: false };
        self.say(&FromWorker::Event(Event { dataset, body: EventBody::TokenNeeded { need: 1, token } }));
    }
    pub fn tokens(&self) -> usize {
        self.asked.borrow().iter().filter(|request| matches!(request.body, RequestBody::Token { .. })).count()
    }
}

/// Workers that leave what `is_held` names unanswered until a test answers it. Fill the slot with the mount's workers.
pub fn holding(is_held: fn(&RequestBody) -> bool) -> (Answers, Rc<RefCell<Workers>>) {
    let slot: Rc<RefCell<Workers>> = Rc::default();
    let workers = slot.clone();
    let answers = move |body: &RequestBody| {
        if is_held(body) {
            let workers = workers.borrow().clone();
            workers.borrow().last().expect("one of them is asked").is_mute.set(true);
        }
        Ok(Answer::Done)
    };
    (Rc::new(answers), slot)
}

/// The workers of a mount, in the order of their starts.
pub type Workers = Rc<RefCell<Vec<FakeWorker>>>;

/// The state of a mount, as it is after its start.
pub struct Mount {
    pub app: AppState,
    pub workers: Rc<RefCell<Vec<FakeWorker>>>,
    /// Dropping it takes the mount away.
    pub _handle: Box<dyn Any>,
}

fn host_with(workers: &Rc<RefCell<Vec<FakeWorker>>>, is_framed: bool, answers: Answers) -> Host {
    let options = options("page", is_framed);
    let started = workers.clone();
    let start = Closure::<dyn Fn(JsValue) -> Promise>::new(move |name: JsValue| {
        if name != "worker" {
            // As in a browser where records are compressed without a worker for it.
            return Promise::reject(&name);
        }
        let worker = FakeWorker::new(answers.clone());
        started.borrow_mut().push(worker.clone());
        Promise::resolve(&JsValue::from(worker.object))
    });
    set(&options, "startWorker", &start.into_js_value());
    host_of(options.into())
}

pub async fn mount(settings: &Settings, is_framed: bool) -> Mount {
    mount_with(settings, is_framed, Rc::new(|_| Ok(Answer::Done))).await
}

pub async fn mount_with(settings: &Settings, is_framed: bool, answers: Answers) -> Mount {
    let workers: Rc<RefCell<Vec<FakeWorker>>> = Rc::default();
    let host = host_with(&workers, is_framed, answers);
    load::save(&host, &Settings::default(), settings).expect("they are valid");
    host.go("#/");
    let element = document().create_element("div").expect("a page can make elements").unchecked_into();
    let slot = Rc::new(RefCell::new(None));
    let made = slot.clone();
    let handle = mount_to(element, move || {
        let app = AppState::new(host);
        app.start();
        made.replace(Some(app));
    });
    let app = slot.take().expect("it is made at once");
    let settings_are_read = || {
        !matches!(app.sign_in.get_untracked(), SignIn::Reading | SignIn::Starting) && !app.is_opening.get_untracked()
    };
    until(settings_are_read).await;
    Mount { app, workers, _handle: Box::new(handle) }
}

/// The whole interface at a route, set up to sign in.
pub async fn shown(settings: &Settings, hash: &str) -> Shown {
    shown_with(settings, hash, Rc::new(|_| Ok(Answer::Done))).await
}

pub async fn shown_with(settings: &Settings, hash: &str, answers: Answers) -> Shown {
    let workers: Rc<RefCell<Vec<FakeWorker>>> = Rc::default();
    let host = host_with(&workers, false, answers);
    load::save(&host, &Settings::default(), settings).expect("they are valid");
    host.go(hash);
    let element: HtmlElement = document().create_element("div").expect("a page can make elements").unchecked_into();
    document().body().expect("a page has a body").append_child(&element).expect("a body takes children");
    let handle = mount_to(element.clone(), move || view! { <App host=host.clone() /> });
    Shown { element, workers, _handle: Box::new(handle) }
}

pub struct Shown {
    pub element: HtmlElement,
    pub workers: Rc<RefCell<Vec<FakeWorker>>>,
    /// Dropping it takes the interface away.
    _handle: Box<dyn Any>,
}

impl Shown {
    pub fn button(&self, words: &str) -> Option<HtmlElement> {
        let buttons = self.element.query_selector_all("button").expect("a constant selector");
        let buttons = (0..buttons.length()).filter_map(|index| buttons.get(index)?.dyn_into::<HtmlElement>().ok());
        buttons.into_iter().find(|button| button.text_content().is_some_and(|text| text.trim() == words))
    }
    pub async fn press(&self, words: &str) {
        until(|| self.button(words).is_some()).await;
        self.button(words).expect("it was there").click();
    }
    /// What the only worker was asked to load, in order.
    pub fn loads(&self) -> Vec<(LoadKey, Scope)> {
        let workers = self.workers.borrow();
        let [worker] = workers.as_slice() else { return Vec::new() };
        let asked = worker.asked.borrow();
        let loads = asked.iter().filter_map(|request| match &request.body {
            RequestBody::Load { key, scope } => Some((key.clone(), scope.clone())),
            _ => None,
        });
        loads.collect()
    }
    /// The worker tells that its last load waits for a person.
    pub fn needs_person(&self, error: AuthError) {
        let (key, scope) = self.loads().pop().expect("something is loaded");
        let status = LoadStatus { phase: Phase::NeedsPerson(error), ..LoadStatus::new(key, scope) };
        let worker = self.workers.borrow()[0].clone();
        let dataset = worker.asked.borrow()[0].dataset.clone();
        worker.say(&FromWorker::Event(Event { dataset, body: EventBody::Load(status) }));
    }
}

pub async fn until(holds: impl Fn() -> bool) {
    for _ in 0..500 {
        if holds() {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not come true within five seconds");
}

pub async fn settled() {
    sleep(Duration::from_millis(30)).await;
}
