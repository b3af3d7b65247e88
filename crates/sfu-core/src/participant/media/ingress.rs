//! One track as a page sends it.

use super::missing::Missing;
use rtcp::reception_report::ReceptionReport;
use srtp::Replay;
use std::time::{Duration, Instant};

/// One source of RTP packets.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Source {
    pub(super) ssrc: Option<u32>,
    pub(super) replay: Replay,
}

/// What arrives in one slot.
#[derive(Debug, Default)]
pub(super) struct Ingress {
    pub(super) media: Source,
    pub(super) repairs: Source,
    pub(super) missing: Missing,
    count: Option<Count>,
    sender_report: Option<SenderReport>,
}

/// RFC 3550 §A.3.
#[derive(Debug, Clone, Copy)]
struct Count {
    first: u64,
    highest: u64,
    received: u64,
    expected_before: u64,
    received_before: u64,
}

/// The page's last sender report (RFC 3550 §6.4.1).
#[derive(Debug, Clone, Copy)]
struct SenderReport {
    ntp: u64,
    timestamp: u32,
    at: Instant,
}

impl Ingress {
    /// Another SSRC takes the slot: what was counted of the one before means nothing now.
    pub(super) fn take_over(&mut self, media: Source) {
        *self = Self { media, repairs: self.repairs, ..Self::default() };
    }

    /// Counts a packet that came when it was first sent.
    pub(super) fn received(&mut self, index: u64) {
        let fresh = Count { first: index, highest: index, received: 0, expected_before: 0, received_before: 0 };
        let count = self.count.get_or_insert(fresh);
        count.received += 1;
        count.highest = count.highest.max(index);
    }

    pub(super) fn reported(&mut self, ntp: u64, timestamp: u32, now: Instant) {
        self.sender_report = Some(SenderReport { ntp, timestamp, at: now });
    }

    /// When the page's clock says that something was captured, microseconds since 1900; the last report names a moment
    /// on both of its clocks.
    pub(super) fn captured(&self, timestamp: u32, clock_rate: u32) -> Option<i64> {
        let report = self.sender_report?;
        let reported = ((u128::from(report.ntp) * 1_000_000) >> 32) as i64;
        let ticks = timestamp.wrapping_sub(report.timestamp) as i32;
        Some(reported + i64::from(ticks) * 1_000_000 / i64::from(clock_rate))
    }

    /// The block of a receiver report; `None` when nothing new came since the last one. `jitter` is in units of the
    /// track's RTP clock.
    pub(super) fn block(&mut self, jitter: u32, now: Instant) -> Option<ReceptionReport> {
        let ssrc = self.media.ssrc?;
        let count = self.count.as_mut().filter(|count| count.received > count.received_before)?;
        let expected = count.highest - count.first + 1;
        let expected_since = expected - count.expected_before;
        let lost_since = expected_since.saturating_sub(count.received - count.received_before);
        let lost = expected as i64 - count.received as i64;
        (count.expected_before, count.received_before) = (expected, count.received);
        let (last_sender_report, delay) = match self.sender_report {
            Some(report) => ((report.ntp >> 16) as u32, in_65536ths(now.saturating_duration_since(report.at))),
            None => (0, 0),
        };
        Some(ReceptionReport {
            ssrc,
            fraction_lost: (lost_since * 256).checked_div(expected_since).unwrap_or(0).min(255) as u8,
            total_lost: (lost.clamp(-0x80_0000, 0x7f_ffff) & 0xff_ffff) as u32,
            last_sequence_number: count.highest as u32,
            jitter,
            last_sender_report,
            delay,
        })
    }
}

/// RFC 3550 §6.4.1: delays are in units of 1/65536 s.
fn in_65536ths(time: Duration) -> u32 {
    u32::try_from((time.as_micros() << 16) / 1_000_000).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_count_as_the_standard_says() {
        let start = Instant::now();
        let mut ingress = Ingress { media: Source { ssrc: Some(9), ..Source::default() }, ..Ingress::default() };
        assert_eq!(ingress.block(0, start), None, "nothing came");
        for index in (65_530..65_630).filter(|index| index % 10 != 5) {
            ingress.received(index);
        }
        ingress.reported(0x1234_5678_9abc_def0, 0, start);
        let block = ingress.block(17, start + Duration::from_millis(1500)).expect("packets came");
        assert_eq!((block.ssrc, block.jitter, block.last_sequence_number), (9, 17, 65_629));
        assert_eq!((block.total_lost, block.fraction_lost), (10, (10 * 256 / 100) as u8));
        assert_eq!((block.last_sender_report, block.delay), (0x5678_9abc, 65_536 * 3 / 2));
        assert_eq!(ingress.block(17, start), None, "nothing new");
        ingress.received(65_535);
        let block = ingress.block(0, start).expect("a late packet");
        assert_eq!((block.total_lost, block.fraction_lost), (9, 0));
    }

    #[test]
    fn captures_are_told_on_the_pages_clock() {
        let mut ingress = Ingress::default();
        assert_eq!(ingress.captured(0, 48_000), None);
        ingress.reported((100 << 32) | (1 << 31), u32::MAX, Instant::now());
        assert_eq!(ingress.captured(47_999, 48_000), Some(101_500_000));
        assert_eq!(ingress.captured(u32::MAX - 48_000, 48_000), Some(99_500_000));
    }
}
