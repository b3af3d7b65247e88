//! The whole gate: everything that must hold before a change is in.

use crate::{
    shell::{Done, Failure, command, has, root, run},
    tidy, tools, web,
};
use std::time::{Duration, Instant};

/// How a part of the gate ended.
enum Outcome {
    Passed,
    Failed,
    /// A part that it builds on failed.
    Skipped,
}

/// The parts so far.
#[derive(Default)]
pub(crate) struct Parts(Vec<(&'static str, Outcome, Duration)>);

impl Parts {
    /// Runs a part, unless what it builds on failed; returns whether it passed.
    pub(crate) fn run(&mut self, name: &'static str, may_run: bool, part: impl FnOnce() -> Done) -> bool {
        if !may_run {
            self.0.push((name, Outcome::Skipped, Duration::ZERO));
            return false;
        }
        println!("\n=== {name}");
        let start = Instant::now();
        let done = part();
        let passed = done.is_ok();
        if let Err(failure) = done {
            println!("{failure}");
        }
        let took = start.elapsed();
        println!("=== {name}: {} after {:.1} s", if passed { "passed" } else { "FAILED" }, took.as_secs_f64());
        self.0.push((name, if passed { Outcome::Passed } else { Outcome::Failed }, took));
        passed
    }

    /// The closing table; its last line counts parts.
    pub(crate) fn close(&self) -> Done {
        let total: Duration = self.0.iter().map(|(_, _, took)| *took).sum();
        println!("\n{:<24} {:>8}", "part", "seconds");
        for (name, outcome, took) in &self.0 {
            let outcome = match outcome {
                Outcome::Passed => "",
                Outcome::Failed => "  FAILED",
                Outcome::Skipped => "  skipped",
            };
            println!("{name:<24} {:>8.1}{outcome}", took.as_secs_f64());
        }
        println!("{:<24} {:>8.1}", "in all", total.as_secs_f64());
        let count = |wanted: fn(&Outcome) -> bool| self.0.iter().filter(|(_, outcome, _)| wanted(outcome)).count();
        let passed = count(|outcome| matches!(outcome, Outcome::Passed));
        let failed = count(|outcome| matches!(outcome, Outcome::Failed));
        let skipped = count(|outcome| matches!(outcome, Outcome::Skipped));
        let skipped = if skipped == 0 { String::new() } else { format!(", {skipped} skipped") };
        println!("\n{passed} passed, {failed} failed{skipped}");
        if failed == 0 { Ok(()) } else { Err(Failure::new("The gate is closed.")) }
    }
}

/// Runs every part that can run, cheap ones first.
pub(crate) fn run_all() -> Done {
    let root = root();
    let in_web = root.join("web");
    let cargo = |line: &str| run(command(&root, line));
    let npm = |line: &str| run(command(&in_web, line));
    let mut parts = Parts::default();

    let tools = parts.run("tools", true, || {
        tools::get(&[tools::TO_BUILD, tools::TO_TEST].concat())?;
        tools::need_rust_components()?;
        tools::need_node()
    });
    parts.run("format", tools, || cargo("cargo fmt --all --check"));
    parts.run("tidy", tools, tidy::run);
    let packages = parts.run("npm packages", tools, web::install);
    parts.run("pages: types and lints", packages, || npm("npm run check"));
    parts.run("pages: unit tests", packages, || npm("npm test"));
    let pages = parts.run("pages: build", packages, web::build);
    parts.run("clippy", tools, || cargo("cargo clippy --locked --workspace --all-targets -- -D warnings"));
    parts.run("documents", tools, || {
        let mut doc = command(&root, "cargo doc --locked --no-deps --workspace");
        doc.env("RUSTDOCFLAGS", "-D warnings");
        run(doc)
    });
    // What browsers run is of the same build as what tests run.
    let built = parts.run("tests: build", tools, || cargo("cargo test --locked --workspace --no-run"));
    parts.run("tests", built, || tests(&[]));
    parts.run("browsers", pages && built, || browsers(&[]));
    parts.close()
}

/// Environment variables for tests.
pub(crate) type Settings = [(&'static str, String)];

/// All Rust tests: each in a process of its own where nextest is installed, which finds what hangs.
pub(crate) fn tests(settings: &Settings) -> Done {
    let cargo = |line: &str| {
        let mut tests = command(&root(), line);
        tests.envs(settings.iter().cloned());
        run(tests)
    };
    if !has("cargo-nextest") {
        return cargo("cargo test --locked --workspace --no-fail-fast");
    }
    cargo("cargo nextest run --locked --workspace --no-fail-fast")?;
    cargo("cargo test --locked --workspace --doc")
}

/// Real browsers against the binary that the tests' build made.
pub(crate) fn browsers(settings: &Settings) -> Done {
    let root = root();
    let mut browsers = command(&root.join("web"), "npm run e2e");
    browsers.env("SWITCHROOM_BIN", root.join("target/debug/switchroom")).envs(settings.iter().cloned());
    run(browsers)
}
