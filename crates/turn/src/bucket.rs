use std::time::{Duration, Instant};

/// A rate with a burst. Starts full.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bucket {
    per_second: u32,
    burst: u32,
    level: f64,
    at: Instant,
}

impl Bucket {
    pub(crate) fn new(per_second: u32, burst: u32, now: Instant) -> Self {
        Self { per_second, burst, level: f64::from(burst), at: now }
    }

    /// Takes `amount` if it is there.
    pub(crate) fn take(&mut self, amount: u32, now: Instant) -> bool {
        self.fill(now);
        let taken = self.level >= f64::from(amount);
        if taken {
            self.level -= f64::from(amount);
        }
        taken
    }

    /// Whether anything is left.
    pub(crate) fn has(&mut self, now: Instant) -> bool {
        self.fill(now);
        self.level >= 1.0
    }

    fn fill(&mut self, now: Instant) {
        let elapsed: Duration = now.saturating_duration_since(self.at);
        self.level = (self.level + elapsed.as_secs_f64() * f64::from(self.per_second)).min(f64::from(self.burst));
        self.at = self.at.max(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_followed_by_the_rate() {
        let start = Instant::now();
        let mut bucket = Bucket::new(10, 3, start);
        assert_eq!([1, 1, 1, 1].map(|n| bucket.take(n, start)), [true, true, true, false]);
        assert!(!bucket.has(start + Duration::from_millis(99)));
        assert!(bucket.take(1, start + Duration::from_millis(101)));
        assert!(!bucket.take(4, start + Duration::from_secs(60)), "never more than the burst at once");
    }
}
