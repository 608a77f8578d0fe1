//! A cloud that is not in the list, as whoever deploys the page describes it in a file. See `docs/clouds.md`.

use std::{fs, path::Path};

use serde_json::{Map, Value};

use crate::clouds::{self, Cloud, FIELDS, NoOrigin, Wrong};

/// The cloud that a file describes.
pub fn read(path: &Path) -> Result<&'static Cloud, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    parse(&text).map_err(|problem| format!("{}: {problem}", path.display()))
}

/// The cloud that a JSON object describes, each field by its name.
pub fn parse(text: &str) -> Result<&'static Cloud, String> {
    let names = || FIELDS.map(|name| format!("\"{name}\"")).join(", ");
    let object: Map<String, Value> =
        serde_json::from_str(text).map_err(|error| format!("should be a JSON object with {}: {error}", names()))?;
    if let Some(unknown) = object.keys().find(|key| !FIELDS.contains(&key.as_str())) {
        return Err(format!("\"{unknown}\" means nothing here; a cloud has {}", names()));
    }
    let mut description = [""; FIELDS.len()];
    for (name, field) in FIELDS.iter().zip(&mut description) {
        let value = object.get(*name).ok_or(format!("\"{name}\" is missing; a cloud has {}", names()))?;
        *field = value.as_str().ok_or(format!("\"{name}\" should be a text"))?;
    }
    clouds::checked(description).map_err(|wrong| what_to_do(wrong, &description))
}

/// A cloud as [`parse`] reads it; what the start code passes to the page.
pub fn described(cloud: &Cloud) -> Value {
    FIELDS.into_iter().zip(cloud.described()).map(|(name, field)| (name.to_owned(), Value::from(field))).collect()
}

fn what_to_do(wrong: Wrong, description: &[&str; FIELDS.len()]) -> String {
    let [id, ..] = description;
    match wrong {
        Wrong::Id => {
            format!("\"id\" should be 1 to 40 small letters, digits and hyphens, such as \"own-cloud\"; it is {id:?}")
        }
        Wrong::IdTaken => {
            format!(
                "\"{id}\" is a cloud that is known here with other hosts: choose another \"id\", or build with --cloud {id}"
            )
        }
        Wrong::GraphTaken(listed) => {
            format!("{} belongs to a cloud that is known here: build with --cloud {}", listed.graph, listed.id)
        }
        Wrong::Environment => "\"environment\" should be the name that Connect-MgGraph takes after -Environment: \
             1 to 40 letters, digits, hyphens and underscores"
            .to_owned(),
        Wrong::Origin { field, reason } => {
            let at = FIELDS.iter().position(|name| *name == field).unwrap_or_default();
            let reason = match reason {
                NoOrigin::NotHttps => "begin it with https://",
                NoOrigin::UserInfo => "leave out everything up to the @",
                NoOrigin::Wildcard => "name one host instead of the *",
                NoOrigin::Path => "leave out everything after the host, also a slash",
                NoOrigin::Port => "leave out the port",
                NoOrigin::Host => "write the host's full domain name, in small letters",
            };
            format!(
                "\"{field}\" should be an origin, such as \"https://{field}.cloud.example\"; it is {:?}: {reason}",
                description[at]
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn own() -> Value {
        json!({
            "id": "own", "login": "https://login.cloud.example", "graph": "https://graph.cloud.example",
            "portal": "https://portal.cloud.example", "environment": "Own",
        })
    }

    fn with(name: &str, value: &str) -> Result<&'static Cloud, String> {
        let mut own = own();
        own[name] = value.into();
        parse(&own.to_string())
    }

    #[test]
    fn a_file_describes_a_cloud_that_can_be_described_again() {
        let cloud = parse(&own().to_string()).expect("a cloud with everything");
        assert_eq!((cloud.graph, cloud.is_listed()), ("https://graph.cloud.example", false));
        assert_eq!(described(cloud), own());
        for listed in clouds::CLOUDS {
            assert_eq!(parse(&described(listed).to_string()), Ok(listed), "what a build passes to itself");
        }
    }

    #[test]
    fn whatever_is_wrong_is_said_with_what_to_do() {
        for (name, value, told) in [
            ("id", "Own Cloud", "small letters, digits and hyphens"),
            ("id", "china", "choose another \"id\", or build with --cloud china"),
            ("graph", "https://graph.microsoft.us", "build with --cloud us-gov"),
            (
                "graph",
                "http://graph.cloud.example",
                "\"https://graph.cloud.example\"; it is \"http://graph.cloud.example\": begin it with https://",
            ),
            ("login", "https://login.cloud.example/", "leave out everything after the host"),
            ("login", "https://user@login.cloud.example", "everything up to the @"),
            ("portal", "https://*.cloud.example", "one host instead of the *"),
            ("portal", "https://portal.cloud.example:8443", "leave out the port"),
            ("graph", "https://localhost", "full domain name"),
            ("graph", "https://graph.cloud.example; script-src", "full domain name"),
            ("environment", "Own; Remove-Item", "Connect-MgGraph"),
        ] {
            let problem = with(name, value).expect_err(value);
            assert!(problem.contains(told), "{value}: {problem}");
        }
        for (text, told) in [
            ("", "should be a JSON object with \"id\", \"login\""),
            ("[]", "should be a JSON object"),
            (r#"{"id":"own"}"#, "\"login\" is missing"),
            (r#"{"id":1}"#, "\"id\" should be a text"),
            (r#"{"grpah":"x"}"#, "\"grpah\" means nothing here"),
        ] {
            let problem = parse(text).expect_err(text);
            assert!(problem.contains(told), "{text}: {problem}");
        }
        let problem = read(Path::new("no/such/cloud.json")).expect_err("there is no such file");
        assert!(problem.starts_with("no/such/cloud.json: "), "{problem}");
    }
}
