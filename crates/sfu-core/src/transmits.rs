use crate::{
    Transmit,
    address::Remote,
    limits::{DATAGRAM_BYTES, TRANSMITS},
};
use std::{collections::VecDeque, net::SocketAddr};

/// Datagrams that wait to be polled, one after the other in one buffer that is used again whenever all have left.
#[derive(Debug, Default)]
pub(crate) struct Transmits {
    bytes: Vec<u8>,
    entries: VecDeque<Entry>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    remote: Remote,
    local: SocketAddr,
    start: usize,
    length: usize,
}

impl Transmits {
    /// Adds what `write` puts into the room for a datagram; it answers with the length, or with nothing to add nothing.
    /// False when the queue is full.
    pub(crate) fn push(
        &mut self,
        remote: Remote,
        local: SocketAddr,
        write: impl FnOnce(&mut [u8]) -> Option<usize>,
    ) -> bool {
        let start = self.entries.back().map_or(0, |last| last.start + last.length);
        if self.entries.len() >= TRANSMITS || start >= TRANSMITS * DATAGRAM_BYTES {
            return false;
        }
        if self.bytes.len() < start + DATAGRAM_BYTES {
            self.bytes.resize((start + DATAGRAM_BYTES).next_power_of_two(), 0);
        }
        if let Some(length) = write(&mut self.bytes[start..start + DATAGRAM_BYTES]) {
            self.entries.push_back(Entry { remote, local, start, length });
        }
        true
    }

    /// Takes the oldest.
    pub(crate) fn pop(&mut self) -> Option<Transmit<'_>> {
        let Entry { remote, local, start, length } = self.entries.pop_front()?;
        let Remote { protocol, address: destination } = remote;
        Some(Transmit { protocol, source: local, destination, bytes: &self.bytes[start..start + length] })
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Protocol;

    #[test]
    fn datagrams_leave_in_order_and_their_room_is_used_again() {
        let remote = Remote { protocol: Protocol::Udp, address: ([10, 0, 0, 1], 9).into() };
        let local = ([10, 0, 0, 2], 5).into();
        let mut transmits = Transmits::default();
        let mut capacity = 0;
        for round in 0..50_u8 {
            for number in 0..10 {
                transmits.push(remote, local, |room| {
                    room[..3].copy_from_slice(&[round, number, 7]);
                    Some(3)
                });
                transmits.push(remote, local, |_| None);
            }
            for number in 0..10 {
                assert_eq!(transmits.pop().map(|transmit| transmit.bytes.to_vec()), Some(vec![round, number, 7]));
            }
            assert!(transmits.pop().is_none());
            assert!(round == 0 || transmits.bytes.len() == capacity, "the buffer does not grow");
            capacity = transmits.bytes.len();
        }
    }

    #[test]
    fn the_queue_is_bounded() {
        let remote = Remote { protocol: Protocol::Udp, address: ([10, 0, 0, 1], 9).into() };
        let mut transmits = Transmits::default();
        let mut push = || transmits.push(remote, remote.address, |_| Some(1));
        assert!((0..TRANSMITS).all(|_| push()));
        assert!(!push());
    }
}
