//! 200,000 steps in the gate, in lives of three lengths.

use sim::{Coverage, World};
use std::env;
use std::io::Write;
use std::time::Instant;

/// How many times more a soak lives, for each of its multiples: ten million steps at 17.
const SOAK: u64 = 3;
/// Between the seeds of one test and of the next.
const APART: u64 = 1 << 32;

/// What must have happened somewhere in each test's lives, or they prove little.
const MUST_HAPPEN: &[&str] = &[
    "agents at full capacity",
    "answered",
    "calls",
    "clock jumps",
    "clock set back",
    "clock set forward",
    "crashes of all roles",
    "crashes of signaling",
    "crashes while an outbound call connects",
    "crashes while it rings at a customer",
    "custom statuses set",
    "declined",
    "ended by the network",
    "engine restarts",
    "engine restarts while an outbound call connects",
    "engine restarts while it rings at a customer",
    "failed transfers to the front",
    "files failed",
    "files finished",
    "held",
    "hung up in a transfer",
    "legs back",
    "not answered",
    "not connected",
    "one-time links used",
    "outbound calls answered",
    "outbound calls declined",
    "outbound calls given up",
    "outbound calls held",
    "outbound calls not answered",
    "outbound calls not connected",
    "outbound calls refused: another agent has the customer",
    "outbound calls refused: the agent is busy",
    "outbound calls refused: the customer has no page",
    "outbound calls refused: the customer is in a call",
    "outbound calls transferred",
    "outbound calls transferred to a queue",
    "outbound calls whose agent went away",
    "outbound calls without media",
    "pages gone while it rings at a customer",
    "pages taken over while it rings at a customer",
    "recorder restarts",
    "rejected",
    "resumed",
    "standstills",
    "times off",
    "transferred",
    "transferred calls passed over to the front",
    "transferred calls that waited too long",
    "transferred to a queue",
    "transfers declined",
    "transfers not answered",
    "transfers not connected",
    "transfers refused: the target is busy",
    "transfers to agents who went away",
    "turned away",
    "waited too long",
    "wrap-ups",
    "wrap-ups after outbound calls",
];

fn number(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}

fn live(part: u64, lives: u64, steps: u32) {
    let first = number("SWITCHROOM_SEED").unwrap_or(1) + part * APART;
    let lives = lives * number("SWITCHROOM_SOAK").map_or(1, |times| times.max(1) * SOAK);
    let begin = Instant::now();
    let mut coverage = Coverage::new();
    for seed in first..first + lives {
        for (what, count) in World::new(seed).run(steps) {
            *coverage.entry(what).or_default() += count;
        }
    }
    println!("{lives} lives of {steps} steps from seed {first} in {:?}: {coverage:#?}", begin.elapsed());
    for what in MUST_HAPPEN {
        assert!(coverage.contains_key(what), "never seen: {what}");
    }
    if let Ok(path) = env::var("SWITCHROOM_SOAK_FIGURES") {
        let figures = std::fs::OpenOptions::new().append(true).create(true).open(path);
        let line = format!(
            "call center against its reference model, lives of {steps} steps | {} steps from seed {first}",
            lives * u64::from(steps)
        );
        writeln!(figures.expect("the file of figures opens"), "{line}").expect("a figure is written");
    }
}

#[test]
fn in_short_lives_the_core_is_what_the_reference_model_says() {
    live(0, 250, 200);
}

#[test]
fn in_lives_of_some_length_the_core_is_what_the_reference_model_says() {
    live(1, 100, 500);
}

#[test]
fn in_long_lives_the_core_is_what_the_reference_model_says() {
    live(2, 25, 2_000);
}

#[test]
fn in_other_long_lives_the_core_is_what_the_reference_model_says() {
    live(3, 25, 2_000);
}
