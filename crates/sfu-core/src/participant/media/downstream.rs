//! What one page can take of video, by its own feedback.

use crate::congestion::{Bounds, Estimator, Feedback, VideoGate};
use std::time::{Duration, Instant};

/// Nothing waits any more in a path into which nothing was sent for so long.
const DRAINED_AFTER: Duration = Duration::from_secs(1);

/// Sound is neither numbered nor held back: it is what must go through.
#[derive(Debug)]
pub(super) struct Downstream {
    /// The next transport-wide number. It never begins anew while the page lives.
    next: u16,
    estimator: Estimator,
    gate: VideoGate,
    /// A page that never tells of arrivals is believed to take everything.
    is_told: bool,
    last_sent: Instant,
}

impl Downstream {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            next: 0,
            estimator: Estimator::new(Bounds::default(), now),
            gate: VideoGate::new(now),
            is_told: false,
            last_sent: now,
        }
    }

    /// The number that the next packet carries.
    pub(super) fn number(&self) -> u16 {
        self.next
    }

    /// A packet with that number leaves as a datagram of so many bytes.
    pub(super) fn sent(&mut self, bytes: usize, now: Instant) {
        self.estimator.sent(self.next, bytes, now);
        self.next = self.next.wrapping_add(1);
        self.last_sent = now;
    }

    pub(super) fn take_feedback(&mut self, feedback: &Feedback<'_>, now: Instant) {
        self.is_told = true;
        self.estimator.feedback(feedback, now);
        self.decide(now);
    }

    /// To be called each tenth of a second.
    pub(super) fn tick(&mut self, rtt: Option<Duration>, now: Instant) {
        if let Some(rtt) = rtt {
            self.estimator.set_rtt(rtt);
        }
        if self.is_told {
            self.estimator.handle_timeout(now);
            self.decide(now);
        }
    }

    /// The path is another than before.
    pub(super) fn begin_anew(&mut self, now: Instant) {
        *self = Self { next: self.next, ..Self::new(now) };
    }

    /// Whether video is to be forwarded.
    pub(super) fn takes_video(&self) -> bool {
        self.gate.is_open()
    }

    /// Bits per second of video that the page can take; `None` until it has told anything.
    pub(super) fn estimate(&self) -> Option<u64> {
        self.is_told.then(|| self.estimator.estimate())
    }

    fn decide(&mut self, now: Instant) {
        let is_idle = now.saturating_duration_since(self.last_sent) >= DRAINED_AFTER;
        let queue = if is_idle { Duration::ZERO } else { self.estimator.queue_delay() };
        self.gate.update(self.estimator.estimate(), queue, now);
    }
}
