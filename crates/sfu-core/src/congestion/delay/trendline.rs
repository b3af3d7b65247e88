use super::groups::Difference;

/// Points of the line.
const WINDOW: usize = 20;
/// Weight of the past in the smoothed delay.
const SMOOTHING: f64 = 0.9;

/// Slope of the queueing delay over time, by least squares through the last 20 groups.
///
/// Instead of the Kalman filter of draft-ietf-rmcat-gcc-02 §5.3, as libwebrtc does since: with d(i) the difference of a
/// group, D(i) = D(i-1) + d(i) and S(i) = 0.9 S(i-1) + 0.1 D(i), the slope is that of S over the groups' arrival.
#[derive(Debug, Default)]
pub(in crate::congestion) struct Trendline {
    /// Microseconds of arrival, wrapping, and smoothed milliseconds of delay: a ring.
    points: [(u32, f32); WINDOW],
    /// Groups seen.
    count: u64,
    accumulated: f64,
    smoothed: f64,
}

impl Trendline {
    /// A group's difference; the slope in milliseconds of delay per millisecond, once there are enough points.
    pub(in crate::congestion) fn note(&mut self, difference: Difference) -> Option<f64> {
        self.accumulated += (difference.arrived - difference.sent) as f64 / 1000.0;
        self.smoothed = SMOOTHING * self.smoothed + (1.0 - SMOOTHING) * self.accumulated;
        let at = difference.at as u32;
        self.points[(self.count % WINDOW as u64) as usize] = (at, self.smoothed as f32);
        self.count += 1;
        if self.count < WINDOW as u64 { None } else { self.slope(at) }
    }

    /// Groups seen.
    pub(in crate::congestion) fn count(&self) -> u64 {
        self.count
    }

    /// The slope through the points; the newest is that of `now`.
    fn slope(&self, now: u32) -> Option<f64> {
        let points = self.points.map(|(at, delay)| (f64::from(now.wrapping_sub(at)) / -1000.0, f64::from(delay)));
        let (sum_x, sum_y) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0, y + point.1));
        let (mean_x, mean_y) = (sum_x / WINDOW as f64, sum_y / WINDOW as f64);
        let covariance: f64 = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
        let variance: f64 = points.iter().map(|(x, _)| (x - mean_x) * (x - mean_x)).sum();
        (variance > 0.0).then(|| covariance / variance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slope_of(sent: i64, arrived: i64, groups: i64) -> Option<f64> {
        let mut trendline = Trendline::default();
        (0..groups).fold(None, |_, group| trendline.note(Difference { sent, arrived, at: group * arrived }))
    }

    #[test]
    fn a_queue_that_grows_has_its_slope() {
        assert_eq!(slope_of(20_000, 20_000, 19), None, "too few groups");
        assert_eq!(slope_of(20_000, 20_000, 40), Some(0.0));
        let growing = slope_of(20_000, 22_000, 200).expect("enough groups");
        assert!((growing - 2.0 / 22.0).abs() < 0.001, "{growing}");
        let shrinking = slope_of(20_000, 18_000, 200).expect("enough groups");
        assert!((shrinking + 2.0 / 18.0).abs() < 0.001, "{shrinking}");
    }

    #[test]
    fn groups_that_arrive_at_once_have_none() {
        assert_eq!(slope_of(20_000, 0, 30), None);
    }
}
