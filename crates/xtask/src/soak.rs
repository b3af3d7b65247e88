//! The counted tests many times over. Tests look at `SWITCHROOM_SOAK` for how many times the gate's counts to run and at
//! `SWITCHROOM_SEED` for their seed, and append a line `what it measures | figure` to the file that
//! `SWITCHROOM_SOAK_FIGURES` names.

use crate::{
    gate::{self, Parts},
    results,
    shell::{Done, at, command, root, run},
    tools, web,
};
use std::{
    env, fs,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

/// How many times the gate's counts, unless `SWITCHROOM_SOAK` says so.
const TIMES: &str = "20";
/// Cases of each property test, unless `PROPTEST_CASES` says so. Some decode a recording in each.
const PROPTEST_CASES: &str = "2000";

/// Runs the tests with their long counts and keeps the figures.
pub(crate) fn run_long() -> Done {
    let root = root();
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seed = env::var("SWITCHROOM_SEED").unwrap_or_else(|_| since_1970.as_millis().to_string());
    let figures = root.join("target/xtask/soak-figures");
    fs::create_dir_all(root.join("target/xtask")).map_err(at(&figures))?;
    fs::write(&figures, "").map_err(at(&figures))?;
    let times = env::var("SWITCHROOM_SOAK").unwrap_or_else(|_| TIMES.to_owned());
    let cases = env::var("PROPTEST_CASES").unwrap_or_else(|_| PROPTEST_CASES.to_owned());
    println!("SWITCHROOM_SEED={seed} SWITCHROOM_SOAK={times} PROPTEST_CASES={cases}");
    let settings = [
        ("SWITCHROOM_SOAK", times.clone()),
        ("SWITCHROOM_SEED", seed.clone()),
        ("SWITCHROOM_SOAK_FIGURES", figures.display().to_string()),
        ("PROPTEST_CASES", cases.clone()),
        ("NEXTEST_PROFILE", "soak".to_owned()),
    ];

    let mut parts = Parts::default();
    let tools = parts.run("tools", true, || tools::get(&[tools::TO_BUILD, tools::TO_TEST].concat()));
    let pages = parts.run("pages", tools, web::build);
    let built = parts.run("tests: build", tools, || run(command(&root, "cargo test --locked --workspace --no-run")));
    parts.run("tests", built, || gate::tests(&settings));
    parts.run("browsers", pages && built, || gate::browsers(&settings, gate::ALL));
    let apart = [&settings[..], &[gate::apart()]].concat();
    parts.run("browsers: roles apart", pages && built, || gate::browsers(&apart, gate::ALL));
    let heading = format!("Seed {seed}; {times} times the gate's counts, {cases} cases of each property");
    keep(&root, &heading, &figures, &parts.rows())?;
    parts.close()
}

/// Appends a run to benches/RESULTS.md: figures of tests, then how each part went.
fn keep(root: &Path, heading: &str, figures: &Path, parts: &[String]) -> Done {
    let mut rows: Vec<String> = fs::read_to_string(figures).map_err(at(figures))?.lines().map(str::to_owned).collect();
    rows.retain(|row| !row.trim().is_empty());
    rows.extend_from_slice(parts);
    let rows: String = rows.iter().map(|row| format!("| {row} |\n")).collect();
    let machine = results::machine();
    results::append(root, "Soak: ", &format!("{heading}; {machine}.\n\n| what | figure |\n|---|---|\n{rows}"))
}
