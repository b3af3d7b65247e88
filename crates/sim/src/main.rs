//! `sim [--seed N] [--steps M] [--lives K]`: lives of a simulated call center from a seed on, each of so many steps. One that
//! the core does not live as the reference model says ends the program with the last lines of its journal and how to
//! repeat it.

use sim::{Coverage, World};
use std::process::ExitCode;
use std::time::Instant;

const USAGE: &str = "Usage: sim [--seed N] [--steps M] [--lives K]; by default seed 1, 2000 steps, 1 life";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some([seed, steps, lives]) = numbers(&arguments) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let Ok(steps) = u32::try_from(steps) else {
        eprintln!("--steps: at most {}", u32::MAX);
        return ExitCode::from(2);
    };
    let begin = Instant::now();
    let mut coverage = Coverage::new();
    for seed in seed..seed.saturating_add(lives) {
        for (what, count) in World::new(seed).run(steps) {
            *coverage.entry(what).or_default() += count;
        }
    }
    for (what, count) in coverage {
        println!("{count:>9} {what}");
    }
    println!("{lives} lives of {steps} steps from seed {seed} are as the model says, in {:.1?}", begin.elapsed());
    ExitCode::SUCCESS
}

/// Seed, steps and lives.
fn numbers(arguments: &[String]) -> Option<[u64; 3]> {
    let mut numbers = [1, 2_000, 1];
    for pair in arguments.chunks(2) {
        let [name, value] = pair else { return None };
        let index = ["--seed", "--steps", "--lives"].iter().position(|known| known == name)?;
        numbers[index] = value.parse().ok()?;
    }
    Some(numbers)
}
