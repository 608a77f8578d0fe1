//! A filter as a query for Log Analytics, where a tenant may keep the same records for longer.
//!
//! Tables keep no difference between a missing and an empty text; a comparison with an empty text is refused for that reason, and
//! whether there is a value is asked of what is not empty.
//! Text is compared without regard to case there, too. Lists are read by `mv-apply`, which counts the items that match.

mod literal;
mod place;
mod tables;

use std::fmt;

use serde::{Deserialize, Serialize};

use self::{
    place::{Place, items},
    tables::{Table, Type},
};
use super::{Condition, Filter, Operator, Value, normal};
use crate::{
    instant::format_instant,
    reports::{Column, Fetch, From, Kind, ReportDefinition},
};

/// A query for Log Analytics.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kql {
    /// The query.
    pub text: String,
    /// How what it finds may differ from what the filter finds; each way once.
    pub differences: Vec<KqlDifference>,
}

/// How what a query finds may differ from what the filter finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KqlDifference {
    /// Free text also finds the names of nested properties.
    FindsNames,
    /// A row whose text is empty counts as one without a value.
    EmptyIsMissing,
}

// The query repeats what a person looked for.
impl fmt::Debug for Kql {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Kql({} bytes, {:?})", self.text.len(), self.differences)
    }
}

/// What of a filter cannot be said to Log Analytics, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsaid {
    /// Column id.
    pub column: String,
    /// Why not.
    pub reason: UnsaidReason,
}

/// Why something cannot be said to Log Analytics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UnsaidReason {
    /// The report has no such column.
    UnknownColumn,
    /// No table has the value: we derive it from others, or nobody defined it.
    Derived,
    /// The fetch's table does not have the column.
    NotInTable,
    /// The table keeps no difference between an empty text and none.
    EmptyText,
    /// Times have another text there, so that only times can be compared with them.
    TextOfTime,
}

/// The query that finds a filter's rows in the table of this fetch, in no particular order and of any time.
///
/// # Errors
/// Everything that cannot be said, in the order of the filter.
pub fn kql(report: &ReportDefinition, fetch: &Fetch, filter: &Filter) -> Result<Kql, Vec<Unsaid>> {
    let table = Table::named(fetch.table).expect("every fetch names a table that is known");
    let mut query = Query { report, table, lists: Vec::new(), gates: 0, unsaid: Vec::new(), differences: Vec::new() };
    let filter = normal(report, filter);
    let condition = query.condition(&filter, false);
    if !query.unsaid.is_empty() {
        return Err(query.unsaid);
    }
    let mut steps = vec![table.name.to_owned()];
    steps.extend(query.lists.iter().map(List::step));
    if filter != Filter::All {
        steps.push(format!("where {condition}"));
    }
    if query.gates > 0 {
        let gates: Vec<String> = (1..=query.gates).map(gate).collect();
        steps.push(format!("project-away {}", gates.join(", ")));
    }
    Ok(Kql { text: steps.join("\n| "), differences: query.differences })
}

struct Query<'r> {
    report: &'r ReportDefinition,
    table: &'static Table,
    lists: Vec<List>,
    /// Number of columns that count matching items of lists.
    gates: usize,
    unsaid: Vec<Unsaid>,
    differences: Vec<KqlDifference>,
}

/// A list that is read, with what is counted in it: names and conditions.
struct List {
    lists: Vec<String>,
    counts: Vec<(String, String)>,
}

impl Query<'_> {
    /// A condition that is true or false. Where it is not negated it may be null as well, which counts as false.
    fn condition(&mut self, filter: &Filter, is_negated: bool) -> String {
        match filter {
            Filter::All => "true".to_owned(),
            Filter::And(parts) => self.joined(parts, " and ", is_negated),
            Filter::Or(parts) => self.joined(parts, " or ", is_negated),
            Filter::Not(inner) => format!("not({})", self.condition(inner, true)),
            Filter::Text(text) => self.free(text),
            Filter::Exists(id) => {
                if self.report.column(id).is_some_and(|column| matches!(column.kind, Kind::Keyword | Kind::Bag)) {
                    self.differ(KqlDifference::EmptyIsMissing);
                }
                self.in_column(id, |_, place| Ok(place.is_there()))
            }
            Filter::Is(Condition { column, operator: Operator::Ne, value }) => {
                let equal = self.comparison(column, Operator::Eq, value, true);
                format!("not({equal})")
            }
            Filter::Is(condition) => {
                self.comparison(&condition.column, condition.operator, &condition.value, is_negated)
            }
        }
    }

    fn joined(&mut self, parts: &[Filter], joint: &str, is_negated: bool) -> String {
        let parts: Vec<String> = parts
            .iter()
            .map(|part| match part {
                Filter::And(_) | Filter::Or(_) => format!("({})", self.condition(part, is_negated)),
                part => self.condition(part, is_negated),
            })
            .collect();
        parts.join(joint)
    }

    fn comparison(&mut self, id: &str, operator: Operator, value: &Value, is_negated: bool) -> String {
        self.in_column(id, |column, place| {
            let comparison = compare(place, operator, value)?;
            // Null is neither true nor false, and its opposite is null again.
            let is_decided = matches!(value, Value::Text(_)) || column.is_multi || !is_negated;
            Ok(if is_decided { comparison } else { format!("coalesce({comparison}, false)") })
        })
    }

    /// A condition on one value of a column: on the row's only one, or on any item of the list.
    fn in_column(
        &mut self,
        id: &str,
        condition: impl FnOnce(&'static Column, &Place) -> Result<String, UnsaidReason>,
    ) -> String {
        let Some(column) = self.report.column(id) else { return self.leave_out(id, UnsaidReason::UnknownColumn) };
        let Some(place) = Place::of(self.table, column) else {
            let is_ours = !matches!(column.from, From::Paths(_));
            let reason = if is_ours { UnsaidReason::Derived } else { UnsaidReason::NotInTable };
            return self.leave_out(id, reason);
        };
        match condition(column, &place) {
            Err(reason) => self.leave_out(id, reason),
            Ok(condition) if place.lists.is_empty() => condition,
            Ok(condition) => self.counted(place.lists, condition),
        }
    }

    fn counted(&mut self, lists: Vec<String>, condition: String) -> String {
        self.gates += 1;
        let name = gate(self.gates);
        let count = (name.clone(), condition);
        match self.lists.iter_mut().find(|list| list.lists == lists) {
            Some(list) => list.counts.push(count),
            None => self.lists.push(List { lists, counts: vec![count] }),
        }
        format!("{name} > 0")
    }

    /// Text in any column that holds a property of the report.
    fn free(&mut self, text: &str) -> String {
        let plain = literal::text(text);
        // Nested properties stand there as JSON, which writes some characters otherwise.
        let json = serde_json::Value::from(text).to_string();
        let json = literal::text(&json[1..json.len() - 1]);
        let mut parts = Vec::new();
        for (name, held) in self.table.columns() {
            let own = if held == Type::Text { name.to_owned() } else { format!("tostring({name})") };
            parts.push(format!("{own} contains {plain}"));
            if json != plain && matches!(held, Type::Text | Type::Dynamic) {
                parts.push(format!("{own} contains {json}"));
            }
        }
        self.differ(KqlDifference::FindsNames);
        format!("({})", parts.join(" or "))
    }

    fn differ(&mut self, difference: KqlDifference) {
        if !self.differences.contains(&difference) {
            self.differences.push(difference);
        }
    }

    fn leave_out(&mut self, id: &str, reason: UnsaidReason) -> String {
        let unsaid = Unsaid { column: id.to_owned(), reason };
        if !self.unsaid.contains(&unsaid) {
            self.unsaid.push(unsaid);
        }
        String::new()
    }
}

impl List {
    fn step(&self) -> String {
        let counts: Vec<String> =
            self.counts.iter().map(|(name, condition)| format!("{name} = countif({condition})")).collect();
        let mut step = String::new();
        for (at, list) in self.lists.iter().enumerate() {
            let (verb, end) = if at == 0 { ("mv-apply", " on (") } else { ("mv-expand", " | ") };
            step.push_str(&format!("{verb} item{} = {}{end}", at + 1, items(list)));
        }
        format!("{step}summarize {})", counts.join(", "))
    }
}

fn gate(number: usize) -> String {
    format!("matching{number}")
}

fn compare(place: &Place, operator: Operator, value: &Value) -> Result<String, UnsaidReason> {
    let sign = match operator {
        Operator::Gt => ">",
        Operator::Ge => ">=",
        Operator::Lt => "<",
        Operator::Le => "<=",
        _ => "==",
    };
    Ok(match value {
        Value::Text(text) if text.is_empty() => return Err(UnsaidReason::EmptyText),
        Value::Text(text) => {
            let own = place.text().ok_or(UnsaidReason::TextOfTime)?;
            let literal = literal::text(text);
            match operator {
                Operator::Eq | Operator::Ne => format!("{own} =~ {literal}"),
                Operator::StartsWith => format!("{own} startswith {literal}"),
                Operator::EndsWith => format!("{own} endswith {literal}"),
                Operator::Contains => format!("{own} contains {literal}"),
                Operator::Matches => format!("{own} matches regex {}", literal::regex(text)),
                // A missing text would come before every other.
                Operator::Gt | Operator::Ge | Operator::Lt | Operator::Le => {
                    format!("isnotempty({own}) and strcmp(tolower({own}), tolower({literal})) {sign} 0")
                }
            }
        }
        Value::Integer(number) => format!("{} {sign} {}", place.whole(), literal::whole(*number)),
        Value::Number(number) => format!("{} {sign} real({number})", place.number()),
        // Flags have no order there.
        Value::Flag(flag) if sign == "==" => format!("{} == {flag}", place.flag()),
        Value::Flag(flag) => format!("toint({}) {sign} {}", place.flag(), u8::from(*flag)),
        Value::Instant(instant) => instants(&place.instant(), operator, *instant),
        Value::Network(network) => {
            let own = place.text().ok_or(UnsaidReason::TextOfTime)?;
            let function = if network.is_ipv4() { "ipv4_is_in_range" } else { "ipv6_is_in_range" };
            format!("{function}({own}, {})", literal::text(&network.to_string()))
        }
    })
}

/// A comparison of instants. Ours are cut to the millisecond; there, an instant goes on until the next millisecond.
fn instants(own: &str, operator: Operator, instant: i64) -> String {
    let at = |instant| format!("datetime({})", format_instant(instant));
    match operator {
        Operator::Ge => format!("{own} >= {}", at(instant)),
        Operator::Gt => format!("{own} >= {}", at(instant + 1)),
        Operator::Lt => format!("{own} < {}", at(instant)),
        Operator::Le => format!("{own} < {}", at(instant + 1)),
        _ => format!("{own} >= {} and {own} < {}", at(instant), at(instant + 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        filter::{Local, parse},
        reports,
    };

    fn query(report: &str, fetch: &str, text: &str) -> Result<Kql, Vec<Unsaid>> {
        let report = reports::report(report).expect("the report is defined");
        let fetch = report.fetch(fetch).expect("the fetch is defined");
        kql(report, fetch, &parse(report, text, Local::default()).expect("the test writes filters"))
    }

    #[track_caller]
    fn check(report: &str, fetch: &str, text: &str, expected: &str) {
        let found = query(report, fetch, text).expect("the filter can be said").text;
        assert_eq!(found, expected.lines().map(str::trim).collect::<Vec<_>>().join("\n"), "{text}");
    }

    #[test]
    fn conditions_on_one_value_stand_in_one_step() {
        check("signIns", "interactiveUser", "", "SigninLogs");
        check(
            "signIns",
            "interactiveUser",
            r#"userPrincipalName:"a\"b" errorCode!=0 (city=Bergen OR -isInteractive:true) createdDateTime>=2026-11-24"#,
            r#"SigninLogs
               | where UserPrincipalName contains "a\"b" and not(coalesce(tolong(ResultType) == 0, false)) and (tostring(LocationDetails.city) =~ "Bergen" or not(coalesce(IsInteractive == true, false))) and CreatedDateTime >= datetime(2026-11-24T00:00:00Z)"#,
        );
        check(
            "signIns",
            "nonInteractiveUser",
            "city:b*n userId>m processingTimeInMilliseconds<0.5 ipAddress:2001:db8::/32",
            r#"AADNonInteractiveUserSignInLogs
               | where tostring(parse_json(LocationDetails).city) matches regex "^(?is:b.*n)$" and isnotempty(UserId) and strcmp(tolower(UserId), tolower("m")) > 0 and todouble(ProcessingTimeInMs) < real(0.5) and ipv6_is_in_range(IPAddress, "2001:db8::/32")"#,
        );
    }

    #[test]
    fn conditions_on_lists_count_the_items_that_match() {
        check(
            "signIns",
            "interactiveUser",
            "appliedConditionalAccessPolicies/result=failure OR NOT appliedConditionalAccessPolicies/displayName:*",
            r#"SigninLogs
               | mv-apply item1 = iff(array_length(ConditionalAccessPolicies) > 0, ConditionalAccessPolicies, pack_array(ConditionalAccessPolicies)) on (summarize matching1 = countif(tostring(item1.result) =~ "failure"), matching2 = countif(isnotempty(tostring(item1.displayName))))
               | where matching1 > 0 or not(matching2 > 0)
               | project-away matching1, matching2"#,
        );
        check(
            "directoryAudits",
            "all",
            "modifiedProperties.newValue:x",
            r#"AuditLogs
               | mv-apply item1 = iff(array_length(TargetResources) > 0, TargetResources, pack_array(TargetResources)) on (mv-expand item2 = iff(array_length(item1.modifiedProperties) > 0, item1.modifiedProperties, pack_array(item1.modifiedProperties)) | summarize matching1 = countif(tostring(item2.newValue) contains "x"))
               | where matching1 > 0
               | project-away matching1"#,
        );
    }

    #[test]
    fn free_text_looks_into_every_column_of_the_report() {
        let found = query("provisioning", "all", "-ada").expect("free text can be said");
        assert_eq!(found.differences, [KqlDifference::FindsNames]);
        assert!(!format!("{found:?}").contains("ada"));
        assert!(found.text.starts_with("AADProvisioningLogs\n| where not((ProvisioningAction contains \"ada\" or "));
        assert!(found.text.contains(" or tostring(TimeGenerated) contains \"ada\" or "), "{}", found.text);
    }

    #[test]
    fn whether_a_text_is_there_is_asked_of_texts_that_are_not_empty() {
        let differences = |text| query("signIns", "interactiveUser", text).expect("it can be said").differences;
        assert_eq!(differences("userId:* OR appId:*"), [KqlDifference::EmptyIsMissing]);
        assert_eq!(differences("errorCode:* userId=a"), []);
    }

    #[test]
    fn what_cannot_be_said_is_told_with_its_reason() {
        let check = |fetch: &str, text: &str, expected: &[(&str, UnsaidReason)]| {
            let unsaid = query("signIns", fetch, text).expect_err("the filter cannot be said");
            let unsaid: Vec<_> = unsaid.iter().map(|unsaid| (unsaid.column.as_str(), unsaid.reason)).collect();
            assert_eq!(unsaid, expected, "{text}");
        };
        check(
            "interactiveUser",
            "outcome=failure OR userId=\"\" OR createdDateTime:2026-* OR outcome=success",
            &[
                ("outcome", UnsaidReason::Derived),
                ("userId", UnsaidReason::EmptyText),
                ("createdDateTime", UnsaidReason::TextOfTime),
            ],
        );
        check("servicePrincipal", "userId:a", &[("userId", UnsaidReason::NotInTable)]);
        check("interactiveUser", "azureResourceId:a", &[("azureResourceId", UnsaidReason::NotInTable)]);
    }

    #[test]
    fn every_fetch_has_a_table_with_its_time_and_id() {
        for report in reports::ALL {
            for fetch in report.fetches {
                for id in [report.time, "id"] {
                    assert!(kql(report, fetch, &Filter::Exists(id.to_owned())).is_ok(), "{id} in {}", fetch.table);
                }
            }
        }
    }
}
