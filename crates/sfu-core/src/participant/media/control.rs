//! RTCP of one leg (RFC 3550 §6, RFC 4585).

use super::{Ciphers, Media, ntp};
use crate::{
    congestion::{twcc, write_remb},
    demux::DropReason,
    limits::{NACK_PATIENCE, NACKS_PER_PACKET, REPORT_INTERVAL},
};
use bytes::Bytes;
use model::{MediaTime, TrackKind};
use rtcp::{
    goodbye::Goodbye,
    packet::{Packet, marshal, unmarshal},
    payload_feedbacks::{full_intra_request::FullIntraRequest, picture_loss_indication::PictureLossIndication},
    receiver_report::ReceiverReport as ReceiverReportPacket,
    reception_report::ReceptionReport,
    sender_report::SenderReport,
    source_description::{SdesType, SourceDescription, SourceDescriptionChunk, SourceDescriptionItem},
    transport_feedbacks::transport_layer_nack::{TransportLayerNack, nack_pairs_from_sequence_numbers},
};
use std::time::{Duration, Instant};

/// What a page says about what it receives.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Feedback {
    /// It cannot go on without a keyframe.
    KeyframeWanted(TrackKind),
    /// It misses these packets of a downlink.
    Missing(TrackKind, Vec<u16>),
    /// How a downlink fares, and the round-trip time if it is known.
    Report(TrackKind, ReceiverReport, Option<Duration>),
}

/// A receiver report about a downlink (RFC 3550 §6.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReceiverReport {
    /// Highest sequence number received, extended.
    pub(crate) highest: u64,
    /// Packets lost since the start; duplicates can make it negative.
    pub(crate) lost: i64,
    /// In RTP timestamp units.
    pub(crate) jitter: u32,
}

impl Media {
    /// Opens an RTCP datagram in place and reads it. `wall` is now on the engine's clock.
    pub(crate) fn open_rtcp(
        &mut self,
        bytes: &mut [u8],
        now: Instant,
        wall: MediaTime,
    ) -> Result<Vec<Feedback>, DropReason> {
        let ciphers = self.ciphers.as_mut().ok_or(DropReason::Refused)?;
        let length = ciphers.rtcp_in.open(bytes).map_err(super::drop_reason)?;
        let mut rest = &bytes[..length];
        let mut feedback = Vec::new();
        while !rest.is_empty() {
            let size = rest.get(2..4).map(|words| 4 * (1 + usize::from(u16::from_be_bytes([words[0], words[1]]))));
            let (mut packet, after) = size.and_then(|size| rest.split_at_checked(size)).ok_or(DropReason::Malformed)?;
            rest = after;
            if twcc::is_feedback(packet) {
                let arrivals = twcc::Feedback::parse(packet).map_err(|_| DropReason::Malformed)?;
                if let Some(downstream) = &mut self.downstream {
                    downstream.take_feedback(&arrivals, now);
                }
                continue;
            }
            for packet in unmarshal(&mut packet).map_err(|_| DropReason::Malformed)? {
                self.take_control(packet.as_ref(), now, wall, &mut feedback);
            }
        }
        Ok(feedback)
    }

    fn take_control(&mut self, packet: &dyn Packet, now: Instant, wall: MediaTime, feedback: &mut Vec<Feedback>) {
        let any = packet.as_any();
        if let Some(report) = any.downcast_ref::<SenderReport>() {
            let is_from = |track: &TrackKind| self.ingress[*track as usize].media.ssrc == Some(report.ssrc);
            if let Some(track) = TrackKind::ALL.into_iter().find(is_from) {
                self.ingress[track as usize].reported(report.ntp_time, report.rtp_time, now);
            }
            self.take_blocks(&report.reports, wall, feedback);
        } else if let Some(report) = any.downcast_ref::<ReceiverReportPacket>() {
            self.take_blocks(&report.reports, wall, feedback);
        } else if let Some(request) = any.downcast_ref::<PictureLossIndication>() {
            feedback.extend(self.downlink_of(request.media_ssrc).map(Feedback::KeyframeWanted));
        } else if let Some(request) = any.downcast_ref::<FullIntraRequest>() {
            let wanted = request.fir.iter().filter_map(|entry| self.downlink_of(entry.ssrc));
            feedback.extend(wanted.map(Feedback::KeyframeWanted));
        } else if let Some(nack) = any.downcast_ref::<TransportLayerNack>()
            && let Some(track) = self.downlink_of(nack.media_ssrc)
        {
            let missing = nack.nacks.iter().flat_map(|pair| pair.packet_list()).take(NACKS_PER_PACKET).collect();
            feedback.push(Feedback::Missing(track, missing));
        }
    }

    fn take_blocks(&mut self, blocks: &[ReceptionReport], wall: MediaTime, feedback: &mut Vec<Feedback>) {
        for block in blocks {
            let Some(track) = self.downlink_of(block.ssrc) else { continue };
            let rtt = ntp::round_trip(wall, block.last_sender_report, block.delay);
            self.rtt = rtt.or(self.rtt);
            let report = ReceiverReport {
                highest: u64::from(block.last_sequence_number),
                lost: signed_24(block.total_lost),
                jitter: block.jitter,
            };
            feedback.push(Feedback::Report(track, report, rtt));
        }
    }

    /// When the next report is due.
    pub(crate) fn next_report(&self) -> Instant {
        self.next_report
    }

    /// Writes the second's reports (RFC 3550 §6.4), protected; the answer is their length. `jitter` is what the tracks
    /// have in units of their clocks.
    pub(crate) fn write_report(
        &mut self,
        jitter: [u32; 3],
        now: Instant,
        wall: MediaTime,
        buffer: &mut [u8],
    ) -> Option<usize> {
        self.next_report = (self.next_report + REPORT_INTERVAL).max(now);
        let own = self.own_ssrc()?;
        let blocks = TrackKind::ALL.into_iter();
        let blocks = blocks.filter_map(|track| self.ingress[track as usize].block(jitter[track as usize], now));
        let mut blocks: Vec<ReceptionReport> = blocks.collect();
        let mut packets: Vec<Box<dyn Packet>> = Vec::new();
        for track in TrackKind::ALL {
            let Some(ssrc) = self.plan.slots[track as usize].downlink.media else { continue };
            let report = self.egress[track as usize].report(ssrc, now, wall);
            let report = report.map(|report| SenderReport { reports: std::mem::take(&mut blocks), ..report });
            packets.extend(report.map(|report| Box::new(report) as Box<dyn Packet>));
        }
        if packets.is_empty() {
            let report = ReceiverReportPacket { ssrc: own, reports: blocks, profile_extensions: Bytes::new() };
            packets.push(Box::new(report));
        }
        packets.push(Box::new(self.description(own)));
        self.seal_control(&packets, buffer)
    }

    /// Writes a request for a keyframe (RFC 4585 §6.3.1), protected. `None` when the page sends no such track.
    pub(crate) fn write_keyframe_request(&mut self, track: TrackKind, buffer: &mut [u8]) -> Option<usize> {
        let media_ssrc = self.ingress[track as usize].media.ssrc?;
        let request = PictureLossIndication { sender_ssrc: self.own_ssrc()?, media_ssrc };
        self.seal_control(&[Box::new(request)], buffer)
    }

    /// Something is missing of a track that can be asked for.
    pub(crate) fn misses_packets(&self, track: TrackKind) -> bool {
        !self.ingress[track as usize].missing.is_empty()
    }

    /// Writes a request for what is missing of a track (RFC 4585 §6.2.1), protected. `None` when nothing is due.
    pub(crate) fn write_nack(&mut self, track: TrackKind, now: Instant, buffer: &mut [u8]) -> Option<usize> {
        let ingress = &mut self.ingress[track as usize];
        let patience = self.rtt.unwrap_or(NACK_PATIENCE).max(NACK_PATIENCE);
        let missing = ingress.missing.due(now, patience);
        if missing.is_empty() {
            return None;
        }
        let nacks = nack_pairs_from_sequence_numbers(&missing);
        let media_ssrc = ingress.media.ssrc?;
        let request = TransportLayerNack { sender_ssrc: self.own_ssrc()?, media_ssrc, nacks };
        self.seal_control(&[Box::new(request)], buffer)
    }

    /// Feedback about arrivals is due.
    pub(crate) fn has_arrivals_to_tell(&self, now: Instant) -> bool {
        self.arrivals.as_ref().and_then(|arrivals| arrivals.poll_timeout()).is_some_and(|due| due <= now)
    }

    /// Writes feedback about arrivals, protected. To be called until there is none.
    pub(crate) fn write_arrivals(&mut self, buffer: &mut [u8]) -> Option<usize> {
        let media = self.ingress.iter().rev().find_map(|ingress| ingress.media.ssrc)?;
        let own = self.own_ssrc()?;
        let room = buffer.len().saturating_sub(srtp::RTCP_OVERHEAD);
        let length = self.arrivals.as_mut()?.build(own, media, &mut buffer[..room])?;
        Some(self.ciphers.as_mut()?.rtcp_out.seal(buffer, length))
    }

    /// Writes what the receivers of the page's video can take, in bits per second (draft-alvestrand-rmcat-remb-03 §2.2),
    /// protected. `None` when the page knows, or sends no video.
    pub(crate) fn write_limit(&mut self, bitrate: u64, now: Instant, buffer: &mut [u8]) -> Option<usize> {
        let [_, camera, screen] = self.ingress.each_ref().map(|ingress| ingress.media.ssrc);
        let own = self.own_ssrc()?;
        if camera.or(screen).is_none() || !self.limit_told.is_due(bitrate, now) {
            return None;
        }
        let mut sources = [0; 2];
        let mut count = 0;
        for ssrc in [camera, screen].into_iter().flatten() {
            sources[count] = ssrc;
            count += 1;
        }
        let room = buffer.len().saturating_sub(srtp::RTCP_OVERHEAD);
        let length = write_remb(own, &sources[..count], bitrate, &mut buffer[..room])?;
        Some(self.ciphers.as_mut()?.rtcp_out.seal(buffer, length))
    }

    /// Writes a goodbye of all our sources (RFC 3550 §6.6), protected.
    pub(crate) fn write_goodbye(&mut self, buffer: &mut [u8]) -> Option<usize> {
        let own = self.own_ssrc()?;
        let sources = self.plan.slots.iter().filter_map(|slot| slot.downlink.media).collect();
        let report = ReceiverReportPacket { ssrc: own, ..ReceiverReportPacket::default() };
        let goodbye = Goodbye { sources, reason: Bytes::new() };
        self.seal_control(&[Box::new(report), Box::new(goodbye)], buffer)
    }

    fn seal_control(&mut self, packets: &[Box<dyn Packet>], buffer: &mut [u8]) -> Option<usize> {
        let Ciphers { rtcp_out, .. } = self.ciphers.as_mut()?;
        let bytes = marshal(packets).ok()?;
        if bytes.len() + srtp::RTCP_OVERHEAD > buffer.len() {
            return None;
        }
        buffer[..bytes.len()].copy_from_slice(&bytes);
        Some(rtcp_out.seal(buffer, bytes.len()))
    }

    fn description(&self, source: u32) -> SourceDescription {
        let text = Bytes::copy_from_slice(self.plan.name.as_bytes());
        let items = vec![SourceDescriptionItem { sdes_type: SdesType::SdesCname, text }];
        SourceDescription { chunks: vec![SourceDescriptionChunk { source, items }] }
    }

    /// The source that our reports and requests come from.
    fn own_ssrc(&self) -> Option<u32> {
        self.plan.slots.iter().find_map(|slot| slot.downlink.media)
    }

    fn downlink_of(&self, ssrc: u32) -> Option<TrackKind> {
        TrackKind::ALL.into_iter().find(|track| self.plan.slots[*track as usize].downlink.media == Some(ssrc))
    }
}

/// The cumulative loss of RFC 3550 §6.4.1 is a signed field of 24 bits.
fn signed_24(field: u32) -> i64 {
    let low = i64::from(field & 0xff_ffff);
    if low & 0x80_0000 == 0 { low } else { low - 0x100_0000 }
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
