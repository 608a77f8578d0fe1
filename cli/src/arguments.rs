//! The command line.

use std::path::PathBuf;

use engine::reports::{Column, ReportDefinition};

use crate::complaints;

pub const USAGE: &str = "usage:
  cargo xtask query DIR --report REPORT [--filter TEXT] [QUESTION] [--limit N]

DIR holds recorded Graph responses as DIR/REPORT/*.json: list responses, bare arrays, single records.
The answer is JSON on standard output, with what was read, what was odd about it, and one of these:

  --count              how many records match the filter (when nothing else is asked)
  --facet FIELD        the values of a field with the records that have them; may be given several times
  --group-by A,B,C     records that agree in one to three fields, with the first and the last time
  --histogram N        records over time, in N buckets from the first to the last
  --records            the original records, newest first, byte for byte, as one JSON array, and nothing else;
                       what was read and what was odd goes to standard error

  --limit N            at most so many values, groups or records; 20 values and groups without it, every record
  --filter TEXT        as typed above a table: errorCode:50126 AND NOT city:Oslo; times are UTC
";

/// What is asked.
#[derive(Debug, PartialEq)]
pub enum Question {
    Count,
    Facets(Vec<&'static str>),
    Groups(Vec<&'static str>),
    Histogram(u32),
    Records,
}

#[derive(Debug)]
pub struct Arguments {
    pub folder: PathBuf,
    pub report: &'static ReportDefinition,
    pub filter: String,
    pub question: Question,
    pub limit: Option<u32>,
}

impl Arguments {
    /// What the words mean; `None` when they ask for help.
    pub fn parse(words: impl IntoIterator<Item = String>) -> Result<Option<Self>, String> {
        let mut words = words.into_iter();
        let (mut folder, mut report, mut filter, mut limit) = (None, None, None, None);
        let (mut facets, mut asked) = (Vec::new(), Vec::new());
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value\n{USAGE}"));
            match word.as_str() {
                "--help" | "-h" => return Ok(None),
                "--report" => once(&word, &mut report, value()?)?,
                "--filter" => once(&word, &mut filter, value()?)?,
                "--limit" => once(&word, &mut limit, number(&word, &value()?)?)?,
                "--facet" => facets.push(value()?),
                "--count" => asked.push(Asked::Count),
                "--records" => asked.push(Asked::Records),
                "--group-by" => asked.push(Asked::Groups(value()?)),
                "--histogram" => asked.push(Asked::Histogram(number(&word, &value()?)?)),
                option if option.starts_with("--") => return Err(format!("unexpected {option}\n{USAGE}")),
                _ => once("DIR", &mut folder, PathBuf::from(word))?,
            }
        }
        let report = report.ok_or_else(|| complaints::missing("--report"))?;
        let report = complaints::report(&report)?;
        let column = |name: &str| complaints::column(report, name).map(|column: &Column| column.id);
        let names = |names: &[String]| names.iter().map(|name| column(name)).collect::<Result<Vec<_>, String>>();
        if !facets.is_empty() {
            asked.push(Asked::Facets);
        }
        if asked.len() > 1 {
            return Err(format!("one question at a time\n{USAGE}"));
        }
        let question = match asked.pop() {
            None | Some(Asked::Count) => Question::Count,
            Some(Asked::Facets) => Question::Facets(names(&facets)?),
            Some(Asked::Groups(list)) => Question::Groups(list.split(',').map(column).collect::<Result<_, _>>()?),
            Some(Asked::Histogram(buckets)) => Question::Histogram(buckets),
            Some(Asked::Records) => Question::Records,
        };
        let folder = folder.ok_or_else(|| complaints::missing("DIR"))?;
        Ok(Some(Self { folder, report, filter: filter.unwrap_or_default(), question, limit }))
    }
}

enum Asked {
    Count,
    Facets,
    Groups(String),
    Histogram(u32),
    Records,
}

fn once<T>(name: &str, place: &mut Option<T>, value: T) -> Result<(), String> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(format!("{name} is given twice\n{USAGE}")),
    }
}

fn number(name: &str, text: &str) -> Result<u32, String> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| format!("{name} takes a number from 1 on, not {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Question, String> {
        let arguments = Arguments::parse(line.split_whitespace().map(str::to_owned));
        arguments.map(|arguments| arguments.expect("nobody asks for help").question)
    }

    #[test]
    fn one_question_is_asked_and_fields_go_by_any_of_their_names() {
        assert_eq!(parse("recorded --report signIns"), Ok(Question::Count));
        assert_eq!(parse("--report sign-ins recorded --records --limit 3"), Ok(Question::Records));
        let facets = parse("recorded --report signIns --facet errorCode --facet location/city");
        assert_eq!(facets, Ok(Question::Facets(vec!["status/errorCode", "location/city"])));
        let groups = parse("recorded --report directoryAudits --group-by category,targetResources.type");
        assert_eq!(groups, Ok(Question::Groups(vec!["category", "targetResources[]/type"])));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for line in [
            "recorded",
            "--report signIns",
            "a b --report signIns",
            "a --report signIns --count --records",
            "a --report signIns --facet id --count",
            "a --report signIns --limit 0",
            "a --report signIns --limit",
            "a --report signIns --sort id",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
