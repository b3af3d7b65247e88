//! The server: who may allocate, what is relayed, and when it ends.

mod allocation;
mod authenticate;
mod data;
mod requests;
#[cfg(test)]
mod tests;

use crate::{
    limits::{ALLOCATION_LIFETIME, PEERS},
    message::{Class, Key, Message, Method, Transaction},
    nonce::Nonces,
    secret::SharedSecret,
    strangers::{Network, Strangers},
};
use allocation::Allocation;
use model::Now;
use std::{collections::BTreeMap, net::SocketAddr, time::Instant};

/// The realm of our credentials. Nobody sees it; a short one keeps answers to strangers short.
pub(crate) const REALM: &str = "room";

/// A relay's socket, by number; a number is used once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelayId(pub u64);

/// Of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl Family {
    /// The address's family.
    pub fn of(address: SocketAddr) -> Self {
        if address.is_ipv4() { Self::V4 } else { Self::V6 }
    }
}

/// What is to be done after a client's datagram. An answer goes to where the datagram came from.
#[derive(Debug)]
pub enum Action<'a> {
    /// Send this answer.
    Answer(Vec<u8>),
    /// Open a UDP socket, then call [`Server::opened`].
    Open(Box<Opening>),
    /// Send this from the relay's socket.
    Relay {
        /// Which socket.
        relay: RelayId,
        /// One of the engine's addresses.
        peer: SocketAddr,
        /// The datagram.
        payload: &'a [u8],
    },
    /// Close the relay's socket and send this answer.
    Close {
        /// Which socket.
        relay: RelayId,
        /// The answer.
        answer: Vec<u8>,
    },
}

/// A client that may have a relay once its socket is open.
#[derive(Debug)]
pub struct Opening {
    /// The number of the socket to open.
    pub relay: RelayId,
    /// Its family.
    pub family: Family,
    client: SocketAddr,
    transaction: Transaction,
    username: String,
    key: Key,
}

/// What was done and refused since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Permissions, channels and datagrams for addresses that are not the engine's.
    pub refused_peers: u64,
    /// Requests whose credentials are wrong or have expired. Those without any, which begin every exchange, do not count.
    pub refused_credentials: u64,
    /// Allocations beyond a limit.
    pub refused_full: u64,
    /// Datagrams of strangers that were not answered, because too many came or the answer would be much longer.
    pub ignored_strangers: u64,
    /// Datagrams beyond an allocation's rate.
    pub dropped_rate: u64,
    /// Bytes of datagrams relayed to the engine.
    pub relayed_to_engine: u64,
    /// Bytes of datagrams relayed to clients.
    pub relayed_to_clients: u64,
}

/// A TURN server on one UDP address.
pub struct Server {
    /// The engine's addresses: nothing else can be reached.
    peers: Vec<SocketAddr>,
    secret: SharedSecret,
    nonces: Nonces,
    strangers: Strangers,
    allocations: BTreeMap<SocketAddr, Allocation>,
    clients: BTreeMap<RelayId, SocketAddr>,
    relays: u64,
    /// Indications sent, each of which has a number.
    indications: u64,
    counters: Counters,
}

impl Server {
    /// A server that relays to `peers`, of which the first [`PEERS`] count.
    pub fn new(mut peers: Vec<SocketAddr>, secret: SharedSecret, now: Instant) -> Self {
        peers.truncate(PEERS);
        Self {
            peers,
            secret,
            nonces: Nonces::new(now),
            strangers: Strangers::new(now),
            allocations: BTreeMap::new(),
            clients: BTreeMap::new(),
            relays: 0,
            indications: 0,
            counters: Counters::default(),
        }
    }

    /// Takes a datagram that came to the server's own address.
    pub fn handle_client<'a>(&mut self, now: Now, client: SocketAddr, bytes: &'a [u8]) -> Option<Action<'a>> {
        // RFC 8656 §12: the first two bits tell a channel's data from messages.
        if bytes.first().is_some_and(|first| first >> 6 == 1) {
            return self.channel_data(now.mono, client, bytes);
        }
        let message = Message::parse(bytes)?;
        match (message.class, message.method) {
            (Class::Request, _) => self.request(now, client, &message),
            (Class::Indication, Method::Send) => self.send_indication(now.mono, client, &message),
            _ => None,
        }
    }

    /// The socket of an opening is open, and peers see it at `relayed`; or it could not be opened. Returns the answer.
    pub fn opened(&mut self, now: Now, opening: Box<Opening>, relayed: Option<SocketAddr>) -> Vec<u8> {
        self.allocate(now.mono, opening, relayed)
    }

    /// Ends what has run out. Close the sockets of the relays that are returned.
    pub fn handle_timeout(&mut self, now: Instant) -> Vec<RelayId> {
        let over = |allocation: &Allocation| allocation.expires <= now;
        let ended: Vec<SocketAddr> =
            self.allocations.iter().filter(|(_, allocation)| over(allocation)).map(|(client, _)| *client).collect();
        ended.into_iter().filter_map(|client| self.remove(client)).collect()
    }

    /// When [`Self::handle_timeout`] has something to do.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.allocations.values().map(|allocation| allocation.expires).min()
    }

    /// Allocations now.
    pub fn allocations(&self) -> usize {
        self.allocations.len()
    }

    /// What was done and refused since the start.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    fn remove(&mut self, client: SocketAddr) -> Option<RelayId> {
        let relay = self.allocations.remove(&client)?.relay;
        self.clients.remove(&relay);
        Some(relay)
    }

    fn held_by(&self, network: Network) -> usize {
        self.allocations.keys().filter(|client| Network::of(client.ip()) == network).count()
    }
}

/// As a message's value.
fn lifetime_value() -> [u8; 4] {
    u32::try_from(ALLOCATION_LIFETIME.as_secs()).expect("minutes").to_be_bytes()
}
