//! The command line.

use std::path::{Path, PathBuf};

use crate::{
    cloud_file,
    clouds::{self, Cloud},
    fuzz,
};

pub const USAGE: &str = "usage:
  cargo xtask serve [--release] [--port N] [CLOUD]        build, serve and rebuild on change
  cargo xtask build [--release] [CLOUD]                   leave the page and extension in dist/
  cargo xtask test [lint|native|browser|e2e …]            all tests, or these parts
  cargo xtask bench [--native|--page]                     measure the engine; build its page for a bench into dist-bench/
  cargo xtask tenant [ARGUMENTS]                          start the made-up tenant's HTTPS server
  cargo xtask query DIR --report REPORT [ARGUMENTS]       ask recorded Graph responses; --help says what
  cargo xtask fuzz [TARGET …] [--minutes N]               all fuzz targets, or these; see fuzz/README.md
CLOUD is --cloud ID, one of those that are known here (default global), or --cloud-file FILE for another; see docs/clouds.md";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Serve,
    Build,
    Test,
    Bench,
    Tenant,
    Query,
    Fuzz,
    /// Called by Trunk only.
    PostBuild,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Lint,
    Native,
    Browser,
    EndToEnd,
}

impl Part {
    pub const ALL: [Self; 4] = [Self::Lint, Self::Native, Self::Browser, Self::EndToEnd];

    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "lint" => Self::Lint,
            "native" => Self::Native,
            "browser" => Self::Browser,
            "e2e" => Self::EndToEnd,
            _ => return None,
        })
    }
}

/// What `bench` is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Benches {
    All,
    /// Micro-benchmarks on this machine.
    Native,
    /// The page that takes part in a bench of browser engines.
    Page,
}

/// What `fuzz` is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fuzzing {
    /// The targets, in the order they run.
    pub targets: Vec<String>,
    /// How long each of them runs.
    pub minutes: u64,
    /// `none`, `address`, or another that the compiler knows.
    pub sanitizer: String,
    /// An input that failed, to make smaller, instead of fuzzing.
    pub shrink: Option<PathBuf>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Arguments {
    pub verb: Verb,
    pub is_release: bool,
    pub port: u16,
    /// The cloud to build for.
    pub cloud: &'static Cloud,
    /// Parts of `test`, in the order they run.
    pub parts: Vec<Part>,
    pub benches: Benches,
    pub fuzzing: Fuzzing,
    /// What `tenant` and `query` pass on.
    pub rest: Vec<String>,
}

impl Arguments {
    pub fn parse(words: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut words = words.into_iter();
        let verb = match words.next().as_deref() {
            Some("serve") => Verb::Serve,
            Some("build") => Verb::Build,
            Some("test") => Verb::Test,
            Some("bench") => Verb::Bench,
            Some("tenant") => Verb::Tenant,
            Some("query") => Verb::Query,
            Some("fuzz") => Verb::Fuzz,
            Some("post-build") => Verb::PostBuild,
            Some("help" | "--help" | "-h") => {
                println!("{USAGE}");
                std::process::exit(0);
            }
            _ => return Err(USAGE.to_owned()),
        };
        let mut arguments = Self {
            verb,
            is_release: false,
            port: 8080,
            cloud: &clouds::CLOUDS[0],
            parts: Vec::new(),
            benches: Benches::All,
            fuzzing: Fuzzing { targets: Vec::new(), minutes: 2, sanitizer: "none".to_owned(), shrink: None },
            rest: Vec::new(),
        };
        if matches!(verb, Verb::Tenant | Verb::Query) {
            arguments.rest = words.collect();
            return Ok(arguments);
        }
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} needs a value\n{USAGE}"));
            match (verb, word.as_str()) {
                (Verb::Serve | Verb::Build, "--release") => arguments.is_release = true,
                (Verb::Serve | Verb::Build, "--cloud") => arguments.cloud = known_cloud(&value()?)?,
                (Verb::Serve | Verb::Build, "--cloud-file") => {
                    arguments.cloud = cloud_file::read(Path::new(&value()?))?;
                }
                (Verb::Serve, "--port") => {
                    let port = value()?;
                    arguments.port = port.parse().map_err(|_| format!("not a port: {port}"))?;
                }
                (Verb::Fuzz, "--minutes") => {
                    let minutes = value()?;
                    arguments.fuzzing.minutes = minutes.parse().map_err(|_| format!("not minutes: {minutes}"))?;
                }
                (Verb::Fuzz, "--sanitizer") => arguments.fuzzing.sanitizer = value()?,
                (Verb::Fuzz, "--shrink") => arguments.fuzzing.shrink = Some(value()?.into()),
                (Verb::Fuzz, target) if fuzz::TARGETS.contains(&target) => arguments.fuzzing.targets.push(word),
                (Verb::Bench, "--native") if arguments.benches != Benches::Page => arguments.benches = Benches::Native,
                (Verb::Bench, "--page") if arguments.benches != Benches::Native => arguments.benches = Benches::Page,
                (Verb::Test, part) if Part::parse(part).is_some() => arguments.parts.extend(Part::parse(part)),
                _ => return Err(format!("unexpected {word}\n{USAGE}")),
            }
        }
        if verb == Verb::Test && arguments.parts.is_empty() {
            arguments.parts = Part::ALL.to_vec();
        }
        if verb == Verb::Fuzz {
            arguments.fuzzing.complete()?;
        }
        Ok(arguments)
    }
}

impl Fuzzing {
    fn complete(&mut self) -> Result<(), String> {
        if self.shrink.is_some() && self.targets.len() != 1 {
            return Err(format!("--shrink needs the one target whose find it is\n{USAGE}"));
        }
        if self.targets.is_empty() {
            self.targets = fuzz::TARGETS.iter().map(|target| (*target).to_owned()).collect();
        }
        Ok(())
    }
}

fn known_cloud(id: &str) -> Result<&'static Cloud, String> {
    clouds::cloud(id).ok_or_else(|| {
        let ids: Vec<_> = clouds::CLOUDS.iter().map(|cloud| cloud.id).collect();
        format!("no cloud is called {id}; there are {}, and --cloud-file for others", ids.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, String> {
        Arguments::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn a_bare_test_runs_every_part() {
        assert_eq!(parse("test").map(|arguments| arguments.parts), Ok(Part::ALL.to_vec()));
    }

    #[test]
    fn serve_takes_its_options_in_any_order() {
        let arguments = parse("serve --port 9000 --cloud us-gov --release").expect("all of them are options of serve");
        assert_eq!((arguments.port, arguments.cloud.id, arguments.is_release), (9000, "us-gov", true));
    }

    #[test]
    fn an_unknown_cloud_names_the_known_ones() {
        let message = parse("build --cloud moon").expect_err("there is no such cloud");
        assert!(message.contains("moon") && message.contains("global") && message.contains("china"), "{message}");
    }

    #[test]
    fn another_cloud_is_described_by_a_file() {
        assert_eq!(parse("build").map(|arguments| arguments.cloud), Ok(&clouds::CLOUDS[0]));
        let message = parse("build --cloud-file no/such/cloud.json").expect_err("there is no such file");
        assert!(message.starts_with("no/such/cloud.json: "), "{message}");
    }

    #[test]
    fn a_bare_fuzz_runs_every_target() {
        let fuzzing = parse("fuzz --minutes 20").expect("minutes are an option of fuzz").fuzzing;
        assert_eq!((&fuzzing.targets[..], fuzzing.minutes), (&fuzz::TARGETS.map(str::to_owned)[..], 20));
        assert!(parse("fuzz --shrink out/fuzz/finds/ingest-crash").is_err());
        assert!(parse("fuzz egress").is_err());
    }

    #[test]
    fn a_bare_bench_measures_and_builds_the_page() {
        let benches = |line| parse(line).map(|arguments| arguments.benches);
        assert_eq!(benches("bench"), Ok(Benches::All));
        assert_eq!(benches("bench --native"), Ok(Benches::Native));
        assert_eq!(benches("bench --page"), Ok(Benches::Page));
        assert!(benches("bench --page --native").is_err() && benches("build --page").is_err());
    }

    #[test]
    fn a_part_is_no_option_of_build() {
        assert!(parse("build e2e").is_err());
    }
}
