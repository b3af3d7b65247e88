//! SRTP, RTP and RTCP of one leg. Nothing here knows ICE, DTLS or SDP; [`Plan`] says what was negotiated, and DTLS gives
//! the keys.
//!
//! A packet touches little of it: one cipher, and the [`ingress::Ingress`] or [`egress::Egress`] of its slot. Control
//! packets are read and made by the `rtcp` crate; they come and go a few times a second.

mod control;
mod downstream;
mod egress;
mod header;
mod ingress;
mod missing;
mod ntp;

use super::transport::{Format, Plan};
use crate::{
    congestion::{Arrivals, RembSchedule},
    demux::DropReason,
    forward::Vp8Rewrite,
    limits::SSRCS_REMEMBERED,
};
use downstream::Downstream;
use egress::Egress;
use header::Header;
use ingress::{Ingress, Source};
use model::{Codec, TrackKind};
use srtp::{MasterKey, OpenError, Profile, RtcpOpener, RtcpSealer, RtpOpener, RtpSealer};
use std::{
    ops::Range,
    time::{Duration, Instant},
};

/// Bytes of an RTP packet up to its payload; `None` when it is none.
#[cfg(feature = "testing")]
pub(crate) fn rtp_header_length(bytes: &[u8]) -> Option<usize> {
    Header::read(bytes).map(|header| header.length)
}

pub(crate) use control::{Feedback, ReceiverReport};

/// Header extensions that travel from source to sink.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Signals {
    /// 0 (silent) to 127 (loudest), from RFC 6464's -dBov.
    pub(crate) level: Option<u8>,
    /// RFC 6464's V bit.
    pub(crate) voice: Option<bool>,
    /// Coordination of Video Orientation, 3GPP TS 26.114 §7.4.5, as it stands in the packet.
    pub(crate) orientation: Option<u8>,
}

/// One RTP packet that a leg sent, opened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MediaPacket<'a> {
    pub(crate) track: TrackKind,
    pub(crate) codec: Codec,
    pub(crate) ssrc: u32,
    /// Extended by its roll-overs.
    pub(crate) sequence: u64,
    pub(crate) timestamp: u32,
    pub(crate) marker: bool,
    /// It came by RTX (RFC 4588) and not when it was first sent.
    pub(crate) repaired: bool,
    pub(crate) signals: Signals,
    /// When the sender's own clock says that it was captured, microseconds since 1900; from its sender reports.
    pub(crate) captured: Option<i64>,
    pub(crate) payload: &'a [u8],
}

/// One RTP packet for a downlink, in the sink's own sequence and timestamp space.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OutgoingPacket<'a> {
    pub(crate) codec: Codec,
    /// Extended by its roll-overs; a sink starts below 32 768 (RFC 3711 §3.3.1).
    pub(crate) sequence: u64,
    pub(crate) timestamp: u32,
    pub(crate) marker: bool,
    pub(crate) signals: Signals,
    /// When it was captured, on our clock.
    pub(crate) captured: Instant,
    pub(crate) payload: &'a [u8],
    /// What changes in the payload on the way.
    pub(crate) rewrite: Vp8Rewrite,
}

/// What an opened datagram was.
#[derive(Debug)]
pub(crate) struct Opened {
    track: TrackKind,
    codec: Codec,
    ssrc: u32,
    sequence: u64,
    timestamp: u32,
    marker: bool,
    repaired: bool,
    signals: Signals,
    captured: Option<i64>,
    payload: Range<usize>,
}

impl Opened {
    /// The packet in the datagram that was opened.
    pub(crate) fn packet<'a>(&self, bytes: &'a [u8]) -> MediaPacket<'a> {
        let Self { track, codec, ssrc, sequence, timestamp, marker, repaired, signals, captured, .. } = *self;
        let payload = &bytes[self.payload.clone()];
        MediaPacket { track, codec, ssrc, sequence, timestamp, marker, repaired, signals, captured, payload }
    }
}

/// Ciphers of both directions.
struct Ciphers {
    rtp_in: RtpOpener,
    rtp_out: RtpSealer,
    rtcp_in: RtcpOpener,
    rtcp_out: RtcpSealer,
}

/// The media of one leg.
pub(crate) struct Media {
    plan: Plan,
    ciphers: Option<Ciphers>,
    ingress: [Ingress; 3],
    egress: [Egress; 3],
    /// Sources that gave their slot to another, so that nobody can send their packets once more.
    retired: Vec<Source>,
    /// From the first packet on that has a transport-wide number.
    arrivals: Option<Box<Arrivals>>,
    /// From the first packet of video on that we number.
    downstream: Option<Box<Downstream>>,
    /// When the page was last told what the receivers of its video can take.
    limit_told: RembSchedule,
    next_report: Instant,
    rtt: Option<Duration>,
}

impl std::fmt::Debug for Media {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Media").field("has_keys", &self.ciphers.is_some()).finish_non_exhaustive()
    }
}

impl Media {
    /// A leg without keys. Its reports begin at `first_report`, spread so that not all legs report at once.
    pub(crate) fn new(plan: Plan, first_report: Instant) -> Self {
        let mut media = Self {
            plan,
            ciphers: None,
            ingress: Default::default(),
            egress: Default::default(),
            retired: Vec::new(),
            arrivals: None,
            downstream: None,
            limit_told: RembSchedule::default(),
            next_report: first_report,
            rtt: None,
        };
        media.learn_sources();
        media
    }

    /// Another offer was answered on the same connection.
    pub(crate) fn set_plan(&mut self, plan: Plan) {
        self.plan = plan;
        self.learn_sources();
    }

    /// What was negotiated.
    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// DTLS is up: the page's packets can be opened, and ours sealed. We are the DTLS server.
    pub(crate) fn set_keys(&mut self, profile: Profile, exported: &[u8]) -> bool {
        let Some((theirs, ours)) = MasterKey::pair(profile, exported) else { return false };
        self.ciphers = Some(Ciphers {
            rtp_in: RtpOpener::new(&theirs),
            rtp_out: RtpSealer::new(&ours),
            rtcp_in: RtcpOpener::new(&theirs),
            rtcp_out: RtcpSealer::new(&ours),
        });
        true
    }

    /// Opens an RTP datagram in place. `Ok(None)` is an authentic packet of no use.
    pub(crate) fn open_rtp(&mut self, bytes: &mut [u8], now: Instant) -> Result<Option<Opened>, DropReason> {
        let header = Header::read(bytes).ok_or(DropReason::Malformed)?;
        let ciphers = self.ciphers.as_ref().ok_or(DropReason::Refused)?;
        let format = self.plan.format(header.payload_type);
        let Some((track, is_repair)) = self.slot_of(header.ssrc) else {
            return self.open_first(bytes, &header, format, now);
        };
        let ingress = &mut self.ingress[track as usize];
        let source = if is_repair { &mut ingress.repairs } else { &mut ingress.media };
        let (index, length) = ciphers.rtp_in.open(&mut source.replay, header.length, bytes).map_err(drop_reason)?;
        Ok(self.take(track, &header, format, index, &bytes[..length], now))
    }

    /// The first packet of a source that no slot has: its mid (RFC 8843 §9.2) or its payload type says where it belongs.
    fn open_first(
        &mut self,
        bytes: &mut [u8],
        header: &Header,
        format: Option<Format>,
        now: Instant,
    ) -> Result<Option<Opened>, DropReason> {
        let ciphers = self.ciphers.as_ref().ok_or(DropReason::Refused)?;
        let known = self.retired.iter().position(|retired| retired.ssrc == Some(header.ssrc));
        let mut source = match known {
            Some(at) => self.retired[at],
            None => Source { ssrc: Some(header.ssrc), ..Source::default() },
        };
        let (index, length) = ciphers.rtp_in.open(&mut source.replay, header.length, bytes).map_err(drop_reason)?;
        let opened = &bytes[..length];
        let Some(track) = self.track_by_mid_or_format(header, opened, format) else { return Ok(None) };
        if known.is_none() && self.retired.len() >= SSRCS_REMEMBERED {
            return Err(DropReason::Refused);
        }
        if let Some(at) = known {
            self.retired.swap_remove(at);
        }
        let ingress = &mut self.ingress[track as usize];
        let before = match format {
            Some(Format::Repair(_)) => std::mem::replace(&mut ingress.repairs, source),
            _ => {
                let before = ingress.media;
                ingress.take_over(source);
                before
            }
        };
        self.retired.extend(before.ssrc.is_some().then_some(before));
        Ok(self.take(track, header, format, index, opened, now))
    }

    /// What the opened packet means. Nothing when it is of no known format, or a repair of what came meanwhile.
    fn take(
        &mut self,
        track: TrackKind,
        header: &Header,
        format: Option<Format>,
        index: u64,
        opened: &[u8],
        now: Instant,
    ) -> Option<Opened> {
        self.note_arrival(header, opened, now);
        let payload = header.payload(opened)?;
        let mut start = header.length;
        let end = start + payload.len();
        let ingress = &mut self.ingress[track as usize];
        let (codec, sequence, repaired) = match format? {
            Format::Media(codec) => {
                ingress.received(index);
                (codec, index, false)
            }
            Format::Repair(codec) => {
                let original = payload.first_chunk::<2>()?;
                let sequence = ingress.media.replay.index_of(u16::from_be_bytes(*original));
                if !ingress.media.replay.is_new(sequence) {
                    return None;
                }
                ingress.media.replay.note(sequence);
                start += 2;
                (codec, sequence, true)
            }
        };
        if codec != Codec::Opus {
            ingress.missing.came(sequence, now);
        }
        Some(Opened {
            track,
            codec,
            ssrc: ingress.media.ssrc?,
            sequence,
            timestamp: header.timestamp,
            marker: header.marker,
            repaired,
            signals: self.signals(header, opened),
            captured: self.ingress[track as usize].captured(header.timestamp, codec.clock_rate()),
            payload: start..end,
        })
    }

    /// Any authentic packet counts, whatever it is: the sender wants to know what its path carries.
    fn note_arrival(&mut self, header: &Header, opened: &[u8], now: Instant) {
        let Some(wanted) = self.plan.extensions.transport_sequence else { return };
        let number = header.extensions(opened).find(|(id, _)| *id == wanted).and_then(|(_, value)| value.first_chunk());
        if let Some(number) = number {
            let arrivals = self.arrivals.get_or_insert_with(|| Box::new(Arrivals::new(now)));
            arrivals.note(u16::from_be_bytes(*number), now);
        }
    }

    fn signals(&self, header: &Header, opened: &[u8]) -> Signals {
        let ids = self.plan.extensions;
        let mut signals = Signals::default();
        for (id, value) in header.extensions(opened) {
            let Some(&first) = value.first() else { continue };
            if Some(id) == ids.level {
                signals.level = Some(127 - (first & 0x7f));
                signals.voice = Some(first & 0x80 != 0);
            } else if Some(id) == ids.orientation {
                signals.orientation = Some(first);
            }
        }
        signals
    }

    /// Writes a protected RTP packet; the answer is its length.
    pub(crate) fn write(
        &mut self,
        track: TrackKind,
        packet: &OutgoingPacket<'_>,
        now: Instant,
        buffer: &mut [u8],
    ) -> Option<usize> {
        let number = self.next_number(track, now);
        let ciphers = self.ciphers.as_ref()?;
        let length = self.egress[track as usize].write(&self.plan, &ciphers.rtp_out, track, packet, number, buffer)?;
        self.note_sent(number, length, now);
        Some(length)
    }

    /// Writes a packet once more, as a repair; the answer is its length.
    pub(crate) fn write_repair(
        &mut self,
        track: TrackKind,
        packet: &OutgoingPacket<'_>,
        now: Instant,
        buffer: &mut [u8],
    ) -> Option<usize> {
        let number = self.next_number(track, now);
        let ciphers = self.ciphers.as_ref()?;
        let length =
            self.egress[track as usize].write_repair(&self.plan, &ciphers.rtp_out, track, packet, number, buffer)?;
        self.note_sent(number, length, now);
        Some(length)
    }

    /// Whether a track is to be forwarded to this page: video is not where its path carries no more than sound.
    pub(crate) fn takes(&self, track: TrackKind) -> bool {
        track == TrackKind::Audio || self.downstream.as_ref().is_none_or(|downstream| downstream.takes_video())
    }

    /// Bits per second of video that this page can take; `None` while it has told nothing.
    pub(crate) fn video_estimate(&self) -> Option<u64> {
        self.downstream.as_ref()?.estimate()
    }

    /// Looks at what this page can take; to be called each tenth of a second.
    pub(crate) fn estimate_again(&mut self, now: Instant) {
        if let Some(downstream) = &mut self.downstream {
            downstream.tick(self.rtt, now);
        }
    }

    /// The page is back on another path, or after a cut: what its path carried says nothing any more.
    pub(crate) fn forget_path(&mut self, now: Instant) {
        if let Some(downstream) = &mut self.downstream {
            downstream.begin_anew(now);
        }
    }

    /// The transport-wide number of the next packet of a track, if it gets one.
    fn next_number(&mut self, track: TrackKind, now: Instant) -> Option<u16> {
        if track == TrackKind::Audio || self.plan.extensions.transport_sequence.is_none() {
            return None;
        }
        Some(self.downstream.get_or_insert_with(|| Box::new(Downstream::new(now))).number())
    }

    fn note_sent(&mut self, number: Option<u16>, bytes: usize, now: Instant) {
        if number.is_some()
            && let Some(downstream) = &mut self.downstream
        {
            downstream.sent(bytes, now);
        }
    }

    fn slot_of(&self, ssrc: u32) -> Option<(TrackKind, bool)> {
        let wanted = Some(ssrc);
        TrackKind::ALL.into_iter().find_map(|track| {
            let ingress = &self.ingress[track as usize];
            let is_repair = ingress.repairs.ssrc == wanted;
            (is_repair || ingress.media.ssrc == wanted).then_some((track, is_repair))
        })
    }

    fn track_by_mid_or_format(&self, header: &Header, opened: &[u8], format: Option<Format>) -> Option<TrackKind> {
        let mid = self.plan.extensions.mid;
        let named = header.extensions(opened).find(|(id, _)| Some(*id) == mid);
        match (named, format?) {
            (Some((_, mid)), _) => self.plan.track_of_mid(mid),
            (None, Format::Media(Codec::Opus)) => Some(TrackKind::Audio),
            // Camera or screen: without a name it could be either, and the first is what most pages send.
            (None, _) => Some(TrackKind::Camera),
        }
    }

    /// Sources that the page announced take the slots that have none.
    fn learn_sources(&mut self) {
        for track in TrackKind::ALL {
            let announced = self.plan.slots[track as usize].uplink;
            let ingress = &mut self.ingress[track as usize];
            if ingress.media.ssrc.is_none() {
                ingress.media.ssrc = announced.media;
            }
            if ingress.repairs.ssrc.is_none() {
                ingress.repairs.ssrc = announced.repairs;
            }
        }
    }
}

fn drop_reason(error: OpenError) -> DropReason {
    match error {
        OpenError::Short => DropReason::Malformed,
        OpenError::Replayed => DropReason::Replayed,
        OpenError::Forged => DropReason::BadIntegrity,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::MediaTime;
    use str0m::rtp::rtcp::Rtcp;

    const OFFER: &str = "m=audio 9 X 111\r\na=mid:a\r\na=ssrc:1 cname:page\r\nm=video 9 X 96\r\na=mid:b\r\n\
        a=ssrc:2 cname:page\r\n";
    const ANSWER: &str = "m=audio 9 X 111\r\na=mid:a\r\na=rtpmap:111 opus/48000/2\r\na=ssrc:7 cname:us\r\n\
        m=video 9 X 96\r\na=mid:b\r\na=rtpmap:96 VP8/90000\r\na=ssrc:8 cname:us\r\n\
        a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n";

    /// A leg, and what its page seals and opens with.
    fn leg(now: Instant) -> (Media, RtcpSealer, RtpOpener, RtcpOpener) {
        let mids = [(TrackKind::Audio, "a".to_owned()), (TrackKind::Camera, "b".to_owned())];
        let mut media = Media::new(Plan::read(OFFER, ANSWER, &mids), now);
        let exported: Vec<u8> = (0..88).collect();
        assert!(media.set_keys(Profile::AeadAes256Gcm, &exported));
        let (theirs, ours) = MasterKey::pair(Profile::AeadAes256Gcm, &exported).expect("the right length");
        (media, RtcpSealer::new(&theirs), RtpOpener::new(&ours), RtcpOpener::new(&ours))
    }

    fn outgoing(codec: Codec, sequence: u64, now: Instant) -> OutgoingPacket<'static> {
        OutgoingPacket {
            codec,
            sequence,
            timestamp: 0,
            marker: false,
            signals: Signals::default(),
            captured: now,
            payload: &[0; 100],
            rewrite: Vp8Rewrite::default(),
        }
    }

    #[test]
    fn a_page_that_tells_what_arrives_has_an_estimate() {
        let start = Instant::now();
        let (mut media, mut sealer, opener, _) = leg(start);
        let mut arrivals = Arrivals::new(start);
        let mut replay = srtp::Replay::default();
        let mut buffer = [0; 1500];
        for sequence in 0..50 {
            let now = start + Duration::from_millis(sequence * 10);
            let length = media
                .write(TrackKind::Camera, &outgoing(Codec::Vp8, sequence, now), now, &mut buffer)
                .expect("agreed on");
            let header = Header::read(&buffer[..length]).expect("a packet");
            let (_, length) = opener.open(&mut replay, header.length, &mut buffer[..length]).expect("ours");
            let number = header.extensions(&buffer[..length]).find(|(id, _)| *id == 3).expect("numbered").1;
            assert_eq!(number, (sequence as u16).to_be_bytes());
            arrivals.note(sequence as u16, now + Duration::from_millis(20));
        }
        assert_eq!(media.video_estimate(), None, "the page has told nothing");
        let length = media.write(TrackKind::Audio, &outgoing(Codec::Opus, 0, start), start, &mut buffer);
        let header = Header::read(&buffer[..length.expect("agreed on")]).expect("a packet");
        assert_eq!(header.length, 12, "sound is not numbered");
        let length = arrivals.build(1, 8, &mut buffer).expect("something arrived");
        let length = sealer.seal(&mut buffer, length);
        let now = start + Duration::from_secs(1);
        assert_eq!(media.open_rtcp(&mut buffer[..length], now, MediaTime(0)), Ok(Vec::new()));
        assert!(media.video_estimate().is_some_and(|estimate| estimate >= 100_000), "{:?}", media.video_estimate());
        assert!(media.takes(TrackKind::Camera));
    }

    #[test]
    fn a_page_that_films_is_told_what_its_receivers_can_take() {
        let start = Instant::now();
        let (mut media, _, _, mut opener) = leg(start);
        let mut buffer = [0; 1500];
        let length = media.write_limit(250_000, start, &mut buffer).expect("it has a camera");
        let length = opener.open(&mut buffer[..length]).expect("ours");
        let Rtcp::Remb(remb) = Rtcp::try_from(&buffer[..length]).expect("another implementation reads it") else {
            panic!("no REMB");
        };
        assert_eq!((&remb.ssrcs[..], remb.bitrate), (&[2][..], 250_000.0));
        assert_eq!(media.write_limit(250_000, start, &mut buffer), None, "it knows");
    }
}
