//! A leg cannot make the shard hold more by what it sends: everything here is authentic, and of bad will.

use netio::testing::live_bytes;
use sfu_core::{
    Protocol, limits,
    testing::{Sealer, World},
};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use wire::engine::{Command, Request};

const OPUS: u8 = 111;
const VP8: u8 = 96;
const VP8_REPAIRS: u8 = 97;
/// Datagrams of one kind in each half of an attack.
const DATAGRAMS: u32 = 5000;
/// What a leg may make the shard hold beyond a talking leg's share: a cache of packets to repair and a table of arrivals
/// for each direction of video.
const LEG_BYTES: i64 = 3 * limits::REPAIR_CACHE_BYTES as i64 + 64 * 1024;
/// What the second half of an attack may add: room that queues grow into by steps.
const MORE_BYTES: i64 = 4 * 1024;

/// A call whose first leg turns against the shard.
struct Attack {
    world: World,
    sealer: Sealer,
    source: SocketAddr,
}

impl Attack {
    fn new() -> Self {
        let mut world = World::pair(Instant::now(), 41);
        let sealer = world.sfu.sealer_of(World::leg(0)).expect("its handshake is through");
        let source = world.clients[0].address();
        Self { world, sealer, source }
    }

    /// What the shard does, and how many bytes more it holds after that.
    fn held_after(&mut self, work: impl FnOnce(&mut World)) -> i64 {
        let before = live_bytes();
        work(&mut self.world);
        let sfu = &mut self.world.sfu;
        while sfu.poll_transmit().is_some() {}
        while sfu.poll_event().is_some() {}
        while sfu.poll_tap().is_some() {}
        live_bytes() - before
    }

    fn take(&mut self, source: SocketAddr, mut bytes: Vec<u8>) -> i64 {
        self.held_after(|world| {
            world.sfu.handle_datagram(world.now, source, World::engine_address(), Protocol::Udp, &mut bytes);
        })
    }

    /// A millisecond passes for the shard.
    fn wait(&mut self) -> i64 {
        self.world.now += Duration::from_millis(1);
        self.held_after(|world| world.sfu.handle_timeout(world.now))
    }
}

/// RTP with this payload type, number and source, whose header ends before the payload.
fn rtp(payload_type: u8, sequence: u16, ssrc: u32, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x80, payload_type];
    packet.extend(sequence.to_be_bytes());
    packet.extend((u32::from(sequence) * 960).to_be_bytes());
    packet.extend(ssrc.to_be_bytes());
    packet.extend(payload);
    packet
}

/// RTCP with this type and count, whose length fits.
fn rtcp(kind: u8, count: u8, body: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x80 | count, kind, 0, 0];
    packet.extend(body);
    packet.resize(packet.len().next_multiple_of(4), 0);
    let words = u16::try_from(packet.len() / 4 - 1).expect("it fits a datagram");
    packet[2..4].copy_from_slice(&words.to_be_bytes());
    packet
}

/// Every number twice as far as the last: what a receiver would call lost.
fn jumping(number: u32) -> u16 {
    (number.wrapping_mul(number) % 3001) as u16
}

type Send = fn(&mut Attack, u32) -> i64;

fn seal_rtp(attack: &mut Attack, packet: &[u8]) -> i64 {
    let sealed = attack.sealer.rtp(packet).expect("an RTP packet");
    attack.take(attack.source, sealed)
}

fn seal_rtcp(attack: &mut Attack, packet: &[u8]) -> i64 {
    let sealed = attack.sealer.rtcp(packet).expect("an RTCP packet");
    attack.take(attack.source, sealed)
}

fn new_sources(attack: &mut Attack, number: u32) -> i64 {
    let payload_type = [OPUS, VP8, VP8_REPAIRS, 77][number as usize % 4];
    seal_rtp(attack, &rtp(payload_type, 1, 0x5000_0000 + number, &[0x90; 100]))
}

fn gaps(attack: &mut Attack, number: u32) -> i64 {
    seal_rtp(attack, &rtp(VP8, jumping(number), 0x6000_0000, &[0x10; 1100]))
}

fn repairs_of_what_was_never_sent(attack: &mut Attack, number: u32) -> i64 {
    let mut payload = jumping(number).to_be_bytes().to_vec();
    payload.resize(1100, 0x10);
    seal_rtp(attack, &rtp(VP8_REPAIRS, number as u16, 0x6000_0001, &payload))
}

fn headers_full_of_extensions(attack: &mut Attack, number: u32) -> i64 {
    let mut packet = rtp(OPUS, number as u16, 0x6000_0002, &[0xbe, 0xde, 1, 44]);
    packet[0] |= 0x10;
    packet.extend((0..300 * 4).map(|at| [0x10 | (number as u8) << 4, at as u8][at % 2]));
    seal_rtp(attack, &packet)
}

fn requests_for_everything(attack: &mut Attack, number: u32) -> i64 {
    let mut body = number.to_be_bytes().to_vec();
    body.extend(number.to_be_bytes());
    (0..300_u16).for_each(|pair| body.extend([(pair >> 8) as u8, pair as u8, 0xff, 0xff]));
    seal_rtcp(attack, &rtcp(205, 1, &body))
}

fn reports_of_sources_that_nobody_has(attack: &mut Attack, number: u32) -> i64 {
    let mut body = (0x7000_0000 + number).to_be_bytes().to_vec();
    body.extend([number as u8; 31 * 24]);
    let mut compound = rtcp(201, 31, &body);
    let mut name = (0x7000_0000 + number).to_be_bytes().to_vec();
    name.extend([1, 255]);
    name.extend([b'x'; 255]);
    name.push(0);
    compound.extend(rtcp(202, 1, &name));
    compound.extend(rtcp(204, 3, &[number as u8; 200]));
    seal_rtcp(attack, &compound)
}

fn feedback_of_what_was_never_sent(attack: &mut Attack, number: u32) -> i64 {
    let mut body = [0; 8].to_vec();
    body.extend((number as u16).wrapping_mul(99).to_be_bytes());
    // 8191 packets, none of which arrived.
    body.extend([0x1f, 0xff, 0, 0, 1, number as u8, 0x1f, 0xff]);
    seal_rtcp(attack, &rtcp(205, 15, &body))
}

fn requests_from_everywhere(attack: &mut Attack, number: u32) -> i64 {
    let request = attack.world.sfu.binding_request_of(World::leg(0), true).expect("it has a transport");
    attack.take(([10, 0, 1, 1], 1000 + number as u16).into(), request)
}

fn pieces_of_handshakes(attack: &mut Attack, number: u32) -> i64 {
    let mut record = vec![22, 254, 253, 0, 0, 0, 0, 0, 0, (number >> 8) as u8, number as u8, 4, 0x9c];
    // A message of 16 MB, of which this is some piece.
    record.extend([1, 0xff, 0xff, 0xff, (number >> 8) as u8, number as u8, 0, number as u8, 0, 0, 4, 0x90]);
    record.resize(13 + 0x49c, 7);
    attack.take(attack.source, record)
}

fn offers(attack: &mut Attack, number: u32) -> i64 {
    // Each is answered with care; signaling limits how many there are.
    if !number.is_multiple_of(50) {
        return 0;
    }
    let offer = attack.world.clients[0].restart_ice();
    let offered = offer.capacity() as i64;
    let command = Command::Negotiate { leg: World::leg(0), offer };
    let request = Request { id: model::CommandId::of(10_000 + u128::from(number)), command };
    let mut answer = None;
    let held = attack.held_after(|world| {
        world.sfu.handle_request(request, world.now);
        while let Some(event) = world.sfu.poll_event() {
            if let wire::engine::Event::Answer { sdp, .. } = event {
                answer = Some(sdp);
            }
        }
    });
    let answer = answer.expect("an offer of its own is answered");
    attack.world.clients[0].accept(&answer);
    // What came in is gone, and what came out is ours.
    held + offered - answer.capacity() as i64
}

#[test]
fn a_leg_cannot_make_the_shard_hold_more() {
    let attacks: [(&str, Send); 11] = [
        ("packets of new sources", new_sources),
        ("gaps", gaps),
        ("repairs", repairs_of_what_was_never_sent),
        ("extensions", headers_full_of_extensions),
        ("requests to repeat", requests_for_everything),
        ("reports", reports_of_sources_that_nobody_has),
        ("feedback", feedback_of_what_was_never_sent),
        ("binding requests from everywhere", requests_from_everywhere),
        ("pieces of handshakes", pieces_of_handshakes),
        ("offers", offers),
        ("datagrams that are nothing", |attack, number| {
            attack.take(attack.source, vec![number as u8; 1 + number as usize % 1400])
        }),
    ];
    for (what, send) in attacks {
        let mut attack = Attack::new();
        let mut half = |from: u32| -> i64 {
            (from..from + DATAGRAMS).map(|number| send(&mut attack, number) + attack.wait()).sum()
        };
        let (first, second) = (half(0), half(DATAGRAMS));
        println!("{what}: {first} bytes, then {second} more");
        assert!(first <= LEG_BYTES, "{what}: the shard holds {first} bytes more");
        assert!(second <= MORE_BYTES, "{what}: {second} bytes more after as many again");
        assert_eq!(attack.world.sfu.totals().panics, 0, "{what}");
    }
}
