//! recvmmsg and sendmmsg. Pointers for the kernel are made for each call and live no longer, so that the buffers
//! themselves are plain memory that may move between threads.

use crate::{
    limits::{DATAGRAM_BYTES, RECEIVE_BATCH, SEND_BATCH},
    sockaddr::{self, Storage},
};
use std::{
    io,
    mem::{self, MaybeUninit},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    os::fd::RawFd,
    ptr,
};

/// Room for one IP_PKTINFO or IPV6_PKTINFO, aligned as control messages must be.
type Control = [u64; 8];

/// Buffers for one batch of received datagrams.
pub(crate) struct ReceiveSlots {
    bytes: Box<[[u8; DATAGRAM_BYTES]]>,
    sources: Box<[Storage]>,
    controls: Box<[Control]>,
    received: Vec<Received>,
}

/// What came with one datagram.
#[derive(Clone, Copy)]
pub(crate) struct Received {
    pub(crate) length: usize,
    pub(crate) source: Option<SocketAddr>,
    /// The local address it was sent to, where packet information is on.
    pub(crate) local: Option<IpAddr>,
    pub(crate) truncated: bool,
}

impl ReceiveSlots {
    pub(crate) fn new() -> Self {
        Self {
            bytes: vec![[0; DATAGRAM_BYTES]; RECEIVE_BATCH].into_boxed_slice(),
            sources: vec![sockaddr::zeroed(); RECEIVE_BATCH].into_boxed_slice(),
            controls: vec![[0; 8]; RECEIVE_BATCH].into_boxed_slice(),
            received: Vec::with_capacity(RECEIVE_BATCH),
        }
    }

    /// Takes at most a batch of datagrams and returns how many; `packet_info` says whether the socket gives it.
    pub(crate) fn receive(&mut self, fd: RawFd, packet_info: bool) -> io::Result<usize> {
        let mut vectors = [const { MaybeUninit::<libc::iovec>::uninit() }; RECEIVE_BATCH];
        let mut headers = [const { MaybeUninit::<libc::mmsghdr>::uninit() }; RECEIVE_BATCH];
        let slots = self.bytes.iter_mut().zip(&mut self.sources).zip(&mut self.controls);
        for (((bytes, source), control), (vector, header)) in slots.zip(vectors.iter_mut().zip(&mut headers)) {
            let vector = vector.write(libc::iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: DATAGRAM_BYTES });
            let control = packet_info.then_some((control, size_of::<Control>()));
            header.write(message(vector, source, size_of::<Storage>() as libc::socklen_t, control));
        }
        // SAFETY: all headers are written; they point to buffers of self and to `vectors`, which outlive the call.
        let count = unsafe {
            libc::recvmmsg(fd, headers.as_mut_ptr().cast(), RECEIVE_BATCH as u32, libc::MSG_DONTWAIT, ptr::null_mut())
        };
        let count = usize::try_from(count).map_err(|_| io::Error::last_os_error())?;
        self.received.clear();
        for header in &headers[..count] {
            // SAFETY: all headers were written above, and the kernel filled in the first `count`.
            self.received.push(unsafe { received(header.assume_init_ref()) });
        }
        Ok(count)
    }

    /// The `index`-th datagram of the last batch.
    pub(crate) fn get(&mut self, index: usize) -> (Received, &mut [u8]) {
        let received = self.received[index];
        (received, &mut self.bytes[index][..received.length])
    }
}

fn message(
    vector: &mut libc::iovec,
    name: &mut Storage,
    name_length: libc::socklen_t,
    control: Option<(&mut Control, usize)>,
) -> libc::mmsghdr {
    // SAFETY: mmsghdr is integers and pointers; all zero is an empty message.
    let mut message: libc::mmsghdr = unsafe { mem::zeroed() };
    message.msg_hdr.msg_iov = vector;
    message.msg_hdr.msg_iovlen = 1;
    message.msg_hdr.msg_name = ptr::from_mut(name).cast();
    message.msg_hdr.msg_namelen = name_length;
    if let Some((control, length)) = control {
        message.msg_hdr.msg_control = control.as_mut_ptr().cast();
        message.msg_hdr.msg_controllen = length as _;
    }
    message
}

/// # Safety
/// `message` was filled in by recvmmsg and its buffers are alive.
unsafe fn received(message: &libc::mmsghdr) -> Received {
    let header = &message.msg_hdr;
    // SAFETY: the kernel wrote a source address of the length that its family has.
    let source = unsafe { sockaddr::read(header.msg_name.cast_const().cast()) };
    Received {
        length: (message.msg_len as usize).min(DATAGRAM_BYTES),
        source,
        // SAFETY: as the caller says.
        local: unsafe { packet_info(header) },
        truncated: header.msg_flags & libc::MSG_TRUNC != 0,
    }
}

/// The destination address in a message's packet information.
///
/// # Safety
/// `header` was filled in by recvmmsg and its buffers are alive.
unsafe fn packet_info(header: &libc::msghdr) -> Option<IpAddr> {
    // SAFETY: the CMSG functions stay within the control buffer that the kernel filled in; data is as long as its
    // level and type say.
    unsafe {
        let mut next = libc::CMSG_FIRSTHDR(header);
        while let Some(control) = next.as_ref() {
            let data = libc::CMSG_DATA(control);
            match (control.cmsg_level, control.cmsg_type) {
                (libc::IPPROTO_IP, libc::IP_PKTINFO) => {
                    let info = ptr::read_unaligned(data.cast::<libc::in_pktinfo>());
                    return Some(Ipv4Addr::from(info.ipi_addr.s_addr.to_ne_bytes()).into());
                }
                (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO) => {
                    let info = ptr::read_unaligned(data.cast::<libc::in6_pktinfo>());
                    return Some(IpAddr::from(Ipv6Addr::from(info.ipi6_addr.s6_addr)).to_canonical());
                }
                _ => next = libc::CMSG_NXTHDR(header, control),
            }
        }
        None
    }
}

/// One datagram to send.
pub(crate) struct Outgoing<'a> {
    pub(crate) bytes: &'a [u8],
    /// In the socket's family.
    pub(crate) destination: SocketAddr,
    /// The local address to send from, in the socket's family; the kernel chooses where there is none.
    pub(crate) source: Option<IpAddr>,
}

/// Room for the addresses of one batch to send.
pub(crate) struct SendSlots {
    destinations: Box<[Storage]>,
    controls: Box<[Control]>,
}

impl SendSlots {
    pub(crate) fn new() -> Self {
        Self {
            destinations: vec![sockaddr::zeroed(); SEND_BATCH].into_boxed_slice(),
            controls: vec![[0; 8]; SEND_BATCH].into_boxed_slice(),
        }
    }

    /// Sends at most a batch and returns how many went; an error concerns the first.
    pub(crate) fn send<'a>(&mut self, fd: RawFd, batch: impl Iterator<Item = Outgoing<'a>>) -> io::Result<usize> {
        let mut vectors = [const { MaybeUninit::<libc::iovec>::uninit() }; SEND_BATCH];
        let mut headers = [const { MaybeUninit::<libc::mmsghdr>::uninit() }; SEND_BATCH];
        let mut count = 0;
        let slots = self.destinations.iter_mut().zip(&mut self.controls).zip(vectors.iter_mut().zip(&mut headers));
        for (outgoing, ((name, control), (vector, header))) in batch.zip(slots) {
            let bytes = outgoing.bytes;
            // The kernel only reads what a message to send points to.
            let vector = vector.write(libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() });
            let name_length = sockaddr::write(outgoing.destination, name);
            let control = outgoing.source.map(|source| {
                let length = write_packet_info(source, control);
                (control, length)
            });
            header.write(message(vector, name, name_length, control));
            count += 1;
        }
        // SAFETY: the first `count` headers are written; they point to buffers of self, to `vectors` and to the bytes
        // of the batch, which outlive the call.
        let sent = unsafe { libc::sendmmsg(fd, headers.as_mut_ptr().cast(), count, libc::MSG_DONTWAIT) };
        usize::try_from(sent).map_err(|_| io::Error::last_os_error())
    }
}

/// Writes packet information that asks for `source` and returns its length.
fn write_packet_info(source: IpAddr, control: &mut Control) -> usize {
    *control = [0; 8];
    let start: *mut libc::cmsghdr = control.as_mut_ptr().cast();
    let fill = |level, kind, data: &[u8]| {
        // SAFETY: `control` is aligned for a header and longer than CMSG_SPACE of either kind of packet information.
        unsafe {
            (*start).cmsg_level = level;
            (*start).cmsg_type = kind;
            (*start).cmsg_len = libc::CMSG_LEN(data.len() as u32) as _;
            ptr::copy_nonoverlapping(data.as_ptr(), libc::CMSG_DATA(start), data.len());
            libc::CMSG_SPACE(data.len() as u32) as usize
        }
    };
    match source {
        // in_pktinfo: interface index 0, ipi_spec_dst, ipi_addr.
        IpAddr::V4(v4) => {
            let mut data = [0; 12];
            data[4..8].copy_from_slice(&v4.octets());
            fill(libc::IPPROTO_IP, libc::IP_PKTINFO, &data)
        }
        // in6_pktinfo: ipi6_addr, interface index 0.
        IpAddr::V6(v6) => {
            let mut data = [0; 20];
            data[..16].copy_from_slice(&v6.octets());
            fill(libc::IPPROTO_IPV6, libc::IPV6_PKTINFO, &data)
        }
    }
}
