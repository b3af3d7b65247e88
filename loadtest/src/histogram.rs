//! Percentiles: exact ones of few values, and of very many within 3 %.

use std::time::Duration;

/// Buckets of one power of two.
const STEPS: usize = 32;
/// Powers of two of microseconds: up to 71 minutes.
const POWERS: usize = 32;

/// Counts of durations, in buckets that are 1/32 wide.
#[derive(Debug, Clone)]
pub(crate) struct Histogram {
    counts: Vec<u64>,
    total: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: vec![0; STEPS * POWERS], total: 0 }
    }
}

impl Histogram {
    /// Counts a duration.
    pub(crate) fn note(&mut self, duration: Duration) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        self.counts[bucket(micros)] += 1;
        self.total += 1;
    }

    /// Adds what another one counted.
    pub(crate) fn add(&mut self, other: &Self) {
        for (own, more) in self.counts.iter_mut().zip(&other.counts) {
            *own += more;
        }
        self.total += other.total;
    }

    /// The value that `percent` of the counted ones are not above, in milliseconds; `None` when nothing was counted.
    pub(crate) fn percentile_ms(&self, percent: f64) -> Option<f64> {
        let rank = rank(self.total, percent)?;
        let mut seen = 0;
        let found = self.counts.iter().position(|count| {
            seen += count;
            seen > rank
        })?;
        Some(middle(found) / 1_000.0)
    }
}

/// Index from zero of the value at `percent`, by the nearest rank.
fn rank(count: u64, percent: f64) -> Option<u64> {
    let last = count.checked_sub(1)?;
    Some(((percent / 100.0 * count as f64).ceil() as u64).saturating_sub(1).min(last))
}

fn bucket(micros: u64) -> usize {
    if micros < STEPS as u64 {
        return micros as usize;
    }
    let power = micros.ilog2() as usize;
    let step = (micros >> (power - 5)) as usize - STEPS;
    ((power - 4) * STEPS + step).min(STEPS * POWERS - 1)
}

/// The middle of a bucket, microseconds.
fn middle(bucket: usize) -> f64 {
    if bucket < STEPS {
        return bucket as f64;
    }
    let (power, step) = (bucket / STEPS + 4, bucket % STEPS);
    let width = 2_f64.powi(power as i32 - 5);
    (STEPS + step) as f64 * width + width / 2.0
}

/// The value that `percent` of `values` are not above; `None` when there are none.
pub(crate) fn percentile(values: &mut [f64], percent: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let rank = rank(values.len() as u64, percent)?;
    values.get(usize::try_from(rank).ok()?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_sorted_values_within_the_width_of_a_bucket() {
        let mut random = sim::Random::new(3);
        let values: Vec<u64> = (0..20_000).map(|_| random.below(1 << (3 + random.clone().below(20)))).collect();
        let mut histograms = [Histogram::default(), Histogram::default()];
        for (index, value) in values.iter().enumerate() {
            histograms[index % 2].note(Duration::from_micros(*value));
        }
        let [mut all, more] = histograms;
        all.add(&more);
        let mut sorted = values;
        sorted.sort_unstable();
        for percent in [1.0, 50.0, 90.0, 99.0, 99.9, 100.0] {
            // Independent of `rank`: the least value that enough values do not exceed.
            let enough = percent / 100.0 * sorted.len() as f64;
            let exact = sorted.iter().find(|value| sorted.partition_point(|one| one <= value) as f64 >= enough);
            let exact = *exact.expect("some value is enough") as f64 / 1_000.0;
            let told = all.percentile_ms(percent).expect("values");
            assert!((told - exact).abs() <= exact * 0.032 + 0.001, "{percent} %: {told} ms is not {exact} ms");
        }
    }

    #[test]
    fn few_values_have_exact_percentiles() {
        let mut values = [4.4, 1.0, 4.1, 4.3, 4.2];
        assert_eq!(percentile(&mut values, 50.0), Some(4.2));
        assert_eq!(percentile(&mut values, 1.0), Some(1.0));
        assert_eq!(percentile(&mut values, 99.0), Some(4.4));
        let mut hundred: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(percentile(&mut hundred, 99.0), Some(99.0));
        assert_eq!(percentile(&mut hundred, 1.0), Some(1.0));
    }

    #[test]
    fn nothing_has_no_percentile() {
        assert_eq!(percentile(&mut [], 50.0), None);
        assert_eq!(Histogram::default().percentile_ms(99.0), None);
    }

    #[test]
    fn what_is_too_long_for_any_bucket_is_in_the_last() {
        let mut histogram = Histogram::default();
        histogram.note(Duration::from_secs(1 << 40));
        assert!(histogram.percentile_ms(50.0) > Some(1_000_000.0));
    }
}
