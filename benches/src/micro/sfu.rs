//! A shard in memory: demux, SRTP, munging and statistics of each packet, without sockets.

use crate::{
    client::{Client, Identity},
    generator::{Leg, leg_id, leg_ip, leg_of, room_of},
    load::{Due, Kind, Load},
    packet::PACKET_BYTES,
};
use model::{CommandId, MediaTime, TrackKind};
use sfu_core::{Config, Protocol, Sfu};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use wire::engine::{Command, Event, Patch, Request};

const SERVER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 5000);
const CALLERS: u16 = 6000;
/// Virtual time of one step, and how many a handshake may take.
const STEP: Duration = Duration::from_millis(20);
const STEPS: usize = 200;

/// A shard and the legs that it connects, in virtual time.
pub(crate) struct World {
    sfu: Sfu,
    legs: Vec<Leg>,
    start: Instant,
    now: Instant,
    rounds: u64,
}

impl World {
    /// All legs of a load, connected and patched.
    pub(crate) fn new(load: Load) -> Result<Self, String> {
        let start = Instant::now();
        let config = Config::new(vec![SERVER], (start, MediaTime(0)));
        let legs = (0..load.legs()).map(|_| Leg::new(load)).collect();
        let mut world = Self { sfu: Sfu::new(config, start), legs, start, now: start, rounds: 0 };
        let identity = Identity::new();
        for leg in 0..load.legs() {
            world.join(leg, load, &identity)?;
            if leg % 2 == 1 {
                world.patch(leg, load);
            }
        }
        Ok(world)
    }

    fn join(&mut self, index: usize, load: Load, identity: &Identity) -> Result<(), String> {
        let (client, offer) = Client::offer(identity, address(index), load, self.now);
        self.legs[index].client = Some(client);
        self.command(Command::AddLeg { room: room_of(index), leg: leg_id(index), offer });
        let answer = std::iter::from_fn(|| self.sfu.poll_event()).find_map(|event| match event {
            Event::Answer { sdp, .. } => Some(sdp),
            _ => None,
        });
        let leg = &mut self.legs[index];
        let client = leg.client.as_mut().ok_or("a leg that joins has a client")?;
        let settled = client.accept(&answer.ok_or("the shard did not answer")?, self.now)?;
        leg.settle(settled, Duration::MAX);
        for _ in 0..STEPS {
            self.step(index);
            let leg = &mut self.legs[index];
            let client = leg.client.as_mut().ok_or("a leg that joins has a client")?;
            let is_connected = client.is_connected;
            if let Some(keys) = client.keys.take() {
                leg.set_keys(keys?);
            }
            if is_connected && leg.has_keys() {
                return Ok(());
            }
        }
        Err(format!("leg {index} did not connect"))
    }

    /// A little time passes for the shard and the leg that joins.
    fn step(&mut self, index: usize) {
        self.now += STEP;
        let mut out = Vec::new();
        let Some(client) = &mut self.legs[index].client else { return };
        client.handle_timeout(self.now, &mut |_, bytes| out.push(bytes.to_vec()));
        self.sfu.handle_timeout(self.now);
        // Each side answers the other until both are silent.
        loop {
            for mut bytes in out.drain(..) {
                self.sfu.handle_datagram(self.now, address(index), SERVER, Protocol::Udp, &mut bytes);
            }
            let mut came = false;
            while let Some(transmit) = self.sfu.poll_transmit() {
                let leg = leg_of(transmit.destination.ip());
                let client = leg.and_then(|leg| self.legs[leg].client.as_mut()).filter(|_| leg == Some(index));
                if let Some(client) = client {
                    came = true;
                    client.handle(self.now, SERVER, transmit.bytes, &mut |_, bytes| out.push(bytes.to_vec()));
                }
            }
            if !came && out.is_empty() {
                return;
            }
        }
    }

    fn patch(&mut self, leg: usize, load: Load) {
        let tracks = [TrackKind::Audio, TrackKind::Camera].into_iter().take(load.kinds().len());
        let (a, b) = (leg_id(leg - 1), leg_id(leg));
        let patches = tracks
            .flat_map(|track| [(a, b), (b, a)].map(|(source, sink)| Patch { source: source.into(), sink, track }))
            .collect();
        self.command(Command::SetPatches { room: room_of(leg), patches });
    }

    fn command(&mut self, command: Command) {
        self.sfu.handle_request(Request { id: CommandId::of(1), command }, self.now);
    }

    /// Each leg sends one packet, and 20 ms pass; the answer is how many packets left, and how long that took the shard.
    pub(crate) fn round(&mut self, kind: Kind) -> (u32, Duration) {
        self.now += STEP;
        let number = self.rounds;
        self.rounds += 1;
        let since = self.now - self.start;
        let mut packets: Vec<(usize, [u8; PACKET_BYTES], usize)> = Vec::with_capacity(self.legs.len());
        for (leg, sender) in self.legs.iter_mut().enumerate() {
            let mut bytes = [0; PACKET_BYTES];
            // Keyframes alone, so that no sink waits for one.
            let due = Due { after: Duration::ZERO, leg, kind, number: number * 30, part: 0 };
            if let Some(length) = sender.write(due, since, &mut bytes) {
                packets.push((leg, bytes, length));
            }
        }
        let mut left = 0_u32;
        let start = Instant::now();
        for (leg, bytes, length) in &mut packets {
            self.sfu.handle_datagram(self.now, address(*leg), SERVER, Protocol::Udp, &mut bytes[..*length]);
            while let Some(transmit) = self.sfu.poll_transmit() {
                left += u32::from(transmit.bytes.len() > 60);
            }
        }
        self.sfu.handle_timeout(self.now);
        while self.sfu.poll_transmit().is_some() {}
        while self.sfu.poll_event().is_some() {}
        (left, start.elapsed())
    }
}

fn address(leg: usize) -> SocketAddr {
    SocketAddr::new(leg_ip(leg), CALLERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_in_memory_forwards_what_legs_send() {
        let mut world = World::new(Load { calls: 2, video: true }).expect("the legs connect");
        for kind in [Kind::Audio, Kind::Video] {
            let left: u32 = (0..5).map(|_| world.round(kind).0).sum();
            assert_eq!(left, 20, "{kind:?}");
        }
    }
}
