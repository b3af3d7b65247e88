//! What packets and commands cost: see benches/.

use crate::{
    results,
    shell::{Done, at, command, root, run},
    tools,
};
use std::fs;

/// Measures with the release build, and keeps the tables.
pub(crate) fn measure() -> Done {
    let root = root();
    tools::get(&[tools::TO_BUILD, tools::TO_BENCH].concat())?;
    run(command(&root, "cargo build --locked --release -p benches"))?;
    let report = root.join("target/xtask/bench-report.md");
    fs::create_dir_all(root.join("target/xtask")).map_err(at(&report))?;
    let mut bench = command(&root, "target/release/bench run --out");
    bench.arg(&report);
    run(bench)?;
    let tables = fs::read_to_string(&report).map_err(at(&report))?;
    let heading = format!(
        "{}. Server on the first core, callers on the second, paced arrivals, AES-256-GCM. Medians; in brackets least \
         and most.\n{tables}",
        results::machine()
    );
    println!("{tables}");
    results::append(&root, "Benches: ", &heading)
}

/// Few calls with the tests' build: whether the benches work, and nothing about speed.
pub(crate) fn try_out() -> Done {
    run(command(&root(), "cargo run --locked -p benches --bin bench -- quick"))
}
