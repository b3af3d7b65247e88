//! Waiting a little for more datagrams while many come, so that one turn's system calls serve several.

use crate::limits::{COALESCE_FROM, RATE_WINDOW};
use std::time::{Duration, Instant};

/// How long a turn may wait before it receives.
#[derive(Debug)]
pub(crate) struct Coalescer {
    /// The longest wait; zero where waiting is off.
    longest: Duration,
    /// When datagrams were last taken.
    taken: Instant,
    /// Datagrams that came in during `longest` of late.
    expected: f32,
}

impl Coalescer {
    /// Off: never waits.
    pub(crate) fn new(now: Instant) -> Self {
        Self { longest: Duration::ZERO, taken: now, expected: 0.0 }
    }

    /// Lets turns wait up to `longest` from one receipt to the next.
    pub(crate) fn allow(&mut self, longest: Duration) {
        self.longest = longest;
    }

    pub(crate) fn is_on(&self) -> bool {
        !self.longest.is_zero()
    }

    /// A turn at `now` took so many datagrams.
    pub(crate) fn took(&mut self, count: usize, now: Instant) {
        let since = now.saturating_duration_since(self.taken);
        self.taken = now;
        if since.is_zero() {
            return;
        }
        let sample = count as f32 * self.longest.as_secs_f32() / since.as_secs_f32();
        let weight = (since.as_secs_f32() / RATE_WINDOW.as_secs_f32()).min(1.0);
        self.expected += (sample - self.expected) * weight;
    }

    /// How long from `now` it is worth to wait for datagrams before looking. What comes after a silence is not waited
    /// with: the time counts from when datagrams were last taken.
    pub(crate) fn pause(&self, now: Instant) -> Duration {
        if !self.is_on() || self.expected < COALESCE_FROM {
            return Duration::ZERO;
        }
        (self.taken + self.longest).saturating_duration_since(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONGEST: Duration = Duration::from_micros(200);

    /// A coalescer that has taken `count` datagrams each `every` for 50 ms, and the time now.
    fn after(count: usize, every: Duration) -> (Coalescer, Instant) {
        let mut now = Instant::now();
        let mut coalescer = Coalescer::new(now);
        coalescer.allow(LONGEST);
        let end = now + Duration::from_millis(50);
        while now < end {
            now += every;
            coalescer.took(count, now);
        }
        (coalescer, now)
    }

    #[test]
    fn it_waits_when_many_come_and_only_then() {
        let (busy, now) = after(1, Duration::from_micros(40));
        assert_eq!(busy.pause(now), LONGEST);
        assert_eq!(busy.pause(now + LONGEST / 4), LONGEST * 3 / 4);
        let (quiet, now) = after(1, Duration::from_micros(400));
        assert_eq!(quiet.pause(now), Duration::ZERO);
    }

    #[test]
    fn it_goes_on_waiting_while_its_turns_are_full() {
        let (busy, now) = after(5, LONGEST);
        assert_eq!(busy.pause(now), LONGEST);
    }

    #[test]
    fn the_first_after_a_silence_does_not_wait() {
        let (mut busy, now) = after(10, LONGEST);
        let later = now + Duration::from_millis(20);
        assert_eq!(busy.pause(later), Duration::ZERO);
        busy.took(1, later);
        assert_eq!(busy.pause(later), Duration::ZERO, "nor the one after it");
    }

    #[test]
    fn it_is_off_until_allowed() {
        let now = Instant::now();
        let mut off = Coalescer::new(now);
        for turn in 1..100 {
            off.took(1000, now + turn * LONGEST);
        }
        assert_eq!(off.pause(now), Duration::ZERO);
    }
}
