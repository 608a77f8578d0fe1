//! The functions that count sign-ins per window of time instead of listing them.

use std::collections::HashMap;

use serde_json::Value;

use crate::{
    graph::{
        errors::GraphFault,
        list::Manner,
        paging::{self, Position},
        query::{decode, pairs},
    },
    history::{EventType, History, Rendering, Stream},
    http::Request,
    json::{members, object, quoted},
    organisation::text_number,
    random::mix,
    time::{self, HOUR},
};

/// Groups of a page by default and at most.
const TOP: usize = 1_000;

/// Reads a function's name and window, such as `getSummarizedMSISignIns(aggregationWindow='d1')`.
pub(super) fn parse(segment: &str) -> Option<(EventType, String)> {
    let (name, arguments) = segment.strip_suffix(')')?.split_once('(')?;
    let kind = match name.to_ascii_lowercase().as_str() {
        "getsummarizednoninteractivesignins" => EventType::NonInteractiveUser,
        "getsummarizedserviceprincipalsignins" => EventType::ServicePrincipal,
        "getsummarizedmsisignins" => EventType::ManagedIdentity,
        _ => return None,
    };
    let window = arguments.trim().strip_prefix("aggregationWindow=")?.trim_matches('\'');
    Some((kind, window.to_owned()))
}

/// One group: the sign-ins of a window that agree in everything that is shown.
struct Group {
    count: u32,
    first: i64,
    /// The earliest record; it gives the values.
    record: Value,
}

/// The body of a summary.
///
/// # Errors
/// When the window, a query option or the skip token is not valid.
pub(super) fn list(
    history: &dyn History,
    kind: EventType,
    window: &str,
    request: &Request,
    manner: &Manner,
    now: i64,
) -> Result<String, GraphFault> {
    let hours: i64 = match window {
        "h1" => 1,
        "h6" => 6,
        "d1" => 24,
        _ => return Err(GraphFault::bad_request(format!("Invalid aggregation window '{window}'"))),
    };
    let options = Options::parse(request)?;
    let query = mix(text_number(&format!("{kind:?}{window}{:?}{}", options.filter, options.top)));
    let slices = history.slices();
    let newest = (slices.end - 1).div_euclid(hours);
    let start = match &options.skip_token {
        None => Position { slice: newest, index: 0, page: 0 },
        Some(token) => paging::position(token, query, now, manner.token_lifetime_ms)
            .ok_or_else(|| GraphFault::new(400, "UnknownError", "Invalid Skip Token, skip token is null"))?,
    };
    let (mut items, mut next) = (Vec::new(), None);
    let mut number = start.slice;
    while number >= slices.start.div_euclid(hours) {
        let groups = groups(history, kind, number, hours, &options);
        let skipped = if number == start.slice { start.index } else { 0 };
        for (index, group) in groups.iter().enumerate().skip(skipped) {
            if items.len() == options.top {
                next = Some(Position { slice: number, index, page: start.page + 1 });
                break;
            }
            items.push(write(group, number * hours * HOUR));
        }
        // A short page ends with a window once it has something to show: another one takes time.
        number -= 1;
        let is_enough = manner.has_short_pages && items.len() * 2 > options.top;
        if next.is_none() && is_enough && number >= slices.start.div_euclid(hours) {
            next = Some(Position { slice: number, index: 0, page: start.page + 1 });
        }
        if next.is_some() {
            break;
        }
    }
    let type_name = "Collection(microsoft.graph.summarizedSignIn)";
    let mut body =
        format!("{{\"@odata.context\":{}", quoted(&format!("https://{}/beta/$metadata#{type_name}", request.host)));
    if let Some(next) = next {
        let link = options.next_link(request, &paging::token(next, query, now));
        body.push_str(&format!(",\"@odata.nextLink\":{}", quoted(&link)));
    }
    body.push_str(&format!(",\"value\":[{}]}}", items.join(",")));
    Ok(body)
}

/// A window's groups, the most frequent first.
fn groups(history: &dyn History, kind: EventType, window: i64, hours: i64, options: &Options) -> Vec<Group> {
    let mut groups: HashMap<String, Group> = HashMap::new();
    for slice in window * hours..(window + 1) * hours {
        if !history.slices().contains(&slice) {
            continue;
        }
        for row in history.rows(Stream::SignIns(kind), slice) {
            let record = read(&history.record(row, Rendering::FULL));
            if !options.passes(&record) {
                continue;
            }
            let key: Vec<String> = KEYS.iter().map(|path| at(&record, path).to_string()).collect();
            let group = groups.entry(key.join("|")).or_insert_with(|| Group {
                count: 0,
                first: row.ticks,
                record: Value::Null,
            });
            group.count += 1;
            // Rows come newest first, so the last one seen of a slice is its earliest.
            if group.record.is_null() || row.ticks <= group.first {
                (group.first, group.record) = (row.ticks, record);
            }
        }
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    groups.sort_by_key(|group| (std::cmp::Reverse(group.count), group.first, at(&group.record, "id").to_string()));
    groups
}

/// What a group's sign-ins agree in.
static KEYS: &[&str] = &[
    "userPrincipalName",
    "appId",
    "ipAddress",
    "conditionalAccessStatus",
    "resourceId",
    "servicePrincipalId",
    "status/errorCode",
    "managedServiceIdentity/msiType",
    "agent/agentType",
];

/// What a summary may be filtered by: `eq` on each, `startswith` on the last two.
static FILTERS: &[&str] = &[
    "id",
    "userPrincipalName",
    "appId",
    "appDisplayName",
    "conditionalAccessStatus",
    "resourceDisplayName",
    "resourceId",
    "tenantId",
    "servicePrincipalId",
    "status/errorCode",
    "managedServiceIdentity/msiType",
    "agent/agentType",
    "ipAddress",
    "servicePrincipalName",
];

/// The members of a record that a summary is made of.
fn read(record: &str) -> Value {
    let shown =
        members(record).filter(|(name, _)| *name == "id" || *name == "resourceTenantId" || SHOWN.contains(name));
    let read = |text: &str| serde_json::from_str(text).expect("a history's records are JSON");
    Value::Object(shown.map(|(name, text)| (name.to_owned(), read(text))).collect())
}

/// Properties of a group, in Graph's order.
static SHOWN: &[&str] = &[
    "userPrincipalName",
    "appId",
    "appDisplayName",
    "ipAddress",
    "conditionalAccessStatus",
    "resourceDisplayName",
    "resourceId",
    "tenantId",
    "servicePrincipalName",
    "servicePrincipalId",
    "status",
    "managedServiceIdentity",
    "agent",
];

fn at<'a>(record: &'a Value, path: &str) -> &'a Value {
    let path = if path == "tenantId" { "resourceTenantId" } else { path };
    path.split('/').fold(record, |value, name| &value[name])
}

fn write(group: &Group, window: i64) -> String {
    let record = &group.record;
    let json = |path: &str| at(record, path).to_string();
    object(true, |o| {
        o.text("id", at(record, "id").as_str().unwrap_or(""));
        o.integer("signInCount", i64::from(group.count));
        o.text("aggregationDateTime", &time::print_seconds(window));
        o.text("firstSignInDateTime", &time::print_seconds(group.first));
        for name in SHOWN {
            o.raw(name, &json(name));
        }
    })
}

#[derive(Debug)]
struct Options {
    filter: Vec<Condition>,
    top: usize,
    skip_token: Option<String>,
}

#[derive(Debug)]
struct Condition {
    path: String,
    value: String,
    is_prefix: bool,
}

impl Options {
    fn parse(request: &Request) -> Result<Self, GraphFault> {
        let mut options = Self { filter: Vec::new(), top: TOP, skip_token: None };
        for (name, value) in pairs(&request.query) {
            match name.as_str() {
                "$filter" => {
                    let conditions: Option<Vec<_>> = value.split(" and ").map(condition).collect();
                    options.filter = conditions.ok_or_else(GraphFault::invalid_filter)?;
                }
                "$top" => {
                    let top = value.parse().ok().filter(|top| (1..=TOP).contains(top));
                    options.top =
                        top.ok_or_else(|| GraphFault::bad_request(format!("Invalid page size specified: '{value}'.")))?;
                }
                "$skiptoken" => options.skip_token = Some(value),
                _ => return Err(GraphFault::bad_request(format!("Query option '{name}' is not allowed."))),
            }
        }
        Ok(options)
    }
    fn passes(&self, record: &Value) -> bool {
        self.filter.iter().all(|condition| {
            let found = at(record, &condition.path);
            let found = found.as_str().map_or_else(|| found.to_string(), str::to_owned).to_lowercase();
            if condition.is_prefix { found.starts_with(&condition.value) } else { found == condition.value }
        })
    }
    fn next_link(&self, request: &Request, token: &str) -> String {
        let kept = request.query.split('&').filter(|part| !part.is_empty() && !decode(part).starts_with("$skiptoken="));
        let parts: Vec<String> = kept.map(str::to_owned).chain([format!("$skiptoken={token}")]).collect();
        format!("https://{}{}?{}", request.host, request.path, parts.join("&"))
    }
}

fn condition(text: &str) -> Option<Condition> {
    let text = text.trim();
    let unquoted =
        |literal: &str| Some(literal.trim().strip_prefix('\'')?.strip_suffix('\'')?.replace("''", "'").to_lowercase());
    if let Some(inner) = text.strip_prefix("startswith(").and_then(|rest| rest.strip_suffix(')')) {
        let (path, literal) = inner.split_once(',')?;
        let is_allowed = matches!(path.trim(), "ipAddress" | "servicePrincipalName");
        return is_allowed.then_some(Condition {
            path: path.trim().to_owned(),
            value: unquoted(literal)?,
            is_prefix: true,
        });
    }
    let (path, literal) = text.split_once(" eq ")?;
    let path = path.trim();
    if !FILTERS.contains(&path) {
        return None;
    }
    let value =
        if path == "status/errorCode" { literal.trim().parse::<i64>().ok()?.to_string() } else { unquoted(literal)? };
    Some(Condition { path: path.to_owned(), value, is_prefix: false })
}
