//! RTP and RTCP in the crate's own terms.

use crate::{
    address::Protocol,
    limits::{RESEND_AGE, RESEND_PACKETS, RESEND_SHARE},
};
use model::{Codec, TrackKind};
use std::{
    sync::Arc,
    time::{Duration, Instant, UNIX_EPOCH},
};
use str0m::{
    rtp::{ExtensionValues, RtpPacket, RtpWrite, StreamTx, VideoOrientation},
    stats::{MediaEgressStats, MediaIngressStats},
};

/// Header extensions that travel from source to sink.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Signals {
    /// 0 (silent) to 127 (loudest), from RFC 6464's -dBov.
    pub(crate) level: Option<u8>,
    /// RFC 6464's V bit.
    pub(crate) voice: Option<bool>,
    /// Coordination of Video Orientation, 3GPP TS 26.114 §7.4.5.
    pub(crate) orientation: Option<VideoOrientation>,
}

/// One RTP packet that a leg sent.
#[derive(Debug, Clone)]
pub(crate) struct MediaPacket {
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
    /// When the sender's own clock says that it was captured, microseconds since 1970; from its sender reports.
    pub(crate) captured: Option<i64>,
    pub(crate) payload: Arc<[u8]>,
}

impl MediaPacket {
    pub(super) fn of(packet: RtpPacket, track: TrackKind, codec: Codec, repaired: bool) -> Self {
        let extensions = &packet.header.ext_vals;
        let level = extensions.audio_level.map(|level| 127_u8.saturating_sub(level.unsigned_abs()));
        let signals = Signals { level, voice: extensions.voice_activity, orientation: extensions.video_orientation };
        Self {
            track,
            codec,
            ssrc: *packet.header.ssrc,
            sequence: *packet.seq_no,
            timestamp: packet.header.timestamp,
            marker: packet.header.marker,
            repaired,
            signals,
            captured: captured(&packet),
            payload: packet.payload,
        }
    }
}

/// RFC 3550 §6.4.1: the last sender report names a moment on both the sender's clocks.
pub(crate) fn captured(packet: &RtpPacket) -> Option<i64> {
    let report = packet.last_sender_info.as_ref()?;
    let reported = report.ntp_time.duration_since(UNIX_EPOCH).ok()?.as_micros();
    let rate = packet.time.frequency().get();
    let ticks = (packet.header.timestamp).wrapping_sub(report.rtp_time.numer() as u32) as i32;
    Some(i64::try_from(reported).ok()?.saturating_add(i64::from(ticks) * 1_000_000 / i64::from(rate)))
}

/// One RTP packet for a downlink, already in the sink's own sequence and timestamp space.
#[derive(Debug, Clone)]
pub(crate) struct OutgoingPacket {
    pub(crate) payload_type: u8,
    /// Extended by its roll-overs; a sink starts below 65 536 (RFC 3711 §3.3.1).
    pub(crate) sequence: u64,
    pub(crate) timestamp: u32,
    pub(crate) marker: bool,
    pub(crate) signals: Signals,
    /// When it was captured, on our clock.
    pub(crate) captured: Instant,
    pub(crate) payload: Arc<[u8]>,
}

impl OutgoingPacket {
    pub(super) fn write(self, stream: &mut StreamTx) {
        let extensions = ExtensionValues {
            audio_level: self.signals.level.map(|level| -(127_u8.saturating_sub(level).min(127) as i8)),
            voice_activity: self.signals.voice,
            video_orientation: self.signals.orientation,
            ..ExtensionValues::default()
        };
        let packet =
            RtpWrite::new(self.payload_type.into(), self.sequence.into(), self.timestamp, self.captured, self.payload)
                .marker(self.marker)
                .ext_vals(extensions)
                .nackable(true);
        stream.write_rtp(packet);
    }
}

/// What RTCP says about one direction of a track. Counts run from the transport's start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Report {
    /// What we received.
    Ingress { track: TrackKind, nacks_sent: u64, keyframe_requests_sent: u64, rtt: Option<Duration> },
    /// What the page received of our downlink.
    Egress {
        track: TrackKind,
        nacks_received: u64,
        keyframe_requests_received: u64,
        rtt: Option<Duration>,
        receiver: Option<ReceiverReport>,
    },
}

/// The last receiver report about a downlink (RFC 3550 §6.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReceiverReport {
    /// Highest sequence number received, extended.
    pub(crate) highest: u64,
    /// Packets lost since the start; duplicates can make it negative.
    pub(crate) lost: i64,
    /// In RTP timestamp units.
    pub(crate) jitter: u32,
}

impl Report {
    pub(super) fn ingress(track: TrackKind, stats: &MediaIngressStats) -> Self {
        Self::Ingress {
            track,
            nacks_sent: stats.nacks,
            keyframe_requests_sent: stats.plis + stats.firs,
            rtt: stats.rtt,
        }
    }

    pub(super) fn egress(track: TrackKind, stats: &MediaEgressStats) -> Self {
        let receiver = stats.remote.as_ref().map(|remote| ReceiverReport {
            highest: *remote.maximum_sequence_number,
            lost: signed_24(remote.packets_lost),
            jitter: remote.jitter,
        });
        Self::Egress {
            track,
            nacks_received: stats.nacks,
            keyframe_requests_received: stats.plis + stats.firs,
            rtt: stats.rtt,
            receiver,
        }
    }
}

/// The cumulative loss of RFC 3550 §6.4.1 is a signed field of 24 bits.
fn signed_24(field: u64) -> i64 {
    let low = (field & 0xff_ffff) as i64;
    if low & 0x80_0000 == 0 { low } else { low - 0x100_0000 }
}

/// SSRC and sequence number of an RTP datagram, unverified.
pub(super) fn header_of(bytes: &[u8]) -> Option<(u32, u16)> {
    let header = bytes.first_chunk::<12>()?;
    let sequence = u16::from_be_bytes([header[2], header[3]]);
    Some((u32::from_be_bytes([header[8], header[9], header[10], header[11]]), sequence))
}

pub(super) fn protocol(protocol: Protocol) -> str0m::net::Protocol {
    match protocol {
        Protocol::Udp => str0m::net::Protocol::Udp,
        Protocol::Tcp => str0m::net::Protocol::Tcp,
    }
}

/// Answers to NACKs reach further back than str0m's usual cache, and go on at higher loss.
pub(super) fn configure_resends(stream: &mut StreamTx) {
    stream.set_rtx_cache(RESEND_PACKETS, RESEND_AGE, Some(RESEND_SHARE));
}

#[cfg(test)]
mod tests {
    use super::signed_24;

    #[test]
    fn cumulative_loss_is_signed() {
        assert_eq!(signed_24(5), 5);
        assert_eq!(signed_24(0xff_ffff), -1);
        assert_eq!(signed_24(0xffff_ffff), -1);
        assert_eq!(signed_24(0x80_0000), -8_388_608);
    }
}
