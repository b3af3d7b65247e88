use model::{MediaTime, Now, WallTime};
use std::time::{Duration, Instant, SystemTime};

/// The process's one clock: the monotonic clock, and UTC as it was when the process started plus what the monotonic
/// clock has run since. It never jumps, also where the system's time is set.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    anchor: Instant,
    /// UTC at `anchor`, since 1970.
    utc: Duration,
}

impl Clock {
    /// Reads both clocks, once. Copies agree with each other.
    #[expect(clippy::new_without_default, reason = "a clock is made once and handed on, never by default")]
    pub fn new() -> Self {
        let utc = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self { anchor: Instant::now(), utc }
    }

    /// Both clocks now.
    pub fn now(&self) -> Now {
        self.at(Instant::now())
    }

    /// Both clocks at `mono`, to the millisecond.
    pub fn at(&self, mono: Instant) -> Now {
        let milliseconds =
            i64::try_from(self.since_1970(mono).as_millis()).expect("milliseconds since 1970 fit 63 bits");
        Now { mono, wall: WallTime(milliseconds) }
    }

    /// `mono` as media time, to the microsecond.
    pub fn media_time(&self, mono: Instant) -> MediaTime {
        let microseconds = u64::try_from(self.since_1970(mono).as_micros());
        MediaTime(microseconds.expect("microseconds since 1970 fit 64 bits"))
    }

    fn since_1970(&self, mono: Instant) -> Duration {
        match mono.checked_duration_since(self.anchor) {
            Some(since) => self.utc + since,
            None => self.utc.saturating_sub(self.anchor - mono),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_times_run_with_the_monotonic_clock() {
        let clock = Clock::new();
        let start = Instant::now();
        let later = start + Duration::from_micros(61_500_250);
        assert_eq!(clock.media_time(later).since(clock.media_time(start)), Duration::from_micros(61_500_250));
        assert!(
            clock.at(later).wall.since(clock.at(start).wall).abs_diff(Duration::from_millis(61_500)).as_millis() <= 1
        );
        let earlier = start - Duration::from_millis(5);
        assert!(clock.media_time(earlier) < clock.media_time(start));
        assert!(clock.now().wall > WallTime(1_700_000_000_000), "the anchor is today's time");
    }
}
