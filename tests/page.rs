//! Components in a real page: what a person perceives of them.
#![cfg(target_arch = "wasm32")]

use std::{cell::RefCell, rc::Rc, sync::Arc, time::Duration};

use engine::{
    clouds::cloud,
    filter::{Condition, Operator, Value},
    protocol::{
        Cell, GraphError, GraphErrorDetail, LoadKey, LoadStatus, Record, RecordField, RecordGroup, RowId, Scope,
        SliceState, SliceStatus, TimeRange, Volume,
    },
    reports::{self, Kind},
};
use gatebook::{
    components::{
        date_time::DateTime,
        icon::Sprite,
        notice_box::NoticeBox,
        virtual_list::{ListHandle, VirtualList},
    },
    state::{
        notice::{Action, Notice},
        route::ReportRoute,
    },
    views::{
        parts::{PartsRuler, PartsTable},
        record::{ALL, JSON, RecordView},
        request::RequestDialog,
    },
};
use gloo_timers::future::sleep;
use leptos::{mount::mount_to, prelude::*};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlDialogElement, HtmlElement};

wasm_bindgen_test_configure!(run_in_browser);

const STYLE: &str = concat!(include_str!("../style/tokens.css"), include_str!("../style/register.css"));
/// 2026-11-01T00:00:00Z
const NOVEMBER: i64 = 1_793_491_200_000;

/// Shows a view in an element of 600 by 264 pixels, under the app's own styles.
async fn shown<N: IntoView + 'static>(view: impl FnOnce() -> N + 'static) -> HtmlElement {
    let document = document();
    let body = document.body().expect("a page has a body");
    if document.query_selector("style[data-page]").ok().flatten().is_none() {
        let style = document.create_element("style").expect("a page can make elements");
        style.set_attribute("data-page", "").expect("a name without spaces");
        style.set_text_content(Some(STYLE));
        body.append_child(&style).expect("a body takes children");
    }
    let element: HtmlElement = document.create_element("div").expect("a page can make elements").unchecked_into();
    element.style().set_css_text("position: relative; width: 600px; height: 264px");
    body.append_child(&element).expect("a body takes children");
    mount_to(element.clone(), view).forget();
    settled().await;
    element
}

/// Lets the browser lay out, observers report and effects run.
async fn settled() {
    sleep(Duration::from_millis(60)).await;
}

fn all(element: &HtmlElement, selector: &str) -> Vec<HtmlElement> {
    let found = element.query_selector_all(selector).expect("the test gives selectors");
    (0..found.length()).filter_map(|index| found.get(index)?.dyn_into().ok()).collect()
}

fn one(element: &HtmlElement, selector: &str) -> HtmlElement {
    all(element, selector).into_iter().next().unwrap_or_else(|| panic!("no {selector} in {}", element.inner_html()))
}

fn text(element: &HtmlElement) -> String {
    element.text_content().unwrap_or_default()
}

/// Rows that stand inside the frame, top to bottom.
fn rows_in_sight(element: &HtmlElement) -> Vec<String> {
    let frame = element.get_bounding_client_rect();
    let is_in_sight = |row: &HtmlElement| {
        let place = row.get_bounding_client_rect();
        place.top() >= frame.top() - 0.5 && place.bottom() <= frame.bottom() + 0.5
    };
    all(element, ".test-row").iter().filter(|row| is_in_sight(row)).map(text).collect()
}

async fn list_of(rows: u32) -> (HtmlElement, ListHandle) {
    let list = ListHandle::new();
    let element = shown(move || {
        let row = Arc::new(|index: u32| view! { <div class="test-row register-probe">{index}</div> }.into_any());
        view! { <VirtualList list=list rows=rows row_class="register-probe" head=().into_any() row=row /> }
    })
    .await;
    (element, list)
}

#[wasm_bindgen_test]
async fn a_list_of_a_million_rows_keeps_a_few_in_the_page_and_reaches_both_ends() {
    let (element, list) = list_of(1_000_000).await;
    assert_eq!(rows_in_sight(&element)[..3], ["0", "1", "2"]);
    assert!(all(&element, ".test-row").len() < 60, "{} rows are in the page", all(&element, ".test-row").len());

    let frame = one(&element, ".virtual-list");
    frame.set_scroll_top(frame.scroll_height());
    settled().await;
    assert_eq!(rows_in_sight(&element).last().map(String::as_str), Some("999999"));

    list.show(500_000);
    settled().await;
    assert!(rows_in_sight(&element).contains(&"500000".to_owned()), "{:?}", rows_in_sight(&element));
}

#[wasm_bindgen_test]
async fn scrolling_by_some_rows_shows_just_the_next_ones() {
    let (element, _) = list_of(1_000).await;
    let row = one(&element, ".test-row").get_bounding_client_rect().height();
    one(&element, ".virtual-list").set_scroll_top((row * 100.0) as i32);
    settled().await;
    let seen: Vec<u32> = rows_in_sight(&element).iter().filter_map(|row| row.parse().ok()).collect();
    assert_eq!(seen.first(), Some(&100));
    assert!(seen.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{seen:?}");
}

#[wasm_bindgen_test]
async fn an_instant_is_shown_in_local_time_with_utc_behind_it() {
    let element = shown(|| view! { <DateTime at=NOVEMBER /> }).await;
    let time = one(&element, "time");
    assert_eq!(time.get_attribute("datetime").as_deref(), Some("2026-11-01T00:00:00Z"));
    assert_eq!(time.get_attribute("title").as_deref(), Some("2026-11-01 00:00:00 UTC"));
    assert!(text(&time).contains("2026"), "{}", text(&time));
}

#[wasm_bindgen_test]
async fn a_refusal_says_what_is_missing_and_offers_to_try_again() {
    let error = GraphError::RoleMissing {
        roles: vec!["Reports Reader".to_owned()],
        detail: GraphErrorDetail {
            status: 403,
            code: "Authorization_RequestDenied".to_owned(),
            request_id: Some("6f1d2c0a".to_owned()),
            at: NOVEMBER,
            ..GraphErrorDetail::default()
        },
    };
    let done = Rc::new(RefCell::new(Vec::new()));
    let heard = done.clone();
    let element = shown(move || {
        let heard = StoredValue::new_local(heard);
        let act = Callback::new(move |action: Action| heard.get_value().borrow_mut().push(action));
        view! { <Sprite /><NoticeBox notice=Notice::of_graph(&error) on_action=act /> }
    })
    .await;
    let said = text(&element);
    for part in ["You lack the role", "Reports Reader", "403, Authorization_RequestDenied", "request-id", "6f1d2c0a"] {
        assert!(said.contains(part), "{part} is not in: {said}");
    }
    one(&element, ".notice-actions button").click();
    assert_eq!(*done.borrow(), [Action::TryAgain]);
}

fn record() -> Record {
    let field = |path: &str, indices: &[u32], kind, value| RecordField {
        path: path.to_owned(),
        indices: indices.to_vec(),
        kind,
        link: None,
        value,
    };
    let words = |text: &str| Cell::Text(text.to_owned());
    let json =
        r#"{ "id":"a1",  "createdDateTime":"2026-11-01T00:00:00Z", "brandNew": {"x": "<b>bold</b>"} }"#.to_owned();
    Record {
        row: RowId(7),
        groups: vec![
            RecordGroup {
                id: "basic".to_owned(),
                fields: vec![
                    field("createdDateTime", &[], Some(Kind::DateTime), Cell::Instant(NOVEMBER)),
                    field("status/errorCode", &[], Some(Kind::Integer), Cell::Integer(50126)),
                    field("isInteractive", &[], Some(Kind::Flag), Cell::Flag(true)),
                    field("correlationId", &[], Some(Kind::Keyword), Cell::Null),
                ],
            },
            RecordGroup {
                id: "conditionalAccess".to_owned(),
                fields: vec![
                    field("appliedConditionalAccessPolicies[]/displayName", &[0], Some(Kind::Keyword), words("First")),
                    field("appliedConditionalAccessPolicies[]/displayName", &[1], Some(Kind::Keyword), words("Second")),
                ],
            },
            RecordGroup { id: "other".to_owned(), fields: vec![field("brandNew/x", &[], None, words("<b>bold</b>"))] },
        ],
        bytes: json.clone().into_bytes(),
        json,
        warnings: Vec::new(),
        older: None,
    }
}

async fn record_shown(tab: &'static str) -> HtmlElement {
    shown(move || {
        let report = reports::report("signIns").expect("the sign-in report");
        let record = record();
        view! { <RecordView record=&record tab=tab report=report on_older=Callback::new(|_| ()) /> }
    })
    .await
}

#[wasm_bindgen_test]
async fn every_property_is_labelled_and_unknown_ones_are_shown_as_text() {
    let element = record_shown(ALL).await;
    let lines: Vec<String> = all(&element, "dt")
        .iter()
        .zip(all(&element, ".fact-values"))
        .map(|(label, value)| format!("{}: {}", text(label), text(&value)))
        .collect();
    assert!(lines[0].starts_with("Time: "), "{lines:?}");
    assert_eq!(
        lines[1..],
        [
            "Error code: 50126",
            "Interactive: Yes",
            "Correlation ID: null",
            "Name: First",
            "Name: Second",
            "X: <b>bold</b>",
        ]
    );
    let members: Vec<String> = all(&element, "h4").iter().map(text).collect();
    assert_eq!(members, ["Policy 1 of 2", "Policy 2 of 2"]);
    assert!(all(&element, "b").is_empty(), "a value became markup");
}

#[wasm_bindgen_test]
async fn the_original_text_is_shown_unchanged() {
    let element = record_shown(JSON).await;
    assert_eq!(text(&one(&element, "pre")), record().json);
}

/// The dialog with the request for sign-ins of service principals since November, in China, with one condition.
async fn request_shown(column: &str, value: &str) -> HtmlElement {
    let condition =
        Condition { column: column.to_owned(), operator: Operator::Eq, value: Value::Text(value.to_owned()) };
    shown(move || {
        let report = reports::report("signIns").expect("the sign-in report").id;
        let route = ReportRoute { conditions: vec![condition], ..ReportRoute::plain(report, "servicePrincipal") };
        let range = TimeRange::Between { from: Some(NOVEMBER), to: None };
        view! {
            <Sprite />
            <RequestDialog
                is_open=RwSignal::new(true)
                route=Signal::stored(route)
                range=Signal::stored(range)
                cloud=cloud("china").expect("a cloud of the list")
                tenant=Signal::stored(Some("8c1d5b4e-0f3a-4f57-9d7e-2b6a1c9e8d70".to_owned()))
                is_sample=Signal::stored(false)
            />
        }
    })
    .await
}

fn lines(element: &HtmlElement) -> Vec<String> {
    all(element, "pre .request-line").iter().map(text).collect()
}

#[wasm_bindgen_test]
async fn the_request_can_be_read_line_by_line_and_taken_along_as_it_is() {
    let element = request_shown("appId", "<b>it's</b>").await;
    assert_eq!(one(&element, "dialog").get_attribute("aria-label").as_deref(), Some("What Graph is asked for"));
    assert_eq!(
        lines(&element),
        [
            "GET https://microsoftgraph.chinacloudapi.cn/beta/auditLogs/signIns",
            "  ?$filter=signInEventTypes/any(t: t eq 'servicePrincipal')",
            "    and createdDateTime ge 2026-11-01T00:00:00Z",
            "    and appId eq '<b>it''s</b>'",
            "  &$orderby=createdDateTime desc",
            "  &$top=1000",
            "Prefer: include-unknown-enum-members",
        ]
    );
    let sent = text(&one(&element, "code"));
    assert!(
        sent.ends_with(
            "%20and%20appId%20eq%20%27%3Cb%3Eit%27%27s%3C/b%3E%27&$orderby=createdDateTime%20desc&$top=1000"
        ),
        "{sent}"
    );
    assert!(all(&element, "pre b").is_empty(), "a value became markup");
}

#[wasm_bindgen_test]
async fn the_arrows_lead_to_the_request_as_a_script_and_as_a_query() {
    let element = request_shown("appId", "a").await;
    let chosen = || text(&one(&element, "[role=tab][aria-selected=true]"));
    let press = async || {
        let key = js_sys::eval("new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true })");
        let tab = one(&element, "[role=tab][aria-selected=true]");
        tab.dispatch_event(key.expect("a known event").unchecked_ref()).expect("the event was not sent before");
        settled().await;
    };
    assert_eq!(chosen(), "Request");
    press().await;
    assert_eq!(chosen(), "PowerShell");
    let script = lines(&element).join("\n");
    for part in [
        "# Service principal sign-ins: Since ",
        "Connect-MgGraph -Environment China -Scopes 'AuditLog.Read.All' -TenantId '8c1d5b4e-0f3a-4f57-9d7e-2b6a1c9e8d70'",
        "$graph = 'https://microsoftgraph.chinacloudapi.cn/'",
    ] {
        assert!(script.contains(part), "{part} is not in {script}");
    }
    press().await;
    assert_eq!(chosen(), "KQL");
    assert_eq!(
        lines(&element),
        [
            "AADServicePrincipalSignInLogs",
            r#"| where CreatedDateTime >= datetime(2026-11-01T00:00:00Z) and AppId =~ "a""#
        ]
    );
    press().await;
    assert_eq!(chosen(), "Request");
}

#[wasm_bindgen_test]
async fn what_log_analytics_cannot_be_asked_is_said_in_words() {
    let element = request_shown("userPrincipalName", "ada@contoso.example").await;
    all(&element, "[role=tab]")[2].click();
    settled().await;
    let said = text(&one(&element, "[role=tabpanel]"));
    assert!(said.contains("cannot be asked"), "{said}");
    assert!(said.contains(": the table AADServicePrincipalSignInLogs does not have it"), "{said}");
    assert!(all(&element, "pre").is_empty(), "half a query would find something else");
}

#[wasm_bindgen_test]
async fn a_condition_that_graph_does_not_take_is_no_request() {
    let element = request_shown("outcome", "failure").await;
    for tab in [0, 1] {
        all(&element, "[role=tab]")[tab].click();
        settled().await;
        let said = text(&one(&element, "[role=tabpanel]"));
        assert!(said.contains("Graph cannot be asked for this"), "{said}");
        assert!(all(&element, "pre").is_empty());
    }
}

#[wasm_bindgen_test]
async fn what_graph_counts_is_seen_above_the_ruler_and_said_in_words() {
    const DAY: i64 = 86_400_000;
    let key = LoadKey { report: reports::ALL[0].id, fetch: "managedIdentity".to_owned() };
    let slices = vec![SliceStatus { from: Some(NOVEMBER), to: Some(NOVEMBER + 4 * DAY), state: SliceState::Waiting }];
    let loading = LoadStatus { slices, ..LoadStatus::new(key, Scope::default()) };
    let status = RwSignal::new(Some(loading.clone()));
    let element = shown(move || view! { <PartsRuler status=status /> }).await;
    let picture = || element.query_selector("svg[role=img]").expect("a selector");
    assert!(picture().is_none(), "nothing was counted yet");
    let counts = vec![1_480, 0, 30_123, 16_500];
    let volume = Volume { from: NOVEMBER, window_millis: DAY, counts, at: NOVEMBER + 9 * DAY };
    status.set(Some(LoadStatus { volume: Some(volume), ..loading }));
    settled().await;
    let words = picture().and_then(|picture| picture.get_attribute("aria-label")).expect("it has a name");
    let part = "Graph counts about 48\u{202f}000 managed identity sign-ins from ";
    assert!(words.starts_with(part) && words.ends_with("is 3 Nov, with about 30\u{202f}000."), "{words}");
    let bars = element.query_selector_all(".volume-bar").expect("a selector");
    let height = |index| {
        let bar: Element = bars.get(index).expect("there are so many").unchecked_into();
        bar.get_attribute("height").and_then(|height| height.parse::<f64>().ok()).expect("a height")
    };
    let heights: Vec<f64> = (0..bars.length()).map(height).collect();
    assert!(heights.len() == 3 && heights[1] == 16.0 && heights[0] < heights[2], "{heights:?}");
}

#[wasm_bindgen_test]
async fn a_part_that_failed_says_why_and_is_asked_for_again_by_its_button() {
    let part = |from: i64, to: i64, state| SliceStatus { from: Some(from), to: Some(to), state };
    let detail = GraphErrorDetail {
        status: 500,
        request_id: Some("6f1d2c0a".to_owned()),
        at: NOVEMBER,
        ..GraphErrorDetail::default()
    };
    let failed = part(NOVEMBER - 3_600_000, NOVEMBER, SliceState::Failed(GraphError::Unavailable(detail)));
    let loading = |to| part(NOVEMBER - 7_200_000, to, SliceState::Loading);
    let slices = RwSignal::new(vec![failed.clone(), loading(NOVEMBER - 3_600_000)]);
    let retried = Rc::new(RefCell::new(Vec::new()));
    let heard = retried.clone();
    let element = shown(move || {
        let heard = StoredValue::new_local(heard);
        let retry = Callback::new(move |part: SliceStatus| heard.get_value().borrow_mut().push(part));
        view! { <dialog><PartsTable slices=slices on_retry=retry /></dialog> }
    })
    .await;
    let row = one(&element, "tbody tr");
    for words in ["Failed", "no usable answer", "request-id 6f1d2c0a", "2026", "Try again"] {
        assert!(text(&row).contains(words), "{words} is not in {}", text(&row));
    }
    let button = one(&element, "tbody button");
    let label = button.get_attribute("aria-label").unwrap_or_default();
    assert!(label.starts_with("Try again: ") && label.contains("2026"), "{label}");
    // While other parts go on, whoever is at the button stays there.
    slices.set(vec![failed.clone(), loading(NOVEMBER - 5_000_000)]);
    settled().await;
    assert!(button.is_connected());
    // Other tests open dialogs, too; the focus is in the one that was opened last.
    let dialog: HtmlDialogElement = one(&element, "dialog").unchecked_into();
    dialog.show_modal().expect("it is closed");
    button.focus().expect("a button takes the focus");
    button.click();
    let active = document().active_element().map(|active| active.tag_name());
    dialog.close();
    assert_eq!(*retried.borrow(), std::slice::from_ref(&failed));
    assert_eq!(active, Some("TABLE".to_owned()), "the focus does not go with the button");
    slices.set(vec![SliceStatus { state: SliceState::Waiting, ..failed }]);
    settled().await;
    assert_eq!(all(&element, "tbody button").len(), 0);
    assert!(text(&one(&element, "[role=status]")).contains("is asked for again"));
}
