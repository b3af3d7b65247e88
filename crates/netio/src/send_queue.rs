use crate::{
    Counters,
    batch::{Batch, Shape},
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
    /// In the order they were queued; their slots go up around the ring.
    entries: VecDeque<Entry>,
    batch: Batch,
    slots: SendSlots,
    /// Whether the kernel cuts messages into datagrams.
    segments: bool,
    /// First entries that have to go alone, because the kernel refused the message that they were in.
    alone: usize,
}

struct Entry {
    slot: usize,
    length: usize,
    path: Path,
    /// It left before others that were queued earlier.
    sent: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Path {
    destination: SocketAddr,
    source: Option<IpAddr>,
}

impl SendQueue {
    pub(crate) fn new() -> Self {
        Self {
            bytes: vec![[0; DATAGRAM_BYTES]; SEND_QUEUE_DATAGRAMS].into_boxed_slice(),
            entries: VecDeque::with_capacity(SEND_QUEUE_DATAGRAMS),
            batch: Batch::new(),
            slots: SendSlots::new(),
            segments: false,
            alone: 0,
        }
    }

    /// From now on datagrams to one destination may leave as one message. The socket's kernel can do it.
    pub(crate) fn use_segments(&mut self) {
        self.segments = true;
    }

    pub(crate) fn is_full(&self) -> bool {
        let (Some(first), Some(last)) = (self.entries.front(), self.entries.back()) else { return false };
        (last.slot + 1) % SEND_QUEUE_DATAGRAMS == first.slot
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Copies a datagram in. The queue is not full and `bytes` fit a slot.
    pub(crate) fn push(&mut self, bytes: &[u8], destination: SocketAddr, source: Option<IpAddr>) {
        assert!(!self.is_full(), "the caller makes room first");
        let slot = self.entries.back().map_or(0, |last| (last.slot + 1) % SEND_QUEUE_DATAGRAMS);
        self.bytes[slot][..bytes.len()].copy_from_slice(bytes);
        let path = Path { destination, source };
        self.entries.push_back(Entry { slot, length: bytes.len(), path, sent: false });
    }

    /// Hands over what the kernel takes. What it cannot take now stays; what it refuses is dropped.
    pub(crate) fn flush(&mut self, fd: RawFd, counters: &mut Counters) {
        while !self.entries.is_empty() {
            self.plan();
            match self.send(fd) {
                Ok(messages) => self.remove(messages, counters),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    counters.send_buffer_full += 1;
                    return;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if self.batch.size(0) > 1 => self.refused_segments(&error, counters),
                Err(_) => {
                    self.entries.pop_front();
                    self.alone = self.alone.saturating_sub(1);
                    self.drop_sent();
                    counters.dropped_send_error += 1;
                }
            }
        }
    }

    fn plan(&mut self) {
        let count = self.entries.len().min(SEND_BATCH);
        // What left out of order stands in a batch only until the entries before it have left too.
        let unsent = self.entries.iter().take(count).position(|entry| entry.sent).unwrap_or(count);
        let alone = if self.segments { self.alone } else { unsent };
        let entries = &self.entries;
        self.batch.plan(alone, |index| Shape { path: entries[index].path, length: entries[index].length }, unsent);
    }

    fn send(&mut self, fd: RawFd) -> io::Result<usize> {
        let Self { bytes, entries, batch, slots, .. } = self;
        slots.send(fd, batch, |index| {
            let entry = &entries[index];
            Outgoing {
                bytes: &bytes[entry.slot][..entry.length],
                destination: entry.path.destination,
                source: entry.path.source,
            }
        })
    }

    /// The first messages of the batch have left.
    fn remove(&mut self, messages: usize, counters: &mut Counters) {
        counters.sent_messages += messages as u64;
        for message in 0..messages {
            for index in self.batch.members(message) {
                let entry = &mut self.entries[index];
                entry.sent = true;
                counters.sent += 1;
                counters.sent_bytes += entry.length as u64;
            }
        }
        self.drop_sent();
    }

    fn drop_sent(&mut self) {
        while self.entries.pop_front_if(|entry| entry.sent).is_some() {
            self.alone = self.alone.saturating_sub(1);
        }
    }

    /// The first message was refused, but its datagrams may do: a path with a small MTU takes no message of large ones.
    /// A device that cannot finish segments (EIO) would refuse all of them, always.
    fn refused_segments(&mut self, error: &io::Error, counters: &mut Counters) {
        counters.segments_refused += 1;
        self.alone = 1 + self.batch.members(0).last().expect("a message has datagrams");
        if error.raw_os_error() == Some(libc::EIO) {
            self.segments = false;
        }
    }
}

#[cfg(test)]
mod tests;
