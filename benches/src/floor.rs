//! The floor: what a packet costs at the least. One thread receives a datagram, takes SRTP off, rewrites SSRC, sequence
//! number, timestamp and payload type, protects it for the other leg and sends it. No ICE, no RTCP, no repair, no statistics.

use crate::{
    generator::{fixed_payload_type, fixed_ssrc, leg_ip, leg_of},
    keys::Keys,
    load::{Kind, Load},
};
use netio::{Port, Transmit};
use srtp::{RTP_OVERHEAD, Replay, RtpOpener, RtpSealer};
use std::{net::SocketAddr, time::Duration};

/// Added to what comes in, so that nothing leaves as it came.
const SSRC_SHIFT: u32 = 1 << 20;
const SEQUENCE_SHIFT: u64 = 1000;
const TIMESTAMP_SHIFT: u32 = 90_000;

/// Room for a datagram and its tag.
const ROOM: usize = netio::limits::DATAGRAM_BYTES + RTP_OVERHEAD;

/// From one leg to the other of its call.
struct Flow {
    remote: SocketAddr,
    other: SocketAddr,
    opener: RtpOpener,
    sealer: RtpSealer,
    sources: Vec<Source>,
}

struct Source {
    ssrc: u32,
    /// What it leaves with.
    payload_type: u8,
    replay: Replay,
}

/// A packet that leaves at the end of a turn.
#[derive(Clone)]
struct Outgoing {
    destination: SocketAddr,
    length: usize,
    bytes: [u8; ROOM],
}

/// Every leg's flow, by the number in its address.
pub(crate) struct Floor {
    port: Port,
    flows: Vec<Flow>,
}

impl Floor {
    /// For callers whose socket has this number.
    pub(crate) fn new(port: Port, load: Load, callers: u16) -> Self {
        let address = |leg: usize| SocketAddr::new(leg_ip(leg), callers);
        let flows = (0..load.legs()).map(|leg| Flow {
            remote: address(leg),
            other: address(leg ^ 1),
            opener: Keys::fixed_of_server(leg).0,
            sealer: Keys::fixed_of_server(leg ^ 1).1,
            sources: sources(leg, load),
        });
        Self { port, flows: flows.collect() }
    }

    /// Forwards for ever.
    pub(crate) fn run(mut self) -> ! {
        // One batch may be handed over beyond the budget.
        let longest = netio::limits::RECEIVE_BUDGET + netio::limits::RECEIVE_BATCH;
        let source = self.port.local_addr();
        let mut outgoing = vec![Outgoing { destination: source, length: 0, bytes: [0; ROOM] }; longest];
        loop {
            if !self.port.wait(Duration::from_millis(100)).input {
                continue;
            }
            let mut count = 0;
            let flows = &mut self.flows;
            self.port.receive(&mut |datagram| {
                let flow = leg_of(datagram.source.ip()).and_then(|leg| flows.get_mut(leg));
                let Some(flow) = flow.filter(|flow| flow.remote == datagram.source) else { return };
                let out = &mut outgoing[count];
                if let Some(length) = flow.forward(datagram.bytes, &mut out.bytes) {
                    (out.destination, out.length) = (flow.other, length);
                    count += 1;
                }
            });
            for Outgoing { destination, length, bytes } in &outgoing[..count] {
                let (destination, bytes) = (*destination, &bytes[..*length]);
                self.port.queue(Transmit { protocol: netio::Protocol::Udp, source, destination, bytes });
            }
            self.port.flush();
        }
    }
}

fn sources(leg: usize, load: Load) -> Vec<Source> {
    let source = |kind: &Kind| Source {
        ssrc: fixed_ssrc(leg, *kind),
        payload_type: fixed_payload_type(*kind),
        replay: Replay::default(),
    };
    load.kinds().iter().map(source).collect()
}

impl Flow {
    /// Writes the packet that leaves and returns its length; `None` for what is not this flow's.
    fn forward(&mut self, bytes: &mut [u8], out: &mut [u8; ROOM]) -> Option<usize> {
        let fixed = bytes.first_chunk::<16>()?;
        let ssrc = u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]);
        let timestamp = u32::from_be_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]);
        let extension = if fixed[0] & 0x10 == 0 { 0 } else { 4 + 4 * u16::from_be_bytes([fixed[14], fixed[15]]) };
        let header = 12 + usize::from(extension);
        let source = self.sources.iter_mut().find(|source| source.ssrc == ssrc)?;
        let (index, length) = self.opener.open(&mut source.replay, header, bytes).ok()?;
        out[..length].copy_from_slice(&bytes[..length]);
        let index = index + SEQUENCE_SHIFT;
        out[1] = out[1] & 0x80 | source.payload_type;
        out[2..4].copy_from_slice(&(index as u16).to_be_bytes());
        out[4..8].copy_from_slice(&timestamp.wrapping_add(TIMESTAMP_SHIFT).to_be_bytes());
        out[8..12].copy_from_slice(&(ssrc + SSRC_SHIFT).to_be_bytes());
        Some(self.sealer.seal(index, header, out, length))
    }
}
