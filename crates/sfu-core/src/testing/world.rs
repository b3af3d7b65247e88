use super::{Client, ClientOptions, Link, Network, network::InFlight};
use crate::{Config, Protocol, Sfu};
use model::{CallId, CommandId, LegId, MediaTime, TrackKind};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use wire::{
    engine::{Command, Event, Patch, Request},
    tap::TapFrame,
};

/// A shard, clients and the network between them, in virtual time. The clients are the legs 0, 1, … of one room.
pub struct World {
    /// Virtual time.
    pub now: Instant,
    /// When it began.
    pub start: Instant,
    /// The shard.
    pub sfu: Sfu,
    /// Its clients.
    pub clients: Vec<Client>,
    /// Towards the shard, by client.
    pub up: Vec<Link>,
    /// From the shard, by client.
    pub down: Vec<Link>,
    /// Everything that the shard reported.
    pub events: Vec<(Instant, Event)>,
    /// Everything that it tapped.
    pub taps: Vec<TapFrame>,
    /// Bytes of datagrams to addresses of no client.
    pub bytes_to_strangers: usize,
    network: Network,
    commands: u128,
    /// Datagrams of one client are noted here.
    watched: Option<(usize, Vec<Vec<u8>>)>,
    /// Addresses of clients, and what they have become.
    moved: Vec<(SocketAddr, SocketAddr)>,
}

impl World {
    /// Where the shard is.
    pub fn engine_address() -> SocketAddr {
        ([10, 0, 0, 1], 5000).into()
    }

    /// The one room.
    pub fn room() -> CallId {
        CallId::of(1)
    }

    /// The leg of a client.
    pub fn leg(client: usize) -> LegId {
        LegId::of(client as u128 + 100)
    }

    /// An address for a client.
    pub fn client_address(client: usize, port: u16) -> SocketAddr {
        ([10, 0, 1, client as u8 + 1], port).into()
    }

    /// A world without clients. `start` is any instant.
    pub fn new(start: Instant, seed: u64) -> Self {
        let config = Config { seed, ..Config::new(vec![Self::engine_address()], (start, MediaTime(1_000_000_000))) };
        Self {
            now: start,
            start,
            sfu: Sfu::new(config, start),
            clients: Vec::new(),
            up: Vec::new(),
            down: Vec::new(),
            events: Vec::new(),
            taps: Vec::new(),
            bytes_to_strangers: 0,
            network: Network::new(seed ^ 0x9e37_79b9_7f4a_7c15),
            commands: 0,
            watched: None,
            moved: Vec::new(),
        }
    }

    /// Two connected clients that hear and see each other, after a second.
    pub fn pair(start: Instant, seed: u64) -> Self {
        let mut world = Self::new(start, seed);
        for client in 0..2 {
            world.join(ClientOptions::new(Self::client_address(client, 6000)));
        }
        world.patch_all();
        let connected = world.run_until(Duration::from_secs(3), |world| world.clients.iter().all(|c| c.is_connected));
        assert!(connected, "both clients connect (seed {seed})");
        world.run_for(Duration::from_secs(1));
        world
    }

    /// A new client joins the room; the answer is its index.
    pub fn join(&mut self, options: ClientOptions) -> usize {
        self.clients.push(Client::new(options, self.now));
        self.up.push(Link::default());
        self.down.push(Link::default());
        let client = self.clients.len() - 1;
        self.negotiate_new(client);
        client
    }

    /// All clients are gone from one moment to the next; what is on its way to them arrives nowhere.
    pub fn forget_clients(&mut self) {
        self.clients.clear();
        self.up.clear();
        self.down.clear();
        self.events.clear();
        self.taps.clear();
    }

    /// The leg's page is loaded anew: another client takes its place.
    pub fn rejoin(&mut self, client: usize, options: ClientOptions) {
        self.clients[client] = Client::new(options, self.now);
        self.negotiate_new(client);
    }

    /// Another offer on the same connection.
    pub fn renegotiate(&mut self, client: usize, offer: String) {
        let id = self.command(Command::Negotiate { leg: Self::leg(client), offer });
        self.take_answer(client, id);
    }

    /// Every client hears and sees every other.
    pub fn patch_all(&mut self) {
        let legs: Vec<LegId> = (0..self.clients.len()).map(Self::leg).collect();
        let mut patches = Vec::new();
        for &source in &legs {
            for &sink in legs.iter().filter(|sink| **sink != source) {
                patches.extend(TrackKind::ALL.map(|track| Patch { source: source.into(), sink, track }));
            }
        }
        self.set_patches(patches);
    }

    /// Exactly these patches.
    pub fn set_patches(&mut self, patches: Vec<Patch>) {
        self.command(Command::SetPatches { room: Self::room(), patches });
    }

    /// Sends a command to the shard.
    pub fn command(&mut self, command: Command) -> CommandId {
        self.commands += 1;
        let id = CommandId::of(self.commands);
        self.sfu.handle_request(Request { id, command }, self.now);
        self.carry();
        id
    }

    /// Lets virtual time pass.
    pub fn run_for(&mut self, time: Duration) {
        let end = self.now + time;
        self.run_until(time, |_| false);
        self.now = end;
    }

    /// Lets virtual time pass until something is so; the answer is whether it was, within `limit`.
    pub fn run_until(&mut self, limit: Duration, done: impl Fn(&Self) -> bool) -> bool {
        let end = self.now + limit;
        self.carry();
        while !done(self) {
            let wakes = self.clients.iter().map(Client::poll_timeout);
            let wakes = wakes.chain(self.network.next_arrival());
            let next = wakes.chain(self.sfu.poll_timeout().map(|(at, _)| at)).min();
            let Some(next) = next.filter(|next| *next <= end) else { return done(self) };
            self.now = self.now.max(next);
            self.step();
        }
        true
    }

    /// The client's network gives it another address: its datagrams come from there, and only those to there arrive.
    pub fn move_client(&mut self, client: usize, address: SocketAddr) {
        self.moved.push((self.clients[client].address(), address));
    }

    /// What a client sends in this time.
    pub fn datagrams_up(&mut self, client: usize, time: Duration) -> Vec<Vec<u8>> {
        self.watched = Some((client, Vec::new()));
        self.run_for(time);
        self.watched.take().map(|(_, datagrams)| datagrams).unwrap_or_default()
    }

    /// Delivers a datagram to the shard at once.
    pub fn inject(&mut self, source: SocketAddr, bytes: &[u8]) {
        self.sfu.handle_datagram(self.now, source, Self::engine_address(), Protocol::Udp, &mut bytes.to_vec());
        self.carry();
    }

    /// Delivers a datagram to the shard at once, and hands over what it answers to an address of no client.
    pub fn inject_for_answer(&mut self, source: SocketAddr, bytes: &[u8]) -> Vec<Vec<u8>> {
        self.sfu.handle_datagram(self.now, source, Self::engine_address(), Protocol::Udp, &mut bytes.to_vec());
        let mut answers = Vec::new();
        while let Some(transmit) = self.sfu.poll_transmit() {
            if transmit.destination == source {
                answers.push(transmit.bytes.to_vec());
            }
        }
        answers
    }

    /// Events of one kind.
    pub fn count_events(&self, is_wanted: impl Fn(&Event) -> bool) -> usize {
        self.events.iter().filter(|(_, event)| is_wanted(event)).count()
    }

    fn negotiate_new(&mut self, client: usize) {
        let offer = self.clients[client].offer();
        let id = self.command(Command::AddLeg { room: Self::room(), leg: Self::leg(client), offer });
        self.take_answer(client, id);
    }

    /// Gives the client the answer to a negotiation; nothing if it was refused.
    pub fn accept_if_answered(&mut self, client: usize, id: CommandId) {
        if let Some(answer) = self.answer(id) {
            self.clients[client].accept(&answer);
        }
    }

    fn answer(&self, wanted: CommandId) -> Option<String> {
        self.events.iter().rev().find_map(|(_, event)| match event {
            Event::Answer { id, sdp, .. } if *id == wanted => Some(sdp.clone()),
            _ => None,
        })
    }

    fn take_answer(&mut self, client: usize, wanted: CommandId) {
        let answer = self.answer(wanted);
        self.clients[client].accept(&answer.unwrap_or_else(|| panic!("no answer: {:?}", self.events.last())));
    }

    fn step(&mut self) {
        let now = self.now;
        while let Some(flight) = self.network.arrived(now) {
            self.deliver(flight);
        }
        for client in &mut self.clients {
            if client.poll_timeout() <= now {
                client.handle_timeout(now);
                client.run_sources(now);
            }
        }
        if self.sfu.poll_timeout().is_some_and(|(at, _)| at <= now) {
            self.sfu.handle_timeout(now);
        }
        self.carry();
    }

    fn deliver(&mut self, flight: InFlight) {
        let InFlight { protocol, source, destination, mut bytes } = flight;
        if destination == Self::engine_address() {
            self.sfu.handle_datagram(self.now, source, destination, protocol, &mut bytes);
        } else if let Some(client) = self.clients.iter_mut().find(|client| client.address() == destination) {
            client.handle_datagram(self.now, source, &bytes);
        }
    }

    /// Puts everything that waits to be sent on the network.
    fn carry(&mut self) {
        while let Some(transmit) = self.sfu.poll_transmit() {
            let mut flight = InFlight {
                protocol: transmit.protocol,
                source: transmit.source,
                destination: transmit.destination,
                bytes: transmit.bytes.to_vec(),
            };
            if self.moved.iter().any(|(before, _)| *before == flight.destination) {
                continue;
            }
            if let Some((before, _)) = self.moved.iter().find(|(_, after)| *after == flight.destination) {
                flight.destination = *before;
            }
            let to = self.clients.iter().position(|client| client.address() == flight.destination);
            let Some(to) = to else {
                self.bytes_to_strangers += flight.bytes.len();
                continue;
            };
            self.network.send(self.now, &mut self.down[to], flight);
        }
        for index in 0..self.clients.len() {
            while let Some(mut flight) = self.clients[index].poll_transmit() {
                if let Some((_, watched)) = self.watched.as_mut().filter(|(client, _)| *client == index) {
                    watched.push(flight.bytes.clone());
                }
                if let Some((_, after)) = self.moved.iter().find(|(before, _)| *before == flight.source) {
                    flight.source = *after;
                }
                self.network.send(self.now, &mut self.up[index], flight);
            }
        }
        while let Some(event) = self.sfu.poll_event() {
            self.events.push((self.now, event));
        }
        while let Some(frame) = self.sfu.poll_tap() {
            self.taps.push(frame);
        }
    }
}
