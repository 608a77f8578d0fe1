//! Made-up records of a report: every property that its definition knows, in as many values as real ones have.

use super::plan::{Leaf, Plan};
use crate::{instant::format_instant, reports::Kind};

/// Members of each collection.
const MEMBERS: u64 = 2;
/// Different values of a property that is the same in many records.
const VALUES: u64 = 5;
/// One property among so many has a value of its own in each record.
const UNIQUE: usize = 16;

/// One record as JSON; another number is another record.
pub(super) fn specimen(plan: &Plan, number: u64) -> String {
    let mut json = String::new();
    node(plan, 0, number, &mut json);
    json
}

fn node(plan: &Plan, at: usize, number: u64, json: &mut String) {
    let node = &plan.nodes[at];
    match (node.member, node.leaves.first()) {
        (Some(member), _) => {
            json.push('[');
            for index in 0..MEMBERS {
                json.push_str(if index == 0 { "" } else { "," });
                self::node(plan, member, number + index, json);
            }
            json.push(']');
        }
        (None, Some(leaf)) => json.push_str(&value(plan, *leaf, number)),
        (None, None) => {
            json.push('{');
            for (at, (name, child)) in node.children.iter().enumerate() {
                json.push_str(if at == 0 { "\"" } else { ",\"" });
                json.push_str(name);
                json.push_str("\":");
                self::node(plan, *child, number, json);
            }
            json.push('}');
        }
    }
}

fn value(plan: &Plan, leaf: Leaf, number: u64) -> String {
    let is_unique = leaf.column.is_multiple_of(UNIQUE) || plan.id == Some(leaf.column);
    let some = if is_unique { number } else { number % VALUES };
    match plan.column(leaf).kind {
        Kind::DateTime => format!("\"{}\"", format_instant(1_700_000_000_000 - (some * 1_000) as i64)),
        Kind::Integer | Kind::Number => some.to_string(),
        Kind::Flag => (some % 2 == 0).to_string(),
        Kind::Bag => "{}".to_owned(),
        Kind::Keyword | Kind::Outcome if is_unique => format!("\"{some:08x}-0000-4000-a000-{:012x}\"", leaf.column),
        Kind::Keyword | Kind::Outcome => format!("\"value {some}\""),
    }
}
