use model::MediaTime;
use std::collections::VecDeque;

/// Buckets of the window whose lower envelope the clock follows.
const BUCKETS: usize = 20;
/// Length of one bucket, µs.
const BUCKET_US: u64 = 500_000;
/// How fast the mapping may move towards later, µs per second: three times the worst crystal (100 ppm).
const RISE_PPM: i64 = 300;
/// A packet earlier than the mapping by more than this belongs to a timestamp jump, µs.
const JUMP_EARLIER_US: i64 = 400_000;
/// A packet later than the mapping by more than this is doubted, µs.
const DOUBT_LATER_US: i64 = 400_000;
/// The same right after a silence in which the sender's clock did not run, µs.
const DOUBT_AFTER_STALL_US: i64 = 150_000;

/// What a packet's arrival says about the mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// It fits.
    None,
    /// It came much later than the mapping says: the network stalled, or the sender's clock stopped. Watch what
    /// follows before placing it.
    Late,
    /// It came long before its time: the sender's timestamps jumped.
    Jump,
}

/// Maps one stream's RTP time to the engine's clock.
///
/// A packet cannot arrive before it was sent, so the smallest (arrival − RTP time) is the truth and everything above
/// is network delay. The mapping follows that lower envelope: down at once, up by at most 300 ppm and never
/// above the smallest value of the last ten seconds. Jitter does not move it, drift does.
#[derive(Debug)]
pub struct SenderClock {
    rate: i64,
    /// RTP time without wrap of the last packet seen.
    last_ticks: Option<i64>,
    last_arrival: u64,
    /// Engine µs at RTP tick zero; the fraction is kept so that a slow rise is not rounded away.
    offset_ns: Option<i64>,
    window: VecDeque<(u64, i64)>,
}

impl SenderClock {
    /// A clock of `rate` ticks a second that knows nothing yet.
    pub fn new(rate: u32) -> Self {
        Self { rate: i64::from(rate), last_ticks: None, last_arrival: 0, offset_ns: None, window: VecDeque::new() }
    }

    /// Forgets the mapping but keeps counting the same stream's RTP time.
    pub fn forget_mapping(&mut self) {
        self.offset_ns = None;
        self.window.clear();
    }

    /// RTP time without its 32-bit wrap: the value nearest to the last one.
    pub fn unwrap_ticks(&mut self, rtp_time: u32) -> i64 {
        let ticks = match self.last_ticks {
            None => i64::from(rtp_time),
            Some(last) => last + i64::from(rtp_time.wrapping_sub(last as u32) as i32),
        };
        self.last_ticks = Some(self.last_ticks.map_or(ticks, |last| last.max(ticks)));
        ticks
    }

    /// What this packet says, without learning from it. `stalled`: before it the sender's clock stood still while
    /// ours ran.
    pub fn doubt(&self, arrival: MediaTime, ticks: i64, stalled: bool) -> Doubt {
        let Some(offset_ns) = self.offset_ns else { return Doubt::None };
        let later = self.raw_us(arrival, ticks) - offset_ns / 1_000;
        let limit = if stalled { DOUBT_AFTER_STALL_US } else { DOUBT_LATER_US };
        if later < -JUMP_EARLIER_US {
            Doubt::Jump
        } else if later > limit {
            Doubt::Late
        } else {
            Doubt::None
        }
    }

    /// Learns from a packet's arrival.
    pub fn observe(&mut self, arrival: MediaTime, ticks: i64) {
        let raw_us = self.raw_us(arrival, ticks);
        let elapsed_us = arrival.0.saturating_sub(self.last_arrival).min(1_000_000);
        self.last_arrival = self.last_arrival.max(arrival.0);
        let envelope_us = self.remember(arrival.0 / BUCKET_US, raw_us);
        let raw_ns = raw_us.saturating_mul(1_000);
        self.offset_ns = Some(match self.offset_ns {
            None => raw_ns,
            Some(offset) if raw_ns < offset => raw_ns,
            Some(offset) => {
                let above = envelope_us.saturating_mul(1_000).saturating_sub(offset).max(0);
                offset + above.min(elapsed_us as i64 * RISE_PPM / 1_000)
            }
        });
    }

    /// Engine µs at which RTP time `ticks` was sent, by what is known now. `None` before the first packet.
    pub fn engine_us(&self, ticks: i64) -> Option<i64> {
        self.offset_ns.map(|offset| self.media_us(ticks).saturating_add(offset / 1_000))
    }

    /// How much later than the mapping a packet came, µs.
    pub fn lateness_us(&self, arrival: MediaTime, ticks: i64) -> i64 {
        self.offset_ns.map_or(0, |offset| self.raw_us(arrival, ticks) - offset / 1_000)
    }

    /// RTP time as µs since tick zero.
    pub fn media_us(&self, ticks: i64) -> i64 {
        (i128::from(ticks) * 1_000_000 / i128::from(self.rate)) as i64
    }

    fn raw_us(&self, arrival: MediaTime, ticks: i64) -> i64 {
        i64::try_from(arrival.0).unwrap_or(i64::MAX).saturating_sub(self.media_us(ticks))
    }

    /// Adds to the window; returns its smallest value, or the smallest there is when the window is not yet full
    /// enough to speak of an envelope.
    fn remember(&mut self, bucket: u64, raw_us: i64) -> i64 {
        match self.window.back_mut() {
            Some((number, smallest)) if *number >= bucket => *smallest = (*smallest).min(raw_us),
            _ => self.window.push_back((bucket, raw_us)),
        }
        while self.window.len() > BUCKETS
            || self.window.front().is_some_and(|(number, _)| *number + (BUCKETS as u64) < bucket)
        {
            self.window.pop_front();
        }
        self.window.iter().map(|(_, smallest)| *smallest).min().unwrap_or(raw_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(drift_ppm: i64, delay_us: impl Fn(u64) -> u64) -> i64 {
        let mut clock = SenderClock::new(48_000);
        let mut worst = 0;
        for n in 0..30_000u64 {
            let sent = 1_000_000_000 + n * 20_000;
            let ticks = (n * 960) as i64 + (n * 960) as i64 * drift_ppm / 1_000_000;
            let ticks = clock.unwrap_ticks(ticks as u32);
            clock.observe(MediaTime(sent + delay_us(n)), ticks);
            if n > 50 {
                worst = worst.max((clock.engine_us(ticks).expect("observed") - sent as i64).abs());
            }
        }
        worst
    }

    #[test]
    fn jitter_does_not_move_the_mapping() {
        assert!(run(0, |n| 2_000 + (n * 7_919 % 90) * 1_000) < 5_000);
    }

    #[test]
    fn drift_of_100_ppm_is_followed_for_ten_minutes() {
        for drift in [-100, 100] {
            assert!(run(drift, |n| (n * 7_919 % 50) * 1_000) < 5_000, "{drift} ppm");
        }
    }

    #[test]
    fn the_wrap_of_rtp_time_is_no_jump() {
        let mut clock = SenderClock::new(48_000);
        let before = clock.unwrap_ticks(u32::MAX - 100);
        let after = clock.unwrap_ticks(859);
        assert_eq!(after - before, 960);
    }
}
