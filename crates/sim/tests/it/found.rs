//! Lives that once were not as the model says.

use sim::World;

/// Seed and steps, with what it found.
const FOUND: &[(u64, u32, &str)] = &[(
    4_294_967_377,
    330,
    "a call that was handed over by an agent who was away since a restart, before the recorder was told of its files, went \
     on without being recorded",
)];

#[test]
fn what_was_found_once_stays_mended() {
    for (seed, steps, what) in FOUND {
        println!("seed {seed}, {steps} steps: {what}");
        World::new(*seed).run(*steps);
    }
}
