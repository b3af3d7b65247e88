use crate::{
    Counters, Datagram, Protocol,
    connection::{Closed, Connection, ReadOutcome},
    limits::{
        RECEIVE_BUDGET, TCP_ACCEPTS_PER_TURN, TCP_CONNECTIONS, TCP_CONNECTIONS_PER_ADDRESS, TCP_SOCKET_BUFFER_BYTES,
        TCP_SWEEP_INTERVAL,
    },
    sockaddr,
};
use mio::{Interest, Registry, Token};
use socket2::{Domain, SockRef, Socket, Type};
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    io,
    net::{IpAddr, SocketAddr},
    time::Instant,
};

/// The first token of a connection; lower ones are the port's own.
pub(crate) const FIRST_CONNECTION: usize = 16;

/// Connections that wait to be accepted, in the kernel.
const BACKLOG: i32 = 128;

/// The TCP half of a port: its listener and the connections that came in.
pub(crate) struct Tcp {
    pub(crate) listener: mio::net::TcpListener,
    registry: Registry,
    connections: BTreeMap<usize, Connection>,
    by_remote: HashMap<SocketAddr, usize>,
    /// By [`sockaddr::network`].
    per_address: HashMap<IpAddr, usize>,
    next_token: usize,
    /// Connections with input that was not taken yet.
    readable: VecDeque<usize>,
    /// Connections with output that was not tried yet.
    writable: Vec<usize>,
    pub(crate) acceptable: bool,
    closed: Vec<SocketAddr>,
    next_sweep: Instant,
}

impl Tcp {
    pub(crate) fn bind(address: SocketAddr, registry: Registry) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM.nonblocking(), None)?;
        if address.is_ipv6() {
            socket.set_only_v6(false)?;
        }
        // A restart must not wait for connections of the process before to fade.
        socket.set_reuse_address(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        Ok(Self {
            listener: mio::net::TcpListener::from_std(socket.into()),
            registry,
            connections: BTreeMap::new(),
            by_remote: HashMap::new(),
            per_address: HashMap::new(),
            next_token: FIRST_CONNECTION,
            readable: VecDeque::new(),
            writable: Vec::new(),
            acceptable: true,
            closed: Vec::new(),
            next_sweep: Instant::now() + TCP_SWEEP_INTERVAL,
        })
    }

    /// An event of the connection with this token.
    pub(crate) fn ready(&mut self, token: usize, readable: bool, writable: bool) {
        if !self.connections.contains_key(&token) {
            return;
        }
        if readable && !self.readable.contains(&token) {
            self.readable.push_back(token);
        }
        if writable {
            self.writable.push(token);
        }
    }

    /// Whether `receive` has something to do.
    pub(crate) fn has_input(&self) -> bool {
        self.acceptable || !self.readable.is_empty()
    }

    /// Accepts connections and hands over the frames of all, at most the budget; returns how many.
    pub(crate) fn receive(
        &mut self,
        now: Instant,
        counters: &mut Counters,
        handle: &mut dyn FnMut(Datagram<'_>),
    ) -> usize {
        self.accept(now, counters);
        let mut budget = RECEIVE_BUDGET;
        for _ in 0..self.readable.len() {
            let Some(token) = self.readable.pop_front() else { break };
            let Some(connection) = self.connections.get_mut(&token) else { continue };
            let (source, destination) = (connection.remote, connection.local);
            let outcome = connection.read(now, &mut budget, &mut |bytes| {
                counters.received += 1;
                counters.received_bytes += bytes.len() as u64;
                handle(Datagram { protocol: Protocol::Tcp, source, destination, bytes });
            });
            match outcome {
                Ok(ReadOutcome::Drained) => {}
                Ok(ReadOutcome::More) => self.readable.push_back(token),
                Err(reason) => {
                    counters.tcp_closed_framing += u64::from(reason == Closed::Framing);
                    self.close(token);
                }
            }
        }
        RECEIVE_BUDGET - budget
    }

    /// Queues a frame for the connection from `destination`.
    pub(crate) fn queue(&mut self, destination: SocketAddr, bytes: &[u8], counters: &mut Counters) {
        let token = self.by_remote.get(&sockaddr::canonical(destination)).copied();
        let Some((token, connection)) = token.and_then(|token| Some((token, self.connections.get_mut(&token)?))) else {
            counters.dropped_tcp += 1;
            return;
        };
        if !connection.queue(bytes) {
            counters.dropped_tcp += 1;
            return;
        }
        counters.sent += 1;
        counters.sent_bytes += bytes.len() as u64;
        if self.writable.last() != Some(&token) {
            self.writable.push(token);
        }
    }

    /// Writes what was queued, as far as the kernel takes it.
    pub(crate) fn flush(&mut self, now: Instant) {
        for token in std::mem::take(&mut self.writable) {
            if let Some(connection) = self.connections.get_mut(&token)
                && connection.flush(now).is_err()
            {
                self.close(token);
            }
        }
    }

    /// Closes what is silent or stuck, once in a sweep interval.
    pub(crate) fn sweep(&mut self, now: Instant, counters: &mut Counters) {
        if now < self.next_sweep {
            return;
        }
        self.next_sweep = now + TCP_SWEEP_INTERVAL;
        // Accepting may have failed for want of descriptors, which no event reports the end of.
        self.acceptable = true;
        let timed_out = self.connections.iter().filter(|(_, connection)| connection.timed_out(now));
        for token in timed_out.map(|(&token, _)| token).collect::<Vec<_>>() {
            counters.tcp_closed_timeout += 1;
            self.close(token);
        }
    }

    /// Closes the connection from `remote`, if there is one.
    pub(crate) fn close_remote(&mut self, remote: SocketAddr) {
        if let Some(&token) = self.by_remote.get(&sockaddr::canonical(remote)) {
            self.close(token);
        }
    }

    /// Connections that ended since the last time, by the peer's address.
    pub(crate) fn take_closed(&mut self) -> Vec<SocketAddr> {
        std::mem::take(&mut self.closed)
    }

    fn accept(&mut self, now: Instant, counters: &mut Counters) {
        for _ in 0..TCP_ACCEPTS_PER_TURN {
            if !self.acceptable {
                return;
            }
            match self.listener.accept() {
                Ok((stream, remote)) => match self.admit(stream, sockaddr::canonical(remote), now) {
                    Ok(()) => counters.tcp_accepted += 1,
                    Err(_) => counters.tcp_refused += 1,
                },
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(_) => self.acceptable = false,
            }
        }
    }

    fn admit(&mut self, mut stream: mio::net::TcpStream, remote: SocketAddr, now: Instant) -> io::Result<()> {
        let of_address = self.per_address.get(&sockaddr::network(remote.ip())).copied().unwrap_or(0);
        let room = self.connections.len() < TCP_CONNECTIONS && of_address < TCP_CONNECTIONS_PER_ADDRESS;
        if !room || self.by_remote.contains_key(&remote) {
            return Err(io::ErrorKind::QuotaExceeded.into());
        }
        stream.set_nodelay(true)?;
        SockRef::from(&stream).set_send_buffer_size(TCP_SOCKET_BUFFER_BYTES)?;
        let local = sockaddr::canonical(stream.local_addr()?);
        let token = self.next_token;
        self.registry.register(&mut stream, Token(token), Interest::READABLE | Interest::WRITABLE)?;
        self.next_token += 1;
        self.connections.insert(token, Connection::new(stream, remote, local, now));
        self.by_remote.insert(remote, token);
        *self.per_address.entry(sockaddr::network(remote.ip())).or_default() += 1;
        self.readable.push_back(token);
        Ok(())
    }

    fn close(&mut self, token: usize) {
        let Some(mut connection) = self.connections.remove(&token) else { return };
        // Closing the descriptor below removes it from the poll as well.
        let _ = self.registry.deregister(&mut connection.stream);
        self.by_remote.remove(&connection.remote);
        let address = sockaddr::network(connection.remote.ip());
        if let Some(count) = self.per_address.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                self.per_address.remove(&address);
            }
        }
        self.closed.push(connection.remote);
    }
}
