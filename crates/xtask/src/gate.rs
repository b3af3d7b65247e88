//! The whole gate: everything that must hold before a change is in.

use crate::{
    schemathesis,
    shell::{Done, Failure, command, has, root, run_heard},
    tidy, tools, web,
};
use std::time::{Duration, Instant};

/// How a part of the gate ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    /// A part that it builds on failed.
    Skipped,
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "FAILED",
            Self::Skipped => "skipped",
        }
    }
}

/// The parts so far.
#[derive(Default)]
pub(crate) struct Parts {
    went: Vec<(&'static str, Outcome, Duration)>,
    failures: Vec<(&'static str, Failure)>,
}

impl Parts {
    /// Runs a part, unless what it builds on failed; returns whether it passed.
    pub(crate) fn run(&mut self, name: &'static str, may_run: bool, part: impl FnOnce() -> Done) -> bool {
        if !may_run {
            self.went.push((name, Outcome::Skipped, Duration::ZERO));
            return false;
        }
        println!("\n=== {name}");
        let start = Instant::now();
        let done = part();
        let passed = done.is_ok();
        if let Err(failure) = done {
            println!("{failure}");
            self.failures.push((name, failure));
        }
        let took = start.elapsed();
        let outcome = if passed { Outcome::Passed } else { Outcome::Failed };
        println!("=== {name}: {} after {:.1} s", outcome.word(), took.as_secs_f64());
        self.went.push((name, outcome, took));
        passed
    }

    /// Says again why parts failed, prints the closing table, and fails if a part failed.
    pub(crate) fn close(&self) -> Done {
        for (name, failure) in &self.failures {
            println!("\n=== {name} failed\n{failure}");
        }
        println!("\n{}", self.table());
        if self.count(Outcome::Failed) == 0 { Ok(()) } else { Err(Failure::new("")) }
    }

    /// How each part went, as rows of a table in Markdown without their outer bars.
    pub(crate) fn rows(&self) -> Vec<String> {
        let row = |(name, outcome, took): &(&str, Outcome, Duration)| {
            format!("{name} | {}, {:.1} s", outcome.word(), took.as_secs_f64())
        };
        self.went.iter().map(row).collect()
    }

    /// Time of each part; the last line counts parts.
    fn table(&self) -> String {
        let mut lines = vec![format!("{:<24} {:>8}", "part", "seconds")];
        for (name, outcome, took) in &self.went {
            lines.push(format!("{name:<24} {:>8.1}  {}", took.as_secs_f64(), outcome.word()));
        }
        let total: Duration = self.went.iter().map(|(_, _, took)| *took).sum();
        lines.push(format!("{:<24} {:>8.1}\n", "in all", total.as_secs_f64()));
        let [passed, failed, skipped] =
            [Outcome::Passed, Outcome::Failed, Outcome::Skipped].map(|outcome| self.count(outcome));
        let skipped = if skipped == 0 { String::new() } else { format!(", {skipped} skipped") };
        lines.push(format!("{passed} passed, {failed} failed{skipped}"));
        lines.join("\n")
    }

    fn count(&self, wanted: Outcome) -> usize {
        self.went.iter().filter(|(_, outcome, _)| *outcome == wanted).count()
    }
}

/// Runs every part that can run, cheap ones first.
pub(crate) fn run_all() -> Done {
    let root = root();
    let in_web = root.join("web");
    let cargo = |line: &str| run_heard(command(&root, line));
    let npm = |line: &str| run_heard(command(&in_web, line));
    let mut parts = Parts::default();

    let tools = parts.run("tools", true, || {
        tools::get(&[tools::TO_BUILD, tools::TO_TEST].concat())?;
        tools::need_rust_components()?;
        tools::need_node()?;
        schemathesis::get()
    });
    parts.run("format", tools, || {
        cargo("cargo fmt --all --check")?;
        cargo("cargo fmt --manifest-path crates/fuzz/Cargo.toml --check")
    });
    parts.run("tidy", tools, tidy::run);
    let packages = parts.run("npm packages", tools, web::install);
    parts.run("pages: types and lints", packages, || npm("npm run check"));
    parts.run("pages: unit tests", packages, || npm("npm test"));
    let pages = parts.run("pages: build", packages, web::build);
    parts.run("clippy", tools, || cargo("cargo clippy --locked --workspace --all-targets -- -D warnings"));
    parts.run("fuzz targets", tools, || {
        cargo("cargo clippy --manifest-path crates/fuzz/Cargo.toml --target-dir target -- -D warnings")
    });
    parts.run("documents", tools, || {
        let mut doc = command(&root, "cargo doc --locked --no-deps --workspace");
        doc.env("RUSTDOCFLAGS", "-D warnings");
        run_heard(doc)
    });
    // What browsers run is of the same build as what tests run.
    let built = parts.run("tests: build", tools, || cargo("cargo test --locked --workspace --no-run"));
    parts.run("tests", built, || tests(&[]));
    parts.run("made-up requests", built, schemathesis::check);
    parts.run("browsers", pages && built, || browsers(&[], ALL));
    parts.run("browsers: roles apart", pages && built, || browsers(&[apart()], CALLS_AND_KILLS));
    parts.close()
}

/// Environment variables for tests.
pub(crate) type Settings = [(&'static str, String)];

/// All Rust tests: each in a process of its own where nextest is installed, which finds what hangs.
pub(crate) fn tests(settings: &Settings) -> Done {
    let cargo = |line: &str| {
        let mut tests = command(&root(), line);
        tests.envs(settings.iter().cloned());
        run_heard(tests)
    };
    if !has("cargo-nextest") {
        return cargo("cargo test --locked --workspace --no-fail-fast");
    }
    cargo("cargo nextest run --locked --workspace --no-fail-fast")?;
    cargo("cargo test --locked --workspace --doc")
}

/// Names of all browser tests.
pub(crate) const ALL: &str = ".";
/// Names of those that show within minutes that roles work as processes of their own.
const CALLS_AND_KILLS: &str = "two Chromium, recorded|killed in mid-call";
/// Makes browser tests run against three processes.
pub(crate) fn apart() -> (&'static str, String) {
    ("SWITCHROOM_ROLES", "apart".to_owned())
}

/// Real browsers against the binary that the tests' build made; `only` is a pattern of tests' names.
pub(crate) fn browsers(settings: &Settings, only: &str) -> Done {
    let root = root();
    let mut browsers = command(&root.join("web"), "npm run e2e --");
    browsers.arg(only);
    browsers.env("SWITCHROOM_BIN", root.join("target/debug/switchroom")).envs(settings.iter().cloned());
    run_heard(browsers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_part_closes_the_gate_but_only_what_needs_it_is_skipped() {
        let mut parts = Parts::default();
        let built = parts.run("build", true, || Err(Failure::new("no")));
        parts.run("tests", built, || panic!("nothing to test"));
        parts.run("format", true, || Ok(()));
        assert!(parts.close().is_err());
        assert!(parts.table().ends_with("\n1 passed, 1 failed, 1 skipped"), "{}", parts.table());
    }

    #[test]
    fn all_parts_passed() {
        let mut parts = Parts::default();
        assert!(parts.run("format", true, || Ok(())));
        assert!(parts.close().is_ok());
        assert!(parts.table().ends_with("\n1 passed, 0 failed"));
    }
}
