//! What the parts of a packet's way cost in memory, without sockets, and what routing a call does.

pub(crate) mod routing;
mod sfu;

use crate::load::{Kind, Load};
use srtp::{MasterKey, Profile, RTP_OVERHEAD, Replay, RtpOpener, RtpSealer};
use std::time::Instant;

/// Keys in turn: more than fit the processor's first caches, as with many legs.
const KEYS: usize = 1000;
/// Payloads: a small and a large audio packet, and video.
const SIZES: [usize; 3] = [80, 160, 1100];
const HEADER: usize = 20;
/// Rounds of a shard in one repetition: a second of audio.
const ROUNDS: usize = 50;

/// One line of the table.
#[derive(Debug, Clone)]
pub(crate) struct Cost {
    pub(crate) what: String,
    /// Nanoseconds each, one figure per repetition.
    pub(crate) nanoseconds: Vec<f64>,
}

/// Both directions' contexts of a leg, and the packets that have passed.
struct Contexts {
    sealer: RtpSealer,
    opener: RtpOpener,
    replay: Replay,
    index: u64,
}

/// Measures every part, `repetitions` times.
pub(crate) fn all(repetitions: usize) -> Result<Vec<Cost>, String> {
    let mut costs = srtp_alone(repetitions);
    for (calls, kind) in [(1, Kind::Audio), (500, Kind::Audio), (1, Kind::Video), (50, Kind::Video)] {
        let load = Load { calls, video: kind == Kind::Video };
        let mut world = sfu::World::new(load)?;
        let mut repetition = |_| {
            let (packets, time) = (0..ROUNDS)
                .map(|_| world.round(kind))
                .fold((0, 0.0), |(packets, time), (left, took)| (packets + left, time + took.as_nanos() as f64));
            time / f64::from(packets.max(1))
        };
        let nanoseconds = (0..=repetitions).map(&mut repetition).skip(1).collect();
        costs.push(Cost { what: format!("shard without sockets, {kind:?}, {calls} calls"), nanoseconds });
    }
    costs.extend(routing::all(repetitions)?);
    Ok(costs)
}

fn srtp_alone(repetitions: usize) -> Vec<Cost> {
    let mut costs = Vec::new();
    for profile in Profile::ALL {
        for size in SIZES {
            let mut contexts: Vec<Contexts> = (0..KEYS).map(|key| contexts(profile, key)).collect();
            let run = |_| protect_and_open(&mut contexts, size);
            let nanoseconds = (0..=repetitions).map(run).skip(1).collect();
            costs.push(Cost { what: format!("SRTP off and on, {profile:?}, {size} bytes"), nanoseconds });
        }
    }
    costs
}

fn contexts(profile: Profile, key: usize) -> Contexts {
    let bytes: Vec<u8> = (0..64).map(|at| (key * 31 + at) as u8).collect();
    let (master, salt) = (&bytes[..profile.key_bytes()], &bytes[40..40 + profile.salt_bytes()]);
    let master = MasterKey::new(profile, master, salt).expect("the lengths are the profile's");
    Contexts { sealer: RtpSealer::new(&master), opener: RtpOpener::new(&master), replay: Replay::default(), index: 1 }
}

/// A packet of each key is protected, and taken apart again.
fn protect_and_open(contexts: &mut [Contexts], size: usize) -> f64 {
    let mut packet = vec![0x55; HEADER + size + RTP_OVERHEAD];
    packet[..HEADER].fill(0);
    packet[0] = 0x80;
    let start = Instant::now();
    for Contexts { sealer, opener, replay, index } in contexts.iter_mut() {
        packet[2..4].copy_from_slice(&(*index as u16).to_be_bytes());
        let length = sealer.seal(*index, HEADER, &mut packet, HEADER + size);
        let opened = opener.open(replay, HEADER, &mut packet[..length]);
        assert_eq!(opened, Ok((*index, HEADER + size)), "what was protected is authentic");
        *index += 1;
    }
    start.elapsed().as_nanos() as f64 / contexts.len() as f64
}
