/// What the path does with what it is given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::congestion) enum Usage {
    /// A queue drains.
    Under,
    #[default]
    Normal,
    /// A queue grows.
    Over,
}

/// The slope is multiplied by the groups behind it, at most this many, …
const MOST_GROUPS: u64 = 60;
/// …and by this gain, to be compared with a threshold in milliseconds.
const GAIN: f64 = 4.0;
/// Threshold at the beginning, its bounds, and how fast it follows up and down (draft-ietf-rmcat-gcc-02 §5.4, table 1).
const FIRST_THRESHOLD: f64 = 12.5;
const LEAST_THRESHOLD: f64 = 6.0;
const MOST_THRESHOLD: f64 = 600.0;
const UPWARD: f64 = 0.0087;
const DOWNWARD: f64 = 0.039;
/// What exceeds the threshold by more does not move it.
const OUTLIER: f64 = 15.0;
/// Longest time that one step of the threshold counts, in milliseconds.
const LONGEST_STEP: f64 = 100.0;
/// Over-use must last this many milliseconds of sending (§5.4).
const OVER_USE_LASTS: f64 = 10.0;

/// Compares the trend with a threshold that adapts to the path: draft-ietf-rmcat-gcc-02 §5.4,
/// γ(i) = γ(i-1) + Δt · K · (|m(i)| - γ(i-1)).
#[derive(Debug)]
pub(in crate::congestion) struct Detector {
    threshold: f64,
    adapted_at: Option<i64>,
    /// How long the trend has been above the threshold, and how often.
    over_for: Option<f64>,
    over_count: u32,
    slope_before: f64,
    usage: Usage,
}

impl Default for Detector {
    fn default() -> Self {
        Self {
            threshold: FIRST_THRESHOLD,
            adapted_at: None,
            over_for: None,
            over_count: 0,
            slope_before: 0.0,
            usage: Usage::Normal,
        }
    }
}

impl Detector {
    pub(in crate::congestion) fn usage(&self) -> Usage {
        self.usage
    }

    /// A new slope over `groups` groups, `sent` microseconds of sending after the one before, at `at` microseconds on
    /// the receiver's clock.
    pub(in crate::congestion) fn note(&mut self, slope: f64, groups: u64, sent: i64, at: i64) {
        let trend = groups.min(MOST_GROUPS) as f64 * slope * GAIN;
        if trend > self.threshold {
            self.over(slope, sent as f64 / 1000.0);
        } else {
            self.over_for = None;
            self.over_count = 0;
            self.usage = if trend < -self.threshold { Usage::Under } else { Usage::Normal };
        }
        self.slope_before = slope;
        self.adapt(trend.abs(), at);
    }

    fn over(&mut self, slope: f64, sent: f64) {
        // Of the first time only half was above, for all that is known.
        let over_for = self.over_for.map_or(sent / 2.0, |so_far| so_far + sent);
        self.over_for = Some(over_for);
        self.over_count += 1;
        if over_for > OVER_USE_LASTS && self.over_count > 1 && slope >= self.slope_before {
            self.over_for = Some(0.0);
            self.over_count = 0;
            self.usage = Usage::Over;
        }
    }

    fn adapt(&mut self, trend: f64, at: i64) {
        let before = self.adapted_at.replace(at).unwrap_or(at);
        if trend > self.threshold + OUTLIER {
            return;
        }
        let speed = if trend < self.threshold { DOWNWARD } else { UPWARD };
        let step = ((at - before) as f64 / 1000.0).clamp(0.0, LONGEST_STEP);
        let moved = self.threshold + speed * (trend - self.threshold) * step;
        self.threshold = moved.clamp(LEAST_THRESHOLD, MOST_THRESHOLD);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usages(slopes: impl IntoIterator<Item = f64>) -> Vec<Usage> {
        let mut detector = Detector::default();
        let noted = slopes.into_iter().zip(1..).map(|(slope, index)| {
            detector.note(slope, 60, 20_000, index * 20_000);
            detector.usage()
        });
        noted.collect()
    }

    #[test]
    fn one_outlier_is_no_over_use_and_a_rising_trend_is() {
        assert_eq!(usages([0.0, 0.2, 0.0]), [Usage::Normal; 3]);
        assert_eq!(usages([0.0, 0.2, 0.3]), [Usage::Normal, Usage::Normal, Usage::Over]);
        assert_eq!(usages([0.3, 0.2, 0.1]), [Usage::Normal; 3], "it falls already");
        assert_eq!(usages([-0.2]), [Usage::Under]);
    }

    #[test]
    fn a_shaky_path_raises_the_threshold() {
        let shaken = [0.06, 0.08, -0.06, -0.08].into_iter().cycle().take(2000);
        let usages = usages(shaken);
        assert!(usages[..100].contains(&Usage::Over));
        assert!(!usages[1800..].contains(&Usage::Over));
    }
}
