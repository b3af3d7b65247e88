use std::time::Duration;

/// The least delay is looked for over one to two of these, in microseconds of the receiver's clock…
const BASE_WINDOW: i64 = 15_000_000;
/// …and the present delay is the least of one to two of these, so that jitter is no queue.
const PRESENT_WINDOW: i64 = 150_000;
/// A delay below this, or below what delays usually differ by within a present window up to the most, is no queue.
const VISIBLE: Duration = Duration::from_millis(10);
const MOST_VISIBLE: Duration = Duration::from_millis(50);
/// Weight of a window in the average of those differences.
const SPREAD_WEIGHT: f64 = 1.0 / 16.0;
/// A queue of this length must be emptied.
const STANDS: Duration = Duration::from_millis(150);
/// A delay that stays the same for this long, in microseconds, whatever the sender does, is no queue: the path became
/// longer.
const PATIENCE: i64 = 4_000_000;
/// Share of the delay that "the same" allows for.
const SAME: f64 = 0.1;
/// A queue is to be emptied in this time.
const DRAIN_SECONDS: f64 = 1.0;
/// Bounds of what that leaves of the rate at which the queue drains.
const LEAST_SHARE: f64 = 0.3;
const MOST_SHARE: f64 = 0.85;

/// How long packets wait in the path: their delay beyond the least of the last half minute.
///
/// Slopes alone do not see a queue that is full and stays so.
#[derive(Debug, Default)]
pub(super) struct Queue {
    base: Least,
    present: Least,
    /// The most in the present window, and by how much it usually exceeds the least, in microseconds.
    most: i64,
    spread: f64,
    /// Since when, and from what, the delay has been about the same.
    steady: Option<(i64, Duration)>,
}

/// The least of a sliding window, in microseconds.
#[derive(Debug, Default)]
struct Least {
    began_at: i64,
    current: i64,
    before: i64,
    has_any: bool,
}

impl Queue {
    /// A packet, in microseconds of the sender's and the receiver's clock.
    pub(super) fn note(&mut self, sent: i64, arrived: i64) {
        let delay = arrived - sent;
        self.base.note(delay, arrived, BASE_WINDOW);
        if self.present.note(delay, arrived, PRESENT_WINDOW) {
            let spread = self.most.saturating_sub(self.present.before).clamp(0, MOST_VISIBLE.as_micros() as i64);
            self.spread += SPREAD_WEIGHT * (spread as f64 - self.spread);
            self.most = delay;
        }
        self.most = self.most.max(delay);
    }

    /// To be called with each feedback: takes a longer path for what it is, and says so.
    pub(super) fn settle(&mut self, arrived: i64) -> bool {
        let delay = self.delay();
        let (since, from) = *self.steady.get_or_insert((arrived, delay));
        if delay < STANDS || delay.abs_diff(from) > from.mul_f64(SAME) {
            self.steady = Some((arrived, delay));
        } else if arrived - since >= PATIENCE {
            self.base = Least::default();
            self.base.note(self.present.least(), arrived, BASE_WINDOW);
            self.steady = None;
            return true;
        }
        false
    }

    /// How long the newest packets waited.
    pub(super) fn delay(&self) -> Duration {
        let beyond = self.present.least().saturating_sub(self.base.least());
        Duration::from_micros(u64::try_from(beyond).unwrap_or(0))
    }

    /// Whether any queue is to be seen. A slope without one is jitter.
    pub(super) fn is_visible(&self) -> bool {
        self.delay() >= VISIBLE.max(Duration::from_micros(self.spread as u64))
    }

    /// What may be sent of the rate at which packets arrive, so that the queue is gone in about a second:
    /// 1 - delay / 1 s. None while there is no queue to speak of.
    pub(super) fn draining_share(&self) -> Option<f64> {
        let delay = self.delay();
        let share = 1.0 - delay.as_secs_f64() / DRAIN_SECONDS;
        (delay >= STANDS).then(|| share.clamp(LEAST_SHARE, MOST_SHARE))
    }
}

impl Least {
    /// Whether a window has ended.
    fn note(&mut self, value: i64, at: i64, window: i64) -> bool {
        let age = at - self.began_at;
        if !self.has_any || !(0..2 * window).contains(&age) {
            // A packet from before the window began was late itself; it is no new beginning.
            if self.has_any && (-window..0).contains(&age) {
                self.current = self.current.min(value);
                return false;
            }
            *self = Self { began_at: at, current: value, before: value, has_any: true };
            return true;
        }
        if age >= window {
            *self = Self { began_at: at, current: value, before: self.current, has_any: true };
            return true;
        }
        self.current = self.current.min(value);
        false
    }

    fn least(&self) -> i64 {
        self.current.min(self.before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packets every 10 ms for `millis`, each with the delay that `delay_millis` says for its time.
    fn run(queue: &mut Queue, from_millis: i64, millis: i64, delay_millis: impl Fn(i64) -> i64) {
        for at in (from_millis..from_millis + millis).step_by(10) {
            let arrived = 1000 * (at + delay_millis(at));
            queue.note(1000 * at, arrived);
            queue.settle(arrived);
        }
    }

    #[test]
    fn jitter_is_no_queue_and_a_queue_is() {
        let mut queue = Queue::default();
        run(&mut queue, 0, 3000, |at| 20 + (at * 7) % 100);
        assert!(queue.delay() < Duration::from_millis(30), "{:?}", queue.delay());
        assert_eq!(queue.draining_share(), None);
        run(&mut queue, 3000, 400, |_| 420);
        assert_eq!(queue.delay(), Duration::from_millis(400));
        assert_eq!(queue.draining_share(), Some(0.6));
        run(&mut queue, 3400, 400, |_| 3020);
        assert_eq!(queue.draining_share(), Some(LEAST_SHARE));
    }

    #[test]
    fn what_counts_as_a_queue_grows_with_the_jitter() {
        let mut even = Queue::default();
        run(&mut even, 0, 10_000, |_| 20);
        run(&mut even, 10_000, 500, |_| 40);
        assert!(even.is_visible());
        let mut shaken = Queue::default();
        run(&mut shaken, 0, 10_000, |at| 20 + (at * 7) % 100);
        run(&mut shaken, 10_000, 500, |at| 40 + (at * 7) % 100);
        assert!(!shaken.is_visible(), "{:?}", shaken.delay());
        run(&mut shaken, 10_500, 500, |at| 100 + (at * 7) % 100);
        assert!(shaken.is_visible(), "{:?}", shaken.delay());
    }

    #[test]
    fn a_longer_path_is_taken_for_one_after_some_seconds() {
        let mut queue = Queue::default();
        run(&mut queue, 0, 2000, |_| 20);
        run(&mut queue, 2000, 3000, |_| 220);
        assert_eq!(queue.delay(), Duration::from_millis(200));
        run(&mut queue, 5000, 2000, |_| 220);
        assert_eq!(queue.delay(), Duration::ZERO);
    }

    #[test]
    fn a_queue_that_drains_slowly_stays_one() {
        let mut queue = Queue::default();
        run(&mut queue, 0, 2000, |_| 20);
        run(&mut queue, 2000, 6000, |at| 1020 - (at - 2000) / 8);
        assert!(queue.delay() > Duration::from_millis(200), "{:?}", queue.delay());
    }
}
