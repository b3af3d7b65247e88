//! Pictures: keyframes, repair.

use model::{Codec, TrackKind};
use sfu_core::testing::{Link, World};
use std::time::{Duration, Instant};

const CAMERA: TrackKind = TrackKind::Camera;

#[test]
fn pictures_begin_at_a_keyframe_that_is_asked_for() {
    let mut world = World::pair(Instant::now(), 1);
    world.set_patches(vec![]);
    world.clients[0].film(CAMERA, true);
    world.run_for(Duration::from_secs(3));
    assert_eq!(world.clients[1].received(CAMERA).count(), 0);
    assert!(world.clients[0].keyframe_requests.is_empty(), "nobody looks");
    let patched = world.now;
    world.patch_all();
    world.run_for(Duration::from_secs(2));
    let first = world.clients[1].received(CAMERA).next().expect("pictures come");
    assert_eq!(first.payload[0] & 0x10, 0x10, "the start of a picture");
    assert_eq!(first.payload[6] & 1, 0, "a keyframe");
    let waited = first.at.duration_since(patched);
    assert!(waited < Duration::from_millis(200), "{waited:?}");
    assert_eq!(world.clients[0].keyframe_requests.len(), 1);
}

#[test]
fn a_keyframe_is_asked_for_until_it_comes() {
    let mut world = World::pair(Instant::now(), 2);
    world.set_patches(vec![]);
    world.clients[0].film(CAMERA, true);
    world.run_for(Duration::from_secs(1));
    world.down[0].is_cut = true;
    world.patch_all();
    world.run_for(Duration::from_millis(2500));
    assert_eq!(world.clients[1].received(CAMERA).count(), 0, "the request was lost");
    world.down[0].is_cut = false;
    world.run_for(Duration::from_millis(1500));
    assert!(world.clients[1].received(CAMERA).count() > 0, "a later one was not");
}

#[test]
fn keyframe_requests_are_passed_on_and_throttled() {
    let mut world = World::pair(Instant::now(), 3);
    world.clients[0].film(CAMERA, true);
    world.run_for(Duration::from_secs(1));
    let before = world.clients[0].keyframe_requests.len();
    for _ in 0..100 {
        world.clients[1].request_keyframe(CAMERA);
        world.run_for(Duration::from_millis(50));
    }
    let asked = world.clients[0].keyframe_requests.len() - before;
    assert!((5..=11).contains(&asked), "{asked} requests in 5 s");
    let totals = world.sfu.totals();
    assert!(totals.keyframe_requests_received > 50, "{totals:?}");
    assert!(totals.keyframe_requests_sent < 15, "{totals:?}");
}

#[test]
fn lost_packets_are_repaired_in_both_hops() {
    let seed = 4;
    let mut world = World::pair(Instant::now(), seed);
    world.clients[0].film(CAMERA, true);
    world.run_for(Duration::from_secs(1));
    let lossy = Link { loss: 0.05, jitter: Duration::from_millis(15), ..Link::default() };
    world.up[0] = lossy;
    world.down[1] = lossy;
    let before = world.clients[1].received(CAMERA).count();
    world.command(wire::engine::Command::SetTaps { room: World::room(), legs: vec![World::leg(0)] });
    world.run_for(Duration::from_secs(10));
    world.up[0] = Link::default();
    world.down[1] = Link::default();
    world.run_for(Duration::from_secs(1));
    let got: Vec<u64> = world.clients[1].received(CAMERA).skip(before).map(|packet| packet.sequence).collect();
    let (first, last) = (got.iter().min().expect("some"), got.iter().max().expect("some"));
    let missing = (last - first + 1) as usize - got.len();
    assert!(got.len() > 600, "{}", got.len());
    assert!(missing * 200 <= got.len(), "{missing} of {} packets were never repaired (seed {seed})", got.len());
    let totals = world.sfu.totals();
    assert!(totals.packets_repaired > 10 && totals.nacks_sent > 10 && totals.nacks_received > 10, "{totals:?}");
    let mut tapped: Vec<u64> = world.taps.iter().map(|frame| frame.sequence).collect();
    tapped.sort_unstable();
    let frames = tapped.len();
    tapped.dedup();
    assert_eq!(tapped.len(), frames, "a repaired packet is tapped once");
}

#[test]
fn sound_and_pictures_keep_in_step_over_a_shaky_network() {
    let seed = 6;
    let mut world = World::pair(Instant::now(), seed);
    world.clients[0].speak(true);
    world.clients[0].film(CAMERA, true);
    world.up[0].jitter = Duration::from_millis(80);
    world.run_for(Duration::from_secs(10));
    // RTP times of both count from the same moment, so what is left is when the receiver is told that this was.
    let origins = |track: TrackKind, rate: i64| {
        let received = world.clients[1].received(track).filter(|packet| packet.at > world.now - Duration::from_secs(2));
        let origin = |captured: i64, timestamp: u32| captured - i64::from(timestamp) * 1_000_000 / rate;
        let all: Vec<i64> = received.filter_map(|packet| Some(origin(packet.captured?, packet.timestamp))).collect();
        assert!(all.len() > 20, "sender reports come");
        (all.iter().copied().min().expect("some"), all.iter().copied().max().expect("some"))
    };
    let (sound, pictures) = (origins(TrackKind::Audio, 48_000), origins(CAMERA, 90_000));
    let apart = (sound.1.max(pictures.1) - sound.0.min(pictures.0)) / 1000;
    assert!(apart < 15, "{apart} ms apart with 80 ms of jitter (seed {seed})");
}

#[test]
fn camera_and_screen_are_two_slots() {
    let mut world = World::pair(Instant::now(), 5);
    world.clients[0].film(CAMERA, true);
    world.clients[0].film(TrackKind::Screen, true);
    world.run_for(Duration::from_secs(2));
    for track in [CAMERA, TrackKind::Screen] {
        let pictures = world.clients[1].received(track).filter(|packet| packet.marker).count();
        assert!(pictures > 35, "{pictures} pictures of {track:?}");
        assert!(world.clients[1].received(track).all(|packet| packet.codec == Codec::Vp8));
    }
    world.clients[0].film(TrackKind::Screen, false);
    world.run_for(Duration::from_millis(500));
    let before = world.clients[1].received(TrackKind::Screen).count();
    world.run_for(Duration::from_secs(1));
    assert_eq!(world.clients[1].received(TrackKind::Screen).count(), before);
}
