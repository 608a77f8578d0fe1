//! `cargo xtask fuzz`: the fuzz targets of `fuzz/`, each for some minutes, two at a time where there are two cores.
//!
//! They are built by the toolchain of `rust-toolchain.toml`: the flags that coverage needs are unstable, and one variable
//! allows them. No nightly toolchain is needed, and what is fuzzed is compiled by the compiler that builds the product.
//! Without `--sanitizer address` there is none: the engine has no unsafe code, and without one three times as much is tried.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use crate::{
    arguments::Fuzzing,
    setup::{self, Need},
    shell::{Shell, say},
};

/// The fuzz targets: the names of the files in `fuzz/fuzz_targets/`.
pub const TARGETS: [&str; 2] = ["ingest", "filter"];

/// The longest input that is tried: the largest sample of a report, twice, fits.
const INPUT_BYTES_MAX: u32 = 24_000;
/// The longest that one input may take; the slowest of a good build take milliseconds.
const INPUT_SECS_MAX: u32 = 10;
const MEMORY_MB_MAX: u32 = 2_048;

pub fn run(shell: &Shell, fuzzing: &Fuzzing) -> Result<(), String> {
    setup::ensure(shell, &[Need::CargoFuzz])?;
    let place = Place::new(shell, &fuzzing.sanitizer)?;
    say("building the fuzz targets: a minute when nothing is built yet");
    build(shell, fuzzing, &place)?;
    place.write_seeds(shell)?;
    if let Some(find) = &fuzzing.shrink {
        return shrink(shell, &place, &fuzzing.targets[0], find);
    }
    let (names, minutes) = (fuzzing.targets.join(" and "), fuzzing.minutes);
    say(&format!("fuzzing {names} for {minutes} min each; what they say goes to {}", place.out.display()));
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let mut ends: Vec<Result<End, String>> = Vec::new();
    for targets in fuzzing.targets.chunks(cores) {
        let (shell, place) = (&shell, &place);
        let found = thread::scope(|scope| {
            let all = targets.iter().map(|target| scope.spawn(move || fuzz(shell, place, target, minutes)));
            let all: Vec<_> = all.collect();
            all.into_iter()
                .map(|one| one.join().map_err(|_| "a fuzzing thread panicked".to_owned()))
                .collect::<Vec<_>>()
        });
        ends.extend(found.into_iter().map(|end| end.and_then(|end| end)));
    }
    let ends = ends.into_iter().collect::<Result<Vec<_>, String>>()?;
    ends.iter().for_each(|end| println!("{}", end.report(&place)));
    let finds = ends.iter().filter(|end| end.find.is_some()).count();
    println!("fuzzing: {} targets, {minutes} min each, {finds} finds", ends.len());
    if finds == 0 { Ok(()) } else { Err("fuzzing found something".to_owned()) }
}

/// Where things of the fuzzer are.
struct Place {
    /// Built programs.
    target: PathBuf,
    triple: String,
    /// Seeds, corpus, logs and finds.
    out: PathBuf,
}

impl Place {
    fn new(shell: &Shell, sanitizer: &str) -> Result<Self, String> {
        let version = shell.captured(shell.command("rustc").arg("-vV"))?;
        let triple = version.lines().find_map(|line| line.strip_prefix("host: ")).ok_or("rustc names no host")?;
        let out = shell.root.join("out/fuzz");
        for folder in ["finds", "seeds"] {
            make(&out.join(folder))?;
        }
        let base = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| shell.root.join("target"), PathBuf::from);
        Ok(Self { target: base.join(format!("fuzz-{sanitizer}")), triple: triple.to_owned(), out })
    }
    fn program(&self, name: &str) -> PathBuf {
        self.target.join(&self.triple).join("release").join(name)
    }
    fn finds(&self, target: &str) -> PathBuf {
        self.out.join("finds").join(format!("{target}-"))
    }
    fn write_seeds(&self, shell: &Shell) -> Result<(), String> {
        let mut command = shell.command("cargo");
        command.args(["run", "--quiet", "--manifest-path=fuzz/Cargo.toml", "--bin=seeds"]);
        command.arg("--target-dir").arg(&self.target).arg("--").arg(self.out.join("seeds"));
        shell.run(&mut command)
    }
}

/// How the fuzzing of one target ended.
struct End {
    target: String,
    runs: u64,
    time: Duration,
    /// The input that it failed on.
    find: Option<PathBuf>,
}

impl End {
    fn report(&self, place: &Place) -> String {
        let Self { target, runs, time, find } = self;
        let what = format!("{target}: {runs} runs in {} s", time.as_secs());
        match find {
            None => format!("{what}, no find"),
            Some(find) => format!(
                "{what}, then it failed on {}\n  why: {}\n  smaller: cargo xtask fuzz {target} --shrink {}",
                find.display(),
                place.out.join(format!("{target}.log")).display(),
                find.display(),
            ),
        }
    }
}

fn build(shell: &Shell, fuzzing: &Fuzzing, place: &Place) -> Result<(), String> {
    for target in &fuzzing.targets {
        let mut command = shell.command("cargo");
        command.args(["fuzz", "build", target, "--sanitizer", &fuzzing.sanitizer, "--target-dir"]).arg(&place.target);
        // Allows the unstable flags of coverage.
        shell.run(command.env("RUSTC_BOOTSTRAP", "1"))?;
    }
    Ok(())
}

fn fuzz(shell: &Shell, place: &Place, target: &str, minutes: u64) -> Result<End, String> {
    let (corpus, seeds) = (place.out.join("corpus").join(target), place.out.join("seeds"));
    make(&corpus)?;
    let log = place.out.join(format!("{target}.log"));
    let to_log = || File::create(&log).and_then(|file| Ok((file.try_clone()?, file)));
    let (output, errors) = to_log().map_err(|error| format!("{}: {error}", log.display()))?;
    let before = finds(place, target);
    let mut command = shell.command(&place.program(target).to_string_lossy());
    command
        .arg(&corpus)
        .arg(seeds.join(target))
        .arg(format!("-dict={}", seeds.join(format!("{target}.dict")).display()))
        .arg(format!("-artifact_prefix={}", place.finds(target).display()))
        .arg(format!("-max_total_time={}", minutes * 60))
        .arg(format!("-max_len={INPUT_BYTES_MAX}"))
        .arg(format!("-timeout={INPUT_SECS_MAX}"))
        .arg(format!("-rss_limit_mb={MEMORY_MB_MAX}"))
        .arg("-print_final_stats=1")
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(errors);
    let start = Instant::now();
    let outcome = shell.run(&mut command);
    let time = start.elapsed();
    let find = finds(place, target).into_iter().find(|find| !before.contains(find));
    let said = fs::read_to_string(&log).map_err(|error| format!("{}: {error}", log.display()))?;
    match outcome {
        Err(message) if find.is_none() => Err(format!("{message}; see {}", log.display())),
        _ => Ok(End { target: target.to_owned(), runs: runs(&said), time, find }),
    }
}

/// How many inputs were tried, from what libFuzzer says at the end.
fn runs(said: &str) -> u64 {
    let counts = said.lines().filter_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    counts.filter_map(|count| count.trim().parse().ok()).next_back().unwrap_or(0)
}

fn finds(place: &Place, target: &str) -> Vec<PathBuf> {
    let prefix = format!("{target}-");
    let entries = fs::read_dir(place.out.join("finds")).into_iter().flatten().filter_map(Result::ok);
    let is_its = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&prefix));
    entries.map(|entry| entry.path()).filter(is_its).collect()
}

/// Looks for a smaller input that fails as well.
fn shrink(shell: &Shell, place: &Place, target: &str, find: &Path) -> Result<(), String> {
    let mut command = shell.command(&place.program(target).to_string_lossy());
    command
        .args(["-minimize_crash=1", "-max_total_time=60"])
        .arg(format!("-artifact_prefix={}", place.finds(target).display()))
        .arg(find);
    shell.run(&mut command)
}

fn make(folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_its_file_and_is_built() {
        let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
        let manifest = fs::read_to_string(fuzz.join("Cargo.toml")).expect("the folder is part of the repository");
        for target in TARGETS {
            assert!(manifest.contains(&format!("path = \"fuzz_targets/{target}.rs\"")), "{target} is not built");
        }
        let files = fs::read_dir(fuzz.join("fuzz_targets")).expect("the folder is part of the repository");
        assert_eq!(files.count(), TARGETS.len());
    }

    #[test]
    fn runs_are_read_from_the_last_count() {
        assert_eq!(runs("stat::number_of_executed_units: 64826\nstat::average_exec_per_sec:     2091\n"), 64_826);
        assert_eq!(runs("==1== ERROR: libFuzzer: deadly signal\n"), 0);
    }
}
