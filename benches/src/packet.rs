//! RTP packets as a browser sends them, with the time of sending in their payload.

use crate::load::{AUDIO_BYTES, Due, Kind, VIDEO_BYTES, VIDEO_LAST_BYTES};
use std::time::Duration;

/// Where the time of sending stands in a payload: behind VP8's descriptor and first byte.
const TIME_AT: usize = 8;
/// Frames from one keyframe to the next: a new sink waits at most a second for one.
const KEYFRAME_EVERY: u64 = 30;
/// Room for a packet with its tag.
pub(crate) const PACKET_BYTES: usize = 1500;

/// Ids of header extensions (RFC 8285).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extensions {
    /// Audio level (RFC 6464).
    pub(crate) level: Option<u8>,
    /// Transport-wide sequence number.
    pub(crate) transport: Option<u8>,
}

/// What a leg sends of one kind.
#[derive(Debug)]
pub(crate) struct Uplink {
    pub(crate) ssrc: u32,
    pub(crate) payload_type: u8,
    pub(crate) extensions: Extensions,
    /// Of the next packet, extended by its roll-overs.
    pub(crate) sequence: u64,
    /// RTP time of the last packet.
    pub(crate) timestamp: u32,
    pub(crate) packets: u64,
    pub(crate) bytes: u64,
}

/// A packet that stands in a buffer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written {
    pub(crate) index: u64,
    pub(crate) header: usize,
    pub(crate) length: usize,
}

impl Uplink {
    pub(crate) fn new(ssrc: u32, payload_type: u8, extensions: Extensions) -> Self {
        Self { ssrc, payload_type, extensions, sequence: 1, timestamp: 0, packets: 0, bytes: 0 }
    }

    /// Writes the packet that is due, sent at `sent` on the generator's clock.
    pub(crate) fn write(&mut self, due: Due, transport: &mut u16, sent: Duration, buffer: &mut [u8]) -> Written {
        let (rate, payload, marker) = match due.kind {
            Kind::Audio => (48, AUDIO_BYTES, false),
            Kind::Video if due.is_last() => (90, VIDEO_LAST_BYTES, true),
            Kind::Video => (90, VIDEO_BYTES, false),
        };
        if due.part == 0 {
            self.timestamp = (sent.as_micros() * rate / 1000) as u32;
        }
        buffer[0] = 0x90;
        buffer[1] = self.payload_type | u8::from(marker) << 7;
        buffer[2..4].copy_from_slice(&(self.sequence as u16).to_be_bytes());
        buffer[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        buffer[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
        let header = 12 + self.write_extensions(due.kind, transport, &mut buffer[12..]);
        let length = header + payload;
        write_payload(due, sent, &mut buffer[header..length]);
        let written = Written { index: self.sequence, header, length };
        self.sequence += 1;
        self.packets += 1;
        self.bytes += payload as u64;
        written
    }

    /// One-byte extensions (RFC 8285 §4.2) and their length.
    fn write_extensions(&self, kind: Kind, transport: &mut u16, buffer: &mut [u8]) -> usize {
        buffer[..4].copy_from_slice(&[0xbe, 0xde, 0, 0]);
        let mut end = 4;
        if let Some(id) = self.extensions.level.filter(|_| kind == Kind::Audio) {
            // Voice, at -40 dBov.
            buffer[end..end + 2].copy_from_slice(&[id << 4, 0x80 | 40]);
            end += 2;
        }
        if let Some(id) = self.extensions.transport {
            let [high, low] = transport.to_be_bytes();
            buffer[end..end + 3].copy_from_slice(&[id << 4 | 1, high, low]);
            *transport = transport.wrapping_add(1);
            end += 3;
        }
        while end % 4 != 0 {
            buffer[end] = 0;
            end += 1;
        }
        buffer[3] = (end / 4 - 1) as u8;
        end
    }
}

fn write_payload(due: Due, sent: Duration, payload: &mut [u8]) {
    payload.fill(0x55);
    if due.kind == Kind::Video {
        // RFC 7741 §4.2 with picture id and TL0PICIDX, then the P bit of the first byte of a keyframe or another frame.
        let [high, low] = (due.number as u16 & 0x7fff).to_be_bytes();
        let start = if due.part == 0 { 0x90 } else { 0x80 };
        let is_delta = !due.number.is_multiple_of(KEYFRAME_EVERY) || due.part > 0;
        payload[..7].copy_from_slice(&[start, 0xe0, high | 0x80, low, due.number as u8, 0x20, u8::from(is_delta)]);
    }
    let time = u64::try_from(sent.as_nanos()).expect("a run is shorter than centuries");
    payload[TIME_AT..TIME_AT + 8].copy_from_slice(&time.to_be_bytes());
}

/// When a packet was sent, by its payload.
pub(crate) fn sent_at(payload: &[u8]) -> Option<Duration> {
    let bytes = payload.get(TIME_AT..TIME_AT + 8)?.try_into().ok()?;
    Some(Duration::from_nanos(u64::from_be_bytes(bytes)))
}

/// What stands in the clear in a received RTP packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) payload_type: u8,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) ssrc: u32,
    /// Bytes up to the payload.
    pub(crate) length: usize,
    /// Transport-wide sequence number.
    pub(crate) transport: Option<u16>,
}

impl Header {
    /// Reads a header (RFC 3550 §5.1); `transport` is the id of the extension with the transport-wide number.
    pub(crate) fn read(bytes: &[u8], transport: Option<u8>) -> Option<Self> {
        let fixed = bytes.first_chunk::<12>()?;
        if fixed[0] >> 6 != 2 {
            return None;
        }
        let mut length = 12 + 4 * usize::from(fixed[0] & 0x0f);
        let mut number = None;
        if fixed[0] & 0x10 != 0 {
            let words = bytes.get(length..length + 4)?;
            let end = length + 4 + 4 * usize::from(u16::from_be_bytes([words[2], words[3]]));
            if words[..2] == [0xbe, 0xde] {
                number = transport.and_then(|id| extension(bytes.get(length + 4..end)?, id));
            }
            length = end;
        }
        let word = |at: usize| u32::from_be_bytes([fixed[at], fixed[at + 1], fixed[at + 2], fixed[at + 3]]);
        (length <= bytes.len()).then_some(Self {
            payload_type: fixed[1] & 0x7f,
            sequence: u16::from_be_bytes([fixed[2], fixed[3]]),
            timestamp: word(4),
            ssrc: word(8),
            length,
            transport: number,
        })
    }
}

/// The number in the one-byte extension of this id.
fn extension(mut elements: &[u8], wanted: u8) -> Option<u16> {
    while let Some((&first, rest)) = elements.split_first() {
        let (id, length) = (first >> 4, usize::from(first & 0x0f) + 1);
        if first == 0 {
            elements = rest;
            continue;
        }
        let data = rest.get(..length)?;
        if id == wanted {
            return Some(u16::from_be_bytes(data.try_into().ok()?));
        }
        elements = &rest[length..];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let extensions = Extensions { level: Some(1), transport: Some(3) };
        let mut uplink = Uplink::new(7, 96, extensions);
        let mut transport = 0xfffe;
        let mut buffer = [0; PACKET_BYTES];
        for (kind, part) in [(Kind::Audio, 0), (Kind::Video, 0), (Kind::Video, 4)] {
            let due = Due { after: Duration::ZERO, leg: 0, kind, number: 2, part };
            let sent = Duration::from_millis(5);
            let (number, sequence) = (transport, uplink.sequence);
            let written = uplink.write(due, &mut transport, sent, &mut buffer);
            let packet = &buffer[..written.length];
            let header = Header::read(packet, Some(3)).expect("a header");
            assert_eq!((header.sequence, header.transport), (sequence as u16, Some(number)));
            assert_eq!((header.ssrc, header.payload_type, header.length), (7, 96, written.header));
            assert_eq!(sent_at(&packet[header.length..]), Some(sent));
        }
        assert_eq!(Header::read(&buffer[..11], None), None);
    }
}
