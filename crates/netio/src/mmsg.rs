//! recvmmsg and sendmmsg. Pointers for the kernel are made for each call and live no longer, so that the buffers
//! themselves are plain memory that may move between threads.

use crate::{
    batch::Batch,
    control::{self, Control},
    limits::{DATAGRAM_BYTES, RECEIVE_BATCH, SEND_BATCH},
    sockaddr::{self, Storage},
};
use std::{
    io,
    mem::{self, MaybeUninit},
    net::{IpAddr, SocketAddr},
    os::fd::RawFd,
    ptr,
};

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
            controls: vec![control::EMPTY; RECEIVE_BATCH].into_boxed_slice(),
            received: Vec::with_capacity(RECEIVE_BATCH),
        }
    }

    /// Takes at most a batch of datagrams and returns how many; `packet_info` says whether the socket gives it.
    pub(crate) fn receive(&mut self, fd: RawFd, packet_info: bool) -> io::Result<usize> {
        let mut vectors = [const { MaybeUninit::<libc::iovec>::uninit() }; RECEIVE_BATCH];
        let mut headers = [const { MaybeUninit::<libc::mmsghdr>::uninit() }; RECEIVE_BATCH];
        let slots = self.bytes.iter_mut().zip(&mut self.sources).zip(&mut self.controls);
        for (((bytes, source), control), (vector, header)) in slots.zip(vectors.iter_mut().zip(&mut headers)) {
            vector.write(libc::iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: DATAGRAM_BYTES });
            let control = packet_info.then_some((control, size_of::<Control>()));
            let vectors = std::slice::from_mut(vector);
            header.write(message(vectors, source, size_of::<Storage>() as libc::socklen_t, control));
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

/// A message of as many pieces as there are vectors, all of them written.
fn message(
    vectors: &mut [MaybeUninit<libc::iovec>],
    name: &mut Storage,
    name_length: libc::socklen_t,
    control: Option<(&mut Control, usize)>,
) -> libc::mmsghdr {
    // SAFETY: mmsghdr is integers and pointers; all zero is an empty message.
    let mut message: libc::mmsghdr = unsafe { mem::zeroed() };
    message.msg_hdr.msg_iov = vectors.as_mut_ptr().cast();
    message.msg_hdr.msg_iovlen = vectors.len() as _;
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
        local: unsafe { control::read_packet_info(header) },
        truncated: header.msg_flags & libc::MSG_TRUNC != 0,
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
            controls: vec![control::EMPTY; SEND_BATCH].into_boxed_slice(),
        }
    }

    /// Sends a batch and returns how many of its messages went; an error concerns the first.
    pub(crate) fn send<'a>(
        &mut self,
        fd: RawFd,
        batch: &Batch,
        datagram: impl Fn(usize) -> Outgoing<'a>,
    ) -> io::Result<usize> {
        let mut vectors = [const { MaybeUninit::<libc::iovec>::uninit() }; SEND_BATCH];
        let mut headers = [const { MaybeUninit::<libc::mmsghdr>::uninit() }; SEND_BATCH];
        let mut free = &mut vectors[..];
        let slots = self.destinations.iter_mut().zip(&mut self.controls).zip(&mut headers);
        for (index, ((name, control), header)) in (0..batch.messages()).zip(slots) {
            let (own, rest) = std::mem::take(&mut free).split_at_mut(batch.size(index));
            free = rest;
            let mut path = None;
            for (vector, member) in own.iter_mut().zip(batch.members(index)) {
                let outgoing = datagram(member);
                path.get_or_insert((outgoing.destination, outgoing.source));
                // The kernel only reads what a message to send points to.
                let start = outgoing.bytes.as_ptr().cast_mut().cast();
                vector.write(libc::iovec { iov_base: start, iov_len: outgoing.bytes.len() });
            }
            let (destination, source) = path.expect("a message has a datagram");
            let name_length = sockaddr::write(destination, name);
            let segment = (batch.size(index) > 1).then(|| batch.segment(index));
            let control_length = control::write(control, source, segment);
            let control = (control_length > 0).then_some((control, control_length));
            header.write(message(own, name, name_length, control));
        }
        let count = batch.messages() as libc::c_uint;
        // SAFETY: the first `count` headers are written, and as many of `vectors` as they name; they point to buffers of
        // self, to `vectors` and to the bytes of the datagrams, which outlive the call.
        let sent = unsafe { libc::sendmmsg(fd, headers.as_mut_ptr().cast(), count, libc::MSG_DONTWAIT) };
        usize::try_from(sent).map_err(|_| io::Error::last_os_error())
    }
}
