use crate::{
    Counters,
    coalesce::Coalescer,
    limits::{BIND_TRIES, TCP_SWEEP_INTERVAL},
    tcp::{FIRST_CONNECTION, Tcp},
    udp::Udp,
};
use mio::{Events, Interest, Poll, Token};
use std::{
    io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

const WAKER: Token = Token(0);
const UDP: Token = Token(1);
const LISTENER: Token = Token(2);

/// A pause below this is over before a sleep would end.
const SHORTEST_SLEEP: Duration = Duration::from_micros(10);

/// Events taken from the kernel with one wait.
const EVENTS: usize = 256;

/// How a datagram travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// By itself.
    Udp,
    /// In an RFC 4571 frame of a connection that the peer opened.
    Tcp,
}

/// A datagram or frame that arrived. The caller may change the bytes, to decrypt in place.
#[derive(Debug)]
pub struct Datagram<'a> {
    /// How it came.
    pub protocol: Protocol,
    /// The peer. IPv4 is never in its mapped IPv6 form.
    pub source: SocketAddr,
    /// The local address it was sent to, a concrete one also where the port is bound to all.
    pub destination: SocketAddr,
    /// Its content.
    pub bytes: &'a mut [u8],
}

/// A datagram or frame to send.
#[derive(Debug, Clone, Copy)]
pub struct Transmit<'a> {
    /// How it is to go.
    pub protocol: Protocol,
    /// The local address to send from. Counts where the port is bound to all addresses and this is one of the
    /// machine's; an announced address that is not the machine's own is left to the kernel's choice.
    pub source: SocketAddr,
    /// The peer.
    pub destination: SocketAddr,
    /// Its content, at most [`crate::limits::DATAGRAM_BYTES`].
    pub bytes: &'a [u8],
}

/// Why a wait ended; neither `control` nor `input` when time was up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WakeReasons {
    /// When it ended: the turn's time.
    pub at: Instant,
    /// The longest that a datagram may have lain, because the port waited for others ([`Port::coalesce`]).
    pub held: Duration,
    /// A [`Waker`] called.
    pub control: bool,
    /// `receive` has something to do.
    pub input: bool,
}

/// Ends the wait of a port from another thread.
#[derive(Debug, Clone)]
pub struct Waker(Arc<mio::Waker>);

impl Waker {
    /// Ends the current wait, or the next one if there is none. Calls before it ends count as one.
    pub fn wake(&self) {
        self.0.wake().expect("an eventfd can be written while its owner holds it");
    }
}

/// One UDP socket and one TCP listener on the same number, for one media thread.
pub struct Port {
    poll: Poll,
    events: Events,
    waker: Waker,
    udp: Udp,
    tcp: Tcp,
    /// The kernel's send buffer was full: the poll watches for room.
    udp_blocked: bool,
    counters: Counters,
    coalescer: Coalescer,
    turn: Instant,
}

impl Port {
    /// Opens both sockets. Port 0 asks for a number that is free for UDP and TCP; an IPv6 wildcard takes IPv4 as well.
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        let poll = Poll::new()?;
        let (mut udp, mut tcp) = bind_both(address, &poll)?;
        let waker = Waker(Arc::new(mio::Waker::new(poll.registry(), WAKER)?));
        poll.registry().register(&mut udp.socket, UDP, Interest::READABLE)?;
        poll.registry().register(&mut tcp.listener, LISTENER, Interest::READABLE)?;
        let events = Events::with_capacity(EVENTS);
        let (counters, turn) = (Counters::default(), Instant::now());
        let coalescer = Coalescer::new(turn);
        Ok(Self { poll, events, waker, udp, tcp, udp_blocked: false, counters, coalescer, turn })
    }

    /// The bound address, with the number that was chosen for port 0. May be a wildcard.
    pub fn local_addr(&self) -> SocketAddr {
        self.udp.local()
    }

    /// The kernel's UDP receive buffer as granted, bytes: [`crate::limits::SOCKET_BUFFER_BYTES`] is wanted.
    pub fn receive_buffer_bytes(&self) -> io::Result<usize> {
        self.udp.receive_buffer_bytes()
    }

    /// A handle for other threads.
    pub fn waker(&self) -> Waker {
        self.waker.clone()
    }

    /// Lets a wait go on for up to `longest` after datagrams were last taken, while so many come that the next turn then
    /// serves several ([`crate::limits::COALESCE_FROM`]). A waker may wait as long. Zero, as at first: never.
    ///
    /// Called on the thread that waits: its timers become exact, so that the bound holds.
    pub fn coalesce(&mut self, longest: Duration) {
        self.coalescer.allow(longest);
        precise_timers();
    }

    /// Lets queued datagrams to one destination leave as one message that the kernel cuts apart, where it can; says
    /// whether. They arrive as they were queued; a path that refuses such messages gets datagrams.
    pub fn segment(&mut self) -> bool {
        self.udp.use_segments()
    }

    /// Waits for input, a waker or the time, at most [`TCP_SWEEP_INTERVAL`]. Output that waited for the kernel goes on
    /// as soon as it can.
    pub fn wait(&mut self, timeout: Duration) -> WakeReasons {
        let pending = self.udp.readable || self.tcp.has_input();
        let timeout = if pending { Duration::ZERO } else { timeout.min(TCP_SWEEP_INTERVAL) };
        let held = if pending { Duration::ZERO } else { self.pause(timeout) };
        match self.poll.poll(&mut self.events, Some(timeout - held)) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => self.events.clear(),
            Err(error) => panic!("our own epoll descriptor can be waited for: {error}"),
        }
        self.turn = Instant::now();
        let mut control = false;
        for event in &self.events {
            match event.token() {
                WAKER => control = true,
                // Room to send is seen to below.
                UDP => self.udp.readable |= event.is_readable() || event.is_error(),
                LISTENER => self.tcp.acceptable = true,
                Token(token) => {
                    debug_assert!(token >= FIRST_CONNECTION);
                    let readable = event.is_readable() || event.is_read_closed() || event.is_error();
                    self.tcp.ready(token, readable, event.is_writable());
                }
            }
        }
        self.flush();
        self.tcp.sweep(self.turn, &mut self.counters);
        WakeReasons { at: self.turn, held, control, input: self.udp.readable || self.tcp.has_input() }
    }

    /// Waits for more datagrams while many come, at most `timeout`, and returns how long it meant to.
    fn pause(&mut self, timeout: Duration) -> Duration {
        if !self.coalescer.is_on() {
            return Duration::ZERO;
        }
        let pause = self.coalescer.pause(Instant::now()).min(timeout);
        if pause < SHORTEST_SLEEP {
            return Duration::ZERO;
        }
        self.counters.coalesced_turns += 1;
        std::thread::sleep(pause);
        pause
    }

    /// Hands over what has arrived, within a budget, and returns how many datagrams that was. What is left makes the
    /// next wait return at once.
    pub fn receive(&mut self, handle: &mut dyn FnMut(Datagram<'_>)) -> usize {
        let udp = self.udp.receive(&mut self.counters, handle);
        if udp > 0 {
            self.coalescer.took(udp, self.turn);
        }
        udp + self.tcp.receive(self.turn, &mut self.counters, handle)
    }

    /// Copies a datagram for sending; it leaves with the next [`Self::flush`] at the latest.
    pub fn queue(&mut self, transmit: Transmit<'_>) {
        match transmit.protocol {
            Protocol::Udp => self.udp.queue(&transmit, &mut self.counters),
            Protocol::Tcp => self.tcp.queue(transmit.destination, transmit.bytes, &mut self.counters),
        }
    }

    /// Hands what was queued to the kernel. What it cannot take waits, within the limits.
    pub fn flush(&mut self) {
        self.udp.flush(&mut self.counters);
        self.tcp.flush(self.turn);
        let blocked = self.udp.waiting() > 0;
        if blocked != self.udp_blocked {
            self.udp_blocked = blocked;
            self.watch_udp();
        }
    }

    /// Room to send is watched for only while there is none: otherwise every datagram that leaves would end a wait.
    fn watch_udp(&mut self) {
        let interest = if self.udp_blocked { Interest::READABLE | Interest::WRITABLE } else { Interest::READABLE };
        let watched = self.poll.registry().reregister(&mut self.udp.socket, UDP, interest);
        watched.expect("a registered socket can be registered anew");
    }

    /// Closes the TCP connection from `remote`, if there is one; it is reported as closed like others.
    pub fn close_tcp(&mut self, remote: SocketAddr) {
        self.tcp.close_remote(remote);
    }

    /// Peers whose TCP connection ended since the last call, for whatever reason.
    pub fn take_closed_tcp(&mut self) -> Vec<SocketAddr> {
        self.tcp.take_closed()
    }

    /// What happened since the last call.
    pub fn take_counters(&mut self) -> Counters {
        std::mem::take(&mut self.counters)
    }
}

/// Binds UDP first, then TCP to the same number; where any number will do, tries others if TCP's is taken.
fn bind_both(address: SocketAddr, poll: &Poll) -> io::Result<(Udp, Tcp)> {
    let mut tries = 1;
    loop {
        let udp = Udp::bind(address).map_err(|error| named("UDP", address, &error))?;
        let same_number = SocketAddr::new(address.ip(), udp.local().port());
        match Tcp::bind(same_number, poll.registry().try_clone()?) {
            Ok(tcp) => return Ok((udp, tcp)),
            Err(error) if error.kind() != io::ErrorKind::AddrInUse || address.port() != 0 || tries == BIND_TRIES => {
                return Err(named("TCP", same_number, &error));
            }
            Err(_) => tries += 1,
        }
    }
}

/// Sleeps of the calling thread end when they are due, not up to 50 µs later.
fn precise_timers() {
    // SAFETY: PR_SET_TIMERSLACK takes a number of nanoseconds and touches no memory. A refusal leaves the slack as it was.
    unsafe { libc::prctl(libc::PR_SET_TIMERSLACK, 1_000 as libc::c_ulong) };
}

fn named(protocol: &str, address: SocketAddr, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{protocol} {address}: {error}"))
}
