//! What two people who talk would notice.

use model::{LegId, TrackKind};
use sfu_core::testing::{ClientOptions, Received, World};
use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};
use wire::engine::{Command, Event, Patch};

#[test]
fn both_hear_and_see_each_other() {
    let mut world = World::pair(Instant::now(), 1);
    for client in &mut world.clients {
        client.speak(true);
        client.film(TrackKind::Camera, true);
    }
    world.run_for(Duration::from_secs(5));
    for client in &world.clients {
        let sound = client.received(TrackKind::Audio).count();
        assert!((240..=253).contains(&sound), "{sound} packets of sound in 5 s");
        let pictures = client.received(TrackKind::Camera).filter(|packet| packet.marker).count();
        assert!((90..=102).contains(&pictures), "{pictures} pictures in 5 s");
        assert!(client.received(TrackKind::Screen).next().is_none());
        assert!(client.received(TrackKind::Audio).all(|packet| packet.level == Some(90)));
    }
    assert_eq!(world.count_events(|event| matches!(event, Event::LegConnected { .. })), 2);
}

/// One SSRC, sequence numbers that count up by one, timestamps that only grow.
pub(crate) fn assert_one_numbering<'a>(packets: impl Iterator<Item = &'a Received>) {
    let packets: Vec<&Received> = packets.collect();
    let sources: BTreeSet<u32> = packets.iter().map(|packet| packet.ssrc).collect();
    assert_eq!(sources.len(), 1, "one SSRC for the slot's whole life");
    for pair in packets.windows(2) {
        assert_eq!(pair[1].sequence, pair[0].sequence + 1);
        let step = pair[1].timestamp.wrapping_sub(pair[0].timestamp);
        assert!(step < u32::MAX / 2, "RTP time runs back: {} to {}", pair[0].timestamp, pair[1].timestamp);
    }
}

#[test]
fn a_muted_microphone_leaves_no_gap_in_the_numbering() {
    let mut world = World::pair(Instant::now(), 2);
    for on in [true, false, true] {
        world.clients[0].speak(on);
        world.run_for(Duration::from_secs(3));
    }
    let heard: Vec<_> = world.clients[1].received(TrackKind::Audio).collect();
    assert!((295..=310).contains(&heard.len()), "{} packets in 6 s of speech", heard.len());
    assert_one_numbering(heard.iter().copied());
}

#[test]
fn whatever_plays_into_a_slot_its_numbering_goes_on() {
    let mut world = World::new(Instant::now(), 3);
    for client in 0..3 {
        world.join(ClientOptions::new(World::client_address(client, 6000)));
    }
    world.run_for(Duration::from_secs(2));
    for client in [1, 2] {
        world.clients[client].speak(true);
        world.clients[client].film(TrackKind::Camera, true);
    }
    let into = |source: usize| {
        [TrackKind::Audio, TrackKind::Camera]
            .map(|track| Patch { source: World::leg(source).into(), sink: World::leg(0), track })
            .to_vec()
    };
    for patches in [into(1), into(2), vec![], into(1), into(2)] {
        world.set_patches(patches);
        world.run_for(Duration::from_secs(2));
    }
    let listener = &world.clients[0];
    for track in [TrackKind::Audio, TrackKind::Camera] {
        assert!(listener.received(track).count() > 300, "most of 8 s was heard and seen");
        assert_one_numbering(listener.received(track));
    }
    let elapsed = |received: &[&Received]| {
        let (first, last) = (received[0], received[received.len() - 1]);
        let rtp = f64::from(last.timestamp.wrapping_sub(first.timestamp)) / 48_000.0;
        (rtp - last.at.duration_since(first.at).as_secs_f64()).abs()
    };
    let sound: Vec<&Received> = listener.received(TrackKind::Audio).collect();
    assert!(elapsed(&sound) < 0.1, "RTP time keeps to real time over changes: off by {} s", elapsed(&sound));
    let pictures: Vec<u16> = listener
        .received(TrackKind::Camera)
        .map(|packet| u16::from_be_bytes([packet.payload[2] & 0x7f, packet.payload[3]]))
        .collect();
    for pair in pictures.windows(2) {
        assert!(pair[1] == pair[0] || pair[1] == pair[0] + 1, "picture ids {} and {}", pair[0], pair[1]);
    }
}

#[test]
fn a_leg_that_leaves_takes_nobody_with_it() {
    let mut world = World::new(Instant::now(), 4);
    for client in 0..3 {
        world.join(ClientOptions::new(World::client_address(client, 6000)));
    }
    // A slot plays one source: both of these into leg 2 would be a wish for the first alone.
    let patch =
        |source, sink| Patch { source: World::leg(source).into(), sink: World::leg(sink), track: TrackKind::Audio };
    world.set_patches(vec![patch(0, 1), patch(1, 2), patch(0, 2), patch(2, 0)]);
    world.run_for(Duration::from_secs(2));
    world.clients.iter_mut().for_each(|client| client.speak(true));
    world.run_for(Duration::from_secs(2));
    let counts = |world: &World| [1, 2].map(|client| world.clients[client].received(TrackKind::Audio).count());
    let before = counts(&world);
    assert!(before.iter().all(|count| (90..=110).contains(count)), "{before:?}");
    world.command(Command::RemoveLeg { leg: World::leg(1) });
    world.run_for(Duration::from_secs(2));
    assert!(world.clients[1].is_closed, "its page is told");
    let after = counts(&world);
    assert!(after[0] <= before[0] + 2, "nothing goes to it any more");
    let heard_by_0 = world.clients[0].received(TrackKind::Audio).count();
    assert!((190..=210).contains(&heard_by_0), "{heard_by_0}");
    assert_eq!(after[1], before[1], "its listener hears nobody, because its patch names nobody else");
    world.set_patches(vec![patch(0, 2), patch(2, 0)]);
    world.run_for(Duration::from_secs(1));
    assert!(counts(&world)[1] > after[1] + 40);
}

#[test]
fn tapped_legs_are_copied_whole() {
    let mut world = World::pair(Instant::now(), 5);
    world.command(Command::SetTaps { room: World::room(), legs: vec![World::leg(0)] });
    world.clients.iter_mut().for_each(|client| client.speak(true));
    world.run_for(Duration::from_secs(2));
    world.command(Command::SetTaps { room: World::room(), legs: vec![] });
    let tapped = world.taps.len();
    assert!((98..=103).contains(&tapped), "{tapped} frames in 2 s");
    world.run_for(Duration::from_secs(1));
    assert_eq!(world.taps.len(), tapped);
    for (index, frame) in world.taps.iter().enumerate() {
        assert_eq!((frame.leg, frame.track), (World::leg(0), TrackKind::Audio));
        assert_eq!(frame.payload[..8], (index as u64).to_be_bytes());
        assert_eq!(frame.sequence, world.taps[0].sequence + index as u64);
    }
    let first = &world.taps[0];
    let last = &world.taps[tapped - 1];
    let took = last.arrival.since(first.arrival);
    assert!(took.abs_diff(Duration::from_millis(20) * (tapped as u32 - 1)) < Duration::from_millis(25), "{took:?}");
}

#[test]
fn commands_can_be_repeated_and_strange_ones_are_answered() {
    let mut world = World::pair(Instant::now(), 6);
    world.clients.iter_mut().for_each(|client| client.speak(true));
    for _ in 0..3 {
        world.patch_all();
        world.command(Command::RemoveLeg { leg: LegId::of(77) });
    }
    world.run_for(Duration::from_secs(1));
    assert_one_numbering(world.clients[0].received(TrackKind::Audio));
    let unknown = world.command(Command::RequestKeyframe { leg: LegId::of(77), track: TrackKind::Camera });
    let refused = world.count_events(|event| matches!(event, Event::Refused { id, .. } if *id == unknown));
    assert_eq!(refused, 1);
    world.command(Command::CloseRoom { room: World::room() });
    world.command(Command::CloseRoom { room: World::room() });
    world.run_for(Duration::from_secs(1));
    assert!(world.clients.iter().all(|client| client.is_closed));
    assert_eq!(world.sfu.totals().legs, 0);
    assert_eq!(world.sfu.poll_timeout(), None, "an empty shard sleeps");
}
