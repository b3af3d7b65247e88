//! Project tasks: `cargo xtask up | web | test | soak | sim | bench | tidy | fuzz | schemathesis`.

mod bench;
mod fuzz;
mod gate;
mod results;
mod schemathesis;
mod shell;
mod sim;
mod soak;
mod tidy;
mod tools;
mod up;
mod web;

use shell::Failure;
use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask TASK

  up [ARGS]      get what is missing, build pages and release binary, start `switchroom up --demo ARGS`
  web            build the pages, if anything changed
  test           the whole gate: format, lints, rules, tests, documents, browsers
  soak           the counted tests many times over; figures go into benches/RESULTS.md
  sim --seed N --steps M
                 one simulated life of the call center; with --lives K as many from that seed on
  bench          floor and engine in turns, release build; tables go into benches/RESULTS.md
  bench --quick  whether the benches work, with the tests' build
  tidy           the rules of the tree that no compiler checks
  fuzz SECONDS   every fuzz target for so long
  schemathesis   the API asked in made-up ways, with the tests' build";

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let task = if arguments.is_empty() { String::new() } else { arguments.remove(0) };
    let done = match (task.as_str(), &arguments[..]) {
        ("up", arguments) => up::run_server(arguments),
        ("web", []) => web::build(),
        ("test", []) => gate::run_all(),
        ("soak", []) => soak::run_long(),
        ("sim", arguments) => sim::live(arguments),
        ("bench", []) => bench::measure(),
        ("bench", [quick]) if quick == "--quick" => bench::try_out(),
        ("tidy", []) => tidy::run(),
        ("schemathesis", []) => schemathesis::alone(),
        ("fuzz", [seconds]) => fuzz::run_targets(seconds),
        _ => Err(Failure::new(USAGE)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print();
            ExitCode::FAILURE
        }
    }
}
