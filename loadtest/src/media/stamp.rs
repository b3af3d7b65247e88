//! What a packet says of itself, so that loss, delay, damage and somebody else's voice show at the receiver.
//!
//! ```text
//! prefix (what the codec needs) | run 8 | call 4 | side 1 | track 1 | sequence 4 | sent 8 | check 4 | filler …
//! ```

use std::sync::Arc;

/// Bytes of a stamp.
pub(crate) const STAMP_BYTES: usize = 30;
/// Longest prefix: VP8 descriptor, frame tag and the head of a keyframe.
pub(crate) const PREFIX_BYTES: usize = 6 + 10;
/// Offsets into the page that the filler comes from.
const OFFSETS: usize = 256;
/// Longest filler.
const FILLER_BYTES: usize = 1_500;
/// Opus, CELT full band, 20 ms, mono, one frame (RFC 6716 §3.1).
const OPUS_TOC: u8 = 0xf8;

/// Which party of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// Who calls.
    Customer = 0,
    /// Who answers.
    Agent = 1,
}

impl Side {
    /// The other party.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Customer => Self::Agent,
            Self::Agent => Self::Customer,
        }
    }
}

/// Which source of a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Track {
    /// The microphone.
    Audio = 0,
    /// The camera.
    Camera = 1,
}

/// One packet's own account of where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// Number of the call in the run.
    pub(crate) call: u32,
    pub(crate) side: Side,
    pub(crate) track: Track,
    /// Counts the track's packets.
    pub(crate) sequence: u32,
    /// When it was sent, nanoseconds on the run's clock.
    pub(crate) sent: u64,
}

/// How a picture's packet begins (RFC 7741 §4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Picture {
    /// Counts pictures.
    pub(crate) number: u32,
    pub(crate) is_keyframe: bool,
    /// It is the picture's first packet.
    pub(crate) is_first: bool,
}

/// Writes and reads the stamps of one run.
#[derive(Debug, Clone)]
pub(crate) struct Stamper {
    run: u64,
    page: Arc<[u8]>,
}

impl Stamper {
    /// The stamps of a run with this id.
    pub(crate) fn new(run: u64) -> Self {
        let mut random = sim::Random::new(run);
        let page = (0..OFFSETS + FILLER_BYTES).map(|_| random.below(256).to_le_bytes()[0]).collect();
        Self { run, page }
    }

    /// The bytes that every stamp of this run begins with.
    pub(crate) fn mark(&self) -> [u8; 8] {
        self.run.to_be_bytes()
    }

    /// An audio payload of `bytes`, which are at least a byte more than [`STAMP_BYTES`].
    pub(crate) fn audio(&self, stamp: &Stamp, bytes: usize, into: &mut Vec<u8>) {
        into.clear();
        into.push(OPUS_TOC);
        self.append(stamp, bytes, into);
    }

    /// A VP8 payload of `bytes`, which are at least [`PREFIX_BYTES`] + [`STAMP_BYTES`].
    pub(crate) fn video(&self, stamp: &Stamp, picture: &Picture, bytes: usize, into: &mut Vec<u8>) {
        into.clear();
        let [_, _, high, low] = picture.number.to_be_bytes();
        // Extended control bits; picture id of 15 bits, TL0PICIDX, and a temporal layer id of 0 with the Y bit.
        into.extend([if picture.is_first { 0x90 } else { 0x80 }, 0xe0, high | 0x80, low, low, 0x20]);
        if picture.is_first {
            // RFC 6386 §9.1: the frame tag, shown; a keyframe has its start code and size, 640 by 360.
            into.extend([if picture.is_keyframe { 0x10 } else { 0x11 }, 0x02, 0x00]);
            if picture.is_keyframe {
                into.extend([0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01]);
            }
        }
        self.append(stamp, bytes, into);
    }

    fn append(&self, stamp: &Stamp, bytes: usize, into: &mut Vec<u8>) {
        into.extend(self.run.to_be_bytes());
        into.extend(stamp.call.to_be_bytes());
        into.extend([stamp.side as u8, stamp.track as u8]);
        into.extend(stamp.sequence.to_be_bytes());
        into.extend(stamp.sent.to_be_bytes());
        into.extend(self.check(stamp).to_be_bytes());
        let left = bytes.saturating_sub(into.len());
        into.extend_from_slice(self.filler(stamp, left));
    }

    /// Reads an audio payload; `None` when it is none of this run's or its bytes are not those that were sent.
    pub(crate) fn read_audio(&self, payload: &[u8]) -> Option<Stamp> {
        match payload {
            [OPUS_TOC, rest @ ..] => self.read(rest),
            _ => None,
        }
    }

    /// Reads a VP8 payload in the same way. Its picture id and TL0PICIDX may be others than those that were sent.
    pub(crate) fn read_video(&self, payload: &[u8]) -> Option<Stamp> {
        let [first, 0xe0, _, _, _, 0x20, frame @ ..] = payload else { return None };
        let skip = match (first & 0x10 != 0, frame.first()) {
            (false, _) => 0,
            (true, Some(tag)) if tag & 1 == 0 => 10,
            (true, _) => 3,
        };
        self.read(frame.get(skip..)?)
    }

    /// Reads a stamp and the filler after it.
    fn read(&self, bytes: &[u8]) -> Option<Stamp> {
        let (stamp, filler) = bytes.split_at_checked(STAMP_BYTES)?;
        let stamp = self.read_stamp(stamp)?;
        (self.filler(&stamp, filler.len()) == filler).then_some(stamp)
    }

    /// The stamp that `bytes` begin with, if they do.
    pub(crate) fn read_stamp(&self, bytes: &[u8]) -> Option<Stamp> {
        let (run, rest) = bytes.split_first_chunk()?;
        let (call, rest) = rest.split_first_chunk()?;
        let ([side, track], rest) = rest.split_first_chunk()?;
        let (sequence, rest) = rest.split_first_chunk()?;
        let (sent, rest) = rest.split_first_chunk()?;
        let (check, _) = rest.split_first_chunk()?;
        let stamp = Stamp {
            call: u32::from_be_bytes(*call),
            side: [Side::Customer, Side::Agent].into_iter().find(|one| *one as u8 == *side)?,
            track: [Track::Audio, Track::Camera].into_iter().find(|one| *one as u8 == *track)?,
            sequence: u32::from_be_bytes(*sequence),
            sent: u64::from_be_bytes(*sent),
        };
        let is_ours = u64::from_be_bytes(*run) == self.run && u32::from_be_bytes(*check) == self.check(&stamp);
        is_ours.then_some(stamp)
    }

    fn check(&self, stamp: &Stamp) -> u32 {
        let place = u64::from(stamp.call) << 2 | (stamp.side as u64) << 1 | stamp.track as u64;
        let mixed = [self.run, place, stamp.sequence.into(), stamp.sent]
            .into_iter()
            .fold(0x9e37_79b9_7f4a_7c15_u64, |mixed, part| {
                (mixed ^ part).wrapping_mul(0xff51_afd7_ed55_8ccd).rotate_left(29)
            });
        (mixed >> 32) as u32
    }

    fn filler(&self, stamp: &Stamp, bytes: usize) -> &[u8] {
        let offset = stamp.sequence.wrapping_mul(7).wrapping_add(stamp.call.wrapping_mul(13)) as usize % OFFSETS;
        &self.page[offset..offset + bytes.min(FILLER_BYTES)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAMP: Stamp = Stamp { call: 7, side: Side::Agent, track: Track::Camera, sequence: 1_000, sent: 123_456_789 };

    #[test]
    fn what_was_written_is_read() {
        let stamper = Stamper::new(42);
        let mut payload = Vec::new();
        stamper.audio(&STAMP, 80, &mut payload);
        assert_eq!(payload.len(), 80);
        assert_eq!(stamper.read_audio(&payload), Some(STAMP));
        for (is_keyframe, is_first) in [(true, true), (false, true), (true, false), (false, false)] {
            stamper.video(&STAMP, &Picture { number: 70_000, is_keyframe, is_first }, 1_100, &mut payload);
            assert_eq!(payload.len(), 1_100);
            // As the server may: another picture id and TL0PICIDX.
            payload[2] ^= 0x15;
            payload[3] ^= 0xff;
            payload[4] = payload[4].wrapping_add(9);
            assert_eq!(stamper.read_video(&payload), Some(STAMP));
        }
    }

    #[test]
    fn every_changed_byte_shows() {
        let stamper = Stamper::new(42);
        let mut payload = Vec::new();
        stamper.audio(&STAMP, 80, &mut payload);
        for at in 0..payload.len() {
            let mut broken = payload.clone();
            broken[at] ^= 0x20;
            assert_ne!(stamper.read_audio(&broken), Some(STAMP), "byte {at}");
        }
        for length in 0..payload.len() {
            let cut = stamper.read_audio(&payload[..length]);
            assert!(cut.is_none() || length > STAMP_BYTES, "cut to {length}");
        }
    }

    #[test]
    fn another_run_is_told_apart() {
        let mut payload = Vec::new();
        Stamper::new(1).audio(&STAMP, 80, &mut payload);
        assert_eq!(Stamper::new(2).read_audio(&payload), None);
    }
}
