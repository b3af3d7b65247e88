use sfu_core::congestion::{Bounds, Estimator, Feedback};
use std::time::{Duration, Instant};

/// Feedback of any content leaves a leg's estimate within its bounds.
pub fn transport_feedback(input: &[u8]) {
    let start = Instant::now();
    let bounds = Bounds::default();
    let mut estimator = Estimator::new(bounds, start);
    for number in 0..600_u16 {
        estimator.sent(number, 1000, start + Duration::from_millis(u64::from(number)));
    }
    let mut rest = input;
    let mut now = start + Duration::from_secs(1);
    while let Some(([length], after)) = rest.split_first_chunk::<1>() {
        let (bytes, after) = after.split_at(usize::from(*length).min(after.len()));
        rest = after;
        now += Duration::from_millis(50);
        if let Ok(feedback) = Feedback::parse(bytes) {
            estimator.feedback(&feedback, now);
        }
        assert!((bounds.min..=bounds.max).contains(&estimator.estimate()));
    }
}
