//! Reads the filter tables of `tests/fixtures/graph/filters.md`.

use std::collections::{BTreeMap, BTreeSet};

/// Operators by operand, both as `$filter` spells them; an operand inside a collection reads `targetResources/t/id`.
pub type FilterTable = BTreeMap<String, BTreeSet<String>>;

/// The filter table of one report.
pub fn table(markdown: &str, report: &str) -> FilterTable {
    let section = markdown
        .split("\n### ")
        .skip(1)
        .find(|section| {
            section.lines().next().is_some_and(|heading| heading.split([' ', ',']).any(|word| word == report))
        })
        .unwrap_or_else(|| panic!("no filter table for {report}"));
    let mut table = FilterTable::new();
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let [operands, operators] = cells[..] else { panic!("not two cells: {row}") };
        // A remark in parentheses can limit a row to one report's own page.
        if operands.contains(" resource page only)") && !operands.contains(&format!("({report} ")) {
            continue;
        }
        let operators =
            without_remarks(operators).split(',').map(|word| word.trim().to_owned()).collect::<BTreeSet<_>>();
        for operand in without_remarks(operands).split('`').filter(|text| text.contains(char::is_alphabetic)) {
            table.entry(operand_of(operand)).or_default().extend(operators.iter().cloned());
        }
    }
    table
}

/// `targetResources/any(t: startswith(t/displayName, '…'))` is about `targetResources/t/displayName`.
pub fn operand_of(expression: &str) -> String {
    let Some((collection, comparison)) = expression.split_once("/any(t: ") else { return expression.to_owned() };
    let comparison = comparison.trim_start_matches("startswith(");
    let end = comparison.find([' ', ',']).expect("a comparison names its operand first");
    format!("{collection}/{}", &comparison[..end])
}

/// The text without what stands in parentheses after a space; those of `any(…)` stay.
fn without_remarks(text: &str) -> String {
    let mut kept = text.to_owned();
    while let Some(start) = kept.find(" (") {
        let end = kept[start..].find(')').expect("remarks are closed") + start;
        kept.replace_range(start..=end, "");
    }
    kept
}
