//! A simulated life of the call center, to find what breaks it or to repeat what did.

use crate::shell::{Done, command, root, run};

/// Runs the simulator with these arguments, which it checks itself.
pub(crate) fn live(arguments: &[String]) -> Done {
    let mut sim = command(&root(), "cargo run --locked --quiet -p sim --");
    sim.args(arguments);
    run(sim)
}
