/// Weight of a new sample.
const WEIGHT: f64 = 0.05;
/// Bounds of the normalised variance, in kbit/s.
const LEAST_VARIANCE: f64 = 0.4;
const MOST_VARIANCE: f64 = 2.5;
/// Deviations count as at least this part of the average: what arrives in half a second varies with the frames in it.
const LEAST_DEVIATION: f64 = 0.1;

/// What arrived while the path was over-used: an average, and a variance normalised by it
/// (draft-ietf-rmcat-gcc-02 §5.5, where three standard deviations around it count as near convergence).
#[derive(Debug, Default)]
pub(super) struct Capacity {
    /// kbit/s.
    average: Option<f64>,
    variance: f64,
}

impl Capacity {
    pub(super) fn note(&mut self, rate: f64) {
        let sample = rate / 1000.0;
        let Some(before) = self.average else {
            self.average = Some(sample);
            self.variance = LEAST_VARIANCE;
            return;
        };
        let average = (1.0 - WEIGHT) * before + WEIGHT * sample;
        let error = average - sample;
        let variance = (1.0 - WEIGHT) * self.variance + WEIGHT * error * error / average.max(1.0);
        self.average = Some(average);
        self.variance = variance.clamp(LEAST_VARIANCE, MOST_VARIANCE);
    }

    /// Bits per second.
    pub(super) fn average(&self) -> Option<f64> {
        self.average.map(|average| average * 1000.0)
    }

    /// Forgets what it knows when `rate` is three standard deviations above, or below, it.
    pub(super) fn forget_if_above(&mut self, rate: f64) {
        if self.bounds().is_some_and(|(_, upper)| rate > upper) {
            self.average = None;
        }
    }

    /// See [`Self::forget_if_above`].
    pub(super) fn forget_if_below(&mut self, rate: f64) {
        if self.bounds().is_some_and(|(lower, _)| rate < lower) {
            self.average = None;
        }
    }

    fn bounds(&self) -> Option<(f64, f64)> {
        let average = self.average?;
        let deviations = (3.0 * (self.variance * average).sqrt()).max(LEAST_DEVIATION * average);
        Some((1000.0 * (average - deviations), 1000.0 * (average + deviations)))
    }
}
