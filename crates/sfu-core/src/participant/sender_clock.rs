use std::time::{Duration, Instant};

/// After this time a new least delay is looked for: the clocks of sender and engine drift apart.
const WINDOW: Duration = Duration::from_secs(15);
/// A packet that is older than this by its sender's clock is taken to be of now.
const OLDEST: Duration = Duration::from_secs(2);

/// When a leg's packets were captured, on our clock.
///
/// Sound and pictures take different times to us. Receivers keep them in step by the times in sender reports (RFC 3550
/// §6.4.1), so ours must not say when packets arrived but when they were captured. The sender's clock is another than
/// ours; the packet that came fastest says by how much, and the error, the least delay, is the same for all tracks.
#[derive(Debug, Default)]
pub(crate) struct SenderClock {
    anchor: Option<Instant>,
    began: Option<Instant>,
    /// Least difference of arrival and capture in this window and the one before, microseconds.
    least: Option<i64>,
    least_before: Option<i64>,
}

impl SenderClock {
    /// Our time of a capture. `captured` is the sender's time, microseconds since any fixed instant of its own.
    pub(crate) fn local_time(&mut self, arrival: Instant, captured: i64) -> Instant {
        let anchor = *self.anchor.get_or_insert(arrival);
        if self.began.is_none_or(|began| arrival.saturating_duration_since(began) >= WINDOW) {
            self.began = Some(arrival);
            self.least_before = self.least.take();
        }
        let since_anchor = arrival.saturating_duration_since(anchor).as_micros() as i64;
        let difference = since_anchor.saturating_sub(captured);
        let least = self.least.map_or(difference, |least| least.min(difference));
        self.least = Some(least);
        let least = self.least_before.map_or(least, |before| before.min(least));
        let age = Duration::from_micros(difference.saturating_sub(least).unsigned_abs());
        if age > OLDEST { arrival } else { arrival - age }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_captured_together_has_one_time_however_late_it_comes() {
        let start = Instant::now();
        let mut clock = SenderClock::default();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        // The sender's clock is five hours ahead; sound takes 20 ms, pictures 120 ms.
        let captured = |milliseconds: i64| 18_000_000_000 + milliseconds * 1000;
        for step in 0..2000_u64 {
            let time = captured(step as i64 * 20);
            let sound = clock.local_time(at(step * 20 + 20), time);
            let picture = clock.local_time(at(step * 20 + 120), time);
            assert_eq!(sound, picture);
            assert_eq!(sound, at(step * 20 + 20));
        }
    }

    #[test]
    fn senseless_times_count_for_nothing() {
        let start = Instant::now();
        let mut clock = SenderClock::default();
        clock.local_time(start, 0);
        for captured in [i64::MIN, i64::MAX, -1_000_000_000_000] {
            let time = clock.local_time(start + Duration::from_secs(1), captured);
            assert!(start + Duration::from_secs(1) - time <= OLDEST);
        }
    }
}
