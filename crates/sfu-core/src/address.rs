use std::net::SocketAddr;

/// How datagrams travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Protocol {
    /// UDP.
    Udp,
    /// TCP with RFC 4571 framing, which is the shell's part.
    Tcp,
}

/// A datagram to send.
#[derive(Debug, Clone, Copy)]
pub struct Transmit<'a> {
    /// UDP, or a frame on the TCP connection from `destination`.
    pub protocol: Protocol,
    /// The local address that the peer knows.
    pub source: SocketAddr,
    /// Where to.
    pub destination: SocketAddr,
    /// What.
    pub bytes: &'a [u8],
}

/// The far end of a path, as datagrams name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Remote {
    pub(crate) protocol: Protocol,
    pub(crate) address: SocketAddr,
}
