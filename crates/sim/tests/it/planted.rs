//! The simulator finds bugs: one is planted in each of six rules, and each breaks a life within so many steps, from
//! whatever seed. The same lives pass without it.

use callcenter_core::{Planted, PlantedBug};
use sim::World;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Steps of one life.
const LIFE: u32 = 500;
const FIRST_SEEDS: [u64; 3] = [1_000_000, 2_000_000, 3_000_000];

/// Lives until the bug shows, and steps in all of them; none if it does not within so many.
fn lives_until_found(bug: PlantedBug, first: u64, within: u32) -> Option<(u64, u32)> {
    let mut steps = 0;
    for seed in first.. {
        let mut world = World::with_planted(seed, Planted::one(bug));
        let found = catch_unwind(AssertUnwindSafe(|| world.run(LIFE))).is_err();
        steps += world.steps();
        match (steps <= within, found) {
            (true, true) => return Some((seed + 1 - first, steps)),
            (true, false) => {}
            (false, _) => return None,
        }
    }
    None
}

fn is_found(bug: PlantedBug, within: u32) {
    for first in FIRST_SEEDS {
        let found = lives_until_found(bug, first, within);
        let (lives, steps) =
            found.unwrap_or_else(|| panic!("{bug:?} is not found within {within} steps from seed {first}"));
        println!("{bug:?} is found from seed {first} after {steps} steps");
        for seed in first..first + lives {
            World::new(seed).run(LIFE);
        }
    }
}

#[test]
fn in_routing() {
    is_found(PlantedBug::Routing, 10_000);
}

#[test]
fn in_ringing() {
    is_found(PlantedBug::Ringing, 20_000);
}

#[test]
fn in_hold() {
    is_found(PlantedBug::Hold, 5_000);
}

#[test]
fn in_a_transfer() {
    is_found(PlantedBug::Transfer, 20_000);
}

#[test]
fn in_wrap_up() {
    is_found(PlantedBug::WrapUp, 20_000);
}

#[test]
fn in_recovery() {
    is_found(PlantedBug::Recovery, 20_000);
}
