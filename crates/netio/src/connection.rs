use crate::{
    FrameReader, frame_header,
    limits::{TCP_FIRST_FRAME_TIMEOUT, TCP_IDLE_TIMEOUT, TCP_STALL_TIMEOUT, TCP_WRITE_BYTES},
};
use std::{
    collections::VecDeque,
    io::{self, IoSlice, Read, Write},
    net::SocketAddr,
    time::Instant,
};

/// One TCP connection of a peer.
pub(crate) struct Connection {
    pub(crate) stream: mio::net::TcpStream,
    pub(crate) remote: SocketAddr,
    pub(crate) local: SocketAddr,
    reader: FrameReader,
    /// Framed bytes that the kernel has not taken yet.
    waiting: VecDeque<u8>,
    opened: Instant,
    last_frame: Option<Instant>,
    /// Since when `waiting` has not moved.
    stalled: Option<Instant>,
}

/// Why a connection cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Closed {
    /// The peer closed or reset it.
    Peer,
    /// The peer announced an oversized frame.
    Framing,
}

/// Whether a read left anything in the kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadOutcome {
    /// Nothing more for now.
    Drained,
    /// The budget was used up.
    More,
}

impl Connection {
    pub(crate) fn new(stream: mio::net::TcpStream, remote: SocketAddr, local: SocketAddr, now: Instant) -> Self {
        Self {
            stream,
            remote,
            local,
            reader: FrameReader::default(),
            waiting: VecDeque::new(),
            opened: now,
            last_frame: None,
            stalled: None,
        }
    }

    /// Reads and hands over frames, at most `budget` of them, which it counts down.
    pub(crate) fn read(
        &mut self,
        now: Instant,
        budget: &mut usize,
        handle: &mut dyn FnMut(&mut [u8]),
    ) -> Result<ReadOutcome, Closed> {
        loop {
            while *budget > 0 {
                let Some(frame) = self.reader.next().map_err(|_| Closed::Framing)? else { break };
                self.last_frame = Some(now);
                *budget -= 1;
                handle(frame);
            }
            if *budget == 0 {
                return Ok(ReadOutcome::More);
            }
            match self.stream.read(self.reader.space()) {
                Ok(0) => return Err(Closed::Peer),
                Ok(read) => self.reader.filled(read),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(ReadOutcome::Drained),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return Err(Closed::Peer),
            }
        }
    }

    /// Queues one frame; false when there is no room for it.
    pub(crate) fn queue(&mut self, bytes: &[u8]) -> bool {
        let Some(header) = frame_header(bytes.len()) else { return false };
        if self.waiting.len() + header.len() + bytes.len() > TCP_WRITE_BYTES {
            return false;
        }
        self.waiting.extend(header);
        self.waiting.extend(bytes);
        true
    }

    /// Writes what the kernel takes.
    pub(crate) fn flush(&mut self, now: Instant) -> Result<(), Closed> {
        while !self.waiting.is_empty() {
            let (front, back) = self.waiting.as_slices();
            match self.stream.write_vectored(&[IoSlice::new(front), IoSlice::new(back)]) {
                Ok(written) => {
                    self.waiting.drain(..written);
                    self.stalled = None;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.stalled.get_or_insert(now);
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return Err(Closed::Peer),
            }
        }
        Ok(())
    }

    /// Whether the peer has been silent, or has not read, for too long.
    pub(crate) fn timed_out(&self, now: Instant) -> bool {
        let silent = match self.last_frame {
            Some(last) => now.saturating_duration_since(last) > TCP_IDLE_TIMEOUT,
            None => now.saturating_duration_since(self.opened) > TCP_FIRST_FRAME_TIMEOUT,
        };
        silent || self.stalled.is_some_and(|since| now.saturating_duration_since(since) > TCP_STALL_TIMEOUT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn connected(now: Instant) -> (Connection, std::net::TcpStream) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback can be bound");
        let peer = std::net::TcpStream::connect(listener.local_addr().expect("bound")).expect("connects");
        let (stream, remote) = listener.accept().expect("a connection waits");
        stream.set_nonblocking(true).expect("settable");
        let local = stream.local_addr().expect("connected");
        (Connection::new(mio::net::TcpStream::from_std(stream), remote, local, now), peer)
    }

    #[test]
    fn a_peer_that_never_sends_a_frame_times_out_early() {
        let now = Instant::now();
        let (connection, _peer) = connected(now);
        assert!(!connection.timed_out(now + TCP_FIRST_FRAME_TIMEOUT));
        assert!(connection.timed_out(now + TCP_FIRST_FRAME_TIMEOUT + Duration::from_millis(1)));
    }

    #[test]
    fn a_peer_that_sends_stays_until_it_is_silent() {
        let now = Instant::now();
        let (mut connection, mut peer) = connected(now);
        peer.write_all(&[0, 1, 42]).expect("the other side is open");
        let mut frames = 0;
        while frames == 0 {
            let read = connection.read(now, &mut 10, &mut |frame| {
                assert_eq!(frame, [42]);
                frames += 1;
            });
            assert_eq!(read, Ok(ReadOutcome::Drained));
        }
        assert!(!connection.timed_out(now + TCP_IDLE_TIMEOUT));
        assert!(connection.timed_out(now + TCP_IDLE_TIMEOUT + Duration::from_millis(1)));
    }

    #[test]
    fn a_peer_that_does_not_read_is_bounded_and_times_out() {
        let now = Instant::now();
        let (mut connection, _peer) = connected(now);
        connection.last_frame = Some(now + TCP_STALL_TIMEOUT);
        while connection.stalled.is_none() {
            while connection.queue(&[0; 1000]) {}
            assert!(connection.waiting.len() <= TCP_WRITE_BYTES);
            assert_eq!(connection.flush(now), Ok(()));
        }
        assert!(!connection.timed_out(now + TCP_STALL_TIMEOUT));
        assert!(connection.timed_out(now + TCP_STALL_TIMEOUT + Duration::from_millis(1)));
    }
}
