//! Divides a filter between Graph and us: what Graph takes need not be sent to be left out here.

use std::fmt;

use super::{Condition, Filter, Operator, Value, normal, odata};
use crate::{
    instant::format_instant,
    reports::{Column, From, Kind, ReportDefinition},
};

/// How much Graph may leave out by its own reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exactness {
    /// No row that matches the filter may be missing.
    Strict,
    /// Graph compares most text with regard to case, and looks at a property's present name only. Rows that spell a text in
    /// another case, and records of older shapes, may be missing.
    Loose,
}

/// A filter in two parts. A row matches the whole exactly when it matches both.
#[derive(Clone, PartialEq)]
pub struct Split {
    /// The part for Graph, as a `$filter` that can be joined to others by `and`; `None` when Graph takes nothing of it.
    pub taken: Option<String>,
    /// What holds for every row that Graph sends for it.
    pub taken_filter: Filter,
    /// What is still to be compared here.
    pub rest: Filter,
}

// The part for Graph repeats what a person looked for.
impl fmt::Debug for Split {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Split").field("taken", &self.taken_filter).field("rest", &self.rest).finish()
    }
}

/// The part of a filter that Graph takes for this report, and the rest.
///
/// Graph documents `and` between terms and `or` within `any`, and neither `not` nor any other `or`. A part that Graph can only ask
/// more loosely is sent so, and kept in the rest.
pub fn service_part(report: &ReportDefinition, filter: &Filter, exactness: Exactness) -> Split {
    let parts = match normal(report, filter) {
        Filter::And(parts) => parts,
        one => vec![one],
    };
    let (mut terms, mut taken, mut rest) = (Vec::new(), Vec::new(), Vec::new());
    for part in parts {
        match term(report, &part, exactness) {
            Some(term) => {
                terms.push(term.text);
                if term.holds != part {
                    rest.push(part);
                }
                taken.push(term.holds);
            }
            None => rest.push(part),
        }
    }
    Split {
        taken: (!terms.is_empty()).then(|| terms.join(" and ")),
        taken_filter: normal(report, &Filter::And(taken)),
        rest: normal(report, &Filter::And(rest)),
    }
}

/// A comparison as Graph takes it, for the same rows; `None` when Graph does not take it, or would read it otherwise. Of a time
/// Graph is asked by a range.
pub fn service_condition(report: &ReportDefinition, condition: &Condition, exactness: Exactness) -> Option<Condition> {
    let column = report.column(&condition.column)?;
    let condition = match condition.value {
        Value::Instant(_) => return None,
        Value::Integer(number) if !column.is_multi => whole_numbers(column, condition.operator, number)?,
        _ => sendable(report, condition, exactness)?,
    };
    odata(report, &condition).is_ok().then_some(condition)
}

struct Term {
    text: String,
    /// What holds for the rows that Graph sends; the part itself where Graph reads it as we do.
    holds: Filter,
}

fn term(report: &ReportDefinition, part: &Filter, exactness: Exactness) -> Option<Term> {
    match part {
        Filter::Is(condition) => {
            let column = report.column(&condition.column)?;
            match condition.value {
                Value::Instant(instant) if !column.is_multi => instants(column, condition.operator, instant),
                _ => {
                    let sent = service_condition(report, condition, exactness)?;
                    Some(Term { text: odata(report, &sent).ok()?, holds: part.clone() })
                }
            }
        }
        Filter::Or(choices) => {
            let mut texts = Vec::new();
            let mut column = None;
            for choice in choices {
                let Filter::Is(condition) = choice else { return None };
                let any = report.column(&condition.column)?.odata_any?;
                if *column.get_or_insert(condition.column.as_str()) != condition.column {
                    return None;
                }
                let text = odata(report, &sendable(report, condition, exactness)?).ok()?;
                let inner = text.strip_prefix(any.collection)?.strip_prefix("/any(t: ")?.strip_suffix(')')?.to_owned();
                texts.push((any.collection, inner));
            }
            let collection = texts.first()?.0;
            let inner: Vec<String> = texts.into_iter().map(|(_, inner)| inner).collect();
            Some(Term { text: format!("{collection}/any(t: {})", inner.join(" or ")), holds: part.clone() })
        }
        Filter::All | Filter::And(_) | Filter::Not(_) | Filter::Exists(_) | Filter::Text(_) => None,
    }
}

/// The condition as it can be sent; `None` when Graph would read it as less.
fn sendable(report: &ReportDefinition, condition: &Condition, exactness: Exactness) -> Option<Condition> {
    let column = report.column(&condition.column)?;
    // `any(t: t ne …)` leaves out rows with an empty collection.
    if condition.operator == Operator::Ne {
        return None;
    }
    // A fetch that asks for one of the collection's values would be asked for two at once.
    let is_fixed = |filter: &str| column.odata_any.is_some_and(|any| filter.starts_with(any.collection));
    if report.fetches.iter().any(|fetch| fetch.filter.is_some_and(is_fixed)) {
        return None;
    }
    let Value::Text(text) = &condition.value else { return Some(condition.clone()) };
    // An empty text stands for a missing one on one side or the other.
    if text.is_empty() {
        return None;
    }
    // Ids are kept in lower case.
    if is_guid(text) {
        return Some(Condition { value: Value::Text(text.to_ascii_lowercase()), ..condition.clone() });
    }
    let has_case = text.chars().any(char::is_alphabetic);
    let has_older_names = matches!(column.from, From::Paths([_, _, ..]));
    (exactness == Exactness::Loose || !has_case && !has_older_names).then(|| condition.clone())
}

fn is_guid(text: &str) -> bool {
    let is_dash = |at| matches!(at, 8 | 13 | 18 | 23);
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| if is_dash(at) { byte == b'-' } else { byte.is_ascii_hexdigit() })
}

/// A comparison of whole numbers with an operator that Graph takes; each says the same.
fn whole_numbers(column: &Column, operator: Operator, number: i64) -> Option<Condition> {
    let (operator, number) = if column.odata.contains(&operator) {
        (operator, number)
    } else {
        match operator {
            Operator::Ge => (Operator::Gt, number.checked_sub(1)?),
            Operator::Le => (Operator::Lt, number.checked_add(1)?),
            Operator::Gt => (Operator::Ge, number.checked_add(1)?),
            Operator::Lt => (Operator::Le, number.checked_sub(1)?),
            _ => return None,
        }
    };
    let is_taken = operator != Operator::Ne && column.odata.contains(&operator);
    is_taken.then(|| Condition { column: column.id.to_owned(), operator, value: Value::Integer(number) })
}

/// A comparison of instants. Ours are cut to the millisecond and Graph's are finer, so that a bound of ours is one of Graph's
/// only where it lies between two milliseconds on the side that counts.
fn instants(column: &Column, operator: Operator, instant: i64) -> Option<Term> {
    if column.kind != Kind::DateTime || column.odata_any.is_some() {
        return None;
    }
    let is_taken = |operator| column.odata.contains(&operator);
    let is = |operator, instant| {
        Filter::Is(Condition { column: column.id.to_owned(), operator, value: Value::Instant(instant) })
    };
    let bound =
        |word, sent, holds| Some(Term { text: format!("{} {word} {}", column.id, format_instant(sent)), holds });
    match operator {
        Operator::Ge if is_taken(Operator::Ge) => bound("ge", instant, is(Operator::Ge, instant)),
        Operator::Ge if is_taken(Operator::Gt) => bound("gt", instant - 1, is(Operator::Ge, instant - 1)),
        Operator::Gt if is_taken(Operator::Ge) => bound("ge", instant + 1, is(Operator::Gt, instant)),
        Operator::Gt if is_taken(Operator::Gt) => bound("gt", instant, is(Operator::Ge, instant)),
        Operator::Lt if is_taken(Operator::Lt) => bound("lt", instant, is(Operator::Lt, instant)),
        Operator::Lt if is_taken(Operator::Le) => bound("le", instant, is(Operator::Le, instant)),
        Operator::Le if is_taken(Operator::Lt) => bound("lt", instant + 1, is(Operator::Le, instant)),
        Operator::Le if is_taken(Operator::Le) => bound("le", instant + 1, is(Operator::Le, instant + 1)),
        Operator::Eq => {
            let (from, to) = (instants(column, Operator::Ge, instant)?, instants(column, Operator::Le, instant)?);
            Some(Term {
                text: format!("{} and {}", from.text, to.text),
                holds: Filter::And(vec![from.holds, to.holds]),
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        filter::{Local, parse, print},
        reports,
    };

    /// Each line is `filter -> $filter | what it holds | rest`.
    fn check(report: &str, exactness: Exactness, table: &str) {
        let report = reports::report(report).expect("the report is defined");
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (text, expected) = line.split_once("->").expect("filter -> parts");
            let filter = parse(report, text, Local::default()).expect("the test writes filters");
            let Split { taken, taken_filter, rest } = service_part(report, &filter, exactness);
            let taken_filter = print(report, &taken_filter);
            let holds = if taken_filter == text.trim() { "same".to_owned() } else { taken_filter };
            let found = format!("{} | {holds} | {}", taken.unwrap_or_default(), print(report, &rest));
            assert_eq!(found.trim(), expected.trim(), "{text}");
        }
    }

    #[test]
    fn graph_is_sent_what_it_documents_and_reads_as_we_do() {
        check(
            "signIns",
            Exactness::Strict,
            "status/errorCode=50126                             -> status/errorCode eq 50126 | same |
             status/errorCode>=50126                            ->  |  | status/errorCode>=50126
             status/errorCode!=0                                ->  |  | status/errorCode!=0
             userId=A1D2F0B4-0b52-4c1e-8f6d-6f1c2b9e1001        -> userId eq 'a1d2f0b4-0b52-4c1e-8f6d-6f1c2b9e1001' | same |
             ipAddress:203.0.113.*                              -> startswith(ipAddress,'203.0.113.') | same |
             ipAddress=203.0.113.7 AND appId=\"\"               -> ipAddress eq '203.0.113.7' | ipAddress=203.0.113.7 | appId=\"\"
             ipAddress=203.0.113.0/24                           ->  |  | ipAddress=203.0.113.0/24
             appDisplayName=Portal                              ->  |  | appDisplayName=Portal
             signInEventTypes[]=7 AND status/errorCode=0        -> status/errorCode eq 0 | status/errorCode=0 | signInEventTypes[]=7
             status/errorCode=(1 OR 2)                          ->  |  | status/errorCode=(1 OR 2)
             NOT (status/errorCode=0 AND ipAddress=203.0.113.7) ->  |  | NOT (status/errorCode=0 AND ipAddress=203.0.113.7)
             7                                                  ->  |  | 7",
        );
        check(
            "signIns",
            Exactness::Loose,
            "appDisplayName=Portal ada               -> appDisplayName eq 'Portal' | appDisplayName=Portal | ada
             riskEventTypes_v2[]=(a OR b*)           -> riskEventTypes_v2/any(t: t eq 'a' or startswith(t,'b')) | riskEventTypes_v2[]=a OR riskEventTypes_v2[]:b* |
             riskEventTypes_v2[]=a                   -> riskEventTypes_v2/any(t: t eq 'a') | same |
             appDisplayName:Portal                   ->  |  | appDisplayName:Portal",
        );
        check(
            "provisioning",
            Exactness::Loose,
            "durationInMilliseconds>=5               -> durationInMilliseconds gt 4 | same |
             durationInMilliseconds<=5               -> durationInMilliseconds lt 6 | same |
             provisioningAction:create               -> contains(provisioningAction,'create') | same |",
        );
        check("provisioning", Exactness::Strict, "provisioningAction:1 ->  |  | provisioningAction:1");
    }

    #[test]
    fn debugging_shows_no_word_of_a_divided_filter() {
        let report = reports::report("signIns").expect("the report is defined");
        let filter = parse(report, "appDisplayName=Portal ada", Local::default()).expect("a filter");
        let shown = format!("{:?}", service_part(report, &filter, Exactness::Loose));
        assert_eq!(shown, "Split { taken: appDisplayName Eq Text(6 bytes), rest: Text(3 bytes) }");
    }

    #[test]
    fn bounds_of_times_are_graphs_or_are_kept_as_well() {
        check(
            "signIns",
            Exactness::Strict,
            "createdDateTime>=2026-11-24   -> createdDateTime ge 2026-11-24T00:00:00Z | createdDateTime>=2026-11-24T00:00:00Z |
             createdDateTime>now           -> createdDateTime ge 1970-01-01T00:00:00.001Z | createdDateTime>1970-01-01T00:00:00.000Z |
             createdDateTime<2026-11-24    -> createdDateTime le 2026-11-24T00:00:00Z | createdDateTime<=2026-11-24T00:00:00.000Z | createdDateTime<2026-11-24T00:00:00Z
             createdDateTime<=now          -> createdDateTime le 1970-01-01T00:00:00.001Z | createdDateTime<=1970-01-01T00:00:00.001Z | createdDateTime<=1970-01-01T00:00:00.000Z
             createdDateTime=now           -> createdDateTime ge 1970-01-01T00:00:00Z and createdDateTime le 1970-01-01T00:00:00.001Z | createdDateTime>=1970-01-01T00:00:00Z AND createdDateTime<=1970-01-01T00:00:00.001Z | createdDateTime=1970-01-01T00:00:00.000Z",
        );
        check(
            "provisioning",
            Exactness::Strict,
            "activityDateTime>=2026-11-24 -> activityDateTime gt 2026-11-23T23:59:59.999Z | activityDateTime>=2026-11-23T23:59:59.999Z | activityDateTime>=2026-11-24T00:00:00Z
             activityDateTime<2026-11-24  -> activityDateTime lt 2026-11-24T00:00:00Z | activityDateTime<2026-11-24T00:00:00Z |
             activityDateTime<=now        -> activityDateTime lt 1970-01-01T00:00:00.001Z | activityDateTime<=1970-01-01T00:00:00.000Z |
             activityDateTime>now         -> activityDateTime gt 1970-01-01T00:00:00Z | activityDateTime>=1970-01-01T00:00:00Z | activityDateTime>1970-01-01T00:00:00.000Z",
        );
    }
}
