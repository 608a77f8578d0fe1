//! Routes as text: what stands behind the `#` of the URL. A route carries a view and what to ask Graph for, never rows.
//!
//! `#/sign-ins/interactive-user?range=7d&where=status%2FerrorCode+eq+50126&filter=city:Oslo+AND+ada&question=password-resets`

use engine::{
    filter::Condition,
    protocol::{LoadKey, Scope, TimeRange},
    reports::{self, ReportId},
};

use super::scope;

/// Version of the routes written here; readers upgrade older ones. A route without a version is of this one.
const VERSION: u32 = 1;

/// A place in the app.
#[derive(Clone, Debug, PartialEq)]
pub enum Route {
    /// Start page, or overview once a dataset is open.
    Start,
    /// A report.
    Report(ReportRoute),
    /// All questions.
    Questions,
    /// Settings.
    Settings,
    /// Something else; the text is kept to be shown.
    Unknown(String),
}

/// A report with what is asked for it.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportRoute {
    /// Report.
    pub report: ReportId,
    /// Fetch id.
    pub fetch: String,
    /// Time range; `None` for the dataset's usual one.
    pub range: Option<TimeRange>,
    /// Conditions to ask Graph for.
    pub conditions: Vec<Condition>,
    /// Text of the filter over what is loaded, whether it can be read or not; empty for every row.
    pub filter: String,
    /// Id of the question that led here.
    pub question: Option<String>,
}

impl ReportRoute {
    /// A fetch of a report with nothing special asked.
    pub fn plain(report: ReportId, fetch: &str) -> Self {
        Self {
            report,
            fetch: fetch.to_owned(),
            range: None,
            conditions: Vec::new(),
            filter: String::new(),
            question: None,
        }
    }
    /// What is loaded for this route.
    pub fn key(&self) -> LoadKey {
        LoadKey { report: self.report, fetch: self.fetch.clone() }
    }
    /// What to ask Graph for, where `usual` is the dataset's usual range.
    pub fn scope(&self, usual: TimeRange) -> Scope {
        Scope { range: self.range.unwrap_or(usual), conditions: self.conditions.clone() }
    }
}

impl Route {
    /// Reads what stands behind the `#`, with or without it.
    pub fn parse(hash: &str) -> Self {
        let text = hash.trim_start_matches('#');
        read(text).unwrap_or_else(|| Self::Unknown(text.to_owned()))
    }
    /// Writes the route with its `#`, as a link's address.
    pub fn to_hash(&self) -> String {
        match self {
            Self::Start => "#/".to_owned(),
            Self::Questions => "#/questions".to_owned(),
            Self::Settings => "#/settings".to_owned(),
            Self::Unknown(text) => format!("#{text}"),
            Self::Report(route) => write(route),
        }
    }
    /// The report, if the route is one.
    pub fn report(&self) -> Option<&ReportRoute> {
        match self {
            Self::Report(route) => Some(route),
            _ => None,
        }
    }
}

fn read(text: &str) -> Option<Route> {
    let (path, query) = text.split_once('?').unwrap_or((text, ""));
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let pairs: Vec<(&str, String)> = pairs.map(|(name, value)| (name, decoded(value))).collect();
    for (name, value) in &pairs {
        if *name == "v" && value.parse::<u32>().ok()? > VERSION {
            return None;
        }
    }
    match *parts.as_slice() {
        [] => Some(Route::Start),
        ["questions"] => Some(Route::Questions),
        ["settings"] => Some(Route::Settings),
        [slug, ref fetch @ ..] if fetch.len() <= 1 => {
            let report = reports::ALL.iter().find(|report| report.slug == slug)?;
            let fetch = match fetch.first() {
                Some(name) => report.fetches.iter().find(|fetch| kebab(fetch.id) == *name)?,
                None => report.fetches.first()?,
            };
            let mut route = ReportRoute::plain(report.id, fetch.id);
            for (name, value) in pairs {
                match name {
                    "range" => route.range = Some(scope::range_from_text(&value)?),
                    "where" => route.conditions.push(scope::condition_from_text(report, &value)?),
                    "filter" => route.filter = value.trim().to_owned(),
                    "question" => route.question = Some(value),
                    _ => {}
                }
            }
            Some(Route::Report(route))
        }
        _ => None,
    }
}

fn write(route: &ReportRoute) -> String {
    let report = route.report.definition();
    let mut hash = format!("#/{}", report.slug);
    if report.fetches.len() > 1 {
        hash.push('/');
        hash.push_str(&kebab(&route.fetch));
    }
    let mut pairs = Vec::new();
    if let Some(range) = route.range {
        pairs.push(format!("range={}", encoded(&scope::range_to_text(range))));
    }
    for condition in &route.conditions {
        pairs.push(format!("where={}", encoded(&scope::condition_to_text(condition))));
    }
    if !route.filter.is_empty() {
        pairs.push(format!("filter={}", encoded(&route.filter)));
    }
    if let Some(question) = &route.question {
        pairs.push(format!("question={}", encoded(question)));
    }
    if !pairs.is_empty() {
        hash.push('?');
        hash.push_str(&pairs.join("&"));
    }
    hash
}

/// `interactiveUser` as `interactive-user`.
fn kebab(id: &str) -> String {
    let mut text = String::with_capacity(id.len() + 4);
    for letter in id.chars() {
        if letter.is_ascii_uppercase() {
            text.push('-');
            text.push(letter.to_ascii_lowercase());
        } else {
            text.push(letter);
        }
    }
    text
}

fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b':' | b'@' => out.push(byte as char),
            b' ' => out.push('+'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match (first, hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = after;
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use engine::filter::{Operator, Value};

    use super::*;

    #[test]
    fn pages_are_read_and_written() {
        for (hash, route) in [("#/", Route::Start), ("#/questions", Route::Questions), ("#/settings", Route::Settings)]
        {
            assert_eq!(Route::parse(hash), route);
            assert_eq!(route.to_hash(), hash);
        }
        assert_eq!(Route::parse(""), Route::Start);
        assert_eq!(Route::parse("#/nowhere"), Route::Unknown("/nowhere".to_owned()));
    }

    #[test]
    fn every_fetch_of_every_report_has_a_route_of_its_own() {
        let mut seen = std::collections::BTreeSet::new();
        for report in reports::ALL {
            for fetch in report.fetches {
                let route = Route::Report(ReportRoute::plain(report.id, fetch.id));
                let hash = route.to_hash();
                assert_eq!(Route::parse(&hash), route, "{hash}");
                assert!(seen.insert(hash.clone()), "{hash} leads to two places");
            }
        }
    }

    #[test]
    fn scope_filter_and_question_survive_the_url() {
        let Some(report) = reports::ALL.first() else { return };
        let column = report
            .columns
            .iter()
            .find(|column| column.odata.contains(&Operator::Eq))
            .expect("Graph filters by something");
        for value in [Value::Text("Ærø & 50 % ?#'x'".to_owned()), Value::Integer(-5), Value::Flag(true)] {
            let route = Route::Report(ReportRoute {
                report: report.id,
                fetch: report.fetches[0].id.to_owned(),
                range: Some(TimeRange::LastHours(72)),
                conditions: vec![Condition { column: column.id.to_owned(), operator: Operator::Eq, value }],
                filter: "ada (a OR \"b + c\") & 50 % field=#1?".to_owned(),
                question: Some("a question".to_owned()),
            });
            assert_eq!(Route::parse(&route.to_hash()), route, "{}", route.to_hash());
        }
    }

    #[test]
    fn any_filter_survives_the_url() {
        let letters: Vec<char> = (0..0x250).chain(0x2_028..0x2_030).filter_map(char::from_u32).collect();
        for (at, first) in letters.iter().enumerate() {
            for second in letters[at % 7..].iter().step_by(7) {
                let filter = format!("a{first}{second}b{first}").trim().to_owned();
                let plain = ReportRoute::plain(reports::ALL[0].id, reports::ALL[0].fetches[0].id);
                let route = Route::Report(ReportRoute { filter, ..plain });
                assert_eq!(Route::parse(&route.to_hash()), route);
            }
        }
    }

    #[test]
    fn what_cannot_be_read_whole_is_explained_instead_of_guessed() {
        let Some(report) = reports::ALL.first() else { return };
        for query in ["range=soon", "where=nonsense", "where=noSuchColumn eq 'x'", "v=2"] {
            let hash = format!("#/{}?{query}", report.slug);
            assert!(matches!(Route::parse(&hash), Route::Unknown(_)), "{hash}");
        }
    }
}
