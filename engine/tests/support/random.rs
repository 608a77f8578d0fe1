//! Random records with values of every kind, expected and not, and random questions about them.

use std::collections::BTreeMap;

use engine::{
    filter::{Condition, Filter, Network, Operator, Value},
    instant::format_instant,
    protocol::{Buckets, LocalUnit, OffsetChange},
};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value as Json, json};

use crate::naive::COLUMNS;

/// 2026-10-24T20:00:00Z, five hours before the clock changes in Europe.
pub const START: i64 = 1_792_872_000_000;
/// An hour in milliseconds.
pub const HOUR: i64 = 3_600_000;

const NAMES: &[&str] = &[
    "ada@contoso.example",
    "Ada@Contoso.example",
    "łukasz@contoso.example",
    "Łukasz@contoso.example",
    "",
    "Zoë",
    "\u{212a}im",
];
const RISKS: &[&str] = &["unlikelyTravel", "UnlikelyTravel", "leakedCredentials"];
const ADDRESSES: &[&str] = &["203.0.113.7", "203.0.113.200", "2001:db8::7", "<null>", "198.51.100.1"];
const GUIDS: &[&str] = &[
    "00000003-89ef-4000-a000-0123456789ab",
    "00000003-89EF-4000-a000-0123456789ab",
    "fedcba98-7654-4321-8abc-def012345678",
    "none",
];

/// An instant near the change of the clock.
pub fn instant() -> impl Strategy<Value = i64> {
    // Hardly ever more often than every twenty minutes, so that instants come twice.
    prop_oneof![4 => (0..40_i64).prop_map(|third| START + third * HOUR / 3), 1 => (0..40 * HOUR).prop_map(|after| START + after)]
}

/// Mostly the value, sometimes null, sometimes nothing.
fn maybe(value: impl Strategy<Value = Json>) -> impl Strategy<Value = Option<Json>> {
    prop_oneof![8 => value.prop_map(Some), 1 => Just(Some(Json::Null)), 1 => Just(None)]
}

fn texts(of: &'static [&'static str]) -> impl Strategy<Value = Json> {
    select(of).prop_map(|text| json!(text))
}

/// A record without an id.
pub fn record() -> impl Strategy<Value = Json> {
    let moment =
        || prop_oneof![9 => instant().prop_map(|time| json!(format_instant(time))), 1 => texts(&["soon", "Later"])];
    let code = || prop_oneof![6 => select(vec![0, 50126, 50053, -1, 5]).prop_map(|code| json!(code)), 1 => texts(&["50126", "none", "NONE"])];
    let flag = || prop_oneof![6 => any::<bool>().prop_map(|flag| json!(flag)), 1 => texts(&["true", "perhaps"])];
    let latitude = select(vec![json!(59.9), json!(-33.25), json!(0), json!(48.0), json!("5.5"), json!("north")]);
    let risk = prop_oneof![5 => texts(RISKS), 1 => Just(Json::Null)];
    let listener = maybe(code())
        .prop_map(|code| json!({"handlerResult": code.map_or(json!({}), |code| json!({"httpStatus": code}))}));
    let detail = (maybe(moment()), maybe(flag())).prop_map(|(time, flag)| {
        let mut detail = json!({});
        time.into_iter().for_each(|time| detail["authenticationStepDateTime"] = time);
        flag.into_iter().for_each(|flag| detail["succeeded"] = flag);
        detail
    });
    let list = |member: BoxedStrategy<Json>| maybe(vec(member, 0..4).prop_map(Json::from));
    (
        (
            maybe(moment()),
            maybe(texts(NAMES)),
            maybe(texts(GUIDS)),
            maybe(texts(ADDRESSES)),
            maybe(code()),
            maybe(flag()),
        ),
        (
            maybe(latitude),
            list(risk.boxed()),
            list(listener.boxed()),
            list(detail.boxed()),
            maybe(texts(&["a new Thing", "x"])),
        ),
    )
        .prop_map(|((time, name, guid, address, code, flag), (latitude, risks, listeners, details, invented))| {
            let mut record = json!({});
            let mut put = |name: &str, value: Option<Json>| value.into_iter().for_each(|value| record[name] = value);
            put("createdDateTime", time);
            put("userPrincipalName", name);
            put("correlationId", guid);
            put("ipAddress", address);
            put("status", code.map(|code| json!({"errorCode": code})));
            put("isInteractive", flag);
            put("location", latitude.map(|latitude| json!({"geoCoordinates": {"latitude": latitude}})));
            put("riskEventTypes_v2", risks);
            put("appliedEventListeners", listeners);
            put("authenticationDetails", details);
            put("inventedLater", invented);
            record
        })
}

/// The id of a column.
pub fn column() -> impl Strategy<Value = String> {
    select(COLUMNS).prop_map(|(column, _)| column.to_owned())
}

/// Parts of values, in another case than theirs; none of them is in a word that the report itself derives.
pub fn needle() -> impl Strategy<Value = String> {
    const PARTS: &[&str] = &[
        "ADA@",
        "łuk",
        "Kim",
        "50126",
        "50",
        "2026-10-25",
        "t20:4",
        "TRUE",
        "3-89ef-4000-A0",
        "travel",
        "NEW thing",
        "2001:DB",
        "zoë",
        "noon",
        "33.25",
        "",
    ];
    select(PARTS).prop_map(str::to_owned)
}

fn condition() -> impl Strategy<Value = Filter> {
    let text = |of: &'static [&'static str]| select(of).prop_map(|text| Value::Text(text.to_owned())).boxed();
    let value = prop_oneof![
        3 => instant().prop_map(Value::Instant),
        2 => text(NAMES),
        2 => text(RISKS),
        2 => text(GUIDS),
        1 => text(ADDRESSES),
        3 => text(&["50126", "5", "0", "-33.25", "48", "true", "False", "ADA*", "*O*", "*", "none", "perhaps", "soon", "2026-10-25"]),
        2 => select(vec![0, 50126, 7]).prop_map(Value::Integer),
        1 => any::<bool>().prop_map(Value::Flag),
    ];
    let compared = (column(), select(Operator::ALL), value)
        .prop_map(|(column, operator, value)| Filter::Is(Condition { column, operator, value }));
    let networks = select(vec!["203.0.113.0/24", "203.0.113.0/25", "2001:db8::/32"]);
    let inside = (networks, select(vec![Operator::Eq, Operator::Ne])).prop_map(|(network, operator)| {
        let value = Value::Network(Network::parse(network).expect("it is a network"));
        Filter::Is(Condition { column: "ipAddress".to_owned(), operator, value })
    });
    prop_oneof![8 => compared, 1 => inside]
}

/// Any filter.
pub fn filter() -> impl Strategy<Value = Filter> {
    let leaf = prop_oneof![2 => Just(Filter::All), 8 => condition(), 1 => column().prop_map(Filter::Exists), 2 => needle().prop_map(Filter::Text)];
    leaf.prop_recursive(3, 10, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Filter::And),
            vec(inner.clone(), 0..4).prop_map(Filter::Or),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    })
}

/// Buckets of every kind.
pub fn buckets() -> impl Strategy<Value = Buckets> {
    const UNITS: &[LocalUnit] =
        &[LocalUnit::Hour, LocalUnit::Day, LocalUnit::Weekday, LocalUnit::HourOfDay, LocalUnit::HourOfWeek];
    // Changes on the hour and the half hour, by whole and half hours, some of them by nothing.
    let zone = vec((-10..40_i64, -3..4_i32), 0..4).prop_map(|changes| {
        let changes: BTreeMap<i64, i32> = changes.into_iter().collect();
        let change =
            |(half, offset): (i64, i32)| OffsetChange { from: START + half * HOUR / 2, offset_secs: offset * 1_800 };
        changes.into_iter().map(change).collect::<Vec<_>>()
    });
    let local = (select(UNITS), zone).prop_map(|(unit, zone)| Buckets::Local { unit, zone });
    prop_oneof![(1..30_u32).prop_map(Buckets::Equal), local]
}
