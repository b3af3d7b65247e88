//! The last packets of a video track, for pages that ask for them again.

use crate::{
    limits::{REPAIR_CACHE_BYTES, REPAIR_CACHE_PACKETS},
    participant::{MediaPacket, Signals},
};
use model::Codec;

/// Opened packets of one source, kept once for all its sinks. The oldest make room.
#[derive(Debug)]
pub(crate) struct Cache {
    bytes: Box<[u8]>,
    entries: Box<[Option<Entry>]>,
    ssrc: u32,
    /// Bytes written since the beginning; what lies further back than the ring is long has been overwritten.
    written: u64,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    sequence: u64,
    /// Bytes written before it.
    position: u64,
    length: usize,
    timestamp: u32,
    marker: bool,
    codec: Codec,
    signals: Signals,
}

/// A packet that came some time ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kept<'a> {
    pub(crate) codec: Codec,
    pub(crate) timestamp: u32,
    pub(crate) marker: bool,
    pub(crate) signals: Signals,
    pub(crate) payload: &'a [u8],
}

impl Cache {
    pub(crate) fn new() -> Self {
        Self {
            bytes: vec![0; REPAIR_CACHE_BYTES].into_boxed_slice(),
            entries: vec![None; REPAIR_CACHE_PACKETS].into_boxed_slice(),
            ssrc: 0,
            written: 0,
        }
    }

    /// Keeps a packet.
    pub(crate) fn keep(&mut self, packet: &MediaPacket<'_>) {
        if self.ssrc != packet.ssrc {
            self.ssrc = packet.ssrc;
            self.entries.fill(None);
        }
        let (size, length) = (self.bytes.len(), packet.payload.len());
        let mut start = (self.written % size as u64) as usize;
        if start + length > size {
            // A payload lies in one piece.
            self.written += (size - start) as u64;
            start = 0;
        }
        let Some(room) = self.bytes.get_mut(start..start + length) else { return };
        room.copy_from_slice(packet.payload);
        let MediaPacket { sequence, timestamp, marker, codec, signals, .. } = *packet;
        let entry = Entry { sequence, position: self.written, length, timestamp, marker, codec, signals };
        let slot = self.slot(sequence);
        self.entries[slot] = Some(entry);
        self.written += length as u64;
    }

    /// The packet with this SSRC and sequence number, if it is still there.
    pub(crate) fn find(&self, ssrc: u32, sequence: u64) -> Option<Kept<'_>> {
        let entry = self.entries[self.slot(sequence)].filter(|entry| entry.sequence == sequence)?;
        let size = self.bytes.len() as u64;
        if self.ssrc != ssrc || self.written - entry.position > size {
            return None;
        }
        let start = (entry.position % size) as usize;
        Some(Kept {
            codec: entry.codec,
            timestamp: entry.timestamp,
            marker: entry.marker,
            signals: entry.signals,
            payload: &self.bytes[start..start + entry.length],
        })
    }

    fn slot(&self, sequence: u64) -> usize {
        (sequence % self.entries.len() as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::TrackKind;

    fn packet(ssrc: u32, sequence: u64, payload: &[u8]) -> MediaPacket<'_> {
        MediaPacket {
            track: TrackKind::Camera,
            codec: Codec::H264,
            ssrc,
            sequence,
            timestamp: sequence as u32 * 3000,
            marker: false,
            repaired: false,
            signals: Signals::default(),
            captured: None,
            payload,
        }
    }

    #[test]
    fn the_newest_are_there_and_whole() {
        let mut cache = Cache::new();
        let payload = |sequence: u64| vec![sequence as u8; 900 + (sequence % 300) as usize];
        for sequence in 0..5000 {
            cache.keep(&packet(7, sequence, &payload(sequence)));
        }
        let mut kept = 0;
        for sequence in 0..5000 {
            if let Some(found) = cache.find(7, sequence) {
                assert_eq!(found.payload, payload(sequence), "{sequence}");
                assert_eq!(found.timestamp, sequence as u32 * 3000);
                kept += 1;
            }
        }
        assert!(kept * 1050 > REPAIR_CACHE_BYTES * 9 / 10 && kept <= REPAIR_CACHE_PACKETS, "{kept} packets");
        assert!(cache.find(7, 4999).is_some() && cache.find(8, 4999).is_none());
        cache.keep(&packet(8, 4999, b"of another source"));
        assert_eq!(cache.find(8, 4999).map(|found| found.payload), Some(&b"of another source"[..]));
        assert!(cache.find(7, 4998).is_none() && cache.find(8, 4998).is_none());
    }
}
