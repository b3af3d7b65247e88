//! The thread of the TURN server: its sockets, around the state machine of the crate of that name.

use crate::{
    StartError,
    limits::{TURN_DATAGRAM_BYTES, TURN_DATAGRAMS_PER_TURN},
};
use ::turn::{Action, Counters, Family, Opening, RelayId, Server, SharedSecret};
use mio::{Events, Interest, Poll, Token, net::UdpSocket};
use netio::Clock;
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};
use telemetry::{Direction, Metrics};

const WAKER: Token = Token(0);
const CLIENTS: Token = Token(1);
/// Relays' sockets have the numbers from here on.
const FIRST_RELAY: usize = 2;

/// Events taken from the kernel with one wait.
const EVENTS: usize = 256;

/// How often metrics are written.
const METRICS_INTERVAL: Duration = Duration::from_secs(1);

/// The socket that clients send to.
pub(crate) struct TurnPort {
    poll: Poll,
    waker: Arc<mio::Waker>,
    socket: UdpSocket,
    local: SocketAddr,
}

impl TurnPort {
    pub(crate) fn bind(address: SocketAddr) -> Result<Self, StartError> {
        if address.ip().is_unspecified() {
            return Err(StartError::TurnWildcard(address));
        }
        Self::open(address).map_err(|source| StartError::BindTurn { address, source })
    }

    fn open(address: SocketAddr) -> io::Result<Self> {
        let poll = Poll::new()?;
        let waker = Arc::new(mio::Waker::new(poll.registry(), WAKER)?);
        let mut socket = UdpSocket::bind(address)?;
        poll.registry().register(&mut socket, CLIENTS, Interest::READABLE)?;
        Ok(Self { local: socket.local_addr()?, poll, waker, socket })
    }

    /// Ends the thread.
    pub(crate) fn waker(&self) -> Arc<mio::Waker> {
        Arc::clone(&self.waker)
    }

    pub(crate) fn local_addr(&self) -> SocketAddr {
        self.local
    }
}

/// Everything the thread owns.
pub(crate) struct TurnThread {
    port: TurnPort,
    engine: Vec<SocketAddr>,
    server: Server,
    relays: BTreeMap<RelayId, UdpSocket>,
    /// Sockets that may hold datagrams which were not taken yet.
    ready: BTreeSet<Token>,
    clock: Clock,
    metrics: Arc<Metrics>,
    before: Counters,
    send_errors: u64,
}

impl TurnThread {
    /// `engine`: the addresses that are announced, and the only ones that are reached.
    pub(crate) fn new(
        port: TurnPort,
        engine: Vec<SocketAddr>,
        secret: SharedSecret,
        clock: Clock,
        metrics: Arc<Metrics>,
    ) -> Self {
        let server = Server::new(engine.clone(), secret, Instant::now());
        Self {
            port,
            engine,
            server,
            relays: BTreeMap::new(),
            ready: BTreeSet::new(),
            clock,
            metrics,
            before: Counters::default(),
            send_errors: 0,
        }
    }

    /// Turns until the waker is called.
    pub(crate) fn run(mut self) {
        let mut events = Events::with_capacity(EVENTS);
        let mut metrics_due = Instant::now() + METRICS_INTERVAL;
        loop {
            match self.port.poll.poll(&mut events, Some(self.patience(metrics_due))) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => events.clear(),
                Err(error) => panic!("our own epoll descriptor can be waited for: {error}"),
            }
            if events.iter().any(|event| event.token() == WAKER) {
                return;
            }
            self.ready.extend(events.iter().map(|event| event.token()));
            for token in std::mem::take(&mut self.ready) {
                let drained = match token {
                    CLIENTS => self.take_from_clients(),
                    Token(number) => self.take_from_engine(RelayId((number - FIRST_RELAY) as u64)),
                };
                if !drained {
                    self.ready.insert(token);
                }
            }
            let now = Instant::now();
            for relay in self.server.handle_timeout(now) {
                self.close(relay);
            }
            if now >= metrics_due {
                metrics_due = now + METRICS_INTERVAL;
                self.report();
            }
        }
    }

    fn patience(&self, metrics_due: Instant) -> Duration {
        if !self.ready.is_empty() {
            return Duration::ZERO;
        }
        let due = self.server.poll_timeout().map_or(metrics_due, |due| due.min(metrics_due));
        due.saturating_duration_since(Instant::now())
    }

    /// Whether the socket is empty now.
    fn take_from_clients(&mut self) -> bool {
        let mut buffer = [0; TURN_DATAGRAM_BYTES];
        for _ in 0..TURN_DATAGRAMS_PER_TURN {
            let (bytes, client) = match received(&self.port.socket, &mut buffer) {
                Received::Datagram(bytes, client) => (bytes, client),
                Received::Unusable => continue,
                Received::Nothing => return true,
            };
            match self.server.handle_client(self.clock.now(), client, bytes) {
                Some(Action::Answer(answer)) => self.answer(client, &answer),
                Some(Action::Open(opening)) => {
                    let relayed = self.open(&opening);
                    let answer = self.server.opened(self.clock.now(), opening, relayed);
                    self.answer(client, &answer);
                }
                Some(Action::Relay { relay, peer, payload }) => {
                    let sent = self.relays.get(&relay).map(|socket| socket.send_to(payload, peer));
                    self.send_errors += u64::from(!matches!(sent, Some(Ok(_))));
                }
                Some(Action::Close { relay, answer }) => {
                    self.close(relay);
                    self.answer(client, &answer);
                }
                None => {}
            }
        }
        false
    }

    fn take_from_engine(&mut self, relay: RelayId) -> bool {
        let (mut buffer, mut out) = ([0; TURN_DATAGRAM_BYTES], Vec::with_capacity(TURN_DATAGRAM_BYTES));
        for _ in 0..TURN_DATAGRAMS_PER_TURN {
            let Some(socket) = self.relays.get(&relay) else { return true };
            let (bytes, peer) = match received(socket, &mut buffer) {
                Received::Datagram(bytes, peer) => (bytes, peer),
                Received::Unusable => continue,
                Received::Nothing => return true,
            };
            if let Some(client) = self.server.handle_peer(Instant::now(), relay, peer, bytes, &mut out) {
                self.answer(client, &out);
            }
        }
        false
    }

    fn answer(&mut self, client: SocketAddr, bytes: &[u8]) {
        self.send_errors += u64::from(self.port.socket.send_to(bytes, client).is_err());
    }

    /// Opens a relay's socket, and returns the address that peers see; none when the system has no more.
    fn open(&mut self, opening: &Opening) -> Option<SocketAddr> {
        let (bind, seen) = relay_address(self.port.local, &self.engine, opening.family);
        let opened = UdpSocket::bind(SocketAddr::new(bind, 0)).and_then(|mut socket| {
            let token = Token(FIRST_RELAY + opening.relay.0 as usize);
            self.port.poll.registry().register(&mut socket, token, Interest::READABLE)?;
            Ok((socket.local_addr()?.port(), socket))
        });
        match opened {
            Ok((port, socket)) => {
                self.relays.insert(opening.relay, socket);
                Some(SocketAddr::new(seen, port))
            }
            Err(error) => {
                tracing::warn!(%error, address = %bind, "the TURN server cannot open a socket for a relay");
                None
            }
        }
    }

    /// The kernel forgets a socket that is closed.
    fn close(&mut self, relay: RelayId) {
        self.relays.remove(&relay);
    }

    fn report(&mut self) {
        let (now, before) = (self.server.counters(), self.before);
        let metrics = &self.metrics;
        metrics.set_turn_allocations(self.server.allocations());
        metrics.turn_refused("peer", now.refused_peers - before.refused_peers);
        metrics.turn_refused("credentials", now.refused_credentials - before.refused_credentials);
        metrics.turn_refused("full", now.refused_full - before.refused_full);
        metrics.turn_relayed(Direction::Ingress, now.relayed_to_engine - before.relayed_to_engine);
        metrics.turn_relayed(Direction::Egress, now.relayed_to_clients - before.relayed_to_clients);
        metrics.datagrams_dropped("turn_rate", now.dropped_rate - before.dropped_rate);
        metrics.datagrams_dropped("turn_stranger", now.ignored_strangers - before.ignored_strangers);
        metrics.datagrams_dropped("turn_send_error", std::mem::take(&mut self.send_errors));
        self.before = now;
    }
}

/// What a socket had.
enum Received<'a> {
    Datagram(&'a [u8], SocketAddr),
    /// Longer than any that may be relayed, or an error of an earlier one that the system reports here.
    Unusable,
    Nothing,
}

fn received<'a>(socket: &UdpSocket, buffer: &'a mut [u8; TURN_DATAGRAM_BYTES]) -> Received<'a> {
    match socket.recv_from(buffer) {
        Ok((TURN_DATAGRAM_BYTES, _)) => Received::Unusable,
        Ok((length, source)) => {
            Received::Datagram(&buffer[..length], SocketAddr::new(source.ip().to_canonical(), source.port()))
        }
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Received::Nothing,
        Err(_) => Received::Unusable,
    }
}

/// Where a relay's socket is bound, and the address that clients are told. In the server's own family both are the
/// server's; in the other the kernel chooses the way to the engine, and the engine's address says that it is this machine.
fn relay_address(server: SocketAddr, engine: &[SocketAddr], family: Family) -> (IpAddr, IpAddr) {
    if Family::of(server) == family {
        return (server.ip(), server.ip());
    }
    let any = match family {
        Family::V4 => Ipv4Addr::UNSPECIFIED.into(),
        Family::V6 => Ipv6Addr::UNSPECIFIED.into(),
    };
    let of_family = engine.iter().find(|address| Family::of(**address) == family);
    (any, of_family.map_or(any, |address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_is_where_the_server_is_and_in_the_other_family_where_the_engine_is() {
        let address = |text: &str| -> SocketAddr { text.parse().expect("an address") };
        let engine = [address("192.0.2.10:8090"), address("[2001:db8::10]:8090")];
        let of = |server: &str, family| {
            let (bind, seen) = relay_address(address(server), &engine, family);
            [bind.to_string(), seen.to_string()]
        };
        assert_eq!(of("192.0.2.1:3478", Family::V4), ["192.0.2.1", "192.0.2.1"]);
        assert_eq!(of("192.0.2.1:3478", Family::V6), ["::", "2001:db8::10"]);
        assert_eq!(of("[2001:db8::1]:3478", Family::V4), ["0.0.0.0", "192.0.2.10"]);
    }
}
