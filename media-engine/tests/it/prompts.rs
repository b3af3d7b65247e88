use crate::harness::{Bench, drive_until, loopback};
use media_engine::EngineConfig;
use model::{CallId, LegId, PromptId, TrackKind};
use sfu_core::Protocol;
use std::time::Duration;
use wire::engine::{Command, Event, Patch, Playlist, Refusal};

const MUSIC: PromptId = PromptId::of(5);

fn play(leg: u128) -> Vec<Patch> {
    vec![Patch { source: Playlist::looped(MUSIC).into(), sink: LegId::of(leg), track: TrackKind::Audio }]
}

#[test]
fn a_prompt_that_was_loaded_once_plays_on_every_shard() {
    let mut bench = Bench::new(EngineConfig { shards: 2, ..EngineConfig::new(loopback()) });
    let rooms = [1_u128, 2];
    let mut callers = rooms.map(|room| bench.join(room, room, Protocol::Udp));
    let connected = drive_until(&mut callers, Duration::from_secs(10), |callers| {
        callers.iter().all(|caller| caller.client.is_connected)
    });
    assert!(connected, "both connect within 10 s");
    let early = bench.command(Command::SetPatches { room: CallId::of(1), patches: play(1) });
    let refusal = bench.wait_for("refusal", |event| match event {
        Event::Refused { id, reason } => Some((*id, reason.clone())),
        _ => None,
    });
    assert_eq!(refusal, (early, Refusal::UnknownPrompt { prompt: MUSIC }));
    // More than one part.
    let frames: Vec<Vec<u8>> = (0..1500_u16).map(|number| number.to_be_bytes().repeat(40)).collect();
    for command in wire::prompt::load(MUSIC, frames.iter().map(Vec::as_slice)) {
        bench.command(command);
    }
    for room in rooms {
        bench.command(Command::SetPatches { room: CallId::of(room), patches: play(room) });
    }
    let heard = drive_until(&mut callers, Duration::from_secs(10), |callers| {
        callers.iter().all(|caller| caller.client.received(TrackKind::Audio).count() >= 100)
    });
    assert!(heard, "both hear 2 s of it");
    for caller in &callers {
        let payloads = caller.client.received(TrackKind::Audio).map(|packet| &packet.payload);
        assert!(payloads.zip(&frames).all(|(heard, played)| heard == played), "from its beginning, each frame once");
    }
    bench.engine.shutdown();
}
