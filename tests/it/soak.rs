//! Long counts, and figures to keep.

use std::{env, fs::OpenOptions, io::Write as _};

/// How many times the gate's count a test runs.
pub(crate) fn times() -> u64 {
    env::var("SWITCHROOM_SOAK").ok().and_then(|times| times.parse().ok()).unwrap_or(1)
}

/// The first seed of a randomised test, unless `SWITCHROOM_SEED` says so.
pub(crate) fn seed(usual: u64) -> u64 {
    env::var("SWITCHROOM_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(usual)
}

/// Prints a figure, and keeps it where a soak collects them.
pub(crate) fn figure(what: &str, value: &str) {
    println!("{what}: {value}");
    if let Some(path) = env::var_os("SWITCHROOM_SOAK_FIGURES") {
        let mut file = OpenOptions::new().create(true).append(true).open(path).expect("the file of figures opens");
        writeln!(file, "{what} | {value}").expect("a figure is written");
    }
}
