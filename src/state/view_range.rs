//! The range of time in view, as the part of a filter that says it: conditions on the report's time column that hold for
//! every row. A view narrows what is loaded; it asks Graph for nothing.

use engine::{
    filter::{Condition, Filter, Operator, Value, print},
    ports::Millis,
    reports::ReportDefinition,
};

use super::{
    filter_text::{Part, joined},
    timeline::Span,
};

/// The ends of a view; `None` for those of the load.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ViewRange {
    /// First instant.
    pub from: Option<Millis>,
    /// The instant after the last one.
    pub to: Option<Millis>,
}

impl ViewRange {
    /// What a filter leaves of time.
    pub fn of(report: &ReportDefinition, filter: &Filter) -> Self {
        let mut range = Self::default();
        for part in conjuncts(filter) {
            match bound(report, part) {
                Some(Bound::From(at)) => range.from = Some(range.from.map_or(at, |from| from.max(at))),
                Some(Bound::To(at)) => range.to = Some(range.to.map_or(at, |to| to.min(at))),
                None => {}
            }
        }
        range
    }
    /// True when all of the load's time is in view.
    pub fn is_whole(self) -> bool {
        self == Self::default()
    }
    /// What is in view of a load. A view that holds nothing shows the instant that it names.
    pub fn within(self, load: Span) -> Span {
        let from = self.from.unwrap_or(load.from.min(self.to.unwrap_or(load.to) - 1));
        let to = self.to.unwrap_or(load.to);
        Span { from, to: to.max(from + 1) }
    }
    /// A filter's text with this view in the place of its own.
    pub fn put_into(self, report: &ReportDefinition, parts: &[Part]) -> String {
        let end = |operator, at: Millis| {
            let column = report.time.to_owned();
            let filter = Filter::Is(Condition { column, operator, value: Value::Instant(at) });
            Part { text: print(report, &filter), filter }
        };
        let others = parts.iter().filter(|part| !is_view(report, &part.filter)).cloned();
        let ends = [self.from.map(|at| end(Operator::Ge, at)), self.to.map(|at| end(Operator::Lt, at))];
        joined(&others.chain(ends.into_iter().flatten()).collect::<Vec<_>>())
    }
}

/// True for a filter that says nothing but what is in view.
pub fn is_view(report: &ReportDefinition, filter: &Filter) -> bool {
    conjuncts(filter).iter().all(|part| bound(report, part).is_some())
}

impl From<Span> for ViewRange {
    fn from(span: Span) -> Self {
        Self { from: Some(span.from), to: Some(span.to) }
    }
}

enum Bound {
    From(Millis),
    To(Millis),
}

/// What must hold all at once.
fn conjuncts(filter: &Filter) -> &[Filter] {
    match filter {
        Filter::All => &[],
        Filter::And(parts) => parts,
        other => std::slice::from_ref(other),
    }
}

fn bound(report: &ReportDefinition, filter: &Filter) -> Option<Bound> {
    let Filter::Is(Condition { column, operator, value: Value::Instant(at) }) = filter else { return None };
    if column != report.time {
        return None;
    }
    match operator {
        Operator::Ge => Some(Bound::From(*at)),
        Operator::Gt => Some(Bound::From(at + 1)),
        Operator::Lt => Some(Bound::To(*at)),
        Operator::Le => Some(Bound::To(at + 1)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use engine::{
        filter::{Local, parse},
        instant::parse_instant,
        reports,
    };

    use super::{super::filter_text::parts, *};

    fn at(text: &str) -> Millis {
        parse_instant(text).expect("the tests' times can be read")
    }

    /// A filter's text with a view put into it.
    fn put(report: &ReportDefinition, text: &str, range: ViewRange) -> String {
        range.put_into(report, &parts(report, text, Local::default()).expect("the test's filters can be read"))
    }
    fn view(report: &ReportDefinition, text: &str) -> ViewRange {
        ViewRange::of(report, &parse(report, text, Local::default()).expect("the test's filters can be read"))
    }

    #[test]
    fn a_selection_goes_into_the_filter_and_back() {
        let range = ViewRange { from: Some(at("2026-11-24T00:00Z")), to: Some(at("2026-11-24T06:00Z")) };
        for report in reports::ALL {
            let time = report.time;
            for (others, kept) in [
                ("", ""),
                ("timeout", "timeout AND "),
                ("timeout OR refused", "(timeout OR refused) AND "),
                ("timeout AND NOT refused", "timeout AND NOT refused AND "),
            ] {
                let text = put(report, others, range);
                assert_eq!(text, format!("{kept}{time}>=2026-11-24T00:00:00Z AND {time}<2026-11-24T06:00:00Z"));
                assert_eq!(view(report, &text), range, "{text}");
                assert_eq!(put(report, &text, ViewRange::default()), others);
            }
        }
    }

    #[test]
    fn another_selection_takes_the_place_of_what_was_in_view() {
        let report = reports::ALL[0];
        let time = report.time;
        let range = ViewRange { from: Some(at("2026-11-24T06:00Z")), to: None };
        for text in ["", "{}>now-24h", "{}:2026-11-24", "{}>=2026-11-20 AND {}<2026-11-25"] {
            let text = format!("city:Oslo {}", text.replace("{}", time));
            assert_eq!(
                put(report, &text, range),
                format!("location/city:Oslo AND {time}>=2026-11-24T06:00:00Z"),
                "{text}"
            );
        }
    }

    #[test]
    fn only_what_holds_for_every_row_narrows_the_view() {
        let report = reports::ALL[0];
        let time = report.time;
        let view = |text: &str| view(report, text);
        let from = Some(at("2026-11-24T00:00Z"));
        assert_eq!(view(&format!("{time}>=2026-11-24 AND {time}>=2026-11-20")), ViewRange { from, to: None });
        assert_eq!(view(&format!("{time}>=2026-11-24 OR timeout")), ViewRange::default());
        assert_eq!(view(&format!("NOT ({time}>=2026-11-24 AND timeout)")), ViewRange::default());
        let last = view(&format!("{time}<=2026-11-24T06:00:00.000Z"));
        assert_eq!(last.to, Some(at("2026-11-24T06:00Z") + 1), "the last instant is in view");
    }

    #[test]
    fn a_view_lies_in_its_load_unless_it_says_otherwise() {
        let load = Span { from: 100, to: 200 };
        assert_eq!(ViewRange::default().within(load), load);
        assert_eq!(ViewRange { from: Some(150), to: None }.within(load), Span { from: 150, to: 200 });
        assert_eq!(ViewRange { from: Some(50), to: Some(250) }.within(load), Span { from: 50, to: 250 });
        assert_eq!(ViewRange { from: Some(300), to: None }.within(load), Span { from: 300, to: 301 });
        assert_eq!(ViewRange { from: None, to: Some(50) }.within(load), Span { from: 49, to: 50 });
    }
}
