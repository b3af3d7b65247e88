//! A page whose path carries less than what is sent to it.

use crate::calls::assert_one_numbering;
use model::TrackKind;
use sfu_core::testing::World;
use std::time::{Duration, Instant};
use wire::engine::Event;

/// Two who talk and film. Each sends 480 kbit/s of video, whatever it is told.
fn filming_pair(seed: u64) -> World {
    let mut world = World::pair(Instant::now(), seed);
    for client in &mut world.clients {
        client.speak(true);
        client.film(TrackKind::Camera, true);
    }
    world.run_for(Duration::from_secs(5));
    world
}

fn count(world: &World, client: usize, track: TrackKind) -> usize {
    world.clients[client].received(track).count()
}

/// Packets of sound and of video that a client gets in so many seconds.
fn gets(world: &mut World, client: usize, seconds: u64) -> [usize; 2] {
    let tracks = [TrackKind::Audio, TrackKind::Camera];
    let before = tracks.map(|track| count(world, client, track));
    world.run_for(Duration::from_secs(seconds));
    [0, 1].map(|at| count(world, client, tracks[at]) - before[at])
}

/// What the last statistics say of each leg.
fn video_held_back(world: &World) -> [bool; 2] {
    let legs = world.events.iter().rev().find_map(|(_, event)| match event {
        Event::Stats { legs } => Some(legs),
        _ => None,
    });
    let legs = legs.expect("statistics come every second");
    [0, 1].map(|client| legs.iter().any(|stats| stats.leg == World::leg(client) && stats.quality.video_held_back))
}

#[test]
fn a_wide_path_has_its_video_all_the_time() {
    let mut world = filming_pair(1);
    for client in 0..2 {
        let [sound, video] = gets(&mut world, client, 10);
        assert!((495..=505).contains(&sound) && (590..=610).contains(&video), "{sound} of sound, {video} of video");
    }
}

#[test]
fn a_path_for_sound_alone_keeps_its_sound_and_video_comes_back_by_itself() {
    let seed = 2;
    let mut world = filming_pair(seed);
    world.down[1].rate = Some(90_000);
    // Until what waits in the path has been carried or lost.
    world.run_for(Duration::from_secs(5));
    let [sound, video] = gets(&mut world, 1, 30);
    // A trial of video each eight seconds, by a camera that obeys no limit, costs some of it.
    assert!(sound >= 1250, "seed {seed}: {sound} of 1500 packets of sound over 90 kbit/s");
    assert!(video < 300, "seed {seed}: {video} packets of video where a fifth of one path has no room for them");
    assert_eq!(video_held_back(&world), [false, true], "seed {seed}: pages and operators are told");
    assert_eq!(world.sfu.totals().legs_without_video, 1, "seed {seed}");
    let [sound, video] = gets(&mut world, 0, 5);
    assert!(sound >= 245 && video >= 290, "seed {seed}: the other page gets {sound} and {video} in 5 s");
    world.down[1].rate = None;
    world.run_for(Duration::from_secs(12));
    let [sound, video] = gets(&mut world, 1, 10);
    assert!((495..=505).contains(&sound), "seed {seed}: {sound} of sound");
    assert!((590..=610).contains(&video), "seed {seed}: {video} of video");
    assert_eq!(video_held_back(&world), [false, false], "seed {seed}");
    assert_one_numbering(world.clients[0].received(TrackKind::Audio));
}
