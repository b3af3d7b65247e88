use crate::limits::PATH_LOST_AFTER;
use std::time::{Duration, Instant};

/// Whether a leg is still there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Liveness {
    /// An authentic packet of any kind.
    last_authentic: Instant,
    /// An authentic binding request: consent to be sent to (RFC 7675 §5.1, turned round for an ICE-lite agent, which
    /// sends no requests of its own).
    last_consent: Instant,
    is_lost: bool,
    was_reached: bool,
}

/// What time or a packet changed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Lost,
    Back,
    /// Nothing may be sent any more.
    Expired,
}

impl Liveness {
    pub(crate) fn new(now: Instant) -> Self {
        Self { last_authentic: now, last_consent: now, is_lost: false, was_reached: false }
    }

    /// A binding request passed its integrity check.
    pub(crate) fn consented(&mut self, now: Instant) -> Option<Change> {
        self.last_consent = now;
        self.was_reached = true;
        self.heard(now)
    }

    /// A packet was decrypted.
    pub(crate) fn heard(&mut self, now: Instant) -> Option<Change> {
        self.last_authentic = now;
        std::mem::take(&mut self.is_lost).then_some(Change::Back)
    }

    pub(crate) fn check(&mut self, now: Instant, window: Duration) -> Option<Change> {
        if now.saturating_duration_since(self.last_consent) >= window {
            return Some(Change::Expired);
        }
        let is_silent = now.saturating_duration_since(self.last_authentic) >= PATH_LOST_AFTER;
        if is_silent && self.was_reached && !self.is_lost {
            self.is_lost = true;
            return Some(Change::Lost);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leg_is_lost_comes_back_and_expires() {
        const WINDOW: Duration = Duration::from_secs(30);
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut liveness = Liveness::new(start);
        assert_eq!(liveness.check(at(10), WINDOW), None, "never reached, so not lost");
        assert_eq!(liveness.consented(at(10)), None);
        assert_eq!(liveness.check(at(15), WINDOW), Some(Change::Lost));
        assert_eq!(liveness.check(at(16), WINDOW), None, "said once");
        assert_eq!(liveness.heard(at(17)), Some(Change::Back));
        assert_eq!(liveness.heard(at(39)), None);
        assert_eq!(liveness.check(at(40), WINDOW), Some(Change::Expired), "media is no consent");
    }
}
