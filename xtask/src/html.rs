//! Just enough of HTML to read the tags of our own pages.

/// One start tag.
#[derive(Debug, PartialEq, Eq)]
pub struct Tag {
    /// In lower case.
    pub name: String,
    /// Names in lower case, values as written, in order.
    pub attributes: Vec<(String, String)>,
    /// Where it begins, as a byte offset.
    pub start: usize,
    /// Just behind its `>`.
    pub end: usize,
}

impl Tag {
    /// The value of an attribute; empty when it is written without one.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// All start tags, in order. Comments and end tags are passed over.
pub fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(found) = html[at..].find('<') {
        let start = at + found;
        let rest = &html[start..];
        if rest.starts_with("<!--") {
            at = rest.find("-->").map_or(html.len(), |end| start + end + 3);
        } else if rest[1..].starts_with(|first: char| first.is_ascii_alphabetic()) {
            let tag = tag(html, start);
            at = tag.end;
            tags.push(tag);
        } else {
            at = start + 1;
        }
    }
    tags
}

fn tag(html: &str, start: usize) -> Tag {
    let rest = &html[start + 1..];
    let name_length = rest.find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap_or(rest.len());
    let mut tag =
        Tag { name: rest[..name_length].to_ascii_lowercase(), attributes: Vec::new(), start, end: html.len() };
    let mut rest = &rest[name_length..];
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if rest.is_empty() {
            return tag;
        }
        if let Some(after) = rest.strip_prefix('>') {
            tag.end = html.len() - after.len();
            return tag;
        }
        let key_length = rest.find(|c: char| c.is_whitespace() || "=/>".contains(c)).unwrap_or(rest.len()).max(1);
        let key = rest[..key_length].to_ascii_lowercase();
        rest = rest[key_length..].trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            (value, rest) = match after.chars().next() {
                Some(quote @ ('"' | '\'')) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
                _ => after.split_at(after.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(after.len())),
            };
        }
        tag.attributes.push((key, value.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_with_their_attributes() {
        let html = r#"<p CLASS=a title='>' hidden>x < y<!-- <b> --><br/></p>"#;
        let shown: Vec<_> = tags(html)
            .iter()
            .map(|tag| format!("{} {:?} {}", tag.name, tag.attributes, &html[tag.start..tag.end]))
            .collect();
        assert_eq!(
            shown,
            [r#"p [("class", "a"), ("title", ">"), ("hidden", "")] <p CLASS=a title='>' hidden>"#, "br [] <br/>",]
        );
    }

    #[test]
    fn an_unclosed_tag_reaches_to_the_end() {
        assert_eq!(tags("<a href=\"x").first().map(|tag| tag.end), Some(10));
    }
}
