/// Width of a bucket in microseconds.
const BUCKET: i64 = 50_000;
/// Buckets of the window: half a second, the averaging that draft-ietf-rmcat-gcc-02 §5.5 proposes for R_hat.
const BUCKETS: usize = 10;
/// Buckets that must have passed before there is a rate.
const ENOUGH: i64 = 5;

/// The rate at which packets arrived, on the receiver's clock.
#[derive(Debug, Default)]
pub(super) struct Acknowledged {
    bytes: [u32; BUCKETS],
    /// Newest bucket, and the first since the last silence.
    newest: i64,
    first: i64,
    newest_at: i64,
    has_any: bool,
}

impl Acknowledged {
    /// `at` is in microseconds on any clock. What is older than the window does not count.
    pub(super) fn note(&mut self, at: i64, bytes: u16) {
        let bucket = at.div_euclid(BUCKET);
        if !self.has_any || bucket - self.newest >= BUCKETS as i64 || self.newest - bucket > BUCKETS as i64 {
            *self = Self { first: bucket, newest: bucket, newest_at: at, has_any: true, ..Self::default() };
        }
        while self.newest < bucket {
            self.newest += 1;
            self.bytes[slot(self.newest)] = 0;
        }
        if self.newest - bucket < BUCKETS as i64 {
            self.first = self.first.min(bucket);
            self.newest_at = self.newest_at.max(at);
            let bytes_before = &mut self.bytes[slot(bucket)];
            *bytes_before = bytes_before.saturating_add(u32::from(bytes));
        }
    }

    /// Bits per second. None until a quarter of a second has passed without a silence.
    pub(super) fn rate(&self) -> Option<f64> {
        let begin = self.first.max(self.newest - BUCKETS as i64 + 1);
        if !self.has_any || self.newest - begin < ENOUGH {
            return None;
        }
        let bytes: f64 = self.bytes.iter().map(|bytes| f64::from(*bytes)).sum();
        Some(bytes * 8.0 * 1e6 / (self.newest_at - begin * BUCKET) as f64)
    }
}

fn slot(bucket: i64) -> usize {
    bucket.rem_euclid(BUCKETS as i64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_even_stream_has_its_rate() {
        let mut acknowledged = Acknowledged::default();
        for index in 0..200 {
            acknowledged.note(-300_000 + index * 10_000, 1250);
            if index > 60 {
                let rate = acknowledged.rate().expect("long enough");
                assert!((0.95e6..1.1e6).contains(&rate), "{rate}");
            }
        }
    }

    #[test]
    fn a_silence_begins_anew() {
        let mut acknowledged = Acknowledged::default();
        (0..100).for_each(|index| acknowledged.note(index * 10_000, 1250));
        acknowledged.note(5_000_000, 100);
        assert_eq!(acknowledged.rate(), None);
        (0..30).for_each(|index| acknowledged.note(5_000_000 + index * 20_000, 100));
        let rate = acknowledged.rate().expect("long enough");
        assert!((38e3..46e3).contains(&rate), "{rate}");
    }

    #[test]
    fn a_clock_that_jumps_back_begins_anew() {
        let mut acknowledged = Acknowledged::default();
        acknowledged.note(i64::from(u32::MAX), 1000);
        acknowledged.note(0, 1000);
        assert_eq!(acknowledged.rate(), None);
    }
}
