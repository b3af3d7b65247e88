//! The counted tests many times over. Tests look at `SWITCHROOM_SOAK` for their counts and at `SWITCHROOM_SEED` for
//! their seed, and append a line `what it measures | figure` to the file that `SWITCHROOM_SOAK_FIGURES` names.

use crate::{
    gate::{self, Parts},
    shell::{self, Done, Failure, at, command, root, run},
    tools, web,
};
use std::{
    env,
    fmt::Write,
    fs,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

/// Cases of each property test.
const PROPTEST_CASES: &str = "20000";

/// Runs the tests with their long counts and keeps the figures.
pub(crate) fn run_long() -> Done {
    let root = root();
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seed = env::var("SWITCHROOM_SEED").unwrap_or_else(|_| since_1970.as_micros().to_string());
    let figures = root.join("target/xtask/soak-figures");
    fs::create_dir_all(root.join("target/xtask")).map_err(at(&figures))?;
    fs::write(&figures, "").map_err(at(&figures))?;
    println!("SWITCHROOM_SEED={seed}");
    let settings = [
        ("SWITCHROOM_SOAK", "1".to_owned()),
        ("SWITCHROOM_SEED", seed.clone()),
        ("SWITCHROOM_SOAK_FIGURES", figures.display().to_string()),
        ("PROPTEST_CASES", PROPTEST_CASES.to_owned()),
    ];

    let mut parts = Parts::default();
    let tools = parts.run("tools", true, || tools::get(&[tools::TO_BUILD, tools::TO_TEST].concat()));
    let pages = parts.run("pages", tools, web::build);
    let built = parts.run("tests: build", tools, || run(command(&root, "cargo test --locked --workspace --no-run")));
    let tested = parts.run("tests", built, || gate::tests(&settings));
    let browsed = parts.run("browsers", pages && built, || gate::browsers(&settings));
    keep(&root, &seed, &figures, tested && browsed)?;
    parts.close()
}

/// Appends a run to benches/RESULTS.md.
fn keep(root: &Path, seed: &str, figures: &Path, passed: bool) -> Done {
    let ask = |line: &str| shell::output(command(root, line)).unwrap_or_else(|| "unknown".to_owned());
    let changed = if ask("git status --porcelain").is_empty() { "" } else { ", with changes" };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let mut section = format!(
        "\n## {} at {}{changed}\n\n{}; seed {seed}; {cores} cores\n\n| figure | value |\n|---|---|\n",
        ask("date -u +%Y-%m-%d"),
        ask("git rev-parse --short=12 HEAD"),
        if passed { "All passed" } else { "FAILED" },
    );
    let text = fs::read_to_string(figures).map_err(at(figures))?;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        writeln!(section, "| {line} |").map_err(|error| Failure::new(error.to_string()))?;
    }
    let results = root.join("benches/RESULTS.md");
    let before = fs::read_to_string(&results).unwrap_or_else(|_| HEADER.to_owned());
    fs::create_dir_all(root.join("benches")).map_err(at(&results))?;
    fs::write(&results, before + &section).map_err(at(&results))
}

const HEADER: &str = "# Results

Written by `cargo xtask soak`, one section a run. `SWITCHROOM_SEED` repeats one.
";
