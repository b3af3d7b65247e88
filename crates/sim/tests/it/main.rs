//! Many random lives of a call center, each compared with the reference model after every step.

use sim::{Coverage, World};
use std::env;
use std::io::Write;
use std::time::Instant;

/// Lives in the gate, and of how many steps.
const LIVES: u64 = 1_000;
const STEPS: u32 = 200;
/// How many times more a soak lives, for each of its multiples.
const SOAK: u64 = 30;

/// What must have happened somewhere in the gate's lives, or they prove little.
const MUST_HAPPEN: &[&str] = &[
    "agents at full capacity",
    "answered",
    "calls",
    "crashes of all roles",
    "crashes of signaling",
    "custom statuses set",
    "declined",
    "ended by the network",
    "engine restarts",
    "files failed",
    "files finished",
    "held",
    "legs back",
    "not answered",
    "not connected",
    "one-time links used",
    "recorder restarts",
    "rejected",
    "resumed",
    "times off",
    "transferred",
    "transferred to a queue",
    "transfers declined",
    "transfers not answered",
    "transfers not connected",
    "transfers to agents who went away",
    "waited too long",
    "wrap-ups",
];

fn number(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}

#[test]
fn the_core_is_what_the_reference_model_says() {
    let first = number("SWITCHROOM_SEED").unwrap_or(1);
    let lives = LIVES * number("SWITCHROOM_SOAK").map_or(1, |times| times.max(1) * SOAK);
    let begin = Instant::now();
    let mut coverage = Coverage::new();
    for seed in first..first + lives {
        for (what, count) in World::new(seed).run(STEPS) {
            *coverage.entry(what).or_default() += count;
        }
    }
    println!("{lives} lives of {STEPS} steps from seed {first} in {:?}: {coverage:#?}", begin.elapsed());
    for what in MUST_HAPPEN {
        assert!(coverage.contains_key(what), "never seen: {what}");
    }
    if let Ok(path) = env::var("SWITCHROOM_SOAK_FIGURES") {
        let figures = std::fs::OpenOptions::new().append(true).create(true).open(path);
        let line = format!(
            "call center against its reference model | {} transitions from seed {first}",
            lives * u64::from(STEPS)
        );
        writeln!(figures.expect("the file of figures opens"), "{line}").expect("a figure is written");
    }
}
