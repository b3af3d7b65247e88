use crate::{
    Counters,
    limits::{DATAGRAM_BYTES, SEND_BATCH, SEND_QUEUE_DATAGRAMS},
    mmsg::{Outgoing, SendSlots},
};
use std::{
    collections::VecDeque,
    io,
    net::{IpAddr, SocketAddr},
    os::fd::RawFd,
};

/// Datagrams on their way to the kernel, in a ring that starts over whenever it is empty and so stays in cache.
pub(crate) struct SendQueue {
    bytes: Box<[[u8; DATAGRAM_BYTES]]>,
    /// In order; their slots follow each other around the ring.
    entries: VecDeque<Entry>,
    slots: SendSlots,
}

struct Entry {
    slot: usize,
    length: usize,
    destination: SocketAddr,
    source: Option<IpAddr>,
}

impl SendQueue {
    pub(crate) fn new() -> Self {
        Self {
            bytes: vec![[0; DATAGRAM_BYTES]; SEND_QUEUE_DATAGRAMS].into_boxed_slice(),
            entries: VecDeque::with_capacity(SEND_QUEUE_DATAGRAMS),
            slots: SendSlots::new(),
        }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.entries.len() == SEND_QUEUE_DATAGRAMS
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Copies a datagram in. The queue is not full and `bytes` fit a slot.
    pub(crate) fn push(&mut self, bytes: &[u8], destination: SocketAddr, source: Option<IpAddr>) {
        assert!(!self.is_full(), "the caller makes room first");
        let slot = self.entries.back().map_or(0, |last| (last.slot + 1) % SEND_QUEUE_DATAGRAMS);
        self.bytes[slot][..bytes.len()].copy_from_slice(bytes);
        self.entries.push_back(Entry { slot, length: bytes.len(), destination, source });
    }

    /// Hands over what the kernel takes. What it cannot take now stays; what it refuses is dropped.
    pub(crate) fn flush(&mut self, fd: RawFd, counters: &mut Counters) {
        while !self.entries.is_empty() {
            let batch = self.entries.iter().take(SEND_BATCH).map(|entry| Outgoing {
                bytes: &self.bytes[entry.slot][..entry.length],
                destination: entry.destination,
                source: entry.source,
            });
            match self.slots.send(fd, batch) {
                Ok(sent) => {
                    for entry in self.entries.drain(..sent) {
                        counters.sent += 1;
                        counters.sent_bytes += entry.length as u64;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    counters.send_buffer_full += 1;
                    return;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => {
                    self.entries.pop_front();
                    counters.dropped_send_error += 1;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{net::UdpSocket, os::fd::AsRawFd};

    #[test]
    fn what_the_kernel_refuses_does_not_hold_up_the_rest() {
        let sender = UdpSocket::bind("127.0.0.1:0").expect("loopback can be bound");
        let receiver = UdpSocket::bind("127.0.0.1:0").expect("loopback can be bound");
        let good = receiver.local_addr().expect("bound");
        let refused = SocketAddr::new(good.ip(), 0);
        let mut queue = SendQueue::new();
        let mut counters = Counters::default();
        // Twice around the ring, so that slots are used again.
        for round in 0..2 * SEND_QUEUE_DATAGRAMS / 4 {
            let number = u32::try_from(round).expect("small").to_be_bytes();
            for destination in [refused, good, refused, good] {
                queue.push(&number, destination, None);
            }
            queue.flush(sender.as_raw_fd(), &mut counters);
            for _ in 0..2 {
                let mut buffer = [0; 8];
                let length = receiver.recv(&mut buffer).expect("a datagram waits");
                assert_eq!(buffer[..length], number);
            }
        }
        assert_eq!(queue.len(), 0);
        assert_eq!(counters.dropped_send_error, SEND_QUEUE_DATAGRAMS as u64);
        assert_eq!(
            (counters.sent, counters.sent_bytes),
            (SEND_QUEUE_DATAGRAMS as u64, 4 * SEND_QUEUE_DATAGRAMS as u64)
        );
    }

    #[test]
    fn order_is_kept_over_several_batches() {
        let sender = UdpSocket::bind("127.0.0.1:0").expect("loopback can be bound");
        let receiver = UdpSocket::bind("127.0.0.1:0").expect("loopback can be bound");
        let mut queue = SendQueue::new();
        let count = 2 * SEND_BATCH as u8 + 3;
        for number in 0..count {
            queue.push(&[number], receiver.local_addr().expect("bound"), None);
        }
        queue.flush(sender.as_raw_fd(), &mut Counters::default());
        for number in 0..count {
            let mut buffer = [0; 8];
            assert_eq!(receiver.recv(&mut buffer).expect("a datagram waits"), 1);
            assert_eq!(buffer[0], number);
        }
    }
}
