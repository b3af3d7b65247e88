//! Copies of tracks for the recorder.
//!
//! Between processes a track has a stream of its own, which begins with a [`crate::link::TapOpening`]; each
//! [`TapPacket`] is one frame of it. A packet's head says its own length, so that a later release may add to it.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use model::{Codec, LegId, MediaTime, TrackKind};

/// One RTP packet of a tapped track, after SRTP was taken off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TapFrame {
    /// Whose track.
    pub leg: LegId,
    /// Which of the leg's tracks.
    pub track: TrackKind,
    /// Codec of the payload.
    pub codec: Codec,
    /// When the engine received it, on the engine's even clock.
    pub arrival: MediaTime,
    /// The sender's synchronization source. A new value starts a new sequence and timestamp space.
    pub ssrc: u32,
    /// RTP timestamp as sent.
    pub rtp_time: u32,
    /// Sequence number, extended by its roll-overs.
    pub sequence: u64,
    /// RTP marker bit.
    pub marker: bool,
    /// RTP payload without padding.
    pub payload: Bytes,
}

/// A frame on its way to a recorder in another process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TapPacket {
    /// Frames of the track that found no room since the packet before.
    pub dropped: u32,
    /// The frame.
    pub frame: TapFrame,
}

/// A tap packet that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TapError {
    /// It is shorter than its head.
    #[error("a tap packet is cut short")]
    Short,
    /// A newer engine sends a codec that this release does not know.
    #[error("a tap packet has the unknown codec {0}")]
    Codec(u8),
}

/// Bytes of a packet's head as this release writes it, the byte of its length among them.
const HEAD: usize = 31;
/// The flag of the RTP marker bit.
const MARKER: u8 = 1;

impl TapPacket {
    /// Appends the packet: head length, codec, flags, SSRC, RTP time, sequence, arrival, dropped frames, payload;
    /// numbers in network order.
    pub fn encode(&self, out: &mut BytesMut) {
        let frame = &self.frame;
        out.reserve(HEAD + frame.payload.len());
        out.put_u8(HEAD as u8);
        out.put_u8(code(frame.codec));
        out.put_u8(if frame.marker { MARKER } else { 0 });
        out.put_u32(frame.ssrc);
        out.put_u32(frame.rtp_time);
        out.put_u64(frame.sequence);
        out.put_u64(frame.arrival.0);
        out.put_u32(self.dropped);
        out.put_slice(&frame.payload);
    }

    /// Reads a packet of a leg's track. What a later release appended to the head is skipped.
    pub fn decode(leg: LegId, track: TrackKind, packet: &Bytes) -> Result<Self, TapError> {
        let mut head = packet.clone();
        let length = usize::from(*packet.first().ok_or(TapError::Short)?);
        if length < HEAD || packet.len() < length {
            return Err(TapError::Short);
        }
        head.advance(1);
        let codec = codec(head.get_u8())?;
        let marker = head.get_u8() & MARKER != 0;
        let (ssrc, rtp_time, sequence) = (head.get_u32(), head.get_u32(), head.get_u64());
        let arrival = MediaTime(head.get_u64());
        let dropped = head.get_u32();
        let payload = packet.slice(length..);
        let frame = TapFrame { leg, track, codec, arrival, ssrc, rtp_time, sequence, marker, payload };
        Ok(Self { dropped, frame })
    }
}

fn code(codec: Codec) -> u8 {
    match codec {
        Codec::Opus => 0,
        Codec::Vp8 => 1,
        Codec::H264 => 2,
    }
}

fn codec(code: u8) -> Result<Codec, TapError> {
    match code {
        0 => Ok(Codec::Opus),
        1 => Ok(Codec::Vp8),
        2 => Ok(Codec::H264),
        unknown => Err(TapError::Codec(unknown)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet() -> TapPacket {
        let frame = TapFrame {
            leg: LegId::of(1),
            track: TrackKind::Camera,
            codec: Codec::H264,
            arrival: MediaTime(0x0102_0304_0506_0708),
            ssrc: 0x1122_3344,
            rtp_time: 0x5566_7788,
            sequence: 0x99AA,
            marker: true,
            payload: Bytes::from_static(b"payload"),
        };
        TapPacket { dropped: 3, frame }
    }

    fn read(bytes: &[u8]) -> Result<TapPacket, TapError> {
        TapPacket::decode(LegId::of(1), TrackKind::Camera, &Bytes::copy_from_slice(bytes))
    }

    /// Protocol 1 as it was released: it must stay readable.
    const RELEASED: &[u8] = b"\x1f\x02\x01\x11\x22\x33\x44\x55\x66\x77\x88\0\0\0\0\0\0\x99\xaa\
        \x01\x02\x03\x04\x05\x06\x07\x08\0\0\0\x03payload";

    #[test]
    fn a_packet_is_read_as_it_was_written() {
        let mut bytes = BytesMut::new();
        packet().encode(&mut bytes);
        assert_eq!(&bytes[..], RELEASED);
        assert_eq!(read(RELEASED), Ok(packet()));
    }

    #[test]
    fn what_a_later_release_appends_to_the_head_is_skipped() {
        let longer = [&[33], &RELEASED[1..HEAD], &[7, 7], &RELEASED[HEAD..]].concat();
        assert_eq!(read(&longer), Ok(packet()));
    }

    #[test]
    fn nonsense_is_refused() {
        for length in 0..HEAD {
            assert_eq!(read(&RELEASED[..length]), Err(TapError::Short), "{length} bytes");
        }
        let unknown = [&[31, 9], &RELEASED[2..]].concat();
        assert_eq!(read(&unknown), Err(TapError::Codec(9)));
    }
}
