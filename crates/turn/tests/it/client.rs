//! A client of the `rtc` family and the server, joined without a network.

use bytes::BytesMut;
use model::{Now, WallTime};
use rtc_shared::{TransportContext, TransportMessage, TransportProtocol};
use rtc_turn::client::{Client, ClientConfig, Event};
use sansio::Protocol;
use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};
use turn::{Action, RelayId, Secret, Server, SharedSecret};

pub(crate) const ENGINE: &str = "192.0.2.10:8090";
const SERVER: &str = "192.0.2.1:3478";
const CLIENT: &str = "203.0.113.5:4000";

pub(crate) fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

pub(crate) struct World {
    client: Client,
    server: Server,
    now: Now,
    events: Vec<Event>,
    relayed: Vec<(SocketAddr, Vec<u8>)>,
    /// Datagrams between client and server that went over a channel.
    pub(crate) channel_datagrams: usize,
}

impl World {
    pub(crate) fn new(identity: &str) -> Self {
        let secret = SharedSecret::new(Secret::random());
        let credentials = secret.credentials(identity, start().wall, Duration::from_secs(600));
        Self::build(secret, credentials.username, credentials.password)
    }

    pub(crate) fn with_password(username: &str, password: &str) -> Self {
        Self::build(SharedSecret::new(Secret::random()), username.to_owned(), password.to_owned())
    }

    fn build(secret: SharedSecret, username: String, password: String) -> Self {
        let config = ClientConfig {
            stun_serv_addr: String::new(),
            turn_serv_addr: SERVER.to_owned(),
            local_addr: address(CLIENT),
            transport_protocol: TransportProtocol::UDP,
            username,
            password,
            realm: String::new(),
            software: String::new(),
            rto_in_ms: 0,
            allocation_refresh_interval_cap: None,
        };
        let crypto = Arc::new(rtc_crypto::providers::AwsLcRsProvider::default());
        let now = start();
        Self {
            client: Client::new(config, crypto).expect("a client"),
            server: Server::new(vec![address(ENGINE)], secret, now.mono),
            now,
            events: Vec::new(),
            relayed: Vec::new(),
            channel_datagrams: 0,
        }
    }

    pub(crate) fn allocate(&mut self) -> Result<SocketAddr, String> {
        self.client.allocate(self.now.mono).expect("it asks");
        self.run();
        self.take(|event| match event {
            Event::AllocateResponse(_, relayed) => Some(Ok(*relayed)),
            Event::AllocateError(_, error) => Some(Err(error.to_string())),
            _ => None,
        })
    }

    pub(crate) fn permit(&mut self, relayed: SocketAddr, peer: &str) -> Result<(), String> {
        let mut relay = self.client.relay(relayed).expect("it is there");
        relay.create_permission(self.now.mono, address(peer)).expect("it asks");
        self.run();
        self.take(|event| match event {
            Event::CreatePermissionResponse(..) => Some(Ok(())),
            Event::CreatePermissionError(_, error) => Some(Err(error.to_string())),
            _ => None,
        })
    }

    pub(crate) fn send(&mut self, relayed: SocketAddr, payload: &[u8], peer: &str) {
        let mut relay = self.client.relay(relayed).expect("it is there");
        relay.send_to(self.now.mono, payload, address(peer)).expect("it is permitted");
        self.run();
    }

    pub(crate) fn engine_sends(&mut self, payload: &[u8]) {
        let mut out = Vec::new();
        let to = self.server.handle_peer(self.now.mono, RelayId(1), address(ENGINE), payload, &mut out);
        assert_eq!(to, Some(address(CLIENT)));
        self.hand_to_client(&out);
        self.run();
    }

    pub(crate) fn take_relayed(&mut self) -> Vec<(SocketAddr, Vec<u8>)> {
        std::mem::take(&mut self.relayed)
    }

    pub(crate) fn take_received(&mut self) -> Vec<(SocketAddr, Vec<u8>)> {
        let events = std::mem::take(&mut self.events).into_iter();
        let data = |event| match event {
            Event::DataIndicationOrChannelData(_, peer, bytes) => Some((peer, bytes.to_vec())),
            _ => None,
        };
        events.filter_map(data).collect()
    }

    pub(crate) fn pass(&mut self, time: Duration) {
        self.now = Now { mono: self.now.mono + time, wall: self.now.wall.after(time) };
        self.client.handle_timeout(self.now.mono).expect("its timers");
        self.run();
        assert!(self.server.handle_timeout(self.now.mono).is_empty(), "the client renews what it holds");
    }

    fn take<T>(&mut self, pick: impl Fn(&Event) -> Option<T>) -> T {
        let picked = self.events.iter().find_map(pick).expect("it was answered");
        self.events.clear();
        picked
    }

    fn run(&mut self) {
        loop {
            self.events.extend(std::iter::from_fn(|| self.client.poll_event()));
            let Some(message) = self.client.poll_write() else { return };
            self.channel_datagrams += usize::from(message.message[0] & 0xc0 == 0x40);
            let answer = match self.server.handle_client(self.now, address(CLIENT), &message.message) {
                Some(Action::Answer(answer) | Action::Close { answer, .. }) => answer,
                Some(Action::Open(opening)) => self.server.opened(self.now, opening, Some(address("192.0.2.1:50000"))),
                Some(Action::Relay { peer, payload, .. }) => {
                    self.relayed.push((peer, payload.to_vec()));
                    continue;
                }
                None => continue,
            };
            self.hand_to_client(&answer);
        }
    }

    fn hand_to_client(&mut self, bytes: &[u8]) {
        self.channel_datagrams += usize::from(bytes[0] & 0xc0 == 0x40);
        let transport = TransportContext {
            local_addr: address(CLIENT),
            peer_addr: address(SERVER),
            transport_protocol: TransportProtocol::UDP,
            ecn: None,
        };
        let message = TransportMessage { now: self.now.mono, transport, message: BytesMut::from(bytes) };
        self.client.handle_read(message).expect("it reads what we send");
    }
}

fn start() -> Now {
    Now { mono: Instant::now(), wall: WallTime(1_700_000_000_000) }
}
