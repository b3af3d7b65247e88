//! A TURN client of another hand, on a real socket.

use bytes::BytesMut;
use rtc_shared::{TransportContext, TransportMessage, TransportProtocol};
use rtc_turn::client::{Client, ClientConfig, Event};
use sansio::Protocol;
use std::{
    collections::VecDeque,
    net::{SocketAddr, UdpSocket},
    sync::Arc,
    time::{Duration, Instant},
};
use turn::Credentials;

/// A socket that can send to one address, through a relay.
pub(crate) struct TurnSocket {
    client: Client,
    socket: UdpSocket,
    server: SocketAddr,
    relayed: Option<SocketAddr>,
    received: VecDeque<(SocketAddr, Vec<u8>)>,
    /// The outcome of the last permission.
    permitted: Option<Result<(), String>>,
}

impl TurnSocket {
    /// Allocates a relay.
    pub(crate) fn open(server: SocketAddr, credentials: Credentials) -> Self {
        let own = SocketAddr::new(server.ip(), 0);
        let socket = UdpSocket::bind(own).expect("a free port");
        socket.set_nonblocking(true).expect("a socket's mode can be set");
        let config = ClientConfig {
            stun_serv_addr: String::new(),
            turn_serv_addr: server.to_string(),
            local_addr: socket.local_addr().expect("it is bound"),
            transport_protocol: TransportProtocol::UDP,
            username: credentials.username,
            password: credentials.password,
            realm: String::new(),
            software: String::new(),
            rto_in_ms: 0,
            allocation_refresh_interval_cap: None,
        };
        let crypto = Arc::new(rtc_crypto::providers::AwsLcRsProvider::default());
        let mut client = Client::new(config, crypto).expect("a client");
        client.allocate(Instant::now()).expect("it asks");
        let mut turn = Self { client, socket, server, relayed: None, received: VecDeque::new(), permitted: None };
        turn.run_until("an allocation", |turn| turn.relayed.is_some());
        turn
    }

    pub(crate) fn relayed(&self) -> SocketAddr {
        self.relayed.expect("it is allocated")
    }

    /// Asks to be let through to this address.
    pub(crate) fn permit(&mut self, peer: SocketAddr) -> Result<(), String> {
        self.permitted = None;
        let relayed = self.relayed();
        let mut relay = self.client.relay(relayed).expect("it is allocated");
        relay.create_permission(Instant::now(), peer).expect("it asks");
        self.run_until("an answer", |turn| turn.permitted.is_some());
        self.permitted.take().expect("it was answered")
    }

    /// Sends by the relay. What it does not permit is lost, as on any other network.
    pub(crate) fn send(&mut self, peer: SocketAddr, bytes: &[u8]) {
        let relayed = self.relayed();
        let sent = self.client.relay(relayed).and_then(|mut relay| relay.send_to(Instant::now(), bytes, peer));
        if sent.is_ok() {
            self.turn();
        }
    }

    pub(crate) fn receive(&mut self) -> Option<(SocketAddr, Vec<u8>)> {
        if self.received.is_empty() {
            self.turn();
        }
        self.received.pop_front()
    }

    fn run_until(&mut self, what: &str, done: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(10);
        while !done(self) {
            assert!(Instant::now() < deadline, "no {what} within 10 s");
            self.turn();
            std::thread::yield_now();
        }
    }

    fn turn(&mut self) {
        let mut buffer = [0; 2048];
        while let Ok((length, from)) = self.socket.recv_from(&mut buffer) {
            assert_eq!(from, self.server, "nobody else may reach it");
            let transport = TransportContext {
                local_addr: self.socket.local_addr().expect("it is bound"),
                peer_addr: from,
                transport_protocol: TransportProtocol::UDP,
                ecn: None,
            };
            let message =
                TransportMessage { now: Instant::now(), transport, message: BytesMut::from(&buffer[..length]) };
            self.client.handle_read(message).expect("it reads what the server sends");
        }
        while let Some(event) = self.client.poll_event() {
            match event {
                Event::AllocateResponse(_, relayed) => self.relayed = Some(relayed),
                Event::AllocateError(_, error) => panic!("no allocation: {error}"),
                Event::CreatePermissionResponse(..) => self.permitted = Some(Ok(())),
                Event::CreatePermissionError(_, error) => self.permitted = Some(Err(error.to_string())),
                Event::DataIndicationOrChannelData(_, peer, bytes) => self.received.push_back((peer, bytes.to_vec())),
                _ => {}
            }
        }
        while let Some(message) = self.client.poll_write() {
            self.socket.send_to(&message.message, self.server).expect("loopback takes it");
        }
    }
}
