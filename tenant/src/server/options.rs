//! What the command line can say.

use std::path::PathBuf;

use super::app::Mount;
use crate::Scale;

/// Options of the server.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerOptions {
    /// Port on loopback; 0 for any free one.
    pub port: u16,
    /// Seed of the tenant.
    pub seed: u64,
    /// Days of history.
    pub days: u32,
    /// Number of rows.
    pub scale: Scale,
    /// Where the tenant's clock starts, in milliseconds since 1970; `None` for the real time.
    pub now: Option<i64>,
    /// Client id of the registered app.
    pub client_id: String,
    /// Tenant id; `None` for the generated one.
    pub tenant_id: Option<String>,
    /// Redirect URIs besides those of the mounts.
    pub redirect_uris: Vec<String>,
    /// Scopes that were granted to everybody before the start.
    pub granted_scopes: Vec<String>,
    /// Life of an access token in seconds.
    pub access_token_secs: i64,
    /// Recorded responses to serve instead of a generated history.
    pub records: Option<PathBuf>,
    /// Folders to serve as the app.
    pub mounts: Vec<Mount>,
    /// False to answer without the service's limit.
    pub is_limited: bool,
    /// False for a tenant with the free edition.
    pub has_premium: bool,
    /// Print the known answers and end.
    pub is_answers_wanted: bool,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            port: 0,
            seed: 1,
            days: 30,
            scale: Scale::Factor(1.0),
            now: None,
            client_id: "6a7e0b00-c0de-4000-8000-000000000001".to_owned(),
            tenant_id: None,
            redirect_uris: Vec::new(),
            granted_scopes: vec!["AuditLog.Read.All".to_owned(), "User.Read".to_owned()],
            access_token_secs: 3600,
            records: None,
            mounts: Vec::new(),
            is_limited: true,
            has_premium: true,
            is_answers_wanted: false,
        }
    }
}

/// Help text.
pub const USAGE: &str = "\
A made-up Entra tenant over HTTPS on loopback. It answers for login.microsoftonline.com, graph.microsoft.com, their
counterparts in the other clouds, login.cloud.example and graph.cloud.example, the hosts of --app, and control.tenant.example.
Start a browser with
--host-resolver-rules=\"MAP * 127.0.0.1:PORT\" --ignore-certificate-errors

  --port N               port; 0 for any free one (default 0)
  --seed N               which tenant (default 1)
  --days N               days of history (default 30)
  --scale X              so many times the usual number of rows (default 1)
  --rows N               about so many rows instead
  --now INSTANT          where the tenant's clock starts, such as 2026-11-25T08:00:00Z (default: the real time)
  --records DIR          serve DIR/<report>/*.json instead of a generated history
  --app DIR[=HOST[/P]]   serve a folder as the app (default host gatebook.example); may be repeated
  --client-id ID         registered client id
  --tenant ID            tenant id
  --redirect-uri URI     further registered redirect URI; may be repeated
  --granted LIST         scopes granted to everybody, with commas (default AuditLog.Read.All,User.Read)
  --token-life SECONDS   life of an access token (default 3600)
  --limit on|off         the service's limit of 5 requests in 10 seconds (default on)
  --premium on|off       Entra ID P1 (default on)
  --print-answers        print the known answers to the nine questions and end
";

impl ServerOptions {
    /// Reads arguments, without the program's name.
    ///
    /// # Errors
    /// What is wrong, in words; empty when help was asked for.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let (name, inline) = match argument.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (argument, None),
            };
            match name.as_str() {
                "--print-answers" => options.is_answers_wanted = true,
                "--help" | "-h" => return Err(String::new()),
                _ => {
                    let value = inline.or_else(|| arguments.next()).ok_or_else(|| format!("{name} needs a value"))?;
                    options.set(&name, &value)?;
                }
            }
        }
        Ok(options)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "--port" => self.port = number(name, value)?,
            "--seed" => self.seed = number(name, value)?,
            "--days" => self.days = number(name, value)?,
            "--scale" => self.scale = Scale::Factor(number(name, value)?),
            "--rows" => self.scale = Scale::Rows(number(name, value)?),
            "--now" => {
                let instant: Result<jiff::Timestamp, _> = value.parse();
                self.now = Some(instant.map_err(|error| format!("{name} {value}: {error}"))?.as_millisecond());
            }
            "--records" => self.records = Some(value.into()),
            "--app" => self.mounts.push(Mount::parse(value)),
            "--client-id" => self.client_id = value.to_owned(),
            "--tenant" => self.tenant_id = Some(value.to_ascii_lowercase()),
            "--redirect-uri" => self.redirect_uris.push(value.to_owned()),
            "--granted" => {
                self.granted_scopes = value.split(',').filter(|s| !s.is_empty()).map(str::to_owned).collect()
            }
            "--token-life" => self.access_token_secs = number(name, value)?,
            "--limit" => self.is_limited = switch(name, value)?,
            "--premium" => self.has_premium = switch(name, value)?,
            _ => return Err(format!("unknown option {name}")),
        }
        Ok(())
    }
}

fn number<T: std::str::FromStr>(name: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("{name}: {value} is no number it can take"))
}

fn switch(name: &str, value: &str) -> Result<bool, String> {
    match value {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(format!("{name} is on or off, not {value}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<ServerOptions, String> {
        ServerOptions::parse(text.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_are_read_in_both_spellings() {
        let options = parse("--port 4 --days=7 --app dist=portal.example/x --limit off --now 1970-01-01T00:00:01Z");
        let options = options.expect("valid options");
        assert_eq!((options.port, options.days, options.is_limited, options.now), (4, 7, false, Some(1000)));
        assert_eq!(options.mounts, [Mount::parse("dist=portal.example/x")]);
    }

    #[test]
    fn wrong_options_are_named() {
        for (text, wrong) in [
            ("--port x", "--port: x is no number it can take"),
            ("--limit maybe", "--limit is on or off, not maybe"),
            ("--bogus 1", "unknown option --bogus"),
            ("--seed", "--seed needs a value"),
        ] {
            assert_eq!(parse(text), Err(wrong.to_owned()));
        }
    }
}
