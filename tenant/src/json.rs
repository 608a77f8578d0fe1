//! Writing JSON text directly, in Graph's order of properties, and cutting text into members without changing a byte.

/// Writes the members of one JSON object.
pub(crate) struct Object<'a> {
    out: &'a mut String,
    is_first: bool,
    has_new_members: bool,
}

/// The members of an evolvable enum that need `Prefer: include-unknown-enum-members`, and its sentinel.
pub(crate) struct NewMembers {
    /// What older clients are told instead.
    pub sentinel: &'static str,
    /// Members before the sentinel; everything else is new.
    pub old: &'static [&'static str],
}

/// The text of an object.
pub(crate) fn object(has_new_members: bool, write: impl FnOnce(&mut Object)) -> String {
    let mut out = String::with_capacity(4096);
    write_object(&mut out, has_new_members, write);
    out
}

fn write_object(out: &mut String, has_new_members: bool, write: impl FnOnce(&mut Object)) {
    out.push('{');
    let mut object = Object { out, is_first: true, has_new_members };
    write(&mut object);
    out.push('}');
}

impl Object<'_> {
    /// A text member.
    pub fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        write_text(self.out, value);
    }
    /// A text member or null.
    pub fn text_or_null(&mut self, name: &str, value: Option<&str>) {
        match value {
            Some(value) => self.text(name, value),
            None => self.null(name),
        }
    }
    /// A null member.
    pub fn null(&mut self, name: &str) {
        self.name(name);
        self.out.push_str("null");
    }
    /// A whole number.
    pub fn integer(&mut self, name: &str, value: i64) {
        self.name(name);
        self.out.push_str(&value.to_string());
    }
    /// A decimal number given in ten-thousandths.
    pub fn decimal(&mut self, name: &str, ten_thousandths: i64) {
        self.name(name);
        let sign = if ten_thousandths < 0 { "-" } else { "" };
        let magnitude = ten_thousandths.unsigned_abs();
        let text = format!("{sign}{}.{:04}", magnitude / 10_000, magnitude % 10_000);
        let text = text.trim_end_matches('0');
        self.out.push_str(text.strip_suffix('.').unwrap_or(text));
    }
    /// True or false.
    pub fn flag(&mut self, name: &str, value: bool) {
        self.name(name);
        self.out.push_str(if value { "true" } else { "false" });
    }
    /// True, false or null.
    pub fn flag_or_null(&mut self, name: &str, value: Option<bool>) {
        match value {
            Some(value) => self.flag(name, value),
            None => self.null(name),
        }
    }
    /// A member of an evolvable enum, or several with commas where the enum has flags.
    pub fn member(&mut self, name: &str, members: &NewMembers, value: &str) {
        self.name(name);
        let is_old = |part: &str| members.old.contains(&part);
        if self.has_new_members || value.split(',').all(is_old) {
            write_text(self.out, value);
        } else {
            write_text(self.out, members.sentinel);
        }
    }
    /// A nested object.
    pub fn object(&mut self, name: &str, write: impl FnOnce(&mut Object)) {
        self.name(name);
        write_object(self.out, self.has_new_members, write);
    }
    /// A list of text values.
    pub fn texts(&mut self, name: &str, values: &[&str]) {
        self.list(name, values, |out, _, value| write_text(out, value));
    }
    /// A list of objects, one per item.
    pub fn objects<T>(&mut self, name: &str, items: &[T], write: impl Fn(&mut Object, &T)) {
        self.list(name, items, |out, has_new_members, item| {
            write_object(out, has_new_members, |object| write(object, item));
        });
    }
    /// A list of key and value pairs, Graph's `keyValue`.
    pub fn pairs(&mut self, name: &str, pairs: &[(&str, &str)]) {
        self.objects(name, pairs, |object, (key, value)| {
            object.text("key", key);
            object.text("value", value);
        });
    }
    /// A member whose value is JSON text already.
    pub fn raw(&mut self, name: &str, json: &str) {
        self.name(name);
        self.out.push_str(json);
    }

    fn list<T>(&mut self, name: &str, items: &[T], write: impl Fn(&mut String, bool, &T)) {
        self.name(name);
        self.out.push('[');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            write(self.out, self.has_new_members, item);
        }
        self.out.push(']');
    }

    fn name(&mut self, name: &str) {
        if !self.is_first {
            self.out.push(',');
        }
        self.is_first = false;
        self.out.push('"');
        self.out.push_str(name);
        self.out.push_str("\":");
    }
}

/// The text of a JSON string.
pub(crate) fn quoted(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    write_text(&mut out, value);
    out
}

fn write_text(out: &mut String, value: &str) {
    out.push('"');
    let mut done = 0;
    for (at, byte) in value.bytes().enumerate() {
        if byte != b'"' && byte != b'\\' && byte >= 0x20 {
            continue;
        }
        out.push_str(&value[done..at]);
        done = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            _ => out.push_str(&format!("\\u{byte:04x}")),
        }
    }
    out.push_str(&value[done..]);
    out.push('"');
}

/// The members of a JSON object's text: name without quotes, and the exact text of the value. The text must be valid JSON.
pub(crate) fn members(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text.trim_start().strip_prefix('{').unwrap_or("");
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches([',', ' ', '\n', '\r', '\t']);
        if !rest.starts_with('"') {
            return None;
        }
        let name_end = string_end(rest)?;
        let name = &rest[1..name_end - 1];
        rest = rest[name_end..].trim_start().strip_prefix(':')?.trim_start();
        let value_end = value_end(rest)?;
        let value = rest[..value_end].trim_end();
        rest = &rest[value_end..];
        Some((name, value))
    })
}

fn string_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

fn value_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 0_u32);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at += string_end(&text[at..])?,
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            b'}' | b']' if depth == 0 => return Some(at),
            b'}' | b']' => {
                depth -= 1;
                at += 1;
            }
            b',' if depth == 0 => return Some(at),
            _ => at += 1,
        }
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLOUR: NewMembers = NewMembers { sentinel: "unknownFutureValue", old: &["none", "red"] };

    #[test]
    fn writes_what_serde_reads() {
        let text = object(false, |o| {
            o.text("id", "a \"quoted\" \\ line\n\u{1}");
            o.decimal("latitude", -5_500_010);
            o.decimal("whole", 20_000);
            o.objects("steps", &[1, 2], |o, step| o.integer("n", *step));
        });
        let value: serde_json::Value = serde_json::from_str(&text).expect("valid JSON");
        assert_eq!(value["id"], "a \"quoted\" \\ line\n\u{1}");
        assert_eq!(value["latitude"], -550.001);
        assert_eq!(value["steps"][1]["n"], 2);
        assert!(text.contains("\"whole\":2,"), "{text}");
    }

    #[test]
    fn new_members_of_an_enum_need_to_be_asked_for() {
        let colours = |has_new_members| {
            object(has_new_members, |o| {
                o.member("a", &COLOUR, "red");
                o.member("b", &COLOUR, "red,ultraviolet");
            })
        };
        assert_eq!(colours(true), r#"{"a":"red","b":"red,ultraviolet"}"#);
        assert_eq!(colours(false), r#"{"a":"red","b":"unknownFutureValue"}"#);
    }

    #[test]
    fn members_keep_the_exact_text() {
        let text = "{ \"a\" : 1.50 , \"b\":[ {\"c\":\"],}\\\"\"} ],\"d\":null}";
        let found: Vec<_> = members(text).collect();
        assert_eq!(found, [("a", "1.50"), ("b", "[ {\"c\":\"],}\\\"\"} ]"), ("d", "null")]);
    }
}
