//! Counts tests over all parts, from what each test runner prints.

use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    /// Name and time of each part, in the order they ran.
    times: Vec<(String, Duration)>,
    /// What failed, in one line each.
    failures: Vec<String>,
}

impl Tally {
    /// A part that is one check, such as formatting.
    pub fn check(&mut self, name: &str, part: impl FnOnce() -> Result<(), String>) -> bool {
        self.part(name, |tally| {
            let outcome = part();
            tally.passed += u64::from(outcome.is_ok());
            outcome
        })
    }

    /// A part that counts by itself. A failure that no count accounts for is one failed test.
    pub fn part(&mut self, name: &str, part: impl FnOnce(&mut Self) -> Result<(), String>) -> bool {
        println!("\n==== {name}");
        let start = Instant::now();
        let failed = self.failed;
        let outcome = part(self);
        if outcome.is_err() && self.failed == failed {
            self.failed += 1;
        }
        if let Err(message) = &outcome {
            eprintln!("xtask: {message}");
        }
        if self.failed > failed {
            self.failures.push(match outcome {
                Err(message) => format!("{name}: {}", message.lines().next().unwrap_or_default()),
                Ok(()) => name.to_owned(),
            });
        }
        self.times.push((name.to_owned(), start.elapsed()));
        self.failed == failed
    }

    /// A line of cargo's test harness or of wasm-bindgen-test, `test result: ok. 3 passed; 0 failed; 0 ignored; …`.
    /// An ignored test counts as failed: this project has none.
    pub fn hear_harness(&mut self, line: &str) {
        let Some((_, counts)) = line.split_once("test result: ") else { return };
        let count = |word: &str| -> u64 {
            let number = counts.split([';', '.']).find_map(|part| part.trim().strip_suffix(word)?.trim().parse().ok());
            number.unwrap_or(0)
        };
        self.passed += count("passed");
        self.failed += count("failed") + count("ignored");
    }

    /// A line of node's TAP summary, `# pass 3`. Skipped and open tests count as failed.
    pub fn hear_tap(&mut self, line: &str) {
        let Some((word, number)) = line.strip_prefix("# ").and_then(|rest| rest.split_once(' ')) else { return };
        let Ok(number) = number.trim().parse::<u64>() else { return };
        match word {
            "pass" => self.passed += number,
            "fail" | "cancelled" | "skipped" | "todo" => self.failed += number,
            _ => {}
        }
    }

    /// Time per part, what failed, and the counts in the last line.
    pub fn report(&self) -> String {
        let mut report = String::from("\n==== time\n");
        for (name, time) in &self.times {
            report.push_str(&format!("{:>7.1} s  {name}\n", time.as_secs_f64()));
        }
        for failure in &self.failures {
            report.push_str(&format!("failed: {failure}\n"));
        }
        report.push_str(&format!("{} passed, {} failed", self.passed, self.failed));
        report
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(hear: fn(&mut Tally, &str), lines: &str, passed: u64, failed: u64) {
        let mut tally = Tally::default();
        lines.lines().for_each(|line| hear(&mut tally, line));
        assert_eq!((tally.passed, tally.failed), (passed, failed), "{lines}");
    }

    #[test]
    fn the_harness_of_cargo_is_counted() {
        let lines = "running 3 tests
test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
test result: FAILED. 10 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        check(Tally::hear_harness, lines, 13, 3);
    }

    #[test]
    fn the_summary_of_node_is_counted() {
        check(
            Tally::hear_tap,
            "ok 1 - a\n# tests 7\n# suites 0\n# pass 3\n# fail 1\n# cancelled 1\n# skipped 1\n# todo 1\n# duration_ms 12.5",
            3,
            4,
        );
    }

    #[test]
    fn a_part_that_stops_without_a_count_is_one_failure() {
        let mut tally = Tally::default();
        assert!(!tally.part("browser", |_| Err("no driver".to_owned())));
        assert!(tally.check("formatting", || Ok(())));
        assert!(!tally.part("native", |tally| {
            tally.failed += 2;
            Err("cargo test failed".to_owned())
        }));
        let report = tally.report();
        assert!(report.contains("failed: browser: no driver\n"), "{report}");
        assert_eq!(report.lines().last(), Some("1 passed, 3 failed"));
    }
}
