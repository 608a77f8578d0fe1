//! Reads the subset of the Graph metadata under `tests/fixtures/graph` as far as the contract needs it.

use std::collections::{BTreeMap, BTreeSet};

use engine::reports::Kind;
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

/// A scalar property reached from a root type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Kind a column for it must have.
    pub kind: Kind,
    /// True when a collection is on the way.
    pub is_multi: bool,
    /// True when it or anything on the way is marked as deprecated.
    pub is_deprecated: bool,
}

/// The metadata.
#[derive(Debug, Default)]
pub struct Csdl {
    types: BTreeMap<String, Type>,
    enums: BTreeSet<String>,
    deprecated: BTreeSet<String>,
}

#[derive(Debug, Default)]
struct Type {
    base: Option<String>,
    properties: Vec<(String, String)>,
}

impl Csdl {
    /// Reads a CSDL document.
    pub fn parse(xml: &str) -> Self {
        let mut csdl = Self::default();
        let mut reader = Reader::from_str(xml);
        let (mut alias, mut current, mut target) = (String::new(), None::<String>, String::new());
        loop {
            match reader.read_event().expect("the fixture is well-formed") {
                Event::Eof => return csdl,
                Event::End(end) if matches!(end.name().as_ref(), b"ComplexType" | b"EntityType") => current = None,
                Event::Start(tag) | Event::Empty(tag) => match tag.name().as_ref() {
                    b"Schema" => alias = attribute(&tag, "Alias").expect("each schema of the fixture has an alias"),
                    b"EnumType" => {
                        csdl.enums.insert(format!("{alias}.{}", name(&tag)));
                    }
                    b"ComplexType" | b"EntityType" => {
                        let full = format!("{alias}.{}", name(&tag));
                        let base = attribute(&tag, "BaseType");
                        csdl.types.insert(full.clone(), Type { base, properties: Vec::new() });
                        current = Some(full);
                    }
                    b"Property" => {
                        let owner = current.as_ref().expect("properties stand in types");
                        let kind = attribute(&tag, "Type").expect("properties have types");
                        csdl.types.entry(owner.clone()).or_default().properties.push((name(&tag), kind));
                    }
                    b"Annotations" => target = attribute(&tag, "Target").expect("annotations have targets"),
                    b"Annotation" if attribute(&tag, "Term").as_deref() == Some("Org.OData.Core.V1.Revisions") => {
                        csdl.deprecated.insert(target.trim_start_matches("microsoft.graph.").to_owned());
                    }
                    _ => {}
                },
                _ => {}
            }
        }
    }

    /// Every scalar property of an entity type by slash path, with `[]` after each collection.
    pub fn leaves(&self, entity: &str) -> BTreeMap<String, Leaf> {
        let mut leaves = BTreeMap::new();
        for (name, kind) in self.properties(&format!("graph.{entity}")) {
            let is_deprecated = self.deprecated.contains(&format!("{entity}/{name}"));
            self.walk(name, kind, Leaf { kind: Kind::Bag, is_multi: false, is_deprecated }, &mut leaves);
        }
        leaves
    }

    fn walk(&self, path: &str, kind: &str, so_far: Leaf, leaves: &mut BTreeMap<String, Leaf>) {
        if let Some(item) = kind.strip_prefix("Collection(").and_then(|rest| rest.strip_suffix(')')) {
            return self.walk(&format!("{path}[]"), item, Leaf { is_multi: true, ..so_far }, leaves);
        }
        let scalar = match kind {
            "Edm.String" => Some(Kind::Keyword),
            "Edm.DateTimeOffset" => Some(Kind::DateTime),
            "Edm.Int32" => Some(Kind::Integer),
            "Edm.Double" => Some(Kind::Number),
            "Edm.Boolean" => Some(Kind::Flag),
            other => self.enums.contains(other).then_some(Kind::Keyword),
        };
        if let Some(kind) = scalar {
            leaves.insert(path.to_owned(), Leaf { kind, ..so_far });
            return;
        }
        assert!(self.types.contains_key(kind), "{path} has a type that the fixture does not declare: {kind}");
        let properties = self.properties_with_subtypes(kind);
        if properties.is_empty() {
            leaves.insert(path.to_owned(), Leaf { kind: Kind::Bag, ..so_far });
        }
        for (name, kind) in properties {
            self.walk(&format!("{path}/{name}"), kind, so_far, leaves);
        }
    }

    fn properties(&self, name: &str) -> Vec<(&str, &str)> {
        let declared = self.types.get(name).unwrap_or_else(|| panic!("no type {name} in the fixture"));
        let mut properties = declared.base.as_deref().map(|base| self.properties(base)).unwrap_or_default();
        properties.extend(declared.properties.iter().map(|(name, kind)| (name.as_str(), kind.as_str())));
        properties
    }

    /// A property of a type may hold any type derived from it, so their properties count too.
    fn properties_with_subtypes(&self, name: &str) -> Vec<(&str, &str)> {
        let mut properties = self.properties(name);
        for (derived, declared) in &self.types {
            if declared.base.as_deref() == Some(name) {
                for property in self.properties_with_subtypes(derived) {
                    if !properties.contains(&property) {
                        properties.push(property);
                    }
                }
            }
        }
        properties
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = tag.try_get_attribute(name).expect("the fixture is well-formed")?;
    Some(attribute.unescape_value().expect("the fixture is well-formed").into_owned())
}

fn name(tag: &BytesStart<'_>) -> String {
    attribute(tag, "Name").expect("types and properties have names")
}
