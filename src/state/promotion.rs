//! What of a filter Graph can be asked for instead, so that fewer rows are loaded, and why the rest is compared here.

use engine::{
    filter::{Condition, Exactness, Filter, Operator, service_condition},
    reports::ReportDefinition,
};

use super::{
    filter_text::{Part, joined},
    scope::{condition_from_text, condition_to_text},
};

/// A filter, divided between the scope and what stays a filter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Promotion {
    /// Parts that Graph reads as we do, each with the condition to ask by. No row is lost by asking for them.
    pub exact: Vec<(Part, Condition)>,
    /// Parts that Graph takes, but finds only in this very spelling.
    pub spelled: Vec<(Part, Condition)>,
    /// The other parts.
    pub stays: Vec<(Part, Stays)>,
}

/// Why a part of a filter stays one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stays {
    /// Graph searches no text in all fields.
    Text,
    /// Graph takes no NOT.
    Not,
    /// Graph takes single conditions only.
    Several,
    /// Graph cannot be asked whether there is a value.
    Exists,
    /// The scope has a range for it.
    Time,
    /// Graph does not filter by this field, or not in this way.
    Field,
}

impl Stays {
    /// The end of its key in the catalogue.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Not => "not",
            Self::Several => "several",
            Self::Exists => "exists",
            Self::Time => "time",
            Self::Field => "field",
        }
    }
}

/// Divides a filter.
pub fn promotion(report: &ReportDefinition, parts: &[Part]) -> Promotion {
    let mut found = Promotion::default();
    for part in parts.iter().cloned() {
        let sent = |exactness| match &part.filter {
            Filter::Is(condition) => {
                service_condition(report, condition, exactness).filter(|sent| is_kept(report, sent))
            }
            _ => None,
        };
        if let Some(condition) = sent(Exactness::Strict) {
            found.exact.push((part, condition));
        } else if let Some(condition) = sent(Exactness::Loose) {
            found.spelled.push((part, condition));
        } else {
            let why = why(report, &part.filter);
            found.stays.push((part, why));
        }
    }
    found
}

impl Promotion {
    /// The text of what stays a filter; `with_spelled` when Graph is asked for those parts, too.
    pub fn rest(&self, parts: &[Part], with_spelled: bool) -> String {
        let stays = |part: &&Part| {
            let is_of = |(own, _): &(Part, Condition)| own == *part;
            let is_asked = self.exact.iter().any(is_of) || with_spelled && self.spelled.iter().any(is_of);
            !is_asked
        };
        joined(&parts.iter().filter(stays).cloned().collect::<Vec<_>>())
    }
    /// What to ask Graph for.
    pub fn conditions(&self, with_spelled: bool) -> Vec<Condition> {
        let spelled = self.spelled.iter().filter(|_| with_spelled);
        self.exact.iter().chain(spelled).map(|(_, condition)| condition.clone()).collect()
    }
}

/// A condition has to survive the address.
fn is_kept(report: &ReportDefinition, condition: &Condition) -> bool {
    condition_from_text(report, &condition_to_text(condition)).as_ref() == Some(condition)
}

fn why(report: &ReportDefinition, filter: &Filter) -> Stays {
    let is_time = |filter: &Filter| matches!(filter, Filter::Is(condition) if condition.column == report.time);
    match filter {
        Filter::All | Filter::Text(_) => Stays::Text,
        filter if is_time(filter) => Stays::Time,
        Filter::And(parts) if parts.iter().all(is_time) => Stays::Time,
        Filter::And(_) | Filter::Or(_) => Stays::Several,
        Filter::Not(_) => Stays::Not,
        Filter::Is(condition) if condition.operator == Operator::Ne => Stays::Not,
        Filter::Exists(_) => Stays::Exists,
        Filter::Is(_) => Stays::Field,
    }
}

#[cfg(test)]
mod tests {
    use engine::{
        fetch::Shelf,
        filter::{Local, matches, parse},
        graph::{Bounds, Page},
        reports::{self, ALL},
        store::Arrival,
    };

    use super::*;
    use crate::state::filter_text::parts;

    fn divided(report: &ReportDefinition, text: &str) -> (Promotion, Vec<Part>) {
        let parts = parts(report, text, Local::default()).expect("the test writes filters");
        (promotion(report, &parts), parts)
    }

    #[test]
    fn each_part_goes_to_graph_or_says_why_not() {
        let report = reports::report("signIns").expect("the report is defined");
        let id = "a1d2f0b4-0b52-4c1e-8f6d-6f1c2b9e1001";
        for (text, expected) in [
            (format!("userId={}", id.to_uppercase()), format!("exact userId eq '{id}'")),
            ("errorCode:50126".to_owned(), "exact status/errorCode eq 50126".to_owned()),
            ("ipAddress:203.0.113.*".to_owned(), "exact ipAddress startswith '203.0.113.'".to_owned()),
            ("appDisplayName=Portal".to_owned(), "spelled appDisplayName eq 'Portal'".to_owned()),
            ("ada".to_owned(), "text".to_owned()),
            ("NOT outcome:failure".to_owned(), "not".to_owned()),
            ("NOT userAgent:*Edge*".to_owned(), "not".to_owned()),
            ("errorCode:(1 OR 2)".to_owned(), "several".to_owned()),
            ("city:*".to_owned(), "exists".to_owned()),
            ("createdDateTime:yesterday".to_owned(), "time".to_owned()),
            ("createdDateTime>now-1h".to_owned(), "time".to_owned()),
            ("outcome:failure".to_owned(), "field".to_owned()),
            ("appDisplayName:Portal".to_owned(), "field".to_owned()),
        ] {
            let (found, _) = divided(report, &text);
            let exact = found.exact.iter().map(|(_, sent)| format!("exact {}", condition_to_text(sent)));
            let spelled = found.spelled.iter().map(|(_, sent)| format!("spelled {}", condition_to_text(sent)));
            let stays = found.stays.iter().map(|(_, why)| why.as_str().to_owned());
            let said: Vec<String> = exact.chain(spelled).chain(stays).collect();
            assert_eq!(said, [expected], "{text}");
        }
    }

    #[test]
    fn what_is_asked_and_what_stays_are_the_whole_filter() {
        let report = reports::report("signIns").expect("the report is defined");
        let (found, all) = divided(report, "ada errorCode:0 (city:Oslo OR lin) appDisplayName=Portal");
        assert_eq!(found.rest(&all, false), "ada AND (location/city:Oslo OR lin) AND appDisplayName=Portal");
        assert_eq!(found.rest(&all, true), "ada AND (location/city:Oslo OR lin)");
        assert_eq!((found.conditions(false).len(), found.conditions(true).len()), (1, 2));
    }

    /// Rows of a report's sample that match.
    fn select(shelf: &Shelf, fetch: usize, filter: &Filter) -> Vec<bool> {
        matches(shelf.table(), filter, shelf.table().order(fetch)).expect("the columns exist")
    }

    /// That Graph sends all rows for what it is asked is shown against the made-up tenant in `tests/split.rs`.
    #[test]
    fn scope_and_rest_show_exactly_the_rows_of_the_filter() {
        let mut asked = 0;
        for report in ALL {
            let mut shelf = Shelf::new(report);
            let page = Page::read(report.sample.as_bytes());
            let segment = shelf.next_serial();
            let arrival = Arrival { fetch: 0, segment, load: segment };
            shelf.take(report.sample.as_bytes(), &page.records, arrival, Bounds::default(), &[]);
            let rows: Vec<u32> = shelf.table().order(0).to_vec();
            assert!(!rows.is_empty());
            // Each value that the sample holds, in each way in which Graph may be asked for it, alone and beside others.
            for column in report.columns.iter().filter(|column| !column.odata.is_empty()) {
                let held = shelf.table().column(column.id).expect("the table has the report's columns");
                let values: Vec<String> = rows.iter().flat_map(|row| held.row_values(*row)).map(text_of).collect();
                for value in values.iter().filter(|value| !value.is_empty()) {
                    for sign in ["=", ":", ">=", "<=", "!=", ">"] {
                        let text = format!("{}{sign}\"{value}\" NOT zz", column.id);
                        let is_number = matches!(column.kind, reports::Kind::Integer | reports::Kind::Number);
                        let text = if is_number { text.replace('"', "") } else { text };
                        let whole = parse(report, &text, Local::default()).expect("a filter");
                        let (found, all) = divided(report, &text);
                        for with_spelled in [false, true] {
                            let rest = found.rest(&all, with_spelled);
                            let rest = parse(report, &rest, Local::default()).expect("it is printed");
                            let conditions = found.conditions(with_spelled);
                            asked += usize::from(!conditions.is_empty());
                            let both = conditions.into_iter().map(Filter::Is).chain([rest]).collect();
                            assert_eq!(select(&shelf, 0, &Filter::And(both)), select(&shelf, 0, &whole), "{text}");
                        }
                    }
                }
            }
        }
        assert!(asked > 60, "{asked} filters went to Graph: too few to show anything");
    }

    fn text_of(value: engine::store::Value<'_>) -> String {
        match value {
            engine::store::Value::Text(text) | engine::store::Value::Odd(text) => text.replace(['\\', '"'], ""),
            engine::store::Value::Integer(number) => number.to_string(),
            engine::store::Value::Number(number) => number.to_string(),
            engine::store::Value::Flag(flag) => flag.to_string(),
            engine::store::Value::Absent | engine::store::Value::Null => String::new(),
        }
    }
}
