//! Receiver estimated maximum bitrate (draft-alvestrand-rmcat-remb-03): tells a sender what its receivers can take.

use super::limits::REMB_SSRCS;
use std::time::{Duration, Instant};

const VERSION_AND_FORMAT: u8 = 2 << 6 | 15;
/// Payload-specific feedback (RFC 4585 §6.1).
const PACKET_TYPE: u8 = 206;
/// Everything before the SSRCs.
const HEADER_BYTES: usize = 20;
const MANTISSA_BITS: u32 = 18;

/// A change of less than this is not told before its time.
const NOTABLE: f64 = 0.03;
/// Rises are told this far apart; falls at once.
const RISE_EVERY: Duration = Duration::from_millis(200);
/// What does not change is repeated this often.
const REPEAT_EVERY: Duration = Duration::from_secs(1);

/// Writes a message that limits the sources `media_ssrcs`, the first [`REMB_SSRCS`] of them, to `bitrate` bits per second
/// in sum, and returns its length. The rate is rounded down to 18 significant bits. None when `out` is too short;
/// [`REMB_BYTES`](super::limits::REMB_BYTES) are always enough.
pub fn write_remb(sender_ssrc: u32, media_ssrcs: &[u32], bitrate: u64, out: &mut [u8]) -> Option<usize> {
    let ssrcs = &media_ssrcs[..media_ssrcs.len().min(REMB_SSRCS)];
    let length = HEADER_BYTES + 4 * ssrcs.len();
    let out = out.get_mut(..length)?;
    let exponent = (u64::BITS - bitrate.leading_zeros()).saturating_sub(MANTISSA_BITS);
    let mantissa = (bitrate >> exponent) as u32;
    out[0] = VERSION_AND_FORMAT;
    out[1] = PACKET_TYPE;
    out[2..4].copy_from_slice(&((length / 4 - 1) as u16).to_be_bytes());
    out[4..8].copy_from_slice(&sender_ssrc.to_be_bytes());
    // §2.2: the SSRC of the media source is always 0.
    out[8..12].fill(0);
    out[12..16].copy_from_slice(b"REMB");
    out[16..20].copy_from_slice(&((ssrcs.len() as u32) << 24 | exponent << MANTISSA_BITS | mantissa).to_be_bytes());
    for (bytes, ssrc) in out[HEADER_BYTES..].chunks_exact_mut(4).zip(ssrcs) {
        bytes.copy_from_slice(&ssrc.to_be_bytes());
    }
    Some(length)
}

/// When one sender is told.
#[derive(Debug, Default)]
pub struct RembSchedule {
    told: Option<(u64, Instant)>,
}

impl RembSchedule {
    /// Whether `bitrate` is to be told now. Says yes once; to be asked after each change, and every 200 ms.
    pub fn is_due(&mut self, bitrate: u64, now: Instant) -> bool {
        let is_due = self.told.is_none_or(|(told, at)| {
            let elapsed = now.saturating_duration_since(at);
            let change = bitrate as f64 / told.max(1) as f64 - 1.0;
            change < -NOTABLE || (change > NOTABLE && elapsed >= RISE_EVERY) || elapsed >= REPEAT_EVERY
        });
        if is_due {
            self.told = Some((bitrate, now));
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::congestion::limits::REMB_BYTES;
    use str0m::rtp::rtcp::Rtcp;

    #[test]
    fn another_implementation_reads_the_rate() {
        for bitrate in [1, 50_000, 262_143, 262_144, 1_234_567, 8_000_000, u64::from(u32::MAX)] {
            let mut out = [0xff; REMB_BYTES];
            let length = write_remb(7, &[8, 9, 10], bitrate, &mut out).expect("there is room");
            let Rtcp::Remb(remb) = Rtcp::try_from(&out[..length]).expect("readable") else { panic!("no REMB") };
            assert_eq!((*remb.sender_ssrc, &remb.ssrcs[..]), (7, &[8, 9, 10][..]));
            let read = f64::from(remb.bitrate);
            assert!(read <= bitrate as f64 && read >= bitrate as f64 * 0.9999, "{read} for {bitrate}");
        }
    }

    #[test]
    fn more_sources_than_fit_are_left_out_and_a_short_buffer_takes_nothing() {
        let mut out = [0; REMB_BYTES];
        assert_eq!(write_remb(1, &[2; 20], 1, &mut out), Some(REMB_BYTES));
        assert_eq!(write_remb(1, &[2], 1, &mut out[..23]), None);
    }

    #[test]
    fn falls_are_told_at_once_rises_at_intervals_and_the_rest_each_second() {
        let start = Instant::now();
        let mut schedule = RembSchedule::default();
        let mut due = |bitrate, millis| schedule.is_due(bitrate, start + Duration::from_millis(millis));
        assert!(due(1000, 0), "the first");
        assert!(!due(980, 10), "hardly lower");
        assert!(due(960, 20));
        assert!(!due(2000, 30), "a rise too early");
        assert!(due(2000, 220));
        assert!(!due(2000, 1200));
        assert!(due(2000, 1220));
    }
}
