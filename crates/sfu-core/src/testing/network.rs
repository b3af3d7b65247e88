use crate::Protocol;
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    time::{Duration, Instant},
};

/// How long a datagram waits for a link before it.
const LONGEST_WAIT: Duration = Duration::from_millis(500);
/// Bytes of the headers before a datagram.
const IP_AND_UDP: usize = 28;

/// One direction of a path.
#[derive(Debug, Clone, Copy)]
pub struct Link {
    /// Time every datagram takes.
    pub delay: Duration,
    /// Time that some take longer, evenly spread; datagrams may overtake each other.
    pub jitter: Duration,
    /// Share of datagrams that are lost, 0 to 1.
    pub loss: f64,
    /// Nothing passes.
    pub is_cut: bool,
    /// Bits per second that it carries; what is more waits, and is lost where it would wait for half a second.
    pub rate: Option<u64>,
    /// When everything that waits has been carried.
    pub free_at: Option<Instant>,
}

impl Link {
    /// 10 ms, and nothing else.
    pub const GOOD: Self = Self {
        delay: Duration::from_millis(10),
        jitter: Duration::ZERO,
        loss: 0.0,
        is_cut: false,
        rate: None,
        free_at: None,
    };
}

impl Default for Link {
    fn default() -> Self {
        Self::GOOD
    }
}

/// A datagram on its way.
#[derive(Debug)]
pub struct InFlight {
    /// UDP or TCP.
    pub protocol: Protocol,
    /// From.
    pub source: SocketAddr,
    /// To.
    pub destination: SocketAddr,
    /// Content.
    pub bytes: Vec<u8>,
}

/// Datagrams on their way, in virtual time, with chances from a seed.
#[derive(Debug)]
pub struct Network {
    flights: BTreeMap<(Instant, u64), InFlight>,
    count: u64,
    random: u64,
}

impl Network {
    /// An empty network.
    pub fn new(seed: u64) -> Self {
        Self { flights: BTreeMap::new(), count: 0, random: seed | 1 }
    }

    /// Sends a datagram over a link.
    pub fn send(&mut self, now: Instant, link: &mut Link, flight: InFlight) {
        if link.is_cut || self.chance() < link.loss {
            return;
        }
        let mut leaves = now;
        if let Some(rate) = link.rate {
            let free_at = link.free_at.map_or(now, |free_at| free_at.max(now));
            if free_at.duration_since(now) > LONGEST_WAIT {
                return;
            }
            leaves = free_at + Duration::from_secs_f64((flight.bytes.len() + IP_AND_UDP) as f64 * 8.0 / rate as f64);
            link.free_at = Some(leaves);
        }
        let extra = link.jitter.mul_f64(self.chance());
        self.count += 1;
        self.flights.insert((leaves + link.delay + extra, self.count), flight);
    }

    /// When the next datagram arrives.
    pub fn next_arrival(&self) -> Option<Instant> {
        self.flights.first_key_value().map(|((at, _), _)| *at)
    }

    /// A datagram that has arrived.
    pub fn arrived(&mut self, now: Instant) -> Option<InFlight> {
        let first = self.flights.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }

    /// 0 to 1.
    fn chance(&mut self) -> f64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) as f64 / (1_u64 << 53) as f64
    }
}
