//! Clients on real sockets, in real time.

use crate::turn_socket::TurnSocket;
use media_engine::{EngineConfig, EngineHandle, start};
use model::{CallId, CommandId, LegId, TrackKind};
use sfu_core::{
    Protocol,
    testing::{Client, ClientOptions},
};
use std::{
    io::{ErrorKind, Read, Write},
    net::{Ipv6Addr, SocketAddr, TcpStream, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};
use telemetry::Metrics;
use tokio::sync::mpsc::Receiver;
use wire::{
    engine::{Command, Event, Patch, Request},
    tap::TapFrame,
};

/// An engine and what came out of it.
pub(crate) struct Bench {
    pub(crate) engine: EngineHandle,
    pub(crate) events: Receiver<Event>,
    pub(crate) seen: Vec<Event>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) tapped: Arc<AtomicU64>,
    /// The SDP that the last client to join was given.
    pub(crate) last_answer: String,
    commands: u128,
}

pub(crate) fn loopback() -> SocketAddr {
    ([127, 0, 0, 1], 0).into()
}

pub(crate) fn loopback_v6() -> SocketAddr {
    (Ipv6Addr::LOCALHOST, 0).into()
}

impl Bench {
    pub(crate) fn new(config: EngineConfig) -> Self {
        Self::with_taps(config, |_| {})
    }

    /// An engine whose threads hand tapped frames to `sink`.
    pub(crate) fn with_taps(config: EngineConfig, sink: impl Fn(&[TapFrame]) + Send + Sync + 'static) -> Self {
        let metrics = Arc::new(Metrics::new("test").expect("the metrics' names differ"));
        let tapped = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&tapped);
        let taps = Arc::new(move |frames: Vec<TapFrame>| {
            counter.fetch_add(frames.len() as u64, Relaxed);
            sink(&frames);
        });
        let (engine, events) = start(config, netio::Clock::new(), taps, Arc::clone(&metrics)).expect("it starts");
        Self { engine, events, seen: Vec::new(), metrics, tapped, last_answer: String::new(), commands: 0 }
    }

    pub(crate) fn command(&mut self, command: Command) -> CommandId {
        self.commands += 1;
        let id = CommandId::of(self.commands);
        self.engine.send(Request { id, command }).expect("the engine runs");
        id
    }

    /// Waits for an event; everything before it is kept in `seen`.
    pub(crate) fn wait_for<T>(&mut self, what: &str, pick: impl Fn(&Event) -> Option<T>) -> T {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            while let Ok(event) = self.events.try_recv() {
                let picked = pick(&event);
                self.seen.push(event);
                if let Some(picked) = picked {
                    return picked;
                }
            }
            assert!(Instant::now() < deadline, "no {what} within 10 s: {:?}", self.seen);
            std::thread::yield_now();
        }
    }

    /// A client joins a room by the engine's first address; its answer is taken.
    pub(crate) fn join(&mut self, room: u128, leg: u128, protocol: Protocol) -> Caller {
        let caller = Caller::new(protocol, self.engine.announced()[0]);
        self.join_as(caller, room, leg)
    }

    /// This client joins a room; its answer is taken.
    pub(crate) fn join_as(&mut self, mut caller: Caller, room: u128, leg: u128) -> Caller {
        let offer = caller.client.offer();
        let id = self.command(Command::AddLeg { room: CallId::of(room), leg: LegId::of(leg), offer });
        let sdp = self.wait_for("answer", |event| match event {
            Event::Answer { id: answered, sdp, .. } if *answered == id => Some(sdp.clone()),
            Event::Refused { reason, .. } => panic!("refused: {reason}"),
            _ => None,
        });
        caller.client.accept(&sdp);
        self.last_answer = sdp;
        caller
    }

    /// Two clients in room 1, joined both ways and connected.
    pub(crate) fn pair(&mut self, protocols: [Protocol; 2]) -> [Caller; 2] {
        self.pair_in(1, protocols)
    }

    /// Two clients in a room; its number and 1 and 2 make the legs' numbers.
    pub(crate) fn pair_in(&mut self, room: u128, protocols: [Protocol; 2]) -> [Caller; 2] {
        let [first, second] = [10 * room + 1, 10 * room + 2];
        let callers = [self.join(room, first, protocols[0]), self.join(room, second, protocols[1])];
        self.connect_in(room, callers)
    }

    /// Legs 11 and 12 of room 1 are joined both ways and connect.
    pub(crate) fn connect(&mut self, callers: [Caller; 2]) -> [Caller; 2] {
        self.connect_in(1, callers)
    }

    fn connect_in(&mut self, room: u128, mut callers: [Caller; 2]) -> [Caller; 2] {
        let legs = [LegId::of(10 * room + 1), LegId::of(10 * room + 2)];
        let patches = TrackKind::ALL
            .into_iter()
            .flat_map(|track| [(0, 1), (1, 0)].map(|(a, b)| Patch { source: legs[a].into(), sink: legs[b], track }))
            .collect();
        self.command(Command::SetPatches { room: CallId::of(room), patches });
        let connected = drive_until(&mut callers, Duration::from_secs(10), |callers| {
            callers.iter().all(|caller| caller.client.is_connected)
        });
        assert!(connected, "both connect within 10 s");
        callers
    }
}

/// A client with its socket.
pub(crate) struct Caller {
    pub(crate) client: Client,
    socket: Socket,
}

enum Socket {
    Udp(UdpSocket),
    Turn(Box<TurnSocket>),
    Tcp { stream: TcpStream, read: Vec<u8> },
}

impl Caller {
    /// One that can reach this address of the engine: it has the same family.
    pub(crate) fn new(protocol: Protocol, engine: SocketAddr) -> Self {
        let (socket, address) = match protocol {
            Protocol::Udp => {
                let own = if engine.is_ipv4() { loopback() } else { loopback_v6() };
                let socket = UdpSocket::bind(own).expect("a free port");
                socket.set_nonblocking(true).expect("a socket's mode can be set");
                let address = socket.local_addr().expect("it is bound");
                (Socket::Udp(socket), address)
            }
            Protocol::Tcp => {
                let stream = TcpStream::connect(engine).expect("the engine listens on TCP");
                stream.set_nonblocking(true).expect("a socket's mode can be set");
                stream.set_nodelay(true).expect("a socket's mode can be set");
                let address = stream.local_addr().expect("it is connected");
                (Socket::Tcp { stream, read: Vec::new() }, address)
            }
        };
        let options = ClientOptions { protocol, ..ClientOptions::new(address) };
        Self { client: Client::new(options, Instant::now()), socket }
    }

    /// One that reaches this address of the engine through a relay alone.
    pub(crate) fn relayed(turn: TurnSocket) -> Self {
        let options = ClientOptions::new(turn.relayed());
        Self { client: Client::new(options, Instant::now()), socket: Socket::Turn(Box::new(turn)) }
    }

    fn turn(&mut self) {
        let now = Instant::now();
        while let Some((source, bytes)) = self.socket.receive() {
            self.client.handle_datagram(now, source, &bytes);
        }
        if self.client.poll_timeout() <= now {
            self.client.handle_timeout(now);
            self.client.run_sources(now);
        }
        while let Some(transmit) = self.client.poll_transmit() {
            self.socket.send(transmit.destination, &transmit.bytes);
        }
    }
}

impl Socket {
    fn receive(&mut self) -> Option<(SocketAddr, Vec<u8>)> {
        match self {
            Self::Udp(socket) => {
                let mut buffer = [0; 2048];
                let (length, source) = socket.recv_from(&mut buffer).ok()?;
                Some((source, buffer[..length].to_vec()))
            }
            Self::Turn(turn) => turn.receive(),
            Self::Tcp { stream, read } => {
                let mut buffer = [0; 4096];
                match stream.read(&mut buffer) {
                    Ok(length) => read.extend_from_slice(&buffer[..length]),
                    Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock, "{error}"),
                }
                let frame = netio::next_frame(read).expect("the engine keeps to the framing")?;
                let end = frame.end;
                let bytes = read[frame].to_vec();
                read.drain(..end);
                Some((stream.peer_addr().expect("it is connected"), bytes))
            }
        }
    }

    fn send(&mut self, destination: SocketAddr, bytes: &[u8]) {
        match self {
            Self::Udp(socket) => {
                socket.send_to(bytes, destination).expect("loopback takes it");
            }
            Self::Turn(turn) => turn.send(destination, bytes),
            Self::Tcp { stream, .. } => {
                let mut frame = netio::frame_header(bytes.len()).expect("a datagram fits a frame").to_vec();
                frame.extend_from_slice(bytes);
                stream.write_all(&frame).expect("the kernel's buffer takes a frame");
            }
        }
    }
}

/// Runs clients in real time until something is so; the answer is whether it was, within `limit`.
pub(crate) fn drive_until(callers: &mut [Caller], limit: Duration, done: impl Fn(&[Caller]) -> bool) -> bool {
    let end = Instant::now() + limit;
    while !done(callers) {
        if Instant::now() >= end {
            return false;
        }
        callers.iter_mut().for_each(Caller::turn);
        std::thread::sleep(Duration::from_micros(500));
    }
    true
}

/// Runs clients for a time.
pub(crate) fn drive(callers: &mut [Caller], time: Duration) {
    drive_until(callers, time, |_| false);
}
