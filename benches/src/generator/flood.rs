//! What strangers send while calls go on: at a steady rate, from addresses of their own and in the callers' names.

use super::FLOOD_NET;
use netio::{Port, Protocol, Transmit};
use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

/// Strangers' addresses.
const STRANGERS: u16 = 1000;
/// Datagrams of each kind that were overheard last.
const OVERHEARD: usize = 256;
/// Replies are looked for after so many datagrams.
const LOOK_EVERY: u64 = 32;
/// Room for a datagram.
const ROOM: usize = 1500;
/// The user name's and the message integrity's attribute (RFC 8489 §14.3, §14.5).
const USERNAME: [u8; 2] = [0, 6];
const INTEGRITY: [u8; 4] = [0, 8, 0, 20];
/// The head of a DTLS 1.2 record with a ClientHello in it, in pieces.
const HELLO: [u8; 25] = [22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 90, 1, 0, 0, 200, 0, 0, 0, 0, 0, 0, 0, 78];

/// What the flood sent and got back.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Flooded {
    pub(crate) sent: u64,
    pub(crate) sent_bytes: u64,
    pub(crate) replies: u64,
    pub(crate) reply_bytes: u64,
}

/// In whose name a datagram goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Stranger,
    /// The caller with this number.
    Leg(usize),
}

/// The last datagrams of one kind on their way to the engine, and whose they were.
#[derive(Debug, Default)]
struct Overheard {
    datagrams: Vec<(usize, Vec<u8>)>,
    next: usize,
}

/// A paced flood.
pub(crate) struct Flood {
    port: Port,
    server: SocketAddr,
    step: Duration,
    due: Option<Instant>,
    media: Overheard,
    reports: Overheard,
    requests: Overheard,
    random: u64,
    buffer: [u8; ROOM],
    done: Flooded,
}

impl Overheard {
    fn keep(&mut self, leg: usize, bytes: &[u8]) {
        if self.datagrams.len() < OVERHEARD {
            self.datagrams.push((leg, bytes.to_vec()));
        } else {
            let (whose, kept) = &mut self.datagrams[self.next % OVERHEARD];
            *whose = leg;
            kept.clear();
            kept.extend_from_slice(bytes);
        }
        self.next = (self.next + 1) % OVERHEARD;
    }
}

impl Flood {
    /// Nothing is sent before [`Self::begin`]; what is overheard until then comes again.
    pub(crate) fn new(server: SocketAddr, per_second: u32) -> io::Result<Self> {
        Ok(Self {
            port: Port::bind(SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0))?,
            server,
            step: Duration::from_secs(1) / per_second,
            due: None,
            media: Overheard::default(),
            reports: Overheard::default(),
            requests: Overheard::default(),
            random: 0x9e37_79b9_7f4a_7c15,
            buffer: [0; ROOM],
            done: Flooded::default(),
        })
    }

    /// The flood is on from now.
    pub(crate) fn begin(&mut self) {
        self.due = Some(Instant::now());
    }

    /// The flood is over. What it sent and got back.
    pub(crate) fn end(&mut self) -> Flooded {
        self.due = None;
        self.look_for_replies();
        self.done
    }

    /// When the next datagram is due.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.due
    }

    /// A caller sends this.
    pub(crate) fn overhear(&mut self, leg: usize, bytes: &[u8]) {
        match bytes {
            [0..=3, ..] => self.requests.keep(leg, bytes),
            [128..=191, 192..=223, ..] => self.reports.keep(leg, bytes),
            [128..=191, ..] => self.media.keep(leg, bytes),
            _ => {}
        }
    }

    /// Sends what is due, and hands over what goes in a caller's name.
    pub(crate) fn run(&mut self, now: Instant) -> Option<(usize, &[u8])> {
        let due = self.due.filter(|due| *due <= now)?;
        self.due = Some(due + self.step);
        let (origin, length) = self.make();
        self.done.sent += 1;
        self.done.sent_bytes += length as u64;
        if self.done.sent.is_multiple_of(LOOK_EVERY) {
            self.look_for_replies();
        }
        let bytes = &self.buffer[..length];
        if let Origin::Leg(leg) = origin {
            return Some((leg, bytes));
        }
        let [high, low] = ((self.done.sent % u64::from(STRANGERS)) as u16).to_be_bytes();
        let [first, second] = FLOOD_NET;
        let source = SocketAddr::new(Ipv4Addr::new(first, second, high, low).into(), self.port.local_addr().port());
        self.port.queue(Transmit { protocol: Protocol::Udp, source, destination: self.server, bytes });
        self.port.flush();
        None
    }

    fn look_for_replies(&mut self) {
        if self.port.wait(Duration::ZERO).input {
            let (server, done) = (self.server, &mut self.done);
            self.port.receive(&mut |datagram| {
                if datagram.source == server {
                    done.replies += 1;
                    done.reply_bytes += datagram.bytes.len() as u64;
                }
            });
        }
    }

    /// Writes the next datagram; the answer is in whose name it goes, and its length.
    fn make(&mut self) -> (Origin, usize) {
        let random = self.random();
        let any = random as usize >> 8;
        match random % 10 {
            0 => (Origin::Stranger, self.junk(any)),
            1 => (Origin::Stranger, self.hello()),
            2 => (Origin::Stranger, self.again(|own| &own.media, any).1),
            3 => (Origin::Stranger, self.again(|own| &own.reports, any).1),
            4 => (Origin::Stranger, self.again(|own| &own.requests, any).1),
            5 => self.again(|own| &own.media, any),
            6 => self.again(|own| &own.reports, any),
            7 => {
                let (leg, length) = self.again(|own| &own.media, any);
                let length = 1 + any % length;
                // In a caller's name, and cut or wrong in a byte.
                self.buffer[length - 1] ^= 1;
                (leg, length)
            }
            8 => (Origin::Stranger, self.forged(&USERNAME, 4, any)),
            _ => (Origin::Stranger, self.forged(&INTEGRITY, 10, any)),
        }
    }

    fn junk(&mut self, any: usize) -> usize {
        let length = 1 + any % (ROOM - 1);
        for chunk in 0..length.div_ceil(8) {
            let random = self.random().to_be_bytes();
            let at = 8 * chunk;
            let end = length.min(at + 8);
            self.buffer[at..end].copy_from_slice(&random[..end - at]);
        }
        length
    }

    fn hello(&mut self) -> usize {
        let length = HELLO.len() + 78;
        self.buffer[..HELLO.len()].copy_from_slice(&HELLO);
        length
    }

    /// What was overheard, once more.
    fn again(&mut self, kind: impl Fn(&Self) -> &Overheard, any: usize) -> (Origin, usize) {
        let datagrams = &kind(self).datagrams;
        if datagrams.is_empty() {
            return (Origin::Stranger, self.junk(any));
        }
        let (leg, bytes) = &datagrams[any % datagrams.len()];
        let (leg, length) = (*leg, bytes.len());
        let mut buffer = [0; ROOM];
        buffer[..length].copy_from_slice(bytes);
        self.buffer = buffer;
        (Origin::Leg(leg), length)
    }

    /// A binding request with a wrong byte, so many bytes behind the head of an attribute.
    fn forged(&mut self, attribute: &[u8], behind: usize, any: usize) -> usize {
        let (_, length) = self.again(|own| &own.requests, any);
        let request = &mut self.buffer[..length];
        let at = request.windows(attribute.len()).position(|window| window == attribute);
        if let Some(byte) = at.and_then(|at| request.get_mut(at + behind)) {
            *byte ^= 1;
        }
        length
    }

    /// xorshift64.
    fn random(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_paced_and_of_every_kind() {
        let sink = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let server = sink.local_addr().expect("it is bound");
        let mut flood = Flood::new(server, 1000).expect("a free port");
        flood.overhear(3, &[0x80, 111, 0, 1, 2, 3]);
        flood.overhear(4, &[0x80, 200, 0, 1, 2, 3]);
        flood.overhear(5, &[[0, 1].as_slice(), &USERNAME, &[0; 8], &INTEGRITY, &[0; 20]].concat());
        assert!(flood.run(Instant::now()).is_none(), "it has not begun");
        flood.begin();
        let begun = flood.due.expect("it has begun");
        let mut in_names = Vec::new();
        for millisecond in 0..200 {
            in_names.extend(flood.run(begun + Duration::from_millis(millisecond)).map(|(leg, _)| leg));
        }
        let done = flood.end();
        assert_eq!(done.sent, 200);
        assert!(in_names.contains(&3) && in_names.contains(&4) && !in_names.contains(&5));
        let (length, source) = sink.recv_from(&mut [0; ROOM]).expect("it came");
        let first = Ipv4Addr::new(FLOOD_NET[0], FLOOD_NET[1], 0, 1);
        assert!(length > 0 && source.ip() == first, "{source}");
    }
}
