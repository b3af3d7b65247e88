//! Statistics: whose connection is weak, and how much.

use model::TrackKind;
use sfu_core::testing::World;
use std::time::{Duration, Instant};
use wire::engine::{Event, LegStats};

fn talking_pair(seed: u64) -> World {
    let mut world = World::pair(Instant::now(), seed);
    world.clients.iter_mut().for_each(|client| client.speak(true));
    world.run_for(Duration::from_secs(2));
    world
}

fn last_stats(world: &World) -> Vec<LegStats> {
    let last = world.events.iter().rev().find_map(|(_, event)| match event {
        Event::Stats { legs } => Some(legs.clone()),
        _ => None,
    });
    last.expect("statistics come each second")
}

#[test]
fn a_good_call_has_a_good_mos() {
    let mut world = talking_pair(1);
    world.run_for(Duration::from_secs(10));
    let count = world.count_events(|event| matches!(event, Event::Stats { .. }));
    assert!((11..=17).contains(&count), "{count} in about 14 s");
    for leg in last_stats(&world) {
        let quality = leg.quality;
        assert!(quality.uplink.mos.expect("it speaks") > 4.3, "{quality:?}");
        assert!(quality.downlink.mos.expect("it is spoken to") > 4.3, "{quality:?}");
        assert!(quality.heard_mos.expect("it hears") > 4.3, "{quality:?}");
        let rtt = quality.rtt_seconds.expect("measured");
        assert!((0.019..0.03).contains(&rtt), "{rtt}");
        assert_eq!((quality.uplink.loss, quality.downlink.loss, quality.weak), (0.0, 0.0, false));
        assert_eq!((leg.audio_level, leg.one_way), (90, false));
        assert_eq!(leg.receiving, [TrackKind::Audio]);
    }
}

#[test]
fn loss_is_put_down_to_the_hop_that_has_it() {
    let seed = 2;
    let mut world = talking_pair(seed);
    world.up[0].loss = 0.12;
    world.run_for(Duration::from_secs(20));
    let stats = last_stats(&world);
    let (lossy, clean) = (stats[0].quality, stats[1].quality);
    assert!((0.05..0.2).contains(&lossy.uplink.loss), "seed {seed}: {lossy:?}");
    assert!(lossy.weak && lossy.uplink.mos.expect("it speaks") < 4.0, "{lossy:?}");
    assert!(lossy.downlink.loss < 0.01, "{lossy:?}");
    assert!(clean.downlink.loss < 0.03, "what we never had was not lost by the downlink: {clean:?}");
    assert!(!clean.weak, "{clean:?}");
    assert!(clean.heard_mos.expect("it hears") < 4.1, "and yet it hears the loss: {clean:?}");
}

#[test]
fn loss_of_a_downlink_is_what_its_receiver_reports() {
    let seed = 3;
    let mut world = talking_pair(seed);
    world.down[1].loss = 0.15;
    world.run_for(Duration::from_secs(20));
    let stats = last_stats(&world);
    let (clean, lossy) = (stats[0].quality, stats[1].quality);
    assert!((0.02..0.35).contains(&lossy.downlink.loss), "seed {seed}: {lossy:?}");
    assert!(lossy.uplink.loss < 0.01 && clean.uplink.loss < 0.01, "{lossy:?} {clean:?}");
    assert!(lossy.weak && !clean.weak, "{lossy:?} {clean:?}");
}

#[test]
fn a_fifth_lost_on_one_downlink_leaves_the_other_party_a_good_call() {
    let seed = 7;
    let mut world = talking_pair(seed);
    world.clients.iter_mut().for_each(|client| client.film(TrackKind::Camera, true));
    world.down[1].loss = 0.2;
    world.run_for(Duration::from_secs(30));
    for (at, event) in &world.events {
        let Event::Stats { legs } = event else { continue };
        if at.duration_since(world.start) < Duration::from_secs(5) {
            continue;
        }
        let quality = legs[0].quality;
        for mos in [quality.uplink.mos, quality.downlink.mos, quality.heard_mos] {
            assert!(mos.is_some_and(|mos| mos > 4.3), "seed {seed}: {quality:?}");
        }
    }
    let lossy = last_stats(&world)[1].quality;
    assert!((0.05..0.4).contains(&lossy.downlink.loss), "seed {seed}: {lossy:?}");
    assert!(lossy.weak, "seed {seed}: {lossy:?}");
}

#[test]
fn delay_and_jitter_are_measured() {
    let mut world = talking_pair(4);
    for link in [&mut world.up[0], &mut world.down[0]] {
        link.delay = Duration::from_millis(100);
        link.jitter = Duration::from_millis(60);
    }
    world.run_for(Duration::from_secs(20));
    let quality = last_stats(&world)[0].quality;
    let rtt = quality.rtt_seconds.expect("measured");
    assert!((0.2..0.33).contains(&rtt), "{rtt}");
    assert!((0.01..0.04).contains(&quality.uplink.jitter_seconds), "{quality:?}");
    assert!((0.005..0.04).contains(&quality.downlink.jitter_seconds), "{quality:?}");
    assert!(quality.uplink.mos.expect("it speaks") < 4.3, "{quality:?}");
}

#[test]
fn silence_is_not_a_bad_connection_and_not_one_way() {
    let mut world = talking_pair(5);
    world.clients[0].speak(false);
    world.run_for(Duration::from_secs(10));
    let stats = last_stats(&world);
    assert_eq!(stats[0].quality.uplink.mos, None, "nothing was sent");
    assert!(stats[0].receiving.is_empty());
    assert!(stats.iter().all(|leg| !leg.one_way && !leg.quality.weak), "{stats:?}");
    assert_eq!(stats[0].audio_level, 0);
}

#[test]
fn totals_count_what_went_through() {
    let mut world = talking_pair(6);
    world.up[0].loss = 0.1;
    world.down[0].loss = 0.1;
    world.run_for(Duration::from_secs(10));
    let totals = world.sfu.totals();
    let (sound_in, sound_out) = (totals.media_in[0], totals.media_out[0]);
    assert!(sound_in.packets > 1000 && sound_out.packets > 1000, "{totals:?}");
    assert!(sound_in.packets - sound_out.packets < 10, "{totals:?}");
    assert_eq!(sound_in.bytes, sound_in.packets * 80);
    assert!((20..100).contains(&totals.packets_lost), "{totals:?}");
    assert!((5..100).contains(&totals.packets_lost_downlink), "{totals:?}");
    assert!(totals.control_in.packets > 20 && totals.control_out.packets > 20, "{totals:?}");
    let counted = totals.control_in.packets + sound_in.packets;
    assert!(totals.datagrams_in.packets.abs_diff(counted) < 10, "{totals:?}");
    assert_eq!((totals.rooms, totals.legs, totals.connected_legs, totals.one_way_legs), (1, 2, 2, 0));
}
