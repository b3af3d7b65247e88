use model::MediaTime;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The engine's clock as the recorder knows it: the frame that took least time from the engine to us sets the
/// difference. Both clocks run evenly, so that it does not change.
#[derive(Debug)]
pub(super) struct MediaClock {
    started: Instant,
    /// Engine µs at `started`.
    offset_us: Option<i64>,
}

impl MediaClock {
    pub(super) fn new(now: Instant) -> Self {
        Self { started: now, offset_us: None }
    }

    pub(super) fn observe(&mut self, arrival: MediaTime, now: Instant) {
        let offset = i64::try_from(arrival.0).unwrap_or(i64::MAX) - self.elapsed_us(now);
        self.offset_us = Some(self.offset_us.map_or(offset, |known| known.max(offset)));
    }

    /// The engine's time now; before the first frame by this machine's clock, which the engine's was set by.
    pub(super) fn now(&self, now: Instant) -> MediaTime {
        let offset = self.offset_us.unwrap_or_else(|| {
            let utc = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            utc.as_micros() as i64 - self.elapsed_us(Instant::now())
        });
        MediaTime(offset.saturating_add(self.elapsed_us(now)).max(0) as u64)
    }

    fn elapsed_us(&self, now: Instant) -> i64 {
        now.saturating_duration_since(self.started).as_micros() as i64
    }
}
