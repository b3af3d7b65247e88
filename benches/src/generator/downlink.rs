use crate::{packet::Header, rtcp::Block};
use srtp::{OpenError, Replay, RtpOpener};
use std::time::Duration;

/// What comes in of one kind.
#[derive(Debug)]
pub(crate) struct Downlink {
    /// RTP time units in a second.
    rate: f64,
    ssrc: Option<u32>,
    first: u64,
    /// Extended by its roll-overs.
    highest: u64,
    pub(crate) received: u64,
    /// Arrival minus RTP time of the last packet, and its smoothed change (RFC 3550 §A.8).
    transit: f64,
    jitter: f64,
    /// Of every packet since they were last taken, where they are wanted.
    transits: Option<Vec<f64>>,
    replay: Replay,
    /// The last sender report, and when it came.
    pub(crate) report: Option<(u32, Duration)>,
}

impl Downlink {
    pub(crate) fn new(rate: u32) -> Self {
        Self {
            rate: f64::from(rate),
            ssrc: None,
            first: 0,
            highest: 0,
            received: 0,
            transit: 0.0,
            jitter: 0.0,
            transits: None,
            replay: Replay::default(),
            report: None,
        }
    }

    /// A packet came. It counts by its header alone; [`Self::open`] proves a sample.
    pub(crate) fn note(&mut self, header: &Header, at: Duration) {
        let transit = at.as_secs_f64() * self.rate - f64::from(header.timestamp);
        if self.ssrc != Some(header.ssrc) {
            self.ssrc = Some(header.ssrc);
            self.first = u64::from(header.sequence);
            (self.highest, self.transit) = (self.first, transit);
        }
        let ahead = header.sequence.wrapping_sub(self.highest as u16) as i16;
        if ahead > 0 {
            self.highest += ahead as u64;
        }
        // A wrapped timestamp is one odd sample in 13 hours of video.
        self.jitter += ((transit - self.transit).abs() - self.jitter) / 16.0;
        self.transit = transit;
        self.received += 1;
        if let Some(transits) = &mut self.transits {
            transits.push(transit);
        }
    }

    /// How much later than the fastest packet each one came since the last call, and that those from now on are noted.
    pub(crate) fn take_lateness(&mut self) -> Vec<Duration> {
        let transits = self.transits.replace(Vec::new()).unwrap_or_default();
        let least = transits.iter().copied().fold(f64::INFINITY, f64::min);
        transits.iter().map(|transit| Duration::from_secs_f64((transit - least).max(0.0) / self.rate)).collect()
    }

    /// Packets between the first and the newest that did not come.
    pub(crate) fn lost(&self) -> u64 {
        if self.ssrc.is_none() { 0 } else { (self.highest + 1 - self.first).saturating_sub(self.received) }
    }

    /// Decrypts a packet; the answer is its payload's place.
    pub(crate) fn open<'a>(
        &mut self,
        opener: &RtpOpener,
        header: &Header,
        bytes: &'a mut [u8],
    ) -> Result<&'a [u8], OpenError> {
        let (_, length) = opener.open(&mut self.replay, header.length, bytes)?;
        Ok(&bytes[header.length..length])
    }

    /// Of this source.
    pub(crate) fn is_of(&self, ssrc: u32) -> bool {
        self.ssrc == Some(ssrc)
    }

    /// What a report says of it; `None` before anything came.
    pub(crate) fn block(&self, now: Duration) -> Option<Block> {
        let ssrc = self.ssrc?;
        Some(Block {
            ssrc,
            highest: self.highest as u32,
            lost: self.lost() as u32,
            jitter: self.jitter as u32,
            last: self.report.map(|(last, at)| (last, now.saturating_sub(at))),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_counts_what_is_missing_over_a_roll_over() {
        let mut downlink = Downlink::new(48_000);
        assert!(downlink.block(Duration::ZERO).is_none());
        for (count, sequence) in [65_534_u16, 65_535, 1, 2].into_iter().enumerate() {
            let timestamp = 960 * count as u32;
            let header = Header { payload_type: 111, sequence, timestamp, ssrc: 4, length: 12, transport: None };
            downlink.note(&header, Duration::from_millis(20 * count as u64));
        }
        let block = downlink.block(Duration::ZERO).expect("packets came");
        assert_eq!((block.ssrc, block.highest, block.lost, block.jitter), (4, 65_538, 1, 0));
    }
}
