use crate::{
    Counters, Datagram, Protocol, Transmit, interfaces,
    limits::{DATAGRAM_BYTES, RECEIVE_BATCH, RECEIVE_BUDGET, SOCKET_BUFFER_BYTES},
    mmsg::ReceiveSlots,
    send_queue::SendQueue,
    sockaddr,
};
use socket2::{Domain, SockRef, Socket, Type};
use std::{
    io,
    net::{IpAddr, SocketAddr},
    os::fd::AsRawFd,
};

/// The UDP half of a port.
pub(crate) struct Udp {
    pub(crate) socket: mio::net::UdpSocket,
    local: SocketAddr,
    /// Bound to all of the machine's addresses.
    wildcard: bool,
    /// This machine's addresses, where the socket is bound to all of them.
    own_addresses: Vec<IpAddr>,
    slots: ReceiveSlots,
    queue: SendQueue,
    /// The kernel may hold datagrams that were not taken yet.
    pub(crate) readable: bool,
}

impl Udp {
    pub(crate) fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(address), Type::DGRAM.nonblocking(), None)?;
        if address.is_ipv6() {
            socket.set_only_v6(false)?;
        }
        size_buffers(&socket)?;
        let wildcard = address.ip().is_unspecified();
        if wildcard {
            ask_for_packet_info(&socket, address)?;
        }
        socket.bind(&address.into())?;
        let socket = mio::net::UdpSocket::from_std(socket.into());
        Ok(Self {
            local: socket.local_addr()?,
            socket,
            wildcard,
            own_addresses: if wildcard { interfaces::addresses(libc::IFF_UP as u32, 0)? } else { Vec::new() },
            slots: ReceiveSlots::new(),
            queue: SendQueue::new(),
            readable: true,
        })
    }

    pub(crate) fn local(&self) -> SocketAddr {
        self.local
    }

    /// Lets datagrams to one destination leave as one message, if the kernel can cut it; says whether.
    pub(crate) fn use_segments(&mut self) -> bool {
        // A kernel that does not know the option would send such a message as one datagram.
        let can = set_int(&self.socket, libc::SOL_UDP, libc::UDP_SEGMENT, 0).is_ok();
        if can {
            self.queue.use_segments();
        }
        can
    }

    /// The kernel's receive buffer as granted, bytes.
    pub(crate) fn receive_buffer_bytes(&self) -> io::Result<usize> {
        SockRef::from(&self.socket).recv_buffer_size()
    }

    /// Hands over what has arrived, at most the budget, and returns how many.
    pub(crate) fn receive(&mut self, counters: &mut Counters, handle: &mut dyn FnMut(Datagram<'_>)) -> usize {
        let mut handed_over = 0;
        while self.readable && handed_over < RECEIVE_BUDGET {
            let count = match self.slots.receive(self.socket.as_raw_fd(), self.wildcard) {
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                // Anything but "empty" is an error of one earlier datagram that the system reports here.
                Err(error) => {
                    self.readable = error.kind() != io::ErrorKind::WouldBlock;
                    handed_over += 1;
                    continue;
                }
            };
            handed_over += count;
            // A short batch means empty; whatever arrives from now on is a new event.
            self.readable = count == RECEIVE_BATCH;
            for index in 0..count {
                let (received, bytes) = self.slots.get(index);
                let Some(source) = received.source.filter(|_| !received.truncated) else {
                    counters.dropped_oversized += 1;
                    continue;
                };
                counters.received += 1;
                counters.received_bytes += bytes.len() as u64;
                let ip = received.local.unwrap_or(self.local.ip());
                let destination = SocketAddr::new(ip, self.local.port());
                handle(Datagram { protocol: Protocol::Udp, source, destination, bytes });
            }
        }
        handed_over
    }

    /// Copies a datagram into the send queue.
    pub(crate) fn queue(&mut self, transmit: &Transmit<'_>, counters: &mut Counters) {
        let Some(destination) = self.in_family(transmit.destination) else {
            counters.dropped_send_error += 1;
            return;
        };
        if transmit.bytes.len() > DATAGRAM_BYTES {
            counters.dropped_oversized += 1;
            return;
        }
        if self.queue.is_full() {
            self.flush(counters);
        }
        if self.queue.is_full() {
            counters.dropped_send_queue_full += 1;
            return;
        }
        let source = self.chosen_source(transmit.source);
        self.queue.push(transmit.bytes, destination, source);
    }

    /// `source` for the kernel, where the socket is bound to all addresses and it is one of them.
    fn chosen_source(&self, source: SocketAddr) -> Option<IpAddr> {
        let ip = source.ip().to_canonical();
        let own = self.wildcard && (ip.is_loopback() || self.own_addresses.contains(&ip));
        if own { self.in_family(source).map(|source| source.ip()) } else { None }
    }

    /// Hands the send queue to the kernel, as far as it takes it.
    pub(crate) fn flush(&mut self, counters: &mut Counters) {
        self.queue.flush(self.socket.as_raw_fd(), counters);
    }

    /// Datagrams that wait for the kernel.
    pub(crate) fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// `address` in the socket's family, IPv4 as mapped IPv6 where needed; `None` where it cannot be.
    fn in_family(&self, address: SocketAddr) -> Option<SocketAddr> {
        match (self.local, sockaddr::canonical(address)) {
            (SocketAddr::V4(_), SocketAddr::V6(_)) => None,
            (SocketAddr::V6(_), SocketAddr::V4(v4)) => {
                Some(SocketAddr::new(v4.ip().to_ipv6_mapped().into(), v4.port()))
            }
            (_, same) => Some(same),
        }
    }
}

/// Asks for large buffers: past the system's limit where we may, up to it otherwise.
fn size_buffers(socket: &Socket) -> io::Result<()> {
    for option in [libc::SO_RCVBUFFORCE, libc::SO_SNDBUFFORCE] {
        // Needs a privilege; the unforced request below is then what counts.
        let _ = set_int(socket, libc::SOL_SOCKET, option, SOCKET_BUFFER_BYTES as libc::c_int);
    }
    if socket.recv_buffer_size()? < SOCKET_BUFFER_BYTES {
        socket.set_recv_buffer_size(SOCKET_BUFFER_BYTES)?;
    }
    if socket.send_buffer_size()? < SOCKET_BUFFER_BYTES {
        socket.set_send_buffer_size(SOCKET_BUFFER_BYTES)?;
    }
    Ok(())
}

fn ask_for_packet_info(socket: &Socket, address: SocketAddr) -> io::Result<()> {
    match address {
        SocketAddr::V4(_) => set_int(socket, libc::IPPROTO_IP, libc::IP_PKTINFO, 1),
        SocketAddr::V6(_) => set_int(socket, libc::IPPROTO_IPV6, libc::IPV6_RECVPKTINFO, 1),
    }
}

fn set_int(socket: &impl AsRawFd, level: libc::c_int, option: libc::c_int, value: libc::c_int) -> io::Result<()> {
    // SAFETY: the pointer and size are those of `value`.
    let result = unsafe {
        let size = size_of::<libc::c_int>() as libc::socklen_t;
        libc::setsockopt(socket.as_raw_fd(), level, option, std::ptr::from_ref(&value).cast(), size)
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
