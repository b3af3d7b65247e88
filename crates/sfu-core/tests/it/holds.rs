//! A party that waits and is taken back.

use crate::calls::assert_one_numbering;
use model::TrackKind;
use sfu_core::testing::{Received, World};
use std::time::{Duration, Instant};

/// More packets than half of the sequence numbers, which is where a receiver's count of roll-overs goes wrong.
const HOLD: Duration = Duration::from_mins(12);

/// Both talk, one is put on hold and taken back; what both heard afterwards.
fn hold(seed: u64, held_talks: bool, agent_talks: bool) {
    let mut world = World::pair(Instant::now(), seed);
    world.clients.iter_mut().for_each(|client| client.speak(true));
    world.run_for(Duration::from_secs(3));
    world.set_patches(Vec::new());
    world.clients[0].speak(held_talks);
    world.clients[1].speak(agent_talks);
    // What was on its way.
    world.run_for(Duration::from_secs(1));
    let heard = |world: &World| [0, 1].map(|client| world.clients[client].received(TrackKind::Audio).count());
    let before = heard(&world);
    world.run_for(HOLD);
    assert_eq!(heard(&world), before, "on hold nobody hears anybody");
    world.clients.iter_mut().for_each(|client| client.speak(true));
    world.patch_all();
    world.run_for(Duration::from_secs(3));
    for (client, before) in before.into_iter().enumerate() {
        let packets: Vec<&Received> = world.clients[client].received(TrackKind::Audio).collect();
        let after = packets.len() - before;
        assert!((145..=153).contains(&after), "client {client} heard {after} packets in 3 s after the hold");
        assert_one_numbering(packets.iter().copied());
        let (last_before, first_after) = (packets[before - 1], packets[before]);
        let stamps = f64::from(first_after.timestamp.wrapping_sub(last_before.timestamp)) / 48_000.0;
        let passed = first_after.at.duration_since(last_before.at).as_secs_f64();
        assert!((stamps - passed).abs() < 0.1, "RTP time passed {stamps} s in {passed} s");
    }
}

#[test]
fn after_twelve_minutes_on_hold_both_hear_each_other_at_once() {
    hold(1, true, true);
}

#[test]
fn who_was_silent_on_hold_is_heard_afterwards() {
    hold(2, false, true);
    hold(3, true, false);
}
