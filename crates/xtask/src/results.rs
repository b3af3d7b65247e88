//! benches/RESULTS.md: what long runs measured, one section a run.

use crate::shell::{self, Done, at, command};
use std::{fs, path::Path};

const HEADER: &str = "# Results

Sections of `cargo xtask soak` and of `cargo xtask bench`, one a run, the newest last. `SWITCHROOM_SEED` repeats a soak.
";

/// Appends the section of a run that just ended. `kind` stands before day and commit in its title.
pub(crate) fn append(root: &Path, kind: &str, text: &str) -> Done {
    let ask = |line: &str| shell::output(command(root, line)).unwrap_or_else(|| "unknown".to_owned());
    let changed = if ask("git status --porcelain").is_empty() { "" } else { ", with changes" };
    let (day, commit) = (ask("date -u +%Y-%m-%d"), ask("git rev-parse --short=12 HEAD"));
    let section = format!("\n## {kind}{day} at {commit}{changed}\n\n{text}");
    let results = root.join("benches/RESULTS.md");
    let before = fs::read_to_string(&results).unwrap_or_else(|_| HEADER.to_owned());
    fs::create_dir_all(root.join("benches")).map_err(at(&results))?;
    fs::write(&results, before + &section).map_err(at(&results))
}

/// How many processors there are, and which.
pub(crate) fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    format!("{cores} cores of {}", name.map_or("an unknown processor", |(_, name)| name.trim()))
}
