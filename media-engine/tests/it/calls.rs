use crate::harness::{Bench, Caller, drive, drive_until, loopback};
use media_engine::EngineConfig;
use model::{CallId, CommandId, LegId, TrackKind};
use sfu_core::{Protocol, testing::Received};
use std::{
    net::UdpSocket,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};
use wire::engine::{Command, Event, Refusal};

fn sound_of(callers: &[Caller]) -> Vec<usize> {
    callers.iter().map(|caller| caller.client.received(TrackKind::Audio).count()).collect()
}

/// Both hear and see each other, for some seconds.
pub(crate) fn talk(callers: &mut [Caller]) {
    for caller in callers.iter_mut() {
        caller.client.speak(true);
        caller.client.film(TrackKind::Camera, true);
    }
    let both = |callers: &[Caller]| {
        let all = |track, count| callers.iter().all(|caller| caller.client.received(track).count() >= count);
        all(TrackKind::Audio, 100) && all(TrackKind::Camera, 60)
    };
    let heard = drive_until(callers, Duration::from_secs(15), both);
    assert!(heard, "both hear and see each other: {:?}", sound_of(callers));
}

#[test]
fn a_call_over_udp() {
    let mut bench = Bench::new(EngineConfig::new(loopback()));
    let mut callers = bench.pair([Protocol::Udp; 2]);
    bench.command(Command::SetTaps { room: CallId::of(1), legs: vec![LegId::of(11)] });
    talk(&mut callers);
    let tapped = bench.tapped.load(Relaxed);
    assert!(tapped >= 100, "{tapped} frames of one leg's sound and pictures");
    bench.wait_for("statistics", |event| match event {
        Event::Stats { legs } if legs.iter().any(|leg| leg.quality.uplink.mos.is_some()) => Some(()),
        _ => None,
    });
    assert!(bench.metrics.encode().contains("switchroom_legs 2"), "{}", bench.metrics.encode());
    bench.command(Command::CloseRoom { room: CallId::of(1) });
    let closed = drive_until(&mut callers, Duration::from_secs(5), |callers| {
        callers.iter().all(|caller| caller.client.is_closed)
    });
    assert!(closed, "the pages are told that the call is over");
    bench.engine.shutdown();
}

#[test]
fn a_call_over_tcp_and_udp() {
    let mut bench = Bench::new(EngineConfig::new(loopback()));
    let mut callers = bench.pair([Protocol::Tcp, Protocol::Udp]);
    talk(&mut callers);
    bench.engine.shutdown();
}

#[test]
fn a_flood_of_garbage_does_not_slow_a_call() {
    let mut bench = Bench::new(EngineConfig::new(loopback()));
    let mut callers = bench.pair([Protocol::Udp; 2]);
    talk(&mut callers);
    let before = sound_of(&callers);
    let (target, stop) = (bench.engine.announced()[0], Arc::new(AtomicBool::new(false)));
    let flood = std::thread::spawn({
        let stop = Arc::clone(&stop);
        move || flood(target, &stop)
    });
    drive(&mut callers, Duration::from_secs(3));
    stop.store(true, Relaxed);
    let sent = flood.join().expect("the flood ends");
    assert!(sent > 3000, "{sent} datagrams are a flood");
    for (caller, before) in callers.iter().zip(before) {
        let heard: Vec<&Received> = caller.client.received(TrackKind::Audio).skip(before).collect();
        let count = heard.len();
        assert!((120..=180).contains(&count), "{count} packets of sound in 3 s under {sent} datagrams of garbage");
        let late = median_lateness(&heard);
        assert!(late < Duration::from_millis(40), "half of the sound is more than {late:?} late");
    }
    bench.engine.shutdown();
}

/// How much later than the fastest packet half of them came.
fn median_lateness(heard: &[&Received]) -> Duration {
    let number = |packet: &Received| {
        let bytes = packet.payload.first_chunk::<8>().expect("sound is counted in eight bytes");
        Duration::from_millis(20) * u32::from_be_bytes([bytes[4], bytes[5], bytes[6], bytes[7]])
    };
    let first = heard[0];
    let mut lateness: Vec<i128> = heard
        .iter()
        .map(|packet| {
            let due = number(packet).as_micros() as i128 - number(first).as_micros() as i128;
            packet.at.duration_since(first.at).as_micros() as i128 - due
        })
        .collect();
    lateness.sort_unstable();
    let late = lateness[lateness.len() / 2] - lateness[0];
    Duration::from_micros(u64::try_from(late).expect("the median is not below the least"))
}

/// About 20 000 datagrams a second of every kind that a stranger can send.
fn flood(target: std::net::SocketAddr, stop: &AtomicBool) -> u64 {
    let socket = UdpSocket::bind(loopback()).expect("a free port");
    let kinds: [&[u8]; 5] = [&[0xff; 100], &[0, 1, 0, 0], &[22, 254, 253, 0, 0], &[0x80, 111, 0, 1, 0, 0, 0, 0], &[]];
    let mut sent = 0;
    while !stop.load(Relaxed) {
        for _ in 0..4 {
            for kind in kinds {
                sent += u64::from(socket.send_to(kind, target).is_ok());
            }
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    sent
}

#[test]
fn rooms_are_spread_over_shards_and_unknown_legs_are_named() {
    let mut bench = Bench::new(EngineConfig { shards: 2, ..EngineConfig::new(loopback()) });
    let ports: Vec<u16> = bench.engine.announced().iter().map(|address| address.port()).collect();
    assert_ne!(ports[0], ports[1]);
    let mut answers = Vec::new();
    for room in [1, 2] {
        let mut client = sfu_core::testing::Client::new(
            sfu_core::testing::ClientOptions::new(([127, 0, 0, 1], 9).into()),
            std::time::Instant::now(),
        );
        let id = bench.command(Command::AddLeg { room: CallId::of(room), leg: LegId::of(room), offer: client.offer() });
        answers.push(bench.wait_for("answer", |event| match event {
            Event::Answer { id: answered, sdp, .. } if *answered == id => Some(sdp.clone()),
            _ => None,
        }));
    }
    for (answer, port) in answers.iter().zip(&ports) {
        assert!(answer.contains(&format!("127.0.0.1 {port} typ host")), "{answer}");
    }
    let id = bench.command(Command::Negotiate { leg: LegId::of(99), offer: String::new() });
    let refusal = bench.wait_for("refusal", |event| match event {
        Event::Refused { id, reason } => Some((*id, reason.clone())),
        _ => None,
    });
    assert_eq!(refusal, (id, Refusal::UnknownLeg));
    assert_ne!(id, CommandId::of(0));
    bench.engine.shutdown();
}
