//! Answers as JSON. Values are written as the records have them, times in UTC.

use engine::{
    filter::Filter,
    instant::format_instant,
    protocol::{
        Answer, Buckets, Cell, FacetQuery, FacetsQuery, GroupsQuery, HistogramQuery, IngestWarning, RequestBody, Sort,
    },
};
use serde_json::{Value, json};

use crate::session::{Session, unexpected};

/// Values and groups without a limit of their own.
const LIMIT: u32 = 20;
/// Records named as examples of one kind of oddity.
const EXAMPLES: usize = 3;

/// What was read and how much of it matches; also the latter by itself.
pub fn head(session: &Session, filter: &Filter) -> Result<(Value, u32), String> {
    let status = &session.status;
    let total = session.window(filter, Vec::new(), &[], 0, 0)?.total;
    let mut warnings = Vec::new();
    for (code, count) in &status.warnings {
        let is_of_it = |example: &&IngestWarning| example.code == *code && example.row.is_some();
        let examples = status.warning_examples.iter().filter(is_of_it).take(EXAMPLES);
        let examples: Vec<Value> = examples.map(|example| warning(session, example)).collect::<Result<_, _>>()?;
        warnings.push(json!({ "code": format!("{code:?}"), "count": count, "examples": examples }));
    }
    let head = json!({
        "report": session.report.id.as_str(),
        "files": session.files,
        "records": status.rows,
        "duplicates": status.duplicates,
        "warnings": warnings,
        "matching": total,
    });
    Ok((head, total))
}

pub fn facets(
    session: &Session,
    filter: &Filter,
    columns: &[&str],
    limit: Option<u32>,
    head: Value,
) -> Result<Value, String> {
    let facet =
        |column: &&str| FacetQuery { column: (*column).to_owned(), search: None, limit: limit.unwrap_or(LIMIT) };
    let query =
        FacetsQuery { key: session.key(), filter: filter.clone(), columns: columns.iter().map(facet).collect() };
    let Answer::Facets(found) = session.ask(RequestBody::Facets(query))? else { return Err(unexpected()) };
    let facets = columns.iter().zip(&found.columns).map(|(column, counts)| {
        let values = counts.values.iter().map(|(cell, rows)| json!({ "value": value(cell), "records": rows }));
        json!({
            "field": column,
            "values": values.collect::<Vec<_>>(),
            "distinct": counts.distinct,
            "missing": counts.missing,
        })
    });
    Ok(with(head, "facets", facets.collect()))
}

pub fn groups(
    session: &Session,
    filter: &Filter,
    columns: &[&str],
    limit: Option<u32>,
    head: Value,
) -> Result<Value, String> {
    let by = columns.iter().map(|column| (*column).to_owned()).collect();
    let query = GroupsQuery { key: session.key(), filter: filter.clone(), by, limit: limit.unwrap_or(LIMIT) };
    let Answer::Groups(found) = session.ask(RequestBody::Groups(query))? else { return Err(unexpected()) };
    let groups = found.groups.iter().map(|group| {
        let values = columns.iter().zip(&group.values).map(|(column, cell)| ((*column).to_owned(), value(cell)));
        json!({
            "values": values.collect::<serde_json::Map<_, _>>(),
            "records": group.rows,
            "first": group.first.map(format_instant),
            "last": group.last.map(format_instant),
        })
    });
    let groups = groups.collect();
    Ok(with(with(head, "groups", groups), "distinct", found.distinct.into()))
}

/// Between the first and the last record; those without a time are in no bucket.
pub fn histogram(session: &Session, filter: &Filter, buckets: u32, head: Value) -> Result<Value, String> {
    let time = session.report.time;
    let end = |is_descending| {
        let sort = vec![Sort { column: time.to_owned(), is_descending }];
        let window = session.window(filter, sort, &[time], 0, 1)?;
        let cell = window.rows.first().and_then(|row| row.cells.first());
        Ok::<_, String>(if let Some(Cell::Instant(instant)) = cell { Some(*instant) } else { None })
    };
    let (Some(first), Some(last)) = (end(false)?, end(true)?) else {
        return Ok(with(head, "histogram", json!([])));
    };
    let (key, filter, buckets) = (session.key(), filter.clone(), Buckets::Equal(buckets));
    let query = HistogramQuery { key, filter, from: first, to: last + 1, buckets, stack: None, stack_limit: 0 };
    let Answer::Histogram(found) = session.ask(RequestBody::Histogram(query))? else { return Err(unexpected()) };
    let buckets = found.starts.iter().zip(&found.counts);
    let buckets = buckets.map(|(start, rows)| json!({ "from": format_instant(*start), "records": rows }));
    Ok(with(head, "histogram", buckets.collect()))
}

pub fn text(answer: &Value) -> String {
    format!("{answer:#}")
}

/// Where something odd is: the property, and the record by its id.
fn warning(session: &Session, warning: &IngestWarning) -> Result<Value, String> {
    let record = warning.row.map(|row| session.record(row)).transpose()?;
    let id = record.and_then(|record| {
        let mut fields = record.groups.into_iter().flat_map(|group| group.fields);
        fields.find(|field| field.path == "id").map(|field| value(&field.value))
    });
    Ok(json!({ "field": warning.path, "id": id }))
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Absent | Cell::Null => Value::Null,
        Cell::Text(text) => json!(text),
        Cell::Integer(number) => json!(number),
        Cell::Number(number) => json!(number),
        Cell::Flag(flag) => json!(flag),
        Cell::Instant(instant) => json!(format_instant(*instant)),
        Cell::List(cells) => cells.iter().map(value).collect(),
    }
}

fn with(mut answer: Value, name: &str, value: Value) -> Value {
    answer[name] = value;
    answer
}
