use super::{starts_keyframe, vp8};
use crate::{limits::SEQUENCE_JUMP, participant::MediaPacket};
use model::{Codec, LegId};
use std::time::Instant;
use wire::engine::Source;

/// A packet in the sink's own numbering.
#[derive(Debug)]
pub(crate) struct Munged {
    pub(crate) sequence: u64,
    pub(crate) timestamp: u32,
    pub(crate) marker: bool,
    pub(crate) rewrite: vp8::Rewrite,
}

/// Where a packet that a sink sent came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Past {
    pub(crate) ssrc: u32,
    /// The source's sequence number.
    pub(crate) source_sequence: u64,
    /// The sink's.
    pub(crate) sequence: u64,
    timestamp_offset: u32,
    vp8: vp8::Offsets,
}

impl Past {
    /// The sink's RTP time of it.
    pub(crate) fn timestamp(&self, source_timestamp: u32) -> u32 {
        source_timestamp.wrapping_add(self.timestamp_offset)
    }

    /// What changed in its payload.
    pub(crate) fn rewrite(&self, codec: Codec, payload: &[u8]) -> vp8::Rewrite {
        if codec == Codec::Vp8 { self.vp8.rewrite(payload) } else { vp8::Rewrite::default() }
    }
}

/// A leg's downlink slot: where all that is played into it comes together.
#[derive(Debug)]
pub(crate) struct Sink {
    source: Option<Source>,
    /// The stretch that is playing; none between sources and until a keyframe.
    stretch: Option<Stretch>,
    /// The newest stretches with their VP8 offsets, the present one last: what can be asked for again.
    past: [Option<(Stretch, vp8::Offsets)>; 2],
    next_sequence: u64,
    last: Option<Sent>,
    vp8: vp8::Counters,
    first_sequence: u64,
    /// Packets sent, without repairs by the transport.
    pub(crate) sent: u64,
}

/// Packets of one SSRC and codec without a jump.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    ssrc: u32,
    codec: Codec,
    /// First sequence number of the source that belongs to it.
    first: u64,
    /// Highest so far.
    highest: u64,
    /// Sink's sequence number less source's.
    sequence_offset: u64,
    timestamp_offset: u32,
}

#[derive(Debug, Clone, Copy)]
struct Sent {
    at: Instant,
    timestamp: u32,
}

impl Sink {
    /// `first_sequence` must be below 32 768, so that the receiver's roll-over count starts at 0 (RFC 3711 §3.3.1).
    pub(crate) fn new(first_sequence: u16) -> Self {
        let first_sequence = u64::from(first_sequence & 0x7fff);
        Self {
            source: None,
            stretch: None,
            past: [None; 2],
            next_sequence: first_sequence,
            last: None,
            vp8: vp8::Counters::default(),
            first_sequence,
            sent: 0,
        }
    }

    /// What plays into the sink.
    pub(crate) fn source(&self) -> Option<Source> {
        self.source
    }

    /// The leg that plays into the sink; none while prompts do.
    pub(crate) fn source_leg(&self) -> Option<LegId> {
        self.source?.leg()
    }

    /// Something else, or nothing, plays into the sink. The answer is whether that is a change.
    pub(crate) fn set_source(&mut self, source: Option<Source>) -> bool {
        let changes = self.source != source;
        if changes {
            self.source = source;
            self.stretch = None;
        }
        changes
    }

    /// Packets are not being forwarded: what comes after begins a new stretch.
    pub(crate) fn interrupt(&mut self) {
        self.stretch = None;
    }

    /// A patched source has not reached a packet yet from which the receiver could start.
    pub(crate) fn is_waiting(&self) -> bool {
        self.source.is_some() && self.stretch.is_none()
    }

    /// The number of the first packet.
    pub(crate) fn first_sequence(&self) -> u64 {
        self.first_sequence
    }

    /// Sequence numbers between the first and the newest that we never had a packet for.
    pub(crate) fn never_had(&self) -> u64 {
        (self.next_sequence - self.first_sequence).saturating_sub(self.sent)
    }

    /// The packet as the sink sends it. `None` when it cannot be: it is no start where one is needed, or is from before
    /// the start.
    pub(crate) fn munge(&mut self, packet: &MediaPacket<'_>, now: Instant) -> Option<Munged> {
        let continues = self.stretch.filter(|stretch| stretch.continues_with(packet));
        let begins = continues.is_none();
        let mut stretch = match continues {
            Some(stretch) => stretch,
            None => self.begin(packet, now)?,
        };
        if packet.sequence < stretch.first {
            return None;
        }
        let sequence = packet.sequence.wrapping_add(stretch.sequence_offset);
        let timestamp = packet.timestamp.wrapping_add(stretch.timestamp_offset);
        if begins || packet.sequence > stretch.highest {
            stretch.highest = packet.sequence;
            self.next_sequence = sequence + 1;
            self.last = Some(Sent { at: now, timestamp });
        }
        self.stretch = Some(stretch);
        self.sent += 1;
        let rewrite = match packet.codec {
            Codec::Vp8 => self.vp8.rewrite(packet.payload),
            Codec::Opus | Codec::H264 => vp8::Rewrite::default(),
        };
        if begins {
            self.past[0] = self.past[1];
        }
        self.past[1] = Some((stretch, self.vp8.offsets()));
        // The first packet of a stretch of sound is marked, so that the receiver's buffer adapts there (RFC 3551 §4.1).
        let marker = packet.marker || (begins && packet.codec == Codec::Opus);
        Some(Munged { sequence, timestamp, marker, rewrite })
    }

    /// Where the packet that the sink sent with this sequence number came from. `None` when it is too long ago or was
    /// never sent.
    pub(crate) fn past(&self, sequence: u16) -> Option<Past> {
        let newest = self.next_sequence.checked_sub(1)?;
        let sequence = newest.checked_sub(u64::from((newest as u16).wrapping_sub(sequence)))?;
        let is_of = |(stretch, _): &&(Stretch, vp8::Offsets)| {
            let source = sequence.wrapping_sub(stretch.sequence_offset);
            (stretch.first..=stretch.highest).contains(&source)
        };
        let (stretch, vp8) = self.past.iter().flatten().find(is_of)?;
        Some(Past {
            ssrc: stretch.ssrc,
            source_sequence: sequence.wrapping_sub(stretch.sequence_offset),
            sequence,
            timestamp_offset: stretch.timestamp_offset,
            vp8: *vp8,
        })
    }

    fn begin(&mut self, packet: &MediaPacket<'_>, now: Instant) -> Option<Stretch> {
        self.stretch = None;
        if !starts_keyframe(packet.codec, packet.payload) {
            return None;
        }
        let timestamp = match self.last {
            Some(last) => last.timestamp.wrapping_add(elapsed(last.at, now, packet.codec)),
            None => packet.timestamp,
        };
        self.vp8.begin();
        Some(Stretch {
            ssrc: packet.ssrc,
            codec: packet.codec,
            first: packet.sequence,
            highest: packet.sequence,
            sequence_offset: self.next_sequence.wrapping_sub(packet.sequence),
            timestamp_offset: timestamp.wrapping_sub(packet.timestamp),
        })
    }
}

impl Stretch {
    fn continues_with(&self, packet: &MediaPacket<'_>) -> bool {
        self.ssrc == packet.ssrc
            && self.codec == packet.codec
            && packet.sequence.abs_diff(self.highest) <= SEQUENCE_JUMP
    }
}

/// Time since the last packet in units of the codec's clock, at least a hundredth of a second so that it advances.
fn elapsed(since: Instant, now: Instant, codec: Codec) -> u32 {
    let rate = u128::from(codec.clock_rate());
    let units = now.saturating_duration_since(since).as_micros() * rate / 1_000_000;
    (units.max(rate / 100) & u128::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::participant::Signals;
    use model::TrackKind;
    use std::time::Duration;

    fn opus(ssrc: u32, sequence: u64, timestamp: u32) -> MediaPacket<'static> {
        MediaPacket {
            track: TrackKind::Audio,
            codec: Codec::Opus,
            ssrc,
            sequence,
            timestamp,
            marker: false,
            repaired: false,
            signals: Signals::default(),
            captured: None,
            payload: &[1, 2, 3],
        }
    }

    fn vp8(sequence: u64, is_keyframe: bool) -> MediaPacket<'static> {
        let payload: &[u8] = if is_keyframe { &[0x10, 0, 0] } else { &[0x10, 1, 0] };
        MediaPacket { track: TrackKind::Camera, codec: Codec::Vp8, payload, ..opus(9, sequence, 0) }
    }

    fn leg(number: u128) -> Option<Source> {
        Some(LegId::of(number).into())
    }

    #[test]
    fn one_numbering_over_changes_of_source() {
        let start = Instant::now();
        let mut sink = Sink::new(100);
        sink.set_source(leg(1));
        let first = sink.munge(&opus(1, 70_000, 5000), start).expect("sent");
        assert_eq!((first.sequence, first.timestamp, first.marker), (100, 5000, true));
        let second = sink.munge(&opus(1, 70_002, 6920), start + Duration::from_millis(40)).expect("sent");
        assert_eq!((second.sequence, second.timestamp, second.marker), (102, 6920, false));
        let late = sink.munge(&opus(1, 70_001, 5960), start + Duration::from_millis(41)).expect("sent");
        assert_eq!(late.sequence, 101);
        assert!(sink.set_source(leg(2)));
        let other = sink.munge(&opus(2, 3, 77), start + Duration::from_millis(1040)).expect("sent");
        assert_eq!((other.sequence, other.timestamp, other.marker), (103, 6920 + 48_000, true));
        assert!(sink.munge(&opus(2, 2, 70), start + Duration::from_millis(1041)).is_none(), "from before the start");
        assert_eq!(sink.never_had(), 0);
    }

    #[test]
    fn losses_of_the_source_stay_gaps() {
        let mut sink = Sink::new(0);
        sink.set_source(leg(1));
        for sequence in [10, 11, 14] {
            sink.munge(&opus(1, sequence, 0), Instant::now()).expect("sent");
        }
        assert_eq!(sink.never_had(), 2);
    }

    #[test]
    fn a_great_jump_begins_a_new_stretch() {
        let mut sink = Sink::new(0);
        sink.set_source(leg(1));
        let now = Instant::now();
        sink.munge(&opus(1, 10, 0), now).expect("sent");
        let after =
            sink.munge(&opus(1, 10 + SEQUENCE_JUMP + 1, 1_000_000), now + Duration::from_secs(1)).expect("sent");
        assert_eq!((after.sequence, after.timestamp), (1, 48_000));
    }

    #[test]
    fn what_was_sent_is_found_again_over_a_change_of_source() {
        let start = Instant::now();
        let mut sink = Sink::new(100);
        sink.set_source(leg(1));
        for sequence in 70_000..70_010 {
            sink.munge(&opus(1, sequence, 0), start).expect("sent");
        }
        sink.set_source(leg(2));
        sink.munge(&opus(2, 7, 960), start + Duration::from_millis(20)).expect("sent");
        let found = |sequence| sink.past(sequence).map(|past| (past.ssrc, past.source_sequence, past.sequence));
        assert_eq!(found(105), Some((1, 70_005, 105)));
        assert_eq!(found(110), Some((2, 7, 110)));
        assert_eq!((found(111), found(99)), (None, None), "never sent");
        assert_eq!(sink.past(110).map(|past| past.timestamp(960)), Some(960));
    }

    #[test]
    fn video_begins_at_a_keyframe() {
        let mut sink = Sink::new(0);
        sink.set_source(leg(1));
        let now = Instant::now();
        assert!(sink.munge(&vp8(1, false), now).is_none());
        assert!(sink.is_waiting());
        assert!(sink.munge(&vp8(2, true), now).is_some());
        assert!(sink.munge(&vp8(3, false), now).is_some());
        sink.interrupt();
        assert!(sink.munge(&vp8(4, false), now).is_none());
    }
}
