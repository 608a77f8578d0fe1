//! What is wrong with a name or a filter, in words, with the place and what may have been meant.

use engine::{
    filter::{Filter, FilterError, FilterErrorCode, Local, parse, resolve},
    ports::Millis,
    reports::{self, ALL, Column, Kind, ReportDefinition},
};

use crate::arguments::USAGE;

/// Fields named where none is like the one that was typed.
const NAMED: usize = 8;

pub fn missing(what: &str) -> String {
    format!("{what} is missing\n{USAGE}")
}

/// The report of a name.
pub fn report(name: &str) -> Result<&'static ReportDefinition, String> {
    let known: Vec<&str> = ALL.iter().map(|report| report.id.as_str()).collect();
    let same = known.iter().find(|known| known.eq_ignore_ascii_case(name));
    reports::report(same.copied().unwrap_or(name))
        .ok_or_else(|| format!("no report is called {name}; there are {}", known.join(", ")))
}

/// The column of a name.
pub fn column(report: &'static ReportDefinition, name: &str) -> Result<&'static Column, String> {
    let whose = report.id.as_str();
    resolve(report, name.trim()).map_err(|(code, suggestion)| match (code, suggestion) {
        (FilterErrorCode::AmbiguousField, Some(one)) => {
            format!("several fields of {whose} end in {name}, such as {one}")
        }
        (_, Some(meant)) => format!("{whose} has no field {name}; was {meant} meant?"),
        (_, None) => {
            let facets = report.columns.iter().filter(|column| column.is_facet).map(|column| column.id);
            let facets: Vec<&str> = facets.take(NAMED).collect();
            format!("{whose} has no field {name}; often counted are {}", facets.join(", "))
        }
    })
}

/// The filter that a text means. Words like `today` are read in UTC.
pub fn filter(report: &'static ReportDefinition, text: &str, now: Millis) -> Result<Filter, String> {
    parse(report, text, Local { now, zone: &[] }).map_err(|error| shown(text, &error))
}

/// The text with a mark under the wrong place.
fn shown(text: &str, error: &FilterError) -> String {
    let words = match error.code {
        FilterErrorCode::UnknownField => "no field has this name".to_owned(),
        FilterErrorCode::AmbiguousField => "several fields have this name".to_owned(),
        FilterErrorCode::MissingField => "a field is missing before the operator".to_owned(),
        FilterErrorCode::MissingValue => "a value is missing".to_owned(),
        FilterErrorCode::MissingTerm => "something to look for is missing".to_owned(),
        FilterErrorCode::Value(kind) => format!("this is no {}", name(kind)),
        FilterErrorCode::Wildcard => "a wildcard means nothing here".to_owned(),
        FilterErrorCode::UnclosedQuote => "the quote does not end".to_owned(),
        FilterErrorCode::UnclosedParenthesis => "the parenthesis does not end".to_owned(),
        FilterErrorCode::UnexpectedParenthesis => "no parenthesis begins before this one".to_owned(),
        FilterErrorCode::TooDeep => "too many parentheses within each other".to_owned(),
        FilterErrorCode::TooLong => return "the filter is too long".to_owned(),
    };
    let hint = error
        .suggestion
        .as_ref()
        .map_or_else(String::new, |suggestion| format!("; was {} meant?", on_one_line(suggestion)));
    let line = on_one_line(text);
    let before = text[..error.at.start].chars().count();
    let length = text[error.at.clone()].chars().count().max(1);
    format!("{words}{hint}\n  {line}\n  {}{}", " ".repeat(before), "^".repeat(length))
}

/// So that a mark stands under its place, and nothing steers the terminal.
fn on_one_line(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect()
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::DateTime => "time",
        Kind::Integer => "whole number",
        Kind::Number => "number",
        Kind::Flag => "true or false",
        Kind::Outcome => "outcome",
        Kind::Keyword | Kind::Bag => "text",
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(text: &str, expected: Expect) {
        let report = report("signIns").expect("the report is defined");
        expected.assert_eq(&filter(report, text, 0).expect_err("the text is wrong"));
    }

    #[test]
    fn a_wrong_filter_is_shown_with_a_mark_under_the_place() {
        check(
            "ipAddress:203.0.113.0/24 AND erorCode:1",
            expect![[r#"
            no field has this name; was status/errorCode meant?
              ipAddress:203.0.113.0/24 AND erorCode:1
                                           ^^^^^^^^"#]],
        );
        check(
            "userDisplayName:\"Łukasz",
            expect![[r#"
            the quote does not end; was "Łukasz" meant?
              userDisplayName:"Łukasz
                              ^^^^^^^"#]],
        );
        check(
            "(errorCode:50126\nOR é",
            expect![[r#"
                the parenthesis does not end; was (errorCode:50126 OR é) meant?
                  (errorCode:50126 OR é
                  ^^^^^^^^^^^^^^^^^^^^^"#]],
        );
        check(
            "errorCode>many",
            expect![[r#"
            this is no whole number; was "many" meant?
              errorCode>many
                        ^^^^"#]],
        );
    }

    #[test]
    fn a_wrong_name_comes_with_one_that_may_have_been_meant() {
        assert_eq!(
            report("signins").map(|report| report.id.as_str()),
            Ok("signIns"),
            "the case of letters is no reason to refuse"
        );
        let sign_ins = report("signIns").expect("the report is defined");
        expect!["no report is called audits; there are signIns, directoryAudits, customSecurityAttributeAudits, provisioning"].assert_eq(&report("audits").expect_err("no such report"));
        expect!["signIns has no field ipAdress; was ipAddress meant?"]
            .assert_eq(&column(sign_ins, "ipAdress").expect_err("no such field"));
        expect!["signIns has no field zzz; often counted are outcome, status/errorCode, userPrincipalName, userType, crossTenantAccessType, servicePrincipalName, clientCredentialType, managedServiceIdentity/msiType"].assert_eq(&column(sign_ins, "zzz").expect_err("no such field"));
    }
}
