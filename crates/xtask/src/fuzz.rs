//! Every parser that a stranger can reach, with random input for a bounded time.

use crate::shell::{self, Done, Failure, at, command, root, run};
use std::{fs, path::Path};

/// Runs each target for `seconds`. Needs cargo-fuzz, but no nightly toolchain: there is no sanitizer.
pub(crate) fn run_targets(seconds: &str) -> Done {
    let seconds: u32 = seconds.parse().map_err(|_| Failure::new(format!("{seconds:?} is no number of seconds.")))?;
    let folder = root().join("crates/fuzz");
    if shell::output(command(&folder, "cargo fuzz --version")).is_none() {
        return Err(Failure::new("cargo-fuzz is missing. Install it with\n\n    cargo install --locked cargo-fuzz\n"));
    }
    let target_dir = root().join("target/fuzz");
    let options = format!("--fuzz-dir . --target-dir {} -s none", target_dir.display());
    for target in targets(&folder)? {
        // What the fuzzer finds goes into the first folder; the seeds stay as they are.
        let corpus = folder.join("corpus").join(&target);
        fs::create_dir_all(&corpus).map_err(at(&corpus))?;
        let inputs = format!("corpus/{target} seeds/{target}");
        let line = format!("cargo fuzz run {options} {target} {inputs} -- -max_total_time={seconds} -timeout=10");
        run(command(&folder, &line))?;
    }
    Ok(())
}

/// Names of the targets in the manifest.
pub(crate) fn targets(folder: &Path) -> Result<Vec<String>, Failure> {
    let manifest = folder.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).map_err(at(&manifest))?;
    let bins = text.split("[[bin]]").skip(1);
    let names = bins.filter_map(|bin| bin.lines().find_map(|line| line.strip_prefix("name = ")));
    Ok(names.map(|name| name.trim_matches('"').to_owned()).collect())
}
