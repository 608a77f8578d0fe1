//! A part of a filter in words.

use engine::{
    filter::{Condition, Filter, Operator, Value, print},
    reports::{Kind, ReportDefinition},
};
use leptos::prelude::*;

use super::scope_bar::condition_words;
use crate::{
    state::filter_text::Part,
    text::{column_heading, find, t, t_with},
};

/// What a part says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// True when the others are meant.
    pub is_not: bool,
    /// Field and operator.
    pub field: String,
    /// What is compared with, or the part's own text where words would not say it better.
    pub value: String,
    /// True when the value is the part's own text.
    pub is_quote: bool,
}

impl Words {
    /// Of a part.
    pub fn of(report: &ReportDefinition, part: &Part) -> Self {
        // A text that is no longer the canonical one depends on the moment, and says it better than its instants.
        let is_canonical = print(report, &part.filter) == part.text;
        said(report, &part.filter).filter(|_| is_canonical).unwrap_or_else(|| Self {
            value: part.text.clone(),
            is_quote: true,
            ..Self::default()
        })
    }
    /// On one line.
    pub fn line(&self) -> String {
        let not = if self.is_not { t("filter-not") } else { String::new() };
        let words = [not.as_str(), &self.field, &self.value];
        words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }
    /// With what is compared with set off.
    pub fn view(self) -> impl IntoView + use<> {
        let class = if self.is_quote { "mono" } else { "" };
        let not = self.is_not.then(|| view! { <i class="chip-not">{t("filter-not")}</i>" " });
        let field = (!self.field.is_empty()).then(|| format!("{} ", self.field));
        view! { {not}{field}<b class=class>{self.value}</b> }
    }
}

/// `None` where words would be longer than the text, or less clear.
fn said(report: &ReportDefinition, filter: &Filter) -> Option<Words> {
    Some(match filter {
        Filter::Text(text) => Words { field: t("filter-anywhere"), value: format!("“{text}”"), ..Words::default() },
        Filter::Exists(column) => {
            Words { field: column_heading(report, column), value: t("filter-has-value"), ..Words::default() }
        }
        Filter::Is(condition) => {
            let is_not = condition.operator == Operator::Ne;
            let operator = if is_not { Operator::Eq } else { condition.operator };
            let (field, value) = comparison(report, &Condition { operator, ..condition.clone() });
            Words { is_not, field, value, is_quote: false }
        }
        Filter::Not(inner) => {
            let words = said(report, inner)?;
            Words { is_not: !words.is_not, ..words }
        }
        Filter::Or(choices) => {
            let mut words: Option<Words> = None;
            for choice in choices {
                let Filter::Is(condition) = choice else { return None };
                let (field, value) = comparison(report, condition);
                words = Some(match words {
                    None => Words { field, value, ..Words::default() },
                    Some(words) if words.field == field => {
                        let value = t_with("filter-or", &[("first", words.value.into()), ("second", value.into())]);
                        Words { field, value, ..Words::default() }
                    }
                    Some(_) => return None,
                });
            }
            words?
        }
        Filter::All | Filter::And(_) => return None,
    })
}

fn comparison(report: &ReportDefinition, condition: &Condition) -> (String, String) {
    let (field, value) = condition_words(report, condition);
    let is_outcome = report.column(&condition.column).is_some_and(|column| column.kind == Kind::Outcome);
    let outcome = match &condition.value {
        Value::Text(outcome) if is_outcome => find(&format!("outcome-{}", outcome.to_lowercase()), &[]),
        _ => None,
    };
    (field, outcome.unwrap_or(value))
}
