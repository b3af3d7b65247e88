//! What could not be done now, and when it is tried again.

use std::time::{Duration, Instant};

/// How long is waited where nothing is due.
const IDLE: Duration = Duration::from_secs(3600);

/// Work that waits for a disk which refused it.
#[derive(Debug)]
pub(crate) struct Later<T>(Vec<(Instant, T)>);

impl<T> Later<T> {
    pub(crate) fn new() -> Self {
        Self(Vec::new())
    }

    /// Tries it again after so long.
    pub(crate) fn push(&mut self, after: Duration, work: T) {
        self.0.push((Instant::now() + after, work));
    }

    /// Until the next of them is due.
    pub(crate) fn wait(&self) -> Duration {
        let next = self.0.iter().map(|(at, _)| *at).min();
        next.map_or(IDLE, |at| at.saturating_duration_since(Instant::now()))
    }

    /// Takes what is due.
    pub(crate) fn take_due(&mut self) -> Vec<T> {
        let now = Instant::now();
        let (due, later) = std::mem::take(&mut self.0).into_iter().partition(|(at, _)| *at <= now);
        self.0 = later;
        let due: Vec<(Instant, T)> = due;
        due.into_iter().map(|(_, work)| work).collect()
    }

    pub(crate) fn has(&self, is_it: impl Fn(&T) -> bool) -> bool {
        self.0.iter().any(|(_, work)| is_it(work))
    }
}
