//! The histogram in a real page: what is seen and heard of it, and what pointer and keys select.
#![cfg(target_arch = "wasm32")]

#[allow(dead_code, reason = "another test file needs the rest of it")]
mod fake_msal;
#[allow(dead_code, reason = "another test file needs the rest of it")]
mod fake_worker;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
};

use engine::{
    filter::{Local, parse},
    limits::LAYERS_MAX,
    protocol::{
        self, Answer, Event, EventBody, FromWorker, GraphError, GraphErrorDetail, HistogramQuery, LayerOf, LoadKey,
        LoadStatus, RequestBody, Scope, SliceState, SliceStatus, Volume, Window,
    },
    reports::{self, Outcome},
};
use fake_msal::{CONTOSO, FakeMsal, account, settings};
use fake_worker::{Shown, settled, shown_with, until};
use gatebook::{
    components::icon::Sprite,
    state::{
        histogram::{Counted, Frame},
        stack::Layer,
        timeline::{Span, Step},
        view_range::ViewRange,
    },
    views::histogram::{HistogramFocus, HistogramView},
};
use js_sys::{Array, Function, Object, Reflect};
use leptos::{mount::mount_to, prelude::*};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, Event as DomEvent, HtmlElement};

wasm_bindgen_test_configure!(run_in_browser);

const STYLE: &str = concat!(
    include_str!("../style/tokens.css"),
    include_str!("../style/base.css"),
    include_str!("../style/timeline.css"),
    // However low the window of the tests is.
    "div .timeline { display: block }"
);
const HOUR: i64 = 3_600_000;
/// 2026-11-01T00:00:00Z
const NOVEMBER: i64 = 1_793_491_200_000;

fn key() -> LoadKey {
    let report = reports::ALL[0];
    LoadKey { report: report.id, fetch: report.fetches[0].id.to_owned() }
}

/// A histogram of its own with six buckets of an hour.
struct Sight {
    element: HtmlElement,
    views: Rc<RefCell<Vec<ViewRange>>>,
    folds: Rc<Cell<u32>>,
    counted: RwSignal<Option<Counted>>,
    status: RwSignal<Option<LoadStatus>>,
}

fn six_hours() -> Counted {
    let span = Span { from: NOVEMBER, to: NOVEMBER + 6 * HOUR };
    let edges = (0..6).map(|index| NOVEMBER + index * HOUR).collect();
    let frame = Frame { span, step: Step::of_buckets(span, 6.0), edges: Arc::new(edges), zone: Arc::default() };
    let layers = vec![
        Layer { outcome: Some(Outcome::Failure), counts: vec![0, 0, 7, 0, 1, 0] },
        Layer { outcome: Some(Outcome::Success), counts: vec![10, 20, 30, 40, 0, 0] },
    ];
    Counted { frame, layers: Arc::new(layers) }
}

fn status() -> LoadStatus {
    let slices = vec![SliceStatus { from: Some(NOVEMBER), to: None, state: SliceState::Loaded }];
    LoadStatus { slices, rows: 108, ..LoadStatus::new(key(), Scope::default()) }
}

fn add_style() {
    let style = document().create_element("style").expect("a page can make elements");
    style.set_text_content(Some(STYLE));
    document().body().expect("a page has a body").append_child(&style).expect("a body takes children");
}

async fn sight(view: ViewRange) -> Sight {
    add_style();
    let element: HtmlElement = document().create_element("div").expect("a page can make elements").unchecked_into();
    element.style().set_css_text("position: relative; width: 660px");
    document().body().expect("a page has a body").append_child(&element).expect("a body takes children");
    let (views, folds) = (Rc::<RefCell<Vec<ViewRange>>>::default(), Rc::<Cell<u32>>::default());
    let counted = RwSignal::new(Some(six_hours()));
    let status = RwSignal::new(Some(status()));
    let heard = StoredValue::new_local((views.clone(), folds.clone()));
    mount_to(element.clone(), move || {
        let is_folded = RwSignal::new(false);
        let on_view = Callback::new(move |range| heard.with_value(|(views, _)| views.borrow_mut().push(range)));
        let on_fold = Callback::new(move |now| {
            is_folded.set(now);
            heard.with_value(|(_, folds)| folds.set(folds.get() + 1));
        });
        view! {
            <Sprite />
            <HistogramView
                key=key()
                counted=counted
                status=status
                width=RwSignal::new(0.0)
                view=Signal::derive(move || view)
                is_all=true
                on_view=on_view
                is_folded=is_folded
                on_fold=on_fold
                focus=HistogramFocus::new()
            />
        }
    })
    .forget();
    settled().await;
    Sight { element, views, folds, counted, status }
}

impl Sight {
    fn one(&self, selector: &str) -> HtmlElement {
        let found = self.element.query_selector(selector).expect("the test gives selectors");
        found.unwrap_or_else(|| panic!("no {selector} in {}", self.element.inner_html())).unchecked_into()
    }
    fn count(&self, selector: &str) -> u32 {
        self.element.query_selector_all(selector).expect("the test gives selectors").length()
    }
    fn slider(&self) -> HtmlElement {
        self.one("[role=slider]")
    }
    /// What a reader says of the slider, with the hour of the person's clock taken out.
    fn value(&self) -> String {
        let text = self.slider().get_attribute("aria-valuetext").unwrap_or_default();
        text.replace('\u{202f}', " ").split_once(", ").map_or(String::new(), |(_, rest)| rest.to_owned())
    }
    async fn press(&self, keys: &[&str]) {
        for key in keys {
            let (name, is_shifted) = key.strip_prefix('⇧').map_or((*key, false), |name| (name, true));
            let event = event("KeyboardEvent", "keydown", &[("key", name.into()), ("shiftKey", is_shifted.into())]);
            self.slider().dispatch_event(&event).expect("an element takes events");
            settled().await;
        }
    }
    /// A pointer event in the middle of a bucket.
    async fn point(&self, kind: &str, bucket: f64, pointer: &str) {
        let place = self.slider().get_bounding_client_rect();
        let x = place.left() + place.width() * (bucket + 0.5) / 6.0;
        let init = [
            ("clientX", x.into()),
            ("clientY", (place.top() + 20.0).into()),
            ("pointerType", pointer.into()),
            ("isPrimary", true.into()),
            ("button", 0.into()),
        ];
        let event = event("PointerEvent", kind, &init);
        self.slider().dispatch_event(&event).expect("an element takes events");
        settled().await;
    }
    fn hours(&self) -> Vec<(Option<i64>, Option<i64>)> {
        let hour = |at: Option<i64>| at.map(|at| (at - NOVEMBER) / HOUR);
        self.views.borrow().iter().map(|range| (hour(range.from), hour(range.to))).collect()
    }
    fn legend(&self) -> String {
        self.one(".timeline-legend").text_content().unwrap_or_default()
    }
}

/// An event of a class that has no binding here.
fn event(class: &str, kind: &str, values: &[(&str, JsValue)]) -> DomEvent {
    let init = Object::new();
    for (name, value) in values.iter().chain(&[("bubbles", true.into()), ("cancelable", true.into())]) {
        Reflect::set(&init, &(*name).into(), value).expect("plain objects take values");
    }
    let class: Function = Reflect::get(&js_sys::global(), &class.into()).expect("it is there").unchecked_into();
    Reflect::construct(&class, &Array::of2(&kind.into(), &init)).expect("it can be made").unchecked_into()
}

#[wasm_bindgen_test]
async fn arrow_keys_tell_what_is_in_each_bucket_and_enter_selects_what_is_marked() {
    let sight = sight(ViewRange::default()).await;
    assert_eq!(sight.slider().get_attribute("aria-valuenow").as_deref(), Some("6"));
    sight.press(&["ArrowLeft"]).await;
    assert_eq!(sight.value(), "no rows", "the first key marks where it is");
    sight.press(&["ArrowLeft", "ArrowLeft", "ArrowLeft"]).await;
    assert_eq!(sight.value(), "37 rows: 7 Failure · 30 Success");
    assert_eq!(sight.slider().get_attribute("aria-valuenow").as_deref(), Some("3"));
    assert_eq!(sight.legend(), "Failure 7Success 30");
    sight.press(&["⇧ArrowLeft"]).await;
    assert_eq!(sight.value(), "2 hours, 57 rows: 7 Failure · 50 Success");
    sight.press(&["Enter"]).await;
    assert_eq!(sight.hours(), [(Some(1), Some(3))]);
    assert_eq!(sight.count(".brush"), 0, "what was marked is selected");
    sight.press(&["Home", "⇧End", "Enter"]).await;
    assert_eq!(sight.hours()[1..], [(None, None)], "all that there is has no ends");
}

#[wasm_bindgen_test]
async fn escape_gives_up_and_backspace_shows_all_times() {
    let narrowed = ViewRange { from: Some(NOVEMBER), to: Some(NOVEMBER + 6 * HOUR) };
    let sight = sight(narrowed).await;
    assert!(sight.one(".timeline-range").text_content().is_some_and(|text| text.contains("Nov")));
    sight.press(&["ArrowLeft", "⇧ArrowLeft"]).await;
    assert_eq!(sight.count(".brush-edge"), 2);
    sight.press(&["Escape", "Enter"]).await;
    assert_eq!((sight.count(".brush"), sight.hours().len()), (0, 0));
    sight.press(&["Home", "Enter"]).await;
    assert_eq!(sight.hours(), [(Some(0), Some(1))], "the view's own ends are kept");
    sight.press(&["Backspace"]).await;
    assert_eq!(sight.hours()[1..], [(None, None)]);
}

#[wasm_bindgen_test]
async fn a_pointer_selects_by_dragging_and_a_finger_looks_before_it_selects() {
    let sight = sight(ViewRange::default()).await;
    sight.point("pointermove", 2.0, "mouse").await;
    assert_eq!(sight.legend(), "Failure 7Success 30", "what is under the pointer is told");
    assert_eq!(sight.count(".brush-edge"), 0);
    sight.point("pointerleave", 2.0, "mouse").await;
    assert_eq!(sight.legend(), "Failure 8Success 100");
    sight.point("pointerdown", 3.0, "mouse").await;
    sight.point("pointermove", 1.0, "mouse").await;
    assert_eq!(sight.legend(), "Failure 7Success 90");
    assert_eq!(sight.hours(), [], "nothing is selected on the way");
    sight.point("pointerup", 1.0, "mouse").await;
    assert_eq!(sight.hours(), [(Some(1), Some(4))]);
    sight.point("pointerdown", 4.0, "touch").await;
    sight.point("pointerup", 4.0, "touch").await;
    assert_eq!((sight.hours().len(), sight.legend().as_str()), (1, "Failure 1Success 0"));
    sight.point("pointerdown", 4.0, "touch").await;
    sight.point("pointerup", 4.0, "touch").await;
    assert_eq!(sight.hours()[1..], [(Some(4), Some(5))], "the second tap selects");
    sight.point("pointerdown", 2.0, "touch").await;
    sight.point("pointermove", 5.0, "touch").await;
    sight.point("pointercancel", 5.0, "touch").await;
    assert_eq!((sight.hours().len(), sight.count(".brush")), (2, 0), "the page was scrolled instead");
}

#[wasm_bindgen_test]
async fn the_finding_is_a_sentence_and_what_is_not_loaded_is_part_of_it() {
    let sight = sight(ViewRange::default()).await;
    let label = || sight.one("svg[role=img]").get_attribute("aria-label").unwrap_or_default();
    assert!(label().starts_with("Interactive sign-ins per hour, "), "{}", label());
    assert!(label().contains("108 rows: 8 Failure · 100 Success."), "{}", label());
    assert_eq!(sight.count(".missing"), 0);
    let failed = SliceState::Failed(GraphError::Unavailable(GraphErrorDetail::default()));
    let slices = vec![
        SliceStatus { from: Some(NOVEMBER + 2 * HOUR), to: None, state: SliceState::Loaded },
        SliceStatus { from: Some(NOVEMBER + HOUR), to: Some(NOVEMBER + 2 * HOUR), state: SliceState::Loading },
        SliceStatus { from: Some(NOVEMBER), to: Some(NOVEMBER + HOUR), state: failed },
    ];
    sight.status.set(Some(LoadStatus { slices, ..status() }));
    settled().await;
    assert_eq!((sight.count(".missing"), sight.count(".missing--failed")), (2, 1));
    assert!(label().contains(": loading.") && label().contains(": failed."), "{}", label());
    assert_eq!(sight.count(".bar-coming"), 0);
    let volume = Volume { from: NOVEMBER, window_millis: HOUR, counts: vec![50; 6], at: NOVEMBER + 6 * HOUR };
    sight.status.update(|status| status.as_mut().expect("there is one").volume = Some(volume));
    settled().await;
    let coming = sight.one(".bar-coming").get_attribute("d").unwrap_or_default();
    assert_eq!(coming.matches('z').count(), 1, "what Graph counts stands where rows are to come: {coming}");
    let words = |selector: &str| sight.one(selector).text_content().unwrap_or_default();
    assert_eq!(words(".chart-failtext"), "failed");
}

#[wasm_bindgen_test]
async fn the_table_lists_the_buckets_and_leads_to_their_rows() {
    let sight = sight(ViewRange::default()).await;
    let button = |words: &str| {
        let buttons = sight.element.query_selector_all("button").expect("a constant selector");
        let mut buttons = (0..buttons.length()).filter_map(|index| buttons.get(index)?.dyn_into::<HtmlElement>().ok());
        buttons.find(|button| button.text_content().as_deref() == Some(words)).expect("the button is there")
    };
    button("As a table").click();
    settled().await;
    let text = |element: Element| element.text_content().unwrap_or_default();
    let rows = sight.element.query_selector_all("tbody tr").expect("a constant selector");
    let cells = |row: u32| -> Vec<String> {
        let row: Element = rows.get(row).expect("there are rows").unchecked_into();
        let cells = row.query_selector_all("td.number").expect("a constant selector");
        (0..cells.length()).filter_map(|cell| Some(text(cells.get(cell)?.unchecked_into()))).collect()
    };
    assert_eq!(rows.length(), 5, "the newest first, without the one that is empty");
    assert_eq!(
        (cells(0), cells(2)),
        (vec!["1".into(), "1".into(), "0".into()], vec!["37".into(), "7".into(), "30".into()])
    );
    button("Only these").click();
    settled().await;
    assert_eq!(sight.hours(), [(Some(4), Some(5))]);
    assert!(sight.element.query_selector("dialog[open]").expect("a constant selector").is_none());
}

#[wasm_bindgen_test]
async fn folded_it_leaves_its_head_and_nothing_moves_while_rows_come() {
    let sight = sight(ViewRange::default()).await;
    let height = || sight.one(".timeline").get_bounding_client_rect().height();
    let full = height();
    assert!(full > 100.0, "{full}");
    let more = Counted { layers: Arc::default(), ..six_hours() };
    sight.counted.set(Some(more));
    settled().await;
    assert_eq!(height(), full, "without rows it is as high");
    sight.counted.set(None);
    settled().await;
    assert_eq!(height(), full, "before the first count, too");
    let fold = sight.one("[aria-expanded]");
    assert_eq!(fold.get_attribute("aria-expanded").as_deref(), Some("true"));
    fold.click();
    settled().await;
    assert_eq!(fold.get_attribute("aria-expanded").as_deref(), Some("false"));
    assert_eq!((sight.folds.get(), sight.count("[role=slider]")), (1, 0));
    assert!(height() < 40.0, "{}", height());
}

/// The app at a report of which everything is loaded, with a worker that counts ten rows in the first bucket.
async fn opened(hash: &str) -> (Shown, Rc<RefCell<Vec<HistogramQuery>>>, FakeMsal) {
    add_style();
    let msal = FakeMsal::install();
    msal.uses(&account("ada.contoso", CONTOSO, "ada@contoso.example"));
    let questions = Rc::<RefCell<Vec<HistogramQuery>>>::default();
    let heard = questions.clone();
    let answers = Rc::new(move |body: &RequestBody| {
        Ok(match body {
            RequestBody::Histogram(query) => {
                heard.borrow_mut().push(query.clone());
                let counts = vec![10];
                let of = LayerOf::Value(protocol::Cell::Text("failure".to_owned()));
                let layers = vec![protocol::Layer { of, counts: counts.clone() }];
                let starts = vec![query.from];
                Answer::Histogram(protocol::Histogram { revision: 1, total: 10, starts, counts, layers })
            }
            RequestBody::Window(query) => {
                Answer::Window(Window { revision: 1, loaded: 10, total: 10, first: query.first, rows: Vec::new() })
            }
            _ => Answer::Done,
        })
    });
    let shown = shown_with(&settings(), hash, answers).await;
    shown.element.style().set_css_text("width: 660px");
    until(|| !shown.loads().is_empty()).await;
    let (key, scope) = shown.loads().pop().expect("something is loaded");
    let slices = vec![SliceStatus { from: Some(NOVEMBER), to: Some(NOVEMBER + 24 * HOUR), state: SliceState::Loaded }];
    let status = LoadStatus { slices, rows: 10, revision: 1, ..LoadStatus::new(key, scope) };
    let worker = shown.workers.borrow()[0].clone();
    let dataset = worker.asked.borrow()[0].dataset.clone();
    worker.say(&FromWorker::Event(Event { dataset, body: EventBody::Load(status) }));
    until(|| shown.element.query_selector(".timeline-legend li").is_ok_and(|found| found.is_some())).await;
    (shown, questions, msal)
}

#[wasm_bindgen_test]
async fn a_selection_goes_into_the_address_and_asks_graph_for_nothing() {
    let (shown, questions, _msal) = opened("#/sign-ins/interactive-user?filter=timeout").await;
    let first = questions.borrow()[0].clone();
    let report = reports::ALL[0];
    let filter = |text: &str| parse(report, text, Local::default()).expect("the test's filters can be read");
    assert_eq!((first.filter.clone(), first.stack.as_deref()), (filter("timeout"), Some("outcome")));
    assert_eq!((first.from <= NOVEMBER, first.to > NOVEMBER + 24 * HOUR, first.stack_limit), (true, true, LAYERS_MAX));
    let loads = shown.loads();

    let slider = shown.element.query_selector("[role=slider]").expect("a constant selector").expect("it is there");
    for key in ["Home", "ArrowRight", "Enter"] {
        slider.dispatch_event(&event("KeyboardEvent", "keydown", &[("key", key.into())])).expect("it takes events");
        settled().await;
    }
    let hash = || window().location().hash().expect("a page has an address");
    until(|| hash().contains("createdDateTime")).await;
    assert!(hash().contains("filter=timeout+AND+createdDateTime"), "{}", hash());
    until(|| questions.borrow().len() > 1).await;
    let second = questions.borrow().last().expect("it was asked").clone();
    assert!(second.from > first.from && second.to < first.to, "{second:?}");
    assert_eq!(shown.loads(), loads, "the rows are here");

    window().history().expect("a page has a history").back().expect("one can go back");
    until(|| !hash().contains("createdDateTime")).await;
    until(|| questions.borrow().last().is_some_and(|last| last.filter == first.filter)).await;
    let last = questions.borrow().last().expect("it was asked").clone();
    assert_eq!((last.from, last.to), (first.from, first.to), "Back shows all times again");
}
