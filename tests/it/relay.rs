//! A bad network of sockets: the relay that a server announces as its own address, and clients that reach it there.

use sfu_core::{
    Protocol,
    testing::{Client, ClientOptions, InFlight, Link, Network},
};
use std::{
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    time::Instant,
};

fn socket() -> UdpSocket {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    socket.set_nonblocking(true).expect("a socket's mode can be set");
    socket
}

fn receive(socket: &UdpSocket) -> Option<(SocketAddr, Vec<u8>)> {
    let mut buffer = [0; 2048];
    let (length, source) = socket.recv_from(&mut buffer).ok()?;
    Some((source, buffer[..length].to_vec()))
}

/// What one address of a client passes through.
struct Passage {
    client: SocketAddr,
    /// Towards the server, as a NAT has it.
    upstream: UdpSocket,
    up: Link,
    down: Link,
}

/// A client of str0m with its socket.
pub(crate) struct Caller {
    pub(crate) client: Client,
    socket: UdpSocket,
}

impl Caller {
    fn new() -> Self {
        let socket = socket();
        let address = socket.local_addr().expect("it is bound");
        let options = ClientOptions { is_audio_only: true, ..ClientOptions::new(address) };
        Self { client: Client::new(options, Instant::now()), socket }
    }

    fn turn(&mut self, now: Instant) {
        while let Some((source, bytes)) = receive(&self.socket) {
            self.client.handle_datagram(now, source, &bytes);
        }
        if self.client.poll_timeout() <= now {
            self.client.handle_timeout(now);
        }
        while let Some(transmit) = self.client.poll_transmit() {
            self.socket.send_to(&transmit.bytes, transmit.destination).expect("loopback takes it");
        }
    }
}

/// Two clients with one clock, the relay before the server, and the network between its two sides.
pub(crate) struct Relayed {
    pub(crate) callers: [Caller; 2],
    /// What pages are told is the server's.
    announced: UdpSocket,
    server: SocketAddr,
    passages: Vec<Passage>,
    network: Network,
    link: Link,
}

impl Relayed {
    /// Datagrams of every client pass over `link` in each direction.
    pub(crate) fn new(seed: u64, link: Link) -> Self {
        Self {
            callers: [Caller::new(), Caller::new()],
            announced: socket(),
            // Until the server is known, nothing passes.
            server: (Ipv4Addr::LOCALHOST, 0).into(),
            passages: Vec::new(),
            network: Network::new(seed),
            link,
        }
    }

    /// The port that the server has to announce.
    pub(crate) fn port(&self) -> u16 {
        self.announced.local_addr().expect("it is bound").port()
    }

    /// Where the server really is.
    pub(crate) fn lead_to(&mut self, server: SocketAddr) {
        self.server = server;
    }

    /// Cuts the network of a client, or mends it.
    pub(crate) fn cut(&mut self, caller: usize, is_cut: bool) {
        let client = self.callers[caller].client.address();
        for passage in self.passages.iter_mut().filter(|passage| passage.client == client) {
            (passage.up.is_cut, passage.down.is_cut) = (is_cut, is_cut);
        }
    }

    /// Moves everything that is due at `now`.
    pub(crate) fn turn(&mut self, now: Instant) {
        self.callers.iter_mut().for_each(|caller| caller.turn(now));
        while let Some((client, bytes)) = receive(&self.announced) {
            let known = self.passages.iter().position(|passage| passage.client == client);
            let number = known.unwrap_or_else(|| {
                self.passages.push(Passage { client, upstream: socket(), up: self.link, down: self.link });
                self.passages.len() - 1
            });
            let flight = InFlight { protocol: Protocol::Udp, source: client, destination: self.server, bytes };
            self.network.send(now, &mut self.passages[number].up, flight);
        }
        for passage in &mut self.passages {
            while let Some((source, bytes)) = receive(&passage.upstream) {
                let flight = InFlight { protocol: Protocol::Udp, source, destination: passage.client, bytes };
                self.network.send(now, &mut passage.down, flight);
            }
        }
        while let Some(flight) = self.network.arrived(now) {
            let upstream = self.passages.iter().find(|passage| passage.client == flight.source);
            let socket = upstream.map_or(&self.announced, |passage| &passage.upstream);
            socket.send_to(&flight.bytes, flight.destination).expect("loopback takes it");
        }
    }
}
