//! The filter bar as a person uses it, in the whole interface, with a worker that knows a hundred rows.
#![cfg(target_arch = "wasm32")]

#[allow(dead_code, reason = "another test file needs the rest of it")]
mod fake_msal;
#[allow(dead_code, reason = "another test file needs the rest of it")]
mod fake_worker;

use std::rc::Rc;

use engine::{
    filter::{Condition, Filter, Operator, Value},
    protocol::{
        Answer, Cell, Event, EventBody, FacetCounts, Facets, FromWorker, LoadStatus, Phase, QueryError, RequestBody,
        Row, RowId, Window, WindowQuery,
    },
    reports,
};
use fake_msal::{CONTOSO, FakeMsal, account, settings};
use fake_worker::{Shown, settled, shown_with, until};
use gatebook::state::route::{ReportRoute, Route};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{HtmlElement, HtmlInputElement};

wasm_bindgen_test_configure!(run_in_browser);

/// 2026-11-01T00:00:00Z
const NOVEMBER: i64 = 1_793_491_200_000;
const ROWS: u32 = 100;
const FIELD: &str = "#filter-input";

/// Rows of even numbers failed with the code 5, and the first three have the word “ada” in them.
fn has(filter: &Filter, row: u32) -> bool {
    match filter {
        Filter::All => true,
        Filter::And(parts) => parts.iter().all(|part| has(part, row)),
        Filter::Is(Condition { column, operator, value: Value::Instant(instant) }) => {
            assert_eq!((column.as_str(), *operator), ("createdDateTime", Operator::Ge));
            instant_of(row) >= *instant
        }
        Filter::Is(Condition { column, operator, value: Value::Integer(5) }) => {
            assert_eq!((column.as_str(), *operator), ("status/errorCode", Operator::Eq));
            row.is_multiple_of(2)
        }
        Filter::Is(Condition { value: Value::Text(_), .. }) | Filter::Exists(_) => true,
        Filter::Text(text) => text == "ada" && row < 3,
        other => panic!("no row is known for {other:?}"),
    }
}

fn instant_of(row: u32) -> i64 {
    NOVEMBER - i64::from(row) * 1_000
}

fn window(query: &WindowQuery) -> Window {
    let found: Vec<u32> = (0..ROWS).filter(|row| has(&query.filter, *row)).collect();
    let first = query.first.min(found.len() as u32);
    let cell = |id: &String, row: u32| match id.as_str() {
        "createdDateTime" => Cell::Instant(instant_of(row)),
        _ => Cell::Text(format!("row {row}")),
    };
    let rows = found.iter().skip(first as usize).take(query.count as usize);
    let rows = rows.map(|row| Row { id: RowId(*row), cells: query.columns.iter().map(|id| cell(id, *row)).collect() });
    Window { revision: 1, loaded: ROWS, total: found.len() as u32, first, rows: rows.collect() }
}

fn answer(body: &RequestBody) -> Result<Answer, QueryError> {
    Ok(match body {
        RequestBody::Window(query) => Answer::Window(window(query)),
        RequestBody::Facets(query) => {
            let search = query.columns[0].search.clone().unwrap_or_default();
            let values = [("Azure Portal", 60), ("Say \"hi\"", 30)];
            let values = values.iter().filter(|(value, _)| value.to_lowercase().contains(&search.to_lowercase()));
            let values = values.map(|(value, rows)| (Cell::Text((*value).to_owned()), *rows)).collect();
            Answer::Facets(Facets {
                revision: 1,
                total: ROWS,
                columns: vec![FacetCounts { values, distinct: 2, missing: 10 }],
            })
        }
        RequestBody::Record { .. } => return Err(QueryError::UnknownRow),
        _ => Answer::Done,
    })
}

/// The interactive sign-ins with this filter in the address, all of them loaded.
async fn opened(filter: &str) -> Shown {
    // Earlier tests leave their fields in the page.
    while let Some(earlier) = leptos::prelude::document().query_selector("body > div").expect("a selector") {
        earlier.remove();
    }
    let msal = FakeMsal::install();
    let ada = account("ada.contoso", CONTOSO, "ada@contoso.example");
    msal.knows(std::slice::from_ref(&ada)).uses(&ada);
    let report = reports::report("signIns").expect("the sign-in report").id;
    let route = ReportRoute { filter: filter.to_owned(), ..ReportRoute::plain(report, "interactiveUser") };
    let shown = shown_with(&settings(), &Route::Report(route).to_hash(), Rc::new(answer)).await;
    until(|| !shown.loads().is_empty()).await;
    let (key, scope) = shown.loads().pop().expect("it was asked for");
    let status = LoadStatus { phase: Phase::Complete, rows: ROWS, revision: 1, ..LoadStatus::new(key, scope) };
    let worker = shown.workers.borrow()[0].clone();
    let dataset = worker.asked.borrow()[0].dataset.clone();
    worker.say(&FromWorker::Event(Event { dataset, body: EventBody::Load(status) }));
    until(|| shown.element.query_selector("[aria-rowindex='2']").expect("a selector").is_some()).await;
    settled().await;
    shown
}

fn all(shown: &Shown, selector: &str) -> Vec<HtmlElement> {
    let found = shown.element.query_selector_all(selector).expect("the test gives selectors");
    (0..found.length()).filter_map(|index| found.get(index)?.dyn_into().ok()).collect()
}

fn one(shown: &Shown, selector: &str) -> HtmlElement {
    all(shown, selector).into_iter().next().unwrap_or_else(|| panic!("no {selector} in {}", shown.element.inner_html()))
}

fn text(element: &HtmlElement) -> String {
    element.text_content().unwrap_or_default()
}

fn texts(shown: &Shown, selector: &str) -> Vec<String> {
    all(shown, selector).iter().map(text).collect()
}

fn field(shown: &Shown, selector: &str) -> HtmlInputElement {
    one(shown, selector).unchecked_into()
}

/// Writes at the end of a field, without waiting for what comes of it.
fn write(field: &HtmlInputElement, text: &str) {
    field.focus().expect("it is in the page");
    field.set_value(text);
    let event = js_sys::eval("new InputEvent('input', { bubbles: true })").expect("a known event");
    field.dispatch_event(event.unchecked_ref()).expect("the event was not sent before");
}

async fn press(element: &HtmlElement, key: &str) {
    let event =
        js_sys::eval(&format!("new KeyboardEvent('keydown', {{ key: '{key}', bubbles: true, cancelable: true }})"));
    element.dispatch_event(event.expect("a known event").unchecked_ref()).expect("the event was not sent before");
    settled().await;
}

async fn enter(shown: &Shown, selector: &str, text: &str) {
    let field = field(shown, selector);
    write(&field, text);
    settled().await;
    press(&field, "Enter").await;
}

/// The filter in the address.
fn filter_of(_: &Shown) -> String {
    let hash = leptos::prelude::window().location().hash().unwrap_or_default();
    match Route::parse(&hash) {
        Route::Report(route) => route.filter,
        other => panic!("{other:?}"),
    }
}

#[wasm_bindgen_test]
async fn what_is_typed_becomes_a_part_and_the_rows_and_their_number_follow() {
    let shown = opened("").await;
    enter(&shown, FIELD, "ada errorCode:5").await;
    assert_eq!(filter_of(&shown), "ada AND status/errorCode=5");
    assert_eq!(texts(&shown, ".chip-text"), ["anywhere “ada”", "Error code is 5"]);
    until(|| texts(&shown, ".filter-count") == ["2 match"]).await;
    assert_eq!(field(&shown, FIELD).value(), "");
    let rows: Vec<_> = all(&shown, "[role=row][aria-selected]").iter().map(text).collect();
    assert_eq!(rows.len(), 2, "{rows:?}");

    // The last part comes back to be written otherwise; a part goes by its cross or by a key on it.
    press(&field(&shown, FIELD), "Backspace").await;
    assert_eq!((filter_of(&shown).as_str(), field(&shown, FIELD).value().as_str()), ("ada", "status/errorCode=5"));
    press(&field(&shown, FIELD), "Enter").await;
    one(&shown, ".chip-remove").click();
    settled().await;
    assert_eq!(filter_of(&shown), "status/errorCode=5");
    press(&one(&shown, ".chip-text"), "Delete").await;
    assert_eq!(filter_of(&shown), "");
}

#[wasm_bindgen_test]
async fn a_mistake_is_marked_in_its_place_and_one_press_mends_it() {
    let shown = opened("").await;
    enter(&shown, FIELD, "ada erorCode:5").await;
    assert_eq!(filter_of(&shown), "", "what cannot be read changes nothing");
    let input = field(&shown, FIELD);
    assert_eq!(input.get_attribute("aria-invalid").as_deref(), Some("true"));
    let described = input.get_attribute("aria-describedby").expect("it says what is wrong");
    let trouble = one(&shown, &format!("#{described}"));
    assert_eq!(texts(&shown, &format!("#{described} mark")), ["erorCode"]);
    assert!(text(&trouble).contains("No field is called “erorCode”."), "{}", text(&trouble));
    shown.press("Use status/errorCode").await;
    settled().await;
    assert_eq!(input.value(), "ada status/errorCode:5");
    assert_eq!(input.get_attribute("aria-invalid"), None);
    press(&input, "Enter").await;
    assert_eq!(filter_of(&shown), "ada AND status/errorCode=5");
}

#[wasm_bindgen_test]
async fn fields_and_values_are_offered_and_chosen_by_keys() {
    let shown = opened("").await;
    let input = field(&shown, FIELD);
    write(&input, "-applic");
    settled().await;
    assert_eq!(input.get_attribute("aria-expanded").as_deref(), Some("true"));
    assert_eq!(input.get_attribute("aria-activedescendant"), None, "nothing is chosen for the person");
    press(&input, "ArrowDown").await;
    let active = input.get_attribute("aria-activedescendant").expect("the arrow points at a choice");
    let choice = one(&shown, &format!("#{active}"));
    assert_eq!(choice.get_attribute("aria-selected").as_deref(), Some("true"));
    assert!(text(&choice).contains("Application") && text(&choice).contains("appDisplayName"), "{}", text(&choice));
    press(&input, "Enter").await;
    assert_eq!(input.value(), "-appDisplayName:");
    until(|| texts(&shown, "[role=option]") == ["Azure Portal60", "Say \"hi\"30", "no value10"]).await;
    press(&input, "ArrowUp").await;
    press(&input, "ArrowUp").await;
    press(&input, "Escape").await;
    assert_eq!(input.get_attribute("aria-expanded").as_deref(), Some("false"));
    assert_eq!(input.value(), "-appDisplayName:", "closing the list changes nothing");
    press(&input, "ArrowDown").await;
    until(|| !texts(&shown, "[role=option]").is_empty()).await;
    press(&input, "ArrowDown").await;
    press(&input, "ArrowDown").await;
    press(&input, "Tab").await;
    assert_eq!(filter_of(&shown), r#"appDisplayName!="Say \"hi\"""#);
    assert_eq!(texts(&shown, ".chip--not .chip-text"), ["not Application is Say \"hi\""]);
}

#[wasm_bindgen_test]
async fn a_question_for_values_is_withdrawn_when_writing_goes_on() {
    let shown = opened("").await;
    let worker = shown.workers.borrow()[0].clone();
    let input = field(&shown, FIELD);
    worker.is_mute.set(true);
    write(&input, "appDisplayName:a");
    settled().await;
    let asked = |search: &str| {
        let asked = worker.asked.borrow();
        let is_it = |body: &RequestBody| matches!(body, RequestBody::Facets(query) if query.columns[0].search.as_deref() == Some(search));
        asked.iter().find(|request| is_it(&request.body)).map(|request| request.id)
    };
    let first = asked("a").expect("values are asked for");
    write(&input, "appDisplayName:az");
    settled().await;
    let withdrawn = |question: u32| {
        let asked = worker.asked.borrow();
        asked.iter().any(|request| request.body == RequestBody::Cancel { question })
    };
    assert!(withdrawn(first));
    assert!(!withdrawn(asked("az").expect("the longer text is asked for")));
}

#[wasm_bindgen_test]
async fn the_selected_row_is_followed_to_its_place_among_the_others() {
    let shown = opened("").await;
    one(&shown, "[aria-rowindex='12']").click();
    settled().await;
    enter(&shown, FIELD, "errorCode:5").await;
    let selected = || {
        let rows = all(&shown, "[role=row][aria-selected=true]");
        rows.iter().filter_map(|row| row.get_attribute("aria-rowindex")).collect::<Vec<_>>()
    };
    // The eleventh row, number 10, is the sixth of the even ones.
    until(|| selected() == ["7"]).await;
    assert_eq!(all(&shown, ".pane--details").len(), 1, "its details stay open");
    enter(&shown, FIELD, "ada").await;
    until(|| selected().is_empty()).await;
    assert_eq!(all(&shown, ".pane--details").len(), 0, "the row is no longer among them");
}

#[wasm_bindgen_test]
async fn graph_is_asked_for_what_it_takes_after_saying_so() {
    let shown = opened("ada status/errorCode=5 userAgent:*").await;
    one(&shown, ".promote-open").click();
    settled().await;
    let said = text(&one(&shown, ".promote"));
    for words in
        ["Graph will be asked for", "Error code is 5", "Graph does not search all fields", "whether there is a value"]
    {
        assert!(said.contains(words), "{words} is not in {said}");
    }
    shown.press("Ask Graph for these").await;
    let asked = || shown.loads().pop().map(|(_, scope)| scope.conditions).unwrap_or_default();
    until(|| !asked().is_empty()).await;
    let value = Value::Integer(5);
    assert_eq!(asked(), [Condition { column: "status/errorCode".to_owned(), operator: Operator::Eq, value }]);
    assert_eq!(filter_of(&shown), "ada AND userAgent:*");
    until(|| texts(&shown, ".promote-open").iter().any(|words| words.contains("Filtered here only"))).await;
    one(&shown, ".promote-open").click();
    settled().await;
    assert!(text(&one(&shown, ".promote")).contains("Nothing of this filter"), "why not is said, too");
    assert!(all(&shown, ".promote button").is_empty());
}

#[wasm_bindgen_test]
async fn a_link_whose_filter_cannot_be_read_shows_every_row_and_what_is_wrong() {
    let shown = opened("(ada").await;
    assert_eq!(field(&shown, "#filter-whole").value(), "(ada");
    let said = text(&one(&shown, ".bar--filter"));
    assert!(said.contains("This parenthesis has no end."), "{said}");
    assert!(said.contains("Until it can be read, all loaded rows are shown."), "{said}");
    assert!(all(&shown, "[role=row][aria-selected]").len() > 10);
    shown.press("Use (ada)").await;
    settled().await;
    press(&field(&shown, "#filter-whole"), "Enter").await;
    assert_eq!(filter_of(&shown), "ada");
    until(|| texts(&shown, ".chip-text") == ["anywhere “ada”"]).await;
}

#[wasm_bindgen_test]
async fn parts_and_text_are_one_and_the_same() {
    let shown = opened("ada").await;
    let switch = || one(&shown, "[aria-pressed].filter-tool");
    switch().click();
    settled().await;
    assert_eq!(field(&shown, "#filter-whole").value(), "ada");
    enter(&shown, "#filter-whole", "errorCode:5 AND ada").await;
    assert_eq!(filter_of(&shown), "status/errorCode=5 AND ada");
    assert_eq!(texts(&shown, ".chip-text"), ["Error code is 5", "anywhere “ada”"]);
    // A press on a part opens it as text; Esc leaves it as it was.
    one(&shown, ".chip-text").click();
    settled().await;
    assert_eq!(field(&shown, "#filter-part").value(), "status/errorCode=5");
    write(&field(&shown, "#filter-part"), "nothing");
    press(&field(&shown, "#filter-part"), "Escape").await;
    assert_eq!(texts(&shown, ".chip-text"), ["Error code is 5", "anywhere “ada”"]);
    one(&shown, ".chip-text").click();
    settled().await;
    enter(&shown, "#filter-part", "").await;
    assert_eq!(filter_of(&shown), "ada");
    // Back leads to the filter before.
    leptos::prelude::window().history().expect("a page has a history").back().expect("there is something before");
    until(|| filter_of(&shown) == "status/errorCode=5 AND ada").await;
    until(|| texts(&shown, ".chip-text").len() == 2).await;
}

/// What the request says in the form of this place in its tabs.
async fn request_said(filter: &str, form: usize) -> (String, Vec<String>) {
    let shown = opened(filter).await;
    shown.press("Show the request").await;
    settled().await;
    all(&shown, ".request-tabs [role=tab]")[form].click();
    settled().await;
    let said = (text(&one(&shown, ".request-form")), texts(&shown, ".request-line"));
    one(&shown, ".dialog[open] .dialog-head button").click();
    said
}

#[wasm_bindgen_test]
async fn the_filter_is_part_of_the_query_for_log_analytics_and_of_no_request() {
    let (said, lines) = request_said("status/errorCode=5 userAgent:*", 2).await;
    let query = lines.join(" ");
    assert!(query.contains("ResultType") && query.contains("UserAgent"), "{query}");
    assert!(said.contains("an empty text counts as no value"), "{said}");
    let (said, lines) = request_said("ada outcome:failure", 2).await;
    assert!(said.contains("cannot be asked") && said.contains("Gatebook works it out itself"), "{said}");
    assert!(lines.is_empty(), "half a query would find something else");
    let (said, _) = request_said("(ada", 2).await;
    assert!(said.contains("The filter cannot be read, so it is left out here."), "{said}");
    for form in [0, 1] {
        let (said, lines) = request_said("ada", form).await;
        assert!(said.contains("what Graph sends is filtered in your browser"), "{said}");
        assert!(!lines.join(" ").contains("ada"), "{lines:?}");
    }
}
