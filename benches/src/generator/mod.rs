//! The callers: paced media of many legs over one socket, each leg at a loopback address of its own.
//!
//! A leg behaves as a browser does, but for three things: it answers no NACK and no keyframe request (there is no loss,
//! and keyframes come once a second), it decrypts only a sample of what comes in, and it does not adapt its bit rate.

mod downlink;
mod flood;
mod join;
mod leg;

use crate::{
    client::Settled,
    keys::Keys,
    load::{Due, Kind, Load, Schedule},
    packet::{Extensions, PACKET_BYTES, Uplink},
    rtcp::{REPORT_STEP, RTCP_BYTES},
};
use flood::Flood;
pub(crate) use flood::Flooded;
pub(crate) use join::{leg_id, room_of};
use leg::Got;
pub(crate) use leg::Leg;
use netio::{Datagram, Port, Protocol, Transmit};
use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

/// One in so many received packets is decrypted, and its latency noted; with a flood it is each.
const SAMPLE: u64 = 16;
/// Strangers' addresses begin so; callers' are 127.1.
const FLOOD_NET: [u8; 2] = [127, 2];
/// Extension ids where nothing is negotiated.
const FIXED_EXTENSIONS: Extensions = Extensions { level: Some(1), transport: Some(3) };

/// What the callers saw in a window of time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// Media packets.
    pub(crate) sent: u64,
    pub(crate) received: u64,
    /// Packets that did not decrypt.
    pub(crate) bad: u64,
    /// From sending to receiving, of a sample.
    pub(crate) latencies: Vec<Duration>,
    /// How late each packet left against its schedule.
    pub(crate) late: Vec<Duration>,
}

/// All callers of a load.
pub(crate) struct Generator {
    load: Load,
    port: Port,
    server: SocketAddr,
    legs: Vec<Leg>,
    start: Instant,
    seen: Seen,
    /// Which leg's timers are looked at next.
    turn: usize,
    flood: Option<Flood>,
    /// Wait by turning in a circle, so that nothing delays a packet; otherwise leave the processor to others.
    spin: bool,
}

/// The loopback address of a leg.
pub(crate) fn leg_ip(leg: usize) -> IpAddr {
    let [high, low] = u16::try_from(leg).expect("loads are smaller than 65536 legs").to_be_bytes();
    Ipv4Addr::new(127, 1, high, low).into()
}

/// Which leg an address is.
pub(crate) fn leg_of(ip: IpAddr) -> Option<usize> {
    match ip {
        IpAddr::V4(v4) if v4.octets()[..2] == [127, 1] => {
            Some(usize::from(u16::from_be_bytes([v4.octets()[2], v4.octets()[3]])))
        }
        _ => None,
    }
}

/// The source of a leg's media of one kind where nothing is negotiated.
pub(crate) fn fixed_ssrc(leg: usize, kind: Kind) -> u32 {
    1000 + 2 * leg as u32 + kind as u32
}

/// The payload type of a kind where nothing is negotiated.
pub(crate) fn fixed_payload_type(kind: Kind) -> u8 {
    match kind {
        Kind::Audio => 111,
        Kind::Video => 96,
    }
}

impl Generator {
    /// Opens the callers' socket. All loopback addresses are reached by one that is bound to all; what comes from
    /// elsewhere belongs to no leg.
    pub(crate) fn new(load: Load, server: SocketAddr, spin: bool) -> io::Result<Self> {
        let port = Port::bind(SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0))?;
        let legs = (0..load.legs()).map(|_| Leg::new(load)).collect();
        Ok(Self { load, port, server, legs, start: Instant::now(), seen: Seen::default(), turn: 0, flood: None, spin })
    }

    /// What callers send is overheard from now on, for [`Self::begin_flood`].
    pub(crate) fn listen_in(&mut self, per_second: u32) -> io::Result<()> {
        self.flood = Some(Flood::new(self.server, per_second)?);
        Ok(())
    }

    /// Strangers send while [`Self::run`] does.
    pub(crate) fn begin_flood(&mut self) {
        self.flood.iter_mut().for_each(Flood::begin);
    }

    /// Strangers are silent again. What they have sent and got back so far.
    pub(crate) fn end_flood(&mut self) -> Flooded {
        self.flood.as_mut().map(Flood::end).unwrap_or_default()
    }

    /// The number of the callers' socket.
    pub(crate) fn port(&self) -> u16 {
        self.port.local_addr().port()
    }

    /// Gives every leg the fixed keys and sources that the floor knows.
    pub(crate) fn settle_fixed(&mut self) {
        for (index, leg) in self.legs.iter_mut().enumerate() {
            let uplinks = self
                .load
                .kinds()
                .iter()
                .map(|&kind| Uplink::new(fixed_ssrc(index, kind), fixed_payload_type(kind), FIXED_EXTENSIONS));
            // Reports would be nothing to the floor.
            leg.settle(Settled { uplinks: uplinks.collect(), transport: None }, Duration::MAX);
            leg.set_keys(Keys::fixed(index));
        }
    }

    /// A schedule for all legs, from now.
    pub(crate) fn schedule(&self) -> Schedule {
        Schedule::new(self.load, Instant::now())
    }

    /// Sends what is due and takes what comes, for a time.
    pub(crate) fn run(&mut self, schedule: &mut Schedule, time: Duration) {
        let end = Instant::now() + time;
        loop {
            let now = Instant::now();
            if now >= end {
                return;
            }
            if let Some(due) = schedule.take(now) {
                self.seen.late.push(schedule.lateness(due, now));
                self.send(due, now);
            }
            self.let_strangers_send(now);
            self.receive(self.next_datagram(schedule).min(end));
            self.look_at_timers(now);
        }
    }

    /// When the next datagram of anybody is due.
    fn next_datagram(&self, schedule: &Schedule) -> Instant {
        let next = schedule.next();
        self.flood.as_ref().and_then(Flood::next).map_or(next, |flood| flood.min(next))
    }

    /// One datagram of the flood, if it is due.
    fn let_strangers_send(&mut self, now: Instant) {
        let Some(flood) = &mut self.flood else { return };
        if let Some((leg, bytes)) = flood.run(now) {
            let source = SocketAddr::new(leg_ip(leg), self.port.local_addr().port());
            self.port.queue(Transmit { protocol: Protocol::Udp, source, destination: self.server, bytes });
            self.port.flush();
        }
    }

    /// Takes what still comes, for a time.
    pub(crate) fn drain(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while Instant::now() < end {
            self.receive(end);
            self.look_at_timers(Instant::now());
        }
    }

    /// What was seen since the last time; counts of packets are from the start.
    pub(crate) fn take_seen(&mut self) -> Seen {
        let mut seen = std::mem::take(&mut self.seen);
        seen.sent = self.legs.iter().map(Leg::sent).sum();
        seen.received = self.legs.iter().map(Leg::received).sum();
        seen
    }

    /// Media packets that did not come, by their numbers, since the start.
    pub(crate) fn lost(&self) -> u64 {
        self.legs.iter().map(Leg::lost).sum()
    }

    /// How much later than its leg's fastest each media packet came, by its RTP time, since the last call.
    pub(crate) fn take_lateness(&mut self) -> Vec<Duration> {
        self.legs.iter_mut().flat_map(Leg::take_lateness).collect()
    }

    /// Legs that hear every kind that the other leg of their call sends.
    pub(crate) fn legs_that_hear(&self) -> usize {
        self.legs.iter().filter(|leg| leg.kinds_heard() == self.load.kinds().len()).count()
    }

    fn send(&mut self, due: Due, now: Instant) {
        let mut buffer = [0; PACKET_BYTES];
        let Some(length) = self.legs[due.leg].write(due, now - self.start, &mut buffer) else { return };
        self.transmit(due.leg, &buffer[..length]);
    }

    fn transmit(&mut self, leg: usize, bytes: &[u8]) {
        if let Some(flood) = &mut self.flood {
            flood.overhear(leg, bytes);
        }
        let source = SocketAddr::new(leg_ip(leg), self.port());
        self.port.queue(Transmit { protocol: Protocol::Udp, source, destination: self.server, bytes });
        self.port.flush();
    }

    /// Takes what has come. Where the processor is left to others, waits for it until `next`.
    fn receive(&mut self, next: Instant) {
        let wait = if self.spin { Duration::ZERO } else { next.saturating_duration_since(Instant::now()) };
        let wake = self.port.wait(wait);
        if !wake.input {
            return;
        }
        let sample = if self.flood.is_some() { 1 } else { SAMPLE };
        let (legs, seen, server) = (&mut self.legs, &mut self.seen, self.server);
        let (now, since) = (wake.at, wake.at - self.start);
        let mut replies = Vec::new();
        self.port.receive(&mut |datagram: Datagram<'_>| {
            let Some(index) = leg_of(datagram.destination.ip()).filter(|_| datagram.source == server) else { return };
            let Some(leg) = legs.get_mut(index) else { return };
            match datagram.bytes {
                [128..=191, _, ..] => {
                    seen.received += 1;
                    match leg.receive(datagram.bytes, since, seen.received.is_multiple_of(sample)) {
                        Got::Sample(latency) => seen.latencies.push(latency),
                        Got::Bad => seen.bad += 1,
                        Got::Media | Got::Control => {}
                    }
                }
                _ => {
                    if let Some(client) = &mut leg.client {
                        client
                            .handle(now, server, datagram.bytes, &mut |_, bytes| replies.push((index, bytes.to_vec())));
                    }
                }
            }
        });
        for (leg, bytes) in replies {
            self.transmit(leg, &bytes);
        }
    }

    /// One leg's RTCP and ICE, and the next leg's at the next call.
    fn look_at_timers(&mut self, now: Instant) {
        let index = self.turn;
        self.turn = (self.turn + 1) % self.legs.len();
        let mut buffer = [0; RTCP_BYTES];
        let leg = &mut self.legs[index];
        if let Some(length) = leg.write_rtcp(now - self.start, &mut buffer) {
            self.transmit(index, &buffer[..length]);
        }
        self.let_client_work(index, now);
    }

    fn let_client_work(&mut self, index: usize, now: Instant) {
        let Some(client) = self.legs[index].client.as_mut().filter(|client| client.deadline <= now) else { return };
        let mut out = Vec::new();
        client.handle_timeout(now, &mut |_, bytes| out.push(bytes.to_vec()));
        for bytes in out {
            self.transmit(index, &bytes);
        }
    }

    /// When a leg's reports begin: spread over their interval.
    fn first_report(&self, leg: usize) -> Duration {
        self.start.elapsed() + REPORT_STEP * leg as u32 / self.legs.len() as u32
    }
}
