//! Arranges the flat fields of a record for reading: one block per object or member of a collection, in the order of
//! the record, with each field under its block.

use std::collections::BTreeMap;

use engine::protocol::RecordField;

/// Fields that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Which member of which collections this is, outermost first: the collection's path and the position in it.
    /// Empty for fields of the record itself.
    pub place: Vec<(String, u32)>,
    /// Number of members of the innermost collection.
    pub siblings: u32,
    /// Lines, in order; each is one field's path and the positions of its values among the fields.
    pub lines: Vec<Line>,
}

/// One labelled line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The field's path.
    pub path: String,
    /// Positions among the fields given; several for a list of plain values.
    pub fields: Vec<usize>,
}

/// Blocks in reading order.
pub fn arranged(fields: &[RecordField]) -> Vec<Block> {
    let mut order_of_path: BTreeMap<String, usize> = BTreeMap::new();
    let mut blocks: BTreeMap<Vec<(usize, u32)>, Block> = BTreeMap::new();
    for (index, field) in fields.iter().enumerate() {
        let place = place_of(field);
        let key: Vec<(usize, u32)> = place
            .iter()
            .map(|(path, position)| {
                let next = order_of_path.len();
                (*order_of_path.entry(path.clone()).or_insert(next), *position)
            })
            .collect();
        let block = blocks.entry(key).or_insert_with(|| Block { place, siblings: 0, lines: Vec::new() });
        match block.lines.iter_mut().find(|line| line.path == field.path) {
            Some(line) => line.fields.push(index),
            None => block.lines.push(Line { path: field.path.clone(), fields: vec![index] }),
        }
    }
    let mut blocks: Vec<Block> = blocks.into_values().collect();
    let counts: Vec<u32> = blocks.iter().map(|block| siblings(&blocks, block)).collect();
    for (block, count) in blocks.iter_mut().zip(counts) {
        block.siblings = count;
    }
    blocks
}

/// The collections that hold a field. A list of plain values (`policies[]/controls[]`) is a line of its parent.
fn place_of(field: &RecordField) -> Vec<(String, u32)> {
    let path = field.path.strip_suffix("[]").unwrap_or(&field.path);
    path.match_indices("[]").zip(&field.indices).map(|((at, _), position)| (path[..at].to_owned(), *position)).collect()
}

fn siblings(blocks: &[Block], block: &Block) -> u32 {
    let Some((path, _)) = block.place.last() else { return 1 };
    let outer = &block.place[..block.place.len() - 1];
    let last = blocks.iter().filter_map(|other| {
        let (name, position) = other.place.get(outer.len())?;
        (other.place.starts_with(outer) && name == path).then_some(*position)
    });
    last.max().unwrap_or(0) + 1
}

#[cfg(test)]
mod tests {
    use engine::protocol::Cell;

    use super::*;

    fn check(fields: &[(&str, &[u32])], expected: &[&str]) {
        let fields: Vec<RecordField> = fields
            .iter()
            .map(|(path, indices)| RecordField {
                path: (*path).to_owned(),
                indices: indices.to_vec(),
                kind: None,
                link: None,
                value: Cell::Null,
            })
            .collect();
        let blocks: Vec<String> = arranged(&fields)
            .iter()
            .map(|block| {
                let place: Vec<String> = block.place.iter().map(|(path, at)| format!("{path} {}", at + 1)).collect();
                let lines: Vec<String> =
                    block.lines.iter().map(|line| format!("{}×{}", line.path, line.fields.len())).collect();
                format!("{} of {}: {}", place.join(", "), block.siblings, lines.join(" "))
            })
            .collect();
        assert_eq!(blocks, expected);
    }

    #[test]
    fn members_are_read_one_after_the_other_even_if_columns_come_first() {
        check(
            &[("id", &[]), ("p[]/name", &[0]), ("p[]/name", &[1]), ("p[]/result", &[0]), ("p[]/result", &[1])],
            &[" of 1: id×1", "p 1 of 2: p[]/name×1 p[]/result×1", "p 2 of 2: p[]/name×1 p[]/result×1"],
        );
    }

    #[test]
    fn nested_collections_follow_their_parent() {
        check(
            &[
                ("t[]/id", &[0]),
                ("t[]/id", &[1]),
                ("t[]/m[]/old", &[0, 0]),
                ("t[]/m[]/old", &[0, 1]),
                ("t[]/m[]/old", &[1, 0]),
            ],
            &[
                "t 1 of 2: t[]/id×1",
                "t 1, t[]/m 1 of 2: t[]/m[]/old×1",
                "t 1, t[]/m 2 of 2: t[]/m[]/old×1",
                "t 2 of 2: t[]/id×1",
                "t 2, t[]/m 1 of 1: t[]/m[]/old×1",
            ],
        );
    }

    #[test]
    fn plain_lists_stay_one_line() {
        check(
            &[("types[]", &[0]), ("types[]", &[1]), ("p[]/controls[]", &[0, 0]), ("p[]/controls[]", &[0, 1])],
            &[" of 1: types[]×2", "p 1 of 1: p[]/controls[]×2"],
        );
    }
}
