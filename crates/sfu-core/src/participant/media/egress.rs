//! One downlink as a page receives it.

use super::{OutgoingPacket, header::HeaderWriter, ntp};
use crate::{
    limits::{MID_PACKETS, REPAIR_ALLOWANCE, REPAIR_SHARE},
    participant::transport::{ExtensionIds, Format, Plan, Sources},
};
use model::{Codec, MediaTime, TrackKind};
use rtcp::sender_report::SenderReport;
use srtp::{RTP_OVERHEAD, RtpSealer};
use std::time::Instant;

/// What we send in one slot.
#[derive(Debug, Default)]
pub(super) struct Egress {
    packets: u64,
    bytes: u64,
    /// The newest packet's RTP time and when it was captured, for sender reports.
    last: Option<(u32, Instant, Codec)>,
    reported_packets: u64,
    repairs: u64,
    /// Bytes of media and of repairs since the last report.
    recent: [u64; 2],
}

impl Egress {
    /// Writes a protected packet into `buffer`, which has room for a datagram; the answer is its length. `None` when the
    /// page did not agree to the codec or the slot.
    pub(super) fn write(
        &mut self,
        plan: &Plan,
        sealer: &RtpSealer,
        track: TrackKind,
        packet: &OutgoingPacket<'_>,
        number: Option<u16>,
        buffer: &mut [u8],
    ) -> Option<usize> {
        let ssrc = plan.slots[track as usize].downlink.media?;
        let payload_type = plan.payload_type(Format::Media(packet.codec))?;
        let OutgoingPacket { sequence, timestamp, marker, .. } = *packet;
        let mut header = HeaderWriter::new(buffer, payload_type, marker, sequence as u16, timestamp, ssrc);
        self.extend(&mut header, plan, track, packet, number);
        let start = header.finish();
        let length = place(packet, start, buffer)?;
        self.packets += 1;
        self.bytes += packet.payload.len() as u64;
        self.recent[0] += packet.payload.len() as u64;
        if self.last.is_none_or(|(last, ..)| timestamp.wrapping_sub(last) as i32 >= 0) {
            self.last = Some((timestamp, packet.captured, packet.codec));
        }
        Some(sealer.seal(sequence, start, buffer, length))
    }

    /// Writes the packet once more as a repair (RFC 4588 §4). `None` when there are no repairs, or too many.
    pub(super) fn write_repair(
        &mut self,
        plan: &Plan,
        sealer: &RtpSealer,
        track: TrackKind,
        packet: &OutgoingPacket<'_>,
        number: Option<u16>,
        buffer: &mut [u8],
    ) -> Option<usize> {
        let Sources { repairs: Some(ssrc), .. } = plan.slots[track as usize].downlink else { return None };
        let payload_type = plan.payload_type(Format::Repair(packet.codec))?;
        let [media, repaired] = self.recent;
        if repaired as f64 >= media as f64 * REPAIR_SHARE + REPAIR_ALLOWANCE {
            return None;
        }
        let index = self.repairs;
        let mut header = HeaderWriter::new(buffer, payload_type, packet.marker, index as u16, packet.timestamp, ssrc);
        self.extend(&mut header, plan, track, packet, number);
        let start = header.finish();
        let original = start + 2;
        buffer.get_mut(start..original)?.copy_from_slice(&(packet.sequence as u16).to_be_bytes());
        let length = place(packet, original, buffer)?;
        self.repairs += 1;
        self.recent[1] += packet.payload.len() as u64;
        Some(sealer.seal(index, start, buffer, length))
    }

    fn extend(
        &self,
        header: &mut HeaderWriter<'_>,
        plan: &Plan,
        track: TrackKind,
        packet: &OutgoingPacket<'_>,
        number: Option<u16>,
    ) {
        let ExtensionIds { level, mid, orientation, transport_sequence } = plan.extensions;
        if let Some(number) = number {
            header.extension(transport_sequence, &number.to_be_bytes());
        }
        if let Some(loudness) = packet.signals.level {
            let voice = u8::from(packet.signals.voice == Some(true)) << 7;
            header.extension(level, &[voice | 127_u8.saturating_sub(loudness)]);
        }
        if let Some(turned) = packet.signals.orientation {
            header.extension(orientation, &[turned]);
        }
        // Pages know our SSRCs from the answer; the mid is for those that do not look there.
        if self.packets < MID_PACKETS {
            header.extension(mid, plan.slots[track as usize].mid.as_bytes());
        }
    }

    /// A sender report without blocks, if something was sent since the last one. `wall` is now on the engine's clock.
    pub(super) fn report(&mut self, ssrc: u32, now: Instant, wall: MediaTime) -> Option<SenderReport> {
        self.recent = [0; 2];
        let (timestamp, captured, codec) = self.last.filter(|_| self.packets > self.reported_packets)?;
        self.reported_packets = self.packets;
        let age = now.saturating_duration_since(captured).as_micros() as u64;
        let ticks = age * u64::from(codec.clock_rate()) / 1_000_000;
        Some(SenderReport {
            ssrc,
            ntp_time: ntp::of(wall),
            rtp_time: timestamp.wrapping_add(ticks as u32),
            packet_count: self.packets as u32,
            octet_count: self.bytes as u32,
            ..SenderReport::default()
        })
    }
}

/// Writes the payload from `start` on; the answer is where it ends. `None` when the packet and its tag would not fit a
/// datagram: whoever made it that long must not harm the leg that was to have it.
fn place(packet: &OutgoingPacket<'_>, start: usize, buffer: &mut [u8]) -> Option<usize> {
    let end = start + packet.payload.len();
    if end + RTP_OVERHEAD > buffer.len() {
        return None;
    }
    let payload = &mut buffer[start..end];
    payload.copy_from_slice(packet.payload);
    packet.rewrite.apply(payload);
    Some(end)
}
