//! Offers, answers, and codecs that meet.

use model::{Codec, LegId, TrackKind};
use sfu_core::testing::{ClientOptions, World};
use std::time::{Duration, Instant};
use wire::engine::{Command, Event, Refusal};

fn options(client: usize, video_codecs: &[Codec]) -> ClientOptions {
    ClientOptions { video_codecs: video_codecs.to_vec(), ..ClientOptions::new(World::client_address(client, 6000)) }
}

fn asked(world: &World) -> Vec<(LegId, Vec<Codec>)> {
    let pick = |event: &Event| match event {
        Event::RenegotiationNeeded { leg, video_codecs } => Some((*leg, video_codecs.clone())),
        _ => None,
    };
    world.events.iter().filter_map(|(_, event)| pick(event)).collect()
}

#[test]
fn vp8_comes_first_whatever_the_offer_prefers() {
    let mut world = World::new(Instant::now(), 1);
    world.join(options(0, &[Codec::H264, Codec::Vp8]));
    assert_eq!(world.clients[0].video_codec, Codec::Vp8);
    world.join(options(1, &[Codec::Vp8]));
    assert!(asked(&world).is_empty());
}

#[test]
fn a_leg_with_h264_alone_joins_a_vp8_call() {
    let mut world = World::new(Instant::now(), 2);
    world.join(options(0, &[Codec::Vp8, Codec::H264]));
    world.run_for(Duration::from_secs(1));
    world.clients[0].film(TrackKind::Camera, true);
    world.join(options(1, &[Codec::H264]));
    assert_eq!(world.clients[1].video_codec, Codec::H264);
    assert_eq!(asked(&world), [(World::leg(0), vec![Codec::H264])], "once, and only the leg that sends VP8");
    world.clients[1].film(TrackKind::Camera, true);
    world.patch_all();
    world.run_for(Duration::from_secs(2));
    assert_eq!(world.clients[1].received(TrackKind::Camera).count(), 0, "no VP8 to who cannot take it");
    assert!(world.clients[0].received(TrackKind::Camera).count() > 50, "H.264 to who can");
    let offer = world.clients[0].restart_ice();
    world.renegotiate(0, offer);
    assert_eq!(world.clients[0].video_codec, Codec::H264, "the answer now puts what all have first");
    world.run_for(Duration::from_secs(2));
    let first = world.clients[1].received(TrackKind::Camera).next().expect("pictures come");
    assert_eq!(first.codec, Codec::H264);
    assert_eq!(first.payload[0] & 0x1f, 24, "at the keyframe's parameter sets");
    assert_eq!(asked(&world).len(), 1);
    world.join(options(2, &[Codec::Vp8, Codec::H264]));
    assert_eq!(world.clients[2].video_codec, Codec::H264, "who joins later fits in at once");
}

#[test]
fn legs_with_nothing_in_common_are_told_so() {
    let mut world = World::new(Instant::now(), 3);
    world.join(options(0, &[Codec::Vp8]));
    world.join(options(1, &[Codec::H264]));
    assert_eq!(asked(&world), [(World::leg(0), vec![]), (World::leg(1), vec![])]);
}

#[test]
fn a_leg_without_video_has_no_say() {
    let mut world = World::new(Instant::now(), 4);
    world.join(options(0, &[Codec::Vp8]));
    world.join(ClientOptions { is_audio_only: true, ..options(1, &[]) });
    world.patch_all();
    world.run_for(Duration::from_secs(1));
    world.clients.iter_mut().for_each(|client| client.speak(true));
    world.clients[0].film(TrackKind::Camera, true);
    world.run_for(Duration::from_secs(1));
    assert!(asked(&world).is_empty());
    assert!(world.clients.iter().all(|client| client.received(TrackKind::Audio).count() > 40));
}

#[test]
fn a_repeated_request_gets_the_same_answer() {
    let mut world = World::new(Instant::now(), 5);
    let mut client = sfu_core::testing::Client::new(options(0, &[Codec::Vp8]), world.now);
    let command = Command::AddLeg { room: World::room(), leg: World::leg(0), offer: client.offer() };
    let request = wire::engine::Request { id: model::CommandId::of(9), command };
    for _ in 0..2 {
        world.sfu.handle_request(request.clone(), world.now);
    }
    let mut answers = Vec::new();
    while let Some(event) = world.sfu.poll_event() {
        answers.extend(match event {
            Event::Answer { sdp, .. } => Some(sdp),
            _ => None,
        });
    }
    assert_eq!(answers.len(), 2);
    assert_eq!(answers[0], answers[1]);
    assert!(answers[0].contains("a=setup:passive") && answers[0].contains("a=ice-lite"));
    assert!(answers[0].contains("10.0.0.1 5000 typ host tcptype passive"));
}

#[test]
fn offers_that_cannot_be_used_are_refused_and_change_nothing() {
    let mut world = World::pair(Instant::now(), 6);
    world.clients.iter_mut().for_each(|client| client.speak(true));
    let good = sfu_core::testing::Client::new(options(3, &[Codec::Vp8]), world.now).offer();
    let bad = [
        String::new(),
        "hello".into(),
        "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n".into(),
        good.replace("a=fingerprint:sha-256", "a=fingerprint:sha-999"),
        good.replace("a=ice-ufrag", "a=nothing"),
        good.replace("a=fingerprint", "a=nothing"),
        good.replace("a=setup:actpass", "a=setup:passive"),
        good.replace("a=mid:", "a=middle:"),
        "x".repeat(70_000),
    ];
    for offer in bad {
        for command in [
            Command::AddLeg { room: World::room(), leg: LegId::of(5), offer: offer.clone() },
            Command::Negotiate { leg: World::leg(0), offer: offer.clone() },
        ] {
            let id = world.command(command);
            let refusal = world.events.iter().rev().find_map(|(_, event)| match event {
                Event::Refused { id: refused, reason } if *refused == id => Some(reason.clone()),
                _ => None,
            });
            let start: String = offer.chars().take(300).collect();
            assert!(
                matches!(refusal, Some(Refusal::InvalidOffer { .. })),
                "{refusal:?} {:?} to {start}",
                world.events.last()
            );
        }
    }
    let before: Vec<usize> = world.clients.iter().map(|client| client.received(TrackKind::Audio).count()).collect();
    world.run_for(Duration::from_secs(2));
    for (client, before) in world.clients.iter().zip(before) {
        assert!(client.received(TrackKind::Audio).count() > before + 90, "the call goes on");
    }
}
